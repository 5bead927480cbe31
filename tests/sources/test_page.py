"""Pages watched over loopback: what is found on them, in JSON, and how a page that has changed is told."""

import json
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from pydantic import ValidationError

from alerter.config import ConfigErrors, load
from alerter.sources import page as page_module
from alerter.sources.base import Source, SourceContext, SourceError
from alerter.sources.formats.page_entries import MOST, Stamp, read_date
from alerter.sources.http import HttpClient
from alerter.sources.page import PageConfig, PageCursor
from tests.sources.conftest import Host

NOW = datetime(2025, 6, 9, 12, tzinfo=UTC)
LIST = """<!DOCTYPE html><html><head><meta charset="{charset}"><title>政策发布</title></head><body>
<div class=nav><a href="/index.html">首页</a></div><ul class="list">
<li><a href="/zwgk/art/2025/0609.html" title="公告2025年第90号 关于钐相关物项的决定">公告2025年第90号…</a>
<span>[2025-06-09]</span></li>
<li><a href="/zwgk/art/2025/0404.html" title="公告2025年第80号 关于石墨的决定">公告2025年第80号…</a>
<span>[2025-04-04]</span></li>
<li><a href="/zwgk/art/2025/0404.html"><img src="x.png"></a></li>
</ul></body></html>"""
NOTICES: dict[str, Any] = {
    "entries": "ul.list li:has(a[href*='/art/'])",
    "title": "a@title",
    "date_pattern": r"\[(\d{4}-\d{2}-\d{2})\]",
    "timezone": "Asia/Shanghai",
    "kind": "notice",
    "agency": "ministry",
    "language": "zh",
}
ROWS: list[dict[str, Any]] = [
    {
        "id": 7,
        "url": "/column/7.html",
        "title": "出口管制&nbsp;公告",
        "content": "<p>自发布之日起实施。</p>",
        "publishTimeStr": "2025-06-09 15:30",
    },
    {"id": 6, "url": "https://b.example/6", "title": "旧公告", "publishTimeStr": "2025-04-04 09:00:00"},
]
IN_JSON: dict[str, Any] = {
    "format": "json",
    "body": {"columnID": 1, "pageNum": 1, "pageSize": 20},
    "entries": "pageInfo.rows",
    "date": "publishTimeStr",
    "text": "content",
    "timezone": "Asia/Shanghai",
    "kind": "notice",
}


def configured(url: str = "https://a.example/", **options: Any) -> PageConfig:
    """A page as it is written."""
    return PageConfig.model_validate({"id": "list", "type": "page", "url": url, "entries": "li"} | options)


def build(http: HttpClient, url: str, *, now: datetime = NOW, **options: Any) -> Source:
    """A page as the service builds it."""
    return configured(url, **options).build(SourceContext(http=http, now=lambda: now, keys={}))


@pytest.mark.parametrize("charset", ["utf-8", "gb18030", "gb2312"])
async def test_a_list_of_notices_is_read(host: Host, http: HttpClient, charset: str) -> None:
    """Chinese announcements by selectors, in whatever encoding, oldest first, each address once."""
    host.on("/zwgk/", LIST.format(charset=charset).encode("gb18030" if "gb" in charset else "utf-8"))
    poll = await build(http, host.url("/zwgk/"), labels={"desk": "tc"}, **NOTICES).poll(None)
    older, newer = poll.signals
    assert older.title == "公告2025年第80号 关于石墨的决定"
    assert (newer.id, newer.url) == (host.url("/zwgk/art/2025/0609.html"),) * 2
    assert (newer.kind, newer.language, newer.labels) == ("notice", "zh", {"desk": "tc"})
    assert newer.notice is not None
    assert newer.notice.agency == "ministry"
    assert older.published_at == datetime(2025, 4, 4, tzinfo=UTC)
    assert newer.published_at == NOW
    assert poll.note == "1 entry cannot be read"


async def test_a_list_in_json_is_read(host: Host, http: HttpClient) -> None:
    """It is asked for by POST, and its keys are found by paths; times are the place's own."""
    asked: list[object] = []

    async def answer(request: web.Request) -> web.StreamResponse:
        asked.append((request.method, await request.json()))
        return web.json_response({"pageInfo": {"rows": ROWS}})

    host.on("/getColumnList", handler=answer)
    poll = await build(http, host.url("/getColumnList"), **IN_JSON, key="id").poll(None)
    older, newer = poll.signals
    assert asked == [("POST", IN_JSON["body"])]
    assert (newer.id, newer.url, newer.title) == ("7", host.url("/column/7.html"), "出口管制 公告")
    assert (newer.text, newer.published_at) == (
        "自发布之日起实施。",
        datetime(2025, 6, 9, 7, 30, tzinfo=UTC),
    )
    assert (older.id, older.url, older.text) == ("6", "https://b.example/6", "")
    assert poll.note == ""


async def test_articles_need_little(host: Host, http: HttpClient) -> None:
    """With the entries alone, their links are addresses and titles; the base of the page counts."""
    host.on("/news", '<base href="/deep/"><li><a href="a.html">A <b>big</b>\n deal &amp; more</a><li>no link')
    poll = await build(http, host.url("/news")).poll(None)
    (signal,) = poll.signals
    assert (signal.kind, signal.notice, signal.language) == ("article", None, None)
    assert signal.url == host.url("/deep/a.html")
    assert signal.title == "A big deal & more"
    assert signal.published_at == NOW - timedelta(hours=48, seconds=1)


async def test_undated_entries_are_news_once_the_page_is_known(host: Host, http: HttpClient) -> None:
    """What a page without dates lists at first is old; what comes later is dated now."""
    host.on("/news", "<li><a href=/a>a</a>")
    source = build(http, host.url("/news"))
    first = await source.poll(None)
    later = await source.poll(first.cursor)
    assert later.signals[0].published_at == NOW
    assert later.signals[0].identity == first.signals[0].identity


async def test_an_unchanged_page_brings_nothing(host: Host, http: HttpClient) -> None:
    """Conditional until the selectors change: then all is read anew."""

    async def answer(request: web.Request) -> web.StreamResponse:
        if request.headers.get("If-None-Match") == '"1"':
            return web.Response(status=304)
        return web.Response(text="<li><a href=/a>a</a>", headers={"ETag": '"1"'})

    host.on("/news", handler=answer)
    first = await build(http, host.url("/news")).poll(None)
    second = await build(http, host.url("/news")).poll(first.cursor)
    assert (len(first.signals), second.signals) == (1, [])
    assert PageCursor.model_validate_json(second.cursor) == PageCursor.model_validate_json(first.cursor)
    other = await build(http, host.url("/news"), entries="body li").poll(second.cursor)
    assert len(other.signals) == 1
    assert len((await build(http, host.url("/news")).poll("not json")).signals) == 1


@pytest.mark.parametrize(
    ("body", "options", "words"),
    [
        ("", {}, "gave an empty answer"),
        ("{}", {}, "no web page"),
        ("<title>验证</title><p>x", {}, "lists nothing at li: has the page changed? (“验证”)"),
        ("<li>a<li>b", {}, "lists 2 entries without a title and a link"),
        ("<li><a href=/a>a</a> soon", {"date": "."}, "lists 1 entry with dates that cannot be read"),
        ("<html>busy", {"format": "json"}, "web page instead of JSON"),
        ("", {"format": "json"}, "empty answer"),
        ("{}", {"format": "json"}, "gave no list at li"),
        ('{"li": {"a": 1}}', {"format": "json"}, "gave no list at li"),
        ('{"li": 1}', {"format": "json", "entries": "sum(li)"}, "does not fit"),
        ('{"li": []}', {"format": "json"}, "lists nothing at li"),
    ],
)
async def test_a_page_that_changed_is_never_calm(
    host: Host, http: HttpClient, body: str, options: dict[str, Any], words: str
) -> None:
    """Nothing, something else, and entries that cannot be read are failures in words with the host."""
    host.on("/news", body)
    with pytest.raises(SourceError) as caught:
        await build(http, host.url("/news"), **options).poll(None)
    assert words in str(caught.value)
    assert "127.0.0.1" in str(caught.value)


async def test_a_page_may_be_empty_where_that_is_said(host: Host, http: HttpClient) -> None:
    """Then nothing listed is calm, and noted."""
    host.on("/news", '{"li": []}')
    poll = await build(http, host.url("/news"), format="json", may_be_empty=True).poll(None)
    assert (poll.signals, poll.note) == ([], "lists no entries")


async def test_what_cannot_be_read_is_counted(host: Host, http: HttpClient) -> None:
    """One bad entry, and one date that lies too far ahead, do not spoil the rest."""
    rows = "<li><a href=/a>a</a> 2025-06-01<li><a href=/b>b</a> 2031-01-01<li><a href='http://['>c</a>"
    host.on("/news", rows + "<li><a href='javascript:x()'>d</a>")
    poll = await build(http, host.url("/news"), date=".").poll(None)
    assert sorted(s.title for s in poll.signals) == ["a", "b"]
    assert poll.note == "1 date cannot be read; 2 entries cannot be read"


async def test_only_so_many_entries_are_read(host: Host, http: HttpClient) -> None:
    """The first ones, and the note says so; a name that is too long is cut, and stays one's own."""
    rows = [{"url": f"https://a.example/{i}?{'x' * 500}", "title": "t"} for i in range(MOST + 5)]
    host.on("/news", json.dumps(rows))
    poll = await build(http, host.url("/news"), format="json", entries="@").poll(None)
    assert len({s.id for s in poll.signals}) == MOST
    assert poll.note == f"lists {MOST + 5} entries, of which the first {MOST} are read"


async def test_json_in_another_encoding_is_read(host: Host, http: HttpClient) -> None:
    """A Chinese interface may answer in GBK."""
    body = json.dumps([{"url": "/a", "title": "稀土"}], ensure_ascii=False).encode("gbk")
    host.on("/news", body, headers={"Content-Type": "application/json; charset=gbk"})
    poll = await build(http, host.url("/news"), format="json", entries="@").poll(None)
    assert [s.title for s in poll.signals] == ["稀土"]


async def test_a_page_that_takes_too_long_is_given_up(
    host: Host, http: HttpClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Reading happens beside the loop and within a time."""
    release = threading.Event()
    monkeypatch.setattr(page_module, "READING_TIME", timedelta(milliseconds=20))
    monkeypatch.setattr(page_module, "_read_entries", lambda *_: release.wait(5))
    host.on("/news", "<li>")
    try:
        with pytest.raises(SourceError, match="too long"):
            await build(http, host.url("/news")).poll(None)
    finally:
        release.set()


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"entries": "li:::"}, "not a CSS selector"),
        ({"entries": "li@class"}, "not attributes"),
        ({"entries": "."}, "not a CSS selector"),
        ({"link": "a["}, "not a CSS selector"),
        ({"format": "json", "entries": "rows[?"}, "not a JMESPath expression"),
        ({"format": "xml"}, "html"),
        ({"date_pattern": "("}, "RE2"),
        ({"date_format": "%Q"}, "not a format of dates"),
        ({"date_format": "%d.%m."}, "year, month and day"),
        ({"timezone": "Mars/Base"}, "unknown time zone"),
        ({"agency": "ministry"}, "kind: notice"),
        ({"url": "a.example"}, "http or https"),
    ],
)
def test_options_are_checked(options: dict[str, Any], words: str) -> None:
    """Selectors, paths, patterns and formats are refused in words when the configuration is read."""
    with pytest.raises(ValidationError, match=words):
        configured(**options)


def test_a_wrong_selector_is_named_with_its_place(tmp_path: Path) -> None:
    """`alerter check` says where in the file it stands."""
    (tmp_path / "sources.yaml").write_text(
        'sources:\n  - {id: list, type: page, url: "https://a.example/", entries: li,\n     title: "a["}\n'
    )
    with pytest.raises(ConfigErrors) as caught:
        load(tmp_path, {})
    assert any("sources.yaml:3:13" in str(p) and "CSS selector" in str(p) for p in caught.value.problems)


@pytest.mark.parametrize(
    ("text", "stamp", "expected"),
    [
        ("2025-06-09", {}, NOW),
        ("发布时间：2025年6月8日", {}, datetime(2025, 6, 8, tzinfo=UTC)),
        ("2025/6/8 9:05", {}, datetime(2025, 6, 8, 9, 5, tzinfo=UTC)),
        ("2025-06-08T09:05:01+08:00", {}, datetime(2025, 6, 8, 1, 5, 1, tzinfo=UTC)),
        ("Sun, 08 Jun 2025 09:05:00 +0200", {}, datetime(2025, 6, 8, 7, 5, tzinfo=UTC)),
        ("1749340800", {}, datetime(2025, 6, 8, tzinfo=UTC)),
        ("1749340800000", {}, datetime(2025, 6, 8, tzinfo=UTC)),
        ("<b>08.06.2025</b>", {"format": "%d.%m.%Y"}, datetime(2025, 6, 8, tzinfo=UTC)),
        ("June 8, 2025, 09:05", {"format": "%B %d, %Y, %H:%M"}, datetime(2025, 6, 8, 9, 5, tzinfo=UTC)),
        ("on 08/06/25.", {"pattern": r"\d+/\d+/\d+", "format": "%d/%m/%y"}, datetime(2025, 6, 8, tzinfo=UTC)),
        ("[2025-06-08]", {"pattern": r"\{(.*)\}"}, None),
        ("2025-13-45", {}, None),
        ("soon", {}, None),
        ("", {}, None),
        ("8 June", {"format": "%d.%m.%Y"}, None),
    ],
)
def test_dates_are_read_as_they_are_written(
    text: str, stamp: dict[str, Any], expected: datetime | None
) -> None:
    """In the configured way, else in one of the usual ones; a bare day of today is now."""
    assert read_date(text, Stamp(**stamp), NOW) == expected


def test_today_is_the_places_own() -> None:
    """In the morning of Shanghai it is still yesterday in UTC; the day stays the one that is written."""
    shanghai = configured(timezone="Asia/Shanghai").stamp
    dawn = datetime(2025, 6, 8, 23, tzinfo=UTC)
    assert read_date("2025-06-09", shanghai, dawn) == datetime(2025, 6, 9, tzinfo=UTC)
    assert read_date("2025-06-08", shanghai, dawn) == datetime(2025, 6, 8, tzinfo=UTC)
