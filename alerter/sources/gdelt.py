"""GDELT: the world's online news by a query of its DOC 2.0 API, which lists titles as it first sees them.

A poll asks for as many hours as have passed, with some overlap for what is listed late. An answer holds at
most 250 articles: where it is full, the time since the last poll is asked for in parts, oldest first, so that
nothing is passed over; what does not fit into one poll is left to the next.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import ClassVar, Literal

from pydantic import AwareDatetime, Field

from alerter.core.budget import Budget, CallLimit
from alerter.core.model import Frozen, digest
from alerter.core.quantities import Duration
from alerter.core.signal import Signal
from alerter.sources.base import (
    Poll,
    Source,
    SourceConfig,
    SourceContext,
    SourceError,
    WebAddress,
)
from alerter.sources.formats.gdelt_articles import Listed, Refused, UnreadableArticles, read_articles
from alerter.sources.http import Fetch, Fetched, FetchError, Visit, revisit

MOST = 250
"""Articles in one answer at most; the API gives no second page."""
OVERLAP = timedelta(hours=2)
"""How far back of the last poll is asked for again: some articles are listed late."""
FURTHEST = timedelta(days=80)
"""The API searches three months."""
SLOT = timedelta(minutes=15)
"""GDELT sees the world in slots of this length: no window is narrower."""
PARTS = 6
"""Windows that one poll asks for beside the first."""
PATIENCE = timedelta(minutes=5)
"""What it takes after too many requests, in practice."""
BUDGET = Budget(
    name="gdelt",
    limits=(CallLimit(calls=1, within=timedelta(seconds=8)),),
    patience=timedelta(seconds=60),
)
_SPANS = (3, 6, 12, 24, 48, 96, 192, 384, 768, 1920)
"""Hours that are asked for, so that polls in a row ask for the same address, and may be answered by 304."""


class GdeltConfig(SourceConfig):
    """Online news the world over that match a query, by title; without texts."""

    example: ClassVar[str] = (
        "{id: gdelt-rare-earths, type: gdelt, "
        'query: \'("rare earths" OR "rare earth magnets") (export OR shortage OR licence)\'}'
    )
    limits: ClassVar[str] = (
        "One request in five seconds; eight are kept to, over all sources of the kind, and five minutes of "
        "silence after a refusal. At most 250 articles in an answer, of the last three months."
    )

    type: Literal["gdelt"]
    query: str = Field(min_length=3, max_length=2_000)
    """In GDELT's language: `"rare earths" sourcelang:english`."""
    every: Duration = timedelta(minutes=15)
    base_url: WebAddress = "https://api.gdeltproject.org"
    """Where the API is."""

    @property
    def scope(self) -> str:
        """Names what is asked for; what was listed under another query says nothing about this one."""
        return digest(self.base_url, self.query)

    def build(self, context: SourceContext) -> Source:
        """The query, ready to poll."""
        return Gdelt(self, context)


class GdeltCursor(Frozen):
    """What a query remembers from poll to poll."""

    scope: str
    visit: Visit
    since: AwareDatetime
    """All that was seen before is told, but for what is listed late."""
    width: timedelta | None = None
    """Of the windows, where the last poll did not get through all of them."""


@dataclass(slots=True)
class _Catch:
    """What one poll has brought so far."""

    visit: Visit
    signals: dict[str, Signal] = field(default_factory=dict)
    left: int | None = None
    unread: int = 0
    crowded: int = 0
    """Narrowest windows with more articles than an answer holds."""
    is_first: bool = False
    """Was nothing known of the query before?"""

    def take(self, listed: Listed, fetched: Fetched) -> None:
        """Add an answer; articles are told once."""
        for signal in listed.signals:
            self.signals.setdefault(signal.identity, signal)
        self.unread += listed.count - len(listed.signals)
        self.left = fetched.budget_left


class Gdelt:
    """Polls one query."""

    def __init__(self, config: GdeltConfig, context: SourceContext) -> None:
        self._config = config
        self._http = context.http
        self._now = context.now
        self._url = config.base_url.rstrip("/") + "/api/v2/doc/doc"

    async def poll(self, cursor: str | None) -> Poll:
        """The articles seen since the cursor, oldest first. Raises SourceError."""
        now = self._now().astimezone(UTC)
        recalled = self._recall(cursor)
        known = recalled or self._fresh(now)
        start = max(known.since - OVERLAP, now - FURTHEST)
        fetched, visit = await self._ask([("timespan", _span(now - start))], known.visit)
        catch = _Catch(visit, left=fetched.budget_left, is_first=recalled is None)
        kept = known.model_copy(update={"visit": visit, "since": now, "width": None})
        if fetched.not_modified and known.width is None:
            return _poll(catch, kept, "")
        if not fetched.not_modified:
            listed = await self._read(fetched, now)
            catch.take(listed, fetched)
            if listed.count < MOST:
                return _poll(catch, kept, "" if listed.count else "lists no articles")
        if known.width is not None:  # the last poll did not get further
            start = known.since
        kept, note = await self._read_parts(catch, kept, start, known.width or (now - start) / 2)
        return _poll(catch, kept, note)

    def _recall(self, cursor: str | None) -> GdeltCursor | None:
        """The cursor, if there is one of this query that can be read."""
        try:
            known = GdeltCursor.model_validate_json(cursor or "")
        except ValueError:
            return None
        return known if known.scope == self._config.scope else None

    def _fresh(self, now: datetime) -> GdeltCursor:
        """One that begins with the baseline."""
        since = now - self._config.max_age + OVERLAP
        return GdeltCursor(scope=self._config.scope, visit=Visit(url=self._url), since=since)

    async def _read_parts(
        self, catch: _Catch, kept: GdeltCursor, start: datetime, width: timedelta
    ) -> tuple[GdeltCursor, str]:
        """The time from `start` to `kept.since` in windows that fit, as far as one poll gets."""
        now, problem = kept.since, ""
        for _ in range(PARTS):
            end = min(start + max(width, SLOT), now)
            try:
                listed = await self._read_window(catch, start, end)
            except SourceError as error:  # what came so far is told, and the rest is asked for again
                problem = f" ({error})"
                break
            if listed.count >= MOST and end - start > SLOT:
                width = (end - start) / 2
                continue
            catch.crowded += listed.count >= MOST
            start, width = end, width * 2 if listed.count < MOST / 2 else width
            if start >= now:
                return kept, f"more than {MOST} articles: asked for in parts"
        behind = f"read up to {start:%Y-%m-%d %H:%M} UTC and the newest {MOST}; the rest comes next{problem}"
        return kept.model_copy(update={"since": start, "width": width}), behind

    async def _read_window(self, catch: _Catch, start: datetime, end: datetime) -> Listed:
        window = [("startdatetime", _stamp(start)), ("enddatetime", _stamp(end))]
        fetched, _ = await self._ask(window, Visit(url=self._url, moved_to=catch.visit.moved_to))
        listed = await self._read(fetched, self._now())
        catch.take(listed, fetched)
        return listed

    async def _ask(self, window: list[tuple[str, str]], visit: Visit) -> tuple[Fetched, Visit]:
        params = [("query", self._config.query), ("mode", "ArtList"), ("format", "json")]
        params += [("maxrecords", str(MOST)), ("sort", "DateDesc"), *window]
        request = Fetch(self._url, params=params, accept="application/json", budget=BUDGET)
        try:
            return await revisit(self._http, request, visit)
        except FetchError as error:
            raise _patient(error) from error

    async def _read(self, fetched: Fetched, now: datetime) -> Listed:
        """The articles; a request for patience under 200 counts as one under 429. Raises SourceError."""
        try:
            return read_articles(fetched.body, source=self._config.id, labels=self._config.labels, now=now)
        except UnreadableArticles as error:
            raise SourceError(f"{fetched.host} {error}") from error
        except Refused as error:
            if not error.is_too_often:
                raise SourceError(f"{fetched.host} {error}") from error
            refused = FetchError(f"{fetched.host} {error}", status=429, retry_after=PATIENCE)
            await self._http.heed(BUDGET, refused)
            raise refused from error


def _patient(error: FetchError) -> FetchError:
    """The error, with the patience that GDELT asks for and does not state."""
    if error.status == 429 and error.retry_after is None:
        error.retry_after = PATIENCE
    return error


def _span(time: timedelta) -> str:
    hours = next((hours for hours in _SPANS if timedelta(hours=hours) >= time), _SPANS[-1])
    return f"{hours}h"


def _stamp(instant: datetime) -> str:
    return f"{instant:%Y%m%d%H%M%S}"


def _poll(catch: _Catch, kept: GdeltCursor, note: str) -> Poll:
    notes = [note] if note else []
    if catch.unread:
        notes.append(f"articles that cannot be read: {catch.unread}")
    if catch.crowded:
        notes.append(f"more than {MOST} articles in {SLOT}: some cannot be had, narrow the query")
    return Poll(
        signals=sorted(catch.signals.values(), key=lambda signal: signal.published_at),
        cursor=kept.model_dump_json(),
        note="; ".join(notes),
        budget_left=catch.left,
        settling=catch.is_first,
    )
