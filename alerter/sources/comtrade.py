"""UN Comtrade: one country's monthly trade with another in one or more commodities, as it reports it.

A poll first asks, without spending much, which months the reporter has released and whether their content has
changed; only new and changed months are asked for, the newest first, some at a poll. So a new source gathers
its history over several polls. With a key several months come in one call; without, one call is one month.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Annotated, ClassVar, Literal

from pydantic import AfterValidator, BeforeValidator, Field

from alerter.clock import monotonic
from alerter.core.budget import Budget, CallLimit
from alerter.core.model import digest
from alerter.core.periods import period_words
from alerter.core.quantities import Duration
from alerter.sources.base import Poll, Source, SourceContext, SourceError, WebAddress
from alerter.sources.comtrade_rows import Measure, Release, Rows, read_releases, read_rows
from alerter.sources.formats.figures import Point
from alerter.sources.http import Fetch, Fetched, FetchError, Validators, Visit, revisit
from alerter.sources.points import (
    Answered,
    FiguresConfig,
    FiguresCursor,
    recall_figures,
    tell,
)
from alerter.sources.trade import Code, Codes, Month, add_up, country_code, first_month, is_long_enough

AREAS = "comtrade_areas"
KEY_SETTING = "ALERTER_KEYS__COMTRADE"
FLOWS = {"export": "X", "import": "M", "re-export": "RX", "re-import": "RM"}
PREVIEW_ROWS = 500
"""More rows than this the keyless interface does not give, and does not say so."""
MONTHS_PER_CALL = 12
_PATIENCE = timedelta(minutes=1)
"""How long one call may wait for its turn in the budget."""
_LONGEST_POLL = timedelta(minutes=2)
"""After this no further month is asked for at a poll, which must end before it is given up."""


def _area(text: str) -> str:
    """Comtrade's number, as it writes it. Raises ValueError."""
    return str(int(country_code(AREAS, text)))


def _check_area(text: str) -> str:
    _area(text)
    return text


def _check_levels(codes: tuple[Code, ...]) -> tuple[Code, ...]:
    for code in codes:
        if len(code) not in {2, 4, 6} and code != "TOTAL":
            raise ValueError(f"{code} is no code of 2, 4 or 6 digits: Comtrade has no finer ones")
    return codes


Area = Annotated[str, BeforeValidator(str), AfterValidator(_check_area)]
"""A country's ISO code, `world`, or Comtrade's own number."""


class ComtradeConfig(FiguresConfig):
    """Monthly trade between two countries, from UN Comtrade. The series has the source's id.

    Only what the reporter has released is judged; a month without such a trade has no figure. Works without
    a key; with one (ALERTER_KEYS__COMTRADE), history comes in fewer calls.
    """

    service: ClassVar[str] = "comtrade"
    example: ClassVar[str] = (
        "{id: cn-magnets-us, type: comtrade, reporter: CN, partner: US, flow: export, hs: ['850511'], "
        "measure: net_weight}"
    )
    limits: ClassVar[str] = (
        "The keyless interface gives one month and 500 rows a call. Quotas are stated differently in "
        "different places, so they are options; all sources with the same key, or with none, share a budget."
    )

    type: Literal["comtrade"]
    every: Duration = timedelta(hours=12)
    """How often it is asked for new releases, which come at most once a month."""
    expected_within: Duration | None = timedelta(days=120)
    """A month that the reporter has not released this long after its end is overdue."""
    reporter: Area
    """Who reports: ISO code or Comtrade's number."""
    partner: Area = "world"
    """The other country: ISO code, Comtrade's number, or `world` for all together."""
    flow: Literal["export", "import", "re-export", "re-import"]
    """Seen from the reporter."""
    hs: Annotated[Codes, AfterValidator(_check_levels)]
    """Two-, four- or six-digit codes, or TOTAL; the figure is their sum."""
    measure: Measure = "net_weight"
    """Net weight in kg, value in USD, or quantity in the reporter's unit."""
    since: Month | None = None
    """The first month of history; three years back, unless it is set."""
    months_per_poll: int = Field(default=MONTHS_PER_CALL, ge=1, le=120)
    """Months asked for at one poll."""
    calls_per_day: int = Field(default=250, ge=1)
    """Calls of all sources with the same key in any 24 hours."""
    calls_per_minute: int = Field(default=30, ge=1)
    """Calls of all sources with the same key in any minute."""
    base_url: WebAddress = "https://comtradeapi.un.org"
    """Where its interface is."""

    def declared_series(self) -> tuple[str, ...]:
        """The one series."""
        return (self.id,)

    def build(self, context: SourceContext) -> Source:
        """The source, ready to poll."""
        return Comtrade(self, context)


class Comtrade:
    """Polls Comtrade's releases, and the months that are new or changed."""

    def __init__(self, config: ComtradeConfig, context: SourceContext) -> None:
        self._config = config
        self._http = context.http
        self._now = context.now
        self._key = context.keys.get(config.service, "")
        self._reporter = _area(config.reporter)
        self._partner = _area(config.partner)
        self._base = config.base_url.rstrip("/")

    async def poll(self, cursor: str | None) -> Poll:
        """The figures of months that are new or changed, oldest first. Raises SourceError."""
        config = self._config
        about = (self._reporter, self._partner, config.flow, config.measure, config.since or "")
        known = recall_figures(cursor, self._base, *about, *config.hs)
        listed, visit = await revisit(self._http, self._releases(), known.visits.get("releases"))
        if listed.not_modified:
            unchanged = Answered(
                None,
                {**known.visits, "releases": visit},
                listed.host,
                listed.max_age,
                budget_left=listed.budget_left,
                latest={config.id: known.notes["latest"]} if "latest" in known.notes else {},
            )
            return tell(unchanged, known, config, self._now())
        releases = self._wanted(read_releases(listed.json(), listed.host, self._reporter))
        return await self._fill(known, listed, visit, releases)

    def _wanted(self, releases: Mapping[str, Release]) -> dict[str, Release]:
        first = first_month(self._config.since, self._now())
        return {period: release for period, release in sorted(releases.items()) if period >= first}

    async def _fill(
        self, known: FiguresCursor, listed: Fetched, visit: Visit, releases: Mapping[str, Release]
    ) -> Poll:
        """Fetch some of the months that are new or changed, the newest first."""
        read = {period: mark for period, mark in known.notes.items() if period in releases}
        pending = [period for period in releases if read.get(period) != releases[period].mark]
        batch = pending[::-1][: self._config.months_per_poll]
        rows, visits = await self._months(batch, known)
        points, note = add_up(rows.parts, self._config.hs, self._config.id, listed.host)
        read |= {period: releases[period].mark for period in rows.periods}
        left = len(pending) - len(rows.periods)
        visit = visit.model_copy(update={"validators": Validators()}) if left else visit
        note = self._note(releases, rows, (note, rows.refusal), left)
        latest = max(releases, default="")
        answered = Answered(
            [self._dated(point, releases, known) for point in points],
            {**visits, "releases": visit},
            listed.host,
            max(listed.max_age, rows.wait),
            url=self._page,
            note=note,
            budget_left=listed.budget_left if rows.budget_left is None else rows.budget_left,
            complete=not left,
            latest={self._config.id: latest} if latest else {},
            unseen=self._unseen(releases),
            notes=read | ({"latest": latest} if latest else {}),
        )
        return tell(answered, known, self._config, self._now())

    async def _months(self, batch: Sequence[str], known: FiguresCursor) -> tuple[Rows, dict[str, Visit]]:
        """What is listed of these months; those after a refusal are left for a later poll."""
        size = MONTHS_PER_CALL if self._key else 1
        visit, rows = known.visits.get("months"), Rows()
        ends_at = monotonic() + _LONGEST_POLL.total_seconds()
        for start in range(0, len(batch), size):
            if monotonic() > ends_at:
                break
            periods = batch[start : start + size]
            try:
                fetched, visit = await revisit(self._http, self._trade(periods), visit)
            except FetchError as error:
                if error.trouble != "blocked" or not rows.periods:
                    raise
                rows = replace(rows, refusal=str(error), wait=error.retry_after or timedelta(0))
                break
            # what is asked next is another question, to which these validators say nothing
            visit = visit.model_copy(update={"validators": Validators()})
            rows = rows.with_more(periods, self._read(fetched, periods), fetched.budget_left)
        return rows, {"months": visit} if visit else {}

    def _read(self, fetched: Fetched, periods: Sequence[str]) -> Rows:
        limit = None if self._key else PREVIEW_ROWS
        rows = read_rows(fetched.json(), fetched.host, self._config.measure, limit)
        asked = {
            "reporterCode": {self._reporter},
            "partnerCode": {self._partner},
            "flowCode": {FLOWS[self._config.flow]},
            "cmdCode": set(self._config.hs),
            "period": {period.replace("-", "") for period in periods},
        }
        for row in rows:
            for field, wanted in asked.items():
                if row.stated(field) not in wanted:
                    raise SourceError(
                        f"{fetched.host} lists a {field} of {row.stated(field)!r}, not asked for"
                    )
        return Rows(tuple(row.part(self._config.measure) for row in rows))

    def _dated(self, point: Point, releases: Mapping[str, Release], known: FiguresCursor) -> Point:
        """History is as old as its first release; what is new or revised later, as its last one."""
        release = releases[point.period]
        is_revision = point.period in known.told.get(point.series, {})
        is_news = is_revision or known.knows(point.series)
        released_at = release.last_at if is_news else release.first_at
        return replace(point, released_at=released_at)

    def _note(self, releases: Mapping[str, Release], rows: Rows, notes: Sequence[str], left: int) -> str:
        said = [note for note in notes if note]
        empty = sorted(set(rows.periods) - {part.period for part in rows.parts})
        if empty:
            said.insert(0, f"lists none of this trade in {period_words(empty[-1])}")
        if left:
            said.append(f"{left} months still to fetch" if left > 1 else "1 month still to fetch")
        return "; ".join(said)

    def _unseen(self, releases: Mapping[str, Release]) -> tuple[str, ...]:
        """A reporter that releases nothing for years cannot be watched; one month's trade may be lacking."""
        is_blind = not releases and is_long_enough(self._config.since, self._now())
        return (f"no releases are listed of the reporter {self._config.reporter}",) if is_blind else ()

    def _releases(self) -> Fetch:
        return Fetch(
            f"{self._base}/public/v1/getDa/C/M/HS",
            params=[("reporterCode", self._reporter)],
            accept="application/json",
            budget=self._budget,
        )

    def _trade(self, periods: Sequence[str]) -> Fetch:
        """The question for some months; the last three parameters keep rows apart that would be summed."""
        config = self._config
        path = "/data/v1/get/C/M/HS" if self._key else "/public/v1/preview/C/M/HS"
        return Fetch(
            self._base + path,
            params=[
                ("reporterCode", self._reporter),
                ("partnerCode", self._partner),
                ("period", ",".join(sorted(period.replace("-", "") for period in periods))),
                ("flowCode", FLOWS[config.flow]),
                ("cmdCode", ",".join(config.hs)),
                ("partner2Code", "0"),
                ("motCode", "0"),
                ("customsCode", "C00"),
            ],
            headers={"Ocp-Apim-Subscription-Key": self._key} if self._key else {},
            key_setting=KEY_SETTING if self._key else "",
            accept="application/json",
            budget=self._budget,
        )

    @property
    def _budget(self) -> Budget:
        config = self._config
        return Budget(
            name=f"comtrade:{digest(self._key)[:8] if self._key else 'keyless'}",
            limits=(
                CallLimit(calls=config.calls_per_day, within=timedelta(days=1)),
                CallLimit(calls=config.calls_per_minute, within=timedelta(minutes=1)),
            ),
            patience=_PATIENCE,
        )

    @property
    def _page(self) -> str:
        """Where people find the figures."""
        codes, flow = ",".join(self._config.hs), FLOWS[self._config.flow]
        return (
            f"https://comtradeplus.un.org/TradeFlow?Frequency=M&Flows={flow}&CommodityCodes={codes}"
            f"&Partners={self._partner}&Reporters={self._reporter}&period=recent&AggregateBy=none"
            "&BreakdownMode=plus"
        )
