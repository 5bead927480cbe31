"""What the kinds of trade statistics share: commodity codes, country codes, months, and sums over codes.

A series is one figure a month: the sum over the codes that are asked for. A code that has a row without a
figure leaves the month without one; a code that has no row where others have one was not traded.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import cache
from importlib import resources
from typing import Annotated

import yaml
from pydantic import AfterValidator, Field

from alerter.core.model import Shape
from alerter.core.periods import Period, period_text, period_words
from alerter.sources.base import SourceError
from alerter.sources.formats.figures import Point

HISTORY = 36
"""Months of history asked for unless a first month is set: a year to judge, and two to know what is usual."""

PUBLISHED = 12
"""Months after which every publisher has published a month."""

Month = Annotated[str, Shape(r"^(19|20)[0-9]{2}-(0[1-9]|1[0-2])$", "a month like 2024-01")]
"""A month as `2025-05`."""


def check_codes(codes: tuple[str, ...]) -> tuple[str, ...]:
    """The codes as they are. Raises ValueError where one is within another: the sum would count it twice."""
    for at, code in enumerate(codes):
        for other in codes[:at] + codes[at + 1 :]:
            if other.startswith(code) or code == "TOTAL":
                raise ValueError(f"{other} is within {code}: their sum would count it twice")
    return codes


Code = Annotated[str, Shape(r"^([0-9]{2,10}|TOTAL)$", "digits alone, two to ten, like 850511, or TOTAL")]
Codes = Annotated[tuple[Code, ...], Field(min_length=1, max_length=20), AfterValidator(check_codes)]
"""Codes of the Harmonised System, none within another."""


@cache
def country_table(name: str) -> Mapping[str, str]:
    """ISO 3166-1 code → the publisher's own code, from a table that is shipped beside this module."""
    text = resources.files(__package__).joinpath(f"{name}.yaml").read_text(encoding="utf-8")
    return {country: str(code) for country, code in yaml.safe_load(text).items()}


def country_code(table: str, text: str) -> str:
    """The publisher's code of a country, or of what is such a code already. Raises ValueError."""
    known = country_table(table)
    found = known.get(text.upper())
    if found is not None:
        return found
    if text in known.values() or (text.isascii() and text.isdigit()):
        return text
    raise ValueError(f"{text!r} is no country with a code of its own here; give its number instead")


def first_month(since: str | None, now: datetime) -> str:
    """The month that history begins with."""
    return since or period_text(Period(now.year * 12 + now.month - 1 - HISTORY))


def is_long_enough(since: str | None, now: datetime) -> bool:
    """Is so much history asked for that, where it lists nothing, more than the latest months is lacking?"""
    return first_month(since, now) <= period_text(Period(now.year * 12 + now.month - 1 - PUBLISHED))


@dataclass(frozen=True, slots=True)
class Part:
    """What a publisher states of one code in one month."""

    code: str
    period: str
    value: float | None
    """None where there is a row without a figure."""
    unit: str | None
    is_estimated: bool = False


def add_up(parts: Iterable[Part], codes: Sequence[str], series: str, host: str) -> tuple[list[Point], str]:
    """A point for each month whose figures are all there, and a note on those that are not.

    Raises SourceError where a code has several rows in a month, or codes come in different units.
    """
    months: dict[str, dict[str, Part]] = {}
    for part in parts:
        month = months.setdefault(part.period, {})
        if part.code in month:
            raise SourceError(
                f"{host} gives several rows for {part.code} in {period_words(part.period)}, so that "
                "nobody can say which of them is the figure"
            )
        month[part.code] = part
    points = []
    for period, month in sorted(months.items()):
        _check_units(period, month, host)
        total = _total(month.values())
        if total is not None:
            unit = next(iter(month.values())).unit
            points.append(Point(series, period, total, unit=unit, remark=_remark(month, codes)))
    return points, _lacking(sorted(months.keys() - {point.period for point in points}))


def _check_units(period: str, month: Mapping[str, Part], host: str) -> None:
    units = sorted({part.unit or "no unit" for part in month.values() if part.value is not None})
    if len(units) > 1:
        raise SourceError(
            f"{host} gives {', '.join(sorted(month))} in {' and '.join(units)} in {period_words(period)}: "
            "they cannot be added up"
        )


def _total(parts: Iterable[Part]) -> float | None:
    """The sum as of the decimals that were written, without binary remainders; None where one lacks."""
    total = Decimal(0)
    for part in parts:
        if part.value is None:
            return None
        total += Decimal(str(part.value))
    return float(total)


def _remark(month: Mapping[str, Part], codes: Sequence[str]) -> str:
    estimated = [code for code in codes if code in month and month[code].is_estimated]
    absent = [code for code in codes if code not in month]
    said = [f"Estimated by the publisher: {', '.join(estimated)}."] if estimated else []
    said += [f"Nothing is listed of {', '.join(absent)}."] if absent else []
    return " ".join(said)


def _lacking(periods: Sequence[str]) -> str:
    if not periods:
        return ""
    latest = period_words(periods[-1])
    if len(periods) == 1:
        return f"lists {latest} without a figure"
    return f"lists {len(periods)} months without a figure, the last of them {latest}"
