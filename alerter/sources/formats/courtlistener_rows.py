"""Docket entries and cases in the shapes in which CourtListener's API v4 gives them. Pure.

Format: https://www.courtlistener.com/help/api/rest/v4/. One entry comes in three shapes: from the list of
entries and from webhooks with all its documents, from the search with one row per document.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, time
from typing import Annotated, Generic

from pydantic import AwareDatetime, BeforeValidator, Field

from alerter.core.clean import clean_line
from alerter.core.model import Frozen, digest
from alerter.sources.formats.courtlistener_courts import written_number
from alerter.sources.formats.json_rows import AnyRow, JsonRow, Text, read_each


class UnknownShape(ValueError):
    """The answer is not in the API's format; the message completes a sentence that starts with its host."""


def _day(value: object) -> object:
    """The search writes days as instants at times; the day is what it begins with."""
    if isinstance(value, str):
        return value[:10] or None
    return value


def _id_in_address(value: object) -> object:
    """`…/dockets/68363715/` is how the API refers to a docket; webhooks and search give the bare id."""
    found = re.search(r"/dockets/(\d+)/?$", value) if isinstance(value, str) else None
    return found[1] if found else value


Day = Annotated[date | None, BeforeValidator(_day)]
Id = Annotated[int, Field(gt=0)]


class Document(JsonRow):
    """A document of an entry; attachments have a number within it."""

    id: Id
    document_number: Text = ""
    attachment_number: int | None = None
    description: Text = ""
    is_sealed: bool | None = None
    absolute_url: Text = ""


class Entry(JsonRow):
    """A docket entry with its documents. Numbers may be missing, and the missing ones are not told apart."""

    id: Id
    docket_id: Id | None = None
    docket: Annotated[int | str | None, BeforeValidator(_id_in_address)] = None
    description: Text = ""
    entry_number: int | None = None
    date_filed: Day = None
    time_filed: time | None = None
    date_created: AwareDatetime | None = None
    """When CourtListener got it."""
    date_modified: AwareDatetime | None = None
    recap_documents: tuple[Document, ...] = ()

    @property
    def of(self) -> int | None:
        """The id of its docket."""
        own = str(self.docket_id or self.docket or "")
        return int(own) if own.isascii() and own.isdigit() else None

    @property
    def main(self) -> Document | None:
        """The document that the entry is about: the first that is no attachment."""
        own = (one for one in self.recap_documents if one.attachment_number is None)
        return next(own, self.recap_documents[0] if self.recap_documents else None)


class ChangedEntry(Entry):
    """As the list of entries gives it: by when it was changed the list is ordered and read."""

    date_modified: AwareDatetime


class _Meta(JsonRow):
    date_created: AwareDatetime | None = None


class Hit(JsonRow):
    """A row of the search for documents (`type=rd`)."""

    id: Id
    docket_id: Id
    docket_entry_id: Id
    description: Text = ""
    short_description: Text = ""
    entry_number: int | None = None
    entry_date_filed: Day = None
    document_number: Text = ""
    attachment_number: int | None = None
    absolute_url: Text = ""
    meta: _Meta = _Meta()

    @property
    def content(self) -> str:
        """Names what the row states of its entry."""
        filed = self.entry_date_filed.isoformat() if self.entry_date_filed else ""
        return digest(self.description, self.short_description, str(self.entry_number), filed)


class Case(JsonRow):
    """A row of the search for cases (`type=r` or `type=d`)."""

    docket_id: Id
    court_id: Text = ""
    docketNumber: Text = ""  # noqa: N815  the API's own name
    caseName: Text = ""  # noqa: N815  the API's own name
    dateFiled: Day = None  # noqa: N815  the API's own name
    cause: Text = ""
    suitNature: Text = ""  # noqa: N815  the API's own name
    docket_absolute_url: Text = ""


class _Docket(JsonRow):
    court_id: Annotated[str, Field(min_length=1)]
    docket_number: Text = ""
    case_name: Text = ""
    case_name_full: Text = ""


class DocketFacts(Frozen):
    """What stays the same about a docket."""

    court: str
    number: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class Rows(Generic[AnyRow]):
    """A page of a list: the rows that can be read, how many cannot, and how to ask for the next page."""

    read: Sequence[AnyRow]
    unreadable: int = 0
    following: str | None = None


def read_rows(answer: object, kind: type[AnyRow]) -> Rows[AnyRow]:
    """The rows of a page. Raises UnknownShape when it has none by its shape, or none of them can be read."""
    if not isinstance(answer, dict) or not isinstance(answer.get("results"), list):
        raise UnknownShape("answered without a list of results")
    following = answer.get("next")
    read, faults = read_each(answer["results"], kind)
    if faults and not read:
        raise UnknownShape(f"gave rows without a readable {faults[0]}")
    return Rows(read, len(faults), following if isinstance(following, str) and following else None)


def read_docket(answer: object) -> DocketFacts:
    """A docket by itself (`dockets/{id}/`). Raises UnknownShape."""
    read, faults = read_each([answer], _Docket)
    if faults:
        raise UnknownShape(f"gave a docket without a readable {faults[0]}")
    one = read[0]
    return docket_facts(one.court_id, one.docket_number, one.case_name or one.case_name_full)


def docket_facts(court: str, number: str, name: str) -> DocketFacts:
    """The facts, with the number as the court writes it."""
    court = clean_line(court)
    return DocketFacts(court=court, number=written_number(court, clean_line(number)), name=clean_line(name))


def entries_of(hits: Iterable[Hit]) -> list[Entry]:
    """The entries that rows of the search belong to, with the documents that were found."""
    grouped: dict[int, list[Hit]] = {}
    for hit in hits:
        grouped.setdefault(hit.docket_entry_id, []).append(hit)
    return [_entry_of(rows) for rows in grouped.values()]


def _entry_of(rows: Sequence[Hit]) -> Entry:
    rows = sorted(rows, key=lambda hit: (hit.attachment_number or 0, hit.id))
    created = [hit.meta.date_created for hit in rows if hit.meta.date_created]
    first = rows[0]
    return Entry(
        id=first.docket_entry_id,
        docket_id=first.docket_id,
        description=next((hit.description for hit in rows if hit.description), ""),
        entry_number=first.entry_number,
        date_filed=first.entry_date_filed,
        date_created=min(created, default=None),
        recap_documents=tuple(
            Document(
                id=hit.id,
                document_number=hit.document_number,
                attachment_number=hit.attachment_number,
                description=hit.short_description,
                absolute_url=hit.absolute_url,
            )
            for hit in rows
        ),
    )
