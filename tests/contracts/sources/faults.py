"""What goes wrong at publishers: each fault is a response in place of the good one."""

import asyncio
import gzip
import zlib
from functools import cache

import brotli  # type: ignore[import-untyped]  # ships no types
from aiohttp import web

from tests.contracts.sources.polling import LARGEST_BODY
from tests.contracts.sources.publishing import Asked, Fault, worded

_PAGE = (
    b"<!DOCTYPE html><html><head><title>Scheduled maintenance</title></head>"
    b"<body><h1>We will be back soon</h1><p>Please come again.</p></body></html>"
)
_UNPACKED = 32 * 1024 * 1024


async def empty(asked: Asked) -> web.StreamResponse:
    """200 with nothing in it."""
    return worded(asked.answer, body=b"")


async def web_page(asked: Asked) -> web.StreamResponse:
    """200 with a page for people."""
    return web.Response(body=_PAGE, content_type="text/html")


async def strange(asked: Asked) -> web.StreamResponse:
    """200 in the right format and of another shape."""
    return worded(asked.sample.strange(asked.request))


async def server_error(asked: Asked) -> web.StreamResponse:
    """500 with a page."""
    return web.Response(body=_PAGE, content_type="text/html", status=500)


async def hang_up(asked: Asked) -> web.StreamResponse:
    """No answer but the end of the connection."""
    assert asked.request.transport is not None
    asked.request.transport.abort()
    return web.Response()


async def cut_short(asked: Asked) -> web.StreamResponse:
    """Fewer bytes than announced."""
    announced = {"Content-Length": str(len(asked.answer.body))}
    return await _say_half(asked, web.StreamResponse(headers=announced))


async def chunks_cut_short(asked: Asked) -> web.StreamResponse:
    """Chunks without the last one."""
    response = web.StreamResponse()
    response.enable_chunked_encoding()
    return await _say_half(asked, response)


async def slow_drip(asked: Asked) -> web.StreamResponse:
    """The first bytes, and then never the next."""
    response = web.StreamResponse(headers={"Content-Length": str(len(asked.answer.body) + 1)})
    response.content_type = asked.answer.content_type.partition(";")[0]
    await response.prepare(asked.request)
    await response.write(asked.answer.body[:10])
    await asyncio.Event().wait()  # until the client has had enough
    return response


async def oversize(asked: Asked) -> web.StreamResponse:
    """The good answer, and blanks until it is too large."""
    return worded(asked.answer, body=asked.answer.body.ljust(LARGEST_BODY + 1))


async def half_as_if_whole(asked: Asked) -> web.StreamResponse:
    """Half of the answer, with the length of that half: no transport can tell."""
    return worded(asked.answer, body=asked.answer.body[: len(asked.answer.body) // 2])


def bomb(coding: str) -> Fault:
    """A small body that unpacks to a hundred times the limit."""

    async def play(asked: Asked) -> web.StreamResponse:
        return worded(asked.answer, {"Content-Encoding": coding}, body=_packed(coding))

    return play


def charset(name: str) -> Fault:
    """The good answer under a header that names another charset."""

    async def play(asked: Asked) -> web.StreamResponse:
        bare = asked.answer.content_type.partition(";")[0]
        return worded(asked.answer, {"Content-Type": f"{bare}; charset={name}"})

    return play


def refusal(status: int, **headers: str) -> Fault:
    """A status with headers."""

    async def play(_asked: Asked) -> web.StreamResponse:
        return web.Response(status=status, headers={k.replace("_", "-"): v for k, v in headers.items()})

    return play


FATAL: dict[str, Fault] = {
    "an empty body": empty,
    "a web page": web_page,
    "a changed schema": strange,
    "a server error": server_error,
    "no answer": hang_up,
    "a body cut short": cut_short,
    "chunks cut short": chunks_cut_short,
    "an oversized body": oversize,
    "a gzip bomb": bomb("gzip"),
    "a brotli bomb": bomb("br"),
    "a deflate bomb": bomb("deflate"),
}
"""Faults that no source can take for an answer."""

SURVIVABLE: dict[str, Fault] = {
    "a wrong charset": charset("utf-16"),
    "an unknown charset": charset("x-klingon"),
    "half a body as if whole": half_as_if_whole,
}
"""Faults that some formats see through, or cannot see; what is told must be right in the end."""

PARTIAL: dict[str, Fault] = {
    name: FATAL[name] for name in ("a server error", "an empty body", "a changed schema", "a body cut short")
} | {"a request for patience": refusal(429, Retry_After="60")}
"""Faults played on all requests of a poll but the first."""


@cache
def _packed(coding: str) -> bytes:
    raw = bytes(_UNPACKED)
    if coding == "gzip":
        return gzip.compress(raw)
    return zlib.compress(raw) if coding == "deflate" else bytes(brotli.compress(raw, quality=1))


async def _say_half(asked: Asked, response: web.StreamResponse) -> web.StreamResponse:
    response.content_type = asked.answer.content_type.partition(";")[0]
    await response.prepare(asked.request)
    await response.write(asked.answer.body[: len(asked.answer.body) // 2])
    assert asked.request.transport is not None
    asked.request.transport.close()
    return response
