"""The corpus: sentences with labels that were decided before the reader saw them, and how they are scored.

A table in tests/corpus is a list of entries; what one leaves out is empty, or the default of `Claim` and
`Event`. Scores are micro-averaged F1, where a claim or an event counts as read when these agree:
`figure`: the change, or the level with its unit; `core`: also metric, commodity and whether it is asserted;
`full`: also basis (year to date is year on year), origin, destination and period; `event`: the type;
`event.full`: also actor and commodity.
"""

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from alerter.core.reading import Claim, Event, Reading
from alerter.reading import Reader
from alerter.reading.annotation import signal_from_annotate_input

FOLDER = Path(__file__).parents[1] / "corpus"
Rows = Counter[Hashable]


@dataclass(frozen=True, slots=True)
class Entry:
    """One text with its labels."""

    id: str
    relevant: bool
    line: Mapping[str, Any]
    """The text as `annotate` takes it."""
    wanted: Reading


@dataclass(frozen=True, slots=True)
class Score:
    """How many rows of a level were read, invented and missed."""

    hits: int
    invented: int
    missed: int

    @property
    def f1(self) -> float:
        """The harmonic mean of precision and recall; 1 where there was nothing to read."""
        whole = 2 * self.hits + self.invented + self.missed
        return 2 * self.hits / whole if whole else 1.0


def rows(pattern: str) -> Iterator[Mapping[str, Any]]:
    """The rows of the tables whose names fit."""
    for path in sorted(FOLDER.glob(f"{pattern}.yaml")):
        yield from yaml.load(path.read_text("utf-8"), Loader=yaml.CBaseLoader) or ()


def entries(pattern: str) -> list[Entry]:
    """The entries of the tables whose names fit."""
    return [_entry(row) for row in rows(pattern)]


def _entry(row: Mapping[str, Any]) -> Entry:
    wanted = Reading(
        claims=tuple(Claim.model_validate(_plain(claim)) for claim in row.get("claims") or ()),
        events=tuple(Event.model_validate(_plain(event)) for event in row.get("events") or ()),
        commodities=tuple(row.get("commodities") or ()),
        countries=tuple(row.get("countries") or ()),
    )
    line = {key: row[key] for key in ("id", "published", "title", "text", "kind") if key in row}
    return Entry(row["id"], row.get("relevant") != "false", line, wanted)


def _plain(fields: Mapping[str, str]) -> dict[str, str | None]:
    return {name: None if value in ("null", "") else value for name, value in fields.items()}


def read(reader: Reader, entry: Entry) -> Reading:
    """What the reader makes of it."""
    return reader.read(signal_from_annotate_input(entry.line))


def figure(claim: Claim) -> tuple[Hashable, ...]:
    """The change, or the level with its unit."""
    if claim.change_pct is not None:
        return ("change", round(claim.change_pct, 1))
    return ("value", None if claim.value is None else round(claim.value, 3), claim.unit)


def core(claim: Claim) -> tuple[Hashable, ...]:
    """The figure of what, and is it asserted?"""
    return (*figure(claim), claim.metric, claim.commodity, claim.modality == "reported")


def full(claim: Claim) -> tuple[Hashable, ...]:
    """With base, route and period."""
    basis = "yoy" if claim.basis == "ytd" else claim.basis
    return (*core(claim), basis, claim.origin, claim.destination, claim.period)


LEVELS: Mapping[str, Callable[[Reading], Rows]] = {
    "claim.figure": lambda reading: Counter(map(figure, reading.claims)),
    "claim.core": lambda reading: Counter(map(core, reading.claims)),
    "claim.full": lambda reading: Counter(map(full, reading.claims)),
    "event.type": lambda reading: Counter({event.type for event in reading.events}),
    "event.full": lambda reading: Counter({(e.type, e.actor, e.commodity) for e in reading.events}),
    "commodities": lambda reading: Counter(set(reading.commodities)),
    "countries": lambda reading: Counter(set(reading.countries)),
}


def scores(reader: Reader, corpus: Iterable[Entry]) -> dict[str, Score]:
    """The score of each level."""
    pairs = [(entry.wanted, read(reader, entry)) for entry in corpus]
    return {level: _score(of, pairs) for level, of in LEVELS.items()}


def _score(of: Callable[[Reading], Rows], pairs: Iterable[tuple[Reading, Reading]]) -> Score:
    hits = invented = missed = 0
    for wanted, found in pairs:
        mine, its = of(wanted), of(found)
        hits += (mine & its).total()
        invented += (its - mine).total()
        missed += (mine - its).total()
    return Score(hits, invented, missed)


def alarms(reader: Reader, corpus: Iterable[Entry]) -> list[str]:
    """The entries in which nothing happened, and an event was read."""
    return [entry.id for entry in corpus if not entry.relevant and read(reader, entry).events]
