"""Figures and names as a buyer reads them."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerter.rules.sentences import in_a_row, level, listed, number, party, percent, route, shortened, thing


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
    assert level(value, "CNY 100 million") == f"{text} × CNY 100 million"
    assert level(value, "10,000 t") == f"{text} × 10,000 t"
    assert level(value, "m3") == f"{text} m3"


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


def test_long_lists_are_counted() -> None:
    """Four names say what a list is about; the others are told by their number."""
    assert in_a_row(["a_b", "c", "d", "e"]) == "a_b, c, d, e"
    assert in_a_row(["a", "b", "c", "d", "e", "f"]) == "a, b, c, d … and 2 more"
    assert listed([]) == ""


@pytest.mark.parametrize(
    ("commodity", "words"),
    [
        ("rare-earths", "rare earths"),
        ("rare-earth-magnets", "rare-earth magnets"),
        ("gallium", "gallium"),
        ("", ""),
    ],
)
def test_commodities_are_told_in_words(commodity: str, words: str) -> None:
    """The last hyphen of an id is a space; those before it join what describes the thing."""
    assert thing(commodity) == words


@pytest.mark.parametrize(
    ("origin", "destination", "words"),
    [
        ("CN", "US", ", China → US"),
        ("CN", None, " from China"),
        (None, "US", " to the US"),
        ("XK", "US", ", XK → US"),
        (None, None, ""),
    ],
)
def test_routes_are_told_by_the_names_of_their_ends(
    origin: str | None, destination: str | None, words: str
) -> None:
    """A country without a name keeps its code."""
    assert route(origin, destination, {"CN": "China", "US": "the US"}) == words


def test_actors_that_are_no_country_have_words() -> None:
    """Courts and companies are told as such; nobody is no text."""
    assert [party(one, {}) for one in ("court", "company", None)] == ["a court", "a company", ""]
