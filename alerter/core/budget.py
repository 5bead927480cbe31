"""Call budgets: how many requests a publisher grants a credential, in which windows of time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

from alerter.core.model import Frozen


class CallLimit(Frozen):
    """So many calls in any stretch of time of this length."""

    calls: int
    within: timedelta


class Budget(Frozen):
    """What calls are counted against. Replicas that share a store share it."""

    name: str
    """The credential (never the key itself) or the host."""
    limits: tuple[CallLimit, ...]
    patience: timedelta = timedelta(0)
    """How long a call may wait for its turn; beyond it the poll gives up and says so."""


@dataclass(frozen=True, slots=True)
class Allowance:
    """The answer to one asked-for call."""

    left: int
    """Calls left in the tightest window, this one subtracted."""
    wait: timedelta = timedelta(0)
    """Above zero: the call is not granted, and none will be sooner."""


class Budgets(Protocol):
    """Where calls are counted. Time is the place's own, not the moved clock's."""

    async def spend(self, name: str, limits: Sequence[CallLimit]) -> Allowance:
        """Count one call, if every limit and no closure allows it."""
        ...

    async def close(self, name: str, wait: timedelta) -> None:
        """The publisher refused: grant no call for this long."""
        ...
