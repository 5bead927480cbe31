"""GDELT's raw files: what the world's news wrote in a quarter of an hour, filtered while it streams by.

A list names the newest files. Those since the last poll are downloaded one by one, checked, and read line by
line in a worker thread; what is not asked for never becomes a signal. A quarter of an hour without a file is
nothing unusual at this publisher.
"""

import hashlib
import re
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Annotated, BinaryIO, ClassVar, Literal
from urllib.parse import urljoin

from pydantic import AfterValidator, AwareDatetime, Field, StringConstraints

from alerter.clock import monotonic
from alerter.core.model import Frozen, Shape
from alerter.core.phrases import Phrase
from alerter.core.quantities import Duration
from alerter.core.signal import Signal, SignalKind
from alerter.sources.aside import read_aside
from alerter.sources.base import (
    LONGEST_WISH,
    Poll,
    Source,
    SourceConfig,
    SourceContext,
    SourceError,
    WebAddress,
)
from alerter.sources.formats.addresses import bounded
from alerter.sources.formats.bodies import page_title
from alerter.sources.formats.gdelt_archives import BrokenArchive, unpacked
from alerter.sources.formats.gdelt_codes import COUNTRY_CODES
from alerter.sources.formats.gdelt_rows import Article, Harvest, Kind, UnknownShape, Wanted, harvest
from alerter.sources.http import Fetch, Fetched, FetchError, Validators, Visit, revisit

SLOT = timedelta(minutes=15)
ZIPPED = 48 * 1024 * 1024
"""Bytes of an archive; the largest are around a third of it."""
DOWNLOAD_TIME, READING_TIME = timedelta(seconds=60), timedelta(seconds=60)
CATCHING_UP = timedelta(seconds=120)
"""No further file is begun once a poll has taken this long; the next poll goes on from there."""
AHEAD = timedelta(hours=2)
"""A file dated further ahead is a mistake, and would hide all that comes until then."""
_ORDER: tuple[Kind, ...] = ("gkg", "export")
"""Of an article in both, the graph has the title."""
_ENDINGS: dict[Kind, str] = {"gkg": "gkg.csv.zip", "export": "export.CSV.zip"}
_LINE = re.compile(
    r"(\d{1,12})\s+([0-9a-f]{32})\s+\S*/(\d{14})(?:\.translation)?\.(export|gkg)\.csv\.zip", re.IGNORECASE
)
_PIECE = 1024 * 1024


def _check_phrase(written: str) -> str:
    Phrase(written)
    return written


def _check_country(code: str) -> str:
    if code not in COUNTRY_CODES:
        raise ValueError(f"not a country's code of two letters: {code!r}")
    return code


Words = Annotated[str, AfterValidator(_check_phrase)]
CountryCode = Annotated[str, AfterValidator(_check_country)]
Theme = Annotated[
    str,
    StringConstraints(max_length=200),
    Shape(
        r"^[A-Z][A-Z0-9_]*\*?$",
        "a code of capital letters, digits and _, like SANCTIONS; a final * leaves its end open",
    ),
]
EventCode = Annotated[
    str,
    Shape(
        r"^(?:0[1-9]|1\d|20)\d{0,2}$",
        "a CAMEO code of two to four digits that begins with 01 to 20, like 163",
    ),
]


class GdeltFilesConfig(SourceConfig):
    """GDELT's files of every 15 minutes: articles from around the world, with what GDELT read in them.

    `gkg` (Global Knowledge Graph) has a row for each article with its title, themes, people, organisations
    and places; `export` a row for each event that an article tells of: who did what to whom, and where.
    Neither has the article's text. All filters that are set must be met, each by one of its values; without
    any, the files are a firehose.
    """

    example: ClassVar[str] = (
        '{id: gdelt-minerals, type: gdelt_files, kinds: [gkg], words: ["rare earth*", "gallium"], '
        "countries: [CN], every: 15m}"
    )
    limits: ClassVar[str] = (
        "No key. One set of files every 15 minutes, 5 to 15 MB zipped for the graph; now and then none comes."
    )

    type: Literal["gdelt_files"]
    kinds: tuple[Kind, ...] = Field(default=("gkg",), min_length=1)
    """Which files: `gkg`, `export`, or both; an article in both is told from the graph."""
    themes: tuple[Theme, ...] = ()
    """Themes of the graph (`ECON_TRADE_DISPUTE`), `*` at the end for all that begin so; `export` has none."""
    words: tuple[Words, ...] = ()
    """Words and phrases in an article's title, address or names, `*` at a word's end."""
    countries: tuple[CountryCode, ...] = ()
    """Countries of an article's places, or of an event's actors (two letters, ISO 3166)."""
    events: tuple[EventCode, ...] = ()
    """CAMEO codes or their beginnings (`16`: reduced relations, `163`: sanctions); `gkg` has none."""
    translated: bool = False
    """Also what was written in other languages than English and translated by GDELT."""
    most: int = Field(default=500, ge=1, le=10_000)
    """Articles taken from one file; how many more there were stands in the source's note."""
    catch_up: Duration = Field(default=timedelta(hours=2), le=timedelta(days=1))
    """After an absence files of so much time are read; what is older is skipped, with a note."""
    base_url: WebAddress = "http://data.gdeltproject.org"
    """Where the files are; the host that their list names is not asked."""
    every: Duration = timedelta(minutes=15)

    def build(self, context: SourceContext) -> Source:
        """The files, ready to poll."""
        return GdeltFiles(self, context)

    @property
    def wanted(self) -> Wanted:
        """What is asked for."""
        return Wanted(self.themes, self.words, self.countries, self.events)


class Place(Frozen):
    """How far one list of files has been read."""

    visit: Visit
    last_at: AwareDatetime | None = None
    """The newest file's time."""


class GdeltCursor(Frozen):
    """What is remembered from poll to poll, by the list's name."""

    places: dict[str, Place] = {}


@dataclass(frozen=True, slots=True)
class _Listed:
    """A file as the list names it."""

    size: int
    md5: str


@dataclass(slots=True)
class _Round:
    """What one poll has come to so far."""

    started: float = field(default_factory=monotonic)
    articles: dict[str, Article] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    missing: int = 0
    left_out: int = 0
    unreadable: int = 0
    max_age: timedelta = timedelta(0)
    """How long the publisher wishes to be left alone."""

    def take(self, found: Harvest) -> None:
        """Adds what came of a file."""
        for url, article in found.articles.items():
            self.articles.setdefault(url, article)
        self.left_out += found.left_out
        self.unreadable += found.unreadable

    def stop(self, error: SourceError) -> None:
        """Leaves the rest to the next poll."""
        self.notes.append(f"the latest files are read at the next poll: {error}")
        self.max_age = max(self.max_age, error.retry_after or timedelta(0))

    @property
    def note(self) -> str:
        """What health should say."""
        counted = [
            ("files that are not there (404)", self.missing),
            ("rows asked for beyond what is taken", self.left_out),
            ("rows that cannot be read", self.unreadable),
        ]
        return "; ".join([*self.notes, *(f"{what}: {count:,}" for what, count in counted if count)])


class GdeltFiles:
    """Polls the lists and reads the files."""

    def __init__(self, config: GdeltFilesConfig, context: SourceContext) -> None:
        self._config = config
        self._http = context.http
        self._now = context.now
        self._folder = config.base_url.rstrip("/") + "/gdeltv2/"

    async def poll(self, cursor: str | None) -> Poll:
        """The articles of the files since the last poll; at first of the newest. Raises SourceError."""
        known = _recall(cursor)
        names = ("lastupdate.txt", "lastupdate-translation.txt")[: 1 + self._config.translated]
        done = _Round()
        places = {name: await self._read_list(name, known.places.get(name), done) for name in names}
        return Poll(
            signals=sorted(map(self._signal, done.articles.values()), key=lambda one: one.published_at),
            cursor=GdeltCursor(places=places).model_dump_json(),
            wait_at_least=min(done.max_age, LONGEST_WISH),
            note=done.note,
            settling=not known.places,
        )

    async def _read_list(self, name: str, place: Place | None, done: _Round) -> Place:
        request = Fetch(self._folder + name, accept="text/plain, */*;q=0.1", limit=100_000)
        fetched, visit = await revisit(self._http, request, place.visit if place else None)
        done.max_age = max(done.max_age, fetched.max_age)
        last_at = place.last_at if place else None
        if fetched.not_modified:
            return Place(visit=visit, last_at=last_at)
        newest_at, listed = self._newest(fetched)
        slots = self._slots(last_at, newest_at, done)
        last_at = await self._read_slots(fetched.url, slots, listed, done) or last_at
        if last_at is None or last_at < newest_at:  # asked in vain: the list must come again
            visit = visit.model_copy(update={"validators": Validators()})
        return Place(visit=visit, last_at=last_at)

    def _newest(self, fetched: Fetched) -> tuple[datetime, dict[Kind, _Listed]]:
        """When the newest files are of, and what the list says of those that are asked for."""
        text = fetched.body.decode("utf-8", "replace")
        title = page_title(fetched.body)
        if title is not None:
            raise SourceError(f"{fetched.host} answered with a web page{title} instead of a list of files")
        if not text.strip():
            raise SourceError(f"{fetched.host} gave an empty answer")
        listed: dict[Kind, _Listed] = {}
        newest_at = datetime.min.replace(tzinfo=UTC)
        for size, md5, stamp, kind in _LINE.findall(text):
            for wanted in self._config.kinds:
                if kind.lower() == wanted:
                    listed[wanted] = _Listed(int(size), md5.lower())
                    newest_at = max(newest_at, _instant(stamp, fetched.host))
        lacking = [kind for kind in self._config.kinds if kind not in listed]
        if lacking:
            raise SourceError(f"{fetched.host} lists no file of {', '.join(lacking)}")
        if newest_at > self._now() + AHEAD:
            raise SourceError(f"{fetched.host} lists files of {newest_at:%Y-%m-%d %H:%M}, which is to come")
        return newest_at, listed

    def _slots(self, last_at: datetime | None, newest_at: datetime, done: _Round) -> list[datetime]:
        """The quarters of an hour to read, oldest first."""
        if last_at is None:
            return [newest_at]
        if newest_at < last_at:
            done.notes.append("the newest files are older than those read before")
            return []
        behind = -(-(newest_at - last_at) // SLOT)
        count = min(behind, max(1, self._config.catch_up // SLOT))
        if behind > count:
            done.notes.append(f"{behind - count:,} quarters of an hour were skipped after an absence")
        return [newest_at - back * SLOT for back in reversed(range(count))]

    async def _read_slots(
        self, base: str, slots: Sequence[datetime], listed: dict[Kind, _Listed], done: _Round
    ) -> datetime | None:
        """Reads the slots in order: up to which all is done; None where there was none to read."""
        read_to = None
        for slot in slots:
            if read_to is not None and monotonic() - done.started > CATCHING_UP.total_seconds():
                done.notes.append("the latest files are read at the next poll")
                break
            is_newest = slot == slots[-1]
            try:
                whole = await self._read_slot(base, slot, listed if is_newest else {}, done)
            except SourceError as error:
                if read_to is None:
                    raise
                done.stop(error)  # what was read stands, or all of it would be fetched at every attempt
                break
            read_to = slot if whole or not is_newest else slot - SLOT
        return read_to

    async def _read_slot(self, base: str, slot: datetime, listed: dict[Kind, _Listed], done: _Round) -> bool:
        """Reads the files of one slot: were all there?"""
        missing = 0
        translated = ".translation" if base.endswith("-translation.txt") else ""
        for kind in _ORDER:
            if kind not in self._config.kinds:
                continue
            # Beside its list, wherever that is: the list names another host, which nobody follows.
            url = urljoin(base, f"{slot:%Y%m%d%H%M%S}{translated}.{_ENDINGS[kind]}")
            try:
                done.take(await self._read_file(url, kind, listed.get(kind)))
            except FetchError as error:
                if error.status != 404:
                    raise
                missing += 1
        done.missing += missing
        return not missing

    async def _read_file(self, url: str, kind: Kind, listed: _Listed | None) -> Harvest:
        with tempfile.TemporaryFile(prefix="alerter-") as file:
            fetched = await self._http.download(Fetch(url, limit=ZIPPED, total=DOWNLOAD_TIME), file)
            return await read_aside(
                lambda: self._harvest(file, kind, listed),
                (BrokenArchive, UnknownShape),
                host=fetched.host,
                what="file",
                time=READING_TIME,
            )

    def _harvest(self, file: BinaryIO, kind: Kind, listed: _Listed | None) -> Harvest:
        """All the work that takes long, for a worker thread. Raises BrokenArchive, UnknownShape."""
        with unpacked(file) as lines:
            if listed is not None:
                _check(file, listed)
            return harvest(lines, kind, self._config.wanted, most=self._config.most)

    def _signal(self, article: Article) -> Signal:
        url = article.url
        return Signal(
            id=bounded(url),
            source=self._config.id,
            kind=SignalKind.ARTICLE,
            title=article.title,
            text=article.text,
            url=url,
            published_at=article.seen_at,
            language=article.language,
            labels={**self._config.labels, "domain": article.domain},
        )


def _check(file: BinaryIO, listed: _Listed) -> None:
    """Raises BrokenArchive for another file than the list names."""
    at = file.tell()
    file.seek(0)
    md5, size = hashlib.md5(usedforsecurity=False), 0
    while piece := file.read(_PIECE):
        md5.update(piece)
        size += len(piece)
    file.seek(at)
    if (size, md5.hexdigest()) != (listed.size, listed.md5):
        raise BrokenArchive(f"sent {size:,} bytes that are not the file of {listed.size:,} bytes it listed")


def _instant(stamp: str, host: str) -> datetime:
    try:
        return datetime.strptime(stamp, "%Y%m%d%H%M%S").replace(tzinfo=UTC)
    except ValueError as error:
        raise SourceError(f"{host} lists files of {stamp}, which is no time") from error


def _recall(cursor: str | None) -> GdeltCursor:
    """The cursor, or an empty one where there is none that can be read."""
    try:
        return GdeltCursor.model_validate_json(cursor or "")
    except ValueError:
        return GdeltCursor()
