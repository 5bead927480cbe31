"""US federal dockets from CourtListener's REST API v4, within the few calls that it grants.

One search for all dockets each poll is the bell: what it shows that was not seen before makes its dockets due
for a full look at their entries, the newest changes first, down to a watermark. A full look is due a few
times a day anyway, for texts that come later. Without a key, or when no call is left for a full look, the
rows of the search become the signals themselves. Further searches propose cases for matters.
"""

import math
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field, model_validator

from alerter.core.budget import Budget, CallLimit
from alerter.core.model import digest
from alerter.core.quantities import Duration
from alerter.core.signal import Signal
from alerter.sources.base import (
    LONGEST_WISH,
    Poll,
    Source,
    SourceConfig,
    SourceContext,
    SourceError,
    WebAddress,
)
from alerter.sources.courtlistener_api import Api, is_outage, is_refusal
from alerter.sources.courtlistener_look import (
    Discovery,
    Heard,
    Proposals,
    Searches,
    learn_by_search,
    listen,
    look,
    propose,
)
from alerter.sources.courtlistener_watch import (
    CourtListenerCursor,
    DocketWatch,
    is_background,
    kept_last,
    recall,
)
from alerter.sources.formats.courtlistener_entries import Setting, entry_signal
from alerter.sources.formats.courtlistener_rows import Entry, Hit, entries_of

PATIENCE = timedelta(seconds=65)
"""How long a call may wait for its turn: the limit by the minute is soon over, the others are not."""
UNSEEN_FOR = timedelta(days=1)
"""A docket that could not be looked at in full for longer than this, and two turns, is told as overdue."""


class CourtListenerConfig(SourceConfig):
    """Entries of US federal dockets, and cases that may belong to a matter.

    With a key (`ALERTER_KEYS__COURTLISTENER`) dockets are looked at in full; without one their entries come
    from the search alone: documents that it has indexed, with the texts that it shows.
    """

    service: ClassVar[str] = "courtlistener"
    example: ClassVar[str] = (
        "{id: ieepa-docket, type: courtlistener, dockets: [69999999], "
        'discover: [{matter: ieepa-tariffs, search: "IEEPA tariffs", courts: [cit, cafc]}]}'
    )
    limits: ClassVar[str] = (
        "A free token grants 5 calls a minute, 50 an hour and 125 a day; without one it is 100 a day, of the "
        "search only. Answers of the search are up to ten minutes old. All sources with one key, on all "
        "replicas, share its calls."
    )

    type: Literal["courtlistener"]
    dockets: tuple[Annotated[int, Field(gt=0)], ...] = ()
    """CourtListener's own docket ids: the number in the address of a docket's page."""
    discover: tuple[Discovery, ...] = ()
    """Searches that propose cases: `{matter, search, courts?}`."""
    every: Duration = timedelta(hours=1)
    look_every: Duration = timedelta(hours=6)
    """How often a docket is looked at in full even if the search shows nothing new in it."""
    discover_every: Duration = timedelta(hours=12)
    """How often each search for cases is asked."""
    history: int = Field(default=5, ge=1, le=50)
    """Pages of 20 entries that a first look reads, and that a later one reads in one poll."""
    backfilled_after: Duration = timedelta(days=7)
    """An entry that CourtListener got this long after it was filed is kept, and never alerts."""
    calls_per_minute: int = Field(default=5, ge=1)
    """What the key grants."""
    calls_per_hour: int = Field(default=50, ge=1)
    """What the key grants."""
    calls_per_day: int = Field(default=125, ge=1)
    """What the key grants."""
    anonymous_calls_per_day: int = Field(default=100, ge=1)
    """Granted without a key."""
    base_url: WebAddress = "https://www.courtlistener.com"
    """Where the API is."""

    @model_validator(mode="after")
    def _asks_for_something(self) -> Self:
        if not self.dockets and not self.discover:
            raise ValueError("needs dockets or discover")
        granted = max(self.calls_per_day, self.anonymous_calls_per_day)
        fastest = timedelta(days=1) / granted
        if self.dockets and self.every < fastest:
            seconds = math.ceil(fastest.total_seconds())
            raise ValueError(
                f"every: each poll of dockets costs a call, of which {granted} a day are granted: "
                f"{seconds}s or more would do"
            )
        return self

    def references(self) -> Mapping[str, tuple[str, tuple[str, ...]]]:
        """Matters that cases are proposed for."""
        return {"discover": ("matters", tuple(one.matter for one in self.discover))}

    def budget(self, key: str) -> Budget:
        """What calls are counted against: the key's grants, or those of whoever has none."""
        day = timedelta(days=1)
        if not key:
            return Budget(
                name="courtlistener:anonymous",
                limits=(CallLimit(calls=self.anonymous_calls_per_day, within=day),),
                patience=PATIENCE,
            )
        limits = (
            CallLimit(calls=self.calls_per_minute, within=timedelta(minutes=1)),
            CallLimit(calls=self.calls_per_hour, within=timedelta(hours=1)),
            CallLimit(calls=self.calls_per_day, within=day),
        )
        return Budget(name=f"courtlistener:{digest(key)[:8]}", limits=limits, patience=PATIENCE)

    def build(self, context: SourceContext) -> Source:
        """The dockets, ready to poll."""
        return CourtListener(self, context)


class CourtListener:
    """Polls dockets and searches for cases."""

    def __init__(self, config: CourtListenerConfig, context: SourceContext) -> None:
        self._config = config
        self._context = context

    async def poll(self, cursor: str | None) -> Poll:
        """New and changed entries, and cases that are proposed, oldest first.

        What the call budget does not allow stays due; what was done is kept. Raises SourceError.
        """
        return await _Round(self._config, self._context, cursor).run()


class _Round:
    """One poll: what it has found so far, and what it remembers for the next."""

    def __init__(self, config: CourtListenerConfig, context: SourceContext, cursor: str | None) -> None:
        self._config = config
        self._matters = context.matters
        self._key = context.keys.get(config.service, "")
        self._api = Api(context.http, config.base_url, key=self._key, budget=config.budget(self._key))
        self._now = context.now()
        self._setting = Setting(config.id, config.base_url, config.labels, self._now)
        self._known = recall(cursor, config.base_url)
        fresh = DocketWatch(since=self._now)
        self._dockets = {one: self._known.dockets.get(one, fresh) for one in config.dockets}
        self._heard = dict(self._known.heard)
        self._search = self._known.search
        self._found: dict[str, Signal] = {}
        self._seen = {entry for watch in self._dockets.values() for entry in watch.read}
        """Entries that full looks have listed, now or lately."""
        self._background: set[str] = set()
        self._failures: list[SourceError] = []
        self._blind: list[str] = []
        """What those failures hide that are more than a call that was not granted."""
        self._notes: list[str] = []

    async def run(self) -> Poll:
        """Everything that is due and that the calls last for. Raises SourceError."""
        if self._dockets:
            await self._watch()
        proposals = await self._propose()
        if self._failures and not self._api.answered:
            raise self._failures[0]
        after = CourtListenerCursor(
            api=self._config.base_url,
            search=self._search,
            dockets=self._dockets,
            heard=kept_last(self._heard),
            searches=proposals.searches,
            proposed=proposals.proposed,
        )
        return Poll(
            signals=sorted(self._found.values(), key=lambda signal: signal.published_at),
            cursor=after.model_dump_json(exclude_defaults=True),
            wait_at_least=min(self._wait, LONGEST_WISH),
            note=self._note,
            unseen=self._unseen,
            overdue=self._overdue,
            budget_left=self._api.budget_left,
            background=frozenset(self._background),
        )

    async def _watch(self) -> None:
        """The bell, then the dockets that it or the time of day calls for. Raises SourceError."""
        heard = await self._listen()
        for docket in {hit.docket_id for hit in heard.news}:
            self._change(docket, rang=True)
        await self._learn()
        if self._key:
            await self._look_at_due()
        if self._tell(heard.news):
            self._search = heard.visit  # else what is held back would be behind a 304 next time

    async def _listen(self) -> Heard:
        """What the search shows. Raises SourceError where nothing else is left to ask."""
        pages = 1 if self._key else self._config.history
        try:
            heard = await listen(self._api, self._search, self._dockets, heard=self._heard, pages=pages)
        except SourceError as error:
            if not self._key or not is_outage(error):
                raise
            self._fail(error)  # the dockets are no part of the search, and may well answer
            return Heard((), self._search)
        if heard.is_empty:
            self._notes.append("the search shows no document of any docket")
        return heard

    async def _learn(self) -> None:
        """What the dockets are, asked for once; what is not known is asked for again some hours later."""
        lacking = [one for one, watch in self._dockets.items() if self._lacks_facts(watch)]
        try:
            if self._key:
                for one in lacking:
                    self._change(one, facts=await self._api.docket(one), asked_at=self._now)
            elif lacking:
                found = await learn_by_search(self._api, lacking)
                for one in lacking:
                    self._change(one, facts=found.get(one), asked_at=self._now)
        except SourceError as error:
            self._fail(error)

    def _lacks_facts(self, watch: DocketWatch) -> bool:
        if watch.facts:
            return False
        return watch.asked_at is None or self._now - watch.asked_at >= self._config.look_every

    async def _look_at_due(self) -> None:
        """Full looks: where the bell rang, then where none ever was, then the longest ago."""
        every = self._config.look_every
        due = [one for one, watch in self._dockets.items() if watch.is_due(self._now, every)]
        due.sort(key=lambda one: self._dockets[one].urgency)
        for docket in due:
            is_known = self._dockets[docket].asked_at is not None  # else whose entries they are is not
            if is_known and not any(map(is_refusal, self._failures)):
                await self._look(docket)
        left = sum(self._dockets[docket].looked_at != self._now for docket in due)
        if left and self._failures:
            self._notes.append(f"{left} of {len(self._dockets)} dockets are still to be looked at")

    async def _look(self, docket: int) -> None:
        watch = self._dockets[docket]
        seen = await look(self._api, docket, watch, pages=self._config.history, now=self._now)
        self._seen |= {entry.id for entry in seen.entries}
        for entry in seen.entries:
            if not watch.is_known(entry):
                self._take(entry, watch)
        self._dockets[docket] = seen.watch
        if seen.failure:
            self._fail(seen.failure, f"docket {docket}: ")
        elif seen.is_empty:
            self._notes.append(f"docket {docket} lists no entries")

    def _tell(self, news: Sequence[Hit]) -> bool:
        """Make signals of what the search showed and no look has settled. Was there nothing to hold back?"""
        held = False
        for entry in entries_of(news):
            watch = self._dockets[entry.of or 0]
            if watch.asked_at is None:  # it comes again, when it is known whose it is
                held = True
                continue
            if watch.rang or entry.id not in self._seen:
                self._take(entry, watch)
            self._heard |= {hit.id: hit.content for hit in news if hit.docket_entry_id == entry.id}
        if not self._key:
            for docket, watch in self._dockets.items():
                self._dockets[docket] = watch.model_copy(update={"rang": False})
        return not held

    def _take(self, entry: Entry, watch: DocketWatch) -> None:
        signal = entry_signal(entry, watch.facts, self._setting)
        self._found.setdefault(f"entry:{entry.id}", signal)  # a look, which is fuller, comes first
        if is_background(
            entry,
            signal,
            since=watch.since,
            max_age=self._config.max_age,
            backfilled_after=self._config.backfilled_after,
            now=self._now,
        ):
            self._background.add(f"entry:{entry.id}")

    async def _propose(self) -> Proposals:
        """Cases that the searches find and nobody watches yet."""
        known = self._known
        if any(map(is_refusal, self._failures)):
            return Proposals((), (), known.searches, known.proposed)
        config = self._config
        searches = Searches(config.discover_every, config.discover, config.dockets, self._matters)
        found = await propose(self._api, searches, known, self._setting)
        self._found |= {signal.id or "": signal for signal in found.signals}
        oldest = self._now - self._config.max_age
        self._background |= {one.id or "" for one in found.first_found if one.published_at < oldest}
        if found.failure:
            self._fail(found.failure)
        return found

    def _fail(self, error: SourceError, where: str = "") -> None:
        self._failures.append(error)
        if not is_refusal(error):
            self._blind.append(f"{where}{error}")

    def _change(self, docket: int, **changes: object) -> None:
        self._dockets[docket] = self._dockets[docket].model_copy(update=changes)

    @property
    def _wait(self) -> timedelta:
        """What the publisher wishes, and how long it refuses."""
        asked = (error.retry_after for error in self._failures if error.retry_after)
        return max(self._api.fresh_for, *asked, timedelta(0))

    @property
    def _note(self) -> str:
        notes = [*self._notes, *dict.fromkeys(str(one) for one in self._failures if is_refusal(one))]
        if self._api.unreadable:
            notes.append(f"{self._api.unreadable} rows cannot be read")
        if self._dockets and not self._key:
            notes.append(
                "without ALERTER_KEYS__COURTLISTENER only the search is asked, which lacks late texts"
            )
        return "; ".join(notes)

    @property
    def _unseen(self) -> tuple[str, ...]:
        """Dockets that nobody knows, and what failed."""
        unknown = [one for one, watch in self._dockets.items() if watch.asked_at and not watch.facts]
        return (*(f"no such docket: {one}" for one in unknown), *dict.fromkeys(self._blind))

    @property
    def _overdue(self) -> tuple[str, ...]:
        if not self._key:
            return ()
        latest = self._now - max(UNSEEN_FOR, 2 * self._config.look_every)
        return tuple(
            f"docket {one} was not looked at in full since {watch.seen_at:%Y-%m-%d %H:%M} UTC"
            for one, watch in self._dockets.items()
            if watch.seen_at < latest
        )
