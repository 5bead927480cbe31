"""The local ticker: APScheduler runs what must happen again and again; leases decide who does the work.

Every process ticks for itself. Nothing here is stored, and nothing depends on a tick happening exactly once.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, timedelta

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.interval import IntervalTrigger

from alerter.clock import SystemClock
from alerter.store.protocol import StoreError
from alerter.telemetry import Metrics

DRAIN_TIMEOUT = 2.0
"""Seconds that ticks under way are given to end."""

_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Tick:
    """Something to run at an interval, the first time at once."""

    name: str
    every: timedelta
    run: Callable[[], Awaitable[None]]


class Scheduler:
    """Runs ticks until it is shut down. A tick that is late still runs, and never beside itself."""

    def __init__(self, metrics: Metrics) -> None:
        self._metrics = metrics
        self._failing: set[str] = set()
        self._under_way: set[asyncio.Task[None]] = set()
        # Without misfire_grace_time=None a stall of a second loses ticks without a word.
        defaults = {"misfire_grace_time": None, "coalesce": True, "max_instances": 1}
        self._scheduler = AsyncIOScheduler(timezone=UTC, job_defaults=defaults)

    @property
    def running(self) -> bool:
        """Does it tick?"""
        return bool(self._scheduler.running)

    def start(self, *ticks: Tick) -> None:
        """Begin to tick."""
        _quieten_library()
        for tick in ticks:
            self._scheduler.add_job(
                self._supervised,
                IntervalTrigger(seconds=tick.every.total_seconds(), timezone=UTC),
                args=[tick],
                id=tick.name,
                next_run_time=SystemClock().now(),
            )
        self._scheduler.start()

    async def shut_down(self) -> None:
        """Stop ticking. Ticks under way may end within a moment; then they are cancelled."""
        if not self._scheduler.running:
            return
        self._scheduler.pause()
        if self._under_way:
            await asyncio.wait(self._under_way, timeout=DRAIN_TIMEOUT)
        self._scheduler.shutdown(wait=False)  # which waits for nothing, whatever it is told
        await asyncio.sleep(0)  # the library does it in the loop's next round

    async def _supervised(self, tick: Tick) -> None:
        """A tick that fails is logged once, runs again next time, and its recovery is logged once."""
        task = asyncio.current_task()
        if task:
            self._under_way.add(task)
            task.add_done_callback(self._under_way.discard)
        try:
            await tick.run()
        except Exception as fault:  # noqa: BLE001  the ticks' supervisor: one that fails must tick again
            self._metrics.errors.labels(tick.name).inc()
            if tick.name not in self._failing:
                known = isinstance(fault, StoreError)
                _log.error(
                    "tick_failed", tick=tick.name, reason=str(fault), exc_info=None if known else fault
                )
            self._failing.add(tick.name)
        else:
            if tick.name in self._failing:
                _log.info("tick_recovered", tick=tick.name)
            self._failing.discard(tick.name)


def _quieten_library() -> None:
    """What it would say is said here: failures once, not every second that a tick waits for the store."""
    logging.getLogger("apscheduler.scheduler").setLevel(logging.ERROR)  # a tick skipped beside itself
    logging.getLogger("apscheduler.executors").setLevel(logging.CRITICAL)  # a tick cancelled at a stop
