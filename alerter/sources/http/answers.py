"""What an answer's headers mean. Pure functions (RFC 9110 for Retry-After, 9111 for age)."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

LONGEST_WAIT = timedelta(days=2)
"""No publisher can silence a source for longer than this; quotas by the day need a day."""
LONG_REFUSAL = timedelta(hours=1)
"""A publisher that asks to wait this long has refused, rather than asked for patience."""

_MAX_AGE = re.compile(r"(?:^|,)\s*max-age\s*=\s*\"?(\d+)", re.IGNORECASE)
_NO_CACHE = re.compile(r"(?:^|,)\s*no-(?:cache|store)\b", re.IGNORECASE)


def retry_after(headers: Mapping[str, str], now: datetime) -> timedelta | None:
    """How long to wait, from `Retry-After` in seconds or as a date measured against the answer's `Date`."""
    text = headers.get("Retry-After", "").strip()
    if text.isascii() and text.isdigit():
        return _bounded(_seconds(text))
    due_at = _instant(text)
    return None if due_at is None else _bounded(due_at - (_instant(headers.get("Date", "")) or now))


def max_age(headers: Mapping[str, str], now: datetime) -> timedelta:
    """How long the answer stays fresh: `max-age` less its `Age`, else `Expires` less `Date`; 0 if unsaid."""
    control = headers.get("Cache-Control", "")
    if control and _NO_CACHE.search(control):
        return timedelta(0)
    found = _MAX_AGE.search(control) if control else None
    if found:
        age = headers.get("Age", "").strip()
        old = _seconds(age) if age.isascii() and age.isdigit() else timedelta(0)
        return _bounded(_seconds(found[1]) - old)
    expires_at = _instant(headers["Expires"]) if "Expires" in headers else None
    if expires_at is None:
        return timedelta(0)
    return _bounded(expires_at - (_instant(headers.get("Date", "")) or now))


def _seconds(digits: str) -> timedelta:
    return timedelta(seconds=min(int(digits[:12]), 10**9))


def _bounded(wait: timedelta) -> timedelta:
    return min(max(wait, timedelta(0)), LONGEST_WAIT)


def _instant(text: str) -> datetime | None:
    try:
        instant = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return instant.replace(tzinfo=UTC) if instant.tzinfo is None else instant
