"""Copies: what is kept of a text so that near-duplicates of it are recognised, and whether two are some.

Outlets reprint a wire's story with another headline, cut at another length. So the opening is compared: its
sets of three words in a row, found by MinHash bands (Broder 1997; Leskovec et al., Mining of Massive
Datasets, 3.4) and verified by their true Jaccard likeness. A template that is filled with other numbers each
day (`Copper closed at …`) is no copy.
"""

from array import array
from operator import add

from rensa import RMinHash

from alerter.core.reading import Sketch
from alerter.core.text import words

OPENING = 60
"""Words that are compared: what feeds give of an article, and what outlets keep of one."""
FEWEST = 20
"""Shorter texts are like too many others by chance; their titles and addresses must tell."""
LIKENESS = 0.6
"""Least share of common shingles (Jaccard, 0 to 1) of two copies."""
SAME_NUMBERS = 0.75
"""Least share of the numbers of the text with fewer of them that the other has too."""
_BANDS, _ROWS = 20, 3
"""Two openings of likeness s share a band with the probability 1 − (1 − s³)²⁰: 0.992 at 0.6, 0.07 at 0.15."""
_LABELS = [f"{at * _ROWS * 8}:" for at in range(_BANDS)]
"""What stands before each band, so that equal digits of two others are no match: its place in the digest."""
_SEED = 1
_LONGEST_OPENING = 2_000
"""Characters that surely hold the words that are compared."""


def sketch_of(text: str) -> Sketch | None:
    """What is kept of the text; None where it is too short to be told from others."""
    found = words(text[:_LONGEST_OPENING])[:OPENING]
    return Sketch(bands=_bands(found), opening=" ".join(found)) if len(found) >= FEWEST else None


def _bands(found: list[str]) -> tuple[str, ...]:
    minima = RMinHash(num_perm=_BANDS * _ROWS, seed=_SEED)
    minima.update(list(map(" ".join, zip(found, found[1:], found[2:], strict=False))))
    bands = array("I", minima.digest()).tobytes().hex(" ", _ROWS * 4).split(" ")
    return tuple(map(add, _LABELS, bands))


def are_copies(one: Sketch, other: Sketch) -> bool:
    """Are these the openings of one text, reprinted?"""
    mine, its = one.opening.split(), other.opening.split()
    return _likeness(mine, its) >= LIKENESS and _state_the_same(mine, its)


def likeness(one: Sketch, other: Sketch) -> float:
    """The Jaccard likeness of two openings, 0 to 1."""
    return _likeness(one.opening.split(), other.opening.split())


def _likeness(one: list[str], other: list[str]) -> float:
    mine = set(zip(one, one[1:], one[2:], strict=False))
    its = set(zip(other, other[1:], other[2:], strict=False))
    common = len(mine & its)
    return common / (len(mine) + len(its) - common)


def _state_the_same(one: list[str], other: list[str]) -> bool:
    mine, its = ({word for word in found if word[0].isdigit()} for found in (one, other))
    fewer = min(len(mine), len(its))
    return not fewer or len(mine & its) >= SAME_NUMBERS * fewer
