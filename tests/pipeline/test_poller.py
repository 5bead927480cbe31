"""One poll, from claim to commit: baselines, slices, backoff, health, and how often it comes again."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
from structlog.testing import capture_logs

from alerter.core.signal import Signal
from alerter.pipeline import poller as poller_module
from alerter.sources.base import SourceError
from alerter.sources.http import FetchError
from alerter.store.protocol import Busy, StoreError
from tests.support.press import Offers, Press, fail, old
from tests.support.signals import NOON, a_signal

MINUTES = timedelta(minutes=1)

FAULTS = {
    "an expected failure": (SourceError("the feed answers 500"), "the feed answers 500"),
    "a timeout": (TimeoutError(), "no answer in time"),
    "a surprise": (ZeroDivisionError("inside"), "unexpected ZeroDivisionError: inside"),
}


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
    press.source.tells = {"settling": True}
    await press.tick(polls=1)
    press.clock.advance(timedelta(minutes=11))
    await press.tick(polls=2)
    press.source.tells = {}
    press.clock.advance(timedelta(minutes=11))
    await press.tick(polls=3)
    assert await press.taken() == [("a", True), ("b", True), ("c", False), ("late", False)]


@pytest.mark.parametrize(("fault", "words"), FAULTS.values(), ids=FAULTS.keys())
async def test_a_failure_is_health_with_a_reason_and_backs_off(fault: Exception, words: str) -> None:
    """Every kind of failure is said in words; the next poll waits on the store's own time."""
    press = Press(fail(fault))
    await press.tick(polls=1)
    assert await press.health() == ("failing", 1, words)
    await press.tick(polls=1)
    press.seconds += 600
    await press.tick(polls=2)
    assert await press.health() == ("failing", 2, words)


@pytest.mark.parametrize(
    ("fault", "seconds"),
    [
        (FetchError("no connection"), 5),
        (FetchError("down", status=503), 5),
        (FetchError("not here", status=404), 600),
        (FetchError("refuses", status=403, trouble="blocked"), 600),
        (FetchError("a web page", status=200), 600),
        (SourceError("finds no entries"), 600),
    ],
    ids=str,
)
async def test_only_what_may_pass_in_a_moment_is_tried_again_soon(fault: Exception, seconds: int) -> None:
    """A publisher that answered is left alone until its usual time, ten minutes here."""
    press = Press(fail(fault))
    await press.tick(polls=1)
    press.seconds += seconds / 2 - 0.1
    await press.tick(polls=1)
    press.seconds += seconds / 2 + 0.1
    await press.tick(polls=2)
    assert len(press.source.cursors) == 2


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
    due = (await press.told()).next_poll_at
    assert due is not None
    assert timedelta(minutes=10) <= due - NOON <= timedelta(minutes=11)

    press = Press(fail(SourceError("429", retry_after=timedelta(hours=1))))
    await press.tick(polls=1)
    assert (await press.told()).next_poll_at == NOON + timedelta(hours=1)


async def test_a_recovered_source_is_well_again() -> None:
    """One success ends the failing state."""
    press = Press(fail(FetchError("failed", status=500)))
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
        patched.setattr("alerter.pipeline.poller.clean_signal", trip)
        await press.tick(polls=1)
    assert await press.health() == ("failing", 1, "unexpected ZeroDivisionError: inside")
    press.seconds += 600
    await press.tick(polls=2)
    assert await press.taken() == [("a", False)]


async def test_what_could_not_be_committed_is_polled_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """An absent store loses nothing: the cursor stays, the same signals come again."""
    press = Press(lambda: [a_signal("a")])
    offers = Offers(press, monkeypatch)
    offers.faults = [StoreError("away")]
    await press.tick(polls=1)
    assert await press.taken() == []
    press.seconds += 600
    await press.tick(polls=2)
    assert await press.taken() == [("a", False)]
    assert press.source.cursors == [None, None]


async def test_a_busy_pipeline_does_not_fetch_from_the_publisher_every_second(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What intake could not take in time is fetched again after a pause; the source is not called ill."""
    monkeypatch.setattr(poller_module, "POLL_TIMEOUT", 0.5)
    press = Press(lambda: [a_signal("a")])
    offers = Offers(press, monkeypatch)
    offers.faults = [Busy(timedelta(seconds=1), "behind")]
    await press.tick(polls=1)
    assert (await press.told()).state == "unknown"
    assert press.metrics.polls.labels("press", "busy")._value.get() == 1
    press.seconds += 29
    await press.tick(polls=1)
    press.seconds += 1
    await press.tick(polls=2)
    assert await press.taken() == [("a", False)]


@pytest.mark.parametrize("trouble", ["failing", "blocked", "unconfigured"])
async def test_the_kind_of_trouble_is_the_source_s_state(trouble: Any) -> None:
    """Refused is not broken, and what it lacks is neither."""
    press = Press(fail(SourceError("sorry", trouble=trouble)))
    await press.tick(polls=1)
    assert await press.health() == (trouble, 1, "sorry")


async def test_what_a_poll_says_for_itself_is_health() -> None:
    """Its note, what is overdue, and what is left of the budget; the next poll says it anew."""
    press = Press(list)
    press.source.tells = {"note": "lists no entries", "overdue": ("May is late",), "budget_left": 3}
    await press.tick(polls=1)
    told = await press.told()
    assert (told.note, told.overdue, told.budget_left) == ("lists no entries", ("May is late",), 3)
    press.source.tells = {}
    told = await press.poll_after(11 * MINUTES)
    assert (told.note, told.overdue, told.budget_left) == ("", (), None)


async def test_the_same_again_is_no_news() -> None:
    """Only what is new or updated counts as the source's last signal, and teaches its cadence."""
    press = Press(lambda: [a_signal("a")])
    await press.tick(polls=1)
    told = await press.poll_after(20 * MINUTES)
    assert (told.last_signal_at, told.cadence) == (NOON, None)
    press.source.give = lambda: [a_signal("a", title="Corrected")]
    told = await press.poll_after(20 * MINUTES)
    assert (told.last_signal_at, told.cadence) == (NOON + 40 * MINUTES, 40 * MINUTES)


def wait_of(told: Any) -> timedelta:
    """How long the source is left alone after its last poll, without the jitter's tenth."""
    wait: timedelta = told.next_poll_at - told.last_poll_at
    return wait


async def test_a_source_that_rarely_brings_news_is_polled_less_often_down_to_a_bound() -> None:
    """A quarter of its usual gap, between `every` and `slowest`; news brings it back."""
    press = Press(lambda: [a_signal("a")], slowest=timedelta(hours=2))
    await press.tick(polls=1)
    assert 10 * MINUTES <= wait_of(await press.told()) <= 11 * MINUTES
    assert 30 * MINUTES <= wait_of(await press.poll_after(timedelta(hours=2))) <= 33 * MINUTES
    assert 120 * MINUTES <= wait_of(await press.poll_after(timedelta(hours=98))) <= 132 * MINUTES
    press.source.give = lambda: [a_signal("b")]
    told = await press.poll_after(timedelta(hours=3))
    assert told.cadence == timedelta(hours=103)
    for number in range(30):
        press.source.give = lambda number=number: [a_signal(f"c{number}")]  # type: ignore[misc]  # bound now
        told = await press.poll_after(wait_of(told))
    assert wait_of(told) < 12 * MINUTES


@pytest.mark.parametrize(
    ("slowest", "wish", "least"),
    [(None, 60, 60), (None, 3000, 1440), (None, 1, 10), (30, 60, 30), (30, 20, 20), (5, 60, 10)],
)
async def test_the_publisher_s_wish_is_heeded_within_bounds(
    slowest: int | None, wish: int, least: int
) -> None:
    """Up to the slowest interval that is configured, or to a day where none is."""
    press = Press(list, slowest=None if slowest is None else slowest * MINUTES)
    press.source.tells = {"wait_at_least": wish * MINUTES}
    await press.tick(polls=1)
    assert least * MINUTES <= wait_of(await press.told()) <= least * MINUTES * 1.1


async def test_a_store_that_fails_inside_a_source_is_not_the_source_s_fault() -> None:
    """A budget that cannot be asked for says nothing of the publisher: health stays, the poll comes again."""
    press = Press(fail(StoreError("away")))
    with capture_logs() as logs:
        await press.tick(polls=1)
    assert [line["event"] for line in logs] == ["poll_not_committed"]
    assert await press.health() == ("unknown", 0, "")
    press.source.give = list
    press.seconds += 600
    await press.tick(polls=2)
    assert await press.health() == ("ok", 0, "")


async def test_a_cancellation_from_within_a_source_does_not_lose_the_source() -> None:
    """What was cancelled inside is a surprise like any other; the claim ends."""
    press = Press(fail(asyncio.CancelledError()))
    await press.tick(polls=1)
    assert await press.health() == ("failing", 1, "unexpected CancelledError: ")
    press.source.give = list
    press.seconds += 600
    await press.tick(polls=2)


async def test_trouble_and_recovery_are_logged_once_whoever_polls() -> None:
    """One line when it begins, one when it changes its kind, one when it ends."""
    press = Press(fail(SourceError("500")))
    with capture_logs() as logs:
        for process in ("p2", "p3"):
            await press.poll_after(61 * MINUTES)
            press.stage = press.a_stage(process)
        press.source.give = fail(SourceError("403", trouble="blocked"))
        await press.poll_after(61 * MINUTES)
        press.source.give = list
        await press.poll_after(61 * MINUTES)
        await press.poll_after(61 * MINUTES)
    told = [(line["event"], line.get("state"), line.get("failures")) for line in logs]
    assert told == [
        ("source_unreachable", "failing", None),
        ("source_unreachable", "blocked", None),
        ("source_recovered", None, 3),
    ]


async def test_a_surprise_in_the_store_does_not_leave_the_source_claimed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Whatever happens in a commit, the source is polled again."""
    press = Press(lambda: [a_signal("a")])
    Offers(press, monkeypatch).faults = [ValueError("not expected")]
    await press.tick(polls=1)
    assert await press.health() == ("failing", 1, "unexpected ValueError: not expected")
    press.seconds += 600
    await press.tick(polls=2)


async def test_a_poll_that_another_process_has_taken_over_changes_nothing() -> None:
    """Its claim has ended; what it brought comes again from the other's poll."""
    press = Press(list)

    def lose() -> Sequence[Signal]:
        press.store.sources.free("p1")
        return [a_signal("a")]

    press.source.give = lose
    with capture_logs() as logs:
        await press.tick(polls=1)
    assert [line["event"] for line in logs] == ["poll_taken_over"]
    assert await press.taken() == []
    assert len(await press.store.sources.claim("p2", NOON, 9)) == 1


async def test_a_claim_that_cannot_be_given_back_is_left_to_the_store(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A store that is away takes it back at the process's next claim; nothing else stops."""

    async def away(*_: object) -> None:
        raise StoreError("away")

    press = Press(fail(StoreError("away")))
    monkeypatch.setattr(press.store.sources, "postpone", away)
    with capture_logs() as logs:
        await press.tick(polls=1)
    assert [line["event"] for line in logs] == ["poll_not_committed", "claim_not_returned"]
