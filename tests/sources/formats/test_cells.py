"""Periods and numbers as statistical offices write them."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerter.core.periods import Period, period_text
from alerter.sources.formats.cells import (
    Length,
    Written,
    period_reader,
    plain,
    read_number,
    read_usual,
    settle,
)


@pytest.mark.parametrize(
    ("cell", "named"),
    [
        ("2025-05", "2025-05"),
        ("2025M5", "2025-05"),
        ("2025-M05", "2025-05"),
        ("May 2025", "2025-05"),
        ("MAY-2025", "2025-05"),
        ("Sept. 2024", "2024-09"),
        ("2025 May", "2025-05"),
        ("2025Q2", "2025-Q2"),
        ("Q2 2025", "2025-Q2"),
        ("2025", "2025"),
        ("2025-05-31", "2025-05-31"),
        ("2025-05-31T00:00:00Z", "2025-05-31"),
        ("2025-01..2025-02", "2025-01..2025-02"),
        ("Jan-Feb 2025", "2025-01..2025-02"),
        ("January–February 2025", "2025-01..2025-02"),
        ("2025, Jan-Feb", "2025-01..2025-02"),
        ("Feb-Jan 2025", None),
        ("2025-02-30", None),
        ("2025M13", None),
        ("Total", None),
        ("", None),
    ],
)
def test_the_usual_ways_of_writing_a_period_are_understood(cell: str, named: str | None) -> None:
    """Without a format any of them names its period; what is none is none."""
    assert settle(read_usual(cell), None) == named


@pytest.mark.parametrize(
    ("written", "cell", "named"),
    [
        ("%Y%m", "202505", "2025-05"),
        ("%Y%m", "202513", None),
        ("%b %Y", "May 2025", "2025-05"),
        ("%B-%Y", "december-2025", "2025-12"),
        ("%YQ%q", "2025Q3", "2025-Q3"),
        ("%Y", "2025", "2025"),
        ("%d.%m.%Y", "31.05.2025", "2025-05-31"),
        ("%d.%m.%Y", "31.02.2025", None),
        ("%Y-%m-%dT%H:%M:%S%z", "2025-05-31T10:00:00+02:00", "2025-05-31"),
        ("100%% %Y", "100% 2025", "2025"),
        ("%Y%m", "May 2025", None),
        ("epoch", "1735689600", "2025-01-01"),
        ("epoch_ms", "1735689600000.0", "2025-01-01"),
        ("epoch_ms", "-86400000", "1969-12-31"),
        ("epoch", "9e99", None),
        ("epoch", "soon", None),
    ],
)
def test_a_format_reads_its_own_cells_only(written: str, cell: str, named: str | None) -> None:
    """A pattern of directives, or epoch time; what does not fit is no period."""
    assert settle(period_reader(written)(cell), None) == named


@pytest.mark.parametrize(
    ("written", "words"), [("%W %Y", "knows no %W"), ("%m", "needs a year"), ("%Y %Y", "twice")]
)
def test_a_format_that_cannot_be_is_refused(written: str, words: str) -> None:
    """The message says what is wrong with it."""
    with pytest.raises(ValueError, match=words):
        period_reader(written)


@pytest.mark.parametrize(
    ("cell", "length", "named"),
    [
        ("2025-05-31", "day", "2025-05-31"),
        ("2025-05-31", "month", "2025-05"),
        ("2025-05-31", "quarter", "2025-Q2"),
        ("2025-05-31", "year", "2025"),
        ("2025-05", "day", None),
        ("2025-05", "quarter", "2025-Q2"),
        ("2025-Q2", "month", None),
        ("2025-Q2", "quarter", "2025-Q2"),
        ("2025-Q2", "year", None),
        ("Jan-Feb 2025", "month", "2025-01..2025-02"),
        ("Mar-Apr 2025", "month", None),
        ("Jan-Feb 2025", "quarter", None),
        ("never", "month", None),
    ],
)
def test_a_period_stands_for_one_of_the_length_asked_for(
    cell: str, length: Length, named: str | None
) -> None:
    """A finer one stands for what it lies in; a coarser one for nothing; Jan-Feb stays whole."""
    assert settle(read_usual(cell), length) == named


@pytest.mark.parametrize(
    ("cell", "written", "value"),
    [
        ("1,234.5", "point", "1234.5"),
        ("1 234 567", "point", "1234567"),
        ("1'234", "point", "1234"),
        ("−12", "point", "-12"),
        (".5", "point", "0.5"),
        ("5.", "point", "5"),
        ("1.5e-3", "point", "0.0015"),
        ("1.234,5", "comma", "1234.5"),
        ("12,5", "comma", "12.5"),
        ("1,23", "point", None),
        ("12,345", "comma", "12.345"),
        ("e5", "point", None),
        ("1.2.3", "point", None),
        ("٣", "point", None),
        ("12 t", "point", None),
        ("-", "point", None),
        ("", "point", None),
    ],
)
def test_numbers_are_read_exactly(cell: str, written: Written, value: str | None) -> None:
    """Marks between thousands stand where they should; anything else is no number."""
    assert read_number(plain(cell), written) == (Decimal(value) if value else None)


@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**15), max_value=10**15, places=3))
def test_what_is_written_with_thousands_is_read_as_it_was(value: Decimal) -> None:
    """Either way of writing gives the number back."""
    english = f"{value:,}"
    assert read_number(english) == value
    assert read_number(english.translate(str.maketrans(",.", ".,")), "comma") == value


@given(st.text(max_size=30))
def test_any_text_is_a_period_or_none(text: str) -> None:
    """No cell breaks the reader."""
    found = read_usual(plain(text))
    assert not isinstance(found, Period) or read_usual(period_text(found)) == found
