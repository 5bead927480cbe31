"""How the service fares, in one look: sources, queues, deliveries, and whether its silence can be trusted.

`/healthz`, `/metrics` and the page show it. The judgement is pure: silence counts only when every source
was seen in time, nothing much waits, and nothing went undelivered.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from alerter.core.health import SourceHealth, SourceState, standing
from alerter.core.model import Frozen
from alerter.sources.base import SourceConfig
from alerter.store.protocol import Store
from alerter.web.context import WebContext

LATE_AT_LEAST = timedelta(minutes=2)
"""A poll may start this much after it is due before the source counts as unseen."""
BACKLOG_NOTED = 1000
"""Signals waiting from which on silence may only mean that they were not judged yet."""
BLIND_SINGLY = 3
"""Up to so many sources out of sight the page names each at once; of more, it says how many."""
DEAD_COUNTED = 100
"""Dead letters are counted up to here."""


class Blind(Frozen):
    """A source that the service could not see."""

    source: str
    since: datetime | None
    """When it was last seen, or of a stale one when it last brought something new; null = never."""
    reason: str
    state: SourceState


class Waiting(Frozen):
    """Signals on their way through the pipeline."""

    unread: int
    unevaluated: int


class Dead(Frozen):
    """What was given up (each counted up to 100)."""

    deliveries: int
    signals: int


class Overview(Frozen):
    """How the service fares."""

    status: str
    """`ok`, or `degraded` when silence cannot be trusted; sources that lack a key degrade nothing."""
    at: datetime
    sources: dict[str, int]
    """Number of configured sources by state."""
    blind: tuple[Blind, ...]
    reservations: tuple[str, ...]
    """Why silence cannot be trusted, as sentences; empty = it can."""
    backlog: Waiting
    waiting: dict[str, int]
    """Deliveries due, by destination."""
    dead: Dead

    @property
    def unwatched(self) -> tuple[Blind, ...]:
        """Those of the blind that are not polled for want of something, which people have been told."""
        return tuple(one for one in self.blind if one.state == "unconfigured")

    @property
    def in_short(self) -> tuple[str, ...]:
        """The reservations as the page shows them: many sources out of sight are one sentence."""
        folded, total = set(self.unseen), sum(self.sources.values())
        lacking = "; ".join(dict.fromkeys(one.reason for one in self.unwatched))
        keyless = f"lack a key: {lacking}"
        counts = {"cannot be seen": len(self.blind) - len(self.unwatched), keyless: len(self.unwatched)}
        told = [f"{n} of {total} sources {words}." for words, n in counts.items() if n and folded]
        return (*(one for one in self.reservations if one not in folded), *told)

    @property
    def unseen(self) -> tuple[str, ...]:
        """The reservations that `in_short` counts together."""
        return tuple(map(_of_source, self.blind)) if len(self.blind) > BLIND_SINGLY else ()


async def overview(context: WebContext) -> Overview:
    """Look at everything. Raises StoreError."""
    configuration, now = context.configuration(), context.now()
    health = await context.store.sources.health()
    blind = blind_sources(configuration.sources, health, now)
    unwatched = sum(one.state == "unconfigured" for one in blind)
    backlog = await context.store.signals.backlog()
    dead = await _dead(context.store)
    waiting = dict(await context.store.outbox.waiting())
    reservations = (
        *filter(None, [context.refusal()]),
        *_of_configuration(len(configuration.sources), unwatched, len(configuration.rules)),
        *(_of_source(one) for one in blind),
        *_of_queues(backlog.unread + backlog.unevaluated, dead),
    )
    return Overview(
        status="degraded" if len(reservations) > unwatched else "ok",
        at=now,
        sources=dict(Counter(state_of(health.get(source.id), now) for source in configuration.sources)),
        blind=blind,
        reservations=reservations,
        backlog=Waiting(unread=backlog.unread, unevaluated=backlog.unevaluated),
        waiting=waiting,
        dead=dead,
    )


def state_of(health: SourceHealth | None, now: datetime) -> SourceState:
    """A source's state as of now; `unknown` before its first poll."""
    return standing(health, now) if health else "unknown"


def blind_sources(
    sources: Sequence[SourceConfig], health: Mapping[str, SourceHealth], now: datetime
) -> tuple[Blind, ...]:
    """The sources that cannot be seen now, with since when and why."""
    looks = (_blind(source, health.get(source.id), now) for source in sources)
    return tuple(look for look in looks if look)


def _blind(source: SourceConfig, health: SourceHealth | None, now: datetime) -> Blind | None:
    state = state_of(health, now)
    reason = _why_blind(source, health, state, now) if health else "not polled yet"
    if not reason:
        return None
    return Blind(source=source.id, since=_seen_at(health, state), reason=reason, state=state)


def _why_blind(source: SourceConfig, health: SourceHealth, state: SourceState, now: datetime) -> str:
    if state == "unknown":
        return health.last_error or "not polled yet"
    if state in {"failing", "blocked", "unconfigured"}:
        return health.last_error or "; ".join(health.unseen) or state
    if is_overdue(source, health, now):
        return "its poll is overdue"
    if state == "stale":
        return "; ".join(health.overdue) or "it answers, and is unusually silent"
    return ""


def _seen_at(health: SourceHealth | None, state: SourceState) -> datetime | None:
    if health is None:
        return None
    if health.unseen and not health.failures:
        return health.unseen_since
    return health.last_signal_at if state == "stale" else health.last_success_at


def is_overdue(source: SourceConfig, health: SourceHealth, now: datetime) -> bool:
    """Has a poll been due for longer than the source's own interval?"""
    if health.next_poll_at is None:
        return False
    return now - health.next_poll_at > max(source.every, LATE_AT_LEAST)


async def _dead(store: Store) -> Dead:
    deliveries = await store.outbox.dead(DEAD_COUNTED)
    return Dead(deliveries=len(deliveries), signals=len(await store.signals.dead(DEAD_COUNTED)))


def _of_configuration(sources: int, unwatched: int, rules: int) -> list[str]:
    found = [] if sources else ["No source is configured."]
    if sources and sources == unwatched:
        found.append("No source is watched.")
    return found if rules else [*found, "No rule is configured."]


def _of_source(blind: Blind) -> str:
    if blind.state == "unconfigured":
        return f"{blind.source} is not watched: {blind.reason}."
    if blind.state == "stale":
        return f"{blind.source} has brought nothing new {_since(blind)}: {blind.reason}."
    return f"{blind.source} could not be seen {_since(blind)}: {blind.reason}."


def _since(blind: Blind) -> str:
    return f"since {blind.since:%Y-%m-%d %H:%M} UTC" if blind.since else "so far"


def _of_queues(backlog: int, dead: Dead) -> list[str]:
    found = []
    if backlog >= BACKLOG_NOTED:
        found.append(f"{backlog} signals wait to be read and judged.")
    if dead.deliveries:
        found.append(f"{_count(dead.deliveries)} could not be delivered and will not be tried again.")
    if dead.signals:
        found.append(f"{_count(dead.signals, 'signal')} could not be read.")
    return found


def _count(number: int, word: str = "notification") -> str:
    text = f"{number}+" if number >= DEAD_COUNTED else str(number)
    return f"{text} {word}" if number == 1 else f"{text} {word}s"
