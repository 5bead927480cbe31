"""PortWatch's feature service: a row a day of one chokepoint."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime

from aiohttp import web

from alerter.sources.base import SourceConfig
from alerter.sources.portwatch import PortwatchConfig
from tests.contracts.sources.sample import Answer, Fact

_QUERY = "/Daily_Chokepoints_Data/FeatureServer/0/query"


class PortwatchSample:
    """One layer."""

    kind = "portwatch"
    keys: dict[str, str] = {}
    tells_removal = False

    def config(self, base: str) -> SourceConfig:
        """Tankers through one strait."""
        return PortwatchConfig(
            id="strait", type="portwatch", places=("chokepoint6",), metrics=("n_tanker",), base_url=base
        )

    def answer(self, request: web.BaseRequest, body: bytes, facts: Sequence[Fact]) -> Answer | None:
        """All days, whatever the condition; odd ones dated in milliseconds, even ones in words."""
        if request.path != _QUERY:
            return None
        offset = int(request.query["resultOffset"])
        return Answer(json.dumps({"features": [_feature(fact) for fact in facts][offset:]}).encode())

    def strange(self, request: web.BaseRequest) -> Answer:
        """A column of another name."""
        feature = {
            "attributes": {"date": "2025-05-01", "portid": "chokepoint6", "portname": "S", "tankers": 1}
        }
        return Answer(json.dumps({"features": [feature]}).encode())


def _feature(fact: Fact) -> dict[str, object]:
    day = datetime(2025, 5, fact.number, tzinfo=UTC)
    stated = int(day.timestamp() * 1000) if fact.number % 2 else day.date().isoformat()
    count = 10 * fact.number + fact.version
    return {"attributes": {"date": stated, "portid": "chokepoint6", "portname": "Strait", "n_tanker": count}}


SAMPLE = PortwatchSample()
