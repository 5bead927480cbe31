"""Eurostat's Comext: a European country's monthly trade with another in one or more products.

A poll asks for the whole span of months in one conditional call. Figures that are confidential are not
published, and part of a chapter may stand under a residue that belongs to no product: both are said.
"""

import asyncio
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Annotated, Any, ClassVar, Literal

from pydantic import AfterValidator

from alerter.core.clean import clean_line
from alerter.core.model import Shape
from alerter.core.periods import parse_period
from alerter.core.quantities import Duration
from alerter.sources.base import Poll, Source, SourceContext, SourceError, WebAddress
from alerter.sources.formats.figures import Point
from alerter.sources.formats.jsonstat import Cell, NotACube, read_cube
from alerter.sources.http import Fetch, Fetched, revisit
from alerter.sources.points import Answered, FiguresConfig, FiguresCursor, recall_figures, tell
from alerter.sources.trade import Codes, Month, Part, add_up, country_table, first_month, is_long_enough

FLOWS = {"import": "1", "export": "2"}
_PATH = "/eurostat/api/comext/dissemination/statistics/1.0/data/"
_PAGE = "https://ec.europa.eu/eurostat/databrowser/product/view/"

Indicator = Literal["value", "net_weight", "quantity"]


@dataclass(frozen=True, slots=True)
class _Unit:
    """An indicator as Eurostat names it, the unit that is told, and what figures are multiplied by for it."""

    name: str
    unit: str
    factor: int = 1


_UNITS: Mapping[Indicator, _Unit] = {
    "value": _Unit("VALUE_IN_EUROS", "EUR"),
    "net_weight": _Unit("QUANTITY_IN_100KG", "kg", 100),
    "quantity": _Unit("SUPPLEMENTARY_QUANTITY", "supplementary units"),
}
_TOGETHER = frozenset({"WORLD", "EXT_EU27_2020"})
COUNTRIES = "comtrade_areas"
"""A table of ISO codes, to tell a mistyped one from a country without a trade."""


def _check_levels(codes: tuple[str, ...]) -> tuple[str, ...]:
    for code in codes:
        if len(code) not in {2, 4, 6, 8} and code != "TOTAL":
            raise ValueError(f"{code} is no code of 2, 4, 6 or 8 digits: Comext has no others")
    return codes


Area = Annotated[
    str, Shape(r"^[A-Z][A-Z0-9_]{1,19}$", "a code of capital letters, digits and _, like DE or EU27_2020")
]


class EurostatConfig(FiguresConfig):
    """Monthly trade of the European Union or a member with a country, from Eurostat's Comext.

    The series has the source's id. Confidential figures are not published, and so are not told.
    """

    example: ClassVar[str] = (
        "{id: eu-magnets-cn, type: eurostat, reporter: EU27_2020, partner: CN, flow: import, "
        "products: ['850511'], indicator: net_weight}"
    )
    limits: ClassVar[str] = (
        "No key. A question that is too large is refused in the text of the answer: ask for fewer products "
        "or months. Released once a month, about six weeks after a month's end."
    )

    type: Literal["eurostat"]
    every: Duration = timedelta(hours=12)
    """How often it is asked for new figures, which come once a month."""
    expected_within: Duration | None = timedelta(days=60)
    """A month that has not come this long after its end is overdue."""
    reporter: Area = "EU27_2020"
    """Who reports: a member's ISO code, or the Union."""
    partner: Area
    """The other country's ISO code, `WORLD`, or `EXT_EU27_2020` for all outside the Union."""
    flow: Literal["import", "export"]
    """Seen from the reporter."""
    products: Annotated[Codes, AfterValidator(_check_levels)]
    """Codes of 2, 4, 6 or 8 digits (HS or Combined Nomenclature), or TOTAL; the figure is their sum."""
    indicator: Indicator = "net_weight"
    """Net weight in kg, value in EUR, or supplementary units."""
    residue: bool = False
    """Ask also how much of the chapters is confidential and stands under no product, and say it."""
    since: Month | None = None
    """The first month of history; three years back, unless it is set."""
    dataset: Annotated[
        str, Shape(r"^[A-Za-z0-9_-]{1,40}$", "a code of letters, digits, _ and -, like DS-045409")
    ] = "DS-045409"
    """The table: by Harmonised System and Combined Nomenclature, unless it is set."""
    base_url: WebAddress = "https://ec.europa.eu"
    """Where its interface is."""

    def declared_series(self) -> tuple[str, ...]:
        """The one series."""
        return (self.id,)

    def build(self, context: SourceContext) -> Source:
        """The source, ready to poll."""
        return Eurostat(self, context)


@dataclass(frozen=True, slots=True)
class _Table:
    """What one answer states."""

    points: Sequence[Point]
    updated_at: datetime | None
    note: str
    unseen: tuple[str, ...] = ()


class Eurostat:
    """Polls one table."""

    def __init__(self, config: EurostatConfig, context: SourceContext) -> None:
        self._config = config
        self._http = context.http
        self._now = context.now
        self._url = config.base_url.rstrip("/") + _PATH + config.dataset

    async def poll(self, cursor: str | None) -> Poll:
        """The figures that are new or revised, oldest first. Raises SourceError."""
        config = self._config
        about = (config.reporter, config.partner, config.flow, config.indicator, config.since or "")
        known = recall_figures(cursor, self._url, *about, *config.products)
        fetched, visit = await revisit(self._http, self._request(), known.visits.get("table"))
        table = None if fetched.not_modified else await asyncio.to_thread(self._read, fetched)
        answered = Answered(
            None if table is None else self._dated(table, known),
            {"table": visit},
            fetched.host,
            fetched.max_age,
            url=_PAGE + config.dataset.lower(),
            note="" if table is None else table.note,
            unseen=() if table is None else table.unseen,
        )
        return tell(answered, known, config, self._now())

    def _request(self) -> Fetch:
        config = self._config
        return Fetch(
            self._url,
            params=[
                ("format", "JSON"),
                ("lang", "EN"),
                ("freq", "M"),
                ("reporter", config.reporter),
                ("partner", config.partner),
                ("flow", FLOWS[config.flow]),
                ("indicators", _UNITS[config.indicator].name),
                *(("product", code) for code in (*config.products, *self._residues)),
                ("sinceTimePeriod", first_month(config.since, self._now())),
            ],
            accept="application/json",
        )

    @property
    def _residues(self) -> tuple[str, ...]:
        """The chapters' codes for what is confidential."""
        chapters = sorted({code[:2] for code in self._config.products if code != "TOTAL"})
        return tuple(f"{chapter}XXXXXX" for chapter in chapters) if self._config.residue else ()

    def _read(self, fetched: Fetched) -> _Table:
        document = _without_warning(fetched.json(), fetched.host)
        try:
            cells = [cell for cell in read_cube(document) if self._is_asked_for(cell)]
        except NotACube as error:
            raise SourceError(f"{fetched.host} answered in another shape: {error}") from error
        except KeyError as error:
            raise SourceError(f"{fetched.host} lists figures without the dimension {error}") from error
        parts = [self._part(cell) for cell in self._products(cells)]
        points, note = add_up(parts, self._config.products, self._config.id, fetched.host)
        hidden = self._hidden(cells)
        told = [replace(one, remark=f"{one.remark} {hidden.get(one.period, '')}".strip()) for one in points]
        note = note or ("" if told else "lists no figures")
        unseen = self._unseen({part.code for part in parts})
        return _Table(told, _instant(document.get("updated")), note, unseen)

    def _unseen(self, listed: Collection[str]) -> tuple[str, ...]:
        """What lists nothing though it should: a country may lack a trade, all of them together do not."""
        config, now = self._config, self._now()
        if not is_long_enough(config.since, now):
            return ()
        if config.partner in _TOGETHER:
            return tuple(f"nothing is listed of {code}" for code in config.products if code not in listed)
        is_known = config.partner in country_table(COUNTRIES)
        return () if listed or is_known else (f"nothing is listed of the partner {config.partner}",)

    def _is_asked_for(self, cell: Cell) -> bool:
        """Is it of this trade? Raises KeyError for a dimension that is not there."""
        config = self._config
        asked = {
            "reporter": config.reporter,
            "partner": config.partner,
            "flow": FLOWS[config.flow],
            "indicators": _UNITS[config.indicator].name,
        }
        is_month = (parsed := parse_period(cell.at["time"])) is not None and parsed.months == 1
        return (
            is_month and bool(cell.at["product"]) and all(cell.at[name] == one for name, one in asked.items())
        )

    def _products(self, cells: Sequence[Cell]) -> list[Cell]:
        """The cells of the products alone: totals and residues that come with them would count twice."""
        return [cell for cell in cells if cell.at["product"] in self._config.products]

    def _part(self, cell: Cell) -> Part:
        unit = _UNITS[self._config.indicator]
        is_hidden = "c" in cell.status
        value = None if cell.value is None or is_hidden else float(Decimal(str(cell.value)) * unit.factor)
        return Part(cell.at["product"], cell.at["time"], value, unit.unit, is_estimated="e" in cell.status)

    def _hidden(self, cells: Sequence[Cell]) -> dict[str, str]:
        """Month → what is said of the confidential part of the chapters."""
        chapters = {code[:2] for code in self._config.products}
        unit = _UNITS[self._config.indicator]
        said: dict[str, str] = {}
        for cell in cells:
            chapter = cell.at["product"][:2]
            if cell.at["product"] == f"{chapter}XXXXXX" and chapter in chapters and cell.value:
                amount = f"{cell.value * unit.factor:,.15g} {unit.unit}"
                told = f"Of chapter {chapter}, {amount} are confidential and stand under no product."
                said[cell.at["time"]] = f"{said.get(cell.at['time'], '')} {told}".strip()
        return said

    def _dated(self, table: _Table, known: FiguresCursor) -> list[Point]:
        """What is new or revised came out with the table; history did not."""
        if not known.knows(self._config.id):
            return list(table.points)
        return [replace(point, released_at=table.updated_at) for point in table.points]


def _without_warning(document: object, host: str) -> Mapping[str, Any]:
    """The document, when it holds figures. Raises SourceError for a refusal, which comes under 200 too."""
    if not isinstance(document, dict):
        raise SourceError(f"{host} answered in another shape: it is no JSON-stat dataset")
    for kind in ("warning", "error"):
        stated = document.get(kind)
        first = stated[0] if isinstance(stated, list) and stated else stated
        if isinstance(first, dict):
            status, label = first.get("status"), clean_line(str(first.get("label", "")))[:200]
            if status == 413:
                raise SourceError(
                    f"{host} refuses the question as too large (413): ask for less. {label}".strip()
                )
            raise SourceError(f"{host} answered with {kind} {status}: {label}")
    return document


def _instant(stated: object) -> datetime | None:
    """`2025-06-16T11:00:00+0200`; None for what is no instant with a zone."""
    try:
        instant = datetime.fromisoformat(str(stated))
    except ValueError:
        return None
    return None if instant.tzinfo is None else instant
