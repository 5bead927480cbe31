"""Times and waits as they are written in Redis."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerter.store.redis.encoding import instant, microseconds, milliseconds, span

INSTANTS = st.datetimes(
    min_value=datetime(1970, 1, 1),  # noqa: DTZ001  hypothesis gives the zone itself
    max_value=datetime(2255, 1, 1),  # noqa: DTZ001  as above
    timezones=st.just(UTC),
)


@given(INSTANTS)
def test_an_instant_survives_as_a_sorted_sets_score(moment: datetime) -> None:
    """A score is a double: written as microseconds, every instant comes back exactly."""
    assert instant(str(int(float(microseconds(moment))))) == moment


@given(INSTANTS, INSTANTS)
def test_written_instants_keep_their_order(one: datetime, other: datetime) -> None:
    """What is due first sorts first."""
    assert (one < other) == (microseconds(one) < microseconds(other))


@pytest.mark.parametrize(
    ("duration", "written"),
    [
        (timedelta(0), 0),
        (timedelta(microseconds=1), 1),
        (timedelta(milliseconds=3), 3),
        (timedelta(milliseconds=3, microseconds=1), 4),
        (timedelta(days=400), 34_560_000_000),
    ],
)
def test_waits_are_rounded_up(duration: timedelta, written: int) -> None:
    """A wait counted in milliseconds never ends early."""
    assert milliseconds(duration) == written


def test_spans_are_microseconds() -> None:
    """Waits that are added to domain times are written in the same unit."""
    assert span(timedelta(seconds=30)) == 30_000_000
