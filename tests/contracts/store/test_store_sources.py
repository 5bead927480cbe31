"""Sources: when each is due, who polls it, where it stood, and how it fares."""

from datetime import timedelta

import pytest

from alerter.store.protocol import Enrolment, Fenced, Store
from tests.support.signals import NOON, a_signal, at, healthy
from tests.support.stores import AT_ONCE, MINUTE, a_poll, claim_source, enrol, offer
from tests.support.waiting import eventually

SHORT = timedelta(milliseconds=60)


async def claimed(store: Store, seconds: float = 0, *, limit: int = 9, process: str = "poller") -> list[str]:
    """Sources that the process can claim so many seconds after noon."""
    return [claim.source for claim in await store.sources.claim(process, at(seconds), limit)]


async def test_sources_are_claimed_when_due_the_earliest_first(store: Store) -> None:
    """What is not due yet stays; what is due comes in order of its due time, and never twice."""
    await enrol(store, {"late": at(60), "second": at(10), "first": at(5)})
    assert await claimed(store, 4) == []
    assert await claimed(store, 10) == ["first", "second"]
    assert await claimed(store, 59) == []
    assert await claimed(store, 60) == ["late"]


async def test_no_more_sources_are_claimed_than_wanted(store: Store) -> None:
    """The limit holds, and what it leaves goes to the next process."""
    await enrol(store, {"a": at(1), "b": at(2), "c": at(3)})
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


async def test_enrolling_again_unchanged_keeps_due_times_and_holds(store: Store) -> None:
    """A restart polls nothing before its time, and ends no pause that a failure has earned."""
    await store.sources.postpone(await claim_source(store), at(60), MINUTE, healthy())
    await enrol(store, {"ree-news": NOON, "kept": at(900)})
    await enrol(store, {"ree-news": NOON, "kept": NOON})
    assert await claimed(store, 899) == []
    assert await claimed(store, 900) == ["kept"]


async def test_a_changed_source_is_due_as_enrolled_without_its_hold(store: Store) -> None:
    """Whoever has mended a configuration sees at once whether it works."""
    await store.sources.postpone(await claim_source(store), at(60), MINUTE, healthy())
    await enrol(store, {"ree-news": at(5), "later": at(900)}, signature="mended")
    assert await claimed(store, 4) == []
    assert await claimed(store, 5) == ["ree-news"]
    await enrol(store, {"ree-news": at(900), "later": at(6)}, signature="mended")
    assert await claimed(store, 899) == []


async def test_a_source_changed_while_it_is_polled_is_polled_anew(store: Store) -> None:
    """What the old configuration brings is fenced, so that it cannot put off the new one's first poll."""
    claim = await claim_source(store)
    await enrol(store, {"ree-news": at(1)}, signature="mended")
    with pytest.raises(Fenced):
        await offer(store, a_signal(), poll=a_poll(claim))
    assert (await store.signals.backlog()).unread == 0
    [again] = await store.sources.claim("poller", at(1), 9)
    assert again.epoch > claim.epoch
    await offer(store, a_signal(), poll=a_poll(again))


async def test_a_source_that_is_not_to_be_polled_shows_its_health_at_once(store: Store) -> None:
    """What it lacks is said without a poll, and once it has it, it is due."""
    waits = healthy(state="unconfigured", last_error="no key")
    await store.sources.enrol({"ree-news": Enrolment(None, "keyless", waits)})
    assert await store.sources.health() == {"ree-news": waits}
    assert await claimed(store, 86_400) == []
    assert await store.sources.next_due(NOON) is None
    await store.sources.enrol({"ree-news": Enrolment(at(1), "keyed")})
    assert await store.sources.health() == {"ree-news": waits}
    assert await claimed(store, 1) == ["ree-news"]


async def test_a_process_that_enrols_late_does_not_undo_what_a_poll_has_said(store: Store) -> None:
    """Two processes start with a new key; the first has polled before the second writes what it expected."""
    awaited = Enrolment(NOON, "keyed", healthy(state="unknown"))
    await store.sources.enrol({"ree-news": awaited})
    [claim] = await store.sources.claim("poller", NOON, 9)
    await offer(store, poll=a_poll(claim))
    await store.sources.enrol({"ree-news": awaited})
    assert await store.sources.health() == {"ree-news": healthy()}


async def test_a_claim_tells_the_health_that_the_last_poll_left(store: Store) -> None:
    """Whichever process made that poll."""
    claim = await claim_source(store)
    assert claim.health is None
    failing = healthy(state="failing", failures=4, cadence=timedelta(hours=7), overdue=("May",))
    await store.sources.postpone(claim, at(1), AT_ONCE, failing)
    [again] = await store.sources.claim("other", at(1), 9)
    assert again.health == failing


async def test_the_next_due_time_counts_from_now(store: Store) -> None:
    """Nobody needs to look before; what is overdue can be claimed already, what is claimed cannot."""
    assert await store.sources.next_due(NOON) is None
    await enrol(store, {"late": at(60), "first": at(5)})
    assert await store.sources.next_due(NOON) == timedelta(seconds=5)
    assert await store.sources.next_due(at(6)) == timedelta(seconds=-1)
    assert await claimed(store, 6) == ["first"]
    assert await store.sources.next_due(at(6)) == timedelta(seconds=54)


async def test_while_all_sources_are_polled_none_is_due_and_the_schedule_is_there(store: Store) -> None:
    """Who waits for something to claim can tell that from a schedule that was lost."""
    claim = await claim_source(store)
    assert await store.sources.next_due(NOON) == timedelta.max
    await offer(store, poll=a_poll(claim))
    assert await store.sources.next_due(NOON) != timedelta.max


async def test_the_next_look_comes_when_a_hold_ends(store: Store) -> None:
    """A hold is counted in the store's own time, wherever domain time stands."""
    claim = await claim_source(store)
    await store.sources.postpone(claim, NOON, MINUTE, healthy())
    wait = await store.sources.next_due(at(3600))
    assert wait is not None
    assert timedelta(seconds=50) < wait <= MINUTE


async def test_a_hastened_source_that_is_held_is_due_when_its_hold_ends(store: Store) -> None:
    """Its due time moves, the hold stays."""
    await store.sources.postpone(await claim_source(store), at(600), SHORT, healthy())
    await store.sources.hasten("ree-news", at(1))
    await store.sources.hasten("ree-news", at(2))
    assert await eventually(lambda: claimed(store, 1)) == ["ree-news"]


async def test_sources_not_enrolled_any_more_are_not_polled_but_remembered(store: Store) -> None:
    """A source that returns to the configuration goes on from its cursor."""
    await offer(store, poll=a_poll(await claim_source(store), cursor="etag:1"))
    await enrol(store, {"other": NOON})
    assert await claimed(store, 3600) == ["other"]
    assert "ree-news" in await store.sources.health()
    await enrol(store, {"ree-news": at(7200)})
    [claim] = await store.sources.claim("poller", at(7200), 9)
    assert (claim.source, claim.cursor) == ("ree-news", "etag:1")


async def test_a_source_being_polled_is_not_due_when_enrolled_again(store: Store) -> None:
    """A reload in the middle of a poll does not poll the source twice at once."""
    claim = await claim_source(store)
    await enrol(store, {"ree-news": NOON})
    assert await claimed(store, 3600) == []
    await offer(store, poll=a_poll(claim, due_in=600))
    assert await claimed(store, 600) == ["ree-news"]


async def test_a_source_removed_while_it_is_polled_is_not_scheduled_again(store: Store) -> None:
    """The poll under way still commits, and is the last."""
    claim = await claim_source(store)
    await enrol(store, {})
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


async def test_after_its_hold_a_source_is_due_when_it_was_postponed_to(store: Store) -> None:
    """Not at once: the end of a hold is no due time."""
    await store.sources.postpone(await claim_source(store), at(600), SHORT, healthy())

    async def is_released() -> bool:
        assert await claimed(store, 599) == []
        return await store.sources.next_due(NOON) == at(600) - NOON

    await eventually(is_released)
    assert await claimed(store, 600) == ["ree-news"]


@pytest.mark.parametrize("ends", ["dies", "leaves"])
async def test_a_source_removed_while_it_is_polled_stays_so_when_its_poller_ends(
    frail: Store, ends: str
) -> None:
    """What the process held is given back, but not to a schedule that it is no longer on."""
    await frail.fleet.beat("poller")
    await claim_source(frail)
    await enrol(frail, {})
    if ends == "leaves":
        await frail.fleet.leave("poller")
    else:
        await eventually(lambda: frail.fleet.bury("other"))
    assert await frail.sources.next_due(NOON) is None
    assert await claimed(frail, 86_400) == []


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
    await enrol(store, {"ree-news": at(3600), "early": at(1)})
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
    await enrol(store, {"good": NOON, "bad": NOON, "new": at(60)})
    bad, good = sorted(await store.sources.claim("poller", NOON, 9), key=lambda claim: claim.source)
    failing = healthy("bad", state="failing", failures=3, last_error="not XML: “<!doctype …”")
    await offer(store, poll=a_poll(good))
    await store.sources.postpone(bad, at(60), AT_ONCE, failing)
    assert await store.sources.health() == {"good": healthy("good"), "bad": failing}


async def test_health_that_has_not_changed_is_not_read_anew(store: Store) -> None:
    """Thousands of sources are looked at every few seconds, and few have been polled meanwhile."""
    health = {name: Enrolment(None, "1", healthy(name)) for name in ("a", "b")}
    await store.sources.enrol(health)
    before = await store.sources.health()
    await store.sources.enrol(health | {"b": Enrolment(None, "2", healthy("b", note="lists no entries"))})
    after = await store.sources.health()
    assert after["a"] is before["a"]
    assert (before["b"].note, after["b"].note) == ("", "lists no entries")
