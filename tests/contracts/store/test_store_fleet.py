"""Processes: who lives, who holds which lease, and what becomes of the work of the dead."""

from datetime import timedelta

import pytest

from alerter.core.delivery import Delivery
from alerter.store.protocol import EVALUATOR, Fenced, Store
from tests.support.signals import NOON, a_due, a_signal, healthy
from tests.support.stores import (
    AT_ONCE,
    DELIVERED,
    MINUTE,
    a_poll,
    an_evaluation,
    claim_delivery,
    claim_source,
    commit,
    file,
    must_claim,
    offer,
    take,
)
from tests.support.waiting import eventually

SHORT = timedelta(milliseconds=60)


async def die(store: Store) -> int:
    """Bury the dead until there is someone to bury; how much was freed."""
    return await eventually(lambda: store.fleet.bury("successor"))


async def take_over(store: Store) -> Delivery | None:
    """Bury the dead, and claim what they may have been sending."""
    await store.fleet.bury("successor")
    return await claim_delivery(store, "successor")


async def test_a_lease_is_one_processs_at_a_time(store: Store) -> None:
    """While one process holds a lease, others get None and the holder renews it under the same epoch."""
    epoch = await store.fleet.lease("sweep", "one", MINUTE)
    assert epoch is not None
    assert await store.fleet.lease("sweep", "two", MINUTE) is None
    assert await store.fleet.lease("sweep", "one", MINUTE) == epoch


async def test_leases_of_different_names_are_apart(store: Store) -> None:
    """Holding one lease says nothing about another."""
    assert await store.fleet.lease("sweep", "one", MINUTE) is not None
    assert await store.fleet.lease(EVALUATOR, "two", MINUTE) is not None


async def test_a_lapsed_lease_passes_on_under_a_higher_epoch(store: Store) -> None:
    """Once the time is over, another process gets the lease, and its epoch tells."""
    first = await store.fleet.lease("sweep", "one", SHORT)
    second = await eventually(lambda: store.fleet.lease("sweep", "two", MINUTE))
    assert first is not None
    assert second is not None
    assert second > first
    assert await store.fleet.lease("sweep", "one", MINUTE) is None


async def test_leaving_frees_leases_at_once(store: Store) -> None:
    """A process that ends cleanly leaves its lease to the next, under a higher epoch."""
    await store.fleet.beat("one")
    first = await store.fleet.lease("sweep", "one", MINUTE)
    await store.fleet.leave("one")
    second = await store.fleet.lease("sweep", "two", MINUTE)
    assert first is not None
    assert second is not None
    assert second > first


async def test_the_evaluators_commit_is_fenced_by_the_leases_next_holder(store: Store) -> None:
    """What the old evaluator prepared is refused once another holds the lease."""
    late = await an_evaluation(store, process="old", rules={"late": "x"})
    await store.fleet.leave("old")
    await commit(store, process="new")
    with pytest.raises(Fenced):
        await store.judgements.commit(late)
    assert await store.judgements.rules() == {}


async def test_a_process_that_beats_keeps_what_it_holds(store: Store) -> None:
    """Burying frees nothing of the living."""
    await store.fleet.beat("one")
    await store.fleet.lease("sweep", "one", MINUTE)
    await offer(store, a_signal())
    await take(store, "one")
    await claim_source(store, "one")
    assert await store.fleet.bury("two") == 0
    assert await take(store, "two") == []
    assert await store.fleet.lease("sweep", "two", MINUTE) is None
    assert await store.sources.claim("two", NOON, 9) == []


async def test_burying_nobody_frees_nothing(store: Store) -> None:
    """On an empty store there is nothing to free, and leaving it harms nobody."""
    assert await store.fleet.bury("one") == 0
    await store.fleet.leave("one")


async def test_a_dead_processs_lease_is_freed(frail: Store) -> None:
    """Burying ends a dead process's lease long before its time is over."""
    await frail.fleet.beat("one")
    first = await frail.fleet.lease("sweep", "one", MINUTE)
    assert await die(frail) == 1
    second = await frail.fleet.lease("sweep", "successor", MINUTE)
    assert first is not None
    assert second is not None
    assert second > first


async def test_signals_a_dead_process_was_reading_go_to_whoever_takes_next(frail: Store) -> None:
    """They come before the queue, in order, counted as handed out once more; who buried may read nothing."""
    await frail.fleet.beat("one")
    await offer(frail, a_signal("a"), a_signal("b"), a_signal("c"))
    dying = await take(frail, "one", limit=2)
    assert await die(frail) == 2
    orphans = await take(frail, "reader", limit=2)
    assert [queued.entry for queued in orphans] == [queued.entry for queued in dying]
    assert [queued.deliveries for queued in orphans] == [2, 2]
    assert [queued.record.id for queued in await take(frail, "successor")] == ["c"]


async def test_what_a_process_wrongly_thought_dead_files_is_filed_once(frail: Store) -> None:
    """The old reader and its successor may both file a signal: the log has it once."""
    await frail.fleet.beat("one")
    await offer(frail, a_signal("a"), a_signal("b"))
    dying = await take(frail, "one")
    await die(frail)
    await file(frail, dying[0])
    assert [queued.record.id for queued in await take(frail, "successor")] in (["b"], ["a", "b"])
    await file(frail, *dying)
    await file(frail, *dying)
    log = await frail.signals.after("0", 9, AT_ONCE)
    assert [reading.record.id for _position, reading in log] == ["a", "b"]
    assert (await frail.signals.backlog()).unread == 0


async def test_a_source_a_dead_process_was_polling_is_due_again(frail: Store) -> None:
    """Another claims it under a higher epoch with the cursor as it was; the dead one's commits are fenced."""
    await frail.fleet.beat("one")
    old = await claim_source(frail, "one")
    assert await die(frail) == 1
    with pytest.raises(Fenced):
        await frail.sources.postpone(old, NOON, AT_ONCE, healthy())
    [new] = await frail.sources.claim("successor", NOON, 9)
    assert (new.source, new.cursor) == (old.source, None)
    assert new.epoch > old.epoch
    with pytest.raises(Fenced):
        await offer(frail, a_signal(), poll=a_poll(old))
    assert (await frail.signals.backlog()).unread == 0
    assert await frail.sources.health() == {}
    await offer(frail, a_signal(), poll=a_poll(new))


async def test_a_delivery_a_dead_process_was_sending_comes_back_uncertain(frail: Store) -> None:
    """It may have arrived: the same members return as the next attempt; the dead one's record is fenced."""
    await frail.fleet.beat("one")
    await commit(frail, due=[a_due()])
    first = await must_claim(frail, "one")
    second = await eventually(lambda: take_over(frail))
    assert not first.uncertain
    assert second == first.model_copy(update={"attempt": 2, "uncertain": True})
    with pytest.raises(Fenced):
        await frail.outbox.record(first, DELIVERED, NOON)
    assert await frail.outbox.ledger(9) == []
    await frail.outbox.record(second, DELIVERED, NOON)


async def test_leaving_frees_claims_at_once(store: Store) -> None:
    """Sources and deliveries of a process that leaves can be claimed by the next without waiting."""
    await store.fleet.beat("one")
    await claim_source(store, "one")
    await commit(store, due=[a_due()])
    sent = await must_claim(store, "one")
    await store.fleet.leave("one")
    assert [claim.source for claim in await store.sources.claim("two", NOON, 9)] == ["ree-news"]
    assert (await must_claim(store, "two")).id == sent.id


async def test_leaving_frees_signals_without_a_wait_for_its_death(store: Store) -> None:
    """Signals taken and not filed by a process that leaves are read by the next one that sweeps."""
    await store.fleet.beat("one")
    await offer(store, a_signal("a"), a_signal("b"))
    await take(store, "one", limit=1)
    await store.fleet.leave("one")
    await store.fleet.bury("two")
    assert [queued.record.id for queued in await take(store, "two")] == ["a", "b"]


async def test_signals_outlive_any_number_of_readers(frail: Store) -> None:
    """They count every time they were handed out."""
    await offer(frail, a_signal())
    await take(frail, "one")
    await die(frail)
    await take(frail, "two")
    await die(frail)
    assert [queued.deliveries for queued in await take(frail, "three")] == [3]
