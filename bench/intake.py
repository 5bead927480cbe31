"""Intake to committed against bare pipelined XADD of the same bodies, in turn on one server."""

import asyncio
import tempfile
from pathlib import Path
from statistics import median
from time import perf_counter

from redis.asyncio import Redis

from alerter.clock import SystemClock
from alerter.core.signal import Signal, SignalRecord
from alerter.store.embedded import EmbeddedServer
from alerter.store.protocol import new_records
from alerter.store.redis import RedisStore
from bench.texts import a_news_text

COUNT, BATCH, ROUNDS = 5_000, 100, 5
NO_LIMIT = 2**31


async def main() -> None:
    """Print the median ratio of the rounds."""
    with tempfile.TemporaryDirectory() as name:
        server = EmbeddedServer(Path(name))
        url = await server.start()
        store, bare = RedisStore(url), Redis.from_url(url)
        try:
            await store.open()
            rounds = [await _round(store, bare, number) for number in range(ROUNDS)]
        finally:
            await store.close()
            await bare.aclose()
            await server.stop()
    ours, theirs = (median(column) for column in zip(*rounds, strict=True))
    ratio = median(mine / other for mine, other in rounds)
    print(f"intake: {ours:,.0f} signals/s committed, bare pipelined XADD {theirs:,.0f}/s, ratio {ratio:.2f}")


async def _round(store: RedisStore, bare: Redis, number: int) -> tuple[float, float]:
    records = _records(f"round{number}")
    batches = [records[first : first + BATCH] for first in range(0, COUNT, BATCH)]
    started = perf_counter()
    for batch in batches:
        await store.signals.intake(batch, backlog_limit=NO_LIMIT)
    ours = COUNT / (perf_counter() - started)
    started = perf_counter()
    for batch in batches:
        pipe = bare.pipeline(transaction=False)
        for record in batch:
            pipe.xadd("bare", {"body": record.model_dump_json()})
        await pipe.execute()
    return ours, COUNT / (perf_counter() - started)


def _records(name: str) -> list[SignalRecord]:
    now = SystemClock().now()
    signals = [
        Signal.model_validate(a_news_text(f"{name}-{n}") | {"published_at": now.isoformat()})
        for n in range(COUNT)
    ]
    return list(new_records(signals, now))


if __name__ == "__main__":
    asyncio.run(main())
