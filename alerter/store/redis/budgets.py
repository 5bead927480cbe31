"""Call budgets in Redis, counted for all replicas by the server's clock; keys expire by themselves."""

from collections.abc import Sequence
from datetime import timedelta

from alerter.core.budget import Allowance, CallLimit
from alerter.store.redis.client import Client
from alerter.store.redis.encoding import milliseconds, span


class RedisBudgets:
    """The protocol's `Budgets`. Every method raises StoreError."""

    def __init__(self, client: Client) -> None:
        self._client = client

    async def spend(self, name: str, limits: Sequence[CallLimit]) -> Allowance:
        """Count one call; one whose answer is lost may count twice."""
        rows = [part for limit in limits for part in (limit.calls, span(limit.within))]
        left, wait = await self._client.run("spend", name, *rows, repeatable=True)
        return Allowance(left=int(left), wait=timedelta(microseconds=int(wait)))

    async def close(self, name: str, wait: timedelta) -> None:
        """Grant no call for this long; a longer closure stands."""
        key, longest = self._client.key(f"closed:{name}"), max(milliseconds(wait), 1)
        await self._client.ask("SET", key, 1, "PX", longest, "NX")
        await self._client.ask("PEXPIRE", key, longest, "GT")
