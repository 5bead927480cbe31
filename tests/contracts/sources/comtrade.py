"""UN Comtrade: fact n is the figure of the n-th month of 2025, released on a day of its own."""

import json
from collections.abc import Sequence
from typing import Any

from aiohttp import web

from alerter.sources.base import SourceConfig
from alerter.sources.comtrade import ComtradeConfig
from tests.contracts.sources.sample import Answer, Fact


class ComtradeSample:
    """The keyless interface."""

    kind = "comtrade"
    keys: dict[str, str] = {}
    tells_removal = False

    def config(self, base: str) -> SourceConfig:
        """China's exports of magnets to the United States."""
        return ComtradeConfig(
            id="magnets",
            type="comtrade",
            reporter="CN",
            partner="US",
            flow="export",
            hs=("850511",),
            base_url=base,
        )

    def answer(self, request: web.BaseRequest, body: bytes, facts: Sequence[Fact]) -> Answer | None:
        """The list of releases, or the row of a month."""
        if request.path == "/public/v1/getDa/C/M/HS":
            return _listed([_release(fact) for fact in facts])
        if request.path == "/public/v1/preview/C/M/HS":
            return _listed([_row(fact) for fact in facts if _month(fact) == request.query["period"]])
        return None

    def strange(self, request: web.BaseRequest) -> Answer:
        """Other names."""
        return Answer(json.dumps({"rows": [{"when": "2025-05", "weight": 7}]}).encode())


def _listed(rows: Sequence[dict[str, Any]]) -> Answer:
    return Answer(json.dumps({"count": len(rows), "data": rows, "error": ""}).encode())


def _month(fact: Fact) -> str:
    return f"2025{fact.number:02}"


def _release(fact: Fact) -> dict[str, Any]:
    return {
        "period": int(_month(fact)),
        "reporterCode": 156,
        "datasetChecksum": fact.number * 1000 + fact.version,
        "firstReleased": f"2025-06-{fact.number + 1:02}T00:00:00",
        "lastReleased": f"2025-06-{fact.number + fact.version:02}T00:00:00",
    }


def _row(fact: Fact) -> dict[str, Any]:
    return {
        "period": _month(fact),
        "refMonth": fact.number,
        "reporterCode": 156,
        "partnerCode": 842,
        "partner2Code": 0,
        "motCode": 0,
        "customsCode": "C00",
        "flowCode": "X",
        "cmdCode": "850511",
        "qtyUnitCode": 8,
        "qty": 100.5 * fact.number * fact.version,
        "isQtyEstimated": False,
        "netWgt": 100.5 * fact.number * fact.version,
        "isNetWgtEstimated": False,
        "primaryValue": 2000.0,
    }


SAMPLE = ComtradeSample()
