"""GDELT polled over loopback: windows of time, full answers, sentences under 200, broken JSON."""

import json
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from aiohttp import web

from alerter.core.budget import Allowance, CallLimit
from alerter.sources.base import Source, SourceContext, SourceError
from alerter.sources.formats.gdelt_articles import LANGUAGES
from alerter.sources.gdelt import BUDGET, MOST, PATIENCE, GdeltConfig, GdeltCursor
from alerter.sources.http import HttpClient, Limits
from tests.sources.conftest import AGENT, Host

NOW = datetime(2025, 6, 9, 12, tzinfo=UTC)
DOC = "/api/v2/doc/doc"
STAMP = "%Y%m%d%H%M%S"


def an_article(
    name: str = "a", seen_at: datetime = NOW - timedelta(hours=1), **fields: Any
) -> dict[str, Any]:
    """An article as the API lists it."""
    return {
        "url": f"https://paper.example/{name}",
        "url_mobile": "",
        "title": f"Imanes permanentes : {name}",
        "seendate": f"{seen_at:%Y%m%dT%H%M%SZ}",
        "socialimage": "",
        "domain": "paper.example",
        "language": "Spanish",
        "sourcecountry": "Mexico",
    } | fields


class Gazette:
    """A host that lists what it has seen in the window asked for, the newest first."""

    def __init__(self, host: Host) -> None:
        self.host = host
        self.seen: list[tuple[datetime, str]] = []
        self.windows: list[tuple[str, str]] = []
        host.on(DOC, handler=self._answer)

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        query = request.query
        if "timespan" in query:
            start, end = NOW - timedelta(hours=int(query["timespan"][:-1])), NOW
            self.windows.append(("timespan", query["timespan"]))
        else:
            start, end = (
                datetime.strptime(query[name], STAMP).replace(tzinfo=UTC)
                for name in ("startdatetime", "enddatetime")
            )
            self.windows.append((f"{start:%d %H:%M}", f"{end:%d %H:%M}"))
        found = sorted(one for one in self.seen if start <= one[0] <= end)[::-1][: int(query["maxrecords"])]
        rows = [an_article(name, at) for at, name in found]
        return web.json_response({"articles": rows} if rows else {})


@pytest.fixture
def gazette(host: Host) -> Gazette:
    """A host that has seen nothing yet."""
    return Gazette(host)


def build(http: HttpClient, host: Host, *, now: datetime = NOW, **options: Any) -> Source:
    """A query as the service builds it."""
    config = GdeltConfig.model_validate(
        {"id": "world", "type": "gdelt", "query": '"rare earths"', "base_url": host.url("/")} | options
    )
    return config.build(SourceContext(http=http, now=lambda: now, keys={}))


def cursor_of(text: str) -> GdeltCursor:
    """The cursor's parts."""
    return GdeltCursor.model_validate_json(text)


async def test_articles_are_told_as_they_were_seen(http: HttpClient, host: Host, gazette: Gazette) -> None:
    """Oldest first, by title, with language and origin; the time is when GDELT saw them first."""
    gazette.seen = [(NOW - timedelta(hours=1), "b"), (NOW - timedelta(hours=3), "a")]
    poll = await build(http, host, labels={"desk": "metals"}).poll(None)
    first, second = poll.signals
    assert [first.title, second.title] == ["Imanes permanentes : a", "Imanes permanentes : b"]
    assert (first.id, first.url) == ("https://paper.example/a",) * 2
    assert (first.kind, first.text, first.language) == ("article", "", "es")
    assert first.labels == {"outlet": "paper.example", "outlet_country": "Mexico", "desk": "metals"}
    assert first.published_at == NOW - timedelta(hours=3)
    asked = host.asked[0].query
    assert (asked["query"], asked["mode"], asked["format"]) == ('"rare earths"', "ArtList", "json")
    assert (asked["maxrecords"], asked["sort"], asked["timespan"]) == ("250", "DateDesc", "48h")
    assert cursor_of(poll.cursor).since == NOW
    assert poll.note == ""


@pytest.mark.parametrize(
    ("passed", "span"),
    [("15m", "3h"), ("2h", "6h"), ("1d", "48h"), ("40d", "1920h"), ("400d", "1920h")],
)
async def test_as_much_is_asked_for_as_has_passed(
    http: HttpClient, host: Host, gazette: Gazette, passed: str, span: str
) -> None:
    """With two hours of overlap, in round numbers, and never more than the API searches."""
    first = await build(http, host).poll(None)
    unit = {"m": "minutes", "h": "hours", "d": "days"}[passed[-1]]
    later = NOW + timedelta(**{unit: int(passed[:-1])})
    poll = await build(http, host, now=later).poll(first.cursor)
    assert gazette.windows[1:] == [("timespan", span)]
    assert (poll.signals, poll.note) == ([], "lists no articles")


async def test_unchanged_answers_bring_nothing(http: HttpClient, host: Host) -> None:
    """Polls in a row ask for the same address, conditionally."""

    async def answer(request: web.Request) -> web.StreamResponse:
        if request.headers.get("If-None-Match") == '"1"':
            return web.Response(status=304)
        return web.json_response({"articles": [an_article()]}, headers={"ETag": '"1"'})

    host.on(DOC, handler=answer)
    first = await build(http, host).poll(None)
    second = await build(http, host, now=NOW + timedelta(minutes=15)).poll(first.cursor)
    third = await build(http, host, now=NOW + timedelta(minutes=30)).poll(second.cursor)
    assert (len(first.signals), len(second.signals), third.signals) == (1, 1, [])
    assert cursor_of(third.cursor).since == NOW + timedelta(minutes=30)


async def test_a_full_answer_is_asked_for_in_parts(http: HttpClient, host: Host, gazette: Gazette) -> None:
    """Windows are halved until they fit and widened again; no article is passed over or told twice."""
    gazette.seen = [(NOW - timedelta(minutes=7 * i), f"n{i}") for i in range(400)]
    poll = await build(http, host).poll(None)
    assert len({s.id for s in poll.signals}) == len(poll.signals) == 400
    assert gazette.windows == [("timespan", "48h"), ("07 12:00", "08 12:00"), ("08 12:00", "09 12:00")]
    assert poll.note == "more than 250 articles: asked for in parts"
    assert cursor_of(poll.cursor).since == NOW


async def test_what_one_poll_does_not_get_through_is_left_to_the_next(
    http: HttpClient, host: Host, gazette: Gazette
) -> None:
    """The newest are told at once; the rest is read oldest first, over as many polls as it takes."""
    gazette.seen = [(NOW - timedelta(minutes=i), f"n{i}") for i in range(2_880)]
    source, cursor, told = build(http, host), None, set()
    for _ in range(8):
        poll = await source.poll(cursor)
        told |= {s.id for s in poll.signals}
        cursor = poll.cursor
        if cursor_of(cursor).since == NOW:
            break
        assert "the rest comes next" in poll.note
    assert len(told) == 2_880
    assert cursor_of(cursor or "").width is None


async def test_what_is_left_is_read_though_nothing_new_is_listed(
    http: HttpClient, host: Host, gazette: Gazette
) -> None:
    """An unchanged answer speaks of the newest articles, and not of what the last poll did not get to."""
    gazette.seen = [(NOW - timedelta(minutes=2 * i), f"n{i}") for i in range(1_400)]
    lists = host.handlers[DOC]

    async def answer(request: web.Request) -> web.StreamResponse:
        if request.headers.get("If-None-Match") == '"1"':
            return web.Response(status=304)
        response = await lists(request)
        response.headers["ETag"] = '"1"'
        return response

    host.on(DOC, handler=answer)
    source = build(http, host)
    first = await source.poll(None)
    behind = cursor_of(first.cursor)
    assert behind.since < NOW
    told, cursor = {s.id for s in first.signals}, first.cursor
    for _ in range(3):
        poll = await source.poll(cursor)
        told, cursor = told | {s.id for s in poll.signals}, poll.cursor
    assert len(told) == 1_400
    assert cursor_of(cursor).width is None


async def test_a_slot_that_is_too_full_is_told(http: HttpClient, host: Host, gazette: Gazette) -> None:
    """Within a quarter of an hour there is no narrower window: the note says that some are missing."""
    gazette.seen = [(NOW - timedelta(hours=1), f"n{i}") for i in range(MOST + 1)]
    source, cursor = build(http, host), None
    for _ in range(4):
        poll = await source.poll(cursor)
        cursor = poll.cursor
        if "some cannot be had" in poll.note:
            break
    assert "some cannot be had, narrow the query" in poll.note


async def test_a_part_that_fails_loses_nothing(http: HttpClient, host: Host, gazette: Gazette) -> None:
    """What came before is told; the note says what went wrong, and the next poll goes on from there."""
    gazette.seen = [(NOW - timedelta(minutes=7 * i), f"n{i}") for i in range(400)]
    lists = host.handlers[DOC]

    async def answer(request: web.Request) -> web.StreamResponse:
        return web.Response(status=500) if len(host.asked) == 3 else await lists(request)

    host.on(DOC, handler=answer)
    source = build(http, host)
    first = await source.poll(None)
    assert "failed (500)" in first.note
    assert cursor_of(first.cursor).since == NOW - timedelta(hours=24)
    second = await source.poll(first.cursor)
    assert len({s.id for s in (*first.signals, *second.signals)}) == 400


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("", "gave an empty answer"),
        ("The specified phrase is too short.", "answered: “The specified phrase is too short.”"),
        ("<html><body>Your query was too <b>long</b>", "answered: “Your query was too long”"),
        ("{broken", "broken JSON"),
        ('{"documents": []}', "without a list of articles"),
        ('{"articles": {}}', "without a list of articles"),
        ("[]", "without a list of articles"),
        ('{"articles": [{"title": "t"}, 7]}', "lists 2 articles without url, title and seendate"),
        ('{"a":' * 15_000, "broken JSON"),
    ],
)
async def test_other_answers_are_failures_in_words(
    http: HttpClient, host: Host, body: str, words: str
) -> None:
    """A sentence under 200, nothing, and JSON of another shape are told apart; none is calm."""
    host.on(DOC, body)
    with pytest.raises(SourceError) as caught:
        await build(http, host).poll(None)
    assert words in str(caught.value)
    assert "127.0.0.1" in str(caught.value)


async def test_broken_json_is_mended(http: HttpClient, host: Host) -> None:
    """Bytes that are not UTF-8, control characters and odd escapes do not spoil an answer."""
    body = json.dumps({"articles": [an_article(title="X")]}).encode()
    host.on(DOC, body.replace(b"X", b'tin \xff \\q \\" \t end'))
    (signal,) = (await build(http, host).poll(None)).signals
    assert signal.title == 'tin � \\q " end'


async def test_articles_that_cannot_be_read_are_counted(http: HttpClient, host: Host) -> None:
    """Bad rows do not spoil the good ones; long addresses and unknown languages are fine."""
    rows = [
        an_article(url="https://paper.example/" + "x" * 600, language="Klingon", sourcecountry=""),
        an_article(url="javascript:x"),
        an_article(title=" "),
        an_article(seendate="soon"),
        an_article("future", NOW + timedelta(hours=3)),
    ]
    host.on(DOC, json.dumps({"articles": rows}))
    poll = await build(http, host).poll(None)
    long, future = sorted(poll.signals, key=lambda s: s.published_at)
    assert len(long.id or "") == 460
    assert (long.language, long.labels) == (None, {"outlet": "paper.example"})
    assert future.published_at == NOW
    assert poll.note == "articles that cannot be read: 3"


@pytest.mark.parametrize(
    "cursor", ["not json", '{"scope": "other", "visit": {"url": "x"}, "since": "2025-01-01T00:00Z"}']
)
async def test_a_foreign_cursor_is_no_cursor(
    http: HttpClient, host: Host, gazette: Gazette, cursor: str
) -> None:
    """What another query left is not used."""
    await build(http, host).poll(cursor)
    assert gazette.windows == [("timespan", "48h")]


class Till:
    """Budgets that grant all, and remember what was closed."""

    def __init__(self) -> None:
        self.spent: list[str] = []
        self.closed: list[tuple[str, timedelta]] = []

    async def spend(self, name: str, limits: Sequence[CallLimit]) -> Allowance:
        """Count a call."""
        self.spent.append(name)
        return Allowance(left=0)

    async def close(self, name: str, wait: timedelta) -> None:
        """Remember what was closed."""
        self.closed.append((name, wait))


@pytest.fixture
async def till() -> AsyncIterator[tuple[HttpClient, Till]]:
    """A client that counts calls against budgets."""
    till = Till()
    async with HttpClient(
        user_agent=AGENT,
        allow_private_networks=True,
        limits=Limits(spacing=timedelta(0)),
        budgets=till,
    ) as client:
        yield client, till


@pytest.mark.parametrize(
    ("status", "headers", "wait"),
    [(200, {}, PATIENCE), (429, {}, PATIENCE), (429, {"Retry-After": "900"}, timedelta(minutes=15))],
)
async def test_a_request_for_patience_closes_the_budget(
    till: tuple[HttpClient, Till], host: Host, status: int, headers: dict[str, str], wait: timedelta
) -> None:
    """Under 200 as under 429: all sources of the kind keep silent for five minutes at least."""
    client, budgets = till
    sentence = "Please limit requests to one every 5 seconds or contact us for larger queries."
    host.on(DOC, sentence, status=status, headers=headers)
    with pytest.raises(SourceError) as caught:
        await build(client, host).poll(None)
    assert caught.value.retry_after == wait
    assert budgets.closed == [(BUDGET.name, wait)]
    assert budgets.spent == [BUDGET.name]


async def test_calls_are_counted(till: tuple[HttpClient, Till], host: Host, gazette: Gazette) -> None:
    """One call in eight seconds is granted, of which no number of calls left can be told."""
    client, budgets = till
    assert (await build(client, host).poll(None)).budget_left is None
    assert (len(budgets.spent), BUDGET.limits) == (1, (CallLimit(calls=1, within=timedelta(seconds=8)),))


def test_languages_have_codes() -> None:
    """Names as GDELT writes them."""
    assert (LANGUAGES["english"], LANGUAGES["chinese"], LANGUAGES["vietnamese"]) == ("en", "zh", "vi")
    assert all(len(code) == 2 for code in LANGUAGES.values())
