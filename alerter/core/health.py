"""Health of a source, in plain words: an unreachable or broken one is never mistaken for calm."""

from datetime import datetime
from typing import Literal

from alerter.core.model import Frozen

SourceState = Literal["unknown", "ok", "quiet", "failing", "unconfigured"]


class SourceHealth(Frozen):
    """What is known of a source's last polls."""

    source: str
    state: SourceState = "unknown"
    failures: int = 0
    """Consecutive failed polls."""
    last_error: str = ""
    last_poll_at: datetime | None = None
    last_success_at: datetime | None = None
    last_signal_at: datetime | None = None
    """When it last brought a new or updated signal."""
    next_poll_at: datetime | None = None
