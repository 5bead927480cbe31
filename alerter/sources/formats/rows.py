"""Rows of any CSV or JSON, and the points of series that stand in them. Pure; the format of `series` sources.

A CSV has a line of column names (RFC 4180, with other delimiters where they are configured). In JSON the rows
are found by a JMESPath expression (jmespath.org), and so is each column within its row.
"""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from itertools import chain
from typing import Literal

import jmespath
from jmespath.exceptions import JMESPathError

from alerter.core.releases import period_end
from alerter.sources.formats.cells import Length, Written, period_reader, plain, read_number, settle
from alerter.sources.formats.figures import Point

MISSING = ("", "-", "–", "—", "..", "...", ":", "N/A", "n.a.", "NA", "NaN", "null", "None", "#N/A", "####")
"""What stands in a cell whose figure is not published."""
RECORD = 200_000
"""Characters of a row of CSV."""
FIGURES = 60_000
"""Figures of all series together."""
_COLUMNS_NAMED = 12
_SHOWN = 60


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

    @property
    def columns(self) -> frozenset[str]:
        """All columns that are read."""
        series = (self.series,) if self.series else ()
        return frozenset((self.period, *series, *self.values, *self.where))


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
    unseen: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Csv:
    """How a CSV is written, and which of its columns are read."""

    columns: frozenset[str]
    encoding: str = "utf-8"
    delimiter: str = ","
    skip_lines: int = 0
    header: bool = True
    """Is there a line of column names? Without one they are `1`, `2`, `3`."""


def csv_rows(body: bytes, written: Csv) -> Iterator[Row]:
    """The rows below the column names, one by one. Raises UnreadableTable, also while they are taken."""
    text = io.StringIO(body.decode(written.encoding, "replace").removeprefix("\ufeff"), newline="")
    for _ in range(written.skip_lines):
        text.readline()
    table = _records(text, written.delimiter)
    first = next(table, None)
    if first is None:
        raise UnreadableTable("gave an empty answer")
    names = [plain(name) for name in first] if written.header else [str(n + 1) for n in range(len(first))]
    places = {column: _place(column, names) for column in sorted(written.columns)}
    for record in table if written.header else chain([first], table):
        cells = {column: record[at] if at < len(record) else "" for column, at in places.items()}
        yield Row(cells, is_flat=True)


class _Lines:
    """A file's lines, of which a record may hold so many and no more: a quote can swallow the rest of it."""

    def __init__(self, text: Iterable[str]) -> None:
        self._text = text
        self.taken = 0
        """Characters since the last record."""

    def __iter__(self) -> Iterator[str]:
        for line in self._text:
            self.taken += len(line)
            if self.taken > RECORD:
                raise UnreadableTable(f"has a row of more than {RECORD:,} characters")
            yield line


def _records(text: io.StringIO, delimiter: str) -> Iterator[list[str]]:
    """Records that are not blank."""
    lines = _Lines(text)
    try:
        for record in csv.reader(lines, delimiter=delimiter):
            lines.taken = 0
            if any(map(str.strip, record)):
                yield record
    except csv.Error as error:
        raise UnreadableTable(f"answered with something that is not CSV: {error}") from error


def _place(column: str, names: Sequence[str]) -> int:
    if names.count(column) > 1:
        raise UnreadableTable(f"has several columns {column!r}")
    if column not in names:
        raise UnreadableTable(_lacks(column, names))
    return names.index(column)


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


def read_points(rows: Iterable[Row], layout: Layout) -> Read:
    """The points of all series in the rows, of each its newest. Raises UnreadableTable."""
    tally = _Tally(layout)
    for row in rows:
        tally.add(row)
    return tally.read()


class _Tally:
    """Points as they are found, with what cannot be read."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self._reader = period_reader(layout.period_format)
        self._points: list[Point] = []
        self._first: Row | None = None
        self._unseen = set(layout.columns)
        self._held = 0
        self._met: set[str] = set()
        self._unread = 0
        self._example = ""
        self._illegible: dict[str, str] = {}
        """Series → the first of its figures that cannot be read."""

    def add(self, row: Row) -> None:
        """The row's points; a value that is not published makes none."""
        layout = self._layout
        self._first = self._first or row
        self._unseen -= {column for column in self._unseen if row.has(column)}
        if not all(_written(row.cell(column)) == text for column, text in layout.where.items()):
            return
        self._held += 1
        for column, series in self._columns(row).items():
            self._met.add(series)
            cell = row.cell(column)
            value = _written(cell)
            if value is not None and value.casefold() not in layout.missing:
                number = read_number(value, layout.written if isinstance(cell, str) else "point")
                self._take(series, _written(row.cell(layout.period)) or "", value, number)

    def read(self) -> Read:
        """What was found in all rows. Raises UnreadableTable where there is nothing but trouble."""
        layout = self._layout
        if self._first is None:
            return Read((), "lists no rows")
        if self._unseen:
            raise UnreadableTable(_lacks(min(self._unseen), self._first.columns()))
        if not self._held:
            where = " and ".join(f"{column} is {text!r}" for column, text in layout.where.items())
            raise UnreadableTable(f"has no row where {where}")
        absent = sorted(set(layout.names.values()) - self._met)
        if absent and not self._met:
            raise UnreadableTable(f"has no row of {', '.join(layout.names)}")
        if self._unread and not self._points:
            raise UnreadableTable(f"has no row that can be read; the first has {self._example}")
        return Read(_newest(self._points, layout), self._note, self._blind(absent))

    def _take(self, series: str, period: str, value: str, number: Decimal | None) -> None:
        layout = self._layout
        stands_for = settle(self._reader(period), layout.length)
        if number is None or stands_for is None:
            self._unread += 1
            example = f"{value[:_SHOWN]!r} for {period[:_SHOWN]!r}"
            self._example = self._example or example
            self._illegible.setdefault(series, example)
            return
        if len(self._points) >= FIGURES:
            raise UnreadableTable(f"lists more than {FIGURES:,} figures")
        self._points.append(Point(series, stands_for, float(number * layout.scale), layout.unit))

    def _columns(self, row: Row) -> Mapping[str, str]:
        """Column of values → series, for this row."""
        layout = self._layout
        if layout.series is None:
            return layout.values
        series = layout.names.get(_written(row.cell(layout.series)) or "")
        return dict.fromkeys(layout.values, series) if series else {}

    @property
    def _note(self) -> str:
        figures = "1 figure" if self._unread == 1 else f"{self._unread} figures"
        return f"{figures} cannot be read: {self._example}" if self._unread else ""

    def _blind(self, absent: Sequence[str]) -> tuple[str, ...]:
        """The series that no row is of, and those that alone have no figure, or none that can be read."""
        texts = {series: text for text, series in self._layout.names.items()}
        read = {point.series for point in self._points}
        blank = sorted(self._met - read) if read else ()
        return (
            *(f"has no row of {texts[series]!r}" for series in absent),
            *(
                f"no figure of {series} can be read: {self._illegible[series]}"
                if series in self._illegible
                else f"has no figure of {series}"
                for series in blank
            ),
        )


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


def _lacks(column: str, names: Sequence[str]) -> str:
    there = ", ".join(name[:_SHOWN] for name in names[:_COLUMNS_NAMED])
    return f"has no column {column!r}" + (f"; there are {there}" if there else "")


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
