"""Events that befall somebody: whose works stand still, whom an accident strikes, whose route is cut."""

from collections.abc import Sequence

from alerter.reading.events.clauses import Place
from alerter.reading.events.companies import Company, acting_company
from alerter.reading.events.states import State, acting_state
from alerter.reading.marks import Marked

_NEAR = 4
_LACKS = frozenset({"has", "is", "faces", "suffers", "was", "had", "runs", "ran"})


def working(
    marked: Marked, states: Sequence[State], companies: Sequence[Company], place: Place
) -> str | None:
    """Whose works halt or restart, and who is struck: the firm named beside them, else the country."""
    return (
        acting_company(marked, companies, place, reach="clause")
        or _owner(marked, states, place)
        or acting_company(marked, companies, place)
        or _home(marked, states, place)
    )


def struck(marked: Marked, states: Sequence[State], companies: Sequence[Company], place: Place) -> str | None:
    """Whom a disaster strikes: the firm where its own works burn or flood, else the country."""
    first, last = place.first, place.last
    is_accident = marked.says("accident", first, last) and not marked.says("natural", first, last)
    by_company = acting_company(marked, companies, place) if is_accident else None
    return by_company or _home(marked, states, place)


def lacking_state(marked: Marked, states: Sequence[State], place: Place) -> str | None:
    """The country that is short of something as a whole: `Bolivia has been running out of fuel`."""
    for state in states:
        if place.clause[0] <= state.first < place.first and state.standing == "plain":
            between = marked.words[state.last : place.first]
            return state.name if between and between[0] in _LACKS else None
    return None


def _owner(marked: Marked, states: Sequence[State], place: Place) -> str | None:
    """The country whose works they are: `most of Libya's fields`, `its government closed the mine`."""
    for state in states:
        if (
            place.has_own(state.first)
            and state.first < place.last
            and marked.words[state.last : state.last + 1] == ["'s"]
        ):
            return None if _is_input(marked, state) else state.name
    return None


def _home(marked: Marked, states: Sequence[State], place: Place) -> str | None:
    """The country of works without a firm: the one that owns or holds them, not the one they buy from."""
    own = [s for s in states if s.standing != "object"]
    near = [s for s in own if place.sentence[0] <= s.first < place.sentence[1]]
    fit = [s for s in near if not _is_input(marked, s)] or [s for s in own if not _is_input(marked, s)]
    return fit[0].name if fit else None


def _is_input(marked: Marked, state: State) -> bool:
    """`for want of Chinese magnets`, `as Chinese supplies dry up`."""
    return state.standing == "source" or (
        state.standing == "goods" and marked.says("n_shortage", state.first - 6, state.first)
    )


def passage_state(marked: Marked, states: Sequence[State], place: Place) -> str | None:
    """Whose route is cut. Nobody's where ships keep away from the open sea or a strait by themselves."""
    own = [s for s in states if place.has_own(s.first) and s.first < place.first and s.standing == "plain"]
    if marked.says("open_sea", 0, len(marked.tags)) or marked.says("v_avoid", *place.sentence):
        return own[-1].name if own and place.first - own[-1].last < _NEAR else None
    return acting_state(marked, [s for s in states if s.standing != "object"], place, onto=False)[0]
