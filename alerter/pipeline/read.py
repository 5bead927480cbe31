"""The reading stage: signals off the queue, through the reader, into the log. Any number run side by side."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import timedelta

import structlog

from alerter.core.reading import Reading, ReadSignal
from alerter.core.signal import Signal
from alerter.store.protocol import Queued, Signals
from alerter.telemetry import Metrics

BATCH = 250
WAIT = timedelta(milliseconds=500)
"""How long to block for new signals; short, so that a stop is noticed."""
DELIVERIES_AT_MOST = 5
"""A signal handed out more often than this has killed its readers: it goes to the dead letters."""

_log = structlog.get_logger()

Read = Callable[[Signal], Reading]


class ReadStage:
    """Reads what is queued. `read` is pure and may be swapped whole between turns (a new lexicon)."""

    def __init__(self, signals: Signals, read: Read, *, process: str, metrics: Metrics) -> None:
        self.read = read
        self._signals = signals
        self._process = process
        self._metrics = metrics

    async def turn(self) -> None:
        """Read one batch, or wait a moment for one. Raises StoreError."""
        queued = await self._signals.take(self._process, BATCH, WAIT)
        await self._read_suspects([one for one in queued if one.deliveries > 1])
        await self._read_batch([one for one in queued if one.deliveries == 1])

    async def _read_suspects(self, suspects: Sequence[Queued]) -> None:
        """Signals whose reader died, one by one and in order: the first of them is the one that it died of.

        So those that merely shared its batch are read, however often it has killed a reader.
        """
        for place, one in enumerate(suspects):
            if place == 0 and one.deliveries > DELIVERIES_AT_MOST:
                _log.error("signal_buried", signal=one.record.id)
                await self._signals.bury([one], "its reader died each time")
            else:
                await self._read_batch([one])

    async def _read_batch(self, queued: Sequence[Queued]) -> None:
        if queued:
            await self._signals.file(await asyncio.to_thread(self._read_all, queued))

    def _read_all(self, queued: Sequence[Queued]) -> list[tuple[str, ReadSignal]]:
        return [(one.entry, ReadSignal(record=one.record, reading=self._read_one(one))) for one in queued]

    def _read_one(self, queued: Queued) -> Reading:
        """A text that the reader trips over is judged by its words alone; it never stops the others."""
        try:
            reading = self.read(queued.record.signal)
        except Exception:  # noqa: BLE001  one bad text must not stop the others; it is logged and counted
            self._metrics.readings.labels("failed").inc()
            _log.exception("reading_failed", signal=queued.record.id)
            return Reading()
        self._metrics.readings.labels("read").inc()
        return reading
