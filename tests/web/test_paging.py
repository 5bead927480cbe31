"""Lists in pages."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerter.web import paging
from alerter.web.paging import PageQuery, page, seal, slice_of, unseal
from alerter.web.problems import Problem
from tests.web.answers import body_of, problem_of
from tests.web.world import Client


class Numbers:
    """A list of numbers, newest (largest) first, which counts how often it is read."""

    def __init__(self, count: int) -> None:
        self.count = count
        self.reads = 0

    async def recent(self, limit: int, before: str | None = None) -> Sequence[tuple[str, int]]:
        """At most `limit` numbers below `before`."""
        self.reads += 1
        start = self.count if before is None else int(before) - 1
        return [(str(number), number) for number in range(start, max(start - limit, 0), -1)]


@given(st.text(min_size=1))
def test_a_cursor_is_the_position_it_was_made_of(position: str) -> None:
    """Wrapping and unwrapping a position changes nothing."""
    position = position.encode("utf-8", "ignore").decode()
    if position:
        assert unseal("alerts", seal("alerts", position)) == position


@given(st.text())
def test_a_made_up_cursor_is_a_bad_request(cursor: str) -> None:
    """What no list gave out is refused, whatever it is."""
    with pytest.raises(Problem) as refused:
        unseal("alerts", cursor)
    assert refused.value.document.status == 400


@pytest.mark.parametrize("bend", [lambda c: c[:-1], lambda c: c + "A", lambda c: "0" + c[1:], lambda c: ""])
def test_a_cursor_that_was_bent_is_a_bad_request(bend: object) -> None:
    """Cut, extended and changed cursors are refused."""
    assert callable(bend)
    with pytest.raises(Problem):
        unseal("alerts", bend(seal("alerts", "1718000000000-0")))


def test_a_cursor_of_another_list_is_a_bad_request() -> None:
    """A position means nothing elsewhere."""
    with pytest.raises(Problem):
        unseal("alerts", seal("signals", "7"))


@given(st.integers(0, 30), st.integers(1, 7), st.integers(1, 5))
async def test_following_the_cursors_visits_each_entry_once(count: int, limit: int, every: int) -> None:
    """Whatever the page's size and the filter, nothing is skipped and nothing comes twice."""
    numbers = Numbers(count)
    keep = None if every == 1 else lambda number: number % every == 0
    seen: list[int] = []
    cursor: str | None = None
    while True:
        found, cursor = await page(
            "numbers", numbers.recent, PageQuery(limit=limit, cursor=cursor), keep=keep
        )
        assert len(found) <= limit
        seen += found
        if cursor is None:
            break
    assert seen == [number for number in range(count, 0, -1) if number % every == 0]


async def test_a_sparse_filter_stops_after_a_while_and_says_where_to_go_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """One request looks through a bounded number of entries."""
    monkeypatch.setattr(paging, "SCAN_STEP", 10)
    monkeypatch.setattr(paging, "SCAN_LIMIT", 40)
    numbers = Numbers(100)

    found, cursor = await page("numbers", numbers.recent, PageQuery(), keep=lambda number: number == 5)
    assert found == []
    assert numbers.reads == 4

    query = PageQuery(cursor=cursor)
    found, cursor = await page("numbers", numbers.recent, query, keep=lambda number: number == 25)
    assert found == [25]
    assert cursor is not None


async def test_a_full_page_without_a_filter_is_one_read() -> None:
    """The usual list costs one call of the store."""
    numbers = Numbers(100)

    await page("numbers", numbers.recent, PageQuery(limit=10))

    assert numbers.reads == 1


@given(st.sets(st.integers(10, 99)), st.integers(1, 7))
def test_what_is_at_hand_is_cut_into_pages_as_well(names: set[int], limit: int) -> None:
    """Following the cursors of a list at hand visits each entry once, in order."""
    entries = [(str(name), name) for name in sorted(names)]
    seen: list[int] = []
    cursor: str | None = None
    while True:
        found, cursor = slice_of("names", entries, PageQuery(limit=limit, cursor=cursor))
        seen += found
        if cursor is None:
            break
    assert seen == sorted(names)


@pytest.mark.parametrize(
    "query",
    ["cursor=nonsense", "cursor=", "limit=0", "limit=201", "limit=x", "limit=1&limit=2", "colour=red", "=1"],
)
@pytest.mark.parametrize("listing", ["signals", "sources", "alerts", "rules", "deliveries"])
async def test_a_query_that_is_not_understood_is_a_bad_request(
    client: Client, listing: str, query: str
) -> None:
    """A wrong value or an unknown filter is named rather than passed over."""
    await problem_of(await client.get(f"/api/v1/{listing}?{query}"), 400)


@pytest.mark.parametrize("query", ["state=burning", "severity=", "state=firing&state=x"])
async def test_a_filter_s_value_must_exist(client: Client, query: str) -> None:
    """A mistyped state is an error, not an empty list."""
    document = await problem_of(await client.get(f"/api/v1/alerts?{query}"), 400)

    assert document["errors"][0]["field"].split(".")[0] in query


async def test_an_empty_list_has_no_next(client: Client) -> None:
    """Nothing there is a list without items."""
    assert await body_of(await client.get("/api/v1/alerts")) == {"items": [], "next": None}
