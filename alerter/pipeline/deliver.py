"""The delivering stage: claims what is due, sends it, records what came of it. Any number run side by side.

Each destination has its own slots and pace, so one that is slow or down never delays another. Notifiers only
classify an attempt; when to try again, and when to give up, is decided here and nowhere else.
"""

import asyncio
import math
import random
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Protocol

import structlog

from alerter.clock import Clock, monotonic
from alerter.core.delivery import Delivery, Outcome
from alerter.pipeline.supervise import wait_for
from alerter.store.protocol import Fenced, Outbox, StoreError
from alerter.telemetry import Metrics

TICK = 0.05
"""Seconds between looks for what is due, when nobody says that something is."""
SEND_TIMEOUT = 60.0
"""Seconds after which an attempt counts as ambiguous; every notifier's own limits are well below."""
FIRST_RETRY, LONGEST_RETRY = timedelta(seconds=1), timedelta(minutes=5)
GIVE_UP_AFTER = timedelta(hours=72)
RETIRE_EVERY = 60.0
"""Seconds between looks for what waits for destinations that are gone: an attempt that was under way at a
reload may have failed since, and an evaluator may have learnt of the reload later."""
RECORD_RETRY = 0.5
"""Seconds between attempts to record an outcome while the store is away."""
RECORD_PATIENCE = 3.0
"""Seconds that a service which stops waits for a store that is away; then the send stays unrecorded."""
UNRECORDED_AT_MOST = 8
"""Sends per destination under way at once, and so the most that a crash can leave unrecorded."""

_log = structlog.get_logger()


class Sender(Protocol):
    """Sends a delivery; a destination's notifier."""

    async def send(self, delivery: Delivery) -> Outcome:
        """One attempt, classified."""
        ...


class Target(Protocol):
    """A destination as this stage sees it."""

    @property
    def id(self) -> str: ...
    @property
    def notifier(self) -> Sender: ...
    @property
    def concurrency(self) -> int: ...
    @property
    def pace(self) -> timedelta: ...


class DeliverStage:
    """Sends what is due to the destinations of the present configuration."""

    def __init__(
        self, outbox: Outbox, targets: Mapping[str, Target], *, clock: Clock, process: str, metrics: Metrics
    ) -> None:
        self._outbox = outbox
        self._targets = targets
        self._clock = clock
        self._process = process
        self._metrics = metrics
        self._wake = asyncio.Event()
        self._sending: dict[str, set[asyncio.Task[None]]] = {}
        self._paced_until: dict[str, float] = {}
        self._retire_at = 0.0
        self._gives_up_at = math.inf

    def reload(self, targets: Mapping[str, Target]) -> None:
        """Send to these destinations from now on; what waits for others goes dead, visibly."""
        self._targets = targets
        self._retire_at = 0.0
        self.wake()

    def wake(self) -> None:
        """Something may have come due."""
        self._wake.set()

    async def turn(self) -> None:
        """Start what is due, then wait until a send ends, something comes due, or a moment has passed."""
        self._wake.clear()
        if monotonic() >= self._retire_at:
            await self._retire()
        targets = self._targets  # a reload may replace them while the store is asked
        slots = self._free_slots(targets)
        for delivery in await self._outbox.claim(self._process, self._clock.now(), slots) if slots else ():
            self._start(targets[delivery.destination], delivery)
        await wait_for(self._wake, TICK)

    async def drain(self) -> None:
        """Let every send under way end and be recorded, as far as the store answers."""
        self._gives_up_at = monotonic() + RECORD_PATIENCE
        under_way = [task for tasks in self._sending.values() for task in tasks]
        await asyncio.gather(*under_way, return_exceptions=True)

    async def _retire(self) -> None:
        targets = self._targets
        retired = await self._outbox.retire(sorted(targets), self._clock.now())
        if retired:
            _log.warning(
                "deliveries_retired", count=retired, reason="their destination is no longer configured"
            )
        if targets is self._targets:
            self._retire_at = monotonic() + RETIRE_EVERY

    def _free_slots(self, targets: Mapping[str, Target]) -> dict[str, int]:
        """How many more sends each destination takes now; paced ones take none until their time."""
        now, slots = monotonic(), {}
        for name, target in targets.items():
            free = min(target.concurrency, UNRECORDED_AT_MOST) - len(self._sending.get(name, ()))
            if free > 0 and self._paced_until.get(name, 0) <= now:
                slots[name] = 1 if target.pace else free
        return slots

    def _start(self, target: Target, delivery: Delivery) -> None:
        self._paced_until[target.id] = monotonic() + target.pace.total_seconds()
        tasks = self._sending.setdefault(target.id, set())
        task = asyncio.create_task(self._deliver(target, delivery), name=f"deliver {delivery.id}")
        tasks.add(task)
        task.add_done_callback(tasks.discard)
        task.add_done_callback(lambda _: self.wake())

    async def _deliver(self, target: Target, delivery: Delivery) -> None:
        outcome = decide(delivery, await self._attempt(target, delivery), self._clock.now())
        self._metrics.deliveries.labels(target.id, outcome.kind).inc()
        if outcome.kind != "delivered":
            _log.warning(
                "delivery_not_made",
                destination=target.id,
                delivery=delivery.id,
                attempt=delivery.attempt,
                outcome=outcome.kind,
                reason=outcome.reason,
            )
        await self._record(delivery, outcome)

    async def _attempt(self, target: Target, delivery: Delivery) -> Outcome:
        try:
            async with asyncio.timeout(SEND_TIMEOUT):
                return await target.notifier.send(delivery)
        except TimeoutError:
            return Outcome(kind="ambiguous", reason=f"no answer within {SEND_TIMEOUT:.0f} s")
        except Exception as fault:  # noqa: BLE001  a notifier's surprise must not end its destination's queue
            self._metrics.errors.labels("notifier").inc()
            _log.error("notifier_failed", destination=target.id, delivery=delivery.id, exc_info=fault)
            return Outcome(kind="ambiguous", reason=f"the notifier failed: {type(fault).__name__}")

    async def _record(self, delivery: Delivery, outcome: Outcome) -> None:
        """Record the outcome, however long the store is away, unless the service stops.

        A send that stays unrecorded is sent again, marked uncertain.
        """
        while True:
            try:
                await self._outbox.record(delivery, outcome, self._clock.now())
            except Fenced:
                _log.info("delivery_taken_over", delivery=delivery.id)
                return
            except StoreError:
                if monotonic() > self._gives_up_at:
                    _log.warning(
                        "delivery_unrecorded", destination=delivery.destination, delivery=delivery.id
                    )
                    return
                await asyncio.sleep(RECORD_RETRY)
            else:
                return


def decide(delivery: Delivery, outcome: Outcome, now: datetime) -> Outcome:
    """The outcome with its time to try again, or dead once the attempts have gone on for 72 h.

    The wait doubles with each attempt from 1 s to 5 min, with jitter; a destination's own wish counts if
    longer.
    """
    if outcome.kind in {"delivered", "dead"}:
        return outcome
    if now - delivery.first_attempt_at >= GIVE_UP_AFTER:
        return Outcome(kind="dead", reason=f"given up after {GIVE_UP_AFTER}: {outcome.reason}")
    doubled = min(FIRST_RETRY * 2 ** min(delivery.attempt - 1, 20), LONGEST_RETRY)
    spread = doubled * random.uniform(0.5, 1)  # noqa: S311  spread, not secrecy
    return outcome.model_copy(update={"retry_after": max(spread, outcome.retry_after)})
