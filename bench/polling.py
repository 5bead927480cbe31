"""Polling: 304 answers against a bare aiohttp loop, side by side; and feeds from fetch to commit."""

import asyncio
import tempfile
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from statistics import median
from time import perf_counter

import aiohttp
import uvloop

from alerter.clock import SystemClock
from alerter.pipeline.poll import Polled, PollStage
from alerter.sources.base import SourceContext
from alerter.sources.feed import FeedConfig
from alerter.sources.http import HttpClient, Limits
from alerter.store.embedded import EmbeddedServer
from alerter.store.redis import RedisStore
from alerter.telemetry import Metrics
from bench.publisher import ETAG, publisher

POLLS, ROUNDS = 3_000, 7
AT_ONCE = (1, 20)
"""One poll after the other, and many side by side, which only spend processor time."""
FEEDS, ENTRIES = 40, 50
UNHURRIED = Limits(per_host=1_000, spacing=timedelta(0), unconditional=0)


def main() -> None:
    """Print both figures."""
    uvloop.run(_main())


async def _main() -> None:
    async with publisher() as base:
        await _unchanged(base)
        with tempfile.TemporaryDirectory() as name:
            server = EmbeddedServer(Path(name))
            url = await server.start()
            try:
                rates = [await _new_entries(base, url, f"round{number}") for number in range(ROUNDS)]
            finally:
                await server.stop()
    print(f"feeds: {median(rates):,.0f} new entries/s fetched, parsed and committed ({FEEDS} x {ENTRIES})")


async def _unchanged(base: str) -> None:
    """Polls of a feed that has not changed, against the requests alone."""
    url = f"{base}/same"
    client = HttpClient(user_agent="bench", allow_private_networks=True, limits=UNHURRIED)
    async with client, aiohttp.ClientSession() as session:
        source = FeedConfig(id="bench", type="feed", url=url).build(
            SourceContext(http=client, now=SystemClock().now, keys={})
        )
        cursor = (await source.poll(None)).cursor

        async def ours() -> None:
            await source.poll(cursor)

        async def bare() -> None:
            async with session.get(url, headers={"If-None-Match": ETAG}) as answer:
                assert answer.status == 304
                await answer.read()

        for width in AT_ONCE:
            rounds = [(await _rate(ours, width), await _rate(bare, width)) for _ in range(ROUNDS)]
            mine, theirs = (median(column) for column in zip(*rounds, strict=True))
            ratio = median(one / other for one, other in rounds)
            print(
                f"polling, {width} at once: {mine:,.0f} polls/s answered 304, bare aiohttp loop "
                f"{theirs:,.0f}/s, ratio {ratio:.2f}"
            )


async def _new_entries(base: str, store_url: str, name: str) -> float:
    """Entries a second from the first request to the last commit, all feeds due at once."""
    store, metrics = RedisStore(store_url, prefix=f"{name}:"), Metrics()
    client = HttpClient(user_agent="bench", allow_private_networks=True, limits=UNHURRIED)
    context = SourceContext(http=client, now=SystemClock().now, keys={})
    async with client:
        await store.open()
        configs = [
            FeedConfig(id=f"{name}-{n}", type="feed", url=f"{base}/feed/{name}-{n}/{ENTRIES}")
            for n in range(FEEDS)
        ]
        sources = {one.id: Polled(one, one.build(context)) for one in configs}
        stage = PollStage(store, sources, clock=SystemClock(), process="bench", metrics=metrics)
        started = perf_counter()
        while (await store.signals.backlog()).unread < FEEDS * ENTRIES:
            await stage.tick()
            await asyncio.sleep(0.005)
        taken = perf_counter() - started
        await stage.drain()
        await store.close()
    return FEEDS * ENTRIES / taken


async def _rate(call: Callable[[], Awaitable[None]], width: int) -> float:
    """Calls a second, so many at once."""

    async def several() -> None:
        for _ in range(POLLS // width):
            await call()

    started = perf_counter()
    await asyncio.gather(*(several() for _ in range(width)))
    return POLLS / (perf_counter() - started)


if __name__ == "__main__":
    main()
