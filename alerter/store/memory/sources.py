"""Sources in memory: due in domain time, held back in the store's own time, fenced by epoch."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from alerter.core.health import SourceHealth
from alerter.store.memory.schedule import Schedule
from alerter.store.protocol import Fenced, PollResult, SourceClaim


@dataclass(slots=True)
class _State:
    epoch: int = 0
    cursor: str | None = None
    holder: str | None = None
    health: SourceHealth | None = None


class MemorySources:
    """The protocol's `Sources`."""

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._states: dict[str, _State] = {}
        self._due: Schedule[str, datetime] = Schedule()
        self._claimed: dict[str, datetime] = {}
        """Due times of the scheduled sources that are being polled."""
        self._held_until: dict[str, float] = {}

    async def enrol(self, due: Mapping[str, datetime]) -> None:
        """Schedule these sources and no others."""
        known = {**{key: self._due.get(key) for key in self._due}, **self._claimed}
        for source in known.keys() - due.keys():
            self._due.drop(source)
            self._claimed.pop(source, None)
        for source, wanted in due.items():
            before = known.get(source)
            self._reschedule(source, wanted if before is None else min(before, wanted))

    async def claim(self, process: str, now: datetime, limit: int) -> Sequence[SourceClaim]:
        """Claim sources that are due and not held back, earliest first."""
        ready = [source for source, _due in self._due.due(now) if not self._is_held_back(source)]
        return [self._claim(source, process) for source in ready[:limit]]

    async def postpone(
        self, claim: SourceClaim, due: datetime, hold: timedelta, health: SourceHealth
    ) -> None:
        """End a claim without progress."""
        self.check(claim)
        self._release(claim.source, due, health)
        self._held_until[claim.source] = self._monotonic() + hold.total_seconds()

    async def hasten(self, source: str, now: datetime) -> None:
        """Make a scheduled source due now; a hold that its last failure earned still stands."""
        due = self._due.get(source)
        if due is not None and due > now:
            self._due.put(source, now)

    async def health(self) -> Mapping[str, SourceHealth]:
        """Health of every source that was ever polled."""
        elif self._held.get(source) is not None:
            self._after[source] = min(self._after[source], now)

    async def next_due(self, now: datetime) -> timedelta | None:
        """How long until something is due or a hold ends."""
        due, free = self._due.earliest(), self._held.earliest()
        waits = [] if due is None else [due - now]
        if free is not None:
            waits.append(timedelta(seconds=free - self._monotonic()))
        return min(waits, default=None)

    async def cursor(self, source: str) -> str | None:
        """Where the source's last poll ended."""
        state = self._states.get(source)
        return state.cursor if state else None
        return {name: state.health for name, state in self._states.items() if state.health is not None}

    def check(self, claim: SourceClaim) -> None:
        """Raises Fenced when the claim has ended."""
        state = self._states.get(claim.source)
        if state is None or state.holder is None or state.epoch != claim.epoch:
            raise Fenced(f"the claim on source {claim.source} has ended")

    def advance(self, poll: PollResult) -> None:
        """The end of a checked claim with progress."""
        self._states[poll.claim.source].cursor = poll.cursor
        self._release(poll.claim.source, poll.due, poll.health)

    def holders(self) -> set[str]:
        """Processes that are polling."""
        return {state.holder for state in self._states.values() if state.holder is not None}

    def free(self, process: str) -> int:
        """Sources claimed by the process are due again as before."""
        held = [name for name, state in self._states.items() if state.holder == process]
        for source in held:
            self._states[source].holder = None
            if source in self._claimed:
                self._due.put(source, self._claimed.pop(source))
        return len(held)

    def _reschedule(self, source: str, due: datetime) -> None:
        state = self._states.setdefault(source, _State())
        if state.holder is None:
            self._due.put(source, due)
        else:
            self._claimed[source] = due

    def _is_held_back(self, source: str) -> bool:
        until = self._held_until.get(source)
        if until is None or until > self._monotonic():
            return until is not None
        del self._held_until[source]
        return False

    def _claim(self, source: str, process: str) -> SourceClaim:
        due = self._due.get(source)
        if due is not None:
            self._claimed[source] = due
        self._due.drop(source)
        state = self._states[source]
        state.holder = process
        state.epoch += 1
        return SourceClaim(source=source, epoch=state.epoch, cursor=state.cursor)

    def _release(self, source: str, due: datetime, health: SourceHealth) -> None:
        state = self._states[source]
        state.holder = None
        state.health = health
        if self._claimed.pop(source, None) is not None:  # else it was unscheduled while it was polled
            self._due.put(source, due)
