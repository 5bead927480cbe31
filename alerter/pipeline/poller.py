"""One poll, from a claim to its commit: every way it can end, ends the claim or lets it lapse.

A poll's signals are taken in by slices, each under the claim, the last one together with the source's cursor,
due time and health. What a slice before it brought is a duplicate when the poll has to be made again.
"""

import asyncio
import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from alerter.clock import Clock, monotonic
from alerter.core.cadence import interval, usual_gap
from alerter.core.clean import clean_signal
from alerter.core.health import SourceHealth, ill, lag, well, with_news
from alerter.core.model import digest
from alerter.core.signal import IntakeStatus, Signal, SignalRecord
from alerter.sources.base import Poll, Source, SourceConfig, SourceError
from alerter.store.protocol import (
    BATCH_LIMIT,
    Busy,
    Fenced,
    PollResult,
    SourceClaim,
    Store,
    StoreError,
    new_records,
)
from alerter.telemetry import Metrics

JITTER = 0.1
"""The next poll comes up to this share of the interval later, so that sources do not beat in step."""
FIRST_BACKOFF, LONGEST_BACKOFF = timedelta(seconds=5), timedelta(hours=1)
BUSY_PAUSE = timedelta(seconds=30)
"""What a pipeline that is behind could not take is fetched again: not every second from its publisher."""
WAITING_AT_MOST = 20
"""Polls of one process that wait at once for a pipeline that is behind, with all that they brought."""
POLL_TIMEOUT = 300.0
"""Seconds after which a poll counts as failed, whatever it waits for."""

_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Polled:
    """A configured source, ready to poll."""

    config: SourceConfig
    source: Source | None
    """None where the environment lacks something."""
    missing: str = ""
    """What it lacks, in plain words."""
    key: str = ""
    """Stands for the API key that it works with: with another one it is worth a poll at once."""

    @property
    def signature(self) -> str:
        """Stands for its configuration and its key: while they stay the same, its schedule does."""
        return digest(self.config.model_dump_json(), self.missing, self.key)


@dataclass(frozen=True, slots=True)
class _Visit:
    """A poll under way."""

    claim: SourceClaim
    polled: Polled
    started: float

    @property
    def before(self) -> SourceHealth:
        """Health as the last poll left it."""
        return self.claim.health or SourceHealth(source=self.claim.source)

    @property
    def gives_up_at(self) -> float:
        """When it may not wait any longer."""
        return self.started + POLL_TIMEOUT


class Poller:
    """Polls claimed sources."""

    def __init__(self, store: Store, *, clock: Clock, metrics: Metrics) -> None:
        self._store = store
        self._clock = clock
        self._metrics = metrics
        self._waiting = 0
        """Polls that wait for the pipeline."""

    async def run(self, claim: SourceClaim, polled: Polled | None) -> None:
        """Poll the source, and commit what comes of it."""
        try:
            if polled is None or polled.source is None:  # unscheduled by a reload between the claim and now
                await self._let_go(claim)
            else:
                await self._poll(_Visit(claim, polled, monotonic()), polled.source)
        except Fenced:
            _log.info("poll_taken_over", source=claim.source)
        except StoreError as fault:
            _log.warning("poll_not_committed", source=claim.source, reason=str(fault))
            await self._let_go(claim)

    async def _poll(self, visit: _Visit, source: Source) -> None:
        try:
            async with asyncio.timeout(POLL_TIMEOUT):
                poll = await source.poll(visit.claim.cursor)
            self._metrics.poll_seconds.observe(monotonic() - visit.started)
            await self._take_in(visit, poll)
        except Busy as fault:
            await self._put_off(visit, fault)
        except StoreError:  # the store's trouble, even where it comes up inside a source
            raise
        except (SourceError, TimeoutError) as fault:
            await self._postpone(visit, fault)
        except asyncio.CancelledError as fault:
            if _is_cancelled():
                raise
            await self._surprise(visit, fault)  # one from within, which would leave the source claimed
        except Exception as fault:  # noqa: BLE001  a source's surprise must not stop the other sources
            await self._surprise(visit, fault)

    async def _take_in(self, visit: _Visit, poll: Poll) -> None:
        """Commit slice by slice; Busy when the pipeline stays behind for longer than a poll may take."""
        counted = 0
        brought = False
        while True:
            signals = poll.signals[counted : counted + BATCH_LIMIT]
            counted += len(signals)
            records = self._records(visit, poll, signals)
            is_last = counted >= len(poll.signals) or not signals
            result = self._result(visit, poll, brought=brought) if is_last else None
            statuses = await self._offer(visit, records, result)
            brought = brought or any(status is not IntakeStatus.DUPLICATE for status in statuses)
            self._count(visit.claim.source, statuses)
            if is_last:
                break
        self._metrics.polls.labels(visit.claim.source, "ok").inc()
        if visit.before.failures:
            _log.info("source_recovered", source=visit.claim.source, failures=visit.before.failures)

    async def _offer(
        self, visit: _Visit, records: Sequence[SignalRecord], result: PollResult | None
    ) -> Sequence[IntakeStatus]:
        """One slice into the store, once the pipeline takes it."""
        while True:
            try:
                return await self._store.signals.intake(records, poll=result or visit.claim)
            except Busy as fault:
                await self._wait(visit, fault)

    async def _wait(self, visit: _Visit, fault: Busy) -> None:
        """Wait until a slice may be offered again; raises the fault where that takes too long."""
        pause = fault.retry_after.total_seconds() * (1 + random.random())  # noqa: S311  spread, not secrecy
        if monotonic() + pause > visit.gives_up_at or self._waiting >= WAITING_AT_MOST:
            raise fault
        self._waiting += 1
        try:
            await asyncio.sleep(pause)
        finally:
            self._waiting -= 1

    def _result(self, visit: _Visit, poll: Poll, *, brought: bool) -> PollResult:
        """The end of the poll, whether its last slice turns out to bring something new or not."""
        now, config = self._clock.now(), visit.polled.config
        calm = well(
            visit.before,
            now,
            note=poll.note,
            unseen=poll.unseen,
            overdue=poll.overdue,
            budget_left=poll.budget_left,
        )
        jitter = 1 + random.uniform(0, JITTER)  # noqa: S311  spread, not secrecy
        news = _due(with_news(calm, now), config, poll, now, jitter)
        calm = news if brought else _due(calm, config, poll, now, jitter)
        return PollResult(
            claim=visit.claim,
            cursor=poll.cursor,
            due=calm.next_poll_at or now,
            health=calm,
            due_if_new=news.next_poll_at,
            health_if_new=news,
        )

    def _records(self, visit: _Visit, poll: Poll, signals: Sequence[Signal]) -> list[SignalRecord]:
        """A slice of the poll, cleaned. What is old on the first poll, or background, is the baseline."""
        now = self._clock.now()
        cleaned = [signal for one in signals if (signal := self._cleaned(visit.claim.source, one, now))]
        records = new_records(cleaned, now)
        is_first = visit.claim.cursor is None or poll.settling
        if not is_first and not poll.background:
            return records
        oldest = now - visit.polled.config.max_age
        old = [r.id in poll.background or (is_first and r.signal.published_at < oldest) for r in records]
        return [r.model_copy(update={"baseline": one}) for r, one in zip(records, old, strict=True)]

    def _cleaned(self, source: str, signal: Signal, now: datetime) -> Signal | None:
        try:
            return clean_signal(signal, now)
        except ValueError as fault:
            self._metrics.signals.labels(source, "refused").inc()
            _log.warning("signal_refused", source=source, signal=signal.id, reason=str(fault))
            return None

    async def _surprise(self, visit: _Visit, fault: BaseException) -> None:
        self._metrics.errors.labels("source").inc()
        _log.error("source_failed", source=visit.claim.source, exc_info=fault)
        await self._postpone(visit, SourceError(f"unexpected {type(fault).__name__}: {fault}"))

    async def _postpone(self, visit: _Visit, fault: Exception) -> None:
        """End the claim of a poll that failed; the next one comes after a pause that grows."""
        now, source = self._clock.now(), visit.claim.source
        known = fault if isinstance(fault, SourceError) else SourceError(str(fault) or "no answer in time")
        health = ill(visit.before, now, str(known), known.trouble)
        hold = _hold(known, health.failures, visit.polled.config.every)
        health = health.model_copy(update={"next_poll_at": now + hold})
        await self._store.sources.postpone(visit.claim, now, hold, health)
        self._metrics.polls.labels(source, "failed").inc()
        if health.failures == 1 or health.state != visit.before.state:
            _log.warning("source_unreachable", source=source, state=health.state, reason=health.last_error)

    async def _put_off(self, visit: _Visit, fault: Busy) -> None:
        """End the claim of a poll that the pipeline could not take: it is no fault of the source's."""
        now = self._clock.now()
        _log.info("intake_busy", source=visit.claim.source, reason=str(fault))
        hold = max(fault.retry_after, min(BUSY_PAUSE, visit.polled.config.every))
        health = visit.before.model_copy(update={"next_poll_at": now + hold})
        await self._store.sources.postpone(visit.claim, now, hold, health)
        self._metrics.polls.labels(visit.claim.source, "busy").inc()

    async def _let_go(self, claim: SourceClaim) -> None:
        """Give the claim back; a store that does not answer takes it back at this process's next claim."""
        health = claim.health or SourceHealth(source=claim.source)
        try:
            await self._store.sources.postpone(claim, self._clock.now(), FIRST_BACKOFF, health)
        except StoreError:
            _log.info("claim_not_returned", source=claim.source)

    def _count(self, source: str, statuses: Sequence[IntakeStatus]) -> None:
        for status in statuses:
            self._metrics.signals.labels(source, status).inc()


def _due(
    health: SourceHealth, config: SourceConfig, poll: Poll, now: datetime, jitter: float
) -> SourceHealth:
    """The health with the time of the next poll: as its news come, later where the publisher asks."""
    gap = usual_gap(health.cadence, lag(health, now))
    wait = interval(config.every, config.slowest, gap, poll.wait_at_least)
    return health.model_copy(update={"next_poll_at": now + wait * jitter})


def _hold(fault: SourceError, failures: int, every: timedelta) -> timedelta:
    """How long to leave a publisher alone: what rarely passes in a moment is not tried before its time."""
    wait = max(fault.retry_after or timedelta(0), _backoff(failures, every))
    return wait if fault.may_pass else max(wait, every)


def _backoff(failures: int, every: timedelta) -> timedelta:
    """Doubling from 5 s, or the interval if shorter, to an hour, or the interval if longer; with jitter."""
    first = min(FIRST_BACKOFF, every)
    doubled: timedelta = min(first * 2 ** min(failures - 1, 20), max(LONGEST_BACKOFF, every))
    return doubled * random.uniform(0.5, 1)  # noqa: S311  spread, not secrecy


def _is_cancelled() -> bool:
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0
