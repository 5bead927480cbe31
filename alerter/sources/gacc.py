"""China's customs: monthly tables of exports and imports, by commodity or by country.

A poll reads the list of tables, and of the table that is wanted the pages that are new and the newest two,
which may be revised. A page that does not add up is refused with the row and the figures that contradict each
other. What is behind a test for humans stays there.
"""

import asyncio
import difflib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Annotated, ClassVar, Literal, TypeVar
from urllib.parse import urlsplit

from pydantic import BeforeValidator, Field, StringConstraints

from alerter.core.model import Name
from alerter.core.quantities import Duration
from alerter.sources.base import Poll, Source, SourceContext, SourceError, WebAddress
from alerter.sources.formats.figures import Point
from alerter.sources.formats.gacc_checks import check_table
from alerter.sources.formats.gacc_listing import Listing, read_listing
from alerter.sources.formats.gacc_tables import (
    Currency,
    Flow,
    HumansOnly,
    RefusedPage,
    Span,
    Table,
    What,
    choose,
    key,
    read_table,
)
from alerter.sources.formats.markup import UnreadablePage
from alerter.sources.http import Fetch, Fetched, FetchError, Visit, revisit
from alerter.sources.points import Answered, FiguresConfig, FiguresCursor, recall_figures, tell

PAGES_A_POLL = 12
"""Pages of tables that one poll asks for; a longer history takes several polls."""
REVISED = 2
"""Newest pages that are asked for again at each poll."""
_NOTES = 3
_REFUSED = "refused"
_GONE = frozenset({404, 410})
_ASKS_FOR_A_BROWSER = 412
"""What the pages' guard answers to those who run no scripts."""


Found = TypeVar("Found")


def _listed(labels: object) -> object:
    return [labels] if isinstance(labels, str) else labels


Label = Annotated[str, StringConstraints(min_length=1, max_length=200)]
Labels = Annotated[tuple[Label, ...], BeforeValidator(_listed), Field(min_length=1)]


class GaccConfig(FiguresConfig):
    """China's customs statistics: rows of one monthly table, by commodity or by country."""

    example: ClassVar[str] = (
        "{id: cn-rare-earths, type: gacc, report: preliminary, table: 5, currency: USD, what: quantity, "
        'rows: {cn-rare-earth-exports: ["Rare earth", "Rare-earth ore, metals, compounds"]}, '
        "expected_within: 16d}"
    )
    limits: ClassVar[str] = (
        "Without a key. The preliminary tables come about the 7th to 14th, the monthly bulletin about the "
        "18th to 20th; January and February as one. Commodities by HS8 and partner are behind a CAPTCHA, "
        "which is never automated."
    )

    type: Literal["gacc"]
    report: Literal["preliminary", "monthly"] = "preliminary"
    """Which list of tables: the preliminary release or the monthly bulletin."""
    table: int = Field(default=5, ge=1, le=30)
    """The table's number in the list: of the preliminary release (4) by country, (5) major exports, (6) major
    imports; of the bulletin (13) major exports, (14) major imports."""
    url: WebAddress | None = None
    """One table's own page, instead of the list."""
    currency: Currency = "USD"
    """Which of the table's two editions; a page in another currency gives quantities, and no values."""
    rows: dict[Name, Labels] = Field(min_length=1, max_length=100)
    """Series and the row each is in: `{cn-rare-earths: Rare earth}`; several labels where the page has
    changed its wording. Letter case, hyphens, asterisks and `of which:` do not matter."""
    what: What = "value"
    """Of tables by commodity: the quantity or the value."""
    flow: Flow = "export"
    """Of tables by country: exports, imports or both together. Tables by commodity have one flow each."""
    span: Span = "month"
    """The month's own figure, or the year to date. January and February are one figure either way."""
    months: int = Field(default=37, ge=1, le=96)
    """How far back; the newest come first, twelve a poll."""
    base_url: WebAddress = "http://english.customs.gov.cn"
    """The site; pages on it are asked for in the same way, https or not."""
    every: Duration = timedelta(hours=6)

    def declared_series(self) -> tuple[str, ...]:
        """One for each row."""
        return tuple(self.rows)

    def build(self, context: SourceContext) -> Source:
        """The tables, ready to poll."""
        return Gacc(self, context)


@dataclass(slots=True)
class _Round:
    """What one poll gathers."""

    visits: dict[str, Visit] = field(default_factory=dict)
    listings: dict[str, str] = field(default_factory=dict)
    """Page of the list → the addresses and years that it had, for when it has not changed."""
    points: list[Point] | None = None
    """None while no page has been read that is new or has changed."""
    refused: list[str] = field(default_factory=list)
    """Older pages that are of no use as they are."""
    notes: list[str] = field(default_factory=list)
    unseen: tuple[str, ...] = ()
    """Rows that the newest page lacks."""
    max_age: timedelta = timedelta(0)
    broke_off: bool = False
    """Did pages stop coming?"""

    @property
    def note(self) -> str:
        """What there is to say, not at any length."""
        more = len(self.notes) - _NOTES
        return "; ".join([*self.notes[:_NOTES], *([f"and {more} more"] if more > 0 else [])])


class Gacc:
    """Polls one table."""

    def __init__(self, config: GaccConfig, context: SourceContext) -> None:
        self._config = config
        self._http = context.http
        self._now = context.now

    async def poll(self, cursor: str | None) -> Poll:
        """Figures that are new or revised, oldest first. Raises SourceError."""
        config = self._config
        known = recall_figures(cursor, *self._scope())
        found = _Round()
        pages = [config.url] if config.url else await self._list(known, found)
        wanted = pages[: config.months]
        refused = [page for page in wanted if page in known.notes.get(_REFUSED, "").split("\n")]
        unread = [page for page in wanted if page not in known.visits and page not in refused]
        asked = list(dict.fromkeys([*wanted[:REVISED], *unread, *refused]))[:PAGES_A_POLL]
        found.visits |= {page: known.visits[page] for page in wanted if page in known.visits}
        found.refused += [page for page in refused if page not in asked]
        for page in asked:
            if not await self._read_page(page, known, found, is_newest=page == wanted[0]):
                found.broke_off = True
                break
        answered = Answered(
            self._of_one_unit(known, found),
            found.visits,
            urlsplit(config.url or config.base_url).hostname or "the site",
            found.max_age,
            url=config.url or wanted[0] if wanted else None,
            note=found.note,
            unseen=found.unseen,
            complete=set(unread) <= set(asked) and not found.broke_off,
            notes=found.listings | {_REFUSED: "\n".join(found.refused)},
        )
        return tell(answered, known, config, self._now())

    async def _list(self, known: FiguresCursor, found: _Round) -> list[str]:
        """Addresses of the table's pages, newest first, over as many years as are wanted."""
        listing = await self._listing("", known, found)
        pages = [*listing.addresses]
        for year in listing.years[1:]:
            if len(pages) >= self._config.months:
                break
            try:
                pages += (await self._listing(str(year), known, found)).addresses
            except SourceError as error:
                if error.retry_after is not None:
                    raise
                found.notes.append(f"the list of {year} cannot be read: {error}")
                found.broke_off = not _is_final(error)
                break
        if not pages:
            found.notes.append(f"lists no months of table ({self._config.table}) yet")
        return list(dict.fromkeys(pages))

    async def _listing(self, year: str, known: FiguresCursor, found: _Round) -> Listing:
        config = self._config
        url = f"{config.base_url.rstrip('/')}/statics/report/{config.report}{year}.html"
        fetched, visit = await self._visit(url, known.visits.get(url))
        found.visits[url] = visit
        found.max_age = found.max_age if year else fetched.max_age
        if fetched.not_modified:
            listing = _remembered(known.notes.get(url, ""))
        else:
            listing = await self._parse(fetched, self._read_listing)
        found.listings[url] = _to_remember(listing)
        return listing

    def _read_listing(self, fetched: Fetched) -> Listing:
        config = self._config
        return read_listing(fetched.body, _type_of(fetched), fetched.url, config.table, config.currency)

    async def _read_page(self, url: str, known: FiguresCursor, found: _Round, *, is_newest: bool) -> bool:
        """Take in one page. False where no other is to be asked for. Raises SourceError for the newest page.

        An older page that is refused, or does not come, is told in the note and asked for again: one that
        is refused or gone after all those that were never read.
        """
        try:
            fetched, visit = await self._visit(url, known.visits.get(url))
            if fetched.not_modified:
                found.unseen = known.unseen if is_newest else found.unseen
            else:
                points, absent = await self._parse(fetched, self._points)
                found.points = [*(found.points or ()), *points]
                if is_newest:
                    found.unseen = tuple(absent)
                else:
                    found.notes += absent
        except SourceError as error:
            if is_newest or error.retry_after is not None:
                raise
            found.notes.append(str(error))
            if not _is_final(error):
                return False
            found.visits.pop(url, None)
            found.refused.append(url)
            return True
        found.visits[url] = visit
        found.max_age = fetched.max_age if self._config.url else found.max_age
        return True

    def _points(self, fetched: Fetched) -> tuple[list[Point], list[str]]:
        """All the work that may take long, in one go for a worker thread."""
        config = self._config
        table = read_table(fetched.body, _type_of(fetched))
        try:
            return _points_of(table, config)
        except RefusedPage as error:
            raise RefusedPage(f"{error} (table of {table.name})") from error

    def _of_one_unit(self, known: FiguresCursor, found: _Round) -> Sequence[Point] | None:
        """The points in the unit that their series is told in; figures in others cannot be compared."""
        if found.points is None:
            return None
        units = dict(known.units)
        kept = []
        for point in found.points:  # newest first
            if point.unit is None or units.setdefault(point.series, point.unit) == point.unit:
                kept.append(point)
            else:
                found.notes.append(f"{point.period} of {point.series} comes in {point.unit} and is left out")
        # a revision is as new as it is seen
        return [replace(one, released_at=None) if known.knows(one.series) else one for one in kept]

    async def _visit(self, url: str, last: Visit | None) -> tuple[Fetched, Visit]:
        try:
            return await revisit(self._http, Fetch(url, accept="text/html"), last)
        except FetchError as error:
            if error.status == _ASKS_FOR_A_BROWSER:
                raise SourceError(f"{url} wants a browser, and is not tricked", trouble="blocked") from error
            raise

    async def _parse(self, fetched: Fetched, read: Callable[[Fetched], Found]) -> Found:
        """What a reader makes of the page. Raises SourceError in the reader's words."""
        try:
            return await asyncio.to_thread(read, fetched)
        except HumansOnly as error:
            raise SourceError(f"{fetched.host} {error}", trouble="blocked") from error
        except (RefusedPage, UnreadablePage) as error:
            raise SourceError(f"{fetched.host} {error}") from error

    def _scope(self) -> list[str]:
        config = self._config
        names = [part for series, labels in config.rows.items() for part in (series, *labels, "/")]
        place = config.url or f"{config.base_url}/{config.report}/{config.table}"
        return [place, config.currency, config.what, config.flow, config.span, str(config.months), *names]


def _points_of(table: Table, config: GaccConfig) -> tuple[list[Point], list[str]]:
    """The rows' figures of a table that adds up, and what is absent from it."""
    check_table(table)
    if config.what == "value" and table.currency not in {None, config.currency}:
        raise RefusedPage(f"comes in {table.currency} and not in {config.currency}")
    column, period = choose(table, config.what, config.flow, config.span)
    lines = {key(line.label): line for line in reversed(table.lines)}
    points, absent = [], []
    for series, labels in config.rows.items():
        line = next((lines[name] for label in labels if (name := key(label)) in lines), None)
        if line is None:
            absent.append(labels[0])
        elif (figure := line.figures[column.index]) is not None:
            unit = line.unit.lower() if column.what == "quantity" else table.unit
            points.append(Point(series, period, float(figure), unit or None, table.released_at))
    if len(absent) == len(config.rows):
        raise RefusedPage(f"has no row {absent[0]!r}{_closest(absent[0], table)}")
    return points, [f"{table.name} has no row {name!r}{_closest(name, table)}" for name in absent]


def _closest(name: str, table: Table) -> str:
    """The row most like the one that is not there."""
    labels = {key(line.label): line.label for line in table.lines}
    found = difflib.get_close_matches(key(name), labels, n=1)
    return f"; the closest is {labels[found[0]]!r}" if found else ""


def _is_final(error: SourceError) -> bool:
    """Is it about this one page, which will be no better soon?"""
    if isinstance(error, FetchError):
        return error.status in _GONE
    return error.trouble == "failing"


def _type_of(fetched: Fetched) -> str:
    return fetched.headers.get("Content-Type", "")


def _to_remember(listing: Listing) -> str:
    return "\n".join([" ".join(map(str, listing.years)), *listing.addresses])


def _remembered(text: str) -> Listing:
    years, *addresses = text.split("\n")
    return Listing(addresses, [int(year) for year in years.split() if year.isdigit()])
