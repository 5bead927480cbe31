"""The Redis store as a whole: which servers it refuses, what it keeps for how long, and what it forgets."""

import contextlib
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
import redis

from alerter.core.delivery import Outcome
from alerter.core.reading import Reading, ReadSignal
from alerter.store.protocol import Busy, Retention, StoreRefused
from alerter.store.redis import RedisStore
from alerter.store.redis.store import _check_server
from tests.support.servers import empty
from tests.support.signals import NOON, a_due, a_record, a_signal, an_alert, at
from tests.support.stores import AT_ONCE, DELIVERED, commit, file, must_claim, offer, read, take

DAY = timedelta(days=1)
DAY_MS = 86_400_000


@contextlib.asynccontextmanager
async def opened(url: str, **options: Any) -> AsyncIterator[RedisStore]:
    """Another store on the same server."""
    store = RedisStore(url, **options)
    try:
        await store.open()
        yield store
    finally:
        await store.close()


@contextlib.contextmanager
def configured(url: str, **options: Any) -> Any:
    """The server with other settings for a while."""
    with redis.Redis.from_url(url, decode_responses=True) as server:
        before = {name.replace("_", "-"): None for name in options}
        before = {name: server.config_get(name)[name] for name in before}
        for name, value in options.items():
            server.config_set(name.replace("_", "-"), value)
        try:
            yield server
        finally:
            for name, value in before.items():
                server.config_set(name, value)


async def test_the_schemas_version_is_stored_and_checked(redis_url: str) -> None:
    """An empty store takes this version; one of another version is refused with what to do about it."""
    empty(redis_url)
    async with opened(redis_url):
        pass
    with redis.Redis.from_url(redis_url) as server:
        assert server.get("alerter:schema") == b"1"
        server.set("alerter:schema", "99")
    with pytest.raises(StoreRefused, match=r"'99'.*needs 1.*ALERTER_KEY_PREFIX"):
        async with opened(redis_url):
            pass


async def test_foreign_keys_under_the_prefix_are_refused(redis_url: str) -> None:
    """Something of another kind in the place of our version is not ours to write to."""
    empty(redis_url)
    with redis.Redis.from_url(redis_url) as server:
        server.lpush("alerter:schema", "a list")
    with pytest.raises(StoreRefused, match="something else"):
        async with opened(redis_url):
            pass


async def test_an_evicting_server_is_refused(redis_url: str) -> None:
    """A policy that drops keys would break every promise: it is named, and so is the remedy."""
    empty(redis_url)
    with (
        configured(redis_url, maxmemory_policy="allkeys-lru"),
        pytest.raises(StoreRefused, match=r"allkeys-lru.*noeviction"),
    ):
        async with opened(redis_url):
            pass


@pytest.mark.parametrize(
    ("told", "refused"),
    [
        ({"redis_version": "6.2.14"}, True),
        ({"redis_version": "7.0.0"}, False),
        ({"redis_version": "10.1.0", "maxmemory_policy": "noeviction"}, False),
        ({"redis_version": "7.2.4", "maxmemory_policy": "volatile-ttl"}, True),
        ({}, False),
    ],
)
def test_servers_that_cannot_keep_the_promises_are_refused(told: dict[str, str], refused: bool) -> None:
    """Too old, or evicting; a server that does not tell gets the benefit of the doubt."""
    with pytest.raises(StoreRefused) if refused else contextlib.nullcontext():
        _check_server(told)


async def test_a_server_that_does_not_tell_of_itself_is_used(redis_url: str) -> None:
    """Hosted servers may forbid INFO: then nothing is known of durability, and intake goes on."""
    empty(redis_url)
    with redis.Redis.from_url(redis_url) as server:
        server.acl_setuser("guest", enabled=True, nopass=True, keys="*", commands=["+@all", "-info"])
        try:
            async with opened(redis_url.replace("unix://", "unix://guest:any@")) as store:
                assert not store.durable
                assert await offer(store, a_signal()) == ["accepted"]
        finally:
            server.acl_deluser("guest")


async def test_durability_is_known_once_opened(redis_url: str, redis_store: RedisStore) -> None:
    """An append-only file makes a server durable, and nothing else does."""
    assert redis_store.durable
    with configured(redis_url, appendonly="no"):
        async with opened(redis_url) as store:
            assert not store.durable


async def test_intake_ends_before_memory_does(redis_url: str) -> None:
    """At 80 % of the server's limit signals are refused for a while, and the rest of the pipeline goes on."""
    empty(redis_url)
    async with opened(redis_url) as store:
        await offer(store, a_signal("a"))
        with redis.Redis.from_url(redis_url) as server:
            used = server.info("memory")["used_memory"]
        with configured(redis_url, maxmemory=int(used * 1.2)):
            store.signals._memory_looked_at = 0
            with pytest.raises(Busy, match="memory") as busy:
                await offer(store, a_signal("b"))
            assert busy.value.retry_after > timedelta(0)
            await file(store, *await take(store))
        store.signals._memory_looked_at = 0
        assert await offer(store, a_signal("b")) == ["accepted"]


async def test_a_server_that_lost_everything_is_set_up_again(redis_store: RedisStore, redis_url: str) -> None:
    """Emptied under our feet, it gets its queue back, and signals are read again."""
    assert await take(redis_store) == []
    empty(redis_url)
    assert await redis_store.fleet.bury("reader") == 0
    empty(redis_url)
    assert await take(redis_store) == []
    await offer(redis_store, a_signal())
    assert len(await take(redis_store)) == 1


async def test_names_outlive_what_they_name(redis_store: RedisStore, redis_url: str) -> None:
    """Identities are remembered as long as the longest retention, and again from each time they are seen."""
    await redis_store.tidy(NOON, Retention(signals=10 * DAY, alerts=20 * DAY))
    [one] = await read(redis_store, a_signal())
    await commit(redis_store, touched=[(one.record.identity, "f1")])
    with redis.Redis.from_url(redis_url) as server:
        key = f"alerter:id:{one.record.identity}"
        assert 19 * DAY_MS < server.pttl(key) <= 20 * DAY_MS
        assert 19 * DAY_MS < server.pttl(f"alerter:touched:{one.record.identity}") <= 20 * DAY_MS
        assert 9 * DAY_MS < server.pttl(f"alerter:latest:{one.record.identity}") <= 10 * DAY_MS
        server.pexpire(key, DAY_MS)
        await offer(redis_store, a_signal())
        assert server.pttl(key) > 19 * DAY_MS


async def test_an_older_version_that_is_read_later_is_not_the_newest(redis_store: RedisStore) -> None:
    """Readers run in parallel: `find` goes by version, not by who was first."""
    await offer(redis_store, a_signal(), a_signal(title="Second version"))
    first, second = await take(redis_store)
    await file(redis_store, second)
    await file(redis_store, first)
    found = await redis_store.signals.find("magnets-1")
    assert found is not None
    assert (found.record.version, found.record.signal.title) == (2, "Second version")


async def test_retention_goes_by_the_servers_age_too(redis_store: RedisStore) -> None:
    """A signal that claims to be seen far ahead does not keep the whole log."""
    records = [a_record("ahead", seen_at=NOON + 9000 * DAY), a_record("old")]
    await redis_store.signals.intake(records)
    readings = [
        (one.entry, ReadSignal(record=one.record, reading=Reading())) for one in await take(redis_store)
    ]
    await redis_store.signals.file(readings)
    log = await redis_store.signals.after("0", 9, AT_ONCE)
    await commit(redis_store, seen_to=log[0][0])
    await redis_store.tidy(NOON + 2 * DAY, Retention(signals=DAY))
    assert len(await redis_store.signals.recent(9)) == 2
    await redis_store.tidy(NOON + 2 * DAY, Retention(signals=-DAY))
    assert [one.record.id for _, one in await redis_store.signals.recent(9)] == ["old"]


async def test_an_idle_entry_is_let_go_of_in_time(redis_store: RedisStore, redis_url: str) -> None:
    """Its pacing is kept an hour at least, a receipt as long as alerts are; new news keeps both."""
    with redis.Redis.from_url(redis_url) as server:
        for receipt, kept in ((None, 3_600_000), ("1717.42", 400 * DAY_MS)):
            await commit(redis_store, due=[a_due()])
            delivery = await must_claim(redis_store, seconds=9999)
            assert server.pttl(f"alerter:entry:{delivery.entry}") == -1
            await redis_store.outbox.record(delivery, Outcome(kind="delivered", receipt=receipt), NOON)
            assert kept - 60_000 < server.pttl(f"alerter:entry:{delivery.entry}") <= kept


async def test_members_keep_their_order_however_many(redis_store: RedisStore) -> None:
    """Five hundred alerts of one group are told in the order in which they were found."""
    alerts = [an_alert(f"a{number}") for number in range(500)]
    await commit(redis_store, alerts=alerts, due=[a_due(alert) for alert in alerts])
    await commit(redis_store, due=[a_due(alerts[7])])
    delivery = await must_claim(redis_store)
    told = [member.alert.fingerprint for member in delivery.members]
    assert told == [alert.fingerprint for alert in alerts]


async def test_delivery_ids_do_not_return_with_a_forgotten_entry(
    redis_store: RedisStore, redis_url: str
) -> None:
    """An entry whose memory has lapsed is told under a new id: receivers drop ids that they have seen."""
    ids = set()
    for _ in range(2):
        await commit(redis_store, due=[a_due()])
        delivery = await must_claim(redis_store, seconds=9999)
        await redis_store.outbox.record(delivery, DELIVERED, at(9999))
        ids.add(delivery.id)
        with redis.Redis.from_url(redis_url) as server:
            server.delete(f"alerter:entry:{delivery.entry}")
    assert len(ids) == 2


async def test_retiring_passes_by_those_who_take_over(redis_store: RedisStore) -> None:
    """Entries that gathered more while they waited for a second attempt go dead whole, and count once."""
    await commit(redis_store, due=[a_due()])
    delivery = await must_claim(redis_store)
    await commit(redis_store, due=[a_due(an_alert("later"))])
    held = Outcome(kind="retry", retry_after=timedelta(hours=1))
    await redis_store.outbox.record(delivery, held, NOON)
    assert await redis_store.outbox.retire(["desk/other"], NOON) == 1
    assert await redis_store.outbox.waiting() == {}
    assert len(await redis_store.outbox.dead(9)) == 2
