"""No address from outside leads the client into a private network: asked for, redirected to, or by proxy."""

import asyncio.selector_events
import socket
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from alerter.sources.http import Fetch, Fetched, FetchError, HttpClient, Limits
from tests.hostile.addresses import ADDRESSES, NAMES, PUBLIC, PUBLIC_HOST, REDIRECTS, Address

LIMITS = Limits(spacing=timedelta(0), total=timedelta(seconds=5))
every_address = pytest.mark.parametrize("row", ADDRESSES, ids=lambda row: f"{row.cwe} {row.name}")


class Internet:
    """A public host that redirects as told, a name service, and a record of who was connected to."""

    def __init__(self) -> None:
        self.location = ""
        self.port = 0
        self.reached: list[str] = []
        self.asked: list[web.BaseRequest] = []
        self.names = {name: list(addresses) for name, addresses in NAMES.items()}

    async def answer(self, request: web.BaseRequest) -> web.StreamResponse:
        """Redirect once everybody who asks for the front page; else answer."""
        self.asked.append(request)
        if self.location and request.path == "/":
            return web.Response(status=302, headers={"Location": self.location})
        return web.Response(text="public", headers={"Connection": "close"})

    def look_up(self, host: str, port: int, *_: object, **__: object) -> list[Any]:
        """The name service; it also understands every spelling of a literal, as the system's does."""
        if host.rstrip(".").lower() not in self.names:
            return _getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST)
        return [
            found
            for one in self.names[host.rstrip(".").lower()]
            for found in _getaddrinfo(one, port, type=socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST)
        ]

    async def connect(self, loop: Any, connection: socket.socket, address: tuple[Any, ...]) -> None:
        """Only the public address leads anywhere."""
        self.reached.append(str(address[0]))
        if address[0] not in {PUBLIC, "127.0.0.1"} or (address[0] == "127.0.0.1" and address[1] != self.port):
            raise ConnectionRefusedError(address[0])
        await _sock_connect(loop, connection, ("127.0.0.1", self.port))


_getaddrinfo = socket.getaddrinfo
_sock_connect = asyncio.selector_events.BaseSelectorEventLoop.sock_connect


@pytest.fixture
async def internet(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Internet]:
    """The client's whole world."""
    one = Internet()
    app = web.Application()
    app.router.add_route("*", "/{tail:.*}", one.answer)
    async with TestServer(app) as server:
        assert server.port is not None
        one.port = server.port

        async def connect(loop: Any, connection: socket.socket, address: tuple[Any, ...]) -> None:
            await one.connect(loop, connection, address)

        monkeypatch.setattr(socket, "getaddrinfo", one.look_up)
        monkeypatch.setattr(asyncio.selector_events.BaseSelectorEventLoop, "sock_connect", connect)
        yield one


async def ask(url: str, **options: Any) -> Fetched | FetchError:
    """The client's answer or error; anything else it raises is a crash."""
    async with HttpClient(user_agent="alerter/test", limits=LIMITS, **options) as http:
        try:
            return await http.fetch(Fetch(url))
        except FetchError as error:
            return error


@every_address
async def test_an_address_does_not_lead_inside(row: Address, internet: Internet) -> None:
    """Asked for by itself it is refused, or leads to the public internet; nothing private is reached."""
    outcome = await ask(row.url)
    assert isinstance(outcome, Fetched) or str(outcome).isprintable()
    assert set(internet.reached) <= {PUBLIC}


@every_address
async def test_a_redirect_does_not_lead_inside(row: Address, internet: Internet) -> None:
    """Where a public host redirects to it, the same."""
    internet.location = row.url.encode("ascii", "backslashreplace").decode().replace("\t", "%09")
    await ask(f"http://{PUBLIC_HOST}/")
    assert internet.asked
    assert set(internet.reached) == {PUBLIC}


@every_address
async def test_a_proxy_is_not_led_inside(row: Address, internet: Internet) -> None:
    """A proxy would look names up itself; what can be told from the address alone is never asked of it."""
    outcome = await ask(row.url, proxy=f"http://127.0.0.1:{internet.port}/")
    assert set(internet.reached) <= {"127.0.0.1"}, "the proxy itself"
    if row.judged_by_name:
        assert isinstance(outcome, FetchError)
        assert not internet.asked


@pytest.mark.parametrize("row", REDIRECTS, ids=lambda row: f"{row.cwe} {row.name}")
async def test_a_redirect_that_tries_more_leads_nowhere(row: Address, internet: Internet) -> None:
    """Other schemes, loops, line breaks and broken addresses end in an answer or an error, soon."""
    internet.location = row.url
    async with asyncio.timeout(5):
        await ask(f"http://{PUBLIC_HOST}/")
    assert set(internet.reached) == {PUBLIC}
    assert len(internet.asked) <= LIMITS.redirects + 1
    assert all("Cookie" not in request.headers for request in internet.asked)


@pytest.mark.parametrize("private", ["127.0.0.1", "169.254.169.254", "fd00:ec2::254"])
async def test_a_name_that_is_rebound_does_not_lead_inside(private: str, internet: Internet) -> None:
    """CWE-350: public at the first look-up and private at the next, it is judged at each connection."""
    internet.names["rebound.example"] = [PUBLIC]
    assert isinstance(await ask("http://rebound.example/feed"), Fetched)
    internet.names["rebound.example"] = [private]
    outcome = await ask("http://rebound.example/feed")
    assert isinstance(outcome, FetchError)
    assert outcome.trouble == "blocked"
    assert set(internet.reached) == {PUBLIC}


async def test_a_redirect_with_a_login_does_not_use_it(internet: Internet) -> None:
    """CWE-522: whoever redirects does not make the client log in anywhere."""
    internet.location = f"http://admin:admin@{PUBLIC_HOST}/private"
    outcome = await ask(f"http://{PUBLIC_HOST}/")
    assert isinstance(outcome, Fetched)
    assert not any("Authorization" in request.headers for request in internet.asked)
    assert "admin" not in outcome.url


@pytest.mark.parametrize("length", [10_000, 1_000_000])
async def test_an_endless_address_is_an_answer_or_an_error(length: int, internet: Internet) -> None:
    """CWE-400: an address of any length is asked for, or refused by its host; nothing breaks."""
    outcome = await ask(f"http://{PUBLIC_HOST}/" + "a" * length)
    assert isinstance(outcome, FetchError)
    assert len(str(outcome)) < 1_000
