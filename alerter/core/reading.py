"""Readings: what was read in a signal. Pure values; `alerter.reading` makes them.

Vocabulary: metrics, event types, commodities and countries use the names that the project's lexicon and
docs/reading.md list. A `Span` is a half-open range of characters in `Signal.title + "\\n" + Signal.text`.
"""

from enum import StrEnum
from typing import Literal

from alerter.core.model import Frozen
from alerter.core.signal import SignalRecord

Span = tuple[int, int]

Bound = Literal["exact", "at_least", "at_most", "approx"]
Basis = Literal["yoy", "mom", "ytd", "other", "unknown"]
Modality = Literal["reported", "forecast", "hypothetical", "denied"]
EventStatus = Literal["proposed", "announced", "effective", "rumoured", "denied", "demanded"]


class Claim(Frozen):
    """A stated quantity. `change_pct` is signed; `value` is a level in `unit`; `period` is ISO-like."""

    metric: str
    change_pct: float | None = None
    value: float | None = None
    unit: str | None = None
    bound: Bound = "exact"
    basis: Basis = "unknown"
    commodity: str | None = None
    origin: str | None = None
    destination: str | None = None
    period: str | None = None
    modality: Modality = "reported"
    span: Span = (0, 0)


class Event(Frozen):
    """A typed happening. `actor` is an ISO 3166 alpha-2 code, `EU`, `court`, `company` or absent."""

    type: str
    actor: str | None = None
    target: str | None = None
    commodity: str | None = None
    status: EventStatus = "announced"
    instrument: str | None = None
    """By what the measure is made: `2025-18` (an announcement), `Section 232`, `EO 14257`, `2025/2083`."""
    clause: str | None = None
    """The part of the instrument that is meant, where it is not the whole."""
    effective_on: str | None = None
    """ISO days from which and until which it holds."""
    ends_on: str | None = None
    span: Span = (0, 0)


class Document(StrEnum):
    """What a docket entry is (first axis of court meaning)."""

    ORDER = "order"
    OPINION = "opinion"
    JUDGMENT = "judgment"
    MANDATE = "mandate"
    MINUTE = "minute"
    MOTION = "motion"
    NOTICE = "notice"
    BRIEF = "brief"
    CLERK = "clerk"


class CourtMeaning(Frozen):
    """What a docket entry means. `decides`: a court's act of substance, not a filing or housekeeping."""

    document: Document
    disposition: tuple[str, ...] = ()
    relief: str | None = None
    by: Literal["court", "party", "clerk"] = "clerk"
    decides: bool = False


class NoticeMeaning(Frozen):
    """What an official notice sets: its number, dates (ISO), elements and HS codes."""

    number: str | None = None
    effective_on: str | None = None
    ends_on: str | None = None
    elements: tuple[str, ...] = ()
    hs: tuple[str, ...] = ()
    type: str | None = None
    """What it does first of all: `control`, `suspension`, `listing`, `removal` …; for notices in Chinese."""
    gloss: str | None = None
    """One line of English on what a notice in Chinese says; its title stays as it is."""


class Sketch(Frozen):
    """What is kept of a text's opening to recognise near-duplicates; `alerter.reading.copies` makes it."""

    bands: tuple[str, ...]
    """Texts that share one may be copies of each other."""
    opening: str
    """Its first words, normalised."""


class Reading(Frozen):
    """Everything read in one version of a signal."""

    claims: tuple[Claim, ...] = ()
    events: tuple[Event, ...] = ()
    commodities: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    companies: tuple[str, ...] = ()
    """Those of the configured watchlist that are named, and those that own them."""
    court: CourtMeaning | None = None
    notice: NoticeMeaning | None = None
    story_keys: tuple[str, ...] = ()
    """Signals that share a key (canonical URL, normalised title, what is said by whom) tell one story."""
    sketch: Sketch | None = None
    """Of an article long enough to be recognised when it is reprinted."""


class ReadSignal(Frozen):
    """A stored signal with its reading: what rules judge."""

    record: SignalRecord
    reading: Reading

    @property
    def out_of_date(self) -> "ReadSignal":
        """The same as it stands in the log after a newer version: kept, never alerted."""
        return self.model_copy(update={"record": self.record.model_copy(update={"baseline": True})})

    @property
    def body(self) -> str:
        """The text that spans count in."""
        return f"{self.record.signal.title}\n{self.record.signal.text}"
