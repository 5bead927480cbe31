"""Processes and leases in Redis: who lives, who holds what, and the taking over of what the dead held."""

from datetime import timedelta

from alerter.store.redis.client import Client
from alerter.store.redis.encoding import milliseconds


class RedisFleet:
    """The protocol's `Fleet`. A process that never beat counts as dead."""

    def __init__(self, client: Client, *, liveness: timedelta) -> None:
        self._client = client
        self._liveness = milliseconds(liveness)

    async def beat(self, process: str) -> None:
        """Say that the process lives."""
        await self._client.run("beat", process, self._liveness, repeatable=True)

    async def bury(self, process: str) -> int:
        """Free what dead processes held; how many things. The process that asks lives."""
        return int(await self._client.run("free", process, "", repeatable=True))

    async def leave(self, process: str) -> None:
        """Free everything the process holds."""
        await self._client.run("free", "", process, repeatable=True)

    async def lease(self, name: str, process: str, ttl: timedelta) -> int | None:
        """Take or renew a lease; a lapsed one gets a new epoch even for its last holder."""
        epoch = await self._client.run("lease", name, process, milliseconds(ttl), repeatable=True)
        return None if epoch is None else int(epoch)
