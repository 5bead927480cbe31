"""Two clients over one Redis: one for commands and scripts, one for reads that wait for something new.

Neither retries by itself: a retried commit whose answer was lost would be made twice. Only a call that may be
repeated without harm is sent once more, over a new connection. What goes wrong leaves here as a `StoreError`
that never shows the address, since it may hold a password.
"""

import asyncio
import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from importlib.resources import files
from typing import Any, Protocol
from urllib.parse import unquote, urlsplit

from hiredis import pack_command
from redis.asyncio import BlockingConnectionPool, Redis
from redis.asyncio.connection import AbstractConnection
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError as Disconnected
from redis.exceptions import NoPermissionError, NoScriptError, RedisError, ResponseError

from alerter.store.protocol import StoreError, StoreRefused
from alerter.store.redis.encoding import milliseconds

GROUP = "read"
"""The consumer group of those who read signals."""

Argument = str | int
Fields = Sequence[str]
"""Names and values of a stream entry, in turn."""

_LONGEST_WAIT = timedelta(seconds=2)
_CONNECTIONS = 32
"""Connections of each client; who finds none free waits for one."""
_COMMAND_SECONDS = 5.0
_BLOCKING_SECONDS = 10.0
"""Well beyond the longest wait, so that a silent server is told from an empty stream."""


class Connections(Protocol):
    """What is used of redis-py, which leaves these methods untyped."""

    async def execute_command(self, *command: Argument) -> Any:
        """The raw answer."""
        ...

    async def aclose(self) -> None:
        """Let go of all connections."""
        ...


class QueueLost(StoreError):
    """The queue's consumer group is gone: the server lost its data."""


class Forbidden(StoreError):
    """The server does not let this user run the command."""


class Client:
    """Sends commands and scripts under one key prefix. Every method raises StoreError."""

    def __init__(self, url: str, prefix: str) -> None:
        self.prefix = prefix
        self._secret = _secret(url)
        self._commands = _connect(url, _COMMAND_SECONDS)
        self._blocking = _connect(url, _BLOCKING_SECONDS)
        self._scripts = _load_scripts()

    def key(self, name: str) -> str:
        """The full name of a key."""
        return self.prefix + name

    async def ask(self, *command: Argument) -> Any:
        """A command that may be repeated; its raw answer."""
        with self._as_store_errors():
            return await _repeatedly(self._commands, command)

    async def page(self, stream: str, limit: int, before: str | None = None) -> Any:
        """Entries of a stream, newest first, before a position."""
        last = "+" if before is None else f"({before}"
        return await self.ask("XREVRANGE", stream, last, "-", "COUNT", limit)

    async def info(self, section: str = "default") -> dict[str, str]:
        """What the server tells of itself; nothing where a host forbids to ask."""
        try:
            text = await self.ask("INFO", section)
        except Forbidden:
            return {}
        return dict(line.split(":", 1) for line in text.splitlines() if ":" in line)

    async def listen(self, wait: timedelta, *command: Argument) -> Any:
        """A stream read (`XREAD` or `XREADGROUP`, without `BLOCK`) that waits for entries, 2 s at most.

        One that is cancelled may strand what arrived: short waits let a shutdown wait for its end.
        """
        block = milliseconds(min(wait, _LONGEST_WAIT))
        at = command.index("STREAMS")
        blocking = ("BLOCK", block) if block > 0 else ()  # BLOCK 0 would wait for ever
        with self._as_store_errors():
            return await self._blocking.execute_command(*command[:at], *blocking, *command[at:])

    async def run(self, script: str, *arguments: Argument, repeatable: bool = False) -> Any:
        """Run one of the scripts under the prefix; `repeatable` when a second run does no harm."""
        return await self.run_over((self.prefix,), script, *arguments, repeatable=repeatable)

    async def run_over(
        self, keys: Sequence[str], script: str, *arguments: Argument, repeatable: bool = False
    ) -> Any:
        """Run a script over these keys."""
        source, sha = self._scripts[script]
        rest = (len(keys), *keys, *arguments)
        send = _repeatedly if repeatable else _once
        with self._as_store_errors():
            try:
                return await send(self._commands, ("EVALSHA", sha, *rest))
            except NoScriptError:  # a restarted server has forgotten it, and ran nothing
                return await send(self._commands, ("EVAL", source, *rest))

    async def close(self) -> None:
        """Let go of all connections."""
        await self._commands.aclose()
        await self._blocking.aclose()

    @contextmanager
    def _as_store_errors(self) -> Iterator[None]:
        cancelled = _cancellations()
        try:
            yield
        except (RedisError, OSError) as error:
            _heed(cancelled)
            is_refusal = isinstance(error, ResponseError)
            text = f"the store {'refuses' if is_refusal else 'does not answer'}: {error}"
            if self._secret and self._secret in text:  # a server quotes the AUTH that it does not know
                raise _kind(error)(text.replace(self._secret, "***")) from None
            raise _kind(error)(text) from error
        _heed(cancelled)


def _cancellations() -> int:
    task = asyncio.current_task()
    return task.cancelling() if task else 0


def _heed(before: int) -> None:
    """Raise a cancellation that `asyncio.wait_for`, within redis-py, swallows up to Python 3.11."""
    if _cancellations() > before:
        raise asyncio.CancelledError


def _kind(error: Exception) -> type[StoreError]:
    if isinstance(error, NoPermissionError):
        return Forbidden
    return QueueLost if str(error).startswith("NOGROUP") else StoreError


async def _once(client: Connections, command: Sequence[Argument]) -> Any:
    return await client.execute_command(*command)


async def _repeatedly(client: Connections, command: Sequence[Argument]) -> Any:
    try:
        return await client.execute_command(*command)
    except Disconnected:  # most often a connection that died while it was idle
        return await client.execute_command(*command)


class _HiredisPacking(AbstractConnection):
    """Packs commands in C; redis-py's asyncio connections do it in Python, argument by argument."""

    def pack_command(self, *args: Any) -> list[bytes]:
        """The command on the wire; names of two words (`CLIENT SETINFO`) are parted as redis-py does."""
        return [pack_command((*str(args[0]).split(), *args[1:]))]


def _connect(url: str, seconds: float) -> Connections:
    try:
        pool: BlockingConnectionPool = BlockingConnectionPool.from_url(
            url,
            max_connections=_CONNECTIONS,
            timeout=_COMMAND_SECONDS,
            decode_responses=True,
            protocol=2,  # answers of one shape from every server
            retry=Retry(NoBackoff(), 0),
            socket_timeout=seconds,
            socket_connect_timeout=_COMMAND_SECONDS,
        )
    except ValueError:
        raise StoreRefused(
            "the store's address is not understood; write redis://, rediss:// or unix://"
        ) from None  # the cause quotes the address
    pool.connection_class = type("PackedConnection", (_HiredisPacking, pool.connection_class), {})
    client: Redis = Redis.from_pool(pool)
    client.response_callbacks.clear()
    return client


def _secret(url: str) -> str:
    try:
        return unquote(urlsplit(url).password or "")
    except ValueError:
        return ""


def _load_scripts() -> dict[str, tuple[str, str]]:
    """Every script by its name: its text, and the digest that the server knows it by."""
    scripts = {}
    for path in (files(__package__) / "scripts").iterdir():
        text = path.read_text(encoding="utf-8")
        sha = hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest()
        scripts[path.name.removesuffix(".lua")] = (text, sha)
    return scripts
