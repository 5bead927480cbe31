"""A small world to evaluate in: a store in memory, a moved clock, rules that find what their labels say."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import ClassVar

import pytest

from alerter.clock import ManualClock
from alerter.core.delivery import Delivery, Outcome
from alerter.core.group import Dispatch
from alerter.core.matching import Routing
from alerter.core.reading import Reading, ReadSignal
from alerter.core.route import Route
from alerter.core.signal import Signal
from alerter.core.verdict import Judgement, Nature, Verdict, no
from alerter.pipeline.draft import Transition
from alerter.pipeline.evaluate import EvaluateStage
from alerter.pipeline.read import ReadStage
from alerter.pipeline.rulebook import Rulebook
from alerter.rules.base import Facts, RuleConfig, Trigger, World
from alerter.store.memory import MemoryStore
from alerter.store.protocol import new_records
from alerter.telemetry import Metrics
from tests.support.signals import NOON

SECOND = timedelta(seconds=1)


class Says(RuleConfig):
    """Finds what a signal's label `says` states, under each part of its label `about` (`x+y`)."""

    default_per: ClassVar[tuple[str, ...]] = ("about",)

    def triggers(self) -> tuple[Trigger, ...]:
        """Every signal."""
        return (Trigger(),)

    def evaluate(self, facts: Facts) -> Judgement:
        """`boom` trips; `clear` clears; anything else holds."""
        labels = facts.read.record.signal.labels
        says = labels.get("says")
        if says == "boom":
            raise ZeroDivisionError("this rule trips")
        if says is None:
            return no("says_nothing")
        named = [{"about": one} for one in labels.get("about", "").split("+")]
        if "story" in self.grouping:
            named = [{"story": facts.story}]
        holds = says != "clear"
        verdicts = (
            Verdict(holds=holds, labels=one, mark=says, reason="said", summary=says, span=(0, 6))
            for one in named
        )
        return Judgement(verdicts=tuple(verdicts))


class Holds(Says):
    """The same as a condition."""

    nature: ClassVar[Nature] = "condition"


class SeriesLength(RuleConfig):
    """Tells how many points of its series were known."""

    default_per: ClassVar[tuple[str, ...]] = ("series",)

    def triggers(self) -> tuple[Trigger, ...]:
        """Every signal."""
        return (Trigger(),)

    def evaluate(self, facts: Facts) -> Judgement:
        """One verdict per observation."""
        found = [
            Verdict(
                labels={"series": name},
                mark=str(len(s.vintages)),
                reason="counted",
                summary=str(len(s.vintages)),
            )
            for name, s in facts.series.items()
        ]
        return Judgement(verdicts=tuple(found))


class EveryRule:
    """An index that tries every rule."""

    def __init__(self, rules: Sequence[RuleConfig]) -> None:
        self._rules = rules

    def candidates(self, read: ReadSignal, normalised: str) -> Sequence[RuleConfig]:
        """All of them."""
        return self._rules


def a_rulebook(*rules: RuleConfig, route: Route | None = None) -> Rulebook:
    """The rules under one route to two destinations of `desk`."""
    routes = [route or Route(receiver="desk", group_wait=5 * SECOND, group_interval=60 * SECOND)]
    dispatch = Dispatch(lambda _labels: routes, {"desk": ["desk/one", "desk/two"]})
    return Rulebook(
        rules=rules,
        index=EveryRule(rules),
        world=World(),
        dispatch=dispatch,
        sources=frozenset({"wire", "other"}),
    )


class SmallWorld:
    """A store, a clock, an evaluator, and the steps between them."""

    def __init__(self, *rules: RuleConfig) -> None:
        self.clock = ManualClock(NOON)
        self.store = MemoryStore()
        self.metrics = Metrics()
        self.transitions: list[Transition] = []
        self.dispatch = Dispatch(lambda _labels: (), {})
        self.reader: Callable[[Signal], Reading] = lambda signal: Reading(
            story_keys=tuple(signal.labels.get("keys", "").split())
        )
        self.evaluate = self.an_evaluator("p1", *rules)

    def an_evaluator(self, process: str, *rules: RuleConfig) -> EvaluateStage:
        """Another process's evaluator over the same store."""
        return EvaluateStage(
            self.store,
            a_rulebook(*rules),
            clock=self.clock,
            process=process,
            metrics=self.metrics,
            on_commit=self.transitions.extend,
        )

    def reload(self, *rules: RuleConfig, routes: Sequence[Route]) -> None:
        """Judge and route by these from now on; each receiver has one destination."""
        destinations = {route.receiver: [f"{route.receiver}/one"] for route in routes}
        self.dispatch = Dispatch(Routing(routes).routes_for, destinations)
        self.evaluate.reload(
            Rulebook(rules=rules, index=EveryRule(rules), world=World(), dispatch=self.dispatch)
        )

    async def tell(self, *signals: Signal, baseline: bool = False) -> list[str]:
        """Take the signals in, read and evaluate them; the changes that followed."""
        records = [
            r.model_copy(update={"baseline": baseline}) for r in new_records(signals, self.clock.now())
        ]
        await self.store.signals.intake(records)
        reading = ReadStage(self.store.signals, self.reader, process="p1", metrics=self.metrics)
        while (await self.store.signals.backlog()).unread:
            await reading.turn()
        return await self.changes()

    async def changes(self) -> list[str]:
        """Evaluate all there is; what changed, as `rule change`."""
        seen = len(self.transitions)
        await self.evaluate.catch_up()
        return [f"{one.alert.rule} {one.change}" for one in self.transitions[seen:]]

    async def after(self, seconds: float) -> list[str]:
        """Move the clock; what changed."""
        self.clock.advance(timedelta(seconds=seconds))
        return await self.changes()

    async def told(self, destination: str = "desk/one") -> list[list[str]]:
        """Claim and deliver what is due: per notification its members, as `rule change`."""
        told = []
        while claimed := await self.store.outbox.claim("p1", self.clock.now(), {destination: 8}):
            for one in claimed:
                await self.store.outbox.record(one, Outcome(kind="delivered"), self.clock.now())
                told.append(members(one))
        return told


def members(delivery: Delivery) -> list[str]:
    """A notification's members as `rule change`."""
    return [f"{one.alert.rule} {one.change}" for one in delivery.members]


@pytest.fixture
def world() -> SmallWorld:
    """A world whose one rule finds occurrences."""
    return SmallWorld(Says(id="says"))
