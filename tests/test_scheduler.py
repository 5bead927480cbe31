"""The ticker: ticks that fail tick again, and a stop lets ticks under way end."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from structlog.testing import capture_logs

from alerter import scheduler
from alerter.scheduler import Scheduler, Tick
from alerter.store.protocol import StoreError
from alerter.telemetry import Metrics
from tests.support.waiting import eventually

OFTEN, RARELY = timedelta(milliseconds=10), timedelta(hours=1)


@pytest.fixture
async def ticker() -> AsyncIterator[Scheduler]:
    """A scheduler that is shut down at the end."""
    one = Scheduler(Metrics())
    yield one
    await one.shut_down()


async def test_ticks_run_again_and_again(ticker: Scheduler) -> None:
    """A tick runs at once, and then at its interval, until the scheduler stops."""
    ran: list[int] = []

    async def tick() -> None:
        ran.append(1)

    assert not ticker.running
    ticker.start(Tick("often", OFTEN, tick))
    assert ticker.running
    await eventually(lambda: len(ran) >= 3)
    await ticker.shut_down()
    assert not ticker.running


@pytest.mark.parametrize(("fault", "traceback"), [(StoreError("away"), None), (KeyError("x"), True)], ids=str)
async def test_a_failing_tick_runs_again(ticker: Scheduler, fault: Exception, traceback: bool | None) -> None:
    """A tick that fails and its recovery are logged once each, a surprise with its traceback."""
    runs = iter([fault, fault, None, None])

    async def tick() -> None:
        outcome = next(runs, None)
        if outcome:
            raise outcome

    with capture_logs() as logs:
        ticker.start(Tick("shaky", OFTEN, tick))
        await eventually(lambda: len(logs) >= 2)
        await ticker.shut_down()
    assert [line["event"] for line in logs] == ["tick_failed", "tick_recovered"]
    assert bool(logs[0].get("exc_info")) == bool(traceback)


async def test_a_stop_lets_a_tick_end(ticker: Scheduler, caplog: pytest.LogCaptureFixture) -> None:
    """A tick under way ends before the scheduler has stopped, and no cancelled tick is told as a failure."""
    begun, may_end, ended = asyncio.Event(), asyncio.Event(), asyncio.Event()

    async def tick() -> None:
        begun.set()
        await may_end.wait()
        ended.set()

    ticker.start(Tick("slow", RARELY, tick))
    await begun.wait()
    stopping = asyncio.create_task(ticker.shut_down())
    await eventually(lambda: not stopping.done())
    may_end.set()
    await stopping
    assert ended.is_set()
    assert caplog.records == []


async def test_a_stop_waits_for_no_tick_for_ever(
    ticker: Scheduler, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """A tick that hangs is cancelled after a moment."""
    monkeypatch.setattr(scheduler, "DRAIN_TIMEOUT", 0.01)
    cancelled = asyncio.Event()

    async def tick() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            cancelled.set()

    ticker.start(Tick("stuck", RARELY, tick))
    await eventually(lambda: ticker._under_way)
    await ticker.shut_down()
    await asyncio.wait_for(cancelled.wait(), 5)
    assert caplog.records == []


async def test_a_slow_tick_never_runs_beside_itself(
    ticker: Scheduler, caplog: pytest.LogCaptureFixture
) -> None:
    """While a tick runs its next times are passed over, without a word each time."""
    begun: list[int] = []
    others: list[int] = []
    may_end = asyncio.Event()

    async def slow() -> None:
        begun.append(1)
        await may_end.wait()

    async def quick() -> None:
        others.append(1)

    ticker.start(Tick("slow", OFTEN, slow), Tick("quick", OFTEN, quick))
    await eventually(lambda: len(others) >= 3)
    assert len(begun) == 1
    may_end.set()
    assert caplog.records == []
