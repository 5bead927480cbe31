"""How the service fares, and whether its silence can be trusted."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from alerter.store.protocol import Backlog
from alerter.web import overview as overview_module
from alerter.web.overview import blind_sources, overview
from tests.support.signals import NOON, a_record, healthy
from tests.web.world import FeedLike, World

SOURCE = FeedLike(id="ree-news")
"""Polled every ten minutes."""


def look(**health: Any) -> list[tuple[datetime | None, str]]:
    """(since, reason) of the source at noon, if it is blind then."""
    seen = blind_sources([SOURCE], {"ree-news": healthy(**health)}, NOON)
    return [(one.since, one.reason) for one in seen]


def test_a_source_that_was_never_polled_is_blind() -> None:
    """Before the first poll nothing is known."""
    [one] = blind_sources([SOURCE], {}, NOON)

    assert (one.source, one.since, one.reason) == ("ree-news", None, "not polled yet")


@pytest.mark.parametrize(
    ("health", "reason"),
    [
        ({"state": "failing", "last_error": "HTTP 503"}, "HTTP 503"),
        ({"state": "failing"}, "failing"),
        ({"state": "unconfigured", "last_error": "needs a key"}, "needs a key"),
        ({"state": "unknown"}, "not polled yet"),
        ({"next_poll_at": NOON - timedelta(minutes=11)}, "its poll is overdue"),
    ],
)
def test_a_source_that_cannot_be_seen_says_why(health: dict[str, Any], reason: str) -> None:
    """Failing, unconfigured and overdue sources are blind, since they were last seen."""
    assert look(**health) == [(NOON, reason)]


@pytest.mark.parametrize(
    "health",
    [{}, {"state": "quiet"}, {"next_poll_at": NOON - timedelta(minutes=9)}, {"next_poll_at": NOON}],
)
def test_a_source_that_answers_in_time_is_seen(health: dict[str, Any]) -> None:
    """Neither calm nor a poll that is a little late makes a source blind."""
    assert look(**health) == []


def test_a_fast_source_has_a_grace_of_two_minutes() -> None:
    """A source polled every few seconds is not called overdue for a moment's delay."""
    fast = FeedLike(id="fast", every=timedelta(seconds=5))
    late = {"fast": healthy("fast", next_poll_at=NOON - timedelta(minutes=1))}

    assert blind_sources([fast], late, NOON) == ()


async def test_a_long_backlog_is_a_reservation(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was not judged yet cannot have alerted."""

    async def behind() -> Backlog:
        return Backlog(unread=900, unevaluated=100)

    await world.have_polled(healthy())
    monkeypatch.setattr(world.store.signals, "backlog", behind)

    seen = await overview(world.context())

    assert seen.reservations == ("1000 signals wait to be read and judged.",)
    assert seen.status == "degraded"


async def test_dead_letters_are_counted_up_to_a_bound(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Many dead letters are told as `2+`, at the cost of reading two."""
    monkeypatch.setattr(overview_module, "DEAD_COUNTED", 2)
    await world.have_polled(healthy())
    for number in range(3):
        await world.store.signals.intake([a_record(str(number))])
        await world.store.signals.bury(
            await world.store.signals.take("reader", 1, timedelta(0)), "kills its reader"
        )

    seen = await overview(world.context())

    assert seen.reservations == ("2+ signals could not be read.",)


async def test_a_refused_configuration_is_a_reservation(world: World) -> None:
    """What people wrote last is not what is watched for; once it is in force, nothing is said."""
    await world.have_polled(healthy())
    world.refusal = "The configuration was refused."

    assert (await overview(world.context())).reservations == ("The configuration was refused.",)

    world.refusal = ""
    assert (await overview(world.context())).reservations == ()
