"""The polite and guarded HTTP client through which every source polls.

Polite: it names itself and a contact, asks conditionally, heeds Retry-After, keeps to few requests per host.
Guarded: it reaches public addresses only, follows few redirects and by hand, and reads bounded bodies in
bounded time. Whatever goes wrong with the other side is a `FetchError` in plain words.
"""

import asyncio
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from importlib.metadata import version
from pathlib import Path
from types import TracebackType
from typing import Self

import aiohttp
from yarl import URL

from alerter.clock import SystemClock, monotonic
from alerter.guard import ForbiddenAddress, guarded_session
from alerter.sources.http.answers import max_age, retry_after
from alerter.sources.http.messages import Fetch, Fetched, FetchError, Limits, Validators
from alerter.sources.http.pacing import Pacer

_PERMANENT = frozenset({301, 308})
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_CHUNK = 64 * 1024
_USUAL = Limits()
_MEANINGS = {
    400: "refused the request as malformed",
    401: "wants a key or refuses ours",
    402: "wants to be paid",
    403: "refuses access",
    404: "has nothing at this address",
    406: "does not offer this format",
    408: "timed out waiting for us",
    410: "says that this address is gone for good",
    429: "asks for fewer requests",
    451: "may not show this for legal reasons",
    503: "is unavailable for now",
}


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
    ) -> None:
        self._user_agent = user_agent
        self._allow_private = allow_private_networks
        self._proxy = proxy
        self._ca_bundle = ca_bundle
        self._limits = limits
        self._chance = chance
        self._pacer = Pacer(limits.per_host, limits.spacing)
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
        hop = _Hop(_address(request), left=self._limits.total.total_seconds())
        conditions = request.validators
        if conditions.url and self._chance() < self._limits.unconditional:
            conditions = Validators()
        while hop.count <= self._limits.redirects:
            answer = await self._turn(replace(request, validators=conditions), hop)
            if isinstance(answer, Fetched):
                return answer
            hop = answer
        raise FetchError(f"{_place(hop.url)}: more than {self._limits.redirects} redirects")

    async def _turn(self, request: Fetch, hop: _Hop) -> Fetched | _Hop:
        """One request when it is its turn: the answer, or where it redirects to."""
        async with self._pacer.turn(_origin(hop.url)):
            started = monotonic()
            try:
                async with asyncio.timeout(hop.left):
                    answer = await self._exchange(request, hop)
            except TimeoutError as error:
                raise FetchError(f"{_place(hop.url)} did not answer in time") from error
            except (aiohttp.ClientError, OSError, ValueError) as error:
                raise FetchError(_explain(error, hop.url)) from error
        if isinstance(answer, _Hop):
            return replace(answer, left=hop.left - (monotonic() - started))
        return answer

    async def _exchange(self, request: Fetch, hop: _Hop) -> Fetched | _Hop:
        headers = self._headers(request, hop.url)
        async with self._opened().get(hop.url, headers=headers, allow_redirects=False) as response:
            if response.status in _REDIRECTS:
                return _next_hop(response, hop)
            _check_status(response, conditional="If-None-Match" in headers or "If-Modified-Since" in headers)
            body = await self._body(response)
            return _fetched(request, response, body=body, hop=hop)

    def _headers(self, request: Fetch, url: URL) -> dict[str, str]:
        own = request.headers if _origin(url) == _origin(URL(request.url)) else {}
        return {
            "User-Agent": self._user_agent,
            "Accept": request.accept,
            "Accept-Encoding": "gzip, deflate, br",
            **request.validators.headers(str(url)),
            **own,
        }

    async def _body(self, response: aiohttp.ClientResponse) -> bytes:
        """The body in pieces that are counted as they come out of decompression."""
        body = bytearray()
        async for piece in response.content.iter_chunked(_CHUNK):
            body += piece
            if len(body) > self._limits.body:
                response.close()
                raise FetchError(
                    f"{_place(response.url)} sent more than {self._limits.body:,} bytes",
                    status=response.status,
                )
        return bytes(body)

    def _opened(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = guarded_session(
                allow_private_networks=self._allow_private,
                proxy=self._proxy,
                ca_bundle=self._ca_bundle,
                timeout=self._limits.total,
            )
        return self._session


def _address(request: Fetch) -> URL:
    try:
        url = URL(request.url)
        _check_scheme(url)
        return url.extend_query(list(request.params)) if request.params else url
    except ValueError as error:
        raise FetchError(f"{request.url[:200]!r} is no address that can be fetched") from error


def _check_scheme(url: URL) -> None:
    if url.scheme not in {"http", "https"} or not url.host:
        raise FetchError(f"{str(url)[:200]!r} is not an http or https address")


def _next_hop(response: aiohttp.ClientResponse, hop: _Hop) -> _Hop:
    """Where a redirect leads. Raises FetchError when it leads nowhere, or away from TLS."""
    location = response.headers.get("Location", "")
    if not location:
        raise FetchError(
            f"{_place(hop.url)} redirects without saying where ({response.status})", status=response.status
        )
    target = hop.url.join(URL(location)).with_fragment(None)
    _check_scheme(target)
    if hop.url.scheme == "https" and target.scheme == "http":
        raise FetchError(f"{_place(hop.url)} redirects from https to http: {_place(target)}; refused")
    return replace(
        hop,
        url=target,
        permanent=hop.permanent and response.status in _PERMANENT,
        count=hop.count + 1,
    )


def _check_status(response: aiohttp.ClientResponse, *, conditional: bool) -> None:
    status = response.status
    if status == 304 and conditional:
        return
    if status in {200, 203}:
        return
    wait = retry_after(response.headers, SystemClock().now()) if status in {429, 503} else None
    meaning = _MEANINGS.get(status) or ("failed" if status >= 500 else "gave an unusable answer")
    raise FetchError(f"{_place(response.url)} {meaning} ({status})", status=status, retry_after=wait)


def _fetched(request: Fetch, response: aiohttp.ClientResponse, *, body: bytes, hop: _Hop) -> Fetched:
    url = str(hop.url)
    return Fetched(
        url=str(hop.url.with_user(None)),
        status=response.status,
        headers=response.headers,
        body=body,
        validators=_validators(response.headers, url, request.validators if response.status == 304 else None),
        max_age=max_age(response.headers, SystemClock().now()),
        moved_to=url if hop.count and hop.permanent else None,
    )


def _validators(headers: Mapping[str, str], url: str, old: Validators | None) -> Validators:
    """The answer's validators; what a 304 does not repeat stays as it was."""
    return Validators(
        url=url,
        etag=headers.get("ETag") or (old.etag if old else None),
        last_modified=headers.get("Last-Modified") or (old.last_modified if old else None),
    )


def _explain(error: Exception, url: URL) -> str:
    """An aiohttp or system error in plain words, without the address's query or credentials."""
    place = _place(url)
    cause = getattr(error, "os_error", error)
    if isinstance(cause, ForbiddenAddress) or "not an address of the public" in str(error):
        return (
            f"{place} is in a private network, which sources may not reach "
            f"(ALERTER_ALLOW_PRIVATE_NETWORKS=true allows it)"
        )
    if isinstance(error, aiohttp.ClientConnectorDNSError):
        return f"{place}: no such host, or the name service does not answer"
    if isinstance(error, aiohttp.ClientConnectorCertificateError | aiohttp.ClientSSLError):
        return f"{place}: TLS failed: {error}"
    if isinstance(error, aiohttp.ClientConnectorError):
        return f"{place} cannot be reached: {error.strerror or error.os_error}"
    if isinstance(error, aiohttp.ServerDisconnectedError):
        return f"{place} closed the connection without an answer"
    if isinstance(error, aiohttp.ClientPayloadError):
        return f"{place} sent a broken or incomplete body"
    return f"{place}: {type(error).__name__}: {error}"


def _place(url: URL) -> str:
    """The address without credentials and query, which may hold keys."""
    return str(url.with_user(None).with_query(None).with_fragment(None))


def _origin(url: URL) -> str:
    return f"{url.scheme}://{url.host}:{url.port}"
