"""Where a request goes, redirect by redirect, and which keys may go along. No network here.

Keys (headers, secret parameters, a user and password in the address) go to the origin that was asked for and
to no other, and stand in nothing that is remembered or shown.
"""

from base64 import b64encode
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from yarl import URL

from alerter.sources.http.failures import place
from alerter.sources.http.messages import Fetch, FetchError, Validators
from alerter.sources.http.refusals import secret_texts

REDIRECTS = frozenset({301, 302, 303, 307, 308})
_PERMANENT = frozenset({301, 308})
_BECOME_GET = frozenset({301, 302, 303})
"""Redirects after which clients ask with GET: none for a POST to follow."""


@dataclass(frozen=True, slots=True)
class Hop:
    """One request on the way through redirects; its address holds no user and password."""

    url: URL
    left: float
    """Seconds that the exchange may still take."""
    permanent: bool = True
    """Did only permanent redirects lead here?"""
    count: int = 0


@dataclass(frozen=True, slots=True)
class Exchange:
    """A request with what the client has made of it."""

    asked: Fetch
    conditions: Validators
    address: URL
    """What was asked for, as configured: its origin is the only one that keys go to."""
    limit: int
    """Bytes of the body."""
    sink: Callable[[bytes], object]
    """Where the body goes, piece by piece."""
    budget_left: int | None = None

    def plain(self, url: URL) -> URL:
        """An address that can be remembered: without user, password and keys among the parameters."""
        return _without(url, self.asked.secrets)

    def base(self, url: URL) -> URL:
        """The same without any of our parameters."""
        return _without(url, (*self.asked.params, *self.asked.secrets))

    def keys(self, url: URL) -> Mapping[str, str]:
        """The headers that go to this address only if it is of the origin that was asked for."""
        if not self.is_at_home(url):
            return {}
        if self.address.raw_user is None:
            return self.asked.headers
        login = f"{self.address.user}:{self.address.password or ''}".encode()
        return {"Authorization": f"Basic {b64encode(login).decode()}", **self.asked.headers}

    def hidden(self) -> set[str]:
        """What stands in no message, though the other side may repeat it."""
        return secret_texts(self.keys(self.address), self.asked.secrets) | {
            part for part in (self.address.user, self.address.password) if part
        }

    def key_setting(self, url: URL) -> str:
        """The setting of the key, where this address was sent it."""
        return self.asked.key_setting if self.is_at_home(url) else ""

    def is_at_home(self, url: URL) -> bool:
        """Is it of the origin that keys may go to?"""
        return origin_of(url) == origin_of(self.address)


def first_hop(exchange: Exchange, left: float) -> Hop:
    """Where to ask first, with parameters; those that hold keys only where they may go. Raises FetchError."""
    asked = exchange.asked
    url = _anonymous(address(asked.moved_to) if asked.moved_to else exchange.address)
    secrets = asked.secrets if exchange.is_at_home(url) else ()
    params = [*asked.params, *secrets]
    return Hop(url.extend_query(params) if params else url, left)


def next_hop(status: int, headers: Mapping[str, str], hop: Hop, exchange: Exchange) -> Hop:
    """Where a redirect leads. Raises FetchError when it leads nowhere, away from TLS, or is no answer."""
    target = _target(status, headers.get("Location", ""), hop)
    if not exchange.asked.redirects or (exchange.asked.body is not None and status in _BECOME_GET):
        raise FetchError(f"{place(hop.url)} redirects to {place(target)} ({status})", status=status)
    if hop.url.scheme == "https" and target.scheme == "http":
        raise FetchError(f"{place(hop.url)} redirects from https to http: {place(target)}; refused")
    if not exchange.is_at_home(target):
        target = exchange.plain(target)  # a key that the redirect repeats stays here
    permanent = hop.permanent and status in _PERMANENT
    return replace(hop, url=target, permanent=permanent, count=hop.count + 1)


def address(text: str) -> URL:
    """The address of a request. Raises FetchError for what is none that can be fetched."""
    try:
        url = URL(text)
    except ValueError as error:
        raise FetchError(f"{text[:200]!r} is no address that can be fetched") from error
    if not _is_web(url):
        shown = place(url) if url.raw_host else text
        raise FetchError(f"{shown[:200]!r} is not an http or https address")
    return url


def origin_of(url: URL) -> str:
    """Scheme, host and port: what keys and turns belong to."""
    return f"{url.scheme}://{url.host}:{url.port}"


def _target(status: int, location: str, hop: Hop) -> URL:
    if not location:
        raise FetchError(f"{place(hop.url)} redirects without saying where ({status})", status=status)
    try:
        target = hop.url.join(URL(location)).with_fragment(None)
    except ValueError as error:
        raise FetchError(f"{place(hop.url)} redirects to what is no address ({status})") from error
    if not _is_web(target):
        raise FetchError(f"{place(hop.url)} redirects to what is not an http or https address ({status})")
    return _anonymous(target)  # whoever redirects has no passwords to hand out


def _is_web(url: URL) -> bool:
    return url.scheme in {"http", "https"} and bool(url.host)


def _without(url: URL, params: Sequence[tuple[str, str]]) -> URL:
    url = _anonymous(url)
    return url.without_query_params(*(name for name, _ in params)) if params else url


def _anonymous(url: URL) -> URL:
    return url if url.raw_user is None and url.raw_password is None else url.with_user(None)
