"""Who may do what over HTTP."""

import dataclasses

import pytest
from aiohttp import web
from aiohttp.test_utils import make_mocked_request

from alerter.settings import HttpSettings, Settings
from alerter.web.auth import gate_of, host_name, is_forwarding, is_loopback
from alerter.web.bodies import is_json
from tests.web.answers import problem_of
from tests.web.conftest import Connect
from tests.web.world import Client, World

PUSHED = {"source": "s", "kind": "article", "title": "t", "published_at": "2025-06-09T12:00:00Z"}


def settings(
    *, tokens: str = "", host: str = "127.0.0.1", public_url: str = "http://127.0.0.1:8080"
) -> Settings:
    """Settings with these tokens, bound to this host."""
    return Settings(http=HttpSettings.model_validate({"tokens": tokens, "host": host}), public_url=public_url)


@pytest.fixture
async def guarded(connect: Connect) -> Client:
    """A client of a service with two tokens."""
    return await connect(World(settings=settings(tokens="first-token, second-token")))


@pytest.mark.parametrize("path", ["/livez", "/readyz"])
async def test_probes_need_no_token(guarded: Client, path: str) -> None:
    """An orchestrator asks without knowing a secret."""
    assert (await guarded.get(path)).status == 200


@pytest.mark.parametrize("path", ["/healthz", "/metrics", "/api/v1/alerts", "/", "/openapi.json", "/nowhere"])
async def test_all_else_needs_a_token(guarded: Client, path: str) -> None:
    """Without a token nothing is told, not even what exists."""
    response = await guarded.get(path)

    await problem_of(response, 401)
    assert response.headers["WWW-Authenticate"].startswith("Bearer")


@pytest.mark.parametrize("header", ["Bearer first-token", "bearer second-token", "Bearer   second-token "])
async def test_any_of_the_tokens_opens(guarded: Client, header: str) -> None:
    """Each token serves for reads and writes."""
    shown = {"Authorization": header}

    assert (await guarded.get("/api/v1/alerts", headers=shown)).status == 200
    assert (await guarded.post("/api/v1/signals", json=PUSHED, headers=shown)).status == 200


@pytest.mark.parametrize(
    "header", ["Bearer", "Bearer ", "Bearer wrong", "Basic first-token", "first-token", "Bearer first-token,"]
)
async def test_anything_else_stays_outside(guarded: Client, header: str) -> None:
    """A wrong, empty or differently sent token is refused."""
    await problem_of(await guarded.get("/api/v1/alerts", headers={"Authorization": header}), 401)


async def test_with_a_token_a_proxy_may_stand_between(guarded: Client) -> None:
    """Who holds a token may come from anywhere."""
    shown = {"Authorization": "Bearer first-token", "X-Forwarded-For": "10.0.0.9", "Host": "alerts.example"}

    assert (await guarded.post("/api/v1/signals", json=PUSHED, headers=shown)).status == 200


async def test_a_token_does_not_make_a_form_into_json(guarded: Client) -> None:
    """What is not JSON is refused whoever sends it."""
    shown = {"Authorization": "Bearer first-token"}

    await problem_of(await guarded.post("/api/v1/signals", data={"a": "b"}, headers=shown), 415)


async def test_without_tokens_this_machine_may_write(client: Client) -> None:
    """A loopback peer with a loopback Host and JSON is let in."""
    assert (await client.post("/api/v1/signals", json=PUSHED)).status == 200


@pytest.mark.parametrize(
    "header",
    [
        {"Host": "alerts.example"},
        {"Host": "127.0.0.1.alerts.example"},
        {"Host": "alerts.example:8080"},
        {"Host": "10.0.0.9"},
        {"Host": "127.0.0.1@alerts.example"},
        {"Forwarded": "for=10.0.0.9"},
        {"X-Forwarded-For": "127.0.0.1"},
        {"x-forwarded-proto": "https"},
        {"X-Real-IP": "127.0.0.1"},
        {"Via": "1.1 proxy"},
    ],
)
async def test_without_tokens_a_write_must_come_straight_from_this_machine(
    client: Client, header: dict[str, str]
) -> None:
    """A foreign Host or any sign of a proxy is refused."""
    await problem_of(await client.post("/api/v1/signals", json=PUSHED, headers=header), 403)


async def test_without_tokens_a_foreign_peer_may_not_write(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The peer's address counts, whatever it says of itself."""
    monkeypatch.setattr(web.BaseRequest, "remote", property(lambda _request: "10.0.0.9"))

    await problem_of(await client.post("/api/v1/signals", json=PUSHED), 403)


async def test_a_form_cannot_write(client: Client) -> None:
    """What a page in a browser may send without asking is not JSON, and is refused."""
    await problem_of(await client.post("/api/v1/rules/validate", data={"a": "b"}), 415)


async def test_a_write_to_nowhere_is_told_so(client: Client) -> None:
    """Where there is nothing to write to, the body's type is not the point."""
    await problem_of(await client.post("/nowhere", data="x"), 404)
    await problem_of(await client.post("/api/v1/alerts", data="x"), 405)


async def test_a_name_that_is_pointed_at_loopback_cannot_read(client: Client) -> None:
    """DNS rebinding: on loopback without tokens the Host of a read is checked as well."""
    foreign = {"Host": "attacker.example"}

    await problem_of(await client.get("/api/v1/alerts", headers=foreign), 403)
    assert (await client.get("/livez", headers=foreign)).status == 200


async def test_the_public_address_may_read(connect: Connect) -> None:
    """The host of the public URL is not foreign; writes still need loopback."""
    client = await connect(World(settings=settings(public_url="https://Alerts.example/base")))
    public = {"Host": "alerts.example"}

    assert (await client.get("/api/v1/alerts", headers=public)).status == 200
    await problem_of(await client.post("/api/v1/signals", json=PUSHED, headers=public), 403)


async def test_a_service_bound_to_the_network_is_read_by_any_name(connect: Connect) -> None:
    """Reads are open where the service was bound openly on purpose."""
    client = await connect(World(settings=settings(host="0.0.0.0")))

    assert (await client.get("/api/v1/alerts", headers={"Host": "alerts.example"})).status == 200


def test_tokens_are_kept_as_hashes_only() -> None:
    """Nothing that prints the gate prints a token."""
    gate = gate_of(settings(tokens="very-secret"))

    assert "very-secret" not in repr(dataclasses.asdict(gate))
    assert [len(known) for known in gate.token_hashes] == [32]


def test_tokens_that_hold_none_are_an_error() -> None:
    """A slip of the pen must not open the service."""
    with pytest.raises(ValueError, match="ALERTER_HTTP__TOKENS"):
        gate_of(settings(tokens=" , "))


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("127.0.0.1", True),
        ("127.8.9.10", True),
        ("::1", True),
        ("::ffff:127.0.0.1", True),
        ("localhost", True),
        ("app.localhost", True),
        ("", False),
        ("0.0.0.0", False),
        ("::ffff:10.0.0.9", False),
        ("127.1", False),
        ("localhost.example", False),
    ],
)
def test_loopback_is_recognised(name: str, expected: bool) -> None:
    """Only names and addresses of this very machine are loopback."""
    assert is_loopback(name) is expected


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ("127.0.0.1:8080", "127.0.0.1"),
        ("[::1]:8080", "::1"),
        ("LocalHost", "localhost"),
        ("localhost.", "localhost"),
        ("alerts.example:443", "alerts.example"),
        ("a b", ""),
        ("localhost:80:80", ""),
        ("localhost/path", ""),
        ("", ""),
    ],
)
def test_the_host_is_read_without_its_port(header: str, name: str) -> None:
    """An unclear Host is no name at all."""
    assert host_name(make_mocked_request("GET", "/", headers={"Host": header})) == name


@pytest.mark.parametrize(("header", "expected"), [("X-Forwarded-Host", True), ("Accept", False)])
def test_forwarding_headers_are_recognised(header: str, expected: bool) -> None:
    """Headers that proxies add are told from others."""
    assert is_forwarding(header) is expected


@pytest.mark.parametrize(
    ("media", "expected"),
    [("application/json", True), ("application/problem+json", True), ("text/json", False), ("x+json", False)],
)
def test_json_media_types_are_recognised(media: str, expected: bool) -> None:
    """Only types that a form cannot send count as JSON."""
    assert is_json(media) is expected
