"""How often a source brings news, and how often it is therefore worth asking. Pure."""

from datetime import timedelta

NEWEST_WEIGHS = 0.25
"""Share of the latest gap in what is learned; the rest is what was known before."""
POLLS_IN_A_GAP = 4
"""So many polls fall into a usual gap, so that news is found within a quarter of it."""
LONGEST_WISH = timedelta(days=1)
"""Where no slowest interval is configured, a publisher's wish to be asked more seldom is not heeded."""


def learn(cadence: timedelta | None, gap: timedelta) -> timedelta:
    """The usual gap between polls that brought news, once one more has been seen.

    An exponentially weighted mean: `cadence + (gap - cadence) / 4`; the first gap is taken as it is.
    """
    gap = max(gap, timedelta(0))  # a clock that was set back
    return gap if cadence is None else cadence + (gap - cadence) * NEWEST_WEIGHS


def usual_gap(cadence: timedelta | None, silence: timedelta | None) -> timedelta:
    """The gap to reckon with: the learned one, or the present silence where that is longer already."""
    return max(cadence or timedelta(0), silence or timedelta(0))


def interval(every: timedelta, slowest: timedelta | None, gap: timedelta, wish: timedelta) -> timedelta:
    """How long to wait for the next poll: `min(max(every, gap / 4), slowest)`, later if the publisher wishes.

    Without `slowest` it is `every`, whatever the gap. The wish is heeded up to `slowest`, or to a day.
    """
    longest = every if slowest is None else max(every, slowest)
    paced = min(max(every, gap / POLLS_IN_A_GAP), longest)
    return max(paced, min(wish, LONGEST_WISH if slowest is None else longest))
