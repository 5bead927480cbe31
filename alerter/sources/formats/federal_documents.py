"""Documents of the US Federal Register as its API v1 gives them, made into notices. Pure.

Format: https://www.federalregister.gov/developers/documentation/api/v1. A document is listed for public
inspection first and published some days later under the same number, or withdrawn: one signal with stages.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Annotated, Generic, Literal, Self, TypeVar

from pydantic import AwareDatetime, BeforeValidator, Field

from alerter.core.clean import cap_bytes, clean_text, clean_title, is_web_address
from alerter.core.signal import NoticeReference, Signal, SignalKind
from alerter.sources.formats.json_rows import JsonRow, Text, read_each

DocumentType = Literal["RULE", "PRORULE", "NOTICE", "PRESDOCU"]
Stage = Literal["public_inspection", "published", "withdrawn"]

FIELDS = (
    "document_number",
    "title",
    "type",
    "abstract",
    "action",
    "dates",
    "html_url",
    "publication_date",
    "agencies",
    "effective_on",
    "comments_close_on",
    "signing_date",
    "executive_order_number",
    "docket_ids",
    "cfr_references",
    "regulation_id_numbers",
    "correction_of",
)
"""What is asked for; the API's own choice lacks half of it."""

WITHDRAWN = "Withdrawn from public inspection."
SCHEDULED = "Scheduled for publication on"
_LETTER = re.compile(
    r"request\w*\s+(?:for\s+)?(?:the\s+)?withdrawal\s+of\s+this\s+document|"
    r"this\s+document\s+(?:has\s+been|was|is)\s+withdrawn",
    re.IGNORECASE,
)
"""What the office writes to a document whose agency has asked for it back."""
_TYPES = {
    "rule": "RULE",
    "proposed rule": "PRORULE",
    "notice": "NOTICE",
    "presidential document": "PRESDOCU",
}


class UnknownShape(ValueError):
    """The answer is not in the API's format; the message completes a sentence that starts with its host."""


def _absent_if_blank(value: object) -> object:
    return None if value == "" else value


Day = Annotated[date | None, BeforeValidator(_absent_if_blank)]


class Agency(JsonRow):
    """An agency; those not in the directory have a name as printed only."""

    slug: Text = ""
    name: Text = ""
    raw_name: Text = ""


class CodeReference(JsonRow):
    """A part of the Code of Federal Regulations."""

    title: Text = ""
    part: Text = ""


class Listed(JsonRow):
    """What both stages of a document state."""

    document_number: str = Field(min_length=1, max_length=100)
    title: Text = ""
    type: Text = ""
    html_url: Text = ""
    agencies: list[Agency] = []

    @property
    def code(self) -> str:
        """The type as configurations write it; an unknown one as it stands."""
        return _TYPES.get(self.type.strip().lower(), self.type.strip())

    def agency(self, preferred: Sequence[str]) -> str | None:
        """The first of the preferred agencies that it is by, else the most specific (last) one."""
        slugs = [agency.slug or agency.name or agency.raw_name for agency in self.agencies]
        return next((slug for slug in slugs if slug in preferred), slugs[-1] if slugs else None)


class PublishedDocument(Listed):
    """A document of an issue of the Federal Register; the next issue is listed before its date."""

    publication_date: date
    abstract: Text = ""
    action: Text = ""
    dates: Text = ""
    effective_on: Day = None
    comments_close_on: Day = None
    signing_date: Day = None
    executive_order_number: Text = ""
    docket_ids: list[str] | None = None
    cfr_references: list[CodeReference] | None = None
    regulation_id_numbers: list[str] | None = None
    correction_of: Text = ""


class InspectedDocument(Listed):
    """A document on public inspection, before its publication."""

    filed_at: AwareDatetime | None = None
    publication_date: Day = None
    toc_subject: Text = ""
    toc_doc: Text = ""
    subject_1: Text = ""
    subject_2: Text = ""
    subject_3: Text = ""
    editorial_note: Text = ""
    docket_numbers: list[str] | None = None

    @property
    def is_withdrawn(self) -> bool:
        """Has its agency asked for it back? It stays listed to the end of the day it was due on."""
        return bool(_LETTER.search(self.editorial_note))

    @property
    def subject(self) -> str:
        """What it is about, as the table of contents says it."""
        parts = (self.toc_subject, self.toc_doc, self.subject_1, self.subject_2, self.subject_3)
        return "\n\n".join(dict.fromkeys(part.strip() for part in parts if part.strip()))


AnyDocument = TypeVar("AnyDocument", bound=Listed)


@dataclass(frozen=True, slots=True)
class Documents(Generic[AnyDocument]):
    """Documents of one answer or several."""

    read: Sequence[AnyDocument]
    total: int = 0
    """How many there are on all pages."""
    unreadable: int = 0

    @property
    def listed(self) -> int:
        """How many the answers hold."""
        return len(self.read) + self.unreadable

    def joined(self, other: Self) -> "Documents[AnyDocument]":
        """These and those of another answer."""
        return Documents((*self.read, *other.read), self.total, self.unreadable + other.unreadable)


def read_rows(answer: object, kind: type[AnyDocument]) -> Documents[AnyDocument]:
    """The documents of an answer. Raises UnknownShape, also when none of them can be read.

    An answer without any document has no `results` key, but a count of zero.
    """
    if not isinstance(answer, dict):
        raise UnknownShape("answered with JSON that is no list of documents")
    if "errors" in answer and "results" not in answer:
        raise UnknownShape(f"does not understand the question: {str(answer['errors'])[:200]}")
    rows, count = answer.get("results"), answer.get("count")
    if rows is None and count == 0:
        return Documents(())
    if not isinstance(rows, list):
        raise UnknownShape("answered without a list of results")
    read, faults = read_each(rows, kind)
    if faults and not read:
        raise UnknownShape(f"gave documents without a readable {faults[0]}")
    return Documents(read, count if isinstance(count, int) else len(rows), len(faults))


def publish(
    document: PublishedDocument, *, source: str, agencies: Sequence[str], labels: dict[str, str]
) -> Signal:
    """The document as published: dated at the issue's day, with its abstract, action and dates as text."""
    parts = (document.abstract, document.action, document.dates, _references(document))
    text = _joined(parts)
    return Signal(
        id=document.document_number,
        source=source,
        kind=SignalKind.NOTICE,
        title=clean_title(document.title, text) or f"Document {document.document_number}",
        text=text,
        url=_web(document.html_url),
        published_at=datetime.combine(document.publication_date, time(), UTC),
        language="en",
        labels=labels,
        notice=_notice(
            document,
            "published",
            agencies,
            effective_on=document.effective_on,
            comments_close_on=document.comments_close_on,
        ),
    )


def inspect(
    document: InspectedDocument,
    *,
    source: str,
    agencies: Sequence[str],
    labels: dict[str, str],
    now: datetime,
) -> Signal:
    """The document as filed for public inspection: its subject is all the text there is yet."""
    withdrawn = WITHDRAWN if document.is_withdrawn else ""
    dockets = "Docket " + ", ".join(document.docket_numbers) if document.docket_numbers else ""
    text = _joined((withdrawn, document.subject, document.editorial_note, dockets, _schedule(document)))
    subject = clean_text(document.subject)
    return Signal(
        id=document.document_number,
        source=source,
        kind=SignalKind.NOTICE,
        title=clean_title(document.title, subject) or f"Document {document.document_number}",
        text=text,
        url=_web(document.html_url),
        published_at=(document.filed_at or now).astimezone(UTC),
        language="en",
        labels=labels,
        notice=_notice(document, "withdrawn" if withdrawn else "public_inspection", agencies),
    )


def _schedule(document: InspectedDocument) -> str:
    due = None if document.is_withdrawn else document.publication_date
    return f"{SCHEDULED} {due.isoformat()}." if due else ""


def _notice(
    document: Listed,
    stage: Stage,
    agencies: Sequence[str],
    *,
    effective_on: date | None = None,
    comments_close_on: date | None = None,
) -> NoticeReference:
    return NoticeReference(
        agency=document.agency(agencies),
        type=document.code or None,
        number=document.document_number,
        stage=stage,
        effective_on=effective_on,
        comments_close_on=comments_close_on,
    )


def _references(document: PublishedDocument) -> str:
    """Orders, dockets and parts of the code that people search by, in one line."""
    order, corrected = document.executive_order_number, document.correction_of.rpartition("/")[2]
    code = [f"{part.title} CFR {part.part}" for part in document.cfr_references or () if part.part]
    found = [
        f"Executive Order {order}" if order else "",
        f"Signed on {document.signing_date.isoformat()}" if document.signing_date else "",
        "Docket " + ", ".join(document.docket_ids) if document.docket_ids else "",
        "RIN " + ", ".join(document.regulation_id_numbers) if document.regulation_id_numbers else "",
        ", ".join(code),
        f"Corrects document {corrected}" if corrected else "",
    ]
    return "; ".join(part for part in found if part)


def _joined(parts: Iterable[str]) -> str:
    cleaned = (clean_text(part) for part in parts)
    return cap_bytes("\n\n".join(part for part in cleaned if part))


def _web(url: str) -> str | None:
    return url if is_web_address(url) else None
