"""Who pays and who levies a tariff: origin = the country whose goods pay, destination = who levies.

`the EU's duties on Chinese cars`, `Swiss goods entering the United States`, `a surtax in Canada`. A duty on
exports is of the country that levies it. The United States are inferred from those who act for them. A
figure that names one of the two only takes the other from the rest of the text.
"""

from collections.abc import Sequence

from alerter.reading.claims.figures import Figure
from alerter.reading.claims.rates import PAYING
from alerter.reading.claims.subjects import Route, Topic, reach_of
from alerter.reading.country_parts import TAKERS, has_goods, part_of, word_before
from alerter.reading.marks import Marked, Mention

_AGAINST = frozenset(
    {"on", "against", "hit", "hits", "charge", "charges", "tax", "taxes", "threatened", "threatens"}
)
_TAXED = frozenset({"duty", "duties", "levy", "levies", "tax", "taxes", "tariff", "tariffs"})


def opening_levy(marked: Marked, countries: Sequence[Mention]) -> Route:
    """Who pays and who levies in a text: the first of each that is said plainly."""
    if "tariff" not in marked.present:
        return Route()
    payer = next((m.name for m in countries if _pays(marked, m)), None)
    others = [m for m in countries if m.name != payer]
    levier = next((m.name for m in others if _levies(marked, m)), None)
    if levier is None:
        levier = next(
            (m.name for m in others if m.form == "seat" and m.last <= marked.tokens.title_end), None
        )
    return Route(payer, levier)


def levy_route(marked: Marked, mentions: Sequence[Mention], figure: Figure, *, topic: Topic) -> Route:
    """Who pays and who levies the tariff of a figure."""
    own = [m for m in mentions if m.kind == "country"]
    if topic.route and topic.said == "tariff" and not _names_between(own, figure):
        return topic.route
    if _is_on_exports(marked, figure):
        levier = next((m.name for m in own if m.first < figure.last), own[0].name if own else None)
        return Route(origin=levier or topic.levy.destination or topic.levy.origin)
    paying = [m for m in own if _pays(marked, m)]
    window = figure.window
    ahead = [m for m in paying if figure.last <= m.first < reach_of(marked, figure)]
    behind = [m for m in paying if window.after_previous <= m.first < figure.first]
    nearest = ahead or behind[::-1] or [m for m in paying if m.first >= figure.last] or paying[::-1]
    payer = nearest[0].name if nearest else None
    levier = _levier(marked, [m for m in own if m not in paying and m.name != payer], figure)
    if payer != "US" and "us_levier" in marked.present and levier is None:
        levier = "US"
    return _completed(Route(payer, levier), topic)


def _names_between(own: Sequence[Mention], figure: Figure) -> bool:
    """Is a country named between the figure before and the end of what this one says?"""
    return any(figure.window.after_previous <= m.first < figure.window.before_next for m in own)


def _levier(marked: Marked, others: Sequence[Mention], figure: Figure) -> str | None:
    near = [m for m in others if figure.window.after_previous < m.first < figure.first and m.form == "seat"]
    if near and not any(_names_levy(marked, m) for m in near):
        return near[-1].name
    plain = [m for m in others if _levies(marked, m)]
    acting = [m for m in others if m.first < figure.last or word_before(marked.words, m.first) == "by"]
    if plain:
        return plain[-1].name
    if any(m.name == "US" for m in acting):
        return "US"
    return acting[-1].name if acting else None


def _completed(route: Route, topic: Topic) -> Route:
    """A route with what it does not name taken from the rest of the text."""
    levy = topic.levy
    is_of_trade = topic.metric == "exports" and topic.destination and route.origin is None
    if is_of_trade and route.destination in (None, topic.destination):
        return Route(topic.origin, topic.destination)
    payer = route.origin
    if payer is None and (levy.destination is None or route.destination in (None, levy.destination)):
        payer = levy.origin if levy.origin != route.destination else None
    levier = route.destination or (levy.destination if levy.destination != payer else None)
    return Route(payer if payer != levier else None, levier)


def _pays(marked: Marked, mention: Mention) -> bool:
    before = word_before(marked.words, mention.first)
    part = part_of(marked, mention)
    if part == "source":
        return True
    if marked.words[mention.last : mention.last + 1] == ["'s"] or _names_levy(marked, mention):
        return False
    if part == "goods" or before in _AGAINST:
        return True
    if part == "owner" and _ships_and_pays(marked, mention):
        return True
    if before == "for":
        return part == "goal" and not _is_bound(marked, mention)
    if mention.form != "demonym":
        return False
    return "exporters" in marked.words[mention.last : mention.last + 2] or has_goods(marked, mention)


def _ships_and_pays(marked: Marked, mention: Mention) -> bool:
    """`EU exports to America will be taxed at 15 per cent`."""
    last = mention.last
    if not marked.says("exports", last, last + 3):
        return False
    return not PAYING.isdisjoint(marked.words[last : last + 12])


def _is_bound(marked: Marked, mention: Mention) -> bool:
    """`bound for America`, `headed for the US`: where the goods go."""
    near = marked.words[max(0, mention.first - 3) : mention.first]
    return not {"bound", "destined", "headed"}.isdisjoint(near)


def _levies(marked: Marked, mention: Mention) -> bool:
    """Is it named as who levies: `US tariffs`, `Canada's surtax`, `in Canada`, `at EU borders`?"""
    if _names_levy(marked, mention):
        return True
    part = part_of(marked, mention)
    if part in ("place", "goal"):
        return word_before(marked.words, mention.first) != "for" or _is_bound(marked, mention)
    if not TAKERS.isdisjoint(marked.words[mention.last : mention.last + 2]):
        return True
    return {"border", "borders", "ports", "customs"}.intersection(
        marked.words[mention.last : mention.last + 3]
    ) != set()


def _names_levy(marked: Marked, mention: Mention) -> bool:
    """Does it stand before its own tariff: `a U.S. tariff`, `European Union countervailing duties`?"""
    for at in range(mention.last, min(mention.last + 5, len(marked.words))):
        if marked.has(at, "tariff"):
            return True
        if marked.words[at] in _STOPS or marked.has(at, "country"):
            return False
    return False


_STOP_WORDS = "on to from , for at and of a the an would will could may must face faces pay pays deal accord"
_STOPS = frozenset({*_STOP_WORDS.split(), "\n", "."})


def _is_on_exports(marked: Marked, figure: Figure) -> bool:
    """Is the duty one on exports: `export duty`, `tax exports of soybeans`, `duties on exports`?"""
    words = marked.words
    for at in range(figure.window.first, figure.window.last):
        if words[at] in ("export", "exports"):
            near = {*words[at + 1 : at + 2], *words[max(figure.window.first, at - 3) : at]}
            if words[at + 1 : at + 2] and words[at + 1] in _TAXED:
                return True
            if words[at] == "exports" and words[at - 1] in ("tax", "taxes", "taxing", "on") and near & _TAXED:
                return True
    return False
