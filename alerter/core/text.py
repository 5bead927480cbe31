"""Normalised text and the phrases matched in it: NFKC, case folded, accents gone, words parted by spaces.

`" rare earths "` is a whole text: each word stands between single spaces, so a phrase is found by a plain
substring search that respects word boundaries. Every CJK character is a word of its own, which makes phrases
match inside unspaced runs of Chinese.
"""

import re
import unicodedata

_CJK = "\u2e80-\u9fff\uf900-\ufaff\uac00-\ud7af"
_CJK_CHARACTER = re.compile(f"[{_CJK}]")
_RUN = re.compile(rf"[\w{_CJK}]+")
_WORD = re.compile(rf"[{_CJK}]|(?:(?![{_CJK}])\w)+")
_NOT_ASCII = re.compile(r"[^\x00-\x7f]+")
_ASCII_WORDS = "".join(c.lower() if c.isalnum() or c == "_" else " " for c in map(chr, range(128)))


def words(text: str) -> list[str]:
    """The normalised words of a text."""
    if text.isascii():
        return text.translate(_ASCII_WORDS).split()  # four times as fast, and most texts are
    return _RUN.findall(_CJK_CHARACTER.sub(r" \g<0> ", _fold(text)))


def word_spans(text: str) -> list[tuple[str, int, int]]:
    """The normalised words with where they stand in the text as given: (word, start, end).

    Folds character by character, so words of decomposed Hangul may differ from those of `words`.
    """
    if text.isascii():
        return [(word[0], *word.span()) for word in _RUN.finditer(text.lower())]
    folded = {char: _fold(char) for char in set(text)}
    origins = [index for index, char in enumerate(text) for _ in folded[char]]
    found = _WORD.finditer("".join(folded[char] for char in text))
    return [(word[0], origins[word.start()], origins[word.end() - 1] + 1) for word in found]


def normalise(text: str) -> str:
    """The text as `" word word "`; a text without words is `" "`."""
    return " " + " ".join(words(text)) + " " if text else " "


def needle(phrase: str) -> str:
    """What to search for in normalised text; a final `*` leaves the last word open at its end.

    >>> needle("Rare earth*"), needle("magnet shortage")
    (' rare earth', ' magnet shortage ')
    """
    stem = phrase.rstrip()
    if stem.endswith("*"):
        return " " + " ".join(words(stem[:-1]))
    return " " + " ".join(words(stem)) + " "


def _fold(text: str) -> str:
    if text.isascii():
        return text.casefold()
    folded = unicodedata.normalize("NFKC", text).casefold()
    if folded.isascii():
        return folded
    decomposed = unicodedata.normalize("NFD", folded)
    return unicodedata.normalize("NFC", _NOT_ASCII.sub(_without_accents, decomposed))


def _without_accents(run: re.Match[str]) -> str:
    return "".join(char for char in run[0] if not unicodedata.combining(char))
