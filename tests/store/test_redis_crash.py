"""A server that is killed and started again while the pipeline works on it."""

import asyncio
import contextlib
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest

from alerter.core.reading import Reading, ReadSignal
from alerter.store.protocol import StoreError
from alerter.store.redis import RedisStore
from tests.support.servers import wait_for
from tests.support.signals import NOON, a_due, a_group, a_signal, at
from tests.support.stores import AT_ONCE, DELIVERED, commit, must_claim, offer
from tests.support.waiting import eventually, pause

SIGNALS = 150
KILLS = 3


class Server:
    """A Redis with an append-only file that can be killed and started again."""

    def __init__(self, binary: str, folder: Path) -> None:
        self.url = f"unix://{folder}/redis.sock"
        self._command = [binary, "--port", "0", "--unixsocket", f"{folder}/redis.sock", "--dir", str(folder)]
        self._command += ["--appendonly", "yes", "--appendfsync", "everysec", "--save", ""]
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it, and wait until it answers."""
        quiet = subprocess.DEVNULL
        self._process = subprocess.Popen(self._command, stdout=quiet, stderr=quiet)
        wait_for(self.url)

    def kill(self) -> None:
        """kill -9."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()


@pytest.fixture
def server() -> Iterator[Server]:
    """A running server of this test's own."""
    binary = shutil.which("redis-server")
    if binary is None:
        pytest.skip("redis-server is not installed")
    with tempfile.TemporaryDirectory(prefix="alerter-") as folder:
        server = Server(binary, Path(folder))
        server.start()
        yield server
        server.kill()


async def offer_all(store: RedisStore) -> None:
    """Offer every signal until the store says that it has it."""
    for number in range(SIGNALS):
        while True:
            try:
                await offer(store, a_signal(f"s{number}"))
                break
            except StoreError:
                await pause()


async def read_all(store: RedisStore) -> None:
    """Read until cancelled, giving up a batch whenever the store is away."""
    while True:
        try:
            queued = await store.signals.take("reader", 10, timedelta(milliseconds=50))
            filed = [(one.entry, ReadSignal(record=one.record, reading=Reading())) for one in queued]
            await store.signals.file(filed)
        except StoreError:
            await pause()


async def test_a_server_killed_in_mid_use_loses_nothing(server: Server) -> None:
    """Through three kill -9, every signal that was offered is read, exactly once."""
    store = RedisStore(server.url)
    await store.open()
    reading, offering = asyncio.create_task(read_all(store)), asyncio.create_task(offer_all(store))
    for part in range(1, KILLS + 1):
        await eventually(partial(_filed, store, part * SIGNALS // (KILLS + 1)))
        server.kill()
        server.start()
    await offering
    await eventually(partial(_filed, store, SIGNALS))
    reading.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await reading
    log = await store.signals.after("0", 2 * SIGNALS, AT_ONCE)
    assert sorted(one.record.id for _, one in log) == sorted(f"s{number}" for number in range(SIGNALS))
    assert (await store.signals.backlog()).unread == 0
    await store.close()


async def test_claims_outlive_the_server(server: Server) -> None:
    """A delivery that is being sent while the server dies is recorded when it is back."""
    store = RedisStore(server.url)
    await store.open()
    await commit(store, due=[a_due(), a_due(group=a_group("other"))])
    delivery = await must_claim(store)
    server.kill()
    with pytest.raises(StoreError):
        await store.outbox.record(delivery, DELIVERED, NOON)
    server.start()
    await store.outbox.record(delivery, DELIVERED, NOON)
    assert await store.outbox.waiting() == {"desk/console": 1}
    assert (await must_claim(store, seconds=at(3600).second + 3600)).id != delivery.id
    await store.close()


async def _filed(store: RedisStore, count: int) -> bool:
    try:
        backlog = await store.signals.backlog()
    except StoreError:
        return False
    return backlog.unevaluated >= count
