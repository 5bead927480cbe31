"""The outbox in memory: entries that gather news, are claimed frozen, and are told until it is recorded.

An entry is idle (nothing gathered), scheduled (due in domain time), claimed (a process sends it) or held
(a failed attempt waits in the store's own time). What it gathers while claimed or held goes out next.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from alerter.core.alert import Change
from alerter.core.delivery import Delivery, Due, Group, LedgerEntry, Member, Outcome, ledger_entry
from alerter.core.model import digest
from alerter.store.memory.log import Log
from alerter.store.memory.schedule import Schedule
from alerter.store.protocol import Fenced, Retention

ENTRY_KEPT = timedelta(hours=1)
"""How long an idle entry without a receipt is remembered after its last notification, for pacing."""


@dataclass(slots=True)
class _Entry:
    id: str
    destination: str
    group: Group
    due: datetime
    """Domain time at which what it holds is due, or was when it was claimed."""
    gathered: dict[str, Member] = field(default_factory=dict)
    frozen: Delivery | None = None
    """The attempt under way, or while nobody sends it, the next one."""
    owner: str | None = None
    flushed_at: datetime | None = None
    receipt: str | None = None

    @property
    def is_idle(self) -> bool:
        return not self.gathered and self.frozen is None


@dataclass(frozen=True, slots=True)
class _Dead:
    delivery: Delivery
    reason: str
    at: datetime


class MemoryOutbox:
    """The protocol's `Outbox`."""

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._entries: dict[str, _Entry] = {}
        self._due: dict[str, Schedule[str, datetime]] = {}
        """Claimable entries by destination."""
        self._held: Schedule[str, float] = Schedule()
        self._claimed: set[str] = set()
        self._frozen = 0
        """Numbers frozen deliveries: store-wide, so that no id returns when an entry's memory has lapsed."""
        self._ledger: Log[LedgerEntry] = Log()
        self._dead: Log[_Dead] = Log()

    def add(self, due: Due) -> None:
        """Gather an alert's news; called from within the evaluator's commit."""
        starts_at = due.at + due.group.wait
        entry = self._entries.get(due.entry)
        if entry is None:
            entry = self._entries[due.entry] = _Entry(due.entry, due.destination, due.group, starts_at)
        if entry.flushed_at is not None:
            starts_at = max(starts_at, entry.flushed_at + due.group.interval)
        if entry.frozen is None:
            self._schedule(entry, min(entry.due, starts_at) if entry.gathered else starts_at)
        entry.group = due.group
        key = due.member.alert.fingerprint
        entry.gathered[key] = merge(entry.gathered.get(key), due.member)

    async def claim(self, process: str, now: datetime, slots: Mapping[str, int]) -> Sequence[Delivery]:
        """Claim due entries, the longest due first."""
        self._end_holds()
        ready = [
            self._entries[key]
            for destination, count in slots.items()
            if count > 0 and destination in self._due
            for key, _due in self._due[destination].due(now, count)
        ]
        return [self._claim(entry, process, now) for entry in ready]

    async def record(self, delivery: Delivery, outcome: Outcome, now: datetime) -> None:
        """End an attempt."""
        entry = self._claimed_entry(delivery)
        self._ledger.append(ledger_entry(delivery, outcome, now))
        self._claimed.discard(entry.id)
        entry.owner = None
        if outcome.kind in {"retry", "ambiguous"}:
            self._hold(entry, delivery, outcome)
        else:
            self._finish(entry, delivery, outcome, now)

    async def retire(self, keep: Sequence[str], now: datetime) -> int:
        """Entries of other destinations go dead, but for attempts under way, which end first."""
        kept = set(keep)
        gone = [
            entry
            for entry in self._entries.values()
            if entry.destination not in kept and entry.owner is None and not entry.is_idle
        ]
        for entry in gone:
            self._retire(entry, now)
        return len(gone)

    async def ledger(self, limit: int, before: str | None = None) -> Sequence[tuple[str, LedgerEntry]]:
        """The ledger, newest first."""
        return self._ledger.newest(limit, before)

    async def waiting(self) -> Mapping[str, int]:
        """Entries not yet delivered, by destination."""
        return Counter(entry.destination for entry in self._entries.values() if not entry.is_idle)

    async def next_due(self) -> datetime | None:
        """The earliest due time of an entry that nobody is sending; one that is held keeps its due time."""
        return min(self._unclaimed(), default=None)

    async def dead(self, limit: int) -> Sequence[tuple[Delivery, str]]:
        """Dead deliveries, newest first."""
        return [(dead.delivery, dead.reason) for _position, dead in self._dead.newest(limit)]

    def holders(self) -> set[str]:
        """Processes that are sending."""
        return {owner for key in self._claimed if (owner := self._entries[key].owner) is not None}

    def free(self, process: str) -> int:
        """What the process was sending can be claimed again: nobody knows whether it arrived."""
        lost = [entry for key in self._claimed if (entry := self._entries[key]).owner == process]
        for entry in lost:
            self._claimed.discard(entry.id)
            entry.owner = None
            if entry.frozen is not None:
                entry.frozen = _again(entry.frozen, is_uncertain=True)
            self._schedule(entry, entry.due)
        return len(lost)

    def tidy(self, now: datetime, retention: Retention) -> None:
        """Forget old ledger lines and dead deliveries, and idle entries whose pacing and receipt are over."""
        kept_from = now - retention.alerts
        self._ledger.forget_while(lambda line: line.at < kept_from)
        self._dead.forget_while(lambda dead: dead.at < kept_from)
        for entry in [entry for entry in self._entries.values() if entry.is_idle]:
            kept = max(ENTRY_KEPT, entry.group.interval) if entry.receipt is None else retention.alerts
            if entry.flushed_at is None or entry.flushed_at < now - kept:
                del self._entries[entry.id]

    def _schedule(self, entry: _Entry, due: datetime) -> None:
        entry.due = due
        self._due.setdefault(entry.destination, Schedule()).put(entry.id, due)

    def _end_holds(self) -> None:
        for key, _until in self._held.due(self._monotonic()):
            self._held.drop(key)
            self._schedule(self._entries[key], self._entries[key].due)

    def _claim(self, entry: _Entry, process: str, now: datetime) -> Delivery:
        self._due[entry.destination].drop(entry.id)
        self._claimed.add(entry.id)
        entry.owner = process
        entry.frozen = entry.frozen or self._freeze(entry, now)
        return entry.frozen

    def _freeze(self, entry: _Entry, now: datetime) -> Delivery:
        self._frozen += 1
        members, entry.gathered = tuple(entry.gathered.values()), {}
        return Delivery(
            id=digest(entry.id, str(self._frozen)),
            entry=entry.id,
            destination=entry.destination,
            group=entry.group,
            members=members,
            first_attempt_at=now,
            receipt=entry.receipt,
        )

    def _claimed_entry(self, delivery: Delivery) -> _Entry:
        entry = self._entries.get(delivery.entry)
        current = entry.frozen if entry is not None and entry.owner is not None else None
        if entry is None or current is None or _attempt(current) != _attempt(delivery):
            raise Fenced(f"attempt {delivery.attempt} of delivery {delivery.id} is over or another's")
        return entry

    def _hold(self, entry: _Entry, delivery: Delivery, outcome: Outcome) -> None:
        entry.frozen = _again(delivery, is_uncertain=outcome.kind == "ambiguous")
        self._held.put(entry.id, self._monotonic() + outcome.retry_after.total_seconds())

    def _finish(self, entry: _Entry, delivery: Delivery, outcome: Outcome, now: datetime) -> None:
        entry.frozen = None
        entry.flushed_at = now
        if outcome.kind == "delivered":
            entry.receipt = outcome.receipt
        else:
            self._dead.append(_Dead(delivery, outcome.reason, now))
        if entry.gathered:
            self._schedule(entry, now + entry.group.interval)

    def _retire(self, entry: _Entry, now: datetime) -> None:
        self._due[entry.destination].drop(entry.id)
        self._held.drop(entry.id)
        outcome = Outcome(kind="dead", reason="the destination no longer exists")
        while not entry.is_idle:
            delivery = entry.frozen or self._freeze(entry, now)
            entry.frozen = None
            self._ledger.append(ledger_entry(delivery, outcome, now))
            self._dead.append(_Dead(delivery, outcome.reason, now))
        entry.flushed_at = now

    def _unclaimed(self) -> Iterator[datetime]:
        yield from (self._entries[key].due for key in self._held)
        yield from (due for waiting in self._due.values() if (due := waiting.earliest()) is not None)


def merge(older: Member | None, newer: Member) -> Member:
    """What is told of an alert with two pieces of news: the latest, as new while nobody has heard of it."""
    is_unheard = older is not None and older.change == Change.FIRED
    if is_unheard and newer.change in {Change.UPDATED, Change.REPEATED}:
        return Member(change=Change.FIRED, alert=newer.alert)
    return newer


def _again(delivery: Delivery, *, is_uncertain: bool) -> Delivery:
    """The next attempt. One that may have arrived leaves doubt until the delivery ends."""
    return delivery.model_copy(
        update={"attempt": delivery.attempt + 1, "uncertain": delivery.uncertain or is_uncertain}
    )


def _attempt(delivery: Delivery) -> tuple[str, int]:
    return delivery.id, delivery.attempt
