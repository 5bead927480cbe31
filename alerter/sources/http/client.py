"""The polite and guarded HTTP client through which every source polls.

Polite: it names itself and a contact, asks conditionally, heeds Retry-After, keeps to few requests per host.
Guarded: it reaches public addresses only, follows few redirects and by hand, and reads bounded bodies in
bounded time. Whatever goes wrong with the other side is a `FetchError` in plain words.
"""

import asyncio
import contextlib
import io
import random
from collections.abc import Callable, Mapping
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

import aiohttp
from yarl import URL

from alerter.clock import SystemClock, monotonic
from alerter.core.budget import Budget, Budgets
from alerter.guard import CONNECT_SECONDS, guarded_session
from alerter.sources.http.answers import max_age
from alerter.sources.http.failures import exchange_failure, place, status_failure
from alerter.sources.http.hops import REDIRECTS, Exchange, Hop, address, first_hop, next_hop, origin_of
from alerter.sources.http.messages import UNCONDITIONAL, Fetch, Fetched, FetchError, Limits, Validators
from alerter.sources.http.pacing import Pacer
from alerter.sources.http.refusals import LONGEST_BODY, excerpt
from alerter.sources.http.spending import Purse

_CHUNK = 64 * 1024
_REFUSAL_SECONDS = 2.0
_USUAL = Limits()
_BOUNDED_ELSEWHERE = aiohttp.ClientTimeout(total=None, sock_connect=CONNECT_SECONDS)
"""The session's own limit would cut short what a source may take longer for; each turn is bounded here."""


def default_user_agent(contact: str) -> str:
    """How the client names itself; `contact` is an address at which its operator can be found."""
    return f"alerter/{version('alerter')} (+{contact})"


class HttpClient:
    """GETs for sources. Use as an async context manager, or `close()` it."""

    def __init__(
        self,
        *,
        user_agent: str,
        allow_private_networks: bool = False,
        proxy: str | None = None,
        ca_bundle: Path | None = None,
        limits: Limits = _USUAL,
        chance: Callable[[], float] = random.random,
        budgets: Budgets | None = None,
    ) -> None:
        self._user_agent = user_agent
        self._allow_private = allow_private_networks
        self._proxy = proxy
        self._ca_bundle = ca_bundle
        self._limits = limits
        self._chance = chance
        self._pacer = Pacer(limits.per_host, limits.spacing)
        self._purse = Purse(budgets)
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Close all connections."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def fetch(self, request: Fetch) -> Fetched:
        """One exchange, redirects included. Raises FetchError."""
        body = io.BytesIO()
        fetched = await self._run(request, body.write)
        return replace(fetched, body=body.getvalue()) if body.tell() else fetched

    async def download(self, request: Fetch, into: BinaryIO) -> Fetched:
        """The same with the body written to a file as it comes in; `body` stays empty. Raises FetchError."""
        return await self._run(request, into.write)

    async def heed(self, budget: Budget | None, error: FetchError) -> None:
        """After a 429 no source that draws on the same budget calls for as long as was asked.

        For sources whose publishers say the same in an answer under 200; other answers change nothing.
        """
        await self._purse.heed(budget, error)

    async def _run(self, request: Fetch, sink: Callable[[bytes], object]) -> Fetched:
        exchange = Exchange(
            asked=request,
            conditions=self._conditions(request.validators),
            address=address(request.url),
            limit=self._limits.body if request.limit is None else request.limit,
            sink=sink,
            budget_left=await self._purse.draw(request.budget) if request.budget else None,
        )
        hop = first_hop(exchange, (request.total or self._limits.total).total_seconds())
        while hop.count <= self._limits.redirects:
            answer = await self._turn(exchange, hop)
            if isinstance(answer, Fetched):
                return answer
            hop = answer
        raise FetchError(f"{place(hop.url)}: more than {self._limits.redirects} redirects")

    def _conditions(self, validators: Validators) -> Validators:
        """The validators to send: now and then none, to see through broken caches."""
        if validators.url and self._chance() < self._limits.unconditional:
            return UNCONDITIONAL
        return validators

    async def _turn(self, exchange: Exchange, hop: Hop) -> Fetched | Hop:
        """One request when it is its turn: the answer, or where it redirects to."""
        async with self._pacer.turn(origin_of(hop.url)):
            started = monotonic()
            try:
                async with asyncio.timeout(hop.left):
                    answer = await self._exchange(exchange, hop)
            except TimeoutError as error:
                raise FetchError(f"{place(hop.url)} did not answer in time") from error
            except (aiohttp.ClientError, OSError, ValueError) as error:
                raise exchange_failure(error, hop.url) from error
            except FetchError as error:
                await self._purse.heed(exchange.asked.budget, error)
                raise
        if isinstance(answer, Hop):
            return replace(answer, left=hop.left - (monotonic() - started))
        return answer

    async def _exchange(self, exchange: Exchange, hop: Hop) -> Fetched | Hop:
        request, plain = exchange.asked, str(exchange.plain(hop.url))
        conditions = exchange.conditions.headers(plain)
        async with self._opened().request(
            "GET" if request.body is None else "POST",
            hop.url,
            data=request.body,
            headers=self._headers(exchange, hop.url) | conditions,
            allow_redirects=False,
            timeout=_BOUNDED_ELSEWHERE,
        ) as response:
            if response.status in REDIRECTS:
                return next_hop(response.status, response.headers, hop, exchange)
            if response.status not in {200, 203} and not (response.status == 304 and conditions):
                raise await _refused(response, hop, exchange)
            if response.status != 304:  # which has no body
                await _pour(response, exchange)
            return _fetched(response, hop, exchange, plain)

    def _headers(self, exchange: Exchange, url: URL) -> dict[str, str]:
        headers = {
            "User-Agent": self._user_agent,
            "Accept": exchange.asked.accept,
            "Accept-Encoding": "gzip, deflate, br",
        }
        if exchange.asked.body is not None:
            headers["Content-Type"] = "application/json"
        headers.update(exchange.keys(url))
        return headers

    def _opened(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = guarded_session(
                allow_private_networks=self._allow_private,
                proxy=self._proxy,
                ca_bundle=self._ca_bundle,
                timeout=self._limits.total,
            )
        return self._session


async def _refused(response: aiohttp.ClientResponse, hop: Hop, exchange: Exchange) -> FetchError:
    """The error that the status is, with the publisher's words where they are short."""
    body = await _short_body(response) if 400 <= response.status < 500 else b""
    return status_failure(
        response.status,
        response.headers,
        response.url,
        said=excerpt(body, exchange.hidden()) if body else "",
        setting=exchange.key_setting(hop.url),
    )


async def _short_body(response: aiohttp.ClientResponse) -> bytes:
    """A small JSON body that comes at once; nothing otherwise, for the status is what counts."""
    if "json" not in response.content_type or (response.content_length or 0) > LONGEST_BODY:
        return b""
    body = b""
    with contextlib.suppress(TimeoutError, aiohttp.ClientError, OSError, ValueError):
        async with asyncio.timeout(_REFUSAL_SECONDS):
            async for piece in response.content.iter_chunked(LONGEST_BODY):
                body += piece
                if len(body) > LONGEST_BODY:
                    response.close()
                    return b""
            return body
    return b""


async def _pour(response: aiohttp.ClientResponse, exchange: Exchange) -> None:
    """The body in pieces that are counted as they come out of decompression."""
    size = 0
    async for piece in response.content.iter_chunked(_CHUNK):
        size += len(piece)
        if size > exchange.limit:
            response.close()
            raise FetchError(
                f"{place(response.url)} sent more than {exchange.limit:,} bytes", status=response.status
            )
        exchange.sink(piece)


def _fetched(response: aiohttp.ClientResponse, hop: Hop, exchange: Exchange, plain: str) -> Fetched:
    old = exchange.conditions if response.status == 304 else UNCONDITIONAL
    return Fetched(
        url=plain,
        status=response.status,
        headers=response.headers,
        body=b"",
        validators=_validators(response.headers, plain, old),
        max_age=max_age(response.headers, SystemClock().now()),
        moved_to=str(exchange.base(hop.url)) if hop.count and hop.permanent else None,
        budget_left=exchange.budget_left,
    )


def _validators(headers: Mapping[str, str], url: str, old: Validators) -> Validators:
    """The answer's validators; what a 304 does not repeat stays as it was."""
    etag, last_modified = headers.get("ETag") or old.etag, headers.get("Last-Modified") or old.last_modified
    if (url, etag, last_modified) == (old.url, old.etag, old.last_modified):
        return old
    return Validators(url=url, etag=etag, last_modified=last_modified)
