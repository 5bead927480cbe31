"""China's customs: the list of tables, their pages, what is refused, and what is remembered."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest
from aiohttp import web
from pydantic import ValidationError

from alerter.sources import gacc as gacc_module
from alerter.sources.base import Poll, SourceContext, SourceError
from alerter.sources.gacc import GaccConfig
from alerter.sources.http import HttpClient
from tests.sources.conftest import Host
from tests.sources.gacc_pages import by_country, commodities, index, january_february

NOW = datetime(2026, 4, 9, 12, tzinfo=UTC)
INDEX = "/statics/report/preliminary.html"
TITLE = "(4) Values by Country/Region (in CNY)"
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
BY_COUNTRY: dict[str, Any] = {"table": 4, "currency": "CNY", "rows": {"jp": "Japan"}}
BY_COMMODITY: dict[str, Any] = {"what": "quantity", "rows": {"ree": ["Rare earth"]}}


def configured(base: str = "http://a.example", **options: Any) -> GaccConfig:
    """A source of customs figures."""
    given = {"id": "cn", "type": "gacc", "base_url": base, **BY_COUNTRY}
    return GaccConfig.model_validate(given | options)


async def poll(host: Host, http: HttpClient, cursor: str | None = None, **options: Any) -> Poll:
    """One poll."""
    config = configured(host.url("/"), **options)
    return await config.build(SourceContext(http=http, now=lambda: NOW, keys={})).poll(cursor)


async def poll_page(host: Host, http: HttpClient, page: str, **options: Any) -> Poll:
    """One poll of a single table's page."""
    host.on("/page", page, headers={"Content-Type": "text/html; charset=utf-8"})
    return await poll(host, http, url=host.url("/page"), **options)


def figures(polled: Poll) -> list[tuple[str, str, float | None, str | None]]:
    """Series, period, value and unit of what came."""
    seen = [signal.observation for signal in polled.signals]
    return [(one.series, one.period, one.value, one.unit) for one in seen if one]


def publish(host: Host, months: Mapping[str, str], **options: Any) -> None:
    """The list, and a page for each month."""
    links = {month: f"http://127.0.0.1/Statics/{month}.html" for month in months}
    host.on(INDEX, index({"(5) Exports (in USD)": {}, TITLE: links}, **options))
    for month, page in months.items():
        host.on(f"/Statics/{month}.html", page)


def month(name: str, number: int, exports: float, year: int = 2026) -> str:
    """A month's page by country."""
    return by_country(f"{name} {year}", number, {"Japan": (exports, 10.0)}, date=f"{year}/{number:02}/20")


async def test_the_list_leads_to_each_months_page(host: Host, http: HttpClient) -> None:
    """Links without quotes are followed, on the host of the list alone; figures stand under their headers."""
    publish(host, {"feb": month("Feb", 2, 200), "mar": month("Mar", 3, 300)})
    polled = await poll(host, http)
    assert figures(polled) == [
        ("jp", "2026-02", 200.0, "CNY 100 million"),
        ("jp", "2026-03", 300.0, "CNY 100 million"),
    ]
    assert [signal.published_at.date().isoformat() for signal in polled.signals] == [
        "2026-02-20",
        "2026-03-20",
    ]
    assert [request.path for request in host.asked] == [INDEX, "/Statics/mar.html", "/Statics/feb.html"]


async def test_the_newest_pages_are_read_again_and_older_ones_not(host: Host, http: HttpClient) -> None:
    """What they revise is told; a month that is new is read whatever the list is called."""
    publish(host, {"jan": month("Jan", 1, 100), "feb": month("Feb", 2, 200), "mar": month("Mar", 3, 300)})
    first = await poll(host, http)
    host.asked.clear()
    publish(host, {"jan": month("Jan", 1, 999), "feb": month("Feb", 2, 200), "mar": month("Mar", 3, 301)})
    second = await poll(host, http, first.cursor)
    assert [one[1:3] for one in figures(second)] == [("2026-03", 301.0)]
    assert second.signals[0].published_at == NOW
    assert [request.path for request in host.asked] == [INDEX, "/Statics/mar.html", "/Statics/feb.html"]


async def test_an_unchanged_list_still_leads_to_its_pages(host: Host, http: HttpClient) -> None:
    """What it listed is remembered over a 304, and the pages are asked for conditionally too."""
    pages = {INDEX: index({TITLE: {"mar": "../../Statics/1.html"}}), "/Statics/1.html": month("Mar", 3, 300)}

    async def answer(request: web.Request) -> web.StreamResponse:
        if request.headers.get("If-None-Match"):
            return web.Response(status=304)
        return web.Response(text=pages[request.path], content_type="text/html", headers={"ETag": '"1"'})

    for path in pages:
        host.on(path, handler=answer)
    first = await poll(host, http)
    second = await poll(host, http, first.cursor)
    assert (len(first.signals), second.signals, second.cursor) == (1, [], first.cursor)
    assert [request.path for request in host.asked[2:]] == [INDEX, "/Statics/1.html"]


async def test_earlier_years_have_lists_of_their_own(host: Host, http: HttpClient) -> None:
    """They are read until there are months enough."""
    publish(host, {"mar": month("Mar", 3, 300)}, years=[2026, 2025, 2024])
    host.on("/statics/report/preliminary2025.html", index({TITLE: {"dec": "/Statics/old.html"}}))
    host.on("/Statics/old.html", month("Dec", 12, 200, 2025))
    polled = await poll(host, http, months=2)
    assert [one[1] for one in figures(polled)] == ["2025-12", "2026-03"]
    assert "2024" not in " ".join(request.path for request in host.asked)
    assert polled.note == ""


async def test_a_year_that_cannot_be_read_is_told(host: Host, http: HttpClient) -> None:
    """The months that there are do not wait for it."""
    publish(host, {"mar": month("Mar", 3, 300)}, years=[2026, 2025])
    polled = await poll(host, http)
    assert len(polled.signals) == 1
    assert polled.note.startswith("the list of 2025 cannot be read: ")


@pytest.mark.parametrize(("status", "settling"), [(404, False), (500, True)])
async def test_a_year_that_does_not_come_for_now_is_history_when_it_does(
    host: Host, http: HttpClient, status: int, settling: bool
) -> None:
    """Its months are no news then; a year that is gone is not waited for."""
    publish(host, {"mar": month("Mar", 3, 300)}, years=[2026, 2025])
    host.on("/statics/report/preliminary2025.html", status=status)
    second = await poll(host, http, (await poll(host, http)).cursor)
    assert second.settling is settling


async def test_a_long_history_takes_several_polls(
    host: Host, http: HttpClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Newest first, some pages a poll; until all of it is told, it is the baseline."""
    monkeypatch.setattr(gacc_module, "PAGES_A_POLL", 3)
    publish(host, {name: month(name, n, n) for n, name in enumerate(("jan", "feb", "mar", "apr", "may"), 1)})
    cursor, polls = None, []
    for _ in range(4):
        polls.append(await poll(host, http, cursor))
        cursor = polls[-1].cursor
    assert [[one[1] for one in figures(polled)] for polled in polls] == [
        ["2026-03", "2026-04", "2026-05"],
        ["2026-02"],
        ["2026-01"],
        [],
    ]
    assert [polled.settling for polled in polls] == [True, True, True, False]


@pytest.mark.parametrize("gone", [False, True])
async def test_pages_that_are_no_use_keep_no_older_one_from_being_read(
    host: Host, http: HttpClient, monkeypatch: pytest.MonkeyPatch, gone: bool
) -> None:
    """Each is tried once, then what was never read; they do not make history of what comes afterwards."""
    monkeypatch.setattr(gacc_module, "PAGES_A_POLL", 3)
    pages = {name: month(name, n, n) for n, name in enumerate(("jan", "feb", "mar", "apr", "may"), 1)}
    publish(host, pages)
    for name in ("mar", "feb"):
        host.on(f"/Statics/{name}.html", "<html><title>Soon</title></html>", status=404 if gone else 200)
    cursor = None
    for _ in range(3):
        polled = await poll(host, http, cursor)
        cursor = polled.cursor
    assert [one[1] for one in figures(polled)] == ["2026-01"]
    publish(host, pages | {"may": month("May", 5, 9)})
    revised = await poll(host, http, cursor)
    assert [one[1:3] for one in figures(revised)] == [("2026-03", 3.0), ("2026-05", 9.0)]
    assert (revised.signals[1].published_at, revised.settling) == (NOW, False)


async def test_a_test_for_humans_ends_a_poll(host: Host, http: HttpClient) -> None:
    """Whoever guards one page guards the others: nothing more is asked, nothing counts as refused."""
    publish(host, {"jan": month("Jan", 1, 100), "feb": "<html>captcha</html>", "mar": month("Mar", 3, 300)})
    first = await poll(host, http)
    assert "asks whether we are human" in first.note
    assert "/Statics/jan.html" not in [request.path for request in host.asked]
    publish(host, {"jan": month("Jan", 1, 100), "feb": month("Feb", 2, 200), "mar": month("Mar", 3, 300)})
    second = await poll(host, http, first.cursor)
    assert [one[1] for one in figures(second)] == ["2026-01", "2026-02"]
    assert second.settling


async def test_january_and_february_are_one_figure(host: Host, http: HttpClient) -> None:
    """The page has no month column, and nobody divides what it has."""
    polled = await poll_page(host, http, january_february(JAPAN))
    assert [one[:3] for one in figures(polled)] == [("jp", "2025-01..2025-02", 900.5)]


@pytest.mark.parametrize(
    ("options", "period", "value"),
    [
        ({"flow": "export"}, "2026-03", 900.5),
        ({"flow": "import"}, "2026-03", 1200.2),
        ({"flow": "total"}, "2026-03", 2100.7),
        ({"flow": "export", "span": "to_date"}, "2026-01..2026-03", 9005.0),
    ],
)
async def test_a_flow_and_a_span_are_a_column(
    host: Host, http: HttpClient, options: dict[str, Any], period: str, value: float
) -> None:
    """Exports, imports or both; the month or the year to date."""
    polled = await poll_page(host, http, by_country("Mar 2026", 3, JAPAN), **options)
    assert [one[1:3] for one in figures(polled)] == [(period, value)]


@pytest.mark.parametrize(
    ("what", "value", "unit"), [("quantity", 4000.0, "ton"), ("value", 20.0, "USD 1 million")]
)
async def test_commodities_have_quantities_and_values(
    host: Host, http: HttpClient, what: str, value: float, unit: str
) -> None:
    """Each in its unit; a row with a dash has none."""
    rows = {"ree": ["Rare-earth ore", "Rare Earth*"], "plastics": "Plastic products"}
    polled = await poll_page(
        host, http, commodities([RARE_EARTH, PLASTICS]), currency="USD", what=what, rows=rows
    )
    found = {one[0]: one[1:] for one in figures(polled)}
    assert found["ree"] == ("2025-04", value, unit)
    assert ("plastics" in found) == (what == "value")


@pytest.mark.parametrize(
    "spans", [("May", "Jan-May in Total", "Jan-May 2018 in Total"), ("5", "1to5", "1-5 Total,2018")]
)
async def test_headers_of_other_years_are_understood(
    host: Host, http: HttpClient, spans: tuple[str, str, str]
) -> None:
    """The names of months, and other ways of writing the year to date."""
    page = commodities([RARE_EARTH], when="May 2019", month=5)
    for old, new in zip(("<b>5</b>", "<b>1-5 Total</b>", "<b>1-5 Total,2024</b>"), spans, strict=True):
        page = page.replace(old, f"<b>{new}</b>")
    polled = await poll_page(host, http, page, currency="USD", **BY_COMMODITY)
    assert [one[1:3] for one in figures(polled)] == [("2019-05", 4000.0)]


async def test_a_leading_blank_column_moves_nothing(host: Host, http: HttpClient) -> None:
    """Labels are where their header is."""
    page = commodities([("", *RARE_EARTH)]).replace(
        '<td rowspan="2"><b>Comm', '<td rowspan="2"></td><td rowspan="2"><b>Comm'
    )
    polled = await poll_page(host, http, page, currency="USD", **BY_COMMODITY)
    assert [one[2] for one in figures(polled)] == [4000.0]


@pytest.mark.parametrize("token", ["-", "—", "####", "", "*REF!", "/"])
async def test_a_missing_figure_is_not_published(host: Host, http: HttpClient, token: str) -> None:
    """Whatever stands there; the row's other figures are read."""
    row = (*RARE_EARTH[:2], token, *RARE_EARTH[3:])
    polled = await poll_page(
        host, http, commodities([row, ("Steel", *RARE_EARTH[1:])]), currency="USD", **BY_COMMODITY
    )
    assert polled.signals == []


async def test_an_older_page_that_is_refused_does_not_hold_up_the_others(
    host: Host, http: HttpClient
) -> None:
    """The note says why, and it is asked for again."""
    bad = month("Jan", 1, 100).replace("Unit: CNY 100 Million", "Unit: USD 1 Million")
    publish(host, {"jan": bad, "feb": month("Feb", 2, 200), "mar": month("Mar", 3, 300)})
    first = await poll(host, http)
    second = await poll(host, http, first.cursor)
    for polled, count in ((first, 2), (second, 0)):
        assert len(polled.signals) == count
        assert "contradicts itself" in polled.note
    publish(host, {"jan": month("Jan", 1, 100), "feb": month("Feb", 2, 200), "mar": month("Mar", 3, 300)})
    assert [one[1] for one in figures(await poll(host, http, second.cursor))] == ["2026-01"]


async def test_the_newest_page_refused_is_a_failure(host: Host, http: HttpClient) -> None:
    """It is what everybody waits for."""
    publish(host, {"feb": month("Feb", 2, 200), "mar": "<html><title>Soon</title></html>"})
    with pytest.raises(SourceError, match="“Soon”"):
        await poll(host, http)


async def test_pages_that_stop_coming_are_told(host: Host, http: HttpClient) -> None:
    """What came is told; the rest is asked for at the next poll, and still is history then."""
    publish(host, {"feb": month("Feb", 2, 200), "mar": month("Mar", 3, 300)})
    host.on("/Statics/feb.html", status=500)
    first = await poll(host, http)
    assert [one[1] for one in figures(first)] == ["2026-03"]
    assert "failed (500)" in first.note
    host.on("/Statics/feb.html", month("Feb", 2, 200))
    second = await poll(host, http, first.cursor)
    assert second.signals[0].published_at == datetime(2026, 2, 20, tzinfo=UTC)
    host.on("/Statics/feb.html", status=429, headers={"Retry-After": "60"})
    with pytest.raises(SourceError, match="fewer requests"):
        await poll(host, http, second.cursor)


async def test_figures_of_another_unit_are_left_out(host: Host, http: HttpClient) -> None:
    """They cannot be compared with those of the newest page."""
    old = month("Feb", 2, 200).replace("CNY 100 Million", "CNY 10,000")
    publish(host, {"feb": old, "mar": month("Mar", 3, 300)})
    polled = await poll(host, http)
    assert [one[1] for one in figures(polled)] == ["2026-03"]
    assert polled.note == "2026-02 of jp comes in CNY 10,000 and is left out"


async def test_some_rows_absent_are_unseen(host: Host, http: HttpClient) -> None:
    """The others are read, and one that was reworded is named."""
    polled = await poll_page(
        host, http, by_country("Mar 2026", 3, JAPAN), rows={"jp": "Japan", "fj": "Fiji", "x": "Japan (JP)"}
    )
    reworded = "Mar 2026 has no row 'Japan (JP)'; the closest is 'Japan'"
    assert (len(polled.signals), polled.unseen) == (1, ("Mar 2026 has no row 'Fiji'", reworded))


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ("<html><script src=/captcha.js></script></html>", 200),
        ("<html><p>请完成验证</p></html>", 200),
        ("<html></html>", 412),
    ],
)
async def test_a_test_for_humans_is_left_alone(host: Host, http: HttpClient, body: str, status: int) -> None:
    """The source is blocked, and says why."""
    host.on(INDEX, body, status=status)
    with pytest.raises(SourceError, match=r"human|browser") as caught:
        await poll(host, http)
    assert caught.value.trouble == "blocked"


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("<html><title>Busy</title></html>", "no list of tables: a web page (“Busy”)"),
        (index({"(9) Inspection": {}}), "lists no table (4) in CNY"),
        (index({"(4) Values (in USD)": {"mar": "/a"}}), "lists no table (4) in CNY"),
    ],
)
async def test_a_list_of_another_shape_is_refused(
    host: Host, http: HttpClient, body: str, words: str
) -> None:
    """A changed page is no month without figures."""
    host.on(INDEX, body)
    with pytest.raises(SourceError) as caught:
        await poll(host, http)
    assert words in str(caught.value)


async def test_a_year_without_months_yet_is_calm(host: Host, http: HttpClient) -> None:
    """In January there is nothing: a note, no failure. Links to other places do not count."""
    links = {"mar": "http://elsewhere.example/a", "apr": "http://[", "may": "mailto:a@b"}
    host.on(INDEX, index({"（4）Values by Country/Region": links}))
    polled = await poll(host, http)
    assert (polled.signals, polled.note) == ([], "lists no months of table (4) yet")
    assert len(host.asked) == 1


async def test_a_long_note_is_cut(host: Host, http: HttpClient) -> None:
    """Three things are said, the others counted."""
    months = dict.fromkeys(("jan", "feb", "mar", "apr"), "<html><p>x</p></html>")
    publish(host, {**months, "may": month("May", 5, 500)})
    assert (await poll(host, http)).note.endswith("; and 1 more")


async def test_an_overdue_month_is_told(host: Host, http: HttpClient) -> None:
    """A release that does not come is a fact of its own."""
    polled = await poll_page(host, http, by_country("Jan 2026", 1, JAPAN), expected_within="30d")
    assert polled.overdue == ("jp: Feb 2026 was expected by 2026-03-31",)
    assert configured().declared_series() == ("jp",)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"rows": {}}, "at least 1 item"),
        ({"rows": {"jp": []}}, "at least 1 item"),
        ({"currency": "EUR"}, "CNY"),
        ({"months": 0}, "greater than"),
    ],
)
def test_what_cannot_be_is_refused(options: dict[str, Any], words: str) -> None:
    """When the configuration is read."""
    with pytest.raises(ValidationError, match=words):
        configured(**options)
