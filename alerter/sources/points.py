"""Points of time series made into observations: only what is new or revised, with what it was revised from.

Every source of figures ends here. What was told before stands in its cursor, so that a publisher may list its
whole history at each poll, and a figure that comes back to an earlier value is told again. A period that the
publisher leaves out, or gives no number for, is not published yet: it is never a zero and never a withdrawal.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from alerter.core.model import Frozen, digest
from alerter.core.periods import period_words
from alerter.core.quantities import Duration
from alerter.core.releases import overdue, period_end
from alerter.core.signal import Observation, Signal, SignalKind
from alerter.sources.base import LONGEST_WISH, Poll, SourceConfig, SourceError
from alerter.sources.formats.figures import Point
from alerter.sources.http import Visit

Values = dict[str, dict[str, float]]
"""Series → period → value."""

PERIODS_KEPT = 600
"""Newest periods of a series whose values are remembered: fifty years of months, twenty months of days."""


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
    units: dict[str, str] = {}
    """Series → the unit of its figures."""
    forgotten: dict[str, str] = {}
    """Series → the newest period that is no longer remembered; what is as old is not told again."""
    settled: bool = False
    """Has the history that there was when the source was wired been told?"""
    note: str = ""
    """What health was told of the answer that still holds."""
    unseen: tuple[str, ...] = ()
    """What of it could not be seen."""
    notes: dict[str, str] = {}
    """What the kind remembers for itself."""

    def knows(self, series: str) -> bool:
        """Has the history of this series been told, so that more of it is news?"""
        return self.settled and series in self.told


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
    host: str
    """Who answered, for messages."""
    max_age: timedelta = timedelta(0)
    url: str | None = None
    """Where people find the figures."""
    note: str = ""
    """What health should say; where nothing has changed, beside what it said of the figures before."""
    unseen: tuple[str, ...] = ()
    """Parts of what was asked for that the answer lacks; where nothing has changed, it lacks what it did."""
    budget_left: int | None = None
    lists_all: bool = False
    """Do the points hold all that is published of their time, so that one that lacks was taken back?"""
    complete: bool = True
    """False while part of the history is left for later polls."""
    latest: Mapping[str, str] = field(default_factory=dict)
    """Series → the latest period known to be out, where the publisher says so apart from the figures."""
    notes: Mapping[str, str] | None = None
    """What the kind wants to remember for itself; None = what it did before."""
    keep: int = PERIODS_KEPT
    """Periods of a series to remember the values of. Revisions of older ones are not noticed."""


def tell(answered: Answered, known: FiguresCursor, config: FiguresConfig, now: datetime) -> Poll:
    """The poll's end: observations in order of their periods, the cursor after it, and what is overdue.

    Raises SourceError where the points contradict each other, or come in another unit than before.
    """
    points, unusable = _in_order(answered.points or (), known, answered.host)
    units = _units(points, known, answered.host)
    told = {series: dict(values) for series, values in known.told.items()}
    signals = []
    for point in points:
        values = told.setdefault(point.series, {})
        before = values.get(point.period)
        if before is None or before != point.value:
            published_at = _published(point, known, now)
            signals.append(_signal(point, before, config, published_at, answered.url))
            values[point.period] = point.value
    latest = {series: max(values, key=_end) for series, values in told.items() if values}
    gone = _taken_back(points, known) if answered.lists_all else ""
    note = "; ".join(filter(None, (answered.note, unusable, gone)))
    lasting, unseen = note, answered.unseen
    if answered.points is None:
        lasting, unseen = known.note, unseen or known.unseen
    changes = {
        "note": lasting,
        "unseen": unseen,
        "visits": dict(answered.visits),
        "units": units,
        "settled": known.settled or answered.complete,
        "notes": known.notes if answered.notes is None else dict(answered.notes),
        **_trimmed(told, known, answered.keep),
    }
    return Poll(
        signals=signals,
        cursor=known.model_copy(update=changes).model_dump_json(),
        wait_at_least=min(answered.max_age, LONGEST_WISH),
        note="; ".join(dict.fromkeys(filter(None, (lasting, note)))),
        unseen=unseen,
        overdue=_overdue({**latest, **answered.latest}, config, now),
        budget_left=answered.budget_left,
        settling=not known.settled or not all(known.knows(point.series) for point in points),
    )


def _in_order(points: Iterable[Point], known: FiguresCursor, host: str) -> tuple[list[Point], str]:
    """The points by their periods, each once, without the forgotten; and what is wrong with some."""
    found: dict[tuple[str, str], Point] = {}
    unusable = 0
    for point in points:
        if not math.isfinite(point.value) or period_end(point.period) is None:
            unusable += 1
        elif not _is_forgotten(point, known):
            first = found.setdefault((point.series, point.period), point)
            if first.value != point.value:
                raise SourceError(
                    f"{host} gives two figures for {point.series} in {period_words(point.period)}: "
                    f"{_plain(first.value)} and {_plain(point.value)}"
                )
    ordered = sorted(found.values(), key=lambda one: (_end(one.period), one.period, one.series))
    figures = "1 figure" if unusable == 1 else f"{unusable} figures"
    return ordered, f"{figures} cannot be read" if unusable else ""


def _taken_back(points: Sequence[Point], known: FiguresCursor) -> str:
    """What was told and is given no more, though the time about it is listed; empty if nothing is."""
    listed: dict[str, set[str]] = {}
    for point in points:
        listed.setdefault(point.series, set()).add(point.period)
    gone = [
        (_end(period), series, period)
        for series, periods in listed.items()
        for period in known.told.get(series, {}).keys() - periods
        if _end(period) >= min(map(_end, periods))
    ]
    if not gone:
        return ""
    _, series, period = max(gone)
    more = f" and {len(gone) - 1} more" if len(gone) > 1 else ""
    return f"gives no figure any more of {series} in {period_words(period)}{more}; what was told stands"


def _is_forgotten(point: Point, known: FiguresCursor) -> bool:
    """Is it so old that nobody remembers whether it was told?"""
    newest = known.forgotten.get(point.series)
    if newest is None or point.period in known.told.get(point.series, {}):
        return False
    return _end(point.period) <= _end(newest)


def _units(points: Sequence[Point], known: FiguresCursor, host: str) -> dict[str, str]:
    """The unit of each series. Figures in different units must not be compared, so they are refused."""
    units = dict(known.units)
    for point in points:
        if point.unit is None:
            continue
        unit = units.setdefault(point.series, point.unit)
        if unit != point.unit:
            raise SourceError(
                f"{host}: figures of {point.series} come in {point.unit} now and came in {unit} before: "
                "they cannot be compared; a source with a new id would begin afresh"
            )
    return units


def _trimmed(told: Values, known: FiguresCursor, keep: int) -> dict[str, object]:
    """What to remember of each series: its newest periods, and where the forgotten ones end."""
    kept, forgotten = {}, dict(known.forgotten)
    for series, values in told.items():
        newest_first = sorted(values, key=lambda period: (_end(period), period), reverse=True)
        kept[series] = {period: values[period] for period in reversed(newest_first[:keep])}
        if newest_first[keep:]:
            forgotten[series] = newest_first[keep]
    return {"told": kept, "forgotten": forgotten}


def _published(point: Point, known: FiguresCursor, now: datetime) -> datetime:
    """When it came out; what a series lists when it first lists anything counts as old as its period."""
    if point.released_at is not None:
        return min(point.released_at, now)
    if known.knows(point.series):
        return now
    return min(_end(point.period), now)


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
        text=point.remark,
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


def _overdue(latest: Mapping[str, str], config: FiguresConfig, now: datetime) -> tuple[str, ...]:
    return overdue(latest, config.expected_within, now) if config.expected_within is not None else ()


def _plain(value: float | None) -> str:
    return f"{value:,.15g}" if value is not None else ""


def _end(period: str) -> datetime:
    return period_end(period) or datetime.min.replace(tzinfo=UTC)
