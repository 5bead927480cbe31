"""Periods: the months, quarters and ranges that a text names, resolved against the day it was published.

A bare month is the latest such month that is not after publication; one with a year is that one. Periods
are written `2025-05`, `2025-Q2`, `2025`, `2025-01..2025-05`.
"""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date

from alerter.reading.marks import Marked

_MONTHS = tuple((f"month_{number}", number) for number in range(1, 13))
_QUARTERS = tuple((f"quarter_{number}", number) for number in range(1, 5))
_COUNTS = {
    "two": 2,
    "three": 3,
    "four": 4,
    "five": 5,
    "six": 6,
    "seven": 7,
    "eight": 8,
    "nine": 9,
    "ten": 10,
    "eleven": 11,
}
_BASES = "than from below above on against under over off since versus vs beneath ahead behind short topping"
_COMPARED = frozenset(_BASES.split())
_CLASSES = frozenset({*(name for name, _ in _MONTHS), *(name for name, _ in _QUARTERS), "half_1", "half_2"})
_OPENERS = frozenset({*_COUNTS, "this", "next"})
_NEVER_STATED = frozenset({"until", "till", "after", "before", "between"})
_SAME = frozenset({"same", "corresponding", "comparable"})


@dataclass(frozen=True, slots=True)
class Period:
    """A period named by the tokens first to last.

    `is_aside`: named as a base, a deadline or the like, not as when a figure holds; `is_compared`: as a base.
    """

    text: str
    first: int
    last: int
    is_aside: bool
    is_compared: bool

    @property
    def is_range(self) -> bool:
        """Does it cover several months from January?"""
        return ".." in self.text


def periods(marked: Marked, first: int, last: int, published: date) -> list[Period]:
    """All periods named between two tokens (half-open), in order."""
    found: list[Period] = []
    unread = first
    for index in _openings(marked, first, last):
        period = _period_at(marked, index, last, published) if index >= unread else None
        if period:
            found.append(period)
            unread = period.last
    return found


def _openings(marked: Marked, first: int, last: int) -> list[int]:
    """Where a period could begin: most words need no further look."""
    tags = marked.tags
    return [
        index
        for index, word in enumerate(marked.words[first:last], first)
        if word[0].isdigit() or word in _OPENERS or (tags[index] and not _CLASSES.isdisjoint(tags[index]))
    ]


def previous_month(period: str) -> str | None:
    """The month before a month, None for anything else."""
    if len(period) != 7 or not period[5:].isdigit():
        return None
    year, month = int(period[:4]), int(period[5:])
    return f"{year - 1:04}-12" if month == 1 else f"{year:04}-{month - 1:02}"


def year_before(period: str) -> str | None:
    """The same period a year earlier, None for a range."""
    if ".." in period or not period[:4].isdigit():
        return None
    return f"{int(period[:4]) - 1:04}{period[4:]}"


def last_day(period: str) -> date:
    """The last day of a period as it is written: `2025-05`, `2025-Q2`, `2025`, `2025-01..2025-05`."""
    year, _, part = period.rpartition("..")[2].partition("-")
    month = 12 if not part else 3 * int(part[1:]) if part.startswith("Q") else int(part)
    return date(int(year), month, monthrange(int(year), month)[1])


def _period_at(marked: Marked, index: int, last: int, published: date) -> Period | None:
    month = _month(marked, index)
    if month:
        return _month_or_range(marked, index, last, month, published)
    for name, quarter in _QUARTERS:
        if marked.has(index, name):
            end = marked.tags[index][name]
            year, end = _year_after(marked, end, last)
            return _made(marked, index, end, f"{year or _quarter_year(quarter, published)}-Q{quarter}")
    if marked.has(index, "half_1") or marked.has(index, "half_2"):
        return _half(marked, index, last, published)
    return _counted_months(marked, index, last, published) or _plain_year(marked, index, published)


def _made(marked: Marked, first: int, last: int, text: str) -> Period:
    words = marked.words
    back = first - 1
    while back > 0 and words[back] in ("the", "early", "late", "mid", "last", "its", "month", "of"):
        back -= 1
    before = words[back] if back >= 0 else ""
    if before in _NEVER_STATED and ".." not in text:
        return Period(text, first, last, is_aside=True, is_compared=False)
    near = words[max(0, first - 4) : first]
    compared = before in _COMPARED or bool(_SAME & set(near)) or ("than" in near and "in" in near)
    if before == "over" and ".." in text:
        compared = False
    return Period(text, first, last, compared, compared)


def _month(marked: Marked, index: int) -> int | None:
    if not marked.tags[index]:
        return None
    for name, number in _MONTHS:
        if name in marked.tags[index]:
            if number in (3, 5, 8) and not marked.tokens.is_capital(index):
                return None
            return number
    return None


def _month_or_range(marked: Marked, index: int, last: int, month: int, published: date) -> Period:
    words = marked.words
    end = index + 1
    if end < last and words[end] == ".":
        end += 1
    following = end
    if following < last and words[following] in ("to", "through", "and", "-"):
        following += 1
    second = _month(marked, following) if following < last else None
    if second and second > month and (following == end or words[end] in ("to", "through", "-")):
        year, finish = _year_after(marked, following + 1, last)
        year = year or _month_year(second, published)
        return _made(marked, index, finish, f"{year}-{month:02}..{year}-{second:02}")
    year, finish = _year_after(marked, end, last)
    if year is None and _is_last_year(marked, end):
        year, finish = published.year - 1, end + 2
    year = year or _month_year(month, published, ahead=_looks_ahead(marked, index))
    return _made(marked, index, finish, f"{year}-{month:02}")


def _is_last_year(marked: Marked, end: int) -> bool:
    return marked.words[end : end + 2] == ["last", "year"]


def _looks_ahead(marked: Marked, index: int) -> bool:
    before = marked.words[max(0, index - 2) : index]
    return bool({"by", "until", "starting", "next"} & set(before)) and any(
        marked.has(at, "forecast") or marked.words[at] in ("plans", "to")
        for at in range(max(0, index - 15), index)
    )


def _year_after(marked: Marked, index: int, last: int) -> tuple[int | None, int]:
    """A year that follows directly, or after a comma, `of`, or a day."""
    words = marked.words
    at = index
    if at < last and words[at].isdigit() and len(words[at]) <= 2:
        at += 1
    if at < last and words[at] in (",", "of", "in", "'"):
        at += 1
    if at < last and _is_year(words[at]):
        return int(words[at]), at + 1
    return None, index


def _is_year(word: str) -> bool:
    return len(word) == 4 and word.isascii() and word.isdigit() and 1990 <= int(word) <= 2100


def _month_year(month: int, published: date, *, ahead: bool = False) -> int:
    """The year of a bare month: the last such month, or one that is at most two months away."""
    away = (month - published.month) % 12
    if ahead or 1 <= away <= 2:
        return published.year if month >= published.month else published.year + 1
    return published.year if month <= published.month else published.year - 1


def _quarter_year(quarter: int, published: date) -> int:
    ended = (published.month - 1) // 3 + 1
    return published.year if quarter <= ended else published.year - 1


def _half(marked: Marked, index: int, last: int, published: date) -> Period:
    second = marked.has(index, "half_2")
    end = marked.tags[index]["half_2" if second else "half_1"]
    year, end = _year_after(marked, end, last)
    year = year or published.year
    return _made(marked, index, end, f"{year}-07..{year}-12" if second else f"{year}-01..{year}-06")


def _counted_months(marked: Marked, index: int, last: int, published: date) -> Period | None:
    """`the first four months`, `nine months to September`, `after five months`."""
    words = marked.words
    word = words[index]
    count = _COUNTS.get(word) or (int(word) if word.isascii() and word.isdigit() and len(word) <= 2 else None)
    if (
        count is None
        or not 2 <= count <= 11
        or index + 1 >= last
        or words[index + 1] not in ("months", "month")
    ):
        return None
    before = words[index - 1] if index else ""
    if before not in ("first", "the", "after", "these", "opening", "in") or words[index + 2 : index + 3] in (
        ["ago"],
        ["earlier"],
    ):
        return None
    year, end = _year_after(marked, index + 2, last)
    year = year or (published.year if count <= published.month else published.year - 1)
    if words[index + 2 : index + 3] == ["to"] and index + 3 < last and _month(marked, index + 3):
        end = index + 4
    return _made(marked, index, end, f"{year}-01..{year}-{count:02}")


def _plain_year(marked: Marked, index: int, published: date) -> Period | None:
    words = marked.words
    if _is_year(words[index]):
        before = words[index - 1] if index else ""
        if before in (
            "in",
            "for",
            "during",
            "of",
            "by",
            "end",
            "finished",
            "to",
            "from",
            "than",
            "below",
            "over",
            "-",
        ) or _year_is_attribute(marked, index):
            return _made(marked, index, index + 1, words[index])
        return None
    if words[index : index + 2] == ["this", "year"]:
        return _made(marked, index, index + 2, str(published.year))
    if words[index : index + 2] == ["next", "year"]:
        return _made(marked, index, index + 2, str(published.year + 1))
    return None


def _year_is_attribute(marked: Marked, index: int) -> bool:
    """`2026 quota`, `2025 uranium goal`."""
    return any(
        marked.has(at, name)
        for at in range(index + 1, index + 5)
        for name in ("quota", "production", "forecast", "exports")
    )
