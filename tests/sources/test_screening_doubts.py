"""Screening lists that are not believed: half a file must never read as a thousand removals."""

import pytest

from alerter.sources.base import SourceError
from alerter.sources.http import HttpClient
from tests.sources.conftest import Host
from tests.sources.screening import Desk, many, told, treasury


@pytest.fixture
def desk(host: Host, http: HttpClient) -> Desk:
    """A list that was never polled."""
    return Desk(host, http)


async def test_a_half_file_is_not_believed(desk: Desk) -> None:
    """More than a share and a few missing at once fail the poll with the figures; the snapshot stays."""
    await desk.sees(*many(1000))
    with pytest.raises(SourceError, match=r"^127\.0\.0\.1 lacks 51 of 1,000 rows that it listed before"):
        await desk.sees(*many(949))
    assert len((await desk.sees(*many(950))).signals) == 50
    desk.options["most_removed"] = "100%"
    assert len((await desk.sees(*many(1))).signals) == 949


async def test_a_file_that_ends_within_the_list_asked_for_is_not_believed(desk: Desk) -> None:
    """Few rows of that list are gone with it, and all of the lists after it, which nobody asked for."""
    desk.options["lists"] = ["Entity List*"]
    after = [treasury(number) for number in range(60)]
    await desk.sees(*many(100), *after)
    with pytest.raises(SourceError, match=r"lacks 70 of 160 rows that it listed before"):
        await desk.sees(*many(90))
    assert told(await desk.sees(*many(100), *after)) == []
    assert len((await desk.sees(*many(90), *after)).signals) == 10


async def test_few_may_go_from_a_short_list(desk: Desk) -> None:
    """Half of a list of a dozen is no sign of half a file."""
    await desk.sees(*many(12))
    assert len((await desk.sees(*many(6))).signals) == 6


async def test_a_list_that_vanishes_whole_is_not_believed(desk: Desk) -> None:
    """However short it was; where nobody asked for it, it does not matter."""
    await desk.sees(*many(3), treasury(7))
    with pytest.raises(
        SourceError, match=r"lists no row of “Specially Designated.*, of 1 before; if that is"
    ):
        await desk.sees(*many(3))
    desk.options["lists"] = ["Entity List*"]
    assert told(await desk.sees(*many(3))) == []
