"""Fixtures that tests of several parts share: stores, and servers under them."""

import asyncio
import shutil
from collections.abc import Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from alerter.store.embedded import EmbeddedServer
from alerter.store.memory import MemoryStore
from alerter.store.protocol import StoreRefused
from tests.support.servers import redis_server


@pytest.fixture
def memory_store() -> MemoryStore:
    """An empty store in memory."""
    return MemoryStore()


@pytest.fixture(scope="session")
def redis_url() -> Iterator[str]:
    """A real Redis for the session; its tests empty it."""
    binary = shutil.which("redis-server")
    if binary is None:
        pytest.skip("redis-server is not installed")
    with redis_server(binary) as url:
        yield url


@pytest.fixture(scope="session")
def embedded_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The embedded server for the session; its tests empty it."""
    server = EmbeddedServer(tmp_path_factory.mktemp("embedded"))
    try:
        url = _run(server.start())
    except StoreRefused as refused:
        pytest.skip(f"no embedded server: {refused}")
    yield url
    _run(server.stop())


def _run(work: Coroutine[Any, Any, Any]) -> Any:
    """Run to its end in a thread of its own: a test's loop may be running in this one."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, work).result()
