"""Court feeds: docket entries as CM/ECF courts and the Federal Circuit publish them in RSS.

A feed lists what its court entered in the last day or so in every case, so that most installations keep the
entries of some cases only. Entries have no ids of their own: a guid is often shared by several, so that an
entry is known by guid, title and description, and a changed one by the guid and date that it keeps.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, tzinfo
from typing import Annotated, ClassVar, Literal

from pydantic import StringConstraints

from alerter.core.captions import is_in_matter
from alerter.core.clean import AHEAD, cap_bytes, clean_title
from alerter.core.dockets import is_same_docket
from alerter.core.matter import Matter
from alerter.core.model import Frozen, Name, Shape, digest
from alerter.core.quantities import Duration
from alerter.core.signal import DocketReference, Signal, SignalKind
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
from alerter.sources.formats.court_entries import RAW_LENGTH, CourtEntry, feed_zone, read_entry
from alerter.sources.formats.entries import undated_at
from alerter.sources.formats.syndication import Entry, UnreadableFeed, read_document
from alerter.sources.http import Fetch, Fetched, Visit, revisit
from alerter.sources.lasting import Held, Sighting, recognise

READING_TIME = timedelta(seconds=20)
"""How long reading one document may take."""
LISTED_KEPT = 3_000
"""Entries of the present feed that are remembered; a large court enters about as many a day."""
GONE_KEPT = 300
_ENDED = re.compile(rb"</(?:rss|feed|rdf:RDF)\s?>\s*(?:<!--[^>]{0,150}-->\s*)?\Z")
_ACCEPT = "application/rss+xml, application/xml;q=0.9, text/xml;q=0.9, */*;q=0.1"

CourtId = Annotated[
    str,
    StringConstraints(to_lower=True),
    Shape(r"^[a-z0-9-]{2,30}$", "a court's id of lower-case letters, digits and -, like cit or cafc"),
]
DocketNumber = Annotated[
    str,
    StringConstraints(min_length=3, max_length=60),
    Shape(r"\d", "a docket's number, like 25-1812 or 1:25-cv-00066"),
]


class CourtRssConfig(SourceConfig):
    """A court's RSS feed: new docket entries of a CM/ECF court, or the Federal Circuit's opinions and orders.

    Without `dockets` and `matters` every entry that the court lists is taken.
    """

    example: ClassVar[str] = (
        "{id: cit-docket, type: court_rss, court: cit, matters: [ieepa-tariffs], "
        'url: "https://ecf.cit.uscourts.gov/cgi-bin/rss_outside.pl"}'
    )
    limits: ClassVar[str] = (
        "A feed lists about the last 24 hours and has no validators, so every poll reads it whole. Some "
        "courts list only certain types of entry, some have no feed; at weekends it may be empty."
    )

    type: Literal["court_rss"]
    court: CourtId
    """Short name of the court, as matters write it: `cafc`, `cit`, `ca9`, `dcd`."""
    url: WebAddress
    """The feed: `https://ecf.{court}.uscourts.gov/cgi-bin/rss_outside.pl` for most courts."""
    dockets: tuple[DocketNumber, ...] = ()
    """Only entries of these docket numbers, however the court writes them."""
    matters: tuple[Name, ...] = ()
    """Only entries of these matters, by their dockets in this court or by their captions."""
    every: Duration = timedelta(minutes=10)
    """How often it is polled."""

    def references(self) -> Mapping[str, tuple[str, tuple[str, ...]]]:
        """Matters whose entries it keeps to."""
        return {"matters": ("matters", self.matters)}

    def build(self, context: SourceContext) -> Source:
        """The feed, ready to poll."""
        return CourtRss(self, context)


class CourtCursor(Frozen):
    """What a feed remembers from poll to poll."""

    visit: Visit
    held: tuple[Held, ...] = ()


_Sighted = tuple[Sighting, CourtEntry]


@dataclass(frozen=True, slots=True)
class _Read:
    """What a document holds for us."""

    signals: Sequence[Signal]
    held: tuple[Held, ...]
    note: str


class CourtRss:
    """Polls one court's feed."""

    def __init__(self, config: CourtRssConfig, context: SourceContext) -> None:
        self._config = config
        self._http = context.http
        self._now = context.now
        self._matters = context.matters

    async def poll(self, cursor: str | None) -> Poll:
        """The entries that are new or changed, oldest first. Raises SourceError."""
        known = self._recall(cursor)
        request = Fetch(self._config.url, accept=_ACCEPT)
        fetched, visit = await revisit(self._http, request, known.visit if known else None)
        wait = min(fetched.max_age, LONGEST_WISH)
        if fetched.not_modified and known:
            after = known.model_copy(update={"visit": visit})
            return Poll((), after.model_dump_json(exclude_defaults=True), wait_at_least=wait)
        reading = self._reading(fetched, first=known is None)
        read = await read_aside(
            lambda: reading.read(fetched.body, known.held if known else ()),
            UnreadableFeed,
            host=fetched.host,
            what="document",
            time=READING_TIME,
        )
        after = CourtCursor(visit=visit, held=read.held)
        return Poll(
            read.signals,
            after.model_dump_json(exclude_defaults=True),
            wait_at_least=wait,
            note=read.note,
            settling=known is None,
        )

    def _recall(self, cursor: str | None) -> CourtCursor | None:
        """The cursor, if there is one of this address that can be read."""
        try:
            known = CourtCursor.model_validate_json(cursor or "")
        except ValueError:
            return None
        return known if known.visit.url == self._config.url else None

    def _reading(self, fetched: Fetched, *, first: bool) -> "_Reading":
        now, config = self._now(), self._config
        unknown = [name for name in config.matters if name not in self._matters]
        if unknown:
            raise SourceError(f"no matter is called {', '.join(unknown)}: which cases to keep is not known")
        return _Reading(
            config=config,
            matters=[self._matters[name] for name in config.matters],
            base=fetched.url,
            zone=feed_zone(fetched.body),
            now=now,
            undated_at=undated_at(now, config.max_age, first=first),
        )


@dataclass(frozen=True, slots=True)
class _Reading:
    """Makes signals of one document."""

    config: CourtRssConfig
    matters: Sequence[Matter]
    base: str
    zone: tzinfo
    now: datetime
    undated_at: datetime

    def read(self, body: bytes, held: Sequence[Held]) -> _Read:
        """What is new or changed since `held`. Raises UnreadableFeed."""
        entries = read_document(body).entries
        if not _ENDED.search(body.rstrip()[-200:]):  # half an entry would pass for a changed one
            raise UnreadableFeed("sent a feed that breaks off")
        parts = [(entry, read_entry(entry, self.base)) for entry in entries]
        legible = [(entry, part) for entry, part in parts if part]
        if entries and not legible:
            raise UnreadableFeed(f"lists {len(entries)} entries, none of which begins with a docket number")
        wanted = [(entry, kept) for entry, part in legible if (kept := self._wanted(part))]
        unlike = {sighting.own_id: (sighting, part) for sighting, part in map(_sighted, reversed(wanted))}
        return self._named(list(unlike.values()), held, _note(entries, len(legible), len(wanted)))

    def _wanted(self, part: CourtEntry) -> CourtEntry | None:
        """The entry, if it is of one of the cases to keep, under the number that it is kept for."""
        if not self.config.dockets and not self.matters:
            return part
        numbers = (part.number, *part.others)
        number = next((number for number in numbers if self._is_wanted(number, part.case)), None)
        return replace(part, number=number) if number else None

    def _is_wanted(self, number: str, case: str) -> bool:
        docket = (self.config.court, number)
        return any(is_same_docket(docket, (self.config.court, own)) for own in self.config.dockets) or any(
            is_in_matter(docket, case, matter) for matter in self.matters
        )

    def _named(self, listed: Sequence[_Sighted], held: Sequence[Held], note: str) -> _Read:
        ids = recognise(held, [sighting for sighting, _ in listed])
        signals = [self._signal(name, part) for name, (_, part) in zip(ids, listed, strict=True)]
        now_held = [
            Held(id=name, marks=sighting.marks, content=signal.content_hash)
            for name, (sighting, _), signal in zip(ids, listed, signals, strict=True)
        ]
        before = {one.id: one.content for one in held}
        new = [signal for signal in signals if before.get(signal.id or "") != signal.content_hash]
        return _Read(sorted(new, key=lambda signal: signal.published_at), _kept(now_held, held), note)

    def _signal(self, name: str, part: CourtEntry) -> Signal:
        config, stated_at = self.config, part.published_at
        credible = stated_at is not None and stated_at - self.now <= AHEAD
        text = cap_bytes(part.text)
        return Signal(
            id=name,
            source=config.id,
            kind=SignalKind.DOCKET_ENTRY,
            title=clean_title(f"{part.case} [{part.label}]" if part.label else part.case, text),
            text=text,
            url=part.document or part.link,
            published_at=stated_at if stated_at and credible else self.undated_at,
            labels=dict(config.labels),
            docket=DocketReference(
                court=config.court,
                number=part.number,
                entry=part.entry,
                document=part.document,
                filed_at=stated_at.astimezone(self.zone) if stated_at and credible else None,
            ),
        )


def _sighted(pair: tuple[Entry, CourtEntry]) -> _Sighted:
    """By guid, title and description; a changed one by the guid and date that it keeps."""
    entry, part = pair
    own = digest(entry.id, entry.title[:RAW_LENGTH], entry.text[:RAW_LENGTH])
    kept = digest(entry.id, entry.published_at.isoformat()) if entry.id and entry.published_at else ""
    return Sighting(own, (own, kept)), part


def _kept(listed: Sequence[Held], before: Iterable[Held]) -> tuple[Held, ...]:
    """What to remember: what is listed, and some of what is not any more and may come back changed."""
    present = {one.id for one in listed}
    gone = [one for one in before if one.id not in present]
    return (*gone[-GONE_KEPT:], *listed[-LISTED_KEPT:])


def _note(entries: Sequence[Entry], legible: int, wanted: int) -> str:
    if not entries:
        return "lists no entries"
    told = [f"{len(entries) - legible} entries cannot be read"] if legible < len(entries) else []
    told += ["lists no entry of the cases asked for"] if not wanted else []
    return "; ".join(told)
