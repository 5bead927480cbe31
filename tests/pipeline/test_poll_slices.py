"""Long polls: committed by slices, each of which waits while the pipeline is behind."""

from datetime import timedelta

import pytest

from alerter.core.signal import Signal
from alerter.pipeline import poller as poller_module
from alerter.sources.base import SourceError
from alerter.store.protocol import BATCH_LIMIT, Busy
from tests.support.press import Long, Offers, Press, old
from tests.support.signals import NOON, a_signal
from tests.support.waiting import eventually

MINUTES = timedelta(minutes=1)


@pytest.mark.parametrize(
    ("length", "commits"),
    [
        (0, [(0, True)]),
        (BATCH_LIMIT, [(BATCH_LIMIT, True)]),
        (BATCH_LIMIT + 1, [(BATCH_LIMIT, False), (1, True)]),
        (1200, [(BATCH_LIMIT, False), (BATCH_LIMIT, False), (200, True)]),
    ],
)
async def test_a_long_poll_is_committed_by_slices(
    length: int, commits: list[tuple[int, bool]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """No slice is longer than a commit may be, and the last one moves the cursor."""
    listing = Long(length)
    press = Press(lambda: listing)
    offers = Offers(press, monkeypatch)
    await press.tick(polls=1)
    assert offers.seen == commits
    assert listing.longest <= BATCH_LIMIT
    assert len(await press.taken()) == length
    assert await press.health() == ("ok", 0, "")


async def test_every_slice_of_a_first_poll_has_its_baseline() -> None:
    """What is old is old wherever it stands in the list."""
    press = Press(lambda: Long(1001, lambda n: old(f"s{n}") if n % 2 else a_signal(f"s{n}")))
    await press.tick(polls=1)
    assert [is_baseline for _, is_baseline in await press.taken()] == [bool(n % 2) for n in range(1001)]


async def test_a_list_that_breaks_off_is_polled_again_from_the_same_cursor() -> None:
    """What came before is in, once; the source is failing, and says why."""

    def make(number: int) -> Signal:
        if number == 700 and not press.seconds:
            raise SourceError("row 700 cannot be read")
        return a_signal(f"s{number:04}")

    press = Press(lambda: Long(1000, make))
    await press.tick(polls=1)
    assert await press.health() == ("failing", 1, "row 700 cannot be read")
    press.seconds += 600
    await press.tick(polls=2)
    assert press.source.cursors == [None, None]
    assert [name for name, _ in await press.taken()] == [f"s{n:04}" for n in range(1000)]


async def test_a_long_poll_that_is_taken_over_stops(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever polls the source now brings the rest."""

    def make(number: int) -> Signal:
        if number == BATCH_LIMIT:
            press.store.sources.free("p1")
        return a_signal(f"s{number:04}")

    press = Press(lambda: Long(1600, make))
    offers = Offers(press, monkeypatch)
    await press.tick(polls=1)
    assert len(await press.taken()) == BATCH_LIMIT
    assert offers.seen == [(BATCH_LIMIT, False)] * 2


async def test_news_of_an_early_slice_are_news_of_the_poll() -> None:
    """Health tells of them, though the slices after it brought nothing new."""
    press = Press(lambda: Long(1200))
    await press.tick(polls=1)
    before = Long(1200, lambda n: a_signal("fresh" if n == 0 else f"s{n:04}"))
    press.source.give = lambda: before
    assert (await press.poll_after(30 * MINUTES)).last_signal_at == NOON + 30 * MINUTES


async def test_a_busy_slice_is_waited_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """The rest of a long list follows when the pipeline takes it, in the same poll."""
    press = Press(lambda: Long(1200))
    offers = Offers(press, monkeypatch)
    offers.faults = [Busy(timedelta(milliseconds=5), "behind"), Busy(timedelta(milliseconds=5), "behind")]
    await press.tick(polls=1)
    assert len(await press.taken()) == 1200
    assert press.source.cursors == [None]


async def test_only_so_many_polls_wait_for_the_pipeline(monkeypatch: pytest.MonkeyPatch) -> None:
    """They hold what they brought; the others give it up, and fetch it again later."""
    press = Press(lambda: [a_signal("a")])
    offers = Offers(press, monkeypatch)
    offers.faults = [Busy(timedelta(minutes=1), "behind")]
    await press.stage.tick()
    await eventually(lambda: press.stage._poller._waiting == 1)
    await press.stage.drain()
    assert press.stage._poller._waiting == 0

    monkeypatch.setattr(poller_module, "WAITING_AT_MOST", 0)
    crowded = Press(lambda: [a_signal("a")])
    Offers(crowded, monkeypatch).faults = [Busy(timedelta(minutes=1), "behind")]
    await crowded.tick(polls=1)
    assert (await crowded.told()).next_poll_at == NOON + MINUTES
