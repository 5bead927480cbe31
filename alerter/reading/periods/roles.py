"""What a period is named for: when a figure holds, what it is compared with, since or until when.

Told by the word that governs it (`than in May`, `since April`, `by 46 tons in June`), which may stand some
words before it.
"""

from typing import Literal

from alerter.reading.marks import Marked
from alerter.reading.periods.years import is_day

Role = Literal["when", "base", "since", "start", "deadline", "contract"]
JOINS = frozenset({"to", "through", "thru", "till", "until", "-", "/"})
"""What joins the two ends of a range."""

_BASE_WORDS = (
    "than below above against on under over off versus vs beneath ahead behind short topping exceeding "
    "surpassed surpassing surpasses beat beats beating exceeded exceeds topped tops outpaced eclipsed "
    "bettered trailed trailing outstripped overtook"
)
_BASES = frozenset(_BASE_WORDS.split())
_DEADLINES = frozenset({"until", "till", "after", "before", "between", "pending"})
_GOVERNORS = frozenset({*_BASES, *_DEADLINES, "from", "since", "to", "with", "as", ","})
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_SAME = frozenset({"same", "corresponding", "comparable", "year-ago"})
_PASSED_WORDS = """the a an early late mid its their month months quarter quarters half year period week day
days of in for that those figure figures level levels result results total totals volume amount reading value
end start beginning middle close turn during at 's all both - same corresponding comparable opening first full
whole calendar fiscal financial million billion thousand trillion lakh crore tonnes tonne tons ton t kg mt
barrels autumn summer winter spring percent per cent % units $ usd rs
whatever ones one seen recorded average record two three four five six seven eight nine ten eleven twelve
"""
_PASSED = frozenset(_PASSED_WORDS.split())
_FARTHEST = 9
"""How many words may stand between a period and what governs it: `against 13,400 tonnes in November`."""


def role_of(marked: Marked, text: str, place: tuple[int, int], opening: int) -> Role:
    """What the period at a place is named for, told by the word of its sentence that governs it.

    `text` is how the period is written; the sentence begins at the token `opening`.
    """
    first, last = place
    if _is_contract(marked, first, last):
        return "contract"
    at, is_same = _governor(marked.words, first, opening)
    if is_same:
        return "base"
    if _is_of_record(marked.words, first, opening):
        return "since"
    return _role_by(marked, at, place, is_range=".." in text) if at >= opening else "when"


_RECORD_WORDS = """lowest highest smallest largest biggest weakest strongest best worst fewest most least
cheapest dearest"""
RECORDS = frozenset(_RECORD_WORDS.split())
"""Superlatives, which hold for the time since another."""
_FIRST_WORDS = "such time fall drop rise decline increase gain monthly annual yearly"
_FIRSTS = frozenset(_FIRST_WORDS.split())


def _is_of_record(words: list[str], first: int, opening: int) -> bool:
    """`…, the lowest in 2025`, `…, the first such fall in 2021`: the span of a record, not when it is."""
    for at in range(max(opening + 2, first - 7), first):
        if words[at - 2] == "," and words[at - 1] in ("the", "its", "their"):
            return words[at] in RECORDS or (words[at] == "first" and words[at + 1] in _FIRSTS)
    return False


def _governor(words: list[str], first: int, opening: int) -> tuple[int, bool]:
    """Where the word stands that governs a period, and whether a `same` was passed on the way to it."""
    at, is_same = first - 1, False
    stop = max(opening, first - _FARTHEST)
    while at >= stop and (words[at] in _PASSED or words[at][0].isdigit()):
        is_same = is_same or words[at] in _SAME
        if words[at] == "of" and at > stop and words[at - 1] not in _GOVERNORS:
            at -= 1  # `the first batch of 2024`: the noun is passed with its `of`
        at -= 1
    return at, is_same


def _role_by(marked: Marked, at: int, place: tuple[int, int], *, is_range: bool) -> Role:
    words, first = marked.words, place[0]
    governor = words[at]
    if governor in _DEADLINES:
        return "when" if is_range else "deadline"
    if governor == "since" or (governor == "last" and "seen" in words[at:first]):
        return "since"
    if governor == "from":
        return "when" if is_range else _from_when(marked, at, place)
    if governor == "as":
        return "base" if _is_as_much(words, at, first) else "when"
    if governor in ("with", "to"):
        return "base" if words[at - 1 : at] == ["compared"] else "when"
    if governor not in _BASES or _is_bound(marked, at, first):
        return "when"
    return "when" if _is_of_date(marked, at, place, is_range=is_range) else "base"


def _is_as_much(words: list[str], at: int, first: int) -> bool:
    """`as much as in June`, but neither `as of June` nor `by as much as 15% in June`."""
    bounds = any(word[0].isdigit() for word in words[at + 1 : first])
    return words[at + 1] != "of" and not bounds and "as" in words[max(0, at - 5) : at]


def _from_when(marked: Marked, at: int, place: tuple[int, int]) -> Role:
    """`down 3% from April`, `from 46 tons in April` are bases; not so `from 1 May`."""
    first = place[0]
    if is_day(marked.words[first - 1]) or is_day("".join(marked.words[first + 1 : first + 2])):
        return "start"
    before = at - 1
    fell = before >= 0 and (marked.any_of(before, _MOVED) or marked.has(before, "percent"))
    return "base" if fell or first > at + 2 else "start"


_MOVED = frozenset({"up", "down", "halve", "double", "triple", "quadruple"})


def _is_bound(marked: Marked, at: int, first: int) -> bool:
    """`more than 5,000 tonnes in May`, `above 80 in May`: the word bounds a number that is of that month."""
    words = marked.words
    if words[at] not in ("than", "above", "below", "under", "over", "exceeding", "topping"):
        return False
    if at + 1 >= first or not (words[at + 1][0].isdigit() or words[at + 1] == "$"):
        return False
    head = at - 1 if words[at] == "than" else at
    return head < 1 or not (marked.has(head - 1, "percent") or words[head - 1] in _PARTS)


_PARTS = frozenset({"third", "quarter", "half", "fifth", "tenth", "times", "quarters", "thirds"})


def _is_of_date(marked: Marked, at: int, place: tuple[int, int], *, is_range: bool) -> bool:
    """`on 31 March`, `over the month of May`, `over January-May`: that is when, not a base."""
    words, first = marked.words, place[0]
    if words[at] == "on":
        if not _TURNS.isdisjoint(words[at + 1 : at + 3]):
            return True  # `on the year in May`, `month on month in May`
        day = words[first - 1] if first - 1 > at else "".join(words[first + 1 : first + 2])
        return is_day(day) or words[first] in WEEKDAYS
    if words[at] == "over":
        return is_range or "month" in words[at:first] or _spans_months(marked, at)
    return False


_TURNS = frozenset({"year", "month", "quarter", "week", "day", "average", "record"})


def _spans_months(marked: Marked, at: int) -> bool:
    words = marked.words[at : at + 6]
    return "months" in words or "half" in words


_CONTRACT = frozenset({"contract", "contracts", "futures", "delivery", "settlement"})


def _is_contract(marked: Marked, first: int, last: int) -> bool:
    """`December copper futures`, `for March delivery`: a contract's month, not when its price held."""
    if last - first > 2:
        return False
    return not _CONTRACT.isdisjoint(marked.words[last : last + 3]) and marked.words[last : last + 1] != [","]
