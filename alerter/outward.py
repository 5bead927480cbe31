"""The way out to the network, opened once per process, and the two commands that use it without a store."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from uuid import uuid4

from alerter.assembly import build_destinations
from alerter.clock import Clock, FileClock, SystemClock
from alerter.config import Configuration
from alerter.config.models import Receiver
from alerter.core.alert import Alert, Change, fingerprint
from alerter.core.budget import Budgets
from alerter.core.delivery import Delivery, Group, Member, Outcome
from alerter.core.matter import Matter
from alerter.guard import guarded_session
from alerter.notifiers.base import NotifierContext
from alerter.settings import Settings
from alerter.sources.base import Poll, SourceConfig, SourceContext, SourceError
from alerter.sources.http import HttpClient, default_user_agent
from alerter.store.memory import MemoryBudgets

TEST_RULE = "send-test"


@dataclass(frozen=True, slots=True)
class Outside:
    """What sources and notifiers reach the network with."""

    sources: SourceContext
    notifiers: NotifierContext


def clock_of(settings: Settings) -> Clock:
    """The wall clock, or the one that tests move."""
    return FileClock(settings.clock_file) if settings.clock_file else SystemClock()


@asynccontextmanager
async def open_outside(
    settings: Settings, clock: Clock, budgets: Budgets | None = None
) -> AsyncIterator[Outside]:
    """The guarded client and session, closed at the end of the block.

    Calls are counted against these budgets, or, without any, by this process for itself.
    """
    client = HttpClient(
        user_agent=default_user_agent(settings.public_url),
        allow_private_networks=settings.allow_private_networks,
        proxy=settings.proxy,
        ca_bundle=settings.ca_bundle,
        budgets=MemoryBudgets() if budgets is None else budgets,
    )
    session = guarded_session(
        allow_private_networks=settings.allow_private_networks,
        proxy=settings.proxy,
        ca_bundle=settings.ca_bundle,
    )
    async with client, session:
        yield Outside(
            SourceContext(http=client, now=clock.now, keys=settings.keys.given()),
            NotifierContext(settings=settings, session=session, now=clock.now),
        )


async def poll_once(config: SourceConfig, settings: Settings, matters: Sequence[Matter] = ()) -> Poll:
    """What the source brings when it is polled for the first time. Raises SourceError."""
    async with open_outside(settings, clock_of(settings)) as outside:
        context = outside.sources.knowing(matters)
        if missing := config.missing(context.keys):
            raise SourceError(missing, trouble="unconfigured")
        return await config.build(context).poll(None)


async def send_test_notification(receiver: Receiver, settings: Settings) -> list[tuple[str, Outcome]]:
    """One notification that says it is a test, to each destination of the receiver, with its outcome."""
    only = Configuration(receivers=(receiver,))
    async with open_outside(settings, clock_of(settings)) as outside:
        destinations = build_destinations(only, outside.notifiers)[receiver.id]
        return [
            (one.id, await one.notifier.send(_test_delivery(receiver.id, one.id, outside)))
            for one in destinations
        ]


def _test_delivery(receiver: str, destination: str, outside: Outside) -> Delivery:
    now, name = outside.notifiers.now(), uuid4().hex[:16]
    alert = Alert(
        fingerprint=fingerprint(TEST_RULE, {"receiver": receiver}),
        rule=TEST_RULE,
        nature="occurrence",
        state="firing",
        severity="info",
        labels={"receiver": receiver},
        reason="asked_for",
        summary=f"This is a test notification for the receiver {receiver}; nothing has happened.",
        starts_at=now,
        updated_at=now,
    )
    return Delivery(
        id=name,
        entry=name,
        destination=destination,
        group=Group(id=name, receiver=receiver, wait=timedelta(0), interval=timedelta(0)),
        members=(Member(change=Change.FIRED, alert=alert),),
        first_attempt_at=now,
    )
