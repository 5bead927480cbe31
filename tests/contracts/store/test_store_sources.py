"""Sources: when each is due, who polls it, where it stood, and how it fares."""

from datetime import timedelta

import pytest

from alerter.store.protocol import Fenced, Store
from tests.support.signals import NOON, a_signal, at, healthy
from tests.support.stores import AT_ONCE, MINUTE, a_poll, claim_source, offer
from tests.support.waiting import eventually

SHORT = timedelta(milliseconds=60)


async def claimed(store: Store, seconds: float = 0, *, limit: int = 9, process: str = "poller") -> list[str]:
    """Sources that the process can claim so many seconds after noon."""
    return [claim.source for claim in await store.sources.claim(process, at(seconds), limit)]


async def test_sources_are_claimed_when_due_the_earliest_first(store: Store) -> None:
    """What is not due yet stays; what is due comes in order of its due time, and never twice."""
    await store.sources.enrol({"late": at(60), "second": at(10), "first": at(5)})
    assert await claimed(store, 4) == []
    assert await claimed(store, 10) == ["first", "second"]
    assert await claimed(store, 59) == []
    assert await claimed(store, 60) == ["late"]


async def test_no_more_sources_are_claimed_than_wanted(store: Store) -> None:
    """The limit holds, and what it leaves goes to the next process."""
    await store.sources.enrol({"a": at(1), "b": at(2), "c": at(3)})
    assert await claimed(store, 60, limit=2) == ["a", "b"]
    assert await claimed(store, 60, process="other") == ["c"]


async def test_the_first_claim_has_no_cursor_and_the_next_one_the_last_polls(store: Store) -> None:
    """A poll's end moves the cursor and the due time, and each claim has a higher epoch."""
    first = await claim_source(store)
    assert first.cursor is None
    await offer(store, poll=a_poll(first, cursor="etag:1", due_in=600))
    assert await claimed(store, 599) == []
    [second] = await store.sources.claim("poller", at(600), 9)
    assert second.cursor == "etag:1"
    assert second.epoch > first.epoch


async def test_enrolling_again_keeps_an_earlier_due_time_and_takes_an_earlier_one(store: Store) -> None:
    """A restart neither puts off a poll nor keeps a shortened interval from taking effect."""
    await store.sources.enrol({"kept": at(10), "sooner": at(900)})
    await store.sources.enrol({"kept": at(900), "sooner": at(10)})
    assert sorted(await claimed(store, 10)) == ["kept", "sooner"]


async def test_sources_not_enrolled_any_more_are_not_polled_but_remembered(store: Store) -> None:
    """A source that returns to the configuration goes on from its cursor."""
    await offer(store, poll=a_poll(await claim_source(store), cursor="etag:1"))
    await store.sources.enrol({"other": NOON})
    assert await claimed(store, 3600) == ["other"]
    assert "ree-news" in await store.sources.health()
    await store.sources.enrol({"ree-news": at(7200)})
    [claim] = await store.sources.claim("poller", at(7200), 9)
    assert (claim.source, claim.cursor) == ("ree-news", "etag:1")


async def test_a_source_being_polled_is_not_due_when_enrolled_again(store: Store) -> None:
    """A reload in the middle of a poll does not poll the source twice at once."""
    claim = await claim_source(store)
    await store.sources.enrol({"ree-news": NOON})
    assert await claimed(store, 3600) == []
    await offer(store, poll=a_poll(claim, due_in=600))
    assert await claimed(store, 600) == ["ree-news"]


async def test_a_source_removed_while_it_is_polled_is_not_scheduled_again(store: Store) -> None:
    """The poll under way still commits, and is the last."""
    claim = await claim_source(store)
    await store.sources.enrol({})
    await offer(store, a_signal(), poll=a_poll(claim))
    assert (await store.signals.backlog()).unread == 1
    assert await claimed(store, 86_400) == []


async def test_a_postponed_source_is_due_later_from_the_same_cursor(store: Store) -> None:
    """A failed poll moves the due time and tells its health, and leaves the cursor."""
    await offer(store, poll=a_poll(await claim_source(store), cursor="etag:1"))
    [claim] = await store.sources.claim("poller", at(600), 9)
    failing = healthy(state="failing", failures=1, last_error="503 Service Unavailable")
    await store.sources.postpone(claim, at(1200), AT_ONCE, failing)
    assert await store.sources.health() == {"ree-news": failing}
    assert await claimed(store, 1199) == []
    [again] = await store.sources.claim("poller", at(1200), 9)
    assert again.cursor == "etag:1"
    assert again.epoch > claim.epoch


async def test_a_hold_outlasts_the_moved_clock(store: Store) -> None:
    """However far domain time moves, a source is not polled before its hold has passed in real time."""
    await store.sources.postpone(await claim_source(store), at(60), MINUTE, healthy())
    assert await claimed(store, 86_400) == []


async def test_a_hold_passes(store: Store) -> None:
    """Once the hold is over and the due time is reached, the source is claimed."""
    await store.sources.postpone(await claim_source(store), at(60), SHORT, healthy())
    assert await eventually(lambda: claimed(store, 60)) == ["ree-news"]


async def test_a_claim_ends_once(store: Store) -> None:
    """After its commit or postponement a claim is fenced, and nothing changes."""
    claim = await claim_source(store)
    await store.sources.postpone(claim, at(60), AT_ONCE, healthy())
    with pytest.raises(Fenced):
        await store.sources.postpone(claim, NOON, AT_ONCE, healthy(state="failing"))
    with pytest.raises(Fenced):
        await offer(store, a_signal(), poll=a_poll(claim))
    assert await store.sources.health() == {"ree-news": healthy()}
    assert (await store.signals.backlog()).unread == 0
    [again] = await store.sources.claim("poller", at(60), 9)
    assert again.cursor is None
    await offer(store, poll=a_poll(again))
    with pytest.raises(Fenced):
        await offer(store, a_signal(), poll=a_poll(again, cursor="late"))


async def test_hastening_makes_a_scheduled_source_due_now(store: Store) -> None:
    """Someone wants to see it: it is polled before its time."""
    await store.sources.enrol({"ree-news": at(3600), "early": at(1)})
    await store.sources.hasten("ree-news", at(2))
    await store.sources.hasten("early", at(2))
    assert sorted(await claimed(store, 2)) == ["early", "ree-news"]


async def test_hastening_schedules_nothing_new_and_doubles_no_poll(store: Store) -> None:
    """An unknown source stays unknown, and one being polled is left to its poll."""
    claim = await claim_source(store)
    await store.sources.hasten("ree-news", NOON)
    await store.sources.hasten("unknown", NOON)
    assert await claimed(store, 60) == []
    await offer(store, poll=a_poll(claim, due_in=600))
    assert await claimed(store, 599) == []


async def test_health_is_known_of_every_source_that_was_polled(store: Store) -> None:
    """Whether a poll went well or not, its health can be read; a source never polled is absent."""
    assert await store.sources.health() == {}
    await store.sources.enrol({"good": NOON, "bad": NOON, "new": at(60)})
    bad, good = sorted(await store.sources.claim("poller", NOON, 9), key=lambda claim: claim.source)
    failing = healthy("bad", state="failing", failures=3, last_error="not XML: “<!doctype …”")
    await offer(store, poll=a_poll(good))
    await store.sources.postpone(bad, at(60), AT_ONCE, failing)
    assert await store.sources.health() == {"good": healthy("good"), "bad": failing}
