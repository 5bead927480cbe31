"""Rules about sources: health in, conditions out, and a commit only where something changed."""

from datetime import timedelta

import pytest

from alerter.core.health import SourceHealth
from alerter.core.route import Route
from alerter.pipeline import evaluate
from alerter.pipeline.watch import LOOK_EVERY
from alerter.rules.absence import AbsenceRule
from tests.pipeline.conftest import SmallWorld, a_rulebook
from tests.support.signals import NOON

DAY = timedelta(days=1)
SILENT = AbsenceRule.model_validate({"id": "silent", "type": "absence", "for": "24h"})


class Watched(SmallWorld):
    """A world with a rule about sources, and healths that a test sets."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        super().__init__(SILENT)
        self.healths: dict[str, SourceHealth] = {}
        self.looks = 0

        async def health() -> dict[str, SourceHealth]:
            self.looks += 1
            return self.healths

        monkeypatch.setattr(self.store.sources, "health", health)

    def heard(self, source: str, ago: timedelta) -> None:
        """The source was last heard so long before now, and answers."""
        now = self.clock.now()
        self.healths[source] = SourceHealth(
            source=source, state="ok", watched_since=NOON - 9 * DAY, last_signal_at=now - ago
        )

    async def look(self) -> list[str]:
        """What changes at the next look."""
        return await self.after(LOOK_EVERY.total_seconds())


@pytest.fixture
def watched(monkeypatch: pytest.MonkeyPatch) -> Watched:
    """Two sources that were heard an hour ago."""
    world = Watched(monkeypatch)
    world.heard("wire", timedelta(hours=1))
    world.heard("other", timedelta(hours=1))
    return world


async def test_a_source_that_falls_silent_is_told_once(watched: Watched) -> None:
    """It fires when the silence has lasted long enough, and is not told again at the next looks."""
    assert await watched.look() == []
    assert await watched.after(22 * 3600) == []
    watched.heard("other", timedelta(0))
    assert await watched.after(3600) == ["silent fired"]
    assert await watched.look() == []
    (alert,) = await watched.store.judgements.active()
    assert (alert.labels, alert.reason, alert.evidence[0].source) == ({"source": "wire"}, "silent", "wire")


async def test_its_evidence_is_when_it_was_last_heard(watched: Watched) -> None:
    """What is the matter stands in the summary, and is not said again."""
    watched.heard("wire", DAY)
    assert await watched.look() == ["silent fired"]
    ((evidence,),) = [alert.evidence for alert in await watched.store.judgements.active()]
    assert evidence.quote == ""
    assert (
        evidence.title
        == f"last answer: none yet; last signal: {watched.clock.now() - DAY:%Y-%m-%d %H:%M} UTC"
    )


async def test_it_resolves_aloud_when_the_source_is_heard(watched: Watched) -> None:
    """And a later silence is another episode."""
    watched.heard("wire", DAY)
    assert await watched.look() == ["silent fired"]
    watched.heard("wire", timedelta(0))
    assert await watched.look() == ["silent resolved"]
    watched.heard("wire", 2 * DAY)
    assert await watched.look() == ["silent fired"]


async def test_a_great_many_silent_sources_are_told_over_several_turns(
    watched: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Signals are judged and the lease is renewed between them; nobody looks again before all is told."""
    monkeypatch.setattr(evaluate, "LOOKED_AT_ONCE", 2)
    names = [f"s{number}" for number in range(5)]
    rule = AbsenceRule.model_validate(SILENT.model_dump(by_alias=True) | {"sources": names})
    watched.evaluate = watched.an_evaluator("p1", rule)
    for name in names:
        watched.heard(name, DAY)
    told = []
    for _ in range(4):
        await watched.evaluate.turn()
        watched.clock.advance(LOOK_EVERY)
        told.append(len(await watched.store.judgements.active()))
    assert told == [2, 4, 5, 5]
    assert watched.looks == 2


async def test_sources_are_looked_at_every_few_seconds_only(watched: Watched) -> None:
    """However often the evaluator turns."""
    await watched.look()
    before = watched.looks
    for _ in range(5):
        await watched.after(1)
    assert watched.looks == before


async def test_nothing_is_committed_while_nothing_changes(
    watched: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A look at healthy sources costs no write."""
    await watched.look()
    monkeypatch.setattr(watched.store.judgements, "commit", None)
    assert await watched.look() == []


async def test_nothing_is_asked_of_the_store_about_healthy_sources(
    watched: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not even at the first look, which comes again with each reload and each change of hands."""
    monkeypatch.setattr(watched.store.judgements, "alerts", None)
    assert await watched.look() == []
    watched.evaluate.reload(a_rulebook(SILENT))
    assert await watched.look() == []


async def test_what_was_heard_between_two_evaluators_is_resolved_by_the_second(watched: Watched) -> None:
    """It says anew of each alert that stands whether it holds."""
    watched.heard("wire", DAY)
    assert await watched.look() == ["silent fired"]
    await watched.store.fleet.leave("p1")
    watched.heard("wire", timedelta(0))
    watched.evaluate = watched.an_evaluator("p2", SILENT)
    assert await watched.look() == ["silent resolved"]


async def test_another_evaluator_goes_on_where_the_first_stopped(watched: Watched) -> None:
    """What was told is not told again by the one that takes over."""
    watched.heard("wire", DAY)
    assert await watched.look() == ["silent fired"]
    await watched.store.fleet.leave("p1")
    watched.evaluate = watched.an_evaluator("p2", SILENT)
    assert await watched.look() == []


async def test_a_source_that_is_configured_no_more_is_not_held_absent(watched: Watched) -> None:
    """Its alert is closed without a word when the configuration is reloaded."""
    watched.heard("wire", DAY)
    assert await watched.look() == ["silent fired"]
    watched.reload(SILENT, routes=[Route(receiver="desk")])  # a rulebook without sources
    assert await watched.look() == ["silent rule_removed"]
    assert await watched.look() == []
