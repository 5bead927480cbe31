"""What comes from outside, made safe to keep: no mark-up, no control characters, bounded, plausible.

Every adapter and the HTTP push endpoint pass their signals through here before intake. The mark-up stripper
takes linear time on any text, which the standard library's parser does not (60 kB of unclosed tags keep it
busy for seconds).
"""

import html
import re
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from alerter.core.model import Frozen
from alerter.core.signal import Signal

SIGNAL_BYTES = 256 * 1024
"""Most bytes of a signal, as UTF-8 JSON."""
TEXT_BYTES = 120_000
"""What an adapter keeps of a text: escaped as JSON it stays below `SIGNAL_BYTES`."""
TITLE_LENGTH = 1_000
"""What is kept of a title, in characters."""
AHEAD = timedelta(days=30)
"""How far ahead a publication date is plausible."""

_INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f"
    "\ufeff\ufff9-\ufffb\ufffe\uffff\ud800-\udfff]"
)
"""Control characters, zero-width and direction marks, lone surrogates; joiners that scripts need stay."""

# Each alternative consumes all that it looked at, to the end of the text if need be: linear time.
_MARKUP = re.compile(
    r"""
    <!--.*?(?:-->|\Z)
    | <!\[CDATA\[ | \]\]>
    | <[!?][^>]*+(?:>|\Z)
    | <(?P<raw>script|style)(?=[\s/>])(?:.*?</(?P=raw)\s*+>|.*+\Z)
    | </?(?P<tag>[a-z][a-z0-9:-]*+)
      (?:[^=>]++|=\s*+(?:"[^"]*+(?:"|\Z)|'[^']*+(?:'|\Z))?+)*+ (?P<end>>)?
    """,
    re.VERBOSE | re.IGNORECASE | re.DOTALL,
)
_INLINE = re.compile(
    "a|abbr|acronym|b|bdi|bdo|big|cite|code|del|dfn|em|font|i|ins|kbd|mark|q|s|samp|small|span|strike|strong"
    "|sub|sup|time|tt|u|var|wbr"
)
_BLOCK = re.compile(
    "address|article|aside|blockquote|br|d[dlt]|div|figcaption|figure|footer|h[1-6r]|header|li|main|[ou]l|p"
    "|pre|section|table|t[dhr]"
)
_SPACE = re.compile(r"\s{2,}|[^\S ]")
_PASSES = 3
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{2,8})*")


def clean_text(text: str) -> str:
    """The text as people read it: no tags, scripts, entities or control characters.

    Words stand one space apart and paragraphs an empty line. Text that was escaped twice is unescaped twice;
    cleaning what is clean changes nothing.
    """
    if is_plain(stripped := text.strip()):
        return stripped
    for _ in range(_PASSES):
        before, text = text, _clean_once(text)
        if text == before:
            return text
    if _clean_once(text) == text:
        return text
    return _collapse(re.sub(r"[<>&]", " ", text))  # nested on purpose: nobody's prose


def is_plain(text: str) -> bool:
    """Is there surely nothing to clean inside? Most texts are plain, and to see that costs far less."""
    if not text.isprintable():  # control and format characters, and every blank but the space
        return False
    return not any(mark in text for mark in _NOT_PLAIN)


_NOT_PLAIN = ("<", "&", "]]>", "  ")


def clean_line(text: str) -> str:
    """As `clean_text`, on one line."""
    return " ".join(clean_text(text).split())


def visible(text: str) -> str:
    """The text without control, zero-width and direction characters; all else as it is."""
    return _INVISIBLE.sub("", text)


def clean_title(title: str, text: str) -> str:
    """A clean title of bounded length; for want of one, the first words of the (clean) text."""
    line = clean_line(title)
    if line:
        return line if len(line) <= TITLE_LENGTH else line[: TITLE_LENGTH - 1].rstrip() + "…"
    words = text[:400].split()[:16]
    return " ".join(words) + ("…" if len(text.split(maxsplit=len(words))) > len(words) else "")


def clean_language(tag: str | None) -> str | None:
    """A language tag such as `en-US`, or None for what is none."""
    stripped = (tag or "").strip()
    return stripped if len(stripped) <= 35 and _LANGUAGE.fullmatch(stripped) else None


def cap_bytes(text: str, limit: int = TEXT_BYTES) -> str:
    """The text, cut at a character's end to at most `limit` bytes of UTF-8."""
    if len(text) * 4 <= limit:
        return text
    return text.encode("utf-8", "replace")[:limit].decode("utf-8", "ignore")


def is_web_address(url: str) -> bool:
    """Is this an absolute http or https address without blanks or control characters?"""
    if not url.isprintable() or " " in url:
        return False
    try:
        parts = urlsplit(url)
        return parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def clean_signal(signal: Signal, now: datetime) -> Signal:
    """The signal with every text in it clean and its times in UTC.

    Raises ValueError, with a sentence for whoever sent it, when it is over `SIGNAL_BYTES`, dated more than
    `AHEAD` of now, its address is not http or https, or nothing is left to read in it.
    """
    _check(signal, now)
    text = clean_text(signal.text)
    title = clean_title(signal.title, text)
    if not title:
        raise ValueError("title and text hold nothing to read")
    changes = {
        "title": title,
        "text": text,
        "id": visible(signal.id or "") or None,
        "published_at": _in_utc(signal.published_at),
        "seen_at": _in_utc(signal.seen_at) if signal.seen_at else None,
        "language": clean_language(signal.language),
        "labels": {clean_line(name): clean_line(value) for name, value in signal.labels.items()},
    }
    references = {name: _clean_reference(getattr(signal, name)) for name in _REFERENCES}
    return signal.model_copy(update=changes | references)


def _check(signal: Signal, now: datetime) -> None:
    size = len(signal.model_dump_json().encode())
    if size > SIGNAL_BYTES:
        raise ValueError(f"the signal has {size:,} bytes; at most {SIGNAL_BYTES:,} are taken")
    if signal.published_at - now > AHEAD:
        days = (signal.published_at - now).days
        raise ValueError(f"published_at is {days} days ahead; at most {AHEAD.days} are taken")
    if signal.url is not None and not is_web_address(signal.url):
        raise ValueError("url is not an absolute http or https address")
    if not signal.source.isprintable():
        raise ValueError("source holds control characters")


def _in_utc(instant: datetime) -> datetime:
    try:
        return instant.astimezone(UTC)
    except OverflowError as fault:
        raise ValueError("a time lies outside the years that UTC counts") from fault


_REFERENCES = ("observation", "docket", "notice", "listing")


def _clean_reference(reference: Frozen | None) -> Frozen | None:
    if reference is None:
        return None
    texts = {name: clean_line(value) for name, value in reference if isinstance(value, str)}
    return reference.model_copy(update=texts)


def _clean_once(text: str) -> str:
    text = _INVISIBLE.sub("", text)
    if "<" in text or "]]>" in text:
        text = _MARKUP.sub(_blank, text)
    if "&" in text:
        text = _INVISIBLE.sub("", html.unescape(text))
    return _collapse(text)


def _blank(found: re.Match[str]) -> str:
    """What stands for a piece of mark-up: nothing, a space, or a paragraph's end."""
    tag = (found["tag"] or "").lower()
    if not tag:
        return " "
    if not found["end"]:  # never closed: no tag but a "less than" in a sentence
        return found[0].replace("<", " ")
    if _INLINE.fullmatch(tag):
        return ""
    return "\n\n" if _BLOCK.fullmatch(tag) else " "


def _collapse(text: str) -> str:
    return _SPACE.sub(_gap, text).strip()


def _gap(found: re.Match[str]) -> str:
    return "\n\n" if found[0].count("\n") > 1 else " "
