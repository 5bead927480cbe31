"""Slack and mail that are down and come back, and hostile text: alerts wait, arrive once, and harm nobody."""

import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

import pytest

from tests.notifiers.slack_api import SlackApi
from tests.notifiers.smtp_server import Mailbox, serving
from tests.support.service import Home, Service, free_port, running
from tests.support.sinks import WebhookSink, served
from tests.support.waiting import eventually

CONFIGURATION = """
rules:
  - {id: magnets, type: match, any: [magnet*], per: [signal]}
receivers:
  - {id: people, slack: {}, email: {}, webhook: {url: "%s"}}
routes:
  - {receiver: people, group_wait: 0s, group_interval: 50ms}
"""


@dataclass
class Outside:
    """A Slack and a mail server that can be brought up, both on ports of their own."""

    slack: SlackApi = field(default_factory=SlackApi)
    mailbox: Mailbox = field(default_factory=Mailbox)
    slack_port: int = field(default_factory=free_port)
    smtp_port: int = field(default_factory=free_port)
    stack: AsyncExitStack = field(default_factory=AsyncExitStack)

    @property
    def variables(self) -> dict[str, str]:
        """The environment of a service that tells both."""
        return {
            "ALERTER_SLACK__BOT_TOKEN": "xoxb-test",
            "ALERTER_SLACK__CHANNEL": "C01",
            "ALERTER_SLACK__BASE_URL": f"http://127.0.0.1:{self.slack_port}/api/",
            "ALERTER_SMTP__HOST": "127.0.0.1",
            "ALERTER_SMTP__PORT": str(self.smtp_port),
            "ALERTER_SMTP__STARTTLS": "false",
            "ALERTER_SMTP__TO": "desk@example.com",
        }

    @property
    def mails(self) -> list[EmailMessage]:
        """What the mail server took."""
        return [a_mail(envelope.content) for envelope in self.mailbox.received]

    async def come_up(self) -> None:
        """Both answer from now on."""
        await self.stack.enter_async_context(served(self.slack.app(), self.slack_port))
        await self.stack.enter_async_context(serving(self.mailbox, self.smtp_port))


def a_mail(content: Any) -> EmailMessage:
    """A message as it arrived."""
    raw = content if isinstance(content, bytes) else str(content).encode()
    message = message_from_bytes(raw, policy=default)
    assert isinstance(message, EmailMessage)
    return message


@pytest.fixture
async def outside() -> AsyncIterator[Outside]:
    """Slack and mail, down at first."""
    one = Outside()
    async with one.stack:
        yield one


@pytest.fixture
async def service(place: Home, sink: WebhookSink, outside: Outside) -> AsyncIterator[Service]:
    """A service that tells all three."""
    place.configure(CONFIGURATION % sink.url)
    async with running(place, outside.variables) as one:
        yield one
        assert "Traceback" not in one.output


def an_article(name: str, title: str, **fields: str) -> dict[str, str]:
    """A signal as it is pushed."""
    common = {"source": "wire", "kind": "article", "published_at": "2025-06-09T12:00:00Z"}
    return {"id": name, "title": title, **common, **fields}


async def test_what_is_down_gets_its_alerts_once_it_is_up(
    service: Service, sink: WebhookSink, outside: Outside
) -> None:
    """While Slack and mail refuse connections the webhook hears at once; back up, they hear once."""
    names = [f"report-{number}" for number in range(5)]
    for name in names:
        await service.push(an_article(name, f"Magnet {name}"))
        await eventually(lambda: name in sink.labels("signal"), within=2)  # noqa: B023
    waiting = (await service.get("/healthz"))["waiting"]
    assert set(waiting) == {"people/slack", "people/email/desk@example.com"}

    await outside.come_up()
    await eventually(lambda: everyone_knows(outside, names), within=20)
    await eventually(lambda: nothing_waits(service))
    for told in (slack_texts(outside.slack), mail_texts(outside.mails)):
        assert len(told) <= 2, "the frozen attempt, then all the rest as one"
        assert [sum(name in text for text in told) for name in names] == [1] * len(names)
    assert sum(sink.keys.values()) == len(sink.keys)
    ledger = await service.each("/api/v1/deliveries?outcome=retry")
    assert {line["destination"] for line in ledger} == set(waiting)


def everyone_knows(outside: Outside, names: list[str]) -> bool:
    """Have Slack and the desk heard of every one?"""
    return all(
        all(any(name in text for text in told) for name in names)
        for told in (slack_texts(outside.slack), mail_texts(outside.mails))
    )


async def nothing_waits(service: Service) -> bool:
    """Is every notification made and recorded?"""
    return not (await service.get("/healthz"))["waiting"]


def slack_texts(slack: SlackApi) -> list[str]:
    """Each message whole, as text."""
    return [json.dumps([posted["blocks"], posted["attachments"]]) for posted in slack.messages]


def mail_texts(mails: list[EmailMessage]) -> list[str]:
    """The text part of each mail."""
    return [part(mail, "plain") for mail in mails]


def part(mail: EmailMessage, kind: str) -> str:
    """One of a mail's two bodies."""
    body = mail.get_body((kind,))
    assert body is not None
    content: str = body.get_content()
    return content


HOSTILE = (
    "Magnet <!channel> &lt;!channel&gt; <@U1> <https://evil.example|click> & <script>alert(1)</script> "
    "\u202egpj.exe\r\nBcc: everyone@example.com\r\n\r\n{{7*7}} \x00\x1b[31m"
)


async def test_hostile_text_is_inert_everywhere(
    service: Service, sink: WebhookSink, outside: Outside
) -> None:
    """Mentions, links, mark-up, line breaks and reversed writing in a title do nothing anywhere."""
    await outside.come_up()
    quoted = "Magnet plants wait. <script>alert(2)</script> <!here> magnet"
    await service.push(an_article("h", HOSTILE, text=quoted, url="https://news.example/?a=1&b='\"><script>"))
    await eventually(lambda: outside.slack.messages and outside.mails and sink.posts, within=15)

    (posted,) = outside.slack.messages
    told = json.dumps(posted, ensure_ascii=False)
    for mention in ("<!channel", "<!here", "<@U1", "<https://evil.example", "<script", "\u202e", "\x1b"):
        assert mention not in told
    assert "&lt;@U1&gt;" in told

    (mail,) = outside.mails
    assert mail["Bcc"] is None
    assert mail["To"] == "desk@example.com"
    assert "\n" not in mail["Subject"]
    assert "\u202e" not in mail["Subject"]
    html = part(mail, "html")
    assert "<script" not in html
    assert "\u202e" not in html + part(mail, "plain")

    ((post,), page) = sink.posts, await service.text("/")
    told = json.dumps(post.alerts, ensure_ascii=False)
    assert "\u202e" not in told
    assert "\\u0000" not in told
    assert "\\u001b" not in told
    assert "<script>alert" not in page
    assert "\u202e" not in page
    assert "Magnet" in page
