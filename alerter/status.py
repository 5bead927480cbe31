"""What a running service says of itself, fetched over its own HTTP side."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import aiohttp

from alerter.settings import Settings

TIMEOUT_SECONDS = 10


class StatusError(Exception):
    """No service answers there, or it refuses to."""


@dataclass(frozen=True, slots=True)
class Status:
    """The service's health and its sources, as it answers them."""

    document: Mapping[str, Any]

    @property
    def overview(self) -> Sequence[tuple[str, object]]:
        """(what, state) of everything that is not a list."""
        health: Mapping[str, object] = self.document["health"]
        return [(name, value) for name, value in health.items() if value not in ({}, [])]

    @property
    def sources(self) -> Sequence[tuple[object, ...]]:
        """(id, state, last success, last error) of each source."""
        columns = ("id", "state", "last_success_at", "last_error")
        return [tuple(one.get(name) or "" for name in columns) for one in self.document["sources"]]


async def fetch_status(url: str, settings: Settings) -> Status:
    """Health and sources from the service at the URL, or from where the settings say that it listens."""
    base = url.rstrip("/") or f"http://{settings.http.host}:{settings.http.port}"
    token = settings.http.tokens.get_secret_value().split(",")[0].strip()
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    timeout = aiohttp.ClientTimeout(total=TIMEOUT_SECONDS)
    try:
        async with aiohttp.ClientSession(headers=headers, timeout=timeout) as session:
            health = await _get(session, f"{base}/healthz")
            sources = await _get(session, f"{base}/api/v1/sources?limit=200")
    except (aiohttp.ClientError, TimeoutError, ValueError) as fault:
        raise StatusError(f"no service answers at {base}: {str(fault) or 'no answer in time'}") from fault
    return Status({"health": health, "sources": sources["items"]})


async def _get(session: aiohttp.ClientSession, url: str) -> dict[str, Any]:
    async with session.get(url) as response:
        if response.status in {401, 403}:
            raise StatusError(f"{url} refuses: set ALERTER_HTTP__TOKENS to a token of the service")
        document: dict[str, Any] = await response.json(content_type=None)
        return document
