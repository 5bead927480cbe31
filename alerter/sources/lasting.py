"""Lasting ids for entries that their publisher gives none, or gives one to several. Pure.

What was listed before is recognised by its marks, from the most telling to the least, and keeps the id that
it got at first sight; so a corrected entry is a new version of the same signal, and one put in between shifts
no other. Between reading a list and making signals of it; what is remembered stands in the source's cursor.
"""

import difflib
from collections import defaultdict, deque
from collections.abc import Sequence
from dataclasses import dataclass

from alerter.core.model import Frozen

ALIKE = 0.5
"""Share of words, in order, that two wordings of one entry have in common at least."""
GIST_LENGTH = 120
"""Characters of a wording that are kept to tell how alike two are."""
_FEW = 40
"""Wordings that are compared one by one; where more changed at once, likeness says nothing."""


class Held(Frozen):
    """An entry as it was last listed."""

    id: str
    marks: tuple[str, ...]
    """Digests, the most telling first; an empty one is no mark."""
    near: str = ""
    """Only entries that are equal in this can be alike; empty: none is."""
    gist: str = ""
    content: str = ""
    """Hash of the signal that was last made of it."""
    background: bool = False
    """Was it old news at first sight? Then it is so in all its versions."""


@dataclass(frozen=True, slots=True)
class Sighting:
    """An entry as it is listed now; `own_id` is what it is called if it was never seen."""

    own_id: str
    marks: tuple[str, ...]
    near: str = ""
    gist: str = ""


def recognise(held: Sequence[Held], seen: Sequence[Sighting]) -> list[str]:
    """The id of each entry seen: that of the one held which it is, else its own. No id stands twice."""
    free = {one.id: one for one in held}
    ids: dict[int, str] = {}
    for level in range(max((len(one.marks) for one in seen), default=0)):
        _by_mark(level, seen, free, ids)
    _by_likeness(seen, free, ids)
    _anew(seen, {one.id for one in held}, ids)
    return [ids[place] for place in range(len(seen))]


def _by_mark(level: int, seen: Sequence[Sighting], free: dict[str, Held], ids: dict[int, str]) -> None:
    waiting: dict[str, deque[str]] = defaultdict(deque)
    for one in free.values():
        if one.marks[level : level + 1]:
            waiting[one.marks[level]].append(one.id)
    for place, sighting in enumerate(seen):
        mark = "".join(sighting.marks[level : level + 1])
        if place in ids or not mark or not waiting.get(mark):
            continue
        ids[place] = waiting[mark].popleft()
        del free[ids[place]]


def _by_likeness(seen: Sequence[Sighting], free: dict[str, Held], ids: dict[int, str]) -> None:
    """Pairs off what is left, the most alike first."""
    lost: dict[str, list[Held]] = defaultdict(list)
    for one in free.values():
        lost[one.near].append(one)
    new = [(place, one) for place, one in enumerate(seen) if place not in ids and one.near in lost]
    if len(new) > _FEW or len(free) > _FEW:
        return
    pairs = [
        (-_likeness(one.gist, other.gist), place, order, other.id)
        for place, one in new
        for order, other in enumerate(lost[one.near])
        if one.near
    ]
    for unlike, place, _, name in sorted(pairs):
        if -unlike >= ALIKE and place not in ids and name in free:
            ids[place] = name
            del free[name]


def _likeness(one: str, other: str) -> float:
    return difflib.SequenceMatcher(None, one.split(), other.split(), autojunk=False).ratio()


def _anew(seen: Sequence[Sighting], held: set[str], ids: dict[int, str]) -> None:
    """Own ids for what was never seen; a number behind those that are taken."""
    taken = {*held, *ids.values()}
    count: dict[str, int] = defaultdict(int)
    for place, sighting in enumerate(seen):
        if place in ids:
            continue
        name = sighting.own_id
        while name in taken:
            count[sighting.own_id] += 1
            name = f"{sighting.own_id}~{count[sighting.own_id] + 1}"
        taken.add(name)
        ids[place] = name
