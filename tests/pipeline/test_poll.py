"""The polling stage: claims, baselines, backoff, and signals that are refused."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Literal

import pytest

from alerter.clock import ManualClock
from alerter.core.signal import Signal
from alerter.pipeline.poll import Polled, PollStage
from alerter.sources.base import Poll, Source, SourceConfig, SourceContext, SourceError
from alerter.store.memory import MemoryStore
from alerter.store.protocol import Busy, SourceClaim, StoreError
from alerter.telemetry import Metrics
from tests.support.signals import NOON, a_signal
from tests.support.waiting import eventually


class ScriptedConfig(SourceConfig):
    """A source that does as its script says."""

    type: Literal["scripted"] = "scripted"

    def build(self, context: SourceContext) -> Source:
        """Not built from here."""
        raise AssertionError


class Scripted:
    """Gives what its function gives; counts the polls."""

    def __init__(self, give: Callable[[], Sequence[Signal]]) -> None:
        self.give = give
        self.settling = False
        self.cursors: list[str | None] = []

    async def poll(self, cursor: str | None) -> Poll:
        """The next step of the script."""
        self.cursors.append(cursor)
        return Poll(self.give(), f"cursor-{len(self.cursors)}", settling=self.settling)


class Press:
    """One source over a store in memory."""

    def __init__(self, give: Callable[[], Sequence[Signal]]) -> None:
        self.clock = ManualClock(NOON)
        self.store = MemoryStore(monotonic=lambda: self.seconds)
        self.seconds = 0.0
        self.metrics = Metrics()
        self.source = Scripted(give)
        self.config = ScriptedConfig(id="press", every=timedelta(minutes=10))
        self.stage = self.a_stage("p1")

    def a_stage(self, process: str) -> PollStage:
        """Another process over the same store."""
        sources = {"press": Polled(self.config, self.source)}
        return PollStage(self.store, sources, clock=self.clock, process=process, metrics=self.metrics)

    async def tick(self, *, polls: int) -> None:
        """One tick; wait until so many polls have ended since the beginning."""
        await self.stage.tick()
        await eventually(lambda: len(self.source.cursors) == polls and not self.stage._polling)

    async def taken(self) -> list[tuple[str, bool]]:
        """What came in: id and whether it is of the baseline."""
        queued = await self.store.signals.take("reader", 100, timedelta(0))
        return [(one.record.id, one.record.baseline) for one in queued]

    async def health(self) -> tuple[str, int, str]:
        """State, consecutive failures, last error."""
        health = (await self.store.sources.health())["press"]
        return health.state, health.failures, health.last_error


def old(name: str) -> Signal:
    """Published three days ago."""
    return a_signal(name, published_at=NOON - timedelta(days=3))


async def test_the_first_poll_sets_the_baseline_and_later_ones_do_not() -> None:
    """What is older than max_age alerts only if it came after the first poll."""
    script = [[old("a"), a_signal("b")], [old("a"), a_signal("b"), old("late")]]
    press = Press(lambda: script.pop(0))
    await press.tick(polls=1)
    assert await press.taken() == [("a", True), ("b", False)]
    press.clock.advance(timedelta(minutes=11))
    await press.tick(polls=2)
    assert await press.taken() == [("late", False)]
    assert press.source.cursors == [None, "cursor-1"]
    assert await press.health() == ("ok", 0, "")


async def test_a_history_that_comes_in_parts_is_the_baseline_to_its_end() -> None:
    """While a source says that it is settling, what is older than max_age does not alert."""
    script = [[old("a")], [old("b"), a_signal("c")], [old("late")]]
    press = Press(lambda: script.pop(0))
    press.source.settling = True
    await press.tick(polls=1)
    press.clock.advance(timedelta(minutes=11))
    await press.tick(polls=2)
    press.source.settling = False
    press.clock.advance(timedelta(minutes=11))
    await press.tick(polls=3)
    assert await press.taken() == [("a", True), ("b", True), ("c", False), ("late", False)]


async def test_a_source_is_polled_once_an_interval_by_all_processes_together() -> None:
    """A second process finds nothing due; after the interval one of them polls."""
    press = Press(list)
    await press.tick(polls=1)
    other = press.a_stage("p2")
    await other.tick()
    press.clock.advance(timedelta(minutes=9))
    await press.tick(polls=1)
    press.clock.advance(timedelta(minutes=3))
    await other.tick()
    await eventually(lambda: len(press.source.cursors) == 2)
    await other.drain()


def fail(fault: Exception) -> Callable[[], Sequence[Signal]]:
    """A script whose every poll fails so."""

    def give() -> Sequence[Signal]:
        raise fault

    return give


FAULTS = {
    "an expected failure": (SourceError("the feed answers 500"), "the feed answers 500"),
    "a timeout": (TimeoutError(), "no answer in time"),
    "a surprise": (ZeroDivisionError("inside"), "unexpected ZeroDivisionError: inside"),
}


@pytest.mark.parametrize(("fault", "words"), FAULTS.values(), ids=FAULTS.keys())
async def test_a_failure_is_health_with_a_reason_and_backs_off(fault: Exception, words: str) -> None:
    """Every kind of failure is said in words; the next poll waits on the store's own time."""
    press = Press(fail(fault))
    await press.tick(polls=1)
    assert await press.health() == ("failing", 1, words)
    await press.tick(polls=1)
    press.seconds += 5
    await press.tick(polls=2)
    assert await press.health() == ("failing", 2, words)


async def test_the_publishers_retry_after_is_heeded() -> None:
    """Asked to wait an hour, the source is left alone for an hour."""
    press = Press(fail(SourceError("429", retry_after=timedelta(hours=1))))
    await press.tick(polls=1)
    press.seconds += 3599
    await press.tick(polls=1)
    press.seconds += 1
    await press.tick(polls=2)


async def test_health_says_when_the_next_poll_is_due() -> None:
    """After a success an interval later, with jitter; after a failure once its pause has passed."""
    press = Press(list)
    await press.tick(polls=1)
    due = (await press.store.sources.health())["press"].next_poll_at
    assert due is not None
    assert timedelta(minutes=10) <= due - NOON <= timedelta(minutes=11)

    press = Press(fail(SourceError("429", retry_after=timedelta(hours=1))))
    await press.tick(polls=1)
    assert (await press.store.sources.health())["press"].next_poll_at == NOON + timedelta(hours=1)


async def test_a_recovered_source_is_well_again() -> None:
    """One success ends the failing state."""
    press = Press(fail(SourceError("500")))
    await press.tick(polls=1)
    press.source.give = list
    press.seconds += 10
    await press.tick(polls=2)
    assert await press.health() == ("ok", 0, "")


async def test_a_signal_that_cannot_be_taken_is_refused_alone() -> None:
    """One dated far ahead is refused and counted; its neighbour comes in."""
    ahead = a_signal("ahead", published_at=NOON + timedelta(days=60))
    press = Press(lambda: [ahead, a_signal("b")])
    await press.tick(polls=1)
    assert await press.taken() == [("b", False)]
    assert press.metrics.signals.labels("press", "refused")._value.get() == 1


async def test_a_surprise_in_what_a_poll_brought_ends_the_claim(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever goes wrong after the poll itself is a failure of the source, and it is polled again."""

    def trip(*_: object) -> Signal:
        raise ZeroDivisionError("inside")

    press = Press(lambda: [a_signal("a")])
    with monkeypatch.context() as patched:
        patched.setattr("alerter.pipeline.poll.clean_signal", trip)
        await press.tick(polls=1)
    assert await press.health() == ("failing", 1, "unexpected ZeroDivisionError: inside")
    press.seconds += 5
    await press.tick(polls=2)
    assert await press.taken() == [("a", False)]


@pytest.mark.parametrize("fault", [Busy(timedelta(seconds=1), "behind"), StoreError("away")])
async def test_what_could_not_be_committed_is_polled_again(
    fault: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A busy or absent store loses nothing: the cursor stays, the same signals come again."""
    press = Press(lambda: [a_signal("a")])
    intake, faults = press.store.signals.intake, [fault]

    async def intake_later(records: object, **options: object) -> object:
        if faults:
            raise faults.pop()
        return await intake(records, **options)  # type: ignore[arg-type]  # passed on as it came

    monkeypatch.setattr(press.store.signals, "intake", intake_later)
    await press.tick(polls=1)
    assert await press.taken() == []
    press.seconds += 30
    await press.tick(polls=2)
    assert await press.taken() == [("a", False)]
    assert press.source.cursors == [None, None]


async def test_a_source_taken_out_of_the_configuration_is_left_alone() -> None:
    """After a reload without it, nothing is polled."""
    press = Press(list)
    press.stage.reload({})
    await press.stage.tick()
    assert press.source.cursors == []


async def test_a_busy_pipeline_does_not_fetch_from_the_publisher_every_second(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What intake could not take is fetched again after a pause, whatever moment intake asked for."""

    async def behind(*_: object, **__: object) -> None:
        raise Busy(timedelta(seconds=1), "behind")

    press = Press(lambda: [a_signal("a")])
    monkeypatch.setattr(press.store.signals, "intake", behind)
    await press.tick(polls=1)
    press.seconds += 29
    await press.tick(polls=1)


async def test_a_reload_while_sources_are_scheduled_is_not_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    """The sources of the last reload are polled, though an earlier one was still being written down."""
    press = Press(list)
    both = {"press": Polled(press.config, press.source), "more": Polled(press.config, Scripted(list))}
    enrol = press.store.sources.enrol

    async def enrol_then_reload(due: Mapping[str, datetime]) -> None:
        await enrol(due)
        press.stage.reload(both)

    with monkeypatch.context() as patched:
        patched.setattr(press.store.sources, "enrol", enrol_then_reload)
        await press.stage.tick()
    await press.stage.tick()
    await eventually(lambda: not press.stage._polling)
    assert set(await press.store.sources.health()) == {"press", "more"}


async def test_a_tick_after_the_drain_starts_no_poll() -> None:
    """Ticks outlive the drain by a moment; they leave what is due to others."""
    press = Press(list)
    await press.stage.drain()
    await press.stage.tick()
    assert not press.stage._polling
    assert press.source.cursors == []


async def test_a_tick_under_way_at_the_drain_starts_no_poll(monkeypatch: pytest.MonkeyPatch) -> None:
    """What it has just claimed is given back when the process leaves."""
    press = Press(list)
    claim = press.store.sources.claim

    async def claim_then_drain(process: str, now: datetime, limit: int) -> Sequence[SourceClaim]:
        claims = await claim(process, now, limit)
        await press.stage.drain()
        return claims

    monkeypatch.setattr(press.store.sources, "claim", claim_then_drain)
    await press.stage.tick()
    assert not press.stage._polling


async def test_a_stop_gives_up_the_polls_under_way() -> None:
    """A poll that hangs does not hold up the end; what it had not committed is polled again."""
    hangs = asyncio.Event()

    class Hanging(Scripted):
        async def poll(self, cursor: str | None) -> Poll:
            self.cursors.append(cursor)
            await hangs.wait()
            raise AssertionError

    press = Press(list)
    press.source = Hanging(list)
    press.stage = press.a_stage("p1")
    await press.stage.tick()
    await eventually(lambda: len(press.source.cursors) == 1)
    await press.stage.drain()
    await press.store.fleet.leave("p1")
    press.source.cursors.clear()
    heir = press.a_stage("p2")
    await heir.tick()
    await eventually(lambda: len(press.source.cursors) == 1)
    await heir.drain()
