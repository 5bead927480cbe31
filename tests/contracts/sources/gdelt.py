"""GDELT's DOC 2.0 API: how facts stand in its answers."""

import json
from collections.abc import Mapping, Sequence
from datetime import timedelta

from aiohttp import web

from alerter.sources.base import SourceConfig
from alerter.sources.gdelt import GdeltConfig
from tests.contracts.sources.sample import NOW, Answer, Fact


class GdeltSample:
    """Articles, the newest first."""

    kind = "gdelt"
    keys: Mapping[str, str] = {}
    tells_removal = False

    def config(self, base: str) -> SourceConfig:
        """One query."""
        return GdeltConfig(id="world", type="gdelt", query='"rare earths"', base_url=base)

    def answer(self, request: web.BaseRequest, body: bytes, facts: Sequence[Fact]) -> Answer | None:
        """All articles, whatever the window, as a test of what is told twice."""
        if request.path != "/api/v2/doc/doc":
            return None
        return Answer(json.dumps({"articles": [_row(fact) for fact in reversed(facts)]}).encode())

    def strange(self, request: web.BaseRequest) -> Answer:
        """Articles under other names."""
        return Answer(b'{"articles": [{"link": "https://paper.example/1", "headline": "t"}]}')


def _row(fact: Fact) -> dict[str, str]:
    age = timedelta(days=4) if fact.number == 1 else timedelta(hours=12 - fact.number)
    return {
        "url": f"https://paper.example/{fact.number}",
        "title": f"Rare earths, part {fact.number}, version {fact.version}",
        "seendate": f"{NOW - age:%Y%m%dT%H%M%SZ}",
        "domain": "paper.example",
        "language": "English",
        "sourcecountry": "Australia",
    }


SAMPLE = GdeltSample()
