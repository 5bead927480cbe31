"""Metrics: what measure a figure is of, from the words for one around it, else from the verbs and the unit.

`exports`, `output`, `stocks` name a measure; `took in`, `dug`, `held` tell one; `may ship 5,000 tonnes`
under a ceiling grants a quota; a commodity that simply gains is dearer.
"""

from collections.abc import Iterator

from alerter.reading.claims.figures import Figure
from alerter.reading.claims.grammar import MOVES, metric_of
from alerter.reading.claims.rates import PAYING
from alerter.reading.claims.subjects import Topic
from alerter.reading.country_parts import MAKERS
from alerter.reading.marks import Marked

_BY_VERB = {
    "departures": "exports",
    "yielding": "production",
    "holding": "inventory",
    "selling": "sales",
    "passing": "shipments",
}
_VERBS = frozenset({"arrivals", "buying", *_BY_VERB})
_REACH = 14
"""How many words back a verb may stand that tells the measure."""
_NEAR = 8
_LARGE = 1e6
"""A bare sum of so much money is no price."""
_MASSES = frozenset({"t", "kg", "lb", "units", "m3", "bbl", "oz"})
_MASSES_OF_OIL = frozenset({"bpd_delta", "bbl_delta"})
_OPENING = 60
_TITLED = ("exports", "imports", "production", "inventory", "quota", "sales", "shipments")


def opening_metric(marked: Marked) -> str | None:
    """The measure that the title names first, else the text's opening."""
    title_end = marked.tokens.title_end
    for tags in marked.tags[:title_end]:
        name = next((name for name in _TITLED if name in tags), None)
        if name or "arriving" in tags:
            return name or "imports"
    for tags in marked.tags[title_end : title_end + _OPENING]:
        name = next((name for name in ("exports", "imports", "production") if name in tags), None)
        if name:
            return name
    return None


def metric_for(marked: Marked, figure: Figure, topic: Topic) -> str | None:
    """The measure of a figure, None where it is of nothing that claims are of."""
    level = figure.level
    if figure.anchor.kind == "pct" and figure.change is None:
        return (
            "inventory" if marked.words[figure.anchor.last : figure.anchor.last + 1] == ["full"] else "tariff"
        )
    unit = level.unit if level and level.unit else ""
    if unit == "ships_per_day":
        return "shipments"
    if unit == "days":
        return "inventory"
    if _is_granted(marked, figure):
        return "quota"
    said = _between(marked, figure) or metric_of(marked, figure.anchor, figure.window, start=figure.first)
    if "_per_" in unit and not unit.endswith("_per_day"):
        return "tariff" if said == "tariff" or _is_charged(marked, figure) else "price"
    if unit in _MASSES_OF_OIL and said in (None, "inventory") and level and level.value < 0:
        return "production"
    metric = _named_or_told(marked, figure, said, topic)
    return None if metric == "price" and not _may_be_price(figure) else metric


def _is_charged(marked: Marked, figure: Figure) -> bool:
    """`will be charged an extra 40 euros per tonne` in a text about tariffs."""
    words = marked.words[figure.window.after_previous : figure.first]
    return "tariff" in marked.present and not PAYING.isdisjoint(words)


def _named_or_told(marked: Marked, figure: Figure, said: str | None, topic: Topic) -> str | None:
    if said == "nonmetric":
        return None
    if said == "price" and not _may_be_price(figure):
        said = _other_than_price(marked, figure)
    if said is None and topic.route and topic.said == "quota" and figure.change is None:
        return "quota"  # `then 96,600 tons in both 2026 and 2027`
    if said is None:
        return _told(marked, figure, topic)
    return _settled(marked, said, figure, topic)


def _between(marked: Marked, figure: Figure) -> str | None:
    """The measure named between a level and its change: `goods worth 12 bn euros were exported, 7 % less`."""
    level = figure.level
    if level is None or level.last > figure.anchor.first:
        return None
    for at in range(level.last, figure.anchor.first):
        name = next((name for name in ("exports", "imports") if marked.has(at, name)), None)
        if name:
            return name
    return None


def _may_be_price(figure: Figure) -> bool:
    level = figure.level
    return level is None or level.unit == "pct" or (level.unit not in _MASSES and abs(level.value) < _LARGE)


def _other_than_price(marked: Marked, figure: Figure) -> str | None:
    """Of what a large sum is that a verb of prices stands before: `exports fetched Rs 5 crore`."""
    for at in range(figure.first - 1, figure.window.first - 1, -1):
        name = next((name for name in ("exports", "imports", "sales") if marked.has(at, name)), None)
        if name:
            return name
    return None


# --- named measures ---------------------------------------------------------------------------------


def _settled(marked: Marked, said: str, figure: Figure, topic: Topic) -> str | None:
    """The contract's name for a measure: cargoes that leave a country are exports."""
    if said == "freight":
        return "shipments"
    unit = figure.level.unit if figure.level else None
    if said == "sales" and _goes_abroad(marked, figure, topic):
        return "exports"
    if said == "shipments":
        return _shipped(marked, figure, topic)
    if said == "imports" and topic.metric == "exports" and topic.destination and _is_bought(marked, figure):
        return "exports"
    if said == "tariff" and figure.level and unit != "pct" and figure.change is None:
        return topic.metric
    return said


def _is_bought(marked: Marked, figure: Figure) -> bool:
    return marked.says("receive", figure.window.after_previous, figure.last)


def _goes_abroad(marked: Marked, figure: Figure, topic: Topic) -> bool:
    """`sales to America`, `overseas sales`, `sales` of tonnes in a text about exports."""
    window = figure.window
    if marked.says("abroad", window.first, window.last):
        return True
    if topic.metric == "exports" and figure.level is not None and figure.level.unit == "t":
        return True
    return any(
        marked.words[end : end + 1] == ["to"] and marked.any_of(_past_articles(marked, end + 1), _COUNTRY)
        for _, end in marked.spans("sales", window.first, figure.first)
    )


_COUNTRY = frozenset({"country"})
_ARTICLES = frozenset({"the", "mainland"})


def _past_articles(marked: Marked, at: int) -> int:
    while at < len(marked.words) and marked.words[at] in _ARTICLES:
        at += 1
    return at


def _shipped(marked: Marked, figure: Figure, topic: Topic) -> str:
    """What a country ships is exported, what mills and mines ship is shipped."""
    if topic.metric == "exports":
        return "exports"
    if topic.metric == "imports" and topic.buyer:
        return "imports"
    words = marked.words[figure.window.first : figure.window.last]
    is_of_makers = not MAKERS.isdisjoint(words) and not _is_sent_to_country(marked, figure)
    abroad = marked.says("abroad", figure.window.first, figure.window.last) or "exports" in marked.present
    return "exports" if topic.origin and (abroad or not is_of_makers) else "shipments"


def _is_sent_to_country(marked: Marked, figure: Figure) -> bool:
    window = figure.window
    return any(
        marked.words[at] == "to" and marked.says("country", at + 1, min(at + 5, window.last))
        for at in range(window.first, window.last)
    )


# --- granted quotas ---------------------------------------------------------------------------------


def _is_granted(marked: Marked, figure: Figure) -> bool:
    """Is the level what may be shipped or mined: `may ship 5,000 t`, `limited to 10.6 million tons`?"""
    level = figure.level
    if level is None or level.unit not in _MASSES:
        return False
    first = max(figure.window.after_previous, level.first - _REACH)
    if marked.words[level.first - 1 : level.first] in (["to"], ["at"]) and marked.says(
        "limiting", first, level.first
    ):
        return not marked.says("inventory", first, level.first)
    near = max(figure.window.after_previous, level.first - _NEAR)
    if marked.says("permitting", near, level.last + 4):
        return True
    if "quota" not in marked.present:
        return False
    ahead = range(near, min(level.last + 4, len(marked.words)))
    return any(marked.words[at] in ("may", "can") and not marked.tokens.is_capital(at) for at in ahead)


# --- measures told by verbs -------------------------------------------------------------------------


def _told(marked: Marked, figure: Figure, topic: Topic) -> str | None:
    """The measure of a figure that names none."""
    window = figure.window
    if marked.says("destined", window.after_previous, figure.last):
        return "exports"
    verb = _verb_of(marked, figure)
    if verb == "arrivals":
        return _received(marked, figure, topic)
    if verb == "buying":
        return "exports" if topic.metric == "exports" else "imports"
    if verb and not (topic.metric and (figure.level is None or verb == "holding")):
        return _BY_VERB[verb]
    if topic.metric == "price" and ";" in marked.words[window.after_previous : figure.first]:
        return None  # another subject's own figure: a share price beside a metal's
    if _is_firms_own(marked, figure):
        return None
    if topic.metric:
        return topic.metric
    if marked.says("volumes", window.first, window.last):
        return "production"
    return "price" if _gains(marked, figure) else None


def _received(marked: Marked, figure: Figure, topic: Topic) -> str:
    """What is received of who ships: `Japan took 420 tons of Chinese magnets` tells of exports."""
    if topic.metric in ("exports", "imports"):
        return topic.metric
    window = figure.window
    if "commodity" not in marked.present and figure.level and figure.level.unit not in _MASSES:
        return "sales"  # `took $63 million at the box office`
    if marked.says("arriving", window.first, window.last):
        return "imports"
    return "exports" if topic.origin and "from" not in marked.words[window.first : window.last] else "imports"


def _verb_of(marked: Marked, figure: Figure) -> str | None:
    """The nearest verb before the figure, or right behind it, that tells a measure."""
    for at in _places(figure):
        for name in marked.tags[at]:
            if name in _VERBS:
                return name
    return None


def _places(figure: Figure) -> Iterator[int]:
    window = figure.window
    yield from range(figure.first - 1, max(window.first, figure.first - _REACH) - 1, -1)
    yield from range(figure.first, min(window.before_next, figure.last + _NEAR))


def _is_firms_own(marked: Marked, figure: Figure) -> bool:
    """`Acme lost 8 %`: a share price."""
    if figure.level is not None or figure.change is None:
        return False
    return any(
        marked.has(at, "company_name") or (marked.has(at, "firm_suffix") and not marked.has(at, "commodity"))
        for at in range(max(figure.window.after_previous, figure.anchor.first - 4), figure.anchor.first)
        if marked.tokens.is_capital(at)
    )


def _gains(marked: Marked, figure: Figure) -> bool:
    """Does a commodity itself gain or lose: `Brent added 5 %`, `palladium leapt`?"""
    if figure.change is None or figure.level is not None:
        return False
    window = figure.window
    if marked.says("analyst", window.first, window.last):
        return True
    return any(
        marked.has(at, "commodity") and any(marked.any_of(next_, MOVES) for next_ in range(at + 1, at + 5))
        for at in range(window.after_previous, figure.anchor.first)
    )
