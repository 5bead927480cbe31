"""Origins: whom a text cites, so that rewrites of one report are known to be one.

`According to Reuters` and `Reuters reported` cite the same origin. Two articles that cite it for the same
figure, or for the same happening, tell one story in their own words: the second corroborates nothing.
"""

from collections.abc import Iterable, Iterator

from alerter.core.model import digest
from alerter.core.reading import Claim, Event
from alerter.reading.marks import Marked

ORIGIN = "origin:"
"""Prefix of the classes of word that name one."""
MOST_KEYS = 24
"""A text that says more is a roundup, which tells no story of its own."""
_BEFORE, _BEHIND = 4, 5
"""Tokens between a name and what cites it."""
_LONGEST_NAME = 5
_JOINERS = frozenset({"of", "the", "for", "and", "'s"})


def origins(marked: Marked) -> tuple[str, ...]:
    """Whom the text cites, in order: the vocabulary's names for those it knows, else the name as written."""
    return tuple(dict.fromkeys(_cited(marked)))


def said_keys(cited: Iterable[str], claims: Iterable[Claim], events: Iterable[Event]) -> tuple[str, ...]:
    """A key for each thing that an origin is cited with, at most `MOST_KEYS`.

    A happening without a commodity (`a tariff`) is too like another to be known by its type.
    """
    said = [*map(_figure, claims), *(_happening(event) for event in events if event.commodity)]
    keys = [f"said:{digest(origin, what)}" for origin in cited for what in said]
    return tuple(keys) if len(keys) <= MOST_KEYS else ()


def _figure(claim: Claim) -> str:
    of = f"{claim.metric}|{claim.commodity}|{claim.origin}|{claim.destination}"
    return f"{of}|{claim.change_pct}|{claim.value}|{claim.unit}"


def _happening(event: Event) -> str:
    return f"{event.type}|{event.actor}|{event.commodity}|{event.status}"


def _cited(marked: Marked) -> Iterator[str]:
    for at in marked.starts_of(marked.family(ORIGIN) | {"cites"}, 0, len(marked.tags)):
        tags = marked.tags[at]
        for name, end in tags.items():
            if name.startswith(ORIGIN) and _is_cited(marked, at, end):
                yield name.removeprefix(ORIGIN)
        if "cites" in tags:
            stranger = _stranger(marked, tags["cites"])
            if stranger:
                yield stranger


def _is_cited(marked: Marked, first: int, last: int) -> bool:
    before = range(max(first - _BEFORE, 0), first)
    if any(marked.tags[at].get("cites", last) <= first for at in before):
        return True
    return marked.says("says", last, last + _BEHIND)


def _stranger(marked: Marked, at: int) -> str | None:
    """The capitalised name that is cited from here on, where the vocabulary has none."""
    words = marked.words
    while at < len(words) and words[at] in ("the", "a", "an"):
        at += 1
    end = at
    while end < min(at + _LONGEST_NAME, len(words)):
        if any(name.startswith(ORIGIN) for name in marked.tags[end]):
            return None
        if not (marked.tokens.is_capital(end) or (end > at and words[end] in _JOINERS)):
            break
        end += 1
    while end > at and words[end - 1] in _JOINERS:
        end -= 1
    return " ".join(words[at:end]) if end > at and words[at].isalpha() else None
