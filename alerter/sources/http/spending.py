"""Calls counted against budgets before they are made, and budgets closed when the publisher refuses."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta

from alerter.clock import monotonic
from alerter.core.budget import Budget, Budgets
from alerter.sources.http.messages import FetchError

CLOSED_FOR = timedelta(minutes=5)
"""How long a budget grants no call after a 429 that does not say when to come back."""

A_STOCK = timedelta(minutes=1)
"""A budget whose windows are all shorter than this is a pace: that its one call is made says nothing."""


class Purse:
    """Draws on budgets; where none are kept, every call is free."""

    def __init__(
        self,
        budgets: Budgets | None,
        *,
        tell_time: Callable[[], float] = monotonic,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> None:
        self._budgets = budgets
        self._tell_time = tell_time
        self._sleep = sleep

    async def draw(self, budget: Budget | None) -> int | None:
        """Count a call, waiting for it as long as the patience lasts: calls left, None of a mere pace.

        Raises FetchError when the wait would be longer.
        """
        if budget is None or self._budgets is None:
            return None
        gives_up_at = self._tell_time() + budget.patience.total_seconds()
        while True:
            allowance = await self._budgets.spend(budget.name, budget.limits)
            wait = allowance.wait.total_seconds()
            if wait <= 0:
                return allowance.left if _lasts(budget) else None
            if self._tell_time() + wait > gives_up_at:
                raise FetchError(
                    f"the call budget of {budget.name} is used up; the next call is due in {wait:.0f} s",
                    retry_after=allowance.wait,
                    trouble="blocked",
                )
            await self._sleep(wait)

    async def heed(self, budget: Budget | None, error: FetchError) -> None:
        """After a 429 no source that draws on the same budget calls for as long as was asked."""
        if budget is not None and self._budgets is not None and error.status == 429:
            await self._budgets.close(budget.name, error.retry_after or CLOSED_FOR)


def _lasts(budget: Budget) -> bool:
    return any(limit.within >= A_STOCK for limit in budget.limits)
