"""Marks: what the lexicon found in a text's tokens; claims and events are read from them."""

from bisect import bisect_left
from collections.abc import Collection, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from alerter.reading.tokens import Tokens

Kind = Literal["commodity", "country", "company", "shadow", "word"]


@dataclass(frozen=True, slots=True)
class Mention:
    """A commodity, a country or a company named by the tokens first to last (half-open)."""

    kind: Kind
    name: str
    form: str
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Marked:
    """Tokens with the word classes that begin at each (class → end), and the names among them in order."""

    tokens: Tokens
    words: list[str]
    """The folded tokens."""
    joined: str
    tags: list[dict[str, int]]
    mentions: list[Mention]
    places: Mapping[str, Sequence[int]]
    """Every class of word, and kind of name, that occurs → where it begins, in order."""
    present: frozenset[str]
    """Those classes and kinds."""
    families: Mapping[str, frozenset[str]]
    """Prefix → the classes of the lexicon whose names begin with it."""
    memo: dict[Hashable, Any] = field(default_factory=dict, compare=False, repr=False)
    """What was read from the tokens and is asked for again, by the key of who reads it."""

    def family(self, prefix: str) -> frozenset[str]:
        """The classes that occur of those whose names begin with a prefix that the lexicon knows."""
        return self.families[prefix] & self.present

    def has(self, index: int, name: str) -> bool:
        """Does a word of this class begin here?"""
        return 0 <= index < len(self.tags) and name in self.tags[index]

    def any_of(self, index: int, names: frozenset[str]) -> bool:
        """Does a word of any of these classes begin here?"""
        return 0 <= index < len(self.tags) and not names.isdisjoint(self.tags[index])

    def spans(self, name: str, first: int, last: int) -> Iterator[tuple[int, int]]:
        """Where words of a class stand between two tokens (half-open), in order."""
        for index in self.starts(name, first, last):
            yield index, self.tags[index][name]

    def starts(self, name: str, first: int, last: int) -> Sequence[int]:
        """Where words of a class begin between two tokens (half-open), in order."""
        places = self.places.get(name, ())
        return places[bisect_left(places, first) : bisect_left(places, last)]

    def starts_of(self, names: Collection[str], first: int, last: int) -> Sequence[int]:
        """Where words of any of these classes begin between two tokens (half-open), in order."""
        if len(names) == 1:
            (name,) = names
            return self.starts(name, first, last)
        found = [places for name in names if (places := self.starts(name, first, last))]
        if len(found) < 2:
            return found[0] if found else ()
        return sorted({index for places in found for index in places})

    def says(self, name: str, first: int, last: int) -> bool:
        """Does a word of this class begin between two tokens?"""
        places = self.places.get(name)
        if not places:
            return False
        at = bisect_left(places, first)
        return at < len(places) and places[at] < last
