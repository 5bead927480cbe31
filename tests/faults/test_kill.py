"""kill -9 of the service, of its store, and of both, while signals flow in by HTTP and out by webhook."""

import asyncio
import shutil
import subprocess
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import pairwise

import aiohttp
import pytest

from tests.support.servers import wait_for
from tests.support.service import Home, Service, home, push
from tests.support.sinks import WebhookSink
from tests.support.waiting import eventually, pause

SIGNALS, BATCH, KILLS = 1000, 10, 5
WINDOW = 200
"""Signals on their way at most, so that they flow in for as long as there are kills."""
BETWEEN = 120
"""Notifications from a restart to the next kill."""
TWICE_AT_MOST = 8
DONE_WITHIN = 10.0

CONFIGURATION = """
rules:
  - {id: magnets, type: match, any: [magnet*], per: [signal]}
receivers:
  - {id: sink, webhook: {url: "%s"}}
routes:
  - {receiver: sink, group_by: [signal], group_wait: 0s, group_interval: 50ms}
"""


@dataclass
class Flow:
    """Signals into the service and notifications out of it, while something is killed five times."""

    place: Home
    service: Service
    sink: WebhookSink
    kills: list[float] = field(default_factory=list)
    restarted_at: float = 0.0

    async def run(self, kill: Callable[[], None], restart: Callable[[], Awaitable[None]]) -> None:
        """Push, kill and restart until everything is told. Raises AssertionError when that takes too long."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._push_all())
            for _ in range(KILLS):
                wanted = len(self.sink.keys) + BETWEEN
                await eventually(lambda: len(self.sink.keys) >= wanted, within=30)  # noqa: B023
                kill()
                await self._hear_out()
                await restart()
            self.restarted_at = asyncio.get_running_loop().time()
            await eventually(lambda: len(self.sink.labels("signal")) == SIGNALS, within=DONE_WITHIN)

    async def _hear_out(self) -> None:
        """Take in what was sent before the kill, and note the time."""
        await pause()
        await pause()
        self.kills.append(asyncio.get_running_loop().time())

    async def _push_all(self) -> None:
        names = [f"report-{number}" for number in range(SIGNALS)]
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=5)) as session:
            for first in range(0, SIGNALS, BATCH):
                await eventually(lambda: len(self.sink.keys) >= first - WINDOW, within=60)  # noqa: B023
                await push(session, lambda: self.service.url, a_batch(names[first : first + BATCH]))

    def repeats(self) -> list[int]:
        """How many notifications came again because of each kill: the first kill after the one before."""
        heard: dict[str, list[float]] = {}
        for post in self.sink.posts:
            heard.setdefault(post.key, []).append(post.at)
        again = [before for times in heard.values() for before, _ in pairwise(times)]
        blamed = Counter(
            next((n for n, at in enumerate(self.kills) if at >= before), KILLS) for before in again
        )
        return [blamed[number] for number in range(KILLS + 1)]


def a_batch(names: Sequence[str]) -> list[dict[str, str]]:
    """Signals that the rule matches, one alert each."""
    common = {"source": "wire", "kind": "article", "published_at": "2025-06-09T12:00:00Z"}
    return [{"id": name, "title": f"Magnet makers wait for licences, {name}", **common} for name in names]


def check(flow: Flow) -> None:
    """Nothing is lost; what came twice is bounded, and the same delivery each time."""
    assert flow.sink.labels("signal") == {f"report-{number}" for number in range(SIGNALS)}
    repeats = flow.repeats()
    assert max(repeats[:KILLS]) <= TWICE_AT_MOST
    assert repeats[KILLS] == 0
    assert {len(keys) for keys in flow.sink.told.values()} == {1}


class Redis:
    """A Redis with an append-only file that can be killed and started again on its socket."""

    def __init__(self, place: Home) -> None:
        self._place = place
        self.url = f"unix://{place.folder}/redis.sock"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it, and wait until it answers."""
        options = {
            "port": "0",
            "unixsocket": self.url.removeprefix("unix://"),
            "dir": str(self._place.folder),
        }
        options |= {"appendonly": "yes", "appendfsync": "everysec", "save": ""}
        command = [
            "redis-server",
            *(part for name, value in options.items() for part in (f"--{name}", value)),
        ]
        self._process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        wait_for(self.url)

    def kill(self) -> None:
        """kill -9."""
        if self._process:
            self._process.kill()
            self._process.wait()


@asynccontextmanager
async def flowing(environment: Callable[[Home], Mapping[str, str]] = lambda _: {}) -> AsyncIterator[Flow]:
    """A service that tells a webhook, which takes a moment for every answer."""
    with home() as place:
        async with WebhookSink(answer_after=0.01).listening() as sink:
            place.configure(CONFIGURATION % sink.url)
            service = Service(place, environment(place))
            try:
                await service.start()
                yield Flow(place, service, sink)
            finally:
                service.kill()


async def test_a_killed_service_loses_nothing() -> None:
    """kill -9 of the service, five times: every alert arrives, at most eight a kill arrive twice."""
    async with flowing() as flow:
        await flow.run(flow.service.kill, flow.service.start)
        check(flow)


async def test_a_killed_store_loses_nothing() -> None:
    """kill -9 of the embedded store, five times: the service starts it again and goes on."""
    async with flowing() as flow:
        killed = set()

        def kill() -> None:
            killed.add(flow.place.store_pid)
            flow.place.kill_store()

        async def restarted() -> None:
            await eventually(lambda: flow.place.store_pid not in {0, *killed}, within=10)

        await flow.run(kill, restarted)
        check(flow)


async def test_a_service_and_store_killed_together_lose_nothing() -> None:
    """kill -9 of both at once, five times: every alert arrives, at most eight a kill arrive twice."""
    async with flowing() as flow:

        def kill() -> None:
            flow.place.kill_store()
            flow.service.kill()

        await flow.run(kill, flow.service.start)
        check(flow)


async def test_a_killed_redis_loses_nothing() -> None:
    """kill -9 of a Redis that is not ours to start, five times: the service waits for it and goes on."""
    if shutil.which("redis-server") is None:
        pytest.skip("redis-server is not installed")
    servers: list[Redis] = []

    def started(place: Home) -> Mapping[str, str]:
        servers.append(Redis(place))
        servers[0].start()
        return {"ALERTER_REDIS_URL": servers[0].url}

    try:
        async with flowing(started) as flow:

            async def restart() -> None:
                servers[0].start()

            await flow.run(servers[0].kill, restart)
            check(flow)
    finally:
        for server in servers:
            server.kill()
