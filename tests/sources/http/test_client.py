"""The polite and guarded client against helpful, broken and hostile hosts."""

import asyncio
import gzip
import threading
import tracemalloc
import zlib
from datetime import timedelta

import brotli  # type: ignore[import-untyped]  # ships no types
import pytest
from aiohttp import web
from aiohttp.test_utils import unused_port

from alerter.sources.http import Fetch, FetchError, HttpClient, Limits, Validators, default_user_agent
from tests.sources.conftest import AGENT, Host


async def failure(http: HttpClient, url: str) -> FetchError:
    """The error that fetching this address raises."""
    with pytest.raises(FetchError) as caught:
        await http.fetch(Fetch(url))
    return caught.value


async def test_an_answer_comes_with_its_validators_and_freshness(host: Host, http: HttpClient) -> None:
    """Body, address, validators and max-age are handed back; the client names itself."""
    host.on("/feed", "hello", headers={"ETag": '"1"', "Last-Modified": "then", "Cache-Control": "max-age=90"})
    got = await http.fetch(Fetch(host.url("/feed"), accept="text/xml", headers={"X-Key": "k"}))
    assert (got.status, got.body, got.not_modified) == (200, b"hello", False)
    assert got.url == host.url("/feed")
    assert got.validators == Validators(url=host.url("/feed"), etag='"1"', last_modified="then")
    assert got.max_age == timedelta(seconds=90)
    assert got.moved_to is None
    sent = host.asked[0].headers
    assert (sent["User-Agent"], sent["Accept"], sent["X-Key"]) == (AGENT, "text/xml", "k")


def test_the_usual_name_carries_a_contact() -> None:
    """The user agent names the program, its version and an address."""
    assert default_user_agent("https://desk.example").startswith("alerter/")
    assert default_user_agent("https://desk.example").endswith(" (+https://desk.example)")


async def test_parameters_join_the_address(host: Host, http: HttpClient) -> None:
    """Repeated and bracketed parameters arrive as they are meant."""
    host.on("/api", "{}")
    await http.fetch(Fetch(host.url("/api?x=1"), params=[("a[]", "one two"), ("a[]", "ü&")]))
    assert list(host.asked[0].query.items()) == [("x", "1"), ("a[]", "one two"), ("a[]", "ü&")]


async def test_a_conditional_request_may_find_nothing_new(host: Host, http: HttpClient) -> None:
    """On 304 the body is empty, new validators replace old ones and the rest stays."""
    host.on("/feed", status=304, headers={"ETag": '"2"'})
    known = Validators(url=host.url("/feed"), etag='"1"', last_modified="then")
    got = await http.fetch(Fetch(host.url("/feed"), validators=known))
    assert (got.not_modified, got.body) == (True, b"")
    assert got.validators == Validators(url=host.url("/feed"), etag='"2"', last_modified="then")
    assert host.asked[0].headers["If-None-Match"] == '"1"'
    assert host.asked[0].headers["If-Modified-Since"] == "then"


async def test_validators_go_only_to_the_address_that_issued_them(host: Host, http: HttpClient) -> None:
    """Another address is asked without conditions, and its 304 is an error."""
    host.on("/feed", status=304)
    known = Validators(url=host.url("/old"), etag='"1"')
    with pytest.raises(FetchError, match="304"):
        await http.fetch(Fetch(host.url("/feed"), validators=known))
    assert "If-None-Match" not in host.asked[0].headers


async def test_now_and_then_a_request_goes_out_unconditional(host: Host) -> None:
    """When chance falls under the share, the conditions stay at home."""
    host.on("/feed", "body")
    known = Validators(url=host.url("/feed"), etag='"1"')
    async with HttpClient(user_agent=AGENT, allow_private_networks=True, chance=lambda: 0.009) as http:
        await http.fetch(Fetch(host.url("/feed"), validators=known))
    assert "If-None-Match" not in host.asked[0].headers


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (204, "unusable"),
        (206, "unusable"),
        (300, "unusable"),
        (401, "key"),
        (403, "refuses access"),
        (404, "nothing at this address"),
        (410, "gone"),
        (418, "unusable"),
        (429, "fewer requests"),
        (500, "failed"),
        (502, "failed"),
        (503, "unavailable"),
    ],
)
async def test_a_bad_status_is_an_error_in_plain_words(
    host: Host, http: HttpClient, status: int, words: str
) -> None:
    """The error says what the status means, its number and the place, without the query."""
    host.on("/feed", "page", status=status)
    error = await failure(http, host.url("/feed") + "?key=secret")
    assert words in str(error)
    assert f"({status})" in str(error)
    assert "secret" not in str(error)
    assert error.status == status


@pytest.mark.parametrize(("status", "waits"), [(429, True), (503, True), (500, False)])
async def test_the_publisher_says_when_to_come_back(
    host: Host, http: HttpClient, status: int, waits: bool
) -> None:
    """Retry-After counts with 429 and with 503."""
    host.on("/feed", status=status, headers={"Retry-After": "77"})
    error = await failure(http, host.url("/feed"))
    assert error.retry_after == (timedelta(seconds=77) if waits else None)


async def test_permanent_redirects_are_reported(host: Host, other_host: Host, http: HttpClient) -> None:
    """A chain of 301 and 308 tells where the source has moved."""
    host.on("/old", status=301, headers={"Location": "/older"})
    host.on("/older", status=308, headers={"Location": other_host.url("/new") + "#part"})
    other_host.on("/new", "here")
    got = await http.fetch(Fetch(host.url("/old")))
    assert (got.body, got.url, got.moved_to) == (b"here", other_host.url("/new"), other_host.url("/new"))


@pytest.mark.parametrize("first", [302, 303, 307])
async def test_passing_redirects_are_followed_and_forgotten(host: Host, http: HttpClient, first: int) -> None:
    """One temporary redirect in the chain and nothing has moved for good."""
    host.on("/a", status=first, headers={"Location": "/b"})
    host.on("/b", status=301, headers={"Location": "/c"})
    host.on("/c", "here")
    got = await http.fetch(Fetch(host.url("/a")))
    assert (got.body, got.moved_to) == (b"here", None)


async def test_keys_are_not_sent_to_another_host(host: Host, other_host: Host, http: HttpClient) -> None:
    """A redirect to another origin goes without the request's own headers, one at home keeps them."""
    host.on("/a", status=302, headers={"Location": "/b"})
    host.on("/b", status=302, headers={"Location": other_host.url("/c")})
    other_host.on("/c", "here")
    await http.fetch(Fetch(host.url("/a"), headers={"Authorization": "Token t"}))
    assert [r.headers.get("Authorization") for r in host.asked] == ["Token t", "Token t"]
    assert other_host.asked[0].headers.get("Authorization") is None


async def test_endless_redirects_end(host: Host, http: HttpClient) -> None:
    """After five redirects the client gives up."""
    host.on("/loop", status=302, headers={"Location": "/loop"})
    assert "more than 5 redirects" in str(await failure(http, host.url("/loop")))
    assert len(host.asked) == 6


@pytest.mark.parametrize(
    ("location", "words"),
    [
        ("file:///etc/passwd", "not an http"),
        ("ftp://example.com/", "not an http"),
        ("http://[::1", "no address"),
        ("", "without saying where"),
    ],
)
async def test_redirects_that_lead_nowhere_are_refused(
    host: Host, http: HttpClient, location: str, words: str
) -> None:
    """Other schemes and broken addresses are errors, not crashes."""
    host.on("/a", status=302, headers={"Location": location} if location else {})
    assert words in str(await failure(http, host.url("/a")))


@pytest.mark.parametrize("url", ["ftp://example.com/", "feed", "", "http://[::1", "file:///etc/passwd"])
async def test_only_web_addresses_are_fetched(http: HttpClient, url: str) -> None:
    """What is no http or https address is refused before anything is sent."""
    assert "address" in str(await failure(http, url))


async def test_a_body_over_the_limit_is_cut_off(host: Host, http: HttpClient) -> None:
    """Oversized bodies are refused, with the limit in the message."""
    host.on("/big", b"x" * 100_001)
    host.on("/fits", b"x" * 100_000)
    assert "more than 100,000 bytes" in str(await failure(http, host.url("/big")))
    assert len((await http.fetch(Fetch(host.url("/fits")))).body) == 100_000


def packed(raw: bytes, coding: str) -> bytes:
    """The bytes in a content coding."""
    if coding == "gzip":
        return gzip.compress(raw)
    return zlib.compress(raw) if coding == "deflate" else bytes(brotli.compress(raw, quality=1))


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br"])
async def test_compression_bombs_are_bounded(host: Host, http: HttpClient, coding: str) -> None:
    """A few kilobytes that unpack to 64 MB are refused at the limit, without ever being held unpacked."""
    host.on("/bomb", packed(bytes(64 * 1024 * 1024), coding), headers={"Content-Encoding": coding})
    tracemalloc.start()
    error = await failure(http, host.url("/bomb"))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert "more than 100,000 bytes" in str(error)
    assert peak < 8 * 1024 * 1024


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br"])
async def test_compressed_bodies_are_unpacked(host: Host, http: HttpClient, coding: str) -> None:
    """gzip, deflate and brotli are understood."""
    host.on("/feed", packed(b"hello", coding), headers={"Content-Encoding": coding})
    assert (await http.fetch(Fetch(host.url("/feed")))).body == b"hello"


@pytest.mark.parametrize("coding", ["gzip", "br"])
async def test_broken_compression_is_an_error(host: Host, http: HttpClient, coding: str) -> None:
    """A body that does not unpack is named as broken."""
    host.on("/feed", b"not packed at all", headers={"Content-Encoding": coding})
    assert "broken" in str(await failure(http, host.url("/feed")))


async def test_a_dripping_host_runs_out_of_time(host: Host) -> None:
    """A body that never ends is given up after the total time."""
    stop = asyncio.Event()

    async def drip(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        await response.write(b"x")
        await stop.wait()
        return response

    host.on("/drip", handler=drip)
    limits = Limits(total=timedelta(milliseconds=150))
    async with HttpClient(user_agent=AGENT, allow_private_networks=True, limits=limits) as http:
        assert "did not answer in time" in str(await failure(http, host.url("/drip")))
    stop.set()


async def test_redirects_share_one_budget_of_time(host: Host) -> None:
    """Slow redirects do not each get the whole time."""

    async def slow(_request: web.Request) -> web.StreamResponse:
        await asyncio.get_running_loop().run_in_executor(None, pause.wait, 0.08)
        return web.Response(status=302, headers={"Location": "/slow"})

    pause = threading.Event()
    host.on("/slow", handler=slow)
    limits = Limits(total=timedelta(milliseconds=200), spacing=timedelta(0))
    async with HttpClient(user_agent=AGENT, allow_private_networks=True, limits=limits) as http:
        assert "did not answer in time" in str(await failure(http, host.url("/slow")))


async def test_a_dropped_connection_is_an_error(host: Host, http: HttpClient) -> None:
    """A host that hangs up without an answer is named."""

    async def hang_up(request: web.Request) -> web.StreamResponse:
        assert request.transport is not None
        request.transport.abort()
        return web.Response()

    host.on("/feed", handler=hang_up)
    assert "closed the connection" in str(await failure(http, host.url("/feed")))


async def test_a_body_cut_short_is_an_error(host: Host, http: HttpClient) -> None:
    """Fewer bytes than announced are not taken for a whole document."""

    async def cut(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Length": "100"})
        await response.prepare(request)
        await response.write(b"x" * 10)
        assert request.transport is not None
        request.transport.close()
        return response

    host.on("/feed", handler=cut)
    assert "broken or incomplete" in str(await failure(http, host.url("/feed")))


async def test_an_unreachable_host_is_an_error(http: HttpClient) -> None:
    """A refused connection and an unknown name are told apart in words."""
    assert "cannot be reached" in str(await failure(http, f"http://127.0.0.1:{unused_port()}/"))
    assert "no such host" in str(await failure(http, "http://nowhere.invalid/"))


async def test_tls_trouble_is_an_error(host: Host, http: HttpClient) -> None:
    """https to a host that speaks none is an error of TLS or of the connection."""
    assert "TLS failed" in str(await failure(http, host.url("/").replace("http://", "https://")))


async def test_sources_do_not_reach_private_networks(host: Host) -> None:
    """Without leave, loopback is refused in every spelling, and the message says how to allow it."""
    async with HttpClient(user_agent=AGENT) as http:
        for name in ("127.0.0.1", "localhost", "2130706433", "[::ffff:7f00:1]"):
            error = await failure(http, f"http://{name}:{host.server.port}/feed")
            assert "ALERTER_ALLOW_PRIVATE_NETWORKS" in str(error)
    assert host.asked == []


async def test_credentials_do_not_show(host: Host, http: HttpClient) -> None:
    """A password in the address is used, and shows neither in the answer's address nor in errors."""
    host.on("/feed", "body")
    address = host.url("/feed").replace("http://", "http://user:hush@")
    assert "hush" not in (await http.fetch(Fetch(address))).url
    assert host.asked[0].headers["Authorization"].startswith("Basic ")
    assert "hush" not in str(await failure(http, address.replace("/feed", "/other")))


async def test_json_answers_are_told_apart(host: Host, http: HttpClient) -> None:
    """JSON is read; an empty answer, a web page and other text are three different errors."""
    host.on("/json", '{"a": 1}')
    host.on("/empty", " ")
    host.on("/page", "<html><title>Down</title>")
    host.on("/text", "Your query was too short")
    host.on("/marked", b'\xef\xbb\xbf{"a": 1}')
    for path in ("/json", "/marked"):
        assert (await http.fetch(Fetch(host.url(path)))).json() == {"a": 1}
    for path, words in {"/empty": "empty answer", "/page": "“Down”", "/text": "not JSON"}.items():
        with pytest.raises(FetchError, match=words):
            (await http.fetch(Fetch(host.url(path)))).json()


async def test_a_closed_client_opens_again(host: Host, http: HttpClient) -> None:
    """Closing twice is harmless, and a later fetch works."""
    host.on("/feed", "body")
    await http.close()
    await http.close()
    assert (await http.fetch(Fetch(host.url("/feed")))).host == "127.0.0.1"
