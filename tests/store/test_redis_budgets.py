"""Call budgets by a server's clock, which may be set back."""

from datetime import timedelta

import redis

from alerter.core.budget import CallLimit
from alerter.store.redis import RedisStore

MINUTE = timedelta(minutes=1)
LIMITS = [CallLimit(calls=2, within=MINUTE), CallLimit(calls=9, within=60 * MINUTE)]


async def test_a_clock_that_was_set_back_closes_no_budget_for_longer_than_its_window(
    redis_url: str, redis_store: RedisStore
) -> None:
    """Calls that seem to lie ahead still count, as if they had been made just now."""
    for _ in range(2):
        await redis_store.budgets.spend("key", LIMITS)
    with redis.Redis.from_url(redis_url) as server:
        for call, at in server.zrange("alerter:calls:key", 0, -1, withscores=True):
            server.zadd("alerter:calls:key", {call: at + timedelta(days=1) // timedelta(microseconds=1)})

    refused = await redis_store.budgets.spend("key", LIMITS)

    assert MINUTE - timedelta(seconds=5) < refused.wait <= MINUTE
