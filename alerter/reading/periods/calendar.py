"""Periods: the months, quarters, years and ranges that a text names, by the day it was published.

A bare month is the latest such month that is not after publication; one with a year is that one. Each period
knows what it is there for: when a figure holds, what it is compared with, since or until when. Periods are
written `2025-05`, `2025-Q2`, `2025`, `2025-01..2025-05`; `dates` reckons them out.
"""

from bisect import bisect_right
from dataclasses import dataclass
from datetime import date
from operator import itemgetter

from alerter.reading.marks import Marked
from alerter.reading.periods.dates import (
    YEAR_MONTHS,
    Span,
    month_of,
    month_text,
    month_year,
    quarter_year,
    span_text,
    spanned,
)
from alerter.reading.periods.roles import JOINS, Role, role_of
from alerter.reading.periods.years import (
    fiscal_after,
    fiscal_year,
    is_day,
    is_year,
    plain_year,
    year_after,
    year_start,
)

_MONTHS = tuple((f"month_{number}", number) for number in range(1, 13))
_QUARTERS = tuple((f"quarter_{number}", number) for number in range(1, 5))
_COUNT_WORDS = "two three four five six seven eight nine ten eleven twelve"
_COUNTS = {word: number for number, word in enumerate(_COUNT_WORDS.split(), 2)}
_CLASSES = frozenset({*(name for name, _ in _MONTHS), *(name for name, _ in _QUARTERS), "half_1", "half_2"})
_OPENERS = frozenset({*_COUNTS, "this", "next", "year", "full", "fiscal", "fy"})


@dataclass(frozen=True, slots=True)
class Period:
    """A period named by the tokens first to last, and what it is named for."""

    text: str
    first: int
    last: int
    role: Role = "when"
    is_day: bool = False
    """Is it a day or a week, which stands for its month?"""

    @property
    def is_aside(self) -> bool:
        """Is it named as a base, a deadline or the like, not as when a figure holds?"""
        return self.role != "when"

    @property
    def is_compared(self) -> bool:
        """Is it named as what a figure is compared with?"""
        return self.role in ("base", "since", "start")


def periods(marked: Marked, first: int, last: int, published: date) -> list[Period]:
    """All periods named between two tokens (half-open), in order; claims and events ask for the same ones."""
    key = ("periods", first, last, published)
    known: list[Period] | None = marked.memo.get(key)
    if known is None:
        known = marked.memo[key] = _named(marked, first, last, published)
    return known


def _named(marked: Marked, first: int, last: int, published: date) -> list[Period]:
    found: list[Period] = []
    unread = first
    for index in _openings(marked, first, last):
        span = _span_at(marked, index, last, published) if index >= unread else None
        if span:
            found.append(
                Period(span.text, index, span.last, role_of(marked, span.text, (index, span.last), first))
            )
            unread = span.last
    return found


def _openings(marked: Marked, first: int, last: int) -> list[int]:
    """Where a period could begin: most words need no further look."""
    words = marked.words
    said = marked.tokens.numerals_in(first, last)
    said += [at for at, word in enumerate(words[first:last], first) if word in _OPENERS or word[:2] == "fy"]
    named = marked.starts_of(_CLASSES & marked.present, first, last)
    return sorted({*named, *(at for at in said if _may_open(words, at))})


def _may_open(words: list[str], index: int) -> bool:
    """Is it a year, or a number of months? Other numbers and turns open no period."""
    word = words[index]
    following = words[index + 1] if index + 1 < len(words) else ""
    if word in _COUNTS or len(word) < 3:
        return following in ("months", "month") or word == "fy"
    if word == "year":
        return following in _ENDING or following == "that"
    if word in ("this", "next", "full"):
        return following == "year"
    return word[0].isalpha() or is_year(word)


def _span_at(marked: Marked, index: int, last: int, published: date) -> Span | None:
    for name, quarter in _QUARTERS:
        if marked.has(index, name):
            return _quarter(marked, index, last, quarter, published)
    month = _month(marked, index)
    if month:
        return _month_or_range(marked, index, last, month, published)
    if marked.any_of(index, _HALVES):
        return _half(marked, index, last, published)
    return (
        _counted_months(marked, index, last, published)
        or fiscal_year(marked, index, last)
        or plain_year(marked, index, published)
    )


def _month(marked: Marked, index: int) -> int | None:
    if not 0 <= index < len(marked.tags) or not marked.tags[index]:
        return None
    for name, number in _MONTHS:
        if name in marked.tags[index]:
            if number in (3, 5, 8) and not marked.tokens.is_capital(index):
                return None
            return number
    return None


def _month_or_range(marked: Marked, index: int, last: int, month: int, published: date) -> Span:
    first_year, end = year_after(marked, index + 1, last, published)
    second_at = _joined_month(marked, index, end, last)
    second = _month(marked, second_at) if second_at else None
    closes = _year_end(marked.words, end)
    if closes and second is None:
        return _range(marked, (first_year, month), (None, YEAR_MONTHS), closes, published)
    if second and second_at:
        year, finish = year_after(marked, second_at + 1, last, published)
        return _range(marked, (first_year, month), (year, second), finish, published)
    ahead = _looks_ahead(marked, index)
    year = first_year or month_year(month, published, ahead=ahead)
    return Span(month_text(year, month), end)


_YEAR_ENDS = (
    ["year", "end"],
    ["the", "end", "of", "the", "year"],
    ["end", "of", "the", "year"],
    ["the", "year", "end"],
)


def _year_end(words: list[str], at: int) -> int | None:
    """The token after `… until the end of the year`, None where the range ends otherwise."""
    if at < len(words) and is_day(words[at]):
        at += 1
    if words[at : at + 1] not in (["to"], ["until"], ["till"], ["through"], ["and"]):
        return None
    found = next((phrase for phrase in _YEAR_ENDS if words[at + 1 : at + 1 + len(phrase)] == phrase), None)
    return at + 1 + len(found) if found else None


def _joined_month(marked: Marked, index: int, end: int, last: int) -> int | None:
    """Where a range's second month is: `to June`, `-May`, `through 30 June`, `and June`."""
    words = marked.words
    at = end + 1 if words[end : end + 1] == ["."] else end
    if at < last and is_day(words[at]):
        at += 1
    join = words[at] if at < last else ""
    following = at + 1 if join in JOINS or join == "and" else at
    while following < last and join and (is_day(words[following]) or words[following] in _PARTS_OF_MONTH):
        following += 1
    second = _month(marked, following) if following < last else None
    if second is None:
        return None
    if following == at or join in JOINS:
        return following
    return following if join == "and" and _are_one(marked, index, second) else None


_PARTS_OF_MONTH = frozenset({"the", "end", "of", "mid", "early", "late", "close", "beginning", "-"})


def _are_one(marked: Marked, index: int, second: int) -> bool:
    """Are two months that `and` joins one period: after `between`, or January and February?"""
    before = marked.words[max(0, index - 2) : index]
    if "between" in before:
        return True
    return _month(marked, index) == 1 and second == 2 and "both" not in before


def _range(
    marked: Marked, start: tuple[int | None, int], end: tuple[int | None, int], finish: int, published: date
) -> Span:
    """The months from the first to the second; each is a month with its year where one is said."""
    (first_year, month), (year, second) = start, end
    if marked.words[finish : finish + 1] in (["quarter"], ["period"]):
        finish += 1
    if year is None:
        year, finish = _range_year(marked, finish, second, published)
    if year is None:
        year = month_year(second, published) if first_year is None else first_year + (second < month)
        if (
            first_year is None
            and (year, second) < (published.year, published.month)
            and _is_granted(marked, finish)
        ):
            year += 1
    opening = year - (second < month) if first_year is None else first_year
    count = (year - opening) * YEAR_MONTHS + second - month + 1
    return Span(span_text(year, second, max(count, 1)), finish)


_GRANTS = frozenset({"quota", "limiting", "permitting"})


def _is_granted(marked: Marked, finish: int) -> bool:
    """Do the words about tell what may be shipped in those months, rather than what was?"""
    sentences = marked.tokens.sentences
    first, last = sentences[bisect_right(sentences, finish - 1, key=itemgetter(0)) - 1]
    return any(
        marked.any_of(at, _GRANTS) or (marked.words[at] == "may" and not marked.tokens.is_capital(at))
        for at in range(first, last)
    )


def _range_year(marked: Marked, at: int, month: int, published: date) -> tuple[int | None, int]:
    """The year of the month that ends a range, from what follows it: `of 2024`, `of FY26`, `of 2024-25`."""
    fiscal = fiscal_after(marked, at)
    if fiscal:
        return fiscal[0] + (month < fiscal[2]), fiscal[1]
    return year_after(marked, at, at + 4, published)


_AHEAD = frozenset({"by", "until", "starting", "next"})
_TO_COME = frozenset({"plans", "to", "will", "shall"})


def _looks_ahead(marked: Marked, index: int) -> bool:
    """Is a bare month one to come: `could lose a fifth by December`, `will apply in October`?"""
    words = marked.words
    before = words[max(0, index - 3) : index]
    if "will" in words[max(0, index - 8) : index] and not {"in", "on", "from"}.isdisjoint(before):
        return True
    return not _AHEAD.isdisjoint(before) and any(
        marked.any_of(at, _UNCERTAIN) or words[at] in _TO_COME for at in range(max(0, index - 15), index)
    )


_UNCERTAIN = frozenset({"forecast", "hypothetical"})

_HALVES = frozenset({"half_1", "half_2"})


def _quarter(marked: Marked, index: int, last: int, quarter: int, published: date) -> Span:
    end = marked.tags[index][f"quarter_{quarter}"]
    fiscal = fiscal_after(marked, end)
    if fiscal and "quarter" in marked.words[index:end] and _month(marked, index):
        return Span(f"{quarter_year(quarter, published)}-Q{quarter}", fiscal[1])  # named after its month
    if fiscal:
        return Span(span_text(fiscal[0], fiscal[2] + 3 * quarter - 1, 3), fiscal[1])
    year, end = year_after(marked, end, last, published)
    if year is None and _is_fiscal_account(marked):
        return _fiscal_quarter(quarter, end, published)
    return Span(f"{year or quarter_year(quarter, published)}-Q{quarter}", end)


def _fiscal_quarter(quarter: int, end: int, published: date) -> Span:
    """The latest quarter of that number in a year from April that has ended by publication."""
    month = 3 + 3 * quarter
    rest = (month - 1) % YEAR_MONTHS
    year = published.year if rest + 1 < published.month else published.year - 1
    return Span(span_text(year, rest + 1, 3), end)


def _is_fiscal_account(marked: Marked) -> bool:
    """Do Indian companies report here, whose years begin in April?"""
    return not {"crore", "lakh", "rs", "fy"}.isdisjoint(marked.words)


def _half(marked: Marked, index: int, last: int, published: date) -> Span:
    second = marked.has(index, "half_2")
    end = marked.tags[index]["half_2" if second else "half_1"]
    start, end = year_start(marked, end, last)
    fiscal = fiscal_after(marked, end)
    if fiscal:
        return Span(span_text(fiscal[0], fiscal[2] + (11 if second else 5), 6), fiscal[1])
    year, end = year_after(marked, end, last, published)
    finish = start + (11 if second else 5)
    year = year or _latest_year(month_of(finish), published, finish)
    return Span(spanned(year, finish, 6), end)


def _latest_year(month: int, published: date, finish: int) -> int:
    """The year in which a span began that ended, or will soon end, in a month."""
    if finish <= YEAR_MONTHS:
        return published.year - 1 if finish == YEAR_MONTHS and published.month <= 3 else published.year
    return published.year - 1 if month <= published.month or published.month < 4 else published.year


_LEADS = frozenset({"first", "the", "after", "these", "opening", "initial"})
_ENDING = frozenset({"to", "through", "ended", "ending", "until", "till"})
_GONE = frozenset({"ago", "earlier", "before", "old", "later"})


def _counted_months(marked: Marked, index: int, last: int, published: date) -> Span | None:
    """`the first four months`, `nine months to September`, `after five months`, `the year to June`."""
    words = marked.words
    count, at = _count_of(marked, index)
    if count is None:
        return None
    ended = _ending_month(marked, at, last)
    if ended:
        month = _month(marked, ended) or 1
        year, end = year_after(marked, ended + 1, last, published)
        return Span(span_text(year or month_year(month, published), month, count), end)
    if words[index] in ("year", "quarter") or count > 11:
        return None
    before = words[index - 1] if index else ""
    following = words[at] if at < len(words) else ""
    if before not in _LEADS or following in _GONE or (before == "the" and following == "of"):
        return None
    start, end = year_start(marked, at, last)
    year, end = year_after(marked, end, last, published)
    if start > 1:
        year = year or (published.year if published.month >= start else published.year - 1)
        return Span(spanned(year, start + count - 1, count), end)
    year = year or (published.year if count <= published.month else published.year - 1)
    return Span(f"{month_text(year, 1)}..{month_text(year, count)}", end)


def _count_of(marked: Marked, index: int) -> tuple[int | None, int]:
    """How many months the words at a place count, and the token after: `nine months`, `year` as twelve."""
    words = marked.words
    word = words[index]
    if word == "year":
        return YEAR_MONTHS, index + 1
    count = _COUNTS.get(word) or (int(word) if is_day(word) else None)
    if (
        count is None
        or not 2 <= count <= YEAR_MONTHS
        or words[index + 1 : index + 2] not in (["months"], ["month"])
    ):
        return None, index
    return count, index + 2


def _ending_month(marked: Marked, at: int, last: int) -> int | None:
    """Where the month stands that a span ends in: `to March`, `ended 30 June`, `that ended in June`."""
    words = marked.words
    if words[at : at + 1] == ["that"]:
        at += 1
    if at >= last or words[at] not in _ENDING:
        return None
    at += 1
    while at < last and (words[at] in ("in", "on", "the", "end", "of", "-") or is_day(words[at])):
        at += 1
    return at if at < last and _month(marked, at) else None
