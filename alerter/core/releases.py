"""When a publisher's next figure is to be expected, and which are overdue: no zeros, but facts. Pure."""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache

from alerter.core.periods import Period, parse_period, period_text, period_words

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


@lru_cache(maxsize=4096)  # the series of a table share their periods, and each poll sorts them all
def period_end(text: str) -> datetime | None:
    """The first instant after a period: `2025-05`, `2025-Q2`, `2025`, `2025-01..2025-02` or `2025-05-31`."""
    period = parse_period(text)
    if period is not None:
        return _midnight(date(period.end // 12, period.end % 12 + 1, 1)) if period.end < 9999 * 12 else None
    following = _next_day(text)
    return _midnight(date.fromisoformat(following)) if following else None


def overdue(latest: Mapping[str, str], within: timedelta, now: datetime) -> tuple[str, ...]:
    """A sentence for each series (id → its latest period) whose next figure should have come by now.

    The next period is expected within that time of its end. January may be published with February, so it is
    expected when February is.
    """
    late = []
    for series, period in sorted(latest.items()):
        following = _following(period)
        end = period_end(following) if following else None
        if end is not None and end + within < now:
            due = (end + within).date()
            late.append(f"{series}: {period_words(following)} was expected by {due.isoformat()}")
    return tuple(late)


def _following(text: str) -> str:
    """The period after it, as it may come; empty for what is no period.

    A run of months from January (`2025-01..2025-05`) is a year to date: it grows by a month until December.
    """
    period = parse_period(text)
    if period is None:
        return _next_day(text)
    if ".." in text and period.month == 1 and 2 < period.months < 12:
        return period_text(Period(period.first, period.months + 1))
    if ".." in text and period.month == 1 and period.months == 12:
        period = Period(period.end - 1)
    first, length = period.end, 1 if period.months == 2 else period.months
    if length == 1 and first % 12 == 0:
        length = 2  # January and February, together or one by one
    return period_text(Period(first, length))


def _next_day(text: str) -> str:
    """The day after it; empty for all but a day as `2025-05-31`."""
    if not _DAY.fullmatch(text):  # the standard library reads weeks and days without dashes too
        return ""
    try:
        return (date.fromisoformat(text) + timedelta(days=1)).isoformat()
    except (ValueError, OverflowError):
        return ""


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
