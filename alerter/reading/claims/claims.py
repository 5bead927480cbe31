"""Claims: stated quantities ("exports fell 34 % in May"), of what, from where to where, and when.

Works sentence by sentence over the marks of the lexicon: finds the quantities, keeps those that state a
change or a level, joins the level to its change, and fills in from the text's topic what a figure leaves
unsaid.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from operator import attrgetter

from alerter.core.reading import Basis, Claim
from alerter.reading.claims.figures import Figure, figures
from alerter.reading.claims.grammar import basis_of
from alerter.reading.claims.levies import levy_route, opening_levy
from alerter.reading.claims.lists import assigned
from alerter.reading.claims.metrics import metric_for, opening_metric
from alerter.reading.claims.modality import modality_of
from alerter.reading.claims.routes import opening_route, route_of
from alerter.reading.claims.subjects import Route, Topic, commodities_of, is_of_another_thing
from alerter.reading.claims.times import period_of
from alerter.reading.marks import Marked, Mention
from alerter.reading.numbers.quantities import quantities
from alerter.reading.periods.calendar import Period
from alerter.reading.periods.dates import month_text
from alerter.reading.periods.relative import times
from alerter.reading.stand_ins import with_stand_ins

MOST_CLAIMS = 200
"""A text that states more is a table or hostile; what follows is left unread."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A claim with the sentence it came from."""

    claim: Claim
    in_title: bool
    is_rough: bool
    """The figure is a fraction or a word (`halved`), which a precise one may repeat."""


@dataclass(frozen=True, slots=True)
class Passage:
    """One sentence with the names and periods in it."""

    marked: Marked
    mentions: Sequence[Mention]
    every: Sequence[Mention]
    """The names of the whole text."""
    named: Sequence[Period]
    parents: Mapping[str, str]
    published: date


def read_claims(
    marked: Marked, mentions: Sequence[Mention], *, published: date, parents: Mapping[str, str]
) -> tuple[Claim, ...]:
    """All claims of a text, in order, each once."""
    numbers = [quantities(marked, first, last) for first, last in marked.tokens.sentences]
    while numbers and not numbers[-1]:
        numbers.pop()  # what follows the last figure tells nothing of any
    if not numbers:
        return ()
    mentions = with_stand_ins(marked, mentions)
    first_number = next(one.first for found in numbers for one in found)
    topic = _opening_topic(marked, mentions, first_number)
    drafts: list[Draft] = []
    own = _by_sentence(marked, mentions)
    for (first, last), inside, found in zip(marked.tokens.sentences, own, numbers, strict=False):
        named = times(marked, first, last, published)
        passage = Passage(marked, inside, mentions, named, parents, published)
        topic = _enter(passage, topic, first, last)
        since = first
        stated = figures(marked, found, first, last)
        goods = assigned(marked, inside, stated, "commodity")
        for figure in stated:
            one = goods.get(figure.first)
            made, topic = _claims_of(passage, figure, topic, since=since, only=one.name if one else None)
            since = figure.last
            in_title = last <= marked.tokens.title_end
            drafts.extend(Draft(claim, in_title, figure.anchor.is_fraction) for claim in made)
        if len(drafts) >= MOST_CLAIMS:
            break
    return _distinct(_with_dated_titles(drafts))[:MOST_CLAIMS]


def _with_dated_titles(drafts: Sequence[Draft]) -> list[Draft]:
    """The drafts, where a title's figure that says no period or base has those that the text begins with."""
    told = next((draft.claim for draft in drafts if not draft.in_title and draft.claim.period), None)
    return [_dated(draft, told) if draft.in_title and told else draft for draft in drafts]


def _dated(draft: Draft, told: Claim) -> Draft:
    claim = draft.claim
    if claim.metric != told.metric or claim.metric in ("price", "tariff") or claim.period:
        return draft
    unsaid = claim.basis == "unknown" and claim.change_pct is not None and told.change_pct is not None
    added = {"period": told.period} | ({"basis": told.basis} if unsaid else {})
    return replace(draft, claim=claim.model_copy(update=added))


def _by_sentence(marked: Marked, mentions: Sequence[Mention]) -> list[list[Mention]]:
    """The mentions of each sentence."""
    out: list[list[Mention]] = []
    at = 0
    for first, last in marked.tokens.sentences:
        inside = []
        while at < len(mentions) and mentions[at].first < last:
            if mentions[at].first >= first:
                inside.append(mentions[at])
            at += 1
        out.append(inside)
    return out


def _opening_topic(marked: Marked, mentions: Sequence[Mention], first_number: int) -> Topic:
    """What the text is about before its first figure: its first commodity, origin and measure."""
    commodity = _opening_commodity(marked, mentions, first_number)
    countries = [m for m in mentions if m.kind == "country"][:50]
    route = opening_route(marked, countries)
    return Topic(
        opening_metric(marked),
        (commodity,) if commodity else (),
        route.origin,
        buyer=route.destination,
        titled=_titled(marked, mentions),
        levy=opening_levy(marked, countries),
    )


def _titled(marked: Marked, mentions: Sequence[Mention]) -> tuple[str, ...]:
    """The one commodity that the title names; empty where it names none, or several."""
    end = marked.tokens.title_end
    named = tuple(dict.fromkeys(m.name for m in mentions if m.kind == "commodity" and m.first < end))
    return named if len(named) == 1 else ()


def _opening_commodity(marked: Marked, mentions: Sequence[Mention], first_number: int) -> str | None:
    """The commodity that the title names first, else the text before its first figure."""
    until = max(marked.tokens.title_end, first_number)
    return next((m.name for m in mentions if m.kind == "commodity" and m.first < until), None)


def _enter(passage: Passage, topic: Topic, first: int, last: int) -> Topic:
    """The topic as a new sentence begins: a destination holds on only where nothing else is named."""
    stated = next((one.text for one in passage.named if not (one.is_aside or one.is_day)), topic.period)
    goes_on = not (passage.mentions or passage.marked.says("total", first, last))
    destination = topic.destination if topic.destination and goes_on else None
    if (topic.route, topic.period, topic.destination) == (None, stated, destination):
        return topic
    return topic._replace(route=None, period=stated, destination=destination)


def _claims_of(
    passage: Passage, figure: Figure, topic: Topic, *, since: int, only: str | None
) -> tuple[list[Claim], Topic]:
    """The claims that one figure makes (one for each commodity it is of), and the topic after it.

    `only`: the commodity that a list gives to the figure.
    """
    marked, mentions = passage.marked, passage.mentions
    metric = metric_for(marked, figure, topic)
    if metric is None:
        return [], topic
    commodities = (only,) if only else _commodities(passage, figure, metric=metric, topic=topic)
    if metric == "tariff":
        route = levy_route(marked, mentions, figure, topic=topic)
    else:
        route = route_of(marked, mentions, figure, metric=metric, topic=topic, since=since)
    if metric == "shipments" and not commodities:
        route = Route()  # ships through a canal come from everywhere
    made = [
        _claim(passage, figure, metric=metric, route=route, topic=topic, commodity=name)
        for name in commodities or (None,)
    ]
    return made, _advance(topic, made[0], commodities, route)


_NAMELESS = frozenset({"sales", "production", "inventory", "quota", "price"})
"""Measures whose figure is of something: where the text names no commodity, of some other thing."""


def _commodities(passage: Passage, figure: Figure, *, metric: str, topic: Topic) -> tuple[str, ...]:
    """The figure's own commodities, else those that the text speaks of."""
    marked, mentions = passage.marked, passage.mentions
    if metric == "tariff":
        return _levied(passage, figure, topic)
    if is_of_another_thing(marked, mentions, figure):
        return ("other",)
    own = commodities_of(marked, mentions, figure, metric=metric, parents=passage.parents)
    if own or _is_of_everything(marked, mentions, figure):
        return own
    if topic.commodities or metric not in _NAMELESS:
        return topic.commodities
    later = next((m.name for m in passage.every if m.kind == "commodity"), "other")
    return (later,)


_EVERYTHING = frozenset({"goods", "imports", "everything"})


def _levied(passage: Passage, figure: Figure, topic: Topic) -> tuple[str, ...]:
    """The goods that a tariff is on: those beside its figure, else the one that the title names."""
    marked, window = passage.marked, figure.window
    if marked.says("sparing", window.first, figure.first):
        return ()
    own = commodities_of(marked, passage.mentions, figure, metric="tariff", parents=passage.parents)
    if own or not _EVERYTHING.isdisjoint(marked.words[window.first : window.last]):
        return own
    return topic.titled


def _is_of_everything(marked: Marked, mentions: Sequence[Mention], figure: Figure) -> bool:
    """`Overall exports`, `in total`: no commodity is named after it."""
    named = max((m.last for m in mentions if m.kind == "commodity" and m.first < figure.first), default=0)
    return marked.says("whole", max(figure.window.first, named), figure.first)


def _claim(
    passage: Passage, figure: Figure, *, metric: str, route: Route, topic: Topic, commodity: str | None
) -> Claim:
    marked, level = passage.marked, figure.level
    modality = modality_of(marked, figure.anchor, figure.window, metric=metric)
    period = period_of(
        marked,
        figure,
        metric=metric,
        named=passage.named,
        topic=topic,
        published=passage.published,
        modality=modality,
    )
    if (
        modality == "reported"
        and metric not in ("tariff", "quota")
        and _is_to_come(period, passage.published)
    ):
        modality = "forecast"
    return Claim(
        metric=metric,
        change_pct=None if figure.change is None else round(figure.change, 4),
        value=round(level.value, 6) if level else None,
        unit=_unit(level.unit, metric, topic) if level else None,
        bound=figure.anchor.bound,
        commodity=commodity,
        basis=_basis(marked, figure, metric=metric, period=period, named=passage.named, topic=topic),
        origin=route.origin,
        destination=route.destination,
        period=period,
        modality=modality,
        span=marked.tokens.span(figure.first, figure.last),
    )


def _is_to_come(period: str | None, published: date) -> bool:
    """Does it lie wholly after the day of publication?"""
    if period is None or "Q" in period:
        return False
    return period[:7] > month_text(published.year, published.month)[: len(period[:7])]


def _unit(unit: str | None, metric: str, topic: Topic) -> str | None:
    """A bare sum of money as a price is by the unit that was last named."""
    if metric == "price" and unit and topic.unit and topic.unit.startswith(f"{unit}_per_"):
        return topic.unit
    return unit


def _basis(
    marked: Marked, figure: Figure, *, metric: str, period: str | None, named: Sequence[Period], topic: Topic
) -> Basis:
    if figure.change is None:
        return "unknown"
    said = basis_of(marked, figure.anchor, figure.window, period=period, named=named)
    ranged = period is not None and ".." in period
    if metric not in ("price", "tariff", "quota") and said in (None, "yoy") and ranged:
        return "ytd"
    return said or _unsaid_basis(metric, period, topic)


def _unsaid_basis(metric: str, period: str | None, topic: Topic) -> Basis:
    """A price moves against what it last was, a year against the year before; others as the text began."""
    if metric in ("price", "tariff"):
        return "other"
    if period is not None and len(period) == len("2025"):
        return "yoy"
    if metric == "quota":
        return "other"
    return topic.basis if topic.basis in ("yoy", "mom") else "unknown"


def _advance(topic: Topic, claim: Claim, commodities: tuple[str, ...], route: Route) -> Topic:
    return topic._replace(
        route=route,
        said=claim.metric,
        metric=claim.metric if claim.metric != "tariff" else topic.metric,
        commodities=topic.commodities if commodities in ((), ("other",)) else commodities,
        origin=topic.origin or (route.origin if claim.metric == "exports" else None),
        destination=route.destination if claim.metric == "exports" else topic.destination,
        period=topic.period if claim.metric in ("price", "inventory") else claim.period or topic.period,
        basis=_first_basis(topic, claim),
        unit=claim.unit or topic.unit,
        buyer=topic.buyer or (route.destination if claim.metric == "imports" else None),
        source=route.origin if claim.metric == "imports" else topic.source,
    )


def _first_basis(topic: Topic, claim: Claim) -> Basis | None:
    """What the text's first change of trade is against; later ones that do not say follow it."""
    is_of_trade = claim.change_pct is not None and claim.metric not in ("price", "tariff", "quota")
    if topic.basis is not None or not is_of_trade or claim.basis == "unknown":
        return topic.basis
    return "yoy" if claim.basis == "ytd" else claim.basis


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
    if draft.is_rough and mine.metric == its.metric == "tariff" and its.value is not None:
        return True  # `halves the duty`: the text says to what
    if mine.change_pct is None or its.change_pct is None:
        return _is_rounded(mine, its)
    if mine.change_pct == its.change_pct:
        return True
    if mine.metric != its.metric and not draft.is_rough:
        return False
    same_way = (mine.change_pct > 0) == (its.change_pct > 0)
    reach = 60.0 if draft.is_rough else 1.0 if mine.change_pct == int(mine.change_pct) else 0.05
    return same_way and abs(mine.change_pct - its.change_pct) <= reach


def _is_rounded(title: Claim, text: Claim) -> bool:
    """`119 million tons` in a title for 119.02 in the text."""
    if title.value is None or text.value is None or title.unit != text.unit:
        return title.value is not None and title.value == text.value
    return abs(title.value - text.value) <= 0.01 * abs(text.value)


def _is_same(one: Claim, other: Claim) -> bool:
    return _stated(one) == _stated(other)


_stated = attrgetter("metric", "change_pct", "value", "unit", "commodity", "origin", "destination", "period")
"""What tells claims apart, whatever their wording."""
