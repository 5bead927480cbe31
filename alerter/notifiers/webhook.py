"""Posts notifications to any HTTP endpoint as Alertmanager's version-4 payload, keyed and signed.

The body follows https://prometheus.io/docs/alerting/latest/configuration/#webhook_config, so that what reads
Alertmanager reads this; what is ours stands in each alert's annotations (all of them texts):

    summary, reason, figure, threshold, change, fingerprint, episode, evidence_count, and evidence, which is a
    JSON list of {"title", "url", "quote", "source", "published_at"}.

`Idempotency-Key` is the delivery's id, the same in every attempt, and so is the body. With a secret,

    X-Alerter-Signature: t=<unix seconds>,v1=<hex>
    hex = HMAC-SHA256(key = secret in UTF-8, message = ASCII(t) + "." + the raw body)

A receiver computes `v1` over the bytes it got, compares in constant time, and refuses a `t` that is too old.
"""

import hashlib
import hmac
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from functools import lru_cache
from typing import Annotated, ClassVar
from urllib.parse import urlsplit

import aiohttp
import orjson
from aiohttp.abc import AbstractStreamWriter
from pydantic import AfterValidator, SecretStr

from alerter.core.alert import Alert
from alerter.core.delivery import Delivery, Member, Outcome
from alerter.notifiers import content
from alerter.notifiers.base import Destination, NotifierConfig, NotifierContext
from alerter.notifiers.outcomes import (
    ambiguous,
    dead,
    delivered,
    origin,
    retry,
    was_refused_by_guard,
    wished_wait,
)
from alerter.settings import Settings

TIMEOUT = aiohttp.ClientTimeout(total=10, sock_connect=5)
ANSWER_READ = 65536
"""Bytes of an answer that are read, so that the connection can serve again; what is beyond closes it."""
NOT_ENDED = "0001-01-01T00:00:00Z"
"""What Alertmanager writes for an alert without an end."""


def _http_address(url: SecretStr) -> SecretStr:
    parts = urlsplit(url.get_secret_value())
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.port == 0:
        raise ValueError("not a web address: write it like https://example.com/hook")
    return url


class WebhookConfig(NotifierConfig):
    """`webhook: {url: https://…, secret: …}`. Both are kept secret: an address often carries a token."""

    key: ClassVar[str] = "webhook"
    url: Annotated[SecretStr, AfterValidator(_http_address)]
    secret: SecretStr | None = None

    def build(self, receiver: str, context: NotifierContext) -> Sequence[Destination]:
        """Always one destination."""
        return [Destination(f"{receiver}/{self.key}", Webhook(self, context))]

    def missing(self, settings: Settings) -> str | None:
        """Nothing: the address stands in the configuration."""
        del settings
        return None


class Webhook:
    """Posts each delivery once per attempt; follows no redirects, and reads little of the answer."""

    def __init__(self, config: WebhookConfig, context: NotifierContext) -> None:
        self._url = config.url.get_secret_value()
        self._secret = config.secret.get_secret_value() if config.secret else ""
        self._context = context

    async def send(self, delivery: Delivery) -> Outcome:
        """Post the delivery and classify the answer."""
        body = _Body(orjson.dumps(payload(delivery, self._context.settings.public_url)))
        try:
            return await self._post(body, delivery.id)
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
            return _failure(error, body=body, place=origin(self._url))

    async def _post(self, body: "_Body", delivery: str) -> Outcome:
        async with self._context.session.post(
            self._url,
            data=body,
            headers=self._headers(body.raw, delivery),
            allow_redirects=False,
            timeout=TIMEOUT,
        ) as response:
            with suppress(aiohttp.ClientError, TimeoutError):  # the status has decided already
                await response.content.read(ANSWER_READ)
            return classify(response.status, response.headers, self._context.now())

    def _headers(self, body: bytes, delivery: str) -> dict[str, str]:
        headers = {
            "Content-Type": "application/json",
            "User-Agent": "alerter",
            "Idempotency-Key": content.plain(delivery),
            "Accept-Encoding": "identity",  # an answer is not worth unpacking
        }
        if self._secret:
            headers["X-Alerter-Signature"] = signature(self._secret, body, self._context.now())
        return headers


def signature(secret: str, body: bytes, at: datetime) -> str:
    """`t=<unix seconds>,v1=<hex HMAC-SHA256 of t + "." + body>`."""
    stamp = str(int(at.timestamp()))
    mac = hmac.new(secret.encode(), stamp.encode() + b"." + body, hashlib.sha256)
    return f"t={stamp},v1={mac.hexdigest()}"


def classify(status: int, headers: Mapping[str, str], now: datetime) -> Outcome:
    """What an answer's status says of the delivery."""
    if 200 <= status < 300:
        return delivered()
    reason = f"answered {status}"
    wait = wished_wait(headers, now)
    if status in {408, 425, 429} or (status == 503 and wait is not None):
        return retry(reason, wait) if wait is not None else retry(reason)
    if status >= 500:
        return ambiguous(reason)
    if 300 <= status < 400:
        return dead(f"{reason}: redirects are not followed, configure the final address")
    return dead(reason)


def payload(delivery: Delivery, public_url: str) -> dict[str, object]:
    """Alertmanager's version-4 webhook body of a delivery."""
    members = delivery.members
    labels = [_labels(member.alert) for member in members]
    annotations = [_annotations(member) for member in members]
    alerts = [
        {"labels": own, "annotations": noted, **_standing(member.alert, public_url)}
        for member, own, noted in zip(members, labels, annotations, strict=True)
    ]
    return {
        "version": "4",
        "groupKey": delivery.group.id,
        "truncatedAlerts": 0,
        "status": "firing" if any(member.alert.active for member in members) else "resolved",
        "receiver": delivery.group.receiver,
        "groupLabels": _clean(delivery.group.labels),
        "commonLabels": _common(labels),
        "commonAnnotations": _common(annotations),
        "externalURL": public_url,
        "alerts": alerts,
    }


def _labels(alert: Alert) -> dict[str, str]:
    return _clean({**alert.routing_labels, "alertname": alert.rule})


def _annotations(member: Member) -> dict[str, str]:
    alert = member.alert
    texts = {
        "summary": alert.summary,
        "reason": alert.reason,
        "figure": content.figure_words(alert),
        "threshold": content.threshold_words(alert),
        "change": member.change.value,
        "fingerprint": alert.fingerprint,
        "episode": str(alert.episode),
        "evidence_count": str(alert.evidence_count),
    }
    return {**_clean(texts), "evidence": _evidence(alert)}


def _evidence(alert: Alert) -> str:
    pieces = [
        {
            "title": content.plain(piece.shown_title),
            "url": content.web_link(piece.url),
            "quote": content.plain(piece.quote),
            "source": content.plain(piece.source),
            "published_at": _rfc3339(piece.published_at),
        }
        for piece in alert.evidence
    ]
    return orjson.dumps(pieces).decode()


def _standing(alert: Alert, public_url: str) -> dict[str, str]:
    return {
        "status": "firing" if alert.active else "resolved",
        "startsAt": _rfc3339(alert.starts_at),
        "endsAt": _rfc3339(alert.resolved_at) if alert.resolved_at else NOT_ENDED,
        "generatorURL": content.alert_link(alert, public_url),
        "fingerprint": alert.fingerprint,
    }


def _clean(texts: Mapping[str, str]) -> dict[str, str]:
    return {content.plain(name): content.plain(value) for name, value in texts.items()}


def _common(each: Sequence[Mapping[str, str]]) -> dict[str, str]:
    first, *others = each
    return {name: value for name, value in first.items() if all(own.get(name) == value for own in others)}


@lru_cache(maxsize=256)  # the alerts of a burst share few instants
def _rfc3339(at: datetime) -> str:
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")


class _Body(aiohttp.BytesPayload):
    """The body, which remembers whether any of it may have left."""

    def __init__(self, raw: bytes) -> None:
        super().__init__(raw, content_type="application/json")
        self.raw = raw
        self.has_left = False

    async def write_with_length(self, writer: AbstractStreamWriter, content_length: int | None) -> None:
        self.has_left = True
        await super().write_with_length(writer, content_length)


def _failure(error: Exception, *, body: _Body, place: str) -> Outcome:
    """What a failed attempt means. Only names of errors are told: their texts can hold the whole address."""
    if was_refused_by_guard(error):
        return dead(
            f"{place} is a private or reserved address; ALERTER_ALLOW_PRIVATE_NETWORKS=true allows it"
        )
    if isinstance(error, aiohttp.InvalidURL | ValueError):
        return dead(f"{place} is not an address that can be posted to")
    what = "no answer in time" if isinstance(error, TimeoutError) else type(error).__name__
    if body.has_left:
        return ambiguous(f"{place}: {what} after the request was sent")
    return retry(f"{place}: {what} before anything was sent")
