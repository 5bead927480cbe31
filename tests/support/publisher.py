"""A publisher on loopback for black-box tests: paths, each with a document that can be changed."""

import gzip
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import format_datetime
from html import escape

from aiohttp import web

from tests.support.service import free_port
from tests.support.sinks import served


@dataclass(frozen=True)
class Document:
    """What a path answers."""

    body: bytes
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)


@dataclass
class Publisher:
    """Answers each path with its document, 404 where there is none, and counts."""

    documents: dict[str, Document] = field(default_factory=dict)
    asked: Counter[str] = field(default_factory=Counter)
    port: int = field(default_factory=free_port)

    def url(self, path: str) -> str:
        """The address of a path without its slash."""
        return f"http://127.0.0.1:{self.port}/{path}"

    async def handle(self, request: web.Request) -> web.Response:
        """Answer."""
        path = request.path.lstrip("/")
        self.asked[path] += 1
        document = self.documents.get(path, Document(b"not here", status=404))
        return web.Response(body=document.body, status=document.status, headers=document.headers)

    @asynccontextmanager
    async def listening(self) -> AsyncIterator["Publisher"]:
        """Up until the end of the block."""
        app = web.Application()
        app.router.add_get("/{tail:.*}", self.handle)
        async with served(app, self.port):
            yield self


def rss(entries: Sequence[tuple[str, str, datetime]]) -> Document:
    """A feed of (id, title, published)."""
    listed = "".join(
        f"<item><guid isPermaLink='false'>{name}</guid><title>{escape(title)}</title>"
        f"<link>https://news.example/{name}</link><pubDate>{format_datetime(at)}</pubDate></item>"
        for name, title, at in entries
    )
    text = f"<?xml version='1.0'?><rss version='2.0'><channel><title>Wire</title>{listed}</channel></rss>"
    return Document(text.encode(), headers={"Content-Type": "application/rss+xml"})


BROKEN = {
    "an-error-page": Document(b"<html><body><h1>Down for maintenance</h1></body></html>"),
    "nothing": Document(b""),
    "noise": Document(bytes(range(256)) * 8),
    "a-broken-archive": Document(b"\x1f\x8b" + b"\x00" * 40, headers={"Content-Encoding": "gzip"}),
    "a-bomb": Document(gzip.compress(b" " * 200_000_000), headers={"Content-Encoding": "gzip"}),
    "other-json": Document(b'{"error": "quota"}', headers={"Content-Type": "application/json"}),
    "cut-json": Document(b'{"version": "https://jsonfeed.org/version/1.1", "items": [{"id": "1", "ti'),
    "a-server-error": Document(b"oops", status=500),
    "a-locked-door": Document(b"no", status=403),
    "an-entity-bomb": Document(
        b"<?xml version='1.0'?><!DOCTYPE r [<!ENTITY a 'aaaaaaaaaa'><!ENTITY b '&a;&a;&a;&a;&a;&a;&a;&a;'>"
        b"<!ENTITY c '&b;&b;&b;&b;&b;&b;&b;&b;'><!ENTITY d '&c;&c;&c;&c;&c;&c;&c;&c;'>]><r>&d;</r>"
    ),
}
"""Payloads that are no feed, by path."""
