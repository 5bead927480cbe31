"""CourtListener's API: a docket's entries in full, and the search that shows their documents."""

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from aiohttp import web

from alerter.sources.base import SourceConfig
from alerter.sources.courtlistener import CourtListenerConfig
from tests.contracts.sources.sample import NOW, Answer, Fact

_API = "/api/rest/v4/"
DOCKET = 7001


class CourtListenerSample:
    """API v4."""

    kind = "courtlistener"
    keys = {"courtlistener": "sample-key-of-the-court-listener"}
    tells_removal = False

    def config(self, base: str) -> SourceConfig:
        """One docket."""
        return CourtListenerConfig(id="docket", type="courtlistener", dockets=(DOCKET,), base_url=base)

    def answer(self, request: web.BaseRequest, body: bytes, facts: Sequence[Fact]) -> Answer | None:
        """The docket, its entries, or the search."""
        if request.path == f"{_API}dockets/{DOCKET}/":
            return _json(
                {"id": DOCKET, "court_id": "cit", "docket_number": "1:25-cv-00066", "case_name": "A v. B"}
            )
        if request.path == f"{_API}docket-entries/":
            changed = sorted(facts, key=_modified_at, reverse=True)
            return _listed([_entry(fact) for fact in changed])
        if request.path == f"{_API}search/":
            return _listed([_hit(fact) for fact in reversed(facts)])
        return None

    def strange(self, request: web.BaseRequest) -> Answer:
        """Entries under other names."""
        return _json({"total": 1, "entries": [{"key": 7, "headline": "Order"}]})


def _json(value: object) -> Answer:
    return Answer(json.dumps(value).encode())


def _listed(rows: Sequence[dict[str, Any]]) -> Answer:
    return _json({"count": len(rows), "next": None, "previous": None, "results": rows})


def _modified_at(fact: Fact) -> datetime:
    return NOW - timedelta(days=1) + timedelta(hours=fact.version + fact.number, minutes=fact.number)


def _filed_on(fact: Fact) -> str:
    return (NOW - timedelta(days=max(4 - fact.number, 0))).date().isoformat()


def _text(fact: Fact) -> str:
    return f"ORDER number {fact.number} granting the motion; text {fact.version}"


def _address(fact: Fact) -> str:
    return f"/docket/{DOCKET}/{fact.number}/a-v-b/"


def _entry(fact: Fact) -> dict[str, Any]:
    return {
        "id": 9000 + fact.number,
        "docket_id": DOCKET,
        "date_created": f"{_filed_on(fact)}T09:00:00-07:00",
        "date_modified": _modified_at(fact).isoformat(),
        "date_filed": _filed_on(fact),
        "time_filed": None,
        "entry_number": fact.number,
        "description": _text(fact),
        "recap_documents": [
            {
                "id": 500 + fact.number,
                "document_number": str(fact.number),
                "attachment_number": None,
                "description": "Order on Motion",
                "is_sealed": None,
                "absolute_url": _address(fact),
            }
        ],
    }


def _hit(fact: Fact) -> dict[str, Any]:
    return {
        "id": 500 + fact.number,
        "docket_id": DOCKET,
        "docket_entry_id": 9000 + fact.number,
        "description": _text(fact),
        "short_description": "Order on Motion",
        "entry_number": fact.number,
        "entry_date_filed": _filed_on(fact),
        "document_number": fact.number,
        "attachment_number": None,
        "absolute_url": _address(fact),
        "meta": {"date_created": f"{_filed_on(fact)}T09:00:00-07:00"},
    }


SAMPLE = CourtListenerSample()
