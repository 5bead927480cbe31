"""What a figure is of: its commodity, from the names around it, and the topic that figures take over from.

From where to where it goes is read by `claims.routes` and, for tariffs, by `claims.levies`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from alerter.core.reading import Basis
from alerter.reading.claims.figures import Figure
from alerter.reading.claims.grammar import figure_start
from alerter.reading.marks import Marked, Mention

_ARTICLES = frozenset({"the", "a", "an", "all", "every", "its"})


@dataclass(frozen=True, slots=True)
class Route:
    """From where to where."""

    origin: str | None = None
    destination: str | None = None


class Topic(NamedTuple):
    """What the text speaks of so far; figures that name less inherit from it."""

    metric: str | None = None
    commodities: tuple[str, ...] = ()
    origin: str | None = None
    destination: str | None = None
    period: str | None = None
    basis: Basis | None = None
    unit: str | None = None
    buyer: str | None = None
    """Who imports in this text."""
    source: str | None = None
    """From where the last figure's imports came."""
    route: Route | None = None
    """That of the last figure of this sentence, which is of `said`."""
    said: str | None = None
    titled: tuple[str, ...] = ()
    """The commodity that the title names, where it is one."""
    levy: Route = Route()
    """Who pays and who levies tariffs in this text."""


def commodities_of(
    marked: Marked, mentions: Sequence[Mention], figure: Figure, *, metric: str, parents: Mapping[str, str]
) -> tuple[str, ...]:
    """The commodities a figure is of: the first named since the last figure, with those it is joined to."""
    all_of = [m for m in mentions if m.kind == "commodity" and not _is_aside(marked, m)]
    window = figure.window
    own = [m for m in all_of if window.after_previous <= m.first < figure.first]
    inside = [m for m in all_of if _is_beside(m, figure)]
    ahead = [m for m in all_of if figure.last <= m.first < min(reach_of(marked, figure), figure.last + 9)]
    behind = [m for m in all_of if window.first <= m.first < figure.first][-1:]
    chosen = (ahead or own or behind) if metric == "tariff" else (inside or own or ahead or behind)
    if chosen and chosen == ahead:
        chosen = [m for m in all_of if ahead[0].first <= m.first < window.before_next]
    return _joined(chosen, marked.words, parents) if chosen else ()


_WANT_WORDS = frozenset({"short", "want", "lack", "shortage", "shortages", "because", "view"})


def _is_aside(marked: Marked, mention: Mention) -> bool:
    """`Short of sulphuric acid, the miner …`: what opens the sentence as a reason, and ends with a comma."""
    before = marked.words[max(0, mention.first - 3) : mention.first]
    if _WANT_WORDS.isdisjoint(before) or before[-1:] != ["of"]:
        return False
    return "," in marked.words[mention.last : mention.last + 10]


def is_of_another_thing(marked: Marked, mentions: Sequence[Mention], figure: Figure) -> bool:
    """Is the figure's own noun no known commodity: `exports of greys`, `paper sales`?"""
    named = [m.first for m in mentions if m.kind == "commodity"]
    before = range(figure.first - 1, figure.window.after_previous - 1, -1)
    for at in (*before, *range(figure.last, reach_of(marked, figure))):
        if not marked.any_of(at, _MEASURES):
            continue
        if marked.has(at - 1, "wares") or _is_unknown_good(marked, at - 1):
            return True
        end = max(end for name, end in marked.tags[at].items() if name in _MEASURES)
        if marked.words[end : end + 1] == ["of"]:
            return _is_unknown(marked, named, end + 1, figure)
        return False
    return False


_GENERAL = frozenset(
    """total overall monthly annual yearly quarterly merchandise goods record global world foreign
    outbound net gross combined cumulative seaborne weekly daily full recent official legal illegal
    direct onward steady weak strong mine refined mineral minerals metal metals material materials
    ore ores crude raw domestic national state group group's term long spot new overseas private
    commercial physical key main main-line trade product products commodity factory industrial
    manufacturing unit volume value first second third fourth half year month week season summer
    winter early late final actual planned potential future current previous year's country's
    average initial additional""".split()
)
_SHORTEST = 4


def _is_unknown_good(marked: Marked, at: int) -> bool:
    """`Swiss timepiece exports`: a noun that nobody knows, between a country and the measure."""
    if at < 1 or not marked.words[at].isalpha() or len(marked.words[at]) < _SHORTEST:
        return False
    is_owned = marked.has(at - 1, "country") or (
        marked.words[at - 1] == "'s" and marked.has(at - 2, "country")
    )
    return (
        is_owned
        and not marked.tags[at]
        and marked.words[at] not in _GENERAL
        and not marked.tokens.is_capital(at)
    )


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


_PAUSES = frozenset({"\n", ".", ";"})
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


def _is_beside(mention: Mention, figure: Figure) -> bool:
    """`1.6 million tonnes of U.S. soybeans, 28% more`: named with the level that the figure holds."""
    level = figure.level
    return level is not None and level.first <= mention.first < min(level.last + _OF_REACH, figure.last)


_OF_REACH = 5


def _past_range(marked: Marked, figure: Figure) -> int:
    """The token after the other end of a range that begins with the figure: `19% to 28%`."""
    words, at = marked.words, figure.last
    joined = figure.anchor.bound == "at_least" and words[at : at + 1] in (["to"], ["and"], ["-"])
    return min(at + 3, figure.window.before_next) if joined and words[at + 1][:1].isdigit() else at


def reach_of(marked: Marked, figure: Figure) -> int:
    """How far after the figure names still belong to it: to the next figure, or the clause's end."""
    for at in range(_past_range(marked, figure), figure.window.before_next):
        if marked.words[at] in (",", ";", "and", "while", "but", "whereas", "although"):
            return at
    return figure.window.before_next
