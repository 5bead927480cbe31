"""What the screening list's file looks like when it is read, and when it is refused."""

import pytest

from alerter.sources.base import SourceContext, SourceError
from alerter.sources.formats import screening_rows
from alerter.sources.formats.screening_signals import short_name
from alerter.sources.http import HttpClient
from alerter.sources.screening_list import ScreeningListConfig
from tests.sources.conftest import Host
from tests.sources.screening import ENTITY_LIST, NOW, Desk, listed, many, only, party, told


@pytest.fixture
def desk(host: Host, http: HttpClient) -> Desk:
    """A list that was never polled."""
    return Desk(host, http)


async def test_a_row_that_cannot_be_read_removes_nobody(desk: Desk) -> None:
    """It is counted and noted; the other rows are told."""
    body = listed([party("A"), party("B"), party("C")])
    await desk.receives(body)
    broken = body.replace(b'"B"', b'"B","one","two"')
    poll = await desk.receives(broken + listed([party("D")]).partition(b"\n")[2])
    assert told(poll) == [("added", "D")]
    assert poll.note == "1 row cannot be read, so that nothing counts as removed"
    assert told(await desk.sees(party("A"), party("B"), party("C"), party("D"))) == []


UNREADABLE = {
    "a stray quote": b'"A" B"' + b',""' * 28 + b"\n",
    "no name": b'"1","A list"' + b',""' * 27 + b"\n",
    "no list": b",".join([b'""'] * 5) + b',"Name"' + b',""' * 23 + b"\n",
    "too few values": b'"a","b"\n',
    "a giant value": b'"' + b"x" * 120_000 + b'"' + b',"b"' * 28 + b"\n",
    "a value beyond the reader's own bound": b'"' + b"x" * 140_000 + b'"' + b',"b"' * 28 + b"\n",
    "giant values": b",".join([b'"' + b"x" * 90_000 + b'"'] * 5 + [b'"b"'] * 24) + b"\n",
}


@pytest.mark.parametrize("row", UNREADABLE.values(), ids=UNREADABLE)
async def test_bad_rows_among_good_ones_are_counted(host: Host, http: HttpClient, row: bytes) -> None:
    """Beside rows that can be read."""
    host.on("/list", listed([party("A")]) + row + listed([party("B")]).partition(b"\n")[2])
    config = ScreeningListConfig(id="csl", type="screening_list", url=host.url("/list"))
    poll = await config.build(SourceContext(http=http, now=lambda: NOW, keys={})).poll(None)
    assert told(poll) == [("added", "A"), ("added", "B")]
    assert poll.note.startswith("1 row cannot be read")


GOOD = listed([party("Alpha"), party("Beta")])
BROKEN = {
    "nothing": (b"", "gave an empty answer"),
    "blanks": (b" \n\n ", "gave an empty answer"),
    "a page": (b"<html><title>Maintenance</title>", "answered with a web page (“Maintenance”)"),
    "no header": (GOOD.partition(b"\n")[2], "without the columns addresses, alt_names"),
    "a header alone": (GOOD.partition(b"\n")[0] + b"\n", "a list without any row"),
    "a cut value": (GOOD[: GOOD.index(b"Furnace")], "ends in the middle of a row"),
    "a cut row": (GOOD[:-20].rpartition(b",")[0], "ends in the middle of a row"),
    "a cut quote": (GOOD + b'"x" y', "ends in the middle of a row"),
    "other text": (GOOD.replace(b"Alpha", b"Alph\xe9"), "is not in UTF-8"),
    "one endless line": (b"a," * 600_000, "a line of more than 1,048,576 bytes"),
    "bad rows": (GOOD + b'"a","b"\n' * 4, "4 rows that cannot be read, and 2 that can"),
}


@pytest.mark.parametrize(("body", "reason"), BROKEN.values(), ids=BROKEN)
async def test_what_is_not_the_list_fails_in_words(desk: Desk, body: bytes, reason: str) -> None:
    """The host is named with what came instead."""
    with pytest.raises(SourceError) as failure:
        await desk.receives(body)
    assert str(failure.value).startswith("127.0.0.1 ")
    assert reason in str(failure.value)


async def test_marks_and_line_ends_do_not_matter(desk: Desk) -> None:
    """A byte order mark, CRLF, quoted line breaks, blank lines and a missing last line end read the same."""
    await desk.sees(party("A\nB", remarks='say "no"'), party("C"))
    body = listed([party("A B", remarks='say "no"'), party("C")], end="\r\n")
    assert told(await desk.receives(b"\xef\xbb\xbf" + body.rstrip() + b"\n\n")) == []
    assert told(await desk.receives(body.rstrip())) == []


async def test_a_file_of_endless_rows_is_refused(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """There is a bound to what one file may list."""
    monkeypatch.setattr(screening_rows, "ROWS", 5)
    with pytest.raises(SourceError, match="more than 5 rows"):
        await desk.sees(*many(6))


@pytest.mark.parametrize(
    ("addresses", "codes"),
    [
        ("Komitas 26, Yerevan, AM", ("AM",)),
        ("Shenyang, CN; Pyongyang, KP; Dalian, CN", ("CN", "KP")),
        ("TR", ("TR",)),
        ("12 Hezuo Road, Irvine, CA; and 2 High Street, Hebei, CN", ("CN",)),
        ("Somewhere in CN town", ()),
    ],
)
async def test_countries_stand_at_the_ends_of_addresses(
    desk: Desk, addresses: str, codes: tuple[str, ...]
) -> None:
    """Each once, in order; an address that goes on with "and" has not ended."""
    listing = only(await desk.sees(party("A", addresses=addresses))).listing
    assert listing is not None
    assert listing.countries == codes


@pytest.mark.parametrize(
    ("name", "short"),
    [
        (ENTITY_LIST, "Entity List"),
        ("Military End User (MEU) List - Bureau of Industry and Security", "Military End User List"),
        ("(X) - Y", "(X) - Y"),
        ("Watch list", "Watch list"),
    ],
)
def test_lists_are_named_shortly(name: str, short: str) -> None:
    """Without agency and abbreviation, as far as a name is left."""
    assert short_name(name) == short


async def test_endless_names_are_remembered_shortly(desk: Desk) -> None:
    """Told as far as a title goes, and recognised again."""
    rows = [party("N" * 5_000), party("L", source="List " * 900)]
    assert [len(name) for _, name in told(await desk.sees(*rows))] == [500, 1]
    assert told(await desk.sees(*rows)) == []
