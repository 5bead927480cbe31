"""A real SMTP server on the test's own loop, which refuses, stalls and hangs up on demand."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

PASSWORD = "5up3r-s3cr3t"


@dataclass
class Mailbox:
    """What the server took, and what it is to answer. `hang_up` names the command that ends the line."""

    received: list[Envelope] = field(default_factory=list)
    logins: list[str] = field(default_factory=list)
    answers: dict[str, str] = field(default_factory=dict)
    hang_up: str = ""
    silent: str = ""
    auth: bool = False
    tls: ssl.SSLContext | None = None

    async def handle_MAIL(  # noqa: N802  the server's own naming
        self, server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        envelope.mail_from = address
        return await self._answer("MAIL", server)

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        envelope.rcpt_tos.append(address)
        return await self._answer("RCPT", server)

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        self.received.append(envelope)
        return await self._answer("DATA", server)

    async def _answer(self, command: str, server: SMTP) -> str:
        if self.hang_up == command and server.transport:
            server.transport.close()
        if self.silent == command:
            await asyncio.Event().wait()
        return self.answers.get(command, "250 OK")

    def check(self, _server: Any, _session: Any, _envelope: Any, _mechanism: str, login: Any) -> AuthResult:
        """The server's authenticator."""
        assert isinstance(login, LoginPassword)
        self.logins.append(login.login.decode())
        return AuthResult(success=login.password.decode() == PASSWORD, handled=False)


@asynccontextmanager
async def serving(mailbox: Mailbox, port: int = 0) -> AsyncIterator[int]:
    """The mailbox's server on this port or a free one; yields its port."""
    open_lines: list[SMTP] = []

    def answer_line() -> SMTP:
        line = SMTP(
            mailbox,
            hostname="mail.example",
            auth_require_tls=not mailbox.auth,  # without it, AUTH is offered to everyone
            authenticator=mailbox.check if mailbox.auth else None,
            tls_context=mailbox.tls,
        )
        open_lines.append(line)
        return line

    server = await asyncio.get_running_loop().create_server(answer_line, "127.0.0.1", port)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        for line in open_lines:
            if line.transport:
                line.transport.close()
        await server.wait_closed()
