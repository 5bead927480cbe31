"""The US Federal Register: rules, notices and presidential documents, from public inspection to publication.

A poll asks for the documents since a watermark, with some days of overlap for late ones and changed ones,
and for the list on public inspection. API v1 answers page 1 again beyond its last page and gives at most
50 pages, so that what is more is asked for in slices of dates.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from alerter.core.model import Frozen, digest
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
from alerter.sources.federal_documents import (
    FIELDS,
    AnyDocument,
    DocumentType,
    InspectedDocument,
    PublishedDocument,
    UnknownShape,
    inspect,
    publish,
    read_rows,
)
from alerter.sources.http import Fetch, Fetched, Validators

PAGE_ROWS = 100
"""Rows asked for at once; the API takes other numbers for 20 outside 2 to 2,000."""
PAGES = 50
OVERLAP = timedelta(days=3)
"""How far before the watermark documents are asked for again: some are listed late, some are changed."""
LISTED_AHEAD = timedelta(days=14)
"""Documents are listed some days before their date; the last slice of dates ends here."""

_UNKNOWN = Validators()
Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]+$", max_length=200)]


class FederalRegisterConfig(SourceConfig):
    """Documents by agencies and types, optionally with a term in them. Without agencies, all of them."""

    type: Literal["federal_register"]
    agencies: tuple[Slug, ...] = ()
    document_types: tuple[DocumentType, ...] = ()
    search: str | None = Field(default=None, min_length=1, max_length=500)
    """A term of the API's full-text search; on public inspection its words are looked for in the subject."""
    public_inspection: bool = True
    base_url: WebAddress = "https://www.federalregister.gov"

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
    inspected: dict[str, str] = {}
    published_validators: Validators = Validators()
    inspected_validators: Validators = Validators()


@dataclass(frozen=True, slots=True)
class _Part:
    """One list as it stands now (None = unchanged), with what to remember of its answer."""

    signals: Sequence[Signal] | None
    validators: Validators
    max_age: timedelta
    newest: date | None = None


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
        published = await self._published(known)
        of_issue = known.published if published.signals is None else _hashes(published.signals)
        inspected = await self._inspected(known)
        waiting = [s for s in inspected.signals or () if s.id not in of_issue]
        new = [*_changed(published.signals or (), known.published), *_changed(waiting, known.inspected)]
        after = known.model_copy(
            update={
                "since": self._watermark(known, published.newest),
                "published": of_issue,
                "inspected": known.inspected if inspected.signals is None else _hashes(waiting),
                "published_validators": published.validators,
                "inspected_validators": inspected.validators,
            }
        )
        return Poll(
            signals=sorted(new, key=lambda signal: signal.published_at),
            cursor=after.model_dump_json(),
            wait_at_least=min(published.max_age, LONGEST_WISH),
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

    async def _published(self, known: RegisterCursor) -> _Part:
        first = self._request(known.since - OVERLAP, None, validators=known.published_validators)
        fetched = await self._http.fetch(first)
        if fetched.not_modified:
            return _Part(None, fetched.validators, fetched.max_age)
        rows, total = _read(fetched, PublishedDocument)
        whole = total <= len(rows)
        if not whole:
            rows = await self._slice(known.since - OVERLAP, None, (rows, total))
        signals = [self._publish(row) for row in {row.document_number: row for row in rows}.values()]
        return _Part(
            signals,
            fetched.validators if whole else Validators(),  # page 1 says nothing about changes on page 2
            fetched.max_age,
            newest=max((row.publication_date for row in rows), default=None),
        )

    async def _slice(
        self, start: date, end: date | None, page: tuple[list[PublishedDocument], int]
    ) -> list[PublishedDocument]:
        """All documents of a span of dates whose first page is given; by halves when they are too many."""
        rows, total = page
        if total > PAGE_ROWS * PAGES:
            return await self._halves(start, end or max(start, self._now().date()) + LISTED_AHEAD)
        for number in range(2, -(-total // PAGE_ROWS) + 1):
            fetched = await self._http.fetch(self._request(start, end, page=number))
            rows = [*rows, *_read(fetched, PublishedDocument)[0]]
        return rows

    async def _halves(self, start: date, end: date) -> list[PublishedDocument]:
        if start >= end:
            raise SourceError(f"{self._api} lists more documents on {start} than it gives out: ask for less")
        middle = start + (end - start) // 2
        found: list[PublishedDocument] = []
        for first, last in ((start, middle), (middle + timedelta(days=1), end)):
            fetched = await self._http.fetch(self._request(first, last))
            found += await self._slice(first, last, _read(fetched, PublishedDocument))
        return found

    async def _inspected(self, known: RegisterCursor) -> _Part:
        if not self._config.public_inspection:
            return _Part((), Validators(), timedelta(0))
        url = self._api + "public-inspection-documents/current.json"
        fetched = await self._http.fetch(
            Fetch(url, accept="application/json", validators=known.inspected_validators)
        )
        if fetched.not_modified:
            return _Part(None, fetched.validators, fetched.max_age)
        rows, _ = _read(fetched, InspectedDocument)
        signals = [self._inspect(row) for row in rows if self._is_wanted(row)]
        return _Part(signals, fetched.validators, fetched.max_age)

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

    def _request(
        self, start: date, end: date | None, *, page: int = 1, validators: Validators = _UNKNOWN
    ) -> Fetch:
        config = self._config
        params = [("conditions[agencies][]", slug) for slug in config.agencies]
        params += [("conditions[type][]", code) for code in config.document_types]
        params += [("conditions[term]", config.search)] if config.search else []
        params += [("conditions[publication_date][gte]", start.isoformat())]
        params += [("conditions[publication_date][lte]", end.isoformat())] if end else []
        params += [("fields[]", name) for name in FIELDS]
        params += [("order", "newest"), ("per_page", str(PAGE_ROWS)), ("page", str(page))]
        return Fetch(
            self._api + "documents.json", params=params, accept="application/json", validators=validators
        )


def _read(fetched: Fetched, kind: type[AnyDocument]) -> tuple[list[AnyDocument], int]:
    try:
        return read_rows(fetched.json(), kind)
    except UnknownShape as error:
        raise SourceError(f"{fetched.host} {error}") from error


def _hashes(signals: Iterable[Signal]) -> dict[str, str]:
    return {signal.id or "": signal.content_hash for signal in signals}


def _changed(signals: Iterable[Signal], known: Mapping[str, str]) -> list[Signal]:
    return [signal for signal in signals if known.get(signal.id or "") != signal.content_hash]
