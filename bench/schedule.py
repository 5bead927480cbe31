"""10,000 sources, each polled once a minute: how late polls start, and what a stall of two seconds loses."""

import asyncio
import tempfile
import time
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from statistics import quantiles
from typing import Literal

import uvloop

from alerter.clock import SystemClock
from alerter.pipeline.poll import Polled, PollStage
from alerter.sources.base import Poll, Source, SourceConfig, SourceContext
from alerter.store.embedded import EmbeddedServer
from alerter.store.protocol import SourceClaim, Store
from alerter.store.redis import RedisStore
from alerter.telemetry import Metrics

SOURCES, EVERY = 10_000, timedelta(seconds=60)
STALL_AT, END = 75.0, 110.0
"""Seconds from the start: when the loop stalls, and the end."""
STALL = 2.0


class InstantConfig(SourceConfig):
    """A source that answers at once, with nothing."""

    type: Literal["instant"] = "instant"

    def build(self, context: SourceContext) -> Source:
        """Itself."""
        return Instant()


class Instant:
    """Answers at once."""

    async def poll(self, cursor: str | None) -> Poll:
        """Nothing new."""
        return Poll((), cursor or "0")


class WatchedStage(PollStage):
    """Notes when each poll started, and how long after it was due."""

    def __init__(self, store: Store, sources: Mapping[str, Polled]) -> None:
        super().__init__(store, sources, clock=SystemClock(), process="bench", metrics=Metrics())
        self.started: list[tuple[datetime, float]] = []
        self.last: dict[str, datetime] = {}

    def _start(self, claim: SourceClaim) -> None:
        now = SystemClock().now()
        due = claim.health.next_poll_at if claim.health else None
        if due is not None:
            self.started.append((now, (now - due).total_seconds()))
        self.last[claim.source] = now
        super()._start(claim)


def main() -> None:
    """Print the lag, and how many sources were left behind by the stall."""
    uvloop.run(_main())


async def _main() -> None:
    configs = [InstantConfig(id=f"source-{number}", every=EVERY) for number in range(SOURCES)]
    sources = {config.id: Polled(config, Instant()) for config in configs}
    with tempfile.TemporaryDirectory() as name:
        server = EmbeddedServer(Path(name))
        store = RedisStore(await server.start())
        try:
            await store.open()
            stage = WatchedStage(store, sources)
            began_at, busy = SystemClock().now(), time.process_time()
            await _run(stage)
            busy = time.process_time() - busy
        finally:
            await store.close()
            await server.stop()
    _report(stage, began_at, busy)


async def _run(stage: PollStage) -> None:
    ends = asyncio.Event()
    loop = asyncio.get_running_loop()
    loop.call_later(STALL_AT, time.sleep, STALL)
    loop.call_later(END, ends.set)
    while not ends.is_set():
        await stage.turn()
    await stage.drain()


def _report(stage: WatchedStage, began_at: datetime, busy: float) -> None:
    stalled_at = began_at + timedelta(seconds=STALL_AT)
    calm = [lag for at, lag in stage.started if at < stalled_at]
    after = [lag for at, lag in stage.started if at >= stalled_at]
    overdue_at = SystemClock().now() - EVERY * 1.1 - timedelta(seconds=1)
    missed = sum(1 for name in range(SOURCES) if stage.last.get(f"source-{name}", began_at) < overdue_at)
    print(
        f"schedule: {SOURCES:,} sources every {EVERY.total_seconds():.0f} s: {len(stage.started):,} polls, "
        f"start lag p50 {_percentile(calm, 50):.0f} ms, p99 {_percentile(calm, 99):.0f} ms; after a stall of "
        f"{STALL:.0f} s at most {max(after) * 1000:.0f} ms, {missed} missed; {busy / END:.0%} of a processor"
    )


def _percentile(lags: list[float], percent: int) -> float:
    """In milliseconds."""
    return quantiles(lags, n=100)[percent - 1] * 1000


if __name__ == "__main__":
    main()
