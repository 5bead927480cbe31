"""An append-only log with positions that count up from one, forgetting only from its start."""

from collections.abc import Callable
from typing import Generic, TypeVar

Entry = TypeVar("Entry")

START = "0"
"""The position before the first entry."""


class Log(Generic[Entry]):
    """Entries in order of arrival; a position is its entry's number, as text."""

    def __init__(self) -> None:
        self._entries: list[Entry] = []
        self._forgotten = 0

    @property
    def last(self) -> int:
        """Number of the newest entry ever appended, 0 = none."""
        return self._forgotten + len(self._entries)

    def append(self, entry: Entry) -> None:
        """Add the newest entry."""
        self._entries.append(entry)

    def after(self, position: str, limit: int) -> list[tuple[str, Entry]]:
        """Up to `limit` entries after a position, oldest first."""
        first = max(int(position) - self._forgotten, 0)
        found = self._entries[first : first + limit]
        return [(str(number), entry) for number, entry in enumerate(found, self._forgotten + first + 1)]

    def newest(self, limit: int, before: str | None = None) -> list[tuple[str, Entry]]:
        """Up to `limit` entries before a position (None = the end), newest first."""
        end = self.last if before is None else min(int(before) - 1, self.last)
        count = max(min(limit, end - self._forgotten), 0)
        return [(str(n), self._entries[n - self._forgotten - 1]) for n in range(end, end - count, -1)]

    def forget_while(self, is_stale: Callable[[Entry], bool], *, up_to: int | None = None) -> list[Entry]:
        """Drop stale entries from the start, none beyond the number `up_to`; what was dropped."""
        most = len(self._entries) if up_to is None else up_to - self._forgotten
        count = next((n for n, entry in enumerate(self._entries[:most]) if not is_stale(entry)), most)
        gone, self._entries = self._entries[:count], self._entries[count:]
        self._forgotten += count
        return gone
