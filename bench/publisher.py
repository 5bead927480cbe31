"""A publisher in a process of its own: 304 to whoever knows the ETag, and feeds of so many new entries."""

import asyncio
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
import uvloop
from aiohttp import web

ETAG = '"same"'


@asynccontextmanager
async def publisher() -> AsyncIterator[str]:
    """Its address, until the end of the block. `/same` is always the same, `/feed/N/COUNT` never."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    process = await asyncio.create_subprocess_exec(sys.executable, "-m", "bench.publisher", str(port))
    try:
        await _ready(f"http://127.0.0.1:{port}/same")
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        await process.wait()


async def _ready(url: str) -> None:
    async with aiohttp.ClientSession() as session, asyncio.timeout(30):
        while True:
            try:
                async with session.get(url):
                    return
            except aiohttp.ClientError:
                await asyncio.sleep(0.05)


async def _same(request: web.Request) -> web.Response:
    if request.headers.get("If-None-Match") == ETAG:
        return web.Response(status=304, headers={"ETag": ETAG})
    return web.Response(body=_feed("same", 1), headers={"ETag": ETAG})


async def _new(request: web.Request) -> web.Response:
    return web.Response(body=_feed(request.match_info["name"], int(request.match_info["count"])))


def _feed(name: str, count: int) -> bytes:
    listed = "".join(
        f"<item><guid isPermaLink='false'>{name}-{number}</guid><title>Ore number {number} of {name}</title>"
        f"<link>https://news.example/{name}/{number}</link>"
        f"<pubDate>Mon, 09 Jun 2025 {number % 24:02}:{number % 60:02}:00 GMT</pubDate>"
        f"<description>&lt;p&gt;Exports of ore {number} fell, says {name}.&lt;/p&gt;</description></item>"
        for number in range(count)
    )
    text = f"<?xml version='1.0'?><rss version='2.0'><channel><title>{name}</title>{listed}</channel></rss>"
    return text.encode()


def main(port: int) -> None:
    """Answer until terminated."""
    uvloop.install()
    app = web.Application()
    app.router.add_get("/same", _same)
    app.router.add_get("/feed/{name}/{count}", _new)
    web.run_app(app, host="127.0.0.1", port=port, print=None, access_log=None)


if __name__ == "__main__":
    main(int(sys.argv[1]))
