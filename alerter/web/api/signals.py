"""Signals over HTTP: pushed in (validated whole, answered once committed) and listed as they were read.

The push is the service's hottest path: the body goes from bytes to models in one step, and one store
commit takes it.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Literal

import orjson
from aiohttp import web
from pydantic import Field, TypeAdapter, ValidationError

from alerter.core.clean import clean_signal
from alerter.core.model import Frozen
from alerter.core.reading import Reading, ReadSignal
from alerter.core.signal import IntakeStatus, Signal, SignalKind, SignalRecord
from alerter.store.protocol import new_records
from alerter.web.admission import ADMISSION
from alerter.web.bodies import answer, read_body, read_query
from alerter.web.context import CONTEXT, WebContext
from alerter.web.operations import Operation
from alerter.web.paging import PageQuery, answer_page, page
from alerter.web.problems import Fault, Problem, faults_of

LIST_LIMIT = 1000
"""Most signals in one push."""
PUSHED = "push"
"""The label under which signals of sources that are not configured are counted: names from outside would
make endless labels."""

_ONE = TypeAdapter(Signal)
_MANY = TypeAdapter(Annotated[list[Signal], Field(max_length=LIST_LIMIT)])


class StoredSignal(Signal):
    """A signal as it was read: the contract's shape, and how the service keeps it; `id` is always given."""

    version: int
    baseline: bool
    """Was it already old when its source was first polled? Then it never alerts."""


class ReadStoredSignal(StoredSignal):
    """A signal with what was read in it."""

    reading: Reading


class SignalQuery(PageQuery):
    """Which signals to list."""

    source: tuple[str, ...] = Field(default=(), description="Only of these sources.")
    kind: tuple[SignalKind, ...] = Field(default=(), description="Only of these kinds.")


class PushResult(Frozen):
    """What became of one pushed signal."""

    id: str
    status: Literal["accepted", "duplicate", "updated"]


class PushResults(Frozen):
    """What became of a push, in its order."""

    results: tuple[PushResult, ...]


async def push(request: web.Request) -> web.Response:
    """Take one signal or a list, all or nothing, and answer once they are committed."""
    context = request.app[CONTEXT]
    now = context.now()
    records = new_records(parse_signals(await read_body(request), now), now)
    statuses = await request.app[ADMISSION].take(records) if records else ()
    _count(context, records, statuses)
    results = [
        {"id": record.id, "status": status.value} for record, status in zip(records, statuses, strict=True)
    ]
    return web.Response(body=orjson.dumps({"results": results}), content_type="application/json")


def parse_signals(body: bytes, now: datetime) -> list[Signal]:
    """The signals of a push, validated and cleaned. Raises Problem 400 (not JSON) or 422."""
    many = body.lstrip()[:1] == b"["
    try:
        signals = _MANY.validate_json(body, strict=True) if many else [_ONE.validate_json(body, strict=True)]
    except ValidationError as error:
        raise _refusal(error, many=many) from error
    return [_cleaned(signal, index, now) for index, signal in enumerate(signals)]


def _cleaned(signal: Signal, index: int, now: datetime) -> Signal:
    try:
        return clean_signal(signal, now)
    except OverflowError as error:  # an instant at the calendar's edge has no UTC
        fault = Fault(index=index, message="an instant is beyond the calendar")
        raise _unprocessable((fault,)) from error
    except ValueError as error:
        fault = Fault(index=index, field=_named_in(str(error)), message=str(error))
        raise _unprocessable((fault,)) from error


def _named_in(sentence: str) -> str:
    """The field that a sentence about a signal begins with, if any."""
    word = sentence.partition(" ")[0]
    return word if word in Signal.model_fields else ""


def _refusal(error: ValidationError, *, many: bool) -> Problem:
    faults = faults_of(error, indexed=many)
    whole = not faults[0].field and faults[0].index is None  # the fault is not in one of the signals
    if whole and faults[0].type == "json_invalid":
        return Problem(400, f"{faults[0].message}.")
    if whole and faults[0].type == "too_long":
        said = f"a list may hold at most {LIST_LIMIT} signals; send it in parts"
        return _unprocessable((Fault(index=LIST_LIMIT, type="too_long", message=said),))
    if not many:
        faults = tuple(fault.model_copy(update={"index": 0}) for fault in faults)
    return _unprocessable(faults)


def _unprocessable(faults: tuple[Fault, ...]) -> Problem:
    first = faults[0]
    steps = ["Nothing was taken", *([] if first.index is None else [f"signal {first.index}"])]
    named = first.field and not first.message.startswith(first.field)
    told = ": ".join([*steps, *([first.field] if named else []), first.message])
    return Problem(422, f"{told}.", faults=faults)


def _count(context: WebContext, records: Sequence[SignalRecord], statuses: Sequence[IntakeStatus]) -> None:
    configured = {source.id for source in context.configuration().sources}
    for record, status in zip(records, statuses, strict=True):
        source = record.signal.source if record.signal.source in configured else PUSHED
        context.metrics.signals.labels(source, status.value).inc()


async def list_signals(request: web.Request) -> web.Response:
    """Signals as they were read, newest first."""
    query = read_query(request, SignalQuery)

    def wanted(read: ReadSignal) -> bool:
        signal = read.record.signal
        return (not query.source or signal.source in query.source) and (
            not query.kind or signal.kind in query.kind
        )

    keep = wanted if query.source or query.kind else None
    found, following = await page("signals", request.app[CONTEXT].store.signals.recent, query, keep=keep)
    return answer_page((_stored(read.record) for read in found), following, sparse=True)


async def show_signal(request: web.Request) -> web.Response:
    """The newest version of one signal, with what was read in it."""
    read = await request.app[CONTEXT].store.signals.find(request.match_info["id"])
    if read is None:
        raise Problem(404, "No signal of this id has been read.")
    return answer(ReadStoredSignal(**dict(_stored(read.record)), reading=read.reading))


def _stored(record: SignalRecord) -> StoredSignal:
    own = dict(record.signal) | {"id": record.id, "seen_at": record.seen_at}
    return StoredSignal(**own, version=record.version, baseline=record.baseline)


OPERATIONS = (
    Operation(
        "POST",
        "/api/v1/signals",
        push,
        "Push one signal or a list; answered only once committed, all or nothing.",
        answer=PushResults,
        body=Signal,
        body_list_limit=LIST_LIMIT,
        problems=(400, 408, 413, 415, 422, 429, 503),
    ),
    Operation(
        "GET",
        "/api/v1/signals",
        list_signals,
        "Signals as they were read, newest first.",
        answer=StoredSignal,
        listed=True,
        query=SignalQuery,
        problems=(400, 503),
    ),
    Operation(
        "GET",
        "/api/v1/signals/{id:.+}",
        show_signal,
        "One signal by its id or identity, with its reading.",
        answer=ReadStoredSignal,
        problems=(404, 503),
    ),
)
