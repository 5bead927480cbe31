"""A child process in which hostile answers are polled: what it needs is measured, and its crash is seen.

As a module it is the child: it takes lines of (kind, name) and answers with what became of the poll.
"""

import asyncio
import contextlib
import ctypes
import gc
import json
import resource
import select
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from dataclasses import asdict, dataclass, replace
from datetime import timedelta
from importlib import import_module
from pathlib import Path
from time import monotonic
from typing import BinaryIO

from alerter.core.clean import clean_signal
from alerter.sources.base import SourceConfig, SourceContext, SourceError
from alerter.sources.http import Fetch, Fetched, HttpClient, Limits
from tests.contracts.sources.sample import NOW, Sample
from tests.hostile.bodies import BODIES
from tests.hostile.wire import Body, sent

ROOT = Path(__file__).parents[2]
PATIENCE = timedelta(seconds=1)
"""What the client grants an exchange here."""
MB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Fate:
    """What became of a poll."""

    outcome: str
    """`signals`, `refused`, or `crashed`."""
    words: str
    seconds: float = 0.0
    megabytes: float = 0.0
    texts: tuple[str, ...] = ()
    """Ids, titles, texts and addresses of the signals, cleaned as intake does."""


class Cell:
    """The parent's side."""

    def __init__(self) -> None:
        self._child: subprocess.Popen[str] | None = None

    def poll(self, kind: str, body: Body, *, within: float) -> Fate:
        """The fate of a poll that is answered so."""
        child = self._child or self._start()
        assert child.stdin is not None
        assert child.stdout is not None
        child.stdin.write(json.dumps([kind, body.name]) + "\n")
        child.stdin.flush()
        ready, _, _ = select.select([child.stdout], [], [], within)
        line = child.stdout.readline() if ready else ""
        if line:
            told = json.loads(line)
            return Fate(**told | {"texts": tuple(told["texts"])})
        self.close()
        return Fate(
            "crashed", f"the process died ({child.returncode})" if ready else f"not within {within} s"
        )

    def close(self) -> None:
        """End the child."""
        if self._child is not None:
            with self._child as child:
                child.kill()
            self._child = None

    def _start(self) -> subprocess.Popen[str]:
        self._child = subprocess.Popen(
            [sys.executable, "-m", __name__],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            cwd=ROOT,
        )
        return self._child


class HastyClient(HttpClient):
    """A client that has little time, whatever the kind would grant."""

    async def fetch(self, request: Fetch) -> Fetched:
        """A hasty fetch."""
        return await super().fetch(replace(request, total=PATIENCE))

    async def download(self, request: Fetch, into: BinaryIO) -> Fetched:
        """A hasty download."""
        return await super().download(replace(request, total=PATIENCE), into)


def main() -> None:
    """Poll as told until the lines end."""
    bodies = {body.name: body for body in BODIES}
    for line in sys.stdin:
        kind, name = json.loads(line)
        print(json.dumps(asdict(asyncio.run(_measured(kind, bodies[name])))), flush=True)  # noqa: T201  the answer


async def _measured(kind: str, body: Body) -> Fate:
    sample: Sample = import_module(f"tests.contracts.sources.{kind}").SAMPLE
    async with _answering(body) as base:
        before = _settle()
        started = monotonic()
        fate = await _polled(sample, base)
        took = monotonic() - started
        return replace(fate, seconds=round(took, 2), megabytes=round((_peak() - before) / MB, 1))


async def _polled(sample: Sample, base: str) -> Fate:
    limits = Limits(spacing=timedelta(0))
    config: SourceConfig = sample.config(base)
    async with HastyClient(user_agent="alerter/test", allow_private_networks=True, limits=limits) as http:
        source = config.build(SourceContext(http=http, now=lambda: NOW, keys=sample.keys))
        try:
            poll = await source.poll(None)
        except SourceError as error:
            return Fate("refused", str(error))
        except Exception as error:  # noqa: BLE001  whatever else comes out is what these tests look for
            return Fate("crashed", repr(error))
        texts: list[str] = []
        for signal in poll.signals:
            with contextlib.suppress(ValueError):  # refused at intake, alone
                clean = clean_signal(signal, NOW)
                texts += [clean.id or "", clean.title, clean.text[:1000], clean.url or ""]
        return Fate("signals", poll.note, texts=tuple(texts[:400]))


@contextlib.asynccontextmanager
async def _answering(body: Body) -> AsyncIterator[str]:
    """A host that gives this answer to every request; it is made beforehand, where it has an end."""
    pieces = body.pieces()
    whole = pieces if isinstance(pieces, list) else None
    before = {path: list(sent(make())) for path, make in body.before.items()}

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            path = (await reader.readuntil(b"\r\n\r\n")).split()[1].decode()
            for piece in before.get(path) or whole or body.pieces():
                for part in _parts(piece):
                    writer.write(part)
                    await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    try:
        host, port = server.sockets[0].getsockname()
        yield f"http://{host}:{port}"
    finally:
        server.close()


def _parts(piece: bytes) -> Iterator[memoryview]:
    view = memoryview(piece)
    return (view[start : start + 65536] for start in range(0, len(view), 65536))


def _settle() -> int:
    """Give back what can be given back, and count the peak from here: resident bytes now."""
    gc.collect()
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).malloc_trim(0)
    with contextlib.suppress(OSError):
        Path("/proc/self/clear_refs").write_text("5")
    return _peak()


def _peak() -> int:
    """The most bytes that were resident, since the last settling where the system counts so (Linux)."""
    with contextlib.suppress(OSError):
        for line in Path("/proc/self/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024
    usage = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return usage if sys.platform == "darwin" else usage * 1024


if __name__ == "__main__":
    main()
