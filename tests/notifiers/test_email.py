"""The e-mail notifier against a real SMTP server."""

import email
import email.policy
import socket
import ssl
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import aiohttp
import pytest
from aiohttp.test_utils import unused_port
from pydantic import ValidationError

from alerter.core.delivery import Outcome
from alerter.notifiers import email as email_kind
from alerter.notifiers.base import Destination
from alerter.notifiers.email import OPERATOR_WAIT, EmailConfig
from tests.notifiers.samples import CASES, a_delivery, context, settings
from tests.notifiers.smtp_server import PASSWORD, Mailbox, serving

TO = "buyer@example.com"


@pytest.fixture
async def mailbox() -> Mailbox:
    """Where mails arrive."""
    return Mailbox()


@pytest.fixture
async def port(mailbox: Mailbox) -> AsyncIterator[int]:
    """The port of the mailbox's server, without TLS or login."""
    async with serving(mailbox) as listening:
        yield listening


def destinations(port: int, session: aiohttp.ClientSession, *to: str, **smtp: Any) -> list[Destination]:
    """What a receiver with `email: {to: […]}` gets."""
    given = {"host": "127.0.0.1", "port": port, "starttls": False, "from": "Alerts <alerts@example.org>"}
    config = EmailConfig.model_validate({"to": to or (TO,)})
    return list(config.build("desk", context(session, smtp=given | smtp)))


async def sent(port: int, session: aiohttp.ClientSession, case: str = "one alert", **smtp: Any) -> Outcome:
    """The outcome of one attempt to one recipient."""
    (destination,) = destinations(port, session, **smtp)
    return await destination.notifier.send(CASES[case]())


async def test_an_accepted_mail_is_delivered(
    mailbox: Mailbox, port: int, session: aiohttp.ClientSession
) -> None:
    """The server got it from the sender for the recipient; the receipt is the message's id."""
    outcome = await sent(port, session)
    (envelope,) = mailbox.received
    assert isinstance(envelope.content, bytes)
    message = email.message_from_bytes(envelope.content, policy=email.policy.default)
    assert outcome == Outcome(kind="delivered", receipt=message["Message-ID"])
    assert (envelope.mail_from, envelope.rcpt_tos) == ("alerts@example.org", [TO])
    assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]


async def test_every_recipient_is_a_destination(
    mailbox: Mailbox, port: int, session: aiohttp.ClientSession
) -> None:
    """Each has a queue and a message of its own; one named twice is one."""
    built = destinations(port, session, "a@example.com", "B <b@example.com>", "a@example.com")
    assert [destination.id for destination in built] == [
        "desk/email/a@example.com",
        "desk/email/b@example.com",
    ]
    for destination in built:
        await destination.notifier.send(a_delivery())
    assert [envelope.rcpt_tos for envelope in mailbox.received] == [["a@example.com"], ["b@example.com"]]


@pytest.mark.parametrize("case", CASES)
async def test_every_case_is_taken(
    mailbox: Mailbox, port: int, session: aiohttp.ClientSession, *, case: str
) -> None:
    """A real server takes every telling case."""
    outcome = await sent(port, session, case)
    assert outcome.kind == "delivered"
    assert len(mailbox.received) == 1


@pytest.mark.parametrize(
    ("command", "answer", "kind"),
    [
        ("MAIL", "451 try later", "retry"),
        ("MAIL", "553 sender not allowed", "dead"),
        ("RCPT", "450 mailbox busy", "retry"),
        ("RCPT", "550 no such user", "dead"),
        ("DATA", "452 disk full", "retry"),
        ("DATA", "554 looks like spam", "dead"),
        ("DATA", "199 what", "ambiguous"),
        ("RCPT", "530 login first", "retry"),
    ],
)
async def test_answers_are_classified(
    mailbox: Mailbox, port: int, session: aiohttp.ClientSession, *, command: str, answer: str, kind: str
) -> None:
    """Four hundreds pass, five hundreds stay, and the words of the server are told."""
    mailbox.answers[command] = answer
    outcome = await sent(port, session)
    assert outcome.kind == kind
    assert answer[:3] in outcome.reason


@pytest.mark.parametrize(("command", "kind"), [("MAIL", "retry"), ("RCPT", "retry"), ("DATA", "ambiguous")])
async def test_a_dropped_line_is_ambiguous_only_after_the_content(
    mailbox: Mailbox, port: int, session: aiohttp.ClientSession, *, command: str, kind: str
) -> None:
    """Before the content nothing can have arrived; after it, the server may have taken it."""
    mailbox.hang_up = command
    outcome = await sent(port, session)
    assert outcome.kind == kind
    assert "127.0.0.1" in outcome.reason


@pytest.mark.parametrize(("command", "kind"), [("RCPT", "retry"), ("DATA", "ambiguous")])
@pytest.mark.parametrize("limit", ["STEP_TIMEOUT", "TIMEOUT"])
async def test_silence_is_ambiguous_only_after_the_content(
    mailbox: Mailbox,
    port: int,
    session: aiohttp.ClientSession,
    monkeypatch: pytest.MonkeyPatch,
    *,
    command: str,
    kind: str,
    limit: str,
) -> None:
    """One command that hangs, or a whole exchange that drags on, ends the attempt."""
    monkeypatch.setattr(email_kind, limit, 0.1)
    monkeypatch.setattr(email_kind, "LEAVE_TIMEOUT", 0.01)
    mailbox.silent = command
    outcome = await sent(port, session)
    assert outcome.kind == kind
    assert "no answer in time" in outcome.reason


async def test_a_closed_port_is_tried_again(session: aiohttp.ClientSession) -> None:
    """Nothing was sent, and the reason says where not."""
    port = unused_port()
    outcome = await sent(port, session)
    assert (outcome.kind, outcome.retry_after) == ("retry", timedelta(0))
    assert f"127.0.0.1:{port}, connecting" in outcome.reason


async def test_a_server_that_says_nothing_is_tried_again(
    session: aiohttp.ClientSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A listener without a greeting is as good as none."""
    monkeypatch.setattr(email_kind, "STEP_TIMEOUT", 0.05)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        outcome = await sent(listening.getsockname()[1], session)
    assert outcome.kind == "retry"


async def test_a_login_is_made_where_a_user_is_set(
    mailbox: Mailbox, port: int, session: aiohttp.ClientSession
) -> None:
    """User and password reach the server."""
    mailbox.auth = True
    outcome = await sent(port, session, username="me", password=PASSWORD)
    assert outcome.kind == "delivered"
    assert mailbox.logins == ["me"]


async def test_a_refused_login_waits_for_the_operator(
    mailbox: Mailbox, port: int, session: aiohttp.ClientSession
) -> None:
    """A wrong password is mended by a person: the mail waits, and no password is told."""
    mailbox.auth = True
    outcome = await sent(port, session, username="me", password="wr0ng-s3cr3t")
    assert (outcome.kind, outcome.retry_after) == ("retry", OPERATOR_WAIT)
    assert "ALERTER_SMTP__PASSWORD" in outcome.reason
    assert "wr0ng" not in outcome.reason
    assert mailbox.received == []


async def test_a_server_that_wants_a_login_says_so(
    mailbox: Mailbox, port: int, session: aiohttp.ClientSession
) -> None:
    """Without a user the server's demand is told."""
    mailbox.answers["MAIL"] = "530 authentication required"
    outcome = await sent(port, session)
    assert (outcome.kind, outcome.retry_after) == ("retry", OPERATOR_WAIT)


@pytest.mark.parametrize(
    ("smtp", "words"), [({"starttls": True}, "STARTTLS"), ({"username": "me", "password": "x"}, "AUTH")]
)
async def test_a_server_without_what_is_asked_waits_for_the_operator(
    port: int, session: aiohttp.ClientSession, *, smtp: dict[str, Any], words: str
) -> None:
    """A server without STARTTLS or AUTH never gets the mail in the clear, and the reason names it."""
    outcome = await sent(port, session, **smtp)
    assert (outcome.kind, outcome.retry_after) == ("retry", OPERATOR_WAIT)
    assert words in outcome.reason


async def test_a_password_that_a_server_repeats_is_not_told(
    mailbox: Mailbox, port: int, session: aiohttp.ClientSession
) -> None:
    """Whatever the server says, the password stays out of the reason."""
    mailbox.auth = True
    mailbox.answers["RCPT"] = f"550 your password is {PASSWORD}"
    outcome = await sent(port, session, username="me", password=PASSWORD)
    assert outcome.kind == "dead"
    assert "your password is …" in outcome.reason


@pytest.mark.parametrize(
    ("to", "smtp", "ids", "words"),
    [
        ((), {}, [], "ALERTER_SMTP__HOST"),
        ((TO,), {"host": ""}, [], "ALERTER_SMTP__HOST"),
        ((), {"host": "h"}, [], "ALERTER_SMTP__TO"),
        ((), {"host": "h", "to": " a@b , c@d,"}, ["desk/email/a@b", "desk/email/c@d"], ""),
        ((), {"host": "h", "to": "a@b,nobody"}, ["desk/email/a@b"], "no mail address: nobody"),
        ((TO,), {"host": "h", "to": "a@b"}, [f"desk/email/{TO}"], ""),
        ((TO,), {"host": "h", "from": "nobody"}, [], "ALERTER_SMTP__FROM"),
    ],
)
async def test_the_environment_fills_what_is_left_out(
    session: aiohttp.ClientSession, *, to: tuple[str, ...], smtp: dict[str, Any], ids: list[str], words: str
) -> None:
    """Server and sender come from the environment, recipients where the receiver names none."""
    config = EmailConfig(to=to)
    built = config.build("desk", context(session, smtp=smtp))
    assert [destination.id for destination in built] == ids
    assert words in (config.missing(settings(smtp=smtp)) or "")
    assert words or config.missing(settings(smtp=smtp)) is None


def test_recipients_may_be_one_text() -> None:
    """A list, or addresses parted by commas."""
    assert EmailConfig.model_validate({"to": "a@b, c@d"}).to == ("a@b", "c@d")


@pytest.mark.parametrize("to", ["nobody", ["a@b\r\nBcc: c@d"], ["a b@c"], [7], 7])
def test_only_mail_addresses_are_taken(to: object) -> None:
    """A wrong recipient is found when the configuration is read."""
    with pytest.raises(ValidationError):
        EmailConfig.model_validate({"to": to})


@pytest.mark.parametrize(
    ("error", "kind", "wait"),
    [
        (ssl.SSLCertVerificationError("self-signed certificate"), "retry", OPERATOR_WAIT),
        (ConnectionResetError("reset"), "retry", timedelta(0)),
        (UnicodeEncodeError("ascii", "ü", 0, 1, "no"), "retry", timedelta(0)),
    ],
)
async def test_what_ends_a_connection_is_told_from_a_wrong_set_up(
    session: aiohttp.ClientSession,
    monkeypatch: pytest.MonkeyPatch,
    *,
    error: Exception,
    kind: str,
    wait: timedelta,
) -> None:
    """A certificate that is not trusted waits for the operator; a lost line does not."""

    async def fail(_client: object) -> None:
        raise error

    monkeypatch.setattr("aiosmtplib.SMTP.connect", fail)
    outcome = await sent(9, session)
    assert (outcome.kind, outcome.retry_after) == (kind, wait)
