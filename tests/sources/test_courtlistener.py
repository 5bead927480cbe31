"""Dockets of CourtListener: the bell, the full look, what the calls last for, and cases that are proposed."""

import json
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest
from aiohttp import web
from pydantic import ValidationError

from alerter.core.budget import Allowance, CallLimit
from alerter.core.matter import Matter
from alerter.core.signal import Signal
from alerter.sources.base import Poll, SourceContext, SourceError
from alerter.sources.courtlistener import CourtListenerConfig
from alerter.sources.http import HttpClient, Limits
from tests.sources.conftest import AGENT, Host

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


@pytest.fixture
def courts(host: Host) -> Courts:
    """An API without dockets."""
    return Courts(host)


def desk_of(courts: Courts, http: HttpClient, **options: Any) -> Desk:
    """A source over docket 7, unless told otherwise."""
    given: Json = {"dockets": [7], "base_url": courts.host.url("/")} | options
    config = CourtListenerConfig.model_validate({"id": "dockets", "type": "courtlistener"} | given)
    return Desk(courts, http, config)


@pytest.fixture
def desk(courts: Courts, http: HttpClient) -> Desk:
    """A source over docket 7."""
    return desk_of(courts, http)


@pytest.fixture
async def counted(courts: Courts) -> AsyncIterator[tuple[Desk, Calls]]:
    """A source over dockets 7, 8 and 9 with calls that are counted."""
    calls = Calls(100)
    limits = Limits(spacing=timedelta(0))
    async with HttpClient(
        user_agent=AGENT, allow_private_networks=True, limits=limits, budgets=calls
    ) as http:
        yield desk_of(courts, http, dockets=[7, 8, 9]), calls


def ids(signals: Sequence[Signal]) -> list[str]:
    """Their own ids, sorted."""
    return sorted(signal.id or "" for signal in signals)


async def test_a_first_poll_lists_the_docket_over_all_its_pages(desk: Desk) -> None:
    """One search, one question who it is, and the entries page by page."""
    for number in range(1, 6):
        desk.courts.add(7, number)
    poll = await desk.poll()

    assert ids(poll.signals) == [f"entry:700{n}" for n in range(1, 6)]
    assert [s.published_at for s in poll.signals] == sorted(s.published_at for s in poll.signals)
    assert desk.courts.asked == ["search/", "dockets/7/", *["docket-entries/7"] * 3]
    assert all(one.headers["Authorization"] == f"Token {KEY}" for one in desk.courts.host.asked)
    assert poll.signals[0].title == "Toys 7 v. State [Order]"
    assert poll.note == ""


async def test_a_first_look_reads_so_many_pages_and_no_more(courts: Courts, http: HttpClient) -> None:
    """What changed before is history."""
    for number in range(1, 8):
        courts.add(7, number)
    desk = desk_of(courts, http, history=2)

    assert len((await desk.poll()).signals) == 4
    assert (await desk.poll()).signals == []


async def test_nothing_new_costs_one_call(desk: Desk) -> None:
    """The search shows what it showed: no docket is looked at."""
    desk.courts.add(7, 1)
    await desk.poll()
    poll = await desk.poll()

    assert (poll.signals, desk.courts.asked) == ([], ["search/"])


async def test_what_the_search_shows_is_looked_at_at_once(desk: Desk) -> None:
    """A new entry, or another text, makes its docket due; only what is new is told."""
    desk.courts.add(7, 1)
    await desk.poll()
    desk.courts.add(7, 2)
    poll = await desk.poll()
    assert ids(poll.signals) == ["entry:7002"]
    assert desk.courts.asked == ["search/", "docket-entries/7"]

    desk.courts.add(7, 1, description="ORDER 1 as amended", date_modified=desk.now.isoformat())
    poll = await desk.poll()
    assert [(s.id, s.text.partition("\n")[0]) for s in poll.signals] == [("entry:7001", "ORDER 1 as amended")]
    assert (await desk.poll()).signals == []


async def test_a_docket_is_looked_at_some_hours_later_anyway(desk: Desk) -> None:
    """Texts that the search does not show come with the next full look, down to the watermark."""
    for number in range(1, 9):
        desk.courts.add(7, number)
    await desk.poll()
    late = desk.courts.add(7, 3, date_modified=(NOW + timedelta(hours=1)).isoformat())
    late["recap_documents"] = [*late["recap_documents"], an_entry(7, 90)["recap_documents"][0]]
    desk.courts.failing["search/"] = partial(web.Response, text='{"results": []}')
    poll = await desk.poll(after=timedelta(hours=6))

    assert ids(poll.signals) == ["entry:7003"]
    assert desk.courts.asked == ["search/", *["docket-entries/7"] * 2]
    assert poll.note == "the search shows no document of any docket"


async def test_a_change_that_shows_late_is_not_missed(desk: Desk) -> None:
    """The list may show an entry some minutes after others that were changed later."""
    desk.courts.add(7, 1)
    desk.courts.add(7, 2, date_modified=(NOW - timedelta(minutes=5)).isoformat())
    desk.courts.add(7, 3, date_modified=(NOW - timedelta(minutes=9)).isoformat())
    desk.courts.hidden = {7003}
    first = await desk.poll()
    assert ids(first.signals) == ["entry:7001", "entry:7002", "entry:7003"], "the search showed it"
    desk.courts.hidden = set()
    assert ids((await desk.poll(after=timedelta(hours=6))).signals) == ["entry:7003"]
    assert (await desk.poll(after=timedelta(hours=6))).signals == []


async def test_more_changes_than_a_poll_reads_go_on_in_the_next(courts: Courts, http: HttpClient) -> None:
    """A flood of changes is read to its end, over several polls, and nothing of it is lost."""
    desk = desk_of(courts, http, history=2)
    for number in range(1, 4):
        courts.add(7, number)
    await desk.poll()
    for number in range(10, 20):
        courts.add(7, number)
    told = [ids((await desk.poll(after=timedelta(minutes=10))).signals) for _ in range(4)]

    assert sorted(name for one in told for name in one) == [f"entry:70{n}" for n in range(10, 20)]
    assert [len(one) for one in told] == [4, 4, 2, 0]


async def test_one_docket_that_is_not_known_is_told(courts: Courts, http: HttpClient) -> None:
    """The others are watched as ever; it is asked for again some hours later."""
    courts.unknown = {8}
    courts.add(7, 1)
    courts.add(8, 1)
    courts.entries[8] = []
    desk = desk_of(courts, http, dockets=[7, 8])
    poll = await desk.poll()
    assert ids(poll.signals) == ["entry:7001"]
    assert poll.note == "no such docket: 8; docket 8 lists no entries"
    assert "no such docket: 8" in (await desk.poll()).note
    assert "dockets/8/" not in courts.asked
    await desk.poll(after=timedelta(hours=6))
    assert "dockets/8/" in courts.asked


async def test_rows_that_cannot_be_read_are_counted(desk: Desk) -> None:
    """The good ones are told."""
    desk.courts.add(7, 1)
    desk.courts.add(7, 2, date_modified="soon")
    poll = await desk.poll()
    assert "1 rows cannot be read" in poll.note
    assert "entry:7001" in ids(poll.signals)


async def test_a_link_that_is_none_ends_the_list(desk: Desk) -> None:
    """The rows before it count."""
    entry = desk.courts.add(7, 1)
    answer = {"next": "http://[no-address", "results": [entry]}
    desk.courts.failing["docket-entries/"] = partial(web.json_response, answer)
    assert ids((await desk.poll()).signals) == ["entry:7001"]


# What never alerts.


async def test_what_was_old_when_watching_began_is_background_for_good(desk: Desk) -> None:
    """Also when its text comes much later, or its docket was added to a source that has long been polled."""
    desk.courts.add(7, 1)
    old = {"date_filed": "2025-05-30", "date_created": "2025-05-30T20:00:00Z"}
    desk.courts.add(7, 2, **old)
    assert (await desk.poll()).background == {"entry:7002"}
    desk.courts.add(7, 2, **old, description="The whole ORDER", date_modified=desk.now.isoformat())
    desk.courts.add(7, 1, description="The whole ORDER", date_modified=desk.now.isoformat())
    poll = await desk.poll(after=timedelta(days=3))
    assert ids(poll.signals) == ["entry:7001", "entry:7002"]
    assert poll.background == {"entry:7002"}

    desk.courts.add(8, 1)
    desk.config = desk.config.model_copy(update={"dockets": (7, 8)})
    poll = await desk.poll()
    assert ids(poll.signals) == ["entry:8001"]
    assert poll.background == {"entry:8001"}


async def test_a_backfilled_entry_is_background(desk: Desk) -> None:
    """What CourtListener got long after it was filed is no news; what it got some days late is."""
    desk.courts.add(7, 1)
    await desk.poll()
    desk.now += timedelta(days=60)
    got = {"date_created": desk.now.isoformat(), "date_modified": desk.now.isoformat()}
    desk.courts.add(7, 2, **got, date_filed=(desk.now - timedelta(days=30)).date().isoformat())
    desk.courts.add(7, 3, **got, date_filed=(desk.now - timedelta(days=4)).date().isoformat())
    poll = await desk.poll()
    assert ids(poll.signals) == ["entry:7002", "entry:7003"]
    assert poll.background == {"entry:7002"}


async def test_an_entry_of_an_outage_is_news(desk: Desk) -> None:
    """Its age alone says nothing: CourtListener had it in time, we were late."""
    desk.courts.add(7, 1)
    await desk.poll()
    filed = NOW + timedelta(days=2)
    dates = dict.fromkeys(("date_created", "date_modified"), filed.isoformat())
    desk.courts.add(7, 2, **dates, date_filed=filed.date().isoformat())
    poll = await desk.poll(after=timedelta(days=30))
    assert (ids(poll.signals), poll.background) == (["entry:7002"], frozenset())


# Without a key.


async def test_without_a_key_the_search_tells_what_it_knows(desk: Desk) -> None:
    """Whose dockets they are comes from the search as well, and each entry is told once."""
    desk.keys = {}
    desk.courts.cases = [a_case(7)]
    for number in range(1, 4):
        desk.courts.add(7, number)
    poll = await desk.poll()
    assert ids(poll.signals) == ["entry:7001", "entry:7002", "entry:7003"]
    assert {signal.docket and signal.docket.number for signal in poll.signals} == {"25-00007"}
    assert desk.courts.asked == ["search/"] * 3
    assert not any("Authorization" in one.headers for one in desk.courts.host.asked)
    assert "without ALERTER_KEYS__COURTLISTENER" in poll.note

    assert (await desk.poll()).signals == []
    assert desk.courts.asked == ["search/"]
    desk.courts.add(7, 3, description="The whole ORDER")
    assert [s.text.partition("\n")[0] for s in (await desk.poll()).signals] == ["The whole ORDER"]
    assert desk.config.missing({}) == ""


async def test_without_a_key_a_docket_that_the_search_does_not_know_is_told(desk: Desk) -> None:
    """Its entries are told nevertheless, under the name that stands in their address."""
    desk.keys = {}
    desk.courts.add(7, 1)
    poll = await desk.poll()
    assert [(s.title, s.docket) for s in poll.signals] == [("Toys v State [Order]", None)]
    assert poll.note.startswith("no such docket: 7; ")


# What the calls last for.


async def test_calls_are_counted_against_the_key(counted: tuple[Desk, Calls]) -> None:
    """Under a name that does not tell it, with the limits of the configuration."""
    desk, calls = counted
    poll = await desk.poll()
    assert poll.budget_left == calls.left == 100 - len(desk.courts.asked)
    assert calls.name.startswith("courtlistener:")
    assert KEY not in calls.name
    hours = [(limit.calls, limit.within.total_seconds() / 3600) for limit in calls.limits]
    assert hours == [(5, 1 / 60), (50, 1), (125, 24)]
    desk.keys = {}
    await desk.poll()
    assert calls.name == "courtlistener:anonymous"
    assert [(limit.calls, limit.within) for limit in calls.limits] == [(100, timedelta(days=1))]


async def test_where_the_calls_end_what_was_done_is_kept(counted: tuple[Desk, Calls]) -> None:
    """What was not looked at stays due, and comes first when there are calls again."""
    desk, calls = counted
    for docket in (7, 8, 9):
        for number in range(1, 4):
            desk.courts.add(docket, number)
    calls.left = 6  # the search, three dockets, two of the pages
    poll = await desk.poll()
    assert ids(poll.signals) == ["entry:9001", "entry:9002", "entry:9003"], "where the bell rang"
    assert poll.note.startswith("2 of 3 dockets are still to be looked at; the call budget of courtlistener:")
    assert poll.wait_at_least == timedelta(hours=3)
    calls.left = 100
    poll = await desk.poll()
    assert desk.courts.asked == ["search/", *["docket-entries/7"] * 2, *["docket-entries/8"] * 2]
    assert ids(poll.signals) == [f"entry:{n}" for n in (7001, 7002, 7003, 8001, 8002, 8003)]


async def test_a_look_that_breaks_off_goes_on_where_it_was(counted: tuple[Desk, Calls]) -> None:
    """Pages that were read are not read again."""
    desk, calls = counted
    desk.config = desk.config.model_copy(update={"dockets": (7,)})
    for number in range(1, 6):
        desk.courts.add(7, number)
    calls.left = 3
    first = await desk.poll()
    calls.left = 100
    second = await desk.poll()
    assert ids(first.signals) == ["entry:7004", "entry:7005"]
    assert ids(second.signals) == ["entry:7001", "entry:7002", "entry:7003"]
    assert desk.courts.asked == ["search/", "docket-entries/7", "docket-entries/7"]


async def test_a_lost_page_begins_the_look_anew(counted: tuple[Desk, Calls]) -> None:
    """A link that the API does not take any more is forgotten."""
    desk, calls = counted
    desk.config = desk.config.model_copy(update={"dockets": (7,)})
    for number in range(1, 6):
        desk.courts.add(7, number)
    calls.left = 3
    await desk.poll()
    calls.left = 100
    desk.courts.failing["docket-entries/"] = partial(web.Response, status=404)
    assert "has nothing at this address (404)" in (await desk.poll()).note
    desk.courts.failing.clear()
    await desk.poll()
    assert desk.courts.host.asked[1].query["order_by"] == "-date_modified"
    assert len(desk.courts.asked) == 4


async def test_without_calls_for_a_look_the_search_tells(counted: tuple[Desk, Calls]) -> None:
    """What rang is told at once by what the search says, and in full when there are calls."""
    desk, calls = counted
    desk.courts.rows = 20
    desk.courts.add(7, 1)
    desk.courts.add(8, 1)
    desk.courts.add(9, 1)
    await desk.poll()
    new = desk.courts.add(7, 2)
    calls.left = 1
    poll = await desk.poll()
    assert ids(poll.signals) == ["entry:7002"]
    new["recap_documents"] = [
        *new["recap_documents"],
        an_entry(7, 90)["recap_documents"][0] | {"description": "Opinion"},
    ]
    calls.left = 100
    poll = await desk.poll()
    assert [(s.id, s.text) for s in poll.signals] == [
        ("entry:7002", "ORDER 2 granting the motion\n\nOpinion")
    ]


async def test_where_it_is_not_known_whose_entries_they_are_they_wait(counted: tuple[Desk, Calls]) -> None:
    """An entry without court and number would be no matter's; it comes when there are calls."""
    desk, calls = counted
    desk.courts.add(7, 1)
    calls.left = 1
    assert (await desk.poll()).signals == []
    calls.left = 100
    assert ids((await desk.poll()).signals) == ["entry:7001"]


async def test_without_any_call_the_poll_is_blocked(counted: tuple[Desk, Calls]) -> None:
    """Nothing was asked, and nothing moves."""
    desk, calls = counted
    calls.left = 0
    with pytest.raises(SourceError, match="call budget") as refused:
        await desk.poll()
    assert refused.value.trouble == "blocked"


async def test_a_publisher_that_refuses_for_a_day_is_heeded(desk: Desk) -> None:
    """The poll is blocked until then."""
    desk.courts.failing["search/"] = partial(web.Response, status=429, headers={"Retry-After": "86000"})
    with pytest.raises(SourceError) as refused:
        await desk.poll()
    assert (refused.value.trouble, refused.value.retry_after) == ("blocked", timedelta(seconds=86000))


async def test_a_refusal_in_the_middle_ends_the_calls(courts: Courts, http: HttpClient) -> None:
    """The poll keeps what it has, and waits as long as it was asked to."""
    for docket in (7, 8):
        courts.add(docket, 1)
    courts.failing["docket-entries/"] = partial(web.Response, status=429, headers={"Retry-After": "7200"})
    desk = desk_of(courts, http, dockets=[7, 8], discover=[{"matter": "tariffs", "search": "tariffs"}])
    poll = await desk.poll()
    assert courts.asked.count("docket-entries/7") + courts.asked.count("docket-entries/8") == 1
    assert ids(poll.signals) == ["entry:7001", "entry:8001"]
    assert poll.wait_at_least == timedelta(hours=2)


async def test_one_docket_that_fails_does_not_stop_the_others(courts: Courts, http: HttpClient) -> None:
    """What fails is told, and tried again; the search tells its entries meanwhile."""
    for docket in (7, 8):
        courts.add(docket, 1)
    desk = desk_of(courts, http, dockets=[7, 8])
    courts.entries[7].append(
        {"id": 7002, "docket_id": 7, "recap_documents": [], "date_filed": "", "date_modified": "x"}
    )
    courts.entries[7].pop(0)
    poll = await desk.poll()
    assert ids(poll.signals) == ["entry:8001"]
    assert poll.note.endswith("gave rows without a readable date_modified")


async def test_a_docket_that_cannot_be_looked_at_becomes_overdue(desk: Desk) -> None:
    """A source that seems well is not: it says since when it has not seen the docket in full."""
    desk.courts.add(7, 1)
    await desk.poll()
    desk.courts.failing["docket-entries/"] = partial(web.Response, status=500)
    assert (await desk.poll(after=timedelta(hours=7))).overdue == ()
    poll = await desk.poll(after=timedelta(hours=24))
    assert poll.overdue == ("docket 7 was not looked at in full since 2025-06-09 12:00 UTC",)


async def test_what_a_docket_is_can_fail_too(desk: Desk) -> None:
    """Then the docket waits, and is told of."""
    desk.courts.add(7, 1)
    desk.courts.failing["dockets/"] = partial(web.json_response, {"name": "other"})
    poll = await desk.poll()
    assert (poll.signals, "without a readable court_id" in poll.note) == ([], True)
    desk.courts.failing["dockets/"] = partial(web.Response, status=500)
    assert "failed (500)" in (await desk.poll()).note


async def test_a_poll_that_has_waited_long_ends(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Waiting for one's turn must not cost what was read already."""
    desk.courts.add(7, 1)
    monkeypatch.setattr("alerter.sources.courtlistener_api.CALLING_TIME", timedelta(seconds=-1))
    with pytest.raises(SourceError, match="waited long enough") as ended:
        await desk.poll()
    assert ended.value.trouble == "blocked"


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("", "empty answer"),
        ("<html><title>Down</title>", "web page"),
        ('{"detail": "Unknown filter"}', "without a list of results"),
        ('{"results": [{"key": 1}]}', "without a readable"),
    ],
)
async def test_another_answer_fails_in_plain_words(desk: Desk, body: str, message: str) -> None:
    """The cursor does not move."""
    desk.courts.failing["search/"] = partial(web.Response, text=body)
    with pytest.raises(SourceError, match=message):
        await desk.poll()


# Cases that are proposed.

SEARCH = {"matter": "tariffs", "search": "emergency tariffs", "courts": ["cit", "cafc"]}


async def test_a_search_proposes_cases_once(courts: Courts, http: HttpClient) -> None:
    """The newest of the courts asked for, without those that the matter or the source has."""
    desk = desk_of(courts, http, dockets=[], discover=[SEARCH])
    desk.matters = {"tariffs": Matter(id="tariffs", dockets=(("cit", "25-00002"),))}
    courts.rows = 9
    courts.cases = [a_case(1), a_case(2), a_case(3, dateFiled="2025-01-02"), a_case(1)]
    poll = await desk.poll()
    assert [dict(courts.host.asked[0].query)] == [
        {"type": "r", "q": "emergency tariffs", "order_by": "dateFiled desc", "court": "cit cafc"}
    ]
    assert ids(poll.signals) == ["case:1", "case:3"]
    assert poll.background == {"case:3"}
    assert {s.labels["proposed_for"] for s in poll.signals} == {"tariffs"}
    assert poll.signals[-1].title == "May belong to tariffs: Toys 1 v. State (cit 25-00001)"

    courts.cases.append(a_case(4, dateFiled="2025-01-02"))
    assert (await desk.poll()).signals == []
    assert courts.asked == []
    poll = await desk.poll(after=timedelta(hours=12))
    assert (ids(poll.signals), poll.background) == (["case:4"], frozenset())


async def test_dockets_that_are_watched_are_not_proposed(courts: Courts, http: HttpClient) -> None:
    """Nor are cases for a matter that only the source knows of left out."""
    courts.add(7, 1)
    courts.cases = [a_case(7), a_case(8)]
    desk = desk_of(courts, http, discover=[{"matter": "tariffs", "search": "x"}])
    poll = await desk.poll()
    assert ids(poll.signals) == ["case:8", "entry:7001"]
    assert "court" not in courts.host.asked[-1].query


async def test_a_search_that_fails_stays_due(courts: Courts, http: HttpClient) -> None:
    """One that was asked before it keeps its answer."""
    desk = desk_of(courts, http, dockets=[], discover=[SEARCH, SEARCH | {"search": "other"}])
    courts.failing["search/"] = partial(web.Response, status=500)
    with pytest.raises(SourceError, match="500"):
        await desk.poll()
    assert courts.asked == ["search/"]
    courts.failing.clear()
    courts.cases = [a_case(1)]
    assert ids((await desk.poll()).signals) == ["case:1"]


# What is remembered, and what is configured.


async def test_what_is_remembered_belongs_to_its_address(desk: Desk) -> None:
    """Another address, or something else in the cursor's place, begins anew."""
    desk.courts.add(7, 1)
    await desk.poll()
    assert desk.cursor is not None
    for cursor in ("", "{}", json.dumps(json.loads(desk.cursor) | {"api": "https://other.example"})):
        desk.cursor = cursor
        assert ids((await desk.poll()).signals) == ["entry:7001"]


async def test_an_unchanged_answer_is_taken_as_such(desk: Desk) -> None:
    """304 for the search and for the entries: nothing moves, and the look counts as made."""
    desk.courts.add(7, 1)

    async def with_tag(request: web.Request) -> web.StreamResponse:
        if request.headers.get("If-None-Match") == '"same"':
            return web.Response(status=304)
        handler = desk.courts._search if "search" in request.path else desk.courts._docket
        answer = await handler(request)
        answer.headers["ETag"] = '"same"'
        return answer

    for path in ("search/", "docket-entries/"):
        desk.courts.host.on(API + path, handler=with_tag)
    assert ids((await desk.poll()).signals) == ["entry:7001"]
    poll = await desk.poll(after=timedelta(hours=6))
    assert (poll.signals, poll.note, desk.courts.asked) == ([], "", ["search/", "docket-entries/7"])
    await desk.poll()
    assert desk.courts.asked == ["search/"]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({}, "needs dockets or discover"),
        ({"dockets": [0]}, "greater than 0"),
        ({"dockets": [1], "history": 0}, "greater than or equal to 1"),
        ({"dockets": [1], "calls_per_day": 0}, "greater than or equal to 1"),
        ({"discover": [{"matter": "m", "search": ""}]}, "at least 1 character"),
        ({"discover": [{"matter": "m", "search": "x", "courts": ["N.D. Cal."]}]}, "match pattern"),
        ({"dockets": [1], "base_url": "courts.example"}, "not an absolute http"),
    ],
)
def test_what_makes_no_sense_is_refused(options: Json, message: str) -> None:
    """A source that would ask for nothing, or never, is a mistake."""
    with pytest.raises(ValidationError, match=message):
        CourtListenerConfig.model_validate({"id": "c", "type": "courtlistener"} | options)


def test_it_names_the_matters_that_it_proposes_for() -> None:
    """So that a mistyped one is found when the configuration is checked."""
    config = CourtListenerConfig.model_validate({"id": "c", "type": "courtlistener", "discover": [SEARCH]})
    assert config.references() == {"discover": ("matters", ("tariffs",))}
