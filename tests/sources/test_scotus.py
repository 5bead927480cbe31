"""The scotus kind: proceedings keep their ids through corrections, and no docket stops the others."""

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from pydantic import ValidationError

from alerter.core.matter import Matter
from alerter.sources.base import Poll, Source, SourceContext, SourceError
from alerter.sources.http import HttpClient
from alerter.sources.scotus import Scotus, ScotusConfig
from tests.sources.conftest import Host
from tests.sources.scotus import Row, row, sheet
from tests.support.decisions import alerted

NOW = datetime(2025, 9, 10, 12, tzinfo=UTC)
MATTER = Matter(id="duties", dockets=(("cafc", "25-1812"), ("SCOTUS", "25a12"), ("scotus", "25-250")))
ELSEWHERE = Matter(id="elsewhere", dockets=(("cafc", "25-1812"),))
ODD = Matter(id="odd", dockets=(("scotus", "../25-250"),))
PDF = "https://www.supremecourt.example/DocketPDF/25/25-250/1.pdf"


def publish(host: Host, *rows: Row, docket: str = "25-250", **fields: Any) -> None:
    """Let the Court list these proceedings."""
    body = json.dumps(sheet(*rows, docket=docket, **fields))
    host.on(f"/RSS/Cases/JSON/{docket}.json", body)


def build(http: HttpClient, host: Host, *, now: datetime = NOW, **options: Any) -> Source:
    """Dockets as the service builds them."""
    fields = {"id": "court", "type": "scotus", "base_url": host.url("/")}
    named = options if {"dockets", "matters"} & set(options) else {"dockets": ["25-250"]} | options
    matters = {one.id: one for one in (MATTER, ELSEWHERE, ODD)}
    context = SourceContext(http=http, now=lambda: now, keys={}, matters=matters)
    return ScotusConfig.model_validate(fields | named).build(context)


def told(poll: Poll) -> list[str]:
    """The texts that a poll brings."""
    return [signal.text for signal in poll.signals]


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"dockets": ["25/250"]},
        {"dockets": ["2025-250"]},
        {"dockets": ["25-250"], "base_url": "a.example"},
    ],
)
def test_options_are_checked(options: dict[str, Any]) -> None:
    """What names no docket is refused when the configuration is read."""
    with pytest.raises(ValidationError):
        ScotusConfig.model_validate({"id": "court", "type": "scotus"} | options)


async def test_a_proceeding_becomes_a_docket_entry(host: Host, http: HttpClient) -> None:
    """With case, day, document and the docket's page; published as its day begins in Washington."""
    text = 'Petition <a href="#">GRANTED</a>.  The cases are consolidated, &amp; expedited. ' + "More. " * 30
    publish(host, row(text, "Sep 09 2025", "javascript:x", PDF))
    (signal,) = (await build(http, host, labels={"of": "scotus"}).poll(None)).signals
    assert signal.kind == "docket_entry"
    assert signal.text.startswith("Petition GRANTED. The cases are consolidated, & expedited. More.")
    case, _, opening = signal.title.partition(" [")
    assert case == "Lakeside Toys, Inc. v. A. Reyes, President of the United States"
    assert opening.startswith("Petition GRANTED. The cases")
    assert opening.endswith("…]")
    assert signal.published_at == datetime(2025, 9, 9, 4, tzinfo=UTC)
    assert signal.url == host.url("/search.aspx?filename=/docket/docketfiles/html/public/25-250.html")
    assert signal.docket is not None
    assert signal.docket.model_dump(exclude_none=True) == {
        "court": "scotus",
        "number": "25-250",
        "document": PDF,
        "filed_at": date(2025, 9, 9),
    }
    assert signal.labels == {"of": "scotus"}


async def test_a_login_stands_in_no_signal(host: Host, http: HttpClient) -> None:
    """Where the site is reached with user and password, its address is shown without."""
    publish(host, row("Petition GRANTED."))
    known = host.url("/").replace("http://", "http://desk:hush@")
    poll = await build(http, host, base_url=known).poll(None)
    assert poll.signals[0].url == host.url(
        "/search.aspx?filename=/docket/docketfiles/html/public/25-250.html"
    )


A, B, C = "Petition for a writ of certiorari filed.", "Motion to expedite filed.", "Brief of Alba filed."


@pytest.mark.parametrize(
    ("before", "after", "brought"),
    [
        ([row(A)], [row(A)], {}),
        ([row(A)], [row(A), row(B)], {B: B}),
        ([row(A), row(C)], [row(A), row(B), row(C)], {B: B}),
        ([row(A), row(B)], [row(B), row(A)], {}),
        ([row(A), row(B), row(C)], [row(A), row(C)], {}),
        ([row(A), row(C)], [row(B), row(C)], {B: B}),
        ([row(A), row(B)], [row(A), row("Motion to expedite DENIED.")], {"Motion to expedite DENIED.": B}),
        ([row("Stay GRANTED."), row(A)], [row(A), row("Stay DENIED.")], {"Stay DENIED.": "Stay GRANTED."}),
        ([row(B)], [row(A), row("Motion to expedite is filed.")], {A: A, "Motion to expedite is filed.": B}),
        ([row(A), row(B, "Sep 08 2025")], [row(A), row(B, "Sep 09 2025")], {B: B}),
        ([row(B, "Sep 08 2025")], [row(C, "Sep 09 2025")], {C: C}),
        ([row(A)], [row(A, "Sep 09 2025", PDF)], {A: A}),
        ([row("Misc.", "Sep 09 2025", PDF)], [row(C, "Sep 09 2025", PDF)], {C: "Misc."}),
        ([row(A), row(A)], [row(A), row(A)], {}),
        ([row(A)], [], {}),
    ],
    ids=[
        "nothing new", "one more", "one put in between", "another order", "one removed", "one for another",
        "corrected", "corrected and moved", "corrected beside a new one", "another day",
        "replaced on another day", "a document added", "the same document", "listed twice", "all gone",
    ],
)  # fmt: skip
async def test_a_proceeding_keeps_its_id(
    host: Host, http: HttpClient, before: list[Row], after: list[Row], brought: dict[str, str]
) -> None:
    """A correction is a version of what it corrects; what is put in, taken out or moved shifts no other."""
    source = build(http, host)
    publish(host, *before)
    first = await source.poll(None)
    publish(host, *after)
    second = await source.poll(first.cursor)
    ids = {signal.id: signal.text for signal in first.signals}
    assert {signal.text: ids.get(signal.id, signal.text) for signal in second.signals} == brought
    assert len(ids) == len(first.signals)
    third = await source.poll(second.cursor)
    assert told(third) == []
    publish(host, *before)
    again = await source.poll(second.cursor)
    assert {signal.id for signal in again.signals} <= {
        signal.id for signal in (*first.signals, *second.signals)
    }


async def test_what_was_old_at_first_sight_stays_background(host: Host, http: HttpClient) -> None:
    """The history of a docket and what is filled in afterwards is kept and never alerted, even corrected."""
    publish(host, row("Old motion filed.", "Jan 3 2025"), row(A))
    first = await build(http, host).poll(None)
    assert [signal.published_at for signal in first.signals] == [
        datetime(2025, 1, 3, 5, tzinfo=UTC),
        datetime(2025, 9, 9, 4, tzinfo=UTC),
    ]
    rows = [row("Old motion is filed.", "Jan 3 2025"), row("Filled in.", "Sep 2 2025"), row(A), row(B)]
    publish(host, *rows)
    second = await build(http, host).poll(first.cursor)
    background = [signal.text for signal in second.signals if signal.id in second.background]
    assert background == ["Old motion is filed.", "Filled in."]
    assert told(second) == [*background, B]


async def test_what_came_while_nobody_looked_is_news(host: Host, http: HttpClient) -> None:
    """After a long outage of ours a proceeding is late, and not old."""
    publish(host, row(A))
    first = await build(http, host).poll(None)
    publish(host, row(A), row(B, "Sep 12 2025"))
    second = await build(http, host, now=NOW + timedelta(days=20)).poll(first.cursor)
    assert told(second) == [B]
    assert second.signals[0].id not in second.background


async def test_a_paper_is_docketed_days_after_it_was_filed(host: Host, http: HttpClient) -> None:
    """It bears the day of its filing; only what is far older than the last look is filled in afterwards."""
    publish(host, row("Filed a while ago.", "Sep 6 2025"), row(A))
    first = await build(http, host).poll(None)
    publish(host, row("Filed a while ago.", "Sep 6 2025"), row(C, "Sep 5 2025"), row(B, "Sep 2 2025"), row(A))
    second = await build(http, host).poll(first.cursor)
    assert {s.text: s.id in second.background for s in second.signals} == {C: False, B: True}
    assert {s.text for s in first.signals if s.id in first.background} == {"Filed a while ago."}


async def test_a_docket_that_is_added_later_brings_its_history_as_background(
    host: Host, http: HttpClient
) -> None:
    """As if it had been there from the first poll on."""
    publish(host, row(A))
    publish(host, row(C, "May 5 2025"), docket="25-251")
    first = await build(http, host).poll(None)
    second = await build(http, host, dockets=["25-250", "25-251"]).poll(first.cursor)
    assert told(second) == [C]
    assert [signal.id for signal in second.signals if signal.id in second.background] == [
        second.signals[0].id
    ]


async def test_a_day_far_ahead_is_not_believed(host: Host, http: HttpClient) -> None:
    """It counts as published now."""
    publish(host, row(A, "September 9, 2052"))
    (signal,) = (await build(http, host).poll(None)).signals
    assert signal.published_at == NOW


async def test_matters_name_dockets_too(host: Host, http: HttpClient) -> None:
    """Those that they have in this court, each asked once and in the Court's writing."""
    publish(host, row(A))
    publish(host, row(B), docket="25A12")
    poll = await build(http, host, matters=["duties"], dockets=["25a12"]).poll(None)
    assert sorted(told(poll)) == sorted([A, B])
    assert [request.path.rpartition("/")[2] for request in host.asked] == ["25A12.json", "25-250.json"]


@pytest.mark.parametrize(
    ("matter", "reason"),
    [
        ("tariffs", "no matter is called tariffs"),
        ("elsewhere", "no docket in this court"),
        ("odd", "not numbers of dockets in this court: ../25-250"),
    ],
)
async def test_a_matter_without_a_docket_here_is_told(
    host: Host, http: HttpClient, matter: str, reason: str
) -> None:
    """Nothing is asked for by guess."""
    with pytest.raises(SourceError, match=reason):
        await build(http, host, matters=[matter]).poll(None)
    assert host.asked == []


async def test_one_docket_that_is_missing_costs_no_other(host: Host, http: HttpClient) -> None:
    """It is told, asked for again next time, and its first listing is background then."""
    publish(host, row(A))
    source = build(http, host, dockets=["25-999", "25-250"])
    first = await source.poll(None)
    assert told(first) == [A]
    assert [one.partition(": ")[0] for one in first.unseen] == ["docket 25-999"]
    assert "25-999.json has nothing at this address (404)" in first.unseen[0]
    publish(host, row(B), docket="25-999")
    second = await source.poll(first.cursor)
    assert (told(second), second.unseen) == ([B], ())


async def test_where_no_docket_can_be_read_the_poll_fails(host: Host, http: HttpClient) -> None:
    """All missing is an error, not calm."""
    with pytest.raises(SourceError, match="404"):
        await build(http, host, dockets=["25-998", "25-999"]).poll(None)


@pytest.mark.parametrize(("status", "asked"), [(403, 2), (429, 2), (503, 2), (500, 3)])
async def test_a_refusal_ends_the_round(host: Host, http: HttpClient, status: int, asked: int) -> None:
    """Where the Court asks for patience the other dockets wait for the next poll; none is forgotten."""
    for docket in ("25-1", "25-2", "25-3"):
        publish(host, row(A), docket=docket)
    source = build(http, host, dockets=["25-1", "25-2", "25-3"])
    first = await source.poll(None)
    host.asked.clear()
    host.on("/RSS/Cases/JSON/25-2.json", status=status, headers={"Retry-After": "600"})
    second = await source.poll(first.cursor)
    assert len(host.asked) == asked
    assert f"({status})" in second.unseen[0]
    assert second.unseen[1:] == (("dockets not asked for after that: 25-3",) if asked == 2 else ())
    assert second.wait_at_least == (timedelta(minutes=10) if status in {429, 503} else timedelta(0))
    publish(host, row(A), docket="25-2")
    assert told(await source.poll(second.cursor)) == []


async def test_after_a_refusal_those_that_waited_come_first(host: Host, http: HttpClient) -> None:
    """Where the Court answers so many requests and no more, every docket gets its turn."""
    dockets = ["25-1", "25-2", "25-3"]
    for docket in dockets:
        publish(host, row(A), docket=docket)
    lists, cursor, seen = dict(host.handlers), None, []
    for _ in range(3):
        host.asked.clear()

        async def answer(request: web.Request) -> web.StreamResponse:
            return web.Response(status=403) if len(host.asked) > 1 else await lists[request.path](request)

        for path in lists:
            host.on(path, handler=answer)
        poll = await build(http, host, dockets=dockets).poll(cursor)
        cursor = poll.cursor
        seen += [s.docket.number for s in poll.signals if s.docket]
    assert sorted(seen) == dockets


async def test_a_docket_that_is_always_refused_hides_no_other(host: Host, http: HttpClient) -> None:
    """A poll that saw nothing leaves no cursor; the next one begins with another docket all the same."""
    publish(host, row(A), docket="25-2")
    host.on("/RSS/Cases/JSON/25-1.json", status=403)
    source = build(http, host, dockets=["25-1", "25-2"])
    with pytest.raises(SourceError, match="25-1"):
        await source.poll(None)
    assert told(await source.poll(None)) == [A]


async def test_a_refusal_of_all_says_when_to_come_back(host: Host, http: HttpClient) -> None:
    """The wish of the Court outweighs a docket that is missing."""
    host.on("/RSS/Cases/JSON/25-2.json", status=429, headers={"Retry-After": "600"})
    with pytest.raises(SourceError) as caught:
        await build(http, host, dockets=["25-1", "25-2", "25-3"]).poll(None)
    assert caught.value.retry_after == timedelta(minutes=10)
    assert len(host.asked) == 2


async def test_an_unchanged_docket_brings_nothing(host: Host, http: HttpClient) -> None:
    """Each docket is asked conditionally, and what was held is kept."""

    async def answer(request: web.Request) -> web.StreamResponse:
        if request.headers.get("If-None-Match") == '"1"':
            return web.Response(status=304)
        return web.Response(body=json.dumps(sheet(row(A))), headers={"ETag": '"1"'})

    host.on("/RSS/Cases/JSON/25-250.json", handler=answer)
    source = build(http, host)
    first = await source.poll(None)
    second = await source.poll(first.cursor)
    assert (told(second), second.cursor) == ([], first.cursor)


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("", "empty answer"),
        ("<html><title>Maintenance</title></html>", "web page .“Maintenance”"),
        ("[]", "no docket for 25-250"),
        ("{}", "without CaseNumber, PetitionerTitle, ProceedingsandOrder"),
        (json.dumps(sheet(ProceedingsandOrder=None)), "25-250 without ProceedingsandOrder"),
        (json.dumps(sheet(docket="25-251")), "gives docket 25-251 for 25-250"),
        (json.dumps(sheet(CaseNumber=" ")), "gives docket without a number for 25-250"),
        (json.dumps(sheet({"date": "Sep 09 2025"}, row("", "x"))), "2 proceedings that lack Date or Text"),
    ],
)
async def test_what_is_no_docket_is_told(host: Host, http: HttpClient, body: str, reason: str) -> None:
    """An error page, an empty answer and another shape fail in plain words."""
    host.on("/RSS/Cases/JSON/25-250.json", body)
    with pytest.raises(SourceError, match=f"127.0.0.1 .*{reason}"):
        await build(http, host).poll(None)


async def test_a_slow_reading_ends(host: Host, http: HttpClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """A docket that keeps the reader busy fails the poll instead of holding it."""
    monkeypatch.setattr("alerter.sources.scotus.READING_TIME", timedelta(0))
    publish(host, row(A))
    with pytest.raises(SourceError, match="takes too long to read"):
        await build(http, host).poll(None)


@pytest.mark.parametrize(
    ("rows", "note"),
    [
        ([], "25-250 lists no proceedings"),
        (
            [row(A), row("x", "soon"), "text", row(" "), {"Date": 5, "Text": 6}],
            "25-250: 4 proceedings cannot be read",
        ),
    ],
)
async def test_what_a_docket_lacks_is_noted(host: Host, http: HttpClient, rows: list[Row], note: str) -> None:
    """A new docket may be empty; a bad line costs no other."""
    publish(host, *rows)
    poll = await build(http, host).poll(None)
    assert (told(poll), poll.note) == ([A] if rows else [], note)


@pytest.mark.parametrize("cursor", ["", "{}", "[]", '{"dockets": {"25-1": {}}}'])
async def test_a_foreign_cursor_counts_as_none(host: Host, http: HttpClient, cursor: str) -> None:
    """All proceedings are listed again, under the ids that they had."""
    publish(host, row(A), row(B))
    first = await build(http, host).poll(None)
    second = await build(http, host).poll(cursor)
    assert second.signals == first.signals


async def test_an_order_in_a_matter_alerts_once(host: Host, http: HttpClient, tmp_path: Path) -> None:
    """Filings, conferences and waivers say nothing; a grant does."""
    rows = [
        row("Petition for a writ of certiorari before judgment filed. (Response due October 3, 2025)"),
        row("Application (25A12) for a stay, submitted to The Chief Justice."),
        row("Waiver of right of respondent A. Reyes to respond filed."),
        row("DISTRIBUTED for Conference of 9/29/2025."),
        row("Petition GRANTED. The cases are set for argument in the first week of November.", "Sep 10 2025"),
    ]
    publish(host, *rows)
    signals = (await build(http, host).poll(None)).signals
    ((change, summary),) = await alerted(tmp_path, signals)
    assert change == "fired"
    assert summary.startswith(
        "SCOTUS 25-250 (Lakeside Toys, Inc. v. A. Reyes, President of the United States): "
    )
    assert "granted" in summary
    assert isinstance(build(http, host), Scotus)
