"""Points made into observations: new and revised ones only, what is remembered of them, what is overdue."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

import pytest

from alerter.core.signal import IntakeStatus, Signal
from alerter.sources.base import LONGEST_WISH, Poll, Source, SourceContext, SourceError
from alerter.sources.formats.figures import Point
from alerter.sources.http import Visit
from alerter.sources.points import (
    Answered,
    FiguresConfig,
    FiguresCursor,
    recall_figures,
    tell,
)
from alerter.store.memory import MemoryStore
from tests.support.stores import offer, take

NOW = datetime(2025, 6, 9, 12, tzinfo=UTC)
JUNE = datetime(2025, 6, 7, tzinfo=UTC)
LATER = NOW + timedelta(days=30)


class TableConfig(FiguresConfig):
    """A table that is never polled."""

    type: Literal["table"] = "table"

    def build(self, context: SourceContext) -> Source:
        """No source."""
        raise NotImplementedError


def told(cursor: str | None, *points: Point | None, now: datetime = NOW, **options: Any) -> Poll:
    """One poll that is answered with these points; None stands for nothing has changed."""
    config = TableConfig(id="magnets", **options.pop("config", {}))
    listed = None if points == (None,) else [point for point in points if point]
    answered = Answered(listed, options.pop("visits", {}), "stats.example", **options)
    return tell(answered, recall_figures(cursor, "a table"), config, now)


def a_point(value: float, period: str = "2025-05", **fields: Any) -> Point:
    """A point of the one series."""
    return Point(series="magnets", period=period, value=value, **{"unit": "kg"} | fields)


def figures(signals: Sequence[Signal]) -> list[tuple[str, float | None, float | None]]:
    """Period, value, and what it was revised from, of each signal."""
    points = [signal.observation for signal in signals]
    return [(one.period, one.value, one.revised_from) for one in points if one]


def test_a_new_point_becomes_an_observation() -> None:
    """Named by series and period, with its value, unit and words for people."""
    config = {"title": "Magnets to the US", "labels": {"desk": "metals"}}
    [signal] = told(None, a_point(1_238_000.5), url="https://stats.example/t", config=config).signals
    assert (signal.id, signal.source, signal.kind) == ("magnets@2025-05", "magnets", "observation")
    assert signal.title == "Magnets to the US, May 2025: 1,238,000.5 kg"
    assert (signal.url, signal.labels, signal.text) == ("https://stats.example/t", {"desk": "metals"}, "")
    assert signal.observation is not None
    assert signal.observation.unit == "kg"


def test_points_come_in_the_order_of_their_periods() -> None:
    """Oldest end first, whatever order the publisher lists them in."""
    listed = [a_point(1.0, period) for period in ("2025-05", "2024-12", "2025-01..2025-02", "2025-01")]
    periods = [one[0] for one in figures(told(None, *listed).signals)]
    assert periods == ["2024-12", "2025-01", "2025-01..2025-02", "2025-05"]


def test_only_what_is_new_or_revised_is_told() -> None:
    """A publisher may list its whole history each time; an unchanged figure makes no signal."""
    first = told(None, a_point(5.0, "2025-04"), a_point(7.0))
    second = told(first.cursor, a_point(5.0, "2025-04"), a_point(8.0), a_point(1.0, "2025-06"), now=LATER)
    assert figures(second.signals) == [("2025-05", 8.0, 7.0), ("2025-06", 1.0, None)]
    assert second.signals[0].title.endswith("8 kg (revised from 7 kg)")


async def test_a_figure_that_goes_there_and_back_is_told_each_time() -> None:
    """Each change is a version of its own to the store, though it says what an earlier one said."""
    store, cursor = MemoryStore(), None
    statuses: list[IntakeStatus] = []
    for day, value in enumerate((7.0, 8.0, 7.0, 8.0, 7.0)):
        poll = told(cursor, a_point(value), now=NOW + timedelta(days=day))
        cursor = poll.cursor
        statuses += await offer(store, *poll.signals)
    assert statuses == [IntakeStatus.ACCEPTED, *[IntakeStatus.UPDATED] * 4]
    known = [queued.record for queued in await take(store)]
    assert [one.signal.observation.value for one in known if one.signal.observation] == [7, 8, 7, 8, 7]
    assert {one.signal.id for one in known} == {"magnets@2025-05"}


async def test_a_poll_that_is_made_again_tells_no_revision_twice() -> None:
    """Where the first attempt was not committed whole, the second one, later, repeats it."""
    store, first = MemoryStore(), told(None, a_point(7.0))
    attempts = [told(first.cursor, a_point(8.0), now=LATER + timedelta(minutes=5 * n)) for n in range(2)]
    assert await offer(store, *attempts[0].signals) == [IntakeStatus.ACCEPTED]
    assert await offer(store, *attempts[1].signals) == [IntakeStatus.DUPLICATE]


def test_a_period_that_is_gone_is_no_signal() -> None:
    """A missing period is not published; what is known of it stays, and it is not told when it returns."""
    first = told(None, a_point(5.0, "2025-04"), a_point(7.0))
    second = told(first.cursor, a_point(7.0))
    third = told(second.cursor, a_point(5.0, "2025-04"), a_point(7.0))
    assert [*second.signals, *third.signals] == []


@pytest.mark.parametrize(
    ("released_at", "published_at"),
    [
        (JUNE, JUNE),
        (None, datetime(2025, 6, 1, tzinfo=UTC)),
        (NOW + timedelta(days=1), NOW),
    ],
)
def test_on_a_first_poll_a_figure_is_as_old_as_its_publisher_says_or_its_period(
    released_at: datetime | None, published_at: datetime
) -> None:
    """What a source already lists when it is wired is no news, and nothing is published ahead of now."""
    poll = told(None, a_point(7.0, released_at=released_at))
    assert poll.signals[0].published_at == published_at
    assert poll.settling


def test_on_a_first_poll_a_period_under_way_is_published_now() -> None:
    """A period that has not ended yet cannot date the figure ahead."""
    assert told(None, a_point(7.0, "2025-06")).signals[0].published_at == NOW


def test_what_comes_later_is_published_when_it_is_seen() -> None:
    """Unless the publisher says when."""
    first = told(None, a_point(7.0, "2025-03"))
    listed = (a_point(7.0, "2025-04"), a_point(7.0, "2025-05", released_at=JUNE))
    poll = told(first.cursor, *listed, now=LATER)
    assert [one.published_at for one in poll.signals] == [LATER, JUNE]
    assert not poll.settling


@pytest.mark.parametrize("before", [(), (Point("other", "2025-04", 1.0),)])
def test_a_series_that_lists_nothing_at_first_has_its_history_later(before: tuple[Point, ...]) -> None:
    """A publisher's bad day, or a column that is filled later, makes no news of years of figures."""
    first = told(None, *before)
    history = (a_point(6.0, "2025-03"), a_point(7.0, "2025-04"))
    second = told(first.cursor, *before, *history, now=LATER)
    assert [one.published_at.isoformat()[:10] for one in second.signals] == ["2025-04-01", "2025-05-01"]
    assert second.settling
    third = told(second.cursor, *before, *history, a_point(8.0), now=LATER)
    assert [(one.published_at, third.settling) for one in third.signals] == [(LATER, False)]


def test_history_in_parts_settles_with_its_last_part() -> None:
    """Until all of it has come, each part counts as a first listing."""
    first = told(None, a_point(7.0), complete=False)
    second = told(first.cursor, a_point(6.0, "2025-04"))
    third = told(second.cursor, a_point(5.0, "2025-06"), now=LATER)
    assert [poll.settling for poll in (first, second, third)] == [True, True, False]
    assert second.signals[0].published_at == datetime(2025, 5, 1, tzinfo=UTC)
    assert third.signals[0].published_at == LATER


def test_nothing_changed_keeps_what_is_known() -> None:
    """After a 304 nothing is told, and the next revision is still one."""
    first = told(None, a_point(7.0))
    second = told(first.cursor, None)
    assert second.signals == []
    assert figures(told(second.cursor, a_point(8.0)).signals) == [("2025-05", 8.0, 7.0)]


def test_what_is_wrong_stays_said_while_nothing_changes() -> None:
    """A file that has not changed still has what cannot be read; one that is mended has not."""
    first = told(None, a_point(7.0), a_point(1.0, "soon"), note="lists two")
    second = told(first.cursor, None)
    assert [first.note, second.note] == ["lists two; 1 figure cannot be read"] * 2
    assert told(told(second.cursor, a_point(7.0)).cursor, None).note == ""


def test_what_was_wrong_at_one_poll_alone_is_not_said_again() -> None:
    """A page that did not come comes again; what is wrong with unchanged figures still is."""
    first = told(None, a_point(7.0), note="lists no exports")
    second = told(first.cursor, None, note="one page did not come")
    assert second.note == "lists no exports; one page did not come"
    assert told(second.cursor, None).note == "lists no exports"


def test_the_oldest_periods_are_forgotten_and_not_told_again() -> None:
    """The cursor holds so many periods of a series; a publisher that lists more is not news each time."""
    history = [a_point(float(month), f"2024-{month:02}") for month in range(1, 13)]
    first = told(None, *history, keep=3)
    known = FiguresCursor.model_validate_json(first.cursor)
    assert len(first.signals) == 12
    assert known.told == {"magnets": {"2024-10": 10.0, "2024-11": 11.0, "2024-12": 12.0}}
    again = told(first.cursor, *history, a_point(1.0, "2025-01"), keep=3)
    assert figures(again.signals) == [("2025-01", 1.0, None)]
    revised = told(again.cursor, a_point(99.0, "2024-02"), a_point(99.0, "2024-11"), keep=3)
    assert figures(revised.signals) == [("2024-11", 99.0, 11.0)]


def test_the_cursor_of_many_days_stays_small() -> None:
    """Ten years of days of a series are told once and remembered in part."""
    start = datetime(2015, 1, 1, tzinfo=UTC)
    days = [a_point(float(n), f"{start + timedelta(days=n):%Y-%m-%d}") for n in range(3650)]
    poll = told(None, *days)
    assert len(poll.signals) == 3650
    assert len(poll.cursor) < 20_000


def test_the_same_point_twice_is_one() -> None:
    """A publisher may list a figure in two places."""
    assert len(told(None, a_point(7.0), a_point(7.0)).signals) == 1


def test_two_figures_for_one_period_are_refused() -> None:
    """Nobody can say which of them holds."""
    with pytest.raises(
        SourceError, match=r"^stats.example gives two figures for magnets in May 2025: 7 and 8"
    ):
        told(None, a_point(7.0), a_point(8.0))


def test_another_unit_than_before_is_refused() -> None:
    """A change of unit would read as a fall or a rise."""
    first = told(None, a_point(7000.0), a_point(1.0, "2025-04", unit=None))
    with pytest.raises(
        SourceError, match=r"^stats.example: figures of magnets come in t now and came in kg before"
    ):
        told(first.cursor, a_point(7.0, unit="t"))
    with pytest.raises(SourceError, match="cannot be compared"):
        told(None, a_point(7000.0), a_point(7.0, "2025-04", unit="t"))


def test_what_is_no_number_or_no_period_is_counted() -> None:
    """It is not published, and health says so."""
    poll = told(None, a_point(float("nan")), a_point(1.0, "soon"), a_point(1.0), note="lists three")
    assert figures(poll.signals) == [("2025-05", 1.0, None)]
    assert poll.note == "lists three; 2 figures cannot be read"
    assert told(None, a_point(float("inf"))).note == "1 figure cannot be read"


def test_the_publishers_remark_is_the_text() -> None:
    """What it says of a figure, revised or not."""
    first = told(None, a_point(7.0, remark="Estimated."))
    second = told(first.cursor, a_point(8.0, remark="Final."))
    assert [poll.signals[0].text for poll in (first, second)] == ["Estimated.", "Final."]


@pytest.mark.parametrize("broken", [None, "", "[]", "{", '{"scope": "another"}'])
def test_a_foreign_cursor_counts_as_none(broken: str | None) -> None:
    """What was told of something else, or cannot be read, says nothing about this."""
    poll = told(broken, a_point(7.0))
    assert len(poll.signals) == 1
    assert poll.settling
    assert recall_figures(poll.cursor, "another table").told == {}


def test_the_cursor_keeps_visits_and_notes() -> None:
    """What the kind remembers stays until it says otherwise."""
    visit = Visit(url="https://stats.example/t")
    first = told(None, visits={"t": visit}, notes={"2025-05": "abc"})
    kept = recall_figures(told(first.cursor, None, visits={"t": visit}).cursor, "a table")
    assert (kept.visits, kept.notes) == ({"t": visit}, {"2025-05": "abc"})
    assert recall_figures(told(first.cursor, notes={}).cursor, "a table").notes == {}


def test_the_publishers_wish_and_the_budget_are_passed_on() -> None:
    """A wish to be left alone for longer than a day is not heeded."""
    poll = told(None, max_age=timedelta(days=9), budget_left=3)
    assert (poll.wait_at_least, poll.budget_left) == (LONGEST_WISH, 3)


@pytest.mark.parametrize(
    ("config", "latest", "overdue"),
    [
        ({}, {}, ()),
        ({"expected_within": "7d"}, {}, ("magnets: May 2025 was expected by 2025-06-08",)),
        ({"expected_within": "9d"}, {}, ()),
        ({"expected_within": "7d"}, {"magnets": "2025-05"}, ()),
    ],
)
def test_what_should_have_come_by_now_is_said(
    config: dict[str, str], latest: dict[str, str], overdue: tuple[str, ...]
) -> None:
    """Judged by the latest period told, or the latest that the publisher says is out."""
    assert told(None, a_point(7.0, "2025-04"), config=config, latest=latest).overdue == overdue


def test_what_could_not_be_seen_is_said_until_an_answer_shows_it() -> None:
    """Also while nothing has changed: a 304 does not make a missing row appear."""
    first = told(None, a_point(1.0), unseen=('no row is called "magnet"',))
    unchanged = told(first.cursor, None)
    assert first.unseen == unchanged.unseen == ('no row is called "magnet"',)
    assert told(unchanged.cursor, a_point(1.0)).unseen == ()
