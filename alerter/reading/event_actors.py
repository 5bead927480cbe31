"""Who acts in an event, and on whom: read from the names around its words."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from alerter.core.reading import EventStatus
from alerter.reading.event_clauses import Place
from alerter.reading.event_companies import Company, acting_company, companies_of
from alerter.reading.event_courts import acting_court, appellant
from alerter.reading.event_patterns import Acting
from alerter.reading.event_states import acting_state, hit_state, states_of
from alerter.reading.event_struck import lacking_state, passage_state, struck, working
from alerter.reading.marks import Marked, Mention

_ONTO = frozenset({"to", "on", "against", "from", "for", "with", "into", "in", "at", "toward", "towards"})


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
        self.countries = [m for m in mentions if m.kind == "country"]
        self.states = states_of(marked, mentions)
        self._marked = marked

    @cached_property
    def companies(self) -> Sequence[Company]:
        """Sought only for events in which firms act."""
        return companies_of(self._marked)


def actors_of(
    marked: Marked, cast: Cast, place: Place, *, acting: Acting, onto: bool, status: EventStatus
) -> Parties:
    """The parties of an event. `onto`: its measure hits what comes from elsewhere."""
    if acting == "court":
        return Parties(acting_court(marked, place))
    if acting == "appellant":
        return Parties(appellant(marked, cast.states, cast.companies, place))
    if acting == "levier":
        return _levier(marked, cast.countries, place.sentence)
    if acting == "sides":
        return _talking(cast.countries, place.sentence)
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


def _talking(countries: Sequence[Mention], sentence: tuple[int, int]) -> Parties:
    """The two sides of talks: the United States first where it is one of them."""
    own = [m.name for m in countries if sentence[0] <= m.first < sentence[1]]
    sides = list(dict.fromkeys(own + [m.name for m in countries[:20]]))
    sides.sort(key=lambda name: name != "US")
    return Parties(sides[0] if sides else None, sides[1] if len(sides) > 1 else None)


def _is_object(marked: Marked, mention: Mention) -> bool:
    at = mention.first - 1
    while at >= 0 and marked.words[at] in ("the", "all", "some"):
        at -= 1
    return at >= 0 and marked.words[at] in _ONTO


def _levier(marked: Marked, countries: Sequence[Mention], sentence: tuple[int, int]) -> Parties:
    """Who levies: the acting country, or the United States where its president or its laws are named."""
    own = [m for m in countries if sentence[0] <= m.first < sentence[1]]
    paying = [m for m in own if _is_object(marked, m) or _owns_goods(marked, m)]
    acting = next((m.name for m in own if m not in paying), None)
    if acting is None or (acting != "US" and marked.says("us_levier", *sentence)):
        acting = "US" if marked.says("us_levier", 0, len(marked.tags)) else acting
    if acting is None:
        acting = next((m.name for m in countries if m not in paying), None)
    return Parties(acting, next((m.name for m in paying if m.name != acting), None))


def _owns_goods(marked: Marked, mention: Mention) -> bool:
    return mention.form == "demonym" and marked.says("goods", mention.last, mention.last + 4)
