"""The page for people at `/`: what fires, what it rests on, and whether silence can be trusted.

Rendered here whole, with our own style sheet and no script; everything from outside is escaped, and only
http and https addresses become links. `/docs` lists the API's operations in the same dress.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import jinja2
import orjson
from aiohttp import web

from alerter.core.alert import Alert
from alerter.core.clean import is_web_address
from alerter.core.delivery import LedgerEntry
from alerter.core.health import standing
from alerter.core.signal import SignalRecord
from alerter.store.protocol import Store, StoreError
from alerter.web.api.sources import Source, SourceView, configured_sources, view_source
from alerter.web.context import CONTEXT, WebContext
from alerter.web.openapi import DESCRIPTION
from alerter.web.overview import Overview, overview

FOLDER = Path(__file__).parent
STATIC = "/static"
REFRESH_SECONDS = 30
ALERTS_SHOWN = 50
RESOLVED_SHOWN = 10
SIGNALS_SHOWN = 12
LINES_SHOWN = 10
SOURCES_SHOWN = 200
"""Of more, those that are not ok come first."""
LOOKED_THROUGH = 100
"""Newest alerts among which resolved ones are looked for."""

_RANK = {"critical": 0, "warning": 1, "info": 2}
_AGES = ((timedelta(days=1), "d"), (timedelta(hours=1), "h"), (timedelta(minutes=1), "min"))


@dataclass(frozen=True, slots=True)
class View:
    """Everything that the page shows."""

    at: datetime
    overview: Overview
    active: Sequence[Alert]
    resolved: Sequence[Alert]
    sources: Sequence[SourceView]
    signals: Sequence[SignalRecord]
    lines: Sequence[LedgerEntry]


async def show(request: web.Request) -> web.Response:
    """The page; 503 with a plain word when the store does not answer."""
    context = request.app[CONTEXT]
    try:
        view = await look(context)
    except StoreError:
        return _rendered(request, "down.html.j2", at=context.now(), status=503)
    return _rendered(request, "page.html.j2", view=view, at=view.at)


async def look(context: WebContext) -> View:
    """Gather what the page shows. Raises StoreError."""
    store = context.store
    seen, active, resolved, sources, signals, lines = await asyncio.gather(
        overview(context),
        store.judgements.active(),
        _resolved(store),
        configured_sources(context),
        store.signals.recent(SIGNALS_SHOWN),
        store.outbox.ledger(LINES_SHOWN),
    )
    return View(
        at=seen.at,
        overview=seen,
        active=sorted(active, key=_worst_first),
        resolved=resolved,
        sources=_shown(sources, seen.at),
        signals=[read.record for _, read in signals],
        lines=[line for _, line in lines],
    )


async def _resolved(store: Store) -> list[Alert]:
    newest = await store.judgements.recent(LOOKED_THROUGH)
    return [alert for _, alert in newest if not alert.active][:RESOLVED_SHOWN]


def _shown(sources: Sequence[Source], now: datetime) -> list[SourceView]:
    """Thousands would take too long to write, and to read."""
    if len(sources) > SOURCES_SHOWN:
        sources = sorted(sources, key=lambda source: standing(source[1], now) == "ok")[:SOURCES_SHOWN]
    return [view_source(*source, now) for source in sources]


def _worst_first(alert: Alert) -> tuple[bool, int, float]:
    return (alert.state == "pending", _RANK[alert.severity], -alert.updated_at.timestamp())


async def docs(request: web.Request) -> web.Response:
    """The API's operations, from the same description that programs read."""
    return _rendered(request, "docs.html.j2", description=orjson.loads(request.app[DESCRIPTION]))


def _rendered(request: web.Request, template: str, *, status: int = 200, **shown: Any) -> web.Response:
    text = (
        request.app[TEMPLATES]
        .get_template(template)
        .render(**shown, refresh=REFRESH_SECONDS, alerts_shown=ALERTS_SHOWN)
    )
    return web.Response(status=status, text=text, content_type="text/html")


def templates() -> jinja2.Environment:
    """The templates; whatever is put into them is escaped."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(FOLDER / "templates"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
    environment.filters |= {"instant": instant, "ago": ago, "iso": datetime.isoformat}
    environment.tests["linkable"] = is_linkable
    return environment


def instant(at: datetime | None) -> str:
    """`9 Jun 2025, 12:00 UTC`; a dash when there is none."""
    return f"{at.day} {at:%b %Y, %H:%M} UTC" if at else "—"


def ago(at: datetime | None, now: datetime) -> str:
    """`3 h ago`, in the largest whole unit; `never` when there is none."""
    if at is None:
        return "never"
    passed = abs(now - at)
    for unit, word in _AGES:
        if passed >= unit:
            return f"{passed // unit} {word} ago" if at <= now else f"in {passed // unit} {word}"
    return "just now" if at <= now else "within a minute"


def is_linkable(url: str | None) -> bool:
    """May this address become a link?"""
    return url is not None and is_web_address(url)


TEMPLATES = web.AppKey("templates", jinja2.Environment)


def add_page(app: web.Application) -> None:
    """Route `/`, `/docs` and the style sheet."""
    app[TEMPLATES] = templates()
    app.router.add_get("/", show)
    app.router.add_get("/docs", docs)
    app.router.add_static(STATIC, FOLDER / "static")
