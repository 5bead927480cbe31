"""The guard that keeps outside addresses from leading into private networks."""

import socket
import ssl
from datetime import timedelta
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from alerter.guard import ForbiddenAddress, _guarded_socket, guarded_session, is_private_host, is_public

PRIVATE = [
    "127.0.0.1",
    "127.8.8.8",
    "0.0.0.0",
    "0.1.2.3",
    "10.0.0.1",
    "100.64.0.1",
    "100.127.255.254",
    "168.63.129.16",
    "169.254.169.254",
    "172.16.0.1",
    "192.0.0.1",
    "192.0.2.1",
    "192.88.99.1",
    "192.168.1.1",
    "198.18.0.1",
    "203.0.113.9",
    "224.0.0.1",
    "239.255.255.250",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::127.0.0.1",
    "::8.8.8.8",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "::ffff:0:127.0.0.1",
    "64:ff9b::7f00:1",
    "64:ff9b::a9fe:a9fe",
    "64:ff9b:1::808:808",
    "100::1",
    "2001::1",
    "2001:0:808:808::1",
    "2001:db8::1",
    "2002:7f00:1::",
    "2002:808:808::1",
    "3fff::1",
    "5f00::1",
    "fc00::1",
    "fd00:ec2::254",
    "fe80::1",
    "fe80::1%eth0",
    "fec0::1",
    "ff02::1",
    "not an address",
    "",
]
PUBLIC = ["8.8.8.8", "193.0.14.129", "::ffff:8.8.8.8", "64:ff9b::808:808", "2606:4700::1111", "2a00:1450::1"]


@pytest.mark.parametrize("address", PRIVATE)
def test_private_addresses_are_known(address: str) -> None:
    """Every special-purpose range is private, however it is wrapped."""
    assert not is_public(address)


@pytest.mark.parametrize("address", PUBLIC)
def test_public_addresses_pass(address: str) -> None:
    """The internet's own addresses are public, also when mapped or translated."""
    assert is_public(address)


@pytest.mark.parametrize(
    ("host", "private"),
    [
        ("localhost", True),
        ("LOCALHOST.", True),
        ("a.localhost", True),
        ("redis", True),
        ("metadata.google.internal", True),
        ("printer.local", True),
        ("2130706433", True),
        ("0x7f.1", True),
        ("0177.0.0.1", True),
        ("127.1", True),
        ("[::1]", True),
        ("::ffff:10.1.1.1", True),
        ("%31%32%37.0.0.1", True),
        ("fe80::1%eth0", True),
        ("", True),
        ("8.8.8.8", False),
        ("example.com", False),
        ("example.com.", False),
    ],
)
def test_private_host_names_are_known(host: str, private: bool) -> None:
    """A host name that leads inside by itself is private, in every spelling of a literal."""
    assert is_private_host(host) is private


async def hello(_request: web.Request) -> web.Response:
    """Answers, to whoever gets through."""
    return web.Response(text="hello")


def serving() -> web.Application:
    """An application that answers everything."""
    app = web.Application()
    app.router.add_route("*", "/{tail:.*}", hello)
    return app


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "2130706433", "0x7f.0.0.1", "[::ffff:127.0.0.1]"])
async def test_a_guarded_session_does_not_reach_loopback(host: str) -> None:
    """Literals, odd literals and names that resolve to loopback are all refused."""
    async with TestServer(serving()) as server, guarded_session() as session:
        with pytest.raises(aiohttp.ClientOSError, match="not a"):
            await session.get(f"http://{host}:{server.port}/")


async def test_names_are_judged_by_the_addresses_they_resolve_to() -> None:
    """The connection error carries the guard's refusal as its cause."""
    async with TestServer(serving()) as server, guarded_session() as session:
        with pytest.raises(aiohttp.ClientConnectorError) as caught:
            await session.get(f"http://localhost:{server.port}/")
    assert isinstance(caught.value.os_error, ForbiddenAddress)


async def test_allowed_private_networks_are_reached() -> None:
    """With private networks allowed, loopback answers."""
    async with (
        TestServer(serving()) as server,
        guarded_session(allow_private_networks=True) as session,
        session.get(server.make_url("/")) as response,
    ):
        assert await response.text() == "hello"


async def test_a_private_proxy_serves_public_hosts_only() -> None:
    """Through a proxy public names pass, and private literals and names are refused before they leave."""
    async with TestServer(serving()) as proxy, guarded_session(proxy=str(proxy.make_url("/"))) as session:
        async with session.get("http://news.example.com/feed") as response:
            assert await response.text() == "hello"
        for url in ("http://127.0.0.1/", "http://localhost/", "http://redis:6379/", "http://0x7f.1/"):
            with pytest.raises(ForbiddenAddress):
                await session.get(url)


def test_public_addresses_get_a_socket() -> None:
    """The guard makes the socket that a public address needs."""
    info = (socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP, "", ("193.0.14.129", 80))
    with _guarded_socket(info) as made:
        assert made.family == socket.AF_INET


async def test_the_timeout_bounds_the_exchange() -> None:
    """The session's timeout is the one asked for."""
    async with guarded_session(timeout=timedelta(seconds=3)) as session:
        assert session.timeout.total == 3


async def test_an_unreadable_bundle_is_refused(tmp_path: Path) -> None:
    """A bundle of certificates that is missing or holds none is an OSError at once."""
    with pytest.raises(OSError):  # noqa: PT011  (the message is the system's)
        guarded_session(ca_bundle=tmp_path / "missing.pem")
    empty = tmp_path / "empty.pem"
    empty.write_text("nothing")
    with pytest.raises(ssl.SSLError):
        guarded_session(ca_bundle=empty)
