"""The polling stage: sources that are due are claimed, polled, and their signals taken in, in one commit.

A claim makes sure that one process polls a source at a time; the intake commit moves the source's cursor
together with the signals it brought, or changes nothing.
"""

import asyncio
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from alerter.clock import Clock, monotonic
from alerter.core.clean import clean_signal
from alerter.core.health import SourceHealth
from alerter.core.signal import IntakeStatus, Signal, SignalRecord
from alerter.sources.base import Poll, Source, SourceConfig, SourceError
from alerter.store.protocol import Busy, Fenced, PollResult, SourceClaim, Store, StoreError, new_records
from alerter.telemetry import Metrics

AT_ONCE = 50
"""Polls under way at once in one process."""
JITTER = 0.1
"""The next poll comes up to this share of the interval later, so that sources do not beat in step."""
FIRST_BACKOFF, LONGEST_BACKOFF = timedelta(seconds=5), timedelta(hours=1)
BUSY_PAUSE = timedelta(seconds=30)
"""What a pipeline that is behind could not take is fetched again: not every second from its publisher."""
POLL_TIMEOUT = 300.0
"""Seconds after which a poll counts as failed, whatever it waits for."""

_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Polled:
    """A configured source, ready to poll."""

    config: SourceConfig
    source: Source


class PollStage:
    """Polls the sources of the present configuration when they are due."""

    def __init__(
        self,
        store: Store,
        sources: Mapping[str, Polled],
        *,
        clock: Clock,
        process: str,
        metrics: Metrics,
    ) -> None:
        self._store = store
        self._sources = sources
        self._clock = clock
        self._process = process
        self._metrics = metrics
        self._polling: set[asyncio.Task[None]] = set()
        self._health: dict[str, SourceHealth] = {}
        self._must_enrol = True
        self._ends = False

    def reload(self, sources: Mapping[str, Polled]) -> None:
        """Poll these sources from now on."""
        self._sources = sources
        self._must_enrol = True

    async def tick(self) -> None:
        """Start a poll of every source that is due, as far as there is room. Raises StoreError."""
        if self._must_enrol:
            await self._enrol()
        room = AT_ONCE - len(self._polling)
        if room <= 0 or not self._sources or self._ends:
            return
        for claim in await self._store.sources.claim(self._process, self._clock.now(), room):
            if self._ends:  # the process gives back what it holds when it leaves
                return
            task = asyncio.create_task(self._poll(claim), name=f"poll {claim.source}")
            self._polling.add(task)
            task.add_done_callback(self._polling.discard)

    async def drain(self) -> None:
        """Give up the polls under way, and start no more; what they had not committed is polled again."""
        self._ends = True
        for task in self._polling:
            task.cancel()
        await asyncio.gather(*self._polling, return_exceptions=True)

    async def _enrol(self) -> None:
        """Schedule the sources, once more if a reload replaces them meanwhile."""
        sources, now = self._sources, self._clock.now()
        self._health = dict(await self._store.sources.health())
        await self._store.sources.enrol(dict.fromkeys(sources, now))
        self._must_enrol = sources is not self._sources

    async def _poll(self, claim: SourceClaim) -> None:
        """One poll from claim to commit; every way it can end, ends the claim or lets it lapse."""
        try:
            await self._poll_claimed(claim)
        except Fenced:
            _log.info("poll_taken_over", source=claim.source)
        except StoreError as fault:
            _log.warning("poll_not_committed", source=claim.source, reason=str(fault))
            await self._let_go(claim)

    async def _poll_claimed(self, claim: SourceClaim) -> None:
        polled = self._sources.get(claim.source)
        if polled is None:  # unscheduled by a reload between the claim and now
            await self._let_go(claim)
            return
        started = monotonic()
        try:
            async with asyncio.timeout(POLL_TIMEOUT):
                poll = await polled.source.poll(claim.cursor)
            records = self._records(claim, polled, poll)
        except (SourceError, TimeoutError) as fault:
            await self._postpone(claim, polled, fault)
        except Exception as fault:  # noqa: BLE001  a source's surprise must not stop the other sources
            self._metrics.errors.labels("source").inc()
            _log.error("source_failed", source=claim.source, exc_info=fault)
            await self._postpone(claim, polled, SourceError(f"unexpected {type(fault).__name__}: {fault}"))
        else:
            self._metrics.poll_seconds.observe(monotonic() - started)
            await self._take_in(claim, polled, poll, records)

    async def _take_in(
        self, claim: SourceClaim, polled: Polled, poll: Poll, records: Sequence[SignalRecord]
    ) -> None:
        now = self._clock.now()
        due = now + _interval(polled.config, poll)
        health = self._well(claim.source, now, due, brought=bool(records))
        result = PollResult(claim, poll.cursor, due, health)
        try:
            statuses = await self._store.signals.intake(records, poll=result)
        except Busy as fault:
            _log.info("intake_busy", source=claim.source, reason=str(fault))
            hold = max(fault.retry_after, min(BUSY_PAUSE, polled.config.every))
            waits = self._known_health(claim.source).model_copy(update={"next_poll_at": now + hold})
            await self._store.sources.postpone(claim, now, hold, waits)
            return
        self._count(claim.source, statuses)
        self._health[claim.source] = health

    def _records(self, claim: SourceClaim, polled: Polled, poll: Poll) -> list[SignalRecord]:
        """The poll's signals, cleaned; on the first poll what is old is the baseline."""
        now = self._clock.now()
        cleaned = [signal for one in poll.signals if (signal := self._cleaned(claim.source, one, now))]
        records = new_records(cleaned, now)
        if claim.cursor is not None and not poll.settling:
            return records
        oldest = now - polled.config.max_age
        return [r.model_copy(update={"baseline": r.signal.published_at < oldest}) for r in records]

    def _cleaned(self, source: str, signal: Signal, now: datetime) -> Signal | None:
        try:
            return clean_signal(signal, now)
        except ValueError as fault:
            self._metrics.signals.labels(source, "refused").inc()
            _log.warning("signal_refused", source=source, signal=signal.id, reason=str(fault))
            return None

    async def _postpone(self, claim: SourceClaim, polled: Polled, fault: Exception) -> None:
        now = self._clock.now()
        health = self._ill(claim.source, now, str(fault) or "no answer in time")
        asked = fault.retry_after if isinstance(fault, SourceError) else None
        hold = max(asked or timedelta(0), _backoff(health.failures, polled.config.every))
        health = health.model_copy(update={"next_poll_at": now + hold})
        await self._store.sources.postpone(claim, now, hold, health)
        self._health[claim.source] = health
        self._metrics.polls.labels(claim.source, "failed").inc()
        self._metrics.source_up.labels(claim.source).set(0)
        if health.failures == 1:
            _log.warning("source_unreachable", source=claim.source, reason=health.last_error)

    async def _let_go(self, claim: SourceClaim) -> None:
        """Give the claim back; a store that does not answer takes it back at this process's next claim."""
        health = self._known_health(claim.source)
        try:
            await self._store.sources.postpone(claim, self._clock.now(), FIRST_BACKOFF, health)
        except StoreError:
            _log.info("claim_not_returned", source=claim.source)

    def _count(self, source: str, statuses: Sequence[IntakeStatus]) -> None:
        self._metrics.polls.labels(source, "ok").inc()
        self._metrics.source_up.labels(source).set(1)
        for status in statuses:
            self._metrics.signals.labels(source, status).inc()

    def _known_health(self, source: str) -> SourceHealth:
        return self._health.get(source) or SourceHealth(source=source)

    def _well(self, source: str, now: datetime, due: datetime, *, brought: bool) -> SourceHealth:
        before = self._known_health(source)
        if before.failures:
            _log.info("source_recovered", source=source, failures=before.failures)
        changes = {
            "state": "ok",
            "failures": 0,
            "last_error": "",
            "last_poll_at": now,
            "last_success_at": now,
            "next_poll_at": due,
        }
        if brought:
            changes["last_signal_at"] = now
        return before.model_copy(update=changes)

    def _ill(self, source: str, now: datetime, reason: str) -> SourceHealth:
        before = self._known_health(source)
        return before.model_copy(
            update={
                "state": "failing",
                "failures": before.failures + 1,
                "last_error": reason[:500],
                "last_poll_at": now,
            }
        )


def _interval(config: SourceConfig, poll: Poll) -> timedelta:
    """When to poll next: as configured, or later where the publisher asks for it; never in step."""
    base = max(config.every, poll.wait_at_least)
    return base * (1 + random.uniform(0, JITTER))  # noqa: S311  spread, not secrecy


def _backoff(failures: int, every: timedelta) -> timedelta:
    """Doubling from 5 s, or the interval if shorter, to an hour, or the interval if longer; with jitter."""
    first = min(FIRST_BACKOFF, every)
    doubled: timedelta = min(first * 2 ** min(failures - 1, 20), max(LONGEST_BACKOFF, every))
    return doubled * random.uniform(0.5, 1)  # noqa: S311  spread, not secrecy
