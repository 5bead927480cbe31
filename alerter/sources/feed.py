"""Feeds: RSS, Atom, RDF and JSON Feed, polled politely and turned into articles.

A poll fetches conditionally and reads in a worker thread. All that is remembered from poll to poll stands in
the cursor: validators, a permanent redirect, and the owners of shared guids.
"""

import asyncio
from datetime import timedelta
from typing import Literal

from alerter.core.model import Frozen
from alerter.sources.base import (
    LONGEST_WISH,
    Poll,
    Source,
    SourceConfig,
    SourceContext,
    SourceError,
    WebAddress,
)
from alerter.sources.entries import Named, Setting, name_entries, undated_at
from alerter.sources.http import Fetch, Fetched, Visit, revisit
from alerter.sources.syndication import UnreadableFeed, read_document

READING_TIME = timedelta(seconds=20)
"""How long reading one document may take."""
_NOTHING = Named((), {})
_ACCEPT = (
    "application/rss+xml, application/atom+xml, application/feed+json, application/rdf+xml, "
    "application/xml;q=0.9, text/xml;q=0.9, application/json;q=0.8, */*;q=0.1"
)


class FeedConfig(SourceConfig):
    """A feed by its address."""

    type: Literal["feed"]
    url: WebAddress

    def build(self, context: SourceContext) -> Source:
        """The feed, ready to poll."""
        return Feed(self, context)


class FeedCursor(Frozen):
    """What a feed remembers from poll to poll."""

    visit: Visit
    ttl: timedelta = timedelta(0)
    owners: dict[str, str] = {}
    """Names that several entries bear, and the content of the one they belong to."""


class Feed:
    """Polls one feed."""

    def __init__(self, config: FeedConfig, context: SourceContext) -> None:
        self._config = config
        self._http = context.http
        self._now = context.now

    async def poll(self, cursor: str | None) -> Poll:
        """The entries that the feed lists, oldest first; none when it has not changed. Raises SourceError."""
        known = self._recall(cursor)
        fetched, visit = await revisit(self._http, Fetch(self._config.url, accept=_ACCEPT), known.visit)
        if fetched.not_modified and cursor is not None and visit is known.visit:
            return Poll((), cursor, wait_at_least=_wish(known, fetched))
        kept = known.model_copy(update={"visit": visit})
        if fetched.not_modified:
            return _poll(kept, fetched)
        return await self._read(fetched, kept, first=cursor is None)

    def _recall(self, cursor: str | None) -> FeedCursor:
        """The cursor, or an empty one where there is none of this address that can be read."""
        try:
            known = FeedCursor.model_validate_json(cursor or "")
        except ValueError:
            known = None
        if known and known.visit.url == self._config.url:
            return known
        return FeedCursor(visit=Visit(url=self._config.url))

    async def _read(self, fetched: Fetched, known: FeedCursor, *, first: bool) -> Poll:
        now = self._now()
        setting = Setting(
            source=self._config.id,
            base=fetched.url,
            labels=self._config.labels,
            now=now,
            undated_at=undated_at(now, self._config.max_age, first=first),
        )
        try:
            async with asyncio.timeout(READING_TIME.total_seconds()):
                named, ttl = await asyncio.to_thread(_read_named, fetched.body, known, setting)
        except TimeoutError as error:
            raise SourceError(f"{fetched.host} sent a document that takes too long to read") from error
        except UnreadableFeed as error:
            raise SourceError(f"{fetched.host} {error}") from error
        return _poll(known.model_copy(update={"ttl": ttl, "owners": named.owners}), fetched, named)


def _read_named(body: bytes, known: FeedCursor, setting: Setting) -> tuple[Named, timedelta]:
    """All the work that may take long, in one go for a worker thread. Raises UnreadableFeed."""
    document = read_document(body)
    return name_entries(document, known.owners, setting), document.ttl


def _poll(known: FeedCursor, fetched: Fetched, named: Named = _NOTHING) -> Poll:
    return Poll(
        signals=named.signals,
        cursor=known.model_dump_json(),
        wait_at_least=_wish(known, fetched),
    )


def _wish(known: FeedCursor, fetched: Fetched) -> timedelta:
    return min(max(known.ttl, fetched.max_age), LONGEST_WISH)
