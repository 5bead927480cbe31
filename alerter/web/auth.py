"""Who may do what over HTTP: bearer tokens, or without tokens only this machine may write.

Without tokens reads are open and writes need a loopback peer, a loopback Host and no sign of a proxy: a
page in somebody's browser can do neither. A service bound to loopback also checks the Host of reads, since
a name that an attacker points at 127.0.0.1 (DNS rebinding) would make the browser read for him.
"""

import hashlib
import hmac
import re
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import IPv6Address, ip_address
from urllib.parse import urlsplit

from aiohttp import web

from alerter.settings import Settings
from alerter.web.bodies import is_json
from alerter.web.problems import Handler, Problem

OPEN_PATHS = frozenset({"/livez", "/readyz"})
"""Probes need neither a token nor a particular Host."""
HOOKS = "/hooks/"
"""What others push to comes from anywhere and holds its own secret in the path below this."""
READS = frozenset({"GET", "HEAD", "OPTIONS"})
FORWARDING = frozenset({"forwarded", "x-real-ip", "via"})

_HOST = re.compile(r"(\[[0-9a-f:.]+\]|[a-z0-9_.-]+)(:\d{1,5})?")


@dataclass(frozen=True, slots=True)
class Gate:
    """What a request must show to pass."""

    token_hashes: tuple[bytes, ...] = ()
    """SHA-256 of each token; the tokens themselves are not kept."""
    reads_from: frozenset[str] | None = None
    """Host names that reads may use besides loopback; None = any."""

    def check(self, request: web.Request) -> None:
        """Let a request pass or raise Problem 401, 403 or 415."""
        resource = request.match_info.route.resource
        if request.path in OPEN_PATHS or (resource and resource.canonical.startswith(HOOKS)):
            return
        if self.token_hashes:
            self._check_token(request)
        elif request.method in READS:
            self._check_read(request)
        else:
            check_local_write(request)

    def _check_token(self, request: web.Request) -> None:
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        shown = _sha256(token.strip())
        matches = [hmac.compare_digest(shown, known) for known in self.token_hashes]
        if scheme.lower() != "bearer" or not any(matches):
            detail = "Send one of the service's tokens as Authorization: Bearer."
            raise Problem(401, detail, headers={"WWW-Authenticate": 'Bearer realm="alerter"'})

    def _check_read(self, request: web.Request) -> None:
        name = host_name(request)
        if self.reads_from is None or is_loopback(name) or name in self.reads_from:
            return
        raise Problem(403, "This service only answers to a loopback Host or the host of ALERTER_PUBLIC_URL.")


def gate_of(settings: Settings) -> Gate:
    """The gate that the settings ask for. Raises ValueError when tokens are set but hold none."""
    text = settings.http.tokens.get_secret_value()
    tokens = [token.strip() for token in text.split(",") if token.strip()]
    if text and not tokens:
        raise ValueError("ALERTER_HTTP__TOKENS is set but holds no token")
    if not is_loopback(settings.http.host):
        return Gate(tuple(_sha256(token) for token in tokens))
    public = urlsplit(settings.public_url).hostname or "localhost"
    return Gate(tuple(_sha256(token) for token in tokens), frozenset({public}))


def check_local_write(request: web.Request) -> None:
    """A write without tokens must come straight from this machine, as JSON. Raises Problem 403 or 415."""
    if not is_loopback(request.remote or ""):
        raise Problem(403, "Without tokens only this machine may write; set ALERTER_HTTP__TOKENS for others.")
    if not is_loopback(host_name(request)):
        raise Problem(403, "Without tokens, a write needs a loopback Host, as in http://127.0.0.1:8080.")
    if any(is_forwarding(name) for name in request.headers):
        raise Problem(403, "Without tokens, a write must not come through a proxy.")
    exists = request.match_info.http_exception is None  # else the router's 404 or 405 says more
    if exists and not is_json(request.content_type):
        raise Problem(415, "A write must be JSON, sent as Content-Type: application/json.")


def host_name(request: web.Request) -> str:
    """The Host header's name in lower case, without port and brackets; empty when there is no clear one."""
    given = request.headers.getall("Host", [])
    found = _HOST.fullmatch(given[0].strip().lower()) if len(given) == 1 else None
    return found[1].strip("[]").rstrip(".") if found else ""


def is_open(path: str) -> bool:
    """Does an operation on this path ask for no token?"""
    return path in OPEN_PATHS or path.startswith(HOOKS)


@lru_cache(maxsize=256)
def is_loopback(name: str) -> bool:
    """Does this address or host name stand for this very machine?"""
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        address = ip_address(name)
    except ValueError:
        return False
    if isinstance(address, IPv6Address) and address.ipv4_mapped:
        return address.ipv4_mapped.is_loopback
    return address.is_loopback


def is_forwarding(header: str) -> bool:
    """Does a header of this name say that a proxy stands between?"""
    name = header.lower()
    return name in FORWARDING or name.startswith("x-forwarded-")


@web.middleware
async def gatekeeper(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Check every request, whether its path exists or not, before anything else is done with it."""
    request.config_dict[GATE].check(request)
    return await handler(request)


GATE = web.AppKey("gate", Gate)


def _sha256(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "surrogateescape")).digest()
