"""Signals in by HTTP, alerts out by webhook: how many a second, how fast at 70 % of that, how much memory."""

import asyncio
import tempfile
from dataclasses import dataclass
from pathlib import Path
from statistics import quantiles
from time import perf_counter

import aiohttp
import orjson

from bench.service import Running, Sink, service, sink
from bench.texts import a_news_text

COUNT = 10_000
BATCH = 100
POSTERS = 4
MATCH_ONLY = "{id: m, type: match, any: [magnet*], per: [signal]}"
WITH_READING = "{id: e, type: event, events: [export_control_imposed, licence_required], per: [signal]}"
CONFIGURATION = """
rules:
  - %s
receivers:
  - {id: sink, webhook: {url: "%s"}}
routes:
  - {receiver: sink, group_wait: 0s, group_interval: 50ms}
"""


@dataclass(frozen=True)
class Figures:
    """What a run came to."""

    per_second: float
    cpu_us: float
    """Processor time of the service for one signal, in microseconds."""
    p50: float
    p99: float
    memory_mib: float


async def measure(rule: str) -> Figures:
    """Full speed first, then the latency at 70 % of it."""
    with tempfile.TemporaryDirectory() as name:
        async with sink() as taker:
            folder = _configured(Path(name, "config"), CONFIGURATION % (rule, taker.url))
            async with service(folder, Path(name, "data")) as running:
                await flood(running, taker, "warm", COUNT // 10, rate=None)
                started, cpu = perf_counter(), running.cpu_seconds()
                await flood(running, taker, "full", COUNT, rate=None)
                per_second = COUNT / (perf_counter() - started)
                cpu = (running.cpu_seconds() - cpu) / COUNT
                sent = await flood(running, taker, "paced", COUNT, rate=0.7 * per_second)
                waits = quantiles([taker.heard[name] - at for name, at in sent.items()], n=100)
                return Figures(per_second, cpu * 1e6, waits[49], waits[98], running.resident_mib())


def _configured(folder: Path, text: str) -> Path:
    folder.mkdir()
    (folder / "all.yaml").write_text(text, encoding="utf-8")
    return folder


async def flood(
    running: Running, taker: Sink, name: str, count: int, *, rate: float | None
) -> dict[str, float]:
    """Post so many signals, at a rate or as fast as they are taken; return when all were heard of."""
    sent: dict[str, float] = {}
    batches = [[f"{name}-{n}" for n in range(first, first + BATCH)] for first in range(0, count, BATCH)]
    taker.await_names(one for batch in batches for one in batch)
    started = perf_counter()
    async with aiohttp.ClientSession() as session:

        async def post(poster: int) -> None:
            for number in range(poster, len(batches), POSTERS):
                if rate:
                    await asyncio.sleep(max(0, started + number * BATCH / rate - perf_counter()))
                await _post(session, running, batches[number], sent)

        await asyncio.gather(*(post(poster) for poster in range(POSTERS)))
        async with asyncio.timeout(120):
            await taker.all_heard.wait()
    return sent


async def _post(
    session: aiohttp.ClientSession, running: Running, names: list[str], sent: dict[str, float]
) -> None:
    body = orjson.dumps([a_news_text(name) for name in names])
    sent.update(dict.fromkeys(names, perf_counter()))
    while True:
        headers = {"Content-Type": "application/json"}
        async with session.post(f"{running.url}/api/v1/signals", data=body, headers=headers) as answer:
            if answer.status == 200:
                return
            if answer.status != 429:
                raise RuntimeError(f"{answer.status}: {await answer.text()}")
        await asyncio.sleep(0.05)


async def main() -> None:
    """Print the figures of both configurations."""
    for name, rule in (("match only", MATCH_ONLY), ("with reading", WITH_READING)):
        got = await measure(rule)
        print(
            f"throughput, {name}: {got.per_second:,.0f} signals/s in by HTTP and out by webhook, "
            f"{got.cpu_us:.0f} µs of processor each; at 70 %: p50 {got.p50 * 1000:.0f} ms, "
            f"p99 {got.p99 * 1000:.0f} ms; service memory {got.memory_mib:.0f} MiB"
        )


if __name__ == "__main__":
    asyncio.run(main())
