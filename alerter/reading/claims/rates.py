"""Rates: is a percentage the rate of a tariff, rather than a change or a share?"""

from alerter.reading.claims.grammar import MOVES, Window, figure_start, metric_of
from alerter.reading.marks import Marked
from alerter.reading.numbers.numerals import Quantity

PAYING = frozenset(
    """pay pays paying paid charged charges charge taxed levied owe owes owing face faces facing
    attract attracts carry carries bear bears incur incurs""".split()
)
"""Verbs of those who pay a rate, and of goods that bear one."""
_SETTING = frozenset("to at of plus".split())
_BEING = frozenset({"be", "is", "are", "was"})
_OTHERS = frozenset(
    {"exports", "imports", "production", "price", "sales", "inventory", "nonmetric", "shipments"}
)
_FILLERS = frozenset("a an the extra only just flat additional about some around up another".split())
_BORDER = frozenset({"border", "borders", "ports", "customs", "frontier"})
_PREPOSITIONS = frozenset({"under", "below", "above", "off", "over"})
_REACH = 5
_FAR = 14


def is_levy(marked: Marked, quantity: Quantity, window: Window, rates: Quantity | None) -> bool:
    """Is the percentage a tariff's rate? `rates` is the rate named just before in the sentence."""
    if quantity.sign or not _speaks_of_tariffs(marked, quantity, window) or is_moved(marked, quantity):
        return False
    ahead = range(quantity.last, min(window.before_next, quantity.last + _REACH))
    if any(marked.has(at, "tariff") for at in ahead):
        return True
    if metric_of(marked, quantity, window) == "tariff":
        return True
    if rates is not None:
        return window.last - window.first < 60 and quantity.first - rates.last <= _FAR
    return _reads_as_rate(marked, quantity, window) or _is_on_goods(marked, quantity)


def _speaks_of_tariffs(marked: Marked, quantity: Quantity, window: Window) -> bool:
    """Does the text speak of tariffs, or the sentence of what is charged at a border?"""
    if "tariff" in marked.present or {"tariff_rate", "country", "trade_terms"} <= marked.present:
        return True
    words = marked.words[window.first : window.last]
    return _before(marked, figure_start(marked, quantity)) in PAYING and not _BORDER.isdisjoint(words)


def is_moved(marked: Marked, quantity: Quantity) -> bool:
    """Is it a change by its own noun: `a 30 % rise in imports`, `against a 24.7 % fall in value`?"""
    return marked.any_of(quantity.last, MOVES) and marked.words[quantity.last] not in _PREPOSITIONS


def _reads_as_rate(marked: Marked, quantity: Quantity, window: Window) -> bool:
    """`pay 36 %`, `the 10 % baseline`, `duties … come down to 47 %` in a text that speaks of tariffs."""
    start = figure_start(marked, quantity)
    before = _before(marked, start)
    if before in PAYING:
        return True
    near = range(max(window.first, quantity.first - 6), min(window.before_next, quantity.last + _REACH))
    if any(marked.has(at, "tariff_rate") for at in near if not quantity.first <= at < quantity.last):
        return True
    if before in _BEING:
        return not any(marked.any_of(at, _OTHERS) for at in range(window.first, window.last))
    if before not in _SETTING:
        return False
    return marked.says("tariff", max(window.first, start - _FAR), start) or _stays(marked, start, window)


def _before(marked: Marked, at: int) -> str:
    at -= 1
    while at > 0 and marked.words[at] in _FILLERS:
        at -= 1
    return marked.words[at] if at >= 0 else ""


_STAYING = frozenset(
    """tapers taper steps drops drop stay stays stayed remain remains set kept falls fall rises goes go
    enter enters entered admitted""".split()
)


def _stays(marked: Marked, start: int, window: Window) -> bool:
    """`Potash stays at 10 per cent`, `enter the United States at 15 percent` after tariffs were spoken of."""
    words = marked.words[max(window.after_previous, start - 8) : start]
    return not _STAYING.isdisjoint(words) and "tariff" in marked.present


def _is_on_goods(marked: Marked, quantity: Quantity) -> bool:
    """`25% on cars and 50% on steel`."""
    at = quantity.last
    if marked.words[at : at + 1] != ["on"]:
        return False
    ahead = range(at + 1, min(at + 4, len(marked.words)))
    return any(marked.any_of(index, _GOODS) for index in ahead)


_GOODS = frozenset({"commodity", "goods", "country"})
