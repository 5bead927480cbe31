"""What a source does of CourtListener with the calls that it has, with a key and without."""

from collections.abc import AsyncIterator
from datetime import timedelta
from functools import partial

import pytest
from aiohttp import web

from alerter.sources.base import SourceError
from alerter.sources.http import HttpClient, Limits
from tests.sources.conftest import AGENT, Host
from tests.sources.courtlistener_world import KEY, Calls, Courts, Desk, a_case, an_entry, desk_of, ids


@pytest.fixture
def courts(host: Host) -> Courts:
    """An API without dockets."""
    return Courts(host)


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


async def test_without_a_key_a_further_document_takes_nothing_from_its_entry(desk: Desk) -> None:
    """What the search showed of the entry before still counts."""
    desk.keys = {}
    entry = desk.courts.add(7, 1, description="")
    await desk.poll()
    exhibit = {"id": 70019, "attachment_number": 1, "description": "Exhibit A"}
    desk.courts.add(7, 1, description="", recap_documents=[
        *entry["recap_documents"], entry["recap_documents"][0] | exhibit
    ])  # fmt: skip
    [signal] = (await desk.poll()).signals
    assert (signal.title, signal.text) == ("Toys v State [Order]", "Order\n\nExhibit A")


async def test_without_a_key_a_docket_that_the_search_does_not_know_is_told(desk: Desk) -> None:
    """Its entries are told nevertheless, under the name that stands in their address."""
    desk.keys = {}
    desk.courts.add(7, 1)
    poll = await desk.poll()
    assert [(s.title, s.docket) for s in poll.signals] == [("Toys v State [Order]", None)]
    assert poll.unseen == ("no such docket: 7",)


async def test_without_a_key_more_dockets_than_a_page_holds_are_known(
    courts: Courts, http: HttpClient
) -> None:
    """The search says what each of them is, over as many pages as it takes."""
    dockets = [7, 8, 9]
    courts.cases = [a_case(docket) for docket in dockets]
    for docket in dockets:
        courts.add(docket, 1)
    desk = desk_of(courts, http, dockets=dockets)
    desk.keys = {}
    poll = await desk.poll()
    assert {s.docket.number for s in poll.signals if s.docket} == {"25-00007", "25-00008", "25-00009"}
    assert poll.unseen == ()


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
    assert "has nothing at this address (404)" in (await desk.poll()).unseen[0]
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


async def test_a_refused_key_is_told_by_its_setting(desk: Desk) -> None:
    """The error says where the key comes from, and what CourtListener has against it."""
    detail = {"detail": f"Invalid token {KEY}."}
    desk.courts.failing["search/"] = partial(web.json_response, detail, status=401)
    with pytest.raises(SourceError, match=r"ALERTER_KEYS__COURTLISTENER\): Invalid token \*\*\*") as refused:
        await desk.poll()
    assert refused.value.trouble == "blocked"


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
    assert poll.unseen == ("docket 7: 127.0.0.1 gave rows without a readable date_modified",)


async def test_dockets_are_looked_at_while_the_search_is_down(desk: Desk) -> None:
    """Once in a while, as without a bell; what the search would have shown is told by the look."""
    desk.courts.add(7, 1)
    desk.courts.failing["search/"] = partial(web.Response, status=500)
    poll = await desk.poll()
    assert ids(poll.signals) == ["entry:7001"]
    assert "failed (500)" in poll.unseen[0]
    desk.courts.add(7, 2)
    with pytest.raises(SourceError, match="500"):
        await desk.poll()
    assert ids((await desk.poll(after=timedelta(hours=6))).signals) == ["entry:7002"]
    del desk.courts.failing["search/"]
    assert ids((await desk.poll()).signals) == []


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
    assert (poll.signals, "without a readable court_id" in poll.unseen[0]) == ([], True)
    desk.courts.failing["dockets/"] = partial(web.Response, status=500)
    assert "failed (500)" in (await desk.poll()).unseen[0]


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
