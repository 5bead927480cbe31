"""Rates of tariffs: does a sentence raise one or lower it, by the rates that it compares?

`25%, instead of the 9% due so far`, `to 47% from 57%`, `at 26 per cent rather than 33`: the words of the levy
may be the same, the figures tell. Where none are compared, the words decide.
"""

from collections.abc import Iterator
from itertools import pairwise

from alerter.reading.marks import Marked

_LEVIED = frozenset({"tariff_imposed", "tariff_raised", "tariff_cut"})
_FORMER = (
    ("instead", "of"),
    ("rather", "than"),
    ("compared", "with"),
    ("compared", "to"),
    ("up", "from"),
    ("down", "from"),
    ("until", "now"),
    ("against",),
    ("from",),
)
"""What stands between the new rate and the one that it replaces."""
_BEFORE_RATE = frozenset(
    {"the", "a", "threatened", "current", "previous", "original", "just", "only", "about"}
)
_NEAR = 14
_LAST_RATE = 100_000.0


def changed_levy(marked: Marked, type_: str, sentence: tuple[int, int]) -> str:
    """The type of a levy's event: raised or cut where its sentence compares rates, else as it was worded."""
    if type_ not in _LEVIED:
        return type_
    for new, old in _compared(marked, sentence):
        if new != old:
            return "tariff_raised" if new > old else "tariff_cut"
    return type_


def _compared(marked: Marked, sentence: tuple[int, int]) -> Iterator[tuple[float, float]]:
    """The pairs of a new rate and a former one, in order."""
    rates = list(_rates(marked, sentence))
    for (at, end, first), (following, _, second) in pairwise(rates):
        between = tuple(marked.words[end:following])
        if between[:1] == ("to",) and marked.words[at - 1 : at] == ["from"]:
            yield second, first
        elif len(between) <= _NEAR and _ends_in_former(between):
            yield first, second


def _ends_in_former(words: tuple[str, ...]) -> bool:
    while words and words[-1] in _BEFORE_RATE:
        words = words[:-1]
    return any(words[-len(former) :] == former for former in _FORMER)


def _rates(marked: Marked, sentence: tuple[int, int]) -> Iterator[tuple[int, int, float]]:
    """Figures with `%` behind them, or with a rate before them: `26 per cent rather than 33`."""
    is_after_rate = False
    for at in range(*sentence):
        value = _number(marked.words[at])
        if value is None:
            continue
        end = marked.tags[at + 1].get("percent") if at + 1 < sentence[1] else None
        following = marked.words[at + 1] if at + 1 < len(marked.words) else ""
        if end is not None or (is_after_rate and not following[:1].isalpha()):
            yield at, end or at + 1, value
            is_after_rate = True


def _number(word: str) -> float | None:
    try:
        value = float(word) if word[0].isdigit() and word.isascii() else None
    except ValueError:
        return None
    return value if value is not None and value < _LAST_RATE else None
