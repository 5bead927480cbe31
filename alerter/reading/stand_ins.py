"""Stand-ins: `the country`, `the bloc`, `from there`, read as the country that was named before them."""

from collections.abc import Sequence

from alerter.reading.marks import Marked, Mention

_NOUNS = frozenset({"country", "nation", "kingdom", "republic", "emirate"})
_STAND_INS = frozenset({*_NOUNS, "bloc", "there"})


def with_stand_ins(marked: Marked, mentions: Sequence[Mention]) -> Sequence[Mention]:
    """The mentions with those that stand for a country named before them, in order."""
    if _STAND_INS.isdisjoint(marked.words):
        return mentions
    merged: list[Mention] = []
    left = 0
    earlier: str | None = None
    for first, last in marked.tokens.sentences:
        here = earlier
        for at in range(first, last):
            while left < len(mentions) and mentions[left].first <= at:
                if not _is_listed(marked, mentions, left):
                    here = _meant_later(mentions[left], here)
                merged.append(mentions[left])
                left += 1
            word = marked.words[at]
            name = _stands_for(marked.words, at, earlier or here) if word in _STAND_INS else None
            if name:
                merged.append(Mention("country", name, "name", at, at + 1))
        earlier = here
    return [*merged, *mentions[left:]]


def _is_listed(marked: Marked, mentions: Sequence[Mention], at: int) -> bool:
    """Is it one of several countries in a row, none of which `the country` would mean?"""
    pairs = (mentions[max(0, at - 1) : at + 1], mentions[at : at + 2])
    return any(
        len(pair) == 2
        and all(mention.kind == "country" for mention in pair)
        and _JOINTS.issuperset(marked.words[pair[0].last : pair[1].first])
        for pair in pairs
    )


_JOINTS = frozenset({",", "and", "or"})


def _meant_later(mention: Mention, named: str | None) -> str | None:
    """The country that `the country` would mean after a mention: the last one named, not a mere demonym."""
    if mention.kind != "country":
        return named
    return mention.name if mention.form == "name" or named is None else named


def _stands_for(words: Sequence[str], at: int, named: str | None) -> str | None:
    before = words[at - 1] if at else ""
    if words[at] == "bloc":
        return "EU" if before == "the" else None
    return named if before == ("from" if words[at] == "there" else "the") else None
