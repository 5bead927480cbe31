"""The webhook notifier against a local HTTP server."""

import hashlib
import hmac
import socket
from collections.abc import AsyncIterator
from datetime import timedelta

import aiohttp
import orjson
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer, unused_port
from pydantic import SecretStr, ValidationError

from alerter.core.alert import Change
from alerter.core.delivery import Outcome
from alerter.guard import guarded_session
from alerter.notifiers.base import Notifier
from alerter.notifiers.webhook import NOT_ENDED, WebhookConfig, classify, payload, signature
from tests.notifiers.samples import CASES, a_delivery, a_member, context, settings
from tests.support.signals import NOON

HOME = "https://alerter.example"


class Endpoint:
    """Keeps what arrives, and answers as told."""

    def __init__(self) -> None:
        self.requests: list[tuple[dict[str, str], bytes]] = []
        self.status = 200
        self.headers: dict[str, str] = {}
        self.body = b"thanks"
        self.hang_up = False

    async def answer(self, request: web.Request) -> web.Response:
        self.requests.append((dict(request.headers), await request.read()))
        if self.hang_up and request.transport:
            request.transport.close()
        return web.Response(status=self.status, headers=self.headers, body=self.body)


@pytest.fixture
async def endpoint() -> Endpoint:
    """The endpoint that `url` leads to."""
    return Endpoint()


@pytest.fixture
async def url(endpoint: Endpoint) -> AsyncIterator[str]:
    """The endpoint's address, with a token in it."""
    app = web.Application()
    app.router.add_post("/hook", endpoint.answer)
    async with TestServer(app) as server:
        yield str(server.make_url("/hook?token=s3cret"))


def a_webhook(url: str, session: aiohttp.ClientSession, secret: str | None = None) -> Notifier:
    """The notifier that a receiver would get."""
    config = WebhookConfig.model_validate({"url": url, "secret": secret})
    (destination,) = config.build("desk", context(session))
    assert destination.id == "desk/webhook"
    return destination.notifier


async def test_an_accepted_post_is_delivered(
    endpoint: Endpoint, url: str, session: aiohttp.ClientSession
) -> None:
    """A 2xx delivers, and the body is Alertmanager's version 4."""
    outcome = await a_webhook(url, session).send(a_delivery())
    ((headers, body),) = endpoint.requests
    assert outcome == Outcome(kind="delivered")
    assert headers["Content-Type"] == "application/json"
    assert orjson.loads(body)["version"] == "4"
    assert "X-Alerter-Signature" not in headers


async def test_every_attempt_carries_the_same_key_and_body(
    endpoint: Endpoint, url: str, session: aiohttp.ClientSession
) -> None:
    """A second attempt of a delivery can be recognised as one."""
    notifier = a_webhook(url, session)
    await notifier.send(a_delivery())
    await notifier.send(a_delivery(attempt=2, uncertain=True))
    (first, first_body), (second, second_body) = endpoint.requests
    assert first["Idempotency-Key"] == second["Idempotency-Key"] == "d1"
    assert first_body == second_body


async def test_the_signature_covers_time_and_body(
    endpoint: Endpoint, url: str, session: aiohttp.ClientSession
) -> None:
    """A receiver that knows the secret can verify what it got."""
    await a_webhook(url, session, "tell no one").send(a_delivery())
    ((headers, body),) = endpoint.requests
    stamp, mac = (part.split("=")[1] for part in headers["X-Alerter-Signature"].split(","))
    expected = hmac.new(b"tell no one", f"{stamp}.".encode() + body, hashlib.sha256).hexdigest()
    assert mac == expected
    assert int(stamp) == NOON.timestamp()


def test_the_signature_formula_is_fixed() -> None:
    """The formula may not change under receivers that rely on it."""
    mac = "6d7b3a4aaeb96ff39c356c41407afe02f1227c8738c1d6ef471a5c5a8c62da05"
    assert signature("k", b"{}", NOON) == f"t=1749470400,v1={mac}"


@pytest.mark.parametrize(
    ("status", "headers", "kind", "wait"),
    [
        (204, {}, "delivered", 0),
        (301, {"Location": "http://127.0.0.1:1/"}, "dead", 0),
        (400, {}, "dead", 0),
        (401, {}, "dead", 0),
        (404, {}, "dead", 0),
        (408, {}, "retry", 0),
        (425, {}, "retry", 0),
        (429, {"Retry-After": "7"}, "retry", 7),
        (429, {}, "retry", 0),
        (500, {}, "ambiguous", 0),
        (502, {}, "ambiguous", 0),
        (503, {}, "ambiguous", 0),
        (503, {"Retry-After": "30"}, "retry", 30),
    ],
)
async def test_statuses_are_classified(
    endpoint: Endpoint,
    url: str,
    session: aiohttp.ClientSession,
    *,
    status: int,
    headers: dict[str, str],
    kind: str,
    wait: int,
) -> None:
    """Each status is delivered, worth a retry, ambiguous or dead, and says which it was."""
    endpoint.status, endpoint.headers = status, headers
    outcome = await a_webhook(url, session).send(a_delivery())
    assert (outcome.kind, outcome.retry_after) == (kind, timedelta(seconds=wait))
    assert kind == "delivered" or str(status) in outcome.reason
    assert len(endpoint.requests) == 1


async def test_a_huge_answer_is_not_read(
    endpoint: Endpoint, url: str, session: aiohttp.ClientSession
) -> None:
    """An answer of megabytes still delivers, and is dropped."""
    endpoint.body = b"x" * 5_000_000
    outcome = await a_webhook(url, session).send(a_delivery())
    assert outcome.kind == "delivered"


async def test_a_line_that_drops_after_the_body_is_ambiguous(
    endpoint: Endpoint, url: str, session: aiohttp.ClientSession
) -> None:
    """The endpoint may have taken what it did not answer; the token stays unsaid."""
    endpoint.hang_up = True
    outcome = await a_webhook(url, session).send(a_delivery())
    assert outcome.kind == "ambiguous"
    assert "s3cret" not in outcome.reason
    assert len(endpoint.requests) == 1


async def test_silence_after_the_body_is_ambiguous(
    session: aiohttp.ClientSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No answer in time, after the request went out, may have been an acceptance."""
    monkeypatch.setattr("alerter.notifiers.webhook.TIMEOUT", aiohttp.ClientTimeout(total=0.05))
    with socket.create_server(("127.0.0.1", 0)) as listening:  # the kernel connects, no one ever answers
        port = listening.getsockname()[1]
        outcome = await a_webhook(f"http://127.0.0.1:{port}/hook", session).send(a_delivery())
    assert outcome.kind == "ambiguous"
    assert "no answer in time" in outcome.reason


async def test_a_closed_port_is_tried_again(session: aiohttp.ClientSession) -> None:
    """Nothing was sent, so nothing can have arrived."""
    url = f"http://user:pa55@127.0.0.1:{unused_port()}/T0/s3cret"
    outcome = await a_webhook(url, session).send(a_delivery())
    assert outcome.kind == "retry"
    assert "127.0.0.1" in outcome.reason
    assert not {"s3cret", "pa55"} & set(outcome.reason.replace("/", " ").replace("@", " ").split())


@pytest.mark.parametrize("host", ["127.0.0.1:9", "localhost:9", "[::1]:9", "2130706433:9"])
async def test_an_address_that_the_guard_refuses_is_dead(host: str) -> None:
    """The reason tells what was refused and which setting would allow it."""
    async with guarded_session() as guarded:
        outcome = await a_webhook(f"http://{host}/s3cret", guarded).send(a_delivery())
    assert outcome.kind == "dead"
    assert "ALERTER_ALLOW_PRIVATE_NETWORKS" in outcome.reason
    assert "s3cret" not in outcome.reason


async def test_an_impossible_address_is_dead(session: aiohttp.ClientSession) -> None:
    """An address that no request can be made to ends at once, in words."""
    outcome = await a_webhook("http://a..b/s3cret", session).send(a_delivery())
    assert (outcome.kind, "s3cret" in outcome.reason) == ("dead", False)


@pytest.mark.parametrize(
    "url", ["ftp://x.example/", "no address", "https:///x", "", "http://[::1", "http://a:99999/"]
)
def test_only_web_addresses_are_taken(url: str) -> None:
    """A wrong address is found when the configuration is read, and is not repeated in the error."""
    with pytest.raises(ValidationError) as raised:
        WebhookConfig.model_validate({"url": url})
    assert not url or url not in str(raised.value)


def test_nothing_is_missing_and_secrets_hide() -> None:
    """A configured webhook needs nothing of the environment, and its text tells no secret."""
    config = WebhookConfig(url=SecretStr("https://x.example/T0K"), secret=SecretStr("hush"))
    assert config.missing(settings()) is None
    assert "T0K" not in repr(config)
    assert "hush" not in repr(config)


def test_the_payload_tells_rule_figure_threshold_evidence_and_id() -> None:
    """Everything an alert is explained by stands in its labels and annotations."""
    body = payload(a_delivery(), HOME)
    (alert,) = orjson.loads(orjson.dumps(body))["alerts"]
    assert alert["labels"] == {
        "alertname": "reported-export-fall",
        "rule": "reported-export-fall",
        "severity": "warning",
        "commodity": "rare-earth-magnets",
        "origin": "CN",
    }
    notes = alert["annotations"]
    assert (notes["figure"], notes["threshold"], notes["reason"]) == ("-33 %", "-20 %", "change_below")
    assert (notes["change"], notes["episode"], notes["fingerprint"]) == ("fired", "1", alert["fingerprint"])
    (piece,) = orjson.loads(notes["evidence"])
    assert (piece["url"], piece["quote"]) == ("https://news.example/magnets-1", "fell by a third")
    assert (alert["startsAt"], alert["endsAt"]) == ("2025-06-09T12:00:00Z", NOT_ENDED)
    assert alert["generatorURL"] == f"{HOME}/api/v1/alerts/{alert['fingerprint']}"


def test_what_alerts_share_is_told_once_more() -> None:
    """Common labels and annotations hold what is equal in every alert, and only that."""
    body = payload(a_delivery(a_member(), a_member(Change.UPDATED, name="b", severity="critical")), HOME)
    common, notes = body["commonLabels"], body["commonAnnotations"]
    assert isinstance(common, dict)
    assert isinstance(notes, dict)
    assert common["commodity"] == "rare-earth-magnets"
    assert "severity" not in common
    assert "change" not in notes
    assert (body["groupKey"], body["receiver"], body["status"]) == ("magnets", "desk", "firing")


@pytest.mark.parametrize("name", CASES)
def test_every_case_makes_json_of_texts(name: str) -> None:
    """Labels and annotations are texts, whatever the alert."""
    body = orjson.loads(orjson.dumps(payload(CASES[name](), HOME)))
    for alert in body["alerts"]:
        assert all(isinstance(value, str) for value in {**alert["labels"], **alert["annotations"]}.values())
    assert body["status"] == ("resolved" if name in {"resolved", "withdrawn"} else "firing")


def test_a_resolved_alert_has_an_end() -> None:
    """`endsAt` is when it resolved."""
    body = orjson.loads(orjson.dumps(payload(CASES["resolved"](), HOME)))
    assert body["alerts"][0]["endsAt"] == "2025-06-09T15:00:00Z"


def test_a_redirect_says_what_to_do() -> None:
    """The words lead the operator to the final address."""
    assert "final address" in classify(308, {}, NOON).reason
