"""Copies, versions and history: one alert a story, corrections where a signal changes, replay as live."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import orjson

from tests.support.service import Home, Service, alerter, running
from tests.support.sinks import WebhookSink
from tests.support.waiting import eventually

Signal = dict[str, Any]

CONFIGURATION = """
rules:
  - {id: magnets, type: match, any: [magnet*], per: [story], severity: info}
  - {id: licensing, type: event, events: [licence_required, export_control_imposed, licence_granted],
     per: [commodity, actor], severity: critical}
  - {id: reported-fall, type: claim, metric: [exports, shipments], change_below: -20}
  - {id: decline, type: series, series: [magnets-us], change: mom, below: -20, clear_above: -10}
receivers:
  - {id: sink, webhook: {url: "%s"}}
routes:
  - {receiver: sink, group_wait: 0s, group_interval: 50ms}
"""


def an_article(name: str, title: str, at: str = "2025-04-04T10:00:00Z", text: str = "") -> Signal:
    """A signal as it is pushed."""
    return {"id": name, "source": "wire", "kind": "article", "title": title, "text": text, "published_at": at}


def a_point(period: str, value: float, at: str) -> Signal:
    """A series' point as it is pushed."""
    observation = {"series": "magnets-us", "period": period, "value": value, "unit": "t"}
    return {
        "id": f"{period}@{at}",
        "source": "customs",
        "kind": "observation",
        "title": f"Magnets {period}",
        "published_at": at,
        "observation": observation,
    }


HISTORY = [
    a_point("2025-03", 5800.0, "2025-04-02T08:00:00Z"),
    an_article(
        "l1",
        "China requires an export licence for dysprosium and terbium",
        "2025-04-04T10:00:00Z",
        "China's commerce ministry put dysprosium and terbium under export licence.",
    ),
    an_article("m1", "Magnet makers wait for licences", "2025-04-07T09:00:00Z"),
    an_article("m2", "Magnet makers wait for licences", "2025-04-07T11:00:00Z"),
    an_article("w1", "Fridge sales rise in May", "2025-04-08T09:00:00Z"),
    an_article("m1", "Makers wait for licences", "2025-04-09T09:00:00Z"),
    an_article("m2", "Makers wait for licences", "2025-04-09T10:00:00Z"),
    a_point("2025-04", 2600.0, "2025-05-20T08:00:00Z"),
    an_article(
        "c1",
        "China's exports of rare-earth magnets fell 51 % in April from a year earlier",
        "2025-05-20T09:00:00Z",
    ),
    a_point("2025-05", 1238.0, "2025-06-20T08:00:00Z"),
    a_point("2025-06", 3100.0, "2025-07-20T08:00:00Z"),
]
END = "2025-09-01T00:00:00Z"


async def told(service: Service) -> list[tuple[str, str]]:
    """(fingerprint, change) of everything that was notified, oldest first; reminders are no changes."""
    lines = await service.each("/api/v1/deliveries?outcome=delivered")
    every = [(news["fingerprint"], news["change"]) for line in reversed(lines) for news in line["alerts"]]
    return [news for news in every if news[1] != "repeated"]


async def is_idle(service: Service) -> bool:
    """Has everything been read, evaluated and delivered?"""
    health = await service.get("/healthz")
    return not (any(health["backlog"].values()) or health["waiting"])


def at_its_time(signal: Signal) -> str:
    """When the signal is seen: as soon as it is published."""
    return str(signal["published_at"])


def move(clock: Path, instant: str) -> None:
    """Set the service's clock."""
    fresh = clock.with_suffix(".new")
    fresh.write_text(instant, encoding="utf-8")
    fresh.replace(clock)


async def live(place: Home, history: Sequence[Signal]) -> tuple[list[tuple[str, str]], list[Signal]]:
    """What a running service tells when it is given history at its own times; and its alerts at the end."""
    clock = place.folder / "clock"
    move(clock, at_its_time(history[0]))
    async with running(place, {"ALERTER_CLOCK_FILE": str(clock)}) as service:
        for signal in history:
            move(clock, at_its_time(signal))
            await service.push(signal)
            await eventually(lambda: is_idle(service))
        move(clock, END)
        await eventually(lambda: nothing_expires(service), within=10)
        await eventually(lambda: is_idle(service))
        return await told(service), await service.each("/api/v1/alerts")


async def nothing_expires(service: Service) -> bool:
    """Have all occurrences become old news?"""
    firing = await service.each("/api/v1/alerts?state=firing")
    return all(one["rule"] == "decline" for one in firing)


async def test_a_replay_equals_live(place: Home, sink: WebhookSink) -> None:
    """Replay tells the same changes of the same alerts in the same order as the running service did."""
    place.configure(CONFIGURATION % sink.url)
    lived, alerts = await live(place, HISTORY)
    (place.folder / "history.ndjson").write_bytes(b"\n".join(orjson.dumps(signal) for signal in HISTORY))
    ended = await alerter(place, "replay", "history.ndjson", "--to", END)
    assert ended.code == 0, ended.err

    replayed = [line for line in ended.lines if line["resolution"] != "expired"]  # which nobody is told
    assert [(line["fingerprint"], line["change"]) for line in replayed] == lived
    rules = {line["fingerprint"]: line["rule"] for line in ended.lines}
    assert {(rules[name], change) for name, change in lived} >= {
        ("licensing", "fired"),
        ("magnets", "fired"),
        ("magnets", "withdrawn"),
        ("reported-fall", "fired"),
        ("decline", "fired"),
        ("decline", "updated"),
        ("decline", "resolved"),
    }
    last = {line["fingerprint"]: line for line in ended.lines}
    compared = (
        "rule",
        "state",
        "episode",
        "severity",
        "labels",
        "reason",
        "figure",
        "threshold",
        "resolution",
    )
    assert {one["fingerprint"]: [one[name] for name in compared] for one in alerts} == {
        name: [line[key] for key in compared] for name, line in last.items()
    }
    assert all(near(line["at"], when_live(alerts, line)) for line in last.values())


def when_live(alerts: Sequence[Signal], line: Signal) -> str:
    """When the service last changed the alert of this line."""
    (alert,) = (one for one in alerts if one["fingerprint"] == line["fingerprint"])
    return str(alert["updated_at"])


def near(one: str, other: str) -> bool:
    """Are these the same time, but for how long the service took?"""
    return abs(datetime.fromisoformat(one) - datetime.fromisoformat(other)) < timedelta(seconds=20)


async def test_a_signal_that_no_longer_says_so_is_corrected(place: Home, sink: WebhookSink) -> None:
    """A version without the words withdraws the alert aloud; a duplicate changes nothing."""
    place.configure(CONFIGURATION % sink.url)
    first, second = an_article("1", "Magnet plants stop"), an_article("1", "Plants go on")
    async with running(place) as service:
        statuses = []
        for signal, count in ((first, 1), (first, 1), (second, 2), (second, 2)):
            (result,) = await service.push(signal)
            statuses.append(result["status"])
            await eventually(lambda: is_idle(service))
            await eventually(lambda: len(sink.changes) == count)  # noqa: B023
        (alert,) = await service.each("/api/v1/alerts")
    assert statuses == ["accepted", "duplicate", "updated", "duplicate"]
    assert sink.changes == ["fired", "withdrawn"]
    assert (alert["state"], alert["resolution"]) == ("resolved", "withdrawn")
    assert [alert["title"] for alert in alert["evidence"]] == ["Magnet plants stop"]


async def test_copies_are_one_story(place: Home, sink: WebhookSink) -> None:
    """Fifty copies of one report, in one push and one by one, are one alert, told once."""
    place.configure(CONFIGURATION % sink.url)
    copies = [an_article(f"copy-{number}", "Magnet plants stop for want of licences") for number in range(50)]
    async with running(place) as service:
        await service.push(*copies[:25])
        for copy in copies[25:]:
            await service.push(copy)
        await eventually(lambda: counts(service, 50))
        await eventually(lambda: is_idle(service))
        (alert,) = await service.each("/api/v1/alerts")
    assert alert["evidence_count"] == 50
    assert sink.changes == ["fired"]


async def counts(service: Service, evidence: int) -> bool:
    """Does an alert rest on so many signals?"""
    return any(one["evidence_count"] == evidence for one in await service.each("/api/v1/alerts"))
