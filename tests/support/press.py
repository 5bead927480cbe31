"""One source that does as its script says, under the polling stage over a store in memory."""

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any, Literal, overload

import pytest

from alerter.clock import ManualClock
from alerter.core.health import SourceHealth
from alerter.core.signal import IntakeStatus, Signal, SignalRecord
from alerter.pipeline.poll import Polled, PollStage
from alerter.sources.base import Poll, Source, SourceConfig, SourceContext
from alerter.store.memory import MemoryStore
from alerter.store.protocol import PollResult, SourceClaim
from alerter.telemetry import Metrics
from tests.support.signals import NOON, a_signal
from tests.support.waiting import eventually

Give = Callable[[], Sequence[Signal]]


class ScriptedConfig(SourceConfig):
    """A source that does as its script says."""

    type: Literal["scripted"] = "scripted"
    lacks: str = ""

    def missing(self, keys: Mapping[str, str]) -> str:
        """What the test says."""
        return self.lacks

    def build(self, context: SourceContext) -> Source:
        """One that brings nothing."""
        return Scripted(list)


class Scripted:
    """Gives what its function gives; counts the polls."""

    def __init__(self, give: Give) -> None:
        self.give = give
        self.tells: dict[str, Any] = {}
        """What else each poll says."""
        self.cursors: list[str | None] = []

    async def poll(self, cursor: str | None) -> Poll:
        """The next step of the script."""
        self.cursors.append(cursor)
        return Poll(self.give(), f"cursor-{len(self.cursors)}", **self.tells)


class Press:
    """One source over a store in memory."""

    def __init__(self, give: Give, **options: Any) -> None:
        self.clock = ManualClock(NOON)
        self.store = MemoryStore(monotonic=lambda: self.seconds)
        self.seconds = 0.0
        self.metrics = Metrics()
        self.source = Scripted(give)
        self.config = ScriptedConfig(id="press", **{"every": timedelta(minutes=10), **options})
        self.stage = self.a_stage("p1")

    @property
    def polled(self) -> Polled:
        """The source as it is configured now."""
        return Polled(self.config, None if self.config.lacks else self.source, self.config.lacks)

    def a_stage(self, process: str) -> PollStage:
        """Another process over the same store."""
        sources = {"press": self.polled}
        return PollStage(self.store, sources, clock=self.clock, process=process, metrics=self.metrics)

    async def tick(self, *, polls: int) -> None:
        """One tick; wait until so many polls have ended since the beginning."""
        await self.stage.tick()
        await eventually(lambda: len(self.source.cursors) == polls and not self.stage._polling)

    async def poll_after(self, passed: timedelta) -> SourceHealth:
        """Both times go on, and the source is polled."""
        self.clock.advance(passed)
        self.seconds += passed.total_seconds()
        await self.tick(polls=len(self.source.cursors) + 1)
        return await self.told()

    async def taken(self) -> list[tuple[str, bool]]:
        """What came in: id and whether it is of the baseline."""
        queued = await self.store.signals.take("reader", 10_000, timedelta(0))
        return [(one.record.id, one.record.baseline) for one in queued]

    async def told(self) -> SourceHealth:
        """The source's health."""
        return (await self.store.sources.health())["press"]

    async def health(self) -> tuple[str, int, str]:
        """State, consecutive failures, last error."""
        health = await self.told()
        return health.state, health.failures, health.last_error


def old(name: str) -> Signal:
    """Published three days ago."""
    return a_signal(name, published_at=NOON - timedelta(days=3))


def fail(fault: BaseException) -> Give:
    """A script whose every poll fails so."""

    def give() -> Sequence[Signal]:
        raise fault

    return give


class Long(Sequence[Signal]):
    """A long list that makes its signals as they are asked for."""

    def __init__(self, length: int, make: Callable[[int], Signal] = lambda n: a_signal(f"s{n:04}")) -> None:
        self._length = length
        self._make = make
        self.longest = 0

    def __len__(self) -> int:
        return self._length

    @overload
    def __getitem__(self, index: int) -> Signal: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Signal]: ...
    def __getitem__(self, index: int | slice) -> Signal | Sequence[Signal]:
        if isinstance(index, int):
            return self._make(index)
        made = [self._make(n) for n in range(*index.indices(self._length))]
        self.longest = max(self.longest, len(made))
        return made


class Offers:
    """Watches what is offered to intake, which first gives the faults."""

    def __init__(self, press: Press, monkeypatch: pytest.MonkeyPatch) -> None:
        self.faults: list[Exception] = []
        self.seen: list[tuple[int, bool]] = []
        """Of each commit: how many signals, and whether it ended the poll."""
        self._intake = press.store.signals.intake
        monkeypatch.setattr(press.store.signals, "intake", self._take)

    async def _take(
        self, records: Sequence[SignalRecord], *, poll: PollResult | SourceClaim
    ) -> Sequence[IntakeStatus]:
        if self.faults:
            raise self.faults.pop(0)
        self.seen.append((len(records), isinstance(poll, PollResult)))
        return await self._intake(records, poll=poll)
