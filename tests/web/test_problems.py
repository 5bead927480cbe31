"""Errors as problem documents."""

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from structlog.testing import capture_logs

from alerter.web.app import SECURITY_HEADERS, build_app
from alerter.web.problems import Problem, problems
from tests.web.answers import problem_of
from tests.web.world import Client, World

LATER_WORK = [
    "/api/v1/incidents",
    "/api/v1/measures",
    "/api/v1/silences",
    "/api/v1/series",
    "/api/v1/digests",
    "/slack/actions",
    "/api/v2/signals",
    "/%00",
]


@pytest.mark.parametrize("path", LATER_WORK)
async def test_an_unknown_path_is_a_problem(client: Client, path: str) -> None:
    """What does not exist is a 404 document."""
    await problem_of(await client.get(path), 404)


async def test_a_wrong_method_is_a_problem_that_names_the_right_ones(client: Client) -> None:
    """A 405 keeps its Allow header."""
    response = await client.delete("/api/v1/alerts", json={})

    await problem_of(response, 405)
    assert response.headers["Allow"] == "GET,HEAD"


async def test_a_surprise_is_logged_once_counted_and_not_shown(
    world: World, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A fault of our own is a 500 without a word of the inside."""

    async def broken(*_args: object) -> object:
        raise RuntimeError("secret detail")

    monkeypatch.setattr(world.store.judgements, "recent", broken)

    with capture_logs() as logs:
        response = await client.get("/api/v1/alerts")

    document = await problem_of(response, 500)
    assert "secret detail" not in str(document)
    assert [line["event"] for line in logs] == ["web_surprise"]
    assert world.figure("alerter_errors_total", where="web") == 1


async def test_a_problem_keeps_its_headers() -> None:
    """What a problem says beside its document reaches the client."""
    assert Problem(429, "later", headers={"Retry-After": "3"}).answer().headers["Retry-After"] == "3"


async def test_what_is_no_error_passes_the_middleware() -> None:
    """A redirect is not a problem."""

    async def moved(_request: web.Request) -> web.StreamResponse:
        raise web.HTTPFound("/there")

    app = web.Application(middlewares=[problems])
    app.router.add_get("/moved", moved)
    async with TestClient(TestServer(app)) as client:
        response = await client.get("/moved", allow_redirects=False)
        assert response.status == 302


@pytest.mark.parametrize("path", ["/livez", "/nowhere", "/api/v1/alerts", "/metrics", "/"])
async def test_every_answer_carries_the_security_headers(client: Client, path: str) -> None:
    """Errors carry them too, and nothing says that other origins may read."""
    response = await client.get(path)

    for name, value in SECURITY_HEADERS.items():
        assert response.headers[name] == value
    assert "Access-Control-Allow-Origin" not in response.headers
    assert "aiohttp" not in response.headers["Server"]


async def test_a_client_that_waits_for_it_is_asked_for_its_body(client: Client) -> None:
    """`Expect: 100-continue` is answered, other expectations are passed over."""
    pushed = {"source": "s", "kind": "article", "title": "t", "published_at": "2025-06-09T12:00:00Z"}

    assert (await client.post("/api/v1/signals", json=pushed, expect100=True)).status == 200
    assert (await client.post("/api/v1/signals", json=pushed, headers={"Expect": "luck"})).status == 200


def test_an_application_is_built_without_a_running_loop() -> None:
    """Composition needs no loop."""
    assert build_app(World().context())
