"""Health of a source, in plain words: an unreachable or broken one is never mistaken for calm."""

from datetime import datetime, timedelta
from typing import Literal

from alerter.core.model import Frozen

Trouble = Literal["failing", "blocked", "unconfigured"]
"""Why a poll failed: something went wrong; the publisher, or the call budget, refuses; a key is lacking."""
SourceState = Literal["unknown", "ok", "quiet", "stale", "failing", "blocked", "unconfigured"]
"""`unknown`: not polled yet. `quiet`: reachable, and silent for longer than usual. `stale`: silent for so
much longer that it may be frozen, or a release is overdue."""


class SourceHealth(Frozen):
    """What is known of a source's last polls."""

    source: str
    state: SourceState = "unknown"
    """As of the last poll; silence grows meanwhile, so that people are shown `standing`."""
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
    overdue: tuple[str, ...] = ()
    """Releases that should have come by now, in plain words."""
    budget_left: int | None = None
    """Calls left in the tightest window of the budget that its requests are counted against."""
