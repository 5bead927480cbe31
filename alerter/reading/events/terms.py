"""Event terms: by what instrument a measure is made, and from when until when it holds.

`suspends clause 2 of Announcement No. 46 of 2024 until 27 November 2026`: instrument `2024-46`,
clause `2`, ends on 2026-11-27. Read from the event's own sentence, so that no dates of another are taken.
"""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta

from alerter.reading.marks import Marked
from alerter.reading.periods.dates import RECKONED_YEARS

_YEARS = range(1990, 2100)
_LEEWAY = timedelta(days=60)
"""A day without a year is the next one, or one that is this short a time past."""
_LONGEST_SPAN = {"day": 3660, "week": 520, "month": 120, "year": 10}
_CLAUSE_WORDS = frozenset("clause clauses paragraph paragraphs item items".split())
"""Words without one of which a sentence names no clause; the search for its number can be spared."""
_CLAUSE = re.compile(r"\b(?:clause|paragraph|item)s?\s(\d{1,3})\b", re.IGNORECASE)
_ISSUED = r"(?:announcement|notice|notification|decree|order|bulletin)s?"
_NUMBER = r"(?:no\.?|number|nos\.?)\s?"
_YEAR = r"((?:19|20)\d\d)"
_INSTRUMENTS = tuple(
    (shown, re.compile(pattern, re.IGNORECASE))
    for shown, pattern in (
        ("{2}-{1}", rf"\b{_ISSUED}\s{_NUMBER}(\d{{1,4}})(?:\s(?:of|from|in)\s|,\s?|\s\(){_YEAR}\b"),
        ("{2}-{1}", rf"\bno\.\s?(\d{{1,4}})\sof\s{_YEAR}\b"),
        ("No. {1}", rf"\b(?:announcement|notice|decree)\s{_NUMBER}(\d{{1,4}})\b"),
        ("Section {1}", r"\bsection\s(\d{3})\b"),
        ("EO {1}", r"\b(?:executive order|e\.?o\.?)\s(?:no\.?\s?)?(\d{5})\b"),
        ("Proclamation {1}", r"\bproclamation\s(\d{4,5})\b"),
        (
            "{1}",
            (
                r"\b(?:regulation|decision|directive)\s(?:\([a-z, ]{2,12}\)\s)?(?:no\.?\s?)?"
                r"((?:19|20)\d\d/\d{1,4})\b"
            ),
        ),
        ("{1}", rf"\b(?:regulation|notification|circular|rule)\s{_NUMBER}(\d{{1,3}}/(?:19|20)\d\d)\b"),
        ("package {1}", r"\b(\d{1,2})(?:st|nd|rd|th)\s(?:sanctions\s)?package\b"),
        ("General License {1}", r"\bgeneral licen[cs]e\s(?:no\.?\s?)?(\d{1,3}[a-z]?)\b"),
        ("IEEPA", r"\bieepa\b"),
    )
)
"""How an instrument is shown, with the groups of the pattern that finds it; the first that fits counts."""
_INSTRUMENT_WORDS = frozenset(
    """announcement announcements notice notices notification notifications decree decrees order orders
    bulletin bulletins no section executive e eo proclamation regulation decision directive circular rule
    package general ieepa""".split()
)
"""Words without one of which a sentence names no instrument."""
_UNTIL = frozenset({"until", "till", "through"})
_SINCE = frozenset({"from", "effective", "starting", "beginning", "commencing"})
_EXPIRES = frozenset({"expire", "expires", "expiring", "lapse", "lapses", "ends", "end"})
_FORCE = frozenset({"effect", "force", "apply", "applies", "begin", "begins", "start", "starts"})
_BEGIN = frozenset({*_SINCE, "of", "from", "on", "in"})
"""Words after which the day may stand from which a measure holds; `_END`: until which."""
_FILLERS = frozenset(
    {"on", "the", "at", "noon", "midnight", "least", "end", "of", "as", "from", "about", ","}
)
_WEEKDAYS = frozenset(["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"])
_DAY = re.compile("0?[1-9]|[12][0-9]|3[01]")
_LASTS = frozenset({"for", "by"})
_END = _UNTIL | _EXPIRES | _LASTS
_NUMERALS = (
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
)
_COUNTS = {"a": 1, "an": 1, "another": 1, **{word: n for n, word in enumerate(_NUMERALS, start=1)}}


@dataclass(frozen=True, slots=True)
class Terms:
    """What a sentence says of the measure that it tells of."""

    instrument: str | None = None
    clause: str | None = None
    effective_on: str | None = None
    """ISO days."""
    ends_on: str | None = None


def terms_of(marked: Marked, sentence: tuple[int, int], published: date) -> Terms:
    """The instrument and the dates that a sentence names."""
    first, last = sentence
    words = marked.words[first:last]
    start, end = marked.tokens.span(first, last)
    text = marked.tokens.original[start:end]
    clause = None if _CLAUSE_WORDS.isdisjoint(words) else _CLAUSE.search(text)
    effective_on, ends_on = _days(marked, sentence, published)
    return Terms(
        instrument=None if _INSTRUMENT_WORDS.isdisjoint(words) else _instrument(text),
        clause=clause[1] if clause else None,
        effective_on=effective_on.isoformat() if effective_on else None,
        ends_on=ends_on.isoformat() if ends_on else None,
    )


def _days(marked: Marked, sentence: tuple[int, int], published: date) -> tuple[date | None, date | None]:
    """The days from which and until which a measure holds, as far as its sentence says."""
    if published.year not in RECKONED_YEARS:
        return None, None
    first, last = sentence
    placed = list(enumerate(marked.words[first:last], first))
    begins = (_begins(marked, at, last, published) for at, word in placed if word in _BEGIN)
    effective_on = next(filter(None, begins), None)
    ends = (_ends(marked, at, last, published, effective_on) for at, word in placed if word in _END)
    return effective_on, next(filter(None, ends), None)


def _instrument(text: str) -> str | None:
    for shown, pattern in _INSTRUMENTS:
        found = pattern.search(text)
        if found:
            return shown.format(found[0], *found.groups())
    return None


def _ends(marked: Marked, at: int, last: int, published: date, since: date | None) -> date | None:
    word = marked.words[at]
    if word in _UNTIL:
        return _day(marked, at + 1, last, published, is_end=True)
    if word in _EXPIRES and marked.words[at + 1 : at + 2] in (["on"], ["in"], ["at"]):
        return _day(marked, at + 2, last, published, is_end=True)
    if word in _LASTS:
        return _after(marked, at + 1, last, since or published)
    return None


def _begins(marked: Marked, at: int, last: int, published: date) -> date | None:
    word, before = marked.words[at], marked.words[at - 1] if at else ""
    if word in _SINCE or (word in ("of", "from") and before in ("as", "effect")):
        return _day(marked, at + 1, last, published)
    if word in ("on", "in", "from") and before in _FORCE:
        return _day(marked, at + 1, last, published)
    return None


def _after(marked: Marked, at: int, last: int, since: date) -> date | None:
    """`for 90 days`, `for a year`: so long after the measure begins."""
    words = marked.words
    at += words[at : at + 1] == ["another"] and words[at + 1 : at + 2] != [] and not _is_unit(words[at + 1])
    if at + 1 >= last:
        return None
    count = _COUNTS.get(words[at]) or (int(words[at]) if words[at].isdigit() and len(words[at]) < 5 else None)
    unit = words[at + 1].removesuffix("s")
    if count is None or unit not in _LONGEST_SPAN or count > _LONGEST_SPAN[unit]:
        return None
    if unit in ("day", "week"):
        return since + timedelta(days=count * (7 if unit == "week" else 1))
    months = since.year * 12 + since.month - 1 + count * (12 if unit == "year" else 1)
    year, month = divmod(months, 12)
    return date(year, month + 1, min(since.day, monthrange(year, month + 1)[1]))


def _is_unit(word: str) -> bool:
    return word.removesuffix("s") in _LONGEST_SPAN


def _day(marked: Marked, at: int, last: int, published: date, *, is_end: bool = False) -> date | None:
    """The day that begins at a token, or the first or last day of a month or a year that is named there."""
    words = marked.words
    while at < last and (words[at] in _FILLERS or words[at] in _WEEKDAYS):
        at += 1
    if at >= last:
        return None
    if _is_year(words, at, last):
        return date(int(words[at]), 12, 31) if is_end else date(int(words[at]), 1, 1)
    day = _number(words, at, last)
    at += 1 if day else 0
    at += words[at : at + 1] in (["st"], ["nd"], ["rd"], ["th"])
    at += words[at : at + 1] == ["of"]
    month = _month(marked, at, last)
    if month is None:
        return None
    at += 1
    at += words[at : at + 1] == ["."]  # Dec. 3
    if day is None and (day := _number(words, at, last)):
        at += 1
    at += words[at : at + 1] == [","]
    year = int(words[at]) if _is_year(words, at, last) else None
    return _made(year, month, day, published=published, is_end=is_end)


def _made(year: int | None, month: int, day: int | None, *, published: date, is_end: bool) -> date | None:
    if year is None:
        year = published.year
        last_of_month = date(year, month, monthrange(year, month)[1])
        year += last_of_month < published - _LEEWAY
    length = monthrange(year, month)[1]
    if day is not None and day > length:
        return None
    return date(year, month, day or (length if is_end else 1))


def _number(words: list[str], at: int, last: int) -> int | None:
    if at >= last:
        return None
    return int(words[at]) if _DAY.fullmatch(words[at]) else None


def _is_year(words: list[str], at: int, last: int) -> bool:
    return at < last and len(words[at]) == 4 and words[at].isdigit() and int(words[at]) in _YEARS


def _month(marked: Marked, at: int, last: int) -> int | None:
    if at >= last:
        return None
    named = (name for name in marked.tags[at] if name.startswith("month_"))
    return next((int(name.removeprefix("month_")) for name in named), None)
