"""Figures in Chinese: which quantities state a change or a level, and which belong together.

`同比下降57.3%` and `降幅达34%` are changes; `降至3.2万吨` is a level, `较9月的1.75吨` only what another
is compared with, `占全球的90%` a share. `分别为97.3亿美元和155.1亿美元，同比分别增长8.1%和18.9%` states
two levels, each with its change.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from alerter.reading.chinese.quantities import Quantity, quantities
from alerter.reading.chinese.text import ChineseText, Sentence
from alerter.reading.chinese.words import ChineseWords

_JOINED = re.compile("(?:、|和|与|及|以及|，|或)?$")
_TO = re.compile("(?:至|到|为)(?:每吨)?(?:近|约|逾|超过?|仅)?$")
_EXTENT = re.compile("[涨跌降增减升]幅(?:度)?[^，。；%]{0,10}$")
_EXTENT_AFTER = re.compile("的?(?:(?P<down>[跌降减]幅)|(?P<up>[涨增升]幅))")
_DELTA = re.compile(
    "(?:增加|增长|上涨|上升|提高|上调|下降|下跌|减少|降低|下调|增|减|涨|跌|降|升)了?(?:近|约|逾|超过?)?$"
)
_COMPARED = re.compile(
    "(?:较|比|与|低于|高于|相比于?)[^，。；、]{0,16}的$"
    "|(?:上年|去年|此前|上月|同期|前值|原(?:来|先)?|之前|预期|[一二三四五六七八九十\\d]月)"
    "(?:份)?(?:同期)?(?:的|水平)?(?:为|仅为|约为|只有|是)?$"
)
_FROM = re.compile("(?:由|从|自)[^，。；]{0,14}$")
_ON_TO = re.compile("[^，。；]{0,10}(?:至|到|为)")
_BASE_AHEAD = re.compile("[^，。；]{0,3}(?:的水平|的基础)")
_MULTIPLE = re.compile("(?:是|为|至|到|相当于)[^，。；]{0,14}$")
_SHARE = re.compile("(?:占|比重|份额|占比)[^，。；]{0,16}$")


@dataclass(frozen=True, slots=True)
class Figure:
    """One stated quantity: its change in per cent, or its level, or both."""

    change: float | None
    level: Quantity | None
    anchor: Quantity
    """Where it is worded: the change where there is one."""
    start: int
    """Where the words about it begin: behind the figure before."""
    group: int
    """Figures of one list share it."""
    place: int
    """Which of its list it is, from 0."""
    size: int

    @property
    def first(self) -> int:
        """Its first character."""
        return min(self.anchor.start, self.level.start if self.level else self.anchor.start)

    @property
    def last(self) -> int:
        """Behind its last character."""
        return max(self.anchor.end, self.level.end if self.level else self.anchor.end)


def figures(text: ChineseText, words: ChineseWords, sentence: Sentence) -> list[Figure]:
    """The figures of a sentence in order: changes joined to the levels that they are of."""
    found = quantities(text.body, sentence.start, sentence.end)
    out: list[Figure] = []
    floor = told_until = sentence.start
    for number, group in enumerate(_groups(text.body, found)):
        stated = [_figure(text, words, one, group[0], floor) for one in group]
        told = [
            replace(one, start=told_until, group=number, place=place, size=len(group))
            for place, one in enumerate(stated)
            if one is not None
        ]
        if len(told) == len(group):
            out = _joined(text, words, out, told)
            told_until = group[-1].end
        floor = group[-1].end
    return out


def _groups(body: str, found: Sequence[Quantity]) -> Iterable[list[Quantity]]:
    """Quantities of one kind in a row: `A、B和C`, or the two ends of a range."""
    group: list[Quantity] = []
    for one in found:
        gap = body[group[-1].end : one.start] if group else ""
        alike = bool(group) and (one.kind, one.unit) == (group[-1].kind, group[-1].unit)
        if group and not (alike and len(gap) <= 2 and _JOINED.fullmatch(gap)):
            yield group
            group = []
        group.append(one)
    if group:
        yield group


def _figure(
    text: ChineseText, words: ChineseWords, one: Quantity, leader: Quantity, floor: int
) -> Figure | None:
    """What a quantity states, read from the words before the first of its list."""
    before = text.body[max(floor, leader.start - 40) : leader.start]
    if one.kind == "level":
        return None if _is_base(text, one, before) else _bare(None, one)
    if one.kind == "change":
        return _bare(one.value, one)
    way = _way(text, words, leader, floor)
    if one.kind == "times":
        return _multiple(one, before, way)
    if _SHARE.search(before) and not _EXTENT.search(before):
        return None
    if way:
        return _bare(way * one.value, one)
    if _FROM.search(before[-16:]) and _ON_TO.match(text.body, one.end):
        return None  # the rate that it was before
    return _bare(None, one)


def _bare(change: float | None, one: Quantity) -> Figure:
    level = one if change is None else None
    return Figure(change, level, one, one.start, 0, 0, 1)


def _multiple(one: Quantity, before: str, way: int) -> Figure | None:
    if _MULTIPLE.search(before[-18:]):
        return _bare(one.value - 100, one) if one.value > 100 else None
    return _bare(one.value, one) if way > 0 else None


def _is_base(text: ChineseText, one: Quantity, before: str) -> bool:
    """Is the level only compared with, or by how much something moved?"""
    if _COMPARED.search(before) or _BASE_AHEAD.match(text.body, one.end):
        return True
    if _FROM.search(before[-16:]) and _ON_TO.match(text.body, one.end):
        return True
    return bool(_DELTA.search(before))


def _way(text: ChineseText, words: ChineseWords, one: Quantity, floor: int) -> int:
    """−1 for a fall, 1 for a rise, 0 where the percentage is no change."""
    if one.sign:
        return one.sign
    clause = max(floor, max(text.body.rfind(mark, 0, one.start) for mark in "，。；：\n") + 1)
    behind = _EXTENT_AFTER.match(text.body, one.end)
    if behind:
        return -1 if behind["down"] else 1
    before = text.body[clause : one.start]
    if _TO.search(before) and not _EXTENT.search(before):
        return 0
    last = words.ways.last(text.body, clause, one.start)
    if last is None or (one.start - last[2] > 14 and not _EXTENT.search(before)):
        return 0
    return -1 if last[0] == "down" else 1


def _joined(text: ChineseText, words: ChineseWords, out: list[Figure], told: list[Figure]) -> list[Figure]:
    """The figures with a new list: changes go to the levels before them, a level to the change it ends at."""
    if not told or not out:
        return out + told
    last = [one for one in out if one.group == out[-1].group]
    if len(last) != len(told) or _is_of_another(text, words, last[-1].last, told[0].first):
        return out + told
    if told[0].change is not None and last[0].change is None and last[0].level and _can_move(last[0]):
        pairs = zip(last, told, strict=True)
        merged = [replace(a, change=b.change, anchor=b.anchor) for a, b in pairs]
        return out[: -len(last)] + merged
    if told[0].level and last[0].level is None and _is_end(text, last[-1], told[0]):
        pairs = zip(last, told, strict=True)
        return out[: -len(last)] + [replace(a, level=b.level) for a, b in pairs]
    return out + told


def _can_move(figure: Figure) -> bool:
    return figure.level is not None and figure.level.kind == "level"


def _is_of_another(text: ChineseText, words: ChineseWords, start: int, end: int) -> bool:
    """Does another thing or measure come between?"""
    if any(text.names_in(start, end, "commodity")):
        return True
    return words.measures.first(text.body, start, end) is not None


_ENDS_AT = re.compile("(?:至|到|为|达|达到|报|收于|报收)(?:每吨)?(?:约|近)?$")


def _is_end(text: ChineseText, change: Figure, level: Figure) -> bool:
    """`减少12.6%，至9.8万吨`: is the level where the change ends?"""
    return bool(_ENDS_AT.search(text.body[change.last : level.first]))
