"""Whose figure it is: the commodity, the origin and the destination of a claim, from the names around it.

Roles follow English usage: `China's exports to the US`, `US-bound`, `Japan received`, `imports from
Myanmar`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from alerter.core.reading import Basis
from alerter.reading.claim_figures import Figure
from alerter.reading.claim_grammar import figure_start
from alerter.reading.marks import Marked, Mention

_TOWARDS = frozenset({"to", "for", "into", "towards", "toward"})
_AWAY = frozenset({"from", "by", "left", "leaving", "out"})
_ARTICLES = frozenset({"the", "a", "an", "all", "every", "its"})


@dataclass(frozen=True, slots=True)
class Topic:
    """What the text speaks of so far; figures that name less inherit from it."""

    metric: str | None = None
    commodities: tuple[str, ...] = ()
    origin: str | None = None
    destination: str | None = None
    period: str | None = None
    basis: Basis | None = None
    unit: str | None = None


@dataclass(frozen=True, slots=True)
class Route:
    """From where to where."""

    origin: str | None = None
    destination: str | None = None


def opening_origin(marked: Marked, countries: Sequence[Mention]) -> str | None:
    """The country that ships in this text: the one whose mentions say so most clearly."""
    best, clearest = None, 0
    for mention in countries:
        clarity = _ships_how_clearly(marked, mention)
        if clarity > clearest:
            best, clearest = mention.name, clarity
    if best:
        return best
    names = {mention.name for mention in countries}
    return names.pop() if len(names) == 1 else None


def _ships_how_clearly(marked: Marked, mention: Mention) -> int:
    words, last = marked.words, mention.last
    before = _word_before(words, mention.first)
    if before in _TOWARDS or words[last : last + 1] == ["bound"] or _receives(marked, mention):
        return -1
    if any(
        marked.has(at, name) for at in range(last, last + 5) for name in ("exports", "shipments", "sales")
    ):
        return 3
    if before in ("from", "out", "leaving", "left"):
        return 3
    if any(marked.has(at, name) for at in range(last, last + 3) for name in ("commodity", "total")):
        return 2
    return 0


def commodities_of(
    marked: Marked, mentions: Sequence[Mention], figure: Figure, *, metric: str, parents: Mapping[str, str]
) -> tuple[str, ...]:
    """The commodities a figure is of: the first named since the last figure, with those it is joined to."""
    all_of = [m for m in mentions if m.kind == "commodity"]
    window = figure.window
    own = [m for m in all_of if window.after_previous <= m.first < figure.first]
    ahead = [m for m in all_of if figure.last <= m.first < min(_reach(marked, figure), figure.last + 9)]
    behind = [m for m in all_of if window.first <= m.first < figure.first][-1:]
    chosen = (ahead or own or behind) if metric == "tariff" else (own or ahead or behind)
    return _joined(chosen, marked.words, parents) if chosen else ()


def is_of_another_thing(marked: Marked, mentions: Sequence[Mention], figure: Figure) -> bool:
    """Is the figure's own noun no known commodity: `exports of greys`, `paper sales`?"""
    named = [m.first for m in mentions if m.kind == "commodity"]
    before = range(figure.first - 1, figure.window.after_previous - 1, -1)
    for at in (*before, *range(figure.last, _reach(marked, figure))):
        if not marked.any_of(at, _MEASURES):
            continue
        if marked.has(at - 1, "wares"):
            return True
        end = max(end for name, end in marked.tags[at].items() if name in _MEASURES)
        if marked.words[end : end + 1] == ["of"]:
            return _is_unknown(marked, named, end + 1, figure)
        return False
    return False


def _is_unknown(marked: Marked, named: Sequence[int], first: int, figure: Figure) -> bool:
    """Is the noun from `first` on neither a commodity nor a word for what was named before?"""
    parts = [part for part in (figure.anchor, figure.level) if part]
    ends = {figure.window.before_next, *(figure_start(marked, part) for part in parts)}
    others = 0
    for at in range(first, figure.window.before_next):
        if at in ends or _ends_noun(marked, at):
            break
        if at in named or marked.has(at, "same_thing") or marked.words[at][0].isdigit():
            return False
        others += not (marked.has(at, "country") or marked.words[at] in _DETERMINERS)
    return others > 0


_MEASURES = frozenset({"exports", "imports", "shipments", "production", "price", "inventory", "sales"})
_DETERMINERS = frozenset({*_ARTICLES, "'s", "their", "some", "any", "record", "made", "more", "-"})
_NOUN_ENDS = frozenset(
    {"to", "from", "in", "at", "by", "for", "on", "which", "that", "were", "was", "are", "is"}
)


def _ends_noun(marked: Marked, at: int) -> bool:
    return marked.words[at] in _NOUN_ENDS or marked.words[at] in _PAUSES or marked.any_of(at, _MOVES)


_MOVES = frozenset({"up", "down", "halve", "double", "triple", "quadruple"})


def _joined(own: Sequence[Mention], words: Sequence[str], parents: Mapping[str, str]) -> tuple[str, ...]:
    names = [own[0].name]
    previous = own[0]
    for mention in own[1:]:
        between = words[previous.last : mention.first]
        if len(between) > 3 or any(word not in _JOINTS for word in between):
            break
        if mention.name not in names:
            names.append(mention.name)
        previous = mention
    return tuple(name for name in names if not any(parents.get(other) == name for other in names))


_JOINTS = frozenset({"and", ",", "&", "or", "as", "well", "medium", "heavy", "related", "the", "other"})


def route_of(
    marked: Marked, mentions: Sequence[Mention], figure: Figure, *, metric: str, topic: Topic
) -> Route:
    """Origin and destination of a figure of a metric other than tariffs."""
    until = _reach(marked, figure)
    own = [m for m in mentions if m.kind == "country" and figure.window.after_previous <= m.first < until]
    route = Route()
    for mention in own:
        role = _role(
            marked, mention, metric, topic.origin or route.origin, is_behind=mention.first >= figure.last
        )
        if role == "origin" and route.origin is None:
            route = replace(route, origin=mention.name)
        elif role == "destination" and route.destination is None and mention.name != route.origin:
            route = replace(route, destination=mention.name)
    return _with_topic(route, metric, topic, is_named=bool(own))


def _reach(marked: Marked, figure: Figure) -> int:
    """How far after the figure names still belong to it: to the next figure, or the clause's end."""
    for at in range(figure.last, figure.window.before_next):
        if marked.words[at] in (",", ";", "and", "while", "but", "whereas", "although"):
            return at
    return figure.window.before_next


def _with_topic(route: Route, metric: str, topic: Topic, *, is_named: bool) -> Route:
    if metric in ("price", "inventory"):
        return Route()
    if metric in ("production", "quota", "sales", "shipments"):
        inherited = topic.origin if metric in ("production", "quota") and not is_named else None
        return Route(origin=route.origin or route.destination or inherited)
    if metric == "imports":
        home = route.destination or topic.destination or topic.origin
        return Route(route.origin, home if home != route.origin else None)
    origin = route.origin or (topic.origin if topic.origin != route.destination else None)
    destination = route.destination or (None if is_named else topic.destination)
    return Route(origin, destination if destination != origin else None)


def _role(marked: Marked, mention: Mention, metric: str, known: str | None, *, is_behind: bool) -> str:
    words = marked.words
    before = _word_before(words, mention.first)
    if words[mention.last : mention.last + 1] == ["bound"] or before in _TOWARDS:
        return "destination"
    if before in _AWAY:
        return "origin"
    if is_behind:
        return ""
    if metric == "imports" or _receives(marked, mention):
        return "destination"
    if metric == "exports" and known and known != mention.name and not _ships_itself(marked, mention):
        return "destination"
    return "origin"


def _receives(marked: Marked, mention: Mention) -> bool:
    near = _near(marked, mention, 4)
    return any(marked.has(at, "receive") for at in near) and not any(marked.has(at, "exports") for at in near)


def _ships_itself(marked: Marked, mention: Mention) -> bool:
    return any(marked.any_of(at, _SHIPS) for at in _near(marked, mention, 6))


_SHIPS = frozenset({"exports", "shipments", "total"})
_PAUSES = frozenset({"\n", ".", ";"})


def _near(marked: Marked, mention: Mention, reach: int) -> range:
    """The tokens after a mention, as far as its sentence goes."""
    until = mention.last
    while until < min(mention.last + reach, len(marked.words)) and marked.words[until] not in _PAUSES:
        until += 1
    return range(mention.last, until)


def _word_before(words: Sequence[str], index: int) -> str:
    at = index - 1
    while at >= 0 and words[at] in _ARTICLES:
        at -= 1
    if at >= 1 and words[at] == "of" and words[at - 1] == "out":
        return "out"
    return words[at] if at >= 0 else ""


def levy_route(marked: Marked, mentions: Sequence[Mention], figure: Figure, *, topic: Topic) -> Route:
    """Who pays and who levies a tariff: origin = whose goods pay, destination = who levies."""
    own = [m for m in mentions if m.kind == "country"]
    paying = [m for m in own if _pays(marked, m)]
    nearest = [m for m in paying if m.first >= figure.last] or paying[::-1]
    payer = nearest[0].name if nearest else None
    acting = [m.name for m in own if m not in paying and m.name != payer and m.first < figure.last]
    levier = acting[-1] if acting else None
    if payer != "US" and "us_levier" in marked.present and levier is None:
        levier = "US"
    if not own and topic.destination and topic.metric == "exports":
        return Route(topic.origin, topic.destination)
    return Route(payer, levier)


def _pays(marked: Marked, mention: Mention) -> bool:
    if _word_before(marked.words, mention.first) in ("on", "from", "against", "for"):
        return True
    goods = any(marked.has(at, "goods") for at in range(mention.last, mention.last + 4))
    return mention.form == "demonym" and goods
