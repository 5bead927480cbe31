"""A scripted host on loopback, and a client that may reach it."""

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from alerter.sources.http import HttpClient, Limits

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
AGENT = "alerter/test (+https://desk.example/contact)"


class Host:
    """Answers by path as told, and remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[web.Request] = []
        self.handlers: dict[str, Handler] = {}
        app = web.Application()
        app.router.add_route("*", "/{tail:.*}", self._answer)
        self.server = TestServer(app)

    def on(
        self,
        path: str,
        body: bytes | str = b"",
        *,
        status: int = 200,
        headers: dict[str, str] | None = None,
        handler: Handler | None = None,
    ) -> None:
        """Answer this path with a body, or let a handler do it."""

        async def fixed(_request: web.Request) -> web.StreamResponse:
            raw = body.encode() if isinstance(body, str) else body
            return web.Response(body=raw, status=status, headers=headers)

        self.handlers[path] = handler or fixed

    def url(self, path: str = "/") -> str:
        """The address of a path."""
        return str(self.server.make_url(path))

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        self.asked.append(request)
        handler = self.handlers.get(request.path)
        return await handler(request) if handler else web.Response(status=404)


@pytest.fixture
async def host() -> AsyncIterator[Host]:
    """A host that knows no path yet."""
    host = Host()
    async with host.server:
        yield host


@pytest.fixture
async def other_host() -> AsyncIterator[Host]:
    """Another host, of another origin."""
    host = Host()
    async with host.server:
        yield host


@pytest.fixture
async def http() -> AsyncIterator[HttpClient]:
    """A client that may reach loopback, hurries, and never drops its conditions by chance."""
    limits = Limits(spacing=timedelta(0), body=100_000)
    async with HttpClient(
        user_agent=AGENT, allow_private_networks=True, limits=limits, chance=lambda: 1.0
    ) as client:
        yield client
