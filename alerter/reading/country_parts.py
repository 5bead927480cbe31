"""Country parts: what part a country plays in its phrase, whatever the measure: owner, source, goods, goal.

`China's exports`, `American utilities` name the owner; `from Chile`, `built in Mexico` the source; `Russian
crude` the goods' country; `to Japan`, `US-bound` and `buyers in Korea` the goal; `in Canada` a place. The
routes of trade and tariffs are read off these parts.
"""

from typing import Literal

from alerter.reading.marks import Marked, Mention

Part = Literal["owner", "source", "goods", "goal", "place", "none"]

_ARTICLES = frozenset({"the", "a", "an", "all", "every", "its", "both", "mainland", "neighbouring", "rival"})
_TO = frozenset(
    {"to", "into", "towards", "toward", "entered", "enter", "entering", "enters", "reached", "cif", "cfr"}
)
_AWAY = frozenset({"from", "left", "leaving", "leave", "exit", "fob"})
_MADE = frozenset(
    {"made", "built", "produced", "mined", "manufactured", "grown", "assembled", "refined", "sourced"}
)
_ORIGIN = frozenset({"made", "built", "origin", "produced", "grown", "mined", "sourced"})
_LISTED = frozenset({"listed", "based", "traded", "quoted", "headquartered", "owned"})
_TAKER_WORDS = """buyers buyer customers customer users user consumers importers importer refiners refineries
takers crushers clients demand purchasers"""
TAKERS = frozenset(_TAKER_WORDS.split())
"""Those who receive goods."""
_MAKER_WORDS = """mills utilities makers carmakers automakers manufacturers factories producers producer
miners miner smelters smelter exporters exporter sellers suppliers firms companies plants growers farmers
millers shippers steelmakers chipmakers mines ports yards brands foundries works fabs traders"""
MAKERS = frozenset(_MAKER_WORDS.split())
"""Those who make, hold and ship goods."""
_ENDS = frozenset(
    [
        ",",
        ";",
        ".",
        "\n",
        "(",
        ")",
        "to",
        "from",
        "in",
        "at",
        "by",
        "for",
        "on",
        "of",
        "and",
        "were",
        "was",
        "is",
        "are",
    ]
)
_MEASURES = frozenset(
    {"exports", "imports", "shipments", "production", "inventory", "sales", "quota", "receive"}
)
_GOODS = frozenset({"commodity", "goods", "wares"})
_GOODS_WORDS = frozenset(
    {"metal", "metals", "ore", "ores", "oxide", "oxides", "concentrate", "supplies", "origin"}
)
_REACH = 5


def part_of(marked: Marked, mention: Mention) -> Part:
    """The part that a country plays in its phrase."""
    words, last = marked.words, mention.last
    joined = _joined_to(marked, mention)
    if joined:
        return part_of(marked, joined)
    following = words[last] if last < len(words) else ""
    if following in _LISTED:
        return "none"
    if following == "bound":
        return "goal"
    head = _head(marked, last)
    before = word_before(words, mention.first)
    governed = _governed(words, mention, before, is_goods=head == "goods")
    if governed:
        return governed
    if before == "by" or following == "'s":
        return "owner"
    if head:
        return head
    return "owner" if before == "of" else "none"


def _governed(words: list[str], mention: Mention, before: str, *, is_goods: bool) -> Part | None:
    """The part that the preposition before gives to a country, None where it gives none."""
    following = "".join(words[mention.last : mention.last + 1])
    if before == "for":
        return None if is_goods or following == "'s" else "goal"
    if before in _TO:
        return "none" if _is_other_to(words, mention.first) else "goal"
    if before in _AWAY or following in _ORIGIN:
        is_of_goods = before == "from" and is_goods and mention.form == "demonym"
        return "goods" if is_of_goods else "source"
    if before in ("in", "at", "across", "inside", "throughout"):
        return _in(words, mention.first)
    return None


_OTHER_TO = frozenset({"according", "due", "owing", "thanks", "compared", "relative", "similar", "next"})


def _is_other_to(words: list[str], first: int) -> bool:
    """`according to Chinese customs`: no goods go there."""
    at = first - 1
    while at > 0 and words[at] != "to" and words[at] in _ARTICLES:
        at -= 1
    return at > 0 and words[at] == "to" and words[at - 1] in _OTHER_TO


def _in(words: list[str], first: int) -> Part:
    """`buyers in Korea` are a goal, `cars built in Mexico` are from there, output may be in a place."""
    at = first - 1
    while at > 0 and words[at] in _ARTICLES:
        at -= 1
    head = words[at - 1] if at > 0 else ""
    if head in TAKERS:
        return "goal"
    return "source" if head in _MADE else "place"


def has_goods(marked: Marked, mention: Mention) -> bool:
    """Do goods follow on the country's name, whatever else does: `a Chinese storage battery`?"""
    for index in range(mention.last, min(mention.last + _REACH, len(marked.words))):
        if marked.words[index] in _ENDS:
            return False
        if marked.any_of(index, _GOODS):
            return True
    return False


_LEFT_OUT = frozenset({"than", "except", "excluding", "outside", "besides", "without"})


def is_left_out(marked: Marked, mention: Mention) -> bool:
    """`countries other than the United States`, `outside China`."""
    return word_before(marked.words, mention.first) in _LEFT_OUT


def _joined_to(marked: Marked, mention: Mention) -> Mention | None:
    """The country before, where `and` joins both behind one preposition: `from India and South Korea`."""
    words, first = marked.words, mention.first
    if words[first - 1 : first] != ["and"] or not marked.has(first - 2, "country"):
        return None
    if words[mention.last : mention.last + 1] == ["'s"] or _head(marked, mention.last):
        return None
    if word_before(words, first - 2) not in _PREPOSITIONS:
        return None
    return Mention("country", "", "name", first - 2, first - 1)


_PREPOSITIONS = _TO | _AWAY | frozenset({"in", "for", "by"})


def _head(marked: Marked, last: int) -> Part | None:
    """What noun a country's name or adjective stands before: its goods, its makers, its measure."""
    found: Part | None = None
    at = last + 1 if marked.words[last : last + 1] == ["'s"] else last
    for index in range(at, min(at + _REACH, len(marked.words))):
        word = marked.words[index]
        if word in _ENDS or word[0].isdigit():
            break
        if word in MAKERS or word in TAKERS or marked.any_of(index, _MEASURES):
            return "owner"
        if found is None and (word in _GOODS_WORDS or marked.any_of(index, _GOODS)):
            found = "goods"
    return found


def word_before(words: list[str], index: int) -> str:
    """The word that governs a name: what stands before it and its articles."""
    at = index - 1
    while at >= 0 and words[at] in _ARTICLES:
        at -= 1
    if at >= 1 and words[at] == "of" and words[at - 1] == "out":
        return "from"
    return words[at] if at >= 0 else ""
