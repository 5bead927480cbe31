"""Eurostat: fact n is the figure of the n-th month of 2025."""

import json
from collections.abc import Sequence
from typing import Any

from aiohttp import web

from alerter.sources.base import SourceConfig
from alerter.sources.eurostat import EurostatConfig
from tests.contracts.sources.sample import Answer, Fact


class EurostatSample:
    """Comext in JSON-stat."""

    kind = "eurostat"
    keys: dict[str, str] = {}
    tells_removal = False

    def config(self, base: str) -> SourceConfig:
        """The Union's imports of magnets from China."""
        return EurostatConfig(
            id="magnets", type="eurostat", partner="CN", flow="import", products=("850511",), base_url=base
        )

    def answer(self, request: web.BaseRequest, body: bytes, facts: Sequence[Fact]) -> Answer | None:
        """The cube."""
        if not request.path.endswith("/statistics/1.0/data/DS-045409"):
            return None
        months = [f"2025-{fact.number:02}" for fact in facts]
        asked = {
            "freq": ["M"],
            "reporter": ["EU27_2020"],
            "partner": ["CN"],
            "product": ["850511"],
            "flow": ["1"],
            "indicators": ["QUANTITY_IN_100KG"],
            "time": months,
        }
        values = {str(at): 10.5 * fact.number * fact.version for at, fact in enumerate(facts)}
        return Answer(json.dumps(_cube(asked, values)).encode())

    def strange(self, request: web.BaseRequest) -> Answer:
        """A cube without products."""
        return Answer(json.dumps(_cube({"geo": ["CN"], "time": ["2025-05"]}, {"0": 7})).encode())


def _cube(dimensions: dict[str, list[str]], values: dict[str, float]) -> dict[str, Any]:
    return {
        "version": "2.0",
        "class": "dataset",
        "id": list(dimensions),
        "size": [len(codes) for codes in dimensions.values()],
        "dimension": {
            name: {"category": {"index": {code: at for at, code in enumerate(codes)}}}
            for name, codes in dimensions.items()
        },
        "value": values,
    }


SAMPLE = EurostatSample()
