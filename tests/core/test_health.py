"""Health in words: silence that is usual, silence that is not, and trouble."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from alerter.core.health import (
    LONGEST_REASON,
    SourceHealth,
    awaited,
    ill,
    lag,
    standing,
    unconfigured,
    was_never_polled_for_want,
    well,
    with_heard,
    with_news,
)
from tests.support.signals import NOON, at, healthy

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.mark.parametrize(
    ("cadence", "silence", "state"),
    [
        (None, None, "ok"),
        (None, 400 * DAY, "ok"),
        (HOUR, None, "ok"),
        (HOUR, 2 * HOUR, "ok"),
        (HOUR, 3 * HOUR, "quiet"),
        (HOUR, 3 * DAY, "quiet"),
        (HOUR, 3 * DAY + HOUR, "stale"),
        (DAY, 6 * DAY, "quiet"),
        (DAY, 6 * DAY + HOUR, "stale"),
        (7 * DAY, 14 * DAY, "ok"),
        (HOUR, -HOUR, "ok"),
    ],
)
def test_silence_is_judged_by_the_source_s_own_cadence(
    cadence: timedelta | None, silence: timedelta | None, state: str
) -> None:
    """Twice the usual gap is quiet, six times and three days is stale; without one nothing is unusual."""
    last = None if silence is None else NOON - silence
    assert standing(healthy(cadence=cadence, last_signal_at=last), NOON) == state


@pytest.mark.parametrize("state", ["unknown", "failing", "blocked", "unconfigured"])
def test_trouble_is_not_talked_away_by_silence(state: Any) -> None:
    """What the last poll came to stands, however long ago the last signal was, and whatever is overdue."""
    told = healthy(state=state, cadence=HOUR, last_signal_at=NOON - 90 * DAY, overdue=("May",))
    assert standing(told, NOON) == state


def test_an_overdue_release_is_stale_at_once() -> None:
    """A date that has passed needs no cadence."""
    assert standing(healthy(overdue=("May was due",), last_signal_at=NOON), NOON) == "stale"


@pytest.mark.parametrize(("last", "expected"), [(None, None), (at(-60), 60), (at(60), 0)])
def test_lag_counts_from_the_last_signal(last: datetime | None, expected: float | None) -> None:
    """It is unknown before the first, and never negative."""
    told = lag(healthy(last_signal_at=last), NOON)
    assert (told.total_seconds() if told is not None else None) == expected


def test_a_success_ends_trouble_and_says_its_own_words() -> None:
    """What a failure left is gone; what is known of the source's signals stays."""
    before = healthy(state="blocked", failures=4, last_error="no", cadence=HOUR, note="old", budget_left=1)
    told = well(before, at(60), note="lists no entries", overdue=("May",), budget_left=9)
    assert (told.state, told.failures, told.last_error) == ("ok", 0, "")
    assert (told.last_poll_at, told.last_success_at, told.last_signal_at) == (at(60), at(60), None)
    assert (told.cadence, told.note, told.overdue, told.budget_left) == (
        HOUR,
        "lists no entries",
        ("May",),
        9,
    )


def test_news_teach_the_cadence_from_the_second_on() -> None:
    """One signal alone tells of no gap."""
    once = with_news(healthy(), NOON)
    assert (once.last_signal_at, once.cadence) == (NOON, None)
    twice = with_news(once, at(3600))
    assert (twice.last_signal_at, twice.cadence) == (at(3600), HOUR)
    assert with_news(twice, at(3600 + 5 * 3600)).cadence == 2 * HOUR


def test_a_failure_counts_and_keeps_what_was_known() -> None:
    """When it was last seen, what it usually does, and what it said."""
    before = well(SourceHealth(source="one"), NOON, note="lists no entries")
    told = ill(ill(before, at(1), "500"), at(2), "x" * 9000, "blocked")
    assert (told.state, told.failures, told.last_error) == ("blocked", 2, "x" * LONGEST_REASON)
    assert (told.last_poll_at, told.last_success_at, told.note) == (at(2), NOON, "lists no entries")
    assert told.watched_since == NOON


def test_what_lacks_something_waits_for_it_in_words() -> None:
    """Until then no poll is announced; afterwards it is unknown, and what was known stays."""
    told = unconfigured(healthy(failures=2, next_poll_at=at(60)), "ALERTER_KEYS__CENSUS is not set")
    assert (told.state, told.failures, told.next_poll_at) == ("unconfigured", 0, None)
    assert was_never_polled_for_want(told)
    again = awaited(told)
    assert (again.state, again.last_error, again.last_success_at) == ("unknown", "", NOON)


def test_a_poll_that_failed_for_want_of_a_key_is_told_apart() -> None:
    """The publisher said so at a poll, and another one comes."""
    told = ill(healthy(), NOON, "wants a key", "unconfigured")
    assert not was_never_polled_for_want(told.model_copy(update={"next_poll_at": at(60)}))
    assert not was_never_polled_for_want(healthy())


def test_pushes_count_as_signals() -> None:
    """Who only pushes is ok; who is polled too keeps all else; and no time goes back."""
    known = {"both": healthy("both", failures=1), "later": healthy("later", last_signal_at=at(90))}
    heard = with_heard(known, dict.fromkeys(("both", "later", "pushed"), NOON))
    assert heard == {
        "both": healthy("both", failures=1, last_signal_at=NOON),
        "later": known["later"],
        "pushed": SourceHealth(source="pushed", state="ok", last_signal_at=NOON),
    }


def test_a_source_that_is_seen_in_part_is_failing_since_it_was_first() -> None:
    """What it does bring says nothing of the rest; once all is seen it is well again."""
    first = well(SourceHealth(source="wire"), NOON, unseen=("no list is called X",))
    second = well(first, NOON + timedelta(hours=1), unseen=("no list is called X",))
    assert (standing(second, NOON), second.unseen_since) == ("failing", NOON)
    whole = well(second, NOON + timedelta(hours=2))
    assert (standing(whole, NOON), whole.unseen, whole.unseen_since) == ("ok", (), None)
