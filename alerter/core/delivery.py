"""Deliveries: what is due to one destination for one group, its frozen members, and what became of it.

Evaluation adds `Due` members to an entry per (group, destination). Claiming an entry freezes its members
under a delivery id, which every attempt repeats; recording the outcome ends the attempt in the ledger.
"""

from datetime import datetime, timedelta
from typing import Literal

from alerter.core.alert import Alert, Change
from alerter.core.model import Frozen, digest


class Group(Frozen):
    """Alerts that are told together: one route's receiver and one set of `group_by` labels."""

    id: str
    receiver: str
    labels: dict[str, str] = {}
    wait: timedelta = timedelta(seconds=30)
    interval: timedelta = timedelta(minutes=5)


class Member(Frozen):
    """One alert's news in a notification."""

    change: Change
    alert: Alert


class Due(Frozen):
    """One alert's news, due to one destination."""

    destination: str
    group: Group
    member: Member
    at: datetime
    """Domain time of the change."""

    @property
    def entry(self) -> str:
        """Names the due entry: one per group and destination."""
        return entry_id(self.group.id, self.destination)


class Delivery(Frozen):
    """A claimed entry: one frozen notification for one destination, and its attempts so far."""

    id: str
    """Frozen delivery id: the same in every attempt."""
    entry: str
    destination: str
    group: Group
    members: tuple[Member, ...]
    attempt: int = 1
    uncertain: bool = False
    """An earlier attempt may have arrived: look before sending again, where the destination allows it."""
    first_attempt_at: datetime
    receipt: str | None = None
    """What the destination answered to this entry's last delivered notification."""


class Outcome(Frozen):
    """What became of one attempt."""

    kind: Literal["delivered", "retry", "ambiguous", "dead"]
    reason: str = ""
    retry_after: timedelta = timedelta(0)
    receipt: str | None = None


class LedgerEntry(Frozen):
    """One attempt and its outcome, as the ledger keeps it."""

    delivery: str
    entry: str
    destination: str
    receiver: str
    group: dict[str, str] = {}
    alerts: tuple[tuple[str, int, Change], ...] = ()
    """(fingerprint, revision, change) of each member."""
    attempt: int
    outcome: Literal["delivered", "retry", "ambiguous", "dead"]
    reason: str = ""
    at: datetime


def ledger_entry(delivery: Delivery, outcome: Outcome, now: datetime) -> LedgerEntry:
    """The ledger's line about an attempt."""
    return LedgerEntry(
        delivery=delivery.id,
        entry=delivery.entry,
        destination=delivery.destination,
        receiver=delivery.group.receiver,
        group=delivery.group.labels,
        alerts=tuple((m.alert.fingerprint, m.alert.revision, m.change) for m in delivery.members),
        attempt=delivery.attempt,
        outcome=outcome.kind,
        reason=outcome.reason,
        at=now,
    )


def entry_id(group: str, destination: str) -> str:
    """Names the due entry of a group and a destination."""
    return digest(group, destination)
