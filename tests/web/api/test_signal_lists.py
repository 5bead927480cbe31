"""`GET /api/v1/signals`: lists, filters, pages, and one signal by its id."""

from urllib.parse import quote

import pytest
from yarl import URL

from tests.support.signals import a_signal
from tests.web.answers import body_of, problem_of
from tests.web.world import Client, World


async def test_signals_are_listed_newest_first(world: World, client: Client) -> None:
    """The list holds what was read, in the contract's shape, the newest on top."""
    await world.have_read(a_signal("one"), a_signal("two", labels={"desk": "x"}))

    answer = await body_of(await client.get("/api/v1/signals"))

    assert [entry["id"] for entry in answer["items"]] == ["two", "one"]
    assert answer["next"] is None
    newest = answer["items"][0]
    assert newest["kind"] == "article"
    assert newest["published_at"] == "2025-06-09T12:00:00Z"
    assert newest["seen_at"] == "2025-06-09T12:00:00Z"
    assert newest["version"] == 1
    assert newest["baseline"] is False
    assert "docket" not in newest


async def test_signals_are_filtered_by_source_and_kind(world: World, client: Client) -> None:
    """Filters narrow the list; several values of one filter are alternatives."""
    await world.have_read(
        a_signal("one"), a_signal("two", source="bis"), a_signal("three", source="bis", kind="notice")
    )

    async def ids(query: str) -> list[str]:
        answer = await body_of(await client.get(f"/api/v1/signals?{query}"))
        return [entry["id"] for entry in answer["items"]]

    assert await ids("source=bis") == ["three", "two"]
    assert await ids("source=bis&kind=notice") == ["three"]
    assert await ids("source=bis&source=ree-news") == ["three", "two", "one"]
    assert await ids("source=none") == []


async def test_signals_come_in_pages(world: World, client: Client) -> None:
    """Following `next` visits every signal once."""
    await world.have_read(*(a_signal(str(number)) for number in range(5)))

    seen: list[str] = []
    query = "limit=2"
    while query:
        answer = await body_of(await client.get(f"/api/v1/signals?{query}"))
        seen += [entry["id"] for entry in answer["items"]]
        query = f"limit=2&cursor={answer['next']}" if answer["next"] else ""

    assert seen == ["4", "3", "2", "1", "0"]


@pytest.mark.parametrize("name", ["https://news.example/a?b=c", "plain", "with/slash", "mit Umläuten"])
async def test_one_signal_is_found_by_its_id(world: World, client: Client, name: str) -> None:
    """An id is found whatever characters it holds, and comes with its reading."""
    await world.have_read(a_signal(name, url=None))

    address = URL("/api/v1/signals/" + quote(name, safe=""), encoded=True)

    answer = await body_of(await client.get(address))
    assert answer["id"] == name
    assert answer["reading"]["claims"] == []


async def test_an_unknown_signal_is_a_404(client: Client) -> None:
    """What was never read cannot be shown."""
    await problem_of(await client.get("/api/v1/signals/nothing"), 404)
