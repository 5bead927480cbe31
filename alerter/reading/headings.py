"""Headings: customs codes written in a text, which mean the commodity that they classify.

`HS 8112`, `HTS subheading 8542.31.00`, `税则号列：28053000`: digits that follow a word for a tariff code. A
code means the commodity with the longest heading that it begins with; others mean nothing.
"""

from collections.abc import Iterator, Mapping, Sequence

from alerter.reading.marks import Mention

HEADING = "hs_heading"
"""The class of words after which codes stand."""
_JOINING = frozenset(
    {",", ";", ":", "(", ")", ".", "and", "or", "to", "no", "nos", "number", "numbers", "of", "the"}
)
_SHORTEST, _LONGEST = 4, 10
"""Digits of a code."""


def headings_in(
    words: Sequence[str], tags: Sequence[Mapping[str, int]], headings: Mapping[str, str]
) -> Iterator[Mention]:
    """A mention for each customs code whose commodity is known. `headings`: digits → commodity."""
    named_until = -1  # where the word for a code ends, while only codes have followed it
    for at, tagged in enumerate(tags):
        if HEADING in tagged:
            named_until = max(named_until, tagged[HEADING])
        elif 0 <= named_until <= at and words[at][0].isdigit():
            commodity = _classified(_digits(words, at), headings)
            if commodity:
                yield Mention("commodity", commodity, "code", at, at + 1)
        elif at >= named_until and words[at] not in _JOINING:
            named_until = -1


def _digits(words: Sequence[str], at: int) -> str:
    """The digits that begin here, with those that follow dots: `8542.31`, `.`, `00`."""
    found = words[at].replace(".", "")
    while at + 2 < len(words) and words[at + 1] == "." and words[at + 2].replace(".", "").isdigit():
        at += 2
        found += words[at].replace(".", "")
    return found


def _classified(digits: str, headings: Mapping[str, str]) -> str | None:
    if len(digits) < _SHORTEST or not digits.isdigit():
        return None
    lengths = range(min(len(digits), _LONGEST), 1, -1)
    return next((headings[digits[:length]] for length in lengths if digits[:length] in headings), None)
