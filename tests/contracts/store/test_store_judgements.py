"""The evaluator's state: what one commit changes, all of it or nothing, and how it is read back."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from alerter.core.alert import Alert
from alerter.store.protocol import EVALUATOR, Fenced, Repeat, Store, Timer
from tests.support.signals import NOON, a_due, a_signal, a_vintage, an_alert, at
from tests.support.stores import AT_ONCE, MINUTE, an_evaluation, commit, read

FALL = an_alert("fall")
DOCKET = an_alert("docket", rule="tariff-ruling")
REPEAT = Repeat(
    group="magnets", fingerprints=(FALL.fingerprint, DOCKET.fingerprint), interval=timedelta(hours=4)
)


def everything() -> dict[str, Any]:
    """A turn that changes each thing there is."""
    return {
        "alerts": [FALL],
        "touched": [("sig-1", FALL.fingerprint)],
        "stories": {"url:https://news.example/1": "story-1"},
        "vintages": [a_vintage()],
        "timers": [Timer("expire", FALL.fingerprint, at(60))],
        "repeats": [REPEAT],
        "due": [a_due(FALL)],
        "rules": {"reported-export-fall": "per:commodity"},
    }


async def snapshot(store: Store) -> dict[str, object]:
    """All that can be read back of the evaluator's state."""
    judged = store.judgements
    return {
        "position": await judged.position(),
        "rules": dict(await judged.rules()),
        "alerts": dict(await judged.alerts([FALL.fingerprint])),
        "active": list(await judged.active()),
        "recent": [alert for _cursor, alert in await judged.recent(9)],
        "touched": dict(await judged.touched(["sig-1"])),
        "stories": dict(await judged.stories(["url:https://news.example/1"])),
        "series": dict(await judged.series(["cn-magnets-us"])),
        "timers": list(await judged.timers(at(86_400), 9)),
        "next_timer": await judged.next_timer(),
        "repeats": dict(await judged.repeats(["magnets"])),
        "waiting": dict(await store.outbox.waiting()),
    }


EMPTY: dict[str, object] = {
    "position": "0",
    "rules": {},
    "alerts": {},
    "active": [],
    "recent": [],
    "touched": {},
    "stories": {},
    "series": {},
    "timers": [],
    "next_timer": None,
    "repeats": {},
    "waiting": {},
}


async def test_nothing_is_judged_at_first(store: Store) -> None:
    """An empty store answers with emptiness, and the position before the log's first entry."""
    assert await snapshot(store) == EMPTY


async def test_a_turn_changes_everything_at_once(store: Store) -> None:
    """What one evaluation holds is there after its commit, and the position has moved."""
    await read(store, a_signal())
    [(position, _reading)] = await store.signals.after("0", 1, AT_ONCE)
    await commit(store, seen_to=position, **everything())
    seen = await snapshot(store)
    series = seen.pop("series")
    assert isinstance(series, dict)
    assert series["cn-magnets-us"].vintages == (a_vintage(),)
    assert seen == {
        "position": position,
        "rules": {"reported-export-fall": "per:commodity"},
        "alerts": {FALL.fingerprint: FALL},
        "active": [FALL],
        "recent": [FALL],
        "touched": {"sig-1": frozenset({FALL.fingerprint})},
        "stories": {"url:https://news.example/1": "story-1"},
        "timers": [Timer("expire", FALL.fingerprint, at(60))],
        "next_timer": at(60),
        "repeats": {"magnets": REPEAT},
        "waiting": {"desk/console": 1},
    }


@pytest.mark.parametrize("stale", [{"epoch": 1_000}, {"seen_from": "7"}], ids=["epoch", "position"])
async def test_a_stale_turn_changes_nothing(store: Store, stale: dict[str, Any]) -> None:
    """Under another epoch, or from another position, nothing of the turn is kept."""
    turn = await an_evaluation(store, **everything() | stale)
    with pytest.raises(Fenced):
        await store.judgements.commit(turn)
    assert await snapshot(store) == EMPTY


async def test_a_turn_is_committed_once(store: Store) -> None:
    """When its answer was lost and it is tried again, the position has moved on: it is fenced."""
    await read(store, a_signal())
    [(position, _reading)] = await store.signals.after("0", 1, AT_ONCE)
    turn = await an_evaluation(store, seen_to=position, vintages=[a_vintage()], due=[a_due()])
    await store.judgements.commit(turn)
    with pytest.raises(Fenced):
        await store.judgements.commit(turn)
    series = await store.judgements.series(["cn-magnets-us"])
    assert len(series["cn-magnets-us"].vintages) == 1


async def test_an_evaluator_without_the_lease_is_fenced(store: Store) -> None:
    """The epoch of an earlier holder is no good once the lease has passed on."""
    epoch = await store.fleet.lease(EVALUATOR, "old", timedelta(milliseconds=1))
    await store.fleet.leave("old")
    turn = await an_evaluation(store, process="new", rules={"kept": "x"})
    assert turn.epoch != epoch
    await store.judgements.commit(turn)
    assert await store.judgements.rules() == {"kept": "x"}


async def test_rules_are_replaced_whole_or_left(store: Store) -> None:
    """A turn without rules leaves them; one with rules forgets those it does not name."""
    await commit(store, rules={"a": "1", "b": "2"})
    await commit(store)
    assert await store.judgements.rules() == {"a": "1", "b": "2"}
    await commit(store, rules={"b": "3"})
    assert await store.judgements.rules() == {"b": "3"}
    await commit(store, rules={})
    assert await store.judgements.rules() == {}


async def test_an_alerts_latest_state_is_kept(store: Store) -> None:
    """A later turn's alert replaces the earlier one, whole; unknown fingerprints are absent."""
    await commit(store, alerts=[FALL, DOCKET])
    later = an_alert("fall", episode=2, revision=5, marks=("a", "b"), figure=-74.0, updated_at=at(60))
    await commit(store, alerts=[later])
    found = await store.judgements.alerts([FALL.fingerprint, DOCKET.fingerprint, "unknown"])
    assert found == {FALL.fingerprint: later, DOCKET.fingerprint: DOCKET}


async def test_active_alerts_are_the_pending_and_firing_ones(store: Store) -> None:
    """A resolved alert is active no more, and again when it fires in a new episode."""
    pending = an_alert("wait", state="pending")
    await commit(store, alerts=[FALL, pending, DOCKET])
    assert names(await store.judgements.active()) == names([FALL, pending, DOCKET])
    await commit(store, alerts=[an_alert("fall", state="resolved", resolved_at=at(60), updated_at=at(60))])
    assert names(await store.judgements.active()) == names([pending, DOCKET])
    await commit(store, alerts=[an_alert("fall", episode=2, updated_at=at(120))])
    assert names(await store.judgements.active()) == names([FALL, pending, DOCKET])


async def test_recent_alerts_are_paged_from_the_last_updated(store: Store) -> None:
    """Resolved ones too; each alert stands once, where its last update puts it."""
    alerts = [an_alert(name, updated_at=at(number)) for number, name in enumerate("abcde")]
    for alert in alerts:
        await commit(store, alerts=[alert])
    await commit(store, alerts=[an_alert("b", state="resolved", resolved_at=at(9), updated_at=at(9))])
    pages: list[list[str]] = []
    before: str | None = None
    while page := await store.judgements.recent(2, before):
        pages.append([alert.fingerprint for _cursor, alert in page])
        before = page[-1][0]
    assert [fingerprint for page in pages for fingerprint in page] == [
        alerts[number].fingerprint for number in (1, 4, 3, 2, 0)
    ]
    assert [len(page) for page in pages] == [2, 2, 1]


async def test_alerts_that_rest_on_a_signal_add_up(store: Store) -> None:
    """Later turns add to the signal's alerts; a signal without any is absent or empty."""
    await commit(
        store, alerts=[FALL, DOCKET], touched=[("sig-1", FALL.fingerprint), ("sig-2", FALL.fingerprint)]
    )
    await commit(store, touched=[("sig-1", DOCKET.fingerprint), ("sig-1", FALL.fingerprint)])
    touched = await store.judgements.touched(["sig-1", "sig-2", "sig-3"])
    assert touched["sig-1"] == {FALL.fingerprint, DOCKET.fingerprint}
    assert touched["sig-2"] == {FALL.fingerprint}
    assert not touched.get("sig-3")


async def test_stories_are_known_by_each_of_their_keys(store: Store) -> None:
    """Keys lead to the story they were last given; unknown ones are absent."""
    await commit(store, stories={"url:1": "s1", "title:x": "s1", "url:2": "s2"})
    await commit(store, stories={"url:2": "s1"})
    found = await store.judgements.stories(["url:1", "url:2", "url:3"])
    assert found == {"url:1": "s1", "url:2": "s1"}


async def test_a_series_keeps_every_vintage_oldest_first(store: Store) -> None:
    """Revisions and withdrawals append; exact numbers survive; what was seen earlier stands earlier."""
    first = a_vintage(0.1 + 0.2, seen_at=NOON)
    revised = a_vintage(1_238_000.0, seen_at=at(120))
    withdrawn = a_vintage(None, unit=None, seen_at=at(180), signal="sig-9")
    late = a_vintage(7.0, period="2025-04", seen_at=at(60))
    await commit(store, vintages=[first, revised])
    await commit(store, vintages=[withdrawn, a_vintage(5.0, series="other")])
    await commit(store, vintages=[late])
    found = await store.judgements.series(["cn-magnets-us", "other", "unknown"])
    assert found.keys() == {"cn-magnets-us", "other"}
    assert found["cn-magnets-us"].id == "cn-magnets-us"
    assert found["cn-magnets-us"].vintages == (first, late, revised, withdrawn)


async def test_timers_come_due_in_order(store: Store) -> None:
    """Those due by now, earliest first, no more than wanted; looking does not remove them."""
    timers = [Timer("fire", "c", at(30)), Timer("expire", "a", at(10)), Timer("repeat", "b", at(20))]
    await commit(store, timers=timers)
    assert await store.judgements.next_timer() == at(10)
    assert await due(store, at(9)) == []
    assert await due(store, at(20)) == ["a", "b"]
    assert await due(store, at(60), limit=2) == ["a", "b"]
    assert list(await store.judgements.timers(at(60), 9)) == sorted(timers, key=lambda timer: timer.due)


async def test_a_timer_is_moved_by_setting_it_again(store: Store) -> None:
    """A name and subject have one timer; another name on the same subject is another timer."""
    await commit(store, timers=[Timer("fire", "a", at(10)), Timer("expire", "a", at(20))])
    await commit(store, timers=[Timer("fire", "a", at(30))])
    assert await store.judgements.timers(at(60), 9) == [
        Timer("expire", "a", at(20)),
        Timer("fire", "a", at(30)),
    ]


async def test_a_timer_is_gone_with_the_turn_that_cancels_it(store: Store) -> None:
    """Cancelling names it; cancelling what is not there harms nobody."""
    await commit(store, timers=[Timer("fire", "a", at(10)), Timer("expire", "a", at(20))])
    await commit(store, cancelled=[("fire", "a"), ("repeat", "a"), ("fire", "never")])
    assert await store.judgements.timers(at(60), 9) == [Timer("expire", "a", at(20))]
    await commit(store, cancelled=[("expire", "a")])
    assert await store.judgements.next_timer() is None


async def test_a_timer_acted_on_and_armed_again_in_one_turn_is_armed(store: Store) -> None:
    """A repeat that was told is cancelled and set for its next time at once."""
    await commit(store, timers=[Timer("repeat", "magnets", at(10))])
    await commit(store, cancelled=[("repeat", "magnets")], timers=[Timer("repeat", "magnets", at(70))])
    assert await store.judgements.timers(at(86_400), 9) == [Timer("repeat", "magnets", at(70))]


async def test_groups_that_repeat_are_replaced_and_forgotten(store: Store) -> None:
    """A group's latest list counts; an empty one forgets the group."""
    await commit(store, repeats=[REPEAT])
    fewer = Repeat(group="magnets", fingerprints=(DOCKET.fingerprint,), interval=timedelta(hours=1))
    await commit(store, repeats=[fewer])
    assert await store.judgements.repeats(["magnets", "unknown"]) == {"magnets": fewer}
    await commit(store, repeats=[Repeat(group="magnets", fingerprints=(), interval=timedelta(hours=1))])
    assert await store.judgements.repeats(["magnets"]) == {}


async def test_the_lease_may_be_renewed_between_turns(store: Store) -> None:
    """Renewing keeps the epoch, so a turn prepared before the renewal still commits."""
    turn = await an_evaluation(store, rules={"kept": "x"})
    await store.fleet.lease(EVALUATOR, "evaluator-1", MINUTE)
    await store.judgements.commit(turn)
    assert await store.judgements.rules() == {"kept": "x"}


def names(alerts: Any) -> list[str]:
    """The alerts' fingerprints in alphabetical order."""
    listed: list[Alert] = list(alerts)
    return sorted(alert.fingerprint for alert in listed)


async def due(store: Store, now: datetime, limit: int = 9) -> list[str]:
    """Subjects of the timers due by now."""
    return [timer.subject for timer in await store.judgements.timers(now, limit)]
