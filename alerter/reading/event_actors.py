"""Who acts in an event, and on whom: read from the names around its words."""

from collections.abc import Sequence
from dataclasses import dataclass

from alerter.core.reading import EventStatus
from alerter.reading.event_clauses import Place
from alerter.reading.event_companies import acting_company
from alerter.reading.event_patterns import Acting
from alerter.reading.event_states import State, acting_state, hit_state, states_of
from alerter.reading.marks import Marked, Mention

_ONTO = frozenset({"to", "on", "against", "from", "for", "with", "into", "in", "at", "toward", "towards"})
_COURTS = (("CIT", "court_cit"), ("CAFC", "court_cafc"), ("SCOTUS", "court_scotus"))


@dataclass(frozen=True, slots=True)
class Parties:
    """Who acts and on whom: country codes, a court, a company's name; None where nobody is named."""

    actor: str | None = None
    target: str | None = None


def actors_of(
    marked: Marked,
    mentions: Sequence[Mention],
    place: Place,
    *,
    acting: Acting,
    onto: bool,
    status: EventStatus,
) -> Parties:
    """The parties of an event. `onto`: its measure hits what comes from elsewhere."""
    if acting == "court":
        return Parties(_court(marked, place.sentence))
    countries = [m for m in mentions if m.kind == "country"]
    if acting == "levier":
        return _levier(marked, countries, place.sentence)
    if acting == "sides":
        return _talking(countries, place.sentence)
    if acting == "country":
        return _imposing(marked, mentions, place, onto=onto)
    return Parties(_struck(marked, mentions, place, acting=acting, status=status))


def _imposing(marked: Marked, mentions: Sequence[Mention], place: Place, *, onto: bool) -> Parties:
    states = states_of(marked, mentions)
    actor = acting_state(marked, states, place, onto=onto)
    return Parties(actor, hit_state(states, place, actor))


def _struck(
    marked: Marked, mentions: Sequence[Mention], place: Place, *, acting: Acting, status: EventStatus
) -> str | None:
    """Who halts, strikes, lacks or is cut off: the firm named, else the country."""
    if acting == "company":
        return acting_company(marked, place) or _home(marked, mentions, place)
    if acting == "struck":
        by_company = (
            acting_company(marked, place) if marked.says("accident", place.first, place.last) else None
        )
        return by_company or _home(marked, mentions, place)
    if acting == "passage":
        return _passage(marked, mentions, place)
    return _lacking(marked, mentions, place, status)


def _home(marked: Marked, mentions: Sequence[Mention], place: Place) -> str | None:
    """The country of works without a firm: the one that owns or holds them, not the one they buy from."""
    own = [s for s in states_of(marked, mentions) if s.standing != "object"]
    near = [s for s in own if place.sentence[0] <= s.first < place.sentence[1]]
    fit = [s for s in near if not _is_input(marked, s)] or [s for s in own if not _is_input(marked, s)]
    return fit[0].name if fit else None


def _is_input(marked: Marked, state: State) -> bool:
    """`for want of Chinese magnets`, `as Chinese supplies dry up`."""
    return state.standing == "source" or (
        state.standing == "goods" and marked.says("n_shortage", state.first - 6, state.first)
    )


def _passage(marked: Marked, mentions: Sequence[Mention], place: Place) -> str | None:
    """Whose route is cut. Nobody's where ships keep away from the open sea or a strait by themselves."""
    states = states_of(marked, mentions)
    own = [s for s in states if place.has_own(s.first) and s.first < place.first and s.standing == "plain"]
    if marked.says("open_sea", 0, len(marked.tags)) or marked.says("v_avoid", *place.sentence):
        return own[-1].name if own and place.first - own[-1].last < _NEAR else None
    return acting_state(marked, [s for s in states if s.standing != "object"], place, onto=False)


_NEAR = 4


def _lacking(marked: Marked, mentions: Sequence[Mention], place: Place, status: EventStatus) -> str | None:
    """Who is short of something, where a country as a whole is, or a firm says that it is not."""
    if status == "denied":
        return acting_company(marked, place)
    for state in states_of(marked, mentions):
        if place.clause[0] <= state.first < place.first and state.standing == "plain":
            between = marked.words[state.last : place.first]
            return state.name if between and between[0] in _LACKS else None
    return None


_LACKS = frozenset({"has", "is", "faces", "suffers", "was", "had", "runs", "ran"})


def _court(marked: Marked, sentence: tuple[int, int]) -> str:
    for first, last in (sentence, (0, len(marked.tags))):
        named = [(at, name) for name, words in _COURTS for at, _ in marked.spans(words, first, last)]
        if named:
            return min(named)[1]
    return "court"


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
