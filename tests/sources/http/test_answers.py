"""What the headers of an answer mean."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerter.sources.http.answers import LONGEST_WAIT, max_age, retry_after

NOW = datetime(2025, 6, 9, 12, tzinfo=UTC)
DATE = "Mon, 09 Jun 2025 12:00:00 GMT"
LATER = "Mon, 09 Jun 2025 12:01:30 GMT"


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"Retry-After": "120"}, 120),
        ({"Retry-After": " 0 "}, 0),
        ({"Retry-After": LATER, "Date": DATE}, 90),
        ({"Retry-After": LATER, "Date": "Mon, 09 Jun 2025 12:01:00 GMT"}, 30),
        ({"Retry-After": LATER}, 90),
        ({"Retry-After": "Mon, 09 Jun 2025 12:01:30 -0000"}, 90),
        ({"Retry-After": DATE, "Date": LATER}, 0),
        ({"Retry-After": "9" * 40}, LONGEST_WAIT.total_seconds()),
        ({"Retry-After": "soon"}, None),
        ({"Retry-After": "-5"}, None),
        ({"Retry-After": "Mon, 99 Jun 2025 12:01:30 GMT"}, None),
        ({}, None),
    ],
)
def test_the_wait_asked_for_is_understood(headers: dict[str, str], seconds: float | None) -> None:
    """Retry-After comes in seconds or as a date by the answer's own clock, and is bounded."""
    expected = None if seconds is None else timedelta(seconds=seconds)
    assert retry_after(headers, NOW) == expected


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"Cache-Control": "public, max-age=600"}, 600),
        ({"Cache-Control": 'max-age="600"', "Age": "100"}, 500),
        ({"Cache-Control": "max-age=600", "Age": "700"}, 0),
        ({"Cache-Control": "max-age=600", "Age": "old"}, 600),
        ({"Cache-Control": "s-maxage=600"}, 0),
        ({"Cache-Control": "no-cache, max-age=600"}, 0),
        ({"Cache-Control": "no-store"}, 0),
        ({"Cache-Control": "max-age=99999999999999999999"}, LONGEST_WAIT.total_seconds()),
        ({"Cache-Control": "max-age=60", "Expires": LATER}, 60),
        ({"Expires": LATER, "Date": DATE}, 90),
        ({"Expires": LATER}, 90),
        ({"Expires": "0"}, 0),
        ({}, 0),
    ],
)
def test_freshness_is_understood(headers: dict[str, str], seconds: float) -> None:
    """max-age counts from now less the age, Expires against Date; silence means no wish."""
    assert max_age(headers, NOW) == timedelta(seconds=seconds)


@given(
    st.dictionaries(st.sampled_from(["Retry-After", "Cache-Control", "Expires", "Date", "Age"]), st.text())
)
def test_no_header_breaks_the_reading(headers: dict[str, str]) -> None:
    """Whatever a server sends, the waits stay within bounds."""
    assert timedelta(0) <= max_age(headers, NOW) <= LONGEST_WAIT
    wait = retry_after(headers, NOW)
    assert wait is None or timedelta(0) <= wait <= LONGEST_WAIT
