"""Signals in memory: what is known of each identity, the queue to read, and the log of what was read."""

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TypeVar

from alerter.core.reading import ReadSignal
from alerter.core.signal import IntakeStatus, Signal, SignalKind, SignalRecord
from alerter.store.memory.bell import Bell
from alerter.store.memory.log import Log
from alerter.store.memory.sources import MemorySources
from alerter.store.protocol import VERSIONS_KEPT, Backlog, Busy, PollResult, Queued, Retention, SourceClaim

Found = TypeVar("Found")

BUSY_FOR = timedelta(seconds=1)
"""When to offer signals again after `Busy`."""
_DUPLICATE = IntakeStatus.DUPLICATE


class ReadingLog(Log[ReadSignal]):
    """The log of what was read, and how far it is evaluated."""

    evaluated: int = 0


@dataclass(slots=True)
class _Known:
    """What intake remembers of an identity."""

    last_at: datetime
    """When it was last offered: what is still published is never forgotten."""
    versions: int = 0
    contents: set[str] = field(default_factory=set)
    """Of every version; of an observation that of the latest alone."""

    def admit(self, signal: Signal) -> bool:
        """Is it a new version?"""
        content, is_observation = signal.content_hash, signal.kind is SignalKind.OBSERVATION
        if content in self.contents or (not is_observation and self.versions >= VERSIONS_KEPT):
            return False
        if is_observation:
            self.contents.clear()
        self.contents.add(content)
        self.versions += 1
        return True


@dataclass(frozen=True, slots=True)
class _Buried:
    record: SignalRecord
    reason: str


class MemorySignals:
    """The protocol's `Signals`."""

    def __init__(self, log: ReadingLog, sources: MemorySources) -> None:
        self._log = log
        self._sources = sources
        self._known: dict[str, _Known] = {}
        self._entries = 0
        self._unread: dict[str, Queued] = {}
        """Every signal not yet filed or buried, by queue entry."""
        self._queue: deque[str] = deque()
        self._readers: dict[str, str] = {}
        """Queue entry → the process that reads it."""
        self._newest: dict[str, ReadSignal] = {}
        self._identities: dict[str, str] = {}
        """A signal's own id → its identity."""
        self._dead: Log[_Buried] = Log()
        self._queued, self._filed = Bell(), Bell()

    async def intake(
        self,
        records: Sequence[SignalRecord],
        *,
        poll: PollResult | SourceClaim | None = None,
        backlog_limit: int = 10_000,
    ) -> Sequence[IntakeStatus]:
        """Queue what is new, and end the poll that brought it. A poll that brought nothing is never Busy."""
        if poll is not None:
            self._sources.check(poll if isinstance(poll, SourceClaim) else poll.claim)
        backlog = self._backlog()
        if records and backlog.unread + backlog.unevaluated >= backlog_limit:
            raise Busy(BUSY_FOR, "the pipeline is behind")
        statuses = [self._admit(record) for record in records]
        new = [one for one, status in zip(records, statuses, strict=True) if status is not _DUPLICATE]
        if isinstance(poll, PollResult):
            self._sources.advance(poll, is_new=bool(new))
        elif poll is None:
            for record in new:
                self._sources.hear(record.signal.source, record.seen_at)
        self._queued.ring()
        return statuses

    async def take(self, process: str, limit: int, wait: timedelta) -> Sequence[Queued]:
        """Signals to read: those whose reader is gone first, then the oldest of the queue."""
        return await _patiently(lambda: self._hand_out(process, limit), self._queued, wait)

    async def file(self, readings: Sequence[tuple[str, ReadSignal]]) -> None:
        """Into the log; an entry that has left the queue already is passed over."""
        for entry, reading in readings:
            if self._leave_queue(entry):
                newest = self._newest.get(reading.record.identity)
                is_late = newest is not None and newest.record.version > reading.record.version
                self._log.append(reading.out_of_date if is_late else reading)
                self._remember(reading)
        self._filed.ring()

    async def bury(self, entries: Sequence[Queued], reason: str) -> None:
        """To the dead letters."""
        for queued in entries:
            if self._leave_queue(queued.entry):
                self._dead.append(_Buried(queued.record, reason))

    async def after(self, position: str, limit: int, wait: timedelta) -> Sequence[tuple[str, ReadSignal]]:
        """The log after a position."""
        return await _patiently(lambda: self._log.after(position, limit), self._filed, wait)

    async def recent(self, limit: int, before: str | None = None) -> Sequence[tuple[str, ReadSignal]]:
        """The log, newest first."""
        return self._log.newest(limit, before)

    async def find(self, identity: str) -> ReadSignal | None:
        """The newest version read, by identity or own id."""
        return self._newest.get(identity) or self._newest.get(self._identities.get(identity, ""))

    async def backlog(self) -> Backlog:
        """How far reading and evaluation are behind."""
        return self._backlog()

    async def dead(self, limit: int) -> Sequence[tuple[SignalRecord, str]]:
        """Buried signals, newest first."""
        return [(buried.record, buried.reason) for _position, buried in self._dead.newest(limit)]

    def holders(self) -> set[str]:
        """Processes that are reading."""
        return set(self._readers.values())

    def free(self, process: str) -> int:
        """What the process was reading goes back to the queue's front."""
        held = [entry for entry, reader in self._readers.items() if reader == process]
        for entry in held:
            del self._readers[entry]
        self._queue.extendleft(reversed(held))
        self._queued.ring()
        return len(held)

    def tidy(self, now: datetime, retention: Retention) -> None:
        """Forget evaluated signals and dead letters of old; identities stay as long as anything is kept."""
        signals_from = now - retention.signals
        gone = self._log.forget_while(
            lambda read: read.record.seen_at < signals_from, up_to=self._log.evaluated
        )
        for read in gone:
            self._forget(read)
        self._sources.tidy(signals_from)
        self._dead.forget_while(lambda buried: buried.record.seen_at < signals_from)
        known_from = now - max(retention.signals, retention.alerts)
        for identity in [key for key, known in self._known.items() if known.last_at < known_from]:
            if identity not in self._newest:
                del self._known[identity]

    def _backlog(self) -> Backlog:
        return Backlog(unread=len(self._unread), unevaluated=self._log.last - self._log.evaluated)

    def _admit(self, record: SignalRecord) -> IntakeStatus:
        known = self._known.setdefault(record.identity, _Known(record.seen_at))
        known.last_at = max(known.last_at, record.seen_at)
        if not known.admit(record.signal):
            return _DUPLICATE
        version = known.versions
        self._enqueue(record if version == record.version else record.model_copy(update={"version": version}))
        return IntakeStatus.ACCEPTED if version == 1 else IntakeStatus.UPDATED

    def _enqueue(self, record: SignalRecord) -> None:
        self._entries += 1
        entry = str(self._entries)
        self._unread[entry] = Queued(entry, record, deliveries=0)
        self._queue.append(entry)

    def _hand_out(self, process: str, limit: int) -> list[Queued]:
        found: list[Queued] = []
        while self._queue and len(found) < limit:
            queued = self._unread.get(self._queue.popleft())
            if queued is not None:  # else it was filed after its reader was thought dead
                found.append(self._assign(queued, process))
        return found

    def _assign(self, queued: Queued, process: str) -> Queued:
        handed = replace(queued, deliveries=queued.deliveries + 1)
        self._unread[queued.entry] = handed
        self._readers[queued.entry] = process
        return handed

    def _leave_queue(self, entry: str) -> bool:
        self._readers.pop(entry, None)
        return self._unread.pop(entry, None) is not None

    def _remember(self, reading: ReadSignal) -> None:
        record = reading.record
        self._identities[record.id] = record.identity
        newest = self._newest.get(record.identity)
        if newest is None or newest.record.version <= record.version:
            self._newest[record.identity] = reading

    def _forget(self, reading: ReadSignal) -> None:
        record = reading.record
        if self._newest.get(record.identity) is reading:
            del self._newest[record.identity]
            if self._identities.get(record.id) == record.identity:
                del self._identities[record.id]


async def _patiently(look: Callable[[], list[Found]], bell: Bell, wait: timedelta) -> list[Found]:
    """What `look` finds, now or within the wait."""
    until = asyncio.get_running_loop().time() + wait.total_seconds()
    while not (found := look()):
        left = timedelta(seconds=until - asyncio.get_running_loop().time())
        if left <= timedelta(0) or not await bell.heard(left):
            return look()
    return found
