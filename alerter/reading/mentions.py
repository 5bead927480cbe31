"""Mentions: which of the names in a text count as a commodity or a country meant.

Ambiguous names (tin, magnet, Turkey, Georgia, a capital as a venue) count only where their context says so.
"""

from bisect import bisect_right
from operator import itemgetter

from alerter.reading.lexicon import Lexicon
from alerter.reading.marks import Marked, Mention

_CAPITALS_ONLY = frozenset(
    {"turkey", "polish", "poles", "lima", "sofia", "chad", "jordan", "guinea", "us", "bern", "turks"}
)
_PLACE_WORDS = frozenset(
    {"in", "at", "near", "from", "to", "of", "outside", "into", "between", "via", "around"}
)
_VENUE_FOLLOWERS = frozenset(
    [
        "talks",
        "session",
        "meeting",
        "meetings",
        "summit",
        "conference",
        "exchange",
        "stock",
        "metal",
        "futures",
        "based",
        "airport",
        "port",
        "court",
        "framework",
        "round",
        "negotiations",
        "accord",
        "deal",
        "trip",
        "fair",
        "trading",
        "market",
    ]
)


def meant(marked: Marked, lexicon: Lexicon) -> list[Mention]:
    """The mentions that count, in order."""
    trade: bool | None = None
    kept = []
    products = _product_names(marked)
    for mention in marked.mentions:
        if mention.kind == "country":
            if _is_country_meant(marked, mention, lexicon):
                kept.append(mention)
        elif mention.kind == "commodity":
            if mention.name in products and _is_capitalised(marked, mention):
                continue
            if mention.form == "ambiguous":
                if trade is None:
                    trade = "trade" in marked.present
                if not trade or not _is_commodity_noun(marked, mention):
                    continue
            kept.append(mention)
    return kept


def listed(mentions: list[Mention], kind: str) -> tuple[str, ...]:
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


def _is_commodity_noun(marked: Marked, mention: Mention) -> bool:
    """Is an ambiguous word the name of a material here?"""
    word = marked.words[mention.first]
    if word == "map":
        return marked.tokens.original[marked.tokens.starts[mention.first] :][:3] == "MAP"
    if word == "lead":
        return _is_metal_lead(marked, mention)
    return True


def _is_metal_lead(marked: Marked, mention: Mention) -> bool:
    after = marked.words[mention.last] if mention.last < len(marked.words) else ""
    before = marked.words[mention.first - 1] if mention.first else ""
    if after in ("and", ",") or before in ("and", ","):
        metals = ("zinc", "tin", "copper", "nickel", "silver", "aluminium", "aluminum")
        near = marked.words[max(0, mention.first - 3) : mention.last + 3]
        return any(metal in near for metal in metals)
    return after in (
        "prices",
        "price",
        "exports",
        "ore",
        "ingots",
        "smelter",
        "concentrate",
        "imports",
        "acid",
        "mine",
    )


def _is_country_meant(marked: Marked, mention: Mention, lexicon: Lexicon) -> bool:
    word = marked.words[mention.first]
    tokens = marked.tokens
    if word in _CAPITALS_ONLY and not tokens.is_capital(mention.first):
        return False
    if word == "us" and not _is_all_capitals(marked, mention):
        return False
    if word == "us" and mention.last < len(marked.words) and marked.words[mention.last] == "$":
        return False
    if mention.form == "venue":
        return _acts(marked, mention)
    guards = lexicon.guards.get(mention.name)
    return not (guards and any(guard in marked.joined for guard in guards))


def _is_all_capitals(marked: Marked, mention: Mention) -> bool:
    start, end = marked.tokens.span(mention.first, mention.last)
    return marked.tokens.original[start:end].isupper()


def _acts(marked: Marked, mention: Mention) -> bool:
    """Does a capital stand for its government, rather than for a place?"""
    words = marked.words
    before = words[mention.first - 1] if mention.first else ""
    after = words[mention.last] if mention.last < len(words) else ""
    return before not in _PLACE_WORDS and after not in _VENUE_FOLLOWERS
