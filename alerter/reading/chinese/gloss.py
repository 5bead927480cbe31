"""The gloss of a Chinese notice: one plain line of English, composed of what was read in it.

`MOFCOM No. 72 of 2025: suspends clause 2 of No. 46 of 2024, export controls on gallium and germanium to
the US, from 9 November 2025 until 27 November 2026`: who issues it, its number, what it does, to what, on
whom, and when. Nothing is translated: what was not read is not said. The original title stays beside it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from alerter.core.reading import Claim, Event
from alerter.reading.chinese.events import Notice
from alerter.reading.chinese.text import ChineseText, plain
from alerter.reading.chinese.words import ChineseWords

_ACTS: Mapping[str, tuple[str, str]] = {
    "export_control_suspended": ("suspend", "export controls on {goods}{onto}"),
    "export_control_eased": ("ease", "export controls on {goods}{onto}"),
    "export_control_imposed": ("put", "{goods} under export control{onto}"),
    "export_ban": ("ban", "exports of {goods}{onto}"),
    "licence_required": ("require", "export licences for {goods}{onto}"),
    "licence_granted": ("grant", "export licences for {goods}{onto}"),
    "licence_delayed_or_denied": ("withhold", "export licences for {goods}{onto}"),
    "export_quota": ("set", "export quotas for {goods}"),
    "import_ban": ("suspend", "imports of {goods}{from_}"),
    "tariff_imposed": ("levy", "duties{rate} on {goods}{from_}"),
    "tariff_raised": ("raise", "duties on {goods}{from_}{to_rate}"),
    "tariff_cut": ("end or cut", "duties on {goods}{from_}"),
    "tariff_paused": ("pause", "duties on {goods}{from_}"),
    "investigation_opened": ("open", "an investigation into {goods}{from_}"),
    "sanctions_listed": ("put", "entities{of} on a restricted list"),
    "sanctions_lifted": ("take", "entities{of} off a restricted list"),
    "talks_held": ("hold", "talks{with_}"),
    "talks_deal": ("reach", "an agreement{with_}"),
}
"""Type → verb, and what it does with which goods and whom."""
_THIRD = {"levy": "levies", "reach": "reaches", "end or cut": "ends or cuts"}
_GENERAL = {"export_ban": "dual-use goods", "export_control_imposed": "dual-use goods"}
_SHOWN = {"other": "other goods", "oil": "oil", "gas": "gas"}
_MOST = 8
"""Names listed; what is more is counted."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """What was read in a notice, for its gloss."""

    title: str
    notice: Notice
    events: Sequence[Event]
    claims: Sequence[Claim]
    elements: Sequence[str]
    text: ChineseText


def gloss(sheet: Sheet, words: ChineseWords, countries: Mapping[str, str]) -> str:
    """One line of English on a notice."""
    what = _acts(sheet, words, countries) or _figures(sheet) or _subject(sheet, words)
    return f"{_issued(sheet, words)}: {what}{_days(sheet)}"


def _issued(sheet: Sheet, words: ChineseWords) -> str:
    """`MOFCOM and GACC No. 18 of 2025`."""
    who = _and(_issuers(sheet.title, words)) or "China"
    number = sheet.notice.number
    return f"{who} {_numbered(number)}" if number else who


def _issuers(title: str, words: ChineseWords) -> list[str]:
    """Who is named before what the title says."""
    head = plain(title)
    for mark in ("关于", "公布", "就", "新闻发言人"):
        head = head.split(mark)[0]
    tail = plain(title)[-24:] if "(" in plain(title)[-24:] else ""
    found: list[tuple[int, str]] = []
    for place in (head, tail if not head else ""):
        for chinese, english in words.issuers.items():
            at = place.find(chinese)
            if at >= 0 and not any(start <= at < start + 3 for start, _ in found):
                found.append((at, english))
    return list(dict.fromkeys(english for _, english in sorted(found)))[:4]


def _numbered(number: str) -> str:
    year, _, serial = number.partition("-")
    return f"No. {serial} of {year}"


def _acts(sheet: Sheet, words: ChineseWords, countries: Mapping[str, str]) -> str:
    groups: dict[tuple[str, str, str | None], list[Event]] = {}
    for event in sheet.events:
        if event.type in _ACTS:
            groups.setdefault((event.type, event.status, event.instrument), []).append(event)
    return "; ".join(_act(group, sheet, words, countries) for group in groups.values())


def _act(group: Sequence[Event], sheet: Sheet, words: ChineseWords, countries: Mapping[str, str]) -> str:
    first = group[0]
    verb, rest = _ACTS[first.type]
    whom = _and([countries.get(code, code) for code in _unique(event.target for event in group)])
    rate = _rate(sheet.claims) if first.type.startswith("tariff") else ""
    phrase = rest.format(
        goods=_goods(group, sheet, words),
        onto=f" to {whom}" if whom else "",
        from_=f" from {whom}" if whom else "",
        with_=f" with {whom}" if whom else "",
        of=f" of {whom}" if whom else "",
        rate=f" of {rate}" if rate else "",
        to_rate=f" to {rate}" if rate else "",
    )
    return f"{_verb(verb, first)} {_instrument(first, sheet)}{phrase}"


def _verb(verb: str, event: Event) -> str:
    if event.status == "proposed":
        return f"proposes to {verb}"
    if event.status == "announced":
        return f"is to {verb}"
    third = _THIRD.get(verb, f"{verb}s")
    return f"denies that it {third}" if event.status == "denied" else third


def _instrument(event: Event, sheet: Sheet) -> str:
    """`clause 2 of No. 46 of 2024, ` where the act is on another notice."""
    if not event.instrument or event.instrument == sheet.notice.number:
        return ""
    named = _and([_numbered(number) for number in event.instrument.split(", ")])
    clause = f"clause {event.clause} of " if event.clause else ""
    return f"{clause}{named}, "


def _goods(group: Sequence[Event], sheet: Sheet, words: ChineseWords) -> str:
    names = _unique(event.commodity for event in group)
    if not names:
        return _GENERAL.get(group[0].type, "goods")
    shown: list[str] = []
    for name in names:
        shown.extend(_other(sheet, words) if name == "other" else [_commodity(name, sheet.elements)])
    return _and(shown)


def _commodity(name: str, elements: Sequence[str]) -> str:
    """`rare earths (holmium, erbium …)`."""
    plain_name = _SHOWN.get(name, name.replace("-", " "))
    if name != "rare-earths" or not elements:
        return plain_name
    own = [element for element in elements if element in _RARE]
    return f"{plain_name} ({', '.join(own)})" if own else plain_name


_RARE = frozenset(
    """scandium yttrium lanthanum cerium praseodymium neodymium samarium europium gadolinium terbium
    dysprosium holmium erbium thulium ytterbium lutetium""".split()
)


def _other(sheet: Sheet, words: ChineseWords) -> list[str]:
    """What goods outside the commodities are called, where the vocabulary says so."""
    named = [name for name in sheet.text.names if name.name == "other"]
    said = [
        english
        for name in named
        for pattern, english in words.goods
        if pattern.search(sheet.text.body[name.start : name.end])
    ]
    return list(dict.fromkeys(said)) or ["other goods"]


def _figures(sheet: Sheet) -> str:
    """A notice that sets figures alone: `sets quotas of 135,000 t and 127,000 t for rare earths`."""
    quotas = [claim for claim in sheet.claims if claim.metric == "quota" and claim.value]
    if not quotas:
        return ""
    amounts = _and(_unique(f"{claim.value:,.0f} {claim.unit}" for claim in quotas))
    goods = _and([_commodity(name, ()) for name in _unique(claim.commodity for claim in quotas)])
    return f"sets quotas of {amounts}" + (f" for {goods}" if goods else "")


def _subject(sheet: Sheet, words: ChineseWords) -> str:
    """What a notice without a measure is about."""
    title = plain(sheet.title)
    about = next((english for pattern, english in words.subjects if pattern.search(title)), "")
    names = sheet.text.names_in(0, sheet.text.title_end, "commodity")
    goods = _and(
        [_commodity(name, ()) for name in _unique(name.name for name in names if name.name != "other")]
    )
    if not about:
        return f"on {goods}" if goods else "an announcement"
    return f"on {about}" + (f" ({goods})" if goods else "")


def _rate(claims: Iterable[Claim]) -> str:
    rates = sorted({claim.value for claim in claims if claim.metric == "tariff" and claim.value is not None})
    if not rates:
        return ""
    return f"{rates[0]:g} %" if len(rates) == 1 else f"{rates[0]:g} to {rates[-1]:g} %"


def _days(sheet: Sheet) -> str:
    begins, ends = sheet.notice.effective_on, sheet.notice.ends_on
    return (f", from {_day(begins)}" if begins else "") + (f" until {_day(ends)}" if ends else "")


def _day(iso: str) -> str:
    day = date.fromisoformat(iso)
    return f"{day.day} {day:%B} {day.year}"


def _unique(names: Iterable[str | None]) -> list[str]:
    return list(dict.fromkeys(name for name in names if name))


def _and(names: Sequence[str]) -> str:
    """`a, b and c`, at most eight of them."""
    if len(names) > _MOST:
        names = [*names[:_MOST], f"{len(names) - _MOST} more"]
    return names[0] if len(names) == 1 else ", ".join(names[:-1]) + f" and {names[-1]}" if names else ""
