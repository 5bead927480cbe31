"""Processes and leases in memory. The epochs of leases outlive their holders, and only count up."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from alerter.store.memory.holdings import Holdings


@dataclass(frozen=True, slots=True)
class _Lease:
    holder: str
    until: float


class MemoryFleet:
    """The protocol's `Fleet`. A process that never beat counts as dead."""

    def __init__(self, monotonic: Callable[[], float], *, liveness: timedelta) -> None:
        self._monotonic = monotonic
        self._liveness = liveness.total_seconds()
        self._alive_until: dict[str, float] = {}
        self._leases: dict[str, _Lease] = {}
        self._epochs: dict[str, int] = {}
        self._stages: tuple[Holdings, ...] = ()

    def oversee(self, *stages: Holdings) -> None:
        """The stages whose work a process's end sets free."""
        self._stages = stages

    def epoch(self, name: str) -> int:
        """Epoch of a lease's last change of hands, 0 = never held."""
        return self._epochs.get(name, 0)

    async def beat(self, process: str) -> None:
        """Say that the process lives."""
        self._alive_until[process] = self._monotonic() + self._liveness

    async def bury(self, process: str) -> int:
        """Free what dead processes held; the one that asks lives."""
        now = self._monotonic()
        self._alive_until = {name: until for name, until in self._alive_until.items() if until > now}
        living = {*self._alive_until, process}
        return sum(self._free(dead) for dead in self._holders() - living)

    async def leave(self, process: str) -> None:
        """Free everything the process holds."""
        self._alive_until.pop(process, None)
        self._free(process)

    async def lease(self, name: str, process: str, ttl: timedelta) -> int | None:
        """Take or renew a lease; a lapsed one gets a new epoch even for its last holder."""
        now = self._monotonic()
        lease = self._leases.get(name)
        held = lease is not None and lease.until > now
        if held and lease is not None and lease.holder != process:
            return None
        if not held:
            self._epochs[name] = self.epoch(name) + 1
        self._leases[name] = _Lease(process, now + ttl.total_seconds())
        return self._epochs[name]

    def _holders(self) -> set[str]:
        leased = {lease.holder for lease in self._leases.values()}
        return leased.union(*(stage.holders() for stage in self._stages))

    def _free(self, process: str) -> int:
        leases = [name for name, lease in self._leases.items() if lease.holder == process]
        for name in leases:
            del self._leases[name]
        return len(leases) + sum(stage.free(process) for stage in self._stages)
