"""Call budgets in memory, for one process alone: tests, and commands that have no store."""

from collections import deque
from collections.abc import Callable, Sequence
from datetime import timedelta

from alerter import clock
from alerter.core.budget import Allowance, CallLimit


class MemoryBudgets:
    """The protocol's `Budgets`. `monotonic` is its own time, in seconds."""

    def __init__(self, monotonic: Callable[[], float] = clock.monotonic) -> None:
        self._monotonic = monotonic
        self._calls: dict[str, deque[float]] = {}
        """Times of the calls that still count, oldest first."""
        self._closed_until: dict[str, float] = {}

    async def spend(self, name: str, limits: Sequence[CallLimit]) -> Allowance:
        """Count one call, if every limit and no closure allows it."""
        now = self._monotonic()
        made = self._made(name, limits, now)
        waits = [self._closed_until.get(name, now) - now, *(_wait(made, limit, now) for limit in limits)]
        if max(waits) > 0:
            return Allowance(left=0, wait=timedelta(seconds=max(waits)))
        made.append(now)
        left = (limit.calls - _within(made, limit, now) for limit in limits)
        return Allowance(left=min(left, default=0))

    async def close(self, name: str, wait: timedelta) -> None:
        """Grant no call for this long; a longer closure stands."""
        until = self._monotonic() + wait.total_seconds()
        self._closed_until[name] = max(until, self._closed_until.get(name, until))

    def _made(self, name: str, limits: Sequence[CallLimit], now: float) -> deque[float]:
        made = self._calls.setdefault(name, deque())
        longest = max((limit.within.total_seconds() for limit in limits), default=0.0)
        while made and made[0] <= now - longest:
            made.popleft()
        return made


def _within(made: Sequence[float], limit: CallLimit, now: float) -> int:
    """Calls in the limit's window."""
    return sum(at > now - limit.within.total_seconds() for at in made)


def _wait(made: Sequence[float], limit: CallLimit, now: float) -> float:
    """Seconds until the limit allows one more call; 0 = it does."""
    if _within(made, limit, now) < limit.calls:
        return 0.0
    last = made[-limit.calls] if limit.calls > 0 else now
    return last + limit.within.total_seconds() - now
