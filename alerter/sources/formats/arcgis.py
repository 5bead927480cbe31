"""Daily rows of an ArcGIS feature service made into points of series. Pure; for `portwatch`.

Format: Esri's REST API, `query` with `f=json`: a list of `features` with `attributes`, and
`exceededTransferLimit` where there are more; or, under 200 as well, an `error` with `code`, `message` and
`details`. Dates come as epoch milliseconds or as text.
"""

from calendar import monthrange
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Literal

from alerter.core.clean import clean_line
from alerter.sources.formats.cells import read_usual
from alerter.sources.formats.figures import Point

Combine = Literal["mean", "sum"]
_TEXT_KEPT = 300


class UnknownAnswer(ValueError):
    """The service refused, or its answer has another shape, in words that follow the host's name."""


@dataclass(frozen=True, slots=True)
class Page:
    """Part of a list of rows."""

    rows: Sequence[Mapping[str, object]]
    has_more: bool


@dataclass(frozen=True, slots=True)
class Wanted:
    """One figure of one place, and the series that it belongs to."""

    place: str
    """The place's id, or its name in any letter case."""
    metric: str
    series: str
    unit: str | None


@dataclass(frozen=True, slots=True)
class Daily:
    """What the rows state day by day (None = not published), and how many rows cannot be read."""

    values: Mapping[Wanted, Mapping[date, float | None]]
    unreadable: int = 0

    @property
    def note(self) -> str:
        """What is wrong, for people."""
        rows = "row" if self.unreadable == 1 else "rows"
        return f"{self.unreadable} {rows} cannot be read" if self.unreadable else ""

    @property
    def unseen(self) -> tuple[str, ...]:
        """The places without a row: what is known of a place is asked for again, so that it has one."""
        absent = dict.fromkeys(wanted.place for wanted, days in self.values.items() if not days)
        return tuple(f'lists no days of "{place}"' for place in absent)


def read_page(document: object) -> Page:
    """The rows of one answer. Raises UnknownAnswer."""
    if not isinstance(document, Mapping):
        raise UnknownAnswer("answered with something other than a list of features")
    error = document.get("error")
    if isinstance(error, Mapping):
        details = error.get("details")
        told = [error.get("message"), *(details if isinstance(details, list) else [])]
        words = clean_line(" ".join(str(one) for one in told if one))[:_TEXT_KEPT]
        raise UnknownAnswer(f"refused the query: {words or 'without a word'} ({error.get('code')})")
    features = document.get("features")
    if not isinstance(features, list):
        raise UnknownAnswer("answered without `features`")
    found = [feature.get("attributes") for feature in features if isinstance(feature, Mapping)]
    rows = [row for row in found if isinstance(row, Mapping)]
    if len(rows) < len(features):
        raise UnknownAnswer("lists features without `attributes`")
    return Page(rows, has_more=bool(document.get("exceededTransferLimit")))


def read_days(rows: Sequence[Mapping[str, object]], wanted: Sequence[Wanted]) -> Daily:
    """What the rows say of each figure. Raises UnknownAnswer where a column is gone, or rows contradict."""
    needed = {"date", "portid", "portname", *(one.metric for one in wanted)}
    gone = sorted(needed - {name for row in rows for name in row}) if rows else []
    if gone:
        raise UnknownAnswer(f"lists rows without `{'`, `'.join(gone)}`")
    days: dict[Wanted, dict[date, float | None]] = {one: {} for one in wanted}
    by_place: dict[str, list[Wanted]] = {}
    for one in wanted:
        by_place.setdefault(one.place.casefold(), []).append(one)
    unreadable = 0
    for row in rows:
        day = _day(row.get("date"))
        names = {str(row.get(column)).casefold() for column in ("portid", "portname")}
        cells = [(one, row.get(one.metric)) for name in names for one in by_place.get(name, ())]
        if day is None or not all(_is_figure(cell) for _, cell in cells):
            unreadable += 1
            continue
        for one, cell in cells:
            value = float(cell) if isinstance(cell, int | float) else None
            if days[one].setdefault(day, value) != value:
                raise UnknownAnswer(f"gives two values of {one.metric} at {one.place} on {day}")
    if rows and unreadable == len(rows):
        raise UnknownAnswer("lists rows none of which can be read")
    return Daily(days, unreadable)


def daily_points(daily: Daily) -> list[Point]:
    """A point a day."""
    return [
        Point(one.series, day.isoformat(), value, one.unit)
        for one, days in daily.values.items()
        for day, value in days.items()
        if value is not None
    ]


def monthly_points(daily: Daily, combine: Combine) -> list[Point]:
    """A point a month, of months that have a value on each of their days."""
    return [
        Point(one.series, f"{year:04}-{month:02}", round(value, 6), one.unit)
        for one, days in daily.values.items()
        for (year, month), value in _months(days, combine)
    ]


def _months(days: Mapping[date, float | None], combine: Combine) -> Iterable[tuple[tuple[int, int], float]]:
    found: dict[tuple[int, int], list[float]] = {}
    for day, value in days.items():
        if value is not None:
            found.setdefault((day.year, day.month), []).append(value)
    for month, values in found.items():
        if len(values) == monthrange(*month)[1]:
            yield month, sum(values) / (len(values) if combine == "mean" else 1)


def _is_figure(cell: object) -> bool:
    return cell is None or (isinstance(cell, int | float) and not isinstance(cell, bool))


def _day(cell: object) -> date | None:
    """The day that epoch milliseconds or a text name."""
    if isinstance(cell, str):
        found = read_usual(cell.replace("/", "-").strip())
        return found if isinstance(found, date) else None
    if isinstance(cell, bool) or not isinstance(cell, int | float):
        return None
    try:
        return datetime.fromtimestamp(cell / 1000, UTC).date()
    except (OverflowError, ValueError, OSError):
        return None
