"""How times and waits are written in Redis: whole numbers, so that scores and scripts keep them exactly.

Domain times are microseconds since 1970, which a sorted set's score holds exactly until the year 2255. Waits
that the server's own clock counts are milliseconds.
"""

from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_MILLISECOND = timedelta(milliseconds=1)


def microseconds(instant: datetime) -> int:
    """An aware instant in microseconds since 1970."""
    return (instant - _EPOCH) // _MICROSECOND


def span(duration: timedelta) -> int:
    """A duration in microseconds."""
    return duration // _MICROSECOND


def milliseconds(duration: timedelta) -> int:
    """A duration in milliseconds, rounded up: a wait never ends early."""
    return -(-duration // _MILLISECOND)


def instant(written: str | int) -> datetime:
    """The instant that `microseconds` wrote."""
    return _EPOCH + timedelta(microseconds=int(written))
