"""Waking those who wait for something new."""

import asyncio
from datetime import timedelta


class Bell:
    """Wakes every waiting task when it rings; a ring that nobody waits for is not remembered."""

    def __init__(self) -> None:
        self._waiting: set[asyncio.Future[None]] = set()

    def ring(self) -> None:
        """Wake all."""
        for waiter in self._waiting:
            if not waiter.done():
                waiter.set_result(None)

    async def heard(self, within: timedelta) -> bool:
        """Wait for the next ring; False when none came."""
        waiter: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.add(waiter)
        try:
            await asyncio.wait_for(waiter, within.total_seconds())
        except TimeoutError:
            return False
        finally:
            self._waiting.discard(waiter)
        return True
