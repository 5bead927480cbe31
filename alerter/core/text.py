"""Normalised text and the phrases matched in it: NFKC, case folded, accents gone, words parted by spaces.

`" rare earths "` is a whole text: each word stands between single spaces, so a phrase is found by a plain
substring search that respects word boundaries. Every CJK character is a word of its own, which makes phrases
match inside unspaced runs of Chinese.
"""

import re
import unicodedata

_WORD = re.compile(
    r"[\u2e80-\u9fff\uf900-\ufaff\uac00-\ud7af]|(?:(?![\u2e80-\u9fff\uf900-\ufaff\uac00-\ud7af])\w)+"
)


def words(text: str) -> list[str]:
    """The normalised words of a text."""
    return _WORD.findall(_fold(text))


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
    bare = "".join(char for char in decomposed if not unicodedata.combining(char))
    return unicodedata.normalize("NFC", bare)
