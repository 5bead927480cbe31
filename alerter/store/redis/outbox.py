"""The outbox in Redis: entries that gather news, are claimed frozen, and are told until it is recorded.

An entry gathers in `pending:`, which freezing renames to `frozen:`: freezing costs the same however
many members there are, and what is gathered meanwhile goes out next. An attempt is fenced by its delivery id
and its number.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from alerter.core.alert import Alert, Change
from alerter.core.delivery import Delivery, Group, LedgerEntry, Member, Outcome, ledger_entry
from alerter.store.protocol import Fenced, Retention
from alerter.store.redis.bodies import Bodies
from alerter.store.redis.claims import KnownClaims
from alerter.store.redis.client import Client
from alerter.store.redis.encoding import instant, microseconds, milliseconds

ENTRY_KEPT = timedelta(hours=1)
"""How long an idle entry without a receipt is remembered after its last notification, for pacing."""
RECEIPT_KEPT = Retention().alerts
"""How long an idle entry's receipt is remembered, so that its next notification can refer to it."""

_RETIRED_AT_ONCE = 100
_NO_RECEIVER = "no receiver has this destination any more"


class RedisOutbox:
    """The protocol's `Outbox`."""

    def __init__(self, client: Client, alerts: Bodies[Alert]) -> None:
        self._client = client
        self._alerts = alerts
        self._claims = KnownClaims(client, "deliveries")

    async def claim(self, process: str, now: datetime, slots: Mapping[str, int]) -> Sequence[Delivery]:
        """Claim due entries, the longest due first."""
        return await self._claim(process, now, slots, everything=False)

    async def record(self, delivery: Delivery, outcome: Outcome, now: datetime) -> None:
        """End an attempt. When its answer is lost, it may have been recorded: repeated, it is then Fenced."""
        dead = delivery.model_dump_json() if outcome.kind == "dead" else ""
        answer = await self._client.run(
            "record",
            *(delivery.entry, delivery.id, delivery.attempt, outcome.kind, microseconds(now)),
            milliseconds(outcome.retry_after),
            outcome.receipt or "",
            ledger_entry(delivery, outcome, now).model_dump_json(),
            dead,
            outcome.reason,
            milliseconds(ENTRY_KEPT),
            milliseconds(RECEIPT_KEPT),
        )
        self._claims.drop(delivery.entry)
        if answer == "fenced":
            raise Fenced(
                f"attempt {delivery.attempt} of delivery {delivery.id} is not this process's any more"
            )

    async def retire(self, keep: Sequence[str], now: datetime) -> int:
        """Entries of other destinations go dead, but for attempts under way, which end first."""
        destinations = await self._client.ask("SMEMBERS", self._client.key("destinations"))
        slots = dict.fromkeys(set(destinations) - set(keep), _RETIRED_AT_ONCE)
        process, retired = f"retire-{uuid4().hex}", set()
        while slots and (deliveries := await self._claim(process, now, slots, everything=True)):
            for delivery in deliveries:
                await self.record(delivery, Outcome(kind="dead", reason=_NO_RECEIVER), now)
                retired.add(delivery.entry)
        return len(retired)

    async def ledger(self, limit: int, before: str | None = None) -> Sequence[tuple[str, LedgerEntry]]:
        """The ledger, newest first."""
        rows = await self._client.page(self._client.key("ledger"), limit, before)
        return [(cursor, LedgerEntry.model_validate_json(body)) for cursor, (_, _, _, body) in rows]

    async def waiting(self) -> Mapping[str, int]:
        """Entries not yet delivered, by destination."""
        return {destination: count for destination, count, _ in await self._outlook() if count}

    async def next_due(self) -> datetime | None:
        """The earliest due time of an entry that nobody is sending; one that is held keeps its due time."""
        return min((instant(due) for _, _, due in await self._outlook() if due), default=None)

    async def dead(self, limit: int) -> Sequence[tuple[Delivery, str]]:
        """Dead deliveries, newest first."""
        rows = await self._client.page(self._client.key("dead:deliveries"), limit)
        return [(Delivery.model_validate_json(body), why) for _, (_, _, _, why, _, body) in rows]

    async def _outlook(self) -> Sequence[tuple[str, int, str | None]]:
        rows = await self._client.run("outlook", repeatable=True)
        return [(destination, int(count), due) for destination, count, due in rows]

    async def _claim(
        self, process: str, now: datetime, slots: Mapping[str, int], *, everything: bool
    ) -> Sequence[Delivery]:
        pairs = [part for pair in slots.items() if pair[1] > 0 for part in pair]
        if not pairs:
            return []
        async with self._claims.claiming(process):
            rows = await self._client.run(
                "claim_deliveries", process, microseconds(now), int(everything), *pairs
            )
            self._claims.add(process, (row[0] for row in rows))
        return [_delivery(row, self._alerts) for row in rows]


def _delivery(row: Sequence[Any], alerts: Bodies[Alert]) -> Delivery:
    entry, destination, group, delivery_id, attempt, doubt, first, receipt, members = row
    return Delivery(
        id=delivery_id,
        entry=entry,
        destination=destination,
        group=Group.model_validate_json(group),
        members=_members(members, alerts),
        attempt=int(attempt),
        uncertain=doubt == "1",
        first_attempt_at=instant(first),
        receipt=receipt,
    )


def _members(written: Sequence[str], alerts: Bodies[Alert]) -> tuple[Member, ...]:
    """Members in the order in which they were gathered."""
    parts = sorted((text.split(" ", 2) for text in written), key=lambda part: int(part[1]))
    return tuple(Member(change=Change(change), alert=alerts.read(body)) for change, _, body in parts)
