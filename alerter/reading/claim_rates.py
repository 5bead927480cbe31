"""Rates: is a percentage the rate of a tariff, rather than a change or a share?"""

from alerter.reading.claim_grammar import Window, figure_start, metric_of
from alerter.reading.marks import Marked
from alerter.reading.numerals import Quantity

_PAYING = frozenset("pay pays paying paid charged charges charge taxed levied face faces facing".split())


def is_levy(marked: Marked, quantity: Quantity, window: Window, rates: Quantity | None) -> bool:
    """Is the percentage a tariff's rate? `rates` is the rate named just before in the sentence."""
    if quantity.sign or "tariff" not in marked.present:
        return False
    if any(
        marked.has(at, "tariff") for at in range(quantity.last, min(window.before_next, quantity.last + 5))
    ):
        return True
    if metric_of(marked, quantity, window) == "tariff":
        return True
    if rates is not None:
        return window.last - window.first < 60 and quantity.first - rates.last <= 14
    return _reads_as_rate(marked, quantity, window)


def _reads_as_rate(marked: Marked, quantity: Quantity, window: Window) -> bool:
    """`pay 36 %`, `the 10 % baseline`, `duties … come down to 47 %` in a text that speaks of tariffs."""
    start = figure_start(marked, quantity)
    before = marked.words[start - 1] if start else ""
    if before in _PAYING:
        return True
    near = range(max(window.first, quantity.first - 6), min(window.before_next, quantity.last + 5))
    if any(marked.has(at, "tariff_rate") for at in near if not quantity.first <= at < quantity.last):
        return True
    return before in ("to", "at", "of") and marked.says("tariff", max(window.first, start - 14), start)
