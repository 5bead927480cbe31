"""When the next figure is expected, and which are overdue."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerter.core.releases import overdue, period_end

WITHIN = timedelta(days=40)


def at(text: str) -> datetime:
    """Midnight of a day, in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("period", "end"),
    [
        ("2025-05", "2025-06-01"),
        ("2025-12", "2026-01-01"),
        ("2025-Q2", "2025-07-01"),
        ("2025", "2026-01-01"),
        ("2025-01..2025-02", "2025-03-01"),
        ("2024-11..2025-01", "2025-02-01"),
        ("2025-05-31", "2025-06-01"),
        ("2024-02-28", "2024-02-29"),
    ],
)
def test_a_period_ends_where_the_next_begins(period: str, end: str) -> None:
    """The first instant after it, in UTC."""
    assert period_end(period) == at(end)


@pytest.mark.parametrize(
    "text", ["", "May 2025", "2025-13", "2025-W20", "20250531", "9999-12-31", "9999-12", "9999"]
)
def test_what_has_no_end_has_none(text: str) -> None:
    """Free text, weeks, and what ends beyond the calendar."""
    assert period_end(text) is None


@pytest.mark.parametrize(
    ("latest", "expected"),
    [
        ("2025-04", "May 2025 was expected by 2025-07-11"),
        ("2024-12", "Jan–Feb 2025 was expected by 2025-04-10"),
        ("2025-01", "Feb 2025 was expected by 2025-04-10"),
        ("2025-02", "Mar 2025 was expected by 2025-05-11"),
        ("2025-01..2025-02", "Mar 2025 was expected by 2025-05-11"),
        ("2025-Q1", "Q2 2025 was expected by 2025-08-10"),
        ("2024", "2025 was expected by 2026-02-10"),
        ("2023-07..2024-06", "Jul 2024–Jun 2025 was expected by 2025-08-10"),
        ("2024-11..2025-01", "Feb 2025–Apr 2025 was expected by 2025-06-10"),
        ("2025-01..2025-05", "Jan–Jun 2025 was expected by 2025-08-10"),
        ("2025-01..2025-03", "Jan–Apr 2025 was expected by 2025-06-10"),
        ("2024-01..2024-12", "Jan–Feb 2025 was expected by 2025-04-10"),
        ("2025-05-31", "2025-06-01 was expected by 2025-07-12"),
    ],
)
def test_the_next_release_is_overdue_after_its_time(latest: str, expected: str) -> None:
    """The period after the latest one; January may come with February, so it is expected when February is."""
    said = f"magnets: {expected}".replace("Feb 2025–Apr 2025", "Feb–Apr 2025")
    due = at(expected[-10:])
    assert overdue({"magnets": latest}, WITHIN, due) == ()
    assert overdue({"magnets": latest}, WITHIN, due + timedelta(seconds=1)) == (said,)


def test_every_late_series_is_named_in_order() -> None:
    """One sentence for each, those in time apart."""
    late = overdue({"b": "2025-01", "a": "2025-01", "c": "2025-05"}, WITHIN, at("2025-06-01"))
    assert [sentence[0] for sentence in late] == ["a", "b"]


@pytest.mark.parametrize("latest", ["", "soon", "9999-12", "9999", "9999-12-31", "9999-Q4"])
def test_what_has_no_successor_is_never_overdue(latest: str) -> None:
    """Nothing can be expected after free text or at the end of the calendar."""
    assert overdue({"magnets": latest}, WITHIN, at("2025-06-01")) == ()


@given(st.integers(2000, 2100), st.integers(1, 12), st.integers(0, 200))
def test_nothing_is_overdue_before_the_period_after_has_ended(year: int, month: int, days: int) -> None:
    """A month's successor ends at least a month later, and its publisher has its time from then on."""
    end = period_end(f"{year}-{month:02}")
    assert end is not None
    now = end + timedelta(days=days)
    if days <= 28:
        assert overdue({"magnets": f"{year}-{month:02}"}, timedelta(0), now) == ()
    if days > 31 + 29 + 40:
        assert overdue({"magnets": f"{year}-{month:02}"}, WITHIN, now)
