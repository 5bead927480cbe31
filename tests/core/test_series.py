"""Series: what was known when, whatever the order in which it is told."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from alerter.core.series import Series, Vintage
from tests.support.signals import NOON

HOUR = timedelta(hours=1)


def a_vintage(value: float, hours: int) -> Vintage:
    """May's figure as seen so many hours after noon."""
    return Vintage(series="s", period="2025-05", value=value, seen_at=NOON + hours * HOUR)


def test_an_older_vintage_told_late_does_not_undo_a_revision() -> None:
    """Readers work side by side, so that a revision may be judged before what it revised."""
    series = Series("s").with_vintages([a_vintage(90.0, 1)]).with_vintages([a_vintage(100.0, 0)])
    assert series.known_at(NOON + 2 * HOUR)["2025-05"].value == 90.0
    assert series.known_at(NOON)["2025-05"].value == 100.0


@given(st.permutations(range(6)))
def test_the_order_of_telling_does_not_matter(hours: list[int]) -> None:
    """One after the other in any order comes to the same series."""
    series = Series("s")
    for hour in hours:
        series = series.with_vintages([a_vintage(float(hour), hour)])
    assert series == Series("s", tuple(a_vintage(float(hour), hour) for hour in range(6)))
