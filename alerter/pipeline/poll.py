"""The polling stage: sources are claimed the moment they are due, and polled side by side.

A claim makes sure that one process polls a source at a time; the intake commit moves the source's cursor
together with the signals it brought, or changes nothing.
"""

import asyncio
import random
from collections.abc import Mapping
from datetime import datetime, timedelta
from itertools import takewhile

import structlog

from alerter.clock import Clock, monotonic
from alerter.core.health import SourceHealth, awaited, unconfigured, was_never_polled_for_want
from alerter.pipeline.poller import JITTER, Polled, Poller
from alerter.pipeline.supervise import wait_for
from alerter.sources.base import SourceConfig
from alerter.store.protocol import Enrolment, SourceClaim, Store
from alerter.telemetry import Metrics

__all__ = ["PollStage", "Polled"]

_log = structlog.get_logger()

AT_ONCE = 50
"""Polls under way at once in one process, the slow ones apart."""
SLOW_AFTER, SLOW_AT_MOST = 2.0, 200
"""Seconds after which a poll leaves its room to others, and how many may: they wait for the pipeline, for a
slow host, or for their turn at one that many sources share, and others' sources must not wait with them."""
SPREAD = timedelta(seconds=30)
"""Many new sources are first polled over this time, or their interval, not all at the start."""
SET_BACK = timedelta(minutes=1)
"""A clock that was set back by less only makes polls as much later."""
SHORTEST_SLEEP, LONGEST_SLEEP = 0.005, 1.0
"""Seconds between two looks at what is due: the first lets what comes due together be claimed together, the
second bounds how late a moved clock, or a source that another process freed, is noticed."""


class PollStage:
    """Polls the sources of the present configuration when they are due."""

    def __init__(
        self,
        store: Store,
        sources: Mapping[str, Polled],
        *,
        clock: Clock,
        process: str,
        metrics: Metrics,
    ) -> None:
        self._store = store
        self._sources = sources
        self._clock = clock
        self._process = process
        self._poller = Poller(store, clock=clock, metrics=metrics)
        self._polling: dict[asyncio.Task[None], float] = {}
        """Polls under way, the longest first, and when each began."""
        self._wake = asyncio.Event()
        self._looked_at = clock.now()
        self._must_enrol = True
        self._ends = False

    def reload(self, sources: Mapping[str, Polled]) -> None:
        """Poll these sources from now on."""
        self._sources = sources
        self._must_enrol = True
        self.wake()

    def wake(self) -> None:
        """Something may have come due."""
        self._wake.set()

    async def turn(self) -> None:
        """Start what is due, then wait until more comes due, or a moment has passed. Raises StoreError."""
        self._wake.clear()
        await self.tick()
        await wait_for(self._wake, await self._sleep())

    async def tick(self) -> None:
        """Start a poll of every source that is due, as far as there is room. Raises StoreError."""
        if self._must_enrol:
            await self._enrol()
        await self._heed_clock()
        if self._room <= 0 or not self._sources or self._ends:
            return
        for claim in await self._store.sources.claim(self._process, self._clock.now(), self._room):
            if self._ends:  # the process gives back what it holds when it leaves
                return
            self._start(claim)

    async def drain(self) -> None:
        """Give up the polls under way, and start no more; what they had not committed is polled again."""
        self._ends = True
        for task in self._polling:
            task.cancel()
        await asyncio.gather(*self._polling, return_exceptions=True)

    @property
    def _room(self) -> int:
        """How many polls may be started now."""
        slow_if_before = monotonic() - SLOW_AFTER
        slow = sum(1 for _ in takewhile(lambda began: began < slow_if_before, self._polling.values()))
        return AT_ONCE + min(slow, SLOW_AT_MOST) - len(self._polling)

    def _start(self, claim: SourceClaim) -> None:
        poll = self._poller.run(claim, self._sources.get(claim.source))
        task = asyncio.create_task(poll, name=f"poll {claim.source}")
        self._polling[task] = monotonic()
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        if self._room <= 0:
            self._wake.set()  # something may have been left for want of room
        del self._polling[task]

    async def _sleep(self) -> float:
        """Seconds until there is something to look for."""
        if self._room <= 0 or not self._sources or self._ends:
            return LONGEST_SLEEP
        wait = await self._store.sources.next_due(self._clock.now())
        if wait is None:
            self._must_enrol |= self._misses_its_sources
            return LONGEST_SLEEP
        return min(max(wait.total_seconds(), SHORTEST_SLEEP), LONGEST_SLEEP)

    @property
    def _misses_its_sources(self) -> bool:
        """Where nothing is scheduled: should something be? Then the store lost it."""
        return any(polled.source for polled in self._sources.values())

    async def _heed_clock(self) -> None:
        """Where the clock was set back, what was scheduled by the time before is due now, once more.

        Else it would not be polled for as long as the clock was ahead, and nobody would be told.
        """
        now = self._clock.now()
        if now < self._looked_at - SET_BACK:
            health = await self._store.sources.health()
            _log.warning("clock_set_back", seconds=round((self._looked_at - now).total_seconds()))
            await self._hasten(health, now)
            polled_once = {source for source, known in health.items() if known.last_poll_at}
            for source in self._sources.keys() - polled_once:
                await self._store.sources.hasten(source, now)
        self._looked_at = now

    async def _hasten(self, health: Mapping[str, SourceHealth], now: datetime) -> None:
        """Poll at once what was last polled in the future, and would not be again for too long."""
        for source, polled in self._sources.items():
            known = health.get(source)
            if known and _is_ahead(known, polled.config, now):
                await self._store.sources.hasten(source, now)

    async def _enrol(self) -> None:
        """Schedule the sources, once more if a reload replaces them meanwhile."""
        sources, now = self._sources, self._clock.now()
        known = await self._store.sources.health()
        spread = SPREAD if len(sources) > AT_ONCE else timedelta(0)
        enrolments = {
            source: _enrolment(polled, known.get(source), now, spread) for source, polled in sources.items()
        }
        await self._store.sources.enrol(enrolments)
        await self._hasten(known, now)
        self._must_enrol = sources is not self._sources


def _is_ahead(known: SourceHealth, config: SourceConfig, now: datetime) -> bool:
    """Was it polled by a clock ahead of this one, and is it due later than its interval allows?"""
    last, due = known.last_poll_at, known.next_poll_at
    longest = max(config.every, config.slowest or config.every) * (1 + JITTER)
    return bool(last and due and last > now + SET_BACK and due - now > longest)


def _enrolment(polled: Polled, known: SourceHealth | None, now: datetime, spread: timedelta) -> Enrolment:
    """Due within the spread; what lacks something is not polled, and its health says so at once."""
    if polled.missing:
        before = known or SourceHealth(source=polled.config.id)
        return Enrolment(None, polled.signature, unconfigured(before, polled.missing))
    due = now + min(spread, polled.config.every) * random.random()  # noqa: S311  spread, not secrecy
    stands_still = known is not None and was_never_polled_for_want(known)
    return Enrolment(due, polled.signature, awaited(known) if known and stands_still else None)
