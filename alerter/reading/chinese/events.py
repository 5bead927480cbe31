"""Events in Chinese: the typed happenings of an article or an official notice.

Works sentence by sentence over the wordings of the vocabulary. What is denied, supposed or told as history is
marked so or left out. The names of laws and of other notices (`《…》`) word nothing.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from alerter.core.reading import Event, EventStatus, Span
from alerter.reading.chinese.dates import effective_on, ends_on, periods
from alerter.reading.chinese.instruments import clause_in, numbers_in
from alerter.reading.chinese.parties import Place, commodities_of, is_general, parties_of
from alerter.reading.chinese.routes import specific
from alerter.reading.chinese.text import ChineseText, Sentence
from alerter.reading.chinese.words import ChineseWords, EventWording
from alerter.reading.periods.dates import RECKONED_YEARS

MOST_EVENTS = 50
"""A text with more is a list or hostile; what follows is left unread."""
_TITLED = re.compile("《[^《》\n]{1,160}》")
_CERTAINTY: tuple[EventStatus, ...] = ("effective", "announced", "proposed", "rumoured", "demanded", "denied")
_LASTING = frozenset(
    {"shortage", "production_halted", "strike", "route_disruption", "disaster", "force_majeure"}
)
_AT_ONCE = _LASTING | {
    "production_resumed",
    "talks_held",
    "talks_deal",
    "talks_collapsed",
    "investigation_opened",
    "licence_granted",
    "licence_delayed_or_denied",
    "court_ruling",
    "court_injunction",
    "court_stay_granted",
    "court_stay_denied",
    "court_appeal_filed",
    "court_remand",
    "court_dismissed",
    "tariff_struck_down",
}
"""Types that have happened where nothing says otherwise."""
_OLD = timedelta(days=60)
_RELIEVES = frozenset(
    {"export_control_suspended", "export_control_eased", "sanctions_lifted", "tariff_paused"}
)
"""Types that speak of another instrument."""


@dataclass(frozen=True, slots=True)
class Found:
    """A wording found in a sentence."""

    type: str
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Told:
    """An event with where it was told."""

    event: Event
    in_title: bool
    is_general: bool


@dataclass(frozen=True, slots=True)
class Notice:
    """What an official notice says of itself."""

    number: str | None
    effective_on: str | None
    ends_on: str | None
    is_draft: bool


def read_chinese_events(
    text: ChineseText,
    words: ChineseWords,
    *,
    published: date,
    parents: Mapping[str, str],
    notice: Notice | None = None,
) -> tuple[Event, ...]:
    """All events of a text, in order, each once with its surest status; `notice` where it is official."""
    masked = _TITLED.sub(lambda found: "《" + "□" * (len(found[0]) - 2) + "》", text.body)
    told: list[Told] = []
    for sentence in text.sentences:
        placed = list(_placed(masked, words.events, sentence))
        if notice and not placed and told and masked[sentence.start - 1 : sentence.start] == "；":
            told.extend(_continued(text, sentence, told[-1], parents))
        for found, place in placed:
            status = _status(masked, words, found, place, published, notice)
            if status:
                told.extend(_told(text, found, place, status, published, parents, notice))
        if len(told) > MOST_EVENTS:
            break
    return _distinct(told, official=notice is not None)[:MOST_EVENTS]


def _placed(
    masked: str, wordings: Iterable[EventWording], sentence: Sentence
) -> Iterator[tuple[Found, Place]]:
    """The wordings of a sentence that no other silences, each with the reach of its names."""
    found: list[Found] = []
    beaten: set[str] = set()
    for wording in wordings:
        here = [
            Found(wording.type, *one.span())
            for one in wording.expression.finditer(masked, sentence.start, sentence.end)
        ]
        if here:
            found += here
            beaten |= wording.beats
    kept = sorted((one for one in found if one.type not in beaten), key=lambda one: one.first)
    for at, one in enumerate(kept):
        others = [other for other in kept if other.type != one.type]
        since = max((other.last for other in others if other.last <= one.first), default=sentence.start)
        until = min((other.first for other in others if other.first >= one.last), default=sentence.end)
        yield one, Place(sentence, one.first, one.last, since if at else sentence.start, until)


def _status(
    masked: str,
    words: ChineseWords,
    found: Found,
    place: Place,
    published: date,
    notice: Notice | None,
) -> EventStatus | None:
    """How sure the event is; None where it did not happen, or long ago."""
    said = words.statuses
    sentence = masked[place.sentence.start : place.sentence.end]
    clause = place.sentence.clause_at(found.first)
    before = masked[clause[0] : found.first]
    upto = masked[place.sentence.start : found.last]
    if said["denied"].search(sentence):
        return "denied"
    if said["hypothetical"].search(upto) or said["void"].search(before[-8:]):
        return None
    if said["vain"].match(masked[found.last : clause[1]].lstrip("时间日期的")):
        return None
    if said["negation"].search(before[-8:]):
        return "denied"
    if _is_past(masked, words, found, clause, published, official=notice is not None):
        return None
    if notice and notice.is_draft:
        return "proposed"
    if not notice and said["rumoured"].search(upto):
        return "rumoured"
    if said["proposed"].search(before if notice else upto):
        return "proposed"
    if said["demanded"].search(before) and found.type not in _AT_ONCE and not notice:
        return "demanded"
    return _certain(words, found, sentence, upto, published, notice)


def _certain(
    words: ChineseWords, found: Found, sentence: str, upto: str, published: date, notice: Notice | None
) -> EventStatus:
    """Announced for a later day, or in effect."""
    said = words.statuses
    begins = effective_on(sentence, published)
    day = begins.isoformat() if begins else (notice.effective_on if notice else None)
    done = said["effective"].search(sentence) or said["done"].search(upto[-16:])
    if done and not (begins and begins > published):
        return "effective"
    if day:
        return "announced" if day > published.isoformat() else "effective"
    near = upto[-14:] + sentence[len(upto) :][:3].split("，", maxsplit=1)[0]
    if said["announced"].search(near if found.type in _AT_ONCE else upto):
        return "announced"
    return "effective" if notice or found.type in _AT_ONCE else "announced"


def _is_past(
    masked: str,
    words: ChineseWords,
    found: Found,
    clause: tuple[int, int],
    published: date,
    *,
    official: bool,
) -> bool:
    """Does its clause tell it as history?"""
    before, behind = masked[clause[0] : found.first], masked[found.last : min(clause[1], found.last + 12)]
    if found.type in _LASTING:
        return "周年" in before + behind
    if words.statuses["past"].search(before) or re.search("以来|后$|之后|周年", behind):
        return True
    if official or published.year not in RECKONED_YEARS:
        return False
    dated = [one for one in periods(masked, clause[0], found.last, published) if not one.is_aside]
    return bool(dated) and len(dated[-1].text) == 7 and _month_end(dated[-1].text) < published - _OLD


def _month_end(month: str) -> date:
    year, number = int(month[:4]), int(month[5:])
    return date(year + number // 12, number % 12 + 1, 1)


def _told(
    text: ChineseText,
    found: Found,
    place: Place,
    status: EventStatus,
    published: date,
    parents: Mapping[str, str],
    notice: Notice | None,
) -> Iterator[Told]:
    """The events of one wording: one for each commodity and each target."""
    parties = parties_of(text, found.type, place, home="CN" if notice else None)
    names = commodities_of(text, found.type, place, parents=parents, official=notice is not None)
    in_title = place.sentence.start < text.title_end
    general = not in_title and not names and is_general(text, place)
    terms = _terms(text, found, place, published, notice)
    span: Span = (found.first, found.last)
    for name in names or (None,):
        for target in parties.targets or (None,):
            event = Event(
                type=found.type,
                actor=parties.actor,
                target=target,
                commodity=name,
                status=status,
                span=span,
                **terms,
            )
            yield Told(event, in_title, general)


def _continued(
    text: ChineseText, sentence: Sentence, last: Told, parents: Mapping[str, str]
) -> Iterator[Told]:
    """What a measure's list goes on with behind a semicolon."""
    for name in specific(text, text.names_in(sentence.start, sentence.end, "commodity"), parents):
        yield Told(last.event.model_copy(update={"commodity": name}), last.in_title, is_general=False)


def _terms(
    text: ChineseText, found: Found, place: Place, published: date, notice: Notice | None
) -> dict[str, str | None]:
    """Its instrument, the clause meant, and its days; a notice's own hold for its measures."""
    body = text.between(place.sentence.start, place.sentence.end)
    begins, ends = effective_on(body, published), ends_on(body, published)
    spoken_of = [number for number in numbers_in(body) if not notice or number != notice.number]
    if notice and found.type in _RELIEVES and not spoken_of:
        titled = numbers_in(text.between(0, text.title_end))
        spoken_of = [number for number in titled if number != notice.number]
    own = notice.number if notice and (found.type not in _RELIEVES or not spoken_of) else None
    return {
        "instrument": own or ", ".join(spoken_of) or None,
        "clause": clause_in(body) if found.type in _RELIEVES or not notice else None,
        "effective_on": begins.isoformat() if begins else (notice.effective_on if notice else None),
        "ends_on": ends.isoformat() if ends else (notice.ends_on if notice else None),
    }


def _distinct(told: Sequence[Told], *, official: bool) -> tuple[Event, ...]:
    """Each event once, the surest; what another tells more fully is left to that."""
    surest: dict[tuple[str | None, ...], Told] = {}
    for one in told:
        event = one.event
        key = (event.type, event.actor, event.commodity, event.target)
        known = surest.get(key)
        if known is None or _rank(one) < _rank(known):
            surest[key] = one
    kept = [one for one in surest.values() if not any(_tells_better(other, one) for other in surest.values())]
    if official:
        kept = _of_notice(kept)
    return tuple(one.event for one in kept)


def _rank(one: Told) -> tuple[int, bool]:
    """The surest first, of those the one that the text tells."""
    return _CERTAINTY.index(one.event.status), one.in_title


def _tells_better(other: Told, one: Told) -> bool:
    """Does another event of the type name what this one leaves open?"""
    mine, its = one.event, other.event
    if mine.type != its.type or one is other or one.is_general:
        return False
    pairs = ((mine.actor, its.actor), (mine.commodity, its.commodity), (mine.target, its.target))
    return all(a in (None, b) for a, b in pairs)


_CONTROLS = frozenset(
    {"export_control_imposed", "export_ban", "sanctions_listed", "export_control_suspended"}
)


def _of_notice(told: list[Told]) -> list[Told]:
    """Of a notice: a control implies its licences, and a headline without goods only sums up the text."""
    types = {one.event.type for one in told}
    if types & _CONTROLS:
        told = [one for one in told if one.event.type != "licence_required"]
    stated = {one.event.type for one in told if not one.in_title}
    return [
        one
        for one in told
        if not (one.in_title and one.event.commodity is None and stated - {one.event.type})
    ]
