"""Fixtures that tests of several parts share: stores, and servers under them."""

import asyncio
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from alerter.store.memory import MemoryStore
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
    pytest.importorskip("alerter.store.embedded", reason="the embedded server is not there")
    from alerter.store.embedded import EmbeddedServer  # noqa: PLC0415 - only where it exists

    from alerter.store.protocol import StoreRefused  # noqa: PLC0415 - as above

    server = EmbeddedServer(_folder(tmp_path_factory))
    loop = asyncio.new_event_loop()
    try:
        url = loop.run_until_complete(server.start())
    except StoreRefused as refused:
        pytest.skip(f"no embedded server: {refused}")
    else:
        yield url
        loop.run_until_complete(server.stop())
    finally:
        loop.close()


def _folder(factory: pytest.TempPathFactory) -> Path:
    return factory.mktemp("embedded")
