"""The US Census Bureau's trade statistics: monthly imports or exports by commodity and country.

A poll asks for the whole span of months of each code, conditionally. The Bureau answers an array of arrays of
texts, the first of which names the columns; 204 where it has nothing; and redirects to a page in words where
it wants another key, so that redirects are not followed.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated, ClassVar, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator

from alerter.core.periods import parse_period
from alerter.core.quantities import Duration
from alerter.sources.base import Poll, Source, SourceContext, SourceError, WebAddress
from alerter.sources.formats.bodies import page_title
from alerter.sources.http import Fetch, Fetched, FetchError, Visit, revisit
from alerter.sources.points import Answered, FiguresConfig, FiguresCursor, recall_figures, tell
from alerter.sources.trade import (
    Code,
    Codes,
    Month,
    Part,
    add_up,
    country_code,
    country_table,
    first_month,
    is_long_enough,
)

COUNTRIES = "census_countries"
KEY_SETTING = "ALERTER_KEYS__CENSUS"
_NO_UNIT = frozenset({"", "-", "X", "NO UNIT"})
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_PAGE = "https://usatrade.census.gov/"


@dataclass(frozen=True, slots=True)
class _Table:
    """How the Bureau names things in one direction of trade."""

    path: str
    commodity: str
    value: str
    quantity: str


_TABLES = {
    "import": _Table("imports", "I_COMMODITY", "GEN_VAL_MO", "GEN_QY1_MO"),
    "export": _Table("exports", "E_COMMODITY", "ALL_VAL_MO", "QTY_1_MO"),
}


def _check_country(text: str) -> str:
    country_code(COUNTRIES, text)
    return text


def _check_levels(codes: tuple[Code, ...]) -> tuple[Code, ...]:
    for code in codes:
        if len(code) not in {2, 4, 6, 10} or code == "TOTAL":
            raise ValueError(f"{code} is no code of 2, 4, 6 or 10 digits")
    return codes


class CensusConfig(FiguresConfig):
    """Monthly imports or exports of the United States, from the Census Bureau.

    The series has the source's id. Needs a key: ALERTER_KEYS__CENSUS.
    """

    service: ClassVar[str] = "census"
    example: ClassVar[str] = (
        "{id: us-magnets-cn, type: census, flow: import, hs: ['8505110010', '8505110030'], country: CN, "
        "measure: value}"
    )
    limits: ClassVar[str] = (
        "A key is mandatory. Figures come five to six weeks after a month's end; those of past years are "
        "revised with April's."
    )

    type: Literal["census"]
    every: Duration = timedelta(hours=6)
    """How often it is asked for new figures, which come once a month."""
    expected_within: Duration | None = timedelta(days=45)
    """A month that has not come this long after its end is overdue."""
    flow: Literal["import", "export"]
    """Seen from the United States."""
    hs: Annotated[Codes, AfterValidator(_check_levels)]
    """Codes of 2, 4, 6 or 10 digits; the figure is their sum, and each costs a call."""
    country: Annotated[str, BeforeValidator(str), AfterValidator(_check_country)] = "world"
    """The other country: ISO code, the Bureau's own number, or `world` for all together."""
    measure: Literal["value", "quantity"] = "value"
    """Value in USD (general imports, total exports), or the first quantity in its own unit."""
    since: Month | None = None
    """The first month of history; three years back, unless it is set."""
    base_url: WebAddress = "https://api.census.gov"
    """Where its interface is."""

    def declared_series(self) -> tuple[str, ...]:
        """The one series."""
        return (self.id,)

    def missing(self, keys: Mapping[str, str]) -> str:
        """Without a key the Bureau answers nothing."""
        return "" if keys.get(self.service) else f"{KEY_SETTING} is not set"

    def build(self, context: SourceContext) -> Source:
        """The source, ready to poll."""
        return Census(self, context)


class Census:
    """Polls the tables of each code."""

    def __init__(self, config: CensusConfig, context: SourceContext) -> None:
        self._config = config
        self._http = context.http
        self._now = context.now
        self._key = context.keys.get(config.service, "")
        self._table = _TABLES[config.flow]
        self._country = country_code(COUNTRIES, config.country)
        path = f"/data/timeseries/intltrade/{self._table.path}/hs"
        self._url = config.base_url.rstrip("/") + path

    async def poll(self, cursor: str | None) -> Poll:
        """The figures that are new or revised, oldest first. Raises SourceError."""
        config = self._config
        if not self._key:
            raise SourceError(f"{KEY_SETTING} is not set", trouble="unconfigured")
        about = (self._url, self._country, config.measure, config.since or "")
        known = recall_figures(cursor, *about, *config.hs)
        visits, answers = await self._ask(known)
        if known.visits and not _news(known, answers):
            return tell(Answered(None, visits, self._host), known, config, self._now())
        parts = [part for code, answer in answers.items() for part in self._parts(code, answer)]
        points, note = add_up(parts, config.hs, config.id, self._host)
        note = note or ("" if points else "lists none of this trade")
        unseen = self._unseen({part.code for part in parts})
        max_age = min((answer.max_age for answer in answers.values() if answer), default=timedelta(0))
        answered = Answered(points, visits, self._host, max_age, url=_PAGE, note=note, unseen=unseen)
        return tell(answered, known, config, self._now())

    def _unseen(self, listed: Collection[str]) -> tuple[str, ...]:
        """What lists nothing though it should: a country may lack a trade, the world and a code do not."""
        config, now = self._config, self._now()
        if not is_long_enough(config.since, now):
            return ()
        if config.country == "world":
            return tuple(f"nothing is listed of {code}" for code in config.hs if code not in listed)
        is_known = self._country in country_table(COUNTRIES).values()
        return () if listed or is_known else (f"nothing is listed of the country {self._country}",)

    @property
    def _host(self) -> str:
        """Who answers, for messages."""
        return urlsplit(self._url).hostname or self._url

    async def _ask(self, known: FiguresCursor) -> tuple[dict[str, Visit], dict[str, Fetched | None]]:
        """The answer for each code (None = 204), and the visits after it.

        A sum needs every code: where one has changed, those that have not are asked for again.
        """
        visits, answers = dict(known.visits), dict[str, Fetched | None]()
        for code in self._config.hs:
            answers[code] = await self._ask_for(code, visits)
        unchanged = [code for code, answer in answers.items() if answer and answer.not_modified]
        for code in unchanged if _news(known, answers) else ():
            visits.pop(code)
            answers[code] = await self._ask_for(code, visits)
        return visits, answers

    async def _ask_for(self, code: str, visits: dict[str, Visit]) -> Fetched | None:
        try:
            answer, visits[code] = await revisit(self._http, self._request(code), visits.get(code))
        except FetchError as error:
            if error.status == 204:
                visits.pop(code, None)
                return None
            if error.status in _REDIRECTS:
                raise SourceError(
                    f"{error}: it refuses the key that is set by {KEY_SETTING}", trouble="blocked"
                ) from error
            raise
        if "key" in (page_title(answer.body) or "").lower():
            raise SourceError(
                f"{answer.host} refuses the key that is set by {KEY_SETTING}", trouble="blocked"
            )
        return answer

    def _request(self, code: str) -> Fetch:
        table = self._table
        return Fetch(
            self._url,
            params=[
                ("get", f"{table.value},{table.quantity},UNIT_QY1"),
                (table.commodity, code),
                ("COMM_LVL", f"HS{len(code)}"),
                ("CTY_CODE", self._country),
                ("time", f"from {first_month(self._config.since, self._now())}"),
            ],
            secrets=[("key", self._key)],
            key_setting=KEY_SETTING,
            redirects=False,
            accept="application/json",
        )

    def _parts(self, code: str, answer: Fetched | None) -> Iterator[Part]:
        if answer is None:
            return
        rows = _rows(answer)
        wanted = {self._table.commodity: code, "CTY_CODE": self._country}
        for row in rows:
            for name, asked in wanted.items():
                if row.get(name, asked) != asked:
                    raise SourceError(
                        f"{answer.host} lists a {name} of {row[name]!r}, which was not asked for"
                    )
            yield self._part(code, row, answer.host)

    def _part(self, code: str, row: Mapping[str, str | None], host: str) -> Part:
        period = _stated(row, "time", host) or ""
        month = parse_period(period)
        if month is None or month.months != 1:
            raise SourceError(f"{host} lists {period!r} where a month should be")
        if self._config.measure == "value":
            return Part(code, period, _number(_stated(row, self._table.value, host), host), "USD")
        unit = (_stated(row, "UNIT_QY1", host) or "").strip().upper()
        if unit in _NO_UNIT:
            return Part(code, period, None, None)
        return Part(code, period, _number(_stated(row, self._table.quantity, host), host), unit.lower())


def _news(known: FiguresCursor, answers: Mapping[str, Fetched | None]) -> list[str]:
    """The codes whose rows are not those of the last poll."""
    return [
        code
        for code, answer in answers.items()
        if (code in known.visits if answer is None else not answer.not_modified)
    ]


def _rows(answer: Fetched) -> list[dict[str, str | None]]:
    """The rows by the names in the first one. Raises SourceError."""
    table = answer.json()
    if not isinstance(table, list) or not table or not all(_is_row(row) for row in table):
        raise SourceError(f"{answer.host} answered in another shape: no rows of texts")
    header = table[0]
    if None in header or any(len(row) != len(header) for row in table):
        raise SourceError(f"{answer.host} lists rows that do not fit their header")
    return [dict(zip(header, row, strict=True)) for row in table[1:]]


def _is_row(row: object) -> bool:
    """Is it a list of texts, some of which may be null?"""
    return isinstance(row, list) and all(cell is None or isinstance(cell, str) for cell in row)


def _stated(row: Mapping[str, str | None], name: str, host: str) -> str | None:
    if name not in row:
        raise SourceError(f"{host} lists no column {name}")
    return row[name]


def _number(text: str | None, host: str) -> float | None:
    """A figure; None where there is none. Raises SourceError for what is neither."""
    stripped = (text or "").strip()
    if stripped in _NO_UNIT:
        return None
    try:
        return float(stripped)
    except ValueError as error:
        raise SourceError(f"{host} lists {stripped[:40]!r} where a number should be") from error
