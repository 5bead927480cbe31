"""Signals between intake and archive: taken, filed exactly once, found again; or buried, visibly."""

import asyncio
from datetime import timedelta

from alerter.core.reading import Claim, Reading, ReadSignal
from alerter.store.protocol import Backlog, Store
from tests.support.signals import NOON, a_read_signal, a_record, a_signal
from tests.support.stores import AT_ONCE, MINUTE, commit, file, offer, read, take
from tests.support.waiting import eventually, pause

SHORT = timedelta(milliseconds=60)


def ids(readings: list[ReadSignal]) -> list[str]:
    """The signals' own ids."""
    return [reading.record.id for reading in readings]


async def log(store: Store, position: str = "0", limit: int = 100) -> list[ReadSignal]:
    """What was read after a position."""
    return [reading for _position, reading in await store.signals.after(position, limit, AT_ONCE)]


async def test_signals_are_taken_oldest_first_and_by_one_process_each(store: Store) -> None:
    """Readers share the queue: nothing is handed out twice, and the limit holds."""
    await offer(store, *map(a_signal, "abcde"))
    assert [queued.record.id for queued in await take(store, "one", limit=2)] == ["a", "b"]
    assert [queued.record.id for queued in await take(store, "two", limit=2)] == ["c", "d"]
    assert [queued.record.id for queued in await take(store, "one", limit=2)] == ["e"]
    assert await take(store, "two") == []


async def test_a_signal_first_handed_out_counts_one_delivery(store: Store) -> None:
    """The count tells signals that kill their readers from others."""
    await offer(store, a_signal())
    assert [queued.deliveries for queued in await take(store)] == [1]


async def test_taking_waits_for_a_signal(store: Store) -> None:
    """A reader that waits gets what comes in meanwhile, long before its wait is over."""
    async with asyncio.timeout(5), asyncio.TaskGroup() as tasks:
        waiting = tasks.create_task(store.signals.take("reader", 9, MINUTE))
        await pause()
        await offer(store, a_signal())
    assert [queued.record.id for queued in waiting.result()] == ["magnets-1"]


async def test_waiting_for_signals_ends(store: Store) -> None:
    """With nothing to read, taking answers with nothing after its wait."""
    assert list(await store.signals.take("reader", 9, SHORT)) == []


async def test_a_filed_signal_is_in_the_log_with_its_reading(store: Store) -> None:
    """The log keeps the record and everything that was read in it."""
    await offer(store, a_signal())
    [queued] = await take(store)
    claim = Claim(metric="exports", change_pct=-33.3, origin="CN", span=(3, 9))
    reading = ReadSignal(record=queued.record, reading=Reading(claims=(claim,), story_keys=("magnets",)))
    await store.signals.file([(queued.entry, reading)])
    assert await log(store) == [reading]


async def test_a_signal_is_filed_once(store: Store) -> None:
    """Filing again, alone or among others, changes nothing for what has left the queue."""
    await offer(store, a_signal("a"), a_signal("b"))
    first, second = await take(store)
    await file(store, first)
    await file(store, first, second)
    await file(store, first, second)
    assert ids(await log(store)) == ["a", "b"]
    assert await store.signals.backlog() == Backlog(unread=0, unevaluated=2)


async def test_what_was_never_queued_is_not_filed(store: Store) -> None:
    """Filing nothing, or after everything was filed, leaves the log as it is."""
    await store.signals.file([])
    await offer(store, a_signal())
    [queued] = await take(store)
    await file(store, queued)
    await store.signals.file([(queued.entry, a_read_signal("forged"))])
    assert ids(await log(store)) == ["magnets-1"]


async def test_the_log_is_read_on_from_any_position(store: Store) -> None:
    """Each entry's position leads to what comes after it."""
    await read(store, *map(a_signal, "abc"))
    entries = await store.signals.after("0", 2, AT_ONCE)
    assert [reading.record.id for _position, reading in entries] == ["a", "b"]
    assert ids(await log(store, entries[0][0])) == ["b", "c"]
    [(last, _reading)] = await store.signals.after(entries[1][0], 9, AT_ONCE)
    assert await log(store, last) == []
    await read(store, a_signal("d"))
    assert ids(await log(store, last)) == ["d"]


async def test_following_the_log_waits_for_a_reading(store: Store) -> None:
    """The evaluator gets what is filed meanwhile, and nothing when nothing is."""
    await offer(store, a_signal())
    async with asyncio.timeout(5), asyncio.TaskGroup() as tasks:
        waiting = tasks.create_task(store.signals.after("0", 9, MINUTE))
        await pause()
        await file(store, *await take(store))
    [(position, reading)] = waiting.result()
    assert reading.record.id == "magnets-1"
    assert list(await store.signals.after(position, 9, SHORT)) == []


async def test_recent_signals_are_paged_from_the_newest(store: Store) -> None:
    """Pages follow each other by position, without gap or repetition."""
    assert list(await store.signals.recent(9)) == []
    await read(store, *map(a_signal, "abcde"))
    pages: list[list[str]] = []
    before: str | None = None
    while page := await store.signals.recent(2, before):
        pages.append(ids([reading for _position, reading in page]))
        before = page[-1][0]
    assert pages == [["e", "d"], ["c", "b"], ["a"]]


async def test_a_signal_is_found_by_identity_and_by_its_own_id(store: Store) -> None:
    """Links may name either; what was never read is not found."""
    [reading] = await read(store, a_signal())
    await offer(store, a_signal("unread"))
    assert await store.signals.find(a_signal().identity) == reading
    assert await store.signals.find("magnets-1") == reading
    assert await store.signals.find("unread") is None
    assert await store.signals.find("") is None


async def test_the_newest_version_read_is_found_whatever_the_order_of_reading(store: Store) -> None:
    """Readers work in parallel: a first version filed late does not hide the second."""
    await offer(store, a_signal(), a_signal(title="Corrected"))
    first, second = await take(store)
    await file(store, second)
    await file(store, first)
    found = await store.signals.find(a_signal().identity)
    assert found is not None
    assert found.record.version == 2


async def test_a_version_that_is_read_after_a_newer_one_is_kept_as_baseline(store: Store) -> None:
    """What was corrected meanwhile alerts nobody; in order, nothing is marked."""
    await offer(
        store, a_signal("a"), a_signal("a", title="Corrected"), a_signal("b"), a_signal("b", title="New")
    )
    first, second, *others = await take(store)
    await file(store, second)
    await file(store, first)
    await file(store, *others)
    kept = [(one.record.id, one.record.version, one.record.baseline) for one in await log(store)]
    assert kept == [("a", 2, False), ("a", 1, True), ("b", 1, False), ("b", 2, False)]


async def test_unreadable_signals_go_to_the_dead_letters(store: Store) -> None:
    """They leave the queue with a reason, newest first, and are no longer anyone's to file."""
    await offer(store, *map(a_signal, "abc"))
    queued = await take(store)
    await store.signals.bury(queued[:1], "killed its reader 3 times")
    await store.signals.bury(queued[1:2], "not text")
    await store.signals.bury(queued[1:2], "twice")
    await file(store, *queued)
    dead = [(record.id, reason) for record, reason in await store.signals.dead(9)]
    assert dead == [("b", "not text"), ("a", "killed its reader 3 times")]
    assert [record.id for record, _reason in await store.signals.dead(1)] == ["b"]
    assert ids(await log(store)) == ["c"]
    assert await store.signals.backlog() == Backlog(unread=0, unevaluated=1)


async def test_the_backlog_counts_what_is_unread_and_what_is_unevaluated(store: Store) -> None:
    """A signal being read is unread until it is filed, and unevaluated until the evaluator's commit."""
    assert await store.signals.backlog() == Backlog(unread=0, unevaluated=0)
    await offer(store, *map(a_signal, "abc"))
    taken = await take(store)
    assert await store.signals.backlog() == Backlog(unread=3, unevaluated=0)
    await file(store, *taken[:2])
    assert await store.signals.backlog() == Backlog(unread=1, unevaluated=2)
    [(first, _reading)] = await store.signals.after("0", 1, AT_ONCE)
    await commit(store, seen_to=first)
    assert await store.signals.backlog() == Backlog(unread=1, unevaluated=1)


async def test_readers_in_parallel_share_everything_once(store: Store) -> None:
    """Several takers at once get every signal exactly once between them."""
    names = [f"s{number}" for number in range(40)]
    await store.signals.intake([a_record(name, seen_at=NOON) for name in names])
    shares = await asyncio.gather(*(take(store, f"reader-{number}", limit=7) for number in range(6)))
    assert sorted(queued.record.id for share in shares for queued in share) == sorted(names)
    await asyncio.gather(*(file(store, *share) for share in shares))
    assert sorted(ids(await eventually(lambda: log(store)))) == sorted(names)
