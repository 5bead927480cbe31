"""How the screening list differs from its snapshot: added, removed, changed. Pure.

One pass over the rows. What stands as it stood is passed over; the other rows are shelved, packed, until
signals are made of them one by one, so that 26,000 rows never stand in memory at once.
"""

import zlib
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import orjson

from alerter.sources.formats.screening_rows import Row, Table, UnknownShape
from alerter.sources.formats.screening_snapshot import Member, Snapshot, changed_columns, sketch

_SHELF = 200
_NAMESAKES = 20
"""Namesakes among which the most alike is looked for; beyond that, any."""
FEW_REMOVED = 50
"""So many rows may go without being a share of the list that must be doubted."""
FEW_UNREADABLE = 3
"""So many rows may be unreadable however short the list is; beyond that, a tenth."""
WHOLE = 100.0
"""Per cent: the file is taken at its word."""


@dataclass(frozen=True, slots=True)
class Change:
    """What has become of a party."""

    kind: Literal["added", "removed", "changed"]
    member: Member
    row: int | None = None
    """Its place on the shelves; a removed one has none."""
    columns: tuple[str, ...] = ()
    """What has changed."""


class Shelves:
    """Rows kept packed, each by its place."""

    def __init__(self) -> None:
        self._packed: list[bytes] = []
        self._open: list[tuple[str, ...]] = []

    def put(self, row: Row) -> int:
        """Keeps the row: its place."""
        self._open.append(row.values)
        place = len(self._packed) * _SHELF + len(self._open) - 1
        if len(self._open) == _SHELF:
            self._packed.append(zlib.compress(orjson.dumps(self._open), 1))
            self._open = []
        return place

    def take(self, places: Sequence[int | None]) -> Iterator[Row | None]:
        """The rows of these places; fast where they ascend."""
        at, shelf = -1, self._open
        for place in places:
            if place is None:
                yield None
                continue
            if place // _SHELF != at:
                at = place // _SHELF
                shelf = self._shelf(at)
            yield Row(tuple(shelf[place % _SHELF]))

    def _shelf(self, number: int) -> list[tuple[str, ...]]:
        if number == len(self._packed):
            return self._open
        found: list[tuple[str, ...]] = orjson.loads(zlib.decompress(self._packed[number]))
        return found


@dataclass(frozen=True, slots=True)
class Difference:
    """What has changed from one snapshot to the next."""

    changes: Sequence[Change]
    shelves: Shelves
    after: Snapshot
    unreadable: int = 0
    """Rows that could not be read; while there are any, nothing counts as removed."""


class _Pass:
    """One pass over the table."""

    def __init__(self, before: Snapshot, columns: tuple[str, ...]) -> None:
        self._before = before
        self._comparable = before.columns == columns
        self._shared = tuple(name for name in before.compared if name in columns)
        self._left: dict[tuple[str, bytes], Member] = {}
        self._highest: Counter[str] = Counter()
        for member in before.members:
            self._left[member.key, member.content if self._comparable else _of(member)] = member
            self._highest[member.key] = max(self._highest[member.key], member.ordinal)
        self._seen: set[tuple[str, bytes]] = set()
        self._new: list[tuple[str, Member, int]] = []
        self.members: list[Member] = []
        self.changes: list[Change] = []
        self.shelves = Shelves()

    @property
    def count(self) -> int:
        """Different rows looked at."""
        return len(self._seen)

    def look_at(self, row: Row) -> str | None:
        """Takes one row into account; a row that stands twice is one. The list it belongs to."""
        member = sketch(row)
        key = member.key
        name = (key, member.content)
        if name in self._seen:
            return None
        self._seen.add(name)
        known = self._left.pop(name, None) if self._comparable else None
        if known is not None:
            self.members.append(known)
        else:
            self._new.append((key, member, self.shelves.put(row)))
        return member.list

    def settle(self, *, whole: bool) -> None:
        """What was not met as it stood has changed, or is new; what is left of the old ones is gone."""
        free: dict[str, list[Member]] = defaultdict(list)
        for (key, _), member in self._left.items():
            free[key].append(member)
        for key, member, place in self._new:
            old = _most_alike(member, free[key]) if free.get(key) else None
            if old is None:
                self._add(key, member, place)
            else:
                self._replace(old, member, place)
        gone = [member for members in free.values() for member in members]
        if whole:
            self.changes += [Change("removed", member) for member in gone]
        else:
            self.members += gone

    def _add(self, key: str, member: Member, place: int) -> None:
        self._highest[key] += 1
        added = replace(member, ordinal=self._highest[key])
        self.members.append(added)
        self.changes.append(Change("added", added, place))

    def _replace(self, old: Member, member: Member, place: int) -> None:
        after = replace(member, ordinal=old.ordinal)
        self.members.append(after)
        columns = changed_columns(old, after, self._shared)
        if columns or self._comparable:
            self.changes.append(Change("changed", after, place, columns))


def compare(table: Table, before: Snapshot) -> Difference:
    """The table against what was there before. Raises UnknownShape when it is not whole, or not the list."""
    at_work = _Pass(before, table.columns)
    pages: dict[str, str] = {}
    for row in table.rows():
        name = at_work.look_at(row)
        if name is not None and name not in pages:
            pages[name] = row["source_list_url"] or row["source_information_url"]
    if not at_work.count:
        raise UnknownShape("sent a list without any row")
    if table.unreadable > max(FEW_UNREADABLE, at_work.count // 10):
        raise UnknownShape(
            f"sent {table.unreadable:,} rows that cannot be read, and {at_work.count:,} that can"
        )
    at_work.settle(whole=not table.unreadable)
    after = Snapshot(table.columns, tuple(at_work.members), pages)
    return Difference(at_work.changes, at_work.shelves, after, table.unreadable)


def doubt(
    difference: Difference, before: Snapshot, wanted: Callable[[str], bool], *, most_removed: float
) -> str:
    """Why the file is not believed, as the end of a sentence that starts with its host; empty if it is.

    A list that is gone whole, or more of the rows than `most_removed` per cent, and than a few, are far more
    often half a file than news. Lists that are not wanted count only where rows of wanted ones are gone as
    well: where a file ends too soon, few of those may be gone, and all lists after them.
    """
    stood = Counter(member.list for member in before.members if wanted(member.list))
    gone = [c for c in difference.changes if c.kind == "removed" and wanted(c.member.list)]
    if most_removed >= WHOLE or not gone:
        return ""
    stands = {member.list for member in difference.after.members}
    for name, count in stood.items():
        if name not in stands:
            return f"lists no row of “{name}” any more, of {count:,} before; {_WAY_OUT}"
    lost = sum(change.kind == "removed" for change in difference.changes)
    for lacking, listed in ((len(gone), stood.total()), (lost, len(before.members))):
        if lacking > FEW_REMOVED and lacking * 100 > most_removed * listed:
            return f"lacks {lacking:,} of {listed:,} rows that it listed before; {_WAY_OUT}"
    return ""


def news(
    changes: Sequence[Change], before: Snapshot, *, most_at_once: int
) -> tuple[Sequence[Change], Sequence[str]]:
    """The changes to tell, and a sentence for each kind of them that a list has too many of.

    A list that comes back after it was away, is worded anew from end to end, or goes by another name, is
    nobody's news party by party.
    """
    if not before.members:
        return changes, ()
    counts = Counter((change.member.list, change.kind) for change in changes)
    anew = {which: count for which, count in counts.items() if count > most_at_once}
    told = [c for c in changes if (c.member.list, c.kind) not in anew]
    return told, [
        f"{count:,} rows of “{name}” were {kind} at once: taken as known"
        for (name, kind), count in anew.items()
    ]


_WAY_OUT = "if that is right, set most_removed to 100% until the next poll has passed"


def _of(member: Member) -> bytes:
    """Tells namesakes apart where contents cannot be compared."""
    return member.content + member.ordinal.to_bytes(4, "big")


def _most_alike(member: Member, free: list[Member]) -> Member:
    """Takes the one of the free namesakes that has most values in common."""
    if len(free) == 1 or len(free) > _NAMESAKES:
        return free.pop()
    best = max(free, key=lambda other: sum(map(int.__eq__, other.marks, member.marks)))
    free.remove(best)
    return best
