"""Politeness towards a host: few requests at once, and some time between them."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta

from alerter.clock import monotonic


@dataclass(slots=True)
class _Gate:
    slots: asyncio.Semaphore
    users: int = 0
    free_at: float = 0.0


class Pacer:
    """Gives each request to a host its turn."""

    def __init__(
        self,
        per_host: int,
        spacing: timedelta,
        *,
        tell_time: Callable[[], float] = monotonic,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> None:
        self._per_host = per_host
        self._spacing = spacing.total_seconds()
        self._tell_time = tell_time
        self._sleep = sleep
        self._gates: dict[str, _Gate] = {}

    @asynccontextmanager
    async def turn(self, host: str) -> AsyncIterator[None]:
        """Wait for a free place at the host, and for its pause to end; keep the place for the block."""
        gate = self._gate(host)
        gate.users += 1
        try:
            async with gate.slots:
                await self._pause(gate)
                yield
        finally:
            gate.users -= 1

    async def _pause(self, gate: _Gate) -> None:
        now = self._tell_time()
        start = max(now, gate.free_at)
        gate.free_at = start + self._spacing  # booked before sleeping: the next in line waits behind this one
        if start > now:
            await self._sleep(start - now)

    def _gate(self, host: str) -> _Gate:
        if host not in self._gates:
            self._forget_idle()
            self._gates[host] = _Gate(asyncio.Semaphore(self._per_host))
        return self._gates[host]

    def _forget_idle(self) -> None:
        """Redirects can lead to ever new hosts; what none uses and whose pause is over need not be kept."""
        now = self._tell_time()
        self._gates = {host: gate for host, gate in self._gates.items() if gate.users or gate.free_at > now}
