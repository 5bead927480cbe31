"""Durations, percentages and time zones as people write them."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from alerter.core.quantities import (
    Duration,
    Percent,
    check_timezone,
    format_duration,
    parse_duration,
    parse_percent,
)

DURATIONS = TypeAdapter(Duration)
PERCENTAGES = TypeAdapter(Percent)


@pytest.mark.parametrize(
    ("text", "duration"),
    [
        ("30s", timedelta(seconds=30)),
        ("10m", timedelta(minutes=10)),
        ("24h", timedelta(hours=24)),
        ("7d", timedelta(days=7)),
        ("2w", timedelta(weeks=2)),
        ("250ms", timedelta(milliseconds=250)),
        ("1h30m", timedelta(minutes=90)),
        ("1.5h", timedelta(minutes=90)),
        (" 5m ", timedelta(minutes=5)),
        ("0s", timedelta(0)),
    ],
)
def test_durations_are_read_as_written(text: str, duration: timedelta) -> None:
    """Every unit, and several in a row."""
    assert parse_duration(text) == duration


@pytest.mark.parametrize("text", ["", "10", "m", "10 m", "-5m", "1h,30m", "5 minutes", "1e3s", "٣x"])
def test_other_texts_are_no_durations(text: str) -> None:
    """A bare number has no unit; the message says how to write one."""
    with pytest.raises(ValueError, match="write it like 30s, 10m, 24h or 7d"):
        parse_duration(text)


@pytest.mark.parametrize("text", ["36526d", "9999999999w", f"{'9' * 400}d"])
def test_durations_without_end_are_refused(text: str) -> None:
    """What no timedelta holds is an error of the value, not a crash."""
    with pytest.raises(ValidationError, match="a duration of more than a hundred years"):
        DURATIONS.validate_python(text)


@given(st.timedeltas(min_value=timedelta(0), max_value=timedelta(days=36_525)))
def test_a_formatted_duration_reads_back(duration: timedelta) -> None:
    """Formatting and parsing are inverse, to the millisecond."""
    rounded = timedelta(milliseconds=round(duration.total_seconds() * 1000))
    back = parse_duration(format_duration(rounded))
    assert isinstance(back, timedelta)
    assert abs(back - rounded) < timedelta(milliseconds=1)


def test_zero_has_a_unit() -> None:
    """No time at all is still a duration."""
    assert format_duration(timedelta(0)) == "0s"


def test_a_duration_goes_through_json_as_text() -> None:
    """A model hands on what people write; a timedelta is taken as it is."""
    assert DURATIONS.dump_json(timedelta(minutes=90)) == b'"1h30m"'
    assert DURATIONS.validate_json('"1h30m"') == timedelta(minutes=90)
    assert DURATIONS.validate_python(timedelta(seconds=1)) == timedelta(seconds=1)


@pytest.mark.parametrize(
    ("text", "percent"), [("-20%", -20.0), ("-20", -20.0), ("+5 %", 5.0), ("34.5%", 34.5), ("−93 %", -93.0)]
)
def test_percentages_are_read_as_written(text: str, percent: float) -> None:
    """With or without the sign, with a hyphen or a true minus."""
    assert parse_percent(text) == percent
    assert PERCENTAGES.validate_python(text) == percent


@pytest.mark.parametrize("text", ["", "%", "twenty", "20 percent", "1e3", "nan", "-inf%", "9" * 400])
def test_other_texts_are_no_percentages(text: str) -> None:
    """Neither words nor what is not finite; the message says how to write one."""
    with pytest.raises(ValueError, match="write it like -20% or -20"):
        parse_percent(text)


def test_numbers_are_percentages_already() -> None:
    """JSON brings numbers, not texts."""
    assert PERCENTAGES.validate_python(-20) == -20.0


@pytest.mark.parametrize("name", ["Mars/Base", "", "../etc/passwd"])
def test_time_zones_are_checked(name: str) -> None:
    """A zone that this machine does not know is refused; a known one stays as it is written."""
    assert check_timezone("Asia/Shanghai") == "Asia/Shanghai"
    with pytest.raises(ValueError, match="unknown time zone"):
        check_timezone(name)
