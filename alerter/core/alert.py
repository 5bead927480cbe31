"""Alerts and the one pure function that moves them: `step(alert, input) -> Step`.

An alert is a rule under one set of `per` labels. *Occurrences* (something happened) are notified once,
updated when something new is found, and resolve quietly after a while. *Conditions* (something holds) go
pending, firing, resolved. The same function serves the live service, replay and rule tests.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Literal

from alerter.core.model import Frozen, digest
from alerter.core.verdict import Nature, Verdict

EVIDENCE_KEPT = 50
"""Newest pieces of evidence that an alert carries; `evidence_count` counts them all."""

Severity = Literal["info", "warning", "critical"]
State = Literal["pending", "firing", "resolved"]


class Change(StrEnum):
    """What happened to an alert in one step. `PENDING` and `EXPIRED` are never notified."""

    PENDING = "pending"
    FIRED = "fired"
    UPDATED = "updated"
    RESOLVED = "resolved"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"
    """Quietly resolved: an occurrence after `resolve_after`, or one whose evidence is told under other labels
    now; or a pending condition that cleared."""
    REPEATED = "repeated"
    RULE_REMOVED = "rule_removed"

    @property
    def notified(self) -> bool:
        """Do people hear of it?"""
        return self not in {Change.PENDING, Change.EXPIRED, Change.RULE_REMOVED}


class Evidence(Frozen):
    """A signal that an alert rests on, with the words it rests on."""

    identity: str
    version: int
    signal: str
    """The signal's id as its source names it."""
    source: str
    url: str | None = None
    title: str
    gloss: str = ""
    """The title in English, where it is in another language."""
    quote: str = ""
    story: str = ""
    seen_at: datetime
    published_at: datetime

    @property
    def shown_title(self) -> str:
        """The title, with its English before it where there is one."""
        return f"{self.gloss} ({self.title})" if self.gloss else self.title


class RuleHead(Frozen):
    """What of a rule its alerts carry."""

    id: str
    nature: Nature
    severity: Severity = "warning"
    description: str = ""
    labels: dict[str, str] = {}
    resolve_after: timedelta = timedelta(days=7)


class Alert(Frozen):
    """A rule × its `per` labels, in its current episode."""

    fingerprint: str
    episode: int = 1
    rule: str
    nature: Nature
    state: State
    severity: Severity
    labels: dict[str, str]
    """The rule's static labels and the `per` labels."""
    reason: str
    summary: str
    figure: float | None = None
    threshold: float | None = None
    unit: str | None = None
    figure_text: str = ""
    threshold_text: str = ""
    description: str = ""
    """What its rule is for, as the configuration says."""
    evidence: tuple[Evidence, ...] = ()
    evidence_count: int = 0
    marks: tuple[str, ...] = ()
    resolution: str = ""
    """Why it resolved: `cleared`, `expired`, `withdrawn`, `moved`, `rule_removed`."""
    starts_at: datetime
    updated_at: datetime
    resolved_at: datetime | None = None
    acknowledged: bool = False
    revision: int = 1

    @property
    def active(self) -> bool:
        """Is it pending or firing?"""
        return self.state != "resolved"

    @property
    def routing_labels(self) -> dict[str, str]:
        """What routes, silences and groups match on."""
        return {**self.labels, "rule": self.rule, "severity": self.severity}


def fingerprint(rule: str, labels: dict[str, str]) -> str:
    """Names the alert of a rule under `per` labels; an absent label is an empty one."""
    pairs = (f"{key}={value}" for key, value in sorted(labels.items()) if value)
    return digest(rule, *pairs)


@dataclass(frozen=True, slots=True)
class Found:
    """A rule's verdict, and the evidence it rests on."""

    verdict: Verdict
    evidence: Evidence
    rule: RuleHead
    at: datetime


@dataclass(frozen=True, slots=True)
class Retracted:
    """A newer version of a signal no longer supports what the alert took from it."""

    identity: str
    version: int
    at: datetime
    moved: bool = False
    """Does it support the same rule under labels that it did not before? Then nothing was taken back."""


AlertTimer = Literal["fire", "expire"]
"""`fire`: a pending condition has held long enough. `expire`: an occurrence is old news."""


@dataclass(frozen=True, slots=True)
class TimerDue:
    """A timer of this alert has come due."""

    name: AlertTimer
    at: datetime


@dataclass(frozen=True, slots=True)
class RuleRemoved:
    """The rule is gone, or its `per` changed."""

    at: datetime


Input = Found | Retracted | TimerDue | RuleRemoved


@dataclass(frozen=True, slots=True)
class Step:
    """The alert after an input, what changed, and the timers it wants (name → due, None = cancel)."""

    alert: Alert | None
    change: Change | None
    reason: str
    timers: dict[AlertTimer, datetime | None]
