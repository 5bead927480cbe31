"""The delivering stage: slots, pace, retries, giving up, and what a crash in the middle leaves."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerter.clock import ManualClock
from alerter.core.delivery import Delivery, Due, Outcome
from alerter.pipeline.deliver import GIVE_UP_AFTER, LONGEST_RETRY, DeliverStage, decide
from alerter.pipeline.supervise import run_until_stopped
from alerter.store.memory import MemoryStore
from alerter.store.protocol import Evaluation, StoreError
from alerter.telemetry import Metrics
from tests.support.signals import NOON, a_due, a_group, an_alert
from tests.support.waiting import eventually

DELIVERED = Outcome(kind="delivered")


@dataclass
class Recorder:
    """A destination that remembers what it got and answers as it is told to."""

    id: str = "desk/one"
    concurrency: int = 8
    pace: timedelta = timedelta(0)
    got: list[Delivery] = field(default_factory=list)
    answer: Callable[[Delivery], Outcome] = lambda _: DELIVERED
    gate: asyncio.Event | None = None

    @property
    def notifier(self) -> "Recorder":
        """It sends to itself."""
        return self

    async def send(self, delivery: Delivery) -> Outcome:
        """Remember, wait at the gate if there is one, answer."""
        self.got.append(delivery)
        if self.gate:
            await self.gate.wait()
        return self.answer(delivery)


class Desk:
    """A store with an outbox, destinations, and the stage between them."""

    def __init__(self, *targets: Recorder) -> None:
        self.clock = ManualClock(NOON)
        self.store = MemoryStore()
        self.metrics = Metrics()
        self.stage = self.a_stage("p1", *targets)
        self._position = "0"

    def a_stage(self, process: str, *targets: Recorder) -> DeliverStage:
        """Another process over the same store."""
        named = {one.id: one for one in targets}
        return DeliverStage(self.store.outbox, named, clock=self.clock, process=process, metrics=self.metrics)

    async def owe(self, *due: Due) -> None:
        """Make this due, and let its wait pass."""
        epoch = await self.store.fleet.lease("evaluator", "p1", timedelta(seconds=60)) or 0
        await self.store.judgements.commit(Evaluation(epoch, "0", "0", due=due))
        self.clock.advance(timedelta(minutes=1))

    async def outcomes(self) -> list[str]:
        """What the ledger says, oldest first."""
        return [line.outcome for _, line in reversed(await self.store.outbox.ledger(100))]


@asynccontextmanager
async def running(desk: Desk) -> AsyncIterator[None]:
    """The stage at work until the end of the block."""
    stop = asyncio.Event()
    task = asyncio.create_task(run_until_stopped("deliver", desk.stage.turn, stop=stop, metrics=desk.metrics))
    try:
        yield
    finally:
        stop.set()
        await task
        await desk.stage.drain()


def owed(name: str, destination: str = "desk/one") -> Due:
    """One alert in a group of its own."""
    return a_due(an_alert(name), destination=destination, group=a_group(name))


async def test_what_is_due_is_sent_once_and_recorded() -> None:
    """A delivered notification leaves the outbox and stands in the ledger."""
    one = Recorder()
    desk = Desk(one)
    async with running(desk):
        await desk.owe(owed("a"))
        await eventually(lambda: len(one.got) == 1)
    assert await desk.outcomes() == ["delivered"]
    assert await desk.store.outbox.waiting() == {}


async def test_a_destination_that_is_stuck_delays_no_other() -> None:
    """One hangs in its send; the other gets everything meanwhile."""
    stuck, quick = Recorder("desk/stuck", gate=asyncio.Event()), Recorder("desk/quick")
    desk = Desk(stuck, quick)
    async with running(desk):
        await desk.owe(*(owed(f"a{n}", to) for n in range(20) for to in ("desk/stuck", "desk/quick")))
        await eventually(lambda: len(quick.got) == 20)
        assert stuck.gate
        assert len(stuck.got) == 8  # no more can go unrecorded
        stuck.gate.set()
        await eventually(lambda: len(stuck.got) == 20)


async def test_a_paced_destination_gets_one_at_a_time() -> None:
    """With a pace of an hour, the second notification waits."""
    paced = Recorder(pace=timedelta(hours=1))
    desk = Desk(paced)
    await desk.owe(owed("a"), owed("b"))
    await desk.stage.turn()
    await desk.stage.turn()
    await desk.stage.drain()
    assert len(paced.got) == 1


async def test_a_retry_carries_the_same_id_and_members() -> None:
    """A destination that honours the key sees one notification, however often it is tried."""
    answers = [Outcome(kind="ambiguous", reason="500"), DELIVERED]
    one = Recorder(answer=lambda _: answers.pop(0))
    desk = Desk(one)
    async with running(desk):
        await desk.owe(owed("a"))
        await eventually(lambda: len(one.got) == 2, within=8)
    assert len({d.id for d in one.got}) == 1
    assert [(d.attempt, d.uncertain) for d in one.got] == [(1, False), (2, True)]
    assert await desk.outcomes() == ["ambiguous", "delivered"]


async def test_a_permanent_failure_is_dead_and_visible() -> None:
    """No retry; the delivery lies with the dead, with its reason."""
    one = Recorder(answer=lambda _: Outcome(kind="dead", reason="channel_not_found"))
    desk = Desk(one)
    async with running(desk):
        await desk.owe(owed("a"))
        await eventually(lambda: len(one.got) == 1)
    ((dead, reason),) = await desk.store.outbox.dead(10)
    assert (dead.id, reason) == (one.got[0].id, "channel_not_found")


async def test_a_notifier_that_trips_is_ambiguous_and_tried_again() -> None:
    """A surprise in a notifier is counted and costs nothing but a retry."""

    def trip(_: Delivery) -> Outcome:
        raise ZeroDivisionError

    one = Recorder(answer=trip)
    desk = Desk(one)
    async with running(desk):
        await desk.owe(owed("a"))
        await eventually(lambda: len(one.got) == 1)
    assert await desk.outcomes() == ["ambiguous"]
    assert desk.metrics.errors.labels("notifier")._value.get() == 1


async def test_what_waits_for_a_removed_destination_goes_dead() -> None:
    """A receiver taken out of the configuration leaves nothing waiting in silence."""
    desk = Desk(Recorder("desk/other"))
    await desk.owe(owed("a", "desk/gone"))
    desk.stage.reload({})
    await desk.stage.turn()
    ((dead, _),) = await desk.store.outbox.dead(10)
    assert dead.destination == "desk/gone"


async def test_an_attempt_under_way_at_a_reload_that_fails_goes_dead_too(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Its destination is gone when it asks for another attempt; it is not held for ever."""
    monkeypatch.setattr("alerter.pipeline.deliver.RETIRE_EVERY", 0.0)
    gone = Recorder(gate=asyncio.Event(), answer=lambda _: Outcome(kind="retry", reason="503"))
    desk = Desk(gone)
    await desk.owe(owed("a"))
    await desk.stage.turn()
    await eventually(lambda: len(gone.got) == 1)
    desk.stage.reload({})
    await desk.stage.turn()
    assert await desk.store.outbox.waiting() == {gone.id: 1}
    assert gone.gate
    gone.gate.set()
    await desk.stage.drain()
    await desk.stage.turn()
    assert await desk.store.outbox.waiting() == {}
    assert await desk.outcomes() == ["retry", "dead"]


async def test_a_reload_while_the_store_is_asked_loses_no_claim(monkeypatch: pytest.MonkeyPatch) -> None:
    """What was claimed for a destination that is gone by then is sent all the same, and the others too."""
    gone, stays = Recorder("desk/gone"), Recorder("desk/stays")
    desk = Desk(gone, stays)
    await desk.owe(owed("a", "desk/gone"), owed("b", "desk/stays"))
    claim = desk.store.outbox.claim

    async def claim_then_reload(*arguments: Any) -> Sequence[Delivery]:
        claimed = await claim(*arguments)
        desk.stage.reload({stays.id: stays})
        return claimed

    with monkeypatch.context() as patched:
        patched.setattr(desk.store.outbox, "claim", claim_then_reload)
        await desk.stage.turn()
    await desk.stage.drain()
    assert (len(gone.got), len(stays.got)) == (1, 1)


async def test_a_send_that_died_with_its_process_comes_back_uncertain() -> None:
    """Another process takes it over with the same id, knowing that it may have arrived."""
    stuck = Recorder(gate=asyncio.Event())
    desk = Desk(stuck)
    await desk.owe(owed("a"))
    await desk.stage.turn()
    await eventually(lambda: len(stuck.got) == 1)
    await desk.store.fleet.leave("p1")
    heir = Recorder()
    second = desk.a_stage("p2", heir)
    await second.turn()
    await second.drain()
    assert [(d.id, d.uncertain) for d in heir.got] == [(stuck.got[0].id, True)]
    assert stuck.gate
    stuck.gate.set()
    await desk.stage.drain()  # its late record is fenced, and changes nothing
    assert await desk.outcomes() == ["delivered"]


async def test_an_outcome_is_recorded_however_long_the_store_is_away(monkeypatch: pytest.MonkeyPatch) -> None:
    """The send is not repeated because its record failed."""
    one = Recorder()
    desk = Desk(one)
    record, faults = desk.store.outbox.record, [StoreError("away")]

    async def record_later(delivery: Delivery, outcome: Outcome, now: object) -> None:
        if faults:
            raise faults.pop()
        await record(delivery, outcome, desk.clock.now())

    monkeypatch.setattr(desk.store.outbox, "record", record_later)
    async with running(desk):
        await desk.owe(owed("a"))
        await eventually(lambda: len(one.got) == 1)
    assert await desk.outcomes() == ["delivered"]
    assert len(one.got) == 1


async def test_a_stop_does_not_wait_for_ever_for_a_store_that_is_away(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A service that stops leaves a send unrecorded after a moment; it comes back, marked uncertain."""
    monkeypatch.setattr("alerter.pipeline.deliver.RECORD_RETRY", 0.0)
    monkeypatch.setattr("alerter.pipeline.deliver.RECORD_PATIENCE", 0.0)
    one = Recorder()
    desk = Desk(one)

    async def away(*_: object) -> None:
        raise StoreError("away")

    await desk.owe(owed("a"))
    with monkeypatch.context() as fault:
        fault.setattr(desk.store.outbox, "record", away)
        await desk.stage.turn()
        await desk.stage.drain()
    await desk.store.fleet.leave("p1")
    second = desk.a_stage("p2", one)
    await second.turn()
    await second.drain()
    assert [delivery.uncertain for delivery in one.got] == [False, True]
    assert await desk.outcomes() == ["delivered"]


def attempt(number: int) -> Delivery:
    """The so-many-th attempt of a delivery first tried at noon."""
    return Delivery(
        id="d",
        entry="e",
        destination="desk/one",
        group=a_group(),
        members=(),
        attempt=number,
        first_attempt_at=NOON,
    )


@given(st.integers(1, 10_000), st.timedeltas(timedelta(0), timedelta(hours=2)))
def test_waits_grow_up_to_five_minutes_and_heed_the_destination(number: int, asked: timedelta) -> None:
    """For any attempt the wait is positive, bounded, and never shorter than was asked for."""
    decided = decide(attempt(number), Outcome(kind="retry", retry_after=asked), NOON)
    assert decided.kind == "retry"
    assert max(asked, timedelta(seconds=0.5)) <= decided.retry_after <= max(asked, LONGEST_RETRY)


@pytest.mark.parametrize("kind", ["delivered", "dead"])
def test_what_is_settled_stays_settled(kind: str) -> None:
    """Delivered and dead are taken as they are."""
    outcome = Outcome.model_validate({"kind": kind})
    assert decide(attempt(1), outcome, NOON + GIVE_UP_AFTER) is outcome


def test_after_72_hours_it_is_given_up_and_says_so() -> None:
    """The last reason is kept."""
    decided = decide(attempt(900), Outcome(kind="retry", reason="refused"), NOON + GIVE_UP_AFTER)
    assert decided.kind == "dead"
    assert "refused" in decided.reason
