"""The web application: routes, middleware, security headers. The service composes and runs it."""

from functools import cache

import orjson
from aiohttp import web

from alerter.web import openapi
from alerter.web.admission import add_admission
from alerter.web.api import alerts, courtlistener, deliveries, health, rules, signals, sources
from alerter.web.auth import GATE, gate_of, gatekeeper
from alerter.web.bodies import BODY_LIMIT
from alerter.web.context import CONTEXT, WebContext
from alerter.web.operations import register
from alerter.web.page import STATIC, add_page
from alerter.web.problems import problems

SECURITY_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'"
    ),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "Server": "alerter",  # no word on versions
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


OPERATIONS = (
    *health.OPERATIONS,
    *signals.OPERATIONS,
    *sources.OPERATIONS,
    *alerts.OPERATIONS,
    *rules.OPERATIONS,
    *deliveries.OPERATIONS,
    *courtlistener.OPERATIONS,
    *openapi.OPERATIONS,
)


def build_app(context: WebContext) -> web.Application:
    """The application over its context. Raises ValueError when the settings' tokens make no sense."""
    app = web.Application(middlewares=[problems, gatekeeper], client_max_size=BODY_LIMIT)
    app[CONTEXT] = context
    app[GATE] = gate_of(context.settings)
    app.on_response_prepare.append(_secure)
    app[openapi.DESCRIPTION] = _description()
    app[courtlistener.ANSWERED] = courtlistener.Answered()
    add_admission(app, context.store.signals)
    register(app, OPERATIONS)
    add_page(app)
    return app


@cache
def _description() -> bytes:
    return orjson.dumps(openapi.describe(OPERATIONS))


async def _secure(request: web.Request, response: web.StreamResponse) -> None:
    response.headers.update(SECURITY_HEADERS)
    kept = request.path.startswith(STATIC)
    response.headers.setdefault("Cache-Control", "no-cache" if kept else "no-store")
