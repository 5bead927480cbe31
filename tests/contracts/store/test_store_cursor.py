"""Where a source's last poll ended, for others than its next poll."""

from alerter.store.protocol import Store
from tests.support.stores import a_poll, claim_source, offer


async def test_a_cursor_can_be_looked_at_without_a_claim(store: Store) -> None:
    """None before the first poll has ended; then what the last one left."""
    assert await store.sources.cursor("ree-news") is None
    claim = await claim_source(store)
    assert await store.sources.cursor("ree-news") is None
    await offer(store, poll=a_poll(claim, cursor="etag:1"))
    assert await store.sources.cursor("ree-news") == "etag:1"
