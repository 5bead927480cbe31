"""The screening list polled over loopback: what is added, changed and removed, and what is not believed."""

import base64
import zlib
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from aiohttp import web
from pydantic import ValidationError

from alerter.sources import screening_list as screening_module
from alerter.sources.base import SourceContext, SourceError
from alerter.sources.formats import screening_changes
from alerter.sources.http import HttpClient
from alerter.sources.screening_list import ScreeningCursor, ScreeningListConfig
from tests.sources.conftest import Host
from tests.sources.screening import (
    COLUMNS,
    ENTITY_LIST,
    NOW,
    SDN,
    Desk,
    listed,
    many,
    only,
    party,
    told,
    treasury,
)


@pytest.fixture
def desk(host: Host, http: HttpClient) -> Desk:
    """A list that was never polled."""
    return Desk(host, http)


async def test_the_first_poll_lists_everyone(desk: Desk) -> None:
    """Each party is a listing, dated from its start, or too old to alert where it has none."""
    poll = await desk.sees(
        party(
            "Magnet  Works",
            alt_names="MW; Works of Magnets",
            license_requirement="For all items subject to the EAR",
            federal_register_notice="90 FR 1",
            start_date="2025-06-01",
            source_list_url="https://lists.example/el",
        ),
        treasury(7, programs="NPWMD", addresses="", nationalities="KP"),
    )
    first, second = poll.signals
    assert first.title == "Added to Entity List: Magnet Works"
    assert first.listing is not None
    assert first.listing.model_dump() == {
        "list": ENTITY_LIST,
        "name": "Magnet Works",
        "change": "added",
        "countries": ("CN",),
    }
    assert first.text.split("\n\n") == [
        ENTITY_LIST,
        "Also known as: MW; Works of Magnets",
        "Addresses: 1 Furnace Road, Baotou, CN",
        "Licence requirement: For all items subject to the EAR",
        "Federal Register notice: 90 FR 1",
        "Listed from: 2025-06-01",
    ]
    assert first.url == "https://lists.example/el"
    assert first.published_at == datetime(2025, 6, 1, tzinfo=UTC)
    assert second.listing is not None
    assert second.listing.countries == ("KP",)
    assert second.published_at == NOW - timedelta(hours=48, seconds=1)
    assert second.url is None


async def test_nothing_new_brings_nothing(desk: Desk) -> None:
    """The same file, its rows and the parts of its values in another order, or other pages, is no news."""
    await desk.sees(party("A", alt_names="B; C"), party("D"))
    assert told(await desk.sees(party("A", alt_names="B; C"), party("D"))) == []
    assert told(await desk.sees(party("D"), party("A", alt_names="C;  B"))) == []
    assert (
        told(
            await desk.sees(party("D", source_list_url="https://new.example/"), party("A", alt_names="B; C"))
        )
        == []
    )


async def test_added_changed_and_removed_are_told(desk: Desk) -> None:
    """Each is a version of its party's signal, with the time at which it was seen."""
    before = await desk.sees(party("A", start_date="2025-06-01"), party("B"), party("C"))
    ids = {s.listing.name: s.id for s in before.signals if s.listing}
    poll = await desk.sees(
        party("A", start_date="2025-06-01", programs="EAR", addresses="2 Furnace Road, Baotou, CN"),
        party("C"),
        party("D", start_date="2025-06-09"),
    )
    changed, added, removed = poll.signals
    assert (changed.id, removed.id) == (ids["A"], ids["B"])
    assert [s.title for s in poll.signals] == [
        "Changed on Entity List: A (programmes, addresses)",
        "Added to Entity List: D",
        "Removed from Entity List: B",
    ]
    assert changed.text.startswith("Changed: programmes, addresses (seen 2025-06-09 13:00 UTC).")
    assert added.text.startswith("Added (seen 2025-06-09 13:00 UTC).")
    assert removed.text == f"Removed (seen 2025-06-09 13:00 UTC).\n\n{ENTITY_LIST}"
    assert removed.listing is not None
    assert removed.listing.countries == ("CN",)
    assert changed.published_at == removed.published_at == NOW + timedelta(hours=1)
    assert added.published_at == datetime(2025, 6, 9, tzinfo=UTC)
    assert (
        told(
            await desk.sees(
                party("A", programs="EAR", start_date="2025-06-01", addresses="2 Furnace Road, Baotou, CN"),
                party("C"),
                party("D", start_date="2025-06-09"),
            )
        )
        == []
    )


@pytest.mark.parametrize(
    ("start", "published_at"),
    [
        ("2025-06-08", datetime(2025, 6, 8, tzinfo=UTC)),
        ("2020-01-01", NOW + timedelta(hours=1)),
        ("2025-07-01", NOW + timedelta(hours=1)),
        ("soon", NOW + timedelta(hours=1)),
    ],
)
async def test_an_addition_is_dated_by_its_start_where_that_is_recent(
    desk: Desk, start: str, published_at: datetime
) -> None:
    """An old start that is listed only now is news of now, and so is one to come."""
    await desk.sees(party("A"))
    poll = await desk.sees(party("A"), party("B", start_date=start))
    assert only(poll).published_at == published_at


async def test_a_party_that_returns_is_news(desk: Desk) -> None:
    """Removed and listed again as it was, it is the same signal, and reads otherwise than at first."""
    first = await desk.sees(party("A"), party("B"))
    gone = only(await desk.sees(party("B")))
    back = only(await desk.sees(party("A"), party("B")))
    assert [told(first)[0], gone.listing and gone.listing.change] == [("added", "A"), "removed"]
    assert back.id == gone.id == first.signals[0].id
    assert len({first.signals[0].content_hash, gone.content_hash, back.content_hash}) == 3


async def test_a_number_names_its_party(desk: Desk) -> None:
    """Under the same number another name is a change, in another list another party."""
    first = await desk.sees(treasury(7), treasury(7, source="Sectoral Sanctions (SSI) - Treasury"))
    assert len({signal.id for signal in first.signals}) == 2
    poll = await desk.sees(
        treasury(7, name="Renamed"), treasury(7, source="Sectoral Sanctions (SSI) - Treasury")
    )
    assert only(poll).id == first.signals[0].id
    assert only(poll).text.startswith("Changed: name (")


async def test_the_publishers_own_id_does_not_matter(desk: Desk) -> None:
    """Where only `_id` changes, or a file has none, nothing has changed."""
    await desk.sees(party("A", _id="1"))
    assert told(await desk.sees(party("A", _id="2"))) == []
    assert told(await desk.sees(party("A"), columns=COLUMNS[1:])) == []


async def test_namesakes_on_one_list_are_told_apart(desk: Desk) -> None:
    """Each keeps its id while the others change, go and come."""
    one, two = party("A", federal_register_notice="1 FR 1"), party("A", federal_register_notice="2 FR 2")
    first, second = (s.id for s in (await desk.sees(one, two)).signals)
    assert second == f"{first}~2"
    changed = {**two, "programs": "EAR"}
    poll = await desk.sees(changed, one)
    assert only(poll).id == second
    assert only(poll).text.startswith("Changed: programmes")
    assert only(await desk.sees(changed)).id == first
    third = only(await desk.sees(changed, one))
    assert third.id == f"{first}~3"


async def test_of_namesakes_that_change_the_most_alike_is_the_same(desk: Desk) -> None:
    """Two rows that change at once are paired by the values they keep."""
    one = party("A", federal_register_notice="1 FR 1", programs="X")
    two = party("A", federal_register_notice="2 FR 2", programs="Y")
    await desk.sees(one, two)
    poll = await desk.sees({**two, "remarks": "r"}, {**one, "remarks": "r"})
    assert {signal.text.partition(" (")[0] for signal in poll.signals} == {"Changed: remarks"}


async def test_many_namesakes_are_paired_without_a_search(desk: Desk) -> None:
    """A list full of one name costs no more than any other, and loses nobody."""
    rows = [party("A", programs=str(number)) for number in range(60)]
    await desk.sees(*rows)
    poll = await desk.sees(*({**row, "remarks": "r"} for row in rows))
    assert len(poll.signals) == len({s.id for s in poll.signals}) == 60


async def test_a_row_that_stands_twice_is_one(desk: Desk) -> None:
    """The same row twice is one listing."""
    assert told(await desk.sees(party("A"), party("A"))) == [("added", "A")]


async def test_columns_that_come_or_go_change_nobody(desk: Desk) -> None:
    """What only one of two files states is not compared; what both state is."""
    rows = [party("A", remarks="r"), party("A", remarks="s"), party("B", gross_tonnage="9", call_sign="X1")]
    await desk.sees(*rows)
    fewer = [name for name in COLUMNS if name not in {"gross_tonnage", "call_sign"}]
    assert told(await desk.sees(*rows, columns=fewer)) == []
    rows[2]["programs"] = "EAR"
    assert told(await desk.sees(*rows)) == [("changed", "B")]


async def test_lists_and_countries_can_be_picked(host: Host, http: HttpClient) -> None:
    """Others are remembered and not told, so that asking for more later is no flood."""
    rows = [party("A"), party("B", addresses="TR"), treasury(7), treasury(8, addresses="1 Quay, Busan, KR")]
    desk = Desk(host, http, lists=["entity list*"], countries=["CN"])
    assert told(await desk.sees(*rows)) == [("added", "A")]
    desk.options |= {"lists": [], "countries": []}
    assert told(await desk.sees(*rows)) == []
    desk.options |= {"countries": ["KR"]}
    assert told(await desk.sees(rows[0], rows[2])) == [("removed", "Party 8")]


async def test_a_list_that_is_not_there_is_unseen(host: Host, http: HttpClient) -> None:
    """A mistyped name does not look like calm, at whatever poll, though another list is there."""
    desk = Desk(host, http, lists=["Entitty List*", "entity list*"])
    poll = await desk.sees(party("A"))
    unseen = (f'no list is called "Entitty List*"; the closest is “{ENTITY_LIST}”',)
    assert (told(poll), poll.unseen) == ([("added", "A")], unseen)
    assert (await desk.sees_nothing_new()).unseen == unseen


@pytest.mark.parametrize(
    "option",
    [
        {"lists": ["*"]},
        {"countries": ["China"]},
        {"most_removed": "101%"},
        {"most_at_once": 0},
        {"base_url": "data.example"},
    ],
)
def test_wrong_options_are_refused(option: dict[str, Any]) -> None:
    """When the configuration is read."""
    with pytest.raises(ValidationError):
        ScreeningListConfig.model_validate({"id": "csl", "type": "screening_list"} | option)


async def test_the_file_may_lie_elsewhere(host: Host, http: HttpClient) -> None:
    """`url` is the whole address of a mirror."""
    host.on("/mirror.csv", listed([party("A")]))
    desk = Desk(host, http, url=host.url("/mirror.csv"))
    assert told(await desk.receives(b"")) == [("added", "A")]


async def test_an_unchanged_file_is_not_read_again(host: Host, http: HttpClient) -> None:
    """A 304 brings nothing and keeps the snapshot."""

    async def answer(request: web.Request) -> web.StreamResponse:
        if request.headers.get("If-None-Match") == '"1"':
            return web.Response(status=304)
        return web.Response(body=listed([party("A")]), headers={"ETag": '"1"', "Cache-Control": "max-age=60"})

    host.on("/list", handler=answer)
    config = ScreeningListConfig(id="csl", type="screening_list", url=host.url("/list"))
    source = config.build(SourceContext(http=http, now=lambda: NOW, keys={}))
    first = await source.poll(None)
    second = await source.poll(first.cursor)
    assert second.signals == ()
    assert ScreeningCursor.model_validate_json(second.cursor) == ScreeningCursor.model_validate_json(
        first.cursor
    )
    assert first.wait_at_least == timedelta(minutes=1)


async def test_a_redirect_that_has_died_leaves_nothing_behind(host: Host, http: HttpClient) -> None:
    """What came from it before it broke off is not taken for the list's beginning."""
    body = listed([party("A"), party("B")])

    async def redirect(request: web.Request) -> web.StreamResponse:
        raise web.HTTPMovedPermanently("/new")

    async def break_off(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Length": "1000"})
        await response.prepare(request)
        await response.write(b"x,y")
        assert request.transport is not None
        request.transport.close()
        return response

    host.on("/old", handler=redirect)
    host.on("/new", body)
    config = ScreeningListConfig(id="csl", type="screening_list", url=host.url("/old"))
    source = config.build(SourceContext(http=http, now=lambda: NOW, keys={}))
    first = await source.poll(None)
    host.on("/new", handler=break_off)
    host.on("/old", listed([party("A"), party("B"), party("C")]))
    assert told(await source.poll(first.cursor)) == [("added", "C")]


def packed(text: str) -> str:
    """As a snapshot is packed."""
    return base64.b64encode(zlib.compress(text.encode())).decode()


@pytest.mark.parametrize(
    "snapshot",
    [
        "",
        "!",
        "AAAA",
        packed(""),
        packed("[]"),
        packed('[["name"],[]]\n0\t\tA\t\t1\n\nshort'),
        packed("[1,2]\n\n\n"),
    ],
)
async def test_a_snapshot_that_cannot_be_read_counts_as_none(desk: Desk, snapshot: str) -> None:
    """Everyone is listed again."""
    poll = await desk.sees(party("A"))
    known = ScreeningCursor.model_validate_json(poll.cursor)
    desk.cursor = known.model_copy(update={"snapshot": snapshot}).model_dump_json()
    assert told(await desk.sees(party("A"))) == [("added", "A")]


async def test_a_list_that_comes_back_is_nobodys_news(desk: Desk) -> None:
    """More additions or changes on one list than there can be are noted and taken as known."""
    desk.options["most_at_once"] = 5
    await desk.sees(party("A"))
    poll = await desk.sees(party("A"), party("B"), *(treasury(number) for number in range(6)))
    assert told(poll) == [("added", "B")]
    assert poll.note == f"6 rows of “{SDN}” were added at once: taken as known"
    poll = await desk.sees(
        party("A"), party("B"), *(treasury(number, remarks="reworded") for number in range(6))
    )
    assert (told(poll), poll.note) == ([], f"6 rows of “{SDN}” were changed at once: taken as known")


async def test_a_list_that_gets_another_name_is_nobodys_news(desk: Desk) -> None:
    """Once its operator has agreed that the old one is gone, neither its going nor its coming is a flood."""
    desk.options |= {"most_at_once": 5, "most_removed": "100%"}
    await desk.sees(party("A"), *(treasury(number) for number in range(6)))
    poll = await desk.sees(party("A"), *(treasury(number, source="SDN List") for number in range(6)))
    assert told(poll) == []
    assert poll.note == (
        f"6 rows of “SDN List” were added at once: taken as known; "
        f"6 rows of “{SDN}” were removed at once: taken as known"
    )


async def test_reading_that_takes_too_long_fails(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that keeps its reader busy does not hold up the source for good."""
    monkeypatch.setattr(screening_module, "READING_TIME", timedelta(0))
    with pytest.raises(SourceError, match="takes too long to read"):
        await desk.sees(*many(2000))


async def test_signals_are_made_as_they_are_asked_for(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """One by one, in slices, from the end, or all in order: the same signals."""
    monkeypatch.setattr(screening_changes, "_SHELF", 4)
    await desk.sees(*many(3))
    poll = await desk.sees(*many(2), *many(10, start=5))
    every = list(poll.signals)
    assert len(poll.signals) == len(every) == 11
    assert [poll.signals[index] for index in range(11)] == every
    assert poll.signals[-1] == every[-1]
    assert list(poll.signals[3:9]) == every[3:9]
    with pytest.raises(IndexError):
        poll.signals[11]
