"""What a single request may ask of the client: POST, download, keys, limits of its own, memory of moves."""

import asyncio
import io
import threading
from datetime import timedelta
from typing import Any

import pytest
from aiohttp import web

from alerter.sources.http import Fetch, FetchError, HttpClient, Limits, Visit, revisit
from tests.sources.conftest import AGENT, Host

KEY = "s3cr3t-k3y"


async def failure(http: HttpClient, request: Fetch) -> FetchError:
    """The error that the request raises."""
    with pytest.raises(FetchError) as caught:
        await http.fetch(request)
    return caught.value


async def test_a_body_makes_a_post(host: Host, http: HttpClient) -> None:
    """JSON goes out as it is, an empty body is one too, and the answer comes back as from a GET."""
    seen: list[tuple[str, bytes, str]] = []

    async def echo(request: web.Request) -> web.StreamResponse:
        seen.append((request.method, await request.read(), request.content_type))
        return web.json_response({"rows": 1})

    host.on("/list", handler=echo)
    for body in (b'{"page": 1}', b""):
        assert (await http.fetch(Fetch(host.url("/list"), body=body))).json() == {"rows": 1}
    assert seen == [("POST", b'{"page": 1}', "application/json"), ("POST", b"", "application/json")]


async def test_a_post_is_repeated_where_the_redirect_keeps_it(host: Host, http: HttpClient) -> None:
    """308 carries method and body along."""
    host.on("/old", status=308, headers={"Location": "/new"})

    async def echo(request: web.Request) -> web.StreamResponse:
        return web.Response(body=request.method.encode() + await request.read())

    host.on("/new", handler=echo)
    got = await http.fetch(Fetch(host.url("/old"), body=b"{}"))
    assert (got.body, got.moved_to) == (b"POST{}", host.url("/new"))


async def test_a_download_goes_to_a_file(host: Host, http: HttpClient) -> None:
    """The body is written as it comes, and the answer keeps none of it."""
    host.on("/file", b"x" * 90_000, headers={"ETag": '"1"'})
    into = io.BytesIO()
    got = await http.download(Fetch(host.url("/file")), into)
    assert (got.body, got.validators.etag, len(into.getvalue())) == (b"", '"1"', 90_000)


async def test_a_request_may_have_a_limit_of_its_own(host: Host, http: HttpClient) -> None:
    """A larger limit lets more in than the client's, a smaller one less."""
    host.on("/file", b"x" * 150_000)
    assert len((await http.fetch(Fetch(host.url("/file"), limit=150_000))).body) == 150_000
    assert "more than 149,999 bytes" in str(await failure(http, Fetch(host.url("/file"), limit=149_999)))


async def test_a_request_may_take_its_own_time(host: Host) -> None:
    """A request that asks for more time than the client usually grants is cut short by nothing else."""

    async def slow(_request: web.Request) -> web.StreamResponse:
        await asyncio.get_running_loop().run_in_executor(None, threading.Event().wait, 0.05)
        return web.Response(body=b"late")

    host.on("/slow", handler=slow)
    limits = Limits(total=timedelta(milliseconds=5), spacing=timedelta(0))
    async with HttpClient(user_agent=AGENT, allow_private_networks=True, limits=limits) as http:
        assert (await http.fetch(Fetch(host.url("/slow"), total=timedelta(seconds=9)))).body == b"late"
        assert "in time" in str(await failure(http, Fetch(host.url("/slow"))))


SECRETS: dict[str, dict[str, Any]] = {
    "a header": {"headers": {"Authorization": f"Token {KEY}"}},
    "a parameter": {"secrets": [("key", KEY)]},
}


@pytest.mark.parametrize("options", SECRETS.values(), ids=SECRETS)
async def test_keys_reach_their_origin_and_nothing_else(
    host: Host, other_host: Host, http: HttpClient, options: dict[str, Any]
) -> None:
    """They are sent home, not to another origin, and stand in no answer, validator or message."""
    repeated = f"?key={KEY}" if "secrets" in options else ""
    host.on("/a", status=301, headers={"Location": other_host.url("/b") + repeated})
    other_host.on("/b", "body", headers={"ETag": '"1"'})
    got = await http.fetch(Fetch(host.url("/a"), **options))
    assert KEY in str(host.asked[0].rel_url) + str(host.asked[0].headers)
    assert KEY not in str(other_host.asked[0].rel_url) + str(other_host.asked[0].headers)
    assert KEY not in got.url + repr(got.validators) + repr(got.moved_to)


@pytest.mark.parametrize("options", SECRETS.values(), ids=SECRETS)
@pytest.mark.parametrize("status", [200, 302, 401, 429, 500])
async def test_no_failure_tells_a_key(
    host: Host, http: HttpClient, status: int, options: dict[str, Any]
) -> None:
    """Whatever goes wrong, neither the message nor what is remembered holds the key."""
    host.on("/a", "x" * 100_001, status=status, headers={"Location": f"ftp://a.example/?key={KEY}"})
    error = await failure(http, Fetch(host.url("/a"), **options))
    assert KEY not in str(error) + repr(error.__dict__)


@pytest.mark.parametrize(
    "raw", [b"HTTP/9.9 what\r\n\r\n", b"HTTP/1.1 200 OK\r\nbad\x00header\r\n\r\n", b"\xff" * 99]
)
async def test_what_is_no_http_is_told_without_keys(host: Host, http: HttpClient, raw: bytes) -> None:
    """The library's own words repeat the whole address; ours do not."""

    async def noise(request: web.Request) -> web.StreamResponse:
        assert request.transport is not None
        request.transport.write(raw)
        request.transport.close()
        return web.Response()

    host.on("/a", handler=noise)
    error = await failure(http, Fetch(host.url("/a"), secrets=[("key", KEY)]))
    assert "no answer in HTTP" in str(error)
    assert KEY not in str(error)


async def test_validators_survive_a_key(host: Host, http: HttpClient) -> None:
    """A request with a key among its parameters is conditional as any other."""

    async def answer(request: web.Request) -> web.StreamResponse:
        status = 304 if request.headers.get("If-None-Match") == '"1"' else 200
        return web.Response(status=status, headers={"ETag": '"1"'})

    host.on("/a", handler=answer)
    request = Fetch(host.url("/a"), params=[("x", "1")], secrets=[("key", KEY)])
    _, visit = await revisit(http, request, None)
    again, kept = await revisit(http, request, visit)
    assert again.not_modified
    assert kept == visit
    assert visit.validators.url == host.url("/a") + "?x=1"
    assert KEY not in visit.model_dump_json()


async def test_a_move_is_remembered_without_parameters(
    host: Host, other_host: Host, http: HttpClient
) -> None:
    """Where a permanent redirect led, the next visit goes straight, with the parameters it has then."""
    host.on("/old", status=301, headers={"Location": other_host.url("/new") + "?kind=csv&x=1"})
    other_host.on("/new", "here")
    _, visit = await revisit(http, Fetch(host.url("/old"), params=[("x", "1")]), None)
    assert visit.moved_to == other_host.url("/new") + "?kind=csv"
    fetched, visit = await revisit(http, Fetch(host.url("/old"), params=[("x", "2")]), visit)
    assert (len(host.asked), str(other_host.asked[-1].rel_url)) == (1, "/new?kind=csv&x=2")
    assert fetched.body == b"here"


@pytest.mark.parametrize(
    ("status", "asks_the_old_place"), [(404, True), (500, True), (429, False), (503, False)]
)
async def test_a_move_that_has_died_is_forgotten(
    host: Host, other_host: Host, http: HttpClient, status: int, asks_the_old_place: bool
) -> None:
    """The configured address is asked again, unless the new place only asks for patience."""
    host.on("/old", "back")
    other_host.on("/new", status=status)
    visit = Visit(url=host.url("/old"), moved_to=other_host.url("/new"))
    if asks_the_old_place:
        fetched, after = await revisit(http, Fetch(host.url("/old")), visit)
        assert (fetched.body, after.moved_to) == (b"back", None)
    else:
        with pytest.raises(FetchError):
            await revisit(http, Fetch(host.url("/old")), visit)
        assert not host.asked


async def test_what_is_remembered_of_another_address_is_not_used(host: Host, http: HttpClient) -> None:
    """After the configured address has changed, the visit starts afresh."""
    host.on("/b", "b")
    _, visit = await revisit(http, Fetch(host.url("/b")), Visit(url=host.url("/a"), moved_to=host.url("/c")))
    assert (visit.url, visit.moved_to, len(host.asked)) == (host.url("/b"), None, 1)


async def test_an_unfinished_download_leaves_nothing_behind(host: Host, http: HttpClient) -> None:
    """What a first attempt had written is gone when the configured address is asked instead."""
    host.on("/new", b"x" * 100_001)
    host.on("/old", b"whole")
    into = io.BytesIO()
    visit = Visit(url=host.url("/old"), moved_to=host.url("/new"))
    await revisit(http, Fetch(host.url("/old")), visit, into=into)
    assert into.getvalue() == b"whole"
