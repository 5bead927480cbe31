"""Event patterns: the wordings of events, read from a table and matched over marked tokens.

A pattern is a short sequence of word classes with bounded gaps, so matching a sentence takes time linear in
its length. `vocabulary/events.yaml` holds the table and describes its shape.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, Literal, NamedTuple, cast

from alerter.core.reading import EventStatus
from alerter.reading.marks import Marked

Acting = Literal[
    "country", "court", "appellant", "company", "levier", "sides", "struck", "passage", "lacking"
]
"""Who acts: a state; a court; who appeals; the firm, else its country; who levies; the two sides of talks;
what an accident or a disaster strikes; whose route it is; who lacks something."""


@dataclass(frozen=True, slots=True)
class Step:
    """One element: any of some classes, at most `gap` tokens after the element before."""

    classes: frozenset[str]
    gap: int


@dataclass(frozen=True, slots=True)
class Wording:
    """One sequence of an event type, with all that it needs in the sentence."""

    steps: tuple[Step, ...]
    needs: frozenset[str]
    """Classes without which it cannot match (alternatives are left out)."""


@dataclass(frozen=True, slots=True)
class EventPattern:
    """All wordings of one event type."""

    type: str
    wordings: tuple[Wording, ...]
    beside: frozenset[str]
    about: frozenset[str]
    unless: frozenset[str]
    """Classes whose words in the sentence tell of something else."""
    status: EventStatus
    beats: frozenset[str]
    acting: Acting
    onto: bool
    """Does it hit what comes from elsewhere, as an import ban or sanctions do?"""

    @property
    def is_event(self) -> bool:
        """Does it tell of an event? A type `no_…` only silences those it beats, where they share words."""
        return not self.type.startswith("no_")

    def is_about(self, present: frozenset[str]) -> bool:
        """Does a text with these classes speak of what it must speak of?"""
        return not self.about or not self.about.isdisjoint(present)

    def may_be_in(self, present: frozenset[str]) -> bool:
        """Does a sentence with these classes have what it must have, and nothing that it must not?"""
        return (not self.beside or not self.beside.isdisjoint(present)) and self.unless.isdisjoint(present)


class Candidate(NamedTuple):
    """A pattern with those of its wordings for which a sentence has the words."""

    pattern: EventPattern
    wordings: Sequence[Wording]

    def places(self, marked: Marked, first: int, last: int) -> list[tuple[int, int]]:
        """Everywhere between two tokens that it is worded, as tokens (half-open), one after the other."""
        if len(self.wordings) == 1 and _match(marked, self.wordings[0].steps, first, last) is None:
            return []  # as most that have the words
        found: list[tuple[int, int]] = []
        open_ = [(one.steps, _match(marked, one.steps, first, last)) for one in self.wordings]
        while ahead := [(steps, place) for steps, place in open_ if place]:
            found.append(min(place for _, place in ahead))
            at = found[-1][1]
            open_ = [
                (steps, place if place[0] >= at else _match(marked, steps, at, last))
                for steps, place in ahead
            ]
        return found


@dataclass(frozen=True, slots=True)
class PatternTable:
    """All patterns, found by the classes without which they cannot match."""

    patterns: tuple[EventPattern, ...]
    by_class: Mapping[str, Sequence[tuple[int, Wording]]]
    """Class → the wordings of which it is the rarest class, each with the place of its pattern."""
    by_type: Mapping[str, EventPattern]

    @classmethod
    def of(cls, rows: Iterable[EventPattern]) -> "PatternTable":
        """The table of some patterns. Raises ValueError for a wording of alternatives only."""
        patterns = tuple(rows)
        uses = Counter(name for pattern in patterns for one in pattern.wordings for name in one.needs)
        by_class: dict[str, list[tuple[int, Wording]]] = {}
        for place, pattern in enumerate(patterns):
            for one in pattern.wordings:
                rarest = min(one.needs, key=lambda name: (uses[name], name))
                by_class.setdefault(rarest, []).append((place, one))
        return cls(patterns, by_class, {pattern.type: pattern for pattern in patterns})

    def within(self, present: frozenset[str]) -> list[Candidate]:
        """The patterns that a sentence with these classes may match, in the table's order."""
        fit: dict[int, list[Wording]] = {}
        for name in self.by_class.keys() & present:
            for place, wording in self.by_class[name]:
                if wording.needs <= present:
                    fit.setdefault(place, []).append(wording)
        candidates = [Candidate(self.patterns[place], fit[place]) for place in sorted(fit)]
        return [one for one in candidates if one.pattern.may_be_in(present)]


def parse_patterns(table: Sequence[Mapping[str, Any]]) -> PatternTable:
    """The table of rows as patterns. Raises ValueError for a wording that cannot be read."""
    return PatternTable.of(
        EventPattern(
            type=row["type"],
            wordings=tuple(_wording(text) for text in row["when"]),
            beside=frozenset(row.get("with", ())),
            about=frozenset(row.get("about", ())),
            unless=frozenset(row.get("unless", ())),
            status=cast("EventStatus", row.get("status", "announced")),
            beats=frozenset(row.get("beats", ())),
            acting=cast("Acting", row.get("actor", "country")),
            onto=row.get("onto") == "true",
        )
        for row in table
    )


def _wording(text: str) -> Wording:
    steps: list[Step] = []
    gap = 0
    for part in text.split():
        if part.startswith("~"):
            gap = int(part[1:])
            continue
        steps.append(Step(frozenset(part.split("|")), gap))
        gap = 0
    if not steps:
        raise ValueError(f"an empty wording: {text!r}")
    single = [step.classes for step in steps if len(step.classes) == 1]
    return Wording(tuple(steps), frozenset().union(*single))


def _match(marked: Marked, steps: Sequence[Step], first: int, last: int) -> tuple[int, int] | None:
    opening = steps[0].classes
    starts = marked.starts_of(opening, first, last)
    if len(steps) == 1:
        return (starts[0], _end_of(marked.tags[starts[0]], opening)) if starts else None
    for start in starts:
        found = _rest(marked, steps, _end_of(marked.tags[start], opening), last)
        if found is not None:
            return start, found
    return None


_CLAUSE_ENDS = frozenset(
    {";", ":", "since", "because", "although", "though", "whereas", "while", "when", "but", "until", "after"}
    | {"before", "which", "who", "whose", "where", "if", "unless"}
)
"""No event is worded across these: what follows has its own verb."""


def _rest(marked: Marked, steps: Sequence[Step], at: int, last: int) -> int | None:
    """Where the wording ends whose first step ends at a token; None where its other steps do not follow."""
    words, tags = marked.words, marked.tags
    for step in islice(steps, 1, None):
        classes = step.classes
        for index in range(at, min(at + step.gap + 1, last)):
            if not classes.isdisjoint(tags[index]):
                at = _end_of(tags[index], classes)
                break
            if words[index] in _CLAUSE_ENDS and words[index - 1] != "all":  # all but deserted
                return None
        else:
            return None
    return at


def _end_of(tags: Mapping[str, int], classes: frozenset[str]) -> int:
    """Where the longest word of these classes ends, of which one begins at the token with these tags."""
    if len(classes) == 1:
        (name,) = classes
        return tags[name]
    return max([tags[name] for name in classes if name in tags])
