"""Pushes that arrive together share one commit: under load a store call per push would cost most of the time.

While one commit is under way, later pushes gather; the next commit takes them all. A lone push waits for
nobody. Each push stays all or nothing, since a commit is.
"""

import asyncio
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

from aiohttp import web

from alerter.core.signal import IntakeStatus, SignalRecord
from alerter.store.protocol import BATCH_LIMIT, Signals

Statuses = Sequence[IntakeStatus]


@dataclass(frozen=True, slots=True)
class _Push:
    records: Sequence[SignalRecord]
    answer: asyncio.Future[Statuses]


class Admission:
    """Takes pushes in, several to a commit."""

    def __init__(self, signals: Signals) -> None:
        self._signals = signals
        self._gathered: deque[_Push] = deque()
        self._commits: asyncio.Task[None] | None = None

    async def take(self, records: Sequence[SignalRecord]) -> Statuses:
        """What became of each record, once they are committed. Raises StoreError, Busy: nothing was taken."""
        push = _Push(records, asyncio.get_running_loop().create_future())
        self._gathered.append(push)
        if self._commits is None:
            self._commits = asyncio.create_task(self._commit_all(), name="admit pushes")
        return await push.answer

    async def close(self) -> None:
        """Stop; for when nobody waits for an answer any more."""
        if self._commits is not None:
            self._commits.cancel()
            await asyncio.wait([self._commits])

    async def _commit_all(self) -> None:
        try:
            while self._gathered:
                await self._commit(self._next())
        finally:
            self._commits = None

    def _next(self) -> list[_Push]:
        """The oldest push, and as many more as fit into one commit."""
        taken = [self._gathered.popleft()]
        room = BATCH_LIMIT - len(taken[0].records)
        while self._gathered and len(self._gathered[0].records) <= room:
            taken.append(self._gathered.popleft())
            room -= len(taken[-1].records)
        return taken

    async def _commit(self, pushes: Sequence[_Push]) -> None:
        try:
            statuses = await self._signals.intake([record for push in pushes for record in push.records])
        except Exception as error:  # noqa: BLE001 - each push raises it where it is answered
            for push in pushes:
                if not push.answer.done():  # else its sender is gone
                    push.answer.set_exception(error)
            return
        told = iter(statuses)
        for push in pushes:
            own = [next(told) for _ in push.records]
            if not push.answer.done():
                push.answer.set_result(own)


ADMISSION = web.AppKey("admission", Admission)


def add_admission(app: web.Application, signals: Signals) -> None:
    """Give the application its admission, and end it with the application."""
    app[ADMISSION] = Admission(signals)
    app.on_cleanup.append(_close)


async def _close(app: web.Application) -> None:
    await app[ADMISSION].close()
