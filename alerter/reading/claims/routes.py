"""From where to where a figure of trade goes: its origin and destination, from the parts of the countries.

What ships is `China's exports to the US`, `US-bound`, `sent by Chile`; what arrives `imports from Myanmar`,
`imported by India`, `Japan received`. A figure that names fewer takes over who ships and buys in the text.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace

from alerter.reading.claims.figures import Figure
from alerter.reading.claims.subjects import Route, Topic, reach_of
from alerter.reading.country_parts import MAKERS, Part, is_left_out, part_of, word_before
from alerter.reading.marks import Marked, Mention

_WORLD = frozenset({"world", "worldwide", "global", "globally", "world's"})
_AT_HOME = frozenset({"production", "quota", "sales", "shipments"})


def opening_route(marked: Marked, countries: Sequence[Mention]) -> Route:
    """Who ships and who buys in this text: the countries whose mentions say so most clearly."""
    parts = [(mention, part_of(marked, mention)) for mention in countries]
    shipper = _clearest(marked, parts, _ships_how_clearly)
    buyer = _clearest(marked, parts, _buys_how_clearly) if not _BUYS.isdisjoint(marked.present) else None
    names = {mention.name for mention in countries}
    names -= {mention.name for mention, part in parts if len(names) > 1 and part == "goal"}
    if buyer is None and not _ARRIVES.isdisjoint(marked.present):
        buyer = _other_than_source(parts)
    if shipper is None and len(names) == 1:
        shipper = next(iter(names))
    if shipper is None:
        shipper = _titled(marked, parts)
    return Route(shipper, buyer)


def _titled(marked: Marked, parts: Sequence[tuple[Mention, Part]]) -> str | None:
    """The one country that the title names, where goods do not go there."""
    end = marked.tokens.title_end
    named = {mention.name for mention, part in parts if mention.first < end and part != "goal"}
    return named.pop() if len(named) == 1 else None


def _other_than_source(parts: Sequence[tuple[Mention, Part]]) -> str | None:
    """Where goods arrive in a text that names two countries: not whence they come."""
    names = dict.fromkeys(mention.name for mention, _ in parts)
    sources = {mention.name for mention, part in parts if part in ("source", "goods")}
    others = [name for name in names if name not in sources]
    return others[0] if sources and len(others) == 1 else None


_ARRIVES = frozenset({"arriving", "buying", "arrivals"})
_BUYS = frozenset({"imports", *_ARRIVES})
_Clarity = Callable[[Marked, Mention, Part], int]
_CLEAR = 3


def _clearest(marked: Marked, parts: Sequence[tuple[Mention, Part]], how_clearly: _Clarity) -> str | None:
    clarity: dict[str, int] = {}
    denied = set()
    for mention, part in parts:
        how = how_clearly(marked, mention, part)
        clarity[mention.name] = max(how, clarity.get(mention.name, 0))
        if how < 0:
            denied.add(mention.name)
    for name in denied:
        clarity[name] *= clarity[name] >= _CLEAR
    best = max(clarity, key=lambda name: clarity[name], default=None)
    return best if best and clarity[best] else None


def _ships_how_clearly(marked: Marked, mention: Mention, part: Part) -> int:
    if part == "place" and marked.says("production", mention.first - 6, mention.first):
        return 2
    if (
        part in ("goal", "place")
        or _is_listing(marked, mention)
        or (part != "source" and _receives(marked, mention))
    ):
        return -1
    near = _near(marked, mention, 5)
    if part == "source" or any(marked.any_of(at, _SHIPPED) for at in near):
        return 3
    return 2 if part == "goods" or any(marked.any_of(at, _SHIPS) for at in near[:3]) else 0


def _is_listing(marked: Marked, mention: Mention) -> bool:
    return marked.words[mention.last : mention.last + 1] in (["listed"], ["based"])


def _buys_how_clearly(marked: Marked, mention: Mention, part: Part) -> int:
    if part in ("source", "goods"):
        return 0
    near = _near(marked, mention, 6)
    if part in ("owner", "none") and any(marked.any_of(at, _BUYS) for at in near):
        return 3
    if word_before(marked.words, mention.first) == "by" and marked.says(
        "imports", mention.first - 4, mention.first
    ):
        return 3
    return 2 if part == "goal" and marked.says("imports", mention.first - 6, mention.first) else 0


_SHIPPED = frozenset({"exports", "shipments", "sales"})
_SHIPS = frozenset({"exports", "shipments", "total", "commodity"})


def route_of(
    marked: Marked, mentions: Sequence[Mention], figure: Figure, *, metric: str, topic: Topic, since: int
) -> Route:
    """Origin and destination of a figure of a metric other than tariffs.

    The figure before it in its sentence, if any, ends at `since`.
    """
    until = reach_of(marked, figure)
    own = [m for m in mentions if m.kind == "country" and since <= m.first < until]
    own = [mention for mention in own if not is_left_out(marked, mention)]
    if not own and topic.route and topic.said == metric and not marked.says("total", since, figure.first):
        return topic.route
    if metric in ("price", "inventory"):
        return _kept_at(marked, own, figure, metric=metric)
    if metric == "quota" and _is_of_imports(marked, own, figure):
        metric, topic = "imports", Topic()
    if metric == "exports" and len(own) > 1:  # who ships is told more surely than by `Russian metal`
        own.sort(key=lambda mention: part_of(marked, mention) == "goods")
    route = Route()
    for mention in own:
        known = topic.origin or route.origin
        role = _role(
            marked, mention, metric, known, is_behind=mention.first >= figure.last, buyer=topic.buyer
        )
        if role == "origin" and route.origin is None and mention.name != route.destination:
            route = replace(route, origin=mention.name)
        elif role == "destination" and route.destination is None and mention.name != route.origin:
            route = replace(route, destination=mention.name)
    return _with_topic(marked, figure, route, metric, topic, is_named=bool(own))


_IMPORTING = frozenset({"import", "imports", "duty", "safeguard", "purchases"})


def _is_of_imports(marked: Marked, own: Sequence[Mention], figure: Figure) -> bool:
    """`import quota`, `duty-free quota`, `quota for wheat from Ukraine`: who sets it lets goods in."""
    words = marked.words[figure.window.first : figure.window.last]
    if not _IMPORTING.isdisjoint(words):
        return True
    if marked.present.isdisjoint(("exports", "production")) and not marked.present.isdisjoint(
        ("imports", "tariff")
    ):
        return True
    return len(own) > 1 and any(part_of(marked, mention) == "source" for mention in own)


def _role(
    marked: Marked, mention: Mention, metric: str, known: str | None, *, is_behind: bool, buyer: str | None
) -> str:
    part = part_of(marked, mention)
    if part == "goal":
        return "destination"
    if part == "source":
        return "origin"
    if metric in _AT_HOME:
        return "" if part == "none" and (is_behind or metric == "shipments") else "origin"
    if metric == "imports":
        return _role_of_import(marked, mention, part, is_behind=is_behind, buyer=buyer)
    if is_behind and part != "owner":
        return ""
    if _receives(marked, mention):
        return "destination"
    if known and known != mention.name and not _ships_itself(marked, mention):
        return "destination" if part == "owner" or mention.form == "name" else ""
    if part == "none" and mention.form == "demonym" and not _ships_itself(marked, mention):
        return ""
    return "" if part == "place" else "origin"


def _role_of_import(
    marked: Marked, mention: Mention, part: Part, *, is_behind: bool, buyer: str | None
) -> str:
    if marked.says("imports", mention.last, mention.last + 2):
        return "destination"
    if part == "goods" or (part == "owner" and buyer not in (None, mention.name)):
        return "origin"
    if part == "none" and (is_behind or mention.form == "seat"):
        return ""
    return "destination"


def _with_topic(
    marked: Marked, figure: Figure, route: Route, metric: str, topic: Topic, *, is_named: bool
) -> Route:
    if metric in _AT_HOME:
        of_world = not _WORLD.isdisjoint(
            marked.words[figure.window.after_previous : reach_of(marked, figure)]
        )
        is_of_text = metric in ("production", "quota", "shipments") and not (is_named or of_world)
        inherited = topic.origin if is_of_text else None
        return Route(origin=route.origin or route.destination or inherited)
    if metric == "imports":
        home = route.destination or topic.buyer or (topic.origin if topic.origin != route.origin else None)
        source = route.origin or (None if is_named or topic.metric != "imports" else topic.source)
        return Route(source, home if home != source else None)
    origin = route.origin or (topic.origin if topic.origin != route.destination else None)
    is_total = marked.says("total", figure.window.after_previous, figure.first)
    destination = route.destination or (None if is_named or is_total else topic.destination)
    return Route(origin, destination if destination != origin else None)


def _kept_at(marked: Marked, own: Sequence[Mention], figure: Figure, *, metric: str) -> Route:
    """Where stocks lie; whose goods a price is of, and where it is paid."""
    for mention in own:
        if mention.form in ("seat", "venue"):
            continue
        part = part_of(marked, mention)
        if metric == "inventory":
            if part != "none":
                return Route(origin=mention.name)
        elif part == "source" or (part == "owner" and _has_goods(marked, mention)):
            return Route(origin=mention.name)
        elif part in ("place", "goal") and _is_of_price(marked, mention, figure):
            return Route(destination=mention.name)
        elif part == "goods" and word_before(marked.words, mention.first) == "of":
            return Route(origin=mention.name)
    return Route()


_OFFERED = frozenset({"commodity", "same_thing"})


def _has_goods(marked: Marked, mention: Mention) -> bool:
    near = _near(marked, mention, 5)
    makers = any(marked.words[at] in MAKERS for at in near)
    return (
        marked.words[mention.last : mention.last + 1] == ["'s"]
        and not makers
        and any(marked.any_of(at, _OFFERED) for at in near)
    )


def _is_of_price(marked: Marked, mention: Mention, figure: Figure) -> bool:
    """`prices in Japan`, `In India prices …`: where the price is paid, not where it was fixed."""
    return marked.says("price", mention.first - 3, mention.first) or (
        mention.first <= figure.window.first + 3 and marked.says("price", mention.last, figure.first)
    )


def _receives(marked: Marked, mention: Mention) -> bool:
    near = _near(marked, mention, 4)
    return any(marked.has(at, "receive") for at in near) and not any(marked.has(at, "exports") for at in near)


def _ships_itself(marked: Marked, mention: Mention) -> bool:
    return any(marked.any_of(at, _SENDS) for at in _near(marked, mention, 6))


_SENDS = frozenset({"exports", "shipments", "total"})
_PAUSES = frozenset({"\n", ".", ";"})


def _near(marked: Marked, mention: Mention, reach: int) -> range:
    """The tokens after a mention, as far as its sentence goes."""
    until = mention.last
    while until < min(mention.last + reach, len(marked.words)) and marked.words[until] not in _PAUSES:
        until += 1
    return range(mention.last, until)
