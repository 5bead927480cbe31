"""A small service behind HTTP: a store in memory, a clock that stands still, a short configuration."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal

from aiohttp import web
from aiohttp.test_utils import TestClient

from alerter.core.alert import Alert
from alerter.core.health import SourceHealth
from alerter.core.reading import Reading, ReadSignal
from alerter.core.signal import Signal
from alerter.core.verdict import Judgement
from alerter.rules.base import Facts, RuleConfig, Trigger
from alerter.settings import Settings
from alerter.sources.base import Source, SourceConfig, SourceContext
from alerter.store.memory import MemoryStore
from alerter.store.protocol import EVALUATOR, Evaluation, PollResult, new_records
from alerter.telemetry import Metrics
from alerter.web.context import WebContext
from tests.support.signals import NOON
from tests.support.stores import enrol

Client = TestClient[web.Request, web.Application]
Connect = Callable[..., Any]


class FeedLike(SourceConfig):
    """A source's configuration."""

    type: Literal["feed"] = "feed"
    url: str = "https://feeds.example/?key=hidden"

    def build(self, context: SourceContext) -> Source:
        """Never polled here."""
        raise AssertionError


class MatchLike(RuleConfig):
    """A rule's configuration."""

    default_per = ("story",)
    type: Literal["match"] = "match"
    any: tuple[str, ...] = ()

    def triggers(self) -> tuple[Trigger, ...]:
        """Anything."""
        return (Trigger(),)

    def evaluate(self, facts: Facts) -> Judgement:
        """Never judged here."""
        raise AssertionError


@dataclass(frozen=True)
class Configuration:
    """What is configured."""

    sources: Sequence[SourceConfig] = (FeedLike(id="ree-news", labels={"outlet": "reex"}),)
    rules: Sequence[RuleConfig] = (MatchLike(id="ree-keywords", any=("rare earth*",), severity="info"),)


@dataclass
class World:
    """The service around the application, and what a test may turn in it."""

    settings: Settings = field(default_factory=Settings)
    store: MemoryStore = field(default_factory=MemoryStore)
    configuration: Configuration = field(default_factory=Configuration)
    problems: Sequence[object] = ()
    components: Mapping[str, str] = field(default_factory=lambda: {"store": "ok", "scheduler": "ok"})
    refusal: str = ""
    metrics: Metrics = field(default_factory=Metrics)
    now: datetime = NOON
    hangs: bool = False
    """Does the readiness probe never come back?"""
    validated: list[object] = field(default_factory=list)

    def context(self) -> WebContext:
        """The context that the application is built with."""
        return WebContext(
            store=self.store,
            settings=self.settings,
            configuration=lambda: self.configuration,
            validate_rule=self._validate,
            metrics=self.metrics,
            now=lambda: self.now,
            readiness=self._readiness,
            refusal=lambda: self.refusal,
        )

    async def have_read(self, *signals: Signal) -> None:
        """Take signals in and read them, one after the other."""
        for signal in signals:
            await self.store.signals.intake(new_records([signal], self.now))
            for queued in await self.store.signals.take("reader", 10, timedelta(0)):
                reading = ReadSignal(record=queued.record, reading=Reading())
                await self.store.signals.file([(queued.entry, reading)])

    async def have_judged(self, *alerts: Alert, **changes: Any) -> None:
        """Commit alerts, one after the other, with anything else of an evaluation."""
        epoch = await self.store.fleet.lease(EVALUATOR, "evaluator", timedelta(minutes=1))
        position = await self.store.judgements.position()
        for alert in alerts:
            evaluation = Evaluation(
                epoch=epoch or 0, seen_from=position, seen_to=position, alerts=[alert], **changes
            )
            await self.store.judgements.commit(evaluation)

    async def have_polled(self, health: SourceHealth) -> None:
        """End one poll of a source with this health."""
        await enrol(self.store, {health.source: self.now})
        await self.store.sources.hasten(health.source, self.now)
        for claim in await self.store.sources.claim("poller", self.now, 1):
            due = health.next_poll_at or self.now + timedelta(minutes=10)
            result = PollResult(claim=claim, cursor="c", due=due, health=health)
            await self.store.signals.intake((), poll=result)

    def figure(self, name: str, **labels: str) -> float | None:
        """A sample of the service's metrics."""
        return self.metrics.registry.get_sample_value(name, labels)

    def _validate(self, rule: object) -> Sequence[object]:
        self.validated.append(rule)
        return self.problems

    async def _readiness(self) -> Mapping[str, str]:
        if self.hangs:
            await asyncio.Event().wait()
        return self.components
