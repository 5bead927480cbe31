"""The page in a real browser: it renders, its style is let in, and hostile text stays text."""

import asyncio
import shutil
from functools import partial
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from alerter.web.app import build_app
from alerter.web.page import FOLDER
from tests.support.signals import an_alert, healthy, some_evidence
from tests.web.world import Configuration, FeedLike, World

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--virtual-time-budget=2000",
)
HOSTILE = "<script>document.title='taken'</script><img src=x onerror=document.title='taken'>"

WIDTHS = (390, 1280, 1920)
MEASURE = """<body><script>
const told = [];
for (const width of %s) {
  const frame = document.createElement("iframe");
  frame.style.width = width + "px";
  frame.src = "/page";
  frame.onload = () => {
    const seen = frame.contentDocument, box = seen.querySelector(".sources").parentElement;
    const tall = Math.max(...[...seen.querySelectorAll(".sources th")].map(one => one.offsetHeight));
    told.push(`${width}:${box.scrollWidth - box.clientWidth}:${tall < 60}`);
    document.title = told.sort().join(" ");
  };
  document.body.append(frame);
}
</script>"""
"""Puts the page into frames of these widths, and into the title how far its sources run out of their box."""

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed")


async def browsed(url: str, profile: Path) -> str:
    """The DOM of what stands at the address, after its scripts had their chance."""
    command = (str(CHROMIUM), *FLAGS, f"--user-data-dir={profile}", "--dump-dom", url)
    browser = await asyncio.create_subprocess_exec(
        *command, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL
    )
    try:
        async with asyncio.timeout(60):
            dom, _ = await browser.communicate()
    finally:
        if browser.returncode is None:
            browser.kill()
            await browser.wait()
    return dom.decode()


async def rendered(world: World, profile: Path) -> tuple[str, list[str]]:
    """The page's DOM after scripts had their chance, and what the browser asked for besides."""
    asked: list[str] = []

    async def note(request: web.Request, _response: web.StreamResponse) -> None:
        asked.append(request.path)

    app = build_app(world.context())
    app.on_response_prepare.append(note)
    async with TestServer(app) as server:
        dom = await browsed(str(server.make_url("/")), profile)
    return dom, asked


async def test_the_page_shows_what_fires_with_its_style_and_nothing_hostile_runs(tmp_path: Path) -> None:
    """An alert's words are read as words, links lead to web addresses only, and the style sheet loads."""
    world = World()
    evidence = some_evidence(title=HOSTILE, url="javascript:alert(1)")
    await world.have_judged(an_alert(summary=f"Magnet exports fell {HOSTILE}", evidence=(evidence,)))
    dom, asked = await rendered(world, tmp_path)
    assert "Magnet exports fell" in dom
    assert "<title>taken</title>" not in dom
    assert '<img src="x"' not in dom
    assert "javascript:alert" not in dom
    assert any(path.endswith(".css") for path in asked)


async def test_why_a_source_is_out_of_sight_is_in_view_at_any_width(tmp_path: Path) -> None:
    """Long reasons break within their column, and headings stay whole: nothing runs out sideways."""
    reason = (
        "https://rss.publisher.example/services/xml/rss/very/long/Business.xml: no such host, or no answer"
    )
    world = World(configuration=Configuration(sources=[FeedLike(id=name) for name in ("news", "silent")]))
    await world.have_polled(healthy("news", state="failing", last_error=reason * 3, failures=5))
    async with (
        TestServer(build_app(world.context())) as server,
        aiohttp.ClientSession() as session,
        session.get(server.make_url("/")) as answer,
    ):
        text = await answer.text()

    app = web.Application()
    served = {"/": MEASURE % list(WIDTHS), "/page": text}
    for path, document in served.items():
        app.router.add_get(path, partial(answered, document))
    app.router.add_static("/static", FOLDER / "static")
    async with TestServer(app) as server:
        dom = await browsed(str(server.make_url("/")), tmp_path)
    assert "<title>1280:0:true 1920:0:true 390:0:true</title>" in dom


async def answered(text: str, _request: web.Request) -> web.Response:
    """The text as a page that scripts may look into, unlike ours."""
    return web.Response(text=text, content_type="text/html")
