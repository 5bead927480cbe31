"""The memory store's building blocks: the log, the schedule, the merging of news."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerter.core.alert import Change
from alerter.core.delivery import Member
from alerter.store.memory.log import START, Log
from alerter.store.memory.outbox import merge
from alerter.store.memory.schedule import Schedule
from tests.support.signals import an_alert

KEYS = st.sampled_from("abcde")
MOVES = st.lists(st.tuples(KEYS, st.one_of(st.none(), st.integers(0, 9))), max_size=40)


def a_log(*entries: int) -> Log[int]:
    """A log of numbers."""
    log: Log[int] = Log()
    for entry in entries:
        log.append(entry)
    return log


@given(moves=MOVES, now=st.integers(0, 9), limit=st.integers(0, 6))
def test_a_schedule_tells_what_a_table_sorted_by_due_time_would(
    moves: list[tuple[str, int | None]], now: int, limit: int
) -> None:
    """However keys are put, moved and dropped, what is due is the earliest part of the present table."""
    schedule: Schedule[str, int] = Schedule()
    table: dict[str, int] = {}
    for key, due in moves:
        if due is None:
            schedule.drop(key)
            table.pop(key, None)
        else:
            schedule.put(key, due)
            table[key] = due
        expected = sorted((due, key) for key, due in table.items() if due <= now)[:limit]
        assert schedule.due(now, limit) == [(key, due) for due, key in expected]
        assert schedule.earliest() == min(table.values(), default=None)
        assert {key: schedule.get(key) for key in schedule} == table


def test_a_schedule_forgets_outdated_times_of_a_key_that_moves_often() -> None:
    """Moving one key a thousand times leaves a heap of the order of the slack, not of the moves."""
    schedule: Schedule[str, int] = Schedule()
    for due in range(1000):
        schedule.put("source", due)
    assert len(schedule._heap) < 100
    assert schedule.due(1000) == [("source", 999)]


def test_a_log_pages_forward_and_backward_by_position() -> None:
    """Positions lead on from an entry in both directions, whatever was forgotten at the start."""
    log = a_log(10, 20, 30, 40)
    assert log.after(START, 2) == [("1", 10), ("2", 20)]
    assert log.forget_while(lambda number: number < 25) == [10, 20]
    assert log.after(START, 9) == log.after("1", 9) == [("3", 30), ("4", 40)]
    assert log.newest(1) == [("4", 40)]
    assert log.newest(9, before="4") == [("3", 30)]
    assert log.newest(9, before="3") == log.after("4", 9) == []
    assert log.last == 4


@pytest.mark.parametrize(("up_to", "gone"), [(0, []), (1, [10]), (None, [10, 20, 30])])
def test_a_log_forgets_nothing_beyond_what_its_reader_has_seen(up_to: int | None, gone: list[int]) -> None:
    """However stale entries are, those after `up_to` stay."""
    log = a_log(10, 20, 30)
    assert log.forget_while(lambda _number: True, up_to=up_to) == gone
    assert log.forget_while(lambda _number: True, up_to=up_to) == []


@pytest.mark.parametrize(
    ("older", "newer", "told"),
    [
        (None, Change.FIRED, Change.FIRED),
        (None, Change.UPDATED, Change.UPDATED),
        (Change.FIRED, Change.UPDATED, Change.FIRED),
        (Change.FIRED, Change.REPEATED, Change.FIRED),
        (Change.FIRED, Change.RESOLVED, Change.RESOLVED),
        (Change.FIRED, Change.WITHDRAWN, Change.WITHDRAWN),
        (Change.UPDATED, Change.RESOLVED, Change.RESOLVED),
        (Change.RESOLVED, Change.FIRED, Change.FIRED),
    ],
)
def test_news_of_one_alert_merges_to_what_people_have_not_heard(
    older: Change | None, newer: Change, told: Change
) -> None:
    """An alert nobody has heard of stays new through updates; an end is told as an end."""
    before = None if older is None else Member(change=older, alert=an_alert())
    latest = an_alert(revision=2)
    assert merge(before, Member(change=newer, alert=latest)) == Member(change=told, alert=latest)
