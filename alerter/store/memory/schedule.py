"""What comes due when: keys by due time, cheap to move and to look at from the earliest on."""

import heapq
from collections.abc import Iterator
from typing import Generic, Protocol, Self, TypeVar


class _Ordered(Protocol):
    def __lt__(self, other: Self, /) -> bool: ...
    def __le__(self, other: Self, /) -> bool: ...


Time = TypeVar("Time", bound=_Ordered)
Key = TypeVar("Key", bound=tuple[str, ...] | str)

_SLACK = 64
"""Outdated heap entries that are not worth a rebuild."""


class Schedule(Generic[Key, Time]):
    """Each key has at most one due time. Times are instants or seconds, whichever the owner counts in.

    A heap with lazy deletion: an entry of the heap counts only while the key still has that due time.
    """

    def __init__(self) -> None:
        self._due: dict[Key, Time] = {}
        self._heap: list[tuple[Time, Key]] = []

    def __iter__(self) -> Iterator[Key]:
        """Every scheduled key, in no particular order."""
        return iter(self._due)

    def put(self, key: Key, due: Time) -> None:
        """Schedule the key, in place of what it was scheduled for."""
        if self._due.get(key) == due:
            return
        self._due[key] = due
        heapq.heappush(self._heap, (due, key))
        if len(self._heap) > 2 * len(self._due) + _SLACK:
            self._heap = [(due, key) for key, due in self._due.items()]
            heapq.heapify(self._heap)

    def drop(self, key: Key) -> None:
        """Unschedule the key, if it is scheduled."""
        self._due.pop(key, None)

    def get(self, key: Key) -> Time | None:
        """When the key is due, None = not scheduled."""
        return self._due.get(key)

    def earliest(self) -> Time | None:
        """The earliest due time."""
        while self._heap:
            due, key = self._heap[0]
            if self._due.get(key) == due:
                return due
            heapq.heappop(self._heap)
        return None

    def due(self, now: Time, limit: int | None = None) -> list[tuple[Key, Time]]:
        """What is due by now, earliest first. It stays scheduled."""
        found: list[tuple[Time, Key]] = []
        while (limit is None or len(found) < limit) and (first := self.earliest()) is not None:
            if not first <= now:
                break
            entry = heapq.heappop(self._heap)
            if not found or entry != found[-1]:  # a key put back to an old due time stands there twice
                found.append(entry)
        for entry in found:
            heapq.heappush(self._heap, entry)
        return [(key, due) for due, key in found]
