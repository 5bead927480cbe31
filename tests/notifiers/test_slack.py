"""The Slack notifier against a local Slack with faults."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
import pytest
from aiohttp.test_utils import TestServer, unused_port
from pydantic import ValidationError

from alerter.core.delivery import Outcome
from alerter.notifiers.base import Notifier
from alerter.notifiers.slack import SlackBot, SlackConfig, SlackWebhook
from tests.notifiers.samples import CASES, a_delivery, context, settings
from tests.notifiers.slack_api import Answer, SlackApi
from tests.support.signals import NOON

TOKEN = "xoxb-s3cret"


@pytest.fixture
async def slack() -> SlackApi:
    """The local Slack."""
    return SlackApi()


@pytest.fixture
async def home(slack: SlackApi) -> AsyncIterator[str]:
    """The local Slack's address."""
    async with TestServer(slack.app()) as server:
        yield str(server.make_url("/"))


def notifier(home: str, session: aiohttp.ClientSession, **fields: Any) -> Notifier:
    """What a receiver with `slack: {}` gets."""
    slack = {"bot_token": TOKEN, "base_url": f"{home}api/", "channel": "alerts"} | fields
    (destination,) = SlackConfig().build("desk", context(session, slack=slack))
    return destination.notifier


@pytest.fixture
def bot(home: str, session: aiohttp.ClientSession) -> Notifier:
    """A notifier with a bot token."""
    return notifier(home, session)


@pytest.fixture
def hook(home: str, session: aiohttp.ClientSession) -> Notifier:
    """A notifier with an incoming webhook."""
    return notifier(home, session, bot_token="", webhook_url=f"{home}services/T0/B0/t0k3n")


async def test_an_accepted_message_is_delivered_with_its_timestamp(slack: SlackApi, bot: Notifier) -> None:
    """The receipt is the message's timestamp; text, blocks, attachments and metadata arrive."""
    outcome = await bot.send(a_delivery())
    (posted,) = slack.messages
    assert outcome == Outcome(kind="delivered", receipt=posted["ts"])
    assert slack.tokens == {f"Bearer {TOKEN}"}
    assert (posted["channel"], posted["unfurl_links"], posted["unfurl_media"]) == ("alerts", False, False)
    assert posted["text"].endswith(" · warning · reported-export-fall")
    assert posted["metadata"]["event_type"] == "alerter_delivery"
    assert posted["metadata"]["event_payload"]["delivery_id"] == "d1"
    assert len(posted["metadata"]["event_payload"]["fingerprints"]) == 1
    assert slack.queries == []


@pytest.mark.parametrize("name", CASES)
async def test_every_case_is_sent_both_ways(
    slack: SlackApi, bot: Notifier, hook: Notifier, name: str
) -> None:
    """Bot and webhook post the same message, as valid JSON."""
    outcomes = [(await way.send(CASES[name]())).kind for way in (bot, hook)]
    assert outcomes == ["delivered", "delivered"]
    assert slack.messages[0]["blocks"] == slack.hooked[0]["blocks"]


FAULTS: list[tuple[Answer, str, float, str]] = [
    ({"status": 429, "error": "ratelimited", "headers": {"Retry-After": "7"}}, "retry", 7, "slow down"),
    ({"error": "ratelimited"}, "retry", 1, "slow down"),
    ({"error": "token_revoked"}, "dead", 0, "token_revoked"),
    ({"error": "invalid_auth"}, "dead", 0, "invalid_auth"),
    ({"error": "is_archived"}, "dead", 0, "is_archived"),
    ({"error": "channel_not_found"}, "dead", 0, "channel_not_found"),
    ({"error": "restricted_action_read_only_channel"}, "dead", 0, "read_only"),
    ({"error": "missing_scope", "more": {"needed": "chat:write"}}, "dead", 0, "needs chat:write"),
    ({"error": "org_login_required"}, "retry", 0, "for now: org_login_required"),
    ({"error": "internal_error"}, "ambiguous", 0, "internal_error"),
    ({"error": "fatal_error", "status": 500}, "ambiguous", 0, "fatal_error"),
    ({"status": 502}, "ambiguous", 0, "502"),
    ({"status": 503, "kind": "text/plain"}, "ambiguous", 0, "503"),
    ({"status": 404}, "retry", 0, "ALERTER_SLACK__BASE_URL"),
    ({"status": 200, "raw": "{", "kind": "application/json"}, "ambiguous", 0, "200"),
    ({"status": 200, "raw": "[1]", "kind": "application/json"}, "ambiguous", 0, "AttributeError"),
    ({"status": 200, "raw": "hello", "kind": "text/plain"}, "ambiguous", 0, "AttributeError"),
    ({"hang_up": True}, "ambiguous", 0, "may have arrived"),
]


@pytest.mark.parametrize(("fault", "kind", "wait", "words"), FAULTS)
async def test_answers_are_classified(
    slack: SlackApi, bot: Notifier, *, fault: Answer, kind: str, wait: float, words: str
) -> None:
    """Each answer is worth a retry, ambiguous or dead, tells why, and is never repeated by the SDK."""
    slack.post_faults = [fault, fault]
    outcome = await bot.send(a_delivery())
    assert (outcome.kind, outcome.retry_after) == (kind, timedelta(seconds=wait))
    assert words in outcome.reason
    assert TOKEN not in outcome.reason
    assert len(slack.post_faults) == 1


@pytest.mark.parametrize("fault", [{"status": 500}, {"hang_up": True}, {"error": "internal_error"}])
async def test_a_message_whose_answer_was_lost_is_found_and_not_posted_again(
    slack: SlackApi, bot: Notifier, fault: Answer
) -> None:
    """The message arrived, its answer did not: the next attempt reads it back, so there is exactly one."""
    slack.post_faults = [fault | {"accept": True}]
    assert (await bot.send(a_delivery())).kind == "ambiguous"
    outcome = await bot.send(a_delivery(uncertain=True, attempt=2))
    assert outcome == Outcome(kind="delivered", receipt=slack.messages[0]["ts"])
    assert len(slack.messages) == 1


async def test_a_message_that_did_not_arrive_is_posted(slack: SlackApi, bot: Notifier) -> None:
    """Nothing is found, so the second attempt posts."""
    await bot.send(a_delivery(id="another"))
    outcome = await bot.send(a_delivery(uncertain=True))
    assert outcome.kind == "delivered"
    assert len(slack.messages) == 2


async def test_reading_back_asks_by_id_for_the_time_since_the_first_attempt(
    slack: SlackApi, bot: Notifier
) -> None:
    """History wants the channel's id, known since the last post, and Slack's own time."""
    await bot.send(a_delivery(id="another"))
    await bot.send(a_delivery(uncertain=True, first_attempt_at=NOON - timedelta(hours=1)))
    (query,) = slack.queries
    since = datetime.fromtimestamp(float(query["oldest"]), UTC)
    assert query["channel"] == "C01"
    assert query["include_all_metadata"] == "1"
    assert timedelta(minutes=60) < datetime.now(UTC) - since < timedelta(minutes=90)


async def test_reading_back_turns_pages(slack: SlackApi, bot: Notifier) -> None:
    """A message under many later ones is found; those of people carry no metadata."""
    await bot.send(a_delivery())
    slack.messages = [{"ts": f"{n}", "text": "hi"} for n in range(5)] + slack.messages
    slack.page_size = 2
    outcome = await bot.send(a_delivery(uncertain=True))
    assert outcome.kind == "delivered"
    assert len(slack.messages) == 6
    assert [query.get("cursor") for query in slack.queries] == [None, "2", "4"]


async def test_reading_back_gives_up_after_some_pages(slack: SlackApi, bot: Notifier) -> None:
    """A very busy channel is not read for ever."""
    slack.messages = [{"ts": f"{n}", "text": "hi", "metadata": None} for n in range(20)]
    slack.page_size = 2
    outcome = await bot.send(a_delivery(uncertain=True))
    assert outcome.kind == "delivered"
    assert len(slack.queries) == 5


@pytest.mark.parametrize(
    ("fault", "kind", "wait", "posts"),
    [
        ({"error": "missing_scope"}, "delivered", 0, 1),
        ({"error": "not_in_channel"}, "delivered", 0, 1),
        ({"error": "token_revoked"}, "dead", 0, 0),
        ({"status": 429, "error": "ratelimited", "headers": {"Retry-After": "60"}}, "ambiguous", 60, 0),
        ({"status": 500}, "ambiguous", 0, 0),
        ({"hang_up": True}, "ambiguous", 0, 0),
    ],
)
async def test_without_a_look_back_only_certainty_posts(
    slack: SlackApi, bot: Notifier, *, fault: Answer, kind: str, wait: int, posts: int
) -> None:
    """A history that may not be read is no reason to keep silent; one that fails for now is worth waiting."""
    slack.history_faults = [fault, fault]  # a dropped line is asked once more
    outcome = await bot.send(a_delivery(uncertain=True))
    assert (outcome.kind, outcome.retry_after) == (kind, timedelta(seconds=wait))
    assert len(slack.messages) == posts


async def test_a_closed_port_is_tried_again(session: aiohttp.ClientSession) -> None:
    """Nothing was sent, so nothing can have arrived; only the next attempt is due."""
    away = f"http://127.0.0.1:{unused_port()}/"
    outcome = await notifier(away, session).send(a_delivery())
    hooked = await notifier(away, session, bot_token=None, webhook_url=f"{away}t0k3n").send(a_delivery())
    assert (outcome.kind, hooked.kind) == ("retry", "retry")
    assert "t0k3n" not in hooked.reason


@pytest.mark.parametrize(
    ("fault", "kind", "wait"),
    [
        ({"status": 500}, "ambiguous", 0),
        ({"status": 429, "headers": {"Retry-After": "3"}}, "retry", 3),
        ({"status": 404, "raw": "no_service"}, "dead", 0),
        ({"status": 410, "raw": "channel_is_archived"}, "dead", 0),
        ({"hang_up": True}, "ambiguous", 0),
    ],
)
async def test_webhook_answers_are_classified(
    slack: SlackApi, hook: Notifier, *, fault: Answer, kind: str, wait: int
) -> None:
    """The SDK raises for none of these; their status counts."""
    slack.post_faults = [fault]
    outcome = await hook.send(a_delivery())
    assert (outcome.kind, outcome.retry_after) == (kind, timedelta(seconds=wait))
    assert fault.get("raw", "") in outcome.reason
    assert "t0k3n" not in outcome.reason


async def test_a_proxy_of_the_environment_is_not_taken(
    slack: SlackApi, home: str, session: aiohttp.ClientSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only `ALERTER_PROXY` counts; the SDK would take any."""
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    outcome = await notifier(home, session).send(a_delivery())
    assert outcome.kind == "delivered"
    assert len(slack.messages) == 1


@pytest.mark.parametrize(
    ("fields", "channel", "kind", "words"),
    [
        ({}, None, None, "ALERTER_SLACK__BOT_TOKEN"),
        ({}, "C1", None, "ALERTER_SLACK__BOT_TOKEN"),
        ({"bot_token": ""}, "C1", None, "ALERTER_SLACK__BOT_TOKEN"),
        ({"bot_token": "x"}, None, None, "ALERTER_SLACK__CHANNEL"),
        ({"bot_token": "x"}, "C1", SlackBot, ""),
        ({"bot_token": "x", "channel": "C1"}, None, SlackBot, ""),
        ({"bot_token": "x", "webhook_url": "https://h.example"}, None, SlackWebhook, ""),
        ({"bot_token": "x", "webhook_url": "https://h.example"}, "C1", SlackBot, ""),
        ({"webhook_url": "https://h.example"}, "C1", SlackWebhook, ""),
    ],
)
async def test_the_environment_decides_the_way(
    session: aiohttp.ClientSession,
    *,
    fields: dict[str, str],
    channel: str | None,
    kind: type | None,
    words: str,
) -> None:
    """A bot token with a channel, else a webhook, else nothing and words that say what to set."""
    config = SlackConfig(channel=channel)
    built = config.build("desk", context(session, slack=fields))
    missing = config.missing(settings(slack=fields)) or ""
    assert words in missing
    assert [type(destination.notifier) for destination in built] == ([kind] if kind else [])
    assert all((d.id, d.pace, d.concurrency) == ("desk/slack", timedelta(seconds=1), 1) for d in built)


@pytest.mark.parametrize("channel", ["", "two words", "C1\n", "<!channel>"])
def test_only_channels_are_taken(channel: str) -> None:
    """A channel is an id or a name."""
    with pytest.raises(ValidationError):
        SlackConfig(channel=channel)
