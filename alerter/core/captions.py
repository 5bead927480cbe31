"""Captions: by which names a case goes, and whether it is one of a matter's. Pure.

A matter lists its dockets and patterns of captions; courts write a caption with parties in either order, with
a docket number before it, with or without stops.
"""

import re

from alerter.core.dockets import is_same_docket
from alerter.core.matter import Matter
from alerter.core.text import words

CAPTION_WITHIN = 1000
"""Characters of a title in which a caption is looked for."""
VERSUS = frozenset({"v", "vs", "versus"})

UNNAMED = "Unknown Case Title"
"""What a case without a caption is called."""

_AND_OTHERS = re.compile(r",?\s+et\.?\s+al\b\.?,?", re.IGNORECASE)
_COUNTRY = re.compile(r"\bUnited States of America\b", re.IGNORECASE)


def case_name(caption: str) -> str:
    """The caption without "et al" and with short names, as cases are cited; `UNNAMED` if there is none.

    >>> case_name("Reyes, et al v. United States of America")
    'Reyes v. United States'
    """
    short = _COUNTRY.sub("United States", _AND_OTHERS.sub("", caption))
    return " ".join(short.split()).strip(" ,;:") or UNNAMED


def is_in_matter(docket: tuple[str, str] | None, title: str, matter: Matter) -> bool:
    """Is a case the matter's, by court and number, or by the caption that a title begins with?"""
    if docket and any(is_same_docket(docket, own) for own in matter.dockets):
        return True
    caption = words(title[:CAPTION_WITHIN])
    return any(_names(pattern, caption) for pattern in matter.names)


def _names(pattern: str, caption: list[str]) -> bool:
    """Does the caption, or its part after the "v.", match? Case, accents and punctuation do not count.

    Digits before the first word are the docket number that court feeds put before the caption.
    """
    runs = [words(run) for run in pattern.split("*")]
    if not any(runs):
        return False
    starts = [0, _after_number(caption), *(n + 1 for n, word in enumerate(caption) if word in VERSUS)]
    return any(_matches(runs, caption[start:]) for start in starts)


def _after_number(caption: list[str]) -> int:
    """Where the caption begins after `1:25-cv-00066`."""
    for index, word in enumerate(caption):
        if not any(char.isdigit() for char in word) and word not in {"cv", "cr", "mc", "no"}:
            return index
    return len(caption)


def _matches(runs: list[list[str]], caption: list[str]) -> bool:
    """Do the runs of words between the stars stand in the caption in order, first and last at its ends?"""
    first, *middle = runs
    if caption[: len(first)] != first:
        return False
    position = len(first)
    for run in middle:
        found = _find(run, caption, position)
        if found is None:
            return False
        position = found + len(run)
    return position == len(caption) or (len(runs) > 1 and _ends(runs[-1], caption))


def _find(run: list[str], caption: list[str], start: int) -> int | None:
    positions = range(start, len(caption) - len(run) + 1)
    return next((n for n in positions if caption[n : n + len(run)] == run), None)


def _ends(run: list[str], caption: list[str]) -> bool:
    return not run or caption[-len(run) :] == run
