"""How often a source brings news, and how often it is asked."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerter.core.cadence import LONGEST_WISH, interval, learn, usual_gap

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
NO_WISH = timedelta(0)
gaps = st.timedeltas(min_value=timedelta(0), max_value=400 * DAY)


@pytest.mark.parametrize(
    ("cadence", "gap", "learned"),
    [(None, HOUR, HOUR), (HOUR, HOUR, HOUR), (HOUR, 5 * HOUR, 2 * HOUR), (4 * HOUR, NO_WISH, 3 * HOUR)],
)
def test_a_gap_moves_the_cadence_by_a_quarter(
    cadence: timedelta | None, gap: timedelta, learned: timedelta
) -> None:
    """The first one is taken as it is."""
    assert learn(cadence, gap) == learned


def test_a_clock_that_was_set_back_teaches_no_negative_gap() -> None:
    """It counts as no gap at all."""
    assert learn(None, -DAY) == timedelta(0)


@given(st.lists(gaps, min_size=1))
def test_a_cadence_lies_between_the_gaps_that_taught_it(seen: list[timedelta]) -> None:
    """However they follow on each other."""
    cadence = None
    for gap in seen:
        cadence = learn(cadence, gap)
    assert cadence is not None
    assert min(seen) <= cadence <= max(seen)


@pytest.mark.parametrize(
    ("cadence", "silence", "gap"),
    [(None, None, NO_WISH), (None, DAY, DAY), (HOUR, None, HOUR), (HOUR, DAY, DAY), (DAY, HOUR, DAY)],
)
def test_a_present_silence_may_be_longer_than_any_gap_so_far(
    cadence: timedelta | None, silence: timedelta | None, gap: timedelta
) -> None:
    """Then it is what to reckon with."""
    assert usual_gap(cadence, silence) == gap


@pytest.mark.parametrize(
    ("slowest", "gap", "wish", "expected"),
    [
        (None, 40 * DAY, NO_WISH, 10 * MINUTE),
        (2 * HOUR, NO_WISH, NO_WISH, 10 * MINUTE),
        (2 * HOUR, 4 * HOUR, NO_WISH, HOUR),
        (2 * HOUR, 40 * DAY, NO_WISH, 2 * HOUR),
        (MINUTE, 40 * DAY, 3 * DAY, 10 * MINUTE),
        (2 * HOUR, 4 * HOUR, 90 * MINUTE, 90 * MINUTE),
        (2 * HOUR, 4 * HOUR, 3 * HOUR, 2 * HOUR),
        (None, NO_WISH, 3 * HOUR, 3 * HOUR),
        (None, NO_WISH, 3 * DAY, LONGEST_WISH),
    ],
)
def test_the_interval_is_a_quarter_of_the_gap_within_bounds(
    slowest: timedelta | None, gap: timedelta, wish: timedelta, expected: timedelta
) -> None:
    """And later where the publisher wishes, within bounds too."""
    assert interval(10 * MINUTE, slowest, gap, wish) == expected


@given(gaps, gaps, st.none() | gaps)
def test_no_source_is_asked_more_often_than_configured(
    gap: timedelta, wish: timedelta, slowest: timedelta | None
) -> None:
    """Nor, where a slowest interval is configured, more seldom than that."""
    wait = interval(HOUR, slowest, gap, wish)
    assert HOUR <= wait <= max(HOUR, LONGEST_WISH if slowest is None else slowest)
