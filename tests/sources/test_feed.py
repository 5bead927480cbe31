"""A feed polled over loopback: what it brings, what it remembers, how it fails."""

import threading
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from aiohttp import web
from pydantic import ValidationError

from alerter.sources import feed as feed_module
from alerter.sources.base import Source, SourceContext, SourceError
from alerter.sources.feed import FeedConfig, FeedCursor
from alerter.sources.http import HttpClient, Visit
from tests.sources.conftest import Host

NOW = datetime(2025, 6, 9, 12, tzinfo=UTC)
RSS = b"""<rss version="2.0"><channel><title>t</title><ttl>30</ttl>
<item><guid>2</guid><title>Dysprosium</title><pubDate>Mon, 09 Jun 2025 11:00:00 GMT</pubDate></item>
<item><guid>1</guid><title>Terbium</title><pubDate>Mon, 09 Jun 2025 10:00:00 GMT</pubDate></item>
</channel></rss>"""


def build(http: HttpClient, url: str, **options: Any) -> Source:
    """A feed as the service builds it."""
    config = FeedConfig.model_validate({"id": "wire", "type": "feed", "url": url} | options)
    return config.build(SourceContext(http=http, now=lambda: NOW, keys={}))


def cursor_of(text: str) -> FeedCursor:
    """The cursor's parts."""
    return FeedCursor.model_validate_json(text)


@pytest.mark.parametrize("url", ["ftp://a.example/", "a.example/feed", "https://", ""])
def test_the_address_must_be_on_the_web(url: str) -> None:
    """Other addresses are refused when the configuration is read."""
    with pytest.raises(ValidationError, match="http or https"):
        FeedConfig(id="wire", type="feed", url=url)


async def test_a_poll_brings_the_entries_oldest_first(host: Host, http: HttpClient) -> None:
    """All entries come as signals of the source, with its labels."""
    host.on("/feed", RSS)
    poll = await build(http, host.url("/feed"), labels={"outlet": "a"}).poll(None)
    assert [(s.id, s.title, s.source, s.labels) for s in poll.signals] == [
        ("1", "Terbium", "wire", {"outlet": "a"}),
        ("2", "Dysprosium", "wire", {"outlet": "a"}),
    ]
    assert poll.wait_at_least == timedelta(minutes=30)


async def test_half_a_feed_is_taken_and_told(host: Host, http: HttpClient) -> None:
    """Its entries come, health says that more may lack, and the next poll asks for the whole."""
    host.on("/feed", RSS[: RSS.index(b"<item><guid>1")], headers={"ETag": '"1"'})
    poll = await build(http, host.url("/feed")).poll(None)
    assert [signal.id for signal in poll.signals] == ["2"]
    assert poll.note == "ends in the middle: 1 entry was read"
    host.on("/feed", RSS, headers={"ETag": '"1"'})
    again = await build(http, host.url("/feed")).poll(poll.cursor)
    assert "If-None-Match" not in host.asked[-1].headers
    assert ([signal.id for signal in again.signals], again.note) == (["1", "2"], "")


async def test_half_a_feed_that_a_page_names_is_asked_for_again(host: Host, http: HttpClient) -> None:
    """Also where the configured address is a page."""
    host.on("/", '<html><head><link rel="alternate" type="application/rss+xml" href="/feed"></head></html>')
    host.on("/feed", RSS[: RSS.index(b"</channel>")], headers={"ETag": '"1"'})
    poll = await build(http, host.url("/")).poll(None)
    assert poll.note == "ends in the middle: 2 entries were read"
    assert cursor_of(poll.cursor).found == Visit(url=host.url("/feed"))


async def test_each_poll_is_under_the_conditions_of_the_answer_before(host: Host, http: HttpClient) -> None:
    """Also where polls of one and the same source go back to what an earlier answer said of itself."""
    host.on("/feed", RSS, headers={"ETag": '"1"'})
    feed = build(http, host.url("/feed"))
    first = await feed.poll(None)
    host.on("/feed", RSS, headers={"ETag": '"2"'})
    second = await feed.poll(first.cursor)
    for cursor in (second.cursor, first.cursor, None):
        await feed.poll(cursor)
    sent = [request.headers.get("If-None-Match") for request in host.asked]
    assert sent == [None, '"1"', '"2"', '"1"', None]


async def test_an_unchanged_feed_brings_nothing(host: Host, http: HttpClient) -> None:
    """The cursor makes the next poll conditional, and keeps the publisher's rhythm over a 304."""

    async def answer(request: web.Request) -> web.StreamResponse:
        if request.headers.get("If-None-Match") == '"1"':
            return web.Response(status=304)
        return web.Response(body=RSS, headers={"ETag": '"1"'})

    host.on("/feed", handler=answer)
    source = build(http, host.url("/feed"))
    first = await source.poll(None)
    second = await source.poll(first.cursor)
    assert second.signals == ()
    assert second.wait_at_least == timedelta(minutes=30)
    assert cursor_of(second.cursor) == cursor_of(first.cursor)


async def test_validators_are_refreshed_by_an_unchanged_feed(host: Host, http: HttpClient) -> None:
    """What a 304 says anew is asked with next time."""

    async def answer(request: web.Request) -> web.StreamResponse:
        asked = request.headers.get("If-None-Match", "")
        return web.Response(
            body=b"" if asked else RSS, status=304 if asked else 200, headers={"ETag": f"{asked}1"}
        )

    host.on("/feed", handler=answer)
    source = build(http, host.url("/feed"))
    first = await source.poll(None)
    second = await source.poll(first.cursor)
    assert second.signals == ()
    assert second.wait_at_least == timedelta(minutes=30)
    assert cursor_of(second.cursor).visit.validators.etag == "11"


async def test_polls_can_overlap(host: Host, http: HttpClient) -> None:
    """Nothing is kept in the source: the same cursor gives the same poll again."""
    host.on("/feed", RSS)
    source = build(http, host.url("/feed"))
    assert await source.poll(None) == await source.poll(None)


@pytest.mark.parametrize(
    ("headers", "wait"),
    [
        ({"Cache-Control": "max-age=3600"}, timedelta(hours=1)),
        ({"Cache-Control": "max-age=60"}, timedelta(minutes=30)),
        ({"Cache-Control": "max-age=31536000"}, timedelta(days=1)),
    ],
)
async def test_the_publishers_longest_wish_counts(
    host: Host, http: HttpClient, headers: dict[str, str], wait: timedelta
) -> None:
    """The longer of ttl and max-age, but never more than a day."""
    host.on("/feed", RSS, headers=headers)
    assert (await build(http, host.url("/feed")).poll(None)).wait_at_least == wait


async def test_a_feed_that_moved_is_followed(host: Host, http: HttpClient) -> None:
    """A permanent redirect is remembered; the old address is not asked again."""
    host.on("/old", status=301, headers={"Location": "/new"})
    host.on("/new", RSS)
    source = build(http, host.url("/old"))
    first = await source.poll(None)
    await source.poll(first.cursor)
    assert cursor_of(first.cursor).visit.moved_to == host.url("/new")
    assert [request.path for request in host.asked] == ["/old", "/new", "/new"]


async def test_a_dead_redirect_is_forgotten(host: Host, http: HttpClient) -> None:
    """When the remembered address fails, the configured one is asked again."""
    host.on("/old", RSS)
    known = FeedCursor(visit=Visit(url=host.url("/old"), moved_to=host.url("/new"))).model_dump_json()
    poll = await build(http, host.url("/old")).poll(known)
    assert len(poll.signals) == 2
    assert cursor_of(poll.cursor).visit.moved_to is None


@pytest.mark.parametrize("status", [429, 503])
async def test_a_busy_host_is_not_asked_twice(host: Host, http: HttpClient, status: int) -> None:
    """A host that asks for fewer requests does not get a second one at its old address."""
    host.on("/new", status=status, headers={"Retry-After": "60"})
    known = FeedCursor(visit=Visit(url=host.url("/old"), moved_to=host.url("/new"))).model_dump_json()
    with pytest.raises(SourceError) as caught:
        await build(http, host.url("/old")).poll(known)
    assert caught.value.retry_after == timedelta(seconds=60)
    assert len(host.asked) == 1


@pytest.mark.parametrize(
    "cursor", ["not json", '{"visit": {"url": "https://a.example/other", "moved_to": "https://b.example/"}}']
)
async def test_a_foreign_cursor_is_no_cursor(host: Host, http: HttpClient, cursor: str) -> None:
    """What another address or another version left is not used."""
    host.on("/feed", RSS)
    poll = await build(http, host.url("/feed")).poll(cursor)
    assert len(poll.signals) == 2
    assert cursor_of(poll.cursor).visit.url == host.url("/feed")
    assert poll.settling


async def test_undated_entries_are_baseline_on_the_first_poll_only(host: Host, http: HttpClient) -> None:
    """Wiring an undated feed alerts nobody; what it lists later is dated now."""
    host.on("/feed", RSS.replace(b"pubDate", b"nothing"))
    source = build(http, host.url("/feed"), max_age="1h")
    first = await source.poll(None)
    later = await source.poll(first.cursor)
    assert {s.published_at for s in first.signals} == {NOW - timedelta(hours=1, seconds=1)}
    assert {s.published_at for s in later.signals} == {NOW}
    moved = await build(http, host.url("/feed?all"), max_age="1h").poll(later.cursor)
    assert {s.published_at for s in moved.signals} == {NOW - timedelta(hours=1, seconds=1)}
    assert [poll.settling for poll in (first, later, moved)] == [True, False, True]
    assert [s.identity for s in first.signals] == [s.identity for s in later.signals]


async def test_shared_guids_keep_their_owner_over_polls(host: Host, http: HttpClient) -> None:
    """The cursor remembers who bears a shared guid."""
    host.on("/feed", RSS.replace(b"<guid>2", b"<guid>1"))
    source = build(http, host.url("/feed"))
    first = await source.poll(None)
    assert list(cursor_of(first.cursor).owners) == ["1"]
    host.on(
        "/feed",
        b"<rss version='2.0'><channel><item><guid>1</guid><title>Dysprosium</title></item></channel></rss>",
    )
    (left,) = (await source.poll(first.cursor)).signals
    assert left.id == first.signals[1].id


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"", "empty answer"),
        (b"<html><title>Sign in</title></html>", "web page (“Sign in”) instead of a feed, and names no feed"),
        (b"too many requests", "no feed"),
    ],
)
async def test_an_unreadable_answer_is_a_failure_in_words(
    host: Host, http: HttpClient, body: bytes, words: str
) -> None:
    """An empty answer and an error page are failures, never calm; the host is named."""
    host.on("/feed", body)
    with pytest.raises(SourceError) as caught:
        await build(http, host.url("/feed")).poll(None)
    assert words in str(caught.value)
    assert "127.0.0.1" in str(caught.value)


async def test_an_empty_feed_is_calm(host: Host, http: HttpClient) -> None:
    """A feed that lists nothing is read without signals, and noted."""
    host.on("/feed", b"<rss version='2.0'><channel><title>t</title></channel></rss>")
    poll = await build(http, host.url("/feed")).poll(None)
    assert (poll.signals, poll.note) == ((), "lists no entries")


async def test_a_document_that_takes_too_long_is_given_up(
    host: Host, http: HttpClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Reading happens beside the loop and within a time."""
    release = threading.Event()
    monkeypatch.setattr(feed_module, "READING_TIME", timedelta(milliseconds=20))
    monkeypatch.setattr(feed_module, "_read_named", lambda *_: release.wait(5))
    host.on("/feed", RSS)
    try:
        with pytest.raises(SourceError, match="too long"):
            await build(http, host.url("/feed")).poll(None)
    finally:
        release.set()


PAGE = """<!DOCTYPE html><html><head><title>News</title>
<link rel="alternate" type="application/rss+xml" title="All" href="{href}"></head><body>…</body></html>"""


def asked(host: Host) -> list[str]:
    """The paths that were asked for so far; forgets them."""
    paths = [request.path for request in host.asked]
    host.asked.clear()
    return paths


async def test_a_page_leads_to_its_feed(host: Host, http: HttpClient) -> None:
    """The page is asked once; from then on the feed that it names, conditionally."""

    async def feed(request: web.Request) -> web.StreamResponse:
        if request.headers.get("If-None-Match") == '"1"':
            return web.Response(status=304)
        return web.Response(body=RSS, headers={"ETag": '"1"'})

    host.on("/news", PAGE.format(href="/feed.xml"), headers={"ETag": '"page"'})
    host.on("/feed.xml", handler=feed)
    source = build(http, host.url("/news"))
    first = await source.poll(None)
    assert (len(first.signals), asked(host)) == (2, ["/news", "/feed.xml"])
    second = await source.poll(first.cursor)
    assert (second.signals, asked(host)) == ((), ["/feed.xml"])
    assert second.cursor == first.cursor


@pytest.mark.parametrize("dead", [b"", PAGE.format(href="/new.xml").encode()])
async def test_a_feed_that_dies_is_looked_for_again(host: Host, http: HttpClient, dead: bytes) -> None:
    """An error, or a page in its place: the configured page is asked where the feed is now."""
    host.on("/news", PAGE.format(href="/old.xml"))
    host.on("/old.xml", RSS)
    source = build(http, host.url("/news"))
    first = await source.poll(None)
    asked(host)
    host.on("/old.xml", dead, status=200 if dead else 404)
    host.on("/news", PAGE.format(href="/new.xml"))
    host.on("/new.xml", RSS.replace(b"Terbium", b"Gallium"))
    second = await source.poll(first.cursor)
    assert [s.title for s in second.signals] == ["Gallium", "Dysprosium"]
    assert asked(host) == ["/old.xml", "/news", "/new.xml"]


async def test_a_page_that_becomes_a_feed_is_one(host: Host, http: HttpClient) -> None:
    """What was found before is forgotten."""
    host.on("/news", PAGE.format(href="/old.xml"))
    host.on("/old.xml", RSS)
    source = build(http, host.url("/news"))
    first = await source.poll(None)
    host.on("/old.xml", status=410)
    host.on("/news", RSS)
    second = await source.poll(first.cursor)
    assert (len(second.signals), cursor_of(second.cursor).found) == (2, None)


async def test_a_feed_that_becomes_a_page_is_not_exchanged_for_another(host: Host, http: HttpClient) -> None:
    """What a site shows in its place names the site's own feed, which nobody asked for."""
    host.on("/minerals/feed", RSS)
    host.on("/feed", RSS.replace(b"Terbium", b"Football"))
    source = build(http, host.url("/minerals/feed"))
    first = await source.poll(None)
    host.on("/minerals/feed", PAGE.format(href="/feed"))
    with pytest.raises(SourceError, match=r"web page \(“News”\) instead of the feed"):
        await source.poll(first.cursor)
    host.on("/minerals/feed", RSS)
    assert len((await source.poll(first.cursor)).signals) == 2


async def test_a_busy_feed_is_not_looked_for_again(host: Host, http: HttpClient) -> None:
    """A host that asks for fewer requests gets no second one."""
    host.on("/news", PAGE.format(href="/feed.xml"))
    host.on("/feed.xml", RSS)
    source = build(http, host.url("/news"))
    first = await source.poll(None)
    asked(host)
    host.on("/feed.xml", status=429, headers={"Retry-After": "60"})
    with pytest.raises(SourceError) as caught:
        await source.poll(first.cursor)
    assert (caught.value.retry_after, asked(host)) == (timedelta(seconds=60), ["/feed.xml"])


async def test_a_page_that_names_a_page_is_a_failure(host: Host, http: HttpClient) -> None:
    """One step is taken, not a walk through a site."""
    host.on("/news", PAGE.format(href="/other"))
    host.on("/other", PAGE.format(href="/feed.xml"))
    with pytest.raises(SourceError, match=r"names a feed at 127\.0\.0\.1 that is a web page"):
        await build(http, host.url("/news")).poll(None)


async def test_the_header_names_the_encoding_where_nothing_else_does(host: Host, http: HttpClient) -> None:
    """A feed in GBK without a declaration is read by its header."""
    body = "<rss version='2.0'><channel><title>t</title><item><title>稀土出口</title></item></channel></rss>"
    host.on("/feed", body.encode("gbk"), headers={"Content-Type": "text/xml; charset=gb2312"})
    (signal,) = (await build(http, host.url("/feed")).poll(None)).signals
    assert signal.title == "稀土出口"
