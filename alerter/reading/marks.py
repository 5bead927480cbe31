"""Marks: what the lexicon found in a text's tokens; claims and events are read from them."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

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
    present: frozenset[str]
    """Every class of word, and kind of name, that occurs anywhere."""

    def has(self, index: int, name: str) -> bool:
        """Does a word of this class begin here?"""
        return 0 <= index < len(self.tags) and name in self.tags[index]

    def any_of(self, index: int, names: frozenset[str]) -> bool:
        """Does a word of any of these classes begin here?"""
        return 0 <= index < len(self.tags) and not names.isdisjoint(self.tags[index])

    def spans(self, name: str, first: int, last: int) -> Iterator[tuple[int, int]]:
        """Where words of a class stand between two tokens (half-open), in order."""
        for index in range(max(first, 0), min(last, len(self.tags))):
            end = self.tags[index].get(name)
            if end is not None:
                yield index, end

    def says(self, name: str, first: int, last: int) -> bool:
        """Does a word of this class begin between two tokens?"""
        return any(name in self.tags[index] for index in range(max(first, 0), min(last, len(self.tags))))
