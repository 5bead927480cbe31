"""Eurostat polled over loopback: figures and units, confidential ones, refusals under 200."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from alerter.sources.base import Poll, Source, SourceContext, SourceError
from alerter.sources.eurostat import EurostatConfig
from alerter.sources.http import HttpClient
from tests.sources.conftest import Host

NOW = datetime(2025, 6, 18, 12, tzinfo=UTC)
PATH = "/eurostat/api/comext/dissemination/statistics/1.0/data/DS-045409"
MONTHS = ["2025-03", "2025-04"]


def a_cube(
    values: Mapping[tuple[str, str], float | None],
    *,
    marks: Mapping[tuple[str, str], str] | None = None,
    **fields: Any,
) -> str:
    """The answer with these figures by product and month."""
    places = [*values, *(marks or {})]
    products = sorted({product for product, _ in places})
    months = sorted({month for _, month in places})
    indicator = fields.pop("indicators", "QUANTITY_IN_100KG")
    codes = {"freq": ["M"], "reporter": ["EU27_2020"], "partner": ["CN"], "product": products}
    codes |= {"flow": ["1"], "indicators": [indicator], "time": months} | fields.pop("codes", {})

    def at(place: tuple[str, str]) -> str:
        return str(products.index(place[0]) * len(months) + months.index(place[1]))

    return json.dumps(
        {
            "version": "2.0",
            "class": "dataset",
            "id": list(codes),
            "size": [len(known) for known in codes.values()],
            "dimension": {name: {"category": {"index": known}} for name, known in codes.items()},
            "value": {at(place): value for place, value in values.items()},
            "status": {at(place): mark for place, mark in (marks or {}).items()},
        }
        | fields
    )


def build(http: HttpClient, host: Host, **options: Any) -> Source:
    """The Union's imports of magnets from China."""
    asked = {"partner": "CN", "flow": "import", "products": ["850511"], "base_url": host.url("/")}
    config = EurostatConfig.model_validate({"id": "magnets", "type": "eurostat"} | asked | options)
    return config.build(SourceContext(http=http, now=lambda: NOW, keys={}))


def figures(poll: Poll) -> list[tuple[str, float | None, str | None]]:
    """Period, value and unit of each signal."""
    points = [signal.observation for signal in poll.signals]
    return [(one.period, one.value, one.unit) for one in points if one]


@pytest.mark.parametrize(
    "options",
    [
        {"partner": "china"},
        {"products": []},
        {"products": ["85", "850511"]},
        {"products": ["000TOTAL"]},
        {"flow": "1"},
        {"indicator": "VALUE_IN_EUROS"},
        {"dataset": "a/b"},
    ],
)
def test_options_are_checked(options: dict[str, Any]) -> None:
    """Areas, codes and the dataset are of the publisher's form; no code is within another."""
    asked = {"id": "x", "type": "eurostat", "partner": "CN", "flow": "import", "products": ["850511"]}
    assert EurostatConfig.model_validate(asked).declared_series() == ("x",)
    with pytest.raises(ValidationError):
        EurostatConfig.model_validate(asked | options)


async def test_the_question_names_every_dimension(http: HttpClient, host: Host) -> None:
    """Each product and, where wanted, the chapters' residues; three years of months."""
    host.on(PATH, a_cube({("850511", "2025-04"): 7}))
    await build(http, host, products=["850511", "284690"], residue=True, reporter="DE").poll(None)
    query = host.asked[0].query
    assert query.getall("product") == ["850511", "284690", "28XXXXXX", "85XXXXXX"]
    assert query_without(query) == {
        "format": "JSON",
        "lang": "EN",
        "freq": "M",
        "reporter": "DE",
        "partner": "CN",
        "flow": "1",
        "indicators": "QUANTITY_IN_100KG",
        "product": "850511",
        "sinceTimePeriod": "2022-06",
    }


def query_without(query: Any) -> dict[str, str]:
    """Each parameter's first value."""
    return {name: query[name] for name in query}


@pytest.mark.parametrize(
    ("indicator", "name", "expected"),
    [
        ("net_weight", "QUANTITY_IN_100KG", (1_234.5, "kg")),
        ("value", "VALUE_IN_EUROS", (12.345, "EUR")),
        ("quantity", "SUPPLEMENTARY_QUANTITY", (12.345, "supplementary units")),
    ],
)
async def test_figures_have_units_that_people_know(
    http: HttpClient, host: Host, indicator: str, name: str, expected: tuple[float, str]
) -> None:
    """Weights come in hundreds of kilograms and are told in kilograms, exactly."""
    host.on(PATH, a_cube({("850511", "2025-04"): 12.345}, indicators=name))
    poll = await build(http, host, indicator=indicator).poll(None)
    assert figures(poll) == [("2025-04", *expected)]
    assert poll.signals[0].url == "https://ec.europa.eu/eurostat/databrowser/product/view/ds-045409"


async def test_totals_and_residues_are_not_added(http: HttpClient, host: Host) -> None:
    """A total that comes along would count everything twice; a residue is said beside the figure."""
    values = {("850511", "2025-04"): 7.0, ("850519", "2025-04"): 3.0, ("000TOTAL", "2025-04"): 900.0}
    values |= {("85XXXXXX", "2025-04"): 5.0, ("28XXXXXX", "2025-04"): 5.0}
    host.on(PATH, a_cube(values))
    [signal] = (await build(http, host, products=["850511", "850519"]).poll(None)).signals
    assert signal.observation is not None
    assert signal.observation.value == 1000.0
    assert signal.text == "Of chapter 85, 500 kg are confidential and stand under no product."


async def test_the_residue_of_each_chapter_is_said(http: HttpClient, host: Host) -> None:
    """A sum over two chapters lacks what is confidential in both."""
    values = {("850511", "2025-04"): 7.0, ("284690", "2025-04"): 3.0}
    host.on(PATH, a_cube(values | {("85XXXXXX", "2025-04"): 5.0, ("28XXXXXX", "2025-04"): 6.0}))
    [signal] = (await build(http, host, products=["850511", "284690"]).poll(None)).signals
    assert "Of chapter 85, 500 kg are" in signal.text
    assert "Of chapter 28, 600 kg are" in signal.text


async def test_what_is_confidential_is_not_told(http: HttpClient, host: Host) -> None:
    """A mark without a figure, and a figure with the mark: the month has no sum."""
    values = {("850511", "2025-03"): 7.0, ("850511", "2025-04"): 8.0, ("850519", "2025-04"): 0.0}
    marks = {("850519", "2025-04"): ":c", ("850519", "2025-03"): "e"}
    host.on(PATH, a_cube(values | {("850519", "2025-03"): 1.0}, marks=marks))
    poll = await build(http, host, products=["850511", "850519"]).poll(None)
    assert figures(poll) == [("2025-03", 800.0, "kg")]
    assert poll.signals[0].text == "Estimated by the publisher: 850519."
    assert poll.note == "lists Apr 2025 without a figure"


async def test_history_is_old_and_what_follows_is_dated_by_the_table(http: HttpClient, host: Host) -> None:
    """The table's date says nothing about the months that it has held for years."""
    source = build(http, host)
    host.on(PATH, a_cube({("850511", "2025-03"): 7.0}, updated="2025-06-16T11:00:00+0200"))
    first = await source.poll(None)
    host.on(
        PATH,
        a_cube({("850511", "2025-03"): 7.5, ("850511", "2025-04"): 8.0}, updated="2025-06-17T11:00:00+0200"),
    )
    second = await source.poll(first.cursor)
    assert [one.published_at for one in first.signals] == [datetime(2025, 4, 1, tzinfo=UTC)]
    assert {one.published_at for one in second.signals} == {datetime(2025, 6, 17, 9, tzinfo=UTC)}
    assert [one.observation.revised_from for one in second.signals if one.observation] == [700.0, None]


@pytest.mark.parametrize("updated", [None, "soon", "2025-06-17"])
async def test_without_a_date_new_figures_are_dated_when_seen(
    http: HttpClient, host: Host, updated: str | None
) -> None:
    """An unreadable date is none."""
    source = build(http, host)
    host.on(PATH, a_cube({("850511", "2025-03"): 7.0}))
    first = await source.poll(None)
    host.on(PATH, a_cube({("850511", "2025-04"): 8.0}, updated=updated))
    assert [one.published_at for one in (await source.poll(first.cursor)).signals] == [NOW]


async def test_nothing_changed_keeps_the_note(http: HttpClient, host: Host) -> None:
    """A 304 tells nothing, and health goes on saying what the table lacks."""
    host.on(
        PATH,
        a_cube({}, marks={("850511", "2025-04"): "c"}),
        headers={"ETag": '"1"', "Cache-Control": "max-age=60"},
    )
    source = build(http, host)
    first = await source.poll(None)
    host.on(PATH, status=304)
    second = await source.poll(first.cursor)
    assert (list(second.signals), second.note) == ([], "lists Apr 2025 without a figure")
    assert first.wait_at_least == timedelta(minutes=1)


async def test_no_figures_at_all_are_said(http: HttpClient, host: Host) -> None:
    """An empty cube is a success."""
    host.on(PATH, a_cube({}, codes={"product": []}))
    poll = await build(http, host).poll(None)
    assert (list(poll.signals), poll.note) == ([], "lists no figures")


async def test_other_trade_in_the_cube_is_left_out(http: HttpClient, host: Host) -> None:
    """Years, quarters, and other flows."""
    host.on(PATH, a_cube({("850511", "2025"): 90.0, ("850511", "2025-Q1"): 20.0, ("850511", "2025-04"): 7.0}))
    assert figures(await build(http, host).poll(None)) == [("2025-04", 700.0, "kg")]
    assert figures(await build(http, host, flow="export").poll(None)) == []


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (
            '{"warning": {"status": 413, "label": "Too <b>large</b>"}}',
            r"too large \(413\): ask for less. Too large",
        ),
        ('{"warning": {"status": 413}}', r"too large \(413\): ask for less\."),
        ('{"error": [{"status": 400, "id": 150, "label": "No such product"}]}', "error 400: No such product"),
        ('{"warning": {"status": 202, "label": "Later"}}', "warning 202: Later"),
        ("[]", "no JSON-stat dataset"),
        ("{}", "`id` is no list"),
        (
            a_cube({("850511", "2025-04"): 7}).replace('"product"', '"goods"'),
            "without the dimension 'product'",
        ),
        ("<html><title>Busy</title></html>", "web page"),
    ],
)
async def test_refusals_and_other_shapes_under_200_are_errors(
    http: HttpClient, host: Host, body: str, words: str
) -> None:
    """In words that name the host."""
    host.on(PATH, body)
    with pytest.raises(SourceError, match=words) as caught:
        await build(http, host).poll(None)
    assert "127.0.0.1" in str(caught.value)


@pytest.mark.parametrize(
    ("options", "unseen"),
    [
        ({"partner": "WORLD"}, ("nothing is listed of 850512",)),
        ({"partner": "WORLD", "since": "2025-01"}, ()),
        ({"partner": "FR", "products": ["850512"]}, ()),
        ({"partner": "QQ", "products": ["850512"]}, ("nothing is listed of the partner QQ",)),
    ],
)
async def test_what_should_be_listed_and_is_not_is_unseen(
    http: HttpClient, host: Host, options: dict[str, Any], unseen: tuple[str, ...]
) -> None:
    """All countries together trade in every product, and every country in something."""
    asked = {"products": ["850511", "850512"]} | options
    figure = {("850511", "2025-04"): 5.0} if "850511" in asked["products"] else {}
    host.on(PATH, a_cube(figure, codes={"partner": [options["partner"]]}))
    assert (await build(http, host, **asked).poll(None)).unseen == unseen


def test_products_have_the_lengths_that_there_are() -> None:
    """What Comext does not list would never bring a figure."""
    asked = {"id": "x", "type": "eurostat", "partner": "CN", "flow": "import"}
    assert EurostatConfig.model_validate(asked | {"products": ["85051110"]}).products == ("85051110",)
    with pytest.raises(ValidationError, match="85051 is no code of 2, 4, 6 or 8 digits"):
        EurostatConfig.model_validate(asked | {"products": ["85051"]})
