"""Feeds: RSS, Atom, RDF and JSON Feed, polled politely and turned into articles.

A poll fetches conditionally and reads in a worker thread. Where the address is a web page, the feed that it
names is polled, until that one dies and the page is asked again. All that is remembered from poll to poll
stands in the cursor: validators, permanent redirects, the feed that was found, the owners of shared guids.
"""

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import ClassVar, Literal

from alerter.core.model import Frozen
from alerter.sources.aside import read_aside
from alerter.sources.base import (
    LONGEST_WISH,
    Poll,
    Source,
    SourceConfig,
    SourceContext,
    SourceError,
    WebAddress,
)
from alerter.sources.formats.bodies import page_title
from alerter.sources.formats.entries import Named, Setting, name_entries, undated_at
from alerter.sources.formats.feed_answers import is_page, named_feed, read_feed
from alerter.sources.formats.syndication import LARGEST, Document, UnreadableFeed
from alerter.sources.http import Fetch, Fetched, FetchError, Validators, Visit, revisit

READING_TIME = timedelta(seconds=20)
"""How long reading one document may take."""
_NOTHING = Named((), {})
_ASKS_FOR_PATIENCE = frozenset({429, 503})
_ACCEPT = (
    "application/rss+xml, application/atom+xml, application/feed+json, application/rdf+xml, "
    "application/xml;q=0.9, text/xml;q=0.9, application/json;q=0.8, */*;q=0.1"
)


class FeedConfig(SourceConfig):
    """A feed by its address, or by that of a web page that names one.

    RSS 0.9x to 2.0, RDF, Atom and JSON Feed, in any encoding.
    """

    example: ClassVar[str] = '{id: mining-news, type: feed, url: "https://www.mining.com/feed/", every: 10m}'
    limits: ClassVar[str] = (
        "Feeds say themselves how often they may be read (ttl, update period, max-age), and that is kept to. "
        "Some forbid other than personal use: Google News' searches among them."
    )

    type: Literal["feed"]
    url: WebAddress
    """Of the feed, or of a page with `<link rel="alternate">` to one."""

    def build(self, context: SourceContext) -> Source:
        """The feed, ready to poll."""
        return Feed(self, context)


class FeedCursor(Frozen):
    """What a feed remembers from poll to poll."""

    visit: Visit
    found: Visit | None = None
    """The feed that the configured address, a web page, names."""
    ttl: timedelta = timedelta(0)
    owners: dict[str, str] = {}
    """Names that several entries bear, and the content of the one they belong to."""


class Feed:
    """Polls one feed."""

    def __init__(self, config: FeedConfig, context: SourceContext) -> None:
        self._config = config
        self._http = context.http
        self._now = context.now
        self._recalled: tuple[str, FeedCursor] | None = None
        """The cursor that was read last: it is the same for as long as nothing changes."""
        self._asked = Fetch(config.url, accept=_ACCEPT, limit=LARGEST)
        """The request that was made last, for the same reason."""

    async def poll(self, cursor: str | None) -> Poll:
        """The entries that the feed lists, oldest first; none when it has not changed. Raises SourceError."""
        recalled = self._recall(cursor)
        known = recalled or FeedCursor(visit=Visit(url=self._config.url))
        fetched, kept = await self._fetch(known, first=recalled is None)
        if fetched.not_modified and cursor is not None and kept is known:
            return Poll((), cursor, wait_at_least=_wish(known, fetched))
        if fetched.not_modified:
            return _poll(kept, fetched)
        return await self._read(fetched, kept, first=recalled is None)

    def _recall(self, cursor: str | None) -> FeedCursor | None:
        """The cursor, if there is one of this address that can be read."""
        if cursor is not None and self._recalled and self._recalled[0] == cursor:
            return self._recalled[1]
        try:
            known = FeedCursor.model_validate_json(cursor or "")
        except ValueError:
            return None
        if cursor is None or known.visit.url != self._config.url:
            return None
        self._recalled = (cursor, known)
        return known

    async def _fetch(self, known: FeedCursor, *, first: bool) -> tuple[Fetched, FeedCursor]:
        """The feed's answer: from where a page named it last, or as configured. Raises SourceError."""
        if known.found is not None:
            try:
                fetched, found = await self._visit(known.found)
            except FetchError as error:
                if error.status in _ASKS_FOR_PATIENCE:
                    raise
            else:
                if fetched.not_modified or not is_page(fetched.body):
                    return fetched, _remembering(known, known.visit, found)
        fetched, visit = await self._visit(known.visit)
        if fetched.not_modified or not is_page(fetched.body):
            return fetched, _remembering(known, visit, None)
        if not first and known.found is None:  # what the page names is the site's own feed, not this one
            title = page_title(fetched.body) or ""
            raise SourceError(f"{fetched.host} answered with a web page{title} instead of the feed it was")
        return await self._discover(fetched, known.model_copy(update={"visit": _unconditional(visit)}))

    async def _discover(self, page: Fetched, known: FeedCursor) -> tuple[Fetched, FeedCursor]:
        """The answer of the feed that a web page names. Raises SourceError where it names none."""
        url = await asyncio.to_thread(named_feed, page.body, _content_type(page), page.url)
        title = page_title(page.body) or ""
        if url is None:
            raise SourceError(
                f"{page.host} answered with a web page{title} instead of a feed, and names no feed"
            )
        fetched, found = await self._visit(Visit(url=url))
        if is_page(fetched.body):
            raise SourceError(f"{page.host} names a feed at {fetched.host} that is a web page")
        return fetched, known.model_copy(update={"found": found})

    async def _visit(self, last: Visit) -> tuple[Fetched, Visit]:
        if self._asked.url != last.url or self._asked.validators is not last.validators:
            self._asked = Fetch(last.url, accept=_ACCEPT, limit=LARGEST, validators=last.validators)
        return await revisit(self._http, self._asked, last)

    async def _read(self, fetched: Fetched, known: FeedCursor, *, first: bool) -> Poll:
        now = self._now()
        setting = Setting(
            source=self._config.id,
            base=fetched.url,
            labels=self._config.labels,
            now=now,
            undated_at=undated_at(now, self._config.max_age, first=first),
        )
        named, document = await read_aside(
            lambda: _read_named(fetched, known, setting),
            UnreadableFeed,
            host=fetched.host,
            what="document",
            time=READING_TIME,
        )
        kept = known.model_copy(update={"ttl": document.ttl, "owners": named.owners})
        if document.is_cut_short:
            kept = _to_ask_anew(kept)
        note = _note(named, document)
        return replace(_poll(kept, fetched, named), note=note, settling=first)


def _read_named(fetched: Fetched, known: FeedCursor, setting: Setting) -> tuple[Named, Document]:
    """All the work that may take long, in one go for a worker thread. Raises UnreadableFeed."""
    document = read_feed(fetched.body, _content_type(fetched))
    return name_entries(document, known.owners, setting), document


def _note(named: Named, document: Document) -> str:
    if document.is_cut_short:
        count = len(document.entries)
        return f"ends in the middle: {count} {'entry was' if count == 1 else 'entries were'} read"
    return "" if named.signals else "lists no entries"


def _content_type(fetched: Fetched) -> str:
    return fetched.headers.get("Content-Type", "")


def _remembering(known: FeedCursor, visit: Visit, found: Visit | None) -> FeedCursor:
    """The cursor with these visits: itself, where an answer has changed nothing."""
    if visit is known.visit and found is known.found:
        return known
    return known.model_copy(update={"visit": visit, "found": found})


def _to_ask_anew(known: FeedCursor) -> FeedCursor:
    """The cursor of which the next poll asks for the feed whatever it says of itself."""
    if known.found is not None:
        return known.model_copy(update={"found": _unconditional(known.found)})
    return known.model_copy(update={"visit": _unconditional(known.visit)})


def _unconditional(visit: Visit) -> Visit:
    """Of a page that names the feed all is needed, should the feed die; and of half a feed the rest."""
    return visit.model_copy(update={"validators": Validators()})


def _poll(known: FeedCursor, fetched: Fetched, named: Named = _NOTHING) -> Poll:
    return Poll(named.signals, known.model_dump_json(), wait_at_least=_wish(known, fetched))


def _wish(known: FeedCursor, fetched: Fetched) -> timedelta:
    return min(max(known.ttl, fetched.max_age), LONGEST_WISH)
