"""A page of announcements: how facts stand on it."""

from collections.abc import Mapping, Sequence
from datetime import timedelta

from aiohttp import web

from alerter.sources.base import SourceConfig
from alerter.sources.page import PageConfig
from tests.contracts.sources.sample import NOW, Answer, Fact

HTML = "text/html; charset=gb18030"


class PageSample:
    """Announcements in a list, the newest first, in GB18030."""

    kind = "page"
    keys: Mapping[str, str] = {}
    tells_removal = False

    def config(self, base: str) -> SourceConfig:
        """Found by the links in a list, dated by the place's time."""
        return PageConfig(
            id="announcements",
            type="page",
            url=f"{base}/zwgk/",
            entries="ul.list li:has(a[href*='/art/'])",
            title="a@title",
            date_pattern=r"\[(.+?)\]",
            date_format="%Y-%m-%d %H:%M",
            timezone="Asia/Shanghai",
            kind="notice",
            agency="ministry",
            language="zh",
        )

    def answer(self, request: web.BaseRequest, body: bytes, facts: Sequence[Fact]) -> Answer | None:
        """The list; each fact is an announcement of its own address."""
        if request.path != "/zwgk/":
            return None
        rows = "".join(_row(fact) for fact in reversed(facts))
        return Answer(_page(f'<ul class="list">{rows}</ul>'), HTML)

    def strange(self, request: web.BaseRequest) -> Answer:
        """The same news in boxes instead of a list."""
        boxes = "".join(f"<div class=card><h3>公告 {number}</h3></div>" for number in range(3))
        return Answer(_page(boxes), HTML)


def _page(content: str) -> bytes:
    head = '<!DOCTYPE html><html><head><meta charset="gb18030"><title>政策发布</title></head>'
    return f'{head}<body><a href="/">首页</a>{content}</body></html>'.encode("gb18030")


def _row(fact: Fact) -> str:
    age = timedelta(days=4) if fact.number == 1 else timedelta(hours=12 - fact.number)
    dated_at = NOW + timedelta(hours=8) - age
    title = f"公告第{fact.number}号 第{fact.version}版 稀土"
    link = f'<a href="/zwgk/art/{fact.number}.html" title="{title}">{title[:6]}…</a>'
    return f"<li>{link}<span>[{dated_at:%Y-%m-%d %H:%M}]</span></li>"


SAMPLE = PageSample()
