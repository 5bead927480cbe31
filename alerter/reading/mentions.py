"""Mentions: which of the names in a text count as a commodity, a country or a company meant.

Ambiguous names (tin, magnet, lead, a capital as a venue, the Commission) count only where their context says
so. The words that decide it stand in `vocabulary/contexts.yaml` and with the entries themselves.
"""

from bisect import bisect_right
from collections.abc import Iterable
from operator import itemgetter

from alerter.reading.lexicon import CONTEXT, Lexicon
from alerter.reading.marks import Marked, Mention

_JOINED = frozenset({"and", ",", "or"})
_METALS = frozenset({"zinc", "tin", "copper", "nickel", "silver", "aluminium", "aluminum", "gold", "cadmium"})
_NEAR = 3
"""Tokens within which another metal makes `lead` one."""


def meant(marked: Marked, lexicon: Lexicon) -> list[Mention]:
    """The mentions that count, in order."""
    products = _product_names(marked)
    ends = {mention.last for mention in marked.mentions if mention.kind == "commodity"}
    kept = []
    for mention in marked.mentions:
        if mention.kind == "country":
            counts = _is_country_meant(marked, mention, lexicon)
        elif mention.kind == "commodity":
            counts = mention.name not in products or not _is_capitalised(marked, mention)
            counts = counts and _is_commodity_meant(marked, mention, lexicon)
            counts = counts and (mention.form != "ware" or _is_goods(marked, mention, ends))
        else:
            counts = mention.kind == "company" and (mention.form != "ambiguous" or "trade" in marked.present)
        if counts:
            kept.append(mention)
    return kept


def listed(mentions: Iterable[Mention], kind: str) -> tuple[str, ...]:
    """Ids or codes of one kind, each once, in order of appearance."""
    return tuple(dict.fromkeys(mention.name for mention in mentions if mention.kind == kind))


def _product_names(marked: Marked) -> frozenset[str]:
    """The commodities whose name a product bears here: a shade of paint named Rare Earth."""
    if marked.present.isdisjoint(("naming", "product_kind")):
        return frozenset()
    mentions = [m for m in marked.mentions if m.kind == "commodity" and _is_capitalised(marked, m)]
    return frozenset(m.name for m in mentions if _names_product(marked, m))


def _names_product(marked: Marked, mention: Mention) -> bool:
    first, last = _sentence_of(marked, mention)
    if marked.says("naming", max(first, mention.first - 2), mention.first):
        return True
    return marked.says("product_kind", first, last) and not _is_in_capitals(marked, first, last)


def _sentence_of(marked: Marked, mention: Mention) -> tuple[int, int]:
    sentences = marked.tokens.sentences
    return sentences[bisect_right(sentences, mention.first, key=itemgetter(0)) - 1]


def _is_in_capitals(marked: Marked, first: int, last: int) -> bool:
    """Is every long word capitalised, as in many headlines?"""
    return all(marked.tokens.is_capital(at) for at in range(first, last) if len(marked.words[at]) > _SHORT)


_SHORT = 3


def _is_capitalised(marked: Marked, mention: Mention) -> bool:
    """Is it written as a name? The first word of a sentence, which is capitalised anyway, tells nothing."""
    if mention.last - mention.first == 1 and _sentence_of(marked, mention)[0] == mention.first:
        return False
    return all(marked.tokens.is_capital(at) for at in range(mention.first, mention.last))


def _is_commodity_meant(marked: Marked, mention: Mention, lexicon: Lexicon) -> bool:
    if _says_any(marked, lexicon.guards.get(mention.name, ())):
        return False
    if mention.form not in ("ambiguous", "ware"):
        return True
    is_of_country = marked.has(mention.first - 1, "country")  # `Russian oil`
    if not is_of_country and marked.present.isdisjoint(("trade", f"{CONTEXT}{mention.name}")):
        return False
    if _says_any(marked, lexicon.rivals.get(mention.name, ())):
        return False
    return marked.words[mention.first] != "lead" or _is_among_metals(marked, mention)


def _says_any(marked: Marked, needles: tuple[str, ...]) -> bool:
    """Does one of the needles stand anywhere in the text? Looked up once, however often a name occurs."""
    if not needles:
        return False
    known: bool | None = marked.memo.get(needles)
    if known is None:
        known = marked.memo[needles] = any(needle in marked.joined for needle in needles)
    return known


def _is_among_metals(marked: Marked, mention: Mention) -> bool:
    """Is the word listed with metals: `copper, lead and zinc`?"""
    words = marked.words
    after = words[mention.last] if mention.last < len(words) else ""
    before = words[mention.first - 1] if mention.first else ""
    if _JOINED.isdisjoint((before, after)):
        return False
    return not _METALS.isdisjoint(words[max(0, mention.first - _NEAR) : mention.last + _NEAR])


def _is_goods(marked: Marked, mention: Mention, ends: set[int]) -> bool:
    """Are the wares themselves meant, rather than the kind of a firm, or a part of its name?"""
    first, last = _sentence_of(marked, mention)
    if mention.first in ends or not marked.says("traded", first, last):  # `semiconductor machinery`
        return False
    if marked.any_of(_past_joined(marked, mention.last), _NOT_GOODS):
        return False
    if marked.words[mention.first - 1 : mention.first] == ["of"] and marked.has(mention.first - 2, "sellers"):
        return False  # `makers of perfume`
    if mention.first == first or not _is_capitalised(marked, mention):
        return True
    return not marked.tokens.is_capital(mention.first - 1) or _is_in_capitals(marked, first, last)


def _past_joined(marked: Marked, at: int) -> int:
    """Where the noun stands that wares may qualify together: `clothing and toy sellers`."""
    while at + 1 < len(marked.words) and marked.words[at] in _JOINED and marked.has(at + 1, "commodity"):
        at = marked.tags[at + 1]["commodity"]
    return at


_NOT_GOODS = frozenset({"sellers", "commodity"})


def _is_country_meant(marked: Marked, mention: Mention, lexicon: Lexicon) -> bool:
    following = marked.words[mention.last] if mention.last < len(marked.words) else ""
    if marked.words[mention.first] == "us" and following == "$":
        return False
    if mention.form in ("seat", "venue") and marked.has(mention.last, "home_of"):
        return False
    if mention.form == "venue":
        return _acts(marked, mention, following)
    if mention.form == "office":
        return _is_the_office(marked, mention, following)
    return not _says_any(marked, lexicon.guards.get(mention.name, ()))


def _acts(marked: Marked, mention: Mention, following: str) -> bool:
    """Does a capital stand for its government, rather than for a place?"""
    before = mention.first - 1
    if before >= 0 and marked.has(before, "place_word"):
        return False
    if following in (":", "(", "/") or marked.has(mention.last, "commodity"):
        return False
    dated = marked.words[mention.last + 1 : mention.last + 2] if following == "," else []
    if dated and (
        dated[0].isdigit() or any(name.startswith("month_") for name in marked.tags[mention.last + 1])
    ):
        return False
    return not marked.has(mention.last, "venue_follower")


def _is_the_office(marked: Marked, mention: Mention, following: str) -> bool:
    """`the Commission` is the one in Brussels, unless the text names another one in full."""
    word = marked.words[mention.first]
    if following in ("of", "on", "for") or (mention.first and marked.words[mention.first - 1] != "the"):
        return False
    key = ("named in full", word)
    known: bool | None = marked.memo.get(key)
    if known is None:
        known = marked.memo[key] = _is_named_in_full(marked, word)
    return not known


def _is_named_in_full(marked: Marked, word: str) -> bool:
    places = (at for at, one in enumerate(marked.words) if one == word and at)
    return any(
        marked.tokens.is_capital(at) and marked.tokens.is_capital(at - 1) and marked.words[at - 1] != "the"
        for at in places
    )
