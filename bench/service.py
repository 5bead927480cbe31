"""A real service under load: a process of its own, fed over HTTP, heard by a webhook."""

import asyncio
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter

import aiohttp
import orjson
from aiohttp import web


@dataclass
class Sink:
    """A webhook that notes when it first heard of each signal."""

    heard: dict[str, float] = field(default_factory=dict)
    awaited: set[str] = field(default_factory=set)
    all_heard: asyncio.Event = field(default_factory=asyncio.Event)
    posts: int = 0
    url: str = ""

    async def handle(self, request: web.Request) -> web.Response:
        """Take a notification; a signal's id stands in its evidence's links."""
        now = perf_counter()
        self.posts += 1
        for alert in orjson.loads(await request.read())["alerts"]:
            name = alert["labels"]["signal"]
            self.heard.setdefault(name, now)
            self.awaited.discard(name)
        if not self.awaited:
            self.all_heard.set()
        return web.Response()

    def await_names(self, names: Iterable[str]) -> None:
        """From now on, wait until all of these were heard."""
        self.awaited = set(names)
        self.all_heard.clear()


@asynccontextmanager
async def sink() -> AsyncIterator[Sink]:
    """A sink that listens until the end of the block."""
    taker = Sink()
    app = web.Application(client_max_size=1 << 30)
    app.router.add_post("/", taker.handle)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    taker.url = f"http://127.0.0.1:{runner.addresses[0][1]}/"
    try:
        yield taker
    finally:
        await runner.cleanup()


@dataclass(frozen=True)
class Running:
    """A service that is ready."""

    url: str
    process: asyncio.subprocess.Process

    def cpu_seconds(self) -> float:
        """Processor time of the service process so far."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text(encoding="ascii").rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def resident_mib(self) -> float:
        """Memory of the service process now, without the store's."""
        pages = int(Path(f"/proc/{self.process.pid}/statm").read_text(encoding="ascii").split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


@asynccontextmanager
async def service(
    folder: Path, data: Path, environment: Mapping[str, str] | None = None
) -> AsyncIterator[Running]:
    """`alerter run` over an embedded store, until the end of the block."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    own = {
        "ALERTER_DATA_DIR": str(data),
        "ALERTER_HTTP__PORT": str(port),
        "ALERTER_ALLOW_PRIVATE_NETWORKS": "true",
    }
    command = [str(Path(sys.executable).with_name("alerter")), "run", "--config", str(folder)]
    log = (data.parent / "service.log").open("wb")
    process = await asyncio.create_subprocess_exec(
        *command, env={**os.environ, **own, **(environment or {})}, stdout=log, stderr=log
    )
    url = f"http://127.0.0.1:{port}"
    try:
        await _ready(url)
        yield Running(url, process)
    finally:
        process.send_signal(signal.SIGTERM)
        await process.wait()
        log.close()


async def _ready(url: str) -> None:
    async with aiohttp.ClientSession() as session, asyncio.timeout(30):
        while True:
            try:
                async with session.get(f"{url}/readyz") as answer:
                    if answer.status == 200:
                        return
            except aiohttp.ClientError:
                pass
            await asyncio.sleep(0.05)
