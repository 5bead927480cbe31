"""Upkeep and sharing: what a store lets go of and what never, and several stores over one place."""

from datetime import datetime, timedelta

import pytest

from alerter.core.delivery import Outcome
from alerter.core.signal import IntakeStatus
from alerter.store.protocol import (
    EVALUATOR,
    STORY_KEPT,
    Backlog,
    Fenced,
    Repeat,
    Retention,
    Store,
    Timer,
)
from tests.contracts.store.conftest import Connect
from tests.support.signals import NOON, a_due, a_record, a_signal, a_vintage, an_alert, at
from tests.support.stores import (
    AT_ONCE,
    DELIVERED,
    MINUTE,
    a_poll,
    an_evaluation,
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

KEPT = Retention(signals=timedelta(days=2), alerts=timedelta(days=10))


def days(count: float) -> datetime:
    """So many days after noon."""
    return NOON + timedelta(days=count)


async def log(store: Store) -> list[str]:
    """Ids in the log, oldest first."""
    return [reading.record.id for _position, reading in await store.signals.after("0", 99, AT_ONCE)]


async def read_at(store: Store, seen_at: datetime, *names: str) -> None:
    """Take signals in as seen then, and file them."""
    await store.signals.intake([a_record(name, seen_at=seen_at) for name in names])
    await file(store, *await take(store))


async def evaluate_all(store: Store) -> None:
    """Move the evaluator to the log's end."""
    entries = await store.signals.after(await store.judgements.position(), 99, AT_ONCE)
    await commit(store, seen_to=entries[-1][0])


async def test_a_store_opens_answers_and_opens_again(connect: Connect) -> None:
    """Opening checks and changes nothing; what was stored is there for the next."""
    store = await connect()
    await offer(store, a_signal())
    await store.open()
    await store.ping()
    assert (await (await connect()).signals.backlog()).unread == 1


async def test_evaluated_signals_are_let_go_after_their_retention(store: Store) -> None:
    """The log loses what is older; what is younger stays, and positions still lead on."""
    await read_at(store, NOON, "old", "older")
    await read_at(store, days(1), "young")
    await evaluate_all(store)
    await store.tidy(days(1.9), KEPT)
    assert await log(store) == ["old", "older", "young"]
    await store.tidy(days(2.5), KEPT)
    assert await log(store) == ["young"]
    assert [reading.record.id for _position, reading in await store.signals.recent(9)] == ["young"]
    assert await store.signals.find("old") is None
    assert await store.signals.find("young") is not None
    assert await store.signals.backlog() == Backlog(unread=0, unevaluated=0)
    position = await store.judgements.position()
    await read_at(store, days(2.5), "new")
    assert [r.record.id for _p, r in await store.signals.after(position, 9, AT_ONCE)] == ["new"]


async def test_what_is_not_evaluated_is_never_let_go(store: Store) -> None:
    """However old it is, the evaluator gets it first."""
    await read_at(store, NOON, "evaluated")
    await evaluate_all(store)
    await read_at(store, NOON, "waiting")
    await store.tidy(days(30), KEPT)
    assert await log(store) == ["waiting"]
    assert await store.signals.backlog() == Backlog(unread=0, unevaluated=1)


async def test_what_is_not_read_is_never_let_go(store: Store) -> None:
    """Signals in the queue, and those being read, survive any upkeep."""
    await offer(store, a_signal("taken"), a_signal("queued"))
    taken = await take(store, limit=1)
    await store.tidy(days(30), KEPT)
    assert [queued.record.id for queued in await take(store)] == ["queued"]
    await file(store, *taken)
    assert await log(store) == ["taken"]


async def test_a_signal_is_known_at_least_as_long_as_it_is_kept(store: Store) -> None:
    """Upkeep does not make a re-published signal new again while its retention lasts."""
    await read(store, a_signal())
    await evaluate_all(store)
    await store.tidy(days(1.9), KEPT)
    assert await offer(store, a_signal()) == [IntakeStatus.DUPLICATE]


async def test_dead_letters_are_visible_for_their_retention(store: Store) -> None:
    """A buried signal can be seen until signals of its age are let go."""
    await offer(store, a_signal())
    await store.signals.bury(await take(store), "not text")
    await store.tidy(days(1.9), KEPT)
    assert len(await store.signals.dead(9)) == 1


async def test_resolved_alerts_are_let_go_and_active_ones_never(store: Store) -> None:
    """A firing alert stays whatever its age; a resolved one leaves after its retention."""
    firing = an_alert("firing")
    resolved = an_alert("resolved", state="resolved", resolved_at=at(60), updated_at=at(60))
    touched = [("sig-1", firing.fingerprint), ("sig-1", resolved.fingerprint)]
    await commit(store, alerts=[firing, resolved], touched=touched)
    await store.tidy(days(9), KEPT)
    assert len(await store.judgements.recent(9)) == 2
    await store.tidy(days(11), KEPT)
    assert await store.judgements.alerts([firing.fingerprint, resolved.fingerprint]) == {
        firing.fingerprint: firing
    }
    assert [alert for _cursor, alert in await store.judgements.recent(9)] == [firing]
    assert list(await store.judgements.active()) == [firing]


async def test_the_ledger_and_the_dead_are_let_go_after_their_retention(store: Store) -> None:
    """Lines of attempts older than the retention are gone, younger ones stay."""
    await commit(store, due=[a_due()])
    await store.outbox.record(await must_claim(store), DELIVERED, NOON)
    await commit(store, due=[a_due(an_alert(revision=2), at=days(5))])
    later = (days(6) - NOON).total_seconds()
    await store.outbox.record(await must_claim(store, seconds=later), DELIVERED, days(6))
    await store.tidy(days(9), KEPT)
    assert len(await store.outbox.ledger(9)) == 2
    await store.tidy(days(11), KEPT)
    assert [line.at for _cursor, line in await store.outbox.ledger(9)] == [days(6)]


async def test_deliveries_not_made_yet_survive_any_upkeep(store: Store) -> None:
    """A destination that was down for long still gets what is due to it."""
    await commit(store, due=[a_due()])
    await store.tidy(days(1000), KEPT)
    assert await claim_delivery(store) is not None
    await store.tidy(days(1000), KEPT)
    assert await store.outbox.waiting() == {"desk/console": 1}


async def test_vintages_timers_repeats_and_rules_stay_for_ever(store: Store) -> None:
    """What was known when is history that replay needs; what is scheduled is not upkeep's to end."""
    repeat = Repeat(group="magnets", fingerprints=("a",), interval=MINUTE)
    await commit(
        store, vintages=[a_vintage()], timers=[Timer("fire", "a", NOON)], repeats=[repeat], rules={"r": "1"}
    )
    await store.tidy(days(10_000), KEPT)
    assert (await store.judgements.series(["cn-magnets-us"]))["cn-magnets-us"].vintages == (a_vintage(),)
    assert await store.judgements.next_timer() == NOON
    assert await store.judgements.repeats(["magnets"]) == {"magnets": repeat}
    assert await store.judgements.rules() == {"r": "1"}


async def test_story_keys_are_let_go_when_the_story_is_over(store: Store) -> None:
    """A key is known for as long as stories are kept in domain time, and then forgotten by upkeep."""
    await commit(store, stories={"url:1": "s1"})
    await store.tidy(NOON, KEPT)
    await store.tidy(NOON + STORY_KEPT - MINUTE, KEPT)
    assert await store.judgements.stories(["url:1"]) == {"url:1": "s1"}
    await store.tidy(NOON + STORY_KEPT + MINUTE, KEPT)
    assert await store.judgements.stories(["url:1"]) == {}


async def test_delivery_ids_never_return(store: Store) -> None:
    """However long a group was quiet, its destination never takes the next one for a copy of an earlier."""
    await commit(store, due=[a_due()])
    first = await must_claim(store)
    await store.outbox.record(first, Outcome(kind="delivered"), NOON)
    await store.tidy(days(1000), KEPT)
    await commit(store, due=[a_due(an_alert(revision=2), at=days(1000))])
    second = await must_claim(store, seconds=(days(1001) - NOON).total_seconds())
    assert second.id != first.id


async def test_stores_on_one_server_see_one_truth(connect: Connect) -> None:
    """What one process commits, every other reads; what one claims, no other gets."""
    one, two = await connect(), await connect()
    claim = await claim_source(one)
    assert list(await two.sources.claim("two", NOON, 9)) == []
    await offer(two, a_signal(), poll=a_poll(claim))
    [queued] = await take(one, "one")
    assert await take(two, "two") == []
    await file(two, queued)
    assert await log(one) == ["magnets-1"]
    await commit(one, alerts=[an_alert()], due=[a_due()])
    assert list(await two.judgements.active()) == [an_alert()]
    delivery = await must_claim(two, "two")
    assert await claim_delivery(one, "one") is None
    await one.outbox.record(delivery, DELIVERED, NOON)
    with pytest.raises(Fenced):
        await two.outbox.record(delivery, DELIVERED, NOON)


async def test_of_two_evaluators_one_commits(connect: Connect) -> None:
    """The lease is one over all stores, and the position moves once."""
    one, two = await connect(), await connect()
    turn = await an_evaluation(one, process="one", rules={"by": "one"})
    assert await two.fleet.lease(EVALUATOR, "two", MINUTE) is None
    await one.fleet.leave("one")
    await commit(two, process="two", rules={"by": "two"})
    with pytest.raises(Fenced):
        await one.judgements.commit(turn)
    assert await one.judgements.rules() == {"by": "two"}


async def test_who_has_not_pushed_for_long_is_forgotten(store: Store) -> None:
    """Names from outside do not gather for ever; what is polled is remembered."""
    await offer(store, a_signal("a", source="gone"), poll=a_poll(await claim_source(store)))
    await offer(store, a_signal("b", source="gone"))
    await store.signals.intake([a_record("c", source="here", seen_at=days(2))])
    await store.tidy(days(3), KEPT)
    assert set(await store.sources.health()) == {"ree-news", "here"}


async def test_a_source_that_was_taken_out_long_ago_is_forgotten(store: Store) -> None:
    """With its place, so that what was published meanwhile is no news should it come back."""
    await offer(store, poll=a_poll(await claim_source(store)))
    await store.tidy(days(30), KEPT)
    assert await store.sources.cursor("ree-news") == "after-1", "it is scheduled still"
    await enrol(store, {})
    await store.tidy(NOON, KEPT)
    assert await store.sources.cursor("ree-news") == "after-1", "it may come back soon"
    await store.tidy(days(30), KEPT)
    assert await store.sources.cursor("ree-news") is None
    assert await store.sources.health() == {}
    assert (await claim_source(store)).cursor is None


async def test_a_source_that_is_being_polled_is_not_forgotten(store: Store) -> None:
    """Its poll ends as any other."""
    await offer(store, poll=a_poll(await claim_source(store)))
    [claim] = await store.sources.claim("poller", days(29), 1)
    await enrol(store, {})
    await store.tidy(days(30), KEPT)
    await offer(store, poll=a_poll(claim, cursor="after-2"))
    assert await store.sources.cursor("ree-news") == "after-2"
