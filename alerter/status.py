"""What a running service says of itself, fetched over its own HTTP side."""

import os
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlsplit

import aiohttp

from alerter.output import words
from alerter.settings import Settings

TIMEOUT_SECONDS = 10
NAMED_AT_MOST = 5
"""So many sources out of sight are named at once; of more, it is said how many."""
_NAMES = {"at": "as of", "blind": "out of sight", "dead": "given up", "waiting": "to deliver"}
"""What people call a field of the service's health, where its own name does not say it."""


class StatusError(Exception):
    """No service answers there, or it refuses to."""


@dataclass(frozen=True, slots=True)
class Status:
    """The service's health and its sources, as it answers them."""

    document: Mapping[str, Any]

    @property
    def overview(self) -> Sequence[tuple[str, str]]:
        """(what, state in words) of everything that there is something to say of."""
        health: dict[str, Any] = dict(self.document["health"])
        unseen = [str(one["source"]) for one in health.get("blind", ())]
        counted = f"{len(unseen)} of {len(self.document['sources'])} sources, named below"
        health |= {
            "at": _instant(health.get("at")),
            "blind": unseen if len(unseen) <= NAMED_AT_MOST else counted,
            "reservations": "\n".join(_beside(unseen, health.get("reservations", ()))),
        }
        told = ((_NAMES.get(name, name), words(value)) for name, value in health.items())
        return [(name, text) for name, text in told if text]

    @property
    def sources(self) -> Sequence[tuple[str, ...]]:
        """(id, state, last success, lag, cadence, next poll) of each source; what it says is in `words`."""
        day = str(self.document["health"].get("at", ""))[:10]
        return [
            (
                one["id"],
                one["state"],
                _short(one.get("last_success_at"), day) or "never",
                one.get("lag") or "never",
                one.get("cadence") or "",
                _short(one.get("next_poll_at"), day),
            )
            for one in self.document["sources"]
        ]

    @property
    def words(self) -> Sequence[tuple[str, str]]:
        """(id, what there is to say) of each source of which there is anything to say."""
        told = ((one["id"], "; ".join(_told(one))) for one in self.document["sources"])
        return [(name, text) for name, text in told if text]


async def fetch_status(url: str, settings: Settings) -> Status:
    """Health and sources from the service at the URL, or from where the settings say that it listens.

    Raises StatusError.
    """
    base = url.rstrip("/") or settings.http.address
    if urlsplit(base).scheme not in {"http", "https"} or not urlsplit(base).netloc:
        raise StatusError(f"{url} is no address of a service; write it like {settings.http.address}")
    token = settings.http.tokens.get_secret_value().split(",")[0].strip()
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    timeout = aiohttp.ClientTimeout(total=TIMEOUT_SECONDS)
    try:
        async with aiohttp.ClientSession(headers=headers, timeout=timeout) as session:
            health = await _get(session, base, "/healthz", "reservations")
            sources = [one async for one in _each(session, base, "/api/v1/sources?limit=200")]
    except (aiohttp.ClientError, TimeoutError) as fault:
        raise StatusError(f"no service answers at {base}: {_why(fault)}") from fault
    return Status({"health": health, "sources": sources})


def _why(fault: Exception) -> str:
    """The reason without the library's way to put it."""
    if isinstance(fault, aiohttp.ClientSSLError):
        return "TLS fails, or is not spoken there"
    if isinstance(fault, aiohttp.ClientConnectorDNSError):
        return "no such host, or the name service does not answer"
    if isinstance(fault, aiohttp.ClientConnectorError):
        return os.strerror(fault.os_error.errno) if fault.os_error.errno else "it cannot be reached"
    return str(fault) or "no answer in time"


async def _each(session: aiohttp.ClientSession, base: str, path: str) -> AsyncIterator[dict[str, Any]]:
    """Every entry of a list, page by page."""
    page = await _get(session, base, path, "items")
    while True:
        for one in page["items"]:
            yield one
        if not (following := page.get("next")):
            return
        page = await _get(session, base, f"{path}&cursor={quote(str(following))}", "items")


async def _get(session: aiohttp.ClientSession, base: str, path: str, field: str) -> dict[str, Any]:
    """The JSON that the path answers, which must have the field, as any alerter's has."""
    async with session.get(base + path) as response:
        if response.status in {401, 403}:
            raise StatusError(f"{base} refuses: set ALERTER_HTTP__TOKENS to a token of the service")
        try:
            document = await response.json(content_type=None)
        except ValueError:
            document = None
    if isinstance(document, dict) and field in document:
        return document
    if response.status == 503 and isinstance(document, dict):  # it says itself what it lacks
        raise StatusError(f"the service at {base} cannot say how it fares: {words(document.get('detail'))}")
    raise StatusError(f"what answers at {base} is no alerter (HTTP {response.status} to {path})")


def _told(source: Mapping[str, Any]) -> list[str]:
    """What a source's health says in words."""
    left = source.get("budget_left")
    told = [
        source.get("last_error"),
        *source.get("unseen", ()),
        *source.get("overdue", ()),
        source.get("note"),
    ]
    told += [f"{left} calls left"] if left is not None else []
    return [words for words in told if words]


def _beside(unseen: Sequence[str], reservations: Sequence[str]) -> list[str]:
    """The reservations that are not about a source out of sight: those are named apart."""
    told_apart = set(unseen)
    return [one for one in reservations if one.partition(" ")[0] not in told_apart]


def _instant(text: str | None) -> str:
    """`2025-06-09T12:00:00.5Z` as `2025-06-09 12:00:00 UTC`; nothing for nothing."""
    return f"{text[:19].replace('T', ' ')} UTC" if text else ""


def _short(text: str | None, day: str) -> str:
    """An instant of this day (`2025-06-09`) as `12:00:00`, another as `2025-06-08 12:00`; both in UTC."""
    if not text:
        return ""
    return text[11:19] if text[:10] == day else text[:16].replace("T", " ")
