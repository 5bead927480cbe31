"""Documents on public inspection that are withdrawn, published elsewhere, or only seem to be gone."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from aiohttp import web

from alerter.assembly import build_judging
from alerter.config import Configuration
from alerter.core.signal import Signal
from alerter.explain import explain, read_alone
from alerter.replay import replay
from alerter.sources.base import Poll, SourceContext, SourceError
from alerter.sources.federal_register import ASKED_FOR, FederalRegisterConfig, RegisterCursor
from alerter.sources.formats.federal_inspection import AWAITED_KEPT, TEXT_KEPT
from alerter.sources.http import HttpClient
from tests.sources.conftest import Host
from tests.support.rules import a_rule

NOW = datetime(2025, 4, 23, 14, tzinfo=UTC)
BIS = "industry-and-security-bureau"
API = "/api/v1/"
LETTER = (
    "An agency letter requesting withdrawal of this document was received after placement on public "
    "inspection. It stays here through the close of business."
)


def a_document(number: str = "2025-07211", **fields: Any) -> dict[str, Any]:
    """A document on public inspection, due two days from now."""
    return {
        "document_number": number,
        "title": "Export Controls on Gallium",
        "type": "Rule",
        "filed_at": "2025-04-23T08:45:00.000-04:00",
        "publication_date": "2025-04-25",
        "html_url": f"https://register.example/public-inspection/{number}",
        "toc_subject": "The United States imposes export controls on gallium",
        "agencies": [{"raw_name": "BIS", "slug": BIS}],
        "editorial_note": None,
    } | fields


class Office:
    """The register as it stands, polled at times of one's choice."""

    def __init__(self, host: Host, http: HttpClient) -> None:
        self.host, self.now = host, NOW
        self.inspection: list[dict[str, Any]] = []
        self.documents: list[dict[str, Any]] = []
        self.elsewhere: dict[str, int] = {}
        """Number → status of the document by its number; 404 unless set."""
        self.is_unchanged = False
        self.cursor: str | None = None
        self.options: dict[str, Any] = {"agencies": [BIS]}
        host.on(f"{API}documents.json", handler=self._documents)
        host.on(f"{API}public-inspection-documents/current.json", handler=self._current)
        self._http = http

    async def poll(self, *, after: timedelta = timedelta(0)) -> Poll:
        """One poll, some time after the last one."""
        self.now += after
        for number, status in self.elsewhere.items():
            self.host.on(f"{API}documents/{number}.json", "{}", status=status)
        config = FederalRegisterConfig.model_validate(
            {"id": "bis", "type": "federal_register", "base_url": self.host.url("/")} | self.options
        )
        source = config.build(SourceContext(http=self._http, now=lambda: self.now, keys={}))
        poll = await source.poll(self.cursor)
        self.cursor = poll.cursor
        return poll

    @property
    def known(self) -> RegisterCursor:
        """What is remembered."""
        return RegisterCursor.model_validate_json(self.cursor or "")

    @property
    def asked_by_number(self) -> list[str]:
        """The documents that were asked for by their number."""
        return [r.path.rpartition("/")[2] for r in self.host.asked if "/documents/" in r.path]

    async def _documents(self, _request: web.Request) -> web.StreamResponse:
        return _listed(self.documents)

    async def _current(self, request: web.Request) -> web.StreamResponse:
        if self.is_unchanged and request.headers.get("If-None-Match"):
            return web.Response(status=304)
        response = _listed(self.inspection)
        response.headers["ETag"] = '"1"'
        return response


def _listed(rows: Sequence[dict[str, Any]]) -> web.Response:
    return web.json_response({"count": len(rows)} | ({"results": rows} if rows else {}))


@pytest.fixture
def office(host: Host, http: HttpClient) -> Office:
    """A register that lists nothing yet."""
    return Office(host, http)


def stages(poll: Poll) -> list[tuple[str | None, str | None]]:
    """(number, stage) of each signal."""
    return [(s.id, s.notice.stage if s.notice else None) for s in poll.signals]


OTHERS = [a_document(f"2025-0800{i}", agencies=[{"slug": "epa"}]) for i in range(6)]
"""Other agencies' documents on the same list."""


async def test_an_agencys_letter_withdraws_at_once(office: Office) -> None:
    """The note to a listed document is enough; its deadlines go, its title stays, and it is told once."""
    office.inspection = [a_document()]
    first = await office.poll()
    office.inspection = [a_document(editorial_note=LETTER, filed_at=None, publication_date=None)]
    second = await office.poll(after=timedelta(hours=1))
    (signal,) = second.signals
    assert stages(second) == [("2025-07211", "withdrawn")]
    assert signal.is_withdrawn
    assert signal.identity == first.signals[0].identity
    assert signal.title == "Export Controls on Gallium"
    assert signal.text.startswith("Withdrawn from public inspection.\n\nThe United States")
    assert "Scheduled" not in signal.text
    assert (await office.poll(after=timedelta(hours=2))).signals == []
    office.inspection = []
    assert (await office.poll(after=timedelta(hours=30))).signals == []
    assert (await office.poll(after=timedelta(hours=30))).signals == []
    assert office.asked_by_number == []


async def test_what_stays_away_is_withdrawn(office: Office) -> None:
    """A document that leaves before its day, and is found nowhere an hour later, is told with its text."""
    office.inspection = [a_document(), *OTHERS]
    await office.poll()
    office.inspection = OTHERS
    missed = await office.poll(after=timedelta(minutes=10))
    assert missed.signals == []
    assert missed.note == "1 document is gone from public inspection, and not published yet"
    assert (await office.poll(after=timedelta(minutes=50))).signals == []
    poll = await office.poll(after=timedelta(minutes=10))
    (signal,) = poll.signals
    assert stages(poll) == [("2025-07211", "withdrawn")]
    assert signal.text == (
        "Withdrawn from public inspection.\n\nThe United States imposes export controls on gallium"
    )
    assert signal.notice is not None
    assert (signal.notice.agency, signal.notice.type, signal.notice.effective_on) == (BIS, "RULE", None)
    assert (signal.url, signal.published_at) == (
        "https://register.example/public-inspection/2025-07211",
        office.now,
    )
    assert poll.note == ""
    assert office.asked_by_number == ["2025-07211.json"]
    assert (await office.poll(after=timedelta(hours=2))).signals == []


async def test_an_unchanged_list_confirms_what_is_gone(office: Office) -> None:
    """A 304 says that the list still lacks it."""
    office.inspection = [a_document(), *OTHERS]
    await office.poll()
    office.inspection = OTHERS
    await office.poll()
    office.is_unchanged = True
    assert stages(await office.poll(after=timedelta(hours=1))) == [("2025-07211", "withdrawn")]


async def test_what_comes_back_was_not_withdrawn(office: Office) -> None:
    """A list that lacked a document for a while withdraws nothing, and brings no new version."""
    office.inspection = [a_document(), *OTHERS]
    await office.poll()
    office.inspection = OTHERS
    await office.poll(after=timedelta(minutes=10))
    office.inspection = [a_document(), *OTHERS]
    back = await office.poll(after=timedelta(hours=3))
    assert (stages(back), back.note) == ([("2025-07211", "public_inspection")], "")
    office.inspection = OTHERS
    assert (await office.poll(after=timedelta(minutes=10))).signals == []


async def test_publication_is_no_withdrawal(office: Office) -> None:
    """On its day a document leaves public inspection, for the issue that lists it."""
    office.inspection = [a_document(), *OTHERS]
    await office.poll()
    office.inspection = OTHERS
    office.documents = [a_document() | {"abstract": "Now in force.", "effective_on": "2025-05-01"}]
    assert stages(await office.poll(after=timedelta(days=2))) == [("2025-07211", "published")]
    assert (await office.poll(after=timedelta(hours=2))).signals == []
    assert (office.known.inspection.awaited, office.asked_by_number) == ({}, [])


async def test_what_is_published_under_another_name_is_not_withdrawn(office: Office) -> None:
    """A document that the question does not find any more, and its number does, is published."""
    office.inspection = [a_document(), *OTHERS]
    office.elsewhere = {"2025-07211": 200}
    await office.poll()
    office.inspection = OTHERS
    await office.poll(after=timedelta(minutes=10))
    poll = await office.poll(after=timedelta(hours=1))
    assert (poll.signals, poll.note) == ([], "")
    assert office.known.inspection.awaited == {}


async def test_a_document_that_is_due_has_a_day_to_be_published(office: Office) -> None:
    """The issue may be listed some hours later than the document has left."""
    office.inspection = [a_document(publication_date="2025-04-24"), *OTHERS]
    await office.poll()
    office.inspection = OTHERS
    assert (await office.poll(after=timedelta(days=1))).signals == []
    assert (await office.poll(after=timedelta(hours=12))).signals == []
    assert office.asked_by_number == []
    assert stages(await office.poll(after=timedelta(days=1))) == [("2025-07211", "withdrawn")]


async def test_a_register_that_does_not_say_is_asked_again(office: Office) -> None:
    """Only a plain no counts; until then the note says that the document is gone."""
    office.inspection = [a_document(), *OTHERS]
    office.elsewhere = {"2025-07211": 500}
    await office.poll()
    office.inspection = OTHERS
    await office.poll(after=timedelta(minutes=10))
    poll = await office.poll(after=timedelta(hours=2))
    assert poll.signals == []
    assert "1 document is gone" in poll.note
    office.elsewhere = {"2025-07211": 404}
    assert stages(await office.poll(after=timedelta(hours=1))) == [("2025-07211", "withdrawn")]


@pytest.mark.parametrize("left", [[], OTHERS[:2]])
async def test_a_list_that_is_cut_short_withdraws_nothing(office: Office, left: list[dict[str, Any]]) -> None:
    """Where most of what is still to be published is gone at once, nothing is taken for withdrawn."""
    ours = [a_document(f"2025-0721{i}") for i in range(3)]
    office.inspection = [*ours, *OTHERS]
    await office.poll()
    office.inspection = left
    for _ in range(3):
        poll = await office.poll(after=timedelta(hours=3))
        assert poll.signals == []
        assert "far less than before" in poll.note
    office.inspection = [*ours[:2], *OTHERS]
    assert "1 document is gone" in (await office.poll(after=timedelta(hours=3))).note
    assert stages(await office.poll(after=timedelta(hours=3))) == [("2025-07212", "withdrawn")]


async def test_what_cannot_be_read_is_not_withdrawn(office: Office) -> None:
    """Who is behind a row that cannot be read is not known; the others are told as ever."""
    office.inspection = [a_document(), a_document("2025-07300")]
    await office.poll()
    office.inspection = [a_document(agencies="BIS"), a_document("2025-07400")]
    polls = [await office.poll(after=timedelta(hours=1)) for _ in range(3)]
    assert [stages(poll) for poll in polls] == [[("2025-07400", "public_inspection")], [], []]
    assert polls[-1].note == (
        "documents on public inspection that cannot be read: 1: nothing is taken for withdrawn"
    )
    office.inspection = [a_document(), a_document("2025-07400")]
    assert stages(await office.poll(after=timedelta(hours=1))) == [("2025-07211", "public_inspection")]
    assert set(office.known.inspection.awaited) == {"2025-07300", "2025-07211", "2025-07400"}


async def test_days_that_have_come_shorten_the_list(office: Office) -> None:
    """What was due leaves as it is published: the list is not cut short by that."""
    due = [a_document(f"2025-0900{i}", publication_date="2025-04-24") for i in range(9)]
    office.inspection = [*due, a_document()]
    await office.poll()
    office.documents = due
    office.inspection = [a_document()]
    poll = await office.poll(after=timedelta(days=1))
    assert {stage for _, stage in stages(poll)} == {"published"}
    assert poll.note == ""


async def test_fewer_rows_than_counted_are_a_failure(office: Office) -> None:
    """A half list says so itself when its count is whole."""
    office.host.on(f"{API}public-inspection-documents/current.json", '{"count": 120, "results": []}')
    with pytest.raises(SourceError, match="lists 0 of 120 documents on public inspection"):
        await office.poll()


async def test_what_is_no_longer_wanted_is_not_withdrawn(office: Office) -> None:
    """A document that is listed under another agency now has only moved."""
    office.inspection = [a_document(), *OTHERS]
    await office.poll()
    office.inspection = [a_document(agencies=[{"slug": "epa"}]), *OTHERS]
    await office.poll(after=timedelta(hours=1))
    poll = await office.poll(after=timedelta(hours=2))
    assert (poll.signals, poll.note, office.known.inspection.awaited) == ([], "", {})


async def test_only_so_much_is_remembered(office: Office) -> None:
    """A bounded number of documents with a bounded text, and few questions in one poll."""
    office.options = {}
    rows = [
        {"document_number": f"n{i}", "filed_at": "2025-04-23T12:45:00Z", "publication_date": "2025-04-25"}
        for i in range(AWAITED_KEPT + 5)
    ]
    office.inspection = [*rows, a_document(toc_subject="x" * 5_000)]
    await office.poll()
    kept = office.known.inspection
    assert (len(kept.awaited), kept.ahead) == (AWAITED_KEPT, {date(2025, 4, 25): AWAITED_KEPT + 6})
    assert len(kept.awaited["2025-07211"].text) == TEXT_KEPT
    office.inspection = office.inspection[:-20]
    await office.poll(after=timedelta(minutes=10))
    poll = await office.poll(after=timedelta(hours=2))
    assert len(poll.signals) == len(office.asked_by_number) == ASKED_FOR
    assert "10 documents are gone" in poll.note


RULES = (
    a_rule(id="controls", type="event", events=["export_control_imposed"]),
    a_rule(id="gallium", type="match", any=["gallium"], kinds=["notice"]),
)


async def both_versions(office: Office) -> list[Signal]:
    """The notice as it was filed, and as it was withdrawn."""
    office.inspection = [a_document()]
    first = await office.poll()
    office.inspection = [a_document(editorial_note=LETTER)]
    second = await office.poll(after=timedelta(hours=1))
    seen = zip((*first.signals, *second.signals), (NOW, office.now), strict=True)
    return [signal.model_copy(update={"seen_at": at}) for signal, at in seen]


async def test_alerts_that_rest_on_a_withdrawn_notice_are_withdrawn(office: Office) -> None:
    """Rules on what it said and on its words are resolved, and told as a correction."""
    judging = build_judging(Configuration(rules=RULES), {})
    changes = [
        (one.alert.rule, one.change.value, one.alert.resolution)
        async for one in replay(judging, await both_versions(office))
    ]
    assert sorted(changes[:2]) == [("controls", "fired", ""), ("gallium", "fired", "")]
    assert sorted(changes[2:]) == [
        ("controls", "withdrawn", "withdrawn"),
        ("gallium", "withdrawn", "withdrawn"),
    ]


async def test_a_withdrawn_notice_sets_nothing(office: Office) -> None:
    """Its reading knows what it was about, but no events and no dates; `explain` says why no rule fires."""
    judging = build_judging(Configuration(rules=RULES), {})
    filed, withdrawn = (read_alone(signal, judging) for signal in await both_versions(office))
    assert filed.reading.events
    assert (withdrawn.reading.events, withdrawn.reading.claims) == ((), ())
    assert withdrawn.reading.commodities == filed.reading.commodities
    assert withdrawn.reading.notice is not None
    assert withdrawn.reading.notice.effective_on is None
    said = list(explain(withdrawn, judging))
    assert {one.sentence for one in said} == {"Notice withdrawn, so that the rule is not tried."}
