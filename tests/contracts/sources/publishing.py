"""A publisher on loopback: words facts as its sample does, adds validators, moves house, plays faults."""

import hashlib
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

from aiohttp import web

from tests.contracts.sources.sample import Answer, Fact, Sample

NEW_HOUSE = "/moved"
NO_HEADERS: Mapping[str, str] = {}


@dataclass(frozen=True, slots=True)
class Asked:
    """A request on which a fault is played."""

    request: web.BaseRequest
    answer: Answer
    """What a publisher in good health would say."""
    sample: Sample


Fault = Callable[[Asked], Awaitable[web.StreamResponse]]


class Publisher:
    """Answers while its facts last."""

    def __init__(self, sample: Sample) -> None:
        self._sample = sample
        self.facts: Sequence[Fact] = ()
        self.fault: Fault | None = None
        self.spared = 0
        """So many requests of a poll are answered well before the fault plays."""
        self.moved_by: int | None = None
        """The status by which every address redirects to the new house."""
        self.old_house_is_gone = False
        self.asked: list[str] = []
        """The paths of the present poll's requests, in order."""
        self.unmodified = 0
        """304 answers given."""
        self.posts = 0

    async def handle(self, given: web.BaseRequest) -> web.StreamResponse:
        """Answer one request."""
        self.asked.append(given.path)
        self.posts += given.method == "POST"
        request = self._at_home(given)
        if isinstance(request, web.Response):
            return request
        body = await request.read()
        answer = self._sample.answer(request, body, self.facts)
        if answer is None:
            return web.Response(status=404, text="no such page")
        if self.fault is not None and len(self.asked) > self.spared:
            return await self.fault(Asked(request, answer, self._sample))
        return self._well(request, answer)

    def _at_home(self, given: web.BaseRequest) -> web.BaseRequest | web.Response:
        """The request as the sample knows it, wherever the publisher lives now."""
        target = str(given.rel_url)
        if target.startswith(NEW_HOUSE):
            if self.moved_by is None and not self.old_house_is_gone:
                return web.Response(status=404, text="nobody lives here any more")
            return given.clone(rel_url=target.removeprefix(NEW_HOUSE))
        if self.old_house_is_gone:
            return web.Response(status=404, text="moved away long ago")
        if self.moved_by is not None:
            return web.Response(status=self.moved_by, headers={"Location": NEW_HOUSE + target})
        return given

    def _well(self, request: web.BaseRequest, answer: Answer) -> web.Response:
        etag = f'"{hashlib.sha256(answer.body).hexdigest()[:16]}"'
        if request.method == "GET" and request.headers.get("If-None-Match") == etag:
            self.unmodified += 1
            return web.Response(status=304, headers={"ETag": etag})
        return worded(answer, {"ETag": etag})


def worded(
    answer: Answer, headers: Mapping[str, str] = NO_HEADERS, *, body: bytes | None = None
) -> web.Response:
    """The answer as a response, with further headers, and with another body if there is one."""
    own = {"Content-Type": answer.content_type, **answer.headers, **headers}
    return web.Response(body=answer.body if body is None else body, headers=own)


@asynccontextmanager
async def published(sample: Sample) -> AsyncIterator[tuple[Publisher, str]]:
    """A publisher that listens, and its address without a slash at the end."""
    publisher = Publisher(sample)
    server = web.Server(publisher.handle, access_log=None, handler_cancellation=True)
    runner = web.ServerRunner(server, shutdown_timeout=1)
    await runner.setup()
    try:
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        host, port = runner.addresses[0][:2]
        yield publisher, f"http://{host}:{port}"
    finally:
        await runner.cleanup()
