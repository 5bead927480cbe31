"""Destinations on loopback for black-box tests, which can go away and come back on the same port."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

import orjson
from aiohttp import web

from tests.support.service import free_port


@dataclass(frozen=True)
class Post:
    """One notification as a webhook got it."""

    at: float
    """Seconds of the loop's clock."""
    key: str
    """Its `Idempotency-Key`."""
    alerts: tuple[dict[str, Any], ...]


@dataclass
class WebhookSink:
    """Notes every notification, after which it takes its time to answer."""

    answer_after: float = 0.0
    """Seconds; so that a kill finds sends under way."""
    posts: list[Post] = field(default_factory=list)
    port: int = field(default_factory=free_port)

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.port}/"

    @property
    def keys(self) -> Counter[str]:
        """How often each delivery came."""
        return Counter(post.key for post in self.posts)

    @property
    def told(self) -> dict[tuple[str, str], set[str]]:
        """(fingerprint, change) → the deliveries that told it."""
        told: dict[tuple[str, str], set[str]] = {}
        for post in self.posts:
            for alert in post.alerts:
                name = (alert["fingerprint"], alert["annotations"]["change"])
                told.setdefault(name, set()).add(post.key)
        return told

    @property
    def changes(self) -> list[str]:
        """The change of every alert told, in order."""
        return [alert["annotations"]["change"] for post in self.posts for alert in post.alerts]

    def labels(self, name: str) -> set[str]:
        """Every value of a label that was told."""
        return {value for post in self.posts for alert in post.alerts if (value := alert["labels"].get(name))}

    async def handle(self, request: web.Request) -> web.Response:
        """Take a notification."""
        body = orjson.loads(await request.read())
        now = asyncio.get_running_loop().time()
        self.posts.append(Post(now, request.headers["Idempotency-Key"], tuple(body["alerts"])))
        with suppress(TimeoutError):
            async with asyncio.timeout(self.answer_after):
                await asyncio.Event().wait()
        return web.Response()

    @asynccontextmanager
    async def listening(self) -> AsyncIterator["WebhookSink"]:
        """Up until the end of the block."""
        app = web.Application(client_max_size=1 << 26)
        app.router.add_post("/", self.handle)
        async with served(app, self.port):
            yield self


@asynccontextmanager
async def served(app: web.Application, port: int) -> AsyncIterator[None]:
    """The application on a port of loopback until the end of the block."""
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", port, reuse_address=True).start()
        yield
    finally:
        await runner.cleanup()
