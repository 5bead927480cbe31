"""PortWatch: days and months of ships, in pages, revised, and refused in words."""

import json
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from aiohttp import web
from pydantic import ValidationError

from alerter.sources import portwatch as portwatch_module
from alerter.sources.base import Poll, SourceContext, SourceError
from alerter.sources.http import HttpClient
from alerter.sources.portwatch import PortwatchConfig
from tests.sources.conftest import Host

NOW = datetime(2025, 6, 9, 12, tzinfo=UTC)
PATH = "/Daily_Chokepoints_Data/FeatureServer/0/query"


def configured(base: str = "http://a.example", **options: Any) -> PortwatchConfig:
    """A source of daily figures."""
    given = {"id": "hormuz", "type": "portwatch", "places": ["chokepoint6"], "base_url": base}
    return PortwatchConfig.model_validate(given | options)


async def poll(host: Host, http: HttpClient, cursor: str | None = None, **options: Any) -> Poll:
    """One poll of the service."""
    config = configured(host.url("/"), **options)
    return await config.build(SourceContext(http=http, now=lambda: NOW, keys={})).poll(cursor)


def row(day: object, total: object = 50, place: str = "chokepoint6", **others: object) -> dict[str, Any]:
    """A row as the service gives it."""
    return {"date": day, "portid": place, "portname": "Strait of Hormuz", "n_total": total} | others


def page(rows: Iterable[dict[str, Any]], *, more: bool = False) -> str:
    """An answer of the service."""
    return json.dumps({"features": [{"attributes": one} for one in rows], "exceededTransferLimit": more})


def days(first: str, count: int) -> list[dict[str, Any]]:
    """So many days in a row, 1 ship on the first, 2 on the second…"""
    start = date.fromisoformat(first)
    return [row((start + timedelta(days=n)).isoformat(), n + 1) for n in range(count)]


def figures(polled: Poll) -> list[tuple[str, str, float | None]]:
    """Series, period and value of what came."""
    seen = [signal.observation for signal in polled.signals]
    return [(one.series, one.period, one.value) for one in seen if one]


async def test_days_are_told_as_they_are(host: Host, http: HttpClient) -> None:
    """Dates come as milliseconds or as text; a day without a number is not published."""
    host.on(PATH, page([row(1748736000000, 41), row("2025-06-02", 42.0), row("2025-06-03", None)]))
    polled = await poll(host, http)
    series = "hormuz:chokepoint6:n_total"
    assert figures(polled) == [(series, "2025-06-01", 41.0), (series, "2025-06-02", 42.0)]
    assert polled.signals[0].title == "hormuz:chokepoint6:n_total, 2025-06-01: 41 ships a day"
    assert polled.note == ""


async def test_a_longer_history_is_gathered_as_history(host: Host, http: HttpClient) -> None:
    """Days before those that were asked for at first are asked for then, and are no news."""
    host.on(PATH, page(days("2025-06-01", 2)))
    first = await poll(host, http, history="9d")
    second = await poll(host, http, first.cursor, history="40d")
    assert host.asked[1].query["where"].endswith("date >= DATE '2025-04-30'")
    assert [one.published_at.day for one in second.signals] == [2, 3]
    assert second.settling


async def test_what_is_asked_for_is_said_in_the_query(host: Host, http: HttpClient) -> None:
    """Ids and names apart, quotes doubled, whole columns, in a fixed order, from the beginning of history."""
    host.on(PATH, page([row("2025-06-01", 1, n_tanker=2)]))
    places = ["chokepoint6", "Cook's Strait", "port1114"]
    await poll(host, http, places=places, metrics=["n_total", "n_tanker"], history="10d")
    query = host.asked[0].query
    assert query["where"] == (
        "(portid IN ('chokepoint6', 'port1114') OR portname IN ('Cook''s Strait')) "
        "AND date >= DATE '2025-05-30'"
    )
    assert query["outFields"] == "date,portid,portname,n_total,n_tanker"
    assert (query["orderByFields"], query["resultRecordCount"], query["f"]) == ("date,portid", "1000", "json")


async def test_pages_are_read_by_the_rows_returned(host: Host, http: HttpClient) -> None:
    """The server's cap is not trusted to be what was asked for."""
    rows = days("2025-05-01", 5)

    async def answer(request: web.Request) -> web.StreamResponse:
        offset = int(request.query["resultOffset"])
        return web.Response(text=page(rows[offset : offset + 2], more=offset + 2 < len(rows)))

    host.on(PATH, handler=answer)
    polled = await poll(host, http)
    assert len(polled.signals) == 5
    assert [request.query["resultOffset"] for request in host.asked] == ["0", "2", "4"]


async def test_a_list_without_end_is_given_up(
    host: Host, http: HttpClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So many pages and no more."""
    monkeypatch.setattr(portwatch_module, "PAGES", 3)
    host.on(PATH, page([row("2025-06-01")], more=True))
    with pytest.raises(SourceError, match="more than 4 rows"):
        await poll(host, http)


async def test_recent_days_are_asked_for_again(host: Host, http: HttpClient) -> None:
    """The next poll begins some weeks before what was told last, and tells what was revised."""
    host.on(PATH, page([row("2025-06-01", 41), row("2025-06-02", 42)]))
    first = await poll(host, http, revised="7d")
    host.on(PATH, page([row("2025-06-01", 40), row("2025-06-02", 42), row("2025-06-03", 43)]))
    second = await poll(host, http, first.cursor, revised="7d")
    assert [value for _, _, value in figures(second)] == [40.0, 43.0]
    assert "DATE '2025-05-27'" in host.asked[-1].query["where"]


async def test_an_unchanged_list_brings_nothing(host: Host, http: HttpClient) -> None:
    """One page with a validator is asked for conditionally; a list of several pages is not."""
    parts = [days("2025-06-01", 2)]

    async def answer(request: web.Request) -> web.StreamResponse:
        if request.headers.get("If-None-Match") == '"1"':
            return web.Response(status=304)
        offset = int(request.query["resultOffset"])
        text = page(parts[0][offset : offset + 2], more=offset + 2 < len(parts[0]))
        return web.Response(text=text, headers={"ETag": '"1"'})

    host.on(PATH, handler=answer)
    first = await poll(host, http)
    second = await poll(host, http, first.cursor)
    third = await poll(host, http, second.cursor)
    assert (second.signals, third.signals) == ([], [])
    assert host.asked[-1].headers.get("If-None-Match") == '"1"'
    parts[0] = days("2025-06-01", 4)
    several = await poll(host, http)
    host.asked.clear()
    await poll(host, http, several.cursor)
    assert not any("If-None-Match" in request.headers for request in host.asked)


@pytest.mark.parametrize(
    ("combine", "value", "unit"), [("mean", 15.5, "ships a day"), ("sum", 465.0, "ships")]
)
async def test_months_are_made_of_all_their_days(
    host: Host, http: HttpClient, combine: str, value: float, unit: str
) -> None:
    """April is whole and told; May lacks its last day, and March one in the middle."""
    march = [one for one in days("2025-03-01", 31) if one["date"] != "2025-03-15"]
    host.on(PATH, page([*march, *days("2025-04-01", 30), *days("2025-05-01", 30)]))
    polled = await poll(host, http, period="month", combine=combine)
    assert figures(polled) == [("hormuz:chokepoint6:n_total", "2025-04", value)]
    assert polled.signals[0].observation
    assert polled.signals[0].observation.unit == unit
    assert "DATE '2022-02-01'" in host.asked[0].query["where"]
    host.on(PATH, page([*days("2025-04-01", 30), *days("2025-05-01", 31)]))
    later = await poll(host, http, polled.cursor, period="month", combine=combine)
    assert [period for _, period, _ in figures(later)] == ["2025-05"]
    assert "DATE '2025-04-01'" in host.asked[-1].query["where"]


async def test_places_by_name_and_series_by_name(host: Host, http: HttpClient) -> None:
    """A name is found in any letter case; a figure may have a name of its own."""
    host.on(PATH, page([row("2025-06-01", 1, n_tanker=2)]))
    options: dict[str, Any] = {"places": ["strait of hormuz"], "metrics": ["n_total", "n_tanker"]}
    polled = await poll(host, http, series={"strait of hormuz:n_tanker": "tankers"}, **options)
    assert [one[0] for one in figures(polled)] == ["hormuz:strait-of-hormuz:n_total", "tankers"]


@pytest.mark.parametrize(
    ("options", "series"),
    [
        ({}, ("hormuz:chokepoint6:n_total",)),
        ({"places": ["Ōsaka"]}, ("hormuz:saka:n_total",)),
        ({"places": ["大阪"]}, ("hormuz:place:n_total",)),
        ({"series": {"chokepoint6:n_total": "ships"}}, ("ships",)),
    ],
)
def test_the_series_are_declared(options: dict[str, Any], series: tuple[str, ...]) -> None:
    """Rules can name them before anything is polled."""
    assert configured(**options).declared_series() == series


async def test_a_place_without_rows_is_told(host: Host, http: HttpClient) -> None:
    """A mistyped id is no calm; neither is an empty list."""
    host.on(PATH, page([row("2025-06-01")]))
    polled = await poll(host, http, places=["chokepoint6", "chokepoint99"])
    assert (len(polled.signals), polled.unseen) == (1, ('lists no days of "chokepoint99"',))
    host.on(PATH, page([]))
    assert (await poll(host, http)).unseen == ('lists no days of "chokepoint6"',)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"metrics": ["n_tankerz"]}, 'unknown metric "n_tankerz"; did you mean "n_tanker"?'),
        ({"metrics": ["portcalls"]}, 'unknown metric "portcalls"'),
        ({"metrics": ["n_total"], "dataset": "ports"}, 'unknown metric "n_total"'),
    ],
)
def test_a_metric_that_the_service_lacks_is_refused(options: dict[str, Any], said: str) -> None:
    """Chokepoints and ports have columns of their own."""
    with pytest.raises(ValidationError) as raised:
        configured(**options)
    assert said in str(raised.value)


async def test_bad_rows_among_good_ones_are_counted(host: Host, http: HttpClient) -> None:
    """A date that is none, and numbers that are none."""
    bad = [row("soon"), row(True), row(1e30), row("2025-06-02", "many"), row("2025-06-03", True)]
    host.on(PATH, page([row("2025-06-01"), *bad]))
    polled = await poll(host, http)
    assert (len(polled.signals), polled.note) == (1, "5 rows cannot be read")


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (
            '{"error": {"code": 400, "message": "Cannot query.", "details": ["Invalid <b>field</b>"]}}',
            "refused the query: Cannot query. Invalid field (400)",
        ),
        ('{"error": {"code": 498, "details": "none"}}', "refused the query: without a word (498)"),
        ('{"fields": []}', "without `features`"),
        ("[]", "other than a list of features"),
        ('{"features": [7]}', "without `attributes`"),
        ('{"features": [{"geometry": {}}]}', "without `attributes`"),
        (page([{"date": "2025-06-01", "portid": "x", "portname": "y", "ships": 1}]), "without `n_total`"),
        (page([row("soon")]), "none of which can be read"),
        (page([row("2025-06-01", 1), row("2025-06-01", 2)]), "two values of n_total at chokepoint6"),
        ("", "empty answer"),
        ("<html><title>Down</title></html>", "a web page (“Down”)"),
    ],
)
async def test_a_refusal_or_another_shape_is_a_failure_in_words(
    host: Host, http: HttpClient, body: str, words: str
) -> None:
    """Errors come under 200 as well; the host is named."""
    host.on(PATH, body)
    with pytest.raises(SourceError) as caught:
        await poll(host, http)
    assert words in str(caught.value)
    assert "127.0.0.1" in str(caught.value)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"places": []}, "at least 1 item"),
        ({"places": ["a;b"]}, "a place's name or id"),
        ({"metrics": ["n_total; drop"]}, "a column of lower-case"),
        ({"history": "0s"}, "greater than"),
        ({"series": {"chokepoint1:n_total": "x"}}, "no place and metric of this source"),
        ({"places": ["Bab el-Mandeb", "bab el mandeb"]}, "both be the series 'hormuz:bab-el-mandeb:n_total'"),
        ({"places": ["台湾", "朝鲜"]}, "both be the series 'hormuz:place:n_total'"),
    ],
)
def test_what_cannot_be_asked_is_refused(options: dict[str, Any], words: str) -> None:
    """Nothing of the configuration gets into the query but places and columns."""
    with pytest.raises(ValidationError, match=words):
        configured(**options)
