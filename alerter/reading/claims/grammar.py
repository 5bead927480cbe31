"""The grammar of a figure: does it state a change, of what measure, and against which base.

Each function looks at the words around one quantity, within its clause, and answers one of those questions.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from alerter.core.reading import Basis
from alerter.reading.marks import Marked
from alerter.reading.numbers.numerals import Quantity
from alerter.reading.periods.calendar import Period
from alerter.reading.periods.dates import previous_month, year_before
from alerter.reading.periods.roles import RECORDS

METRICS = (
    "exports",
    "imports",
    "shipments",
    "freight",
    "production",
    "price",
    "inventory",
    "quota",
    "tariff",
    "sales",
)
_KNOWN = frozenset({*METRICS, "nonmetric", "bourse"})
_CONNECTIVES = "for with at whose which because while although though that after when where as from versus"
_STOPS = frozenset({*_CONNECTIVES.split(), "against", "to", "than", "whereas", "but", "since", ";", "."})
_CLAUSE_ENDS = frozenset({",", ";", "and", "but", "while", "from", "to", "against", "of", "\n", "(", ")"})
MOVES = frozenset({"up", "down"})
"""Classes of the words that say which way a figure went."""
SUBJECTS = frozenset({*METRICS, "commodity", "country"})
"""Classes of the words that a new subject of a figure begins with."""
_ADVERBS = frozenset("only just merely barely well".split())
_COMPARED_BEFORE = frozenset({"from", "against", "than", "versus", "vs", "instead", "previously", "after"})


@dataclass(frozen=True, slots=True)
class Window:
    """The tokens around a figure: its sentence, and where its neighbours end and begin."""

    first: int
    last: int
    after_previous: int
    before_next: int


def figure_start(marked: Marked, quantity: Quantity) -> int:
    """Where the figure begins with the words that bound it: `more than 40 %`, `up to 5,000 t`."""
    first = quantity.first
    if quantity.sign and first and marked.words[first - 1] in ("-", "+", "\u2212", "plus", "minus"):
        first -= 1
    while first and marked.words[first - 1] in _ADVERBS:
        first -= 1
    for back in (4, 3, 2, 1):
        start = first - back
        if start < 0:
            continue
        tags = marked.tags[start]
        if tags and first in (tags.get("at_least"), tags.get("at_most"), tags.get("approx")):
            return start
    return first


def direction(marked: Marked, quantity: Quantity, window: Window) -> int:
    """−1 for a fall, 1 for a rise, 0 where the figure is no change."""
    if quantity.sign:
        return quantity.sign
    start = figure_start(marked, quantity)
    before = marked.words[start - 1] if start > window.first else ""
    if before == "to" and _comes_to(marked, start):
        return _direction_before(marked, start - 2, window)[0]
    if before in ("to", "from") or _is_share(marked, quantity, start):
        return 0
    behind, distance = _direction_before(marked, start, window)
    ahead, gap = _direction_after(marked, quantity, window)
    if ahead and (not behind or gap < distance):
        return ahead
    return behind or _direction_over(marked, quantity)


def _comes_to(marked: Marked, start: int) -> bool:
    """`the decline came to 27 %`."""
    return marked.words[start - 2 : start - 1] in (["came"], ["comes"], ["amounted"], ["amounts"])


def _direction_over(marked: Marked, quantity: Quantity) -> int:
    """`30 % over the first half`: above it."""
    words, at = marked.words, quantity.last
    if words[at : at + 1] != ["over"] or at + 1 >= len(words):
        return 0
    return 0 if words[at + 1][0].isdigit() or words[at + 1] in ("a", "three", "five", "ten") else 1


def _is_share(marked: Marked, quantity: Quantity, start: int) -> bool:
    after = marked.words[quantity.last : quantity.last + 2]
    if after[:1] == ["share"] or after[:1] == ["stake"]:
        return True
    if after[:1] != ["of"]:
        return False
    return not (marked.any_of(start - 1, MOVES) or marked.words[start - 1 : start] == ["by"])


def _direction_before(marked: Marked, start: int, window: Window) -> tuple[int, int]:
    by = start > 0 and marked.words[start - 1] == "by"
    reach = 14 if by else 6
    for distance in range(1, reach + 1):
        at = start - distance
        if at < window.after_previous:
            break
        if marked.any_of(at, MOVES) and not _is_bound_or_base(marked, at):
            return _sign_at(marked, at), distance
        word = marked.words[at]
        if not by and (word in _STOPS or (word in (",", "(", ")") and distance > 1)):
            break
    return 0, 99


def _is_bound_or_base(marked: Marked, at: int) -> bool:
    """`more than`, `above` before a number, `up to`: bounds; `below April`: a base."""
    tags = marked.tags[at]
    if tags.get("at_least", 0) > at + 1 or tags.get("at_most", 0) > at + 1:
        return True
    return marked.words[at] in ("above", "below", "under", "cut") and marked.words[at + 1 : at + 2] in (
        ["the"],
        ["last"],
        ["its"],
    )


def _direction_after(marked: Marked, quantity: Quantity, window: Window) -> tuple[int, int]:
    if marked.words[quantity.last : quantity.last + 1] == ["of"]:
        return 0, 99
    for gap in range(4):
        at = quantity.last + gap
        if at >= window.before_next or marked.words[at] in _CLAUSE_ENDS:
            break
        if marked.any_of(at, MOVES):
            return _sign_at(marked, at), gap
    return 0, 99


def _sign_at(marked: Marked, at: int) -> int:
    return -1 if "down" in marked.tags[at] else 1


_MULTIPLIES = frozenset("double twice triple treble thrice times half quadruple".split())


def is_compared(marked: Marked, quantity: Quantity, window: Window) -> bool:
    """Is the level only what another is compared with: `from 2,626 t`, `against 46 tons`, `had paid 27 %`?"""
    start = figure_start(marked, quantity)
    words = marked.words
    if (
        words[start] == "over"
        and start > window.first
        and words[start - 1] in ("%", "percent", "cent", "pct")
    ):
        return True  # `a growth of 3 per cent over 174,551 units`
    for at in range(start - 1, max(window.first, start - 3) - 1, -1):
        word = words[at]
        if word in _COMPARED_BEFORE:
            return not (word == "from" and (_is_spared(marked, quantity, at, window) or _is_span(words, at)))
        if word in ("with", "to") and at > 0 and words[at - 1] in ("compared", "opposed"):
            return True
        if word == "of" and at > 0 and words[at - 1] == "instead":
            return True
        if word in _MULTIPLIES:
            return True
        if word not in ("a", "an", "the", "of", "about", "some", "around"):
            break
    return _is_of_before(marked, quantity, start, window)


def _is_span(words: Sequence[str], at: int) -> bool:
    return at > 0 and words[at - 1] in ("range", "ranging", "ranges", "anything", "anywhere")


def _is_spared(marked: Marked, quantity: Quantity, at: int, window: Window) -> bool:
    """`spares handsets from the 10 % baseline`: the rate holds."""
    is_rate = marked.any_of(quantity.last, _RATES)
    return is_rate and marked.says("sparing", max(window.first, at - _FAR), at)


_RATES = frozenset({"tariff", "tariff_rate"})
_FAR = 14
_PAST_PERFECT = 5


def _is_of_before(marked: Marked, quantity: Quantity, start: int, window: Window) -> bool:
    """`having pencilled in $10,800 before`, `until now 20 %`, `had been paying 27.5 %`."""
    words = marked.words
    behind = words[max(window.after_previous, start - _PAST_PERFECT) : start]
    if behind[-2:] in (["until", "now"], ["so", "far"], ["up", "till"]) or behind[-1:] == ["previous"]:
        return True
    if (
        quantity.last < len(words)
        and words[quantity.last] == "before"
        and _ends_clause(words, quantity.last + 1)
    ):
        return True
    if "had" in words[quantity.last : min(quantity.last + 3, window.last)]:
        return True  # `28 million had been allowed a year earlier`
    is_alone = window.after_previous == window.first and window.before_next == window.last
    if is_alone or ("had" not in behind and "having" not in behind):
        return False
    at = max(index for index, word in enumerate(behind) if word in ("had", "having"))
    return any(word in _WAS for word in behind[at + 1 : at + 3])


_WAS = frozenset("been paid paying stood averaged topped totalled pencilled reached predicted".split())


def _ends_clause(words: Sequence[str], at: int) -> bool:
    return at >= len(words) or words[at] in (".", ",", ";", "\n", ")")


_THEN = frozenset(
    "ago before earlier previous previously then once was were had did last used usual normally since".split()
)
_THEN_CLASSES = frozenset({"yoy", "mom", "qoq", *(f"month_{number}" for number in range(1, 13))})


def is_of_another_time(marked: Marked, quantity: Quantity, window: Window) -> bool:
    """Is a multiple one of an earlier amount (`five times what they were`), not of another place's?"""
    words = marked.words
    ahead = range(quantity.last, min(window.last, quantity.last + 18))
    if any(words[at] in _THEN or marked.any_of(at, _THEN_CLASSES) for at in ahead):
        return True
    if any(words[at][:2] in ("19", "20") and len(words[at]) == 4 for at in ahead):
        return True
    return any(marked.has(at, "yoy") for at in range(window.first, quantity.first))


def metric_of(marked: Marked, quantity: Quantity, window: Window, *, start: int | None = None) -> str | None:
    """The measure that a figure is of, from the nearest word for one; `nonmetric` for what no claim is of.

    `start`: where the figure begins, where that is not with the quantity.
    """
    if quantity.kind == "change" and (
        told := _metric_ahead(marked, quantity.last, min(quantity.last + 4, window.last))
    ):
        return told[0]  # `halved the export duty`
    nearest = _metric_behind(marked, (quantity.first if start is None else start) - 1, window.first)
    if nearest and nearest[0] == "tariff" and nearest[1] == window.after_previous:
        nearest = None  # the one of the figure before: `under a 50 % tariff buyers took 46 % less`
    if nearest and nearest[1] >= window.after_previous - 1:
        return nearest[0]
    ahead = _metric_ahead(marked, quantity.last, min(window.before_next, quantity.last + 14))
    if ahead and not nearest:
        return ahead[0]
    if ahead and nearest:
        close = ahead[1] - quantity.last <= 6 and "," not in marked.words[quantity.last : ahead[1]]
        return ahead[0] if close else nearest[0]
    return nearest[0] if nearest else None


_LONGEST_TERM = 3
"""Words back from which a longer term may hold a measure's word: `share price`, `net income`."""


def _metric_behind(marked: Marked, start: int, stop: int) -> tuple[str, int] | None:
    for at in range(start, stop - 1, -1):
        if marked.words[at] == ";":
            return None
        name = _measure_at(marked, at)
        if name and "bourse" not in (name, _held_by(marked, at, stop)):
            return _held_by(marked, at, stop) or _governed(marked, at, stop) or name, at
    return None


_OF = frozenset({"of", "for", "on"})


def _governed(marked: Marked, at: int, stop: int) -> str | None:
    """The measure of the noun that another measure only specifies: `the ceiling for smelting`."""
    if at - 2 < stop or marked.words[at - 1] not in _OF:
        return None
    return next(
        (name for name in ("quota", "tariff", "inventory") if _ends_at(marked, name, at - 1, stop)), None
    )


def _ends_at(marked: Marked, name: str, end: int, stop: int) -> bool:
    return any(marked.tags[first].get(name) == end for first in range(max(stop, end - 4), end))


_OTHER_CLAUSES = frozenset({";", "while", "whereas", "but", "although", "since", "because"})


def _metric_ahead(marked: Marked, start: int, stop: int) -> tuple[str, int] | None:
    for at in range(start, stop):
        if marked.words[at] in _OTHER_CLAUSES:
            return None
        name = _measure_at(marked, at)
        if name == "nonmetric" and "," in marked.words[start:at]:
            return None  # another noun's: `off by two thirds, a gap that …`
        if name and name != "bourse":
            return name, at
    return None


_GOODS = frozenset({"commodity"})


def _measure_at(marked: Marked, at: int) -> str | None:
    tags = marked.tags[at]
    if not tags or _KNOWN.isdisjoint(tags):
        return None
    if (
        marked.words[at] in ("imported", "exported")
        and at
        and marked.words[at - 1] in _OF
        and marked.any_of(at + 1, _GOODS)
    ):
        return None  # `stocks of imported ore` are stocks
    if at and marked.words[at - 1] == "of" and marked.words[at] == "the":
        return None  # `production of the metal` is of production
    name = max(_KNOWN & tags.keys(), key=lambda one: (tags[one], one))
    is_sum = name == "nonmetric" and at and marked.words[at - 1][0].isdigit()
    return None if is_sum else name  # `635,000 yuan` says nothing of the currency


def _held_by(marked: Marked, at: int, stop: int) -> str | None:
    """The measure of a longer term that ends with this word: `net income` is no income."""
    for first in range(at - 1, max(stop, at - _LONGEST_TERM) - 1, -1):
        name = _measure_at(marked, first)
        if name and marked.tags[first][name] > at:
            return name
    return None


def basis_of(
    marked: Marked, quantity: Quantity, window: Window, *, period: str | None, named: Sequence[Period]
) -> Basis | None:
    """What the change is against, None where the words around the figure do not say."""
    said = _said_basis(marked, quantity.last, window.before_next)
    if said:
        return said
    compared = [p for p in named if p.is_compared and quantity.last <= p.first < window.before_next]
    if compared:
        return _against(period, compared[0].text)
    said = _said_basis(marked, window.after_previous, quantity.first)
    if said:
        return said
    compared = [p for p in named if p.is_compared and window.after_previous <= p.first < quantity.first]
    if compared:
        return _against(period, compared[-1].text)
    return "other" if _is_against_plan(marked, quantity, window) else None


_OF_RECORD = 8
"""How many words before `since` a superlative may stand: `the smallest total for those months since`."""


def _is_against_plan(marked: Marked, quantity: Quantity, window: Window) -> bool:
    """`28 % under the old target`, `fewer than it had planned`, `since the attacks began`."""
    if marked.says("plan_base", quantity.last, min(window.before_next, quantity.last + _FAR)):
        return True
    return any(
        RECORDS.isdisjoint(marked.words[max(quantity.last, at - _OF_RECORD) : at])
        for at, _ in marked.spans("since", quantity.last, window.last)
    )


def _said_basis(marked: Marked, first: int, last: int) -> Basis | None:
    for at in range(first, last):
        tags = marked.tags[at]
        if not tags:
            continue
        if "yoy" in tags:
            return "yoy"
        if "mom" in tags:
            return "mom"
        if "qoq" in tags:
            return "other"
        if "since" in tags and RECORDS.isdisjoint(marked.words[max(0, at - _OF_RECORD) : at]):
            return "other"
    return None


def _against(period: str | None, base: str) -> Basis:
    if period is None:
        return "unknown"
    if previous_month(period) == base:
        return "mom"
    earlier = year_before(period)
    if earlier and (earlier == base or base == earlier[:4]):
        return "yoy"
    if ".." in period:
        return "ytd"
    return "other"
