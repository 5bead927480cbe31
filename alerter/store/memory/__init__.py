"""The store in this process's memory: for replay, rule tests and every test that needs no server.

It holds the frozen values themselves and keeps each promise of `alerter.store.protocol` but one: nothing
outlives the process. One event loop may use it; each call changes all it changes before it first awaits.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

from alerter import clock
from alerter.store.memory.budgets import MemoryBudgets
from alerter.store.memory.fleet import MemoryFleet
from alerter.store.memory.judgements import MemoryJudgements
from alerter.store.memory.outbox import MemoryOutbox
from alerter.store.memory.signals import MemorySignals, ReadingLog
from alerter.store.memory.sources import MemorySources
from alerter.store.protocol import LIVENESS, Retention

__all__ = ["MemoryBudgets", "MemoryStore"]


class MemoryStore:
    """A `Store` over plain dictionaries. `monotonic` is the store's own time, in seconds."""

    def __init__(
        self, monotonic: Callable[[], float] = clock.monotonic, *, liveness: timedelta = LIVENESS
    ) -> None:
        readings = ReadingLog()
        self._fleet = MemoryFleet(monotonic, liveness=liveness)
        self._sources = MemorySources(monotonic)
        self._outbox = MemoryOutbox(monotonic)
        self._signals = MemorySignals(readings, self._sources)
        self._judgements = MemoryJudgements(readings, self._outbox, epoch=self._fleet.epoch)
        self._budgets = MemoryBudgets(monotonic)
        self._fleet.oversee(self._signals, self._sources, self._outbox)

    @property
    def fleet(self) -> MemoryFleet:
        """Which processes live, and who holds which lease."""
        return self._fleet

    @property
    def sources(self) -> MemorySources:
        """When each source is due, and how it fares."""
        return self._sources

    @property
    def signals(self) -> MemorySignals:
        """The queue to read, and the log of what was read."""
        return self._signals

    @property
    def judgements(self) -> MemoryJudgements:
        """The evaluator's state."""
        return self._judgements

    @property
    def outbox(self) -> MemoryOutbox:
        """What is due to whom, and the ledger."""
        return self._outbox

    @property
    def budgets(self) -> MemoryBudgets:
        """How many calls are left to whom."""
        return self._budgets

    async def open(self) -> None:
        """Nothing to connect to."""

    async def ping(self) -> None:
        """Always answers."""

    async def tidy(self, now: datetime, retention: Retention) -> None:
        """Let go of what is older than its retention, as the protocol says."""
        self._signals.tidy(now, retention)
        self._judgements.tidy(now, retention)
        self._outbox.tidy(now, retention)

    async def close(self) -> None:
        """Nothing to let go of: what is stored stays as long as the store is referred to."""
