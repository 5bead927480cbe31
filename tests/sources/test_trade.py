"""What the trade kinds share: country tables, codes, months, and sums over codes."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from alerter.sources.base import SourceError
from alerter.sources.trade import Codes, Part, add_up, country_code, country_table, first_month

CODES = ("850511", "284690")


def a_part(
    code: str = "850511", value: float | None = 7.0, period: str = "2025-05", unit: str = "kg"
) -> Part:
    """A row's figure."""
    return Part(code, period, value, unit)


@pytest.mark.parametrize(
    ("table", "country", "code"),
    [
        ("comtrade_areas", "CN", "156"),
        ("comtrade_areas", "us", "842"),
        ("comtrade_areas", "FR", "251"),
        ("comtrade_areas", "IT", "381"),
        ("comtrade_areas", "IN", "699"),
        ("comtrade_areas", "NO", "579"),
        ("comtrade_areas", "CH", "757"),
        ("comtrade_areas", "TW", "490"),
        ("comtrade_areas", "BE", "56"),
        ("comtrade_areas", "DE", "276"),
        ("comtrade_areas", "world", "0"),
        ("comtrade_areas", "899", "899"),
        ("census_countries", "CN", "5700"),
        ("census_countries", "JP", "5880"),
        ("census_countries", "NO", "4039"),
        ("census_countries", "WORLD", "-"),
        ("census_countries", "-", "-"),
        ("census_countries", "5830", "5830"),
    ],
)
def test_countries_have_the_publishers_codes(table: str, country: str, code: str) -> None:
    """ISO codes in any letter case, the world, and the publisher's own numbers."""
    assert country_code(table, country) == code


@pytest.mark.parametrize("text", ["", "ZZ", "China", "１５６", "MC"])
def test_what_is_no_country_is_refused(text: str) -> None:
    """Names, unknown codes, and countries that are counted with another."""
    with pytest.raises(ValueError, match="give its number instead"):
        country_code("comtrade_areas", text)


@pytest.mark.parametrize("name", ["comtrade_areas", "census_countries"])
def test_no_two_countries_share_a_code(name: str) -> None:
    """A table maps one to one, and knows the countries that trade."""
    table = country_table(name)
    assert len(set(table.values())) == len(table) > 220
    assert {"CN", "US", "JP", "DE", "NO", "VN", "CD", "AU"} <= table.keys() | {"US"}


@pytest.mark.parametrize(
    "codes", [["8505", "850511"], ["TOTAL", "85"], ["850511", "850511"], ["8505.11"], [], ["8"]]
)
def test_codes_that_would_count_twice_are_refused(codes: list[str]) -> None:
    """One within another, the same one twice, and what is no code."""
    with pytest.raises(ValidationError):
        TypeAdapter(Codes).validate_python(codes)


def test_codes_beside_each_other_are_taken() -> None:
    """Of any length."""
    assert TypeAdapter(Codes).validate_python(["850511", "2846", "8505190010"])


@pytest.mark.parametrize(
    ("since", "now", "first"),
    [
        ("2019-03", "2025-06-09", "2019-03"),
        (None, "2025-06-09", "2022-06"),
        (None, "2025-01-31", "2022-01"),
        (None, "2025-12-01", "2022-12"),
    ],
)
def test_history_begins_three_years_back_unless_told(since: str | None, now: str, first: str) -> None:
    """In whole months."""
    assert first_month(since, datetime.fromisoformat(now).replace(tzinfo=UTC)) == first


def test_codes_are_added_up_by_month() -> None:
    """As decimals, so that the sum is what a person would get."""
    parts = [
        a_part(value=0.1),
        a_part("284690", 0.2),
        a_part(value=5.0, period="2025-04"),
        a_part("284690", 1.0, "2025-04"),
    ]
    points, note = add_up(parts, CODES, "magnets", "stats.example")
    assert [(one.series, one.period, one.value, one.unit) for one in points] == [
        ("magnets", "2025-04", 6.0, "kg"),
        ("magnets", "2025-05", 0.3, "kg"),
    ]
    assert note == ""
    assert [one.remark for one in points] == ["", ""]


def test_a_row_without_a_figure_leaves_the_month_without_one() -> None:
    """Part of a sum is not the sum; health says which months lack."""
    one = [a_part(), a_part("284690", None)]
    assert add_up(one, CODES, "magnets", "h") == ([], "lists May 2025 without a figure")
    two = [*one, a_part(value=None, period="2025-04")]
    assert (
        add_up(two, CODES, "magnets", "h")[1] == "lists 2 months without a figure, the last of them May 2025"
    )


def test_remarks_tell_estimates_and_what_is_not_listed() -> None:
    """The figure stands, with what is to be known of it."""
    parts = [Part("850511", "2025-05", 7.0, "kg", is_estimated=True)]
    [point], _ = add_up(parts, CODES, "magnets", "h")
    assert point.remark == "Estimated by the publisher: 850511. Nothing is listed of 284690."


@pytest.mark.parametrize(
    ("parts", "words"),
    [
        ([a_part(), a_part(value=8.0)], "stats.example gives several rows for 850511 in May 2025"),
        (
            [a_part(), a_part("284690", unit="pieces")],
            "in kg and pieces in May 2025: they cannot be added up",
        ),
    ],
)
def test_what_cannot_be_added_up_is_refused(parts: list[Part], words: str) -> None:
    """Two rows for one thing, and different units."""
    with pytest.raises(SourceError, match=words):
        add_up(parts, CODES, "magnets", "stats.example")


@given(st.lists(st.decimals(0, 10**9, places=2), min_size=1, max_size=8))
def test_sums_are_those_of_the_written_decimals(values: list[object]) -> None:
    """No binary remainder shows."""
    parts = [Part(f"{10 + at}", "2025-05", float(str(value)), "kg") for at, value in enumerate(values)]
    [point], _ = add_up(parts, [part.code for part in parts], "x", "h")
    assert round(point.value, 2) == point.value
