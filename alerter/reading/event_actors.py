"""Who acts in an event, on whom, and on which commodity: read from the names around its words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from alerter.reading.event_patterns import Acting
from alerter.reading.marks import Marked, Mention

_ONTO = frozenset({"to", "on", "against", "from", "for", "with", "into", "at", "toward", "towards"})
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
    return _states(marked, countries, sentence, last)


def _court(marked: Marked, sentence: tuple[int, int]) -> str:
    for first, last in (sentence, (0, len(marked.tags))):
        for name, words in _COURTS:
            if marked.says(words, first, last):
                return name
    return "court"


def _states(marked: Marked, countries: Sequence[Mention], sentence: tuple[int, int], last: int) -> Parties:
    own = [m for m in countries if sentence[0] <= m.first < sentence[1]]
    actor = next((m.name for m in own if m.first < last and not _is_object(marked, m)), None)
    if actor is None:
        actor = next((m.name for m in own if not _is_object(marked, m)), None)
    if actor is None:
        actor = next((m.name for m in countries if not _is_object(marked, m)), None)
    if actor is None and own:
        actor = own[0].name
    target = next((m.name for m in own if m.name != actor and _is_object(marked, m)), None)
    return Parties(actor, target)


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
    sentence: tuple[int, int],
    parents: Mapping[str, str],
) -> tuple[str, ...]:
    """The commodities an event is about, the most specific ones; empty for those that have none."""
    if type_ in _NO_COMMODITY:
        return ()
    all_of = [m for m in mentions if m.kind == "commodity"]
    own = [m for m in all_of if sentence[0] <= m.first < sentence[1] and not _is_aside(marked, m, sentence)]
    if not own and not type_.startswith(("tariff", "talks")):
        own = all_of[:1]
    names = tuple(dict.fromkeys(m.name for m in own))
    if type_ in ("production_halted", "production_resumed", "strike", "disaster") and "vehicles" in names:
        return ("vehicles",)
    if type_ == "shortage":
        names = tuple(name for name in names if name != "vehicles") or names
    return tuple(name for name in names if not any(parents.get(other) == name for other in names))


def _is_aside(marked: Marked, mention: Mention, sentence: tuple[int, int]) -> bool:
    return bool(_ASIDE & set(marked.words[max(sentence[0], mention.first - 3) : mention.first]))
