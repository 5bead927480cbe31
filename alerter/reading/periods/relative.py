"""Periods named by the day of publication: `last month`, `so far this year`, `on Tuesday`, `this week`.

A day or a week stands for its month and is marked as a day, since figures of trade seldom hold for one: the
day that stands beside them is that of their publication.
"""

from dataclasses import replace
from datetime import date, timedelta

from alerter.reading.marks import Marked
from alerter.reading.periods.calendar import Period, periods
from alerter.reading.periods.dates import RECKONED_YEARS, month_text, span_text
from alerter.reading.periods.roles import WEEKDAYS, role_of

_NOW = frozenset({"today", "currently", "presently", "now", "overnight", "tonight"})
_TURNS = frozenset({"last", "this", "past", "next", "coming"})
_OPENERS = frozenset({*WEEKDAYS, *_NOW, *_TURNS, "yesterday", "year", "ytd", "days"})


def times(marked: Marked, first: int, last: int, published: date) -> list[Period]:
    """All periods of a sentence, those of the calendar and those told from the day of publication."""
    words = marked.words
    named = [_so_far(words, period, published) for period in periods(marked, first, last, published)]
    if published.year not in RECKONED_YEARS:
        return named
    openings = [at for at, word in enumerate(words[first:last], first) if word in _OPENERS]
    if not openings:
        return named
    taken = {at for period in named for at in range(period.first, period.last)}
    for index in openings:
        told = _told_at(words, index, published) if index not in taken else None
        if told and told.last <= last:
            named.append(replace(told, role=role_of(marked, told.text, (told.first, told.last), first)))
    return sorted(named, key=lambda period: period.first)


def _so_far(words: list[str], period: Period, published: date) -> Period:
    """`so far this year`, `this year so far`: from January to the month before publication."""
    if words[period.first : period.last] != ["this", "year"]:
        return period
    before, after = words[period.first - 2 : period.first], words[period.last : period.last + 2]
    if ["so", "far"] not in (before, after):
        return period
    return replace(period, text=_to_date(published))


def _to_date(published: date) -> str:
    count = max(published.month - 1, 1)
    text = span_text(published.year, count, count)
    return text if count != 3 else f"{published.year:04}-01..{published.year:04}-03"


def _told_at(words: list[str], index: int, published: date) -> Period | None:
    word = words[index]
    if word == "ytd" or words[index : index + 3] == ["year", "to", "date"]:
        return Period(_to_date(published), index, index + (1 if word == "ytd" else 3))
    if word == "days":
        is_of_month = words[index + 1 : index + 4] == ["of", "the", "month"]
        return Period(month_text(published.year, published.month), index, index + 4) if is_of_month else None
    if word in WEEKDAYS:
        return _day(published - timedelta(days=_days_since(word, published)), index, index + 1)
    if word == "yesterday":
        return _day(published - timedelta(days=1), index, index + 1)
    if word in _NOW and words[index + 1 : index + 2] != ["that"]:
        return _day(published, index, index + 1)
    return _turned(words, index, published) if word in _TURNS else None


def _days_since(weekday: str, published: date) -> int:
    return (published.weekday() - WEEKDAYS.index(weekday)) % 7


def _day(day: date, first: int, last: int) -> Period:
    return Period(month_text(day.year, day.month), first, last, is_day=True)


def _turned(words: list[str], index: int, published: date) -> Period | None:
    """`last month`, `this quarter`, `next year`, `last week`, `last Friday`."""
    unit = words[index + 1] if index + 1 < len(words) else ""
    turn = {"this": 0, "last": -1, "past": -1}.get(words[index], 1)
    end = index + 2
    if unit == "month":
        return Period(month_text(published.year, published.month + turn), index, end)
    if unit == "year":
        return Period(str(published.year + turn), index, end)
    if unit == "quarter":
        quarter = (published.month - 1) // 3 + turn
        return Period(f"{published.year + quarter // 4}-Q{quarter % 4 + 1}", index, end)
    if unit in ("week", "weekend"):
        return _day(published + timedelta(days=7 * turn), index, end)
    if unit in WEEKDAYS:
        return _day(published - timedelta(days=_days_since(unit, published) or 7), index, end)
    return None
