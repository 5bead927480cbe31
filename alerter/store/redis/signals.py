"""Signals in Redis: the stream of those to read, the stream of what was read, and what is known of each.

Both streams lose entries only by being read (`file`), buried, or outliving their retention; neither is ever
cut by length, which would drop what nobody has read yet.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from datetime import timedelta
from itertools import groupby
from typing import Any

from alerter import clock
from alerter.core.reading import ReadSignal
from alerter.core.signal import IntakeStatus, Signal, SignalKind, SignalRecord
from alerter.store.protocol import (
    VERSIONS_KEPT,
    Backlog,
    Busy,
    Fenced,
    PollResult,
    Queued,
    Retention,
    SourceClaim,
    StoreError,
)
from alerter.store.redis.bodies import Bodies
from alerter.store.redis.claims import KnownClaims
from alerter.store.redis.client import GROUP, Argument, Client, Fields, QueueLost
from alerter.store.redis.encoding import microseconds, milliseconds

BUSY_FOR = timedelta(seconds=1)
"""When to offer signals again while the pipeline is behind."""
FULL_FOR = timedelta(seconds=30)
"""When to offer signals again while memory is nearly full."""
FULL_AT = 0.8
"""Share of the server's memory limit at which intake ends, so that the rest of the pipeline can go on."""

IDENTITIES_KEPT = milliseconds(max(Retention().signals, Retention().alerts))
SIGNALS_KEPT = milliseconds(Retention().signals)

_STATUSES = (IntakeStatus.DUPLICATE, IntakeStatus.ACCEPTED, IntakeStatus.UPDATED)
_MEMORY_LOOKED_AT_EVERY = 1.0


class RedisSignals:
    """The protocol's `Signals`."""

    def __init__(self, client: Client, polls: KnownClaims) -> None:
        self._client = client
        self._polls = polls
        self._queue = client.key("signals")
        self._log = client.key("readings")
        self._records = Bodies(SignalRecord)
        self._readings = Bodies(ReadSignal)
        self._lost: dict[str, str] = {}
        """Process → position in its pending entries after which some may have got lost on the way."""
        self._readers: set[str] = set()
        self._memory_full, self._memory_looked_at = False, float("-inf")

    async def found(self) -> None:
        """Create the queue and its readers' group where they are absent."""
        try:
            await self._client.ask("XGROUP", "CREATE", self._queue, GROUP, "0", "MKSTREAM")
        except StoreError as error:
            if "BUSYGROUP" not in str(error):
                raise

    async def intake(
        self,
        records: Sequence[SignalRecord],
        *,
        poll: PollResult | SourceClaim | None = None,
        backlog_limit: int = 10_000,
    ) -> Sequence[IntakeStatus]:
        """Queue what is new, and end the poll that brought it. A poll that brought nothing is never Busy.

        When the answer is lost, signals taken in are duplicates if offered again; a poll is given up by its
        process's next `claim`, if it was not committed.
        """
        if records and await self._is_memory_full():
            raise Busy(FULL_FOR, "the store's memory is nearly full")
        rows: list[Argument] = []
        for record in records:
            rows += (record.identity, _content(record.signal), self._records.write(record))
        limits = (backlog_limit, VERSIONS_KEPT, IDENTITIES_KEPT)
        runs = () if poll else _runs(records)
        ends = poll.claim.source if isinstance(poll, PollResult) else None
        with self._polls.ending(ends) if ends else nullcontext():
            answer = await self._client.run("intake", *limits, *_of_poll(poll), len(runs) // 3, *runs, *rows)
        if answer == "busy":
            raise Busy(BUSY_FOR, "the pipeline is behind")
        if ends:
            self._polls.drop(ends)
        if answer == "fenced":
            raise Fenced("the claim on the source has ended")
        return [_STATUSES[status] for status in answer]

    async def take(self, process: str, limit: int, wait: timedelta) -> Sequence[Queued]:
        """Signals to read: those of readers that are gone first, then the oldest of the queue.

        Waits 2 s at most. A call that fails or is cancelled loses nothing: the process's next one hands out
        again whatever is pending for it, even what another of its tasks is reading (it is filed once). So it
        is after `file` or `bury` failed.
        """
        self._readers.add(process)
        try:
            with self._lost_on_failure(process):
                return await self._recovered(process, limit) or await self._next(process, limit, wait)
        except QueueLost:
            await self.found()
            return []

    async def file(self, readings: Sequence[tuple[str, ReadSignal]]) -> None:
        """Into the log; an entry that has left the queue already is passed over."""
        rows: list[Argument] = []
        for entry, reading in readings:
            record = reading.record
            rows += (entry, record.identity, record.signal.id or "", record.version)
            rows += (microseconds(record.seen_at), self._readings.write(reading))
        with self._lost_on_failure(*self._readers):
            await self._client.run("file", SIGNALS_KEPT, *rows, repeatable=True)

    async def bury(self, entries: Sequence[Queued], reason: str) -> None:
        """To the dead letters."""
        rows: list[Argument] = []
        for queued in entries:
            rows += (queued.entry, microseconds(queued.record.seen_at), queued.record.model_dump_json())
        with self._lost_on_failure(*self._readers):
            await self._client.run("bury_signals", reason, *rows, repeatable=True)

    async def after(self, position: str, limit: int, wait: timedelta) -> Sequence[tuple[str, ReadSignal]]:
        """The log after a position; waits 2 s at most."""
        answer = await self._client.listen(wait, "XREAD", "COUNT", limit, "STREAMS", self._log, position)
        return [self._reading(entry, fields) for entry, fields in _entries(answer)]

    async def recent(self, limit: int, before: str | None = None) -> Sequence[tuple[str, ReadSignal]]:
        """The log, newest first."""
        rows = await self._client.page(self._log, limit, before)
        return [self._reading(entry, fields) for entry, fields in rows]

    async def find(self, identity: str) -> ReadSignal | None:
        """The newest version read, by identity or own id."""
        body = await self._client.run("find", identity, repeatable=True)
        return ReadSignal.model_validate_json(body) if body else None

    async def backlog(self) -> Backlog:
        """How far reading and evaluation are behind."""
        unread = await self._client.ask("XLEN", self._queue)
        filed, evaluated = await self._client.ask("HMGET", self._client.key("state"), "filed", "evaluated")
        return Backlog(unread=int(unread), unevaluated=int(filed or 0) - int(evaluated or 0))

    async def dead(self, limit: int) -> Sequence[tuple[SignalRecord, str]]:
        """Buried signals, newest first."""
        rows = await self._client.page(self._client.key("dead:signals"), limit)
        return [(SignalRecord.model_validate_json(body), why) for _, (_, _, _, why, _, body) in rows]

    @contextmanager
    def _lost_on_failure(self, *processes: str) -> Iterator[None]:
        try:
            yield
        except BaseException:  # cancelled as well: an answer may be on its way
            self._lost.update(dict.fromkeys(processes, "0"))
            raise

    async def _next(self, process: str, limit: int, wait: timedelta) -> list[Queued]:
        adopted = await self._client.run("adopt", process, limit)
        found = [self._queued(entry, fields, handed_out) for entry, handed_out, fields in adopted]
        if len(found) < limit:
            new = await self._read(process, limit - len(found), ">", timedelta(0) if found else wait)
            found += (self._queued(entry, fields) for entry, fields in new)
        return found

    async def _recovered(self, process: str, limit: int) -> list[Queued]:
        """What was handed to the process by a call that failed."""
        position = self._lost.get(process)
        if position is None:
            return []
        rows = await self._read(process, limit, position, timedelta(0))
        if not rows:
            del self._lost[process]
            return []
        first, last = rows[0][0], rows[-1][0]
        pending = await self._client.ask("XPENDING", self._queue, GROUP, first, last, limit, process)
        handed_out = {row[0]: int(row[3]) for row in pending}
        self._lost[process] = last
        return [self._queued(entry, fields, handed_out.get(entry, 1)) for entry, fields in rows if fields]

    async def _read(self, process: str, limit: int, position: str, wait: timedelta) -> Any:
        group = ("XREADGROUP", "GROUP", GROUP, process, "COUNT", limit)
        return _entries(await self._client.listen(wait, *group, "STREAMS", self._queue, position))

    def _queued(self, entry: str, fields: Fields, handed_out: int = 1) -> Queued:
        _, version, _, body = fields
        record = self._records.read(body)
        if record.version != int(version):
            record = record.model_copy(update={"version": int(version)})
        return Queued(entry, record, handed_out)

    def _reading(self, entry: str, fields: Fields) -> tuple[str, ReadSignal]:
        reading = self._readings.read(fields[5])  # t, n, b, and late where a newer version was read before
        return entry, reading.out_of_date if "late" in fields[6:] else reading

    async def _is_memory_full(self) -> bool:
        if clock.monotonic() - self._memory_looked_at >= _MEMORY_LOOKED_AT_EVERY:
            self._memory_looked_at = clock.monotonic()
            told = await self._client.info("memory")
            limit = int(told.get("maxmemory", 0))
            self._memory_full = limit > 0 and int(told.get("used_memory", 0)) >= FULL_AT * limit
        return self._memory_full


def _content(signal: Signal) -> str:
    """Names the content; an observation's begins with a letter that no digest has: the script knows it by."""
    content = signal.content_hash
    return "o" + content[1:] if signal.kind is SignalKind.OBSERVATION else content


def _runs(records: Sequence[SignalRecord]) -> Sequence[Argument]:
    """Signals of one source in a row: source, how many, and the latest time seen."""
    runs: list[Argument] = []
    for source, group in groupby(records, lambda record: record.signal.source):
        seen = [record.seen_at for record in group]
        runs += (source, len(seen), microseconds(max(seen)))
    return runs


def _of_poll(poll: PollResult | SourceClaim | None) -> tuple[Argument, ...]:
    if poll is None:
        return ("", 0, "", 0, "", 0, "")
    if isinstance(poll, SourceClaim):
        return (poll.source, poll.epoch, "", 0, "", 0, "")
    due, health = microseconds(poll.due), poll.health.model_dump_json()
    due_if_new = microseconds(poll.due_if_new) if poll.due_if_new else due
    health_if_new = poll.health_if_new.model_dump_json() if poll.health_if_new else health
    return (poll.claim.source, poll.claim.epoch, poll.cursor, due, health, due_if_new, health_if_new)


def _entries(answer: Any) -> Any:
    """Entries of the one stream that was read; a server says None when there are none."""
    return answer[0][1] if answer else []
