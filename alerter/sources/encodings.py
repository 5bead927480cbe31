"""Bytes from publishers read as text, whatever encoding they are in and whatever is said of it. Pure.

What is declared is often wrong: servers send their default, templates keep an old `charset`. So bytes that
are valid UTF-8 are taken for it; else the first of the declared encodings that fits counts: the HTTP header's
(RFC 9110), then the document's own (`<meta charset>`, `<?xml encoding?>`). Labels mean what they mean in the
WHATWG's Encoding Standard: GB2312 and GBK are read as GB18030, ISO-8859-1 as Windows-1252.
"""

import codecs
import re
from collections.abc import Iterator

HEAD = 2_048
"""Bytes at the beginning in which a document declares its encoding."""

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


def decode(body: bytes, content_type: str = "") -> str:
    """The text, without a byte order mark; what fits no encoding is replaced, never an error."""
    marked = next(((mark, codec) for mark, codec in _MARKS if body.startswith(mark)), None)
    if marked is not None:
        return body[len(marked[0]) :].decode(marked[1], "replace")
    zeros = next((codec for shape, codec in _ZEROS if shape.match(body)), None)
    if zeros is not None:
        return body.decode(zeros, "replace")
    declared = list(dict.fromkeys(_declared(body, content_type)))
    for codec in (*_likely(body, declared), "gb18030"):
        try:
            return body.decode(codec)
        except UnicodeDecodeError:
            continue
    return body.decode(declared[0] if declared else "cp1252", "replace")


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
