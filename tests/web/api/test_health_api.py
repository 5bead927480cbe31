"""Probes and figures."""

import threading
from datetime import timedelta

import pytest
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST

from alerter.core.health import SourceHealth
from alerter.store.protocol import Backlog, StoreError, new_records
from alerter.web import figures
from alerter.web.api import health
from tests.support.signals import NOON, a_due, a_signal, an_alert, at, healthy
from tests.web.answers import body_of, figures_of, problem_of
from tests.web.world import Client, Configuration, World


async def _unreachable(*_args: object, **_options: object) -> Backlog:
    raise StoreError("connection refused")


async def test_livez_answers_even_when_the_store_is_gone(
    world: World, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Liveness asks nothing but the event loop."""
    monkeypatch.setattr(world.store.signals, "backlog", _unreachable)

    assert await body_of(await client.get("/livez")) == {"status": "live"}


async def test_readyz_is_200_when_all_components_are_ok(client: Client) -> None:
    """A service whose parts all work is ready."""
    answer = await body_of(await client.get("/readyz"))

    assert answer == {"status": "ready", "components": {"store": "ok", "scheduler": "ok"}}


async def test_readyz_names_the_component_that_is_not_ok(world: World, client: Client) -> None:
    """One part that fails makes the service unready, and is named."""
    world.components = {"store": "connection refused", "scheduler": "ok"}

    response = await client.get("/readyz")

    assert response.status == 503
    assert (await response.json()) == {"status": "not ready", "components": dict(world.components)}


async def test_readyz_does_not_wait_for_ever(
    world: World, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A component that never answers makes the probe fail instead of hang."""
    world.hangs = True
    monkeypatch.setattr(health, "READY_SECONDS", 0.01)

    response = await client.get("/readyz")

    assert response.status == 503
    assert "no answer" in (await response.json())["components"]["service"]


async def test_healthz_is_ok_when_every_source_was_seen(world: World, client: Client) -> None:
    """With all sources seen and nothing waiting, the service says that it is well."""
    await world.have_polled(healthy("ree-news"))

    answer = await body_of(await client.get("/healthz"))

    assert answer["status"] == "ok"
    assert answer["sources"] == {"ok": 1}
    assert answer["blind"] == []
    assert answer["reservations"] == []


async def test_healthz_says_what_could_not_be_seen_since_when(world: World, client: Client) -> None:
    """A failing source is named, with the reason and when it was last seen."""
    await world.have_polled(healthy("ree-news", state="failing", last_error="HTTP 503", failures=3))

    answer = await body_of(await client.get("/healthz"))

    assert answer["status"] == "degraded"
    assert answer["sources"] == {"failing": 1}
    assert answer["blind"] == [
        {"source": "ree-news", "since": "2025-06-09T12:00:00Z", "reason": "HTTP 503", "state": "failing"}
    ]


async def test_healthz_counts_what_waits_and_what_is_dead(world: World, client: Client) -> None:
    """The backlog, waiting deliveries and dead letters are figures of the overview."""
    await world.have_judged(an_alert(), due=[a_due()])
    await world.store.signals.intake(new_records([a_signal("one"), a_signal("two")], NOON))
    [queued] = await world.store.signals.take("reader", 1, at(0) - NOON)
    await world.store.signals.bury([queued], "kills its reader")

    answer = await body_of(await client.get("/healthz"))

    assert answer["backlog"] == {"unread": 1, "unevaluated": 0}
    assert answer["waiting"] == {"desk/console": 1}
    assert answer["dead"] == {"deliveries": 0, "signals": 1}


async def test_healthz_is_503_when_the_store_does_not_answer(
    world: World, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without its store the service cannot say how it fares."""
    monkeypatch.setattr(world.store.signals, "backlog", _unreachable)

    response = await client.get("/healthz")

    document = await problem_of(response, 503)
    assert "connection refused" not in document["detail"]
    assert response.headers["Retry-After"] == "2"


async def test_metrics_come_in_the_format_that_prometheus_reads(client: Client) -> None:
    """The content type is the exposition format's own, with its version."""
    response = await client.get("/metrics")

    assert response.status == 200
    assert response.headers["Content-Type"] == CONTENT_TYPE_LATEST
    assert "alerter_errors" in await response.text()


async def test_a_scrape_reads_the_queues_from_the_store(world: World, client: Client) -> None:
    """The queues' gauges are fresh at each scrape."""
    await world.have_judged(an_alert(), due=[a_due()])
    await world.store.signals.intake(new_records([a_signal()], NOON))

    assert (await figures_of(client))["alerter_backlog", "read"] == 1

    [queued] = await world.store.signals.take("reader", 1, timedelta(0))
    await world.store.signals.bury([queued], "kills its reader")
    told = await figures_of(client)

    assert told["alerter_backlog", "read"] == told["alerter_backlog", "evaluate"] == 0
    assert told["alerter_waiting_deliveries", "desk/console"] == 1


FIGURES = {
    "well": (healthy(last_signal_at=NOON - timedelta(hours=1), budget_left=4), (1, 0, 0, 3600, 4)),
    "silent": (healthy(last_signal_at=NOON, overdue=("May",)), (1, 2, 0, 0, None)),
    "failing": (healthy(state="failing", failures=3), (0, 3, 3, None, None)),
    "blocked": (healthy(state="blocked", failures=1), (0, 4, 1, None, None)),
    "without a key": (healthy(state="unconfigured"), (None, 5, 0, None, None)),
    "never polled": (healthy(state="unknown"), (None, 6, 0, None, None)),
}


@pytest.mark.parametrize(("told", "expected"), FIGURES.values(), ids=FIGURES.keys())
async def test_a_scrape_reads_the_sources_from_the_store(
    world: World, client: Client, told: SourceHealth, expected: tuple[float | None, ...]
) -> None:
    """Whoever polls, each web process tells how every configured source fares, by its id alone."""
    names = ("up", "state", "failures", "lag_seconds", "budget_left")
    await world.have_polled(told)

    scraped = await figures_of(client)

    assert tuple(scraped.get((f"alerter_source_{name}", "ree-news")) for name in names) == expected


async def test_a_source_that_is_gone_is_gone_from_the_figures(world: World, client: Client) -> None:
    """Only what is configured is told; what was never polled is so too."""
    await world.have_polled(healthy("removed"))

    told = await figures_of(client)

    assert ("alerter_source_up", "removed") not in told
    assert told["alerter_source_state", "ree-news"] == 6


async def test_a_scrape_without_a_store_still_brings_the_process_figures(
    world: World, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An unknown backlog is absent from the figures, not zero."""
    monkeypatch.setattr(world.store.signals, "backlog", _unreachable)

    world.metrics.errors.labels("web").inc()

    told = await figures_of(client)

    assert told["alerter_errors_total", "web"] == 1
    assert not any(name == "alerter_backlog" for name, _ in told)


async def test_a_scrape_is_written_beside_the_event_loop(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The text on thousands of sources takes seconds, in which leases must be renewed and polls start."""
    wrote: list[str] = []

    def write(registry: CollectorRegistry) -> bytes:
        wrote.append(threading.current_thread().name)
        return generate_latest(registry)

    monkeypatch.setattr(figures, "generate_latest", write)

    await figures_of(client)

    assert wrote
    assert threading.current_thread().name not in wrote


async def test_an_empty_configuration_is_no_ground_for_trust(world: World, client: Client) -> None:
    """A service that watches nothing says so."""
    world.configuration = Configuration(sources=(), rules=())

    answer = await body_of(await client.get("/healthz"))

    assert answer["reservations"] == ["No source is configured.", "No rule is configured."]
