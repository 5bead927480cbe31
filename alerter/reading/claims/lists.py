"""Lists: figures that are told `respectively` go to the names of the list before them, one to one.

`tellurium, bismuth and indium fell 41%, 77% and 19% respectively`: each change is of one commodity.
"""

from collections.abc import Sequence

from alerter.reading.claims.figures import Figure
from alerter.reading.marks import Marked, Mention

_JOINTS = frozenset({",", "and", "or", "&", "the"})
_LONGEST_GAP = 3


def assigned(
    marked: Marked, mentions: Sequence[Mention], found: Sequence[Figure], kind: str
) -> dict[int, Mention]:
    """Figure (by its first token) → the name it goes to; empty where nothing is told respectively."""
    if len(found) < 2 or not marked.says("respectively", found[0].window.first, found[0].window.last):
        return {}
    listed = _last_list(marked, [m for m in mentions if m.kind == kind and m.first < found[-1].last])
    tail = list(found)[-len(listed) :]
    if len(listed) < 2 or len(tail) != len(listed):
        return {}
    return {figure.first: name for figure, name in zip(tail, listed, strict=True)}


def _last_list(marked: Marked, names: Sequence[Mention]) -> list[Mention]:
    """The last two or more names that nothing but commas and conjunctions part."""
    run: list[Mention] = []
    best: list[Mention] = []
    for name in names:
        between = marked.words[run[-1].last : name.first] if run else []
        if not run or (len(between) <= _LONGEST_GAP and _JOINTS.issuperset(between)):
            run.append(name)
        else:
            run = [name]
        if len(run) > 1:
            best = list(run)
    return best
