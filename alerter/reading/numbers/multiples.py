"""Multiples: fractions, factors and changes that are said in words: `a third`, `sevenfold`, `halved`."""

from collections.abc import Sequence

from alerter.core.reading import Bound
from alerter.reading.marks import Marked
from alerter.reading.numbers.numerals import FRACTIONS, SMALL, Number, Quantity, bound_at, part_of_scale

_FOLDS = frozenset(f"{word}fold" for word in SMALL)
_WORD_CHANGES = {
    "halve": -50.0,
    "double": 100.0,
    "triple": 200.0,
    "quadruple": 300.0,
    "quintuple": 400.0,
    "sextuple": 500.0,
}
CHANGE_CLASSES = frozenset(_WORD_CHANGES)
"""Classes of words that say a change by themselves."""
_TIMES = {"double": 2.0, "twice": 2.0, "triple": 3.0, "thrice": 3.0, "treble": 3.0, "quadruple": 4.0}
OPENERS = frozenset({*FRACTIONS, *_FOLDS, "twice", "thrice"})
"""Words that open one, beside those of `CHANGE_CLASSES` and small numbers."""


def said_in_words(marked: Marked, index: int, last: int) -> Quantity | None:
    """The multiple, change or fraction that a word opens."""
    word = marked.words[index]
    if word in _TIMES and _is_compared_with(marked, index + 1):
        return Quantity("times", _TIMES[word], None, bound_at(marked, index), index, index + 1)
    for name in marked.tags[index].keys() & _WORD_CHANGES.keys():
        return _said_in_a_word(marked, index, _WORD_CHANGES[name], name)
    if word in _FOLDS:
        value = (SMALL[word[:-4]] - 1) * 100
        return Quantity("change", value, None, bound_at(marked, index), index, index + 1, 1)
    return _fraction(marked, index, last)


def times(marked: Marked, number: Number) -> Quantity | None:
    """The multiple that a number before `times` or `fold` states; None where it counts occasions."""
    words, after = marked.words, number.last
    bound = bound_at(marked, number.first)
    if words[after] == "fold" or words[after + 1 : after + 2] in (
        ["higher"],
        ["more"],
        ["larger"],
        ["bigger"],
    ):
        return Quantity("change", (number.value - 1) * 100, None, bound, number.first, after + 1, 1)
    if _is_compared_with(marked, after + 1):
        return Quantity("times", number.value, None, bound, number.first, after + 1)
    return None


_COMPARANDS = frozenset("what that those as the its their last".split())
_MEASURED = frozenset("much many high large big expensive costly dear low small great heavy fast".split())
_MONTHS = frozenset(f"month_{number}" for number in range(1, 13))
_AMOUNTS = frozenset(
    """amount amounts amt level levels volume volumes figure figures total totals tally number quantity value
    price rate pace size tonnage count weight sum average""".split()
)


def _is_compared_with(marked: Marked, at: int) -> bool:
    """Do the words say what a multiple is of: `what they were`, `those of`, `as much as`, `the $48`?"""
    words = marked.words
    word = words[at] if at < len(words) else ""
    if word == "of":
        return _is_compared_with(marked, at + 1)
    if word in ("that", "those"):
        return words[at + 1 : at + 2] in (["of"], ["in"], ["from"], ["seen"], ["recorded"], ["a"], ["for"])
    if word not in _COMPARANDS:
        return marked.any_of(at, _MONTHS) and words[at + 1 : at + 2] == ["'s"]
    if word == "as":
        return words[at + 1] in _MEASURED if at + 1 < len(words) else False
    if word in ("what", "last"):
        return True
    near = words[at + 1 : at + 4]
    return "$" in near[:1] or not _AMOUNTS.isdisjoint(near)


def _fraction(marked: Marked, index: int, last: int) -> Quantity | None:
    words = marked.words
    counted = _counted_part(words, index, last)
    if counted is None:
        return None
    index, count = counted
    if part_of_scale(words, index, last):
        return None  # `about half a million tonnes`
    before = words[index - 1] if index else ""
    first = index - 1 if before != "by" and (count != 1 or before in ("a", "one")) else index
    part = count * FRACTIONS[words[index]]
    after = words[index + 1] if index + 1 < last else ""
    if after in ("as", "again") and "again" in words[index + 1 : index + 4]:
        end = words.index("again", index + 1) + 1  # `half as high again`
        return Quantity("change", round(part * 100, 1), None, bound_at(marked, first), first, end, 1, True)
    if part < 1 and _is_part(words, index, count) and _is_compared_with(marked, index + 1):
        bound = _turned(bound_at(marked, first))
        return Quantity("times", part, None, bound, first, index + 1, 0, True)
    if after in ("of", "quarter", "consecutive", "month", "year", "straight") or not _is_amount(
        words, index, count
    ):
        return None
    return Quantity("pct", round(part * 100, 1), "pct", bound_at(marked, first), first, index + 1, 0, True)


def _counted_part(words: Sequence[str], index: int, last: int) -> tuple[int, float] | None:
    """The fraction's own word, and how many of it: `two - thirds` is two of `thirds`."""
    if words[index] in FRACTIONS:
        before = SMALL.get(words[index - 1], 1.0) if index else 1.0
        return index, before
    after = index + 1
    if words[index] in SMALL and SMALL[words[index]] < 10 and after < last and words[after] in FRACTIONS:
        return after, SMALL[words[index]]
    return None


_NOT_PARTED = frozenset("first second latter other last final the this each another next same".split())


def _is_part(words: Sequence[str], index: int, count: float) -> bool:
    """`a quarter of`, `half of`; not `the third quarter of`, `the second half of`."""
    before = words[index - 1] if index else ""
    if count != 1.0 or before in ("a", "one"):
        return True
    return words[index] == "half" and before not in _NOT_PARTED


def _is_amount(words: Sequence[str], index: int, count: float) -> bool:
    """Is it a part of something, and not an ordinal or `the second half`?"""
    before = words[index - 1] if index else ""
    if before in ("a", "one", "by") or count != 1.0:
        return True
    return words[index] == "half" and before in ("than", "about", "almost", "nearly", "over", "roughly")


def _turned(bound: Bound) -> Bound:
    """Less than half is a fall of more than half."""
    return {"at_least": "at_most", "at_most": "at_least"}.get(bound, bound)  # type: ignore[return-value]  # of literals


def _said_in_a_word(marked: Marked, index: int, value: float, name: str) -> Quantity | None:
    end = marked.tags[index][name]
    after = marked.words[end] if end < len(marked.words) else ""
    if after in ("digit", "digits", "check", "down", "standards", "standard", "counting", "taxation"):
        return None
    sign = -1 if value < 0 else 1
    return Quantity("change", value, None, bound_at(marked, index), index, end, sign, True)
