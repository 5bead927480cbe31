"""The one clock: domain time for what rules see, monotonic time for leases and timeouts.

Every instant that a rule, an alert or a digest sees comes from a `Clock`. The system's clock serves in
production; a manual one in tests and replay; a file-driven one lets another process move time.
"""

import time
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Protocol


class Clock(Protocol):
    """Tells domain time."""

    def now(self) -> datetime:
        """The present instant, aware, in UTC."""
        ...


class SystemClock:
    """Domain time is the wall clock's."""

    def now(self) -> datetime:
        return datetime.now(UTC)


class ManualClock:
    """Domain time stands still until it is moved."""

    def __init__(self, start: datetime) -> None:
        self._now = start

    def now(self) -> datetime:
        return self._now

    def move_to(self, instant: datetime) -> None:
        """Set the clock; moving back is allowed, as with a real clock."""
        self._now = instant

    def advance(self, by: timedelta) -> None:
        """Move the clock forward."""
        self._now += by


class FileClock:
    """Domain time starts at the instant written in a file and ticks on from the file's last change.

    Writing a new instant moves the clock of every process that watches the file. It ticks so that waits of
    a few seconds (group_wait, polling intervals) pass by themselves.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._changed_ns = 0
        self._base = datetime.fromtimestamp(0, UTC)
        self._reload()

    def now(self) -> datetime:
        with suppress(
            OSError, ValueError
        ):  # a writer replaces the file, or is half done: keep the last instant
            self._reload()
        return self._base + timedelta(microseconds=(time.time_ns() - self._changed_ns) // 1000)

    def _reload(self) -> None:
        changed_ns = self._path.stat().st_mtime_ns
        if changed_ns == self._changed_ns:
            return
        text = self._path.read_text(encoding="utf-8").strip()
        if not text:  # a writer truncates before it writes: keep the last instant
            return
        self._base = parse_instant(text)
        self._changed_ns = changed_ns


def parse_instant(text: str) -> datetime:
    """An ISO 8601 instant; one without an offset is UTC. Raises ValueError."""
    instant = datetime.fromisoformat(text)
    return instant.astimezone(UTC) if instant.tzinfo else instant.replace(tzinfo=UTC)


def monotonic() -> float:
    """Seconds that never run backwards, for timeouts and leases."""
    return time.monotonic()
