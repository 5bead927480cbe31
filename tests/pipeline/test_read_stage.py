"""The reading stage: what a text that kills its reader costs."""

from datetime import timedelta

from alerter.core.reading import Reading
from alerter.core.signal import Signal
from alerter.pipeline.read import DELIVERIES_AT_MOST, ReadStage
from alerter.store.memory import MemoryStore
from alerter.store.protocol import new_records
from alerter.telemetry import Metrics
from tests.support.signals import NOON, a_signal


class Death(BaseException):
    """Ends a reader as a crash does: nothing in the stage can catch it."""


def read(signal: Signal) -> Reading:
    """Dies of the signal `deadly`, trips over `bad`, reads all others."""
    if signal.id == "deadly":
        raise Death
    if signal.id == "bad":
        raise ZeroDivisionError
    return Reading(commodities=("rare-earths",))


async def read_all(store: MemoryStore) -> int:
    """Read with one process after the other until nothing is left; how many died of it."""
    deaths = 0
    while (await store.signals.backlog()).unread:
        process = f"p{deaths}"
        try:
            await ReadStage(store.signals, read, process=process, metrics=Metrics()).turn()
        except Death:
            deaths += 1
            await store.fleet.leave(process)
    return deaths


async def offered(*names: str) -> MemoryStore:
    """A store with these signals in its queue."""
    store = MemoryStore()
    await store.signals.intake(new_records([a_signal(name) for name in names], NOON))
    return store


async def filed(store: MemoryStore) -> list[tuple[str, tuple[str, ...]]]:
    """What was read: id and commodities."""
    log = await store.signals.after("0", 100, timedelta(0))
    return [(read.record.id, read.reading.commodities) for _, read in log]


async def test_a_deadly_signal_is_buried_alone() -> None:
    """Those that shared its batch are read, those before it and those after it."""
    store = await offered("a", "deadly", "b", "c")
    assert await read_all(store) == DELIVERIES_AT_MOST
    assert [name for name, _ in await filed(store)] == ["a", "b", "c"]
    assert [record.id for record, _ in await store.signals.dead(9)] == ["deadly"]


async def test_a_text_that_the_reader_trips_over_is_filed_unread() -> None:
    """It is judged by its words alone, and stops nobody."""
    store = await offered("a", "bad", "b")
    assert await read_all(store) == 0
    assert await filed(store) == [("a", ("rare-earths",)), ("bad", ()), ("b", ("rare-earths",))]
