"""Posts notifications to Slack: with a bot token, which can look whether a message arrived, or a webhook.

Every message carries its delivery id as metadata. When an earlier attempt may have arrived, the channel's
history is read for that id before anything is posted again, so that a lost answer makes no second message.
This needs the scope `channels:history` (`groups:history` in private channels); without it, and with an
incoming webhook, a message whose answer was lost is posted again: better twice than never.

The SDK's own retries stay off, since they repeat a post whose answer was lost. Errors are classified by
https://docs.slack.dev/reference/methods/chat.postMessage#errors.
"""

import asyncio
import logging
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Annotated, Any, ClassVar

import aiohttp
from pydantic import StringConstraints
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse
from slack_sdk.webhook.async_client import AsyncWebhookClient

from alerter.clock import SystemClock
from alerter.core.delivery import Delivery, Outcome
from alerter.core.model import Shape
from alerter.notifiers import content
from alerter.notifiers.base import Destination, Notifier, NotifierConfig, NotifierContext
from alerter.notifiers.environment import secret, trust
from alerter.notifiers.outcomes import ambiguous, dead, delivered, origin, retry, wished_wait
from alerter.notifiers.slack_blocks import Message, message
from alerter.settings import Settings

PACE = timedelta(seconds=1)
"""Slack takes about one message per second and channel."""
TIMEOUT = 15
"""Seconds for one call."""
LOOK_BACK_TIMEOUT = 25.0
"""Seconds for reading the history, all pages."""
LOOK_BACK_MARGIN = timedelta(minutes=10)
"""How far our clock and Slack's may differ."""
LOOK_BACK_PAGES, PAGE = 5, 200
FINGERPRINTS_TOLD = 100
"""Metadata has a limit of its own."""

_RATE_LIMITED = frozenset({"ratelimited", "rate_limited"})
_MAY_HAVE_ARRIVED = frozenset({"internal_error", "fatal_error", "service_unavailable"})
_PERMANENT = frozenset(
    {
        "access_denied",
        "account_inactive",
        "channel_not_found",
        "enterprise_is_restricted",
        "is_archived",
        "is_inactive",
        "messages_tab_disabled",
        "metadata_too_large",
        "missing_scope",
        "msg_blocks_too_long",
        "msg_too_long",
        "no_permission",
        "no_text",
        "not_allowed_token_type",
        "not_authed",
        "not_in_channel",
        "team_access_not_granted",
        "team_not_found",
        "token_expired",
        "token_revoked",
        "too_many_attachments",
        "two_factor_setup_required",
        "unknown_method",
    }
)
_PERMANENT_FAMILIES = ("invalid_", "restricted_action")
_CANNOT_LOOK = frozenset({"missing_scope", "not_in_channel", "channel_not_found"})
"""Answers to reading the history that say nothing about posting: the channel may be named, or open to all."""
_FAILURES = (aiohttp.ClientError, SlackClientError, TimeoutError, OSError, ValueError, AttributeError)
"""What the SDK lets through; the last two when an answer is not what Slack would send."""


class SlackConfig(NotifierConfig):
    """`slack: {channel: C0123456789}`; without a channel, `ALERTER_SLACK__CHANNEL`.

    An incoming webhook posts to the channel that it was made for, whatever is written here.
    """

    key: ClassVar[str] = "slack"
    channel: (
        Annotated[
            str,
            StringConstraints(max_length=80),
            Shape(r"^#?[\w.-]+$", "a channel's id or name, like C0123456789 or #supply"),
        ]
        | None
    ) = None

    def build(self, receiver: str, context: NotifierContext) -> Sequence[Destination]:
        """One destination: by bot token where there is one with a channel, else by incoming webhook."""
        if self.missing(context.settings):
            return []
        slack = context.settings.slack
        channel = self.channel or slack.channel
        notifier: Notifier
        if secret(slack.bot_token) and channel:
            notifier = SlackBot(channel, context)
        else:
            notifier = SlackWebhook(secret(slack.webhook_url), context)
        return [Destination(f"{receiver}/{self.key}", notifier, concurrency=1, pace=PACE)]

    def missing(self, settings: Settings) -> str | None:
        """A bot token with a channel, or an incoming webhook."""
        slack = settings.slack
        if secret(slack.webhook_url):
            return None
        if not secret(slack.bot_token):
            return "set ALERTER_SLACK__BOT_TOKEN and ALERTER_SLACK__CHANNEL, or ALERTER_SLACK__WEBHOOK_URL"
        if self.channel or slack.channel:
            return None
        return "set ALERTER_SLACK__CHANNEL, or name it in the receiver: slack: {channel: C0123456789}"


class SlackBot:
    """Posts to one channel with a bot token."""

    def __init__(self, channel: str, context: NotifierContext) -> None:
        slack = context.settings.slack
        self._channel = channel
        self._context = context
        self._client = AsyncWebClient(
            token=secret(slack.bot_token),
            base_url=slack.base_url,
            timeout=TIMEOUT,
            ssl=trust(context.settings),
            retry_handlers=[],
            logger=_silent_logger(),
        )
        self._client.proxy = context.settings.proxy  # not what the SDK finds in the environment

    async def send(self, delivery: Delivery) -> Outcome:
        """Look for the message first when an earlier attempt may have arrived; post it if it did not."""
        if delivery.uncertain:
            seen = await self._look_back(delivery)
            if seen is not None:
                return seen
        return await self._post(delivery)

    async def _post(self, delivery: Delivery) -> Outcome:
        told = message(content.view(delivery, self._context.settings.public_url))
        try:
            answer = await self._client.chat_postMessage(
                channel=self._channel,
                **_shown(told),
                metadata={"event_type": "alerter_delivery", "event_payload": _marks(delivery)},
            )
        except SlackApiError as error:
            return classify(error, self._context.now())
        except _FAILURES as error:
            return _failure(error)
        self._channel = answer.get("channel") or self._channel  # reading back needs the id, not the name
        return delivered(answer.get("ts"))

    async def _look_back(self, delivery: Delivery) -> Outcome | None:
        """What reading the channel tells; None when the message has to be posted."""
        try:
            async with asyncio.timeout(LOOK_BACK_TIMEOUT):
                ts = await self._find(delivery)
        except SlackApiError as error:
            return self._cannot_look(error)
        except _FAILURES as error:
            return ambiguous(f"cannot look whether it arrived: {_failure(error).reason}")
        return delivered(ts) if ts else None

    def _cannot_look(self, error: SlackApiError) -> Outcome | None:
        if _answer(error)[1] in _CANNOT_LOOK:
            return None
        told = classify(error, self._context.now())
        if told.kind == "dead":
            return told
        return ambiguous(f"cannot look whether it arrived: {told.reason}", told.retry_after)

    async def _find(self, delivery: Delivery) -> str | None:
        """The timestamp of the message that carries this delivery's id, newest pages first."""
        cursor = ""
        for _ in range(LOOK_BACK_PAGES):
            page = await self._client.conversations_history(
                channel=self._channel,
                limit=PAGE,
                include_all_metadata=True,
                oldest=f"{self._since(delivery).timestamp():.6f}",
                cursor=cursor or None,
            )
            for posted in page.get("messages") or ():
                if _delivery_of(posted) == delivery.id:
                    return str(posted["ts"])
            cursor = (page.get("response_metadata") or {}).get("next_cursor") or ""
            if not cursor:
                break
        return None

    def _since(self, delivery: Delivery) -> datetime:
        """Slack's time of the first attempt; domain time may stand elsewhere, but passes alike."""
        passed = max(self._context.now() - delivery.first_attempt_at, timedelta(0))
        return SystemClock().now() - passed - LOOK_BACK_MARGIN


class SlackWebhook:
    """Posts to the channel of an incoming webhook, which answers with neither a timestamp nor a history."""

    def __init__(self, url: str, context: NotifierContext) -> None:
        self._context = context
        self._url = url
        self._client = AsyncWebhookClient(
            url, timeout=TIMEOUT, ssl=trust(context.settings), retry_handlers=[], logger=_silent_logger()
        )
        self._client.proxy = context.settings.proxy

    async def send(self, delivery: Delivery) -> Outcome:
        """Post the delivery; the SDK answers errors of the server with a status, not an exception."""
        told = message(content.view(delivery, self._context.settings.public_url))
        try:
            answer = await self._client.send(**_shown(told))
        except _FAILURES as error:
            return _failure(error, place=origin(self._url))
        if 200 <= answer.status_code < 300:
            return delivered()
        return _by_status(answer.status_code, answer.headers, self._context.now(), answer.body)


def classify(error: SlackApiError, now: datetime) -> Outcome:
    """What an error of the Web API says of the message."""
    status, code, headers, needed = _answer(error)
    shown = content.shorten(content.plain(f"{code} (needs {needed})" if needed else code), 200)
    if status == 429 or code in _RATE_LIMITED:
        return retry("Slack asks to slow down", wished_wait(headers, now) or PACE)
    if 400 <= status < 500 and not code:
        return retry(f"answered {status}, but not as Slack does: is ALERTER_SLACK__BASE_URL right?")
    if status >= 500 or code in _MAY_HAVE_ARRIVED or not code:
        return ambiguous(f"Slack answered {shown or status}")
    if code in _PERMANENT or code.startswith(_PERMANENT_FAMILIES):
        return dead(f"Slack refuses: {shown}")
    return retry(f"Slack refuses for now: {shown}")


def _by_status(status: int, headers: Mapping[str, str], now: datetime, body: str) -> Outcome:
    said = content.shorten(content.plain(body), 100)  # one word, such as `channel_is_archived`
    if status == 429:
        return retry("Slack asks to slow down", wished_wait(headers, now) or PACE)
    if status >= 500:
        return ambiguous(f"Slack answered {status}")
    return dead(f"Slack refuses: {status} {said}")


def _failure(error: Exception, *, place: str = "Slack") -> Outcome:
    """What an error without an answer means. Only its name is told: its text can hold the address."""
    if isinstance(error, aiohttp.ClientConnectorError):
        return retry(f"{place} cannot be reached: {type(error).__name__}")
    what = "no answer in time" if isinstance(error, TimeoutError) else type(error).__name__
    return ambiguous(f"{place}: {what} after the request may have arrived")


def _answer(error: SlackApiError) -> tuple[int, str, Mapping[str, str], str]:
    """(status, error code, headers, scopes needed) of an answer; the SDK also hands over aiohttp's own."""
    answer: object = error.response
    if not isinstance(answer, AsyncSlackResponse):
        return getattr(answer, "status", 0), "", getattr(answer, "headers", {}), ""
    told = answer.data if isinstance(answer.data, dict) else {}
    return answer.status_code, str(told.get("error") or ""), answer.headers, str(told.get("needed") or "")


def _shown(told: Message) -> dict[str, Any]:
    return {
        "text": told.text,
        "blocks": told.blocks,
        "attachments": told.attachments,
        "unfurl_links": False,
        "unfurl_media": False,
    }


def _marks(delivery: Delivery) -> dict[str, Any]:
    fingerprints = [member.alert.fingerprint for member in delivery.members[:FINGERPRINTS_TOLD]]
    return {"delivery_id": delivery.id, "group_id": delivery.group.id, "fingerprints": fingerprints}


def _delivery_of(posted: Mapping[str, Any]) -> str | None:
    payload = (posted.get("metadata") or {}).get("event_payload") or {}
    return payload.get("delivery_id")


def _silent_logger() -> logging.Logger:
    """Outside the tree of loggers: the SDK writes addresses and bodies into its own at the debug level."""
    return logging.Logger("alerter.slack", logging.CRITICAL)  # noqa: LOG001  see above
