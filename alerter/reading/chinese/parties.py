"""Parties in Chinese: who acts in an event, on whom, and on which commodity."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from alerter.reading.chinese.routes import Role, is_goods_of, roles, specific, without_users
from alerter.reading.chinese.text import ChineseText, Name, Sentence

STATELESS = frozenset(
    {
        "shortage",
        "production_halted",
        "production_resumed",
        "force_majeure",
        "strike",
        "disaster",
        "route_disruption",
    }
)
"""Types that no state does."""
_COURTS = (("SCOTUS", "美国最高法|最高法院"), ("CAFC", "联邦巡回上诉"), ("CIT", "国际贸易法院|贸易法院"))
_NO_COMMODITY = frozenset(
    {"talks_held", "talks_collapsed", "talks_deal", "tariff_paused", "tariff_struck_down"}
)
_WORKS = frozenset({"production_halted", "production_resumed", "strike", "disaster", "force_majeure"})
_SAYS_MORE = re.compile("(?:上述|该|其中|具体|涉及|前述|这些|有关公告)")
_POINTS_BACK = re.compile("上述|前述|该(?:等|类|产品|措施)|其(?!中)")
_GENERAL = re.compile("两用物项|所有(?:商品|产品|进口)|全部商品|军民两用")
_REMEDIED = re.compile(
    "进口(?:的)?(?:相关|部分)?([^，。；的\n《》]{2,16}?)(?:进行|发起|反倾销|反补贴|存在|征收|加征|实施|所适用)"
)
_GENERIC = re.compile("^(?:商品|产品|货物|物项|相关|部分|经营者|许可)")


@dataclass(frozen=True, slots=True)
class Place:
    """Where an event is worded, its sentence, and between which characters its names stand."""

    sentence: Sentence
    first: int
    last: int
    since: int
    until: int


@dataclass(frozen=True, slots=True)
class Parties:
    """Who acts, and on whom."""

    actor: str | None
    targets: tuple[str, ...]


def parties_of(text: ChineseText, type_: str, place: Place, *, home: str | None) -> Parties:
    """The parties of an event; `home` acts in an official notice where nobody else is named."""
    if type_ in STATELESS:
        return Parties(None, ())
    if type_.startswith("court") or type_ == "tariff_struck_down":
        return Parties(_court(text, place), ())
    near = roles(text, place.sentence.start, place.until)
    if type_.startswith("talks"):
        return _talking(text, near)
    actor = _actor(text, near, place, home)
    targets = _targets(near, place, actor)
    if not targets and (home or _POINTS_BACK.search(text.between(place.since, place.last))):
        targets = _titled_targets(text, actor)
    return Parties(actor, targets)


def _actor(text: ChineseText, near: Sequence[Role], place: Place, home: str | None) -> str | None:
    """The country that acts nearest before the words, within them, or in the headline."""
    before = [role.code for role in near if role.part == "acts" and role.start < place.first]
    inside = [
        role.code
        for role in near
        if role.part == "acts" and place.first <= role.start < place.last and not is_goods_of(text, role)
    ]
    titled = [role.code for role in roles(text, 0, text.title_end) if role.part == "acts"]
    if home:
        clause = place.sentence.clause_at(place.first)
        foreign = [
            role.code for role in near if role.part == "acts" and clause[0] <= role.start < place.first
        ]
        return foreign[-1] if foreign else home
    return next(iter(before[-1:] or inside or titled), None)


def _targets(near: Sequence[Role], place: Place, actor: str | None) -> tuple[str, ...]:
    aimed = [role for role in near if role.part in ("from", "to") and role.code != actor]
    if not aimed:
        aimed = [
            role
            for role in near
            if role.code != actor and (role.part == "described" or role.start >= place.first)
        ]
    return tuple(dict.fromkeys(role.code for role in aimed))


def _titled_targets(text: ChineseText, actor: str | None) -> tuple[str, ...]:
    titled = [role for role in roles(text, 0, text.title_end) if role.code != actor]
    return tuple(dict.fromkeys(role.code for role in titled if role.part != "acts"))


def _talking(text: ChineseText, near: Sequence[Role]) -> Parties:
    """The first two that are named, in the sentence or else in the text."""
    sides = list(dict.fromkeys(role.code for role in near if role.part != "described"))
    if len(sides) < 2:
        everywhere = [name.name for name in text.names_in(0, len(text.body), "country")]
        sides = list(dict.fromkeys(sides + everywhere))
    return Parties(sides[0] if sides else None, tuple(sides[1:2]))


def _court(text: ChineseText, place: Place) -> str:
    body = text.between(place.sentence.start, place.sentence.end) + text.between(0, text.title_end)
    return next((name for name, said in _COURTS if re.search(said, body)), "court")


def commodities_of(
    text: ChineseText, type_: str, place: Place, *, parents: Mapping[str, str], official: bool
) -> tuple[str, ...]:
    """What the event is about; empty where its words name a general object or nothing."""
    if type_ in _NO_COMMODITY or type_.startswith("court"):
        return ()
    clause = place.sentence.clause_at(place.first)
    if type_ == "shortage":
        return _lacking(text, place, clause, parents)
    if type_ in _WORKS:
        return _of_works(text, place, clause, parents)
    own = without_users(text, text.names_in(place.since, place.until, "commodity"))
    return specific(text, own or _elsewhere(text, place, official=official), parents)


def is_general(text: ChineseText, place: Place) -> bool:
    """Does it act on a general object: all dual-use goods?"""
    return bool(_GENERAL.search(text.between(place.since, place.until)))


def _elsewhere(text: ChineseText, place: Place, *, official: bool) -> list[Name]:
    """The commodities of the sentence behind (`上述公告涉及…`), before (`上述产品`), or of the headline."""
    at = text.sentences.index(place.sentence)
    if place.sentence.start < text.title_end or is_general(text, place):
        return []
    following = text.sentences[at + 1 : at + 2]
    if following and _SAYS_MORE.match(text.between(following[0].start, following[0].end).lstrip()):
        named = text.names_in(following[0].start, following[0].end, "commodity")
        if named:
            return named
    if at and _POINTS_BACK.search(text.between(place.sentence.start, place.last)):
        earlier = text.sentences[at - 1]
        return text.names_in(earlier.start, earlier.end, "commodity")
    titled = text.names_in(0, text.title_end, "commodity")
    return titled or ([] if official else text.names_in(0, place.first, "commodity")[-1:])


def _lacking(
    text: ChineseText, place: Place, clause: tuple[int, int], parents: Mapping[str, str]
) -> tuple[str, ...]:
    """What is short: named before the word in its clause; cars lack parts and are not lacking."""
    near = text.names_in(clause[0], place.last, "commodity")
    every = text.names_in(0, len(text.body), "commodity")
    for names in (near[-1:], near, every):
        lacking = [name for name in names if name.name != "vehicles"]
        if lacking:
            return specific(text, lacking[:1] if names is every else lacking, parents)
    return ()


def _of_works(
    text: ChineseText, place: Place, clause: tuple[int, int], parents: Mapping[str, str]
) -> tuple[str, ...]:
    """What stopped works make: of cars and their parts the cars."""
    own = text.names_in(clause[0], place.until, "commodity")
    near = text.names_in(place.sentence.start, place.last, "commodity")
    every = text.names_in(0, len(text.body), "commodity")
    names = specific(text, own or near or every[:1], parents)
    return ("vehicles",) if "vehicles" in names else names


def with_remedied_goods(text: ChineseText) -> ChineseText:
    """The text with goods that trade remedies name, and no vocabulary does, as `other`."""
    added = [
        Name("commodity", "other", "name", *found.span(1))
        for found in _REMEDIED.finditer(text.body)
        if not (_GENERIC.match(found[1]) or text.names_in(*found.span(1), "commodity"))
    ]
    if not added:
        return text
    names = tuple(sorted((*text.names, *added), key=lambda name: name.start))
    return ChineseText(text.body, text.title_end, text.sentences, names)
