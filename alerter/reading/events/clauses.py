"""Event clauses: how far the words of an event reach within its sentence.

A sentence tells of several things: `Ford shut a plant after a supplier ran out of magnets, and said that
Beijing had approved some licences`. Who acts and on what is looked for in the event's own clause first.
"""

from dataclasses import dataclass

from alerter.reading.marks import Marked

HARD = frozenset({";", ":", "\n", "(", ")"})
"""Marks that part clauses with nothing shared."""
_SUBORDINATE = (
    "but while whereas although though because when after before until unless if which who whose that whether"
)
SOFT = frozenset(_SUBORDINATE.split())
"""Words that open a clause with a verb of its own."""
_NO_CLAUSE_AFTER_AS = frozenset({"of", "well", "much", "many", "a", "an", "part", "from", "it", "bargaining"})


@dataclass(frozen=True, slots=True)
class Place:
    """Where an event is worded (first to last), in which clause, and in which sentence; half-open tokens."""

    first: int
    last: int
    until: int
    """Where the next event of the sentence begins: names beyond belong to that one."""
    clause: tuple[int, int]
    sentence: tuple[int, int]
    since: int
    """Where the event before it in the sentence ends, or the sentence's start."""

    def has_own(self, at: int) -> bool:
        """Does a token stand in the event's own clause?"""
        return self.clause[0] <= at < self.clause[1]


def place_of(
    marked: Marked, words: tuple[int, int], sentence: tuple[int, int], between: tuple[int, int]
) -> Place:
    """The place of an event's words, with the clause around them, `between` the events beside it."""
    first, last = words
    since, until = between
    start = next(
        (at + 1 for at in range(first - 1, sentence[0] - 1, -1) if opens_clause(marked, at)), sentence[0]
    )
    end = next((at for at in range(last, sentence[1]) if opens_clause(marked, at)), sentence[1])
    return Place(first, last, until, (start, end), sentence, since)


def opens_clause(marked: Marked, at: int) -> bool:
    """Does a clause with its own verb begin at or after this token?"""
    word = marked.words[at]
    if word in HARD or word in SOFT:
        return True
    if word == "as":
        following = marked.words[at + 1] if at + 1 < len(marked.words) else ""
        before = marked.words[at - 1] if at else ""
        return following not in _NO_CLAUSE_AFTER_AS and before not in ("such", "as", "well", "much")
    if word == "since":
        return not is_time(marked, at + 1)
    return word == "," and at + 1 < len(marked.words) and marked.words[at + 1] in ("and", "so", "but", "with")


_WEEKDAYS = "monday tuesday wednesday thursday friday saturday sunday"
_STARTS = frozenset({*_WEEKDAYS.split(), "then", "last", "early", "late", "mid", "yesterday"})
"""What tells since when, where a subject would tell since what happened."""


def is_time(marked: Marked, at: int) -> bool:
    """Does a time stand here: `since April`, `since 4 April`, `since last week`?"""
    if at >= len(marked.words):
        return False
    word = marked.words[at]
    return word[0].isdigit() or word in _STARTS or any(name.startswith("month_") for name in marked.tags[at])
