"""Sources over HTTP: what is configured and how it fares. Addresses stay inside: they may hold keys."""

from datetime import datetime, timedelta

from aiohttp import web
from pydantic import Field

from alerter.core.health import SourceHealth, SourceState, lag, standing
from alerter.core.model import Frozen
from alerter.core.quantities import format_duration
from alerter.sources.base import SourceConfig
from alerter.web.bodies import answer, read_query
from alerter.web.context import CONTEXT, WebContext
from alerter.web.operations import Operation
from alerter.web.paging import PageQuery, answer_page, slice_of
from alerter.web.problems import Problem


class SourceView(Frozen):
    """A configured source and its health."""

    id: str
    type: str
    every: str
    """Its polling interval, as in the configuration: `10m`."""
    labels: dict[str, str]
    state: SourceState
    """As of now: `quiet` and `stale` tell of a silence that is longer than usual."""
    failures: int
    last_error: str
    last_poll_at: datetime | None
    last_success_at: datetime | None
    last_signal_at: datetime | None
    next_poll_at: datetime | None
    lag: str | None
    """How long ago it last brought something new: `3h20m`."""
    cadence: str | None
    """How long it usually is from one new signal to the next."""
    note: str
    """What its last successful poll has to say for itself."""
    unseen: tuple[str, ...]
    """Parts of what was asked for that its last successful poll could not see."""
    overdue: tuple[str, ...]
    """Releases that should have come by now."""
    budget_left: int | None
    """Calls left in the tightest window of its call budget."""


class SourceQuery(PageQuery):
    """Which sources to list."""

    state: tuple[SourceState, ...] = Field(default=(), description="Only in these states.")


Source = tuple[SourceConfig, SourceHealth]
"""A configured source and its health."""


async def list_sources(request: web.Request) -> web.Response:
    """The configured sources, by id."""
    query, context = read_query(request, SourceQuery), request.app[CONTEXT]
    sources, now = await configured_sources(context), context.now()
    wanted = {one[0].id: one for one in sources if not query.state or standing(one[1], now) in query.state}
    shown, following = slice_of("sources", sorted(wanted.items()), query)
    return answer_page([view_source(*one, now) for one in shown], following)


async def show_source(request: web.Request) -> web.Response:
    """One source."""
    name, context = request.match_info["id"], request.app[CONTEXT]
    for source, health in await configured_sources(context):
        if source.id == name:
            return answer(view_source(source, health, context.now()))
    raise Problem(404, "No source of this id is configured.")


async def configured_sources(context: WebContext) -> list[Source]:
    """Every configured source with its health, in the configuration's order. Raises StoreError."""
    health = await context.store.sources.health()
    configured = context.configuration().sources
    return [(one, health.get(one.id) or SourceHealth(source=one.id)) for one in configured]


def view_source(source: SourceConfig, health: SourceHealth, now: datetime) -> SourceView:
    """A source as people see it."""
    return SourceView(
        id=source.id,
        type=str(getattr(source, "type", "")),  # every kind has one; the base does not name it
        every=format_duration(source.every),
        labels=source.labels,
        state=standing(health, now),
        lag=_in_words(lag(health, now)),
        cadence=_in_words(health.cadence),
        **health.model_dump(exclude={"source", "state", "cadence", "watched_since", "unseen_since"}),
    )


def _in_words(duration: timedelta | None) -> str | None:
    """To the second, since people read it."""
    return None if duration is None else format_duration(timedelta(seconds=round(duration.total_seconds())))


OPERATIONS = (
    Operation(
        "GET",
        "/api/v1/sources",
        list_sources,
        "Configured sources with their health, by id.",
        answer=SourceView,
        listed=True,
        query=SourceQuery,
        problems=(400, 503),
    ),
    Operation(
        "GET",
        "/api/v1/sources/{id}",
        show_source,
        "One source with its health.",
        answer=SourceView,
        problems=(404, 503),
    ),
)
