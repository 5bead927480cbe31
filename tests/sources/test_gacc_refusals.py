"""China's customs: pages that do not add up, and what is said of them."""

from datetime import UTC, datetime
from typing import Any

import pytest

from alerter.sources.base import SourceContext, SourceError
from alerter.sources.gacc import GaccConfig
from alerter.sources.http import HttpClient
from tests.sources.conftest import Host
from tests.sources.gacc_pages import by_country, commodities

NOW = datetime(2026, 4, 9, 12, tzinfo=UTC)
JAPAN = {"Japan": (900.5, 1200.2)}
RARE_EARTH = (
    "Rare earth",
    "Ton",
    "4,000.0",
    "20.0",
    "15,000.0",
    "140.0",
    "16,000.0",
    "150.0",
    "-6.3",
    "-6.7",
)
PLASTICS = ("Plastic products", "-", "-", "900.0", "-", "3,300.0", "-", "3,400.0", "-", "-2.9")


async def poll_page(host: Host, http: HttpClient, page: str, **options: Any) -> None:
    """One poll of a single table's page, by country unless the options say otherwise."""
    host.on("/page", page, headers={"Content-Type": "text/html; charset=utf-8"})
    by_default = {"table": 4, "currency": "CNY", "rows": {"jp": "Japan"}}
    given = {"id": "cn", "type": "gacc", "url": host.url("/page"), **by_default}
    config = GaccConfig.model_validate(given | options)
    await config.build(SourceContext(http=http, now=lambda: NOW, keys={})).poll(None)


def shifted(row: tuple[str, ...]) -> tuple[str, ...]:
    """The row one cell to the left, with a blank at its end."""
    return (row[0], *row[2:], "")


@pytest.mark.parametrize(
    ("page", "words"),
    [
        (commodities([shifted(RARE_EARTH)]), "the unit of 'Rare earth' reads '4,000.0'"),
        (commodities([shifted(PLASTICS)]), "there is nothing below '1-4 Total, Year-On-Year(%) / Value'"),
        (
            commodities([(*PLASTICS[:2], "900.0", "-", *PLASTICS[4:])]),
            "'Plastic products' has the quantity 900.0 (4 / Quantity) and no value",
        ),
        (
            commodities([(*RARE_EARTH[:2], "19,000.0", *RARE_EARTH[3:])]),
            "'Rare earth' has 19,000.0 for the month and 15,000.0 for the year to date",
        ),
        (commodities([(*RARE_EARTH[:8], "-9.3", "-16.7")]), "the change of -9.3 % for 'Rare earth'"),
        (commodities([(*RARE_EARTH[:2], "10,000 Tons", *RARE_EARTH[3:])]), "reads '10,000 Tons' in the row"),
        (commodities([]), "no rows of figures"),
        (commodities([RARE_EARTH], currency="CNY"), "comes in CNY and not in USD"),
        (commodities([RARE_EARTH], unit="CNY 100 Million"), "contradicts itself"),
        (commodities([RARE_EARTH], when="this spring"), "names no month"),
        (commodities([RARE_EARTH], when="13.2025"), "speaks of a month 13"),
        (
            commodities([RARE_EARTH], when="May 2025"),
            "has no column of exports by value, month; it has 4 / Quan",
        ),
        (commodities([("Steel", *RARE_EARTH[1:])]), "has no row 'Rare earth'"),
        (
            "<html><title>Gone</title><p>Sorry</p></html>",
            "no table of commodities or countries: a web page (“Gone”)",
        ),
        ("plain words", "something that is no web page"),
        ("", "empty answer"),
    ],
)
async def test_a_page_that_does_not_add_up_is_refused(
    host: Host, http: HttpClient, page: str, words: str
) -> None:
    """The row and the figures are named, and nothing is told."""
    with pytest.raises(SourceError) as caught:
        await poll_page(host, http, page, currency="USD", what="value", rows={"ree": "Rare earth"})
    assert words in str(caught.value)
    assert "127.0.0.1" in str(caught.value)


@pytest.mark.parametrize(
    ("other", "words"),
    [
        (
            ("Fiji", "9.0", "90.0", "5.0", "50.0", "5.0", "40.0", "1.0", "1.5", "0.5"),
            "'Fiji' has exports of 5.0 and imports of 5.0, but 9.0 in all",
        ),
        (
            ("Fiji", "99,999.0", "-", "99,000.0", "-", "999.0", "-", "1.0", "1.5", "0.5"),
            "'Fiji' has 99,999.0 of a total of 11,100.7",
        ),
        (
            ("Fiji", "20.0", "10.0", "10.0", "5.0", "10.0", "5.0", "1.0", "1.5", "0.5"),
            "'Fiji' has 20.0 for the month and 10.0 for the year to date",
        ),
    ],
)
async def test_countries_add_up_too(host: Host, http: HttpClient, other: tuple[str, ...], words: str) -> None:
    """One row that cannot be is enough: nobody knows which column has moved."""
    with pytest.raises(SourceError, match="does not add up") as caught:
        await poll_page(host, http, by_country("Mar 2026", 3, JAPAN, other=other))
    assert words in str(caught.value)


async def test_changes_lie_between_those_of_their_parts(host: Host, http: HttpClient) -> None:
    """When most of them do not, the columns have moved."""
    page = by_country("Mar 2026", 3, JAPAN).replace("<span>1.0&nbsp;", "<span>9.0&nbsp;")
    with pytest.raises(SourceError, match="not between those of exports and imports, and so with 2 of 2"):
        await poll_page(host, http, page)
