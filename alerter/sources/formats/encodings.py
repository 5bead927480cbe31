"""Bytes from publishers read as text, whatever encoding they are in and whatever is said of it. Pure.

What is declared is often wrong: servers send their default, templates keep an old `charset`. So bytes that
are valid UTF-8 are taken for it; else the first of the declared encodings that fits counts: the HTTP header's
(RFC 9110), then the document's own (`<meta charset>`, `<?xml encoding?>`). Labels mean what they mean in the
WHATWG's Encoding Standard: GB2312 and GBK are read as GB18030, ISO-8859-1 as Windows-1252.
"""

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass

HEAD = 2_048
"""Bytes at the beginning in which a document declares its encoding."""

_PIECE = 64 * 1024
_XML_ENCODING = re.compile(rb"(\s*<\?xml[^>]{0,200}?\bencoding\s*=\s*[\"'])([\w.:+-]{1,40})")
_HEADER = re.compile(r"charset\s*=\s*[\"']?\s*([\w.:+-]{1,40})", re.IGNORECASE)
_DECLARED = re.compile(
    rb"<\?xml[^>]{0,200}?\bencoding\s*=\s*[\"']([\w.:+-]{1,40})"
    rb"|<meta[^>]{0,300}?\bcharset\s*=\s*[\"']?\s*([\w.:+-]{1,40})",
    re.IGNORECASE,
)
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_ZEROS = (
    (re.compile(rb"\A[^\0]\0\0\0"), "utf-32-le"),
    (re.compile(rb"\A\0\0\0[^\0]"), "utf-32-be"),
    (re.compile(rb"\A[^\0]\0"), "utf-16-le"),
    (re.compile(rb"\A\0[^\0]"), "utf-16-be"),
)
"""How a document that begins with a character of ASCII looks without a byte order mark."""
_SHIFTING = frozenset({"iso2022_jp", "hz"})
"""Encodings of seven bits: what is in them is valid UTF-8 as well."""
_KNOWN = frozenset(
    [
        *("utf-8", "gb18030", "big5hkscs", "cp932", "euc_jp", "cp949", "iso2022_jp", "hz"),
        *("koi8-r", "koi8-u", "cp866", "cp874", "mac-roman", "mac-cyrillic"),
        *(f"cp125{number}" for number in range(9)),
        *(f"iso8859-{number}" for number in (2, 3, 4, 5, 6, 7, 8, 10, 13, 14, 15, 16)),
    ]
)
"""Codecs that text is read with: Python has others, which are no encodings of text or are costly."""
_ALSO = {
    "ascii": "cp1252",
    "iso8859-1": "cp1252",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "x-gbk": "gb18030",
    "big5": "big5hkscs",
    "shift_jis": "cp932",
    "x-sjis": "cp932",
    "euc_kr": "cp949",
    "ks_c_5601-1987": "cp949",
    "iso8859-9": "cp1254",
    "iso8859-11": "cp874",
    "tis-620": "cp874",
}
"""Names by which the codecs go as well."""


@dataclass(frozen=True, slots=True)
class Encoding:
    """What bytes are in: `mark` of them are a byte order mark; not `is_sound` where some fit nothing."""

    codec: str
    mark: int = 0
    is_sound: bool = True


def encoding_of(body: bytes, content_type: str = "") -> Encoding:
    """The encoding that the bytes are most likely in."""
    for mark, codec in _MARKS:
        if body.startswith(mark):
            return Encoding(codec, len(mark), is_sound=False)
    zeros = next((codec for shape, codec in _ZEROS if shape.match(body)), None)
    if zeros is not None:
        return Encoding(zeros, is_sound=False)
    declared = list(dict.fromkeys(_declared(body, content_type)))
    fitting = next((codec for codec in _likely(body, declared) if _fits(body, codec)), None)
    if fitting is not None:
        return Encoding(fitting)
    others = [codec for codec in declared if codec != "utf-8"]
    if not others and _is_nearly_utf8(body):
        return Encoding("utf-8", is_sound=False)
    if not others and _fits(body, "gb18030"):
        return Encoding("gb18030")
    return Encoding((others or ["cp1252"])[0], is_sound=False)


def decode(body: bytes, content_type: str = "") -> str:
    """The text, without a byte order mark; what fits no encoding is replaced, never an error."""
    found = encoding_of(body, content_type)
    return body[found.mark :].decode(found.codec, "replace")


def as_utf8(body: bytes, content_type: str = "") -> bytes:
    """The same document in UTF-8, its XML declaration included; what is in UTF-8 is not copied."""
    found = encoding_of(body, content_type)
    if found.codec != "utf-8" or not found.is_sound:
        body = body[found.mark :].decode(found.codec, "replace").encode()
    own = _XML_ENCODING.match(body)
    if own is None or own[2].lower() in {b"utf-8", b"utf8"}:
        return body
    return own[1] + b"utf-8" + body[own.end() :]


def _likely(body: bytes, declared: list[str]) -> list[str]:
    """Encodings to try, the best guess first."""
    shifting = [codec for codec in declared if codec in _SHIFTING and (b"\x1b" in body or b"~{" in body)]
    return [*shifting, "utf-8", *declared]


def _declared(body: bytes, content_type: str) -> Iterator[str]:
    """The codecs of the encodings that header and document name."""
    header = _HEADER.search(content_type)
    if header:
        yield from _codec(header[1])
    own = _DECLARED.search(body[:HEAD])
    if own:
        yield from _codec((own[1] or own[2]).decode("ascii", "ignore"))


def _codec(label: str) -> Iterator[str]:
    """The codec for a label, if it is one of text. UTF-16 is told by its marks or zeros, not by its label."""
    name = label.lower()
    if name not in _ALSO:
        try:
            name = codecs.lookup(name).name
        except (LookupError, ValueError):
            return
    name = _ALSO.get(name, name)
    if name in _KNOWN:
        yield name


def _fits(body: bytes, codec: str) -> bool:
    """Is every byte part of a character? A piece at a time: the text may take four times the memory."""
    decoder = codecs.getincrementaldecoder(codec)()
    try:
        for start in range(0, len(body), _PIECE):
            decoder.decode(body[start : start + _PIECE], final=start + _PIECE >= len(body))
    except UnicodeDecodeError:
        return False
    return True


def _is_nearly_utf8(body: bytes) -> bool:
    """Are there far more characters in UTF-8 than bytes that are none? A broken byte makes no other text."""
    text = body.decode("utf-8", "replace")
    beyond_ascii = len(text) - len(text.encode("ascii", "ignore"))
    return text.count("\ufffd") * 4 <= beyond_ascii
