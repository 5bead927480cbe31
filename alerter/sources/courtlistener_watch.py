"""What is remembered of the dockets that a CourtListener source watches, and what follows from it. Pure.

It stands in the source's cursor. The webhook reads it too: a pushed entry does not say whose docket it is.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from pydantic import AwareDatetime

from alerter.core.model import Frozen
from alerter.core.signal import Signal
from alerter.sources.formats.courtlistener_rows import ChangedEntry, DocketFacts, Entry
from alerter.sources.http import Visit

ROWS_KEPT = 600
"""Rows of the search, and proposed cases, that are remembered."""
CHANGES_KEPT = 40
"""Entries of one docket whose last change is remembered."""
OVERLAP = timedelta(minutes=10)
"""How far before the watermark changes are read again: some become visible later than they are dated."""


class Reading(Frozen):
    """A full look that is not at its end: where it goes on, and the newest change it began with."""

    next: tuple[tuple[str, str], ...]
    newest: AwareDatetime


class DocketWatch(Frozen):
    """What is remembered of one docket."""

    since: AwareDatetime
    """Watched since; what was old then never alerts."""
    facts: DocketFacts | None = None
    asked_at: AwareDatetime | None = None
    """When its facts were last asked for."""
    rang: bool = False
    """Has the search shown something that was not looked at yet?"""
    looked_at: AwareDatetime | None = None
    """When a full look last came to its end."""
    watermark: AwareDatetime | None = None
    """The newest change that was read, with all before it."""
    read: dict[int, AwareDatetime] = {}
    """The entries changed last, and when."""
    visit: Visit | None = None
    reading: Reading | None = None

    @property
    def seen_at(self) -> datetime:
        """When it was last looked at in full; before that, since when it is watched."""
        return self.looked_at or self.since

    @property
    def urgency(self) -> tuple[bool, bool, datetime]:
        """Sorts by when to look: where the bell rang, then where nobody ever looked, then the longest ago."""
        return not self.rang, self.looked_at is not None, self.seen_at

    def is_due(self, now: datetime, every: timedelta) -> bool:
        """Should it be looked at in full now?"""
        if self.rang or self.reading is not None or self.looked_at is None:
            return True
        return now - self.looked_at >= every

    def is_known(self, entry: Entry) -> bool:
        """Was this change, or a later one, read already?"""
        if entry.date_modified is None or self.watermark is None:
            return False
        if entry.date_modified <= self.watermark - OVERLAP:
            return True
        last = self.read.get(entry.id)
        return last is not None and entry.date_modified <= last

    def after_look(
        self, read: Iterable[ChangedEntry], newest: datetime | None, now: datetime
    ) -> "DocketWatch":
        """As it stands after a look that came to its end."""
        watermark = max(filter(None, (newest, self.watermark)), default=None)
        known = self.read | {entry.id: entry.date_modified for entry in read}
        latest = dict(sorted(known.items(), key=lambda pair: pair[1])[-CHANGES_KEPT:])
        changes = {"rang": False, "looked_at": now, "watermark": watermark, "read": latest, "reading": None}
        return self.model_copy(update=changes)


class SearchWatch(Frozen):
    """What is remembered of one search for cases."""

    asked_at: AwareDatetime
    visit: Visit


class CourtListenerCursor(Frozen):
    """What a source remembers from poll to poll."""

    api: str
    """The address that all this belongs to."""
    search: Visit | None = None
    dockets: dict[int, DocketWatch] = {}
    heard: dict[int, str] = {}
    """Rows of the search that were seen: document → what was stated."""
    searches: dict[str, SearchWatch] = {}
    proposed: tuple[int, ...] = ()
    """Cases that were proposed before."""


def recall(cursor: str | None, api: str) -> CourtListenerCursor:
    """The cursor, or an empty one where there is none of this address that can be read."""
    try:
        known = CourtListenerCursor.model_validate_json(cursor or "")
    except ValueError:
        return CourtListenerCursor(api=api)
    return known if known.api == api else CourtListenerCursor(api=api)


def is_background(
    entry: Entry,
    signal: Signal,
    *,
    since: datetime | None,
    max_age: timedelta,
    backfilled_after: timedelta,
    now: datetime,
) -> bool:
    """Is an entry old news, whenever it comes?

    It is where it was too old when its docket was first watched, and where CourtListener itself got it long
    after it was filed. Neither changes from one version to the next, so that a late text of an entry that
    alerted is never taken for background, nor a late text of an old one for news.
    """
    filed_at = signal.published_at
    if since is not None and filed_at < since - max_age:
        return True
    return (entry.date_created or now) - filed_at > backfilled_after


def kept_last(pairs: Mapping[int, str]) -> dict[int, str]:
    """The rows that are remembered of all that were seen, in the order they were seen in."""
    return dict(list(pairs.items())[-ROWS_KEPT:])
