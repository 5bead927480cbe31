"""Rows of any CSV or JSON, and the points of series that stand in them. Pure; the format of `series` sources.

A CSV has a line of column names (RFC 4180, with other delimiters where they are configured). In JSON the rows
are found by a JMESPath expression (jmespath.org), and so is each column within its row.
"""

import csv
import io
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from typing import Literal

import jmespath
from jmespath.exceptions import JMESPathError

from alerter.core.releases import period_end
from alerter.sources.cells import Length, Written, period_reader, plain, read_number, settle
from alerter.sources.points import Point

MISSING = ("", "-", "–", "—", "..", "...", ":", "N/A", "n.a.", "NA", "NaN", "null", "None", "#N/A", "####")
"""What stands in a cell whose figure is not published."""
_COLUMNS_NAMED = 12


class UnreadableTable(ValueError):
    """What came is not the table that was configured, in words that follow the host's name."""


@dataclass(frozen=True, slots=True)
class Layout:
    """Where in a row the period, the values and their series stand, and how they are written."""

    period: str
    values: Mapping[str, str]
    """Column of values → series; with a series column, the one column of values → nothing."""
    series: str | None = None
    names: Mapping[str, str] = field(default_factory=dict)
    """Text in the series column → series."""
    where: Mapping[str, str] = field(default_factory=dict)
    """Columns that rows must hold these texts in."""
    period_format: str | None = None
    length: Length | None = None
    written: Written = "point"
    missing: frozenset[str] = frozenset(token.casefold() for token in MISSING)
    """In lower case."""
    scale: Decimal = Decimal(1)
    unit: str | None = None
    newest: int = 600
    """Of each series so many periods are read."""
    duplicates: Literal["refuse", "last"] = "refuse"


@dataclass(frozen=True, slots=True)
class Row:
    """One row of either format."""

    cells: object
    """Column → text for CSV; whatever stands in the list for JSON."""
    is_flat: bool = False
    """Is a column nothing but a name?"""

    def cell(self, column: str) -> object:
        """What the column holds; None where there is none."""
        if isinstance(self.cells, Mapping) and column in self.cells:
            return self.cells[column]
        return None if self.is_flat else _search(column, self.cells)

    def has(self, column: str) -> bool:
        """Is there such a column, though it may be empty?"""
        return (isinstance(self.cells, Mapping) and column in self.cells) or self.cell(column) is not None

    def columns(self) -> Sequence[str]:
        """Names for a message."""
        return [str(name) for name in self.cells] if isinstance(self.cells, Mapping) else []


@dataclass(frozen=True, slots=True)
class Read:
    """The points, and what could not be read."""

    points: Sequence[Point]
    note: str = ""


def csv_rows(body: bytes, *, encoding: str, delimiter: str, skip_lines: int, header: bool) -> list[Row]:
    """The rows below the column names; without a line of names they are `1`, `2`, `3`."""
    text = body.decode(encoding, "replace").removeprefix("\ufeff")
    lines = io.StringIO(text, newline="")
    for _ in range(skip_lines):
        lines.readline()
    try:
        table = [line for line in csv.reader(lines, delimiter=delimiter) if any(map(str.strip, line))]
    except csv.Error as error:
        raise UnreadableTable(f"answered with something that is not CSV: {error}") from error
    if not table:
        raise UnreadableTable("gave an empty answer")
    names = [plain(name) for name in table[0]] if header else [str(n + 1) for n in range(len(table[0]))]
    twice = [name for name, count in Counter(filter(None, names)).items() if count > 1]
    if twice:
        raise UnreadableTable(f"has several columns {twice[0]!r}")
    padded = (line + [""] * (len(names) - len(line)) for line in table[header:])
    return [Row(dict(zip(names, line, strict=False)), is_flat=True) for line in padded]


def json_rows(document: object, expression: str | None) -> list[Row]:
    """The rows that the expression finds; an object's entries are rows of `key` and `value`."""
    found = _search(expression, document) if expression else document
    if isinstance(found, Mapping):
        return [Row({"key": key, "value": value}) for key, value in found.items()]
    if not isinstance(found, list):
        where = f"at {expression!r}" if expression else "at its top"
        raise UnreadableTable(f"holds no rows {where}")
    return [Row(cells) for cells in found]


def check_expression(expression: str) -> str:
    """The expression, when it is JMESPath. Raises ValueError."""
    try:
        jmespath.compile(expression)
    except JMESPathError as error:
        raise ValueError(f"not a JMESPath expression: {expression!r}") from error
    return expression


def read_points(rows: Sequence[Row], layout: Layout) -> Read:
    """The points of all series in the rows, of each its newest. Raises UnreadableTable."""
    if not rows:
        return Read((), "lists no rows")
    for column in (layout.period, layout.series, *layout.values, *layout.where):
        _check_column(rows, column)
    wanted = [row for row in rows if _holds(row, layout.where)]
    if not wanted:
        raise UnreadableTable(f"has no row where {_condition(layout.where)}")
    tally = _Tally(layout)
    for row in wanted:
        tally.add(row)
    return tally.read()


class _Tally:
    """Points as they are found, with what cannot be read."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self._reader = period_reader(layout.period_format)
        self._points: list[Point] = []
        self._seen: set[str] = set()
        self._unread: list[str] = []

    def add(self, row: Row) -> None:
        """The row's points; a value that is not published makes none."""
        layout = self._layout
        for column, series in self._columns(row).items():
            self._seen.add(series)
            cell = row.cell(column)
            value = _written(cell)
            if value is None or value.casefold() in layout.missing:
                continue
            number = read_number(value, layout.written if isinstance(cell, str) else "point")
            period = _written(row.cell(layout.period)) or ""
            stands_for = settle(self._reader(period), layout.length)
            if number is None or stands_for is None:
                self._unread.append(f"{value!r} for {period!r}")
                continue
            self._points.append(Point(series, stands_for, float(number * layout.scale), layout.unit))

    def read(self) -> Read:
        """What was found in all rows. Raises UnreadableTable where there is nothing but trouble."""
        expected = set(self._layout.names.values()) or set(self._layout.values.values())
        absent = sorted(expected - self._seen)
        if absent == sorted(expected):
            raise UnreadableTable(f"has no row of {', '.join(self._layout.names)}")
        if self._unread and not self._points:
            raise UnreadableTable(f"has no row that can be read; the first has {self._unread[0]}")
        count = len(self._unread)
        rows = "" if not count else f"{count} figure{'s' * (count > 1)} cannot be read: {self._unread[0]}"
        missing = f"lists nothing for {', '.join(absent)}" if absent else ""
        return Read(_newest(self._points, self._layout), "; ".join(filter(None, (rows, missing))))

    def _columns(self, row: Row) -> Mapping[str, str]:
        """Column of values → series, for this row."""
        layout = self._layout
        if layout.series is None:
            return layout.values
        series = layout.names.get(_written(row.cell(layout.series)) or "")
        return dict.fromkeys(layout.values, series) if series else {}


def _newest(points: Iterable[Point], layout: Layout) -> list[Point]:
    """Of each series the newest periods; of one that is given twice the last, if that is asked for."""
    kept: list[Point] = []
    by_series: dict[str, list[Point]] = {}
    for point in points:
        by_series.setdefault(point.series, []).append(point)
    for found in by_series.values():
        last = {point.period: point for point in found}
        periods = set(sorted(last, key=_end)[-layout.newest :])
        stated = last.values() if layout.duplicates == "last" else found
        kept += [point for point in stated if point.period in periods]
    return kept


def _end(period: str) -> datetime:
    return period_end(period) or datetime.max.replace(tzinfo=UTC)


def _check_column(rows: Sequence[Row], column: str | None) -> None:
    if column is None or any(row.has(column) for row in rows):
        return
    names = rows[0].columns()
    there = f"; there are {', '.join(names[:_COLUMNS_NAMED])}" if names else ""
    raise UnreadableTable(f"has no column {column!r}{there}")


def _holds(row: Row, where: Mapping[str, str]) -> bool:
    return all(_written(row.cell(column)) == text for column, text in where.items())


def _condition(where: Mapping[str, str]) -> str:
    return " and ".join(f"{column} is {text!r}" for column, text in where.items())


def _written(cell: object) -> str | None:
    """What stands in a cell, as text; None for JSON's null, and for what holds other things."""
    if isinstance(cell, str):
        return plain(cell)
    if isinstance(cell, bool):
        return str(cell).lower()
    return repr(cell) if isinstance(cell, int | float) else None


def _search(expression: str, within: object) -> object:
    try:
        found: object = jmespath.search(expression, within)
    except JMESPathError:
        return None
    return found
