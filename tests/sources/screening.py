"""Screening lists as their publisher writes them, made for tests."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from alerter.core.signal import Signal
from alerter.sources.base import Poll, SourceContext
from alerter.sources.http import HttpClient, Validators
from alerter.sources.screening_list import FILE, ScreeningCursor, ScreeningListConfig
from tests.sources.conftest import Host

NOW = datetime(2025, 6, 9, 12, tzinfo=UTC)
SDN = "Specially Designated Nationals (SDN) - Treasury Department"

ENTITY_LIST = "Entity List (EL) - Bureau of Industry and Security"
COLUMNS = (
    "_id",
    "source",
    "entity_number",
    "type",
    "programs",
    "name",
    "title",
    "addresses",
    "federal_register_notice",
    "start_date",
    "end_date",
    "standard_order",
    "license_requirement",
    "license_policy",
    "call_sign",
    "vessel_type",
    "gross_tonnage",
    "gross_registered_tonnage",
    "vessel_flag",
    "vessel_owner",
    "remarks",
    "source_list_url",
    "alt_names",
    "citizenships",
    "dates_of_birth",
    "nationalities",
    "places_of_birth",
    "source_information_url",
    "ids",
)

Party = dict[str, str]


def listed(rows: Iterable[Mapping[str, str]], *, columns: Sequence[str] = COLUMNS, end: str = "\n") -> bytes:
    """A file of these rows: the header bare, all values between quotes."""
    text = io.StringIO()
    csv.writer(text, lineterminator=end).writerow(columns)
    writer = csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator=end)
    writer.writerows([row.get(name, "") for name in columns] for row in rows)
    return text.getvalue().encode()


def party(name: str, /, **values: str) -> Party:
    """A row of the Entity List, unless it says otherwise."""
    return {"source": ENTITY_LIST, "name": name, "addresses": "1 Furnace Road, Baotou, CN"} | values


def treasury(number: int, /, **values: str) -> Party:
    """A row of a list that numbers its parties."""
    return party(f"Party {number}", **({"source": SDN, "entity_number": str(number)} | values))


class Desk:
    """A list at a host, polled with the clock an hour further on each time."""

    def __init__(self, host: Host, http: HttpClient, **options: Any) -> None:
        self.host, self.http = host, http
        self.now = NOW
        self.cursor: str | None = None
        self.options: dict[str, Any] = {"base_url": host.url("/").rstrip("/")} | options

    async def sees(self, *rows: Party, **form: Any) -> Poll:
        """The poll that finds these rows."""
        return await self.receives(listed(rows, **form))

    async def receives(self, body: bytes) -> Poll:
        """The poll that finds this file."""
        self.host.on(FILE, body)
        return await self._poll()

    async def sees_nothing_new(self) -> Poll:
        """The poll that is answered by a 304."""
        known = ScreeningCursor.model_validate_json(self.cursor or "")
        validators = Validators(url=self.host.url(FILE), etag='"1"')
        visit = known.visit.model_copy(update={"validators": validators})
        self.cursor = known.model_copy(update={"visit": visit}).model_dump_json()
        self.host.on(FILE, status=304)
        return await self._poll()

    async def _poll(self) -> Poll:
        config = ScreeningListConfig.model_validate({"id": "csl", "type": "screening_list"} | self.options)
        now, self.now = self.now, self.now + timedelta(hours=1)
        source = config.build(SourceContext(http=self.http, now=lambda: now, keys={}))
        poll = await source.poll(self.cursor)
        self.cursor = poll.cursor
        return poll


def told(poll: Poll) -> list[tuple[str, str]]:
    """What has become of whom."""
    return [(s.listing.change, s.listing.name) for s in poll.signals if s.listing]


def only(poll: Poll) -> Signal:
    """The one signal of a poll."""
    (signal,) = poll.signals
    return signal


def many(count: int, *, start: int = 0) -> Sequence[Party]:
    """So many parties."""
    return [party(f"Party {number}") for number in range(start, start + count)]
