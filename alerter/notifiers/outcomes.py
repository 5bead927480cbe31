"""How attempts are classified: the four outcomes, what a destination asks for, and names without secrets.

`retry` is certain not to have arrived; `ambiguous` may have; `dead` never will without a person's help.
"""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

from alerter.core.delivery import Outcome
from alerter.guard import ForbiddenAddress

LONGEST_WAIT = timedelta(hours=24)
"""A destination that asks for more is asked again after this."""


def delivered(receipt: str | None = None) -> Outcome:
    """It arrived."""
    return Outcome(kind="delivered", receipt=receipt)


def retry(reason: str, after: timedelta = timedelta(0)) -> Outcome:
    """It did not arrive, and may next time."""
    return Outcome(kind="retry", reason=reason, retry_after=after)


def ambiguous(reason: str, after: timedelta = timedelta(0)) -> Outcome:
    """It may have arrived."""
    return Outcome(kind="ambiguous", reason=reason, retry_after=after)


def dead(reason: str) -> Outcome:
    """It will never arrive like this."""
    return Outcome(kind="dead", reason=reason)


def wished_wait(headers: Mapping[str, str], now: datetime) -> timedelta | None:
    """What `Retry-After` asks for, in seconds or as a date (RFC 9110, 10.2.3); None without a usable one.

    A date is taken relative to the answer's own `Date`, so that a wrong clock on either side does no harm.
    """
    text = headers.get("Retry-After", "").strip()
    if text.isascii() and text.isdigit():
        return min(timedelta(seconds=int(text[:9])), LONGEST_WAIT)
    until = _http_date(text)
    if until is None:
        return None
    wait = until - (_http_date(headers.get("Date", "")) or now)
    return min(max(wait, timedelta(0)), LONGEST_WAIT)


def origin(url: str) -> str:
    """Scheme, host and port: all of an address that may be shown, since the rest can hold a secret."""
    parts = urlsplit(url)
    host = parts.hostname or "?"
    shown = f"[{host}]" if ":" in host else host
    return f"{parts.scheme}://{shown}" + (f":{parts.port}" if parts.port else "")


def was_refused_by_guard(error: BaseException) -> bool:
    """Did the session's own guard refuse the address?

    Where a name leads to several refused addresses, only the text of the combined error remembers.
    """
    return any(
        isinstance(cause, ForbiddenAddress) or "not an address of the public internet" in str(cause)
        for cause in _causes(error)
    )


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def _http_date(text: str) -> datetime | None:
    try:
        at = parsedate_to_datetime(text)
    except (ValueError, TypeError, OverflowError):
        return None
    return at if at.tzinfo else at.replace(tzinfo=UTC)
