"""What publishers say about refused requests, as it stands in errors."""

import asyncio
from typing import Any

import orjson
import pytest
from aiohttp import web
from hypothesis import given
from hypothesis import strategies as st

from alerter.sources.http import Fetch, FetchError, HttpClient
from alerter.sources.http.refusals import EXCERPT, LONGEST_BODY, excerpt
from tests.sources.conftest import Host

KEY = "s3cr3t/k3y+9"
JSON = {"Content-Type": "application/json; charset=utf-8"}

SAID = [
    (b'{"errors": {"agencies": "bad slug"}}', "agencies: bad slug"),
    (b'{"detail": "Invalid <b>token</b>.\\u0000"}', "Invalid token."),
    (b'{"statusCode": 403, "message": "Out of calls", "hint": null}', "statusCode: 403; Out of calls"),
    (b'{"errors": [{"message": "one"}, "two"], "code": [1, ""]}', "one; two; code: 1"),
    (b'"no"', "no"),
    (b"{}", ""),
    (b"<html>", ""),
    (b"[" * 500 + b'"deep"' + b"]" * 500, ""),
    (b'{"detail": "' + b"x" * LONGEST_BODY + b'"}', ""),
]


@pytest.mark.parametrize(("body", "said"), SAID, ids=range(len(SAID)))
def test_a_refusal_in_json_is_told_in_one_line(body: bytes, said: str) -> None:
    """The leaves stand one after the other, without mark-up, with names that say something."""
    assert excerpt(body, ()) == said


def test_a_long_refusal_is_cut() -> None:
    """Of a long sentence the beginning is told."""
    told = excerpt(b'{"detail": "' + b"word " * 200 + b'"}', ())
    assert (len(told) <= EXCERPT, told[-1]) == (True, "…")


@pytest.mark.parametrize(
    "form", [KEY, KEY.upper(), "s3cr3t%2Fk3y%2B9", "s3cr3t\\/k3y+9", "s3cr3t\\u200b/k3y+9"]
)
def test_a_key_that_is_repeated_is_masked(form: str) -> None:
    """However the publisher writes the key in its answer, it stands in no excerpt."""
    told = excerpt(f'{{"detail": "the key {form} is unknown"}}'.encode(), [KEY])
    assert told == "the key *** is unknown"


@given(st.text(alphabet="abc123", min_size=4, max_size=12), st.text(max_size=200), st.text(max_size=200))
def test_no_excerpt_holds_a_key(key: str, before: str, after: str) -> None:
    """Whatever stands around it, a key is masked."""
    assert key not in excerpt(orjson.dumps({"detail": before + key + after}), [key]).lower()


async def failure(http: HttpClient, request: Fetch) -> str:
    """What the error that the request raises says."""
    with pytest.raises(FetchError) as caught:
        await http.fetch(request)
    return str(caught.value)


OPTIONS: dict[str, dict[str, Any]] = {
    "a header": {"headers": {"Authorization": f"Token {KEY}"}},
    "a parameter": {"secrets": [("key", KEY)]},
}


@pytest.mark.parametrize("options", OPTIONS.values(), ids=OPTIONS)
async def test_a_refused_key_is_told_by_its_setting(
    host: Host, http: HttpClient, options: dict[str, Any]
) -> None:
    """The error names the setting and the publisher's reason, and hides the key that the reason repeats."""
    host.on("/a", f'{{"detail": "{KEY} has expired"}}', status=401, headers=JSON)
    told = await failure(http, Fetch(host.url("/a"), key_setting="ALERTER_KEYS__X", **options))
    assert told.endswith(
        "/a wants a key or refuses ours (401; the key is set by ALERTER_KEYS__X): *** has expired"
    )


async def test_a_login_in_the_address_is_masked(host: Host, http: HttpClient) -> None:
    """Neither the user nor the password of an address comes back in an error."""
    host.on("/a", '{"detail": "alice-17 with hunter-22 is unknown"}', status=403, headers=JSON)
    told = await failure(http, Fetch(host.url("/a").replace("://", "://alice-17:hunter-22@")))
    assert told.endswith("(403): *** with *** is unknown")


async def test_a_key_that_went_nowhere_is_not_blamed(host: Host, other_host: Host, http: HttpClient) -> None:
    """Another host that refuses access was never sent the key."""
    host.on("/a", status=302, headers={"Location": other_host.url("/b")})
    other_host.on("/b", status=403)
    told = await failure(http, Fetch(host.url("/a"), key_setting="ALERTER_KEYS__X", secrets=[("key", KEY)]))
    assert told.endswith("/b refuses access (403)")


@pytest.mark.parametrize(("status", "kind"), [(500, "application/json"), (404, "text/html")])
async def test_other_bodies_are_left_unread(host: Host, http: HttpClient, status: int, kind: str) -> None:
    """A server's fault and a web page are told by their status."""
    host.on("/a", '{"detail": "told"}', status=status, headers={"Content-Type": kind})
    assert (await failure(http, Fetch(host.url("/a")))).endswith(f"({status})")


async def test_a_long_body_does_not_hide_the_refusal(host: Host, http: HttpClient) -> None:
    """A body without a length that never ends costs a few kilobytes, and the status is told."""

    async def endless(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(status=400, headers=JSON)
        await response.prepare(request)
        try:
            for _ in range(10_000):
                await response.write(b"[" * 4_096)
                await asyncio.sleep(0)
        except ConnectionError:
            pass
        return response

    host.on("/a", handler=endless)
    assert (await failure(http, Fetch(host.url("/a")))).endswith("(400)")


async def test_a_broken_body_does_not_hide_the_refusal(host: Host, http: HttpClient) -> None:
    """Where the connection ends amid the words, the status is told."""

    async def broken(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(status=400, headers={**JSON, "Content-Length": "100"})
        await response.prepare(request)
        await response.write(b'{"detail"')
        assert request.transport is not None
        request.transport.close()
        return response

    host.on("/a", handler=broken)
    assert (await failure(http, Fetch(host.url("/a")))).endswith("(400)")
