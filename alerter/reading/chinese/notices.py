"""Chinese notices: what an official announcement (公告, 通知) sets: number, days, elements and headings.

From the Chinese title and text alone. The days are those of the whole notice:
`本公告自2025年11月8日起施行`; an event's own sentence may state others.
"""

import re
from collections.abc import Callable, Iterable
from datetime import date

from alerter.core.reading import Event, NoticeMeaning
from alerter.reading.chinese.dates import effective_on, ends_on
from alerter.reading.chinese.elements import CHINESE_ELEMENTS
from alerter.reading.chinese.events import Notice
from alerter.reading.chinese.instruments import own_number
from alerter.reading.chinese.text import LONGEST, plain
from alerter.reading.chinese.words import ChineseWords

_FINAL = re.compile("(?:本公告|本通知|本决定|上述(?:决定|措施)|公告)[^。；\n]{0,12}自[^。；\n]{0,30}")
_ASIDE = re.compile("调查期|报名|登记|展期|会期|征求意见|反馈|举行|举办|公示期|服务")
_DRAFT = re.compile("征求意见|意见稿|草案")
_COMPOUNDS = re.compile("钕铁硼|钐钴|锂离子|锂电|铁锂|铜版|不锈钢|镀锌|镀锡|砷化|锗酸(?=铋)|锡林|铜陵|无锡")
_ELEMENT = re.compile("|".join(sorted(CHINESE_ELEMENTS, key=len, reverse=True)))
_CUE = "海关商品编号|商品编号|商品编码|税则号列|税则号|税号|税目|品目|税则(?!委员会)"
_CODES = re.compile(
    rf"(?:{_CUE})[^\d。；，\n]{{0,10}}(\d{{4,10}}(?:[\s、,，.和及]{{1,3}}(?:以及)?\d{{2,10}}){{0,400}})"
)
_CODES_BEFORE = re.compile(rf"(?<!\d)(\d{{4,10}})(?=(?:{_CUE})项下)")
_LONG_CODE = re.compile(r"(?<![\d.])(\d{8}|\d{10})(?![\d.]|年|吨|元|个)")
_DOTTED = re.compile(r"(?<![\d.])(\d{4}\.\d{2}(?:\.?\d{2}){0,2})(?![\d.])")
_DIGITS = re.compile(r"\d{4,10}")

_TYPES = (
    ("suspension", ("export_control_suspended", "tariff_paused")),
    ("removal", ("sanctions_lifted",)),
    ("listing", ("sanctions_listed",)),
    ("control", ("export_control_imposed",)),
    ("ban", ("export_ban", "import_ban")),
    ("easing", ("export_control_eased",)),
    ("tariff", ("tariff_imposed", "tariff_raised", "tariff_cut")),
    ("investigation", ("investigation_opened",)),
    ("quota", ("export_quota",)),
    ("licence", ("licence_required", "licence_granted", "licence_delayed_or_denied")),
)
"""What a notice is called by its events: the first that it has; one that is proposed is a draft."""


def notice_terms(title: str, text: str, published: date) -> Notice:
    """The number and the days of a notice in Chinese."""
    title, text = plain(title), plain(text)[:LONGEST]
    final = _FINAL.search(text)
    begins = (effective_on(final[0], published) if final else None) or _first(effective_on, text, published)
    ends = _first(ends_on, text, published)
    if ends and begins and ends < begins:
        ends = None
    return Notice(
        number=own_number(title, text),
        effective_on=begins.isoformat() if begins else None,
        ends_on=ends.isoformat() if ends else None,
        is_draft=bool(_DRAFT.search(title)),
    )


def notice_meaning(title: str, text: str, terms: Notice, *, is_routine: bool) -> NoticeMeaning:
    """What a notice sets; a routine one has a number alone."""
    if is_routine:
        return NoticeMeaning(number=terms.number, type="routine")
    body = plain(f"{title}\n{text}"[:LONGEST])
    return NoticeMeaning(
        number=terms.number,
        effective_on=terms.effective_on,
        ends_on=terms.ends_on,
        elements=elements_in(body),
        hs=headings_in(body),
    )


def notice_type(events: Iterable[Event], terms: Notice) -> str | None:
    """What a notice does first of all, by the events that it tells."""
    told = {event.type for event in events}
    if not told:
        return None
    if terms.is_draft:
        return "draft"
    return next((name for name, types in _TYPES if told & set(types)), None)


def is_routine(title: str, words: ChineseWords) -> bool:
    """Is it about courses, fairs, systems, statistics, standards: things that set no measure?"""
    return bool(words.routine.search(plain(title)))


def elements_in(body: str) -> tuple[str, ...]:
    """English names of the elements named, in order; those within the names of compounds are none."""
    bare = _COMPOUNDS.sub(lambda found: "□" * len(found[0]), body)
    return tuple(dict.fromkeys(CHINESE_ELEMENTS[found[0]] for found in _ELEMENT.finditer(bare)))


def headings_in(body: str) -> tuple[str, ...]:
    """Headings of the Harmonized System, digits only, in order."""
    found = [(one.start(1) + code.start(), code[0]) for one in _CODES.finditer(body) for code in _codes(one)]
    found += [(one.start(), one[1]) for one in _CODES_BEFORE.finditer(body)]
    found += [(one.start(), one[1].replace(".", "")) for one in _DOTTED.finditer(body)]
    if re.search(_CUE, body):
        found += [(one.start(), one[1]) for one in _LONG_CODE.finditer(body)]
    return tuple(dict.fromkeys(code for _, code in sorted(found) if len(code) != 5 and len(code) % 2 == 0))


def _codes(found: re.Match[str]) -> list[re.Match[str]]:
    if "." in found[1]:
        return []  # dotted ones are read as such
    return list(_DIGITS.finditer(found[1]))


def _first(reads: Callable[[str, date], date | None], text: str, published: date) -> date | None:
    """The first day that a sentence states, sentences about other things left aside."""
    for sentence in re.split("[。；\n]", text):
        if not _ASIDE.search(sentence) or "实施" in sentence:
            day = reads(sentence, published)
            if day:
                return day
    return None
