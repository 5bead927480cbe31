"""The stages of one process, wired so that each wakes the next, by role."""

import asyncio
from collections.abc import Sequence
from typing import Literal

from alerter.assembly import Parts
from alerter.clock import Clock
from alerter.pipeline.deliver import DeliverStage
from alerter.pipeline.draft import Transition
from alerter.pipeline.evaluate import EvaluateStage
from alerter.pipeline.poll import PollStage
from alerter.pipeline.read import ReadStage
from alerter.pipeline.supervise import run_until_stopped
from alerter.store.protocol import Store
from alerter.telemetry import Metrics

Role = Literal["all", "poll", "read", "evaluate", "deliver", "web"]
DRAIN_TIMEOUT = 20.0
"""Seconds that sends under way are given to end when the service stops."""


class Stages:
    """Poll, read, evaluate and deliver over one store."""

    def __init__(self, store: Store, parts: Parts, *, clock: Clock, process: str, metrics: Metrics) -> None:
        self._metrics = metrics
        self.poll = PollStage(store, parts.sources, clock=clock, process=process, metrics=metrics)
        self.read = ReadStage(store.signals, parts.judging.read, process=process, metrics=metrics)
        self.evaluate = EvaluateStage(
            store,
            parts.judging.rulebook,
            clock=clock,
            process=process,
            metrics=metrics,
            on_commit=self._committed,
        )
        self.deliver = DeliverStage(
            store.outbox, parts.targets, clock=clock, process=process, metrics=metrics
        )

    def reload(self, parts: Parts) -> None:
        """Work by another configuration from the next turn on."""
        self.poll.reload(parts.sources)
        self.read.read = parts.judging.read
        self.evaluate.reload(parts.judging.rulebook)
        self.deliver.reload(parts.targets)

    async def look_for_due(self) -> None:
        """Let the polling stage look anew at what is due, whatever it waits for."""
        self.poll.wake()

    async def run(self, role: Role, stop: asyncio.Event) -> None:
        """The loops of the role, until stopped; then let what is under way end."""
        turns = {
            "poll": self.poll.turn,
            "read": self.read.turn,
            "evaluate": self.evaluate.turn,
            "deliver": self.deliver.turn,
        }
        async with asyncio.TaskGroup() as group:
            for name, turn in turns.items():
                if role in {"all", name}:
                    group.create_task(
                        run_until_stopped(name, turn, stop=stop, metrics=self._metrics), name=name
                    )
            group.create_task(stop.wait())
        await self.poll.drain()
        try:
            async with asyncio.timeout(DRAIN_TIMEOUT):
                await self.deliver.drain()
        except TimeoutError:
            pass  # what is not recorded is taken over, with the same delivery id

    def _committed(self, _transitions: Sequence[Transition]) -> None:
        self.deliver.wake()
