"""States in events: which of the countries that a text names imposes a measure, and whom it hits.

Every naming has a standing: a plain name or a seat of government acts (`Beijing`, `the Dutch government`,
`OFAC`), a demonym before goods only tells whose they are (`Russian uranium`), a name after `to` or
`against` is hit. The standing, the clause and the order each cost; the cheapest naming is the actor.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from alerter.reading.events.clauses import HARD, Place
from alerter.reading.marks import Marked, Mention

Standing = Literal["agent", "plain", "source", "seat", "land", "goods", "object"]
AGENCY = "agency_"
"""Classes of words that name a state's office: `agency_us`."""

_ONTO = frozenset({"to", "on", "against", "for", "with", "into", "toward", "towards", "at"})
_ADDRESSED = frozenset({"tells", "told", "informed", "informs", "warned", "warns", "telling"})
_SITES = frozenset({"in", "inside", "within", "across"})
_SKIPPED = frozenset(
    {"the", "all", "some", "a", "an", "its", "their", "other", "any", "certain", "with", "mostly"}
)
_COSTS: dict[Standing, int] = {
    "agent": -3,
    "plain": 0,
    "source": 2,
    "seat": 2,
    "land": 7,
    "goods": 4,
    "object": 9,
}
_GOODS_ONTO = 9
"""A demonym before goods where it is the goods of others that are hit: `tariffs on Chinese steel`."""
_OTHER_CLAUSE = 2
_AFTER = 1
_OTHER_SENTENCE = 5
_FIRST_FEW = 20


@dataclass(frozen=True, slots=True)
class State:
    """A country as one place of the text names it."""

    name: str
    first: int
    last: int
    standing: Standing
    is_adjective: bool = False
    """Is it one, as `American` and `U.S.` are?"""


def states_of(marked: Marked, mentions: Sequence[Mention]) -> list[State]:
    """Every naming of a country, or of an office of its, in order."""
    named = [(m.first, m.last, m.name, m.form) for m in mentions if m.kind == "country"]
    taken = {first for first, *_ in named}
    offices = [one for one in _offices(marked) if one[0] not in taken]
    states: list[State] = []
    for first, last, name, form in sorted(named + offices):
        joined = states and marked.words[states[-1].last : first] in (["and"], [","], ["or"], [",", "and"])
        standing = states[-1].standing if joined else _standing(marked, first, last, form)
        is_adjective = form == "demonym" or marked.words[first] in _ADJECTIVES
        states.append(State(name, first, last, standing, is_adjective))
    return states


def _offices(marked: Marked) -> Iterable[tuple[int, int, str, str]]:
    for name in sorted(marked.family(AGENCY)):
        for at, end in marked.spans(name, 0, len(marked.tags)):
            if marked.tokens.is_capital(at) or end - at > 1:
                yield at, end, name.removeprefix(AGENCY).upper(), "seat"


def _standing(marked: Marked, first: int, last: int, form: str) -> Standing:
    before = _word_before(marked, first)
    if before == "by":
        return "agent"
    if before != "from" and _owns_measure(marked, last):
        return "plain"
    if before in _ONTO or before in _ADDRESSED or marked.words[first - 1 : first] == ["with"]:
        return "object"
    if before == "from":
        return "source"
    if _leads_goods(marked, last, form):
        return "goods"
    if before in _SITES:
        return "seat" if form in ("seat", "venue") else "land"
    return "plain"


def _owns_measure(marked: Marked, at: int) -> bool:
    """`payback for Ottawa's plan`, `against Washington's tariffs`: whose plan or measure it is acts."""
    if marked.words[at : at + 1] != ["'s"]:
        return False
    near = range(at + 1, min(at + 1 + _REACH, len(marked.tags)))
    return any(_is_measure(marked.tags[index]) or marked.has(index, "intended") for index in near)


def _leads_goods(marked: Marked, at: int, form: str) -> bool:
    """Does the name only tell whose goods or firms are meant: `Chinese steel`, `Russia's oil companies`?"""
    owns = marked.words[at : at + 1] == ["'s"]
    if not (form == "demonym" or owns or marked.words[at - 1] in _ADJECTIVES):
        return False
    for index in range(at + owns, min(at + owns + _REACH, len(marked.tags))):
        tags = marked.tags[index]
        if marked.words[index] in _ENDS or "governmental" in tags or _is_measure(tags):
            return False
        if not _GOODS.isdisjoint(tags):
            return True
    return False


def _is_measure(tags: Iterable[str]) -> bool:
    return any(
        name.startswith("v_") or name in ("n_control", "n_licence", "n_tariff", "n_ban") for name in tags
    )


_GOODS = frozenset({"goods", "firms", "commodity"})
_END_WORDS = "of on in to for from by with against and , ; : as that has have is was will said"
_ENDS = frozenset(_END_WORDS.split())
_ADJECTIVES = frozenset({"us", "u.s.", "eu", "uk", "u.k."})
_REACH = 4


def _word_before(marked: Marked, at: int) -> str:
    at -= 1
    while at >= 0 and marked.words[at] in _SKIPPED:
        at -= 1
    return marked.words[at] if at >= 0 else ""


def acting_state(
    marked: Marked, states: Sequence[State], place: Place, *, onto: bool
) -> tuple[str | None, bool]:
    """The state that acts, and whether its naming is sure to mean that.

    `onto`: the measure hits what comes from elsewhere (an import ban, sanctions).
    """
    asked = _addressee(marked, states, place)
    if asked:
        return asked.name, True
    near = [s for s in states if place.sentence[0] <= s.first < place.sentence[1]]
    far = [s for s in states[:_FIRST_FEW] if s not in near]
    costs = [(_cost(marked, s, place, onto=onto), _distance(s, place), s.name) for s in near]
    costs += [(_OTHER_SENTENCE + _standing_cost(s, onto=onto), order, s.name) for order, s in enumerate(far)]
    if not costs:
        return None, False
    cost, _, name = min(costs)
    return name, cost < _COSTS["goods"]


def hit_state(states: Sequence[State], place: Place, actor: str | None) -> str | None:
    """The state on which the measure falls, in the event's own sentence."""
    near = [s for s in states if place.sentence[0] <= s.first < place.sentence[1] and s.name != actor]
    for standings in (("object",), ("source", "goods")):
        for state in near:
            if state.standing in standings:
                return state.name
    return None


def _addressee(marked: Marked, states: Sequence[State], place: Place) -> State | None:
    """Whom somebody asks to act: `Germany urged China to ease its curbs`."""
    for _, end in marked.spans("demand", place.sentence[0], place.first):
        for state in states:
            if end <= state.first < min(place.last, place.sentence[1]) and state.standing != "goods":
                return state
    return None


def _cost(marked: Marked, state: State, place: Place, *, onto: bool) -> int:
    cost = _standing_cost(state, onto=onto)
    if not place.has_own(state.first):
        between = range(*sorted((state.first, place.first)))
        cost += 3 * _OTHER_CLAUSE if any(marked.words[at] in HARD for at in between) else _OTHER_CLAUSE
    return cost + (_AFTER if state.first >= place.first else 0) + state.is_adjective


def _standing_cost(state: State, *, onto: bool) -> int:
    if onto and state.standing in ("goods", "source"):
        return _GOODS_ONTO
    return _COSTS[state.standing]


def _distance(state: State, place: Place) -> int:
    return abs(place.first - state.first)
