"""A source under the real polling stage: the clock moves from poll to poll, and each poll tells what came."""

from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import BinaryIO

from alerter.clock import ManualClock
from alerter.core.health import SourceHealth
from alerter.core.signal import SignalRecord
from alerter.pipeline.poll import Polled, PollStage
from alerter.sources.base import Poll, Source, SourceContext
from alerter.sources.http import Fetch, Fetched, HttpClient, Limits
from alerter.store.memory import MemoryStore
from alerter.telemetry import Metrics
from tests.contracts.sources.publishing import Publisher, published
from tests.contracts.sources.sample import NOW, Fact, Sample
from tests.support.waiting import eventually

LARGEST_BODY = 200_000
PATIENCE, HURRY = timedelta(seconds=10), timedelta(milliseconds=300)
WELL = frozenset({"ok", "quiet", "stale"})
"""States of a source that can be polled; which one depends on how long it has been silent."""
ILL = frozenset({"failing", "blocked"})


class SmallClient(HttpClient):
    """A client that allows little, whatever the kind would allow."""

    patience = PATIENCE

    async def fetch(self, request: Fetch) -> Fetched:
        """A bounded fetch."""
        return await super().fetch(self._bounded(request))

    async def download(self, request: Fetch, into: BinaryIO) -> Fetched:
        """A bounded download."""
        return await super().download(self._bounded(request), into)

    def _bounded(self, request: Fetch) -> Fetch:
        total = min(request.total or self.patience, self.patience)
        return replace(request, total=total, limit=min(request.limit or LARGEST_BODY, LARGEST_BODY))


class Watched:
    """The source, and what passed between it and the stage."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self.given: list[str | None] = []
        """The cursor of each poll."""
        self.notes: list[str] = []

    async def poll(self, cursor: str | None) -> Poll:
        """Poll the source."""
        self.given.append(cursor)
        self.notes.append("")
        poll = await self._source.poll(cursor)
        self.notes[-1] = poll.note
        return poll


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one poll came to."""

    health: SourceHealth
    taken: Sequence[SignalRecord]
    """What was queued: new signals and new versions."""
    asked: Sequence[str]
    """The paths that were asked for."""
    given: str | None
    """The cursor it started from."""
    note: str

    @property
    def is_well(self) -> bool:
        """Did the poll succeed?"""
        return self.health.state in WELL and not self.health.failures and not self.health.last_error

    @property
    def brought(self) -> Counter[str]:
        """Identities of what was queued."""
        return Counter(record.identity for record in self.taken)


class Desk:
    """One kind's source, its publisher, and the stage that polls it."""

    def __init__(self, sample: Sample, publisher: Publisher, base: str, http: SmallClient) -> None:
        self.sample, self.publisher, self.http = sample, publisher, http
        self.clock = ManualClock(NOW)
        self.seconds = 0.0
        self.store = MemoryStore(monotonic=lambda: self.seconds)
        self.config = sample.config(base)
        self.context = SourceContext(http=http, now=self.clock.now, keys=sample.keys)
        self.source = Watched(self.config.build(self.context))
        self.stage = PollStage(
            self.store,
            {self.config.id: Polled(self.config, self.source)},
            clock=self.clock,
            process="p1",
            metrics=Metrics(),
        )
        self.versions: dict[str, int] = {}
        """The newest version told of each signal."""

    def publish(self, *facts: int | Fact) -> None:
        """These are the publisher's facts from now on; a number is a fact's first version."""
        self.publisher.facts = [Fact(one) if isinstance(one, int) else one for one in facts]

    async def health(self) -> SourceHealth:
        """The source's health as the store has it."""
        known = await self.store.sources.health()
        return known.get(self.config.id) or SourceHealth(source=self.config.id)

    async def poll(self) -> Outcome:
        """Move on to when the source is due, and poll it."""
        due_at = (await self.health()).next_poll_at
        if due_at is not None:
            self.pass_time(due_at - self.clock.now() + timedelta(seconds=1))
        polls = len(self.source.given)
        self.publisher.asked = []
        await self.stage.tick()
        health = await eventually(self._ended, within=20)
        assert len(self.source.given) == polls + 1, "the source was not polled"
        outcome = Outcome(
            health=health,
            taken=await self._take(),
            asked=tuple(self.publisher.asked),
            given=self.source.given[-1],
            note=self.source.notes[-1],
        )
        self._check_secrets(outcome)
        return outcome

    def pass_time(self, by: timedelta) -> None:
        """Domain time and the store's own go on together."""
        self.clock.advance(by)
        self.seconds += by.total_seconds()

    async def _ended(self) -> SourceHealth | None:
        health = await self.health()
        return health if health.last_poll_at == self.clock.now() else None

    async def _take(self) -> Sequence[SignalRecord]:
        """What came in; each version of a signal follows the one before."""
        queued = await self.store.signals.take("reader", 1000, timedelta(0))
        records = [one.record for one in queued]
        for record in records:
            assert record.version == self.versions.get(record.identity, 0) + 1, f"{record.id} skips a version"
            self.versions[record.identity] = record.version
        return records

    def _check_secrets(self, outcome: Outcome) -> None:
        """No key stands in anything that is kept or shown."""
        told = [record.model_dump_json() for record in outcome.taken]
        shown = "\n".join([outcome.health.model_dump_json(), outcome.given or "", outcome.note, *told])
        for service, key in self.sample.keys.items():
            assert key not in shown, f"the key of {service} shows"


@asynccontextmanager
async def a_desk(sample: Sample) -> AsyncIterator[Desk]:
    """A desk with its publisher listening, and nothing polled yet."""
    limits = Limits(spacing=timedelta(0), total=PATIENCE)
    client = SmallClient(
        user_agent="alerter/test (+https://desk.example)",
        allow_private_networks=True,
        limits=limits,
        chance=lambda: 1.0,
    )
    async with published(sample) as (publisher, base), client:
        desk = Desk(sample, publisher, base, client)
        yield desk
        await desk.stage.drain()
