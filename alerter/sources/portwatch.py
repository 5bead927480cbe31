"""IMF PortWatch: ships through the world's chokepoints and ports, day by day, from satellite data.

The service gives at most 1,000 rows an answer, so that a poll goes on by the rows returned. Recent days are
revised, so that each poll asks for some weeks again.
"""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Annotated, ClassVar, Literal

from pydantic import Field, StringConstraints, model_validator

from alerter.core.model import Name, Shape
from alerter.core.quantities import Duration
from alerter.core.releases import period_end
from alerter.sources.base import Poll, Source, SourceContext, SourceError, WebAddress
from alerter.sources.formats.arcgis import (
    Combine,
    Daily,
    Page,
    UnknownAnswer,
    Wanted,
    daily_points,
    monthly_points,
    read_days,
    read_page,
)
from alerter.sources.formats.figures import Point
from alerter.sources.http import Fetch, Fetched, Visit, revisit
from alerter.sources.points import Answered, FiguresConfig, FiguresCursor, recall_figures, tell
from alerter.wording import unknown

ROWS = 1_000
"""Rows asked for at once; the server gives no more."""
PAGES = 60
_LAYERS = {"chokepoints": "Daily_Chokepoints_Data", "ports": "Daily_Ports_Data"}
_HISTORY: Mapping[str, timedelta] = {"day": timedelta(days=400), "month": timedelta(days=1200)}
_UNITS = {"n_": "ships", "portcalls": "calls", "capacity": "t", "import": "t", "export": "t"}
_PEOPLE = "https://portwatch.imf.org/"
_BY_PLACE = ("chokepoint", "port")
_VESSELS = ("container", "dry_bulk", "general_cargo", "roro", "tanker", "cargo")
_METRICS: Mapping[str, frozenset[str]] = {
    "chokepoints": frozenset(
        ["n_total", "capacity", *(f"{what}_{one}" for what in ("n", "capacity") for one in _VESSELS)]
    ),
    "ports": frozenset(
        name
        for what in ("portcalls", "import", "export")
        for name in (what, *(f"{what}_{one}" for one in _VESSELS))
    ),
}
"""The columns of figures that the service has."""
_OVERLAP = 40
"""Days remembered beyond those that are asked for again."""

Place = Annotated[
    str,
    StringConstraints(max_length=80),
    Shape(r"^[^\x00-\x1f;%]+$", "a place's name or id, without ; and %, like chokepoint6"),
]
Metric = Annotated[str, Shape(r"^[a-z][a-z_]{0,40}$", "a column of lower-case letters and _, like n_tanker")]


class PortwatchConfig(FiguresConfig):
    """Daily ship counts and capacities of chokepoints (or calls at ports) from the IMF's PortWatch."""

    example: ClassVar[str] = (
        "{id: hormuz, type: portwatch, places: [chokepoint6], metrics: [n_tanker], period: month, "
        "every: 12h, expected_within: 14d}"
    )
    limits: ClassVar[str] = (
        "Without a key; 1,000 rows an answer. It is updated about once a week, some days late, and recent "
        "days are revised."
    )

    type: Literal["portwatch"]
    places: tuple[Place, ...] = Field(min_length=1, max_length=40)
    """Ids such as `chokepoint6`, or names as PortWatch writes them: `Strait of Hormuz`."""
    metrics: tuple[Metric, ...] = Field(default=("n_total",), min_length=1, max_length=20)
    """Columns: `n_total`, `n_tanker`, `n_container`, `capacity`, `capacity_tanker`; of ports `portcalls` …"""
    dataset: Literal["chokepoints", "ports"] = "chokepoints"
    """Ships through straits and canals, or calls at ports."""
    period: Literal["day", "month"] = "day"
    """`month` makes one figure of each month all of whose days are there; rules that compare with last year
    need months."""
    combine: Combine = "mean"
    """What a month's figure is: the mean of its days, which does not depend on its length, or their sum."""
    history: Duration | None = Field(default=None, gt=timedelta(0), le=timedelta(days=4000))
    """How far back the first poll goes: 400 days, or 1,200 for months, unless it is set."""
    revised: Duration = Field(default=timedelta(days=30), gt=timedelta(0), le=timedelta(days=400))
    """So many of the latest days known are asked for again at each poll."""
    series: dict[str, Name] = {}
    """Names for series by place and metric, as `{"chokepoint6:n_tanker": hormuz-tankers}`; others are named
    `<source id>:<place>:<metric>`."""
    base_url: WebAddress = "https://services9.arcgis.com/weJ1QsnbMYJlCHdG/arcgis/rest/services"
    """The folder of the feature services."""
    every: Duration = timedelta(hours=12)

    @model_validator(mode="after")
    def _names_what_it_reads(self) -> "PortwatchConfig":
        for metric in self.metrics:
            if metric not in _METRICS[self.dataset]:
                raise ValueError(unknown("metric", metric, _METRICS[self.dataset]))
        known = {f"{place}:{metric}" for place in self.places for metric in self.metrics}
        odd = sorted(set(self.series) - known)
        if odd:
            raise ValueError(f"`series` names {odd[0]!r}, which is no place and metric of this source")
        named = self.declared_series()
        twice = next((one for one in named if named.count(one) > 1), None)
        if twice:
            raise ValueError(f"two figures would both be the series {twice!r}: name them in `series`")
        return self

    @property
    def wanted(self) -> tuple[Wanted, ...]:
        """Each figure of each place."""
        return tuple(
            Wanted(place, metric, self._series(place, metric), self._unit(metric))
            for place in self.places
            for metric in self.metrics
        )

    def declared_series(self) -> tuple[str, ...]:
        """A series for each figure of each place."""
        return tuple(one.series for one in self.wanted)

    def build(self, context: SourceContext) -> Source:
        """The service, ready to poll."""
        return Portwatch(self, context)

    def _unit(self, metric: str) -> str | None:
        counted = next((unit for prefix, unit in _UNITS.items() if metric.startswith(prefix)), None)
        is_rate = self.period == "day" or self.combine == "mean"
        return f"{counted} a day" if counted and is_rate else counted

    def _series(self, place: str, metric: str) -> str:
        return self.series.get(f"{place}:{metric}") or f"{self.id}:{_slug(place)}:{metric}"


class Portwatch:
    """Polls the feature service."""

    def __init__(self, config: PortwatchConfig, context: SourceContext) -> None:
        self._config = config
        self._http = context.http
        self._now = context.now
        self._url = f"{config.base_url.rstrip('/')}/{_LAYERS[config.dataset]}/FeatureServer/0/query"

    async def poll(self, cursor: str | None) -> Poll:
        """Days or months that are new or revised, oldest first. Raises SourceError."""
        config = self._config
        names = [part for one in config.wanted for part in (one.place, one.metric, one.series)]
        about = (self._url, config.period, config.combine, str(config.history))
        known = recall_figures(cursor, *about, *names)
        return tell(await self._ask(known), known, config, self._now())

    async def _ask(self, known: FiguresCursor) -> Answered:
        since = self._since(known)
        fetched, visit = await revisit(self._http, self._request(since, 0), known.visits.get("rows"))
        if fetched.not_modified:
            return Answered(None, {"rows": visit}, fetched.host, fetched.max_age, keep=self._keep)
        first = await self._read(fetched)
        rows = await self._all_rows(first, since)
        if len(rows) > len(first.rows):  # page 1 says nothing about changes on page 2
            visit = Visit(url=visit.url, moved_to=visit.moved_to)
        try:
            points, daily = await asyncio.to_thread(self._points, rows)
        except UnknownAnswer as error:
            raise SourceError(f"{fetched.host} {error}") from error
        return Answered(
            points,
            {"rows": visit},
            fetched.host,
            fetched.max_age,
            url=_PEOPLE,
            note=daily.note,
            unseen=daily.unseen,
            keep=self._keep,
        )

    async def _all_rows(self, first: Page, since: date) -> Sequence[Mapping[str, object]]:
        rows, page = [*first.rows], first
        for _ in range(PAGES):
            if not page.has_more or not page.rows:
                return rows
            fetched = await self._http.fetch(self._request(since, len(rows)))
            page = await self._read(fetched)
            rows += page.rows
        raise SourceError(
            f"{fetched.host} lists more than {len(rows):,} rows: ask for fewer places or less history"
        )

    async def _read(self, fetched: Fetched) -> Page:
        try:
            return read_page(await asyncio.to_thread(fetched.json))
        except UnknownAnswer as error:
            raise SourceError(f"{fetched.host} {error}") from error

    def _points(self, rows: Sequence[Mapping[str, object]]) -> tuple[list[Point], Daily]:
        """All the work that may take long, in one go for a worker thread."""
        daily = read_days(rows, self._config.wanted)
        if self._config.period == "day":
            return daily_points(daily), daily
        return monthly_points(daily, self._config.combine), daily

    def _since(self, known: FiguresCursor) -> date:
        """The first day to ask for: what was told last less what may be revised; whole months for months."""
        config = self._config
        oldest = self._now() - (config.history or _HISTORY[config.period])
        ends = [max(map(_end, values)) for values in known.told.values() if values]
        start = max(oldest, min(ends) - config.revised) if ends else oldest
        return start.date().replace(day=1) if config.period == "month" else start.date()

    @property
    def _keep(self) -> int:
        return self._config.revised.days + _OVERLAP

    def _request(self, since: date, offset: int) -> Fetch:
        config = self._config
        params = [
            ("where", f"({_where(config.places)}) AND date >= DATE '{since.isoformat()}'"),
            ("outFields", ",".join(("date", "portid", "portname", *dict.fromkeys(config.metrics)))),
            ("orderByFields", "date,portid"),
            ("returnGeometry", "false"),
            ("resultOffset", str(offset)),
            ("resultRecordCount", str(ROWS)),
            ("f", "json"),
        ]
        return Fetch(self._url, params=params, accept="application/json")


def _where(places: Sequence[str]) -> str:
    """The places as a condition in SQL; quotes in names are doubled."""
    ids = [place for place in places if _is_id(place)]
    names = [place for place in places if not _is_id(place)]
    parts = [
        f"{column} IN ({', '.join(_quoted(one) for one in values)})"
        for column, values in (("portid", ids), ("portname", names))
        if values
    ]
    return " OR ".join(parts)


def _is_id(place: str) -> bool:
    """Is it an id, rather than a name?"""
    return any(place.removeprefix(prefix).isdigit() for prefix in _BY_PLACE)


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _slug(place: str) -> str:
    kept = "".join(sign if sign.isascii() and sign.isalnum() else "-" for sign in place.lower())
    return "-".join(filter(None, kept.split("-"))) or "place"


def _end(period: str) -> datetime:
    return period_end(period) or datetime.max.replace(tzinfo=UTC)
