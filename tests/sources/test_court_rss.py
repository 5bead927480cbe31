"""The court_rss kind: which entries are kept, what names them, and what a poll says went wrong."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from pydantic import ValidationError

from alerter.core.matter import Matter
from alerter.core.signal import Signal
from alerter.sources.base import Source, SourceContext, SourceError
from alerter.sources.court_rss import GONE_KEPT, CourtCursor, CourtRssConfig
from alerter.sources.http import HttpClient
from tests.sources.conftest import Host
from tests.support.decisions import alerted

NOW = datetime(2025, 6, 9, 22, tzinfo=UTC)
MATTER = Matter(id="duties", names=("Lakeside Toys*",), dockets=(("cafc", "2025-1812"),))


def entry(
    number: str = "25-1812",
    label: str = "Opinion",
    *,
    caption: str = "Lakeside Toys v. Reyes",
    guid: str = "https://ecf.cafc.example/case?1&amp;part=1",
    at: str = "Mon, 09 Jun 2025 10:00:00 EDT",
    document: str = "(&lt;a href='https://ecf.cafc.example/docs1/101'&gt;101&lt;/a&gt;)",
) -> str:
    """One entry as CM/ECF writes it."""
    return (
        f"<item><title>{number} {caption}</title><link>https://ecf.cafc.example/case?1</link>"
        f"<description>[{label}] {document}</description>"
        f'<guid isPermaLink="true">{guid}</guid><pubDate>{at}</pubDate></item>'
    )


def feed(*entries: str) -> bytes:
    """A court's feed, in its encoding."""
    body = f"<rss version='2.0'><channel><title>Recent Entries</title>{''.join(entries)}</channel></rss>"
    return b"<?xml version='1.0' encoding='ISO-8859-1'?>\n" + body.encode("latin-1")


def build(http: HttpClient, host: Host, **options: Any) -> Source:
    """A court's feed as the service builds it."""
    fields = {"id": "court", "type": "court_rss", "court": "cafc", "url": host.url("/feed")} | options
    context = SourceContext(http=http, now=lambda: NOW, keys={}, matters={MATTER.id: MATTER})
    return CourtRssConfig.model_validate(fields).build(context)


async def polled(http: HttpClient, host: Host, *entries: str, **options: Any) -> list[Signal]:
    """What a first poll brings of these entries."""
    host.on("/feed", feed(*entries))
    return list((await build(http, host, **options).poll(None)).signals)


@pytest.mark.parametrize(
    "options",
    [
        {"court": "c"},
        {"court": "ca 9"},
        {"url": "ftp://a.example"},
        {"dockets": ["none"]},
        {"matters": ["a b"]},
    ],
)
def test_options_are_checked(options: dict[str, Any]) -> None:
    """What cannot be meant is refused when the configuration is read."""
    fields = {"id": "court", "type": "court_rss", "court": "cafc", "url": "https://a.example/"}
    with pytest.raises(ValidationError):
        CourtRssConfig.model_validate(fields | options)


async def test_an_entry_becomes_a_docket_entry(host: Host, http: HttpClient) -> None:
    """With court, number, entry and document, dated in the court's own zone."""
    (signal,) = await polled(http, host, entry(at="Mon, 09 Jun 2025 21:30:00 EDT", caption="Peña v. Reyes"))
    assert (signal.kind, signal.title, signal.text) == ("docket_entry", "Peña v. Reyes [Opinion]", "Opinion")
    assert signal.url == "https://ecf.cafc.example/docs1/101"
    assert signal.published_at == datetime(2025, 6, 10, 1, 30, tzinfo=UTC)
    docket = signal.docket
    assert docket is not None
    assert (docket.court, docket.number, docket.entry, docket.document) == (
        "cafc",
        "25-1812",
        101,
        signal.url,
    )
    assert isinstance(docket.filed_at, datetime)
    assert docket.filed_at.date() == date(2025, 6, 9)


async def test_an_entry_without_document_or_label_is_told_by_its_docket(host: Host, http: HttpClient) -> None:
    """The address is the docket's; the title is the case alone."""
    (signal,) = await polled(http, host, entry(label="", document="Deadline set"), labels={"of": "cafc"})
    assert (signal.title, signal.text) == ("Lakeside Toys v. Reyes", "[] Deadline set")
    assert signal.url == "https://ecf.cafc.example/case?1"
    assert signal.docket is not None
    assert (signal.docket.entry, signal.docket.document) == (None, None)
    assert signal.labels == {"of": "cafc"}


@pytest.mark.parametrize(("at", "expected"), [("soon", NOW), ("Mon, 09 Jun 2035 10:00:00 EDT", NOW)])
async def test_an_incredible_date_is_none(host: Host, http: HttpClient, at: str, expected: datetime) -> None:
    """On a first poll such an entry counts as just too old to alert, later as of now."""
    (signal,) = await polled(http, host, entry(at=at))
    assert signal.published_at == expected - timedelta(hours=48, seconds=1)
    assert signal.docket is not None
    assert signal.docket.filed_at is None
    known = await build(http, host).poll(None)
    host.on("/feed", feed(entry(at=at, guid="later")))
    (later,) = (await build(http, host).poll(known.cursor)).signals
    assert later.published_at == expected


@pytest.mark.parametrize(
    ("options", "kept"),
    [
        ({}, ["25-1812", "25-9", "1:25-cv-01248"]),
        ({"dockets": ["2025-1812"]}, ["25-1812"]),
        ({"dockets": ["25-1248", "25-00009"]}, ["25-9", "1:25-cv-01248"]),
        ({"matters": ["duties"]}, ["25-1812", "1:25-cv-01248"]),
        ({"matters": ["duties"], "court": "dcd"}, ["1:25-cv-01248"]),
        ({"matters": ["duties"], "dockets": ["25-9"]}, ["25-1812", "25-9", "1:25-cv-01248"]),
        ({"dockets": ["25-77"]}, []),
    ],
)
async def test_entries_of_the_asked_cases_are_kept(
    host: Host, http: HttpClient, options: dict[str, Any], kept: list[str]
) -> None:
    """By docket number however it is written, by a matter's dockets in this court, or by its captions."""
    entries = [
        entry("25-1812", caption="Renamed v. Reyes", guid="a"),
        entry("25-9", caption="Alba v. Reyes", guid="b"),
        entry("1:25-cv-01248", guid="c"),
    ]
    host.on("/feed", feed(*reversed(entries)))
    poll = await build(http, host, **options).poll(None)
    assert [signal.docket.number for signal in poll.signals if signal.docket] == kept
    assert poll.note == ("" if kept else "lists no entry of the cases asked for")


async def test_an_unknown_matter_is_told(host: Host, http: HttpClient) -> None:
    """Nothing is kept or dropped by guess."""
    with pytest.raises(SourceError, match="no matter is called tariffs"):
        await polled(http, host, entry(), matters=["tariffs"])


async def test_entries_that_share_a_guid_are_several(host: Host, http: HttpClient) -> None:
    """One filing with two labels gives two signals; what is listed twice alike is one."""
    signals = await polled(
        http, host, entry(label="Opinion"), entry(label="Judgment"), entry(label="Opinion")
    )
    assert sorted(signal.text for signal in signals) == ["Judgment", "Opinion"]
    assert len({signal.id for signal in signals}) == 2


async def test_a_second_poll_brings_what_is_new_or_changed(host: Host, http: HttpClient) -> None:
    """A changed label is a new version; a namesake that joins is another entry and shifts none."""
    source = build(http, host)
    host.on("/feed", feed(entry(label="Order")))
    first = await source.poll(None)
    host.on("/feed", feed(entry(label="Judgment"), entry(label="Order")))
    second = await source.poll(first.cursor)
    host.on("/feed", feed(entry(label="Judgment"), entry(label="Order granting a stay")))
    third = await source.poll(second.cursor)
    fourth = await source.poll(third.cursor)
    assert [signal.text for signal in second.signals] == ["Judgment"]
    assert [(s.id, s.text) for s in third.signals] == [(first.signals[0].id, "Order granting a stay")]
    assert fourth.signals == []
    assert fourth.cursor == third.cursor


async def test_an_entry_that_comes_back_changed_is_recognised(host: Host, http: HttpClient) -> None:
    """What left the list is remembered for a while; another filing under its guid is not taken for it."""
    source = build(http, host)
    host.on("/feed", feed(entry(label="Order")))
    first = await source.poll(None)
    host.on("/feed", feed())
    second = await source.poll(first.cursor)
    assert (second.signals, second.note) == ([], "lists no entries")
    later = entry(label="Order", document="", at="Mon, 09 Jun 2025 16:00:00 EDT")
    host.on("/feed", feed(later, entry(label="Amended Order")))
    third = await source.poll(second.cursor)
    assert [signal.text for signal in third.signals] == ["Amended Order", "Order"]
    assert third.signals[0].id == first.signals[0].id != third.signals[1].id


async def test_the_cursor_is_bounded(host: Host, http: HttpClient) -> None:
    """Of what has left the list only the latest is remembered."""
    host.on("/feed", feed(*(entry(f"25-{n}", guid=str(n), document="") for n in range(GONE_KEPT + 9))))
    source = build(http, host)
    first = await source.poll(None)
    host.on("/feed", feed())
    second = await source.poll(first.cursor)
    assert len(CourtCursor.model_validate_json(second.cursor).held) == GONE_KEPT


async def test_an_unchanged_feed_brings_nothing(host: Host, http: HttpClient) -> None:
    """Where a court does give validators, the next poll is conditional and what was held is kept."""

    async def answer(request: web.Request) -> web.StreamResponse:
        if request.headers.get("If-None-Match") == '"1"':
            return web.Response(status=304)
        return web.Response(body=feed(entry()), headers={"ETag": '"1"'})

    host.on("/feed", handler=answer)
    source = build(http, host)
    first = await source.poll(None)
    second = await source.poll(first.cursor)
    assert (list(second.signals), second.cursor) == ([], first.cursor)


@pytest.mark.parametrize(
    ("docket", "number"), [("25-1813", "2025-1813"), ("25-1812", "2025-1812"), ("25-1814", None)]
)
async def test_a_consolidated_case_is_kept_under_each_of_its_numbers(
    host: Host, http: HttpClient, docket: str, number: str | None
) -> None:
    """The one that was asked for is told."""
    entries = entry(number="2025-1812, 2025-1813:", caption="Lakeside Toys v. Reyes [OPINION], Precedential")
    signals = await polled(http, host, entries, dockets=[docket])
    assert [one.docket and one.docket.number for one in signals] == ([number] if number else [])


async def test_blanks_after_the_end_do_not_matter(host: Host, http: HttpClient) -> None:
    """However many a court's script leaves there."""
    host.on("/feed", feed(entry()) + b"\n" * 500)
    assert len((await build(http, host).poll(None)).signals) == 1


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "empty answer"),
        (b"<html><title>Maintenance</title></html>", "web page .“Maintenance”"),
        (b"entries: none", "no feed"),
        (feed(entry(guid="2"), entry())[:-60], "breaks off"),
        (
            feed(entry("Notice:"), entry("Docket")),
            "lists 2 entries, none of which begins with a docket number",
        ),
    ],
)
async def test_what_is_no_court_feed_is_told(host: Host, http: HttpClient, body: bytes, reason: str) -> None:
    """An error page, an empty answer and another shape fail in plain words."""
    host.on("/feed", body)
    with pytest.raises(SourceError, match=f"127.0.0.1 .*{reason}"):
        await build(http, host).poll(None)


async def test_one_bad_entry_costs_no_other(host: Host, http: HttpClient) -> None:
    """It is counted and told."""
    host.on("/feed", feed(entry("Notice:"), entry()))
    poll = await build(http, host).poll(None)
    assert (len(poll.signals), poll.note) == (1, "1 entries cannot be read")


async def test_a_slow_reading_ends(host: Host, http: HttpClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """A document that keeps the parser busy fails the poll instead of holding it."""
    monkeypatch.setattr("alerter.sources.court_rss.READING_TIME", timedelta(0))
    with pytest.raises(SourceError, match="takes too long to read"):
        await polled(http, host, entry())


@pytest.mark.parametrize("cursor", ["", "{}", '{"visit": {"url": "https://other.example/"}}'])
async def test_a_foreign_cursor_counts_as_none(host: Host, http: HttpClient, cursor: str) -> None:
    """All entries are listed again, under the ids that they had."""
    (before,) = await polled(http, host, entry())
    (after,) = (await build(http, host).poll(cursor)).signals
    assert after == before


async def test_an_opinion_and_its_judgment_are_one_alert(
    host: Host, http: HttpClient, tmp_path: Path
) -> None:
    """The docket rule tells of the decision once; a motion, a schedule and other cases say nothing."""
    entries = [
        entry(label="Judgment", guid="2", at="Mon, 09 Jun 2025 10:01:10 EDT"),
        entry(label="Opinion"),
        entry(label="Motion for Stay Pending Appeal", guid="3"),
        entry(label="So-Ordered Scheduling Notification FILED", guid="4"),
        entry("25-9", label="Opinion", caption="Alba v. Reyes", guid="5"),
    ]
    signals = await polled(http, host, *entries)
    assert await alerted(tmp_path, signals) == [("fired", "CAFC 25-1812 (Lakeside Toys v. Reyes): opinion")]


LISTED = (
    "<item><title>25-1812: LAKESIDE TOYS v. REYES [OPINION], Precedential</title>"
    "<link>https://cafc.example/1</link><guid>https://cafc.example/?p=1</guid>"
    "<pubDate>Mon, 09 Jun 2025 15:02:00 +0000</pubDate>"
    "<description><![CDATA[<p>Posted: <a href='/25-1812.pdf'>(pdf)</a><br />Origin: CIT</p>]]>"
    "</description></item>"
)


async def test_an_opinion_of_the_federal_circuits_list_alerts_once(
    host: Host, http: HttpClient, tmp_path: Path
) -> None:
    """As the court's own site lists it, with label and status in the title."""
    signals = await polled(http, host, LISTED, matters=["duties"])
    assert [(signal.title, signal.text) for signal in signals] == [
        ("LAKESIDE TOYS v. REYES [OPINION]", "OPINION, Precedential. Origin: CIT")
    ]
    assert await alerted(tmp_path, signals) == [("fired", "CAFC 25-1812 (LAKESIDE TOYS v. REYES): opinion")]
