"""Periods: read from text, in order, and as people write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerter.core.periods import Period, parse_period, period_text, period_words


@pytest.mark.parametrize(
    ("text", "months", "said"),
    [
        ("2025-05", 1, "May 2025"),
        ("2025-12", 1, "Dec 2025"),
        ("2025-Q2", 3, "Q2 2025"),
        ("2025", 12, "2025"),
        ("2025-01..2025-02", 2, "Jan–Feb 2025"),
        ("2024-11..2025-01", 3, "Nov 2024–Jan 2025"),
        ("2024-07..2025-06", 12, "Jul 2024–Jun 2025"),
        ("2025-01..2025-05", 5, "Jan–May 2025"),
    ],
)
def test_periods_are_read_and_said(text: str, months: int, said: str) -> None:
    """Months, quarters, years and runs of months have a length and a name."""
    period = parse_period(text)
    assert period is not None
    assert (period.months, str(period), period_words(text)) == (months, said, said)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2025-13",
        "2025-00",
        "2025-Q5",
        "2025-05-31",
        "2025-W20",
        "May 2025",
        "2025-05..2025-05",
        "2025-05..2025-04",
        "２０２５",
    ],
)
def test_what_is_no_run_of_whole_months_is_no_period(text: str) -> None:
    """Days, weeks, backward runs and free text are left as they are."""
    assert parse_period(text) is None
    assert period_words(text) == text


@given(st.integers(0, 9999), st.integers(1, 12))
def test_months_follow_each_other(year: int, month: int) -> None:
    """A month ends where the next begins, and a year on is twelve months on."""
    period = parse_period(f"{year:04}-{month:02}")
    assert period is not None
    assert period.month == month
    assert period.shifted(12).first == period.first + 12
    assert period.end == period.shifted(1).first


@given(st.integers(12, 9998 * 12), st.sampled_from([1, 2, 3, 4, 12]))
def test_a_periods_text_names_it(first: int, months: int) -> None:
    """What is written of a period is read as the same period."""
    period = Period(first, months)
    assert parse_period(period_text(period)) == period


def test_a_period_covers_what_lies_within_it() -> None:
    """January and February lie within their two months, March does not."""
    both = Period(24300, 2)
    assert [both.covers(Period(24300 + n)) for n in (-1, 0, 1, 2)] == [False, True, True, False]
