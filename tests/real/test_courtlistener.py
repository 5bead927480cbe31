"""Recorded dockets, where a folder of them is at hand: served as the API would, polled from the outside."""

import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestServer

from alerter.core.signal import Signal
from tests.support.service import alerter, home

FOLDER = (
    Path(os.environ.get("ALERTER_RECORDINGS", Path(__file__).parents[3] / "shared" / "real"))
    / "courtlistener"
)
PAGE = 20
Json = dict[str, Any]


def application(docket: Json) -> web.Application:
    """The API over one docket."""
    entries = sorted(docket["docket_entries"], key=lambda entry: entry["date_modified"], reverse=True)

    async def show_docket(_request: web.Request) -> web.Response:
        return web.json_response({name: docket[name] for name in docket if name != "docket_entries"})

    async def list_entries(request: web.Request) -> web.Response:
        assert request.query["order_by"] == "-date_modified"
        start = int(request.query.get("cursor", 0))
        more = start + PAGE < len(entries)
        following = request.url.update_query(cursor=start + PAGE)
        page: Json = {"next": str(following) if more else None, "results": entries[start : start + PAGE]}
        return web.json_response(page)

    async def search(_request: web.Request) -> web.Response:
        newest = sorted(entries, key=lambda entry: str(entry["date_filed"]), reverse=True)
        hits = [hit(entry, document) for entry in newest for document in entry["recap_documents"]]
        return web.json_response({"count": len(hits), "next": None, "results": hits[:PAGE]})

    app = web.Application()
    app.router.add_get(f"/api/rest/v4/dockets/{docket['id']}/", show_docket)
    app.router.add_get("/api/rest/v4/docket-entries/", list_entries)
    app.router.add_get("/api/rest/v4/search/", search)
    return app


def hit(entry: Json, document: Json) -> Json:
    """A document as the search shows it."""
    return {
        "id": document["id"],
        "docket_id": entry["docket_id"],
        "docket_entry_id": entry["id"],
        "description": entry["description"],
        "short_description": document["description"],
        "entry_number": entry["entry_number"],
        "entry_date_filed": entry["date_filed"],
        "document_number": document["document_number"],
        "attachment_number": document["attachment_number"],
        "absolute_url": document["absolute_url"],
        "meta": {"date_created": document["date_created"]},
    }


async def polled(docket: Json, **environment: str) -> list[Signal]:
    """What `alerter poll` writes of a docket."""
    async with TestServer(application(docket)) as server:
        with home() as place:
            options = f'dockets: [{docket["id"]}], base_url: "{server.make_url("/")}"'
            place.configure(f"sources:\n  - {{id: docket, type: courtlistener, {options}}}\n")
            ended = await alerter(place, "poll", "docket", **environment)
    assert ended.code == 0, ended.err
    return [Signal.model_validate(line) for line in ended.lines]


def texts(docket: Json) -> dict[str, str]:
    """The beginning of the text of each entry that has one, in its own or in its document's description."""
    found = {}
    for entry in docket["docket_entries"]:
        documents: Sequence[Json] = entry["recap_documents"]
        said = entry["description"] or next((one["description"] for one in documents), "")
        found[f"entry:{entry['id']}"] = " ".join(said.split())[:40].strip()
    return found


async def test_a_recorded_docket_gives_every_entry_with_its_text() -> None:
    """One signal per entry, each with the words that stand in it or with its document."""
    for path in sorted(FOLDER.glob("*.json")):
        for docket in json.loads(path.read_text(encoding="utf-8")):
            signals = await polled(docket, ALERTER_KEYS__COURTLISTENER="recorded")
            expected = texts(docket)
            assert len(signals) == len(docket["docket_entries"])
            for signal in signals:
                beginning = expected.pop(signal.id or "")
                assert " ".join(signal.text.split()).startswith(beginning), signal.id
                assert signal.text or not beginning
            assert not expected
