"""Phrases as people write them in rules: words, with `*` where a word is open at its end.

A phrase is searched in normalised text (`alerter.core.text`), so case, accents, hyphens and line breaks do
not matter, and words are whole unless a `*` says otherwise.
"""

import re
import unicodedata
from dataclasses import dataclass, field
from functools import cached_property

from alerter.core.reading import Span
from alerter.core.text import needle, word_spans, words

QUOTED_WITHIN = 50_000
"""Characters of a text in which a phrase is looked up for quoting, so that a giant stays cheap."""


@dataclass(frozen=True)
class Phrase:
    """A phrase, parsed. Raises ValueError for what has no words or a `*` elsewhere than at a word's end.

    >>> Phrase("magnet* shortage").found_in(" magnets shortage looms ")
    True
    """

    written: str
    pieces: tuple[str, ...] = field(init=False)
    """Runs of normalised text; where one ends and the next begins, a word is open at its end."""

    def __post_init__(self) -> None:
        parts = unicodedata.normalize("NFC", self.written).strip().split("*")
        closed = parts.pop()
        if not all(words(part[-1:]) for part in parts):
            raise ValueError(f"{self.written!r}: a `*` must follow the letters of a word")
        if parts and words(closed[:1]):
            raise ValueError(f"{self.written!r}: a `*` must stand at the end of a word")
        pieces = [needle(part + "*") for part in parts]
        if words(closed):
            pieces.append(needle(closed))
        if not pieces or not all(piece.strip() for piece in pieces):
            raise ValueError(f"{self.written!r} has no words to look for")
        object.__setattr__(self, "pieces", tuple(pieces))

    @property
    def needle(self) -> str:
        """The longest run: no text has the phrase without it."""
        return max(self.pieces, key=len)

    def found_in(self, normalised: str) -> bool:
        """Does the normalised text have the phrase?"""
        if len(self.pieces) == 1:
            return self.pieces[0] in normalised
        return self._pattern.search(normalised) is not None

    def locate(self, text: str) -> Span | None:
        """Where the phrase first stands in the text as given; None if not within `QUOTED_WITHIN`."""
        text = text[:QUOTED_WITHIN]
        if text.isascii():
            standing = self._ascii_pattern.search(text)
            return standing.span() if standing else None
        spans = word_spans(text)
        joined = " " + " ".join(word for word, _, _ in spans) + " "
        found = self._pattern.search(joined)
        if not found:
            return None
        first = joined.count(" ", 0, found.start() + 1) - 1
        last = joined.count(" ", 0, len(found[0].rstrip()) + found.start()) - 1
        return spans[first][1], spans[last][2]

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        # Only escaped words and runs without spaces: linear in the text, whatever was written.
        return re.compile("[^ ]*".join(re.escape(piece) for piece in self.pieces))

    @cached_property
    def _ascii_pattern(self) -> re.Pattern[str]:
        """The same over a plain text as given: words parted by what is no word, ends open or closed."""
        runs = [r"\W+".join(map(re.escape, piece.split())) for piece in self.pieces]
        joins = [r"\w*\W+" if piece.startswith(" ") else r"\w*" for piece in self.pieces[1:]]
        joined = runs[0] + "".join(join + run for join, run in zip(joins, runs[1:], strict=True))
        end = r"\b" if self.pieces[-1].endswith(" ") else r"\w*"
        return re.compile(r"\b" + joined + end, re.IGNORECASE | re.ASCII)
