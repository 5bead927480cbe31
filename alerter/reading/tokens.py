"""Tokens: a text cut into folded words, numbers and marks, each with its place, and into sentences.

The first step of every reading. Folding is that of `alerter.core.text` (NFKC, case folded, accents gone),
done by the character so that every token still knows its offsets. Hyphens inside words part them, so that
`rare-earth` and `rare earth` are the same two tokens; hyphens that sign a number stay.
"""

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

LONGEST_SENTENCE = 120
"""Tokens after which a sentence without an end is cut, so that no later step meets an unbounded one."""

_CJK = "\u2e80-\u2fff\u3040-\u9fff\uf900-\ufaff"
_TOKEN = re.compile(
    rf"""
      [a-df-ln-prstvwxz][^\W{_CJK}]{{0,59}}           # with these letters none of the next two begins
    | (?:u\.s\.(?:a\.)?|u\.k\.|e\.u\.)(?!\w)        # initials that stand for states
    | [mqy](?:/|-o-|\ o\ )[mqy](?!\w)               # y/y, m-o-m
    | \d{{1,15}}(?:,\d{{2,3}}){{0,6}}(?:\.\d{{1,9}})?
    | [{_CJK}]
    | [^\W\d_{_CJK}][^\W{_CJK}]{{0,59}}
    | '[a-z]{{1,2}}(?!\w)                           # 's, 't
    | \u2212(?=\s?\d)                               # a minus sign, with or without a space
    | (?<![\w.%])[-+](?=\s?[\d.])                   # a sign
    | (?<=\d)-(?=[$\d])                             # a range
    | (?<=\s)-(?=\s)                                # a dash
    | [%$\u20ac\u00a3\u00a5\u20b9.,;:!?()\n/+\u3002]
    """,
    re.VERBOSE,
)
_PLAIN = {
    "\u2018": "'",
    "\u2019": "'",
    "\u02bc": "'",
    "\u201c": '"',
    "\u201d": '"',
    "\u2010": "-",
    "\u2011": "-",
    "\u2012": "-",
    "\u2013": "-",
    "\u2014": ";",  # an em dash parts clauses
    "\u2015": ";",
    "\u00a0": " ",
    "\u202f": " ",
    "\u2009": " ",
    "\u00ad": "",
    "\u200b": "",
    "\uff0c": ",",
    "\u3002": "\u3002",
}
_ABBREVIATIONS = frozenset(
    [
        "jan",
        "feb",
        "mar",
        "apr",
        "jun",
        "jul",
        "aug",
        "sep",
        "sept",
        "oct",
        "nov",
        "dec",
        "no",
        "nos",
        "mr",
        "mrs",
        "ms",
        "dr",
        "st",
        "vs",
        "inc",
        "corp",
        "co",
        "ltd",
        "approx",
        "gen",
        "sen",
        "rep",
        "gov",
        "fig",
        "art",
        "sec",
        "para",
        "vol",
        "ed",
        "est",
        "cf",
        "al",
        "etc",
        "v",
    ]
)
_ENDS = frozenset({"!", "?", "\n", "\u3002"})


@dataclass(frozen=True, slots=True)
class Tokens:
    """A text's tokens in order; `starts` and `ends` are offsets in the original text."""

    original: str
    words: list[str]
    starts: list[int]
    ends: list[int]
    sentences: list[tuple[int, int]]
    """Half-open ranges of tokens."""
    title_end: int
    """The first token after the title's line."""
    numerals: list[int]
    """The tokens that begin with a digit, in order."""

    def span(self, first: int, last: int) -> tuple[int, int]:
        """Where the tokens first to last (half-open) stand in the original."""
        return self.starts[first], self.ends[last - 1]

    def numerals_in(self, first: int, last: int) -> list[int]:
        """The tokens between two (half-open) that begin with a digit, in order."""
        return self.numerals[bisect_left(self.numerals, first) : bisect_left(self.numerals, last)]

    def is_capital(self, index: int) -> bool:
        """Does the token begin with a capital letter?"""
        return self.original[self.starts[index]].isupper()


def fold(text: str) -> tuple[str, list[int] | None]:
    """The folded text, and each folded character's offset in the original (None = the same offsets)."""
    if text.isascii():
        return text.lower(), None
    pieces = [_fold_char(char) for char in text]
    folded = "".join(pieces)
    if len(folded) == len(text) and all(len(piece) == 1 for piece in pieces):
        return folded, None
    return folded, [index for index, piece in enumerate(pieces) for _ in piece]


def tokenise(title: str, text: str) -> Tokens:
    """Cuts `title + "\\n" + text` into tokens and sentences."""
    original = f"{title}\n{text}"
    folded, offsets = fold(original)
    found = list(_TOKEN.finditer(folded))
    words = [one[0] for one in found]
    starts = [one.start() for one in found]
    ends = [one.end() for one in found]
    if offsets is not None:
        starts = [offsets[start] for start in starts]
        ends = [offsets[end - 1] + 1 for end in ends]
    title_end = bisect_left(starts, len(title))
    sentences = _sentences(original, words, starts)
    numerals = [index for index, word in enumerate(words) if word[0].isdigit()]
    return Tokens(original, words, starts, ends, sentences, title_end, numerals)


def _sentences(original: str, words: list[str], starts: list[int]) -> list[tuple[int, int]]:
    sentences = []
    first = 0
    for index, word in enumerate(words):
        too_long = index - first >= LONGEST_SENTENCE
        if not too_long and word not in _MAY_END:
            continue
        if word in _ENDS or too_long or (word == "." and _ends_sentence(original, words, starts, index)):
            if index > first:
                sentences.append((first, index))
            first = index if too_long and word not in _ENDS and word != "." else index + 1
        elif word in _STATES and _starts_anew(original, words, starts, index):
            sentences.append((first, index + 1))
            first = index + 1
    if first < len(words):
        sentences.append((first, len(words)))
    return sentences


_STATES = frozenset({"u.s.", "u.s.a.", "u.k.", "e.u."})
_MAY_END = frozenset({*_ENDS, *_STATES, "."})
_OPENERS = frozenset(
    [
        "the",
        "a",
        "an",
        "in",
        "it",
        "its",
        "but",
        "on",
        "at",
        "he",
        "she",
        "they",
        "that",
        "this",
        "however",
        "meanwhile",
    ]
)


def _starts_anew(original: str, words: list[str], starts: list[int], index: int) -> bool:
    """Does a new sentence follow initials whose last dot may also end one?"""
    following = index + 1
    if following >= len(words) or words[following] not in _OPENERS:
        return False
    return original[starts[following]].isupper()


def _ends_sentence(original: str, words: Sequence[str], starts: Sequence[int], index: int) -> bool:
    following = index + 1
    if following >= len(words):
        return True
    if words[following] == "\n":
        return True
    if starts[following] - starts[index] < 2:  # no space after the dot
        return False
    before = words[index - 1] if index else ""
    if before in _ABBREVIATIONS or (len(before) == 1 and before.isalpha()):
        return False
    first = original[starts[following]]
    return not first.islower()


@lru_cache(maxsize=8192)
def _fold_char(char: str) -> str:
    plain = _PLAIN.get(char)
    if plain is not None:
        return plain
    decomposed = unicodedata.normalize("NFKD", char).casefold()
    bare = "".join(_digit(part) for part in decomposed if not unicodedata.combining(part))
    return unicodedata.normalize("NFC", bare)


def _digit(char: str) -> str:
    """The plain digit that a character of any script or shape stands for (`\u0663`, `\u2786`), or itself."""
    return str(unicodedata.digit(char)) if char.isdigit() else char
