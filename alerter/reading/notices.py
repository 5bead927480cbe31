"""Notices: what an official announcement sets: its number, its dates, the elements and headings it covers.

Reads Chinese ministry announcements (公告) and English ones: `商务部公告2025年第18号` or `Announcement No. 18
of 2025`; dates `2025年4月4日`, `自发布之日起实施` (from the day of publication), `effective April 4, 2025`;
headings of the Harmonized System as four to ten digits, with or without dots.
"""

import re
from collections.abc import Mapping
from datetime import date

from alerter.core.reading import NoticeMeaning

LONGEST = 100_000
"""Characters read; a notice with more is an annex after that."""

_NUMBER_CN = re.compile(r"(?:公告|令)?\s{0,3}(20\d\d)\s{0,2}年\s{0,2}第\s{0,2}(\d{1,4})\s{0,2}号")
_NUMBER_EN = re.compile(
    r"(?:announcement|notice|no\.?|decree|order)\s{1,3}(?:no\.?\s{0,3})?(\d{1,4})\s{1,3}(?:of"
    r"|,)\s{1,3}(20\d\d)",
    re.IGNORECASE,
)
_NUMBER_DASHED = re.compile(r"\bNo\.?\s{0,3}(\d{1,4})\s{0,2}[\[(](20\d\d)[\])]", re.IGNORECASE)
_DATE = r"(20\d\d)\s{0,2}年\s{0,2}(\d{1,2})\s{0,2}月\s{0,2}(\d{1,2})\s{0,2}日"
_EFFECTIVE_CN = re.compile(rf"自\s{{0,2}}{_DATE}\s{{0,2}}(?:起|零时起|开始)")
_FROM_PUBLICATION = re.compile(r"自\s{0,2}(?:发布|公布|本公告发布|公告发布|印发)\s{0,2}之日起")
_UNTIL_CN = re.compile(rf"(?:至|截至|有效期至|截止)\s{{0,2}}{_DATE}")
_MONTHS = "January|February|March|April|May|June|July|August|September|October|November|December"
_DAY_EN = rf"({_MONTHS})\s{{1,3}}(\d{{1,2}}),?\s{{1,3}}(20\d\d)"
_EFFECTIVE_EN = re.compile(
    rf"(?:effective|in force|into force|takes? effect|applies|apply|as of)\s{{1,3}}(?:on|from|as of"
    rf"|date:?)?\s{{0,3}}{_DAY_EN}",
    re.IGNORECASE,
)
_UNTIL_EN = re.compile(rf"(?:until|through|expires? on|ends? on|up to)\s{{1,3}}{_DAY_EN}", re.IGNORECASE)
_IMMEDIATE_EN = re.compile(
    r"effective immediately|with immediate effect|from the date of (?:its )?publication", re.IGNORECASE
)
_HS_DOTTED = re.compile(r"(?<![\d.])(\d{4}\.\d{2}(?:\.?\d{2}){0,2})(?![\d.])")
_HS_PLAIN = re.compile(r"(?<![\d.])(\d{6}|\d{8}|\d{10})(?![\d.])")
_HS_CUE = re.compile(
    r"海关商品编号|商品编码|税则号列|HS code|tariff item|heading|subheading|HTS", re.IGNORECASE
)
ELEMENTS: Mapping[str, str] = {
    "钐": "samarium",
    "钆": "gadolinium",
    "铽": "terbium",
    "镝": "dysprosium",
    "镥": "lutetium",
    "钪": "scandium",
    "钇": "yttrium",
    "钬": "holmium",
    "铒": "erbium",
    "铥": "thulium",
    "铕": "europium",
    "镱": "ytterbium",
    "镧": "lanthanum",
    "铈": "cerium",
    "镨": "praseodymium",
    "钕": "neodymium",
    "镓": "gallium",
    "锗": "germanium",
    "锑": "antimony",
    "钨": "tungsten",
    "碲": "tellurium",
    "铋": "bismuth",
    "钼": "molybdenum",
    "铟": "indium",
    "石墨": "graphite",
    "钴": "cobalt",
    "锂": "lithium",
}
"""Chinese name → English name of the elements that notices speak of."""


def read_notice(title: str, text: str, published: date) -> NoticeMeaning:
    """What a notice sets, as far as it says so; `published` dates what holds from publication."""
    body = f"{title}\n{text}"[:LONGEST]
    return NoticeMeaning(
        number=_number(body),
        effective_on=_effective_on(body, published),
        ends_on=_ends_on(body),
        elements=_elements(body),
        hs=_headings(body),
    )


def _number(body: str) -> str | None:
    found = _NUMBER_CN.search(body)
    if found:
        return f"{found[1]}-{int(found[2])}"
    found = _NUMBER_EN.search(body) or _NUMBER_DASHED.search(body)
    return f"{found[2]}-{int(found[1])}" if found else None


def _effective_on(body: str, published: date) -> str | None:
    found = _EFFECTIVE_CN.search(body)
    if found:
        return _day(found[1], found[2], found[3])
    english = _EFFECTIVE_EN.search(body)
    if english:
        return _english_day(english)
    if _FROM_PUBLICATION.search(body) or _IMMEDIATE_EN.search(body):
        return published.isoformat()
    return None


def _ends_on(body: str) -> str | None:
    found = _UNTIL_CN.search(body)
    if found:
        return _day(found[1], found[2], found[3])
    english = _UNTIL_EN.search(body)
    return _english_day(english) if english else None


def _english_day(found: re.Match[str]) -> str | None:
    month = _MONTHS.split("|").index(found[1].capitalize()) + 1
    return _day(found[3], str(month), found[2])


def _day(year: str, month: str, day: str) -> str | None:
    try:
        return date(int(year), int(month), int(day)).isoformat()
    except ValueError:
        return None


def _elements(body: str) -> tuple[str, ...]:
    lowered = body.lower()
    found = [(body.find(chinese), english) for chinese, english in ELEMENTS.items()]
    found += [(lowered.find(english), english) for english in ELEMENTS.values()]
    return tuple(dict.fromkeys(english for at, english in sorted(found) if at >= 0))


def _headings(body: str) -> tuple[str, ...]:
    codes = [(found.start(), found[1].replace(".", "")) for found in _HS_DOTTED.finditer(body)]
    if _HS_CUE.search(body):
        codes += [(found.start(), found[1]) for found in _HS_PLAIN.finditer(body)]
    return tuple(dict.fromkeys(code for _, code in sorted(codes)))
