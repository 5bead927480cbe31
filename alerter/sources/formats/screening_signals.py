"""Changes of the screening list made into listings: what became of whom, on which list, on which terms. Pure.

Intake tells versions apart by their content, for ever. So what comes after the first sight of a party bears
the time at which it was seen, or a party that returns to a list as it was would be no news.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import overload

from alerter.core.clean import cap_bytes, clean_line, clean_title, is_web_address
from alerter.core.signal import ListingReference, Signal, SignalKind
from alerter.sources.formats.screening_changes import Change, Shelves
from alerter.sources.formats.screening_rows import Row

_TITLES = {"added": "Added to", "removed": "Removed from", "changed": "Changed on"}
_LABELS = {
    "type": "Type",
    "programs": "Programmes",
    "title": "Title",
    "alt_names": "Also known as",
    "addresses": "Addresses",
    "citizenships": "Citizenships",
    "nationalities": "Nationalities",
    "dates_of_birth": "Dates of birth",
    "places_of_birth": "Places of birth",
    "license_requirement": "Licence requirement",
    "license_policy": "Licence policy",
    "federal_register_notice": "Federal Register notice",
    "start_date": "Listed from",
    "end_date": "Listed until",
    "standard_order": "Standard order",
    "vessel_type": "Vessel type",
    "vessel_flag": "Vessel flag",
    "vessel_owner": "Vessel owner",
    "call_sign": "Call sign",
    "gross_tonnage": "Gross tonnage",
    "gross_registered_tonnage": "Gross registered tonnage",
    "remarks": "Remarks",
    "ids": "Identifiers",
}
"""Columns in the order in which people read them."""
_NAMED = 3
_ABBREVIATION = re.compile(r"\s*\([^()]*\)")


@dataclass(frozen=True, slots=True)
class Setting:
    """Where and when the list was read."""

    source: str
    labels: Mapping[str, str]
    pages: Mapping[str, str]
    """List → where people find it."""
    now: datetime
    undated_at: datetime
    """What is dated that says nothing of its date."""
    max_age: timedelta
    first: bool
    """Is there nothing to compare with?"""


class Listings(Sequence[Signal]):
    """The signals of the changes, each made when it is asked for."""

    def __init__(self, changes: Sequence[Change], shelves: Shelves, setting: Setting) -> None:
        self._changes = changes
        self._shelves = shelves
        self._setting = setting

    def __len__(self) -> int:
        return len(self._changes)

    def __iter__(self) -> Iterator[Signal]:
        return self._made(self._changes)

    @overload
    def __getitem__(self, index: int) -> Signal: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Signal]: ...
    def __getitem__(self, index: int | slice) -> Signal | Sequence[Signal]:
        if isinstance(index, slice):
            return tuple(self._made(self._changes[index]))
        return next(self._made([self._changes[index]]))

    def _made(self, changes: Sequence[Change]) -> Iterator[Signal]:
        rows = self._shelves.take([change.row for change in changes])
        for change, row in zip(changes, rows, strict=True):
            yield listing(change, row, self._setting)


def listing(change: Change, row: Row | None, setting: Setting) -> Signal:
    """The signal of one change; a removed party has no row any more."""
    member = change.member
    name = clean_title(member.name, "")
    described = () if row is None else _describe(row)
    text = "\n\n".join((*_happened(change, setting), member.list, *described))
    return Signal(
        id=member.id,
        source=setting.source,
        kind=SignalKind.LISTING,
        title=clean_title(f"{_TITLES[change.kind]} {short_name(member.list)}: {name}{_which(change)}", ""),
        text=cap_bytes(text),
        url=_page(row, setting.pages.get(member.list, "")),
        published_at=_published(change, row, setting),
        language="en",
        labels=dict(setting.labels),
        listing=ListingReference(list=member.list, name=name, change=change.kind, countries=member.countries),
    )


def short_name(name: str) -> str:
    """What people call a list: without the agency that keeps it and its abbreviation.

    >>> short_name("Military End User (MEU) List - Bureau of Industry and Security")
    'Military End User List'
    """
    return " ".join(_ABBREVIATION.sub("", name.partition(" - ")[0]).split()) or name


def _happened(change: Change, setting: Setting) -> Iterable[str]:
    if setting.first:
        return
    seen = f"seen {setting.now:%Y-%m-%d %H:%M} UTC"
    if change.kind == "changed":
        yield f"Changed: {', '.join(_changed(change)) or 'a value'} ({seen})."
    else:
        yield f"{change.kind.capitalize()} ({seen})."


def _which(change: Change) -> str:
    """What has changed, for a headline: ` (licence policy, addresses)`."""
    names = _changed(change)
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return f" ({', '.join(names[:_NAMED])}{more})" if names else ""


def _changed(change: Change) -> list[str]:
    """The columns that have changed, in the order in which people read them."""
    ordered = [column for column in _LABELS if column in change.columns]
    return [_LABELS[one].lower() for one in ordered] + [c for c in change.columns if c not in _LABELS]


def _describe(row: Row) -> Iterable[str]:
    for column, label in _LABELS.items():
        value = clean_line(row[column])
        if value:
            yield f"{label}: {value}"


def _page(row: Row | None, known: str) -> str | None:
    own = () if row is None else (row["source_list_url"], row["source_information_url"])
    return next((url for url in (*own, known) if url and is_web_address(url)), None)


def _published(change: Change, row: Row | None, setting: Setting) -> datetime:
    """The day it was listed from, where that is what has just happened; else now."""
    if change.kind != "added" or row is None:
        return setting.now
    try:
        started_at = datetime.combine(date.fromisoformat(row["start_date"]), time(), UTC)
    except ValueError:
        return setting.undated_at
    if setting.first:
        return min(started_at, setting.now)
    recent = setting.now - setting.max_age <= started_at <= setting.now
    return started_at if recent else setting.now
