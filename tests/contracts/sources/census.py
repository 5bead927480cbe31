"""The US Census Bureau: fact n is the figure of the n-th month of 2025."""

import json
from collections.abc import Sequence

from aiohttp import web

from alerter.sources.base import SourceConfig
from alerter.sources.census import CensusConfig
from tests.contracts.sources.sample import Answer, Fact


class CensusSample:
    """Imports by commodity."""

    kind = "census"
    keys = {"census": "a-census-key"}
    tells_removal = False

    def config(self, base: str) -> SourceConfig:
        """Imports of magnets from China."""
        return CensusConfig(
            id="magnets", type="census", flow="import", hs=("8505110010",), country="CN", base_url=base
        )

    def answer(self, request: web.BaseRequest, body: bytes, facts: Sequence[Fact]) -> Answer | None:
        """The table, for those who have a key."""
        if (
            request.path != "/data/timeseries/intltrade/imports/hs"
            or request.query.get("key") != "a-census-key"
        ):
            return None
        header = ["GEN_VAL_MO", "GEN_QY1_MO", "UNIT_QY1", "I_COMMODITY", "COMM_LVL", "CTY_CODE", "time"]
        rows = [
            [
                str(5000 * fact.number * fact.version),
                "7",
                "KG",
                "8505110010",
                "HS10",
                "5700",
                f"2025-{fact.number:02}",
            ]
            for fact in facts
        ]
        return Answer(json.dumps([header, *rows]).encode())

    def strange(self, request: web.BaseRequest) -> Answer:
        """Other columns."""
        return Answer(json.dumps([["VALUE", "WHEN"], ["7", "2025-05"]]).encode())


SAMPLE = CensusSample()
