"""Modality: how surely a figure is stated: reported, forecast, hypothetical or denied.

What makes it unsure stands in its own clause: `could`, `is expected to` and `plans to` before another
`and`, `while` or `which` say nothing of it. Tariffs are announced as what will be; their rate is stated
all the same.
"""

from alerter.core.reading import Modality
from alerter.reading.claims.grammar import MOVES, Window
from alerter.reading.marks import Marked
from alerter.reading.numbers.numerals import Quantity

_CLAUSES = frozenset({";", "but", "while", "whereas", "after", "because", "although", "though", "when"})
_RELATIVE = frozenset({"which", "who", "whom", "where"})
_JOINED = frozenset({"and", "or"})
_TARIFF_SPEECH = frozenset(
    {"would", "proposal", "proposals", "proposed", "will", "plans", "set", "may", "ought", "should", "going"}
)
_QUOTA_SPEECH = frozenset({"may", "will", "would"})
_AHEAD = 10


def modality_of(marked: Marked, quantity: Quantity, window: Window, *, metric: str) -> Modality:
    """How surely the figure is stated."""
    first = _clause_start(marked, quantity.first, window)
    if marked.says("denied", first, quantity.first) or marked.says(
        "denied", quantity.last, min(window.last, quantity.last + _AHEAD)
    ):
        return "denied"
    is_ruled = metric == "tariff" or (metric == "quota" and quantity.kind == "level")
    foretold = marked.says("analyst", window.first, window.last) or marked.says(
        "foretold", first, quantity.first
    )
    passed_over = frozenset() if foretold or not is_ruled else _passed_over(metric)
    if _says(marked, "hypothetical", first, quantity.first, passed_over):
        return (
            "forecast" if foretold or marked.says("forecast", window.first, window.last) else "hypothetical"
        )
    if _says(marked, "forecast", first, quantity.first, passed_over):
        return "forecast"
    return "reported"


def _passed_over(metric: str) -> frozenset[str]:
    return _TARIFF_SPEECH if metric == "tariff" else _QUOTA_SPEECH


def _clause_start(marked: Marked, at: int, window: Window) -> int:
    """Where the figure's clause begins."""
    words = marked.words
    for index in range(at - 1, window.first - 1, -1):
        word = words[index]
        if word in _CLAUSES:
            return index + 1
        if word in _RELATIVE:
            closed = [end for end in range(index + 2, at) if words[end] == ","]
            if not closed:
                return index
        if word in _JOINED and words[index - 1 : index] == [","] and _begins_clause(marked, index + 1, at):
            return index + 1
    return window.first


def _begins_clause(marked: Marked, first: int, at: int) -> bool:
    """Does a clause with its own subject and verb follow on `, and`?"""
    verbs = [index for index in range(first + 1, at) if marked.any_of(index, MOVES)]
    return bool(verbs) and marked.words[first] not in ("will", "would", "to", "could", "may")


def _says(marked: Marked, name: str, first: int, last: int, passed_over: frozenset[str]) -> bool:
    """Is a word of the class said in the clause, outside of relative clauses that close before the figure?"""
    for at in range(max(first, 0), last):
        if name not in marked.tags[at] or marked.words[at] in passed_over:
            continue
        if marked.words[at] == "may" and marked.tokens.is_capital(at):
            continue
        if not _is_aside(marked, at, first, last):
            return True
    return False


def _is_aside(marked: Marked, at: int, first: int, last: int) -> bool:
    """`bismuth, which could be had for $6, cost $40`: the relative clause is closed."""
    opened = any(marked.words[index] in _RELATIVE for index in range(max(first, at - 3), at))
    return opened and "," in marked.words[at + 1 : last]
