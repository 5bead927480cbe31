"""How the service fares, and whether its silence can be trusted."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from alerter.store.protocol import Backlog
from alerter.web import overview as overview_module
from alerter.web.overview import blind_sources, overview
from tests.support.signals import NOON, a_record, healthy
from tests.web.world import Configuration, FeedLike, World

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
        ({"state": "blocked", "last_error": "refuses access"}, "refuses access"),
        ({"state": "unknown"}, "not polled yet"),
        ({"overdue": ("May was due",), "last_signal_at": NOON}, "May was due"),
        ({"unseen": ("no row X", "no row Y"), "unseen_since": NOON}, "no row X; no row Y"),
        ({"next_poll_at": NOON - timedelta(minutes=11)}, "its poll is overdue"),
    ],
)
def test_a_source_that_cannot_be_seen_says_why(health: dict[str, Any], reason: str) -> None:
    """What failed, is refused, lacks a key or is late is blind, since it was last seen."""
    assert look(**health) == [(NOON, reason)]


@pytest.mark.parametrize(
    "health",
    [{}, {"state": "quiet"}, {"next_poll_at": NOON - timedelta(minutes=9)}, {"next_poll_at": NOON}],
)
def test_a_source_that_answers_in_time_is_seen(health: dict[str, Any]) -> None:
    """Neither calm nor a poll that is a little late makes a source blind."""
    assert look(**health) == []


def test_a_stale_source_is_blind_since_its_last_signal() -> None:
    """It answers, so that when it was last seen would say nothing."""
    since = NOON - timedelta(days=4)
    silent = {"last_signal_at": since, "cadence": timedelta(hours=1)}

    assert look(**silent) == [(since, "it answers, and is unusually silent")]
    assert look(**silent | {"cadence": timedelta(days=1)}) == []


@pytest.mark.parametrize(
    ("health", "sentence"),
    [
        (
            {"state": "blocked", "last_error": "no"},
            "ree-news could not be seen since 2025-06-09 12:00 UTC: no.",
        ),
        ({"overdue": ("May",)}, "ree-news has brought nothing new so far: May."),
        ({"state": "unconfigured", "last_error": "no key"}, "ree-news is not watched: no key."),
    ],
)
async def test_each_kind_of_blindness_has_its_sentence(
    world: World, health: dict[str, Any], sentence: str
) -> None:
    """People read what they cannot rely on, and since when."""
    await world.have_polled(healthy(**health))

    assert sentence in (await overview(world.context())).reservations


async def test_a_source_that_lacks_a_key_degrades_nothing(world: World) -> None:
    """It is told, not an alarm: but where nothing at all is watched, silence means nothing."""
    world.configuration = Configuration(sources=[FeedLike(id="a"), FeedLike(id="b")])
    await world.have_polled(healthy("a"))
    await world.have_polled(healthy("b", state="unconfigured", last_error="no key"))
    seen = await overview(world.context())
    assert (seen.status, seen.reservations) == ("ok", ("b is not watched: no key.",))
    assert [one.source for one in seen.unwatched] == ["b"]

    await world.have_polled(healthy("a", state="unconfigured", last_error="no key"))
    seen = await overview(world.context())
    assert seen.status == "degraded"
    assert "No source is watched." in seen.reservations


async def test_many_sources_without_a_key_are_one_sentence(world: World) -> None:
    """Apart from those that cannot be seen."""
    world.configuration = Configuration(sources=[FeedLike(id=name) for name in "abcde"])
    for name in "abcd":
        await world.have_polled(healthy(name, state="unconfigured", last_error="no key"))

    seen = await overview(world.context())

    assert seen.in_short == ("1 of 5 sources cannot be seen.", "4 of 5 sources lack a key: no key.")
    assert len(seen.unseen) == 5


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
