"""Restarts, reloads and second services: nobody is told anything twice."""

import signal
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass

import pytest

from tests.support.service import Home, Service, home, running
from tests.support.sinks import WebhookSink
from tests.support.waiting import eventually

CONFIGURATION = """
rules:
  - {id: magnets, type: match, any: [magnet*], per: [signal]}
  - {id: fall, type: series, series: [magnets-us], change: mom, below: -20}
receivers:
  - {id: sink, webhook: {url: "%s"}}
routes:
  - {receiver: sink, group_by: [signal], group_wait: 0s, group_interval: 50ms, repeat_interval: 24h}
"""


@dataclass(frozen=True)
class Scene:
    """A home and a webhook that hears of what happens in it."""

    place: Home
    sink: WebhookSink


@pytest.fixture
async def scene() -> AsyncIterator[Scene]:
    """A configured home and its webhook."""
    with home() as place:
        async with WebhookSink().listening() as sink:
            place.configure(CONFIGURATION % sink.url)
            yield Scene(place, sink)


def an_article(name: str) -> dict[str, str]:
    """One alert's worth."""
    common = {"source": "wire", "kind": "article", "published_at": "2025-06-09T12:00:00Z"}
    return {"id": name, "title": f"Magnet makers wait for licences, {name}", **common}


def a_fall() -> list[dict[str, object]]:
    """Two months of a series, the later far below the earlier: a condition that goes on holding."""
    common = {"source": "customs", "kind": "observation", "title": "Exports to the US"}
    points = [("2025-04", 1000.0), ("2025-05", 260.0)]
    return [
        {
            "id": period,
            "published_at": f"{period}-28T12:00:00Z",
            "observation": {"series": "magnets-us", "period": period, "value": value, "unit": "t"},
            **common,
        }
        for period, value in points
    ]


async def tell(service: Service, sink: WebhookSink, *names: str) -> None:
    """Push articles and wait until they were told."""
    await service.push(*(an_article(name) for name in names))
    await eventually(lambda: sink.labels("signal") >= set(names), within=15)


def assert_each_told_once(sink: WebhookSink, *names: str) -> None:
    """These signals and the fall, each in one notification, and nothing else."""
    told = [alert["labels"].get("signal", "the fall") for post in sink.posts for alert in post.alerts]
    assert sorted(told) == sorted([*names, "the fall"])


async def test_restarts_repeat_nothing(scene: Scene) -> None:
    """Stopped by SIGTERM and started three times, the service tells only what is new."""
    names: list[str] = []
    service = Service(scene.place)
    for number in range(4):
        await service.start()
        await service.push(*a_fall())
        names += [f"{number}-a", f"{number}-b"]
        await tell(service, scene.sink, *names[-2:])
        again = await service.push(*(an_article(name) for name in names))
        assert {result["status"] for result in again} == {"duplicate"}
        assert await service.stop() == 0
    assert_each_told_once(scene.sink, *names)


@pytest.mark.parametrize("how", ["SIGHUP", "a touched file"])
async def test_reloads_repeat_nothing(scene: Scene, how: str) -> None:
    """Reloaded three times, the service tells only what is new."""
    async with running(scene.place) as service:
        ask: Callable[[], object] = (
            (lambda: service.signal(signal.SIGHUP))
            if how == "SIGHUP"
            else (scene.place.config / "all.yaml").touch
        )
        names = ["0"]
        await service.push(*a_fall())
        await tell(service, scene.sink, "0")
        for number in range(1, 4):
            ask()
            await eventually(lambda: len(service.events("configuration_reloaded")) >= number)  # noqa: B023
            names.append(str(number))
            await tell(service, scene.sink, names[-1])
    assert_each_told_once(scene.sink, *names)


async def test_a_drain_loses_nothing(scene: Scene) -> None:
    """Stopped in the middle of a flow, the service ends what it sends, and the next one sends the rest."""
    scene.sink.answer_after = 0.05
    names = [str(number) for number in range(100)]
    async with running(scene.place) as first:
        await first.push(*a_fall(), *(an_article(name) for name in names))
        await eventually(lambda: len(scene.sink.posts) >= 10)
        assert await first.stop() == 0
        assert len(scene.sink.posts) < len(names)
    async with running(scene.place):
        await eventually(lambda: len(scene.sink.posts) > len(names), within=15)
    assert_each_told_once(scene.sink, *names)


async def test_two_services_share_the_work(scene: Scene) -> None:
    """Two services on one store tell each alert once, whichever of them took the signal in."""
    names = [str(number) for number in range(60)]
    async with running(scene.place) as one, running(scene.place) as two:
        await one.push(*a_fall(), *(an_article(name) for name in names[:30]))
        await two.push(*(an_article(name) for name in names[30:]))
        again = await two.push(*(an_article(name) for name in names[:30]))
        assert {result["status"] for result in again} == {"duplicate"}
        await eventually(lambda: scene.sink.labels("signal") == set(names), within=15)
    assert_each_told_once(scene.sink, *names)


async def test_a_survivor_takes_over(scene: Scene) -> None:
    """When the leading one of two services is killed, the other evaluates and sends on within ten seconds."""
    names = [str(number) for number in range(40)]
    scene.sink.answer_after = 0.3
    leader = Service(scene.place)
    try:
        await leader.start()
        await eventually(lambda: leader.events("evaluator_leads"))
        async with running(scene.place) as survivor:
            await survivor.push(*(an_article(name) for name in names[:30]))
            await eventually(lambda: len(scene.sink.posts) >= 10)
            leader.kill()
            scene.sink.answer_after = 0.0
            await survivor.push(*(an_article(name) for name in names[30:]))
            await eventually(lambda: scene.sink.labels("signal") == set(names), within=10)
            await eventually(lambda: all_recorded(survivor, len(names)), within=10)
    finally:
        leader.kill()
    assert {len(keys) for keys in scene.sink.told.values()} == {1}
    assert sum(scene.sink.keys.values()) <= len(names) + 8


async def test_a_sleeper_that_wakes_does_no_harm(scene: Scene) -> None:
    """A leader that is frozen until another took its work over finds itself fenced, and works on."""
    names = [str(number) for number in range(60)]
    scene.sink.answer_after = 0.3
    async with running(scene.place) as sleeper:
        await eventually(lambda: sleeper.events("evaluator_leads"))
        async with running(scene.place) as survivor:
            await survivor.push(*(an_article(name) for name in names[:30]))
            await eventually(lambda: len(scene.sink.posts) >= 10)
            sleeper.signal(signal.SIGSTOP)
            scene.sink.answer_after = 0.0
            await survivor.push(*(an_article(name) for name in names[30:50]))
            await eventually(lambda: scene.sink.labels("signal") == set(names[:50]), within=10)
            await eventually(lambda: all_recorded(survivor, 50), within=10)
            sleeper.signal(signal.SIGCONT)
            await eventually(sleeper.is_ready)
            await sleeper.push(*(an_article(name) for name in names[50:]))
            await eventually(lambda: all_recorded(survivor, len(names)), within=10)
        assert await sleeper.push(an_article("last"))
        await eventually(lambda: "last" in scene.sink.labels("signal"), within=10)
        assert "Traceback" not in sleeper.output
    assert {len(keys) for keys in scene.sink.told.values()} == {1}
    assert sum(scene.sink.keys.values()) <= len(names) + 1 + 8


async def all_recorded(service: Service, count: int) -> bool:
    """Has each of so many deliveries been recorded as made, exactly once?"""
    made = [line["id"] for line in await service.each("/api/v1/deliveries?outcome=delivered")]
    assert len(made) == len(set(made)), "recorded twice"
    return len(made) == count
