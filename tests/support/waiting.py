"""Bounded waiting for what another task or process does, without fixed sleeps."""

import asyncio
import contextlib
import inspect
from collections.abc import Awaitable, Callable
from typing import TypeVar, overload

Seen = TypeVar("Seen")

PAUSE = 0.01
"""Seconds between two looks."""


@overload
async def eventually(probe: Callable[[], Awaitable[Seen | None]], *, within: float = 5.0) -> Seen: ...
@overload
async def eventually(probe: Callable[[], Seen | None], *, within: float = 5.0) -> Seen: ...
async def eventually(probe: Callable[[], object], *, within: float = 5.0) -> object:
    """Look until the probe (plain or async) answers something true, and return that.

    Raises AssertionError with the last answer when `within` seconds pass without one.
    """
    last: object = None
    try:
        async with asyncio.timeout(within):
            while True:
                seen = probe()
                found = await seen if inspect.isawaitable(seen) else seen
                if found:
                    return found
                last = found
                await pause()
    except TimeoutError as error:
        raise AssertionError(f"not within {within} s; last seen: {last!r}") from error


async def pause() -> None:
    """Let other tasks and processes go on for a moment."""
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(asyncio.Event().wait(), PAUSE)
