"""The real service for black-box tests: `alerter run` in processes of its own, and the other commands."""

import asyncio
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
import orjson

from tests.support.waiting import eventually, pause

COMMAND = str(Path(sys.executable).with_name("alerter"))
START_WITHIN = 30.0
"""Seconds for a service to be ready, on a busy machine."""
RETRY_ON = frozenset({429, 503})


@dataclass
class Home:
    """A folder with a configuration, data and logs, for any number of services over one store."""

    folder: Path
    environment: dict[str, str] = field(default_factory=dict)

    @property
    def config(self) -> Path:
        """The configuration's folder."""
        return self.folder / "config"

    @property
    def data(self) -> Path:
        """The data directory; an embedded store lives there."""
        return self.folder / "var"

    def configure(self, text: str, name: str = "all.yaml") -> Path:
        """Write a file of the configuration, whole at once as careful editors do."""
        self.config.mkdir(exist_ok=True)
        fresh = self.folder / f"{name}.new"
        fresh.write_text(text, encoding="utf-8")
        return fresh.replace(self.config / name)

    def variables(self, more: Mapping[str, str] | None = None) -> dict[str, str]:
        """The environment of a command: nothing of ours but what is named here."""
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("ALERTER_")}
        own = {
            "XDG_RUNTIME_DIR": str(self.folder),
            "ALERTER_DATA_DIR": str(self.data),
            "ALERTER_ALLOW_PRIVATE_NETWORKS": "true",
        }
        return inherited | own | self.environment | dict(more or {})

    @property
    def store_pid(self) -> int:
        """Process id of the embedded store's server; 0 while none has been started."""
        with suppress(OSError, ValueError):
            return int((self.data / "store" / "store.pid").read_text(encoding="ascii"))
        return 0

    def kill_store(self) -> None:
        """kill -9 of the embedded store's server."""
        if server := self.store_pid:
            with suppress(ProcessLookupError):
                os.kill(server, signal.SIGKILL)


@contextmanager
def home() -> Iterator[Home]:
    """A short folder (sockets have short paths) that is gone afterwards, with the store in it."""
    place = Home(Path(tempfile.mkdtemp(prefix="al-", dir="/tmp")))
    try:
        yield place
    finally:
        place.kill_store()
        shutil.rmtree(place.folder, ignore_errors=True)


class Service:
    """One `alerter run`, which keeps its port over kills and restarts."""

    def __init__(self, place: Home, environment: Mapping[str, str] | None = None) -> None:
        self._home = place
        self._environment = dict(environment or {})
        self._process: subprocess.Popen[bytes] | None = None
        self._log = place.folder / f"service-{len(list(place.folder.glob('service-*.log')))}.log"
        self._log.touch()
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"

    @property
    def log(self) -> list[dict[str, Any]]:
        """What the service logged so far, over all its lives."""
        lines = self._log.read_text(encoding="utf-8").splitlines()
        return [orjson.loads(line) for line in lines if line.startswith("{") and line.endswith("}")]

    @property
    def output(self) -> str:
        """Everything it wrote."""
        return self._log.read_text(encoding="utf-8")

    def events(self, name: str) -> list[dict[str, Any]]:
        """The log's lines of one event."""
        return [line for line in self.log if line.get("event") == name]

    async def start(self) -> None:
        """Start it, and wait until it is ready."""
        own = {"ALERTER_HTTP__PORT": str(self.port)} | self._environment
        command = [COMMAND, "run", "--config", str(self._home.config)]
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(  # noqa: ASYNC220  it only spawns
                command, env=self._home.variables(own), stdout=log, stderr=log, cwd=self._home.folder
            )
        try:
            await eventually(self.is_ready, within=START_WITHIN)
        except AssertionError as error:
            raise AssertionError(f"the service is not ready: {error}\n{self.output[-2000:]}") from error

    async def stop(self) -> int:
        """SIGTERM, and wait for its end; its exit code."""
        process = self._process
        if process is None:
            return 0
        process.terminate()
        await eventually(lambda: process.poll() is not None, within=30)
        self._process = None
        return process.returncode

    def kill(self) -> None:
        """kill -9."""
        if self._process:
            self._process.kill()
            self._process.wait()
            self._process = None

    def signal(self, number: signal.Signals) -> None:
        """Send a signal."""
        assert self._process, "not running"
        self._process.send_signal(number)

    async def metric(self, name: str, within: float = 10.0) -> float:
        """The value of a metric without labels."""
        text = await self.text("/metrics", within=within)
        found = re.search(rf"^{name} (\S+)$", text, re.MULTILINE)
        assert found, f"no metric {name}"
        return float(found[1])

    async def get(self, path: str) -> Any:
        """The JSON that a path answers."""
        return orjson.loads(await self.text(path))

    async def text(self, path: str, within: float = 10.0) -> str:
        """What a path answers."""
        timeout = aiohttp.ClientTimeout(total=within)
        async with aiohttp.ClientSession(timeout=timeout) as session, session.get(self.url + path) as answer:
            assert answer.status == 200, f"{path}: {answer.status} {await answer.text()}"
            return await answer.text()

    async def each(self, path: str) -> list[dict[str, Any]]:
        """Everything that a list holds, over all its pages."""
        found: list[dict[str, Any]] = []
        joined = "&" if "?" in path else "?"
        cursor = ""
        while True:
            page = await self.get(f"{path}{joined}limit=200{cursor}")
            found += page["items"]
            if page["next"] is None:
                return found
            cursor = f"&cursor={page['next']}"

    async def push(self, *signals: Mapping[str, Any]) -> list[dict[str, str]]:
        """Push signals until they are taken: what is down or busy is asked again, with the same ids."""
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=5)) as session:
            return await push(session, lambda: self.url, signals)

    async def is_ready(self) -> bool:
        """Does it answer that it can do its work?"""
        assert self._process, "not running"
        if self._process.poll() is not None:
            raise AssertionError(f"ended with {self._process.returncode}: {self.output[-2000:]}")
        with suppress(aiohttp.ClientError, TimeoutError):
            async with aiohttp.ClientSession() as session, session.get(f"{self.url}/readyz") as answer:
                return answer.status == 200
        return False


@asynccontextmanager
async def running(place: Home, environment: Mapping[str, str] | None = None) -> AsyncIterator[Service]:
    """A service that is ready; stopped at the end of the block."""
    service = Service(place, environment)
    try:
        await service.start()
        yield service
        await service.stop()
    finally:
        service.kill()


async def push(
    session: aiohttp.ClientSession, where: Any, signals: Sequence[Mapping[str, Any]]
) -> list[dict[str, str]]:
    """Push to the service that `where()` names now, again and again until it says that they are committed."""
    body = orjson.dumps(signals)
    headers = {"Content-Type": "application/json"}
    while True:
        with suppress(aiohttp.ClientError, TimeoutError):
            async with session.post(f"{where()}/api/v1/signals", data=body, headers=headers) as answer:
                if answer.status == 200:
                    results: list[dict[str, str]] = orjson.loads(await answer.read())["results"]
                    return results
                assert answer.status in RETRY_ON, f"{answer.status}: {await answer.text()}"
        await pause()


@dataclass(frozen=True)
class Ended:
    """A command that has run."""

    code: int
    out: str
    err: str

    @property
    def lines(self) -> list[Any]:
        """Its NDJSON."""
        return [orjson.loads(line) for line in self.out.splitlines()]


async def alerter(place: Home, *arguments: str, stdin: str = "", **environment: str) -> Ended:
    """Run a command to its end in the home's folder."""
    process = await asyncio.create_subprocess_exec(
        COMMAND,
        *arguments,
        env=place.variables(environment),
        cwd=place.folder,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    async with asyncio.timeout(60):
        out, err = await process.communicate(stdin.encode())
    return Ended(process.returncode or 0, out.decode(), err.decode())


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
