"""Numerals: bare numbers in digits and words, with their scales, signs and bounds (`some 1.2 million`).

The first step of `alerter.reading.numbers.quantities`, which says what they count.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from alerter.core.reading import Bound
from alerter.reading.marks import Marked


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number with what it counts; `first` and `last` are tokens (half-open)."""

    kind: Literal["pct", "level", "change", "times"]
    """`change` = a change said in one word, such as halved: the value is the signed percentage. `times` = a
    multiple of what follows: the value is the factor."""
    value: float
    unit: str | None
    bound: Bound
    first: int
    last: int
    sign: int = 0
    """−1 or 1 where the figure itself is signed."""
    is_fraction: bool = False


class Number(NamedTuple):
    """A bare number: its digits, its scale (1 where none is said), and its tokens."""

    digits: float
    scale: float
    first: int
    last: int

    @property
    def value(self) -> float:
        return self.digits * self.scale


_SCALES = {
    "hundred": 1e2,
    "dozen": 12.0,
    "thousand": 1e3,
    "k": 1e3,
    "million": 1e6,
    "mn": 1e6,
    "m": 1e6,
    "mln": 1e6,
    "mio": 1e6,
    "billion": 1e9,
    "bn": 1e9,
    "bln": 1e9,
    "b": 1e9,
    "trillion": 1e12,
    "tn": 1e12,
    "trn": 1e12,
    "crore": 1e7,
    "crores": 1e7,
    "lakh": 1e5,
    "lakhs": 1e5,
}
_SHORT_SCALES = frozenset({"m", "b", "k"})
LONG_SCALES = frozenset({"hundred", "dozen", "thousand", "million", "billion", "trillion", "lakh", "crore"})
_COUNTED = """zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen
    sixteen seventeen eighteen nineteen twenty"""
_TENS = "thirty forty fifty sixty seventy eighty ninety"
SMALL = {
    **{word: float(value) for value, word in enumerate(_COUNTED.split())},
    **{word: 10.0 * tens for tens, word in enumerate(_TENS.split(), start=3)},
}
_PARTS = {
    "half": 1 / 2,
    "third": 1 / 3,
    "quarter": 1 / 4,
    "fifth": 1 / 5,
    "sixth": 1 / 6,
    "seventh": 1 / 7,
    "eighth": 1 / 8,
    "ninth": 1 / 9,
    "tenth": 1 / 10,
}
FRACTIONS = {**_PARTS, **{f"{word}s": part for word, part in _PARTS.items()}, "halves": 1 / 2}


def number_of(word: str) -> float:
    """The number that a numeral stands for: `1,238.5`."""
    return float(word.replace(",", ""))


def number_at(marked: Marked, index: int, last: int) -> Number | None:
    """The bare number that begins at a token."""
    words = marked.words
    word, first, at = words[index], index, index + 1
    if word[0].isdigit():
        digits = number_of(word)
    elif word in SMALL:
        digits, at = _spelled(words, index, last)
    elif word in LONG_SCALES and index and words[index - 1] == "a":
        return Number(1.0, _SCALES[word], index - 1, at)  # `a million`
    elif word in ("half", "quarter", "quarters"):
        return part_of_scale(words, index, last)
    else:
        return None
    if words[at : at + 3] == ["and", "a", "half"]:
        digits, at = digits + 0.5, at + 3
    scale = 1.0
    while at < last and words[at] in _SCALES and not _is_metre(words, at, last):
        scale *= _SCALES[words[at]]
        at += 1
    return Number(digits, scale, first, at)


def _spelled(words: Sequence[str], index: int, last: int) -> tuple[float, int]:
    value, after = SMALL[words[index]], index + 1
    if value >= 20 and after < last and 0 < SMALL.get(words[after], 0) < 10:
        return value + SMALL[words[after]], after + 1
    return value, after


def part_of_scale(words: Sequence[str], index: int, last: int) -> Number | None:
    """`half a million`, `a half million`, `three quarters of a million`."""
    at = index + 1 + (words[index + 1 : index + 2] == ["of"])
    at += words[at : at + 1] == ["a"]
    if at >= last or words[at] not in LONG_SCALES:
        return None
    before = words[index - 1] if index else ""
    first = index - 1 if before == "a" or before in SMALL else index
    return Number(SMALL.get(before, 1.0) * FRACTIONS[words[index]], _SCALES[words[at]], first, at + 1)


def _is_metre(words: Sequence[str], at: int, last: int) -> bool:
    return (
        words[at] in _SHORT_SCALES
        and at + 1 < last
        and words[at + 1] in ("/", "high", "long", "wide", "deep")
    )


def sign_at(words: Sequence[str], index: int) -> int:
    """−1 or 1 where a sign or the word for one stands before a number, else 0."""
    before = words[index - 1] if index else ""
    if before in ("\u2212", "-", "minus"):
        follows_number = index > 1 and words[index - 2][0].isdigit()
        return 0 if follows_number and before == "-" else -1
    return 1 if before in ("+", "plus") else 0


def bound_at(marked: Marked, first: int, end: int | None = None) -> Bound:
    """The bound that the words around a number give: nearly, over, up to, or more."""
    if end is not None and marked.has(end, "or_more"):
        return "at_least"
    for start in range(first - 1, max(-1, first - 5), -1):
        tags = marked.tags[start]
        for name in BOUNDS:
            if name in tags and tags[name] == first:
                return name
    return "exact"


BOUNDS: tuple[Literal["at_least", "at_most", "approx"], ...] = ("at_least", "at_most", "approx")
