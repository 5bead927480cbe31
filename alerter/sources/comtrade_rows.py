"""Comtrade's answers: lists of releases and rows of trade. Pure; made from its API v1 as it answers.

Every answer is `{"count", "data": [...], "error"}`: a failure may come under 200 with a text in `error`, and
an empty list means that nothing is published.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from alerter.core.clean import clean_line
from alerter.core.model import digest
from alerter.sources.base import SourceError
from alerter.sources.trade import Part

Measure = Literal["net_weight", "value", "quantity"]
_ANNUAL = 52
"""The `refMonth` of annual figures."""
_FIELDS: Mapping[Measure, str] = {"net_weight": "netWgt", "value": "primaryValue", "quantity": "qty"}
_NO_QUANTITY = frozenset({-1, 1})
_UNITS = {
    2: "m²",
    3: "1000 kWh",
    4: "m",
    5: "pieces",
    6: "pairs",
    7: "l",
    8: "kg",
    9: "1000 pieces",
    10: "packs",
    11: "dozens",
    12: "m³",
    13: "carat",
}
"""The World Customs Organization's standard units, by Comtrade's numbers."""
Model = TypeVar("Model", bound=BaseModel)
_MONTH = re.compile(r"[0-9]{4}(0[1-9]|1[0-2])")


class _Stated(BaseModel):
    """Rows carry some fifty fields; those that are needed are checked, the others are let be."""

    model_config = ConfigDict(extra="ignore", frozen=True, coerce_numbers_to_str=True)


class Row(_Stated):
    """One row of trade."""

    period: str
    reporterCode: str  # noqa: N815  the publisher's names
    partnerCode: str  # noqa: N815
    flowCode: str  # noqa: N815
    cmdCode: str  # noqa: N815
    refMonth: int | None = None  # noqa: N815
    partner2Code: str = "0"  # noqa: N815
    motCode: str = "0"  # noqa: N815
    customsCode: str = "C00"  # noqa: N815
    qty: float | None = None
    qtyUnitCode: int | None = None  # noqa: N815
    qtyUnitAbbr: str | None = None  # noqa: N815
    isQtyEstimated: bool | None = None  # noqa: N815
    netWgt: float | None = None  # noqa: N815
    isNetWgtEstimated: bool | None = None  # noqa: N815
    primaryValue: float | None = None  # noqa: N815

    def stated(self, field: str) -> str:
        """A code as the row states it."""
        return str(getattr(self, field))

    @property
    def is_monthly_total(self) -> bool:
        """Is it the figure of a month, over all second partners, means of transport and procedures?"""
        if self.refMonth == _ANNUAL or not _MONTH.fullmatch(self.period):
            return False
        return (self.partner2Code, self.motCode, self.customsCode) == ("0", "0", "C00")

    def part(self, measure: Measure) -> Part:
        """The row's figure."""
        value, unit, estimated = self.primaryValue, "USD", False
        if measure == "net_weight":
            value, unit, estimated = self.netWgt, "kg", bool(self.isNetWgtEstimated)
        if measure == "quantity":
            value, unit, estimated = self._quantity()
        if value == 0 and self.primaryValue:
            value = None  # what was sold for something weighs something: it was not reported
        return Part(self.cmdCode, _dashed(self.period), value, unit, is_estimated=estimated)

    def _quantity(self) -> tuple[float | None, str, bool]:
        if self.qtyUnitCode in _NO_QUANTITY:
            return None, "", False
        unit = self.qtyUnitAbbr or _UNITS.get(self.qtyUnitCode or 0) or f"unit {self.qtyUnitCode}"
        return self.qty, unit, bool(self.isQtyEstimated)


@dataclass(frozen=True, slots=True)
class Rows:
    """What was listed of the months that were asked for."""

    parts: tuple[Part, ...] = ()
    periods: tuple[str, ...] = ()
    """The months that were answered, whether or not they list anything."""
    budget_left: int | None = None
    refusal: str = ""
    """Why no more months were asked for."""
    wait: timedelta = timedelta(0)

    def with_more(self, periods: Sequence[str], more: "Rows", budget_left: int | None) -> "Rows":
        """These and the answer for some more months."""
        return replace(
            self,
            parts=self.parts + more.parts,
            periods=(*self.periods, *periods),
            budget_left=budget_left,
        )


class _ReleaseRow(_Stated):
    period: str
    reporterCode: str  # noqa: N815
    datasetChecksum: str  # noqa: N815
    firstReleased: str | None = None  # noqa: N815
    lastReleased: str | None = None  # noqa: N815


@dataclass(frozen=True, slots=True)
class Release:
    """A month that a reporter has released."""

    mark: str
    """Changes with the content."""
    first_at: datetime | None
    last_at: datetime | None


class _Envelope(_Stated):
    data: list[Any] | None  # its rows are checked one by one: a fault in each of them fills the memory
    count: int | None = None
    error: str | None = None


def read_releases(document: object, host: str, reporter: str) -> dict[str, Release]:
    """Month (`2025-05`) → its release. Raises SourceError."""
    months: dict[str, list[_ReleaseRow]] = {}
    for stated in _listed(document, host):
        row = _checked(_ReleaseRow, stated, host)
        if row.reporterCode == reporter and _MONTH.fullmatch(row.period):
            months.setdefault(_dashed(row.period), []).append(row)
    return {month: _release(rows) for month, rows in months.items()}


def _release(rows: Sequence[_ReleaseRow]) -> Release:
    """A month may stand there in several classifications: it has changed where one of them has."""
    first = [at for row in rows if (at := _instant(row.firstReleased or row.lastReleased))]
    last = [at for row in rows if (at := _instant(row.lastReleased or row.firstReleased))]
    return Release(
        mark=digest(*sorted(row.datasetChecksum for row in rows)),
        first_at=min(first, default=None),
        last_at=max(last, default=None),
    )


def read_rows(document: object, host: str, measure: Measure, limit: int | None) -> list[Row]:
    """The monthly rows. Raises SourceError where there may be more than `limit`, or another shape."""
    listed = _listed(document, host)
    if limit is not None and len(listed) >= limit:
        raise SourceError(f"{host} lists {len(listed)} rows, as many as it gives out: ask for fewer codes")
    field = _FIELDS[measure]
    for stated in listed:
        if field not in stated:
            raise SourceError(f"{host} lists rows without {field}")
    return [row for stated in listed if (row := _checked(Row, stated, host)).is_monthly_total]


def _listed(document: object, host: str) -> list[dict[str, Any]]:
    envelope = _checked(_Envelope, document, host)
    if envelope.error:
        raise SourceError(f"{host} says: {clean_line(envelope.error)[:200]}")
    if envelope.data is None:
        raise SourceError(f"{host} answered without a list of rows")
    if envelope.count is not None and envelope.count > len(envelope.data):
        raise SourceError(f"{host} counts {envelope.count} rows and lists {len(envelope.data)}")
    odd = next((place for place, row in enumerate(envelope.data) if not isinstance(row, dict)), None)
    if odd is not None:
        raise SourceError(f"{host} answered in another shape: data.{odd}: Input should be a valid dictionary")
    return envelope.data


def _checked(model: type[Model], stated: object, host: str) -> Model:
    try:
        return model.model_validate(stated)
    except ValidationError as error:
        fault = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(str(part) for part in fault["loc"]) or "the answer"
        raise SourceError(f"{host} answered in another shape: {place}: {fault['msg']}") from error


def _dashed(period: str) -> str:
    return f"{period[:4]}-{period[4:]}"


def _instant(text: str | None) -> datetime | None:
    """Comtrade's times name no zone; they are taken for UTC."""
    try:
        instant = datetime.fromisoformat((text or "").strip())
    except ValueError:
        return None
    return instant.replace(tzinfo=UTC) if instant.tzinfo is None else instant
