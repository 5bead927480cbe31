"""Reading that may take long: in a worker thread, so that nothing else waits, and in bounded time.

Between an answer and the pure module that reads it; shared by the kinds.
"""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import TypeVar

from alerter.sources.base import SourceError

Read = TypeVar("Read")


async def read_aside(
    read: Callable[[], Read],
    faults: type[Exception] | tuple[type[Exception], ...],
    *,
    host: str,
    what: str,
    time: timedelta,
) -> Read:
    """What reading comes to. Raises SourceError when it takes longer, or for one of the faults.

    `what` was sent by the host; the message of a fault completes a sentence that starts with it. A thread
    cannot be stopped: one that takes too long ends by itself, and nobody waits for it.
    """
    try:
        async with asyncio.timeout(time.total_seconds()):
            return await asyncio.to_thread(read)
    except TimeoutError as error:
        raise SourceError(f"{host} sent a {what} that takes too long to read") from error
    except faults as error:
        raise SourceError(f"{host} {error}") from error
