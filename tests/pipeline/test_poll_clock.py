"""The polling stage under a clock that is set back, which must hide no source and hurry none."""

from datetime import timedelta

import pytest

from alerter.core.health import SourceHealth
from alerter.sources.base import SourceError
from alerter.store.protocol import Enrolment
from tests.support.press import Press, fail


@pytest.mark.parametrize(
    ("back", "polls"), [(timedelta(days=1), 2), (timedelta(minutes=2), 2), (timedelta(seconds=30), 1)]
)
async def test_a_clock_that_is_set_back_leaves_no_source_unseen(back: timedelta, polls: int) -> None:
    """What was due by a clock that ran ahead is due now; else it would be polled when that time comes."""
    press = Press(list)
    await press.tick(polls=1)
    press.clock.advance(-back)
    await press.tick(polls=polls)


async def test_a_clock_set_back_before_the_first_poll_does_not_put_it_off() -> None:
    """A machine that starts ahead of its time is set right within a moment."""
    press = Press(list)
    press.clock.advance(timedelta(days=1))
    await press.store.sources.enrol({"press": Enrolment(None, health=SourceHealth(source="press"))})
    press.stage = press.a_stage("p1")
    await press.stage._enrol()
    press.clock.advance(-timedelta(days=1))
    await press.tick(polls=1)


async def test_a_clock_set_back_while_nobody_looked_leaves_no_source_unseen() -> None:
    """A service that starts anew finds sources that were scheduled by a clock ahead of its own."""
    press = Press(list)
    await press.tick(polls=1)
    press.clock.advance(-timedelta(days=1))
    press.stage = press.a_stage("p2")
    await press.tick(polls=2)


async def test_a_clock_set_back_a_little_breaks_no_publishers_wish() -> None:
    """A source that asked for a day is not polled within hours of its last poll."""
    press = Press(list)
    press.source.tells = {"wait_at_least": timedelta(days=1)}
    await press.tick(polls=1)
    press.clock.advance(timedelta(hours=2))
    await press.tick(polls=1)
    press.clock.advance(-timedelta(hours=1))
    await press.tick(polls=1)


async def test_what_its_publisher_holds_back_is_held_whatever_the_clock_does() -> None:
    """A pause that was asked for is counted in the store's own time."""
    press = Press(fail(SourceError("asks for patience", retry_after=timedelta(hours=2))))
    await press.tick(polls=1)
    press.clock.advance(-timedelta(days=1))
    await press.tick(polls=1)
    press.seconds += 2 * 3600
    await press.tick(polls=2)
