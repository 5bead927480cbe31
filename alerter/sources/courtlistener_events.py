"""What CourtListener pushes through its webhooks, made into the same signals as by polling. Pure.

Format: https://www.courtlistener.com/help/api/webhooks/. A docket alert holds entries as the list gives them,
but for the docket, of which it states at most the id: whose it is, polling has learnt. A search alert holds
documents, or cases with documents in them.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from pydantic import Field

from alerter.core.signal import Signal
from alerter.sources.courtlistener_watch import DocketWatch, is_background
from alerter.sources.formats.courtlistener_entries import Setting, case_signal, entry_signal
from alerter.sources.formats.courtlistener_rows import (
    Case,
    DocketFacts,
    Entry,
    Hit,
    UnknownShape,
    docket_facts,
    entries_of,
)
from alerter.sources.formats.json_rows import JsonRow, read_each

DOCKET_ALERT, SEARCH_ALERT = 1, 2
RESULTS_LIMIT = 1000
"""Most results of one event."""


class Payload(JsonRow):
    """What the event brings."""

    results: list[dict[str, Any]] = Field(max_length=RESULTS_LIMIT)
    """Entries, documents or cases, as the API gives them."""


class Hook(JsonRow):
    """Which webhook it comes through."""

    event_type: int
    """1: docket alert, 2: search alert; others bring no signals."""


class Event(JsonRow):
    """One event as it is posted."""

    payload: Payload
    webhook: Hook


@dataclass(frozen=True, slots=True)
class Pushed:
    """What an event brings, in the shapes of the API."""

    entries: Sequence[Entry] = ()
    found: Sequence[Entry] = ()
    """Entries of which a search shows some documents."""
    cases: Sequence[Case] = ()
    facts: Mapping[int, DocketFacts] = field(default_factory=dict)
    """Docket → what the event itself says of it."""

    @property
    def dockets(self) -> frozenset[int]:
        """The dockets that it speaks of."""
        of = {entry.of for entry in (*self.entries, *self.found)}
        return frozenset(one for one in (*of, *(case.docket_id for case in self.cases)) if one)


@dataclass(frozen=True, slots=True)
class Desk:
    """Who takes what is pushed of a docket."""

    setting: Setting
    max_age: timedelta
    backfilled_after: timedelta
    watch: DocketWatch | None = None
    """What polling has learnt of the docket; None = nothing yet."""


@dataclass(frozen=True, slots=True)
class Taken:
    """A signal of an event."""

    signal: Signal
    is_background: bool = False
    is_known: bool = False
    """Has polling read this version of it, or a later one, already?"""


def read_event(event: Event) -> Pushed:
    """What the event brings; nothing for a type that brings no signals.

    Raises UnknownShape when none of its results can be read.
    """
    results = event.payload.results
    if event.webhook.event_type == DOCKET_ALERT:
        entries, faults = read_each(results, Entry)
        _check(entries, faults)
        return Pushed(entries=list(map(_placed, entries)))
    if event.webhook.event_type == SEARCH_ALERT:
        return _read_search(results)
    return Pushed()


def _check(read: Sequence[object], faults: Sequence[str]) -> None:
    if faults and not read:
        raise UnknownShape(f"holds results without a readable {faults[0]}")


def _placed(entry: Entry) -> Entry:
    """The entry with its docket's id, which stands in its documents' addresses at least."""
    if entry.of:
        return entry
    found = (re.match(r"/docket/(\d+)/", one.absolute_url) for one in entry.recap_documents)
    docket = next((int(one[1]) for one in found if one), None)
    return entry.model_copy(update={"docket_id": docket})


def _read_search(results: Sequence[dict[str, Any]]) -> Pushed:
    documents = [one for one in results if "docket_entry_id" in one]
    cases, faults = read_each([one for one in results if "docket_entry_id" not in one], Case)
    nested = {one.get("docket_id"): one.get("recap_documents") or () for one in results}
    for case in cases:
        inside = nested.get(case.docket_id, ())
        documents += [{**one, "docket_id": case.docket_id} for one in inside if isinstance(one, dict)]
    hits, more = read_each(documents, Hit)
    _check([*hits, *cases], [*faults, *more])
    facts = {one.docket_id: docket_facts(one.court_id, one.docketNumber, one.caseName) for one in cases}
    with_documents = {hit.docket_id for hit in hits}
    return Pushed(
        found=entries_of(hits),
        cases=[case for case in cases if case.docket_id not in with_documents],
        facts={docket: one for docket, one in facts.items() if one.court},
    )


def signals_of(pushed: Pushed, desks: Mapping[int, Desk], elsewhere: Desk) -> list[Taken]:
    """A signal for everything that was pushed; of dockets that nobody lists too, at the desk `elsewhere`."""

    def of(docket: int | None) -> Desk:
        return desks.get(docket or 0, elsewhere)

    whole = [_take(entry, pushed, of(entry.of), whole=True) for entry in pushed.entries]
    parts = [_take(entry, pushed, of(entry.of), whole=False) for entry in pushed.found]
    cases = [
        Taken(case_signal(case, "Found by a search alert", {}, of(case.docket_id).setting))
        for case in pushed.cases
    ]
    return [*whole, *parts, *cases]


def _take(entry: Entry, pushed: Pushed, desk: Desk, *, whole: bool) -> Taken:
    watch = desk.watch
    facts = pushed.facts.get(entry.of or 0) or (watch.facts if watch else None)
    signal = entry_signal(entry, facts, desk.setting)
    return Taken(
        signal,
        is_background=is_background(
            entry,
            signal,
            since=watch.since if watch else None,
            max_age=desk.max_age,
            backfilled_after=desk.backfilled_after,
            now=desk.setting.now,
        ),
        is_known=watch is not None and (watch.is_known(entry) or (not whole and entry.id in watch.read)),
    )
