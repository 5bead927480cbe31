"""The US Consolidated Screening List: who is added to, changed on or removed from it, as listings.

The list is published whole, without deltas: each poll that finds a new file compares it with the snapshot in
the cursor. The file is streamed to disk and read row by row in a worker thread. Half a file must never read
as a thousand removals: what does not add up is an error, and the snapshot stays as it was.
"""

import asyncio
import difflib
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated, BinaryIO, ClassVar, Literal

from pydantic import AfterValidator, Field

from alerter.core.model import Frozen, Shape
from alerter.core.phrases import Phrase
from alerter.core.quantities import Duration, Percent
from alerter.core.text import normalise
from alerter.sources.aside import read_aside
from alerter.sources.base import (
    LONGEST_WISH,
    Poll,
    Source,
    SourceConfig,
    SourceContext,
    WebAddress,
)
from alerter.sources.formats.entries import undated_at
from alerter.sources.formats.screening_changes import Change, Difference, compare, doubt, news
from alerter.sources.formats.screening_rows import Table, UnknownShape
from alerter.sources.formats.screening_signals import Listings, Setting
from alerter.sources.formats.screening_snapshot import Snapshot, pack, unpack
from alerter.sources.http import Fetch, Visit, revisit

FILE = "/downloadable_consolidated_screening_list/v1/consolidated.csv"
NOTE_LENGTH = 500
FILE_BYTES = 64 * 1024 * 1024
DOWNLOAD_TIME, READING_TIME = timedelta(seconds=120), timedelta(seconds=90)


def _check_phrase(written: str) -> str:
    Phrase(written)
    return written


ListName = Annotated[str, AfterValidator(_check_phrase)]
CountryCode = Annotated[str, Shape(r"^[A-Z]{2}$", "two capital letters, like CN")]


class ScreeningListConfig(SourceConfig):
    """The Consolidated Screening List of the US departments of Commerce, State and the Treasury.

    One file holds all lists (Entity List, Unverified List, Specially Designated Nationals and a dozen more).
    Each party that is added, changed or removed between two polls is a listing. A party is known by its list
    and its number there, or its name where the list has no numbers.
    """

    example: ClassVar[str] = (
        '{id: screening, type: screening_list, lists: ["Entity List*", "Unverified List*"], every: 1h}'
    )
    limits: ClassVar[str] = (
        "No key. 26,000 rows in 33 MB, rebuilt hourly, without deltas: more frequent polls bring nothing."
    )

    type: Literal["screening_list"]
    lists: tuple[ListName, ...] = ()
    """Lists to tell of, by words of their names, `*` at a word's end; none named: all."""
    countries: tuple[CountryCode, ...] = ()
    """Only parties with an address, citizenship or nationality in one of these (two letters); empty: all."""
    most_removed: Percent = Field(default=5.0, ge=0, le=100)
    """A file that lacks more of the rows than this, and more than 50, or a whole list, is not believed: the
    poll fails and says how many. Where a list was emptied rightly, set 100% until a poll has passed."""
    most_at_once: int = Field(default=2_000, ge=1)
    """More parties than this added to, changed on or removed from one list between two polls are a list that
    came back, was worded anew or has another name: they are taken as known, and counted in the note."""
    base_url: WebAddress = "https://data.trade.gov"
    """Where the file is."""
    url: WebAddress | None = None
    """The file's whole address, where it does not lie under `base_url` as the publisher has it."""
    every: Duration = timedelta(hours=1)

    def build(self, context: SourceContext) -> Source:
        """The list, ready to poll."""
        return ScreeningList(self, context)

    @property
    def address(self) -> str:
        """Where the file is."""
        return self.url or self.base_url.rstrip("/") + FILE


class ScreeningCursor(Frozen):
    """What is remembered from poll to poll."""

    visit: Visit
    snapshot: str
    """All lists, wanted or not, so that what is asked for can change without a flood."""


@dataclass(frozen=True, slots=True)
class _Known:
    """A cursor that was read."""

    visit: Visit
    packed: str
    snapshot: Snapshot


@dataclass(frozen=True, slots=True)
class _Read:
    """What reading the file came to."""

    signals: Listings
    snapshot: str
    notes: tuple[str, ...]
    unseen: tuple[str, ...]


class ScreeningList:
    """Polls the file."""

    def __init__(self, config: ScreeningListConfig, context: SourceContext) -> None:
        self._config = config
        self._http = context.http
        self._now = context.now

    async def poll(self, cursor: str | None) -> Poll:
        """The parties that were added, changed or removed; at first all of them. Raises SourceError."""
        known = await asyncio.to_thread(_recall, cursor)
        request = Fetch(
            self._config.address,
            accept="text/csv, */*;q=0.1",
            limit=FILE_BYTES,
            total=DOWNLOAD_TIME,
        )
        with tempfile.TemporaryFile(prefix="alerter-") as file:
            fetched, visit = await revisit(self._http, request, known.visit if known else None, into=file)
            wait = min(fetched.max_age, LONGEST_WISH)
            if fetched.not_modified and known is not None:
                kept = ScreeningCursor(visit=visit, snapshot=known.packed).model_dump_json()
                unseen = _unseen(known.snapshot, self._config)
                return Poll(signals=(), cursor=kept, wait_at_least=wait, unseen=unseen)
            read = await read_aside(
                lambda: self._compare(file, known),
                UnknownShape,
                host=fetched.host,
                what="list",
                time=READING_TIME,
            )
        after = ScreeningCursor(visit=visit, snapshot=read.snapshot)
        return Poll(
            signals=read.signals,
            cursor=after.model_dump_json(),
            wait_at_least=wait,
            note="; ".join(read.notes)[:NOTE_LENGTH],
            unseen=read.unseen,
            settling=known is None,
        )

    def _compare(self, file: BinaryIO, known: _Known | None) -> _Read:
        """All the work that takes long, for a worker thread. Raises UnknownShape."""
        config, now, first = self._config, self._now(), known is None
        before = known.snapshot if known else Snapshot()
        wanted = _Wanted(config)
        found = compare(Table(file), before)
        doubtful = doubt(found, before, wanted.takes_list, most_removed=config.most_removed)
        if doubtful:
            raise UnknownShape(doubtful)
        asked_for = [change for change in found.changes if wanted.takes(change)]
        told, too_many = news(asked_for, before, most_at_once=config.most_at_once)
        setting = Setting(
            source=config.id,
            labels=config.labels,
            pages={**before.pages, **found.after.pages},
            now=now,
            undated_at=undated_at(now, config.max_age, first=first),
            max_age=config.max_age,
            first=first,
        )
        return _Read(
            signals=Listings(told, found.shelves, setting),
            snapshot=pack(found.after),
            notes=(*_notes(found), *too_many),
            unseen=_unseen(found.after, config),
        )


class _Wanted:
    """What is asked for."""

    def __init__(self, config: ScreeningListConfig) -> None:
        self._config = config
        self._phrases = [Phrase(name) for name in config.lists]
        self._known: dict[str, bool] = {}

    def takes_list(self, name: str) -> bool:
        """Is the list asked for?"""
        if name not in self._known:
            text = normalise(name)
            self._known[name] = not self._phrases or any(one.found_in(text) for one in self._phrases)
        return self._known[name]

    def takes(self, change: Change) -> bool:
        """Are the party's list and one of its countries asked for?"""
        countries = self._config.countries
        return self.takes_list(change.member.list) and (
            not countries or any(code in countries for code in change.member.countries)
        )


def _notes(found: Difference) -> list[str]:
    if not found.unreadable:
        return []
    rows = "1 row" if found.unreadable == 1 else f"{found.unreadable:,} rows"
    return [f"{rows} cannot be read, so that nothing counts as removed"]


def _unseen(snapshot: Snapshot, config: ScreeningListConfig) -> tuple[str, ...]:
    """The names asked for that no list bears, each with the list that comes closest."""
    there = {normalise(name): name for name in sorted({member.list for member in snapshot.members})}
    unknown = [name for name in config.lists if not any(map(Phrase(name).found_in, there))]
    return tuple(f'no list is called "{name}"{_closest(name, there)}' for name in unknown)


def _closest(name: str, there: Mapping[str, str]) -> str:
    found = difflib.get_close_matches(normalise(name), there, n=1, cutoff=0.0)
    return f"; the closest is “{there[found[0]]}”" if found else ""


def _recall(cursor: str | None) -> _Known | None:
    """What the cursor holds, or None where there is none that can be read; takes a while."""
    try:
        known = ScreeningCursor.model_validate_json(cursor or "")
        return _Known(known.visit, known.snapshot, unpack(known.snapshot))
    except ValueError:
        return None
