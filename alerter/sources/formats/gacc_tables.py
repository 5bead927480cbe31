"""Statistical tables of China's customs: what their titles and headers say, and their rows. Pure.

Columns are found by their headers alone, which have changed over the years: a month as `3` or `Mar`, the year
to date as `1- to-3`, `1-3 Total`, `1to3` or `Jan-Mar in Total`, last year's as `1-3 Total, 2025`. January and
February come as one figure.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Literal

from selectolax.lexbor import LexborHTMLParser

from alerter.core.periods import Period
from alerter.sources.formats.cells import plain, read_number
from alerter.sources.formats.grid import Grid, largest_table, read_grid
from alerter.sources.formats.markup import parse_page, title_of

Currency = Literal["CNY", "USD"]
Flow = Literal["total", "export", "import"]
Span = Literal["month", "to_date"]
What = Literal["quantity", "value"]

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_NAME = rf"(?:{'|'.join(MONTHS)})[a-z]*\.?"
_LABELS = re.compile(
    r"(?:description of )?commodit(?:y|ies)|import source|export destination|country.*|region.*|trade mode.*"
    r"|(?:import source ?[/&]? ?)?export destination|name of commodity"
)
_UNIT = re.compile(r"(?:quantity )?units?(?: of quantity)?")
_CHANGE = re.compile(r"year.?on.?year|±|percent|change|%")
_FLOWS: Mapping[str, Flow] = {
    "export & import": "total",
    "import & export": "total",
    "exports & imports": "total",
    "total": "total",
    "export": "export",
    "exports": "export",
    "import": "import",
    "imports": "import",
}
_MONTH = re.compile(rf"(?P<number>\d\d?)|(?P<name>{_NAME})")
_TO_DATE = re.compile(
    rf"(?:1|{_NAME}) *(?:-|–|to)[ -]*(?:to)?[ -]*(?:(?P<number>\d\d?)|(?P<name>{_NAME}))"
    r"[ ,]*(?P<year>20\d\d)?[ ,]*(?:in )?(?:total)?[ ,]*(?P<later>20\d\d)?"
)
_TITLES = (
    re.compile(rf"(?:(?P<first>{_NAME}) *[-–] *)?(?P<name>{_NAME})[ ,]+(?P<year>20\d\d)", re.IGNORECASE),
    re.compile(r"(?:(?P<first>\d\d?) *[-–] *)?(?P<number>\d\d?)\.(?P<year>20\d\d)"),
)
_MISSING = re.compile(r"[-–—/]*|#+|[*#]ref!|n/?a|\.{2,}", re.IGNORECASE)
_CURRENCY = re.compile(r"\b(?:(CNY|RMB)|(USD|US\$))", re.IGNORECASE)
_CAPTCHA = re.compile(
    rb"captcha|verif(?:y|ication) (?:code|you)|slider|\$_ts|\xe9\xaa\x8c\xe8\xaf\x81", re.IGNORECASE
)


_HEADER = 300
"""Characters of a title or header that are looked at."""


class RefusedPage(ValueError):
    """A page whose figures are not to be believed, or not to be found; completes a sentence on the page."""


class HumansOnly(RefusedPage):
    """A page that wants to know whether people ask. It is never answered."""


@dataclass(frozen=True, slots=True)
class Column:
    """What a column of figures is about."""

    index: int
    header: str
    span: Span | None
    last_month: int | None
    what: What | None
    flow: Flow | None
    year: int | None = None
    """Another year than the page's."""
    is_change: bool = False

    @property
    def is_level(self) -> bool:
        """Is it a figure of the page's own year?"""
        return not self.is_change and self.span is not None and self.year is None


@dataclass(frozen=True, slots=True)
class Line:
    """One row: figures by column index; None = not published."""

    label: str
    unit: str
    figures: Mapping[int, Decimal | None]
    blank: frozenset[int]
    """Columns in which there is nothing at all, not even a dash."""


@dataclass(frozen=True, slots=True)
class Table:
    """One page's table."""

    title: str
    year: int
    month: int
    unit: str
    """Of values: `USD 1 million`."""
    currency: Currency | None
    columns: Sequence[Column]
    lines: Sequence[Line]
    has_units: bool
    """Is there a column of units?"""
    released_at: datetime | None

    @property
    def name(self) -> str:
        """The page's month, for messages."""
        return str(Period(self.year * 12 + self.month - 1))


def read_table(body: bytes, content_type: str = "") -> Table:
    """The page's table. Raises RefusedPage, or UnreadablePage for what is no page."""
    page = parse_page(body, content_type)
    table = largest_table(page)
    grid = read_grid(table) if table else []
    start = next((at for at, row in enumerate(grid) if _label_column(row) is not None), None)
    if start is None:
        raise nothing_found(page, body, "no table of commodities or countries")
    label = _label_column(grid[start]) or 0
    end = start
    while end < len(grid) and _LABELS.fullmatch(grid[end][label].lower()):
        end += 1
    title, year, month = _title(page, grid[:start])
    columns, unit_at = _columns(grid[start:end], label, year)
    unit = _unit_of_values(grid[: end + 1])
    return Table(
        title=title,
        year=year,
        month=month,
        unit=unit,
        currency=_currency(title, unit),
        columns=columns,
        lines=list(_lines(grid[end:], label, unit_at, columns)),
        has_units=unit_at is not None,
        released_at=_released(page),
    )


def choose(table: Table, what: What, flow: Flow, span: Span) -> tuple[Column, str]:
    """The one column of these figures, and the period that they are about. Raises RefusedPage.

    Where January and February come as one figure, that is the month's.
    """
    fitting = [
        column
        for column in table.columns
        if column.is_level and column.what in {None, what} and column.flow in {None, flow}
    ]
    of_span = [column for column in fitting if column.span == span and column.last_month == table.month]
    if not of_span and table.month == 2:
        of_span = [column for column in fitting if column.span == "to_date" and column.last_month == 2]
    if len(of_span) != 1:
        headers = "; ".join(column.header for column in table.columns)
        found = "no column" if not of_span else f"{len(of_span)} columns"
        raise RefusedPage(f"has {found} of {flow}s by {what}, {span.replace('_', ' ')}; it has {headers}")
    last = f"{table.year}-{table.month:02}"
    from_january = of_span[0].span == "to_date" and table.month > 1
    return of_span[0], f"{table.year}-01..{last}" if from_january else last


def key(label: str) -> str:
    """A row's label as it is compared: without marks of lists and footnotes, however it is spelled."""
    text = unicodedata.normalize("NFKC", label).casefold()
    text = re.sub(r"^of which ?:", "", text.strip())
    return " ".join(re.sub(r"[*:\-]", " ", text).split())


def nothing_found(page: LexborHTMLParser, body: bytes, what: str) -> RefusedPage:
    """The error that tells a test for humans from other pages."""
    if _CAPTCHA.search(body):
        return HumansOnly("asks whether we are human, which is never answered automatically")
    return RefusedPage(f"shows {what}: a web page{title_of(page)}")


def _label_column(row: Sequence[str]) -> int | None:
    return next((at for at, cell in enumerate(row[:3]) if _LABELS.fullmatch(cell.lower())), None)


def _columns(headers: Grid, label: int, year: int) -> tuple[list[Column], int | None]:
    unit_at, columns = None, []
    for index in range(label + 1, len(headers[0])):
        texts = list(dict.fromkeys(row[index][:_HEADER] for row in headers if row[index]))
        if any(_UNIT.fullmatch(text.lower()) for text in texts):
            unit_at = index
        elif texts:
            columns.append(_column(index, texts, year))
    return columns, unit_at


def _column(index: int, texts: Sequence[str], year: int) -> Column:
    lowered = [text.lower() for text in texts]
    span: Span | None = None
    last_month = other_year = None
    for text in lowered:
        if found := _TO_DATE.fullmatch(text):
            span, last_month = "to_date", _month(found)
            stated = found["year"] or found["later"]
            other_year = int(stated) if stated and int(stated) != year else None
        elif found := _MONTH.fullmatch(text):
            span, last_month = "month", _month(found)
    what: What | None = "quantity" if "quantity" in lowered else "value" if "value" in lowered else None
    return Column(
        index=index,
        header=" / ".join(texts),
        span=span,
        last_month=last_month,
        what=what,
        flow=next((_FLOWS[text] for text in lowered if text in _FLOWS), None),
        year=other_year,
        is_change=any(_CHANGE.search(text) for text in lowered),
    )


def _lines(rows: Grid, label: int, unit_at: int | None, columns: Sequence[Column]) -> Iterable[Line]:
    for row in rows:
        cells = {column.index: row[column.index] for column in columns}
        if not row[label] or len(set(row)) == 1 or all(read_number(cell) is None for cell in cells.values()):
            continue  # a blank row, a note over all columns, or a heading
        figures = {at: _figure(cell, row[label]) for at, cell in cells.items()}
        blank = frozenset(at for at, cell in cells.items() if not cell)
        yield Line(row[label], row[unit_at] if unit_at is not None else "", figures, blank)


def _figure(cell: str, label: str) -> Decimal | None:
    if _MISSING.fullmatch(cell):
        return None
    number = read_number(cell)
    if number is None:
        raise RefusedPage(f"reads {cell!r} in the row {label!r}, where a figure should be")
    return number


def _title(page: LexborHTMLParser, above: Grid) -> tuple[str, int, int]:
    """The title with the year and month that it names."""
    shown = [page.css_first("title"), page.css_first(".atcl-ttl")]
    texts = [cell for row in above for cell in row] + [plain(one.text()) for one in shown if one]
    for text in (text[:_HEADER] for text in texts):
        for shape in _TITLES:
            found = shape.search(text)
            if found:
                return " ".join(text.split()), int(found["year"]), _month(found)
    raise RefusedPage("names no month in its title")


def _month(found: re.Match[str]) -> int:
    parts = found.groupdict()
    month = MONTHS.index(parts["name"][:3].lower()) + 1 if parts.get("name") else int(parts["number"])
    if not 1 <= month <= 12:
        raise RefusedPage(f"speaks of a month {month}")
    return month


def _unit_of_values(rows: Grid) -> str:
    for cell in (cell for row in rows for cell in row):
        found = re.match(r"(?:value )?unit ?[:：] ?(.+)", cell, re.IGNORECASE)
        if found:
            spaced = re.sub(r"\b(USD|CNY|RMB)(?=\d)", r"\1 ", found[1].strip(), flags=re.IGNORECASE)
            return _CURRENCY.sub(lambda code: code[0].upper(), spaced.lower())
    return ""


def _currency(title: str, unit: str) -> Currency | None:
    stated: set[Currency] = set()
    for text in (title, unit):
        stated |= {"CNY" if found[1] else "USD" for found in _CURRENCY.finditer(text)}
    if len(stated) > 1:
        raise RefusedPage(f"contradicts itself: its title is {title!r} and its unit {unit!r}")
    return next(iter(stated), None)


def _released(page: LexborHTMLParser) -> datetime | None:
    shown = page.css_first(".atcl-date")
    found = re.fullmatch(r"(20\d\d)/(\d\d?)/(\d\d?)", shown.text().strip()) if shown else None
    try:
        return datetime(int(found[1]), int(found[2]), int(found[3]), tzinfo=UTC) if found else None
    except ValueError:
        return None
