"""How answers and failures are read, whatever the destination."""

from datetime import timedelta

import pytest

from alerter.guard import ForbiddenAddress
from alerter.notifiers.outcomes import LONGEST_WAIT, origin, was_refused_by_guard, wished_wait
from tests.support.signals import NOON


@pytest.mark.parametrize(
    ("headers", "wait"),
    [
        ({}, None),
        ({"Retry-After": "120"}, timedelta(seconds=120)),
        ({"Retry-After": "99999999999999999999"}, LONGEST_WAIT),
        ({"Retry-After": "Mon, 09 Jun 2025 12:01:00 GMT"}, timedelta(minutes=1)),
        ({"Retry-After": "Mon, 09 Jun 2025 12:01:00 -0000"}, timedelta(minutes=1)),
        ({"Retry-After": "Mon, 09 Jun 2025 11:00:00 GMT"}, timedelta(0)),
        (
            {"Retry-After": "Mon, 09 Jun 2031 12:01:00 GMT", "Date": "Mon, 09 Jun 2031 12:00:30 GMT"},
            timedelta(seconds=30),
        ),
        ({"Retry-After": "soon"}, None),
        ({"Retry-After": "٣"}, None),
        ({"Retry-After": "-5"}, None),
    ],
)
def test_the_wish_to_wait_is_read(headers: dict[str, str], wait: timedelta | None) -> None:
    """Seconds and dates are both understood, bounded, and never negative."""
    assert wished_wait(headers, NOON) == wait


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://user:pass@hooks.example/T0/secret?token=x", "https://hooks.example"),
        ("http://127.0.0.1:8080/x", "http://127.0.0.1:8080"),
        ("http://[::1]:8080/x", "http://[::1]:8080"),
        ("mailto:x", "mailto://?"),
    ],
)
def test_only_the_origin_of_an_address_is_shown(url: str, shown: str) -> None:
    """User names, passwords, paths and queries never appear."""
    assert origin(url) == shown


@pytest.mark.parametrize(
    ("error", "refused"),
    [
        (ForbiddenAddress(None, "10.0.0.1"), True),
        (OSError(None, "Multiple exceptions: ::1 is not an address of the public internet, …"), True),
        (PermissionError(13, "Permission denied"), False),
    ],
)  # fmt: skip
def test_the_guard_is_told_from_the_network(error: OSError, *, refused: bool) -> None:
    """What the guard refuses is recognised under aiohttp's own error; what the network refuses is not."""
    wrapped = OSError("cannot connect")
    wrapped.__cause__ = error
    assert was_refused_by_guard(wrapped) is refused
