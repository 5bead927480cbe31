"""Figures: the quantities of a sentence that state a change or a level, each level joined to its change.

Stands between the numbers that a sentence holds and the claims made of them: shares, bases of comparison and
other numbers that state nothing fall out here.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from alerter.reading.claim_grammar import Window, direction, figure_start, is_compared, metric_of
from alerter.reading.marks import Marked
from alerter.reading.numbers import Quantity


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
    kept: list[_Kept] = []
    for quantity, window in zip(found, _windows(found, first, last), strict=True):
        change = None if quantity.kind == "level" else _change(marked, quantity, window, kept)
        if change is not None or _is_level(marked, quantity, window, kept):
            kept.append(_Kept(quantity, change, window))
    return _pair(marked, kept)


def _windows(found: Sequence[Quantity], first: int, last: int) -> list[Window]:
    edges = [first, *(quantity.last for quantity in found)]
    starts = [*(quantity.first for quantity in found), last]
    return [Window(first, last, edges[i], starts[i + 1]) for i in range(len(found))]


def _change(marked: Marked, quantity: Quantity, window: Window, kept: Sequence[_Kept]) -> float | None:
    """The signed change in per cent, None where the quantity states none."""
    if quantity.kind == "change":
        return quantity.value
    by = marked.words[figure_start(marked, quantity) - 1 : figure_start(marked, quantity)] == ["by"]
    if not quantity.is_fraction and not by and _is_levy(marked, quantity, window, kept):
        return None
    if kept and _ends_range(kept[-1].quantity, quantity):
        change = kept[-1].change
        return None if change is None else quantity.value * (1 if change > 0 else -1)
    sign = direction(marked, quantity, window) or _elliptic(marked, quantity, window, kept)
    return sign * quantity.value if sign else None


def _ends_range(lower: Quantity, upper: Quantity) -> bool:
    """Are they the two ends of one range: `10-15 per cent`?"""
    return (lower.bound, upper.bound, lower.last) == ("at_least", "at_most", upper.first)


_NO_ELLIPSIS = frozenset(
    {"to", "from", "at", "of", "with", "for", "than", "in", "on", "a", "tariff", "about"}
)


def _elliptic(marked: Marked, quantity: Quantity, window: Window, kept: Sequence[_Kept]) -> int:
    """`… and Japan's 20.8 %`, `and aluminium 18 %`: the verb of the figure before serves here too."""
    changes = [one.change for one in kept if one.change is not None]
    if not changes or marked.words[quantity.last : quantity.last + 1] == ["of"]:
        return 0
    between = marked.words[window.after_previous : quantity.first]
    if not between or len(between) > 6 or between[0] not in ("and", ",", ";"):
        return 0
    if not _NO_ELLIPSIS.isdisjoint(between):
        return 0
    return 1 if changes[-1] > 0 else -1


def _is_level(marked: Marked, quantity: Quantity, window: Window, kept: Sequence[_Kept]) -> bool:
    if is_compared(marked, quantity, window):
        return False
    return quantity.kind == "level" or (quantity.kind == "pct" and _is_levy(marked, quantity, window, kept))


def _is_levy(marked: Marked, quantity: Quantity, window: Window, kept: Sequence[_Kept]) -> bool:
    """Is the percentage a tariff's rate?"""
    if quantity.is_fraction or quantity.sign or "tariff" not in marked.present:
        return False
    if any(
        marked.has(at, "tariff") for at in range(quantity.last, min(window.before_next, quantity.last + 5))
    ):
        return True
    if metric_of(marked, quantity, window) == "tariff":
        return True
    if kept and kept[-1].change is None and kept[-1].quantity.kind == "pct":
        return window.last - window.first < 60 and quantity.first - kept[-1].quantity.last <= 14
    return _reads_as_rate(marked, quantity, window)


def _reads_as_rate(marked: Marked, quantity: Quantity, window: Window) -> bool:
    """`pay 36 %`, `the 10 % baseline`, `duties … come down to 47 %` in a text that speaks of tariffs."""
    start = figure_start(marked, quantity)
    before = marked.words[start - 1] if start else ""
    if before in ("pay", "pays", "paying"):
        return True
    near = range(max(window.first, quantity.first - 6), min(window.before_next, quantity.last + 5))
    if any(marked.has(at, "tariff_rate") for at in near if not quantity.first <= at < quantity.last):
        return True
    return before in ("to", "at", "of") and marked.says("tariff", max(window.first, start - 14), start)


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
            figures[-1] = replace(figures[-1], level=one.quantity)
        elif one.quantity.kind == "pct":
            figures.append(_alone(one))
        else:
            waiting = one
    return [*figures, _alone(waiting)] if waiting else figures


def _alone(one: _Kept) -> Figure:
    return Figure(one.quantity, None, one.quantity, one.window)


def _changed(marked: Marked, one: _Kept, waiting: _Kept | None) -> list[Figure]:
    if waiting is None:
        return [Figure(one.quantity, one.change, None, one.window)]
    if _follows(marked, waiting.quantity, one):
        wide = replace(one.window, after_previous=waiting.window.after_previous)
        return [Figure(one.quantity, one.change, waiting.quantity, wide)]
    return [_alone(waiting), Figure(one.quantity, one.change, None, one.window)]


_CLOSERS = frozenset({"to", "at", "hit", "reaching", "totalling", "reach", "touching", "("})
_BREAKS = frozenset({";", "while", "but", "whereas", "although"})


def _closes(marked: Marked, figure: Figure, level: Quantity) -> bool:
    """Does the level end the change: `swelled 84 % to 854 tons`, `halved the duty to 10 percent`?"""
    if figure.level is not None or figure.change is None:
        return False
    if level.kind == "pct" and figure.anchor.kind != "change":
        return False
    between = marked.words[figure.anchor.last : level.first]
    if len(between) > 14 or not _BREAKS.isdisjoint(between):
        return False
    return marked.words[figure_start(marked, level) - 1] in _CLOSERS


def _follows(marked: Marked, level: Quantity, one: _Kept) -> bool:
    """Does the change follow from the level: `406 t, down 9 %`?"""
    between = marked.words[level.last : one.quantity.first]
    if len(between) > 16 or not {";", "while", "whereas"}.isdisjoint(between):
        return False
    if level.unit and "_per_" in level.unit:
        return metric_of(marked, one.quantity, one.window) in ("price", None)
    return True
