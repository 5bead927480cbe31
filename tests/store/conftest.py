"""A Redis store on a real server, and one whose answers can be lost."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from redis.exceptions import ConnectionError as Disconnected

from alerter import clock
from alerter.store.redis import RedisStore
from alerter.store.redis.client import Argument, Connections
from tests.support.servers import empty


@pytest.fixture
async def redis_store(redis_url: str) -> AsyncIterator[RedisStore]:
    """An open, empty store on a real Redis."""
    empty(redis_url)
    store = RedisStore(redis_url)
    await store.open()
    yield store
    await store.close()


class LossyLine:
    """Connections that carry a command out, and lose the next answers when told to."""

    def __init__(self, line: Connections) -> None:
        self._line = line
        self.losing = 0
        self.sent = 0

    async def execute_command(self, *command: Argument) -> Any:
        """The answer, unless it is lost."""
        self.sent += 1
        answer = await self._line.execute_command(*command)
        if self.losing > 0:
            self.losing -= 1
            raise Disconnected("the line was cut")
        return answer

    async def aclose(self) -> None:
        """Close what is under it."""
        await self._line.aclose()


@pytest.fixture
def lossy(redis_store: RedisStore) -> LossyLine:
    """The line under the store's commands and scripts."""
    client = redis_store._client
    client._commands = line = LossyLine(client._commands)
    redis_store.signals._memory_looked_at = clock.monotonic()  # the answer to be lost is intake's own
    return line
