"""How the client gets out: through a proxy, and over TLS that a bundle of the operator's own vouches for."""

import ssl
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
import trustme
from aiohttp import web
from aiohttp.test_utils import TestServer

from alerter.sources.http import Fetch, FetchError, HttpClient, Limits
from tests.sources.conftest import AGENT, Host

HURRIED = Limits(spacing=timedelta(0))


async def test_a_proxy_is_asked_for_everything_public(host: Host) -> None:
    """The proxy gets the whole address, and may itself stand in a private network."""
    host.on("/feed", "through")
    async with HttpClient(user_agent=AGENT, proxy=host.url("/"), limits=HURRIED) as http:
        assert (await http.fetch(Fetch("http://news.example/feed"))).body == b"through"
    assert host.asked[0].raw_path == "http://news.example/feed"


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1/", "http://redis:6379/", "http://[::1]/", "https://10.0.0.1/"]
)
async def test_a_proxy_is_not_asked_for_what_is_private(host: Host, url: str) -> None:
    """What a proxy could reach inside is refused before it is asked."""
    async with HttpClient(user_agent=AGENT, proxy=host.url("/"), limits=HURRIED) as http:
        with pytest.raises(FetchError, match="private network") as caught:
            await http.fetch(Fetch(url))
    assert caught.value.trouble == "blocked"
    assert not host.asked


async def test_a_proxy_that_redirects_inside_leads_nowhere(host: Host) -> None:
    """Redirects are judged as first requests are."""
    host.on("/feed", status=302, headers={"Location": "http://169.254.169.254/latest/"})
    async with HttpClient(user_agent=AGENT, proxy=host.url("/"), limits=HURRIED) as http:
        with pytest.raises(FetchError, match="private network"):
            await http.fetch(Fetch("http://news.example/feed"))
    assert len(host.asked) == 1


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    """An authority nobody knows."""
    return trustme.CA()


@pytest.fixture
def bundle(authority: trustme.CA, tmp_path: Path) -> Path:
    """A file with the authority's certificate."""
    path = tmp_path / "bundle.pem"
    authority.cert_pem.write_to_path(path)
    return path


@pytest.fixture
async def tls_server(authority: trustme.CA) -> AsyncIterator[TestServer]:
    """A server on loopback with a certificate of the authority; `/down` redirects away from TLS."""

    async def answer(request: web.Request) -> web.StreamResponse:
        if request.path == "/down":
            raise web.HTTPFound(f"http://127.0.0.1:{request.url.port}/")
        return web.Response(text="over TLS")

    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    app = web.Application()
    app.router.add_get("/{tail:.*}", answer)
    server = TestServer(app)
    await server.start_server(ssl=context)
    yield server
    await server.close()


def trusting(bundle: Path | None) -> HttpClient:
    """A client with this bundle."""
    return HttpClient(user_agent=AGENT, allow_private_networks=True, ca_bundle=bundle, limits=HURRIED)


async def test_an_authority_of_the_bundle_is_trusted(tls_server: TestServer, bundle: Path) -> None:
    """With the bundle the server's certificate counts."""
    async with trusting(bundle) as http:
        assert (await http.fetch(Fetch(str(tls_server.make_url("/"))))).body == b"over TLS"


async def test_an_unknown_authority_is_not_trusted(tls_server: TestServer) -> None:
    """Without it the exchange fails, in words of TLS."""
    async with trusting(None) as http:
        with pytest.raises(FetchError, match="TLS failed"):
            await http.fetch(Fetch(str(tls_server.make_url("/"))))


async def test_a_redirect_does_not_lead_away_from_tls(tls_server: TestServer, bundle: Path) -> None:
    """From https to http nothing is followed."""
    async with trusting(bundle) as http:
        with pytest.raises(FetchError, match="from https to http"):
            await http.fetch(Fetch(str(tls_server.make_url("/down"))))
