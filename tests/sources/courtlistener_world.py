"""CourtListener's API over dockets that a test fills, and a source that is polled while time passes."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from aiohttp import web

from alerter.core.budget import Allowance, CallLimit
from alerter.core.matter import Matter
from alerter.core.signal import Signal
from alerter.sources.base import Poll, SourceContext
from alerter.sources.courtlistener import CourtListenerConfig
from alerter.sources.http import HttpClient
from tests.sources.conftest import Host

NOW = datetime(2025, 6, 9, 12, tzinfo=UTC)
KEY = "a-key-that-opens-dockets"
API = "/api/rest/v4/"
Json = dict[str, Any]


class Calls:
    """Call budgets that are counted here; time does not pass."""

    def __init__(self, left: int) -> None:
        self.left = left
        self.name = ""
        self.limits: Sequence[CallLimit] = ()

    async def spend(self, name: str, limits: Sequence[CallLimit]) -> Allowance:
        """One call, while there are any."""
        self.name, self.limits = name, limits
        if self.left == 0:
            return Allowance(left=0, wait=timedelta(hours=3))
        self.left -= 1
        return Allowance(left=self.left)

    async def close(self, name: str, wait: timedelta) -> None:
        """The publisher refused."""
        self.left = 0


class Courts:
    """The API over dockets that a test fills; pages have two rows."""

    rows = 2

    def __init__(self, host: Host) -> None:
        self.host = host
        self.entries: dict[int, list[Json]] = {}
        self.cases: list[Json] = []
        self.hidden: set[int] = set()
        """Entries that the list does not show yet."""
        self.unknown: set[int] = set()
        """Dockets that the API does not know."""
        self.failing: dict[str, Callable[[], web.Response]] = {}
        """Path → what it answers instead."""
        for path in ("search/", "docket-entries/"):
            host.on(API + path, handler=getattr(self, f"_{path[:6]}"))

    def add(self, docket: int, number: int, **fields: Any) -> Json:
        """An entry, as the list gives it; also what it becomes by another call."""
        rows = self.entries.setdefault(docket, [])
        self.host.on(f"{API}dockets/{docket}/", handler=self._facts)
        entry = an_entry(docket, number) | fields
        rows[:] = [*(row for row in rows if row["id"] != entry["id"]), entry]
        return entry

    @property
    def asked(self) -> list[str]:
        """What was asked for, and of which docket."""
        return [f"{one.path.removeprefix(API)}{one.query.get('docket', '')}" for one in self.host.asked]

    async def _facts(self, request: web.Request) -> web.StreamResponse:
        docket = int(request.path.rstrip("/").rpartition("/")[2])
        if docket in self.unknown:
            return web.Response(status=404)
        if "dockets/" in self.failing:
            return self.failing["dockets/"]()
        return web.json_response(
            {
                "court_id": "cit",
                "docket_number": f"1:25-cv-{docket:05}",
                "case_name": f"Toys {docket} v. State",
            }
        )

    async def _docket(self, request: web.Request) -> web.StreamResponse:
        if "docket-entries/" in self.failing:
            return self.failing["docket-entries/"]()
        wanted = [
            row for row in self.entries.get(int(request.query["docket"]), []) if row["id"] not in self.hidden
        ]
        return self._paged(request, sorted(wanted, key=lambda row: str(row["date_modified"]), reverse=True))

    async def _search(self, request: web.Request) -> web.StreamResponse:
        if "search/" in self.failing:
            return self.failing["search/"]()
        if request.query["type"] in {"r", "d"}:
            return self._paged(request, self.cases)
        entries = [entry for rows in self.entries.values() for entry in rows]
        entries.sort(key=lambda row: (str(row["date_filed"]), int(row["id"])), reverse=True)
        return self._paged(
            request, [a_hit(entry, one) for entry in entries for one in entry["recap_documents"]]
        )

    def _paged(self, request: web.Request, rows: list[Json]) -> web.Response:
        start = int(request.query.get("cursor", 0))
        following = start + self.rows
        link = f"https://elsewhere.example/?{request.query_string}&cursor={following}"
        kept = "&".join(part for part in link.split("&") if not part.startswith("cursor="))
        more = f"{kept}&cursor={following}" if following < len(rows) else None
        return web.json_response({"count": len(rows), "next": more, "results": rows[start:following]})


def an_entry(docket: int, number: int) -> Json:
    """Number 1 was filed and got yesterday, each further one an hour later."""
    at = NOW - timedelta(days=1) + timedelta(hours=number)
    return {
        "id": docket * 1000 + number,
        "docket_id": docket,
        "description": f"ORDER {number} granting the motion",
        "entry_number": number,
        "date_filed": at.date().isoformat(),
        "time_filed": None,
        "date_created": at.isoformat(),
        "date_modified": at.isoformat(),
        "recap_documents": [
            {
                "id": docket * 1000 + number,
                "document_number": str(number),
                "attachment_number": None,
                "description": "Order",
                "absolute_url": f"/docket/{docket}/{number}/toys-v-state/",
            }
        ],
    }


def a_hit(entry: Json, document: Json) -> Json:
    """The search's row of a document."""
    return {
        "id": document["id"],
        "docket_id": entry["docket_id"],
        "docket_entry_id": entry["id"],
        "description": entry["description"],
        "short_description": document["description"],
        "entry_number": entry["entry_number"],
        "entry_date_filed": entry["date_filed"],
        "document_number": document["document_number"],
        "attachment_number": document["attachment_number"],
        "absolute_url": document["absolute_url"],
        "meta": {"date_created": entry["date_created"]},
    }


def a_case(docket: int, **fields: Any) -> Json:
    """A row of the search for cases."""
    return {
        "docket_id": docket,
        "court_id": "cit",
        "docketNumber": f"1:25-cv-{docket:05}",
        "caseName": f"Toys {docket} v. State",
        "dateFiled": "2025-06-08",
        "docket_absolute_url": f"/docket/{docket}/toys/",
    } | fields


class Desk:
    """A source that is polled again and again while time passes."""

    def __init__(self, courts: Courts, http: HttpClient, config: CourtListenerConfig) -> None:
        self.courts, self.http, self.config = courts, http, config
        self.now = NOW
        self.keys = {"courtlistener": KEY}
        self.matters: Mapping[str, Matter] = {}
        self.cursor: str | None = None

    async def poll(self, *, after: timedelta = timedelta(hours=1)) -> Poll:
        """Poll some time after the last poll."""
        if self.cursor is not None:
            self.now += after
        context = SourceContext(http=self.http, now=lambda: self.now, keys=self.keys, matters=self.matters)
        self.courts.host.asked.clear()
        poll = await self.config.build(context).poll(self.cursor)
        self.cursor = poll.cursor
        assert KEY not in poll.cursor + poll.note
        return poll


def desk_of(courts: Courts, http: HttpClient, **options: Any) -> Desk:
    """A source over docket 7, unless told otherwise."""
    given: Json = {"dockets": [7], "base_url": courts.host.url("/")} | options
    config = CourtListenerConfig.model_validate({"id": "dockets", "type": "courtlistener"} | given)
    return Desk(courts, http, config)


def ids(signals: Sequence[Signal]) -> list[str]:
    """Their own ids, sorted."""
    return sorted(signal.id or "" for signal in signals)
