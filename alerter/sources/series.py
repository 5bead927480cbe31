"""Any series that somebody publishes as CSV or JSON, by the address of the file and the names of its columns.

The file is fetched conditionally and read whole at each poll; what was told before is not told again, and a
figure that has changed is told as revised.
"""

import asyncio
from collections.abc import Iterable, Mapping
from datetime import timedelta
from decimal import Decimal
from pathlib import PurePosixPath
from typing import Annotated, ClassVar, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, SecretStr, StringConstraints, model_validator

from alerter.core.model import Name, Shape
from alerter.core.quantities import Duration
from alerter.sources.base import Poll, Source, SourceContext, SourceError, WebAddress
from alerter.sources.formats.bodies import page_title
from alerter.sources.formats.cells import Length, Written, period_reader
from alerter.sources.formats.rows import (
    MISSING,
    Csv,
    Layout,
    Read,
    Row,
    UnreadableTable,
    check_expression,
    csv_rows,
    json_rows,
    read_points,
)
from alerter.sources.http import Fetch, Fetched, HttpClient, revisit
from alerter.sources.points import Answered, FiguresConfig, recall_figures, tell

Format = Literal["csv", "json"]
_ACCEPT = "text/csv, application/json;q=0.9, text/plain;q=0.5, */*;q=0.1"
_NEWEST = 2_000


def _check_format(written: str) -> str:
    period_reader(written)
    return written


Column = Annotated[str, StringConstraints(min_length=1, max_length=200)]
Expression = Annotated[str, AfterValidator(check_expression)]
PeriodFormat = Annotated[str, AfterValidator(_check_format)]
Delimiter = Annotated[
    str,
    StringConstraints(min_length=1, max_length=1),
    Shape(r'^[^"\r\n]$', 'one character, no " and no end of line'),
]
Encoding = Literal["utf-8", "utf-16", "latin-1", "windows-1252", "gb18030", "shift_jis", "euc-kr"]


class SeriesConfig(FiguresConfig):
    """Any CSV or JSON on the web that lists periods and values."""

    example: ClassVar[str] = (
        "{id: cn-exports, type: series, "
        'url: "https://fred.stlouisfed.org/graph/fredgraph.csv?id=XTEXVA01CNM667S", '
        "period_column: observation_date, value_column: XTEXVA01CNM667S, period: month, every: 12h}"
    )
    limits: ClassVar[str] = (
        "Those of whoever publishes the file. It is fetched conditionally, and whole: ask no faster than it "
        "is published."
    )

    type: Literal["series"]
    url: WebAddress
    """The file's address."""
    headers: dict[str, SecretStr] = {}
    """Sent along, to the origin of `url` only: `{X-Api-Key: "${KEY}"}`. Shown nowhere."""
    params: dict[str, SecretStr] = {}
    """Parameters that hold keys, such as `{api_key: "${KEY}"}`. Sent to the origin only, shown nowhere."""
    format: Format | None = None
    """Unless it is set, what the answer's content type says, else its address, else its first character."""
    rows: Expression | None = None
    """JSON: a JMESPath expression that finds the rows, as `data.rows`; without one the document is the rows.
    Of an object each entry is a row with the columns `key` and `value`."""
    period_column: Column
    """The column of periods. In JSON this and the other columns are keys of the row, or JMESPath expressions
    on it, as `[0]` or `attributes.date`."""
    value_column: Column | None = None
    """The column of values, unless `series` names several."""
    series_column: Column | None = None
    """The column that says which series a row belongs to."""
    series: dict[Column, Name] = {}
    """Which text in `series_column` is which series, and no others are read; without a `series_column`, which
    column of values is which series. Left out, there is one series, named as the source."""
    where: dict[Column, str] = {}
    """Only rows that hold these texts in these columns."""
    period_format: PeriodFormat | None = None
    """As `%b %Y`, `%Y%m`, `%YQ%q`, `%d.%m.%Y`, `epoch` or `epoch_ms`. Left out, any of the usual ways is
    understood: `2025-05`, `2025-05-31`, `2025-Q2`, `2025M05`, `May 2025`, `Jan-Feb 2025`, `2025`."""
    period: Length | None = None
    """What a period stands for: a date may stand for its month, quarter or year."""
    unit: str | None = Field(default=None, max_length=60)
    """What the figures count, after scaling: `t`, `USD`."""
    scale: Decimal = Field(default=Decimal(1), gt=0, allow_inf_nan=False)
    """What values are multiplied by: 1000, where the publisher counts in thousands."""
    delimiter: Delimiter = ","
    """CSV: what stands between columns."""
    decimal: Written = "point"
    """What stands before the decimals; marks between thousands are understood."""
    skip_lines: int = Field(default=0, ge=0, le=1000)
    """CSV: lines above the line of column names."""
    header: bool = True
    """CSV: is there a line of column names? Without one they are called `1`, `2`, `3`."""
    encoding: Encoding = "utf-8"
    """CSV: how it is written; JSON is always UTF-8."""
    missing_values: tuple[str, ...] = MISSING
    """What stands where a figure is not published: never a zero. Letter case does not matter."""
    duplicates: Literal["refuse", "last"] = "refuse"
    """Where a period is given twice with different values: refuse the file, or take what stands last."""
    newest: int = Field(default=600, ge=1, le=_NEWEST)
    """Of each series so many of its newest periods are read."""
    every: Duration = timedelta(hours=6)

    @model_validator(mode="after")
    def _names_its_values(self) -> "SeriesConfig":
        if self.series_column is not None and not (self.series and self.value_column):
            raise ValueError("`series_column` goes with `value_column` and `series`")
        if self.series_column is None and (self.value_column is None) == (not self.series):
            raise ValueError("needs either `value_column`, or `series` with columns of values")
        return self

    def declared_series(self) -> tuple[str, ...]:
        """The series named, or one with the source's own id."""
        return tuple(dict.fromkeys(self.series.values())) or (self.id,)

    def build(self, context: SourceContext) -> Source:
        """The file, ready to poll."""
        return PublishedSeries(self, context)

    @property
    def layout(self) -> Layout:
        """Where the figures stand in the file."""
        value = {self.value_column: self.id} if self.value_column else {}
        return Layout(
            period=self.period_column,
            values=value or self.series,
            series=self.series_column,
            names=self.series if self.series_column else {},
            where=self.where,
            period_format=self.period_format,
            length=self.period,
            written=self.decimal,
            missing=frozenset(token.casefold() for token in self.missing_values),
            scale=self.scale,
            unit=self.unit,
            newest=self.newest,
            duplicates=self.duplicates,
        )

    @property
    def scope(self) -> str:
        """Names what the figures are; with another layout they are others, and their history begins anew."""
        apart = {"every", "slowest", "max_age", "labels", "title", "expected_within", "headers", "params"}
        return self.model_dump_json(exclude=apart)


class PublishedSeries:
    """Polls one file."""

    def __init__(self, config: SeriesConfig, context: SourceContext) -> None:
        self._config = config
        self._http: HttpClient = context.http
        self._now = context.now

    async def poll(self, cursor: str | None) -> Poll:
        """Figures that are new or revised, oldest period first. Raises SourceError."""
        known = recall_figures(cursor, self._config.scope)
        fetched, visit = await revisit(self._http, self._request(), known.visits.get("file"))
        read = None if fetched.not_modified else await self._read(fetched)
        answered = Answered(
            read.points if read else None,
            {"file": visit},
            fetched.host,
            fetched.max_age,
            note=read.note if read else "",
            unseen=read.unseen if read else (),
            lists_all=True,
            keep=self._config.newest,  # all that is read, so that each figure's revisions are noticed
        )
        return tell(answered, known, self._config, self._now())

    async def _read(self, fetched: Fetched) -> Read:
        try:
            return await asyncio.to_thread(_read, fetched, self._config)
        except UnreadableTable as error:
            raise SourceError(f"{fetched.host} {error}") from error

    def _request(self) -> Fetch:
        config = self._config
        return Fetch(
            config.url,
            headers=_shown(config.headers),
            secrets=[*_shown(config.params).items()],
            accept=_ACCEPT,
        )


def _read(fetched: Fetched, config: SeriesConfig) -> Read:
    """All the work that may take long, in one go for a worker thread."""
    layout = config.layout
    return read_points(_rows(fetched, config, layout), layout)


def _rows(fetched: Fetched, config: SeriesConfig, layout: Layout) -> Iterable[Row]:
    if (config.format or _format_of(fetched)) == "json":
        return json_rows(fetched.json(), config.rows)
    title = page_title(fetched.body)
    if title is not None:
        raise UnreadableTable(f"answered with a web page{title} instead of CSV")
    written = Csv(layout.columns, config.encoding, config.delimiter, config.skip_lines, config.header)
    return csv_rows(fetched.body, written)


def _format_of(fetched: Fetched) -> Format:
    named = fetched.headers.get("Content-Type", "").partition(";")[0].lower()
    ending = PurePosixPath(urlsplit(fetched.url).path).suffix.lower()
    for said in (named, ending):
        if "json" in said:
            return "json"
        if "csv" in said or "tab-separated" in said:
            return "csv"
    return "json" if fetched.body.lstrip()[:1] in {b"{", b"["} else "csv"


def _shown(secrets: Mapping[str, SecretStr]) -> dict[str, str]:
    return {name: secret.get_secret_value() for name, secret in secrets.items()}
