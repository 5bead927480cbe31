"""Cases that searches propose for matters."""

from datetime import timedelta
from functools import partial

import pytest
from aiohttp import web

from alerter.core.matter import Matter
from alerter.sources.base import SourceError
from alerter.sources.courtlistener import CourtListenerConfig
from alerter.sources.http import HttpClient
from tests.sources.conftest import Host
from tests.sources.courtlistener_world import Courts, a_case, desk_of, ids


@pytest.fixture
def courts(host: Host) -> Courts:
    """An API without dockets."""
    return Courts(host)


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


def test_it_names_the_matters_that_it_proposes_for() -> None:
    """So that a mistyped one is found when the configuration is checked."""
    config = CourtListenerConfig.model_validate({"id": "c", "type": "courtlistener", "discover": [SEARCH]})
    assert config.references() == {"discover": ("matters", ("tariffs",))}
