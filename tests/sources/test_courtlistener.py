"""Dockets of CourtListener: the bell, the full look, and what never alerts."""

import json
from datetime import timedelta
from functools import partial

import pytest
from aiohttp import web
from pydantic import ValidationError

from alerter.sources.courtlistener import CourtListenerConfig
from alerter.sources.http import HttpClient
from tests.sources.conftest import Host
from tests.sources.courtlistener_world import (
    API,
    KEY,
    NOW,
    Courts,
    Desk,
    Json,
    an_entry,
    desk_of,
    ids,
)


@pytest.fixture
def courts(host: Host) -> Courts:
    """An API without dockets."""
    return Courts(host)


@pytest.fixture
def desk(courts: Courts, http: HttpClient) -> Desk:
    """A source over docket 7."""
    return desk_of(courts, http)


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


async def test_whole_documents_are_not_asked_for(desk: Desk) -> None:
    """Their texts are no part of an entry, and make a page larger than an answer may be."""
    for number in range(1, 4):
        desk.courts.add(7, number)
    await desk.poll()
    looks = [one.query for one in desk.courts.host.asked if one.path.endswith("docket-entries/")]
    assert [one["omit"] for one in looks] == ["recap_documents__plain_text"] * 2


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
    assert (poll.note, poll.unseen) == ("docket 8 lists no entries", ("no such docket: 8",))
    assert (await desk.poll()).unseen == ("no such docket: 8",)
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
        ({"dockets": [1], "every": "10s"}, "of which 125 a day are granted: 692s or more would do"),
        ({"discover": [{"matter": "m", "search": ""}]}, "at least 1 character"),
        (
            {"discover": [{"matter": "m", "search": "x", "courts": ["N.D. Cal."]}]},
            "lower-case letters and digits",
        ),
        ({"dockets": [1], "base_url": "courts.example"}, "not an absolute http"),
    ],
)
def test_what_makes_no_sense_is_refused(options: Json, message: str) -> None:
    """A source that would ask for nothing, or never, is a mistake."""
    with pytest.raises(ValidationError, match=message):
        CourtListenerConfig.model_validate({"id": "c", "type": "courtlistener"} | options)
