"""Politeness towards a host: few requests at once, and some time between them."""

import asyncio
from collections.abc import Awaitable, Callable
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

    def turn(self, host: str) -> "_Turn":
        """Wait for a free place at the host, and for its pause to end; keep the place for the block."""
        return _Turn(self, self._gate(host))

    async def pause(self, gate: _Gate) -> None:
        """Wait for the end of the gate's pause, and book the next one."""
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


class _Turn:
    """One turn at a gate. A class, since every request pays for it and a generator costs twice as much."""

    __slots__ = ("_gate", "_pacer")

    def __init__(self, pacer: Pacer, gate: _Gate) -> None:
        self._pacer, self._gate = pacer, gate

    async def __aenter__(self) -> None:
        gate = self._gate
        gate.users += 1
        try:
            await gate.slots.acquire()
        except BaseException:
            gate.users -= 1
            raise
        try:
            await self._pacer.pause(gate)
        except BaseException:
            self._leave()
            raise

    async def __aexit__(self, *_fault: object) -> None:
        self._leave()

    def _leave(self) -> None:
        self._gate.slots.release()
        self._gate.users -= 1
