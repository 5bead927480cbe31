"""Small steps through a store: what stages do, in one line of a test."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from alerter.core.delivery import Delivery, Outcome
from alerter.core.reading import Reading, ReadSignal
from alerter.core.signal import IntakeStatus, Signal
from alerter.store.protocol import (
    EVALUATOR,
    Enrolment,
    Evaluation,
    PollResult,
    Queued,
    SourceClaim,
    Store,
    new_records,
)
from tests.support.signals import NOON, at, healthy

AT_ONCE = timedelta(0)
MINUTE = timedelta(minutes=1)
DELIVERED = Outcome(kind="delivered", receipt="1717.42")


async def offer(store: Store, *signals: Signal, **options: Any) -> list[IntakeStatus]:
    """Take signals in, seen at noon; what became of each."""
    return list(await store.signals.intake(new_records(signals, NOON), **options))


async def take(store: Store, process: str = "reader", limit: int = 100) -> list[Queued]:
    """What there is to read now."""
    return list(await store.signals.take(process, limit, AT_ONCE))


async def file(store: Store, *queued: Queued) -> list[ReadSignal]:
    """File what was taken, with empty readings."""
    readings = [ReadSignal(record=one.record, reading=Reading()) for one in queued]
    await store.signals.file(list(zip([one.entry for one in queued], readings, strict=True)))
    return readings


async def read(store: Store, *signals: Signal) -> list[ReadSignal]:
    """Take signals in, and file them read."""
    await offer(store, *signals)
    return await file(store, *await take(store))


async def an_evaluation(store: Store, *, process: str = "evaluator-1", **changes: Any) -> Evaluation:
    """What the process would commit under its lease at the log's present position."""
    epoch = await store.fleet.lease(EVALUATOR, process, MINUTE)
    assert epoch is not None, f"{process} does not hold the evaluator's lease"
    position = await store.judgements.position()
    return replace(Evaluation(epoch=epoch, seen_from=position, seen_to=position), **changes)


async def commit(store: Store, **changes: Any) -> None:
    """One turn of the evaluator."""
    await store.judgements.commit(await an_evaluation(store, **changes))


async def enrol(store: Store, due: Mapping[str, datetime | None], *, signature: str = "") -> None:
    """Schedule these sources and no others, all of them configured so."""
    await store.sources.enrol({source: Enrolment(at, signature) for source, at in due.items()})


async def claim_source(store: Store, process: str = "poller", source: str = "ree-news") -> SourceClaim:
    """Enrol one source, due at noon if it is new, and claim it then."""
    await enrol(store, {source: NOON})
    [claim] = await store.sources.claim(process, NOON, 1)
    return claim


def a_poll(claim: SourceClaim, *, cursor: str = "after-1", due_in: float = 600) -> PollResult:
    """A successful end of the claim: due again ten minutes past noon."""
    return PollResult(claim=claim, cursor=cursor, due=at(due_in), health=healthy(claim.source))


async def claim_delivery(
    store: Store, process: str = "sender", *, seconds: float = 3600, destination: str = "desk/console"
) -> Delivery | None:
    """The one delivery that can be claimed so many seconds after noon, if any."""
    claimed = await store.outbox.claim(process, at(seconds), {destination: 1})
    assert len(claimed) <= 1
    return claimed[0] if claimed else None


async def must_claim(store: Store, process: str = "sender", *, seconds: float = 3600) -> Delivery:
    """The one delivery that is there to claim."""
    delivery = await claim_delivery(store, process, seconds=seconds)
    assert delivery is not None, "nothing to claim"
    return delivery
