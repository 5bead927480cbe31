"""The stores that the contract holds for. Each test starts with an empty one."""

import contextlib
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Protocol

import pytest

from alerter.store.memory import MemoryStore
from alerter.store.protocol import LIVENESS, Store
from alerter.store.redis import RedisStore
from tests.support.servers import empty

FRAIL = timedelta(milliseconds=60)
"""A liveness so short that a process which stops beating dies within the test."""


class Connect(Protocol):
    """Opens a store; every one opened in a test stands on the same stored things."""

    async def __call__(self, *, liveness: timedelta = LIVENESS) -> Store: ...


@pytest.fixture(params=["memory", "redis", "embedded"])
async def connect(request: pytest.FixtureRequest) -> AsyncIterator[Connect]:
    """How to open stores of one kind."""
    if request.param == "memory":
        yield _in_memory()
        return
    url = request.getfixturevalue(f"{request.param}_url")
    empty(url)
    async with contextlib.AsyncExitStack() as opened:
        yield _on_server(url, opened)


@pytest.fixture
async def store(connect: Connect) -> Store:
    """An empty store."""
    return await connect()


@pytest.fixture
async def frail(connect: Connect) -> Store:
    """An empty store in which processes die `FRAIL` after their last beat."""
    return await connect(liveness=FRAIL)


def _in_memory() -> Connect:
    only: list[Store] = []

    async def connect(*, liveness: timedelta = LIVENESS) -> Store:
        if not only:
            only.append(MemoryStore(liveness=liveness))
        return only[0]

    return connect


def _on_server(url: str, opened: contextlib.AsyncExitStack) -> Connect:
    async def connect(*, liveness: timedelta = LIVENESS) -> Store:
        store = RedisStore(url, liveness=liveness)
        await store.open()
        opened.push_async_callback(store.close)
        return store

    return connect
