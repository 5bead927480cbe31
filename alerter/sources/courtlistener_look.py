"""The questions that a CourtListener source asks: what rings, what is in a docket, which cases there are.

Each goes through the calls of one poll and gives back what it found and what to remember, also when it
breaks off.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated

from pydantic import Field, StringConstraints

from alerter.core.dockets import is_same_docket
from alerter.core.matter import Matter
from alerter.core.model import Frozen, Name, Shape, digest
from alerter.core.signal import Signal
from alerter.sources.base import SourceError
from alerter.sources.courtlistener_api import Api, Page, Params
from alerter.sources.courtlistener_watch import (
    OVERLAP,
    ROWS_KEPT,
    CourtListenerCursor,
    DocketWatch,
    Reading,
    SearchWatch,
)
from alerter.sources.formats.courtlistener_entries import Setting, case_signal
from alerter.sources.formats.courtlistener_rows import Case, ChangedEntry, DocketFacts, Hit, docket_facts
from alerter.sources.http import Visit

CourtId = Annotated[
    str,
    StringConstraints(max_length=20),
    Shape(r"^[a-z0-9]+$", "a court's id of lower-case letters and digits, like cit or cafc"),
]
PROPOSED_FOR = "proposed_for"
"""The label that names the matter which a case is proposed for."""


@dataclass(frozen=True, slots=True)
class Heard:
    """What the search showed that was not seen before."""

    news: Sequence[Hit]
    """New rows, and beside them what else was shown of their entries: half an entry is another one."""
    visit: Visit | None
    is_empty: bool = False
    """Did it show no document at all?"""


async def listen(
    api: Api, last: Visit | None, dockets: Collection[int], *, heard: Mapping[int, str], pages: int
) -> Heard:
    """The newest documents of all dockets in one call, and in more as long as they are new.

    Raises SourceError.
    """
    wanted = " ".join(map(str, dockets))
    asked = (("type", "rd"), ("q", f"docket_id:({wanted})"), ("order_by", "entry_date_filed desc"))
    page = await api.page("search/", asked, Hit, last=last)
    visit, rows, news = page.visit, list(page.rows), _unheard(page, dockets, heard)
    is_empty = not page.rows and not page.is_unchanged
    for _ in range(pages - 1):
        if not page.following or not page.rows or page.rows[-1] not in news:
            break
        page = await api.page("search/", page.following, Hit)
        rows += page.rows
        news += _unheard(page, dockets, heard)
    entries = {hit.docket_entry_id for hit in news}
    return Heard([hit for hit in rows if hit.docket_entry_id in entries], visit, is_empty)


def _unheard(page: Page[Hit], dockets: Collection[int], heard: Mapping[int, str]) -> list[Hit]:
    return [hit for hit in page.rows if hit.docket_id in dockets and heard.get(hit.id) != hit.content]


async def learn_by_search(api: Api, dockets: Sequence[int]) -> dict[int, DocketFacts]:
    """What dockets are, as far as the search knows them: for those without a key. Raises SourceError."""
    wanted = " ".join(map(str, dockets))
    asked: Params = (("type", "d"), ("q", f"docket_id:({wanted})"))
    cases: list[Case] = []
    for _ in dockets:  # no more pages than there could be
        page = await api.page("search/", asked, Case)
        cases += page.rows
        if page.following is None:
            break
        asked = page.following
    return {case.docket_id: docket_facts(case.court_id, case.docketNumber, case.caseName) for case in cases}


@dataclass(frozen=True, slots=True)
class Look:
    """What a look at a docket came to; a failure may come after some pages were read."""

    entries: Sequence[ChangedEntry]
    watch: DocketWatch
    failure: SourceError | None = None
    is_empty: bool = False


async def look(api: Api, docket: int, watch: DocketWatch, *, pages: int, now: datetime) -> Look:
    """The entries changed since the last look, newest first.

    Where it breaks off, or more has changed than it may read at once, the next look goes on from there. A
    first look ends after its pages: what changed before is history.
    """
    going, read = watch.reading, list[ChangedEntry]()
    newest, visit = (going.newest, watch.visit) if going else (None, watch.visit)
    asked: Params = going.next if going else _entries_of(docket)
    for number in range(pages):
        is_first = number == 0 and going is None
        try:
            page = await api.page(
                "docket-entries/", asked, ChangedEntry, last=watch.visit if is_first else None
            )
        except SourceError as error:
            return Look(read, _broken_off(watch, error), failure=error)
        visit = page.visit if is_first else visit
        read += page.rows
        newest = newest or max((row.date_modified for row in page.rows), default=None)
        if page.following is None or page.is_unchanged or _is_below(page.rows, watch.watermark):
            break
        asked = page.following
        watch = watch.model_copy(update={"reading": Reading(next=asked, newest=newest or now)})
    else:
        if watch.watermark is not None:
            return Look(read, watch)
    is_empty = not read and watch.watermark is None and going is None
    after = watch.after_look(read, newest, now).model_copy(update={"visit": visit})
    return Look(read, after, is_empty=is_empty)


def _entries_of(docket: int) -> Params:
    """Without the whole texts of documents: a page of briefs would be more than an answer may hold."""
    return (
        ("docket", str(docket)),
        ("order_by", "-date_modified"),
        ("omit", "recap_documents__plain_text"),
    )


def _broken_off(watch: DocketWatch, error: SourceError) -> DocketWatch:
    """A page that is refused as no page at all begins the next look anew."""
    is_lost = getattr(error, "status", None) in {400, 404}
    return watch.model_copy(update={"reading": None}) if is_lost else watch


def _is_below(rows: Sequence[ChangedEntry], watermark: datetime | None) -> bool:
    return watermark is not None and any(row.date_modified <= watermark - OVERLAP for row in rows)


class Discovery(Frozen):
    """A search that proposes cases for a matter."""

    matter: Name
    """The matter that the cases may belong to."""
    search: str = Field(min_length=1, max_length=500)
    """As typed into CourtListener's search box."""
    courts: tuple[CourtId, ...] = ()
    """Only in these courts: `cit`, `cafc`, `scotus` …"""

    @property
    def name(self) -> str:
        """Tells it from other searches."""
        return digest(self.matter, self.search, *self.courts)

    @property
    def question(self) -> Params:
        """The newest cases first."""
        asked = (("type", "r"), ("q", self.search), ("order_by", "dateFiled desc"))
        return (*asked, ("court", " ".join(self.courts))) if self.courts else asked


@dataclass(frozen=True, slots=True)
class Searches:
    """The searches of a source, and what they must not propose."""

    every: timedelta
    asked: Sequence[Discovery]
    watched: Collection[int]
    """Dockets of the source's own."""
    matters: Mapping[str, Matter]


@dataclass(frozen=True, slots=True)
class Proposals:
    """Cases found, and what to remember of the searches."""

    signals: Sequence[Signal]
    first_found: Sequence[Signal]
    """Those of searches that were asked for the first time: what there was before."""
    searches: dict[str, SearchWatch]
    proposed: tuple[int, ...]
    failure: SourceError | None = None


async def propose(api: Api, searches: Searches, known: CourtListenerCursor, setting: Setting) -> Proposals:
    """Ask the searches that are due for cases that nobody watches and that were not proposed yet.

    A search that fails ends the asking; the others stay due.
    """
    signals, first = list[Signal](), list[Signal]()
    asked = {one.name: known.searches[one.name] for one in searches.asked if one.name in known.searches}
    proposed, failure = known.proposed, None
    for one in searches.asked:
        last = asked.get(one.name)
        if failure or (last and setting.now - last.asked_at < searches.every):
            continue
        try:
            page = await api.page("search/", one.question, Case, last=last.visit if last else None)
        except SourceError as error:
            failure = error
            continue
        new = _unknown(page.rows, searches, one.matter, proposed)
        found = [_proposal(case, one.matter, setting) for case in new]
        signals += found
        first += [] if last else found
        proposed = (*proposed, *(case.docket_id for case in new))[-ROWS_KEPT:]
        asked[one.name] = SearchWatch(asked_at=setting.now, visit=page.visit)
    return Proposals(signals, first, asked, proposed, failure)


def _unknown(rows: Sequence[Case], searches: Searches, matter: str, proposed: Collection[int]) -> list[Case]:
    """Each case once, without those that the source or the matter has, and those proposed before."""
    cases = {case.docket_id: case for case in rows}
    known = searches.matters.get(matter, Matter(id=matter))
    left_out = {*searches.watched, *proposed}
    return [case for case in cases.values() if case.docket_id not in left_out and not _is_listed(case, known)]


def _proposal(case: Case, matter: str, setting: Setting) -> Signal:
    return case_signal(case, f"May belong to {matter}", {PROPOSED_FOR: matter}, setting)


def _is_listed(case: Case, matter: Matter) -> bool:
    own = (case.court_id, case.docketNumber)
    return any(is_same_docket(own, docket) for docket in matter.dockets)
