"""Statistics of a monthly (or quarterly, or yearly) series: changes, robust z, base. Pure, over known points.

January and February move with the lunar new year, so they only ever count together, as one period of two
months; a combined figure is never split. Unlike lengths are compared as rates (value per month). A missing
point is missing, never zero.
"""

import math
from collections.abc import Mapping, Sequence
from statistics import median
from typing import Literal

from alerter.core.periods import Period

Points = Mapping[Period, float]
Against = Literal["yoy", "mom"]

HISTORY_MONTHS = 24
"""Months before the judged period whose year-on-year changes say what is usual."""
HISTORY_LEAST = 18
"""Months of those that must be known: three quarters."""
BASE_MONTHS = 12
BASE_LEAST = 6
"""Months of the base that must be known: half."""
MAD_TO_SIGMA = 1.4826
"""1/Φ⁻¹(3/4): makes a normal distribution's MAD equal its standard deviation (Rousseeuw and Croux 1993)."""


def comparable(points: Points, like: Period) -> dict[Period, float]:
    """The points of the same frequency as a period, in order; January and February only as one.

    A published January-February figure wins over the sum of the two; one of them alone is left out.
    """
    if not is_monthly(like):
        return {period: points[period] for period in sorted(points) if period.months == like.months}
    found = {period: value for period, value in points.items() if period.months == 1 and period.month > 2}
    for year in {period.first // 12 for period in points}:
        january, february, both = Period(year * 12), Period(year * 12 + 1), Period(year * 12, 2)
        if both in points:
            found[both] = points[both]
        elif january in points and february in points:
            found[both] = points[january] + points[february]
    return {period: found[period] for period in sorted(found)}


def is_monthly(period: Period) -> bool:
    """Is it one month, or January and February together?"""
    return period.months == 1 or (period.months == 2 and period.month == 1)


def predecessor(points: Points, period: Period) -> Period | None:
    """The known period that ends where this one begins; the shortest, should there be several."""
    ending = [one for one in points if one.end == period.first]
    return max(ending, default=None)


def compared_with(points: Points, period: Period, against: Against) -> Period | None:
    """The known period that this one is compared with: a year before, or the one before."""
    if against == "mom":
        return predecessor(points, period)
    year_before = period.shifted(-12)
    return year_before if year_before in points else None


def change_pct(points: Points, period: Period, against: Against = "yoy") -> float | None:
    """Change of the rate in percent, 100·(x - b)/b; None without a known base above zero.

    Rounded to nine decimals, so that 54.4 after 68 is -20 and not, in binary, a little more or less.
    """
    base = compared_with(points, period, against)
    if base is None or points[base] <= 0:
        return None
    before = _rate(points, base)
    return round(100 * (_rate(points, period) - before) / before, 9)


def log_change(points: Points, period: Period) -> float | None:
    """Natural logarithm of the year-on-year ratio; a fall to zero is minus infinity.

    None without a known base above zero, or for a negative value.
    """
    base = compared_with(points, period, "yoy")
    if base is None or points[base] <= 0 or points[period] < 0:
        return None
    ratio = points[period] / points[base]
    return math.log(ratio) if ratio > 0 else -math.inf


def robust_z(value: float, history: Sequence[float]) -> float:
    """(x - median) / (1.4826·MAD), the modified z-score (Iglewicz and Hoaglin 1993, their 0.6745 = 1/1.4826).

    History without any spread makes every departure infinite. Raises StatisticsError for an empty history.
    """
    middle = median(history)
    spread = MAD_TO_SIGMA * median(abs(one - middle) for one in history)
    if value == middle:
        return 0.0
    return (value - middle) / spread if spread else math.copysign(math.inf, value - middle)


def usual_z(points: Points, period: Period) -> float | None:
    """Robust z of the period's log year-on-year change among those of the 24 months before it.

    None where the change itself, or more than a quarter of those months, is not known.
    """
    value = log_change(points, period)
    before = [one for one in points if _lies_before(one, period, HISTORY_MONTHS)]
    known = [(one, change) for one in before if _is_finite(change := log_change(points, one))]
    if value is None or sum(one.months for one, _ in known) < HISTORY_LEAST:
        return None
    return robust_z(value, [change for _, change in known if change is not None])


def trailing_mean(points: Points, period: Period) -> float | None:
    """Mean value per month over the 12 months before the period; None if fewer than half are known."""
    before = [one for one in points if _lies_before(one, period, BASE_MONTHS)]
    months = sum(one.months for one in before)
    return sum(points[one] for one in before) / months if months >= BASE_LEAST else None


def _lies_before(one: Period, period: Period, months: int) -> bool:
    return period.first - months <= one.first and one.end <= period.first


def _is_finite(change: float | None) -> bool:
    return change is not None and math.isfinite(change)


def _rate(points: Points, period: Period) -> float:
    return points[period] / period.months
