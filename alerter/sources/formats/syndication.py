"""Feed documents read into plain entries: RSS 0.9x to 2.0, RDF, Atom and JSON Feed.

Formats: the RSS 2.0 specification, RFC 4287, jsonfeed.org versions 1 and 1.1, and the syndication module of
RSS 1.0. A fast parser reads nearly everything; what it refuses or finds empty goes to the lenient one.
Nothing here knows the network or a clock.
"""

import html.entities
import io
import json
import re
from calendar import timegm
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import fastfeedparser
import feedparser

from alerter.sources.formats.bodies import is_overfull, page_title

LARGEST = 4 * 1024 * 1024
"""Bytes of a document: one wide character makes four bytes of each letter in it, in several copies."""
LENIENT_BYTES = 512 * 1024
"""Larger documents do not go to the lenient parser, which is a hundred times slower."""
ENTRIES = 10_000
"""Most entries of a document."""
MARKS, ATTRIBUTES, NAMESPACES, REPAIRS = 250_000, 250_000, 25_000, 50_000
"""More `<`, `=`, `xmlns`, or places to repair than this, and no feed is read: what a parser makes of them
takes many times the memory of the document, and some of it quadratic time."""

# Patterns here run over hostile bytes: none may look at the same stretch again from many places.
_DOCTYPE = re.compile(rb"<!DOCTYPE\b", re.IGNORECASE)
_ENTITY = re.compile(rb"<!ENTITY\b", re.IGNORECASE)
_CROWDED_TAG = re.compile(rb"<[A-Za-z_/?](?:[^<>=]*+=){500}")
_REPAIRABLE = re.compile(
    rb"<!\[CDATA\[.*?(?:\]\]>|\Z)|<!--.*?(?:-->|\Z)"
    rb"|&(?!#\d{1,8};|#[xX][0-9a-fA-F]{1,6};|(?:amp|lt|gt|quot|apos);)(?:([A-Za-z][A-Za-z0-9]{1,30});)?",
    re.DOTALL,
)
_GUID_TAG = re.compile(rb"<(/?)guid\b")
_ENTRY = re.compile(rb"<(?:\w+:)?(?:item|entry)[\s>]")
_ROOT = re.compile(rb"<(?:\w{1,20}:)?(rss|rdf|feed|channel)(?=[\s>/])[^<>]{0,20000}>?", re.IGNORECASE)
_TTL = re.compile(rb"<ttl>\s*(\d{1,6})\s*<")
_PERIOD = re.compile(rb"<(?:\w+:)?updatePeriod>\s*(hourly|daily|weekly|monthly|yearly)\s*<")
_FREQUENCY = re.compile(rb"<(?:\w+:)?updateFrequency>\s*(\d{1,4})\s*<")
_LANGUAGE = re.compile(
    rb"<(?:dc:)?language>\s*+(?:<!\[CDATA\[\s*+)?([\w-]{2,35})"
    rb"|<(?:feed|rss)\b[^<>]{0,2000}?\bxml:lang=[\"']([\w-]{2,35})"
)
_PERIODS = {
    b"hourly": timedelta(hours=1),
    b"daily": timedelta(days=1),
    b"weekly": timedelta(weeks=1),
    b"monthly": timedelta(days=30),
    b"yearly": timedelta(days=365),
}


class UnreadableFeed(ValueError):
    """The body is no feed; the message completes a sentence that starts with who answered."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry as its document states it; texts are still mark-up."""

    id: str = ""
    title: str = ""
    text: str = ""
    link: str = ""
    published_at: datetime | None = None
    """Absent when the document states no readable date."""
    language: str | None = None


@dataclass(frozen=True, slots=True)
class Document:
    """A feed: its entries in its own order, and how often it wishes to be read."""

    entries: Sequence[Entry]
    language: str | None = None
    ttl: timedelta = timedelta(0)
    is_cut_short: bool = False
    """Does it end in the middle, so that its last entry may be half and others may lack?"""


def read_document(body: bytes) -> Document:
    """The feed in these bytes. Raises UnreadableFeed for an empty answer, a web page, or what is no feed."""
    body = body.removeprefix(b"\xef\xbb\xbf").lstrip()
    if not body:
        raise UnreadableFeed("gave an empty answer")
    if len(body) > LARGEST:
        raise UnreadableFeed(f"answered with more than {LARGEST:,} bytes; refused")
    title = page_title(body)
    if title is not None:
        raise UnreadableFeed(f"answered with a web page{title} instead of a feed")
    return _read_json(body) if body.startswith(b"{") else _read_xml(body)


def _read_xml(body: bytes) -> Document:
    plain = body.replace(b"\0", b"") if b"\0" in body[:200] else body  # UTF-16 and UTF-32 hide in zeros
    _check_prolog(plain)
    _check_bounds(plain)
    found = _ENTRY.search(plain)
    head = plain[: min(found.start() if found else len(plain), 64 * 1024)]
    entries = _read_fast(_repaired(body))
    if not entries:
        entries = _read_leniently(body)
    cut_short = _is_cut_short(plain, head)
    return Document(entries, language=_language(head), ttl=_ttl(head), is_cut_short=cut_short)


def _is_cut_short(body: bytes, head: bytes) -> bool:
    """Is what encloses all entries opened, and closed nowhere? Of RSS the channel does."""
    opened = _ROOT.search(head)
    if opened is None or opened[0].endswith(b"/>"):
        return False
    ends = [b"rss", b"channel"] if opened[1].lower() == b"rss" else [opened[1].lower()]
    tail = body.lower()
    return not any(re.search(rb"</(?:\w{1,20}:)?" + end + rb"\s*+>", tail) for end in ends)


def _check_prolog(body: bytes) -> None:
    """No document may declare entities, wherever it hides that: what they expand to knows no bounds."""
    doctype = _DOCTYPE.search(body)
    subset = body.find(b"[", doctype.end()) if doctype else -1
    if subset >= 0 and _ENTITY.search(body, subset):
        raise UnreadableFeed("answered with a document that declares entities; refused")


def _check_bounds(body: bytes) -> None:
    bounds = {b"<": MARKS, b"=": ATTRIBUTES, b"xmlns": NAMESPACES}
    if any(body.count(mark) > most for mark, most in bounds.items()) or _CROWDED_TAG.search(body):
        raise UnreadableFeed("answered with more mark-up than a feed has; refused")
    if sum(1 for _ in _ENTRY.finditer(body)) > ENTRIES:
        raise UnreadableFeed(f"lists more than {ENTRIES:,} entries; refused")


def _repaired(body: bytes) -> bytes:
    """Bare ampersands and HTML's named entities, which XML does not know, spelled so that none is lost."""
    if b"\0" in body[:200] or b"2022" in body[:200]:  # not a superset of ASCII
        return body
    repaired, places = _REPAIRABLE.subn(_repair, body, count=REPAIRS)
    if places == REPAIRS:
        raise UnreadableFeed("answered with more broken references than a feed has; refused")
    return repaired


def _repair(found: re.Match[bytes]) -> bytes:
    if found[0].startswith(b"<"):
        return found[0]
    if found[1] is None:
        return b"&amp;"
    character = html.entities.html5.get(found[1].decode() + ";")
    if character is None:
        return b"&amp;" + found[1] + b";"
    return b"".join(b"&#%d;" % ord(part) for part in character)


def _read_fast(body: bytes) -> list[Entry]:
    try:
        parsed = fastfeedparser.parse(body)
        entries = list(parsed["entries"])
        dated = _with_stated_dates(body, entries)
    except Exception:  # noqa: BLE001  (whatever it trips over, the lenient parser has the last word)
        return []
    return [_fast_entry(entry, date) for entry, date in zip(entries, dated, strict=True)]


def _with_stated_dates(body: bytes, entries: list[Any]) -> list[str | None]:
    """The entries' dates as stated. The fast parser also makes dates of guids like `2025-0417`: read again
    without guids, such an entry has none."""
    dates = [entry.get("published") for entry in entries]
    if not any(date and _may_be_invented(entry) for entry, date in zip(entries, dates, strict=True)):
        return dates
    again = fastfeedparser.parse(_GUID_TAG.sub(rb"<\1hidden-guid", body))["entries"]
    if len(again) != len(entries):
        return [None if _may_be_invented(entry) else entry.get("published") for entry in entries]
    return [entry.get("published") for entry in again]


def _may_be_invented(entry: Mapping[str, Any]) -> bool:
    guid = str(entry.get("id") or "")
    return any(char.isdigit() for char in guid) and not guid.startswith(("http://", "https://"))


def _fast_entry(entry: Mapping[str, Any], date: str | None) -> Entry:
    return Entry(
        id=entry.get("id") or "",
        title=entry.get("title") or "",
        text=_content(entry) or entry.get("description") or "",
        link=entry.get("link") or "",
        published_at=_instant(date),
    )


def _read_leniently(body: bytes) -> list[Entry]:
    if len(body) > LENIENT_BYTES:
        raise UnreadableFeed("answered with a large document in which no feed is found")
    parsed = feedparser.parse(  # a stream: bytes alone would be tried as a file's name first
        io.BytesIO(body), sanitize_html=False, resolve_relative_uris=False
    )
    if not parsed.entries and not parsed.version:
        raise UnreadableFeed("answered with something that is no feed")
    return [_lenient_entry(entry) for entry in parsed.entries]


def _lenient_entry(entry: Mapping[str, Any]) -> Entry:
    stated = dict(entry)  # a plain dict does not pass one date off as another
    date = stated.get("published_parsed") or stated.get("updated_parsed")
    return Entry(
        id=entry.get("id") or "",
        title=entry.get("title") or "",
        text=_content(entry) or entry.get("summary") or "",
        link=entry.get("link") or "",
        published_at=datetime.fromtimestamp(timegm(date), UTC) if date else None,
    )


def _content(entry: Mapping[str, Any]) -> str:
    return "\n\n".join(str(part.get("value") or "") for part in entry.get("content") or ()).strip()


def _read_json(body: bytes) -> Document:
    if is_overfull(body):
        raise UnreadableFeed("answered with more values than a JSON Feed has; refused")
    try:
        feed = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise UnreadableFeed("answered with broken JSON") from error
    listed = feed.get("items")
    if "jsonfeed.org/version/1" not in str(feed.get("version")) or not isinstance(listed, list):
        raise UnreadableFeed("answered with JSON that is no JSON Feed")
    if len(listed) > ENTRIES:
        raise UnreadableFeed(f"lists more than {ENTRIES:,} entries; refused")
    entries = [_json_entry(entry) for entry in listed if isinstance(entry, dict)]
    return Document(entries, language=_text(feed.get("language")) or None)


def _json_entry(entry: Mapping[str, object]) -> Entry:
    return Entry(
        id=_text(entry.get("id")),
        title=_text(entry.get("title")),
        text=_first(entry, "content_html", "content_text", "summary"),
        link=_first(entry, "url", "external_url"),
        published_at=_instant(_first(entry, "date_published", "date_modified")),
        language=_text(entry.get("language")) or None,
    )


def _first(entry: Mapping[str, object], *names: str) -> str:
    return next((text for text in (_text(entry.get(name)) for name in names) if text), "")


def _text(value: object) -> str:
    """A string or number as text; the specification asks readers to take numbers as ids."""
    return str(value).strip() if isinstance(value, str | int | float) and not isinstance(value, bool) else ""


def _instant(text: str | None) -> datetime | None:
    try:
        instant = datetime.fromisoformat(text or "")
        return instant.astimezone(UTC) if instant.tzinfo else instant.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None


def _language(head: bytes) -> str | None:
    found = _LANGUAGE.search(head)
    return (found[1] or found[2]).decode() if found else None


def _ttl(head: bytes) -> timedelta:
    """`<ttl>` in minutes, or the update period divided by the frequency; the longer where both stand."""
    minutes = _TTL.search(head)
    period = _PERIOD.search(head)
    frequency = _FREQUENCY.search(head)
    return max(
        timedelta(minutes=int(minutes[1])) if minutes else timedelta(0),
        _PERIODS[period[1]] / max(1, int(frequency[1]) if frequency else 1) if period else timedelta(0),
    )
