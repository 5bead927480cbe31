"""The polite and guarded HTTP client through which every source polls.

Polite: it names itself and a contact, asks conditionally, heeds Retry-After, keeps to few requests per host.
Guarded: it reaches public addresses only, follows few redirects and by hand, and reads bounded bodies in
bounded time. Whatever goes wrong with the other side is a `FetchError` in plain words.
"""

import asyncio
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from importlib.metadata import version
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

import aiohttp
from yarl import URL

from alerter.clock import SystemClock, monotonic
from alerter.core.budget import Budget, Budgets
from alerter.guard import guarded_session
from alerter.sources.http.answers import max_age
from alerter.sources.http.failures import exchange_failure, place, status_failure
from alerter.sources.http.messages import Fetch, Fetched, FetchError, Limits, Validators
from alerter.sources.http.pacing import Pacer

_PERMANENT = frozenset({301, 308})
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_BECOME_GET = frozenset({301, 302, 303})
"""Redirects after which clients ask with GET: none for a POST to follow."""
_CHUNK = 64 * 1024
_USUAL = Limits()
_UNCONDITIONAL = Validators()
CLOSED_FOR = timedelta(minutes=5)
"""How long a budget grants no call after a 429 that does not say when to come back."""


def default_user_agent(contact: str) -> str:
    """How the client names itself; `contact` is an address at which its operator can be found."""
    return f"alerter/{version('alerter')} (+{contact})"


@dataclass(frozen=True, slots=True)
class _Hop:
    """One request on the way through redirects."""

    url: URL
    left: float
    """Seconds that the exchange may still take."""
    permanent: bool = True
    """Did only permanent redirects lead here?"""
    count: int = 0


@dataclass(frozen=True, slots=True)
class _Exchange:
    """A request with what the client has made of it."""

    asked: Fetch
    conditions: Validators
    origin: str
    """The only one that keys go to."""
    limit: int
    sink: Callable[[bytes], object]
    """Where the body goes, piece by piece."""
    budget_left: int | None = None

    def plain(self, url: URL) -> str:
        """An address that can be remembered: without parameters of ours that hold keys."""
        secrets = self.asked.secrets
        return str(url.without_query_params(*(name for name, _ in secrets)) if secrets else url)

    def base(self, url: URL) -> str:
        """An address without any of our parameters."""
        own = [name for name, _ in (*self.asked.params, *self.asked.secrets)]
        return str(url.without_query_params(*own) if own else url)


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
        self._budgets = budgets
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
        body = bytearray()
        fetched = await self._run(request, body.extend)
        return replace(fetched, body=bytes(body)) if body else fetched

    async def download(self, request: Fetch, into: BinaryIO) -> Fetched:
        """The same with the body written to a file as it comes in; `body` stays empty. Raises FetchError."""
        return await self._run(request, into.write)

    async def heed(self, budget: Budget | None, error: FetchError) -> None:
        """After a 429 no source that draws on the same budget calls for as long as was asked.

        For sources whose publishers say the same in an answer under 200; other answers change nothing.
        """
        if budget is not None and self._budgets is not None and error.status == 429:
            await self._budgets.close(budget.name, error.retry_after or CLOSED_FOR)

    async def _run(self, request: Fetch, sink: Callable[[bytes], object]) -> Fetched:
        budget_left = await self._draw(request.budget) if request.budget else None
        exchange = _Exchange(
            asked=request,
            conditions=self._conditions(request.validators),
            origin=_origin(_address(request.url)),
            limit=self._limits.body if request.limit is None else request.limit,
            sink=sink,
            budget_left=budget_left,
        )
        hop = _Hop(_first_address(request, exchange), (request.total or self._limits.total).total_seconds())
        while hop.count <= self._limits.redirects:
            answer = await self._turn(exchange, hop)
            if isinstance(answer, Fetched):
                return answer
            hop = answer
        raise FetchError(f"{place(hop.url)}: more than {self._limits.redirects} redirects")

    def _conditions(self, validators: Validators) -> Validators:
        """The validators to send: now and then none, to see through broken caches."""
        if validators.url and self._chance() < self._limits.unconditional:
            return _UNCONDITIONAL
        return validators

    async def _draw(self, budget: Budget) -> int | None:
        """Count a call against its budget, waiting for it as long as its patience lasts: calls left."""
        if self._budgets is None:
            return None
        gives_up_at = monotonic() + budget.patience.total_seconds()
        while True:
            allowance = await self._budgets.spend(budget.name, budget.limits)
            wait = allowance.wait.total_seconds()
            if wait <= 0:
                return allowance.left
            if monotonic() + wait > gives_up_at:
                raise FetchError(
                    f"the call budget of {budget.name} is used up; the next call is due in {wait:.0f} s",
                    retry_after=allowance.wait,
                    trouble="blocked",
                )
            await asyncio.sleep(wait)

    async def _turn(self, exchange: _Exchange, hop: _Hop) -> Fetched | _Hop:
        """One request when it is its turn: the answer, or where it redirects to."""
        async with self._pacer.turn(_origin(hop.url)):
            started = monotonic()
            try:
                async with asyncio.timeout(hop.left):
                    answer = await self._exchange(exchange, hop)
            except TimeoutError as error:
                raise FetchError(f"{place(hop.url)} did not answer in time") from error
            except (aiohttp.ClientError, OSError, ValueError) as error:
                raise exchange_failure(error, hop.url) from error
            except FetchError as error:
                await self.heed(exchange.asked.budget, error)
                raise
        if isinstance(answer, _Hop):
            return replace(answer, left=hop.left - (monotonic() - started))
        return answer

    async def _exchange(self, exchange: _Exchange, hop: _Hop) -> Fetched | _Hop:
        request, plain = exchange.asked, exchange.plain(hop.url)
        conditions = exchange.conditions.headers(plain)
        headers = self._headers(exchange, hop.url) | conditions
        method = "GET" if request.body is None else "POST"
        async with self._opened().request(
            method, hop.url, data=request.body, headers=headers, allow_redirects=False
        ) as response:
            if response.status in _REDIRECTS:
                return _next_hop(response, hop, exchange)
            if response.status not in {200, 203} and not (response.status == 304 and conditions):
                raise status_failure(response.status, response.headers, response.url)
            await _pour(response, exchange)
            return _fetched(response, hop, exchange, plain)

    def _headers(self, exchange: _Exchange, url: URL) -> dict[str, str]:
        request = exchange.asked
        headers = {
            "User-Agent": self._user_agent,
            "Accept": request.accept,
            "Accept-Encoding": "gzip, deflate, br",
        }
        if request.body is not None:
            headers["Content-Type"] = "application/json"
        if request.headers and _origin(url) == exchange.origin:
            headers.update(request.headers)
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


def _address(text: str) -> URL:
    try:
        url = URL(text)
        _check_scheme(url)
    except ValueError as error:
        raise FetchError(f"{text[:200]!r} is no address that can be fetched") from error
    return url


def _first_address(request: Fetch, exchange: _Exchange) -> URL:
    """Where to ask, with parameters; those that hold keys only where they may go."""
    url = _address(request.moved_to or request.url)
    secrets = request.secrets if _origin(url) == exchange.origin else ()
    params = [*request.params, *secrets]
    return url.extend_query(params) if params else url


def _check_scheme(url: URL) -> None:
    if url.scheme not in {"http", "https"} or not url.host:
        raise FetchError(f"{str(url)[:200]!r} is not an http or https address")


def _next_hop(response: aiohttp.ClientResponse, hop: _Hop, exchange: _Exchange) -> _Hop:
    """Where a redirect leads. Raises FetchError when it leads nowhere, away from TLS, or is no answer."""
    status, location = response.status, response.headers.get("Location", "")
    if not location:
        raise FetchError(f"{place(hop.url)} redirects without saying where ({status})", status=status)
    target = hop.url.join(URL(location)).with_fragment(None)
    _check_scheme(target)
    if not exchange.asked.redirects or (exchange.asked.body is not None and status in _BECOME_GET):
        raise FetchError(f"{place(hop.url)} redirects to {place(target)} ({status})", status=status)
    if hop.url.scheme == "https" and target.scheme == "http":
        raise FetchError(f"{place(hop.url)} redirects from https to http: {place(target)}; refused")
    if _origin(target) != exchange.origin:
        target = URL(exchange.plain(target))  # a key that the redirect repeats stays here
    return replace(
        hop,
        url=target,
        permanent=hop.permanent and status in _PERMANENT,
        count=hop.count + 1,
    )


async def _pour(response: aiohttp.ClientResponse, exchange: _Exchange) -> None:
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


def _fetched(response: aiohttp.ClientResponse, hop: _Hop, exchange: _Exchange, plain: str) -> Fetched:
    old = exchange.conditions if response.status == 304 else _UNCONDITIONAL
    return Fetched(
        url=exchange.plain(hop.url.with_user(None)) if hop.url.raw_user else plain,
        status=response.status,
        headers=response.headers,
        body=b"",
        validators=_validators(response.headers, plain, old),
        max_age=max_age(response.headers, SystemClock().now()),
        moved_to=exchange.base(hop.url) if hop.count and hop.permanent else None,
        budget_left=exchange.budget_left,
    )


def _validators(headers: Mapping[str, str], url: str, old: Validators) -> Validators:
    """The answer's validators; what a 304 does not repeat stays as it was."""
    etag, last_modified = headers.get("ETag") or old.etag, headers.get("Last-Modified") or old.last_modified
    if (url, etag, last_modified) == (old.url, old.etag, old.last_modified):
        return old
    return Validators(url=url, etag=etag, last_modified=last_modified)


def _origin(url: URL) -> str:
    return f"{url.scheme}://{url.host}:{url.port}"
