"""Figures: the quantities of a sentence that state a change or a level, each level joined to its change.

Stands between the numbers that a sentence holds and the claims made of them: shares, bases of comparison and
other numbers that state nothing fall out here.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from alerter.reading.claims.grammar import (
    MOVES,
    SUBJECTS,
    Window,
    direction,
    figure_start,
    is_compared,
    is_of_another_time,
    metric_of,
)
from alerter.reading.claims.rates import is_levy, is_moved
from alerter.reading.marks import Marked
from alerter.reading.numbers.numerals import Quantity


@dataclass(frozen=True, slots=True)
class Figure:
    """A change, a level, or a change with its level; `anchor` is the change where there is one."""

    anchor: Quantity
    change: float | None
    level: Quantity | None
    window: Window

    @property
    def first(self) -> int:
        """The first token of either part."""
        return min(self.anchor.first, self.level.first) if self.level else self.anchor.first

    @property
    def last(self) -> int:
        """The token after the last of either part."""
        return max(self.anchor.last, self.level.last) if self.level else self.anchor.last


@dataclass(frozen=True, slots=True)
class _Kept:
    quantity: Quantity
    change: float | None
    window: Window


def figures(marked: Marked, found: Sequence[Quantity], first: int, last: int) -> list[Figure]:
    """The figures among the quantities of the sentence from `first` to `last` (half-open)."""
    stated = _stated(marked, found, first, last)
    kept: list[_Kept] = []
    rates: Quantity | None = None
    for quantity, window in zip(stated, _windows(stated, first, last), strict=True):
        if quantity.kind == "level":
            one = _level(marked, quantity, window, kept[-1].quantity if kept else None)
        else:
            one = _relative(marked, quantity, window, kept, rates)
        if one is None:
            continue
        kept.append(one)
        rates = one.quantity if one.change is None and one.quantity.kind == "pct" else None
    if marked.says("respectively", first, last):
        kept = _in_turn(kept)
    return _pair(marked, kept)


def _stated(marked: Marked, found: Sequence[Quantity], first: int, last: int) -> list[Quantity]:
    """The quantities without those that others are only compared with: `from 2,626 t`."""
    stated: list[Quantity] = []
    compared: Quantity | None = None
    for quantity, window in zip(found, _windows(found, first, last), strict=True):
        is_change = quantity.kind != "level" and is_moved(marked, quantity)
        is_base = is_compared(marked, quantity, window) and not is_change
        if is_base or (compared and _ends_range(compared, quantity)):
            compared = quantity
        else:
            stated.append(quantity)
    return stated


def _windows(found: Sequence[Quantity], first: int, last: int) -> list[Window]:
    edges = [first, *(quantity.last for quantity in found)]
    starts = [*(quantity.first for quantity in found), last, last]
    spans = [i + 1 < len(found) and _ends_range(found[i], found[i + 1]) for i in range(len(found))]
    return [Window(first, last, edges[i], starts[i + 1 + spans[i]]) for i in range(len(found))]


# --- levels and absolute changes --------------------------------------------------------------------


def _level(marked: Marked, quantity: Quantity, window: Window, lower: Quantity | None) -> _Kept | None:
    sign = _absolute_sign(marked, quantity, window)
    if lower and lower.unit and lower.unit.endswith("_delta") and _ends_range(lower, quantity):
        sign = -1 if lower.value < 0 else 1
    if sign is None or (not _is_priced(quantity) and metric_of(marked, quantity, window) == "nonmetric"):
        return None
    if sign:
        quantity = replace(quantity, value=sign * quantity.value, unit=f"{quantity.unit}_delta")
    return _Kept(quantity, None, window)


def _absolute_sign(marked: Marked, quantity: Quantity, window: Window) -> int | None:
    """The sign of an absolute change (`fell by 968,000 barrels a day`), 0 for a level, None for neither.

    What moves by a sum (`rose 45 cents, or 0.6 %, to $78`) is told by its percentage or its level.
    """
    words, start = marked.words, figure_start(marked, quantity)
    before = words[start - 1] if start > window.first else ""
    after = words[quantity.last : quantity.last + 1]
    sign = direction(marked, quantity, window)
    if before == "by":
        return (sign or None) if sign and not _is_agent(marked, start, window) else 0
    if quantity.unit in _MASSES and (lost := _lost_or_gained(words, start) or _is_lost(words, quantity)):
        return lost
    moved = start > window.first and marked.any_of(start - 1, MOVES)
    if moved and (after in (["to"], [","]) or words[start - 1] in ("up", "down")):
        return None if "to" in words[quantity.last : quantity.last + 8] or after == [","] else 0
    return 0


_LOSING = frozenset({"losing", "lost", "lose", "loses", "shed", "shedding"})
_GAINING = frozenset({"gained", "gain", "added", "adding"})
_MASSES = frozenset({"t", "kg", "lb", "units", "m3", "bbl", "bpd", "oz"})


def _lost_or_gained(words: Sequence[str], start: int) -> int:
    """The sign that a verb gives to an amount: `stockpiles lost 11.5 million barrels`; 0 without."""
    before = words[start - 1] if start else ""
    takes_out = before == "out" and words[start - 2 : start - 1] in (
        ["takes"],
        ["took"],
        ["taking"],
        ["take"],
    )
    if before in _LOSING or takes_out:
        return -1
    return 1 if before in _GAINING else 0


def _is_lost(words: Sequence[str], quantity: Quantity) -> int:
    """−1 for `a million barrels could be lost`, `take 1.2 million barrels a day off the market`; else 0."""
    at = quantity.last
    if words[at : at + 3] == ["off", "the", "market"] or words[at : at + 1] == ["offline"]:
        return -1
    passive = words[at : at + 3][:2]
    return -1 if passive[1:] == ["be"] and words[at + 2 : at + 3] in (["lost"], ["cut"], ["idled"]) else 0


def _is_agent(marked: Marked, start: int, window: Window) -> bool:
    """Does `by` stand too far from the verb of change to say by how much?"""
    near = range(max(window.after_previous, start - 5), start - 1)
    return not any(marked.any_of(at, MOVES) for at in near)


# --- percentages, fractions and multiples -----------------------------------------------------------


def _relative(
    marked: Marked, quantity: Quantity, window: Window, kept: Sequence[_Kept], rates: Quantity | None
) -> _Kept | None:
    if (
        quantity.kind == "pct"
        and not quantity.is_fraction
        and _is_levy(marked, quantity, window, kept, rates)
    ):
        return _Kept(quantity, None, window)
    if _is_fill(marked, quantity):
        return _Kept(quantity, None, window)
    change = _change(marked, quantity, window, kept)
    return None if change is None else _Kept(quantity, change, window)


def _is_levy(
    marked: Marked, quantity: Quantity, window: Window, kept: Sequence[_Kept], rates: Quantity | None
) -> bool:
    start = figure_start(marked, quantity)
    if marked.words[start - 1 : start] == ["by"] or (kept and _ends_change(kept[-1], quantity)):
        return False
    return is_levy(marked, quantity, window, rates)


def _ends_change(lower: _Kept, upper: Quantity) -> bool:
    return lower.change is not None and _ends_range(lower.quantity, upper)


def _is_fill(marked: Marked, quantity: Quantity) -> bool:
    """`34 % full`: how much of the storage is taken up."""
    return quantity.kind == "pct" and marked.words[quantity.last : quantity.last + 1] == ["full"]


def _change(marked: Marked, quantity: Quantity, window: Window, kept: Sequence[_Kept]) -> float | None:
    """The signed change in per cent, None where the quantity states none."""
    if quantity.kind == "change":
        return quantity.value
    if quantity.kind == "times":
        is_then = is_of_another_time(marked, quantity, window)
        return round((quantity.value - 1) * 100, 1) if is_then else None
    if kept and _ends_range(kept[-1].quantity, quantity):
        change = kept[-1].change
        return None if change is None else quantity.value * (1 if change > 0 else -1)
    sign = direction(marked, quantity, window) or _elliptic(marked, quantity, window, kept)
    return sign * quantity.value if sign else None


def _ends_range(lower: Quantity, upper: Quantity) -> bool:
    """Are they the two ends of one range: `10-15 per cent`?"""
    return (lower.bound, upper.bound) == ("at_least", "at_most") and upper.first - lower.last <= 1


_NO_ELLIPSIS = frozenset(
    {"to", "from", "at", "of", "with", "for", "than", "in", "tariff", "share", "accounts"}
)
_PADDING = frozenset(
    "only just a an the record new high low total fresh peak mere whopping some further".split()
)
_JOINTS = frozenset({"and", ",", ";", "but"})


def _elliptic(marked: Marked, quantity: Quantity, window: Window, kept: Sequence[_Kept]) -> int:
    """`… and Japan's 20.8 %`, `and its imports by 7.3 %`: the verb of the figure before serves here too."""
    changes = [one.change for one in kept if one.change is not None]
    if not changes or marked.words[quantity.last : quantity.last + 1] == ["of"]:
        return 0
    between = marked.words[window.after_previous : figure_start(marked, quantity)]
    joints = [at for at, word in enumerate(between) if word in _JOINTS]
    if not joints or len(between) > 14:
        return 0
    tail = [word for word in between[joints[-1] + 1 :] if word not in _PADDING]
    if tail == ["of"] or tail[-3:] == ["of", "all", "origins"]:
        tail = []
    if len(tail) > 5 or (tail[-1:] != ["by"] and not _NO_ELLIPSIS.isdisjoint(tail)):
        return 0
    return 1 if changes[-1] > 0 else -1


# --- a level and its change -------------------------------------------------------------------------


def _in_turn(kept: list[_Kept]) -> list[_Kept]:
    """`135,000 and 127,000 tons, growth of 12.5% and 10.4% respectively`: each level beside its change."""
    half = len(kept) // 2
    levels, changes = kept[:half], kept[half:]
    if half < 2 or len(levels) != len(changes) or any(one.change is not None for one in levels):
        return kept
    if any(one.change is None for one in changes):
        return kept
    return [one for pair in zip(levels, changes, strict=True) for one in pair]


def _pair(marked: Marked, kept: Sequence[_Kept]) -> list[Figure]:
    """Joins each level to the change before it (`fell 9 % to 406 t`), else the next (`406 t, down 9 %`)."""
    figures: list[Figure] = []
    waiting: _Kept | None = None
    for one in kept:
        if one.change is not None:
            figures.extend(_changed(marked, one, waiting))
            waiting = None
            continue
        if waiting:
            figures.append(_alone(waiting))
            waiting = None
        if figures and _closes(marked, figures[-1], one.quantity):
            wide = replace(figures[-1].window, before_next=one.window.before_next)
            figures[-1] = replace(figures[-1], level=one.quantity, window=wide)
        elif one.quantity.kind == "pct" or _is_range_end(figures, one):
            figures.append(_alone(one))
        else:
            waiting = one
    return [*figures, _alone(waiting)] if waiting else figures


def _is_range_end(figures: Sequence[Figure], one: _Kept) -> bool:
    """A change beside a range is of neither of its ends."""
    return bool(figures) and figures[-1].level is not None and _ends_range(figures[-1].level, one.quantity)


def _alone(one: _Kept) -> Figure:
    return Figure(one.quantity, None, one.quantity, one.window)


def _changed(marked: Marked, one: _Kept, waiting: _Kept | None) -> list[Figure]:
    if waiting is None:
        return [Figure(one.quantity, one.change, None, one.window)]
    if _follows(marked, waiting.quantity, one):
        wide = replace(one.window, after_previous=waiting.window.after_previous)
        return [Figure(one.quantity, one.change, waiting.quantity, wide)]
    return [_alone(waiting), Figure(one.quantity, one.change, None, one.window)]


_CLOSERS = frozenset(
    {"to", "at", "hit", "reaching", "totalling", "reach", "reached", "touching", "(", "totaling", "reaches"}
)
_BREAKS = frozenset({";", "while", "but", "whereas", "although"})


def _closes(marked: Marked, figure: Figure, level: Quantity) -> bool:
    """Does the level end the change: `swelled 84 % to 854 tons`, `halved the duty to 10 percent`?"""
    if figure.level is not None or figure.change is None or _is_delta(level):
        return False
    if level.kind == "pct" and figure.anchor.kind != "change":
        return False
    between = marked.words[figure.anchor.last : level.first]
    if len(between) > 14 or not _BREAKS.isdisjoint(between):
        return False
    at = figure_start(marked, level) - 1
    while at > figure.anchor.last and marked.words[at] in _PADDING:
        at -= 1
    return marked.words[at] in _CLOSERS


def _is_priced(level: Quantity) -> bool:
    """Is it money per unit, rather than an amount?"""
    return level.unit is not None and "_per_" in level.unit and not level.unit.endswith("_per_day")


def _is_delta(level: Quantity) -> bool:
    return level.unit is not None and level.unit.endswith("_delta")


def _follows(marked: Marked, level: Quantity, one: _Kept) -> bool:
    """Does the change follow from the level: `406 t, down 9 %`, `70.7 m t …; so the decline is 9 %`?"""
    between = marked.words[level.last : one.quantity.first]
    if _is_delta(level) or len(between) > 24 or not {"while", "whereas", "but"}.isdisjoint(between):
        return False
    parted = any(
        marked.words[at] in (";", "and") and _is_subject(marked, at + 1)
        for at in range(level.last, one.quantity.first)
    )
    if parted:
        return False
    if _is_priced(level):
        return metric_of(marked, one.quantity, one.window) in ("price", None)
    return True


def _is_subject(marked: Marked, at: int) -> bool:
    """Does a new subject begin here, within three words?"""
    return any(marked.any_of(ahead, SUBJECTS) for ahead in range(at, at + 3))
