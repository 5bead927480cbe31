"""Routes in Chinese: which country acts, sends or receives, from the words around its name.

`自缅甸进口`, `原产于美国的`, `来自中国` tell where from; `对欧盟出口`, `输往日本` whereto; a name without
such a word before it acts: `中国出口`, `印度对`. A list shares the word before its first name:
`原产于美国、欧盟和日本`.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from alerter.reading.chinese.text import ChineseText, Name

Part = Literal["from", "to", "acts", "described"]

_BEFORE = 8
_FROM = re.compile("(?:原产于|来自|产自|源自|自|从|由)(?:[^，。；]{0,3}(?<=部分|全体))?$")
_ONTO = re.compile("(?:对|向|往|至|到|输|赴|针对|面向|就|给|予|援助|供应|将)(?:所有|全部|部分)?$")
_AMONG = re.compile("(?:\\d+|[一二三四五六七八九十两几多数]+)(?:家|个|名|艘)?(?:[^，。；、]{0,3})$|等$")
_JOINED = re.compile("(?:、|和|与|及|以及|或)$")
_OWNED = re.compile("(?:的)?(?:实体|企业|公司|军事|媒体|制造商|生产商|个人|机构|工厂|车企|厂商|品牌|大豆|产)")
_GOODS = re.compile("(?:的)?(?:进口|产|商品|产品|原木|货物|输)")
_INTO = re.compile("进口(?:的|自|了)?$")
_PLACED = re.compile("(?:位于|在|于|驻|赴|抵达?|前往)$")
_USERS = re.compile("(?:用于|应用于|应用在|适用于|用在)[^。；\n]{0,60}?(?:行业|领域|产业|用途)")
_OPENER = re.compile("[对输]")


@dataclass(frozen=True, slots=True)
class Role:
    """A country and the part it plays."""

    code: str
    part: Part
    start: int
    end: int


def roles(text: ChineseText, start: int, end: int) -> list[Role]:
    """The countries between two characters with their parts, in order."""
    found: list[Role] = []
    for name in text.names_in(start, end, "country"):
        found.append(Role(name.name, _part(text, name, found, start), name.start, name.end))
    return found


def _part(text: ChineseText, name: Name, known: Sequence[Role], floor: int) -> Part:
    body = text.body
    opener = _OPENER.match(body, name.start)
    if opener and name.end - name.start == 2:
        return "to"
    before = body[max(floor, name.start - _BEFORE) : name.start]
    if _FROM.search(before):
        return "from"
    if _INTO.search(before):
        return "from"
    if _JOINED.search(before) and known and name.start - known[-1].end <= 6:
        return known[-1].part
    if known and known[-1].start == name.start:
        return known[-1].part
    if _ONTO.search(before):
        return "to"
    if _PLACED.search(before) or _AMONG.search(before) or _OWNED.match(body, name.end):
        return "described"
    return "acts"


def is_goods_of(text: ChineseText, role: Role) -> bool:
    """Are its goods what is spoken of: `美国原木`, `美国进口商品`?"""
    return bool(_GOODS.match(text.body, role.end))


def without_users(text: ChineseText, names: Sequence[Name]) -> list[Name]:
    """The names but those of trades that merely use a thing: `主要用于钢铁、化工等行业`."""
    spans = [found.span() for found in _USERS.finditer(text.body)]
    if not spans:
        return list(names)
    return [name for name in names if not any(first <= name.start < last for first, last in spans)]


def specific(text: ChineseText, names: Sequence[Name], parents: Mapping[str, str]) -> tuple[str, ...]:
    """The commodities named; one that only describes a narrower one (`含镝、铽的钕铁硼`) is left to that."""
    parts: list[str] = []
    for at, name in enumerate(names):
        narrower = [one for one in names[at + 1 :] if parents.get(one.name) == name.name]
        broader = [one for one in names if one.name == parents.get(name.name)]
        if broader and name.name not in parts and _describes(text, broader, name):
            parts = [one for one in parts if one != broader[0].name]
        if narrower and _describes(text, [one for one in names if one.name == name.name], narrower[0]):
            continue
        parts.append(name.name)
    return tuple(dict.fromkeys(parts))


def _describes(text: ChineseText, broader: Sequence[Name], narrower: Name) -> bool:
    """Does the last of the broader names lead straight to the narrower one?"""
    before = [name for name in broader if name.end <= narrower.start]
    if not before:
        return True
    return not re.search("、|，|和|与|及|。|；|：", text.body[before[-1].end : narrower.start])
