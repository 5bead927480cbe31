"""Who acts in an event, on whom, and on which commodity: read from the names around its words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from alerter.reading.event_patterns import Acting
from alerter.reading.marks import Marked, Mention

_ONTO = frozenset({"to", "on", "against", "from", "for", "with", "into", "in", "at", "toward", "towards"})
_NO_COMMODITY = frozenset(
    {
        "court_ruling",
        "court_injunction",
        "court_stay_granted",
        "court_stay_denied",
        "court_appeal_filed",
        "court_argument",
        "court_remand",
        "court_dismissed",
        "talks_held",
        "talks_collapsed",
        "tariff_struck_down",
        "tariff_paused",
    }
)
_ASIDE = frozenset({"over", "despite", "amid", "after", "citing", "because"})
_COURTS = (("CIT", "court_cit"), ("CAFC", "court_cafc"), ("SCOTUS", "court_scotus"))


@dataclass(frozen=True, slots=True)
class Parties:
    """Who acts and on whom: country codes, a court, a company's name; None where nobody is named."""

    actor: str | None = None
    target: str | None = None


def actors_of(
    marked: Marked,
    mentions: Sequence[Mention],
    first: int,
    last: int,
    *,
    sentence: tuple[int, int],
    acting: Acting,
) -> Parties:
    """The parties of an event worded by the tokens first to last."""
    if acting == "none":
        return Parties()
    if acting == "court":
        return Parties(_court(marked, sentence))
    if acting == "company":
        return Parties(_company(marked, mentions, sentence, first))
    countries = [m for m in mentions if m.kind == "country"]
    if acting == "levier":
        return _levier(marked, countries, sentence)
    if acting == "sides":
        return _talking(countries, sentence)
    return _states(marked, countries, sentence, (first, last))


def _court(marked: Marked, sentence: tuple[int, int]) -> str:
    for first, last in (sentence, (0, len(marked.tags))):
        named = [(at, name) for name, words in _COURTS for at, _ in marked.spans(words, first, last)]
        if named:
            return min(named)[1]
    return "court"


def _states(
    marked: Marked, countries: Sequence[Mention], sentence: tuple[int, int], place: tuple[int, int]
) -> Parties:
    """The state named last before the event's words as acting; else the next one, else the text's first."""
    own = [m for m in countries if sentence[0] <= m.first < sentence[1]]
    acting = [m for m in own if not _is_object(marked, m)]
    before = [m.name for m in acting if m.first < place[0]][-1:] or [
        m.name for m in acting if m.first < place[1]
    ]
    elsewhere = [m.name for m in countries[:20] if not _is_object(marked, m)]
    chosen = before or [m.name for m in acting] or elsewhere[:1] or [m.name for m in own[:1]]
    actor = chosen[0] if chosen else None
    return Parties(actor, next((m.name for m in own if m.name != actor and _is_object(marked, m)), None))


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


def _company(
    marked: Marked, mentions: Sequence[Mention], sentence: tuple[int, int], first: int
) -> str | None:
    """The capitalised word that the sentence opens with, where it names neither country nor commodity."""
    at = sentence[0]
    if at >= len(marked.words) or not marked.tokens.is_capital(at) or at >= first:
        return None
    if marked.tags[at] or any(m.first <= at < m.last for m in mentions) or len(marked.words[at]) < 3:
        return None
    following = at + 1
    apposed = following < first and marked.words[following] == ","
    if apposed or marked.has(following, "company") or _is_verb(marked, following):
        start, end = marked.tokens.span(at, at + 1)
        return marked.tokens.original[start:end]
    return None


def _is_verb(marked: Marked, at: int) -> bool:
    words = (
        "had",
        "has",
        "have",
        "will",
        "intends",
        "said",
        "plans",
        "invoked",
        "declared",
        "suspended",
        "halted",
        "is",
        "was",
    )
    return at < len(marked.words) and marked.words[at] in words


def event_commodities(
    marked: Marked,
    mentions: Sequence[Mention],
    type_: str,
    *,
    place: tuple[int, int, int],
    sentence: tuple[int, int],
    parents: Mapping[str, str],
) -> tuple[str, ...]:
    """The commodities an event is about, the most specific ones; empty for those that have none."""
    if type_ in _NO_COMMODITY:
        return ()
    first, last, until = place
    all_of = [m for m in mentions if m.kind == "commodity"]
    own = [m for m in all_of if sentence[0] <= m.first < until and not _is_aside(marked, m, sentence)]
    if type_.startswith(("tariff", "talks")):
        reach = 16 if type_.startswith("talks") else 6
        own = [m for m in own if first - 4 <= m.first < last + reach]
    else:
        own = [m for m in own if m.first >= first] or own or all_of[:1]
    names = tuple(dict.fromkeys(m.name for m in own))
    if type_ in _OF_WORKS and "vehicles" in names:
        return ("vehicles",)
    if type_ == "shortage":
        names = _lacking(marked, own, all_of, first) or names
    return tuple(name for name in names if not any(parents.get(other) == name for other in names))


def _lacking(
    marked: Marked, own: Sequence[Mention], all_of: Sequence[Mention], first: int
) -> tuple[str, ...]:
    """What is short: the nouns before the word (`magnet shortage`), else those after; no car, but parts."""
    named = _before(marked, all_of, first) or own
    inputs = [m for m in named if m.name != "vehicles"] or [m for m in all_of if m.name != "vehicles"]
    return tuple(dict.fromkeys(m.name for m in inputs[: len(named)]))


def _before(marked: Marked, all_of: Sequence[Mention], at: int) -> list[Mention]:
    """The commodities that end right before a token, with those joined to them: `magnet and gallium`."""
    found: list[Mention] = []
    for mention in reversed(all_of):
        if mention.last <= at and all(word in ("and", ",", "or") for word in marked.words[mention.last : at]):
            if not found and mention.last != at:
                break
            found.insert(0, mention)
            at = mention.first
    return found


_OF_WORKS = frozenset({"production_halted", "production_resumed", "strike", "disaster"})


def _is_aside(marked: Marked, mention: Mention, sentence: tuple[int, int]) -> bool:
    return bool(_ASIDE & set(marked.words[max(sentence[0], mention.first - 3) : mention.first]))
