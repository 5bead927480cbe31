"""Dates of periods: pure reckoning with months, quarters, halves and years as claims write them.

Periods are written `2025-05`, `2025-Q2`, `2025`, `2025-01..2025-05`.
"""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date

YEAR_MONTHS = 12
RECKONED_YEARS = range(1900, 2200)
"""Years of publication from which other times are reckoned; others are a source's mistake."""


@dataclass(frozen=True, slots=True)
class Span:
    """What a phrase stands for, and the token after it."""

    text: str
    last: int


def month_text(year: int, month: int) -> str:
    """A month as it is written. The month may lie outside 1 to 12; it is carried into the year."""
    carried, rest = divmod(month - 1, YEAR_MONTHS)
    return f"{year + carried:04}-{rest + 1:02}"


def span_text(year: int, month: int, count: int) -> str:
    """The `count` months that end with a month: one, a quarter, a calendar year, or a range."""
    end = month_text(year, month)
    if count == 1:
        return end
    if count == 3 and month % 3 == 0:
        return f"{year:04}-Q{month // 3}"
    if count == YEAR_MONTHS == month:
        return f"{year:04}"
    return f"{month_text(year, month - count + 1)}..{end}"


def previous_month(period: str) -> str | None:
    """The month before a month, None for anything else."""
    if len(period) != 7 or not period[5:].isdigit():
        return None
    return month_text(int(period[:4]), int(period[5:]) - 1)


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


def month_year(month: int, published: date, *, ahead: bool = False) -> int:
    """The year of a bare month: the last such month, or one that is at most two months away."""
    away = (month - published.month) % YEAR_MONTHS
    if ahead or 1 <= away <= 2:
        return published.year if month >= published.month else published.year + 1
    return published.year if month <= published.month else published.year - 1


def quarter_year(quarter: int, published: date) -> int:
    """The year of a bare quarter: the last such quarter that has begun."""
    begun = (published.month - 1) // 3 + 1
    return published.year if quarter <= begun else published.year - 1


def month_of(number: int) -> int:
    """The month that a number of months from January falls on: 15 is March."""
    return (number - 1) % YEAR_MONTHS + 1


def spanned(year: int, finish: int, count: int) -> str:
    """The `count` months that end with the month `finish` of a year; 15 is March of the next."""
    carried = (finish - 1) // YEAR_MONTHS
    return span_text(year + carried, month_of(finish), count)
