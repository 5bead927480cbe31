"""A series from any CSV or JSON: how its figures are found, and what is said where they are not."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from aiohttp import web
from pydantic import ValidationError

from alerter.sources.base import Poll, SourceContext, SourceError
from alerter.sources.formats.rows import Csv, Layout, UnreadableTable, csv_rows, read_points
from alerter.sources.http import HttpClient
from alerter.sources.series import SeriesConfig
from tests.sources.conftest import Host

NOW = datetime(2025, 6, 9, 12, tzinfo=UTC)
MONTHLY = "month,tonnes\n2025-03,3\n2025-04,4\n"
CSV = {"period_column": "month", "value_column": "tonnes"}
JSON = {"period_column": "at", "value_column": "v", "rows": "rows"}


def configured(url: str, **options: Any) -> SeriesConfig:
    """A source of figures as it is configured."""
    return SeriesConfig.model_validate({"id": "exports", "type": "series", "url": url} | options)


async def poll(host: Host, http: HttpClient, cursor: str | None = None, **options: Any) -> Poll:
    """One poll of the file."""
    config = configured(host.url("/file"), **options)
    return await config.build(SourceContext(http=http, now=lambda: NOW, keys={})).poll(cursor)


def figures(polled: Poll) -> list[tuple[str, str, float | None]]:
    """Series, period and value of what came."""
    seen = [signal.observation for signal in polled.signals]
    return [(one.series, one.period, one.value) for one in seen if one]


async def test_a_csv_is_told_by_its_periods(host: Host, http: HttpClient) -> None:
    """Each figure is an observation with its unit; the history is as old as its periods."""
    host.on("/file", MONTHLY, headers={"Content-Type": "text/csv"})
    first = await poll(host, http, unit="t", **CSV)
    assert figures(first) == [("exports", "2025-03", 3.0), ("exports", "2025-04", 4.0)]
    signal = first.signals[1]
    assert (signal.id, signal.title) == ("exports@2025-04", "exports, Apr 2025: 4 t")
    assert signal.published_at == datetime(2025, 5, 1, tzinfo=UTC)


@pytest.mark.parametrize("newest", [2, 900])
async def test_revisions_are_noticed_as_far_back_as_figures_are_read(
    host: Host, http: HttpClient, newest: int
) -> None:
    """`newest` says how far, and what is older is not told for the first time later."""
    days = [f"{datetime(2020, 1, 1, tzinfo=UTC) + timedelta(days=n):%Y-%m-%d}" for n in range(900)]
    options: dict[str, Any] = CSV | {"newest": newest}
    host.on("/file", "month,tonnes\n" + "".join(f"{day},1\n" for day in days))
    first = await poll(host, http, **options)
    host.on("/file", "month,tonnes\n" + "".join(f"{day},2\n" for day in days))
    second = await poll(host, http, first.cursor, **options)
    assert [len(polled.signals) for polled in (first, second)] == [newest, newest]
    assert all(one.observation and one.observation.revised_from == 1 for one in second.signals)


async def test_only_what_is_new_or_revised_is_told_again(host: Host, http: HttpClient) -> None:
    """A month that left the file was not withdrawn; one that changed says from what."""
    host.on("/file", MONTHLY)
    first = await poll(host, http, **CSV)
    host.on("/file", "month,tonnes\n2025-04,4.5\n2025-05,5\n2025-06,\n")
    second = await poll(host, http, first.cursor, **CSV)
    assert figures(second) == [("exports", "2025-04", 4.5), ("exports", "2025-05", 5.0)]
    revised = second.signals[0].observation
    assert revised is not None
    assert revised.revised_from == 4.0


@pytest.mark.parametrize(
    ("listed", "note"),
    [
        ("2025-03,3\n2025-04,\n", "gives no figure any more of exports in Apr 2025; what was told stands"),
        ("2025-02,2\n", "gives no figure any more of exports in Apr 2025 and 1 more; what was told stands"),
        ("2025-04,4\n2025-05,5\n", ""),
        ("2025-03,3\n2025-04,4\n2025-05,\n", ""),
    ],
)
async def test_a_figure_that_is_blanked_is_said(host: Host, http: HttpClient, listed: str, note: str) -> None:
    """It is no zero and no withdrawal, but health knows; what is older than the file is none of it."""
    host.on("/file", MONTHLY)
    first = await poll(host, http, **CSV)
    host.on("/file", "month,tonnes\n" + listed, headers={"ETag": '"2"'})
    second = await poll(host, http, first.cursor, **CSV)
    assert (first.note, second.note) == ("", note)
    host.on("/file", status=304)
    assert (await poll(host, http, second.cursor, **CSV)).note == note


async def test_an_unchanged_file_is_not_read(host: Host, http: HttpClient) -> None:
    """A 304 brings nothing and keeps what was told."""

    async def answer(request: web.Request) -> web.StreamResponse:
        if request.headers.get("If-None-Match") == '"1"':
            return web.Response(status=304)
        return web.Response(text=MONTHLY, headers={"ETag": '"1"'})

    host.on("/file", handler=answer)
    first = await poll(host, http, **CSV)
    second = await poll(host, http, first.cursor, **CSV)
    assert (second.signals, second.cursor) == ([], first.cursor)


@pytest.mark.parametrize(
    ("body", "options", "expected"),
    [
        ("month;tonnes\n2025-03;1.234,5\n", CSV | {"delimiter": ";", "decimal": "comma"}, [1234.5]),
        ("# licence\n\n# source\nmonth,tonnes\n2025-03,7\n", CSV | {"skip_lines": 3}, [7.0]),
        ("\ufeffmonth , tonnes\n2025-03, 7 \n\n", CSV, [7.0]),
        ("2025-03,7\n", {"header": False, "period_column": "1", "value_column": "2"}, [7.0]),
        ('month,note,tonnes\n2025-03,"a, ""b""\nc",7\n', CSV, [7.0]),
        ("month,tonnes\n2025-03,7\n", CSV | {"scale": "1000"}, [7000.0]),
        ("month,tonnes\n2025-03,1.1\n", CSV | {"scale": "1000"}, [1100.0]),
        ("month,tonnes,geo\n2025-03,1,CN\n2025-03,2,US\n", CSV | {"where": {"geo": "US"}}, [2.0]),
        ("month,tonnes\n2025-03,1\n2025-03,2\n", CSV | {"duplicates": "last"}, [2.0]),
        ("month,tonnes\n2025-03,2\n2025-03,2.0\n", CSV, [2.0]),
        ("month,tonnes\n2025-03,1\n2025-04,2\n", CSV | {"newest": 1}, [2.0]),
        ("month,tonnes\n2025-03,secret\n2025-04,2\n", CSV | {"missing_values": ["SECRET"]}, [2.0]),
        ("month,tonnes\n2025-03\n2025-04,2,9\n", CSV, [2.0]),
    ],
)
async def test_csvs_of_all_sorts(
    host: Host, http: HttpClient, body: str, options: dict[str, Any], expected: list[float]
) -> None:
    """Delimiters, decimals, lines to skip, quotes, rows of other things, and figures given twice."""
    host.on("/file", body)
    polled = await poll(host, http, **options)
    assert [value for _, _, value in figures(polled)] == expected
    assert polled.note == ""


@pytest.mark.parametrize("token", ["", "-", "–", "..", "N/A", "n/a", "####", ":", "NaN", " "])
async def test_a_missing_figure_is_not_published_yet(host: Host, http: HttpClient, token: str) -> None:
    """Whatever stands there, it is neither a zero nor an error."""
    host.on("/file", f"month,tonnes\n2025-03,3\n2025-04,{token}\n")
    polled = await poll(host, http, **CSV)
    assert (figures(polled), polled.note) == ([("exports", "2025-03", 3.0)], "")


async def test_january_and_february_stay_together(host: Host, http: HttpClient) -> None:
    """Where the publisher combines them, nobody splits them."""
    host.on("/file", "month,tonnes\nJan-Feb 2025,5\nMar 2025,3\n")
    polled = await poll(host, http, period="month", **CSV)
    assert figures(polled) == [("exports", "2025-01..2025-02", 5.0), ("exports", "2025-03", 3.0)]


async def test_one_file_can_hold_several_series(host: Host, http: HttpClient) -> None:
    """By a column that names them, or by several columns of values; what is not named is not read."""
    host.on("/file", "month,tonnes,geo\n2025-03,1,CN\n2025-03,2,US\n2025-03,3,XX\n")
    options: dict[str, Any] = CSV | {"series_column": "geo", "series": {"CN": "cn", "US": "us", "JP": "jp"}}
    long = await poll(host, http, **options)
    assert figures(long) == [("cn", "2025-03", 1.0), ("us", "2025-03", 2.0)]
    assert long.unseen == ("has no row of 'JP'",)
    host.on("/file", "month,cn,us\n2025-03,1,2\n")
    wide = await poll(host, http, period_column="month", series={"cn": "a", "us": "b"})
    assert figures(wide) == [("a", "2025-03", 1.0), ("b", "2025-03", 2.0)]


def test_the_series_are_declared() -> None:
    """Those that are named, else one with the source's id."""
    assert configured("http://a.example/", **CSV).declared_series() == ("exports",)
    wide = configured("http://a.example/", period_column="m", series={"x": "a", "y": "b"})
    assert wide.declared_series() == ("a", "b")


@pytest.mark.parametrize(
    ("document", "options", "expected"),
    [
        ({"rows": [{"at": "2025-03", "v": 3}]}, JSON, [3.0]),
        ({"rows": [{"at": "2025-03", "v": "3.5"}, {"at": "2025-04", "v": None}]}, JSON, [3.5]),
        ({"rows": [{"at": "2025-03", "v": 1.5}]}, JSON | {"decimal": "comma"}, [1.5]),
        ([{"at": "2025-03", "v": 3}], JSON | {"rows": None}, [3.0]),
        ({"d": {"s": [{"r": [{"at": 2025, "v": 3}]}]}}, JSON | {"rows": "d.s[0].r"}, [3.0]),
        (
            {"rows": [[1735689600000, 3]]},
            JSON | {"period_column": "[0]", "value_column": "[1]", "period_format": "epoch_ms"},
            [3.0],
        ),
        (
            {"rows": [{"a": {"at": "2025-03", "v": 3}}]},
            JSON | {"period_column": "a.at", "value_column": "a.v"},
            [3.0],
        ),
        (
            {"rows": {"2025-03": 3, "2025-04": 4}},
            JSON | {"period_column": "key", "value_column": "value"},
            [3.0, 4.0],
        ),
        (
            {"rows": [{"at": "2025-03", "v": 3, "final": True}, {"at": "2025-03", "v": 4, "final": False}]},
            JSON | {"where": {"final": "true"}},
            [3.0],
        ),
    ],
)
async def test_json_of_all_sorts(
    host: Host, http: HttpClient, document: object, options: dict[str, Any], expected: list[float]
) -> None:
    """Rows are found by an expression, and cells by keys or expressions within them."""
    host.on("/file", json.dumps(document))
    assert [value for _, _, value in figures(await poll(host, http, **options))] == expected


@pytest.mark.parametrize(
    ("body", "options", "words"),
    [
        ("", CSV, "gave an empty answer"),
        ("<html><title>Sign in</title></html>", CSV, "a web page (“Sign in”) instead of CSV"),
        ("<html><title>Sign in</title></html>", CSV | {"format": "json"}, "a web page (“Sign in”) instead"),
        ("date,tonnes\n2025-03,1\n", CSV, "has no column 'month'; there are date, tonnes"),
        ("month,month,tonnes\n2025-03,1,2\n", CSV, "several columns 'month'"),
        ("month,tonnes\nsoon,1\n", CSV, "no row that can be read; the first has '1' for 'soon'"),
        ("month,tonnes\n2025-03,1\n2025-03,2\n", CSV, "two figures for exports in Mar 2025: 1 and 2"),
        ("month,tonnes,geo\n2025-03,1,CN\n", CSV | {"where": {"geo": "US"}}, "no row where geo is 'US'"),
        (
            "month,tonnes,geo\n2025-03,1,CN\n",
            CSV | {"series_column": "geo", "series": {"US": "us"}},
            "no row of US",
        ),
        ('{"error": "quota"}', JSON, "holds no rows at 'rows'"),
        ("7", JSON | {"format": "json", "rows": None}, "holds no rows at its top"),
        ('{"rows": [{"at": "2025-03", "w": 1}]}', JSON, "has no column 'v'; there are at, w"),
        ('{"rows": [[1, 2]]}', JSON, "has no column 'at'"),
        ("nothing", JSON | {"format": "json"}, "something that is not JSON"),
    ],
)
async def test_a_file_of_another_shape_is_refused_in_words(
    host: Host, http: HttpClient, body: str, options: dict[str, Any], words: str
) -> None:
    """An empty answer, an error page and a changed schema are failures that name the host."""
    host.on("/file", body)
    with pytest.raises(SourceError) as caught:
        await poll(host, http, **options)
    assert words in str(caught.value)
    assert "127.0.0.1" in str(caught.value)


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b'month\n"' + b"x\n" * 70_000, "not CSV"),
        (b"month\n" + b"x" * 200_001, "a row of more than 200,000 characters"),
        (b'month\n"' + b",\n" * 100_000, "not CSV|more than 200,000"),
        (b"month\n" + b'",\n",' * 50_000, "a row of more than 200,000 characters"),
        (b"month\n" + b"202503\n" * 60_001, "more than 60,000 figures"),
    ],
)
def test_what_is_beyond_all_measure_is_refused(body: bytes, words: str) -> None:
    """An unclosed quote that swallows the file, a line without end, more figures than anybody publishes."""
    layout = Layout(period="month", values={"month": "x"}, period_format="%Y%m")
    with pytest.raises(UnreadableTable, match=words):
        read_points(csv_rows(body, Csv(layout.columns)), layout)


async def test_an_expression_that_fails_on_a_row_finds_nothing(host: Host, http: HttpClient) -> None:
    """It is told as a column that is not there."""
    host.on("/file", '{"rows": [{"at": "2025-03", "v": "3"}]}')
    with pytest.raises(SourceError, match="no column 'abs"):
        await poll(host, http, **JSON | {"value_column": "abs(v)"})


@pytest.mark.parametrize("body", ["month,tonnes\n", '{"rows": []}'])
async def test_a_file_without_rows_is_calm_and_says_so(host: Host, http: HttpClient, body: str) -> None:
    """Nothing is published yet: no figure, no failure, a note."""
    host.on("/file", body)
    polled = await poll(host, http, **(JSON if body.startswith("{") else CSV))
    assert (polled.signals, polled.note) == ([], "lists no rows")


async def test_one_bad_row_is_counted(host: Host, http: HttpClient) -> None:
    """The good ones are told, and the note names the first bad one."""
    host.on("/file", "month,tonnes\n2025-03,3\nTotal,9\n2025-04,many\n")
    polled = await poll(host, http, **CSV)
    assert len(polled.signals) == 1
    assert polled.note == "2 figures cannot be read: '9' for 'Total'"


async def test_a_series_without_a_figure_among_others_is_unseen(host: Host, http: HttpClient) -> None:
    """None of its figures can be read, or none is there: the others are told, and it is named."""
    host.on("/file", "month,cn,us,jp\n2025-03,1,few,\n2025-04,2,2,\n2025-05,3,many,\n")
    wide: dict[str, Any] = {"period_column": "month", "series": {"cn": "a", "us": "b", "jp": "c"}}
    polled = await poll(host, http, **wide)
    assert (len(polled.signals), polled.unseen) == (4, ("has no figure of c",))
    assert polled.note == "2 figures cannot be read: 'few' for '2025-03'"
    host.on("/file", "month,cn,us,jp\n2025-03,1,few,1\n")
    assert (await poll(host, http, **wide)).unseen == ("no figure of b can be read: 'few' for '2025-03'",)


async def test_the_format_follows_what_the_publisher_says(host: Host, http: HttpClient) -> None:
    """The content type first, then the address."""
    host.on("/file", '{"rows": []}', headers={"Content-Type": "application/json; charset=utf-8"})
    assert (await poll(host, http, **JSON)).note == "lists no rows"
    host.on("/file.csv", "[month],tonnes\n2025-03,1\n", headers={"Content-Type": "text/plain"})
    config = configured(host.url("/file.csv"), period_column="[month]", value_column="tonnes")
    polled = await config.build(SourceContext(http=http, now=lambda: NOW, keys={})).poll(None)
    assert len(polled.signals) == 1


async def test_keys_are_sent_and_shown_nowhere(host: Host, http: HttpClient) -> None:
    """A header and a parameter with keys reach the publisher, and neither the cursor nor an error."""
    host.on("/file", "nothing,here\n1,2\n")
    keys: dict[str, Any] = {"headers": {"X-Api-Key": "hush"}, "params": {"api_key": "whisper"}}
    with pytest.raises(SourceError) as caught:
        await poll(host, http, **CSV, **keys)
    host.on("/file", MONTHLY)
    polled = await poll(host, http, **CSV, **keys)
    assert host.asked[-1].headers["X-Api-Key"] == "hush"
    assert host.asked[-1].query["api_key"] == "whisper"
    for told in (str(caught.value), polled.cursor):
        assert "hush" not in told
        assert "whisper" not in told


async def test_an_overdue_period_is_a_fact_of_its_own(host: Host, http: HttpClient) -> None:
    """May's figure should have come; it is not a zero."""
    host.on("/file", MONTHLY)
    polled = await poll(host, http, expected_within="5d", **CSV)
    assert polled.overdue == ("exports: May 2025 was expected by 2025-06-06",)
    assert configured("http://a.example/", **CSV).every == timedelta(hours=6)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"period_column": "m"}, "either `value_column`, or `series`"),
        (CSV | {"series": {"a": "b"}}, "either `value_column`, or `series`"),
        (CSV | {"series_column": "geo"}, "`series_column` goes with"),
        (CSV | {"period_format": "%W %Y"}, "knows no %W"),
        (CSV | {"rows": "rows[["}, "not a JMESPath expression"),
        (CSV | {"delimiter": ";;"}, "at most 1 character"),
        (CSV | {"scale": "0"}, "greater than 0"),
        (CSV | {"encoding": "rot13"}, "encoding"),
    ],
)
def test_what_cannot_be_is_refused_when_it_is_read(options: dict[str, Any], words: str) -> None:
    """A configuration is wrong before the first poll, not at it."""
    with pytest.raises(ValidationError, match=words):
        configured("http://a.example/", **options)
