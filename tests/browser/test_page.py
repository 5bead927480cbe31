"""The page in a real browser: it renders, its style is let in, and hostile text stays text."""

import asyncio
import shutil
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from alerter.web.app import build_app
from tests.support.signals import an_alert, some_evidence
from tests.web.world import World

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

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed")


async def rendered(world: World, profile: Path) -> tuple[str, list[str]]:
    """The page's DOM after scripts had their chance, and what the browser asked for besides."""
    asked: list[str] = []

    async def note(request: web.Request, _response: web.StreamResponse) -> None:
        asked.append(request.path)

    app = build_app(world.context())
    app.on_response_prepare.append(note)
    async with TestServer(app) as server:
        command = (
            str(CHROMIUM),
            *FLAGS,
            f"--user-data-dir={profile}",
            "--dump-dom",
            str(server.make_url("/")),
        )
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
    return dom.decode(), asked


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
