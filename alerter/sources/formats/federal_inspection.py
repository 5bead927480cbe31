"""Documents on public inspection, watched until they are published or withdrawn. Pure.

A withdrawn document stays listed, with a note of the agency's letter, to the end of the day that it was to be
published on; the Office of the Federal Register says so itself (archives.gov, "Withdrawing a document on
public inspection"). One that is taken off the list without a note, and published by then, is no more either;
but a list may be cut short, so that what is gone counts as withdrawn only when it stays away.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from pydantic import AwareDatetime

from alerter.core.clean import cap_bytes
from alerter.core.model import Frozen
from alerter.core.signal import NoticeReference, Signal, SignalKind
from alerter.sources.formats.federal_documents import SCHEDULED, WITHDRAWN, Documents, InspectedDocument

AWAITED_KEPT = 500
"""Documents that are watched: those that are gone, and those filed last."""
TEXT_KEPT = 1_000
"""Bytes that are remembered of a document's text."""
STAYS_AWAY = timedelta(hours=1)
"""What has been gone for so long, and is gone still, does not come back."""
PUBLISHED_LATE = timedelta(days=1)
"""A document that is due may be listed as published some hours after it has left public inspection."""
_FEW = 4
_EASTERN = ZoneInfo("America/New_York")


class Awaited(Frozen):
    """A document as it was last on public inspection: what its withdrawal must still be able to say."""

    title: str
    text: str
    url: str | None
    notice: NoticeReference
    filed_at: AwareDatetime
    due: date | None
    gone_since: AwareDatetime | None = None
    """When it was missed first."""


class Inspection(Frozen):
    """What is remembered of public inspection from poll to poll."""

    given: dict[str, str] = {}
    """Documents on the list: number → hash of the content given."""
    awaited: dict[str, Awaited] = {}
    ahead: dict[date, int] = {}
    """Day of publication → how many documents were listed for it, of all agencies."""


@dataclass(frozen=True, slots=True)
class Looked:
    """What a look at the list comes to."""

    awaited: Mapping[str, Awaited]
    ahead: Mapping[date, int]
    doubt: str = ""
    """Why what is gone from it may not be gone, as it may be cut short."""

    def lost(self, now: datetime) -> list[str]:
        """Documents that stay away: withdrawn, unless they are published after all."""
        if self.doubt:
            return []
        return [number for number, one in self.awaited.items() if _stays_away(one, now)]

    def note(self, lost: Iterable[str]) -> str:
        """What health should say of it."""
        if self.doubt:
            return f"{self.doubt}: nothing is taken for withdrawn"
        gone = {number for number, one in self.awaited.items() if one.gone_since} - set(lost)
        what = "document is" if len(gone) == 1 else "documents are"
        return f"{len(gone)} {what} gone from public inspection, and not published yet" if gone else ""


def look(
    found: Documents[InspectedDocument],
    waiting: Iterable[Signal],
    known: Inspection,
    published: Iterable[str],
    now: datetime,
) -> Looked:
    """The list with what was known of it: who is on it, who is gone since when.

    `found` is all that is listed, `waiting` the signals of those that are wanted and not published.
    """
    today = now.astimezone(_EASTERN).date()
    before = {day: count for day, count in known.ahead.items() if day > today}
    ahead = Counter(row.publication_date for row in found.read if row.publication_date)
    dues = {row.document_number: row.publication_date for row in found.read}
    listed, done = set(dues), set(published)
    doubt = _doubt(found, before, ahead)
    awaited = {
        number: one.model_copy(update={"gone_since": one.gone_since or now})
        for number, one in known.awaited.items()
        if number not in listed | done and not doubt
    }
    if doubt:
        awaited = {number: one for number, one in known.awaited.items() if number not in done}
    stay = (signal for signal in waiting if not signal.is_withdrawn)
    awaited |= {signal.id or "": _await(signal, dues.get(signal.id or "")) for signal in stay}
    kept = sorted(awaited.items(), key=lambda pair: (bool(pair[1].gone_since), pair[1].filed_at))
    return Looked(dict(kept[-AWAITED_KEPT:]), before if doubt else dict(ahead), doubt)


def look_again(known: Inspection, published: Iterable[str]) -> Looked:
    """The same where the list has not changed: what was gone is gone still."""
    done = set(published)
    awaited = {number: one for number, one in known.awaited.items() if number not in done}
    return Looked(awaited, known.ahead)


def withdraw(number: str, last: Awaited, *, source: str, labels: dict[str, str], now: datetime) -> Signal:
    """The document's last version: its title and text as they were, and nothing that it would have set."""
    return Signal(
        id=number,
        source=source,
        kind=SignalKind.NOTICE,
        title=last.title,
        text="\n\n".join(part for part in (WITHDRAWN, last.text) if part),
        url=last.url,
        published_at=now,
        language="en",
        labels=labels,
        notice=last.notice.model_copy(
            update={"stage": "withdrawn", "effective_on": None, "comments_close_on": None}
        ),
    )


def _await(signal: Signal, due: date | None) -> Awaited:
    stated = (part for part in signal.text.split("\n\n") if not part.startswith(SCHEDULED))
    return Awaited(
        title=signal.title,
        text=cap_bytes("\n\n".join(stated), TEXT_KEPT),
        url=signal.url,
        notice=signal.notice or NoticeReference(number=signal.id),
        filed_at=signal.published_at,
        due=due,
    )


def _doubt(found: Documents[InspectedDocument], before: Mapping[date, int], ahead: Mapping[date, int]) -> str:
    if found.unreadable:
        return f"documents on public inspection that cannot be read: {found.unreadable}"
    if _is_cut_short(before, ahead) or (not found.read and before):
        return "public inspection lists far less than before"
    return ""


def _is_cut_short(before: Mapping[date, int], ahead: Mapping[date, int]) -> bool:
    """Are most of those gone that were listed for days that are still to come?"""
    left = sum(min(count, ahead.get(day, 0)) for day, count in before.items())
    return sum(before.values()) >= _FEW and left * 2 < sum(before.values())


def _stays_away(one: Awaited, now: datetime) -> bool:
    is_due = one.due is not None and one.due <= now.astimezone(_EASTERN).date()
    return one.gone_since is not None and now - one.gone_since >= (PUBLISHED_LATE if is_due else STAYS_AWAY)
