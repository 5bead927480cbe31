"""What a server counts by its own clock, which may be set back: nothing ends later for it."""

from datetime import timedelta

import redis

from alerter.core.delivery import Outcome
from alerter.store.protocol import EVALUATOR
from alerter.store.redis import RedisStore
from tests.support.signals import NOON, a_due, at, healthy
from tests.support.stores import MINUTE, claim_source, commit, must_claim
from tests.support.waiting import eventually

DAY_MS = 86_400_000


def set_back(url: str) -> None:
    """As if all that is there had been counted by a clock a day ahead of the present one."""
    with redis.Redis.from_url(url, decode_responses=True) as server:
        for key in server.scan_iter("alerter:held:*"):
            _shift(server, str(key))
        _shift(server, "alerter:polls:held")
        _shift(server, "alerter:processes")
        server.incrby("alerter:clock", DAY_MS)
        server.hincrby("alerter:leases:until", EVALUATOR, DAY_MS)


def _shift(server: redis.Redis, key: str) -> None:
    for member in list(server.zrange(key, 0, -1)):
        server.zincrby(key, DAY_MS, str(member))


async def test_holds_end_as_they_would_have(redis_url: str, redis_store: RedisStore) -> None:
    """A source and a delivery that are tried again within minutes are not put off for a day."""
    await redis_store.fleet.beat("one")
    await redis_store.sources.postpone(await claim_source(redis_store), NOON, MINUTE, healthy())
    await commit(redis_store, due=[a_due()])
    retry = Outcome(kind="retry", reason="429", retry_after=MINUTE)
    delivery = await must_claim(redis_store)
    await redis_store.outbox.record(delivery, retry, at(3600))
    set_back(redis_url)

    await redis_store.fleet.beat("one")

    wait = await redis_store.sources.next_due(NOON)
    assert wait is not None
    assert timedelta(seconds=50) < wait < timedelta(seconds=61)
    with redis.Redis.from_url(redis_url, decode_responses=True) as server:
        [(_, until)] = server.zrange("alerter:held:desk/console", 0, -1, withscores=True)
        seconds, _ = server.time()
    assert 50 < until / 1000 - seconds < 62


async def test_the_dead_are_not_taken_for_living(redis_url: str, redis_store: RedisStore) -> None:
    """What a process held that died before is taken over within seconds."""
    await redis_store.fleet.beat("dead")
    assert await redis_store.fleet.lease(EVALUATOR, "dead", timedelta(milliseconds=1)) == 1
    await redis_store.fleet.beat("one")
    set_back(redis_url)

    await redis_store.fleet.beat("one")

    assert await eventually(lambda: redis_store.fleet.lease(EVALUATOR, "one", MINUTE)) == 2
