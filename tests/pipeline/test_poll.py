"""The polling stage: which source is polled when, and by which process."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

import pytest

from alerter.pipeline import poll as stage_module
from alerter.pipeline.poll import AT_ONCE, LONGEST_SLEEP, SLOW_AFTER, Polled, PollStage
from alerter.pipeline.supervise import run_until_stopped
from alerter.sources.base import Poll
from alerter.store.protocol import Enrolment, SourceClaim, StoreError
from tests.support.press import Press, Scripted, ScriptedConfig
from tests.support.signals import NOON
from tests.support.waiting import eventually


async def test_a_source_is_polled_once_an_interval_by_all_processes_together() -> None:
    """A second process finds nothing due; after the interval one of them polls."""
    press = Press(list)
    await press.tick(polls=1)
    other = press.a_stage("p2")
    await other.tick()
    press.clock.advance(timedelta(minutes=9))
    await press.tick(polls=1)
    press.clock.advance(timedelta(minutes=3))
    await other.tick()
    await eventually(lambda: len(press.source.cursors) == 2)
    await other.drain()


async def test_a_source_taken_out_of_the_configuration_is_left_alone() -> None:
    """After a reload without it, nothing is polled."""
    press = Press(list)
    press.stage.reload({})
    await press.stage.tick()
    assert press.source.cursors == []


async def test_a_reload_while_sources_are_scheduled_is_not_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    """The sources of the last reload are polled, though an earlier one was still being written down."""
    press = Press(list)
    both = {"press": Polled(press.config, press.source), "more": Polled(press.config, Scripted(list))}
    enrol = press.store.sources.enrol

    async def enrol_then_reload(sources: Mapping[str, Enrolment]) -> None:
        await enrol(sources)
        press.stage.reload(both)

    with monkeypatch.context() as patched:
        patched.setattr(press.store.sources, "enrol", enrol_then_reload)
        await press.stage.tick()
    await press.stage.tick()
    await eventually(lambda: not press.stage._polling)
    assert set(await press.store.sources.health()) == {"press", "more"}


async def test_a_tick_after_the_drain_starts_no_poll() -> None:
    """Ticks outlive the drain by a moment; they leave what is due to others."""
    press = Press(list)
    await press.stage.drain()
    await press.stage.tick()
    assert not press.stage._polling
    assert press.source.cursors == []


async def test_a_tick_under_way_at_the_drain_starts_no_poll(monkeypatch: pytest.MonkeyPatch) -> None:
    """What it has just claimed is given back when the process leaves."""
    press = Press(list)
    claim = press.store.sources.claim

    async def claim_then_drain(process: str, now: datetime, limit: int) -> Sequence[SourceClaim]:
        claims = await claim(process, now, limit)
        await press.stage.drain()
        return claims

    monkeypatch.setattr(press.store.sources, "claim", claim_then_drain)
    await press.stage.tick()
    assert not press.stage._polling


async def test_a_stop_gives_up_the_polls_under_way() -> None:
    """A poll that hangs does not hold up the end; what it had not committed is polled again."""
    hangs = asyncio.Event()

    class Hanging(Scripted):
        async def poll(self, cursor: str | None) -> Poll:
            self.cursors.append(cursor)
            await hangs.wait()
            raise AssertionError

    press = Press(list)
    press.source = Hanging(list)
    press.stage = press.a_stage("p1")
    await press.stage.tick()
    await eventually(lambda: len(press.source.cursors) == 1)
    await press.stage.drain()
    await press.store.fleet.leave("p1")
    press.source.cursors.clear()
    heir = press.a_stage("p2")
    await heir.tick()
    await eventually(lambda: len(press.source.cursors) == 1)
    await heir.drain()


class Hanging(Scripted):
    """Every poll waits to be let go."""

    def __init__(self) -> None:
        super().__init__(list)
        self.lets_go = asyncio.Event()

    async def poll(self, cursor: str | None) -> Poll:
        """Nothing, in the end."""
        self.cursors.append(cursor)
        await self.lets_go.wait()
        return Poll((), "1")


def many(press: Press, number: int, source: Scripted) -> dict[str, Polled]:
    """Sources that are all one."""
    every = [ScriptedConfig(id=f"s{n:05}", every=press.config.every) for n in range(number)]
    return {config.id: Polled(config, source) for config in every}


async def test_a_restart_polls_nothing_before_its_time() -> None:
    """What another process has enrolled unchanged keeps its due time, and its pause after a failure."""
    press = Press(list)
    await press.tick(polls=1)
    restarted = press.a_stage("p2")
    await restarted.tick()
    assert not restarted._polling
    assert await press.store.sources.claim("p3", NOON + timedelta(minutes=9), 9) == []


async def test_a_source_with_another_configuration_is_polled_at_once() -> None:
    """Whoever changes an address or an interval sees at once what comes of it."""
    press = Press(list)
    await press.tick(polls=1)
    press.config = ScriptedConfig(id="press", every=timedelta(hours=1))
    press.stage.reload({"press": press.polled})
    await press.tick(polls=2)


async def test_a_source_that_lacks_something_says_so_and_is_not_polled() -> None:
    """A missing key is a word in health at once; a restart with the key polls, and tells so meanwhile."""
    press = Press(list, lacks="ALERTER_KEYS__CENSUS is not set")
    await press.tick(polls=0)
    assert await press.health() == ("unconfigured", 0, "ALERTER_KEYS__CENSUS is not set")
    press.config = ScriptedConfig(id="press", every=timedelta(minutes=10))
    press.stage = press.a_stage("p2")
    await press.stage._enrol()
    assert await press.health() == ("unknown", 0, "")
    await press.tick(polls=1)
    assert await press.health() == ("ok", 0, "")


async def test_a_source_that_has_lost_its_key_keeps_what_is_known_of_it() -> None:
    """When it was last seen stays, and is what people are told."""
    press = Press(list)
    await press.tick(polls=1)
    press.config = ScriptedConfig(id="press", lacks="no key any more")
    press.stage.reload({"press": press.polled})
    await press.tick(polls=1)
    told = await press.told()
    assert (told.state, told.last_success_at, told.next_poll_at) == ("unconfigured", NOON, None)


async def test_a_claimed_source_that_lacks_something_meanwhile_is_given_back() -> None:
    """Nothing is polled without what it needs, even where another process had scheduled it."""
    press = Press(list)
    await press.tick(polls=1)
    [claim] = await press.store.sources.claim("p1", NOON + timedelta(hours=1), 9)
    await press.stage._poller.run(claim, Polled(press.config, None, "no key"))
    press.seconds += 5
    assert len(await press.store.sources.claim("p1", NOON + timedelta(hours=1), 9)) == 1


async def test_many_new_sources_do_not_start_at_once() -> None:
    """Their first polls are spread over half a minute."""
    press = Press(list)
    source = Scripted(list)
    press.stage.reload(many(press, 400, source))
    await press.stage.tick()
    await eventually(lambda: not press.stage._polling)
    assert len(source.cursors) < 20
    for _ in range(100):
        press.clock.advance(timedelta(milliseconds=300))
        await press.stage.tick()
        await eventually(lambda: not press.stage._polling)
    assert len(source.cursors) == 400


async def test_no_more_polls_are_under_way_than_there_is_room_for() -> None:
    """What is left is started once a poll ends, without waiting for the next look."""
    press = Press(list)
    source = Hanging()
    press.stage.reload(many(press, AT_ONCE + 20, source))
    await press.stage._enrol()
    press.clock.advance(timedelta(seconds=30))
    stop = asyncio.Event()
    loop = asyncio.create_task(run_until_stopped("poll", press.stage.turn, stop=stop, metrics=press.metrics))
    await eventually(lambda: len(source.cursors) == AT_ONCE)
    source.lets_go.set()
    await eventually(lambda: len(source.cursors) == AT_ONCE + 20, within=0.9)
    stop.set()
    press.stage.wake()
    await loop


async def test_slow_polls_leave_their_room_to_others(monkeypatch: pytest.MonkeyPatch) -> None:
    """Sources that wait for one host hold up no others, as long as they are not too many."""
    press = Press(list)
    source, passed = Hanging(), [0.0]
    monkeypatch.setattr(stage_module, "monotonic", lambda: passed[-1])
    monkeypatch.setattr(stage_module, "SLOW_AT_MOST", AT_ONCE)
    press.stage.reload(many(press, 4 * AT_ONCE, source))
    await press.stage._enrol()
    press.clock.advance(timedelta(seconds=30))
    started = []
    for seconds in (0.0, SLOW_AFTER / 2, 2 * SLOW_AFTER, 4 * SLOW_AFTER):
        passed.append(seconds)
        await press.stage.tick()
        await asyncio.sleep(0)
        started.append(len(source.cursors))
    assert started == [AT_ONCE, AT_ONCE, 2 * AT_ONCE, 2 * AT_ONCE]
    await press.stage.drain()


@pytest.mark.parametrize(
    ("seconds", "sleep"), [(0.3, 0.3), (7, stage_module.LONGEST_SLEEP), (-1, stage_module.SHORTEST_SLEEP)]
)
async def test_the_stage_sleeps_until_the_next_source_is_due(seconds: float, sleep: float) -> None:
    """It neither misses the moment nor looks all the time."""
    press = Press(list)
    press.stage._must_enrol = False
    await press.store.sources.enrol({"press": Enrolment(NOON + timedelta(seconds=seconds))})
    assert await press.stage._sleep() == pytest.approx(sleep)


async def test_a_stage_without_sources_does_not_ask_the_store() -> None:
    """It waits for a reload; so does one whose sources are not polled."""
    press = Press(list, lacks="a key")
    await press.stage.tick()
    assert await press.stage._sleep() == stage_module.LONGEST_SLEEP
    press.stage.reload({})
    assert await press.stage._sleep() == stage_module.LONGEST_SLEEP


async def test_a_store_that_has_lost_its_schedule_is_given_it_again() -> None:
    """A server without a durable file comes back empty; its sources are polled without a restart."""
    press = Press(list)
    await press.tick(polls=1)
    await press.store.sources.enrol({})
    assert await press.stage._sleep() == LONGEST_SLEEP
    await press.tick(polls=2)


async def test_a_schedule_that_another_process_polls_is_not_lost() -> None:
    """While one process polls all there is, another one must not put its older configuration back."""
    press = Press(list)
    older = press.a_stage("p2")
    await older.tick()
    await eventually(lambda: not older._polling)
    source = Hanging()
    config = press.config.model_copy(update={"id": "newer"})
    press.stage.reload({"newer": Polled(config, source)})
    await press.stage.tick()
    await eventually(lambda: source.cursors == [None])
    await older._sleep()
    await older.tick()
    source.lets_go.set()
    await eventually(lambda: not press.stage._polling)
    press.clock.advance(timedelta(minutes=12))
    await press.stage.tick()
    await eventually(lambda: len(source.cursors) == 2)


async def test_what_lacks_something_is_not_looked_for_in_the_schedule() -> None:
    """Nothing is enrolled again and again where nothing can be polled."""
    press = Press(list, lacks="a key")
    press.stage = press.a_stage("p1")
    await press.stage.tick()
    await press.stage._sleep()
    assert not press.stage._must_enrol


async def test_a_nudge_ends_the_sleep(monkeypatch: pytest.MonkeyPatch) -> None:
    """A clock that was moved, or a source that came due unseen, is noticed when the ticker says so."""
    press = Press(list)
    monkeypatch.setattr(stage_module, "LONGEST_SLEEP", 60.0)
    await press.tick(polls=1)
    turn = asyncio.create_task(press.stage.turn())
    await eventually(press.stage._wake._waiters.__len__)
    press.clock.advance(timedelta(minutes=12))
    press.stage.wake()
    await turn
    await press.tick(polls=2)


async def test_sources_are_polled_on_time_by_two_processes() -> None:
    """Each due time is met once, by whichever process comes first, within a few hundredths of a second."""
    store = Press(list)
    lags: list[float] = []
    loop = asyncio.get_running_loop()

    class Ticking:
        """Domain time is the loop's."""

        def now(self) -> datetime:
            return NOON + timedelta(seconds=loop.time())

    class Timed(Scripted):
        async def poll(self, cursor: str | None) -> Poll:
            self.cursors.append(cursor)
            lags.append((Ticking().now() - due[len(self.cursors) - 1]).total_seconds())
            return Poll((), "1")

    source = Timed(list)
    due = [Ticking().now() + timedelta(seconds=0.1 + n / 500) for n in range(100)]
    names = many(store, 100, source)
    stages = [
        PollStage(store.store, names, clock=Ticking(), process=process, metrics=store.metrics)
        for process in ("p1", "p2")
    ]
    await store.store.sources.enrol({name: Enrolment(at) for name, at in zip(names, due, strict=True)})
    stop = asyncio.Event()
    for stage in stages:
        stage._must_enrol = False
    async with asyncio.TaskGroup() as group:
        for stage in stages:
            group.create_task(run_until_stopped("poll", stage.turn, stop=stop, metrics=store.metrics))
        await eventually(lambda: len(source.cursors) >= 100)
        stop.set()
        for stage in stages:
            stage.wake()
    assert len(source.cursors) == 100
    assert sorted(lags)[90] < 0.1


async def test_a_store_that_is_away_is_the_loop_s_trouble(monkeypatch: pytest.MonkeyPatch) -> None:
    """The stage's supervisor waits for it, and goes on."""
    press = Press(list)

    async def away(_now: datetime) -> timedelta:
        raise StoreError("away")

    monkeypatch.setattr(press.store.sources, "next_due", away)
    with pytest.raises(StoreError):
        await press.stage.turn()
