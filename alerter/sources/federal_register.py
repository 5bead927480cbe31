"""The US Federal Register: rules, notices and presidential documents, from public inspection to publication.

A poll asks for the documents since a watermark, with some days of overlap for late ones and changed ones,
and for the list on public inspection. API v1 answers page 1 again beyond its last page and gives at most
50 pages, so that what is more is asked for in slices of dates. What leaves public inspection and is not
published is asked for by its number before it is told as withdrawn.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Annotated, ClassVar, Literal
from urllib.parse import quote

from pydantic import Field, StringConstraints

from alerter.core.model import Frozen, Shape, digest
from alerter.core.signal import Signal
from alerter.core.text import words
from alerter.sources.base import (
    LONGEST_WISH,
    Poll,
    Source,
    SourceConfig,
    SourceContext,
    SourceError,
    WebAddress,
)
from alerter.sources.formats.addresses import anonymous
from alerter.sources.formats.federal_documents import (
    FIELDS,
    AnyDocument,
    Documents,
    DocumentType,
    InspectedDocument,
    PublishedDocument,
    UnknownShape,
    inspect,
    publish,
    read_rows,
)
from alerter.sources.formats.federal_inspection import Inspection, Looked, look, look_again, withdraw
from alerter.sources.http import Fetch, Fetched, FetchError, Validators, Visit, revisit

PAGE_ROWS = 100
"""Rows asked for at once; the API takes other numbers for 20 outside 2 to 2,000."""
PAGES = 50
OVERLAP = timedelta(days=3)
"""How far before the watermark documents are asked for again: some are listed late, some are changed."""
LISTED_AHEAD = timedelta(days=14)
"""Documents are listed some days before their date; the last slice of dates ends here."""
ASKED_FOR = 10
"""Documents that left public inspection and are asked for by number in one poll."""

Slug = Annotated[
    str,
    StringConstraints(max_length=200),
    Shape(r"^[a-z0-9-]+$", "a slug of lower-case letters, digits and -, like industry-and-security-bureau"),
]


class FederalRegisterConfig(SourceConfig):
    """Documents by agencies and types, optionally with a term in them. Without agencies, all of them.

    A document is one signal from public inspection on, in the stages `public_inspection`, `published` and
    `withdrawn`; effective and comment dates stand with it until it is withdrawn. A document whose agency has
    taken it back by letter says so on public inspection, and is told at the next poll. One that leaves public
    inspection without a word, and is not published, is told as withdrawn after an hour: lists are cut short
    now and then. On the day on which it is due it is after a day, for it may be published late.
    """

    example: ClassVar[str] = (
        "{id: export-controls, type: federal_register, "
        "agencies: [industry-and-security-bureau, foreign-assets-control-office], "
        "document_types: [RULE, NOTICE]}"
    )
    limits: ClassVar[str] = (
        "No key. The list on public inspection is renewed each business day at 8:45 Eastern Time and may "
        "change during the day; ten minutes between polls are polite."
    )

    type: Literal["federal_register"]
    agencies: tuple[Slug, ...] = ()
    """By their slugs, as the register's addresses write them; all agencies unless set."""
    document_types: tuple[DocumentType, ...] = ()
    """Rules, proposed rules, notices, presidential documents; all of them unless set."""
    search: str | None = Field(default=None, min_length=1, max_length=500)
    """A term of the API's full-text search; on public inspection its words are looked for in the subject."""
    public_inspection: bool = True
    """Are documents told as soon as they are on public inspection, days before they are published?"""
    base_url: WebAddress = "https://www.federalregister.gov"
    """Where the API is."""

    def build(self, context: SourceContext) -> Source:
        """The register, ready to poll."""
        return FederalRegister(self, context)

    @property
    def scope(self) -> str:
        """Names what is asked for; what was seen under another scope says nothing about this one."""
        return digest(self.base_url, *self.agencies, "/", *self.document_types, "/", self.search or "")


class RegisterCursor(Frozen):
    """What is remembered from poll to poll."""

    scope: str
    since: date
    """The newest publication date seen, at most the day it was seen on."""
    published: dict[str, str] = {}
    """Documents in the window of the last poll: number → hash of the content given."""
    inspection: Inspection = Inspection()
    documents: Visit | None = None
    current: Visit | None = None


@dataclass(frozen=True, slots=True)
class _Issue:
    """The published documents as they stand now (None = unchanged), with what to remember of the answer."""

    signals: Sequence[Signal] | None
    visit: Visit
    max_age: timedelta
    newest: date | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class _Desk:
    """Public inspection as it stands now."""

    signals: Sequence[Signal]
    """New and changed ones, and withdrawn ones."""
    inspection: Inspection
    visit: Visit | None
    note: str = ""
    is_empty: bool = False


class FederalRegister:
    """Polls the register's API."""

    def __init__(self, config: FederalRegisterConfig, context: SourceContext) -> None:
        self._config = config
        self._http = context.http
        self._now = context.now
        self._api = config.base_url.rstrip("/") + "/api/v1/"

    async def poll(self, cursor: str | None) -> Poll:
        """Documents that are new, changed or in a new stage, oldest first. Raises SourceError."""
        known = self._recall(cursor)
        issue = await self._published(known)
        of_issue = known.published if issue.signals is None else _hashes(issue.signals)
        desk = await self._inspected(known, of_issue)
        note = "; ".join(filter(None, (issue.note, desk.note)))
        new = [*_changed(issue.signals or (), known.published), *desk.signals]
        after = known.model_copy(
            update={
                "since": self._watermark(known, issue.newest),
                "published": of_issue,
                "inspection": desk.inspection,
                "documents": issue.visit,
                "current": desk.visit,
            }
        )
        return Poll(
            signals=sorted(new, key=lambda signal: signal.published_at),
            cursor=after.model_dump_json(),
            wait_at_least=min(issue.max_age, LONGEST_WISH),
            note=note or ("" if of_issue or not desk.is_empty else "lists no documents"),
            settling=known.documents is None,
        )

    def _recall(self, cursor: str | None) -> RegisterCursor:
        """The cursor; on a first poll, or after a change of what is asked for, a fresh one."""
        scope = self._config.scope
        try:
            known = RegisterCursor.model_validate_json(cursor or "")
        except ValueError:
            return RegisterCursor(scope=scope, since=(self._now() - self._config.max_age).date())
        return known if known.scope == scope else RegisterCursor(scope=scope, since=known.since)

    def _watermark(self, known: RegisterCursor, newest: date | None) -> date:
        """Never beyond today: what is dated ahead does not mean that today's issue is complete."""
        today = self._now().date()
        return max(known.since, min(newest or known.since, today))

    async def _published(self, known: RegisterCursor) -> _Issue:
        first = self._request(known.since - OVERLAP, None)
        fetched, visit = await revisit(self._http, first, known.documents)
        if fetched.not_modified:
            return _Issue(None, visit, fetched.max_age)
        found = _read(fetched, PublishedDocument)
        if found.total > found.listed:
            found = await self._slice(known.since - OVERLAP, None, found)
            visit = visit.model_copy(update={"validators": Validators()})  # page 1 says nothing of page 2
        signals = [self._publish(row) for row in {row.document_number: row for row in found.read}.values()]
        newest = max((row.publication_date for row in found.read), default=None)
        note = f"documents that cannot be read: {found.unreadable}" if found.unreadable else ""
        return _Issue(signals, visit, fetched.max_age, newest, note)

    async def _slice(
        self, start: date, end: date | None, found: Documents[PublishedDocument]
    ) -> Documents[PublishedDocument]:
        """All documents of a span of dates whose first page is given; by halves when they are too many."""
        if found.total > PAGE_ROWS * PAGES:
            return await self._halves(start, end or max(start, self._now().date()) + LISTED_AHEAD)
        for number in range(2, -(-found.total // PAGE_ROWS) + 1):
            fetched = await self._http.fetch(self._request(start, end, page=number))
            found = found.joined(_read(fetched, PublishedDocument))
        return found

    async def _halves(self, start: date, end: date) -> Documents[PublishedDocument]:
        if start >= end:
            where = anonymous(self._config.base_url)
            raise SourceError(f"{where} lists more documents on {start} than it gives out: ask for less")
        middle = start + (end - start) // 2
        found: Documents[PublishedDocument] = Documents(())
        for first, last in ((start, middle), (middle + timedelta(days=1), end)):
            fetched = await self._http.fetch(self._request(first, last))
            found = found.joined(await self._slice(first, last, _read(fetched, PublishedDocument)))
        return found

    async def _inspected(self, known: RegisterCursor, of_issue: Mapping[str, str]) -> _Desk:
        if not self._config.public_inspection:
            return _Desk((), Inspection(), None, is_empty=True)
        request = Fetch(self._api + "public-inspection-documents/current.json", accept="application/json")
        fetched, visit = await revisit(self._http, request, known.current)
        before = known.inspection
        if fetched.not_modified:
            return await self._settle((), before.given, look_again(before, of_issue), visit)
        found = _read(fetched, InspectedDocument)
        if found.total > found.listed:
            raise SourceError(
                f"{fetched.host} lists {found.listed} of {found.total} documents on public inspection"
            )
        listed = [self._inspect(row) for row in found.read if self._is_wanted(row)]
        waiting = [signal for signal in listed if signal.id not in of_issue]
        looked = look(found, waiting, before, of_issue, self._now())
        desk = await self._settle(_changed(waiting, before.given), _hashes(waiting), looked, visit)
        return replace(desk, is_empty=not found.listed)

    async def _settle(
        self, changed: Sequence[Signal], given: Mapping[str, str], looked: Looked, visit: Visit
    ) -> _Desk:
        """What has changed on public inspection, with those that are withdrawn by now."""
        now, awaited, withdrawn = self._now(), dict(looked.awaited), []
        lost = looked.lost(now)[:ASKED_FOR]
        for number in lost:
            is_published = await self._is_published(number)
            if is_published is None:
                continue
            last = awaited.pop(number)
            if not is_published:
                own = self._config
                withdrawn.append(withdraw(number, last, source=own.id, labels=own.labels, now=now))
        inspection = Inspection(given=dict(given), awaited=awaited, ahead=dict(looked.ahead))
        return _Desk((*changed, *withdrawn), inspection, visit, looked.note(set(lost) - set(awaited)))

    async def _is_published(self, number: str) -> bool | None:
        """Does the register have the document, under whatever agency or type? None = it does not say."""
        url = f"{self._api}documents/{quote(number, safe='')}.json"
        try:
            await self._http.fetch(Fetch(url, params=[("fields[]", "publication_date")]))
        except FetchError as error:
            return False if error.status == 404 else None
        return True

    def _is_wanted(self, row: InspectedDocument) -> bool:
        """Is it by the agencies, of the types and with the words that are asked for?"""
        config = self._config
        if config.agencies and not any(agency.slug in config.agencies for agency in row.agencies):
            return False
        if config.document_types and row.code not in config.document_types:
            return False
        return set(words(config.search or "")) <= set(words(f"{row.title} {row.subject}"))

    def _publish(self, row: PublishedDocument) -> Signal:
        config = self._config
        return publish(row, source=config.id, agencies=config.agencies, labels=config.labels)

    def _inspect(self, row: InspectedDocument) -> Signal:
        config = self._config
        return inspect(row, source=config.id, agencies=config.agencies, labels=config.labels, now=self._now())

    def _request(self, start: date, end: date | None, *, page: int = 1) -> Fetch:
        config = self._config
        params = [("conditions[agencies][]", slug) for slug in config.agencies]
        params += [("conditions[type][]", code) for code in config.document_types]
        params += [("conditions[term]", config.search)] if config.search else []
        params += [("conditions[publication_date][gte]", start.isoformat())]
        params += [("conditions[publication_date][lte]", end.isoformat())] if end else []
        params += [("fields[]", name) for name in FIELDS]
        params += [("order", "newest"), ("per_page", str(PAGE_ROWS)), ("page", str(page))]
        return Fetch(self._api + "documents.json", params=params, accept="application/json")


def _read(fetched: Fetched, kind: type[AnyDocument]) -> Documents[AnyDocument]:
    try:
        return read_rows(fetched.json(), kind)
    except UnknownShape as error:
        raise SourceError(f"{fetched.host} {error}") from error


def _hashes(signals: Iterable[Signal]) -> dict[str, str]:
    return {signal.id or "": signal.content_hash for signal in signals}


def _changed(signals: Iterable[Signal], known: Mapping[str, str]) -> list[Signal]:
    return [signal for signal in signals if known.get(signal.id or "") != signal.content_hash]
