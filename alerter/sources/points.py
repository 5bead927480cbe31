"""Points of time series made into observations: only what is new or revised, with what it was revised from.

Every source of figures ends here. What was told before stands in its cursor, so that a publisher may list its
whole history at each poll, and a figure that comes back to an earlier value is told again. A period that the
publisher leaves out, or gives no number for, is not published yet: it is never a zero and never a withdrawal.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from alerter.core.model import Frozen, digest
from alerter.core.periods import period_words
from alerter.core.quantities import Duration
from alerter.core.releases import overdue, period_end
from alerter.core.signal import Observation, Signal, SignalKind
from alerter.sources.base import Poll, SourceConfig
from alerter.sources.http import Visit

Values = dict[str, dict[str, float]]
"""Series → period → value."""


@dataclass(frozen=True, slots=True)
class Point:
    """What a publisher states of one period of one series."""

    series: str
    period: str
    """`2025-05`, `2025-Q2`, `2025`, `2025-01..2025-02` or `2025-05-31`."""
    value: float
    unit: str | None = None
    released_at: datetime | None = None
    """When it was published, where the publisher says so."""


class FiguresConfig(SourceConfig):
    """What every source of figures holds besides."""

    title: str | None = None
    """What people call the figure; the id of the series, unless it is set."""
    expected_within: Duration | None = None
    """The next period's figure is overdue when it has not come this long after the period's end."""


class FiguresCursor(Frozen):
    """What a source of figures remembers from poll to poll."""

    scope: str
    """Names what is asked for; what was told of something else says nothing about this."""
    visits: dict[str, Visit] = {}
    told: Values = {}


def recall_figures(cursor: str | None, *scope: str) -> FiguresCursor:
    """The cursor, or an empty one where there is none that can be read or it is about something else."""
    named = digest(*scope)
    try:
        known = FiguresCursor.model_validate_json(cursor or "")
    except ValueError:
        return FiguresCursor(scope=named)
    return known if known.scope == named else FiguresCursor(scope=named)


@dataclass(frozen=True, slots=True)
class Answered:
    """What one poll was answered: the points (None = nothing has changed), and what to remember of it."""

    points: Iterable[Point] | None
    visits: Mapping[str, Visit]
    max_age: timedelta = timedelta(0)
    url: str | None = None
    """Where people find the figures."""
    note: str = ""
    budget_left: int | None = None


def tell(answered: Answered, known: FiguresCursor, config: FiguresConfig, now: datetime) -> Poll:
    """The poll's end: observations in order of their periods, the cursor after it, and what is overdue."""
    told, signals = known.told, []
    for point in sorted(answered.points or (), key=lambda one: (one.period, one.series)):
        before = told.get(point.series, {}).get(point.period)
        if before is None or before != point.value:
            signals.append(_signal(point, before, config, _published(point, known, now), answered.url))
            told = {**told, point.series: {**told.get(point.series, {}), point.period: point.value}}
    latest = {series: max(values, key=_end) for series, values in told.items() if values}
    return Poll(
        signals=signals,
        cursor=known.model_copy(update={"visits": dict(answered.visits), "told": told}).model_dump_json(),
        wait_at_least=answered.max_age,
        note=answered.note,
        overdue=overdue(latest, config.expected_within, now) if config.expected_within else (),
        budget_left=answered.budget_left,
    )


def _published(point: Point, known: FiguresCursor, now: datetime) -> datetime:
    """When it came out; what a source already lists when it is wired counts as old as its period."""
    if point.released_at is not None:
        return min(point.released_at, now)
    if known.told:
        return now
    return min(period_end(point.period) or now, now)


def _signal(
    point: Point, before: float | None, config: FiguresConfig, published_at: datetime, url: str | None
) -> Signal:
    name = config.title or point.series
    unit = f" {point.unit}" if point.unit else ""
    revised = f" (revised from {_plain(before)}{unit})" if before is not None else ""
    return Signal(
        id=f"{point.series}@{point.period}",
        source=config.id,
        kind=SignalKind.OBSERVATION,
        title=f"{name}, {period_words(point.period)}: {_plain(point.value)}{unit}{revised}",
        url=url,
        published_at=published_at,
        language="en",
        labels=config.labels,
        observation=Observation(
            series=point.series,
            period=point.period,
            value=point.value,
            unit=point.unit,
            revised_from=before,
        ),
    )


def _plain(value: float | None) -> str:
    return f"{value:,.15g}" if value is not None else ""


def _end(period: str) -> datetime:
    return period_end(period) or datetime.min.replace(tzinfo=UTC)
