"""A Comtrade on loopback: months released, rows of trade, and what it was asked."""

import json
from datetime import UTC, datetime
from typing import Any

from aiohttp import web

from alerter.sources.base import Poll, Source, SourceContext
from alerter.sources.comtrade import ComtradeConfig
from alerter.sources.http import HttpClient
from tests.sources.conftest import Host

NOW = datetime(2025, 6, 21, 12, tzinfo=UTC)
RELEASES = "/public/v1/getDa/C/M/HS"
PREVIEW = "/public/v1/preview/C/M/HS"
KEYED = "/data/v1/get/C/M/HS"


def a_release(period: str, checksum: int = 1, **fields: Any) -> dict[str, Any]:
    """A released month."""
    return {
        "period": int(period),
        "reporterCode": 156,
        "datasetChecksum": checksum,
        "firstReleased": "2025-06-20T03:00:00",
        "lastReleased": "2025-06-20T15:00:00.123",
    } | fields


def a_row(period: str = "202505", **fields: Any) -> dict[str, Any]:
    """A row of trade."""
    return {
        "period": period,
        "refMonth": int(period[4:] or 52),
        "reporterCode": 156,
        "partnerCode": 842,
        "partner2Code": 0,
        "motCode": 0,
        "customsCode": "C00",
        "flowCode": "X",
        "cmdCode": "850511",
        "qtyUnitCode": 8,
        "qtyUnitAbbr": None,
        "qty": 1000.5,
        "isQtyEstimated": False,
        "netWgt": 1238.5,
        "isNetWgtEstimated": False,
        "primaryValue": 90_000.25,
        "isReported": True,
    } | fields


class Office:
    """A host that has released some months."""

    def __init__(self, host: Host) -> None:
        self.host = host
        self.releases: list[dict[str, Any]] = []
        self.rows: list[dict[str, Any]] = []
        self.queries: list[dict[str, str]] = []
        self.refuses_after: int | None = None
        self.extra: dict[str, Any] = {}
        host.on(RELEASES, handler=self._releases)
        host.on(PREVIEW, handler=self._trade)
        host.on(KEYED, handler=self._trade)

    async def _releases(self, request: web.Request) -> web.StreamResponse:
        body = json.dumps({"count": len(self.releases), "data": self.releases, "error": ""})
        etag = f'"{hash(body)}"'
        if request.headers.get("If-None-Match") == etag:
            return web.Response(status=304)
        return web.Response(text=body, headers={"ETag": etag})

    async def _trade(self, request: web.Request) -> web.StreamResponse:
        if self.refuses_after is not None and len(self.queries) >= self.refuses_after:
            return web.Response(status=429, headers={"Retry-After": "7200"})
        self.queries.append(dict(request.query))
        asked = request.query["period"].split(",")
        rows = [row for row in self.rows if str(row["period"]) in asked or len(str(row["period"])) == 4]
        return web.json_response({"count": len(rows), "data": rows, "error": ""} | self.extra)


def config(**options: Any) -> ComtradeConfig:
    """China's exports of magnets to the United States."""
    asked = {"reporter": "CN", "partner": "US", "flow": "export", "hs": ["850511"]}
    return ComtradeConfig.model_validate({"id": "magnets", "type": "comtrade"} | asked | options)


def build(http: HttpClient, office: Office, *, key: str = "", now: datetime = NOW, **options: Any) -> Source:
    """The source as the service builds it."""
    keys = {"comtrade": key} if key else {}
    context = SourceContext(http=http, now=lambda: now, keys=keys)
    return config(base_url=office.host.url("/"), **options).build(context)


def figures(poll: Poll) -> list[tuple[str, float | None, str | None]]:
    """Period, value and unit of each signal."""
    points = [signal.observation for signal in poll.signals]
    return [(one.period, one.value, one.unit) for one in points if one]
