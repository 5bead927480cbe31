"""The outbox: when news is due, how it is frozen, what each outcome does, and what the ledger says."""

from datetime import timedelta
from typing import Literal

import pytest

from alerter.core.alert import Change
from alerter.core.delivery import LedgerEntry, Outcome
from alerter.store.protocol import Fenced, Store
from tests.support.signals import NOON, a_due, a_group, an_alert, at
from tests.support.stores import AT_ONCE, DELIVERED, MINUTE, claim_delivery, commit, must_claim
from tests.support.waiting import eventually

RETRY = Outcome(kind="retry", reason="429 Too Many Requests")
AMBIGUOUS = Outcome(kind="ambiguous", reason="connection lost after the request was sent")
DEAD = Outcome(kind="dead", reason="channel_not_found")


async def told(store: Store, seconds: float = 3600) -> dict[str, tuple[Change, int]]:
    """What the next delivery tells: change and revision by rule; it is recorded as delivered."""
    delivery = await must_claim(store, seconds=seconds)
    await store.outbox.record(delivery, DELIVERED, at(seconds))
    return {member.alert.rule: (member.change, member.alert.revision) for member in delivery.members}


async def test_news_waits_for_its_group(store: Store) -> None:
    """An entry is due `group.wait` after the change that opened it."""
    await commit(store, due=[a_due(at=at(10))])
    assert await store.outbox.next_due() == at(40)
    assert await claim_delivery(store, seconds=39) is None
    assert await claim_delivery(store, seconds=40) is not None


async def test_news_gathered_while_waiting_goes_out_together(store: Store) -> None:
    """Later members do not put off the entry, and it is told as one delivery."""
    await commit(store, due=[a_due(an_alert("a"), at=at(0)), a_due(an_alert("b"), at=at(5))])
    await commit(store, due=[a_due(an_alert("c"), at=at(29))])
    assert await store.outbox.next_due() == at(30)
    delivery = await must_claim(store, seconds=30)
    assert [member.alert for member in delivery.members] == [an_alert("a"), an_alert("b"), an_alert("c")]
    assert await claim_delivery(store) is None


async def test_a_claimed_delivery_says_all_there_is_to_send(store: Store) -> None:
    """Its first attempt carries the group, the frozen members, when it was first claimed, and no doubt."""
    due = a_due()
    await commit(store, due=[due])
    delivery = await must_claim(store, seconds=30)
    assert delivery.model_dump(exclude={"id"}) == {
        "entry": due.entry,
        "destination": "desk/console",
        "group": due.group.model_dump(),
        "members": (due.member.model_dump(),),
        "attempt": 1,
        "uncertain": False,
        "first_attempt_at": at(30),
        "receipt": None,
    }


async def test_destinations_and_groups_have_entries_of_their_own(store: Store) -> None:
    """One failing destination neither blocks nor repeats another; slots bound each of them."""
    dues = [
        a_due(destination=destination, group=a_group(group))
        for destination in ("desk/slack", "desk/email/a")
        for group in ("magnets", "gallium")
    ]
    await commit(store, due=dues)
    assert await store.outbox.waiting() == {"desk/slack": 2, "desk/email/a": 2}
    first = await store.outbox.claim("sender", at(30), {"desk/slack": 1, "desk/email/a": 5, "gone": 3})
    assert sorted(delivery.destination for delivery in first) == [
        "desk/email/a",
        "desk/email/a",
        "desk/slack",
    ]
    assert len({delivery.id for delivery in first}) == 3
    assert list(await store.outbox.claim("sender", at(30), {"desk/slack": 0})) == []
    assert len(await store.outbox.claim("other", at(30), {"desk/slack": 9, "desk/email/a": 9})) == 1


async def test_the_longest_due_is_claimed_first(store: Store) -> None:
    """With few slots, entries go out in the order of their due times."""
    dues = [a_due(group=a_group(name), at=at(seconds)) for name, seconds in [("late", 20), ("early", 10)]]
    await commit(store, due=dues)
    assert (await must_claim(store)).group.id == "early"
    assert (await must_claim(store)).group.id == "late"


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        (Change.FIRED, Change.UPDATED, Change.FIRED),
        (Change.FIRED, Change.REPEATED, Change.FIRED),
        (Change.FIRED, Change.RESOLVED, Change.RESOLVED),
        (Change.FIRED, Change.WITHDRAWN, Change.WITHDRAWN),
        (Change.UPDATED, Change.RESOLVED, Change.RESOLVED),
        (Change.RESOLVED, Change.FIRED, Change.FIRED),
    ],
)
async def test_news_of_one_alert_is_told_once_in_its_latest_state(
    store: Store, first: Change, second: Change, expected: Change
) -> None:
    """The newer alert replaces the older; one that nobody has heard of stays new through updates."""
    await commit(store, due=[a_due(an_alert(revision=1), change=first)])
    await commit(store, due=[a_due(an_alert(revision=2), change=second, at=at(5))])
    assert await told(store) == {"reported-export-fall": (expected, 2)}


async def test_a_fired_alert_stays_new_through_every_update_in_one_turn(store: Store) -> None:
    """Merging holds within a turn and over several."""
    changes = [Change.FIRED, Change.UPDATED, Change.UPDATED]
    await commit(store, due=[a_due(an_alert(revision=n), change=c) for n, c in enumerate(changes, 1)])
    await commit(store, due=[a_due(an_alert(revision=4), change=Change.REPEATED)])
    assert await told(store) == {"reported-export-fall": (Change.FIRED, 4)}


async def test_what_was_told_is_not_told_again(store: Store) -> None:
    """A delivered entry is free: nothing waits, nothing is due."""
    await commit(store, due=[a_due()])
    await store.outbox.record(await must_claim(store, seconds=30), DELIVERED, at(31))
    assert await claim_delivery(store, seconds=86_400) is None
    assert await store.outbox.waiting() == {}
    assert await store.outbox.next_due() is None


async def test_news_after_a_notification_keeps_the_groups_interval(store: Store) -> None:
    """It is due the interval after the last notification, or its own wait if that is later."""
    await commit(store, due=[a_due()])
    await store.outbox.record(await must_claim(store, seconds=30), DELIVERED, at(31))
    await commit(store, due=[a_due(an_alert(revision=2), change=Change.UPDATED, at=at(60))])
    assert await store.outbox.next_due() == at(31 + 300)
    await store.outbox.record(await must_claim(store, seconds=331), DELIVERED, at(331))
    await commit(store, due=[a_due(an_alert(revision=3), change=Change.UPDATED, at=at(900))])
    assert await store.outbox.next_due() == at(930)


async def test_news_gathered_during_a_send_goes_out_an_interval_later(store: Store) -> None:
    """A frozen delivery takes no more members; what gathers follows as one."""
    await commit(store, due=[a_due()])
    sending = await must_claim(store, seconds=30)
    await commit(store, due=[a_due(an_alert("new"), at=at(31)), a_due(an_alert(revision=2), at=at(32))])
    assert await claim_delivery(store) is None
    await store.outbox.record(sending, DELIVERED, at(40))
    assert await store.outbox.next_due() == at(340)
    following = await must_claim(store, seconds=340)
    assert [member.alert for member in following.members] == [an_alert("new"), an_alert(revision=2)]
    assert following.id != sending.id
    assert len(sending.members) == 1


async def test_the_receipt_of_the_last_notification_comes_with_the_next(store: Store) -> None:
    """Destinations that edit what they posted learn where it stands."""
    await commit(store, due=[a_due()])
    await store.outbox.record(await must_claim(store), DELIVERED, at(31))
    await commit(store, due=[a_due(an_alert(revision=2), at=at(60))])
    following = await must_claim(store)
    assert following.receipt == DELIVERED.receipt
    await store.outbox.record(following, Outcome(kind="delivered", receipt="1718.01"), at(400))
    await commit(store, due=[a_due(an_alert(revision=3), at=at(500))])
    assert (await must_claim(store)).receipt == "1718.01"


async def test_a_retry_repeats_the_frozen_delivery_without_doubt(store: Store) -> None:
    """Refused before it arrived: the same id, members and first attempt, counted up."""
    await commit(store, due=[a_due()])
    first = await must_claim(store, seconds=30)
    await store.outbox.record(first, RETRY, at(31))
    await commit(store, due=[a_due(an_alert("new"), at=at(32))])
    assert await must_claim(store, seconds=60) == first.model_copy(update={"attempt": 2})


async def test_an_ambiguous_attempt_leaves_doubt_until_the_delivery_ends(store: Store) -> None:
    """It may have arrived: every later attempt is uncertain, even after one that was plainly refused."""
    await commit(store, due=[a_due()])
    first = await must_claim(store)
    await store.outbox.record(first, AMBIGUOUS, at(31))
    second = await must_claim(store)
    assert second == first.model_copy(update={"attempt": 2, "uncertain": True})
    await store.outbox.record(second, RETRY, at(32))
    third = await must_claim(store)
    assert third == first.model_copy(update={"attempt": 3, "uncertain": True})
    await store.outbox.record(third, DELIVERED, at(33))
    await commit(store, due=[a_due(an_alert(revision=2), at=at(60))])
    assert not (await must_claim(store)).uncertain


@pytest.mark.parametrize("kind", ["retry", "ambiguous"])
async def test_a_failed_attempt_is_held_in_real_time(
    store: Store, kind: Literal["retry", "ambiguous"]
) -> None:
    """However far domain time moves, the next attempt waits for `retry_after`, and counts as waiting."""
    await commit(store, due=[a_due()])
    delivery = await must_claim(store, seconds=30)
    await store.outbox.record(delivery, Outcome(kind=kind, retry_after=MINUTE), at(31))
    assert await claim_delivery(store, seconds=86_400) is None
    assert await store.outbox.waiting() == {"desk/console": 1}
    assert await store.outbox.next_due() is not None


async def test_a_hold_ends(store: Store) -> None:
    """Once `retry_after` has passed, the attempt can be claimed."""
    await commit(store, due=[a_due()])
    first = await must_claim(store)
    short = Outcome(kind="retry", retry_after=timedelta(milliseconds=60))
    await store.outbox.record(first, short, at(31))
    assert (await eventually(lambda: claim_delivery(store))).id == first.id


async def test_a_dead_delivery_is_kept_with_its_reason(store: Store) -> None:
    """It ends like a delivered one, visibly, and leaves the last receipt as it was."""
    await commit(store, due=[a_due()])
    await store.outbox.record(await must_claim(store), DELIVERED, at(31))
    await commit(store, due=[a_due(an_alert(revision=2), at=at(60))])
    dying = await must_claim(store)
    await commit(store, due=[a_due(an_alert(revision=3), at=at(61))])
    await store.outbox.record(dying, DEAD, at(400))
    assert list(await store.outbox.dead(9)) == [(dying, "channel_not_found")]
    assert await store.outbox.next_due() == at(700)
    following = await must_claim(store)
    assert following.receipt == DELIVERED.receipt
    assert [member.alert.revision for member in following.members] == [3]


async def test_dead_deliveries_are_listed_newest_first(store: Store) -> None:
    """The last to die comes first, and no more than wanted."""
    await commit(store, due=[a_due(group=a_group(name)) for name in ("a", "b")])
    for reason in ("first", "second"):
        await store.outbox.record(await must_claim(store), Outcome(kind="dead", reason=reason), at(60))
    assert [reason for _delivery, reason in await store.outbox.dead(9)] == ["second", "first"]
    assert [reason for _delivery, reason in await store.outbox.dead(1)] == ["second"]


@pytest.mark.parametrize(
    "outcome", [DELIVERED, RETRY, AMBIGUOUS, DEAD], ids=lambda outcome: str(outcome.kind)
)
async def test_an_attempt_is_recorded_once(store: Store, outcome: Outcome) -> None:
    """A second record of the same attempt is fenced and changes nothing, in the ledger or elsewhere."""
    await commit(store, due=[a_due()])
    delivery = await must_claim(store)
    await store.outbox.record(delivery, outcome, at(60))
    before = (await store.outbox.waiting(), await store.outbox.next_due(), await store.outbox.dead(9))
    for late in (DELIVERED, DEAD):
        with pytest.raises(Fenced):
            await store.outbox.record(delivery, late, at(61))
    assert len(await store.outbox.ledger(9)) == 1
    assert (await store.outbox.waiting(), await store.outbox.next_due(), await store.outbox.dead(9)) == before


async def test_an_earlier_attempt_cannot_be_recorded_during_a_later_one(store: Store) -> None:
    """Only the attempt under way ends it."""
    await commit(store, due=[a_due()])
    first = await must_claim(store)
    await store.outbox.record(first, RETRY, at(60))
    second = await must_claim(store)
    with pytest.raises(Fenced):
        await store.outbox.record(first, DELIVERED, at(61))
    await store.outbox.record(second, DELIVERED, at(62))
    assert [line.attempt for _cursor, line in await store.outbox.ledger(9)] == [2, 1]


async def test_what_was_never_claimed_cannot_be_recorded(store: Store) -> None:
    """A forged delivery is fenced."""
    await commit(store, due=[a_due()])
    delivery = await must_claim(store)
    with pytest.raises(Fenced):
        await store.outbox.record(delivery.model_copy(update={"entry": "unknown"}), DELIVERED, at(60))
    with pytest.raises(Fenced):
        await store.outbox.record(delivery.model_copy(update={"id": "unknown"}), DELIVERED, at(60))
    assert list(await store.outbox.ledger(9)) == []


async def test_every_attempt_is_in_the_ledger(store: Store) -> None:
    """A line says what was told to whom, which attempt it was, and what became of it."""
    due = a_due(an_alert(revision=7), change=Change.UPDATED)
    await commit(store, due=[due])
    delivery = await must_claim(store)
    await store.outbox.record(delivery, RETRY, at(60))
    await store.outbox.record(await must_claim(store), DELIVERED, at(90))
    line = LedgerEntry(
        delivery=delivery.id,
        entry=due.entry,
        destination="desk/console",
        receiver="desk",
        group={"commodity": "magnets"},
        alerts=((due.member.alert.fingerprint, 7, Change.UPDATED),),
        attempt=1,
        outcome="retry",
        reason=RETRY.reason,
        at=at(60),
    )
    delivered = line.model_copy(update={"attempt": 2, "outcome": "delivered", "reason": "", "at": at(90)})
    assert [entry for _cursor, entry in await store.outbox.ledger(9)] == [delivered, line]


async def test_the_ledger_is_paged_from_the_newest(store: Store) -> None:
    """Pages follow each other by cursor, without gap or repetition."""
    await commit(store, due=[a_due()])
    for _attempt in range(5):
        await store.outbox.record(await must_claim(store), RETRY, at(60))
    pages: list[list[int]] = []
    before: str | None = None
    while page := await store.outbox.ledger(2, before):
        pages.append([line.attempt for _cursor, line in page])
        before = page[-1][0]
    assert pages == [[5, 4], [3, 2], [1]]


async def test_entries_of_removed_destinations_go_dead(store: Store) -> None:
    """What was gathered and what was held for a retry is dead, visibly; other destinations go on."""
    await commit(store, due=[a_due(destination="gone/slack", group=a_group(name)) for name in ("a", "b")])
    [held] = await store.outbox.claim("sender", at(60), {"gone/slack": 1})
    await store.outbox.record(held, Outcome(kind="retry", retry_after=MINUTE), at(60))
    await commit(store, due=[a_due(), a_due(destination="gone/slack", group=held.group)])
    assert await store.outbox.retire(["desk/console", "new/email"], at(70)) == 2
    dead = await store.outbox.dead(9)
    assert {delivery.destination for delivery, _reason in dead} == {"gone/slack"}
    assert {delivery.group.id for delivery, _reason in dead} == {"a", "b"}
    assert held.id in {delivery.id for delivery, _reason in dead}
    assert all(reason for _delivery, reason in dead)
    assert await store.outbox.waiting() == {"desk/console": 1}
    assert list(await store.outbox.claim("sender", at(86_400), {"gone/slack": 9})) == []
    assert await store.outbox.retire(["desk/console"], at(71)) == 0


async def test_a_destination_that_returns_starts_anew(store: Store) -> None:
    """After it was retired, new news of the same group goes out under a new id."""
    await commit(store, due=[a_due()])
    await store.outbox.retire([], at(40))
    await commit(store, due=[a_due(an_alert("new"), at=at(4000))])
    [(dead, _reason)] = await store.outbox.dead(9)
    following = await must_claim(store, seconds=8000)
    assert [member.alert for member in following.members] == [an_alert("new")]
    assert following.id != dead.id


async def test_nothing_is_due_at_first(store: Store) -> None:
    """An empty outbox has nothing to claim, no queue, no ledger and no dead."""
    assert await claim_delivery(store) is None
    assert await store.outbox.next_due() is None
    assert await store.outbox.waiting() == {}
    assert list(await store.outbox.ledger(9)) == []
    assert list(await store.outbox.dead(9)) == []
    assert await store.outbox.retire([], NOON) == 0


async def test_a_claimed_entry_is_waiting_but_not_due(store: Store) -> None:
    """While it is sent it counts as undelivered, and nobody else is told that it is due."""
    await commit(store, due=[a_due(group=a_group(wait=AT_ONCE))])
    assert await store.outbox.next_due() == NOON
    await must_claim(store, seconds=0)
    assert await store.outbox.waiting() == {"desk/console": 1}
    assert await store.outbox.next_due() is None
