"""Sends notifications as mail over SMTP: one destination, and one message, per recipient.

A server may take one recipient and refuse another, so each has a queue of its own. What the server says is
classified by how far the exchange got: before the content went out nothing can have arrived; after it, a
lost answer leaves that open. A refused login is the operator's to mend and is tried again for as long as
any delivery is.
"""

import asyncio
import ssl
from collections.abc import Sequence
from contextlib import suppress
from datetime import timedelta
from enum import Enum
from typing import Annotated, ClassVar

import aiosmtplib
from pydantic import AfterValidator, BeforeValidator

from alerter.core.delivery import Delivery, Outcome
from alerter.notifiers.base import Destination, NotifierConfig, NotifierContext
from alerter.notifiers.content import plain, shorten
from alerter.notifiers.environment import secret, trust
from alerter.notifiers.mail import MailWriter, address_of
from alerter.notifiers.outcomes import ambiguous, dead, delivered, retry
from alerter.settings import Settings

STEP_TIMEOUT, TIMEOUT, LEAVE_TIMEOUT = 20.0, 45.0, 2.0
"""Seconds for one command, for a whole exchange, and for parting."""
OPERATOR_WAIT = timedelta(minutes=15)
"""Until a person may have mended the set-up; trying faster gets accounts locked."""
IMPLICIT_TLS_PORT = 465
_LOGIN_CODES = frozenset({530, 534, 535, 538})
_FAILURES = (aiosmtplib.SMTPException, TimeoutError, OSError, ValueError)


class _Stage(Enum):
    """How far an exchange got."""

    CONNECT = "connecting"
    ENVELOPE = "naming the recipient"
    CONTENT = "sending the content"


def _split(addresses: object) -> object:
    if isinstance(addresses, str):
        return [part.strip() for part in addresses.split(",") if part.strip()]
    return addresses


def _address(text: str) -> str:
    spec = address_of(text)
    if spec is None:
        raise ValueError("not a mail address: write it like desk@example.com")
    return spec


class EmailConfig(NotifierConfig):
    """`email: {to: [desk@example.com]}`; without recipients, `ALERTER_SMTP__TO`."""

    key: ClassVar[str] = "email"
    to: Annotated[tuple[Annotated[str, AfterValidator(_address)], ...], BeforeValidator(_split)] = ()

    def build(self, receiver: str, context: NotifierContext) -> Sequence[Destination]:
        """One destination per recipient. An address that is none is left out, and `missing` tells of it."""
        settings = context.settings
        if not settings.smtp.host or address_of(settings.smtp.from_) is None:
            return []
        writer = MailWriter(settings.smtp.from_, settings.public_url)
        encryption = trust(settings)
        return [
            Destination(
                f"{receiver}/{self.key}/{recipient}",
                Email(recipient, writer=writer, settings=settings, encryption=encryption),
                concurrency=1,
            )
            for recipient in self._recipients(settings)
        ]

    def missing(self, settings: Settings) -> str | None:
        """A server, a sender, and recipients."""
        if not settings.smtp.host:
            return "set ALERTER_SMTP__HOST"
        if address_of(settings.smtp.from_) is None:
            return "set ALERTER_SMTP__FROM to a mail address"
        wrong = [text for text in self._given(settings) if address_of(text) is None]
        if wrong:
            return f"ALERTER_SMTP__TO holds what is no mail address: {shorten(plain(wrong[0]), 60)}"
        if self._recipients(settings):
            return None
        return "set ALERTER_SMTP__TO, or name the recipients: email: {to: [desk@example.com]}"

    def _given(self, settings: Settings) -> Sequence[str]:
        return self.to or [part.strip() for part in settings.smtp.to.split(",") if part.strip()]

    def _recipients(self, settings: Settings) -> list[str]:
        found = (address_of(text) for text in self._given(settings))
        return list(dict.fromkeys(spec for spec in found if spec))


class Email:
    """Mails one recipient. Every delivery opens a connection of its own."""

    def __init__(
        self, recipient: str, *, writer: MailWriter, settings: Settings, encryption: ssl.SSLContext | None
    ) -> None:
        self._recipient = recipient
        self._writer = writer
        self._smtp = settings.smtp
        self._sender = address_of(settings.smtp.from_) or ""
        self._encryption = encryption
        self._place = f"{settings.smtp.host}:{settings.smtp.port}"

    async def send(self, delivery: Delivery) -> Outcome:
        """Mail the delivery; the receipt is the message's id."""
        message = self._writer.write(delivery, self._recipient)
        client = self._client()
        stage = _Stage.CONNECT
        try:
            async with asyncio.timeout(TIMEOUT):
                await client.connect()  # with STARTTLS and login
                stage = _Stage.ENVELOPE
                await client.mail(self._sender)
                await client.rcpt(self._recipient)
                stage = _Stage.CONTENT
                await client.data(message.as_bytes())
        except _FAILURES as error:
            return self._classify(error, stage)
        finally:
            await _leave(client)
        return delivered(str(message["Message-ID"]))

    def _client(self) -> aiosmtplib.SMTP:
        at_once = self._smtp.port == IMPLICIT_TLS_PORT
        return aiosmtplib.SMTP(
            hostname=self._smtp.host,
            port=self._smtp.port,
            username=self._smtp.username or None,
            password=secret(self._smtp.password),
            local_hostname=self._sender.rpartition("@")[2],  # asking DNS for our own name can take long
            timeout=STEP_TIMEOUT,
            use_tls=at_once,
            start_tls=self._smtp.starttls and not at_once,
            tls_context=self._encryption,
        )

    def _classify(self, error: Exception, stage: _Stage) -> Outcome:
        if isinstance(error, aiosmtplib.SMTPResponseException):
            return self._refused(error, stage)
        where = f"{self._place}, {stage.value}"
        if _is_set_up_fault(error):
            return retry(f"{where}: {self._words(error)}", OPERATOR_WAIT)
        what = "no answer in time" if isinstance(error, TimeoutError) else type(error).__name__
        if stage is _Stage.CONTENT:
            return ambiguous(f"{where}: {what}")
        return retry(f"{where}: {what}")

    def _refused(self, error: aiosmtplib.SMTPResponseException, stage: _Stage) -> Outcome:
        """What a reply code means (RFC 5321, 4.2.1)."""
        if isinstance(error, aiosmtplib.SMTPAuthenticationError) or error.code in _LOGIN_CODES:
            told = f"{self._place} refuses the login ({error.code})"
            return retry(f"{told}: check ALERTER_SMTP__USERNAME and ALERTER_SMTP__PASSWORD", OPERATOR_WAIT)
        told = f"{self._place}, {stage.value}, answered {error.code} {self._words(error)}".rstrip()
        if stage is _Stage.CONNECT or 400 <= error.code < 500:
            return retry(told)
        return dead(told) if error.code >= 500 else ambiguous(told)

    def _words(self, error: Exception) -> str:
        told = str(getattr(error, "message", "") or error)
        password = secret(self._smtp.password)
        return shorten(plain(told.replace(password, "…") if password else told), 200)


def _is_set_up_fault(error: Exception) -> bool:
    """An untrusted certificate, or a server without STARTTLS or AUTH: nothing that passes by itself."""
    if isinstance(error, ssl.SSLError) or isinstance(error.__cause__, ssl.SSLError):
        return True
    passing = aiosmtplib.SMTPServerDisconnected | aiosmtplib.SMTPConnectError | aiosmtplib.SMTPTimeoutError
    return isinstance(error, aiosmtplib.SMTPException) and not isinstance(error, passing)


async def _leave(client: aiosmtplib.SMTP) -> None:
    """Part politely where that is quick; the message's fate is decided already."""
    with suppress(*_FAILURES):
        async with asyncio.timeout(LEAVE_TIMEOUT):
            if client.is_connected:
                await client.quit()
    client.close()
