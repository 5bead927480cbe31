"""Event times: does a clause tell of something that was done well before the text was published?

An article of June recalls the controls of April beside its own news. An event whose own clause dates it
earlier (`imposed in April`, `since April`, `two months ago`), or that a `since` clause recalls, is
background: `alerter.reading.events.events` leaves it out.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from alerter.reading.events.clauses import is_time
from alerter.reading.marks import Marked
from alerter.reading.periods.calendar import Period, periods
from alerter.reading.periods.dates import RECKONED_YEARS, last_day
from alerter.reading.periods.years import is_day

_RECENT = timedelta(days=10)
"""A measure that is older when the text is published is recalled, not reported."""
_LASTING = timedelta(days=60)
"""What lasts (a shortage, a strike, a closed route) stays news for longer."""
_CONDITIONS = frozenset(
    {
        "licence_delayed_or_denied",
        "shortage",
        "production_halted",
        "production_resumed",
        "force_majeure",
        "strike",
        "disaster",
        "route_disruption",
    }
)
_CONJUNCTIONS = (
    "but while whereas although though after before when because which who that until unless if as"
)
_BOUNDARIES = frozenset({*_CONJUNCTIONS.split(), ";", ":", "(", ")", "\n", "since", ","})
_ADVERBIAL = frozenset({"in", "on", "since", "during"})
"""Not `from`: `bans exports from January` tells of one to come."""
_MONTH_PARTS = {"early": 10, "mid": 20, "late": None, "the": None, "-": None}
_ATTRIBUTES = frozenset({"'s", "export", "rare", "own", "trade", "new"})
_RELATIVE = frozenset({"that", "which"})
_DAYS = {"day": 1, "days": 1, "week": 7, "weeks": 7, "month": 30, "months": 30, "year": 365, "years": 365}
_LONG_AGO = frozenset({"week", "weeks", "month", "months", "year", "years"})
_COUNTED = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_COUNTS = {"a": 1, **{word: count for count, word in enumerate(_COUNTED, start=1)}}
_VAGUE = frozenset({*_DAYS, "last", "earlier"})
_VAGUE_COUNT = 3
"""How many `several months` or plain `months` ago are taken to be."""
_SEASONS = frozenset({"spring", "summer", "autumn", "fall", "winter", "quarter"})


@dataclass(frozen=True, slots=True)
class When:
    """A time that the tokens first to last (half-open) name, and how long it lies back at publication."""

    first: int
    last: int
    ago: timedelta
    is_since: bool
    is_adverbial: bool


def past_times(marked: Marked, sentence: tuple[int, int], published: date) -> list[When]:
    """The times that a sentence names and that lie well before publication."""
    if published.year not in RECKONED_YEARS:
        return []
    named = periods(marked, *sentence, published)
    dated = [_dated(marked.words, one, published) for one in named]
    return [when for when in dated + _vague_times(marked.words, sentence, published) if when.ago > _RECENT]


def is_background(
    marked: Marked, type_: str, place: tuple[int, int], *, times: Sequence[When], first: int
) -> bool:
    """Is the event, worded by the tokens of `place`, told as done well before publication?

    `times` are the past ones of its sentence, which begins at the token `first`.
    """
    if type_ in _CONDITIONS:
        times = [when for when in times if when.ago > _LASTING and not when.is_since]
    elif _is_recalled(marked, place[0], first) or _is_long_done(marked.words, place[0], first):
        return True
    if not times or _is_to_come(marked, place, times, first):
        return False
    return any(_is_of(marked, when, place, first) or _holds_since(marked, when, place[0]) for when in times)


def _is_to_come(marked: Marked, place: tuple[int, int], times: Sequence[When], first: int) -> bool:
    """`will hear arguments in November`, `China to restrict exports in March`: that month is the next one."""
    for index in range(place[1] - 1, first - 1, -1):
        word = marked.words[index]
        if word in ("will", "shall"):
            return True
        if word == "to" and index in (place[0] - 1, place[1] - 2):
            return all(when.last != index for when in times)  # `agreed last month to lift`
        if index < place[0] and word in _BOUNDARIES:
            return False
    return False


def _is_recalled(marked: Marked, at: int, first: int) -> bool:
    """Does the clause only date another: `since China imposed controls`, `weeks after it did`?"""
    words = marked.words
    opening = next((index for index in range(at - 1, first - 1, -1) if words[index] in _BOUNDARIES), None)
    if opening is None:
        return False
    if words[opening] == "after":
        return opening > first and words[opening - 1] in _LONG_AGO and not words[opening + 1].endswith("ing")
    return words[opening] == "since" and not is_time(marked, opening + 1)


def _is_long_done(words: Sequence[str], at: int, first: int) -> bool:
    """Does a relative clause tell what had been done: `the order that had prohibited sales`?"""
    at -= words[at - 1 : at] == ["been"]
    return at - 2 > first and words[at - 1] == "had" and words[at - 2] in _RELATIVE


def _dated(words: Sequence[str], period: Period, published: date) -> When:
    """A named period as a time, with the day or the part of the month that stands beside its month."""
    first, last, day = period.first, period.last, None
    if len(period.text) == len("2025-04"):
        first, last, day = _day_beside(words, first, last)
    while first > 1 and words[first - 1] in _MONTH_PARTS:
        first -= 1
        day = _MONTH_PARTS[words[first]] or day
    ended_on = last_day(period.text)
    if day:
        ended_on = ended_on.replace(day=min(day, ended_on.day))
    before = words[first - 1] if first else ""
    if before == "last":  # `which flooded last May`
        return When(first - 1, last, published - ended_on, is_since=False, is_adverbial=True)
    return When(first, last, published - ended_on, before == "since", before in _ADVERBIAL)


def _day_beside(words: Sequence[str], first: int, last: int) -> tuple[int, int, int | None]:
    if first and is_day(words[first - 1]):
        return first - 1, last, int(words[first - 1])
    if first + 1 < len(words) and is_day(words[first + 1]):
        return first, max(last, first + 2), int(words[first + 1])
    return first, last, None


def _vague_times(words: Sequence[str], sentence: tuple[int, int], published: date) -> list[When]:
    """`two months ago`, `last year`, `earlier this year`."""
    first, last = sentence
    openings = [at for at, word in enumerate(words[first:last], first) if word in _VAGUE]
    found = (_vague(words, at, published) for at in openings)
    return [when for when in found if when]


def _vague(words: Sequence[str], at: int, published: date) -> When | None:
    following = list(words[at + 1 : at + 3])
    if words[at] in _DAYS:
        is_ago = following[:1] == ["ago"] or (following[:1] == ["earlier"] and following[1:] != ["than"])
        return _ago(words, at) if is_ago else None
    if words[at] == "last":
        days = _days_since_last(following[0] if following else "", published)
        return When(at, at + 2, timedelta(days=days), is_since=False, is_adverbial=True) if days else None
    if following != ["this", "year"]:
        return None
    return When(at, at + 3, timedelta(days=_DAYS["month"]), is_since=False, is_adverbial=True)


def _ago(words: Sequence[str], at: int) -> When:
    before = words[at - 1] if at else ""
    count = _COUNTS.get(before) or (int(before) if is_day(before) else None)
    ago = timedelta(days=(count or _VAGUE_COUNT) * _DAYS[words[at]])
    return When(at - 1 if count else at, at + 2, ago, is_since=False, is_adverbial=True)


def _days_since_last(unit: str, published: date) -> int:
    """How long `last month` or `last year` lies back, 0 for what says nothing of the kind."""
    if unit == "year":
        return (published - date(published.year, 1, 1)).days + 1
    if unit == "month":
        return published.day + _DAYS["month"] // 2
    return _DAYS["month"] if unit in _SEASONS else 0


def _is_of(marked: Marked, when: When, place: tuple[int, int], start: int) -> bool:
    """Does the time stand in the event's own clause, with no other verb that it dates?"""
    first, last = place
    if when.last <= first:
        return _leads(marked, when, first, start)
    if when.first < last:  # `controls unveiled on October 9 have been suspended`: not of the last verb
        return when.is_adverbial and not marked.says("be", when.last, last)
    if not when.is_adverbial:
        return False
    between = range(last, when.first)
    ends = [marked.words[at] for at in between if _parts(marked, at, when)]
    if _is_noun(marked, first):
        return not ends or (ends in (["that"], ["which"]) and _acts(marked, _before(marked, when)))
    return not ends and not any(_acts(marked, at) for at in between)


def _leads(marked: Marked, when: When, first: int, start: int) -> bool:
    """`In April China put …`, `Since April, exporters …`, `April's curbs on …`."""
    between = marked.words[when.last : first]
    if when.is_adverbial and between == ["to"]:
        return True
    if all(word in _ATTRIBUTES for word in between):
        return True
    opening = when.first - 1 if when.is_adverbial else when.first
    if not when.is_adverbial or (opening > start and _acts(marked, opening - 1)):
        return False
    if between[:1] == [","] and opening <= start + 1:
        between = between[1:]
    return "and" not in between and _BOUNDARIES.isdisjoint(between)


def _holds_since(marked: Marked, when: When, at: int) -> bool:
    """Does the sentence say since when its measure holds: `rules that took effect in April`?"""
    if not (_is_noun(marked, at) or marked.has(at, "v_require")) or marked.says("v_extend", at - 3, at):
        return False
    before = _before(marked, when)
    return any(end == before + 1 for end in _ends_of(marked, "in_effect", before))


def _ends_of(marked: Marked, name: str, at: int) -> list[int]:
    return [end for _, end in marked.spans(name, at - 2, at + 1)]


def _is_noun(marked: Marked, at: int) -> bool:
    """Is it worded by a noun, which another verb dates: `curbs on magnets that Beijing imposed in April`?"""
    return any(name.startswith("n_") for name in marked.tags[at])


def _before(marked: Marked, when: When) -> int:
    """The token before a time and its preposition."""
    return when.first - (2 if when.first and marked.words[when.first - 1] in _ADVERBIAL else 1)


def _parts(marked: Marked, at: int, when: When) -> bool:
    """Does a clause end here? Commas in a list of materials, and before the time itself, part nothing."""
    word = marked.words[at]
    if word == ",":
        return not (marked.has(at + 1, "commodity") or marked.words[at + 1] == "and" or when.first - at <= 2)
    return word in _BOUNDARIES and not (at == when.first - 1 and word in _ADVERBIAL)


def _acts(marked: Marked, at: int) -> bool:
    """Is it a verb of an event, or of a figure?"""
    return any(name.startswith("v_") or name in ("up", "down") for name in marked.tags[at])
