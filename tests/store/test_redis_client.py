"""The two clients: addresses, secrets, scripts that a server forgets, and what is sent twice."""

import asyncio
import shutil
from datetime import timedelta
from pathlib import Path

import pytest
import redis

from alerter.store.protocol import StoreError, StoreRefused
from alerter.store.redis import RedisStore
from alerter.store.redis.client import Client
from tests.store.conftest import LossyLine
from tests.support.signals import a_signal
from tests.support.stores import AT_ONCE, offer, take

SECRET = "hunter2-and-more"


@pytest.mark.parametrize(
    "url", [f"http://u:{SECRET}@host", f"redis://:{SECRET}@host:port/0", f"{SECRET}", f"redis://[{SECRET}"]
)
def test_an_address_that_is_not_understood_is_refused_without_showing_it(url: str) -> None:
    """The message names the forms that are, and neither it nor its cause quotes the address."""
    with pytest.raises(StoreRefused, match="redis://") as refused:
        RedisStore(url)
    assert SECRET not in str(refused.value)
    assert refused.value.__suppress_context__


async def test_an_unreachable_server_is_a_store_error(tmp_path: Path) -> None:
    """No answer is a StoreError, which does not show the password."""
    store = RedisStore(f"unix://user:{SECRET}@{tmp_path}/none.sock")
    with pytest.raises(StoreError, match="does not answer") as failed:
        await store.open()
    assert SECRET not in str(failed.value)
    await store.close()


async def test_a_wrong_password_is_a_store_error_that_hides_it(redis_url: str) -> None:
    """What the server says of the login is passed on, the password is not."""
    store = RedisStore(redis_url.replace("unix://", f"unix://nobody:{SECRET}@"))
    with pytest.raises(StoreError, match="username-password") as failed:
        await store.ping()
    assert SECRET not in str(failed.value)
    await store.close()


async def test_a_quoted_password_is_blotted_out(redis_store: RedisStore) -> None:
    """Where a server's error quotes the password, the StoreError and its cause do not."""
    client = redis_store._client
    client._secret = SECRET
    with pytest.raises(StoreError, match=r"\*\*\*") as failed:
        await client.ask("NOSUCHCOMMAND", SECRET)
    assert SECRET not in str(failed.value)
    assert failed.value.__suppress_context__


async def test_scripts_that_the_server_forgot_are_sent_again(redis_store: RedisStore, redis_url: str) -> None:
    """A restarted server has no scripts: the next call carries the text and goes through, once."""
    with redis.Redis.from_url(redis_url) as server:
        server.script_flush()
    assert await offer(redis_store, a_signal()) == ["accepted"]
    assert len(await take(redis_store)) == 1


async def test_only_what_may_be_repeated_is_sent_twice(redis_store: RedisStore, lossy: LossyLine) -> None:
    """A read whose answer is lost is asked again; a commit whose answer is lost is the caller's to judge."""
    await offer(redis_store, a_signal("a"))
    lossy.losing, lossy.sent = 1, 0
    assert (await redis_store.signals.backlog()).unread == 1
    assert lossy.sent == 3  # the backlog's two questions, the first of them twice
    lossy.losing, lossy.sent = 1, 0
    with pytest.raises(StoreError):
        await offer(redis_store, a_signal("b"))
    assert lossy.sent == 1


async def test_a_server_that_stays_away_is_an_error_after_one_repetition(
    redis_store: RedisStore, lossy: LossyLine
) -> None:
    """Patience is the caller's business."""
    lossy.losing, lossy.sent = 9, 0
    with pytest.raises(StoreError):
        await redis_store.ping()
    assert lossy.sent == 2


async def test_a_read_without_a_wait_does_not_block(redis_url: str) -> None:
    """`BLOCK 0` would wait for ever, so no wait sends no BLOCK."""
    client = Client(redis_url, "alerter:")
    async with asyncio.timeout(1):
        assert await client.listen(AT_ONCE, "XREAD", "COUNT", 1, "STREAMS", "none", "0") is None
        assert await client.listen(timedelta(milliseconds=1), "XREAD", "STREAMS", "none", "0") is None
    await client.close()


async def test_many_callers_at_once_wait_for_a_connection(redis_store: RedisStore) -> None:
    """A burst beyond the connections at hand is served, none refused."""
    statuses = await asyncio.gather(*(offer(redis_store, a_signal(f"s{i}")) for i in range(200)))
    assert statuses == [["accepted"]] * 200


async def test_every_script_is_there_and_says_what_it_takes() -> None:
    """Each script opens with what it does, and names its keys."""
    scripts = Client("redis://localhost", "alerter:")._scripts
    assert len(scripts) >= 15
    for name, (text, _sha) in scripts.items():
        assert text.startswith("-- "), name
        assert "KEYS" in text.split("\n\n")[0], name


@pytest.mark.skipif(shutil.which("redis-server") is None, reason="redis-server is not installed")
async def test_stores_under_different_prefixes_are_apart(redis_store: RedisStore, redis_url: str) -> None:
    """Two installations share a server without seeing each other."""
    other = RedisStore(redis_url, prefix="other:")
    await other.open()
    await offer(redis_store, a_signal())
    assert await take(other) == []
    assert await offer(other, a_signal()) == ["accepted"]
    await other.close()
