"""What the story is made of: publications with their time and place, and what must be told of them.

Plain values; the servers publish them, the verdict compares what was told with what was expected.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal

Outlet = Literal["wire", "trade", "gazette"]
Part = Literal["story", "copy", "version", "noise"]
"""`story`: a fact to be told; `copy`: the same again; `version`: a later stage of the same signal; `noise`:
what no rule should tell of."""

SITES: Mapping[Outlet, str] = {
    "wire": "https://meridianwire.example",
    "trade": "https://oreandalloy.example",
    "gazette": "https://harbourgazette.example",
}
NAMES: Mapping[Outlet, str] = {
    "wire": "Meridian Wire",
    "trade": "Ore & Alloy Daily",
    "gazette": "The Harbour Gazette",
}


@dataclass(frozen=True, slots=True)
class Article:
    """An entry of an outlet's feed."""

    at: datetime
    outlet: Outlet
    title: str
    text: str
    url: str
    part: Part = "story"

    @property
    def place(self) -> str:
        """The source that it comes through."""
        return self.outlet


@dataclass(frozen=True, slots=True)
class Document:
    """A document of the Federal Register: first on public inspection, then in an issue, under one number."""

    at: datetime
    stage: Literal["inspection", "issue"]
    number: str
    row: Mapping[str, Any] = field(repr=False)
    part: Part = "story"
    place: str = "register"

    @property
    def title(self) -> str:
        """Its title."""
        return str(self.row["title"])


@dataclass(frozen=True, slots=True)
class Pushed:
    """A signal that another program pushes over POST /api/v1/signals."""

    at: datetime
    place: str
    signal: Mapping[str, Any] = field(repr=False)
    part: Part = "story"

    @property
    def title(self) -> str:
        """Its title."""
        return str(self.signal["title"])


Publication = Article | Document | Pushed


@dataclass(frozen=True, slots=True)
class Telling:
    """A notification that a step must bring: once to each receiver, with these words in it."""

    rule: str
    change: Literal["fired", "updated"]
    receivers: tuple[str, ...]
    says: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Step:
    """One stop of the clock: what is published by then, and what must be told of it; nothing else may be."""

    at: datetime
    what: str
    publications: Sequence[Publication]
    tellings: Sequence[Telling] = ()

    @property
    def is_of_the_story(self) -> bool:
        """Does it bring a fact that people must hear of?"""
        return bool(self.tellings)


def when(day: str, time: str = "00:00") -> datetime:
    """`when("2025-06-09", "06:30")`: an instant in UTC."""
    return datetime.fromisoformat(f"{day}T{time}").replace(tzinfo=UTC)
