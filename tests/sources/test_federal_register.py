"""The Federal Register polled over loopback: stages of a document, windows of dates, odd answers."""

import json
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from aiohttp import web
from pydantic import ValidationError

from alerter.sources import federal_register
from alerter.sources.base import Source, SourceContext, SourceError
from alerter.sources.federal_register import FederalRegisterConfig, RegisterCursor
from alerter.sources.http import HttpClient
from tests.sources.conftest import Host

NOW = datetime(2025, 4, 23, 14, tzinfo=UTC)
BIS = "industry-and-security-bureau"
DOCUMENTS = "/api/v1/documents.json"
INSPECTION = "/api/v1/public-inspection-documents/current.json"


def a_document(number: str = "2025-07211", **fields: Any) -> dict[str, Any]:
    """A published document as the API gives it."""
    return {
        "document_number": number,
        "title": "Controls on Certain Sensors  ",
        "type": "Rule",
        "abstract": "New licence requirements for sensors.",
        "action": "Interim final rule.",
        "dates": "Effective May 1, 2025.",
        "html_url": f"https://register.example/documents/{number}",
        "publication_date": "2025-04-25",
        "agencies": [
            {"raw_name": "COMMERCE", "name": "Commerce Department", "slug": "commerce-department"},
            {"raw_name": "BIS", "name": "Industry and Security Bureau", "slug": BIS},
        ],
        "effective_on": "2025-05-01",
        "comments_close_on": "2025-05-16",
    } | fields


def an_inspection(number: str = "2025-07211", **fields: Any) -> dict[str, Any]:
    """The same document on public inspection."""
    return {
        "document_number": number,
        "title": "Controls on Certain Sensors",
        "type": "Rule",
        "filed_at": "2025-04-23T08:45:00.000-04:00",
        "publication_date": "2025-04-25",
        "html_url": f"https://register.example/public-inspection/{number}",
        "toc_subject": "Export Controls",
        "agencies": [{"raw_name": "BIS", "slug": BIS}],
        "editorial_note": None,
        "docket_numbers": ["250401-0058"],
    } | fields


class Register:
    """A host that lists documents as told, by date and page."""

    def __init__(self, host: Host) -> None:
        self.host = host
        self.documents: list[dict[str, Any]] = []
        self.inspection: list[dict[str, Any]] = []
        self.queries: list[dict[str, list[str]]] = []
        host.on(DOCUMENTS, handler=self._documents)
        host.on(INSPECTION, handler=self._inspection)

    async def _documents(self, request: web.Request) -> web.StreamResponse:
        query = {name: request.query.getall(name) for name in request.query}
        self.queries.append(query)
        start = query["conditions[publication_date][gte]"][0]
        end = query.get("conditions[publication_date][lte]", ["9999"])[0]
        rows = [row for row in self.documents if start <= row["publication_date"] <= end]
        size, page = federal_register.PAGE_ROWS, int(query["page"][0])
        answer: dict[str, Any] = {"count": len(rows)}
        if rows:
            answer["results"] = rows[(page - 1) * size : page * size]
        return web.json_response(answer)

    async def _inspection(self, _request: web.Request) -> web.StreamResponse:
        answer: dict[str, Any] = {"count": len(self.inspection)}
        return web.json_response(answer | ({"results": self.inspection} if self.inspection else {}))


@pytest.fixture
def register(host: Host) -> Register:
    """A register without documents yet."""
    return Register(host)


def build(http: HttpClient, register: Register, *, now: datetime = NOW, **options: Any) -> Source:
    """The source as the service builds it."""
    config = FederalRegisterConfig.model_validate(
        {"id": "bis", "type": "federal_register", "base_url": register.host.url("/")} | options
    )
    return config.build(SourceContext(http=http, now=lambda: now, keys={}))


async def test_what_the_register_does_not_understand_is_told(http: HttpClient, register: Register) -> None:
    """An agency that it does not know is named in its answer, and so in the error."""
    answer = '{"errors": {"agencies": "not-an-agency is no valid value"}}'
    register.host.on(DOCUMENTS, answer, status=400, headers={"Content-Type": "application/json"})
    with pytest.raises(SourceError, match=r"malformed \(400\): agencies: not-an-agency is no valid value"):
        await build(http, register).poll(None)


@pytest.mark.parametrize(
    "options",
    [
        {"agencies": ["Not A Slug"]},
        {"document_types": ["LAW"]},
        {"base_url": "register.example"},
        {"search": ""},
    ],
)
def test_options_are_checked(options: dict[str, Any]) -> None:
    """Agencies are slugs, types are the API's, the address is on the web."""
    with pytest.raises(ValidationError):
        FederalRegisterConfig.model_validate({"id": "bis", "type": "federal_register"} | options)


async def test_the_question_names_agencies_types_term_and_fields(
    http: HttpClient, register: Register
) -> None:
    """All conditions go into the question, with the fields that the API leaves out by itself."""
    source = build(http, register, agencies=[BIS], document_types=["RULE", "NOTICE"], search='"rare earth"')
    await source.poll(None)
    (query,) = register.queries
    assert query["conditions[agencies][]"] == [BIS]
    assert query["conditions[type][]"] == ["RULE", "NOTICE"]
    assert query["conditions[term]"] == ['"rare earth"']
    assert query["conditions[publication_date][gte]"] == ["2025-04-18"]
    assert {"effective_on", "comments_close_on", "action", "dates"} <= set(query["fields[]"])
    assert (query["order"], query["per_page"], query["page"]) == (["newest"], ["100"], ["1"])


async def test_a_published_document_becomes_a_notice(http: HttpClient, register: Register) -> None:
    """Dates, stage and agency go into the notice, abstract, action and dates into the text."""
    register.documents = [a_document()]
    (signal,) = (await build(http, register, agencies=[BIS], labels={"desk": "tc"}).poll(None)).signals
    assert (signal.id, signal.kind, signal.source) == ("2025-07211", "notice", "bis")
    assert signal.title == "Controls on Certain Sensors"
    assert signal.text == (
        "New licence requirements for sensors.\n\nInterim final rule.\n\nEffective May 1, 2025."
    )
    assert signal.url == "https://register.example/documents/2025-07211"
    assert signal.published_at == datetime(2025, 4, 25, tzinfo=UTC)
    assert signal.labels == {"desk": "tc"}
    assert signal.notice is not None
    assert signal.notice.model_dump() == {
        "agency": BIS,
        "type": "RULE",
        "number": "2025-07211",
        "stage": "published",
        "effective_on": date(2025, 5, 1),
        "comments_close_on": date(2025, 5, 16),
    }


async def test_references_are_readable(http: HttpClient, register: Register) -> None:
    """Orders, dockets, code and corrections stand at the end of the text."""
    register.documents = [
        a_document(
            executive_order_number=14257,
            signing_date="2025-04-02",
            docket_ids=["D-1", "D-2"],
            regulation_id_numbers=["0694-AK01"],
            cfr_references=[{"title": 15, "part": 744}, {"title": 15, "part": None}],
            correction_of="https://register.example/api/v1/documents/2025-01234",
            abstract=None,
            effective_on="",
            comments_close_on=None,
            agencies=[{"raw_name": "OFFICE OF NOWHERE"}],
            type="Ruling",
            html_url=None,
        )
    ]
    (signal,) = (await build(http, register).poll(None)).signals
    assert signal.text.endswith(
        "Executive Order 14257; Signed on 2025-04-02; Docket D-1, D-2; RIN 0694-AK01; 15 CFR 744; "
        "Corrects document 2025-01234"
    )
    assert signal.url is None
    assert signal.notice is not None
    assert (signal.notice.agency, signal.notice.type) == ("OFFICE OF NOWHERE", "Ruling")
    assert signal.notice.effective_on is None


async def test_public_inspection_and_publication_are_one_signal(http: HttpClient, register: Register) -> None:
    """The number joins both stages: same identity, another version."""
    register.inspection = [an_inspection()]
    first = await build(http, register, agencies=[BIS]).poll(None)
    (inspected,) = first.signals
    assert inspected.published_at == datetime(2025, 4, 23, 12, 45, tzinfo=UTC)
    assert inspected.text == (
        "Export Controls\n\nDocket 250401-0058\n\nScheduled for publication on 2025-04-25."
    )
    assert inspected.notice is not None
    assert (inspected.notice.stage, inspected.notice.number) == ("public_inspection", "2025-07211")
    register.documents = [a_document()]
    source = build(http, register, agencies=[BIS], now=NOW + timedelta(days=1))
    second = await source.poll(first.cursor)
    (published,) = second.signals
    assert published.notice is not None
    assert published.notice.stage == "published"
    assert published.identity == inspected.identity
    assert published.content_hash != inspected.content_hash
    assert (await source.poll(second.cursor)).signals == []


async def test_only_what_is_new_or_changed_is_given(http: HttpClient, register: Register) -> None:
    """The cursor knows what was given; a changed document comes again, a late one too."""
    register.documents = [a_document("a", publication_date="2025-04-23")]
    source = build(http, register)
    first = await source.poll(None)
    register.documents = [
        a_document("c", publication_date="2025-04-24"),
        a_document("a", publication_date="2025-04-23", effective_on="2025-06-01"),
        a_document("b", publication_date="2025-04-21"),
    ]
    second = await source.poll(first.cursor)
    assert [s.id for s in second.signals] == ["b", "a", "c"]
    assert (await source.poll(second.cursor)).signals == []


async def test_the_watermark_stops_at_today(http: HttpClient, register: Register) -> None:
    """An issue listed ahead of its date does not move the window past today; it never goes back either."""
    register.documents = [a_document(publication_date="2025-04-25")]
    poll = await build(http, register).poll(None)
    assert RegisterCursor.model_validate_json(poll.cursor).since == date(2025, 4, 23)
    register.documents = [a_document(publication_date="2025-04-21")]
    later = await build(http, register, now=NOW + timedelta(days=9)).poll(poll.cursor)
    assert RegisterCursor.model_validate_json(later.cursor).since == date(2025, 4, 23)


@pytest.mark.parametrize(
    ("fields", "wanted"),
    [
        ({}, True),
        ({"agencies": [{"slug": "fish-and-wildlife-service"}]}, False),
        ({"agencies": [{"raw_name": "BIS"}]}, False),
        ({"type": "Notice"}, False),
        ({"type": "Proposed Rule"}, False),
        ({"title": "Fishing Quotas"}, False),
        ({"title": None, "toc_doc": "Certain SENSORS: controls"}, True),
    ],
)
async def test_public_inspection_is_filtered_here(
    http: HttpClient, register: Register, fields: dict[str, Any], wanted: bool
) -> None:
    """The list of everything on inspection is cut to the agencies, types and words asked for."""
    register.inspection = [an_inspection(**fields)]
    source = build(http, register, agencies=[BIS], document_types=["RULE"], search="sensors controls")
    assert len((await source.poll(None)).signals) == wanted


async def test_without_filters_everything_on_inspection_counts(http: HttpClient, register: Register) -> None:
    """No agency, type or term means all; what has no title, filing time or date still makes a signal."""
    bare = an_inspection(
        title=None, toc_subject=None, docket_numbers=None, filed_at=None, publication_date=None
    )
    register.inspection = [bare]
    (signal,) = (await build(http, register).poll(None)).signals
    assert (signal.title, signal.text, signal.published_at) == ("Document 2025-07211", "", NOW)


async def test_without_a_title_the_subject_is_the_headline(http: HttpClient, register: Register) -> None:
    """Neither dockets nor the schedule run into it."""
    register.inspection = [
        an_inspection(title=None, toc_doc="Licences for Gallium", subject_1="Chips & Wafers")
    ]
    (signal,) = (await build(http, register).poll(None)).signals
    assert signal.title == "Export Controls Licences for Gallium Chips & Wafers"


async def test_public_inspection_can_be_left_out(http: HttpClient, register: Register) -> None:
    """Then its list is not asked for."""
    register.inspection = [an_inspection()]
    assert (await build(http, register, public_inspection=False).poll(None)).signals == []
    assert [request.path for request in register.host.asked] == [DOCUMENTS]


async def test_all_pages_are_read(
    http: HttpClient, register: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What does not fit on a page is on the next ones; a row that moved between pages counts once."""
    monkeypatch.setattr(federal_register, "PAGE_ROWS", 3)
    register.documents = [a_document(f"n{i}") for i in range(7)]
    register.documents[3] = register.documents[2]
    poll = await build(http, register).poll(None)
    assert sorted(s.id or "" for s in poll.signals) == ["n0", "n1", "n2", "n4", "n5", "n6"]
    assert [query["page"] for query in register.queries] == [["1"], ["2"], ["3"]]


async def test_too_many_documents_are_asked_for_in_slices(
    http: HttpClient, register: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Beyond the last page that the API gives out, spans of dates are halved until each fits."""
    monkeypatch.setattr(federal_register, "PAGE_ROWS", 2)
    monkeypatch.setattr(federal_register, "PAGES", 2)
    days = [date(2025, 4, 18) + timedelta(days=i) for i in range(10)]
    register.documents = [
        a_document(f"{day}/{i}", publication_date=day.isoformat()) for day in days for i in range(3)
    ]
    poll = await build(http, register).poll(None)
    assert len(poll.signals) == 30
    assert max(int(query["page"][0]) for query in register.queries) <= 2


async def test_one_day_beyond_all_pages_is_an_error(
    http: HttpClient, register: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A day that cannot be sliced further fails aloud instead of being cut."""
    monkeypatch.setattr(federal_register, "PAGE_ROWS", 2)
    monkeypatch.setattr(federal_register, "PAGES", 1)
    register.documents = [a_document(f"n{i}") for i in range(3)]
    with pytest.raises(SourceError, match="ask for less"):
        await build(http, register).poll(None)


async def test_unchanged_lists_bring_nothing(http: HttpClient, register: Register) -> None:
    """Both lists are asked for conditionally, and what was seen stays remembered over a 304."""

    async def answer(request: web.Request) -> web.StreamResponse:
        if request.headers.get("If-None-Match"):
            return web.Response(status=304, headers={"Cache-Control": "max-age=300"})
        rows = [a_document("a")] if request.path == DOCUMENTS else [an_inspection("b"), an_inspection("a")]
        return web.json_response({"count": len(rows), "results": rows}, headers={"ETag": '"1"'})

    register.host.on(DOCUMENTS, handler=answer)
    register.host.on(INSPECTION, handler=answer)
    source = build(http, register)
    first = await source.poll(None)
    assert [s.id for s in first.signals] == ["b", "a"]
    second = await source.poll(first.cursor)
    third = await source.poll(second.cursor)
    assert (second.signals, third.signals) == ([], [])
    assert third.wait_at_least == timedelta(minutes=5)
    assert third.cursor == second.cursor
    known = RegisterCursor.model_validate_json(third.cursor)
    assert (list(known.published), list(known.inspection.given)) == (["a"], ["b"])


async def test_another_question_starts_anew_from_the_same_day(http: HttpClient, register: Register) -> None:
    """When agencies change, what was given under the old question is asked for again."""
    register.documents = [a_document()]
    first = await build(http, register).poll(None)
    changed = await build(http, register, agencies=[BIS], now=NOW + timedelta(days=1)).poll(first.cursor)
    assert len(changed.signals) == 1
    assert register.queries[-1]["conditions[publication_date][gte]"] == ["2025-04-20"]


async def test_a_document_that_cannot_be_read_costs_no_other(http: HttpClient, register: Register) -> None:
    """It is noted, and told once it can be read."""
    register.documents = [a_document(), a_document("2025-07300", title={"en": "t"})]
    first = await build(http, register).poll(None)
    assert ([s.id for s in first.signals], first.note) == (["2025-07211"], "documents that cannot be read: 1")
    register.documents[1] = a_document("2025-07300")
    second = await build(http, register).poll(first.cursor)
    assert ([s.id for s in second.signals], second.note) == (["2025-07300"], "")


@pytest.mark.parametrize("path", [DOCUMENTS, INSPECTION])
@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("", "empty answer"),
        ("<!doctype html><title>Maintenance</title>", "web page (“Maintenance”) instead of JSON"),
        ("[]", "no list of documents"),
        ("{}", "without a list of results"),
        ('{"count": 3}', "without a list of results"),
        ('{"count": 1, "results": {}}', "without a list of results"),
        ('{"errors": {"agencies": "is not known"}}', "is not known"),
        ('{"count": 1, "results": [7]}', "readable row"),
        ('{"count": 1, "results": [{"title": "t", "publication_date": "2025-04-25"}]}', "document_number"),
        (json.dumps({"results": [a_document(publication_date="soon")]}), "publication_date"),
        (json.dumps({"results": [a_document(title={"en": "t"})]}), "title"),
    ],
)
async def test_unknown_shapes_are_failures_in_words(
    http: HttpClient, register: Register, path: str, body: str, words: str
) -> None:
    """What is not in the API's format is named, with the field; it never passes for an empty list."""
    register.host.on(path, body)
    with pytest.raises(SourceError) as caught:
        await build(http, register).poll(None)
    assert words in str(caught.value)
