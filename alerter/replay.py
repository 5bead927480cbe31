"""Point-in-time replay: signals through the service's own stages, over a store in memory, on a moved clock.

Rule tests and backtests both run here. What a replay says is what the live service would have said, because
reading, rules, `step` and the evaluator are the same objects; only clock and store differ.
"""

from collections.abc import AsyncIterator, Iterable
from datetime import UTC, datetime, timedelta

from alerter.assembly import Judging
from alerter.clock import ManualClock
from alerter.core.alert import Alert, Change
from alerter.core.reading import ReadSignal
from alerter.core.signal import Signal, SignalRecord
from alerter.pipeline.draft import Transition
from alerter.pipeline.evaluate import EvaluateStage
from alerter.store.memory import MemoryStore
from alerter.telemetry import Metrics

READER = "replay"
NO_LIMIT = 2**62
"""Intake in a replay is never too fast for the rest: each signal is evaluated before the next comes."""
_NOW = timedelta(0)


class Replay:
    """History as it would have been: feed signals in order of time, take the transitions."""

    def __init__(self, judging: Judging) -> None:
        self._read = judging.read
        self._clock = ManualClock(datetime.fromtimestamp(0, UTC))
        self._store = MemoryStore()
        self._transitions: list[Transition] = []
        self._evaluate = EvaluateStage(
            self._store,
            judging.rulebook,
            clock=self._clock,
            process=READER,
            metrics=Metrics(),
            on_commit=self._transitions.extend,
        )

    async def feed(self, signal: Signal) -> list[Transition]:
        """What happened up to and because of this signal, at its own time."""
        at = time_of(signal)
        await self.move_to(at, keep=True)
        record = SignalRecord(identity=signal.identity, signal=signal, seen_at=at)
        await self._store.signals.intake([record], backlog_limit=NO_LIMIT)
        queued = await self._store.signals.take(READER, 1, _NOW)
        read = [(q.entry, ReadSignal(record=q.record, reading=self._read(q.record.signal))) for q in queued]
        await self._store.signals.file(read)
        await self._evaluate.catch_up()
        return self._taken()

    async def move_to(self, instant: datetime, *, keep: bool = False) -> list[Transition]:
        """What timers do up to this time. Time never moves back: a late signal is judged when it came."""
        if instant > self._clock.now():
            self._clock.move_to(instant)
            await self._evaluate.catch_up()
        return [] if keep else self._taken()

    async def alerts(self) -> list[Alert]:
        """Every alert so far, in its latest episode and state."""
        every: list[Alert] = []
        before: str | None = None
        while page := await self._store.judgements.recent(500, before):
            every += [alert for _, alert in page]
            before = page[-1][0]
        return every

    def _taken(self) -> list[Transition]:
        taken = self._transitions.copy()
        self._transitions.clear()
        return taken


def time_of(signal: Signal) -> datetime:
    """When a replay sees the signal: as it was seen, else as it was published."""
    return (signal.seen_at or signal.published_at).astimezone(UTC)


async def replay(
    judging: Judging, signals: Iterable[Signal], *, until: datetime | None = None
) -> AsyncIterator[Transition]:
    """Every transition that people or records would know of, in order. Signals are put in order of time."""
    history = Replay(judging)
    for signal in sorted(signals, key=time_of):
        for transition in await history.feed(signal):
            yield transition
    if until:
        for transition in await history.move_to(until):
            yield transition


def describe(transition: Transition) -> dict[str, object]:
    """A transition as `alerter replay` prints it: the alert's public shape with `at` and `change`."""
    change = "resolved" if transition.change is Change.EXPIRED else transition.change
    alert = transition.alert.model_dump(mode="json", exclude={"marks", "nature", "revision"})
    return {"at": transition.at, "change": change, **alert}
