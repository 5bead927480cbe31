"""Cells of published tables read as periods and numbers, whatever way they are written. Pure.

A period may be written in the notation of ISO 8601, as statistical offices do (`2025M05`, `Q2 2025`,
`May 2025`), as two months together (`Jan-Feb 2025`), as a date that stands for its month, as a time in
epoch seconds or milliseconds, or in a pattern of strptime's directives, to which `%q` adds the quarter. Names
of months are read in English whatever the machine's locale, which strptime would not do.
"""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Literal

from alerter.core.periods import Period, parse_period, period_text

Length = Literal["day", "month", "quarter", "year"]
Written = Literal["point", "comma"]
"""What stands before the decimals."""
Found = Period | date | None
ReadPeriod = Callable[[str], Found]

LONGEST = 80
"""Characters of a cell that may be a period or a number."""

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_NAME = (
    "jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?"
    "|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?"
)
_RUN = rf"(?P<first>{_NAME})\.?(?:\s*[-–—/]\s*(?P<last>{_NAME})\.?)?"
_SHAPES = tuple(
    re.compile(shape, re.IGNORECASE | re.ASCII)
    for shape in (
        r"(?P<date>\d{4}-\d\d-\d\d)(?:[T ]\d\d:\d\d.{0,30})?",
        r"(?P<year>\d{4})[\s-]?Q(?P<quarter>[1-4])",
        r"Q(?P<quarter>[1-4])[\s-]?(?P<year>\d{4})",
        r"(?P<year>\d{4})-?M(?P<month>\d\d?)",
        rf"{_RUN}[\s,-]*(?P<year>\d{{4}})",
        rf"(?P<year>\d{{4}})[\s,-]*{_RUN}",
    )
)
_DIRECTIVES: Mapping[str, str] = {
    "%Y": r"(?P<year>\d{4})",
    "%m": r"(?P<month>\d\d?)",
    "%b": rf"(?P<first>{_NAME})\.?",
    "%B": rf"(?P<first>{_NAME})\.?",
    "%d": r"(?P<day>\d\d?)",
    "%q": r"(?P<quarter>[1-4])",
    "%H": r"\d\d?",
    "%M": r"\d\d?",
    "%S": r"\d\d?(?:\.\d{1,9})?",
    "%z": r"(?:Z|[+-]\d\d:?\d\d)",
    "%%": "%",
}
_EPOCHS = {"epoch": 1, "epoch_ms": 1000}


def _number(mark: str, groups: str) -> re.Pattern[str]:
    whole = rf"(?:\d{{1,3}}(?:[{groups}]\d{{3}})+|\d+)(?:{mark}\d*)?"
    return re.compile(rf"[+-]?(?:{whole}|{mark}\d+)(?:[eE][+-]?\d{{1,3}})?", re.ASCII)


_NUMBERS: Mapping[Written, re.Pattern[str]] = {
    "point": _number(r"\.", ",' "),
    "comma": _number(",", ".' "),
}
_GROUPING = re.compile(r"[,.' ]")
_MONTHS_OF: Mapping[Length, int] = {"month": 1, "quarter": 3, "year": 12}
_BLANKS = str.maketrans({"\u00a0": " ", "\u202f": " ", "\u2009": " ", "\u2007": " ", "−": "-", "\ufeff": ""})


def plain(cell: str) -> str:
    """The cell with usual blanks and minus signs, and none around it."""
    return cell.translate(_BLANKS).strip()


def period_reader(written: str | None) -> ReadPeriod:
    """What reads cells of this format: None = any of the usual ways. Raises ValueError for what is none."""
    if written is None:
        return read_usual
    if written in _EPOCHS:
        return _epoch_reader(_EPOCHS[written])
    pattern = _compiled(written)

    def read(cell: str) -> Found:
        found = pattern.fullmatch(cell[: LONGEST + 1])
        return _made(found) if found else None

    return read


def read_usual(cell: str) -> Found:
    """A period written in one of the usual ways; None for what is none."""
    if len(cell) > LONGEST:
        return None
    period = parse_period(cell)
    if period is not None:
        return period
    for shape in _SHAPES:
        found = shape.fullmatch(cell)
        if found:
            return _made(found)
    return None


def settle(found: Found, length: Length | None) -> str | None:
    """The text of the period, or of the one of this length that it stands for; None where it cannot be.

    January and February together stay what they are where months are wanted.
    """
    if isinstance(found, date):
        if length in {None, "day"}:
            return found.isoformat()
        found = Period(found.year * 12 + found.month - 1)
    if found is None or length is None:
        return period_text(found) if found else None
    months = _MONTHS_OF.get(length, 0)
    if found.months == months or (months == 1 and (found.months, found.month) == (2, 1)):
        return period_text(found)
    if found.months == 1 < months:
        return period_text(Period(found.first - found.first % months, months))
    return None


def read_number(cell: str, written: Written = "point") -> Decimal | None:
    """A number with or without marks between thousands; None for what is none."""
    if len(cell) > LONGEST or not _NUMBERS[written].fullmatch(cell):
        return None
    mark = "." if written == "point" else ","
    whole, _, decimals = cell.partition(mark)
    return Decimal(_GROUPING.sub("", whole) + (f".{decimals}" if decimals else ""))


def _compiled(written: str) -> re.Pattern[str]:
    pieces = re.split(r"(%.)", written)
    unknown = [piece for piece in pieces[1::2] if piece not in _DIRECTIVES]
    if unknown:
        raise ValueError(f"knows no {unknown[0]}; it takes {', '.join(_DIRECTIVES)}, epoch and epoch_ms")
    shape = "".join(_DIRECTIVES.get(piece, re.escape(piece)) for piece in pieces)
    if "(?P<year>" not in shape:
        raise ValueError("needs a year, %Y")
    try:
        return re.compile(shape, re.IGNORECASE | re.ASCII)
    except re.error as error:
        raise ValueError("names a part of the period twice") from error


def _epoch_reader(parts: int) -> ReadPeriod:
    def read(cell: str) -> Found:
        number = read_number(cell)
        try:
            return None if number is None else _EPOCH_DAY + timedelta(seconds=int(number) // parts)
        except OverflowError:
            return None

    return read


_EPOCH_DAY = datetime(1970, 1, 1, tzinfo=UTC).date()


def _made(found: re.Match[str]) -> Found:
    """The period of named parts: `date`, or `year` with `quarter`, `month` or names of months, and `day`."""
    parts = found.groupdict()
    try:
        if parts.get("date"):
            return date.fromisoformat(parts["date"])
        year = int(parts["year"])
        if parts.get("quarter"):
            return Period(year * 12 + int(parts["quarter"]) * 3 - 3, 3)
        first = _month(parts.get("month"), parts.get("first"))
        if first is None:
            return Period(year * 12, 12)
        if parts.get("day"):
            return date(year, first, int(parts["day"]))
        return _run(year, first, _month(None, parts.get("last")))
    except ValueError:
        return None


def _run(year: int, first: int, last: int | None) -> Found:
    if not 1 <= first <= 12 or (last is not None and last <= first):
        return None
    return Period(year * 12 + first - 1, (last or first) - first + 1)


def _month(number: str | None, name: str | None) -> int | None:
    if name:
        return _MONTHS.index(name[:3].lower()) + 1
    return int(number) if number else None
