"""Periods of monthly, quarterly and yearly figures, as spans of whole months.

Formats: `2025-05`, `2025-Q2`, `2025`, and a run of months `2025-01..2025-02` (ISO 8601 months; the run
and the quarter are this project's own notation).
"""

import re
from dataclasses import dataclass

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_PERIOD = re.compile(r"([0-9]{4})(?:-Q([1-4])|-(0[1-9]|1[0-2])(?:\.\.([0-9]{4})-(0[1-9]|1[0-2]))?)?")


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """So many whole months from a first one, which counts from the year 0."""

    first: int
    months: int = 1

    @property
    def end(self) -> int:
        """The first month after it."""
        return self.first + self.months

    @property
    def month(self) -> int:
        """The first month's number in its year, 1 to 12."""
        return self.first % 12 + 1

    def covers(self, other: "Period") -> bool:
        """Does the other lie within it?"""
        return self.first <= other.first and other.end <= self.end

    def shifted(self, months: int) -> "Period":
        """The period of the same length so many months later."""
        return Period(self.first + months, self.months)

    def __str__(self) -> str:
        """`May 2025`, `Q2 2025`, `2025`, `Jan-Feb 2025`, `Nov 2024-Jan 2025`."""
        year, last = self.first // 12, self.end - 1
        if self.months == 12 and self.month == 1:
            return f"{year}"
        if self.months == 3 and self.month % 3 == 1:
            return f"Q{self.month // 3 + 1} {year}"
        if self.months == 1:
            return _month(self.first)
        begins = _month(self.first) if last // 12 != year else _MONTHS[self.first % 12]
        return f"{begins}–{_month(last)}"


def parse_period(text: str) -> Period | None:
    """The period that the text names; None for days, weeks, and what is no period."""
    found = _PERIOD.fullmatch(text)
    if not found:
        return None
    year, quarter, month, last_year, last_month = found.groups()
    if quarter:
        return Period(int(year) * 12 + int(quarter) * 3 - 3, 3)
    if not month:
        return Period(int(year) * 12, 12)
    first = int(year) * 12 + int(month) - 1
    if not last_year:
        return Period(first)
    last = int(last_year) * 12 + int(last_month) - 1
    return Period(first, last - first + 1) if last > first else None


def period_text(period: Period) -> str:
    """The text that names a period; `parse_period` reads it as this one."""
    year, month = divmod(period.first, 12)
    if period.months == 12 and month == 0:
        return f"{year:04}"
    if period.months == 3 and month % 3 == 0:
        return f"{year:04}-Q{month // 3 + 1}"
    first = f"{year:04}-{month + 1:02}"
    last = period.end - 1
    return first if period.months == 1 else f"{first}..{last // 12:04}-{last % 12 + 1:02}"


def period_words(text: str) -> str:
    """A period as people write it; what is no period stays as it is."""
    period = parse_period(text)
    return str(period) if period else text


def _month(count: int) -> str:
    return f"{_MONTHS[count % 12]} {count // 12}"
