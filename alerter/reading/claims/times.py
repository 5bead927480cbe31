"""When a claim holds: which of the periods of its sentence is a figure's own, and what it takes over.

A period beside a figure, with no comma or conjunction between, is that figure's; one that opens the sentence
holds for all its figures. Trade figures take over what the text last named; a price or a stock that names
nothing holds in the month of publication; a tariff has a period only where it is said from when it applies.
"""

from collections.abc import Sequence
from datetime import date

from alerter.core.reading import Modality
from alerter.reading.claims.figures import Figure
from alerter.reading.claims.subjects import Topic
from alerter.reading.marks import Marked
from alerter.reading.periods.calendar import Period
from alerter.reading.periods.dates import month_text

_MARKETS = frozenset({"price", "inventory"})
_DAILY = frozenset({"price", "inventory", "shipments"})
_PARTS = frozenset({",", ";", ":", "and", "but", "while", "whereas", "although", "(", ")"})
_CLAUSES = frozenset({";", ":", "while", "whereas", "but", "although", "that", "which", "after", "before"})
_FRONT = 5
"""A period that begins so near to its sentence's beginning opens it."""


def period_of(
    marked: Marked,
    figure: Figure,
    *,
    metric: str,
    named: Sequence[Period],
    topic: Topic,
    published: date,
    modality: Modality,
) -> str | None:
    """When the figure holds, None where nothing says so."""
    if metric == "tariff":
        return (
            _applies_from(marked, figure, named, published) if modality in ("reported", "forecast") else None
        )
    if metric not in _MARKETS:
        return _of_trade(
            marked,
            figure,
            metric=metric,
            named=named,
            topic=topic,
            modality=modality,
            published=published,
        )
    stated = [one for one in named if not one.is_aside and not _is_contract(marked, one)]
    own = _own(marked, figure, stated) or _shared(
        figure, [one for one in stated if _reaches(marked, one, figure)]
    )
    if own:
        return own.text
    if modality != "reported" or _is_ruled(marked, figure):
        return None
    return (
        topic.period
        if topic.metric == metric and topic.period
        else month_text(published.year, published.month)
    )


def _of_trade(
    marked: Marked,
    figure: Figure,
    *,
    metric: str,
    named: Sequence[Period],
    topic: Topic,
    modality: Modality,
    published: date,
) -> str | None:
    roles = ("when", "start") if figure.change is None else ("when",)
    stated = [one for one in named if one.role in roles and (metric in _DAILY or not one.is_day)]
    own = _own(marked, figure, stated) or _shared(figure, stated)
    if own:
        return own.text
    if modality == "hypothetical":
        return None
    return _since_january(named, topic) or topic.period or _after_base(named, published)


def _after_base(named: Sequence[Period], published: date) -> str | None:
    """`46 % less than in August 2024`, told in September 2025: of August 2025."""
    for one in named:
        if one.role != "base" or len(one.text) != len("2025-08") or "Q" in one.text:
            continue
        year, month = int(one.text[:4]) + 1, int(one.text[5:])
        ago = (published.year - year) * 12 + published.month - month
        if 0 <= ago <= _FRESH:
            return month_text(year, month)
    return None


_FRESH = 2
"""Months after which figures of a month are no longer news."""


def _since_january(named: Sequence[Period], topic: Topic) -> str | None:
    """`the total since January`: up to the month that the text last named."""
    opening = [one.text for one in named if one.role == "since" and one.text.endswith("-01")]
    month = topic.period or ""
    if not opening or len(month) != len(opening[0]) or not opening[0] < month:
        return None
    return f"{opening[0]}..{month}" if opening[0][:5] == month[:5] and "Q" not in month else None


def _own(marked: Marked, figure: Figure, stated: Sequence[Period]) -> Period | None:
    """The period that stands in the figure's own stretch of the sentence."""
    window = figure.window
    inside = [one for one in stated if figure.first <= one.first < figure.last]
    after = [one for one in stated if figure.last <= one.first < window.before_next]
    before = [one for one in stated if window.after_previous <= one.first < figure.first]
    if window.after_previous > window.first:
        before = [one for one in before if not _is_of_previous(marked, one, figure)]
    if window.before_next < window.last:
        after = [one for one in after if not _is_of_next(marked, one, figure)]
    tight = [one for one in after if _PARTS.isdisjoint(marked.words[figure.last : one.first])]
    for found in (inside, tight, before[::-1], after):
        if found:
            return found[0]
    return None


def _is_of_previous(marked: Marked, period: Period, figure: Figure) -> bool:
    """`fell 9 % in May and 4 % …`: parted from this figure, not from the one before."""
    words = marked.words
    parted = not _PARTS.isdisjoint(words[period.last : figure.first])
    return parted and _PARTS.isdisjoint(words[figure.window.after_previous : period.first])


def _is_of_next(marked: Marked, period: Period, figure: Figure) -> bool:
    """`fell 9 % and in May 4 %`: parted from this figure, not from the next."""
    words = marked.words
    parted = not _PARTS.isdisjoint(words[figure.last : period.first])
    return parted and _PARTS.isdisjoint(words[period.last : figure.window.before_next])


def _shared(figure: Figure, stated: Sequence[Period]) -> Period | None:
    """The sentence's other periods: the last before the figure, else the first after it."""
    before = [one for one in stated if one.first < figure.first]
    after = [one for one in stated if one.first >= figure.last]
    return before[-1] if before else after[0] if after else None


def _reaches(marked: Marked, period: Period, figure: Figure) -> bool:
    """Does a period elsewhere in the sentence hold for a figure: does it open it, or share the clause?"""
    if period.first <= figure.window.first + _FRONT:
        return True
    first, last = sorted((period.first, figure.first))
    return _CLAUSES.isdisjoint(marked.words[first:last])


def _is_contract(marked: Marked, period: Period) -> bool:
    """`November wheat ended the week at …`: the month in which the goods are due."""
    before = marked.words[period.first - 1] if period.first else "\n"
    is_bare = before in ("\n", ".", "the", ",", "for")
    return is_bare and len(period.text) == 7 and marked.says("commodity", period.last, period.last + 2)


_RULED = frozenset({"must", "floor", "minimum", "reference", "observe", "guaranteed"})


def _is_ruled(marked: Marked, figure: Figure) -> bool:
    """Is a price set by rule, or told as further back, so that it is not that of the day?"""
    words = marked.words[figure.window.after_previous : figure.window.before_next]
    return not _RULED.isdisjoint(words) or "had" in words or _spans_years(words)


def _spans_years(words: Sequence[str]) -> bool:
    """`over three years`, but not `two years ago`."""
    gone = (words[at + 1 : at + 2] for at, word in enumerate(words) if word == "years")
    return any(following not in (["ago"], ["earlier"], ["before"]) for following in gone)


_FORCE = frozenset(
    {
        "effect",
        "force",
        "effective",
        "went",
        "goes",
        "kick",
        "kicked",
        "kicks",
        "applied",
        "entered",
        "enter",
        "due",
        "start",
        "starting",
        "begins",
        "take",
        "takes",
        "took",
    }
)
_FROM = frozenset({"from", "since", "starting", "effective", "of", "by", "beginning", "start", "starts"})
_BEGINS = frozenset({"start", "starts", "begin", "rise", "rises", "raise", "apply", "take", "takes", "both"})


_AT_ONCE = frozenset({"immediately", "today", "immediate"})


def _applies_from(marked: Marked, figure: Figure, named: Sequence[Period], published: date) -> str | None:
    """The month, or the year, from which the tariff is said to apply."""
    window = figure.window
    for one in named:
        if one.role in ("base", "contract") or len(one.text) not in (4, 7) or "Q" in one.text:
            continue
        if not _reaches(marked, one, figure):
            continue
        if len(one.text) == 4:
            if _is_year_to_come(marked, one, figure, published):
                return one.text
        elif (one.role != "deadline" or _is_by(marked, one)) and _is_start(marked, one, figure):
            return one.text
    words = marked.words[window.after_previous : window.before_next]
    return month_text(published.year, published.month) if not _AT_ONCE.isdisjoint(words) else None


def _is_by(marked: Marked, period: Period) -> bool:
    return marked.words[period.first - 1 : period.first] == ["by"]


def _is_year_to_come(marked: Marked, period: Period, figure: Figure, published: date) -> bool:
    """`25% in 2024`, `50 % next year` beside the rate."""
    beside = figure.window.after_previous <= period.first < figure.window.before_next
    before = marked.words[period.first - 1] if period.first else ""
    stated = before in ("in", "by", "from") or marked.words[period.first] == "next"
    return beside and stated and int(period.text) >= published.year


def _is_start(marked: Marked, period: Period, figure: Figure) -> bool:
    words = marked.words
    at = period.first - 1
    while at > figure.window.first and (words[at].isdigit() or words[at] in _SKIPPED):
        at -= 1
    before = words[at] if at >= 0 else ""
    if before in _FROM:
        return before != "of" or words[at - 1 : at] == ["as"]
    if before not in ("on", "in"):
        return False
    if at and words[at - 1] in _FROM:
        return True  # `starting on 1 July`
    near = {*words[max(figure.window.first, at - 14) : at]}
    return not (_FORCE if period.is_day else _FORCE | _BEGINS).isdisjoint(near)


_SKIPPED = frozenset({"the", "last", "early", "mid", "next", "coming", "-", "late"})
