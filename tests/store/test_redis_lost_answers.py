"""Answers that are lost on the way: nothing is stranded with a process that never heard of it."""

import asyncio
from datetime import timedelta

import pytest

from alerter.store.protocol import Fenced, StoreError
from alerter.store.redis import RedisStore
from tests.store.conftest import LossyLine
from tests.support.signals import NOON, a_due, a_group, a_signal, an_alert, at, healthy
from tests.support.stores import (
    AT_ONCE,
    DELIVERED,
    a_poll,
    an_evaluation,
    claim_source,
    commit,
    enrol,
    file,
    must_claim,
    offer,
    take,
)


async def test_a_lost_claim_on_a_source_is_found_again(redis_store: RedisStore, lossy: LossyLine) -> None:
    """The process's next claim gets the source that it does not know it claimed, and leaves the others."""
    await enrol(redis_store, {"a": NOON, "b": NOON})
    [known] = await redis_store.sources.claim("poller", NOON, 1)
    lossy.losing = 1
    with pytest.raises(StoreError):
        await redis_store.sources.claim("poller", NOON, 9)
    found = await redis_store.sources.claim("poller", NOON, 9)
    assert {known.source, *(claim.source for claim in found)} == {"a", "b"}
    await offer(redis_store, a_signal(), poll=a_poll(known))


async def test_a_lost_claim_on_an_unscheduled_source_just_ends(
    redis_store: RedisStore, lossy: LossyLine
) -> None:
    """A source that left the configuration meanwhile is not scheduled by the way."""
    await enrol(redis_store, {"a": NOON})
    lossy.losing = 1
    with pytest.raises(StoreError):
        await redis_store.sources.claim("poller", NOON, 9)
    await enrol(redis_store, {})
    assert await redis_store.sources.claim("poller", NOON, 9) == []
    await enrol(redis_store, {"a": NOON})
    assert len(await redis_store.sources.claim("poller", NOON, 9)) == 1


async def test_a_poll_whose_commit_failed_is_given_up(redis_store: RedisStore, lossy: LossyLine) -> None:
    """Committed or not, the source is not stuck with a process that has stopped polling it."""
    claim = await claim_source(redis_store)
    lossy.losing = 1
    with pytest.raises(StoreError):
        await redis_store.sources.postpone(claim, NOON, AT_ONCE, healthy())
    [again] = await redis_store.sources.claim("poller", NOON, 9)
    lossy.losing = 1
    with pytest.raises(StoreError):
        await offer(redis_store, a_signal(), poll=a_poll(again, due_in=0))
    [third] = await redis_store.sources.claim("poller", NOON, 9)
    assert (third.cursor, third.epoch) == ("after-1", again.epoch + 1)
    assert await offer(redis_store, a_signal(), poll=a_poll(third)) == ["duplicate"]


async def test_a_poll_that_never_reached_the_store_is_due_again(redis_store: RedisStore) -> None:
    """A claim whose end failed before it arrived is freed by the process's next claim."""
    claim = await claim_source(redis_store)
    with pytest.raises(RuntimeError), redis_store.sources._claims.ending(claim.source):
        raise RuntimeError
    [again] = await redis_store.sources.claim("poller", NOON, 9)
    assert again.epoch == claim.epoch + 1
    with pytest.raises(Fenced):
        await offer(redis_store, a_signal(), poll=a_poll(claim))


async def test_a_lost_claim_on_a_delivery_is_found_again_without_doubt(
    redis_store: RedisStore, lossy: LossyLine
) -> None:
    """Nothing was sent under it, so it is not uncertain; what the process is sending stays its own."""
    await commit(redis_store, due=[a_due(group=a_group("one"))])
    sending = await must_claim(redis_store)
    await commit(redis_store, due=[a_due(group=a_group("two"))])
    lossy.losing = 1
    with pytest.raises(StoreError):
        await must_claim(redis_store)
    found = await must_claim(redis_store)
    assert (found.group.id, found.attempt, found.uncertain) == ("two", 2, False)
    assert await redis_store.outbox.claim("sender", at(3600), {"desk/console": 9}) == []
    await redis_store.outbox.record(sending, DELIVERED, NOON)


@pytest.mark.parametrize("steps", range(1, 12))
async def test_a_claim_that_is_cancelled_is_found_again(redis_store: RedisStore, steps: int) -> None:
    """Cancelled anywhere between command and answer, a claim ends cancelled, and is not held for ever."""
    await enrol(redis_store, {"a": NOON})
    claiming = asyncio.create_task(redis_store.sources.claim("poller", NOON, 9))
    for _ in range(steps):
        await asyncio.sleep(0)
    was_under_way = claiming.cancel()
    [ended] = await asyncio.gather(claiming, return_exceptions=True)
    assert isinstance(ended, asyncio.CancelledError) == was_under_way
    assert len(await redis_store.sources.claim("poller", NOON, 9)) == was_under_way


async def test_signals_whose_answer_was_lost_are_handed_out_again(
    redis_store: RedisStore, lossy: LossyLine
) -> None:
    """After a call that failed, the process gets what was on its way, in pages, before anything new."""
    await offer(redis_store, *(a_signal(f"s{i}") for i in range(5)))
    await take(redis_store, limit=5)
    lossy.losing = 1
    with pytest.raises(StoreError):
        await take(redis_store)
    await offer(redis_store, a_signal("s5"))
    pages = [await take(redis_store, limit=3) for _ in range(4)]
    assert [[one.record.id for one in page] for page in pages] == [
        ["s0", "s1", "s2"],
        ["s3", "s4"],
        ["s5"],
        [],
    ]
    assert [one.deliveries for one in pages[0]] == [2, 2, 2]


async def test_signals_that_could_not_be_filed_come_again(redis_store: RedisStore, lossy: LossyLine) -> None:
    """A reader that gives up when the store is away gets its signals back; filed ones it does not."""
    await offer(redis_store, a_signal("a"), a_signal("b"))
    first, second = await take(redis_store)
    lossy.losing = 2
    with pytest.raises(StoreError):
        await file(redis_store, first)
    assert await take(redis_store) == [second.__class__(second.entry, second.record, 2)]
    lossy.losing = 2
    with pytest.raises(StoreError):
        await redis_store.signals.bury([second], "kills its reader")
    assert await take(redis_store) == []
    assert [record.id for record, _ in await redis_store.signals.dead(9)] == ["b"]


async def test_cancelled_takes_lose_no_signal(redis_store: RedisStore) -> None:
    """Cancelled whenever entries arrive, the reader still gets every signal."""
    taken: set[str] = set()
    for number in range(40):
        waiting = asyncio.create_task(redis_store.signals.take("reader", 9, timedelta(seconds=1)))
        offering = asyncio.create_task(offer(redis_store, a_signal(f"s{number}")))
        for _ in range(number % 20):
            await asyncio.sleep(0)
        waiting.cancel()
        [found, _] = await asyncio.gather(waiting, offering, return_exceptions=True)
        if not isinstance(found, BaseException):
            taken.update(one.record.id for one in found)
    while rest := await take(redis_store):
        taken.update(one.record.id for one in rest)
    assert taken == {f"s{number}" for number in range(40)}


async def test_signals_whose_intake_was_not_answered_are_duplicates(
    redis_store: RedisStore, lossy: LossyLine
) -> None:
    """Offered again, they are known: nothing is queued twice."""
    lossy.losing = 1
    with pytest.raises(StoreError):
        await offer(redis_store, a_signal())
    assert await offer(redis_store, a_signal()) == ["duplicate"]
    assert (await redis_store.signals.backlog()).unread == 1


async def test_an_evaluation_that_was_not_answered_is_not_made_twice(
    redis_store: RedisStore, lossy: LossyLine
) -> None:
    """Its position has moved: the evaluator is fenced, and reads where it stands."""
    await offer(redis_store, a_signal())
    await file(redis_store, *await take(redis_store))
    [(position, _)] = await redis_store.signals.after("0", 9, AT_ONCE)
    evaluation = await an_evaluation(redis_store, seen_to=position, alerts=[an_alert()])
    lossy.losing = 1
    with pytest.raises(StoreError):
        await redis_store.judgements.commit(evaluation)
    with pytest.raises(Fenced):
        await redis_store.judgements.commit(evaluation)
    assert await redis_store.judgements.position() == position
    assert len(await redis_store.judgements.recent(9)) == 1


async def test_a_record_that_was_not_answered_is_not_made_twice(
    redis_store: RedisStore, lossy: LossyLine
) -> None:
    """Recorded again, it is fenced, and the ledger has it once."""
    await commit(redis_store, due=[a_due()])
    delivery = await must_claim(redis_store)
    lossy.losing = 1
    with pytest.raises(StoreError):
        await redis_store.outbox.record(delivery, DELIVERED, NOON)
    with pytest.raises(Fenced):
        await redis_store.outbox.record(delivery, DELIVERED, NOON)
    assert len(await redis_store.outbox.ledger(9)) == 1
    assert await redis_store.outbox.waiting() == {}
