"""Who acts in an event, and on whom: read from the names around its words."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from alerter.core.reading import EventStatus
from alerter.reading.events.clauses import Place
from alerter.reading.events.companies import Company, acting_company, companies_of
from alerter.reading.events.courts import Court, acting_court, appellant, courts_of
from alerter.reading.events.patterns import Acting
from alerter.reading.events.states import State, acting_state, hit_state, states_of
from alerter.reading.events.struck import lacking_state, passage_state, struck, working
from alerter.reading.marks import Marked, Mention

_FIRST_FEW = 20
"""Names of a text among which the sides of talks are sought."""
_LEVY_REACH = 6
_PAYING = frozenset({"object", "source", "goods"})
"""How those stand whose goods pay, and how those who levy."""
_ACTING = frozenset({"agent", "plain", "seat"})
_STOPS = frozenset(
    ("on to from , for at and of a the an would will could may must face faces pay pays deal").split()
)


@dataclass(frozen=True, slots=True)
class Parties:
    """Who acts and on whom: country codes, a court, a company's name; None where nobody is named."""

    actor: str | None = None
    target: str | None = None
    is_sure: bool = True
    """Does the actor stand where actors stand, or is it the likeliest of the names about?"""


class Cast:
    """All whom a text names: its states in order, and its firms."""

    def __init__(self, marked: Marked, mentions: Sequence[Mention]) -> None:
        self.states = states_of(marked, mentions)
        self._marked = marked

    @cached_property
    def companies(self) -> Sequence[Company]:
        """Sought only for events in which firms act."""
        return companies_of(self._marked)

    @cached_property
    def courts(self) -> Sequence[Court]:
        """Sought only for events in which courts act."""
        return courts_of(self._marked)


def actors_of(
    marked: Marked, cast: Cast, place: Place, *, acting: Acting, onto: bool, status: EventStatus
) -> Parties:
    """The parties of an event. `onto`: its measure hits what comes from elsewhere."""
    if acting == "court":
        return Parties(acting_court(marked, cast.courts, place))
    if acting == "appellant":
        return Parties(appellant(marked, cast.states, cast.companies, place))
    if acting == "levier":
        return _levier(marked, cast.states, place)
    if acting == "sides":
        return _talking(cast.states, place)
    if acting == "country":
        actor, is_sure = acting_state(marked, cast.states, place, onto=onto)
        return Parties(actor, hit_state(cast.states, place, actor), is_sure)
    if acting == "passage":
        return Parties(passage_state(marked, cast.states, place))
    if acting == "company":
        return Parties(working(marked, cast.states, cast.companies, place))
    if acting == "struck":
        return Parties(struck(marked, cast.states, cast.companies, place))
    is_denied = status == "denied"
    return Parties(
        acting_company(marked, cast.companies, place)
        if is_denied
        else lacking_state(marked, cast.states, place)
    )


def _talking(states: Sequence[State], place: Place) -> Parties:
    """The two sides of talks: the first named in the sentence, the United States first where they are one.

    A host (`in Malaysia`) and the owner of goods (`Russian oil`) are sides only where nobody else is named.
    """
    first, last = place.sentence
    near = [s for s in states if first <= s.first < last]
    rest = [s for s in states[:_FIRST_FEW] if s not in near]
    speaking = [s for s in near + rest if s.standing not in ("land", "goods")] or near + rest
    sides = list(dict.fromkeys(s.name for s in speaking))[:2]
    sides.sort(key=lambda name: name != "US")
    return Parties(sides[0] if sides else None, sides[1] if len(sides) > 1 else None)


def _levier(marked: Marked, states: Sequence[State], place: Place) -> Parties:
    """Who levies: the state whose tariff it is called, else the one that acts, not the one that pays."""
    own = [s for s in states if place.sentence[0] <= s.first < place.sentence[1]]
    named = next((s.name for s in own if _names_levy(marked, s, place)), None)
    if named:
        return Parties(named, hit_state(states, place, named))
    payers = {s.name for s in own if s.standing in _PAYING} - {s.name for s in own if s.standing in _ACTING}
    others = [s for s in states if s.name not in payers] or states
    actor, is_sure = acting_state(marked, others, place, onto=True)
    if not is_sure and marked.says("us_levier", 0, len(marked.tags)):
        actor, is_sure = "US", True
    if not is_sure and all(s.standing in _PAYING for s in states if s.name == actor):
        actor = None
    return Parties(actor, hit_state(states, place, actor), is_sure)


def _names_levy(marked: Marked, state: State, place: Place) -> bool:
    """Does its adjective, or its possessive, stand before the tariff: `a U.S. duty`, `Canada's surtax`?"""
    owns = marked.words[state.last : state.last + 1] == ["'s"]
    if not place.has_own(state.first) or not (owns or state.is_adjective):
        return False
    if place.first <= state.first < place.last and state.standing == "plain":
        return True
    for at in range(state.last, min(state.last + _LEVY_REACH, len(marked.tags))):
        if marked.has(at, "n_tariff"):
            return True
        if marked.words[at] in _STOPS or marked.has(at, "country"):
            return False
    return False
