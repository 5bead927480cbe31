"""The guard at the network's edge: which addresses a request from outside text may reach.

A feed's address, a redirect and a webhook's address are written by others; none of them may lead into the
network that the service runs in. Every connecting address is judged where the socket is made, which sees
through DNS answers, redirects and odd spellings of literals. With a proxy configured only the proxy's own
address shows at that place, so the host names themselves are judged before the request goes out.
"""

import ipaddress
import socket
import ssl
from datetime import timedelta
from pathlib import Path
from typing import Any

import aiohttp

_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_GLOBAL_UNICAST = ipaddress.ip_network("2000::/3")
_DENIED = tuple(
    ipaddress.ip_network(text)
    for text in (
        "168.63.129.16/32",  # a cloud's host agent behind a public address
        "192.88.99.0/24",  # 6to4 relays
        "2001::/23",  # protocol assignments: Teredo, ORCHID and others that carry another address
        "2002::/16",  # 6to4 carries an IPv4 address
        "3fff::/20",  # documentation
    )
)
_PRIVATE_SUFFIXES = (".localhost", ".local", ".localdomain", ".internal", ".intranet", ".lan", ".home.arpa")

CONNECT_SECONDS = 10.0
"""How long a connection may take to come about."""

IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address


class ForbiddenAddress(aiohttp.ClientOSError):
    """An address that outside text may not lead to. It shows as the cause of aiohttp's connection error."""


def is_public(address: str) -> bool:
    """Is this IP address one of the public internet? False for what is no address.

    Judged by the IANA special-purpose registries; an IPv4 address inside NAT64 or a mapped one is unwrapped.
    """
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    return _is_public(_unwrapped(parsed))


def is_private_host(host: str) -> bool:
    """Does the host name itself, without asking DNS, lead to a private network?

    Understands every spelling of an IPv4 literal that the system's resolver does (`0x7f.1`, `2130706433`).
    """
    name = host.rstrip(".").lower().strip("[]")
    literal = _literal(name)
    if literal is not None:
        return not is_public(literal)
    if "%" in name:  # escaped: whoever resolves it may read an address in it that we do not
        return True
    return "." not in name or name.endswith(_PRIVATE_SUFFIXES)


def guarded_connector(*, allow_private: bool, ca_bundle: Path | None = None) -> aiohttp.TCPConnector:
    """A connector that refuses to connect to what is not public, unless allowed. Raises OSError (bundle)."""
    trust: ssl.SSLContext | bool = True
    if ca_bundle is not None:
        trust = ssl.create_default_context()
        trust.load_verify_locations(ca_bundle)
    factory = None if allow_private else _guarded_socket
    return aiohttp.TCPConnector(ssl=trust, socket_factory=factory, limit=100, ttl_dns_cache=60)


def guarded_session(
    *,
    allow_private_networks: bool = False,
    proxy: str | None = None,
    ca_bundle: Path | None = None,
    timeout: timedelta = timedelta(seconds=30),
) -> aiohttp.ClientSession:
    """A session for requests whose addresses come from outside: guarded, without cookies.

    `timeout` bounds a whole exchange. A proxy is the operator's own choice and may be private; what it is
    asked to reach may not. Close the session. Raises OSError when the bundle of certificates is unreadable.
    """
    return aiohttp.ClientSession(
        connector=guarded_connector(
            allow_private=allow_private_networks or proxy is not None, ca_bundle=ca_bundle
        ),
        timeout=aiohttp.ClientTimeout(total=timeout.total_seconds(), sock_connect=CONNECT_SECONDS),
        cookie_jar=aiohttp.DummyCookieJar(),
        middlewares=() if allow_private_networks else (_refuse_private_hosts,),
        proxy=proxy,
    )


def _guarded_socket(info: tuple[Any, ...]) -> socket.socket:
    """aiohttp's socket factory: (family, type, protocol, canonical name, socket address)."""
    family, kind, protocol, _, address = info
    if not is_public(str(address[0])):
        raise ForbiddenAddress(None, f"{address[0]} is not an address of the public internet")
    return socket.socket(family, kind, protocol)


async def _refuse_private_hosts(
    request: aiohttp.ClientRequest, handler: aiohttp.ClientHandlerType
) -> aiohttp.ClientResponse:
    host = request.url.raw_host or ""
    if is_private_host(host) and (request.proxy is not None or _literal(host) is not None):
        raise ForbiddenAddress(None, f"{host} is not a host of the public internet")
    return await handler(request)


def _literal(host: str) -> str | None:
    try:
        return str(ipaddress.ip_address(host.partition("%")[0]))
    except ValueError:
        pass
    try:
        return socket.inet_ntoa(socket.inet_aton(host))
    except OSError:
        return None


def _unwrapped(address: IPAddress) -> IPAddress:
    if isinstance(address, ipaddress.IPv4Address):
        return address
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    if address in _NAT64:
        return ipaddress.IPv4Address(int(address) & 0xFFFF_FFFF)
    return address


def _is_public(address: IPAddress) -> bool:
    if isinstance(address, ipaddress.IPv6Address) and address not in _GLOBAL_UNICAST:
        return False  # loopback, ::a.b.c.d, local NAT64, unique-local, link-local, site-local, multicast
    if any(address in network for network in _DENIED if network.version == address.version):
        return False
    return address.is_global and not address.is_multicast
