"""Words of Chinese: `vocabulary/chinese.yaml` as compiled expressions, made once per reader.

Every gap in a wording is bounded and ends with its clause, so that matching stays linear in the text.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib import resources
from typing import Any

import yaml

_GAPS = (("……", "[^。；！？\n]{0,40}?"), ("…", "[^，。；！？\n]{0,24}?"), ("‥", "[^，。；！？\n]{0,8}?"))
_CLASS = re.compile("<([^<>?!=]{1,3})>")
_LOADER = getattr(yaml, "CBaseLoader", yaml.BaseLoader)


@dataclass(frozen=True, slots=True)
class Classes:
    """Several classes of words in one expression; of words that begin together the first one listed wins."""

    expression: re.Pattern[str]

    @classmethod
    def of(cls, words: Mapping[str, str]) -> "Classes":
        """Classes of words, parted by spaces, each a piece of an expression."""
        parts = (f"(?P<{name}>{_any(pieces)})" for name, pieces in words.items())
        return cls(re.compile("|".join(parts)))

    def find(self, text: str, start: int, end: int) -> Iterator[tuple[str, int, int]]:
        """Class, start and end of each word between two characters."""
        for found in self.expression.finditer(text, max(start, 0), max(end, 0)):
            yield found.lastgroup or "", found.start(), found.end()

    def last(self, text: str, start: int, end: int) -> tuple[str, int, int] | None:
        """The last word between two characters."""
        return max(self.find(text, start, end), key=lambda one: one[1], default=None)

    def first(self, text: str, start: int, end: int) -> tuple[str, int, int] | None:
        """The first word between two characters."""
        return next(self.find(text, start, end), None)

    def present(self, text: str, start: int, end: int) -> set[str]:
        """The classes of the words between two characters."""
        return {name for name, _, _ in self.find(text, start, end)}


@dataclass(frozen=True, slots=True)
class EventWording:
    """How one type of event is worded, and which types of its sentence it silences."""

    type: str
    expression: re.Pattern[str]
    beats: frozenset[str]


@dataclass(frozen=True, slots=True)
class ChineseWords:
    """The whole vocabulary."""

    measures: Classes
    ways: Classes
    bases: Classes
    modalities: Classes
    home: re.Pattern[str]
    """What speaks of China without its name."""
    events: tuple[EventWording, ...]
    statuses: Mapping[str, re.Pattern[str]]
    issuers: Mapping[str, str]
    """Chinese → English names of those who issue notices."""
    subjects: tuple[tuple[re.Pattern[str], str], ...]
    """What a notice is about that sets no measure, in English."""
    goods: tuple[tuple[re.Pattern[str], str], ...]
    """Goods outside the commodities, in English."""
    routine: re.Pattern[str]
    """What tells by its headline that a notice sets nothing."""

    @classmethod
    def build(cls) -> "ChineseWords":
        """The shipped vocabulary, compiled."""
        known = _load()
        return cls(
            measures=Classes.of(known["measures"]),
            ways=Classes.of(known["ways"]),
            bases=Classes.of(known["bases"]),
            modalities=Classes.of(known["modalities"]),
            home=re.compile(_any(known["home"])),
            events=tuple(_wordings(known["types"], known["words"])),
            statuses={name: re.compile(_any(words)) for name, words in known["statuses"].items()},
            issuers=known["issuers"],
            subjects=_named(known["subjects"]),
            goods=_named(known["goods"]),
            routine=re.compile(known["routine"]),
        )


def _wordings(types: Mapping[str, Any], words: Mapping[str, str]) -> Iterator[EventWording]:
    for name, entry in types.items():
        pieces = [_expanded(piece, words) for piece in entry["say"].split()]
        yield EventWording(name, re.compile("|".join(pieces)), frozenset(entry.get("beats", ())))


def _named(entries: Mapping[str, str]) -> tuple[tuple[re.Pattern[str], str], ...]:
    return tuple((re.compile(words), english) for words, english in entries.items())


def _expanded(piece: str, words: Mapping[str, str]) -> str:
    piece = _CLASS.sub(lambda found: f"(?:{_any(words[found[1]])})", piece)
    for mark, gap in _GAPS:
        piece = piece.replace(mark, gap)
    return piece


def _any(words: str) -> str:
    return "|".join(words.split())


def _load() -> Any:
    path = resources.files("alerter.reading").joinpath("vocabulary", "chinese.yaml")
    return yaml.load(path.read_text("utf-8"), Loader=_LOADER)  # noqa: S506 - makes text only, never objects
