"""One docket of the Supreme Court, as its site gives it: oldest first, days without hours."""

import json
from collections.abc import Sequence
from datetime import timedelta

from aiohttp import web

from alerter.sources.base import SourceConfig
from alerter.sources.scotus import ScotusConfig
from tests.contracts.sources.sample import NOW, Answer, Fact

_DOCKET = "25-250"


class ScotusSample:
    """A docket that grows by a proceeding a fact."""

    kind = "scotus"
    keys: dict[str, str] = {}
    tells_removal = False

    def config(self, base: str) -> SourceConfig:
        """The docket."""
        return ScotusConfig(id="supreme-court", type="scotus", dockets=(_DOCKET,), base_url=base)

    def answer(self, request: web.BaseRequest, body: bytes, facts: Sequence[Fact]) -> Answer | None:
        """One proceeding a fact; a new version is worded slightly differently."""
        return _sheet(list(map(_row, facts))) if request.path == f"/RSS/Cases/JSON/{_DOCKET}.json" else None

    def strange(self, request: web.BaseRequest) -> Answer:
        """A docket whose proceedings have another name."""
        return Answer(json.dumps({"CaseNumber": _DOCKET, "PetitionerTitle": "A", "Docket": []}).encode())


def _sheet(rows: list[dict[str, str]]) -> Answer:
    docket = {
        "CaseNumber": f"{_DOCKET} ",
        "bCapitalCase": False,
        "PetitionerTitle": "Lakeside Toys, Inc., et al., Petitioners",
        "RespondentTitle": "Pe\u00f1a Reyes, et al.",
        "ProceedingsandOrder": rows,
    }
    return Answer(json.dumps(docket).encode(), "application/json")


def _row(fact: Fact) -> dict[str, str]:
    filed_on = NOW - timedelta(days=8 // fact.number)
    return {
        "Date": f"{filed_on:%b %d %Y}",
        "Text": f"Brief of amicus number {fact.number} filed, corrected {fact.version - 1} times.",
    }


SAMPLE = ScotusSample()
