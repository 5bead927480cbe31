"""The `Store` protocol: one part per stage, and in each part exactly one commit that moves work on.

Commits change all or nothing. A commit made under a lapsed lease or claim raises `Fenced` and changes
nothing; the work is then another's. Leases and holds count the store's own time, which the moved clock does
not touch; everything named `now`, `at` or `due` is domain time.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from alerter.core.alert import Alert
from alerter.core.budget import Budgets
from alerter.core.delivery import Delivery, LedgerEntry, Outcome
from alerter.core.health import SourceHealth
from alerter.core.reading import ReadSignal
from alerter.core.series import Series
from alerter.core.signal import IntakeStatus, Signal, SignalRecord
from alerter.store.values import (
    Backlog,
    Enrolment,
    Evaluation,
    PollResult,
    Queued,
    Repeat,
    Retention,
    SourceClaim,
    Timer,
    TimerName,
)

__all__ = [
    "BATCH_LIMIT",
    "EVALUATOR",
    "LIVENESS",
    "SCHEMA_VERSION",
    "STORY_KEPT",
    "VERSIONS_KEPT",
    "Backlog",
    "Busy",
    "Enrolment",
    "Evaluation",
    "Fenced",
    "Fleet",
    "Judgements",
    "Outbox",
    "PollResult",
    "Queued",
    "Repeat",
    "Retention",
    "Signals",
    "SourceClaim",
    "Sources",
    "Store",
    "StoreError",
    "StoreRefused",
    "Timer",
    "TimerName",
    "new_records",
]

SCHEMA_VERSION = 1
LIVENESS = timedelta(seconds=5)
VERSIONS_KEPT = 24
"""Versions of one signal that intake admits, but of an observation every one; later changes count as
duplicates."""
BATCH_LIMIT = 500
"""Most entries of one kind in one commit."""
EVALUATOR = "evaluator"
"""Name of the lease whose epoch fences `Judgements.commit`."""


class StoreError(Exception):
    """The store cannot be reached or answered an error; nothing is known to have changed."""


class StoreRefused(StoreError):
    """The store must not be used: wrong schema, evicting memory policy, foreign data."""


class Fenced(StoreError):
    """The lease or claim behind a commit has passed to someone else; nothing changed."""


class Busy(StoreError):
    """Intake is bounded: the pipeline is behind or memory is nearly full. Try after `retry_after`."""

    def __init__(self, retry_after: timedelta, reason: str) -> None:
        super().__init__(reason)
        self.retry_after = retry_after


STORY_KEPT = timedelta(hours=72)


class Fleet(Protocol):
    """Which processes live, and who holds which lease."""

    async def beat(self, process: str) -> None:
        """Say that the process lives for the next `LIVENESS`."""
        ...

    async def bury(self, process: str) -> int:
        """Free what dead processes held (signals being read, claims, leases); how many things were freed.

        `process`, which asks, counts as alive. Signals a dead process was reading come first in the next
        `take`, whoever takes: the process that buries may be one that does not read.
        """
        ...

    async def leave(self, process: str) -> None:
        """A clean end: free everything the process holds, at once."""
        ...

    async def lease(self, name: str, process: str, ttl: timedelta) -> int | None:
        """Take or renew the lease; its epoch (new at each change of hands), or None if another holds it."""
        ...


class Sources(Protocol):
    """When each source is due, who polls it, where it stood, how it fares."""

    async def enrol(self, sources: Mapping[str, Enrolment]) -> None:
        """Schedule these sources and no others.

        One that is scheduled with the same signature keeps its due time, its hold and its health. One that is
        new or has changed is as its enrolment says, without a hold; a poll of it that is under way is fenced.
        """
        ...

    async def claim(self, process: str, now: datetime, limit: int) -> Sequence[SourceClaim]:
        """Claim sources that are due. A claim ends by commit, `postpone`, or its process's death."""
        ...

    async def postpone(
        self, claim: SourceClaim, due: datetime, hold: timedelta, health: SourceHealth
    ) -> None:
        """End a claim without progress: due at `due`, but not before `hold` has passed. Raises Fenced."""
        ...

    async def hasten(self, source: str, now: datetime) -> None:
        """Make a scheduled source due now, unless it is being polled."""
        ...

    async def next_due(self, now: datetime) -> timedelta | None:
        """How long from `now` on nothing can be claimed, as far as is known; None = nothing is scheduled.

        It counts due times in domain time and holds in the store's own, whichever ends first; zero or less:
        something can be claimed already; `timedelta.max`: all that is scheduled is being polled.
        """
        ...

    async def cursor(self, source: str) -> str | None:
        """Where its last poll ended, for what else brings its signals; None = never polled."""
        ...

    async def health(self) -> Mapping[str, SourceHealth]:
        """Health by source id, for every source that was polled, enrolled with one, or pushed signals, and is
        not forgotten.

        `last_signal_at` counts pushes too; a source that only pushes is `ok`.
        """
        ...


class Signals(Protocol):
    """Signals from intake to archive: the queue to read, and the log of what was read."""

    async def intake(
        self,
        records: Sequence[SignalRecord],
        *,
        poll: PollResult | SourceClaim | None = None,
        backlog_limit: int = 10_000,
    ) -> Sequence[IntakeStatus]:
        """One commit: new signals and new versions join the queue, the source's cursor and due time move.

        Versions in `records` are ignored: the store numbers them. A signal whose identity is known with the
        same content, at any time, is a DUPLICATE; with other content it is UPDATED. An observation is
        compared with its latest version only: a figure may be revised and put back, and each is an update.
        Raises Fenced; Busy when the backlog has reached its limit, but never for a poll that brought nothing.

        Of what belongs to no poll, the latest `seen_at` of each source that brought something new is noted
        for `Sources.health`. A poll of more than `BATCH_LIMIT` comes in several calls, all but the last
        under its claim alone, which goes on: taken in again, they are duplicates.
        """
        ...

    async def take(self, process: str, limit: int, wait: timedelta) -> Sequence[Queued]:
        """Signals for this process to read, those of dead readers first, then the oldest of the queue."""
        ...

    async def file(self, readings: Sequence[tuple[str, ReadSignal]]) -> None:
        """One commit per reading (queue entry, reading): off the queue, into the log, exactly once.

        Readers work side by side: a version that comes after a newer one stands in the log as baseline, so
        that what was corrected meanwhile alerts nobody.
        """
        ...

    async def bury(self, entries: Sequence[Queued], reason: str) -> None:
        """Signals that cannot be read go to the dead letters, visibly."""
        ...

    async def after(self, position: str, limit: int, wait: timedelta) -> Sequence[tuple[str, ReadSignal]]:
        """The log after a position ("0" = from its start), each with its own position."""
        ...

    async def recent(self, limit: int, before: str | None = None) -> Sequence[tuple[str, ReadSignal]]:
        """The log, newest first, before a position."""
        ...

    async def find(self, identity: str) -> ReadSignal | None:
        """The newest version read of a signal, by identity or by its own id."""
        ...

    async def backlog(self) -> Backlog:
        """How far reading and evaluation are behind."""
        ...

    async def dead(self, limit: int) -> Sequence[tuple[SignalRecord, str]]:
        """Buried signals with the reason, newest first."""
        ...


class Judgements(Protocol):
    """The evaluator's state and its one commit."""

    async def position(self) -> str:
        """The reading log's position up to which all is evaluated."""
        ...

    async def rules(self) -> Mapping[str, str]:
        """Rule id → signature as of the last (re)load."""
        ...

    async def alerts(self, fingerprints: Sequence[str]) -> Mapping[str, Alert]:
        """Alerts by fingerprint, in their latest episode; unknown ones are absent."""
        ...

    async def touched(self, identities: Sequence[str]) -> Mapping[str, frozenset[str]]:
        """Fingerprints of the alerts that rest on each of these signals."""
        ...

    async def stories(self, keys: Sequence[str]) -> Mapping[str, str]:
        """The story of each known story key."""
        ...

    async def series(self, ids: Sequence[str]) -> Mapping[str, Series]:
        """Series with all their vintages; unknown ones are absent."""
        ...

    async def repeats(self, groups: Sequence[str]) -> Mapping[str, Repeat]:
        """Groups with firing conditions; unknown ones are absent."""
        ...

    async def timers(self, now: datetime, limit: int) -> Sequence[Timer]:
        """Timers due by now, earliest first."""
        ...

    async def next_timer(self) -> datetime | None:
        """When the earliest timer is due."""
        ...

    async def commit(self, evaluation: Evaluation) -> None:
        """Change all of it or nothing. Raises Fenced."""
        ...

    async def active(self) -> Sequence[Alert]:
        """Every pending or firing alert."""
        ...

    async def recent(self, limit: int, before: str | None = None) -> Sequence[tuple[str, Alert]]:
        """Alerts of every state, last updated first, each with its cursor (opaque, ordered)."""
        ...


class Outbox(Protocol):
    """What is due to whom, and the ledger of what became of it."""

    async def claim(self, process: str, now: datetime, slots: Mapping[str, int]) -> Sequence[Delivery]:
        """Claim due entries, at most `slots[destination]` each, and freeze their members.

        An attempt that failed or was never recorded comes back as the next one, with the same id and the
        same members. It is `uncertain` once an attempt was ambiguous or never recorded, until the delivery
        ends. A new delivery's id was never used before.
        """
        ...

    async def record(self, delivery: Delivery, outcome: Outcome, now: datetime) -> None:
        """End an attempt: ledger line; delivered or dead frees the entry (due again after the group's
        interval if more has gathered), retry and ambiguous hold it for `retry_after`. Raises Fenced."""
        ...

    async def retire(self, keep: Sequence[str], now: datetime) -> int:
        """Entries of destinations that no longer exist go dead; how many did."""
        ...

    async def ledger(self, limit: int, before: str | None = None) -> Sequence[tuple[str, LedgerEntry]]:
        """The ledger, newest first, each with its cursor."""
        ...

    async def waiting(self) -> Mapping[str, int]:
        """Entries not yet delivered, by destination."""
        ...

    async def next_due(self) -> datetime | None:
        """The earliest domain time at which an unclaimed entry is due."""
        ...

    async def dead(self, limit: int) -> Sequence[tuple[Delivery, str]]:
        """Dead deliveries with the reason, newest first."""
        ...


class Store(Protocol):
    """All parts over one place, and its upkeep."""

    @property
    def fleet(self) -> Fleet: ...
    @property
    def sources(self) -> Sources: ...
    @property
    def signals(self) -> Signals: ...
    @property
    def judgements(self) -> Judgements: ...
    @property
    def outbox(self) -> Outbox: ...
    @property
    def budgets(self) -> Budgets: ...

    async def open(self) -> None:
        """Connect and check: schema version, memory policy. Raises StoreError, StoreRefused."""
        ...

    async def ping(self) -> None:
        """Raises StoreError when the store does not answer."""
        ...

    async def tidy(self, now: datetime, retention: Retention) -> None:
        """Let go of what is older than its retention; never of what a stage has not finished.

        A source that is no longer scheduled is forgotten when its last poll is as old: should it come back,
        its next poll is its first.
        """
        ...

    async def close(self) -> None:
        """Let go of connections; what is stored stays."""
        ...


def new_records(signals: Sequence[Signal], seen_at: datetime) -> list[SignalRecord]:
    """Records of signals seen now, as intake takes them.

    A sender may have seen its signal before us, but not after: where its clock is ahead of ours, what it
    sends would not be known yet when it is judged.
    """
    return [
        SignalRecord(identity=s.identity, signal=s, seen_at=min(s.seen_at or seen_at, seen_at))
        for s in signals
    ]
