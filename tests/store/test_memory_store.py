"""The store in memory, where it can be told exactly: its own time, what it forgets, and how fast it is."""

from datetime import timedelta

import pytest

from alerter.core.budget import CallLimit
from alerter.core.delivery import Outcome
from alerter.core.signal import IntakeStatus
from alerter.store.memory import MemoryStore
from alerter.store.protocol import Evaluation, Retention
from tests.support.signals import NOON, a_due, a_group, a_record, a_signal, an_alert, at, healthy
from tests.support.stores import (
    AT_ONCE,
    DELIVERED,
    a_poll,
    claim_delivery,
    claim_source,
    commit,
    enrol,
    file,
    must_claim,
    offer,
    read,
    take,
)

DAY = timedelta(days=1)
KEPT = Retention(signals=2 * DAY, alerts=10 * DAY)


class OwnTime:
    """The store's own time, moved by hand."""

    def __init__(self) -> None:
        self.seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def own_time() -> OwnTime:
    """A time that stands still until it is moved."""
    return OwnTime()


@pytest.fixture
def timed(own_time: OwnTime) -> MemoryStore:
    """A store that lives by that time."""
    return MemoryStore(own_time)


async def test_a_process_dies_five_seconds_after_its_last_beat(timed: MemoryStore, own_time: OwnTime) -> None:
    """Not before, and beating again starts anew."""
    await timed.fleet.beat("one")
    await timed.fleet.lease("sweep", "one", timedelta(hours=1))
    own_time.seconds += 4.9
    assert await timed.fleet.bury("two") == 0
    await timed.fleet.beat("one")
    own_time.seconds += 4.9
    assert await timed.fleet.bury("two") == 0
    own_time.seconds += 0.1
    assert await timed.fleet.bury("two") == 1


async def test_a_successor_does_not_bury_itself(timed: MemoryStore) -> None:
    """Whoever sweeps lives, even if its beat is late."""
    await timed.fleet.lease("sweep", "one", timedelta(hours=1))
    assert await timed.fleet.bury("one") == 0


async def test_a_lease_lasts_as_long_as_asked(timed: MemoryStore, own_time: OwnTime) -> None:
    """Each renewal counts from its own time."""
    assert await timed.fleet.lease("sweep", "one", timedelta(seconds=10)) == 1
    own_time.seconds += 9
    assert await timed.fleet.lease("sweep", "one", timedelta(seconds=10)) == 1
    own_time.seconds += 9
    assert await timed.fleet.lease("sweep", "two", timedelta(seconds=10)) is None
    own_time.seconds += 1
    assert await timed.fleet.lease("sweep", "two", timedelta(seconds=10)) == 2


async def test_a_source_is_held_exactly_so_long(timed: MemoryStore, own_time: OwnTime) -> None:
    """Hastening it moves its due time, not the hold that its failure earned."""
    await timed.sources.postpone(await claim_source(timed), at(600), timedelta(seconds=30), healthy())
    await timed.sources.hasten("ree-news", at(1))
    own_time.seconds += 29.9
    assert list(await timed.sources.claim("poller", at(1), 9)) == []
    own_time.seconds += 0.1
    assert [claim.source for claim in await timed.sources.claim("poller", at(1), 9)] == ["ree-news"]


async def test_a_source_removed_while_polled_stays_unscheduled_when_its_poller_dies(
    timed: MemoryStore,
) -> None:
    """Its claim is freed, and nobody polls it."""
    await claim_source(timed, "one")
    await enrol(timed, {})
    assert await timed.fleet.bury("two") == 1
    assert list(await timed.sources.claim("two", at(3600), 9)) == []


async def test_an_attempt_is_held_exactly_so_long(timed: MemoryStore, own_time: OwnTime) -> None:
    """The next one can be claimed at the moment `retry_after` has passed."""
    await commit(timed, due=[a_due()])
    outcome = Outcome(kind="retry", retry_after=timedelta(seconds=30))
    await timed.outbox.record(await must_claim(timed), outcome, NOON)
    own_time.seconds += 29.9
    assert await claim_delivery(timed) is None
    own_time.seconds += 0.1
    assert (await must_claim(timed)).attempt == 2


async def test_a_signal_still_published_is_never_forgotten(memory_store: MemoryStore) -> None:
    """Being offered again, even as a duplicate, keeps an identity known beyond its retention."""
    for day in range(0, 60, 5):
        statuses = await memory_store.signals.intake([a_record(seen_at=NOON + day * DAY)])
        assert list(statuses) == [IntakeStatus.DUPLICATE if day else IntakeStatus.ACCEPTED]
        await memory_store.tidy(NOON + day * DAY, KEPT)


async def test_a_signal_gone_for_long_is_forgotten(memory_store: MemoryStore) -> None:
    """Once neither the signal nor an alert of its age is kept, its identity is let go too."""
    await read(memory_store, a_signal())
    await commit(memory_store, seen_to="1")
    await memory_store.tidy(NOON + 9 * DAY, KEPT)
    assert await offer(memory_store, a_signal()) == [IntakeStatus.DUPLICATE]
    await memory_store.tidy(NOON + 11 * DAY, KEPT)
    assert await offer(memory_store, a_signal()) == [IntakeStatus.ACCEPTED]


async def test_an_old_version_let_go_leaves_the_newest_to_be_found(memory_store: MemoryStore) -> None:
    """Only what was let go is gone from the index."""
    await memory_store.signals.intake([a_record(), a_record(title="Corrected", seen_at=NOON + 5 * DAY)])
    await file(memory_store, *await take(memory_store))
    await commit(memory_store, seen_to="2")
    await memory_store.tidy(NOON + 4 * DAY, KEPT)
    found = await memory_store.signals.find("magnets-1")
    assert found is not None
    assert found.record.version == 2


async def test_dead_letters_are_let_go(memory_store: MemoryStore) -> None:
    """Buried signals and dead deliveries are forgotten after their retentions."""
    await offer(memory_store, a_signal())
    await memory_store.signals.bury(await take(memory_store), "not text")
    await commit(memory_store, due=[a_due()])
    await memory_store.outbox.record(await must_claim(memory_store), Outcome(kind="dead"), NOON)
    await memory_store.tidy(NOON + 3 * DAY, KEPT)
    assert list(await memory_store.signals.dead(9)) == []
    assert len(await memory_store.outbox.dead(9)) == 1
    await memory_store.tidy(NOON + 11 * DAY, KEPT)
    assert list(await memory_store.outbox.dead(9)) == []


async def test_what_rests_on_forgotten_alerts_is_forgotten(memory_store: MemoryStore) -> None:
    """The index of signals under alerts does not outgrow the alerts."""
    resolved = an_alert(state="resolved", resolved_at=NOON)
    await commit(memory_store, alerts=[resolved], touched=[("sig-1", resolved.fingerprint)])
    await memory_store.tidy(NOON + 11 * DAY, KEPT)
    assert await memory_store.judgements.touched(["sig-1"]) == {}
    assert memory_store.judgements._touched == {}


@pytest.mark.parametrize(
    ("receipt", "interval", "hours", "remembered"),
    [
        (None, timedelta(minutes=5), 0.9, True),
        (None, timedelta(minutes=5), 1.1, False),
        (None, timedelta(hours=6), 5.9, True),
        ("1717.42", timedelta(minutes=5), 9 * 24, True),
        ("1717.42", timedelta(minutes=5), 11 * 24, False),
    ],
)
async def test_an_idle_entry_is_remembered_while_its_pacing_or_receipt_counts(
    memory_store: MemoryStore, receipt: str | None, interval: timedelta, hours: float, remembered: bool
) -> None:
    """An hour or the group's interval without a receipt; as long as alerts are kept with one."""
    await commit(memory_store, due=[a_due(group=a_group(interval=interval))])
    outcome = Outcome(kind="delivered", receipt=receipt)
    await memory_store.outbox.record(await must_claim(memory_store), outcome, NOON)
    await memory_store.tidy(NOON + timedelta(hours=hours), KEPT)
    assert bool(memory_store.outbox._entries) is remembered


async def test_news_gathered_during_a_lost_attempt_follows_it(memory_store: MemoryStore) -> None:
    """The frozen attempt goes out first, then all the rest as one: two messages, however long the outage."""
    await commit(memory_store, due=[a_due()])
    lost = await must_claim(memory_store, "one")
    for name in "abc":
        await commit(memory_store, due=[a_due(an_alert(name), at=at(60))])
    await memory_store.fleet.leave("one")
    again = await must_claim(memory_store)
    assert (again.id, again.members, again.uncertain) == (lost.id, lost.members, True)
    await memory_store.outbox.record(again, DELIVERED, at(3600))
    assert len((await must_claim(memory_store, seconds=3900)).members) == 3


async def test_opening_pinging_and_closing_change_nothing(memory_store: MemoryStore) -> None:
    """There is nothing to connect to, and what is stored stays."""
    await offer(memory_store, a_signal(), poll=a_poll(await claim_source(memory_store)))
    await memory_store.open()
    await memory_store.ping()
    await memory_store.close()
    assert (await memory_store.signals.backlog()).unread == 1


async def test_a_replays_loop_runs_without_ever_waiting(memory_store: MemoryStore) -> None:
    """Thousands of signals pass through intake, reading and evaluation batch by batch, in order."""
    position = "0"
    for batch in range(10):
        names = [f"s{batch}-{number}" for number in range(500)]
        await read_batch(memory_store, names)
        filed = await memory_store.signals.after(position, 500, AT_ONCE)
        assert [reading.record.id for _position, reading in filed] == names
        turn = Evaluation(epoch=0, seen_from=position, seen_to=filed[-1][0], due=[a_due()])
        await memory_store.judgements.commit(turn)
        position = filed[-1][0]
    assert (await memory_store.signals.backlog()).unevaluated == 0


async def read_batch(store: MemoryStore, names: list[str]) -> None:
    """Take signals in and file them."""
    await offer(store, *map(a_signal, names))
    await file(store, *await take(store, limit=len(names)))


async def test_a_budget_slides_by_the_stores_own_time(timed: MemoryStore, own_time: OwnTime) -> None:
    """A call leaves its window the moment it is as old as the window is long."""
    allowed = [
        CallLimit(calls=2, within=timedelta(seconds=60)),
        CallLimit(calls=3, within=timedelta(hours=1)),
    ]
    for seconds, left, wait in [
        (0, 1, 0),
        (20, 0, 0),
        (0, 0, 40),
        (39.5, 0, 0.5),
        (0.5, 0, 0),
        (59, 0, 3481),
    ]:
        own_time.seconds += seconds
        allowance = await timed.budgets.spend("key", allowed)
        assert allowance.left == left
        assert allowance.wait.total_seconds() == pytest.approx(wait)
    own_time.seconds += 3600
    assert (await timed.budgets.spend("key", allowed)).left == 1


async def test_a_closed_budget_opens_by_the_stores_own_time(timed: MemoryStore, own_time: OwnTime) -> None:
    """Not a moment before."""
    allowed = [CallLimit(calls=2, within=timedelta(seconds=60))]
    await timed.budgets.close("key", timedelta(seconds=30))
    own_time.seconds += 29
    assert (await timed.budgets.spend("key", allowed)).wait == timedelta(seconds=1)
    own_time.seconds += 1
    assert (await timed.budgets.spend("key", allowed)).left == 1


async def test_the_next_look_counts_both_times(timed: MemoryStore, own_time: OwnTime) -> None:
    """Due times in domain time, holds in the store's own: what ends first decides."""
    await timed.sources.postpone(await claim_source(timed), at(5), timedelta(seconds=30), healthy())
    await enrol(timed, {"ree-news": NOON, "other": at(100)})
    assert await timed.sources.next_due(NOON) == timedelta(seconds=30)
    own_time.seconds += 30
    assert await timed.sources.next_due(NOON) == timedelta(0)
    assert list(await timed.sources.claim("poller", NOON, 9)) == []
    assert await timed.sources.next_due(NOON) == timedelta(seconds=5)
