"""Gauges that are read from the store at each scrape, so that any web process tells the whole service's.

Sources stand there by id alone; what one figure cannot tell of a source is absent rather than zero.
"""

from collections.abc import Mapping
from datetime import datetime

from prometheus_client import Gauge

from alerter.core.health import SourceHealth, SourceState, lag, standing
from alerter.store.protocol import StoreError
from alerter.telemetry import Metrics
from alerter.web.context import WebContext

STATE_NUMBERS: Mapping[SourceState, int] = {
    "ok": 0,
    "quiet": 1,
    "stale": 2,
    "failing": 3,
    "blocked": 4,
    "unconfigured": 5,
    "unknown": 6,
}
"""The values of `alerter_source_state`."""
_UP: Mapping[SourceState, int] = {"ok": 1, "quiet": 1, "stale": 1, "failing": 0, "blocked": 0}


async def refresh(context: WebContext) -> None:
    """Set the gauges from the store; where it does not answer, they are absent: nothing is known."""
    metrics, store = context.metrics, context.store
    for gauge in _gauges(metrics):
        gauge.clear()
    try:
        backlog = await store.signals.backlog()
        waiting = await store.outbox.waiting()
        health = await store.sources.health()
    except StoreError:
        return
    metrics.backlog.labels("read").set(backlog.unread)
    metrics.backlog.labels("evaluate").set(backlog.unevaluated)
    for destination, count in waiting.items():
        metrics.waiting.labels(destination).set(count)
    now = context.now()
    for source in context.configuration().sources:
        _tell(metrics, health.get(source.id) or SourceHealth(source=source.id), now)


def _gauges(metrics: Metrics) -> tuple[Gauge, ...]:
    return (
        metrics.waiting,
        metrics.backlog,
        metrics.source_up,
        metrics.source_state,
        metrics.source_failures,
        metrics.source_lag,
        metrics.source_budget_left,
    )


def _tell(metrics: Metrics, health: SourceHealth, now: datetime) -> None:
    """One source's figures."""
    name, state, silence = health.source, standing(health, now), lag(health, now)
    metrics.source_state.labels(name).set(STATE_NUMBERS[state])
    metrics.source_failures.labels(name).set(health.failures)
    if state in _UP:
        metrics.source_up.labels(name).set(_UP[state])
    if silence is not None:
        metrics.source_lag.labels(name).set(silence.total_seconds())
    if health.budget_left is not None:
        metrics.source_budget_left.labels(name).set(health.budget_left)
