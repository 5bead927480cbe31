"""The service as a process of its own, and its clock: moved to a step, then to whatever is due, until idle.

Idle means that every source was polled since the step, nothing waits to be read or judged, and nothing waits
to be delivered. All of that is asked over HTTP; every wait is bounded, none is fixed.
"""

import asyncio
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp
import orjson

from alerter.clock import FileClock, parse_instant
from demo.publications import Pushed, Step

CONFIG = Path(__file__).parent / "config"
GROUP_WAIT, GROUP_INTERVAL = timedelta(seconds=5), timedelta(minutes=5)
"""Of the routes in config/: what is found is due this much later."""
LOOK_EVERY = 0.04
"""Seconds between two looks at the service."""
READY_WITHIN, IDLE_WITHIN, SENT_WITHIN, STOPPED_WITHIN = 30.0, 20.0, 4.0, 20.0
FIRST_PORT, LAST_PORT = 8080, 8180


class Stuck(Exception):
    """The service did not get where it should within its time."""


class MovedClock:
    """The file that tells the service the time; it ticks on from each written instant."""

    def __init__(self, path: Path, start: datetime) -> None:
        self.path = path
        self.move_to(start)
        self._clock = FileClock(path)

    def now(self) -> datetime:
        """The time in the demo's world."""
        return self._clock.now()

    def move_to(self, instant: datetime) -> None:
        """Write an instant, whole at once."""
        fresh = self.path.with_suffix(".new")
        fresh.write_text(instant.isoformat(), encoding="utf-8")
        fresh.replace(self.path)


@dataclass
class Service:
    """A running service, over HTTP."""

    url: str
    session: aiohttp.ClientSession
    process: asyncio.subprocess.Process
    log: Path

    async def get(self, path: str) -> Any:
        """The JSON at a path. Raises aiohttp.ClientError, Stuck."""
        async with self.session.get(self.url + path) as answer:
            if answer.status != 200:
                raise Stuck(f"{path} answered {answer.status}: {(await answer.text())[:300]}")
            return orjson.loads(await answer.read())

    async def each(self, path: str) -> list[dict[str, Any]]:
        """Everything in a list, over all its pages."""
        found: list[dict[str, Any]] = []
        cursor = ""
        while True:
            page = await self.get(f"{path}?limit=200{cursor}")
            found += page["items"]
            if page["next"] is None:
                return found
            cursor = f"&cursor={page['next']}"

    async def push(self, publications: Sequence[Pushed]) -> None:
        """Push signals as another program would. Raises Stuck."""
        body = orjson.dumps([dict(one.signal) for one in publications])
        headers = {"Content-Type": "application/json"}
        async with self.session.post(f"{self.url}/api/v1/signals", data=body, headers=headers) as answer:
            if answer.status != 200:
                raise Stuck(f"the push was answered {answer.status}: {(await answer.text())[:300]}")

    def end_of_log(self) -> str:
        """The last lines that the service wrote."""
        return self.log.read_text(encoding="utf-8", errors="replace")[-2000:]


class Clockwork:
    """Takes the service from step to step."""

    def __init__(self, service: Service, clock: MovedClock) -> None:
        self.service = service
        self._clock = clock

    async def take(self, step: Step) -> None:
        """Move to the step, push what is pushed, and wait until nothing more comes of it. Raises Stuck."""
        if step.at > self._clock.now():
            self._clock.move_to(step.at)
        pushed = [one for one in step.publications if isinstance(one, Pushed)]
        if pushed:
            await self.service.push(pushed)
        async with _within(IDLE_WITHIN, f"{step.what}: the sources are not polled and judged"):
            await self._polled(step.at)
            await self._judged()
        await self._delivered(step)

    async def _polled(self, since: datetime) -> None:
        """Every source polled since then; one that is not due yet is waited for by moving on to its time."""
        while True:
            sources = (await self.service.get("/api/v1/sources"))["items"]
            behind = [one for one in sources if not _has(one["last_poll_at"], since)]
            if not behind:
                return
            due = max(
                (parse_instant(one["next_poll_at"]) for one in behind if one["next_poll_at"]), default=since
            )
            if due > self._clock.now():
                self._clock.move_to(due)
            await asyncio.sleep(LOOK_EVERY)

    async def _judged(self) -> None:
        while True:
            backlog = (await self.service.get("/healthz"))["backlog"]
            if not backlog["unread"] and not backlog["unevaluated"]:
                return
            await asyncio.sleep(LOOK_EVERY)

    async def _delivered(self, step: Step) -> None:
        """Move on by the groups' waits until nothing waits any more."""
        for wait in (GROUP_WAIT, GROUP_INTERVAL, GROUP_INTERVAL):
            if not await self._waiting():
                return None
            self._clock.move_to(self._clock.now() + wait)
            with suppress(Stuck):
                async with _within(SENT_WITHIN, ""):
                    return await self._sent()
        raise Stuck(f"{step.what}: still waiting to be delivered: {await self._waiting()}")

    async def _sent(self) -> None:
        while True:
            if not await self._waiting():
                return
            await asyncio.sleep(LOOK_EVERY)

    async def _waiting(self) -> Mapping[str, int]:
        waiting: Mapping[str, int] = (await self.service.get("/healthz"))["waiting"]
        return waiting


def _has(polled_at: str | None, since: datetime) -> bool:
    return polled_at is not None and parse_instant(polled_at) >= since


@asynccontextmanager
async def _within(seconds: float, what: str) -> AsyncIterator[None]:
    try:
        async with asyncio.timeout(seconds):
            yield
    except TimeoutError as error:
        raise Stuck(f"{what} within {seconds:.0f} s") from error


@asynccontextmanager
async def running(
    folder: Path, environment: Mapping[str, str], clock: MovedClock, *, port: int
) -> AsyncIterator[Service]:
    """`alerter run` over an embedded store in the folder, up until the end of the block. Raises Stuck."""
    url, log = f"http://127.0.0.1:{port}", folder / "service.log"
    own = {
        "ALERTER_HTTP__PORT": str(port),
        "ALERTER_PUBLIC_URL": url,
        "ALERTER_DATA_DIR": str(folder / "var"),
        "ALERTER_CLOCK_FILE": str(clock.path),
        "ALERTER_ALLOW_PRIVATE_NETWORKS": "true",
        "NO_COLOR": "1",
    }
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("ALERTER_")}
    command = [str(Path(sys.executable).with_name("alerter")), "run", "--config", str(CONFIG)]
    with log.open("wb") as written:
        process = await asyncio.create_subprocess_exec(
            *command,
            env=inherited | own | dict(environment),
            stdout=written,
            stderr=written,
            start_new_session=True,
        )
    try:
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=10)) as session:
            service = Service(url, session, process, log)
            async with _within(READY_WITHIN, "the service is not ready"):
                await _ready(service)
            yield service
    finally:
        await _stop(process)


async def _ready(service: Service) -> None:
    while service.process.returncode is None:
        with suppress(aiohttp.ClientError):
            async with service.session.get(f"{service.url}/readyz") as answer:
                if answer.status == 200:
                    return
        await asyncio.sleep(LOOK_EVERY)
    raise Stuck(f"the service ended at once:\n{service.end_of_log()}")


async def _stop(process: asyncio.subprocess.Process) -> None:
    """Let it drain; its store shuts down with it."""
    if process.returncode is not None:
        return
    process.send_signal(signal.SIGTERM)
    try:
        async with asyncio.timeout(STOPPED_WITHIN):
            await process.wait()
    except TimeoutError:
        process.kill()
        await process.wait()


def free_port(*, wished: bool) -> int:
    """8080 or the next free port when a wished-for one is to be kept; else any free one."""
    for port in range(FIRST_PORT, LAST_PORT) if wished else (0,):
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            taken: int = probe.getsockname()[1]
            return taken
    raise Stuck(f"no port from {FIRST_PORT} to {LAST_PORT} is free")
