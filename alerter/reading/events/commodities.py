"""Commodities of events: on which goods a measure falls, what is short, what a mine no longer yields."""

from collections.abc import Mapping, Sequence

from alerter.reading.events.clauses import Place
from alerter.reading.events.courts import goods_of_case
from alerter.reading.marks import Marked, Mention

_NONE = frozenset({"talks_collapsed", "tariff_paused"})
_OF_WORKS = frozenset({"production_halted", "production_resumed", "strike"})
_ON_TOPIC = frozenset(
    {"on", "about", "over", "regarding", "concerning", "discuss", "discussing", "cover", "covering"}
)
_TOPIC_REACH = 9
_ASIDE = frozenset(("over despite amid after citing because return exchange response unlike besides").split())
_GOVERNING = frozenset({"of", "for", "on", "no"})
"""Behind them stands what is short: `starved of helium`, `find no yttrium`."""
_WHOLE = ("goods", "imports")
_BEFORE_LEVY = 12
_BEFORE_DEAL = 4
_BEHIND = 16


def commodities_of(
    marked: Marked, mentions: Sequence[Mention], type_: str, place: Place, parents: Mapping[str, str]
) -> tuple[str, ...]:
    """The commodities an event is about, the most specific ones; empty for those that have none."""
    if type_ in _NONE:
        return ()
    if type_.startswith("court_") or type_ == "tariff_struck_down":
        return goods_of_case(mentions, place, parents)
    all_of = [m for m in mentions if m.kind == "commodity"]
    own = [
        m
        for m in all_of
        if place.sentence[0] <= m.first < place.until and not _is_aside(marked, m, place.sentence)
    ]
    if type_ == "talks_held":
        own = [m for m in own if m.first >= place.last and _is_topic(marked, m, place.last)]
    elif type_.startswith(("tariff", "talks")):
        own = [m for m in own if _is_levied(m, place, type_)] or _of_title(marked, all_of, place, type_)
    else:
        own = [m for m in own if m.first >= place.first] or own or _first_list(marked, all_of)
    names = tuple(dict.fromkeys(m.name for m in own))
    if type_ in _OF_WORKS and ("vehicles" in names or _makes_cars(marked, place)):
        return ("vehicles",)
    if type_ == "strike" and marked.says("transport_workers", *place.sentence):
        return ()
    if type_.startswith("talks") and len(names) > 1:
        names = tuple(name for name in names if name != "other")  # `critical minerals, nickel among them`
    if type_ == "shortage":
        names = _lacking(marked, own, all_of, place) or names
    return tuple(name for name in names if not any(parents.get(other) == name for other in names))


def _is_levied(mention: Mention, place: Place, type_: str) -> bool:
    """Does it stand where the goods of a levy, or of a deal, are named?"""
    is_later = place.since > place.sentence[0]
    before = _BEFORE_DEAL if type_.startswith("talks") or is_later else _BEFORE_LEVY
    return place.first - before <= mention.first < min(place.last + _BEHIND, place.clause[1])


def _of_title(marked: Marked, all_of: Sequence[Mention], place: Place, type_: str) -> list[Mention]:
    """What the title names alone, where the sentence of a levy names no goods at all."""
    if not type_.startswith("tariff") or any(marked.says(name, *place.sentence) for name in _WHOLE):
        return []
    end = marked.tokens.title_end
    if place.first < end:
        return []
    named = [
        m
        for m in all_of
        if m.last <= end and (marked.has(m.last, "n_tariff") or not _is_aside(marked, m, (0, end)))
    ]
    return named if len({m.name for m in named}) == 1 else []


def _is_topic(marked: Marked, mention: Mention, first: int) -> bool:
    """Is it what talks are on: `on minimum prices for electric cars`, `to discuss nickel`?"""
    return not _ON_TOPIC.isdisjoint(marked.words[max(first, mention.first - _TOPIC_REACH) : mention.first])


def _makes_cars(marked: Marked, place: Place) -> bool:
    return marked.says("car_company", *place.clause) or marked.says("car_works", *place.clause)


def _first_list(marked: Marked, all_of: Sequence[Mention]) -> list[Mention]:
    """The commodity that the text names first, with those listed beside it: `titanium and uranium`."""
    listed = list(all_of[:1])
    for mention in all_of[1:]:
        if not all(word in ("and", ",", "or") for word in marked.words[listed[-1].last : mention.first]):
            break
        listed.append(mention)
    return listed


def _lacking(
    marked: Marked, own: Sequence[Mention], all_of: Sequence[Mention], place: Place
) -> tuple[str, ...]:
    """What is short: the nouns before the word (`magnet shortage`), else those after; no car, but parts."""
    behind = [m for m in own if m.first >= place.last] if marked.words[place.last - 1] in _GOVERNING else []
    named = behind or _before(marked, all_of, place.first) or own
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


def _is_aside(marked: Marked, mention: Mention, sentence: tuple[int, int]) -> bool:
    return bool(_ASIDE & set(marked.words[max(sentence[0], mention.first - 3) : mention.first]))
