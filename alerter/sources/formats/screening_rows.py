"""The Consolidated Screening List's CSV read row by row, in bounded memory, and never half. Pure.

Format: https://www.trade.gov/consolidated-screening-list. Columns are found by their names, for the older
file lacks `_id` and others may come. A file that ends within a row, or in the middle of a quoted value, has
not come whole. A row that cannot be read among others that can is counted.
"""

import codecs
import csv
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from alerter.sources.formats.bodies import page_title

COLUMNS = (
    "source",
    "entity_number",
    "type",
    "name",
    "programs",
    "title",
    "addresses",
    "federal_register_notice",
    "start_date",
    "end_date",
    "standard_order",
    "license_requirement",
    "license_policy",
    "call_sign",
    "vessel_type",
    "gross_tonnage",
    "gross_registered_tonnage",
    "vessel_flag",
    "vessel_owner",
    "remarks",
    "alt_names",
    "citizenships",
    "dates_of_birth",
    "nationalities",
    "places_of_birth",
    "ids",
    "source_list_url",
    "source_information_url",
)
"""What is read of a row. `_id` is not: where a list has no numbers of its own the publisher makes it from
the row's name, notice and dates, so that it is another one once the notice is amended."""
REQUIRED = frozenset(
    {
        "source",
        "entity_number",
        "type",
        "name",
        "programs",
        "addresses",
        "federal_register_notice",
        "start_date",
        "license_requirement",
        "license_policy",
        "alt_names",
    }
)
"""A file without one of these has another shape."""

LINE_LENGTH = 1024 * 1024
"""Bytes of a line; none in the file comes near it."""
FIELD_LENGTH = 100_000
ROW_LENGTH = 400_000
ROWS = 100_000
"""Four times as many as there are."""
_CUT = "sent a list that ends in the middle of a row"
_PLACE = {name: index for index, name in enumerate(COLUMNS)}


class UnknownShape(ValueError):
    """The file is not the list, or not all of it; completes a sentence that starts with its host."""


@dataclass(frozen=True, slots=True)
class Row:
    """A listed party: its values in the order of `COLUMNS`, each on one line, "" where there is none."""

    values: tuple[str, ...]

    def __getitem__(self, column: str) -> str:
        return self.values[_PLACE[column]]


class Table:
    """The rows of a file, to be read once from beginning to end."""

    def __init__(self, file: BinaryIO) -> None:
        """Reads the header. Raises UnknownShape."""
        file.seek(0)
        head = file.read(20_000)
        if not head.strip():
            raise UnknownShape("gave an empty answer")
        title = page_title(head)
        if title is not None:
            raise UnknownShape(f"answered with a web page{title} instead of a list")
        file.seek(0)
        self._lines = _Lines(file)
        self._reader = csv.reader(self._lines, strict=True)
        self.unreadable = 0
        """Rows that could not be read so far."""
        header = [name.strip().lower() for name in self._next() or ()]
        self._width = len(header)
        self._places = [header.index(name) if name in header else None for name in COLUMNS]
        missing = sorted(REQUIRED - set(header))
        if missing:
            raise UnknownShape(f"sent a list without the columns {', '.join(missing)}")

    @property
    def columns(self) -> tuple[str, ...]:
        """Which of `COLUMNS` the file has."""
        return tuple(name for name, place in zip(COLUMNS, self._places, strict=True) if place is not None)

    def rows(self) -> Iterator[Row]:
        """Each row that can be read. Raises UnknownShape when the file turns out not to be whole."""
        for _ in range(ROWS):
            raw = self._next()
            if raw is None:
                return
            row = self._row(raw)
            if row is not None:
                yield row
            elif raw:  # an empty line is no row
                self.unreadable += 1
        raise UnknownShape(f"sent more than {ROWS:,} rows")

    def _row(self, raw: list[str]) -> Row | None:
        if len(raw) != self._width:
            if raw and self._lines.end_within_a_line:
                raise UnknownShape(_CUT)
            return None
        if sum(map(len, raw)) > ROW_LENGTH or max(map(len, raw)) > FIELD_LENGTH:
            return None
        row = Row(tuple("" if place is None else " ".join(raw[place].split()) for place in self._places))
        return row if row["source"] and row["name"] else None

    def _next(self) -> list[str] | None:
        """The next record, or None at the end; `[]` is an empty line. Raises UnknownShape."""
        while True:
            try:
                return next(self._reader, None)
            except csv.Error as error:
                if self._lines.end_within_a_line or self._lines.ended:
                    raise UnknownShape(_CUT) from error
                self.unreadable += 1
            except UnicodeDecodeError as error:
                raise UnknownShape("sent a list that is not in UTF-8") from error


class _Lines(Iterator[str]):
    """A file's lines, of bounded length."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._mark = codecs.BOM_UTF8
        self.ended = False
        """Has the end been asked for?"""
        self.end_within_a_line = False
        """Does the last line read lack its end?"""

    def __next__(self) -> str:
        line = self._file.readline(LINE_LENGTH).removeprefix(self._mark)
        self._mark = b""
        self.ended = not line
        if self.ended:
            raise StopIteration
        self.end_within_a_line = not line.endswith(b"\n")
        if self.end_within_a_line and len(line) >= LINE_LENGTH:
            raise UnknownShape(f"sent a line of more than {LINE_LENGTH:,} bytes")
        return line.decode()
