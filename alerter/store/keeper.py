"""Opens the store that the settings name, and keeps it answering: a dead embedded server is started again."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import structlog

from alerter.settings import Settings
from alerter.store.embedded import EmbeddedServer
from alerter.store.protocol import Store, StoreError
from alerter.store.redis import RedisStore

_log = structlog.get_logger()


class StoreKeeper:
    """A store with, where it is embedded, its server."""

    def __init__(self, store: Store, server: EmbeddedServer | None) -> None:
        self.store = store
        self._server = server
        self._trouble = ""

    @property
    def state(self) -> str:
        """`ok`, or why the store does not answer."""
        return self._trouble or "ok"

    async def watch(self) -> None:
        """Ask the store whether it answers; start its embedded server again if that is what died."""
        try:
            await self.store.ping()
        except StoreError as fault:
            if not self._trouble:
                _log.warning("store_unreachable", reason=str(fault))
            self._trouble = str(fault) or "no answer"
            if self._server:
                await self._server.ensure()
            return
        if self._trouble:
            _log.info("store_recovered")
        self._trouble = ""

    async def bury(self, process: str) -> None:
        """Take over what dead processes held."""
        freed = await self.store.fleet.bury(process)
        if freed:
            _log.warning("work_taken_over", count=freed)

    async def leave(self, process: str) -> None:
        """Give back what the process holds, if the store still answers."""
        with suppress(StoreError):
            await self.store.fleet.leave(process)


@asynccontextmanager
async def open_store(settings: Settings) -> AsyncIterator[StoreKeeper]:
    """The store behind `REDIS_URL`, or an embedded one under `DATA_DIR`. Raises StoreError."""
    server = None if settings.redis_url else EmbeddedServer(settings.data_dir)
    url = settings.redis_url.get_secret_value() if settings.redis_url else ""
    try:
        if server:
            url = await server.start()
        store = RedisStore(url, prefix=settings.key_prefix)
        await store.open()
        try:
            yield StoreKeeper(store, server)
        finally:
            await store.close()
    finally:
        if server:
            await server.stop()
