"""What a scrape reads: the process's own figures, and gauges from the store, which any web process tells.

Sources stand there by id alone; what one figure cannot tell of a source is absent rather than zero. With
thousands of sources the text takes longer to write than the service may stand still: a thread writes it.
"""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from alerter.core.health import SourceHealth, SourceState, lag, standing
from alerter.store.protocol import Backlog, StoreError
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
_SOURCE_GAUGES = {
    "up": "1 when the last poll saw all that was asked for; absent of what was never polled, or lacks a key",
    "state": ", ".join(f"{number} {state}" for state, number in STATE_NUMBERS.items()),
    "failures": "Consecutive failed polls",
    "lag_seconds": "Since it last brought something new",
    "budget_left": "Calls left in its tightest window",
}


@dataclass(frozen=True, slots=True, eq=False)
class Seen(Collector):
    """What the store says at one scrape."""

    backlog: Backlog
    waiting: Mapping[str, int]
    """Deliveries due, by destination."""
    sources: Sequence[SourceHealth]
    now: datetime

    def collect(self) -> Iterable[GaugeMetricFamily]:
        """The gauges, as the library asks for them."""
        backlog = GaugeMetricFamily("alerter_backlog", "Signals waiting by stage", labels=["stage"])
        backlog.add_metric(["read"], self.backlog.unread)
        backlog.add_metric(["evaluate"], self.backlog.unevaluated)
        waiting = GaugeMetricFamily(
            "alerter_waiting_deliveries", "Due entries by destination", labels=["destination"]
        )
        for destination, count in self.waiting.items():
            waiting.add_metric([destination], count)
        return (backlog, waiting, *self._of_sources())

    def _of_sources(self) -> Iterable[GaugeMetricFamily]:
        families = {
            name: GaugeMetricFamily(f"alerter_source_{name}", text, labels=["source"])
            for name, text in _SOURCE_GAUGES.items()
        }
        for health in self.sources:
            for name, value in _figures(health, self.now).items():
                if value is not None:
                    families[name].add_metric([health.source], value)
        return families.values()


async def scrape(context: WebContext) -> bytes:
    """Every figure in the exposition format; where the store does not answer, its gauges are absent."""
    registries = [context.metrics.registry]
    try:
        seen = await _look(context)
    except StoreError:
        pass  # nothing is known
    else:
        registries.append(CollectorRegistry())
        registries[-1].register(seen)
    return await asyncio.to_thread(lambda: b"".join(map(generate_latest, registries)))


async def _look(context: WebContext) -> Seen:
    store = context.store
    health = await store.sources.health()
    configured = [source.id for source in context.configuration().sources]
    return Seen(
        backlog=await store.signals.backlog(),
        waiting=await store.outbox.waiting(),
        sources=[health.get(name) or SourceHealth(source=name) for name in configured],
        now=context.now(),
    )


def _figures(health: SourceHealth, now: datetime) -> Mapping[str, float | None]:
    """One source's figures."""
    state, silence = standing(health, now), lag(health, now)
    return {
        "up": _UP.get(state),
        "state": STATE_NUMBERS[state],
        "failures": health.failures,
        "lag_seconds": None if silence is None else silence.total_seconds(),
        "budget_left": health.budget_left,
    }
