"""Sources in memory: due in domain time, held back in the store's own time, fenced by epoch."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from alerter.core.health import SourceHealth, with_heard
from alerter.store.memory.schedule import Schedule
from alerter.store.protocol import Enrolment, Fenced, PollResult, SourceClaim


@dataclass(slots=True)
class _State:
    epoch: int = 0
    signature: str | None = None
    """None = not enrolled."""
    cursor: str | None = None
    holder: str | None = None
    health: SourceHealth | None = None

    def is_over(self, before: datetime) -> bool:
        """Is it neither enrolled nor polled any more, and was last polled before then?"""
        last_at = self.health.last_poll_at if self.health else None
        is_in_use = self.signature is not None or self.holder is not None
        return not is_in_use and last_at is not None and last_at < before


class MemorySources:
    """The protocol's `Sources`. A scheduled source is either due, held back, or claimed."""

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._states: dict[str, _State] = {}
        self._due: Schedule[str, datetime] = Schedule()
        self._held: Schedule[str, float] = Schedule()
        self._after: dict[str, datetime] = {}
        """Due times of the scheduled sources that are held back or being polled."""
        self._heard: dict[str, datetime] = {}

    async def enrol(self, sources: Mapping[str, Enrolment]) -> None:
        """Schedule these sources and no others."""
        for source in self._states.keys() - sources.keys():
            self._states[source].signature = None
            self._unschedule(source)
        for source, enrolment in sources.items():
            state = self._states.setdefault(source, _State())
            if state.signature != enrolment.signature:
                self._begin(source, state, enrolment)

    async def claim(self, process: str, now: datetime, limit: int) -> Sequence[SourceClaim]:
        """Claim sources that are due and not held back, earliest first."""
        self._release_held()
        return [self._claim(source, process, due) for source, due in self._due.due(now, limit)]

    async def postpone(
        self, claim: SourceClaim, due: datetime, hold: timedelta, health: SourceHealth
    ) -> None:
        """End a claim without progress."""
        self.check(claim)
        self._end(claim.source, due, health, hold)

    async def hasten(self, source: str, now: datetime) -> None:
        """Make a scheduled source due now; a hold that its last failure earned still stands."""
        due = self._due.get(source)
        if due is not None and due > now:
            self._due.put(source, now)
        elif self._held.get(source) is not None:
            self._after[source] = min(self._after[source], now)

    async def next_due(self, now: datetime) -> timedelta | None:
        """How long until something is due or a hold ends."""
        due, free = self._due.earliest(), self._held.earliest()
        waits = [timedelta.max] if self._after else []
        if due is not None:
            waits.append(due - now)
        if free is not None:
            waits.append(timedelta(seconds=free - self._monotonic()))
        return min(waits, default=None)

    async def cursor(self, source: str) -> str | None:
        """Where the source's last poll ended."""
        state = self._states.get(source)
        return state.cursor if state else None

    async def health(self) -> Mapping[str, SourceHealth]:
        """Health of every source that was polled, enrolled with one or has pushed, and is not forgotten."""
        known = {name: state.health for name, state in self._states.items() if state.health is not None}
        return with_heard(known, self._heard)

    def hear(self, source: str, at: datetime) -> None:
        """A push brought something new from the source."""
        self._heard[source] = max(self._heard.get(source, at), at)

    def tidy(self, before: datetime) -> None:
        """Forget who has only pushed, and not since then, and what was polled then and is no source now."""
        self._heard = {source: at for source, at in self._heard.items() if at >= before}
        self._states = {source: state for source, state in self._states.items() if not state.is_over(before)}

    def check(self, claim: SourceClaim) -> None:
        """Raises Fenced when the claim has ended."""
        state = self._states.get(claim.source)
        if state is None or state.holder is None or state.epoch != claim.epoch:
            raise Fenced(f"the claim on source {claim.source} has ended")

    def advance(self, poll: PollResult, *, is_new: bool) -> None:
        """The end of a checked claim with progress."""
        self._states[poll.claim.source].cursor = poll.cursor
        due, health = (poll.due_if_new, poll.health_if_new) if is_new else (None, None)
        self._end(poll.claim.source, due or poll.due, health or poll.health, timedelta(0))

    def holders(self) -> set[str]:
        """Processes that are polling."""
        return {state.holder for state in self._states.values() if state.holder is not None}

    def free(self, process: str) -> int:
        """Sources claimed by the process are due again as before."""
        held = [name for name, state in self._states.items() if state.holder == process]
        for source in held:
            self._states[source].holder = None
            if source in self._after:
                self._due.put(source, self._after.pop(source))
        return len(held)

    def _begin(self, source: str, state: _State, enrolment: Enrolment) -> None:
        """New, or another one under the same name: what was going on no longer counts."""
        self._unschedule(source)
        state.signature, state.holder = enrolment.signature, None
        state.health = enrolment.health or state.health
        if enrolment.due is not None:
            self._due.put(source, enrolment.due)

    def _unschedule(self, source: str) -> None:
        self._due.drop(source)
        self._held.drop(source)
        self._after.pop(source, None)

    def _release_held(self) -> None:
        for source, _until in self._held.due(self._monotonic()):
            self._held.drop(source)
            self._due.put(source, self._after.pop(source))

    def _claim(self, source: str, process: str, due: datetime) -> SourceClaim:
        self._due.drop(source)
        self._after[source] = due
        state = self._states[source]
        state.holder = process
        state.epoch += 1
        return SourceClaim(source, state.epoch, state.cursor, state.health)

    def _end(self, source: str, due: datetime, health: SourceHealth, hold: timedelta) -> None:
        state = self._states[source]
        state.holder = None
        state.health = health
        if self._after.pop(source, None) is None:
            return  # it was unscheduled while it was polled
        if hold > timedelta(0):
            self._after[source] = due
            self._held.put(source, self._monotonic() + hold.total_seconds())
        else:
            self._due.put(source, due)
