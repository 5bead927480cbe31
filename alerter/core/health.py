"""Health of a source, in plain words: an unreachable or broken one is never mistaken for calm."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Literal

from alerter.core.cadence import learn
from alerter.core.model import Frozen

Trouble = Literal["failing", "blocked", "unconfigured"]
"""Why a poll failed: something went wrong; the publisher, or the call budget, refuses; a key is lacking."""
SourceState = Literal["unknown", "ok", "quiet", "stale", "failing", "blocked", "unconfigured"]
"""`unknown`: not polled yet. `quiet`: reachable, and silent for longer than usual. `stale`: silent for so
much longer that it may be frozen, or a release is overdue."""

QUIET_AFTER, STALE_AFTER = 2, 6
"""Usual gaps of silence after which a source is called quiet, and stale."""
STALE_AT_LEAST = timedelta(days=3)
"""Nobody publishes on weekends: no silence is called stale before."""
LONGEST_REASON = 500
"""Characters of an error that are kept."""


class SourceHealth(Frozen):
    """What is known of a source's last polls."""

    source: str
    state: SourceState = "unknown"
    """As of the last poll; silence grows meanwhile, so that people are shown `standing`."""
    watched_since: datetime | None = None
    """When it was first polled."""
    failures: int = 0
    """Consecutive failed polls."""
    last_error: str = ""
    last_poll_at: datetime | None = None
    last_success_at: datetime | None = None
    last_signal_at: datetime | None = None
    """When it last brought a new or updated signal."""
    next_poll_at: datetime | None = None
    cadence: timedelta | None = None
    """Learned: how long it usually is from one new signal to the next."""
    note: str = ""
    """What the last successful poll has to say for itself."""
    unseen: tuple[str, ...] = ()
    """Parts of what was asked for that the last successful poll could not see, in plain words."""
    unseen_since: datetime | None = None
    """Since when some part could not be seen."""
    overdue: tuple[str, ...] = ()
    """Releases that should have come by now, in plain words."""
    budget_left: int | None = None
    """Calls left in the tightest window of the budget that its requests are counted against."""


def lag(health: SourceHealth, now: datetime) -> timedelta | None:
    """How long ago it last brought something new; None = it never did."""
    return None if health.last_signal_at is None else max(now - health.last_signal_at, timedelta(0))


def standing(health: SourceHealth, now: datetime) -> SourceState:
    """The state as of now: what went well at the last poll turns quiet, then stale, as silence grows.

    Without a learned cadence no silence is unusual; an overdue release is stale at once. A source that is
    seen in part only is failing: what it does bring says nothing of the rest.
    """
    if health.state != "ok":
        return health.state
    if health.unseen:
        return "failing"
    if health.overdue:
        return "stale"
    silence, cadence = lag(health, now), health.cadence
    if silence is None or cadence is None:
        return "ok"
    if silence > max(STALE_AFTER * cadence, STALE_AT_LEAST):
        return "stale"
    return "quiet" if silence > QUIET_AFTER * cadence else "ok"


def well(
    before: SourceHealth,
    now: datetime,
    *,
    note: str = "",
    unseen: tuple[str, ...] = (),
    overdue: tuple[str, ...] = (),
    budget_left: int | None = None,
) -> SourceHealth:
    """After a poll that succeeded and brought nothing new."""
    return before.model_copy(
        update={
            "state": "ok",
            "watched_since": before.watched_since or now,
            "failures": 0,
            "last_error": "",
            "last_poll_at": now,
            "last_success_at": now,
            "note": note,
            "unseen": unseen,
            "unseen_since": (before.unseen_since or now) if unseen else None,
            "overdue": overdue,
            "budget_left": budget_left,
        }
    )


def with_news(health: SourceHealth, now: datetime) -> SourceHealth:
    """The same after a poll that brought something new: one more gap is learned."""
    gap = lag(health, now)
    cadence = health.cadence if gap is None else learn(health.cadence, gap)
    return health.model_copy(update={"last_signal_at": now, "cadence": cadence})


def ill(before: SourceHealth, now: datetime, reason: str, trouble: Trouble = "failing") -> SourceHealth:
    """After a poll that failed."""
    return before.model_copy(
        update={
            "state": trouble,
            "watched_since": before.watched_since or now,
            "failures": before.failures + 1,
            "last_error": reason[:LONGEST_REASON],
            "last_poll_at": now,
        }
    )


def unconfigured(before: SourceHealth, lacking: str) -> SourceHealth:
    """Of a source that is not polled at all, for want of something in the environment."""
    return before.model_copy(
        update={
            "state": "unconfigured",
            "failures": 0,
            "last_error": lacking[:LONGEST_REASON],
            "next_poll_at": None,
        }
    )


def was_never_polled_for_want(health: SourceHealth) -> bool:
    """Did it stand still because something was lacking, rather than fail at a poll?"""
    return health.state == "unconfigured" and health.next_poll_at is None


def awaited(before: SourceHealth) -> SourceHealth:
    """Of a source that has been given what it lacked, until its first poll."""
    return before.model_copy(update={"state": "unknown", "last_error": ""})


def with_heard(
    known: Mapping[str, SourceHealth], heard: Mapping[str, datetime]
) -> Mapping[str, SourceHealth]:
    """Health by source with the times at which pushes brought something new; who only pushes is `ok`."""
    merged = dict(known)
    for source, at in heard.items():
        health = known.get(source) or SourceHealth(source=source, state="ok")
        if health.last_signal_at is None or health.last_signal_at < at:
            merged[source] = health.model_copy(update={"last_signal_at": at})
    return merged
