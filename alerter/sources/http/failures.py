"""What went wrong with an exchange, in plain words and without an address's query or credentials."""

from collections.abc import Mapping

import aiohttp
from yarl import URL

from alerter.clock import SystemClock
from alerter.core.health import Trouble
from alerter.guard import ForbiddenAddress
from alerter.sources.http.answers import LONG_REFUSAL, retry_after
from alerter.sources.http.messages import FetchError

_MEANINGS = {
    400: "refused the request as malformed",
    401: "wants a key or refuses ours",
    402: "wants to be paid",
    403: "refuses access",
    404: "has nothing at this address",
    406: "does not offer this format",
    408: "timed out waiting for us",
    410: "says that this address is gone for good",
    429: "asks for fewer requests",
    451: "may not show this for legal reasons",
    503: "is unavailable for now",
}
_REFUSALS = frozenset({401, 402, 403, 407, 451})
_KEY_REFUSALS = frozenset({401, 403})
_SHOWN = 200
"""Characters of an address in a message."""
_ASKS_FOR_PATIENCE = frozenset({429, 503})


def status_failure(
    status: int, headers: Mapping[str, str], url: URL, *, said: str = "", setting: str = ""
) -> FetchError:
    """The error that a status other than success is.

    `said` is what the publisher says of it, `setting` the name of the one that the key came from.
    """
    wait = retry_after(headers, SystemClock().now()) if status in _ASKS_FOR_PATIENCE else None
    meaning = _MEANINGS.get(status) or ("failed" if status >= 500 else "gave an unusable answer")
    refused = status in _REFUSALS or (wait is not None and wait >= LONG_REFUSAL)
    trouble: Trouble = "blocked" if refused else "failing"
    key = f"; the key is set by {setting}" if setting and status in _KEY_REFUSALS else ""
    told = f"{place(url)} {meaning} ({status}{key})" + (f": {said}" if said else "")
    return FetchError(told, status=status, retry_after=wait, trouble=trouble)


def exchange_failure(error: Exception, url: URL) -> FetchError:
    """The error that a library's or the system's one is."""
    cause = getattr(error, "os_error", error)
    if isinstance(cause, ForbiddenAddress) or "not an address of the public" in str(error):
        return FetchError(
            f"{place(url)} is in a private network, which sources may not reach "
            f"(ALERTER_ALLOW_PRIVATE_NETWORKS=true allows it)",
            trouble="blocked",
        )
    return FetchError(_explain(error, url))


def place(url: URL) -> str:
    """The address, at a length that can be read, without credentials and query, which may hold keys."""
    text = str(url.with_user(None).with_query(None).with_fragment(None))
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"


def _explain(error: Exception, url: URL) -> str:
    where = place(url)
    if isinstance(error, aiohttp.ClientConnectorDNSError):
        return f"{where}: no such host, or the name service does not answer"
    if isinstance(error, aiohttp.ClientConnectorCertificateError | aiohttp.ClientSSLError):
        return f"{where}: TLS failed: {error}"
    if isinstance(error, aiohttp.ClientConnectorError):
        return f"{where} cannot be reached: {error.strerror or error.os_error}"
    if isinstance(error, aiohttp.ServerDisconnectedError):
        return f"{where} closed the connection without an answer"
    if isinstance(error, aiohttp.ClientPayloadError):
        return f"{where} sent a broken or incomplete body"
    if isinstance(error, aiohttp.ClientResponseError):  # its own words repeat the address, query and all
        return f"{where} sent what is no answer in HTTP"
    return f"{where}: the exchange failed ({type(error).__name__})"
