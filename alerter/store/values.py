"""What goes into a store and comes out of it: the frozen values of its protocol."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

from alerter.core.alert import Alert
from alerter.core.delivery import Due
from alerter.core.health import SourceHealth
from alerter.core.series import Vintage
from alerter.core.signal import SignalRecord


@dataclass(frozen=True, slots=True)
class SourceClaim:
    """The right to poll a source once, and where its last poll ended (None = never polled)."""

    source: str
    epoch: int
    cursor: str | None = None
    health: SourceHealth | None = None
    """As its last poll left it, whichever process made it."""


@dataclass(frozen=True, slots=True)
class Enrolment:
    """How a source is to be scheduled."""

    due: datetime | None
    """Domain time of the next poll of a source that is new or has changed; None = it is not polled."""
    signature: str = ""
    """Stands for how it is polled, and with what key: another one is another source under the same name."""
    health: SourceHealth | None = None
    """Of a source that is new or has changed, to be shown until a poll says more; None = as it was."""


@dataclass(frozen=True, slots=True)
class PollResult:
    """The end of a successful poll: committed together with the signals it brought."""

    claim: SourceClaim
    cursor: str
    due: datetime
    """Domain time of the next poll."""
    health: SourceHealth
    due_if_new: datetime | None = None
    """The same where the commit finds that a signal of its own is new or updated; None = no other."""
    health_if_new: SourceHealth | None = None
    """The same; only the commit knows what is new."""


@dataclass(frozen=True, slots=True)
class Queued:
    """A signal waiting to be read."""

    entry: str
    record: SignalRecord
    deliveries: int = 1
    """How often it has been handed out; more than a few means that it kills its reader."""


@dataclass(frozen=True, slots=True)
class Backlog:
    """How far the pipeline is behind."""

    unread: int
    unevaluated: int


TimerName = Literal["fire", "expire", "repeat"]


@dataclass(frozen=True, slots=True)
class Timer:
    """Something the evaluator must look at when its domain time comes. `subject`: fingerprint or group id."""

    name: TimerName
    subject: str
    due: datetime


@dataclass(frozen=True, slots=True)
class Repeat:
    """Firing conditions of one group that are told again, by the group's route, while they hold."""

    group: str
    fingerprints: tuple[str, ...]
    interval: timedelta


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Everything one turn of the evaluator changes, committed as one.

    `seen_from`/`seen_to`: the reading log's position before and after; the commit is `Fenced` unless the
    stored position equals `seen_from` and the evaluator lease's epoch equals `epoch`.
    """

    epoch: int
    seen_from: str
    seen_to: str
    alerts: Sequence[Alert] = ()
    touched: Sequence[tuple[str, str]] = ()
    """(signal identity, fingerprint): alerts that rest on the signal."""
    stories: Mapping[str, str] = field(default_factory=dict)
    """Story key → story, kept for `STORY_KEPT`."""
    vintages: Sequence[Vintage] = ()
    timers: Sequence[Timer] = ()
    cancelled: Sequence[tuple[TimerName, str]] = ()
    """Timers (name, subject) that are gone: cancelled, or due and acted on in this turn."""
    repeats: Sequence[Repeat] = ()
    """Groups with firing conditions; without fingerprints the group is forgotten."""
    due: Sequence[Due] = ()
    rules: Mapping[str, str] | None = None
    """Rule id → signature of its `per`, when the configuration was (re)loaded; None = unchanged."""


@dataclass(frozen=True, slots=True)
class Retention:
    """How long things are kept."""

    signals: timedelta = timedelta(days=90)
    alerts: timedelta = timedelta(days=400)
