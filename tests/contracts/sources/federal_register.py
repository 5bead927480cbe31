"""The Federal Register's API: odd facts stand in an issue, even ones on public inspection."""

import json
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from aiohttp import web

from alerter.sources.base import SourceConfig
from alerter.sources.federal_register import FederalRegisterConfig
from tests.contracts.sources.sample import NOW, Answer, Fact

_PUBLISHED = "/api/v1/documents.json"
_INSPECTED = "/api/v1/public-inspection-documents/current.json"


class RegisterSample:
    """API v1."""

    kind = "federal_register"
    keys: dict[str, str] = {}
    tells_removal = False

    def config(self, base: str) -> SourceConfig:
        """All documents of all agencies."""
        return FederalRegisterConfig(id="register", type="federal_register", base_url=base)

    def answer(self, request: web.BaseRequest, body: bytes, facts: Sequence[Fact]) -> Answer | None:
        """One of the two lists."""
        if request.path == _PUBLISHED:
            return _listed([_published(fact) for fact in reversed(facts) if fact.number % 2])
        if request.path == _INSPECTED:
            return _listed([_inspected(fact) for fact in reversed(facts) if not fact.number % 2])
        return None

    def strange(self, request: web.BaseRequest) -> Answer:
        """Documents under other names."""
        return Answer(json.dumps({"total": 1, "documents": [{"id": 7, "headline": "Terbium"}]}).encode())


def _listed(rows: Sequence[dict[str, Any]]) -> Answer:
    results = {"results": rows} if rows else {}  # the API leaves the key out of an empty answer
    return Answer(json.dumps({"count": len(rows)} | results).encode())


def _document(fact: Fact) -> dict[str, Any]:
    return {
        "document_number": f"2025-{fact.number:05}",
        "title": f"Controls on Sensor Family {fact.number} ",
        "type": "Rule",
        "agencies": [{"name": "Industry and Security Bureau", "slug": "industry-and-security-bureau"}],
    }


def _published(fact: Fact) -> dict[str, Any]:
    issue = NOW - timedelta(days=6 // fact.number)
    return _document(fact) | {
        "publication_date": issue.date().isoformat(),
        "abstract": f"Licences are required; text {fact.version}.",
        "effective_on": "2025-07-01",
    }


def _inspected(fact: Fact) -> dict[str, Any]:
    return _document(fact) | {
        "filed_at": (NOW - timedelta(hours=8 - fact.number)).isoformat(),
        "publication_date": "2025-06-12",
        "toc_subject": f"Export Controls, text {fact.version}",
    }


SAMPLE = RegisterSample()
