"""Events: typed happenings ("Beijing prohibited exports of antimony") with who acts, on whom, on what, how
surely.

Works sentence by sentence over the event patterns. What is denied, only feared, or told as history is
marked so or left out: an alert must not follow from what did not happen.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from alerter.core.reading import Event, EventStatus
from alerter.reading.events.actors import Cast, actors_of
from alerter.reading.events.clauses import is_time, place_of
from alerter.reading.events.commodities import commodities_of
from alerter.reading.events.patterns import Candidate, EventPattern, PatternTable
from alerter.reading.events.rates import changed_levy
from alerter.reading.events.terms import Terms, terms_of
from alerter.reading.events.times import is_background, past_times
from alerter.reading.marks import Marked, Mention

MOST_EVENTS = 50
"""A text with more is a list or hostile; what follows is left unread."""

_NO_NEWS = frozenset({"no_news"})
"""Classes of words that tell what kind of text this is: an advert, an exercise, a disclaimer, a look back."""
_OTHER_TOPICS = frozenset({"sports", "pastime", "utility"})
"""Classes of words of games, books and bills: a text is about them where its title is; else a sentence is."""
_INVERTED = frozenset({"should", "were"})
"""They open a condition without `if`: `Should Beijing hold back permits`, `Were tankers to stop`."""
_DECIDED = frozenset(
    {
        "court_ruling",
        "court_injunction",
        "court_stay_granted",
        "court_stay_denied",
        "court_remand",
        "court_dismissed",
        "tariff_struck_down",
    }
)
_CERTAINTY: tuple[EventStatus, ...] = ("effective", "announced", "proposed", "rumoured", "demanded", "denied")


class Found(NamedTuple):
    """A pattern matched in a sentence."""

    pattern: EventPattern
    first: int
    last: int
    sentence: tuple[int, int]
    until: int
    """Where the next event of the sentence begins: names beyond belong to that one."""
    since: int
    """Where the one before it ends, or the sentence's start."""


def read_events(
    marked: Marked,
    mentions: Sequence[Mention],
    *,
    patterns: PatternTable,
    published: date,
    parents: Mapping[str, str],
) -> tuple[Event, ...]:
    """All events of a text, in order, each once with its surest status."""
    present = [_classes(marked, first, last) for first, last in marked.tokens.sentences]
    if _is_no_news(marked, present) or _is_commentary(marked):
        return ()
    found: list[Found] = []
    for sentence, classes in zip(marked.tokens.sentences, present, strict=True):
        if classes and not _tells_no_news(marked, sentence, classes):
            candidates = [one for one in patterns.within(classes) if one.pattern.is_about(marked.present)]
            if candidates:
                found.extend(_in_sentence(marked, sentence, candidates, published))
        if len(found) >= MOST_EVENTS:
            break
    events: list[tuple[Event, bool]] = []
    if not found:
        return ()
    cast = Cast(marked, mentions)
    terms: dict[tuple[int, int], Terms] = {}
    for one in _with_companions(marked, found, patterns.by_type):
        if one.sentence not in terms:
            terms[one.sentence] = terms_of(marked, one.sentence, published)
        events.extend(_events_of(marked, mentions, one, parents, cast, terms[one.sentence]))
    return _distinct(_with_sure_actors(events), parents)


def _with_sure_actors(events: Sequence[tuple[Event, bool]]) -> list[Event]:
    """The events, where one whose actor is a guess takes that of another of its type, which is sure."""
    sure = {event.type: event.actor for event, is_sure in reversed(events) if is_sure and event.actor}
    return [
        event if is_sure or event.type not in sure else event.model_copy(update={"actor": sure[event.type]})
        for event, is_sure in events
    ]


def _classes(marked: Marked, first: int, last: int) -> frozenset[str]:
    """The classes of words that begin between two tokens."""
    return frozenset().union(*filter(None, marked.tags[first:last]))


def _is_no_news(marked: Marked, present: Sequence[frozenset[str]]) -> bool:
    """Is the whole text no report: of another kind, or about another topic by its title?"""
    titles = (
        c
        for (_, last), c in zip(marked.tokens.sentences, present, strict=True)
        if last <= marked.tokens.title_end
    )
    return any(not classes.isdisjoint(_NO_NEWS) for classes in present) or any(
        not classes.isdisjoint(_OTHER_TOPICS) for classes in titles
    )


def _tells_no_news(marked: Marked, sentence: tuple[int, int], classes: frozenset[str]) -> bool:
    if not classes.isdisjoint(_OTHER_TOPICS):
        return True
    return "background" in classes and _is_history(marked, sentence)


def _is_history(marked: Marked, sentence: tuple[int, int]) -> bool:
    """Does it look back? `Five years after` at the start does; `in 2030, two years after its signing` not."""
    first, last = sentence
    return any(
        "after" not in marked.words[at:end] or at < first + _OPENING
        for at, end in marked.spans("background", first, last)
    )


_OPENING = 3


def _is_commentary(marked: Marked) -> bool:
    return marked.says("commentary", 0, min(4, len(marked.tags)))


def _in_sentence(
    marked: Marked,
    sentence: tuple[int, int],
    candidates: Iterable[Candidate],
    published: date,
) -> list[Found]:
    first, last = sentence
    worded = [
        Found(one.pattern, *place, sentence, until=last, since=first)
        for one in candidates
        for place in one.places(marked, first, last)
    ]
    if not worded:
        return []
    times = past_times(marked, sentence, published)
    kept: dict[str, Found] = {}
    for one in worded:
        words = (one.first, one.last)
        if one.pattern.type in kept or not one.pattern.is_event or _is_beaten(one, worded):
            continue
        if not is_background(marked, one.pattern.type, words, times=times, first=sentence[0]):
            kept[one.pattern.type] = one
    starts = sorted(one.first for one in kept.values())
    ends = sorted((one.last for one in kept.values()), reverse=True)
    return [
        one._replace(
            until=next((start for start in starts if start >= one.last), sentence[1]),
            since=next((end for end in ends if end <= one.first), sentence[0]),
        )
        for one in kept.values()
    ]


def _is_beaten(found: Found, others: Iterable[Found]) -> bool:
    """Do some of the same words tell of something else, as `suspends its export ban` does of no ban?

    What they better tell of may itself have been done before.
    """
    return any(
        found.pattern.type in one.pattern.beats and found.first < one.last and one.first < found.last
        for one in others
    )


def _with_companions(marked: Marked, found: list[Found], by_type: Mapping[str, EventPattern]) -> list[Found]:
    """What events are besides: a licence required from a date is a control imposed, a tariff struck down a
    ruling, a levy that replaces a smaller one a raised one."""
    out = list(found)
    for one in found:
        if one.pattern.type == "licence_required" and _is_dated(marked, one.sentence):
            out.append(one._replace(pattern=by_type["export_control_imposed"]))
        elif one.pattern.type == "tariff_struck_down":
            out.append(one._replace(pattern=by_type["court_ruling"]))
    return [
        one._replace(pattern=by_type[changed_levy(marked, one.pattern.type, one.sentence)]) for one in out
    ]


def _is_dated(marked: Marked, sentence: tuple[int, int]) -> bool:
    """Does it say from when: `from 1 August`, `as of Sunday`, `immediately`?"""
    return any(
        marked.words[end - 1] != "from" or is_time(marked, end)
        for _, end in marked.spans("from_date", *sentence)
    )


def _events_of(
    marked: Marked,
    mentions: Sequence[Mention],
    found: Found,
    parents: Mapping[str, str],
    cast: Cast,
    terms: Terms,
) -> list[tuple[Event, bool]]:
    status = _status(marked, found)
    if status == "rumoured" and found.pattern.type in _DECIDED:
        return []  # what a court might do is no decision
    pattern = found.pattern
    place = place_of(marked, (found.first, found.last), found.sentence, (found.since, found.until))
    parties = actors_of(marked, cast, place, acting=pattern.acting, onto=pattern.onto, status=status)
    commodities = commodities_of(marked, mentions, pattern.type, place, parents)
    span = marked.tokens.span(found.first, found.last)
    events = [
        Event(
            type=pattern.type,
            actor=parties.actor,
            target=parties.target,
            commodity=name,
            status=status,
            instrument=terms.instrument,
            clause=terms.clause,
            effective_on=terms.effective_on,
            ends_on=terms.ends_on,
            span=span,
        )
        for name in commodities or (None,)
    ]
    return [(event, parties.is_sure) for event in events]


def _status(marked: Marked, found: Found) -> EventStatus:
    """What the sentence says of how sure the event is, else the type's own default."""
    first, last = found.sentence
    start = _clause_start(marked, found.first, first)
    if marked.says("denial", first, found.first) or _is_negated(marked, found):
        return "denied"
    if _is_tentative(marked, first, found.last):
        return "rumoured"
    if marked.says("intended", start, found.last):
        return "proposed"
    if marked.says("demand", start, found.first):
        return "demanded"
    if marked.says("immediate", first, last):
        return "effective"
    return found.pattern.status


def _is_tentative(marked: Marked, first: int, last: int) -> bool:
    if marked.words[first] in _INVERTED:
        return True
    for at in range(first, last):
        if "tentative" in marked.tags[at]:
            if marked.words[at] == "may" and marked.tokens.is_capital(at):
                continue
            return True
    return False


def _is_negated(marked: Marked, found: Found) -> bool:
    for at in range(found.last - 1, max(found.first - 4, found.sentence[0]) - 1, -1):
        if at < found.first and marked.words[at] in (",", ":", ";", ".", "but"):
            return False
        if "negation" in marked.tags[at] and marked.words[at + 1 : at + 2] != ["only"]:
            return True
    return False


def _clause_start(marked: Marked, at: int, first: int) -> int:
    for index in range(at - 1, first - 1, -1):
        if marked.words[index] in (";", ",", "but", "while", "and"):
            return index + 1
    return first


def _distinct(events: Sequence[Event], parents: Mapping[str, str]) -> tuple[Event, ...]:
    surest: dict[tuple[str, str | None, str | None], Event] = {}
    for event in events:
        key = (event.type, event.actor, event.commodity)
        known = surest.get(key)
        if known is None or _CERTAINTY.index(event.status) < _CERTAINTY.index(known.status):
            surest[key] = event
    told = tuple(surest.values())
    return tuple(e for e in told if not any(_tells_better(other, e, parents) for other in told))[:MOST_EVENTS]


_PLAINER = {"tariff_imposed": frozenset({"tariff_raised", "tariff_cut"})}
"""What a headline calls a levy may be more, or less, of one that is there already."""


def _tells_better(other: Event, event: Event, parents: Mapping[str, str]) -> bool:
    """Does another event tell this one better?

    It does where it names the actor or the commodity that this one leaves open, where the goods turn out to
    be of a wider kind (`magnets` in the title, `rare earths` in the text), or its type says more of a levy.
    """
    if other is event or event.actor not in (None, other.actor):
        return False
    if other.type in _PLAINER.get(event.type, ()):
        return event.commodity in (None, other.commodity)
    if other.type != event.type:
        return False
    if event.commodity in (None, other.commodity):
        return (event.actor, event.commodity) != (other.actor, other.commodity)
    wider = parents.get(event.commodity) if event.commodity else None
    if wider is None or wider != other.commodity:
        return False
    return other.span[0] >= event.span[1]
