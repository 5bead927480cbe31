"""The other side of every connection, on loopback: news outlets, the Federal Register, Slack and a mailbox.

What is published appears at its own time on the moved clock, and not before. Formats: RSS 2.0; Federal
Register API v1; Slack's Web API (`chat.postMessage`, `chat.update`, `conversations.history`); SMTP.
"""

import asyncio
import hashlib
import itertools
import xml.etree.ElementTree as ET
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import format_datetime
from typing import Any

import orjson
from aiohttp import web
from aiosmtpd.smtp import SMTP, Envelope, Session

from demo.publications import NAMES, SITES, Article, Document, Outlet, Publication

Now = Callable[[], datetime]


@dataclass
class Press:
    """An outlet's feed: RSS 2.0, newest first, with a validator for conditional requests."""

    outlet: Outlet
    articles: Sequence[Article]
    now: Now
    not_modified: int = 0

    def app(self) -> web.Application:
        """The outlet's site."""
        app = web.Application()
        app.router.add_get("/feed.xml", self._feed)
        return app

    async def _feed(self, request: web.Request) -> web.Response:
        body = self._document()
        tag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
        if request.headers.get("If-None-Match") == tag:
            self.not_modified += 1
            return web.Response(status=304, headers={"ETag": tag})
        return web.Response(body=body, content_type="application/rss+xml", headers={"ETag": tag})

    def _document(self) -> bytes:
        root = ET.Element("rss", version="2.0")
        channel = ET.SubElement(root, "channel")
        _add(channel, title=NAMES[self.outlet], link=SITES[self.outlet], description="News", language="en")
        out = [article for article in self.articles if article.at <= self.now()]
        for article in sorted(out, key=lambda one: one.at, reverse=True):
            entry = ET.SubElement(channel, "item")
            _add(entry, title=article.title, link=article.url, description=article.text)
            ET.SubElement(entry, "guid", isPermaLink="false").text = f"{self.outlet}:{article.url}"
            _add(entry, pubDate=format_datetime(article.at))
        document: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
        return document


def _add(parent: ET.Element, **texts: str) -> None:
    for name, text in texts.items():
        ET.SubElement(parent, name).text = text


@dataclass
class Register:
    """The Federal Register's API v1: issues, and what is on public inspection before it is printed."""

    documents: Sequence[Document]
    now: Now

    def app(self) -> web.Application:
        """The two lists that are polled."""
        app = web.Application()
        app.router.add_get("/api/v1/documents.json", self._issues)
        app.router.add_get("/api/v1/public-inspection-documents/current.json", self._inspection)
        return app

    async def _issues(self, request: web.Request) -> web.Response:
        asked = request.query
        first = asked.get("conditions[publication_date][gte]", "")
        last = asked.get("conditions[publication_date][lte]", "9999")
        fields = asked.getall("fields[]", [])
        rows = [
            {name: one.row.get(name) for name in fields}
            for one in self._out("issue")
            if first <= one.row["publication_date"] <= last
        ]
        if not rows:  # as the real one answers: no `results` at all
            return web.json_response({"count": 0, "description": "Documents"})
        return web.json_response({"count": len(rows), "total_pages": 1, "results": rows})

    async def _inspection(self, _request: web.Request) -> web.Response:
        printed = {one.number for one in self._out("issue")}
        rows = [dict(one.row) for one in self._out("inspection") if one.number not in printed]
        return web.json_response({"count": len(rows), "results": rows})

    def _out(self, stage: str) -> list[Document]:
        now = self.now()
        return [one for one in self.documents if one.stage == stage and one.at <= now]


@dataclass
class SlackServer:
    """Slack's Web API as far as notifications need it: keeps every call's payload."""

    token: str
    payloads: list[dict[str, Any]] = field(default_factory=list)
    _stamps: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1))

    def app(self) -> web.Application:
        """The methods."""
        app = web.Application()
        app.router.add_post("/api/chat.postMessage", self._take)
        app.router.add_post("/api/chat.update", self._take)
        app.router.add_get("/api/conversations.history", self._history)
        return app

    async def _take(self, request: web.Request) -> web.Response:
        if request.headers.get("Authorization") != f"Bearer {self.token}":
            return web.json_response({"ok": False, "error": "invalid_auth"})
        payload = orjson.loads(await request.read())
        stamp = payload.get("ts") or f"1749000000.{next(self._stamps):06d}"
        self.payloads.append({**payload, "ts": stamp, "method": request.path.rpartition("/")[2]})
        return web.json_response({"ok": True, "channel": payload["channel"], "ts": stamp})

    async def _history(self, request: web.Request) -> web.Response:
        kept = [one for one in self.payloads if one["channel"] == request.query.get("channel")]
        return web.json_response(
            {"ok": True, "messages": kept[::-1], "response_metadata": {"next_cursor": ""}}
        )


@dataclass
class Mailbox:
    """A mail server that keeps what it takes: (recipient, message)."""

    mails: list[tuple[str, bytes]] = field(default_factory=list)

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802  aiosmtpd's
        """Take a message for each of its recipients."""
        content = envelope.original_content or b""
        self.mails += [(recipient, content) for recipient in envelope.rcpt_tos]
        return "250 OK"


@dataclass
class World:
    """Everything that the service talks to, and where it listens."""

    slack: SlackServer
    mailbox: Mailbox
    press: Sequence[Press]
    ports: dict[str, int] = field(default_factory=dict)

    def environment(self) -> dict[str, str]:
        """What the service has to know of all this."""
        feeds = {f"DEMO_{one.outlet.upper()}": f"{self._url(one.outlet)}/feed.xml" for one in self.press}
        return feeds | {
            "DEMO_REGISTER": self._url("register"),
            "ALERTER_SLACK__BASE_URL": f"{self._url('slack')}/api/",
            "ALERTER_SLACK__BOT_TOKEN": self.slack.token,
            "ALERTER_SMTP__HOST": "127.0.0.1",
            "ALERTER_SMTP__PORT": str(self.ports["mail"]),
            "ALERTER_SMTP__STARTTLS": "false",
            "ALERTER_SMTP__FROM": "alerter@buyer.example",
        }

    def _url(self, name: str) -> str:
        return f"http://127.0.0.1:{self.ports[name]}"


@asynccontextmanager
async def serving(publications: Sequence[Publication], now: Now) -> AsyncIterator[World]:
    """All servers, up until the end of the block."""
    articles = [one for one in publications if isinstance(one, Article)]
    press = [Press(name, [one for one in articles if one.outlet == name], now) for name in SITES]
    register = Register([one for one in publications if isinstance(one, Document)], now)
    world = World(SlackServer("xoxb-demo"), Mailbox(), press)
    async with AsyncExitStack() as stack:
        sites: dict[str, web.Application] = {one.outlet: one.app() for one in press}
        for name, app in (sites | {"register": register.app(), "slack": world.slack.app()}).items():
            world.ports[name] = await stack.enter_async_context(_site(app))
        world.ports["mail"] = await stack.enter_async_context(_mail(world.mailbox))
        yield world


@asynccontextmanager
async def _site(app: web.Application) -> AsyncIterator[int]:
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        yield runner.addresses[0][1]
    finally:
        await runner.cleanup()


@asynccontextmanager
async def _mail(mailbox: Mailbox) -> AsyncIterator[int]:
    server = await asyncio.get_running_loop().create_server(
        lambda: SMTP(mailbox, hostname="mail.buyer.example"), "127.0.0.1", 0
    )
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
