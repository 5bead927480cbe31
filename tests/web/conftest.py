"""Fixtures of the HTTP tests: a world, and a client connected to its application over loopback."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from typing import Any

import pytest
from aiohttp.test_utils import TestClient, TestServer

from alerter.web.app import build_app
from tests.web.world import Client, World

Connect = Callable[[World], Awaitable[Client]]


@pytest.fixture
def world() -> World:
    """A fresh small service."""
    return World()


@pytest.fixture
async def connect() -> AsyncIterator[Connect]:
    """Serves a world's application and connects to it."""
    async with AsyncExitStack() as stack:

        async def to(world: World, **options: Any) -> Client:
            server = TestServer(build_app(world.context()), **options)
            return await stack.enter_async_context(TestClient(server))

        yield to


@pytest.fixture
async def client(world: World, connect: Connect) -> Client:
    """A client of the test's world."""
    return await connect(world)
