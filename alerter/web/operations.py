"""What an HTTP operation is: its route, its handler, and the models that the OpenAPI description is made of.

Each module of `alerter.web.api` lists its operations; routes and description are both built from the lists.
"""

import re
from dataclasses import dataclass
from typing import Literal

from aiohttp import HttpVersion11, web
from pydantic import BaseModel

from alerter.core.model import Frozen
from alerter.web.problems import Handler

_PATTERN = re.compile(r"\{(\w+):[^}]*\}")


@dataclass(frozen=True, slots=True)
class Operation:
    """One method on one path."""

    method: Literal["GET", "POST"]
    path: str
    """As aiohttp routes it: `{name}` or `{name:pattern}`."""
    handler: Handler
    summary: str
    answer: type[BaseModel] | None = None
    """Model of the 200 answer; None = `media` in plain text."""
    listed: bool = False
    """Is the answer a page of `answer`?"""
    query: type[Frozen] | None = None
    body: type[BaseModel] | None = None
    body_list_limit: int = 0
    """How many of `body` a list may hold; 0 = only a single one is taken."""
    problems: tuple[int, ...] = ()
    """Statuses of the problems that are the operation's own."""
    same_shape: tuple[int, ...] = ()
    """Statuses beside 200 that answer with the same shape."""
    media: str = "application/json"

    @property
    def public_path(self) -> str:
        """The path as OpenAPI writes it."""
        return _PATTERN.sub(r"{\1}", self.path)

    @property
    def path_names(self) -> tuple[str, ...]:
        """The names in the path."""
        return tuple(re.findall(r"\{(\w+)\}", self.public_path))

    @property
    def name(self) -> str:
        """Names the operation, unique over the service: `get_alerts_fingerprint`."""
        words = re.findall(r"\w+", self.public_path.replace("/api/v1", "").replace(".", "_"))
        return "_".join([self.method.lower(), *words])


def register(app: web.Application, operations: tuple[Operation, ...]) -> None:
    """Route the operations; a GET also answers HEAD."""
    for operation in operations:
        if operation.method == "GET":
            app.router.add_get(operation.path, operation.handler, expect_handler=expect)
        else:
            app.router.add_post(operation.path, operation.handler, expect_handler=expect)


async def expect(request: web.Request) -> None:
    """Ask for the body where the client waits for that; other expectations are ignored (RFC 9110, 10.1.1)."""
    if request.version >= HttpVersion11 and request.headers.get("Expect", "").lower() == "100-continue":
        await request.writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        request.writer.output_size = 0  # the answer proper has not begun
