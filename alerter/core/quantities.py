"""Durations, percentages and time zones as people write them in a configuration."""

import math
import re
import zoneinfo
from datetime import timedelta
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, PlainSerializer

_DURATION = re.compile(r"(\d+(?:\.\d+)?)(ms|s|m|h|d|w)")
_UNITS = {"ms": 0.001, "s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}
LONGEST = timedelta(days=36_525)
"""A hundred years: no wait is longer, and any date and such a duration still make a date."""
_PERCENT = re.compile(r"([+-]?\d+(?:\.\d+)?)\s*%?")


def parse_duration(text: object) -> object:
    """`30s`, `10m`, `24h`, `7d`, `1h30m` as a timedelta. Raises ValueError."""
    if not isinstance(text, str):
        return text
    parts = _DURATION.findall(text.strip())
    if not parts or "".join(number + unit for number, unit in parts) != text.strip():
        raise ValueError(f"not a duration: {text!r}; write it like 30s, 10m, 24h or 7d")
    seconds = sum(float(number) * _UNITS[unit] for number, unit in parts)
    if seconds > LONGEST.total_seconds():
        raise ValueError(f"a duration of more than a hundred years: {text!r}")
    return timedelta(seconds=seconds)


def format_duration(duration: timedelta) -> str:
    """The text that `parse_duration` reads as this duration (≥ 0), to the millisecond: `1h30m`."""
    rest = round(duration.total_seconds() * 1000)
    out = ""
    for unit in ("d", "h", "m", "s", "ms"):
        count, rest = divmod(rest, round(_UNITS[unit] * 1000))
        out += f"{count}{unit}" if count else ""
    return out or "0s"


def parse_percent(text: object) -> object:
    """`-20%` or `-20` as -20.0. Raises ValueError."""
    if not isinstance(text, str):
        return text
    found = _PERCENT.fullmatch(text.strip().replace("−", "-"))
    if not found or not math.isfinite(float(found[1])):
        raise ValueError(f"not a percentage: {text!r}; write it like -20% or -20")
    return float(found[1])


def check_timezone(name: str) -> str:
    """A time zone that this machine knows. Raises ValueError."""
    try:
        zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError(f"unknown time zone {name!r}; write it like Europe/London") from error
    return name


Duration = Annotated[
    timedelta, BeforeValidator(parse_duration), PlainSerializer(format_duration, when_used="json")
]
Percent = Annotated[float, BeforeValidator(parse_percent)]
TimeZone = Annotated[str, AfterValidator(check_timezone)]
"""`Europe/London`, as the IANA's database names it."""
