"""Recorded rows of the screening list, where a folder of them is at hand: told as they stand."""

import csv
import os
from pathlib import Path

from aiohttp import web
from aiohttp.test_utils import TestServer

from alerter.core.signal import Signal
from tests.support.service import alerter, home

FOLDER = (
    Path(os.environ.get("ALERTER_RECORDINGS", Path(__file__).parents[3] / "shared" / "real"))
    / "screening-list"
)
_TOLD = (
    "programs",
    "alt_names",
    "addresses",
    "federal_register_notice",
    "start_date",
    "license_requirement",
    "license_policy",
    "remarks",
    "ids",
)


async def polled(body: bytes) -> list[Signal]:
    """What `alerter poll` writes of a list that is this."""

    async def answer(_request: web.BaseRequest) -> web.StreamResponse:
        return web.Response(body=body, content_type="text/csv")

    app = web.Application()
    app.router.add_get("/list", answer)
    async with TestServer(app) as server:
        with home() as place:
            place.configure(
                f'sources:\n  - {{id: csl, type: screening_list, url: "{server.make_url("/list")}"}}\n'
            )
            ended = await alerter(place, "poll", "csl")
    assert ended.code == 0, ended.err
    return [Signal.model_validate(line) for line in ended.lines]


async def test_recorded_rows_are_told_as_they_stand() -> None:
    """List, name, countries and every value that an analyst needs, row by row."""
    for path in sorted(FOLDER.glob("*.csv")):
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file))
        signals = await polled(path.read_bytes())
        assert len(signals) == len({signal.id for signal in signals}) == len(rows)
        for row, signal in zip(rows, signals, strict=True):
            assert signal.listing is not None
            assert (signal.listing.list, signal.listing.name) == (row["source"], row["name"])
            assert signal.url == row["source_list_url"]
            for column in _TOLD:
                assert " ".join(row[column].split()) in signal.text, column
            if row["start_date"]:
                assert f"{signal.published_at:%Y-%m-%d}" == row["start_date"]
            for address in row["addresses"].split("; "):
                code = address.rpartition(", ")[2]
                assert len(code) != 2 or code in signal.listing.countries
