"""Whose figure it is: the commodity, the origin and the destination of a claim, from the names around it.

Roles follow English usage: `China's exports to the US`, `US-bound`, `Japan received`, `imports from
Myanmar`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from alerter.reading.claim_grammar import Window
from alerter.reading.marks import Marked, Mention
from alerter.reading.numbers import Quantity

_TOWARDS = frozenset({"to", "for", "into", "towards", "toward"})
_AWAY = frozenset({"from", "by", "left", "leaving", "of"})
_ARTICLES = frozenset({"the", "a", "an", "all", "every", "its"})


@dataclass(frozen=True, slots=True)
class Topic:
    """What the text speaks of so far; figures that name less inherit from it."""

    metric: str | None = None
    commodities: tuple[str, ...] = ()
    origin: str | None = None
    destination: str | None = None
    period: str | None = None
    basis: str | None = None
    unit: str | None = None
    sentence: int = -1


def commodities_of(
    mentions: Sequence[Mention],
    quantity: Quantity,
    window: Window,
    *,
    words: Sequence[str],
    parents: Mapping[str, str],
) -> tuple[str, ...]:
    """The commodities a figure is of: the first named since the last figure, with those it is joined to."""
    own = [m for m in mentions if m.kind == "commodity" and window.after_previous <= m.first < quantity.first]
    if not own:
        ahead = [
            m for m in mentions if m.kind == "commodity" and quantity.last <= m.first < window.before_next
        ]
        own = [m for m in ahead if m.first - quantity.last <= 8]
    if not own:
        own = [m for m in mentions if m.kind == "commodity" and window.first <= m.first < quantity.first][-1:]
    return _joined(own, words, parents) if own else ()


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


@dataclass(frozen=True, slots=True)
class Route:
    """From where to where."""

    origin: str | None = None
    destination: str | None = None


def route_of(
    marked: Marked,
    mentions: Sequence[Mention],
    window: Window,
    *,
    quantity: Quantity,
    metric: str,
    topic: Topic,
) -> Route:
    """Origin and destination of a figure of a metric."""
    own = [
        m
        for m in mentions
        if m.kind == "country" and window.after_previous <= m.first < _reach(marked, quantity, window)
    ]
    route = Route()
    for mention in own:
        role = _role(marked, mention, metric, topic, route)
        if role == "origin" and route.origin is None:
            route = replace(route, origin=mention.name)
        elif role == "destination" and route.destination is None and mention.name != route.origin:
            route = replace(route, destination=mention.name)
    return _with_topic(route, metric, topic, window, own)


def _reach(marked: Marked, quantity: Quantity, window: Window) -> int:
    """How far after the figure names still belong to it: to the next figure, or the comma before it."""
    if window.before_next >= window.last:
        return window.last
    for at in range(quantity.last, window.before_next):
        if marked.words[at] in (",", ";", "and", "while", "but"):
            return at
    return window.before_next


def _with_topic(route: Route, metric: str, topic: Topic, window: Window, own: Sequence[Mention]) -> Route:
    if metric in ("price", "inventory"):
        return Route()
    if metric in ("production", "quota", "sales", "shipments"):
        return Route(origin=route.origin or route.destination or (None if own else topic.origin))
    if metric == "imports":
        return _imports(route, topic)
    if metric == "tariff":
        return route
    origin = route.origin or (topic.origin if topic.origin != route.destination else None)
    return Route(origin, route.destination)


def _imports(route: Route, topic: Topic) -> Route:
    home = route.destination or topic.destination or topic.origin
    return Route(route.origin, home if home != route.origin else None)


def _role(marked: Marked, mention: Mention, metric: str, topic: Topic, route: Route) -> str:
    words = marked.words
    before = _word_before(words, mention.first)
    after = words[mention.last] if mention.last < len(words) else ""
    if after == "bound" or (before in _TOWARDS and metric != "production"):
        return "destination"
    if before in _AWAY or before == "out":
        return "origin"
    if metric == "imports":
        return "destination"
    if _receives(marked, mention):
        return "destination"
    known = topic.origin or route.origin
    if metric == "exports" and known and known != mention.name and not _exports_itself(marked, mention):
        return "destination"
    return "origin"


def _receives(marked: Marked, mention: Mention) -> bool:
    return marked.says("receive", mention.last, mention.last + 4) and not marked.says(
        "exports", mention.last, mention.last + 3
    )


def _exports_itself(marked: Marked, mention: Mention) -> bool:
    return marked.says("exports", mention.last, mention.last + 6) or marked.says(
        "shipments", mention.last, mention.last + 5
    )


def _word_before(words: Sequence[str], index: int) -> str:
    at = index - 1
    while at >= 0 and words[at] in _ARTICLES:
        at -= 1
    if at >= 1 and words[at] == "of" and words[at - 1] == "out":
        return "out"
    return words[at] if at >= 0 else ""


def levy_route(marked: Marked, mentions: Sequence[Mention], window: Window, *, at: int) -> Route:
    """Who pays and who levies a tariff: origin = whose goods pay, destination = who levies."""
    own = [m for m in mentions if m.kind == "country" and window.first <= m.first < window.last]
    paying: str | None = None
    levying: str | None = None
    for mention in own:
        if _pays(marked, mention) and paying is None:
            paying = mention.name
        elif levying is None and not _pays(marked, mention):
            levying = mention.name
    if levying is None and (paying != "US") and marked.says("us_levier", 0, len(marked.tags)):
        levying = "US"
    return Route(paying, levying if levying != paying else None)


def _pays(marked: Marked, mention: Mention) -> bool:
    words = marked.words
    before = _word_before(words, mention.first)
    if before in ("on", "from", "against", "for"):
        return True
    return mention.form == "demonym" and any(
        marked.has(at, "goods") for at in range(mention.last, mention.last + 4)
    )
