"""Courts in events: which court decides, who appeals, on which goods a case turns.

A text names several courts: the one that acts, the one it reverses, the one it sends a case back to. Every
naming has a standing, as with states: a court as subject or after `by` acts, one after `to` or `against` is
acted on. A court without a name of its own (`a federal judge in Louisiana`) is nobody's.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from alerter.reading.events.clauses import Place
from alerter.reading.events.companies import Company, acting_company
from alerter.reading.events.states import State
from alerter.reading.marks import Marked, Mention

_KNOWN = (("CIT", "court_cit"), ("CAFC", "court_cafc"), ("SCOTUS", "court_scotus"))
_CLASSES = frozenset(words for _, words in _KNOWN)
_ONTO = frozenset(
    {"to", "before", "against", "reversing", "below", "lower", "for", "urged", "asked", "asks", "urges"}
)
_SKIPPED = frozenset({"the", "a", "an", "u.s", "u.s.", "us", "nation", "'s", "american", "full"})
_OF_NATION = frozenset({"u.s", "u.s.", "us"})
"""`U.S. Supreme Court`: its name begins behind."""
_SINGLE = frozenset({"judge", "judges", "magistrate", "tribunal", "court", "panel"})
_KINDS = frozenset({"court", "tribunal", "chamber"})
_JOINING = frozenset({"of", "for", "the"})
_OF_RULINGS = frozenset(
    {"ruling", "decision", "judgment", "judgement", "order", "injunction", "opinion", "finding"}
)
_ARTICLES = frozenset({"the", "a", "an"})
_LONGEST = 6
_OTHER_SENTENCE = 6
_AFTER = 2
_ACTED_ON = 5
_OWNS_RULING = 3


@dataclass(frozen=True, slots=True)
class Court:
    """A court as one place of the text names it; without a name where it is only described."""

    name: str | None
    first: int
    last: int


def acting_court(marked: Marked, courts: Sequence[Court], place: Place) -> str | None:
    """The court that acts, of those that the text names: the one whose naming costs least."""
    if not courts:
        return None
    return min(courts, key=lambda court: (_cost(marked, court, place), abs(court.first - place.first))).name


def courts_of(marked: Marked) -> list[Court]:
    """Every naming of a court, in order; judges without a court only where they are new (`a judge`)."""
    found: list[Court] = []
    for at in _openings(marked):
        if marked.words[at] in _ARTICLES or (found and at < found[-1].last):
            continue
        court = _court_at(marked, at)
        if court:
            found.append(court)
    return found


def _openings(marked: Marked) -> list[int]:
    """Where the naming of a court could begin: no further before the word for one than names are long."""
    near = set(marked.starts_of(_CLASSES, 0, len(marked.tags)))
    for at, word in enumerate(marked.words):
        if word in _KINDS:
            near.update(range(max(at - _LONGEST + 1, 0), at + 1))
        elif word in _SINGLE:
            near.add(at)
    return sorted(near)


def _court_at(marked: Marked, at: int) -> Court | None:
    tags = marked.tags[at]
    spelt = _spelt(marked, at)
    for name, words in _KNOWN:
        end = tags.get(words)
        if end is not None and (spelt is None or spelt.last <= end) and not _is_foreign(marked, at):
            return Court(name, at, end)
    if spelt and marked.words[at] not in _OF_NATION:
        return spelt
    if marked.words[at] in _SINGLE and _is_new(marked, at):
        return _described(marked, at)
    return None


def _spelt(marked: Marked, at: int) -> Court | None:
    """A court written with capitals: `Enterprise Chamber`, `Court of Session`, `Supreme Court of Panama`."""
    if not marked.tokens.is_capital(at) or not marked.words[at][0].isalpha():
        return None
    end, has_kind = at, False
    while end < min(at + _LONGEST, len(marked.words)):
        word = marked.words[end]
        if marked.tokens.is_capital(end) and word[0].isalpha():
            has_kind = has_kind or word in _KINDS
        elif not (has_kind and word in _JOINING and _continues(marked, end)):
            break
        end += 1
    own = [index for index in range(at, end) if marked.words[index] in _KINDS]
    if not own or end - at < 2 or marked.tokens.is_capital(own[0]) is False or _all_capitals(marked, at, end):
        return None
    start, stop = marked.tokens.span(at, end)
    return Court(marked.tokens.original[start:stop], at, end)


def _continues(marked: Marked, at: int) -> bool:
    following = marked.words[at + 1] if at + 1 < len(marked.words) else ""
    return following in _JOINING or (bool(following) and marked.tokens.is_capital(at + 1))


def _all_capitals(marked: Marked, first: int, last: int) -> bool:
    start, end = marked.tokens.span(first, last)
    return marked.tokens.original[start:end].isupper()


def _is_foreign(marked: Marked, at: int) -> bool:
    """Is it another country's: `India's Supreme Court`, `a Chilean appeals court`?"""
    before = at - 1
    while before >= 0 and marked.words[before] in ("'s", "federal", "top"):
        before -= 1
    return any(m.kind == "country" and m.name != "US" and m.first <= before < m.last for m in marked.mentions)


def _is_new(marked: Marked, at: int) -> bool:
    """`a federal judge`, `EU judges`; `the panel` is one told of before."""
    before = at - 1
    while before >= 0 and at - before < 4 and marked.words[before].isalpha():
        if marked.words[before] in ("a", "an", "another"):
            return True
        if marked.words[before] in ("the", "this", "these", "its", "three", "two"):
            return False
        before -= 1
    return marked.words[at] in ("judge", "judges", "magistrate")


def _described(marked: Marked, at: int) -> Court | None:
    """A judge who sits in a court that is named behind belongs to it."""
    for index in range(at + 1, min(at + 6, len(marked.words))):
        if any(words in marked.tags[index] for _, words in _KNOWN):
            return None
    return Court(None, at, at + 1)


def _cost(marked: Marked, court: Court, place: Place) -> int:
    cost = 0
    if not place.sentence[0] <= court.first < place.sentence[1]:
        cost += _OTHER_SENTENCE + (court.first > place.first)
    elif court.first >= place.first:
        cost += _AFTER
    if _is_acted_on(marked, court):
        cost += _ACTED_ON
    elif marked.words[court.last : court.last + 1] == ["'s"] and _OF_RULINGS & set(
        marked.words[court.last : court.last + 4]
    ):
        cost += _OWNS_RULING
    return cost


def _is_acted_on(marked: Marked, court: Court) -> bool:
    at = court.first - 1
    while at >= 0 and marked.words[at] in _SKIPPED:
        at -= 1
    return at >= 0 and marked.words[at] in _ONTO


def appellant(
    marked: Marked, states: Sequence[State], companies: Sequence[Company], place: Place
) -> str | None:
    """Who appeals: the government of the courts' country, another state or a firm; None for `importers`."""
    for first, last in ((place.clause[0], place.first), (place.sentence[0], place.first), place.sentence):
        found = _litigant(marked, states, first, last)
        if found:
            return found
        if marked.says("private_litigant", first, last):
            return acting_company(marked, companies, place, reach="clause")
    company = acting_company(marked, companies, place, reach="clause")
    return company or _litigant(marked, states, 0, len(marked.tags))


def _litigant(marked: Marked, states: Sequence[State], first: int, last: int) -> str | None:
    """The government named last before the event: `the administration`, `the Indian government`."""
    governments = [(at, "US") for at, _ in marked.spans("us_litigant", first, last)]
    own = [(s.first, s.last, s.name) for s in states if first <= s.first < last and s.standing == "plain"]
    named = [(at, name) for at, name in governments if not any(end in (at, at - 1) for _, end, _ in own)]
    return max([*named, *((at, name) for at, _, name in own)], default=(0, None))[1]


def goods_of_case(mentions: Sequence[Mention], place: Place, parents: Mapping[str, str]) -> tuple[str, ...]:
    """The goods a case turns on: those of the event's sentence, else the only ones of the text."""
    names = tuple(dict.fromkeys(m.name for m in mentions if m.kind == "commodity"))
    own = tuple(
        dict.fromkeys(
            m.name
            for m in mentions
            if m.kind == "commodity" and place.sentence[0] <= m.first < place.sentence[1]
        )
    )
    chosen = own or (names if len(names) == 1 else ())
    return tuple(name for name in chosen if not any(parents.get(other) == name for other in chosen))
