"""The store over a Redis or Valkey server: checks what it is given, puts the parts together, keeps house."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from alerter.core.alert import Alert
from alerter.store.protocol import (
    LIVENESS,
    SCHEMA_VERSION,
    STORY_KEPT,
    Retention,
    StoreError,
    StoreRefused,
)
from alerter.store.redis.bodies import Bodies
from alerter.store.redis.budgets import RedisBudgets
from alerter.store.redis.claims import KnownClaims
from alerter.store.redis.client import Client
from alerter.store.redis.encoding import microseconds, milliseconds
from alerter.store.redis.fleet import RedisFleet
from alerter.store.redis.judgements import RedisJudgements
from alerter.store.redis.outbox import RedisOutbox
from alerter.store.redis.signals import RedisSignals
from alerter.store.redis.sources import RedisSources

OLDEST_SERVER = 7
"""Major version of Redis from which on every command used here exists; Valkey tells the one it equals."""


class RedisStore:
    """A `Store` over a server at `redis://`, `rediss://` or `unix://`; all its keys start with `prefix`."""

    def __init__(self, url: str, *, prefix: str = "alerter:", liveness: timedelta = LIVENESS) -> None:
        self._client = Client(url, prefix)
        polls = KnownClaims(self._client, "polls")
        self._fleet = RedisFleet(self._client, liveness=liveness)
        self._sources = RedisSources(self._client, polls)
        self._signals = RedisSignals(self._client, polls)
        alerts = Bodies(Alert)
        self._judgements = RedisJudgements(self._client, alerts)
        self._outbox = RedisOutbox(self._client, alerts)
        self._budgets = RedisBudgets(self._client)
        self._durable = False

    @property
    def fleet(self) -> RedisFleet:
        """Which processes live, and who holds which lease."""
        return self._fleet

    @property
    def sources(self) -> RedisSources:
        """When each source is due, and how it fares."""
        return self._sources

    @property
    def signals(self) -> RedisSignals:
        """The queue to read, and the log of what was read."""
        return self._signals

    @property
    def judgements(self) -> RedisJudgements:
        """The evaluator's state."""
        return self._judgements

    @property
    def outbox(self) -> RedisOutbox:
        """What is due to whom, and the ledger."""
        return self._outbox

    @property
    def budgets(self) -> RedisBudgets:
        """How many calls are left to whom."""
        return self._budgets

    @property
    def durable(self) -> bool:
        """Does the server keep an append-only file, so that a crash loses nothing? Known once opened."""
        return self._durable

    async def open(self) -> None:
        """Check the server and what is stored there, and found what is absent. Raises StoreRefused."""
        told = await self._client.info()
        _check_server(told)
        self._durable = told.get("aof_enabled") == "1"
        await self._check_schema()
        await self._signals.found()

    async def ping(self) -> None:
        """Raises StoreError when the server does not answer."""
        await self._client.ask("PING")

    async def tidy(self, now: datetime, retention: Retention) -> None:
        """Let go of what is older than its retention, as the protocol says."""
        names_kept = milliseconds(max(retention.signals, retention.alerts))
        kept = ("signals_kept", milliseconds(retention.signals), "identities_kept", names_kept)
        await self._client.ask("HSET", self._client.key("state"), *kept)
        evaluated = await self._judgements.position()
        await self._trim("readings", now, retention.signals, last=evaluated)
        await self._trim("dead:signals", now, retention.signals)
        await self._sources.tidy(now - retention.signals)
        await self._trim("ledger", now, retention.alerts)
        await self._trim("dead:deliveries", now, retention.alerts)
        await self._forget("forget_alerts", microseconds(now - retention.alerts))
        await self._forget("forget_stories", microseconds(now), microseconds(now - STORY_KEPT))

    async def close(self) -> None:
        """Let go of connections; what is stored stays."""
        await self._client.close()

    async def _trim(self, log: str, now: datetime, kept: timedelta, *, last: str = "+") -> None:
        limits = (microseconds(now - kept), milliseconds(kept), last)
        while await self._client.run_over((self._client.key(log),), "trim", *limits, repeatable=True):
            pass

    async def _forget(self, script: str, *times: int) -> None:
        while await self._client.run(script, *times, repeatable=True):
            pass

    async def _check_schema(self) -> None:
        key = self._client.key("schema")
        try:
            await self._client.ask("SET", key, SCHEMA_VERSION, "NX")
            stored = await self._client.ask("GET", key)
        except StoreError as error:
            if "WRONGTYPE" not in str(error):
                raise
            stored = "something else"
        if stored != str(SCHEMA_VERSION):
            raise StoreRefused(
                f"the store holds schema {stored!r} under the prefix {self._client.prefix!r}, and this"
                f" version of alerter needs {SCHEMA_VERSION}: run the version that wrote it, or set"
                " ALERTER_KEY_PREFIX to start afresh beside it"
            )


def _check_server(told: Mapping[str, str]) -> None:
    """Refuse a server that is too old, or that would let go of what it promised to keep."""
    version = told.get("redis_version", "")
    if version and int(version.split(".")[0]) < OLDEST_SERVER:
        raise StoreRefused(f"the server is Redis {version}; alerter needs Redis 7.0, any Valkey, or newer")
    policy = told.get("maxmemory_policy", "noeviction")
    if policy != "noeviction":
        raise StoreRefused(
            f"the server's maxmemory-policy is {policy}, which silently drops what was promised to be kept:"
            " set it to noeviction"
        )
