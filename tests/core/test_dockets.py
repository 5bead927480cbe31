"""Docket numbers: one form for all the ways that courts write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerter.core.dockets import is_same_docket, normalise_docket


@pytest.mark.parametrize(
    ("written", "key"),
    [
        ("1:25-cv-00066", "25-66"),
        ("1:25-CV-00066-ABC-DEF", "25-66"),
        ("25-00066", "25-66"),
        ("2025-1812", "25-1812"),
        ("25-1812", "25-1812"),
        ("No. 25-250", "25-250"),
        ("Case No. 1:25-cv-66", "25-66"),
        ("Court No. 25-00066", "25-66"),
        ("25–250", "25-250"),
        ("25A12", "25a12"),
        ("25a0012", "25a12"),
        ("1998-0", "98-0"),
        (" unusual  Form/7 ", "unusual form/7"),
        ("", ""),
    ],
)
def test_numbers_share_a_key_however_they_are_written(written: str, key: str) -> None:
    """Office, type, judges, century and leading zeros go; an unknown form stands for itself."""
    assert normalise_docket(written) == key


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (("cit", "1:25-cv-00066"), ("CIT ", "25-00066"), True),
        (("cafc", "2025-1812"), ("cafc", "25-1812"), True),
        (("cafc", "25-1812"), ("cit", "25-1812"), False),
        (("nysd", "1:25-cv-66"), ("nysd", "1:25-cr-66"), False),
        (("nysd", "1:25-cv-66"), ("nysd", "2:25-cv-66"), False),
        (("nysd", "1:25-cv-66"), ("nysd", "25-cv-66"), True),
        (("scotus", "25-250"), ("scotus", "25A250"), False),
        (("cit", ""), ("cit", ""), False),
    ],
)
def test_a_docket_is_a_court_and_a_number(one: tuple[str, str], other: tuple[str, str], same: bool) -> None:
    """The same number at another court, or of another type where both state it, is another case."""
    assert is_same_docket(one, other) is same
    assert is_same_docket(other, one) is same


@given(st.integers(0, 99), st.integers(1, 99999), st.integers(0, 5))
def test_leading_zeros_and_the_century_never_matter(year: int, number: int, zeros: int) -> None:
    """All plain ways to write a number agree."""
    short, long = f"{year:02}-{number}", f"20{year:02}-{'0' * zeros}{number}"
    assert normalise_docket(short) == normalise_docket(long)
    assert is_same_docket(("cit", f"1:{year:02}-cv-{number:05}"), ("cit", short))


@given(st.one_of(st.text(), st.text("0123456789-:acdeknos. ", max_size=12)))
def test_any_text_has_a_key_that_is_its_own_key(text: str) -> None:
    """Normalising never fails, and twice is once."""
    key = normalise_docket(text)
    assert normalise_docket(key) == key


def test_a_giant_number_costs_nothing() -> None:
    """Digits are compared as text, so that no length is too long."""
    assert normalise_docket("25-" + "0" * 100_000 + "7") == "25-7"
    assert normalise_docket("25-" + "0" * 100_000 + "x").startswith("25-")
