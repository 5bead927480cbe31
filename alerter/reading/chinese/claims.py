"""Claims in Chinese: what a text's figures are of, from where to where, when, against what and how surely.

`前三季度中国累计进口大豆8618万吨，同比增长5.3%；9月当月进口1287万吨`: two claims of imports of grain to
China, the first of January to September with its change on the year, the second of September.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from alerter.core.reading import Basis, Claim, Modality
from alerter.reading.chinese.dates import Period, periods
from alerter.reading.chinese.figures import Figure, figures
from alerter.reading.chinese.routes import Role, roles, specific
from alerter.reading.chinese.text import ChineseText, Name, Sentence
from alerter.reading.chinese.words import ChineseWords
from alerter.reading.periods.dates import month_text, previous_month

MOST_CLAIMS = 200
"""A text that states more is a table or hostile; what follows is left unread."""
HOME = "CN"
"""Whose trade a Chinese text speaks of where it names no country."""
_LEVELLED = frozenset({"price", "inventory"})
_NEAR = 40
"""Per cent within which a headline's level is that of its text: `超900亿美元`."""


@dataclass(frozen=True, slots=True)
class Topic:
    """What earlier figures were of, for later ones that do not say."""

    measure: str | None = None
    commodities: tuple[str, ...] = ()
    origin: str | None = None
    destination: str | None = None
    period: str | None = None
    basis: Basis = "unknown"


@dataclass(frozen=True, slots=True)
class Scene:
    """One sentence with all that its figures are read by."""

    text: ChineseText
    words: ChineseWords
    sentence: Sentence
    named: Sequence[Period]
    parents: Mapping[str, str]
    published: date
    home: str | None


def read_chinese_claims(
    text: ChineseText, words: ChineseWords, *, published: date, parents: Mapping[str, str], official: bool
) -> tuple[Claim, ...]:
    """All claims of a text, in order, each once."""
    topic = _opening(text, words, parents)
    home = _home(text, words, official=official)
    titled: list[Claim] = []
    told: list[Claim] = []
    for sentence in text.sentences:
        named = periods(text.body, sentence.start, sentence.end, published)
        scene = Scene(text, words, sentence, named, parents, published, home)
        stated = [period for period in named if not (period.is_aside or period.is_now)]
        if stated:
            topic = replace(topic, period=stated[0].text, destination=None)
        for figure in figures(text, words, sentence):
            made, topic = _claims_of(scene, figure, topic)
            (titled if sentence.start < text.title_end else told).extend(made)
        if len(told) > MOST_CLAIMS:
            break
    return _distinct(titled, told)[:MOST_CLAIMS]


def _opening(text: ChineseText, words: ChineseWords, parents: Mapping[str, str]) -> Topic:
    """What the headline is about, else the first sentence that names a commodity."""
    names = text.names_in(0, len(text.body), "commodity")
    titled = [name for name in names if name.start < text.title_end] or names[:1]
    measure = words.measures.first(text.body, 0, text.title_end)
    named = measure[0] if measure and measure[0] != "nonmetric" else None
    return Topic(measure=named, commodities=specific(text, titled, parents))


def _home(text: ChineseText, words: ChineseWords, *, official: bool) -> str | None:
    """China where the text names it, speaks of it, or names no country at all; else nobody."""
    countries = text.names_in(0, len(text.body), "country")
    if official or not countries or any(name.name == HOME for name in countries):
        return HOME
    return HOME if words.home.search(text.body) else None


def _claims_of(scene: Scene, figure: Figure, topic: Topic) -> tuple[list[Claim], Topic]:
    measure = _measure(scene, figure, topic)
    if measure is None:
        return [], topic
    commodities = _commodities(scene, figure, topic)
    listed = len(commodities) == figure.size > 1 and measure != "tariff"
    own = (commodities[figure.place],) if listed else commodities
    origin, destination = _route(scene, figure, topic, measure)
    claim = _claim(scene, figure, topic, measure)
    made = [
        claim.model_copy(update={"commodity": name, "origin": origin, "destination": destination})
        for name in own or (None,)
    ]
    after = Topic(
        measure=measure if measure != "tariff" else topic.measure,
        commodities=commodities or topic.commodities,
        origin=origin or topic.origin,
        destination=destination if measure == "exports" else None,
        period=claim.period if measure not in _LEVELLED else topic.period,
        basis=claim.basis if claim.change_pct is not None else topic.basis,
    )
    return made, after


def _claim(scene: Scene, figure: Figure, topic: Topic, measure: str) -> Claim:
    period = None if measure == "tariff" else _period(scene, figure, topic, measure)
    return Claim(
        metric=measure,
        change_pct=None if figure.change is None else round(figure.change, 4),
        value=round(figure.level.value, 6) if figure.level else None,
        unit=figure.level.unit if figure.level else None,
        bound=figure.anchor.bound,
        basis=_basis(scene, figure, topic, measure, period),
        period=period,
        modality=_modality(scene, figure),
        span=(figure.first, figure.last),
    )


def _measure(scene: Scene, figure: Figure, topic: Topic) -> str | None:
    """The measure named last before the figure, or right behind it; else the one spoken of."""
    body, unit = scene.text.body, figure.level.unit if figure.level else None
    if unit and "_per_" in unit and unit != "bbl_per_day":
        return "price"
    said = scene.words.measures.last(body, figure.start, figure.first)
    behind = scene.words.measures.first(body, figure.last, min(figure.last + 8, scene.sentence.end))
    if behind and body[figure.last : behind[1]] in ("", "的", "的加征", "临时", "的临时"):
        said = behind
    name = said[0] if said else _unsaid(scene, figure, topic)
    if name == "nonmetric":
        return None
    is_rate = figure.change is None and unit == "pct"
    if is_rate:
        return "tariff" if name == "tariff" or _levies(scene, figure) else None
    if name == "tariff" and unit not in (None, "pct"):
        return topic.measure
    return name


def _levies(scene: Scene, figure: Figure) -> bool:
    last = scene.words.measures.last(scene.text.body, scene.sentence.start, figure.first)
    return last is not None and last[0] == "tariff"


def _unsaid(scene: Scene, figure: Figure, topic: Topic) -> str | None:
    last = scene.words.measures.last(scene.text.body, scene.sentence.start, figure.first)
    if last and last[0] == "nonmetric":
        return "nonmetric"
    return topic.measure


def _commodities(scene: Scene, figure: Figure, topic: Topic) -> tuple[str, ...]:
    """Those named since the figure before, else right behind it, else those spoken of."""
    text = scene.text
    before = _clustered(text, text.names_in(figure.start, figure.first, "commodity"), figure.size)
    behind = text.names_in(figure.last, min(figure.last + 12, scene.sentence.end), "commodity")
    clause = scene.sentence.clause_at(figure.last - 1)
    behind = [name for name in behind if name.start < clause[1]]
    own = before or behind
    if own:
        return specific(text, own, scene.parents) if figure.size == 1 else _unique(own)
    return topic.commodities


def _unique(names: Iterable[Name]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name.name for name in names))


def _clustered(text: ChineseText, names: list[Name], size: int) -> list[Name]:
    """The names of the last list: those before it belong to other things."""
    kept: list[Name] = []
    for name in reversed(names):
        gap = text.body[name.end : kept[0].start] if kept else ""
        if (
            kept
            and size == 1
            and not ((len(gap) <= 8 and any(mark in gap for mark in "、和与及")) or len(gap) <= 4)
        ):
            break
        kept.insert(0, name)
    return kept


def _route(scene: Scene, figure: Figure, topic: Topic, measure: str) -> tuple[str | None, str | None]:
    if measure == "tariff":
        return _levy(scene, figure)
    near = roles(scene.text, figure.start, figure.first) or _first_clauses(scene, figure)
    acting = next((role.code for role in near if role.part == "acts"), None)
    sent_from = next((role.code for role in near if role.part == "from"), None)
    sent_to = next((role.code for role in near if role.part == "to"), None)
    same = topic.measure == measure
    known = topic.origin if same else None
    if measure == "exports":
        return acting or sent_from or known or scene.home, sent_to or (topic.destination if same else None)
    if measure == "imports":
        return sent_from, acting or scene.home
    if measure == "production":
        return acting or next((role.code for role in near), None) or known or scene.home, None
    return (acting or scene.home, None) if measure == "quota" else (None, None)


def _first_clauses(scene: Scene, figure: Figure) -> list[Role]:
    """The countries of the sentence before the figure where it has none of its own."""
    return [role for role in roles(scene.text, scene.sentence.start, figure.start) if role.part == "acts"]


def _levy(scene: Scene, figure: Figure) -> tuple[str | None, str | None]:
    """Whose goods pay, and who levies: of a list of rates each has its own country."""
    near = roles(scene.text, scene.sentence.start, figure.last)
    paying = [role.code for role in near if role.part in ("from", "to")]
    if not paying:
        titled = roles(scene.text, 0, scene.text.title_end)
        paying = [role.code for role in titled if role.part in ("from", "to")]
    own = paying[figure.place] if len(paying) == figure.size else next(iter(paying), None)
    levier = next((role.code for role in near if role.part == "acts"), None)
    if levier is None:
        titled = roles(scene.text, 0, scene.text.title_end)
        levier = next((role.code for role in titled if role.part == "acts"), None)
    return own, levier if levier != own and levier else scene.home


def _period(scene: Scene, figure: Figure, topic: Topic, measure: str) -> str | None:
    stated = [one for one in scene.named if not one.is_aside and (measure in _LEVELLED or not one.is_now)]
    before = [one for one in stated if one.start < figure.first]
    own = [one for one in before if one.start >= figure.start]
    chosen = (own or before)[-1:] or stated[:1]
    if chosen:
        return chosen[0].text
    if measure in _LEVELLED:
        return month_text(scene.published.year, scene.published.month)
    return topic.period


def _basis(scene: Scene, figure: Figure, topic: Topic, measure: str, period: str | None) -> Basis:
    if figure.change is None:
        return "unknown"
    said = _said_basis(scene, figure, period)
    inherited = topic.basis if topic.measure == measure and topic.basis in ("yoy", "ytd", "mom") else None
    basis = said or inherited or ("other" if measure in ("price", "tariff") else "unknown")
    ranged = period is not None and ".." in period
    if measure in ("exports", "imports", "production", "sales", "shipments") and ranged:
        return "ytd" if basis in ("yoy", "unknown") else basis
    return "yoy" if basis == "ytd" else basis


def _said_basis(scene: Scene, figure: Figure, period: str | None) -> Basis | None:
    body = scene.text.body
    last = scene.words.bases.last(body, figure.start, figure.anchor.start)
    month = [one for one in scene.named if one.is_aside and figure.start <= one.start < figure.anchor.start]
    if month and (last is None or month[-1].start > last[1]):
        return _against(period, month[-1].text)
    if last is None:
        last = scene.words.bases.first(body, figure.last, min(figure.last + 6, scene.sentence.end))
    names: Mapping[str, Basis] = {"yoy": "yoy", "mom": "mom", "other": "other"}
    return names.get(last[0]) if last else None


def _against(period: str | None, base: str) -> Basis:
    """`较9月` is against the month before October, and a year before September."""
    if period is None:
        return "other"
    if previous_month(period) == base:
        return "mom"
    same = len(period) == len(base) and period[4:] == base[4:]
    return "yoy" if same and int(period[:4]) == int(base[:4]) + 1 else "other"


def _modality(scene: Scene, figure: Figure) -> Modality:
    present = scene.words.modalities.present(scene.text.body, scene.sentence.start, figure.last)
    for name in ("denied", "hypothetical", "forecast"):
        if name in present:
            return name
    return "reported"


def _distinct(titled: list[Claim], told: list[Claim]) -> tuple[Claim, ...]:
    """Each claim once; a headline's figure gives way to the one that its text states more precisely."""
    kept = [claim for claim in titled if not any(_restates(other, claim) for other in told)]
    unique = {_key(claim): claim for claim in reversed(kept + told)}
    return tuple(reversed(unique.values()))


def _key(claim: Claim) -> tuple[object, ...]:
    route = (claim.commodity, claim.origin, claim.destination, claim.period)
    return (claim.metric, claim.change_pct, claim.value, claim.unit, claim.bound, *route)


def _restates(other: Claim, titled: Claim) -> bool:
    if titled.change_pct is not None and other.change_pct is not None:
        same_way = (titled.change_pct > 0) == (other.change_pct > 0)
        return same_way and abs(titled.change_pct - other.change_pct) <= (
            1 if titled.bound == "exact" else 10
        )
    if titled.value and other.value and titled.unit == other.unit:
        return abs(titled.value - other.value) * 100 <= _NEAR / 4 * abs(other.value)
    return False
