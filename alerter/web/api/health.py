"""Probes and figures: `/livez`, `/readyz`, `/healthz`, `/metrics`."""

import asyncio
from collections.abc import Mapping

from aiohttp import web
from prometheus_client.exposition import CONTENT_TYPE_LATEST

from alerter.core.model import Frozen
from alerter.web.bodies import answer
from alerter.web.context import CONTEXT, WebContext
from alerter.web.figures import scrape
from alerter.web.operations import Operation
from alerter.web.overview import Overview, overview

READY_SECONDS = 5.0
"""Longest time that the readiness probe waits for the components' answers."""


class Liveness(Frozen):
    """The process answers."""

    status: str = "live"


class Readiness(Frozen):
    """Can the service do its work?"""

    status: str
    """`ready` or `not ready`."""
    components: dict[str, str]
    """Component → `ok`, or what is wrong with it."""


async def live(_request: web.Request) -> web.Response:
    """The event loop turns; nothing else is asked."""
    return answer(Liveness())


async def ready(request: web.Request) -> web.Response:
    """200 when every component is ok, else 503; a source that fails does not count."""
    components = await _components(request.app[CONTEXT])
    well = all(state == "ok" for state in components.values())
    shape = Readiness(status="ready" if well else "not ready", components=dict(components))
    return answer(shape, status=200 if well else 503)


async def _components(context: WebContext) -> Mapping[str, str]:
    try:
        async with asyncio.timeout(READY_SECONDS):
            return await context.readiness()
    except TimeoutError:
        return {"service": f"gave no answer within {READY_SECONDS:.0f} s"}


async def health(request: web.Request) -> web.Response:
    """Everything at a glance; 503 only when the store does not answer."""
    return answer(await overview(request.app[CONTEXT]))


async def metrics(request: web.Request) -> web.Response:
    """Prometheus figures; the gauges of queues and sources are read from the store at each scrape."""
    # content_type= would append a second charset to what already carries one
    headers = {"Content-Type": CONTENT_TYPE_LATEST}
    return web.Response(body=await scrape(request.app[CONTEXT]), headers=headers)


OPERATIONS = (
    Operation("GET", "/livez", live, "Is the process alive?", answer=Liveness),
    Operation(
        "GET", "/readyz", ready, "Is the service ready to do its work?", answer=Readiness, same_shape=(503,)
    ),
    Operation("GET", "/healthz", health, "How the service fares.", answer=Overview, problems=(503,)),
    Operation("GET", "/metrics", metrics, "Figures for Prometheus.", media="text/plain"),
)
