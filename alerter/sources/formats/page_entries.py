"""Entries found on a page, or in JSON, made into signals: the format of `page` sources. Pure.

On a web page CSS selectors find the entries, and relative to each its link, title, date and text; in JSON
JMESPath expressions do (jmespath.org). Dates are read in the way that is configured, else as year, month and
day in numbers, as ISO 8601 or RFC 5322 write them, or as epoch seconds or milliseconds.
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta, tzinfo
from email.utils import parsedate_to_datetime
from urllib.parse import urljoin

import jmespath
import re2
from jmespath.exceptions import JMESPathError

from alerter.core.clean import (
    AHEAD,
    cap_bytes,
    clean_language,
    clean_line,
    clean_text,
    clean_title,
)
from alerter.core.signal import NoticeReference, Signal, SignalKind
from alerter.sources.formats.addresses import absolute, bounded
from alerter.sources.formats.markup import parse_page, title_of, value_of

MOST = 500
"""Entries of a page that are read: the first ones, which are the newest where pages list news."""
_RAW_LENGTH = 1_000_000
Faults = Counter[tuple[str, str]]
"""How many of what, in the singular and the plural, cannot be read."""
_EPOCH = re.compile(r"\d{10}|\d{13}")
_NUMBERS = re.compile(
    r"(?<!\d)(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})(?!\d)日?"
    r"(?:[\sT]{1,5}(\d{1,2}):(\d\d)(?::(\d\d))?)?"
)
_CLOCK = re.compile(r"%[HIcXfsT]|%-[HI]")
"""What in a format reads a time of day."""


class UnreadableEntries(ValueError):
    """No entries that can be read; the message completes a sentence that starts with who answered."""


@dataclass(frozen=True, slots=True)
class Layout:
    """Where the entries stand and, in each of them, their parts. Empty = it has none."""

    entries: str
    link: str
    title: str
    date: str = ""
    text: str = ""
    key: str = ""


@dataclass(frozen=True, slots=True)
class Stamp:
    """How dates are written."""

    pattern: str = ""
    """RE2; its first group, else all that it matches, is the date."""
    format: str = ""
    """Of strptime's directives."""
    zone: tzinfo = UTC


@dataclass(frozen=True, slots=True)
class Found:
    """An entry's parts as they stand on the page."""

    link: str = ""
    title: str = ""
    date: str = ""
    text: str = ""
    key: str = ""


@dataclass(frozen=True, slots=True)
class Setting:
    """What signals of a page have in common."""

    source: str
    kind: SignalKind
    agency: str | None
    language: str | None
    labels: Mapping[str, str]
    stamp: Stamp
    is_dated: bool
    """Are entries expected to have dates?"""
    now: datetime
    undated_at: datetime
    """What an entry without a credible date is dated."""


def select_entries(body: bytes, content_type: str, layout: Layout) -> tuple[list[Found], str]:
    """The entries of a web page, and the page's title for messages. Raises UnreadablePage."""
    page = parse_page(body, content_type)
    base = page.css_first("base[href]")
    start = (base.attributes.get("href") or "") if base else ""
    found = []
    for node in page.css(layout.entries):
        parts = {name: value_of(node, where) if where else "" for name, where in _parts(layout)}
        parts["link"] = _joined(start, parts["link"])
        found.append(Found(**parts))
    return found, title_of(page)


def pick_entries(document: object, layout: Layout) -> list[Found]:
    """The entries in JSON. Raises UnreadableEntries where there is no list."""
    rows = _search(layout.entries, document)
    if not isinstance(rows, list):
        raise UnreadableEntries(f"gave no list at {layout.entries}: has its format changed?")
    return [
        Found(**{name: _plain(_search(where, row)) if where else "" for name, where in _parts(layout)})
        for row in rows
    ]


def expression_fault(expression: str) -> str | None:
    """Why this is no JMESPath expression; None when it is one."""
    try:
        jmespath.compile(expression)
    except JMESPathError as error:
        return f"not a JMESPath expression: {expression!r} ({' '.join(str(error).split())[:200]})"
    return None


def tell_entries(found: Sequence[Found], base: str, setting: Setting) -> tuple[list[Signal], str]:
    """One signal per entry, oldest first, and what is to be noted. Raises UnreadableEntries.

    An entry is named by its key, else its address. Links to one address are one entry, the first.
    """
    signals: dict[str, Signal] = {}
    faults: Faults = Counter()
    for entry in found[:MOST]:
        url, title = absolute(entry.link, base), clean_title(entry.title[:_RAW_LENGTH], "")
        key = _key(entry.key) or _key(url or "")
        if not key or not title:
            faults["entry", "entries"] += 1
        elif key not in signals:
            at = _published_at(entry, setting)
            faults["date", "dates"] += at is None
            signals[key] = _signal(entry, key, url, title, at or setting.undated_at, setting)
    _check(len(found), len(signals), faults, setting)
    ordered = list(signals.values())[::-1]
    ordered.sort(key=lambda signal: signal.published_at)  # stable: what has one date keeps the page's order
    return ordered, _note(len(found), faults)


def read_date(text: str, stamp: Stamp, now: datetime) -> datetime | None:
    """The instant that a date stands for; None if it cannot be read.

    A bare day is its midnight in UTC, so that it is the same day everywhere; a bare day that is today is now.
    """
    line = _narrowed(clean_line(text[:_RAW_LENGTH])[:4_000], stamp)
    try:
        stated, has_time = _formatted(line, stamp) if stamp.format else _usual(line)
        if not has_time:
            return _of_day(stated, now, stamp.zone)
        aware = stated if stated.tzinfo else stated.replace(tzinfo=stamp.zone)
        return aware.astimezone(UTC)
    except (ValueError, OverflowError, TypeError, IndexError):
        return None


def _parts(layout: Layout) -> list[tuple[str, str]]:
    return [(name, getattr(layout, name)) for name in ("link", "title", "date", "text", "key")]


def _search(expression: str, within: object) -> object:
    try:
        return jmespath.search(expression, within)
    except (JMESPathError, TypeError, ValueError) as error:
        raise UnreadableEntries(f"gave JSON that {expression} does not fit: {error}") from error


def _plain(value: object) -> str:
    return str(value) if isinstance(value, str | int | float) and not isinstance(value, bool) else ""


def _joined(base: str, link: str) -> str:
    try:
        return urljoin(base.strip(), link.strip()) if link.strip() else ""
    except ValueError:
        return link


def _key(text: str) -> str:
    return bounded(clean_line(text[:_RAW_LENGTH]))


def _published_at(entry: Found, setting: Setting) -> datetime | None:
    at = read_date(entry.date, setting.stamp, setting.now) if setting.is_dated else setting.undated_at
    return at if at is None or at - setting.now <= AHEAD else None


def _check(listed: int, told: int, faults: Faults, setting: Setting) -> None:
    many = f"{listed} {_noun(listed, ('entry', 'entries'))}"
    if listed and not told:
        raise UnreadableEntries(f"lists {many} without a title and a link: has the page changed?")
    if setting.is_dated and told and faults["date", "dates"] == told:
        raise UnreadableEntries(f"lists {many} with dates that cannot be read: has the page changed?")


def _note(listed: int, faults: Faults) -> str:
    notes = [f"{count} {_noun(count, what)} cannot be read" for what, count in faults.items() if count]
    if listed > MOST:
        notes.append(f"lists {listed:,} entries, of which the first {MOST} are read")
    return "; ".join(notes)


def _noun(count: int, forms: tuple[str, str]) -> str:
    return forms[count != 1]


def _signal(
    entry: Found, key: str, url: str | None, title: str, published_at: datetime, setting: Setting
) -> Signal:
    is_notice = setting.kind is SignalKind.NOTICE
    return Signal(
        id=key,
        source=setting.source,
        kind=setting.kind,
        title=title,
        text=cap_bytes(clean_text(entry.text[:_RAW_LENGTH])),
        url=url,
        published_at=published_at,
        language=clean_language(setting.language),
        labels=dict(setting.labels),
        notice=NoticeReference(agency=setting.agency) if is_notice else None,
    )


def _narrowed(line: str, stamp: Stamp) -> str:
    if not stamp.pattern:
        return line
    found = re2.search(stamp.pattern, line)
    if found is None:
        return ""
    return (found[1] if found.re.groups else found[0]) or ""


def _formatted(line: str, stamp: Stamp) -> tuple[datetime, bool]:
    stated = datetime.strptime(line, stamp.format)  # noqa: DTZ007  its zone is the configured one
    return stated, bool(_CLOCK.search(stamp.format))


def _usual(line: str) -> tuple[datetime, bool]:
    """A date in one of the usual notations, and whether it has a time. Raises ValueError."""
    if _EPOCH.fullmatch(line):
        return datetime.fromtimestamp(int(line[:10]), UTC), True
    try:
        return datetime.fromisoformat(line), len(line) > len("2025-06-09")
    except ValueError:
        found = _NUMBERS.search(line)
    if found is None:
        return parsedate_to_datetime(line), True
    year, month, day, hour, minute, second = (int(part or 0) for part in found.groups())
    return datetime(year, month, day, hour, minute, second), found[4] is not None  # noqa: DTZ001  as above


def _of_day(stated: datetime, now: datetime, zone: tzinfo) -> datetime:
    midnight = datetime.combine(stated.date(), time(), UTC)
    is_today = stated.date() == now.astimezone(zone).date()
    return min(max(now, midnight), midnight + timedelta(days=1, seconds=-1)) if is_today else midnight
