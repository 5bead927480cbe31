"""Deliveries over HTTP: the ledger of every attempt, dead letters among them (`outcome=dead`)."""

from datetime import datetime
from typing import Any, Literal

from aiohttp import web
from pydantic import Field

from alerter.core.alert import Change
from alerter.core.delivery import LedgerEntry
from alerter.core.model import Frozen
from alerter.store.protocol import Store
from alerter.web.bodies import answer, read_query
from alerter.web.context import CONTEXT
from alerter.web.operations import Operation
from alerter.web.paging import SCAN_STEP, PageQuery, answer_page, page
from alerter.web.problems import Problem

LEDGER_SEARCHED = 10_000
"""Newest lines of the ledger among which a delivery is looked for by its id."""

OutcomeKind = Literal["delivered", "retry", "ambiguous", "dead"]


class AlertNews(Frozen):
    """What a notification told of one alert."""

    fingerprint: str
    revision: int
    change: Change


class DeliveryHead(Frozen):
    """A notification for one destination; every attempt repeats its id and its alerts."""

    id: str
    destination: str
    receiver: str
    group: dict[str, str]
    alerts: tuple[AlertNews, ...]


class Attempt(Frozen):
    """One attempt and what became of it."""

    attempt: int
    outcome: OutcomeKind
    reason: str
    at: datetime


class DeliveryView(DeliveryHead, Attempt):
    """A line of the ledger."""


class DeliveryHistory(DeliveryHead):
    """A notification with all its attempts, newest first."""

    outcome: OutcomeKind
    """Of the newest attempt."""
    attempts: tuple[Attempt, ...]


class DeliveryQuery(PageQuery):
    """Which lines of the ledger to list."""

    destination: tuple[str, ...] = Field(default=(), description="Only to these destinations.")
    outcome: tuple[OutcomeKind, ...] = Field(default=(), description="Only with these outcomes.")

    def wants(self, line: LedgerEntry) -> bool:
        """Does the line pass every filter?"""
        return (not self.destination or line.destination in self.destination) and (
            not self.outcome or line.outcome in self.outcome
        )


async def list_deliveries(request: web.Request) -> web.Response:
    """The ledger, newest first: one line per attempt."""
    query = read_query(request, DeliveryQuery)
    keep = query.wants if query.destination or query.outcome else None
    lines, following = await page("deliveries", request.app[CONTEXT].store.outbox.ledger, query, keep=keep)
    return answer_page((view_line(line) for line in lines), following)


async def show_delivery(request: web.Request) -> web.Response:
    """One delivery with its attempts."""
    lines = await _attempts(request.app[CONTEXT].store, request.match_info["id"])
    if not lines:
        raise Problem(404, f"No delivery of this id is among the ledger's newest {LEDGER_SEARCHED} lines.")
    attempts = tuple(_attempt(line) for line in lines)
    return answer(DeliveryHistory(**_head(lines[0]), outcome=lines[0].outcome, attempts=attempts))


async def _attempts(store: Store, delivery: str) -> list[LedgerEntry]:
    """The delivery's lines, newest first; the search ends with its first attempt."""
    found: list[LedgerEntry] = []
    position: str | None = None
    for _ in range(LEDGER_SEARCHED // SCAN_STEP):
        batch = await store.outbox.ledger(SCAN_STEP, position)
        found += [line for _, line in batch if line.delivery == delivery]
        if not batch or (found and found[-1].attempt <= 1):
            break
        position = batch[-1][0]
    return found


def view_line(line: LedgerEntry) -> DeliveryView:
    """A line of the ledger as people see it."""
    return DeliveryView(**_head(line), **dict(_attempt(line)))


def _head(line: LedgerEntry) -> dict[str, Any]:
    news = (AlertNews(fingerprint=f, revision=revision, change=change) for f, revision, change in line.alerts)
    own = {"id": line.delivery, "destination": line.destination, "receiver": line.receiver}
    return {**own, "group": line.group, "alerts": tuple(news)}


def _attempt(line: LedgerEntry) -> Attempt:
    return Attempt(attempt=line.attempt, outcome=line.outcome, reason=line.reason, at=line.at)


OPERATIONS = (
    Operation(
        "GET",
        "/api/v1/deliveries",
        list_deliveries,
        "The ledger, newest first: one line per attempt; dead letters by `outcome=dead`.",
        answer=DeliveryView,
        listed=True,
        query=DeliveryQuery,
        problems=(400, 503),
    ),
    Operation(
        "GET",
        "/api/v1/deliveries/{id}",
        show_delivery,
        "One delivery with its attempts.",
        answer=DeliveryHistory,
        problems=(404, 503),
    ),
)
