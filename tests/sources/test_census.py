"""The US Census Bureau polled over loopback: columns by name, units, keys that are refused, nothing there."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import pytest
from aiohttp import web
from pydantic import ValidationError

from alerter.sources.base import Poll, Source, SourceContext, SourceError
from alerter.sources.census import CensusConfig
from alerter.sources.http import HttpClient
from tests.sources.conftest import Host

NOW = datetime(2025, 6, 18, 12, tzinfo=UTC)
IMPORTS = "/data/timeseries/intltrade/imports/hs"
EXPORTS = "/data/timeseries/intltrade/exports/hs"
HEADER = ["GEN_VAL_MO", "GEN_QY1_MO", "UNIT_QY1", "I_COMMODITY", "COMM_LVL", "CTY_CODE", "time"]


def a_row(value: str | None = "5000", **fields: str | None) -> list[str | None]:
    """A month of one code."""
    row = dict(zip(HEADER, [value, "7", "KG", "8505110010", "HS10", "5700", "2025-04"], strict=True)) | fields
    return list(row.values())


def a_table(*rows: Sequence[str | None], header: Sequence[str | None] = HEADER) -> str:
    """An answer."""
    return json.dumps([header, *rows])


def build(http: HttpClient, host: Host, *, key: str = "s3cret", **options: Any) -> Source:
    """Imports of magnets from China."""
    asked = {"flow": "import", "hs": ["8505110010"], "country": "CN", "base_url": host.url("/")}
    config = CensusConfig.model_validate({"id": "magnets", "type": "census"} | asked | options)
    return config.build(SourceContext(http=http, now=lambda: NOW, keys={"census": key} if key else {}))


def figures(poll: Poll) -> list[tuple[str, float | None, str | None]]:
    """Period, value and unit of each signal."""
    points = [signal.observation for signal in poll.signals]
    return [(one.period, one.value, one.unit) for one in points if one]


@pytest.mark.parametrize(
    "options",
    [
        {"hs": ["85051"]},
        {"hs": ["TOTAL"]},
        {"hs": []},
        {"hs": ["8505", "850511"]},
        {"country": "Atlantis"},
        {"measure": "net_weight"},
        {"flow": "re-export"},
    ],
)
def test_options_are_checked(options: dict[str, Any]) -> None:
    """Codes of the Bureau's levels, countries it knows."""
    asked: dict[str, Any] = {"id": "x", "type": "census", "flow": "import", "hs": ["8505110010"]}
    assert CensusConfig.model_validate(asked).declared_series() == ("x",)
    with pytest.raises(ValidationError):
        CensusConfig.model_validate(asked | options)


async def test_a_key_is_needed(http: HttpClient, host: Host) -> None:
    """Without one the source says which variable is not set, and asks nothing."""
    config = CensusConfig(id="x", type="census", flow="import", hs=("85",))
    assert config.missing({"comtrade": "a"}) == "ALERTER_KEYS__CENSUS is not set"
    assert config.missing({"census": "a"}) == ""
    with pytest.raises(SourceError) as caught:
        await build(http, host, key="").poll(None)
    assert caught.value.trouble == "unconfigured"
    assert host.asked == []


@pytest.mark.parametrize(
    ("flow", "path", "query"),
    [
        ("import", IMPORTS, {"get": "GEN_VAL_MO,GEN_QY1_MO,UNIT_QY1", "I_COMMODITY": "8505110010"}),
        ("export", EXPORTS, {"get": "ALL_VAL_MO,QTY_1_MO,UNIT_QY1", "E_COMMODITY": "8505110010"}),
    ],
)
async def test_the_question_follows_the_direction(
    http: HttpClient, host: Host, flow: str, path: str, query: dict[str, str]
) -> None:
    """Its table, its columns, the level of the code, and three years of months."""
    host.on(path, a_table(header=[*query["get"].split(","), "time"]))
    poll = await build(http, host, flow=flow).poll(None)
    asked = dict(host.asked[0].query)
    rest = {"COMM_LVL": "HS10", "CTY_CODE": "5700", "time": "from 2022-06", "key": "s3cret"}
    assert asked == query | rest
    assert "time=from+2022-06" in str(host.asked[0].rel_url)
    assert "s3cret" not in poll.cursor
    assert poll.note == "lists none of this trade"


async def test_an_earlier_first_month_is_history(http: HttpClient, host: Host) -> None:
    """What is asked for besides, once more is asked for, is no news."""
    host.on(IMPORTS, a_table(a_row()))
    first = await build(http, host).poll(None)
    host.on(IMPORTS, a_table(a_row(), a_row(time="2020-01")))
    again = await build(http, host, since="2020-01").poll(first.cursor)
    assert [one.published_at.isoformat()[:7] for one in again.signals] == ["2020-02", "2025-05"]
    assert again.settling


@pytest.mark.parametrize(
    ("measure", "expected"),
    [("value", ("2025-04", 5000.0, "USD")), ("quantity", ("2025-04", 7.0, "kg"))],
)
async def test_columns_are_found_by_name(
    http: HttpClient, host: Host, measure: str, expected: tuple[str, float, str]
) -> None:
    """Whatever their order."""
    table = json.dumps([HEADER[::-1], a_row()[::-1]])
    host.on(IMPORTS, table)
    poll = await build(http, host, measure=measure).poll(None)
    assert figures(poll) == [expected]
    assert poll.signals[0].url == "https://usatrade.census.gov/"


@pytest.mark.parametrize(
    ("measure", "row"),
    [
        ("value", a_row(None)),
        ("value", a_row("-")),
        ("quantity", a_row(UNIT_QY1="-", GEN_QY1_MO="0")),
        ("quantity", a_row(UNIT_QY1="X", GEN_QY1_MO="0")),
        ("quantity", a_row(UNIT_QY1=None)),
        ("quantity", a_row(GEN_QY1_MO=None)),
    ],
)
async def test_no_figure_is_no_zero(
    http: HttpClient, host: Host, measure: str, row: Sequence[str | None]
) -> None:
    """A quantity without a unit is none."""
    host.on(IMPORTS, a_table(row))
    poll = await build(http, host, measure=measure).poll(None)
    assert (figures(poll), poll.note) == ([], "lists Apr 2025 without a figure")


class Bureau:
    """Answers each code with its table, conditionally."""

    def __init__(self, host: Host) -> None:
        self.tables: dict[str, str] = {}
        host.on(IMPORTS, handler=self._answer)

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        table = self.tables.get(request.query["I_COMMODITY"])
        if table is None:
            return web.Response(status=204)
        etag = f'"{len(table)}-{hash(table)}"'
        if request.headers.get("If-None-Match") == etag:
            return web.Response(status=304)
        return web.Response(text=table, headers={"ETag": etag})


def a_table_of(code: str, value: str) -> str:
    """One month of a code."""
    return a_table(a_row(value, I_COMMODITY=code))


async def test_codes_are_added_up_also_when_one_of_them_changes(http: HttpClient, host: Host) -> None:
    """A sum needs every code: those that have not changed are asked for again."""
    bureau = Bureau(host)
    bureau.tables = {"850511": a_table_of("850511", "5"), "284690": a_table_of("284690", "6")}
    source = build(http, host, hs=["850511", "284690"])
    first = await source.poll(None)
    assert figures(first) == [("2025-04", 11.0, "USD")]
    asked = len(host.asked)
    unchanged = await source.poll(first.cursor)
    assert (list(unchanged.signals), len(host.asked) - asked) == ([], 2)
    bureau.tables["284690"] = a_table_of("284690", "60")
    changed = await source.poll(unchanged.cursor)
    assert figures(changed) == [("2025-04", 65.0, "USD")]
    assert len(host.asked) - asked == 5


async def test_nothing_there_is_a_success(http: HttpClient, host: Host) -> None:
    """204 means that a code has no trade; the others are told."""
    bureau = Bureau(host)
    nothing = await build(http, host, hs=["850511"]).poll(None)
    assert (list(nothing.signals), nothing.note) == ([], "lists none of this trade")
    bureau.tables = {"850511": a_table_of("850511", "5")}
    [signal] = (await build(http, host, hs=["850511", "284690"]).poll(None)).signals
    assert signal.text == "Nothing is listed of 284690."


async def test_a_code_without_trade_costs_no_call_more(http: HttpClient, host: Host) -> None:
    """Nothing has changed while it lists nothing still, and the others have not."""
    bureau = Bureau(host)
    bureau.tables = {"850511": a_table_of("850511", "5")}
    source = build(http, host, hs=["850511", "284690"])
    first = await source.poll(None)
    host.asked.clear()
    second = await source.poll(first.cursor)
    assert (list(second.signals), len(host.asked)) == ([], 2)
    bureau.tables["284690"] = a_table_of("284690", "6")
    third = await source.poll(second.cursor)
    assert figures(third) == [("2025-04", 11.0, "USD")]
    del bureau.tables["284690"]
    assert figures(await source.poll(third.cursor)) == [("2025-04", 5.0, "USD")]


@pytest.mark.parametrize("status", [301, 302, 307])
async def test_a_redirect_is_a_refused_key_and_not_followed(
    http: HttpClient, host: Host, status: int
) -> None:
    """It leads to a page in words; the source is blocked, and the key is not told."""
    host.on(IMPORTS, status=status, headers={"Location": "/data/missing_key.html"})
    with pytest.raises(
        SourceError, match=r"missing_key\.html.* the key that is set by ALERTER_KEYS__CENSUS"
    ) as caught:
        await build(http, host).poll(None)
    assert caught.value.trouble == "blocked"
    assert [request.path for request in host.asked] == [IMPORTS]
    assert "s3cret" not in str(caught.value)


async def test_a_page_about_keys_is_a_refused_key(http: HttpClient, host: Host) -> None:
    """Also under 200."""
    host.on(IMPORTS, "<html><head><title>Invalid Key</title></head></html>")
    with pytest.raises(SourceError, match=r"refuses the key that is set by ALERTER_KEYS__CENSUS") as caught:
        await build(http, host).poll(None)
    assert caught.value.trouble == "blocked"


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("{}", "no rows of texts"),
        ("[]", "no rows of texts"),
        ('[["time"], [7]]', "no rows of texts"),
        ('[["time"], "2025-04"]', "no rows of texts"),
        ('[["time", null], ["2025-04", "7"]]', "do not fit their header"),
        ('[["time", "GEN_VAL_MO"], ["2025-04"]]', "do not fit their header"),
        ('[["GEN_VAL_MO"], ["7"]]', "no column time"),
        ('[["time", "VALUE"], ["2025-04", "7"]]', "no column GEN_VAL_MO"),
        (a_table(a_row("much")), "'much' where a number should be"),
        (a_table(a_row(time="2025")), "'2025' where a month should be"),
        (a_table(a_row(time=None)), "'' where a month should be"),
        (a_table(a_row(CTY_CODE="5880")), "lists a CTY_CODE of '5880', which was not asked for"),
        (a_table(a_row(I_COMMODITY="85")), "lists a I_COMMODITY of '85'"),
        (a_table(a_row(), a_row("6")), "several rows for 8505110010 in Apr 2025"),
        ("error: unknown variable", "something that is not JSON"),
    ],
)
async def test_other_shapes_are_refused(http: HttpClient, host: Host, body: str, words: str) -> None:
    """In words that name the host; nothing of them is told."""
    host.on(IMPORTS, body)
    with pytest.raises(SourceError, match=words) as caught:
        await build(http, host).poll(None)
    assert "127.0.0.1" in str(caught.value)


async def test_failures_are_told_as_they_are(http: HttpClient, host: Host) -> None:
    """What is neither nothing nor a redirect fails the poll."""
    host.on(IMPORTS, status=500)
    with pytest.raises(SourceError, match="500"):
        await build(http, host).poll(None)


@pytest.mark.parametrize(
    ("options", "unseen"),
    [
        ({"country": "world"}, ("nothing is listed of 8505110090",)),
        ({"country": "world", "since": "2025-01"}, ()),
        ({"country": "CN", "hs": ["8505110090"]}, ()),
        ({"country": "9990", "hs": ["8505110090"]}, ("nothing is listed of the country 9990",)),
    ],
)
async def test_what_should_be_listed_and_is_not_is_unseen(
    http: HttpClient, host: Host, options: dict[str, Any], unseen: tuple[str, ...]
) -> None:
    """The world trades in every code, and every country in something; one country may lack one trade."""

    async def answer(request: web.Request) -> web.Response:
        is_traded = request.query["I_COMMODITY"] == "8505110010"
        return web.Response(text=a_table(a_row(CTY_CODE="-"))) if is_traded else web.Response(status=204)

    host.on(IMPORTS, handler=answer)
    asked = {"hs": ["8505110010", "8505110090"]} | options
    poll = await build(http, host, **asked).poll(None)
    assert poll.unseen == unseen
    assert (await build(http, host, **asked).poll(poll.cursor)).unseen == unseen
