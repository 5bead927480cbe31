"""A customs page as it was published, where it is at hand: figures of five countries, checked by hand."""

import os
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from alerter.core.signal import Signal
from tests.support.service import alerter, home

PAGE = (
    Path(os.environ.get("ALERTER_RECORDINGS", Path(__file__).parents[3] / "shared" / "real"))
    / "gacc"
    / "section4_by_country_mar2026_cny.html"
)
ROWS = {
    "us": "United States (US)",
    "de": "Germany",
    "jp": "Japan",
    "br": "Brazil",
    "ru": "Russian Federation",
}
FIGURES = {
    ("export", "month"): {"us": 2045.0, "de": 711.8, "jp": 998.7, "br": 423.6, "ru": 649.8},
    ("import", "month"): {"us": 876.1, "de": 531.7, "jp": 1271.2, "br": 537.2, "ru": 885.6},
    ("total", "month"): {"us": 2921.1, "de": 1243.6, "jp": 2269.8, "br": 960.8, "ru": 1535.4},
    ("export", "to_date"): {"us": 6777.6, "de": 2240.9, "jp": 2837.0, "br": 1324.3, "ru": 1932.8},
}


async def polled(body: bytes, flow: str, span: str) -> list[Signal]:
    """What `alerter poll` writes of a page that is this."""

    async def answer(_request: web.BaseRequest) -> web.StreamResponse:
        return web.Response(body=body, content_type="text/html")

    app = web.Application()
    app.router.add_get("/page", answer)
    async with TestServer(app) as server:
        with home() as place:
            rows = ", ".join(f'{series}: "{label}"' for series, label in ROWS.items())
            options = f"table: 4, currency: CNY, flow: {flow}, span: {span}, rows: {{{rows}}}"
            url = server.make_url("/page")
            place.configure(f'sources:\n  - {{id: cn, type: gacc, url: "{url}", {options}}}\n')
            ended = await alerter(place, "poll", "cn")
    assert ended.code == 0, ended.err
    return [Signal.model_validate(line) for line in ended.lines]


@pytest.mark.parametrize(("flow", "span"), FIGURES)
async def test_a_recorded_page_gives_the_figures_that_stand_in_it(flow: str, span: str) -> None:
    """Five countries, their flows and spans, each under its own header, in hundreds of millions of yuan."""
    for path in [PAGE] if PAGE.exists() else []:
        seen = [signal.observation for signal in await polled(path.read_bytes(), flow, span)]
        assert {one.series: one.value for one in seen if one} == FIGURES[flow, span]
        period = "2026-03" if span == "month" else "2026-01..2026-03"
        assert {(one.period, one.unit) for one in seen if one} == {(period, "CNY 100 million")}
