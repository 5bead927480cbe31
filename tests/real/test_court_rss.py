"""Recorded court feeds, where a folder of them is at hand: read as the reference parser reads them."""

import asyncio
import json
import os
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestServer

from alerter.core.signal import Signal
from tests.support.service import alerter, home

FOLDER = (
    Path(os.environ.get("ALERTER_RECORDINGS", Path(__file__).parents[3] / "shared" / "real")) / "court-rss"
)


def told(signals: Sequence[Signal]) -> list[tuple[str, str, datetime, str]]:
    """Number, case, date and text of each entry, in order of date."""
    rows = [
        (s.docket.number, s.title.removesuffix(f" [{s.text}]"), s.published_at, s.text)
        for s in signals
        if s.docket
    ]
    return sorted(rows)


def expected(path: Path) -> list[tuple[str, str, datetime, str]]:
    """The same as the reference parser tells it."""
    dockets: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))
    return sorted(
        (
            docket["docket_number"],
            docket["case_name"],
            datetime.fromisoformat(entry["date_filed"]),
            entry["description"] or entry["short_description"],
        )
        for docket in dockets
        for entry in docket["docket_entries"]
    )


async def polled(court: str, body: bytes) -> list[Signal]:
    """What `alerter poll` writes of a court whose feed is this."""

    async def answer(_request: web.BaseRequest) -> web.StreamResponse:
        return web.Response(body=body, content_type="text/xml")

    app = web.Application()
    app.router.add_get("/feed", answer)
    async with TestServer(app) as server:
        with home() as place:
            source = f'{{id: court, type: court_rss, court: {court}, url: "{server.make_url("/feed")}"}}'
            place.configure(f"sources:\n  - {source}\n")
            ended = await alerter(place, "poll", "court")
    assert ended.code == 0, ended.err
    return [Signal.model_validate(line) for line in ended.lines]


async def test_recorded_feeds_read_as_the_reference_parser_reads_them() -> None:
    """Docket number, case name, date and text are equal in every recording there is."""
    recordings = sorted(FOLDER.glob("*.xml"))
    read = await asyncio.gather(*(polled(path.stem.split("_")[0], path.read_bytes()) for path in recordings))
    for path, signals in zip(recordings, read, strict=True):
        assert told(signals) == expected(path.with_suffix(".json")), path.name
        assert len({signal.id for signal in signals}) == len(signals), path.name
