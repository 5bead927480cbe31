"""Claims: stated quantities ("exports fell 34 % in May"), of what, from where to where, and when.

Works sentence by sentence over the marks of the lexicon: finds the quantities, keeps those that state a
change or a level, joins the level to its change, and fills in from the text's topic what a figure leaves
unsaid.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from alerter.core.reading import Basis, Claim
from alerter.reading.claim_grammar import (
    Window,
    basis_of,
    direction,
    figure_start,
    is_compared,
    metric_of,
    modality_of,
)
from alerter.reading.claim_subjects import Route, Topic, commodities_of, levy_route, route_of
from alerter.reading.marks import Marked, Mention
from alerter.reading.numbers import Quantity, quantities
from alerter.reading.periods import Period, periods

MOST_CLAIMS = 200
"""A text that states more is a table or hostile; what follows is left unread."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A change, a level, or a change with its level; the quantity that stands first places it."""

    anchor: Quantity
    change: float | None
    level: Quantity | None
    window: Window


@dataclass(frozen=True, slots=True)
class Draft:
    """A claim with the sentence it came from."""

    claim: Claim
    in_title: bool
    is_rough: bool
    """The figure is a fraction or a word (`halved`), which a precise one may repeat."""


def read_claims(
    marked: Marked, mentions: Sequence[Mention], *, published: date, parents: Mapping[str, str]
) -> tuple[Claim, ...]:
    """All claims of a text, in order, each once."""
    topic = _opening_topic(marked, mentions)
    drafts: list[Draft] = []
    for number, (first, last) in enumerate(marked.tokens.sentences):
        found = quantities(marked, first, last)
        named = periods(marked, first, last, published) if found or number < 4 else []
        topic = _enter(topic, named, number)
        for figure in _figures(marked, found, first, last):
            made, topic = _claims_of(marked, mentions, figure, named=named, topic=topic, parents=parents)
            in_title = last <= marked.tokens.title_end
            drafts.extend(Draft(claim, in_title, figure.anchor.is_fraction) for claim in made)
        if len(drafts) >= MOST_CLAIMS:
            break
    return _distinct(drafts)[:MOST_CLAIMS]


def _opening_topic(marked: Marked, mentions: Sequence[Mention]) -> Topic:
    """What the text is about before its first figure: its first commodity, origin and measure."""
    commodity = next((m.name for m in mentions if m.kind == "commodity"), None)
    countries = [m for m in mentions if m.kind == "country"]
    metric = None
    for at, tags in enumerate(marked.tags):
        metric = next((name for name in ("exports", "imports") if name in tags), None)
        if metric or at > marked.tokens.title_end + 60:
            break
    return Topic(metric, (commodity,) if commodity else (), _opening_origin(marked, countries))


def _opening_origin(marked: Marked, countries: Sequence[Mention]) -> str | None:
    """The first country that ships: `Chinese shipments`, `from China`; else the only one there is."""
    for mention in countries:
        before = marked.words[mention.first - 1] if mention.first else ""
        if before in ("from", "of", "by") or marked.words[mention.last : mention.last + 1] == ["'s"]:
            return mention.name
        if mention.form in ("demonym", "name") and any(
            marked.has(at, name)
            for at in range(mention.last, mention.last + 5)
            for name in ("exports", "shipments")
        ):
            return mention.name
    names = {mention.name for mention in countries}
    return names.pop() if len(names) == 1 else None


def _enter(topic: Topic, named: Sequence[Period], sentence: int) -> Topic:
    stated = [period for period in named if not period.is_compared]
    period = stated[0].text if stated else topic.period
    return replace(topic, period=period, destination=None, sentence=sentence)


def _figures(marked: Marked, found: Sequence[Quantity], first: int, last: int) -> list[Figure]:
    windows = _windows(found, first, last)
    kept: list[tuple[Quantity, float | None, Window]] = []
    for quantity, window in zip(found, windows, strict=True):
        if quantity.kind == "level":
            if not is_compared(marked, quantity, window):
                kept.append((quantity, None, window))
            continue
        change = _change(marked, quantity, window, kept)
        if change is not None:
            kept.append((quantity, change, window))
        elif quantity.kind == "pct" and _is_levy(marked, quantity, window):
            kept.append((quantity, None, window))
    return _pair(marked, kept)


def _windows(found: Sequence[Quantity], first: int, last: int) -> list[Window]:
    edges = [first, *(quantity.last for quantity in found)]
    starts = [*(quantity.first for quantity in found), last]
    return [Window(first, last, edges[i], starts[i + 1]) for i in range(len(found))]


def _change(
    marked: Marked, quantity: Quantity, window: Window, kept: Sequence[tuple[Quantity, float | None, Window]]
) -> float | None:
    """The signed change in per cent, None where the figure is none."""
    if quantity.kind == "change":
        return quantity.value
    if (
        _is_levy(marked, quantity, window)
        and not quantity.is_fraction
        and not _moves_directly(marked, quantity, window)
    ):
        return None
    sign = direction(marked, quantity, window) or _elliptic(marked, quantity, window, kept)
    return sign * quantity.value if sign else None


def _moves_directly(marked: Marked, quantity: Quantity, window: Window) -> bool:
    start = figure_start(marked, quantity)
    return marked.words[start - 1 : start] == ["by"]


def _elliptic(
    marked: Marked, quantity: Quantity, window: Window, kept: Sequence[tuple[Quantity, float | None, Window]]
) -> int:
    """`… and Japan's 20.8 %`, `and aluminium 18 %`: the verb of the figure before serves here too."""
    changes = [change for _, change, _ in kept if change is not None]
    if not changes or not kept or marked.words[quantity.last : quantity.last + 1] == ["of"]:
        return 0
    between = marked.words[window.after_previous : quantity.first]
    if not between or len(between) > 6 or between[0] not in ("and", ",", ";"):
        return 0
    if any(
        word in ("to", "from", "at", "of", "with", "for", "than", "in", "on", "a", "tariff")
        for word in between
    ):
        return 0
    return 1 if changes[-1] > 0 else -1


def _is_levy(marked: Marked, quantity: Quantity, window: Window) -> bool:
    """Is the percentage a tariff's rate?"""
    if quantity.is_fraction:
        return False
    near = range(quantity.last, min(window.before_next, quantity.last + 5))
    if any(marked.has(at, "tariff") for at in near):
        return True
    metric = metric_of(marked, quantity, window)
    if metric == "tariff":
        return True
    rated = any(
        marked.has(at, "tariff_rate")
        for at in [*near, *range(max(window.first, quantity.first - 6), quantity.first)]
    )
    return rated and any("tariff" in tags for tags in marked.tags if tags)


def _pair(marked: Marked, kept: Sequence[tuple[Quantity, float | None, Window]]) -> list[Figure]:
    """Joins each level to the change before it (`fell 9 % to 406 t`), else the next (`406 t, down 9 %`)."""
    figures: list[Figure] = []
    waiting: tuple[Quantity, Window] | None = None
    for quantity, change, window in kept:
        if change is None:
            if waiting:
                figures.append(Figure(waiting[0], None, *waiting))
            waiting = None
            if quantity.kind == "level" and figures and _closes(marked, figures[-1], quantity):
                figures[-1] = replace(figures[-1], level=quantity)
            elif quantity.kind == "pct":
                figures.append(Figure(quantity, None, quantity, window))
            else:
                waiting = (quantity, window)
            continue
        if waiting and _follows(marked, waiting[0], quantity):
            wide = replace(window, after_previous=waiting[1].after_previous)
            figures.append(Figure(quantity, change, waiting[0], wide))
        else:
            if waiting:
                figures.append(Figure(waiting[0], None, *waiting))
            figures.append(Figure(quantity, change, None, window))
        waiting = None
    if waiting:
        figures.append(Figure(waiting[0], None, *waiting))
    return figures


def _closes(marked: Marked, figure: Figure, level: Quantity) -> bool:
    if figure.level is not None or figure.change is None:
        return False
    start = figure_start(marked, level)
    near = level.first - figure.anchor.last <= 14
    return near and marked.words[start - 1] in (
        "to",
        "at",
        "hit",
        "reaching",
        "totalling",
        "reach",
        "touching",
        "(",
    )


def _follows(marked: Marked, level: Quantity, change: Quantity) -> bool:
    between = marked.words[level.last : change.first]
    return len(between) <= 24 and ";" not in between and "while" not in between


def _claims_of(
    marked: Marked,
    mentions: Sequence[Mention],
    figure: Figure,
    *,
    named: Sequence[Period],
    topic: Topic,
    parents: Mapping[str, str],
) -> tuple[list[Claim], Topic]:
    """The claims that one figure makes (one for each commodity it is of), and the topic after it."""
    metric = _metric(marked, figure, topic)
    if metric is None:
        return [], topic
    anchor, window = figure.anchor, figure.window
    first_token = min(anchor.first, figure.level.first) if figure.level else anchor.first
    lead = replace(anchor, first=first_token)
    commodities = (
        commodities_of(mentions, lead, window, words=marked.words, parents=parents) or topic.commodities
    )
    if metric == "tariff":
        commodities = commodities_of(mentions, lead, window, words=marked.words, parents=parents)
        route = levy_route(marked, mentions, window, at=anchor.first)
    else:
        route = route_of(marked, mentions, window, quantity=anchor, metric=metric, topic=topic)
    period = None if metric == "tariff" else _period(figure, named, topic)
    claim = _claim(marked, figure, metric=metric, route=route, period=period, named=named, topic=topic)
    made = [claim.model_copy(update={"commodity": name}) for name in commodities] or [claim]
    return made, _advance(topic, claim, commodities, route)


def _claim(
    marked: Marked,
    figure: Figure,
    *,
    metric: str,
    route: Route,
    period: str | None,
    named: Sequence[Period],
    topic: Topic,
) -> Claim:
    anchor, level = figure.anchor, figure.level
    last = max(anchor.last, level.last) if level else anchor.last
    first = min(anchor.first, level.first) if level else anchor.first
    return Claim(
        metric=metric,
        change_pct=None if figure.change is None else round(figure.change, 4),
        value=level.value if level else None,
        unit=level.unit if level else None,
        bound=anchor.bound,
        basis=_basis(marked, figure, metric=metric, period=period, named=named, topic=topic),
        origin=route.origin,
        destination=route.destination,
        period=period,
        modality=modality_of(marked, anchor, figure.window),
        span=marked.tokens.span(first, last),
    )


def _metric(marked: Marked, figure: Figure, topic: Topic) -> str | None:
    quantity = figure.anchor
    level = figure.level
    if quantity.kind == "pct" and figure.change is None:
        return "tariff"
    if level and level.unit and "_per_" in level.unit:
        return "shipments" if level.unit == "ships_per_day" else "price"
    first = min(quantity.first, level.first) if level else quantity.first
    said = metric_of(marked, replace(quantity, first=first), figure.window)
    if said == "nonmetric":
        return None
    if said is None:
        return topic.metric or _default_metric(marked, figure)
    return _settled(marked, said, figure, topic)


def _settled(marked: Marked, said: str, figure: Figure, topic: Topic) -> str | None:
    """The contract's name for a measure: cargoes that leave a country are exports."""
    if said == "freight":
        return "shipments"
    unit = figure.level.unit if figure.level else None
    if said == "sales" and (
        marked.says("abroad", figure.window.first, figure.window.last)
        or (topic.metric == "exports" and unit == "t")
    ):
        return "exports"
    if said == "shipments":
        return "exports" if topic.origin or topic.metric == "exports" else "shipments"
    if said == "tariff" and figure.level and figure.level.unit != "pct" and figure.change is None:
        return topic.metric
    return said


def _default_metric(marked: Marked, figure: Figure) -> str | None:
    """A metal that tumbles without more words tumbles in price."""
    if figure.change is None or figure.anchor.kind == "change":
        return None
    return "price" if marked.says("analyst", figure.window.first, figure.window.last) else None


def _period(figure: Figure, named: Sequence[Period], topic: Topic) -> str | None:
    stated = [period for period in named if not period.is_compared]
    at = figure.level.first if figure.level else figure.anchor.first
    before = [p for p in stated if p.first < at]
    after = [p for p in stated if p.first >= at and p.first < figure.window.before_next]
    if after and (not before or before[-1].first < figure.window.after_previous):
        return after[0].text
    if before:
        return before[-1].text
    return after[0].text if after else (stated[0].text if stated else topic.period)


def _basis(
    marked: Marked, figure: Figure, *, metric: str, period: str | None, named: Sequence[Period], topic: Topic
) -> Basis:
    if figure.change is None:
        return "unknown"
    said = basis_of(marked, figure.anchor, figure.window, period=period, named=named)
    ranged = period is not None and ".." in period
    if said in (None, "yoy") and ranged:
        return "ytd"
    if said:
        return said
    if topic.basis in ("yoy", "mom") and topic.metric == metric and topic.period == period:
        return "yoy" if topic.basis == "yoy" else "mom"
    return "unknown"


def _advance(topic: Topic, claim: Claim, commodities: tuple[str, ...], route: Route) -> Topic:
    return replace(
        topic,
        metric=claim.metric if claim.metric != "tariff" else topic.metric,
        commodities=commodities or topic.commodities,
        origin=topic.origin or (route.origin if claim.metric == "exports" else None),
        destination=route.destination,
        period=claim.period or topic.period,
        basis=claim.basis if claim.change_pct is not None else topic.basis,
    )


def _distinct(drafts: Sequence[Draft]) -> tuple[Claim, ...]:
    """Each claim once; a headline's figure gives way to the same or a more precise one in the text."""
    kept: list[Draft] = []
    for draft in drafts:
        if draft.in_title and any(_restates(other, draft) for other in drafts if not other.in_title):
            continue
        if any(_is_same(other.claim, draft.claim) for other in kept):
            continue
        kept.append(draft)
    return tuple(draft.claim for draft in kept)


def _restates(other: Draft, draft: Draft) -> bool:
    mine, its = draft.claim, other.claim
    if mine.change_pct is None or its.change_pct is None:
        return mine.value is not None and mine.value == its.value
    same_way = (mine.change_pct > 0) == (its.change_pct > 0)
    reach = 60.0 if draft.is_rough else 1.0
    return same_way and abs(mine.change_pct - its.change_pct) <= reach


def _is_same(one: Claim, other: Claim) -> bool:
    ignored = {"span", "basis", "bound", "modality"}
    return one.model_dump(exclude=ignored) == other.model_dump(exclude=ignored)
