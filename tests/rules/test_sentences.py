"""Figures and names as a buyer reads them."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerter.rules.sentences import level, listed, number, percent, shortened


@pytest.mark.parametrize(
    ("value", "threshold", "text"),
    [
        (-34, None, "−34 %"),
        (-34.5, None, "−34.5 %"),
        (23, None, "+23 %"),
        (-93.2, -20, "−93 %"),
        (-20.04, -20, "−20.04 %"),
        (-19.6, -20, "−19.6 %"),
        (-20.000001, -20, "−20.000 %"),
        (-20, -20, "−20 %"),
        (math.inf, 5, "+inf %"),
        (-math.inf, None, "−inf %"),
    ],
)
def test_percentages_are_signed_and_keep_their_side_of_the_threshold(
    value: float, threshold: float | None, text: str
) -> None:
    """Whole where that says enough; three decimals at most."""
    assert percent(value, threshold) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (46, "46"),
        (1238.4, "1,238"),
        (0.12345, "0.1235"),
        (-2626, "−2,626"),
        (1e20, "1e+20"),
        (math.inf, "inf"),
    ],
)
def test_levels_have_thousands_and_few_digits(value: float, text: str) -> None:
    """Figures beyond all measure keep to a few characters too."""
    assert number(value) == text
    assert level(value, "t") == f"{text} t"
    assert level(value, None) == text


@given(st.floats(), st.none() | st.floats())
def test_any_figure_has_words(value: float, threshold: float | None) -> None:
    """No figure makes a sentence fail or run on."""
    assert len(number(value)) < 25
    assert percent(value, threshold).endswith(" %")


def test_long_texts_are_cut_to_one_line() -> None:
    """A title of any length, with breaks, becomes one short line."""
    assert shortened("a\r\n b\tc") == "a b c"
    assert shortened("long " * 1000, 9) == "long lon…"
    assert listed(["licence_required", "export_ban"]) == "licence required, export ban"
