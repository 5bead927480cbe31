"""Sources and rules over HTTP."""

from datetime import datetime, timedelta

import pytest

from alerter.core.health import SourceHealth
from alerter.sources.base import SourceConfig
from alerter.web.api import sources
from alerter.web.api.sources import SourceView, view_source
from tests.support.signals import NOON, healthy
from tests.web.answers import body_of, problem_of
from tests.web.world import Client, Configuration, FeedLike, MatchLike, World


async def test_a_source_is_listed_with_its_health(world: World, client: Client) -> None:
    """What is configured and how the last polls went, without the address, which may hold a key."""
    await world.have_polled(healthy(state="failing", failures=2, last_error="HTTP 503", last_signal_at=None))

    answer = await client.get("/api/v1/sources")

    assert "hidden" not in await answer.text()
    assert (await body_of(answer))["items"] == [
        {
            "id": "ree-news",
            "type": "feed",
            "every": "10m",
            "labels": {"outlet": "reex"},
            "state": "failing",
            "failures": 2,
            "last_error": "HTTP 503",
            "last_poll_at": "2025-06-09T12:00:00Z",
            "last_success_at": "2025-06-09T12:00:00Z",
            "last_signal_at": None,
            "next_poll_at": None,
            "lag": None,
            "cadence": None,
            "note": "",
            "unseen": [],
            "overdue": [],
            "budget_left": None,
        }
    ]


async def test_a_source_says_how_long_it_has_been_silent(world: World, client: Client) -> None:
    """Beside how long it usually is, what its last poll said, and what is left of its call budget."""
    told = healthy(
        last_signal_at=NOON - timedelta(hours=3, seconds=5.4),
        cadence=timedelta(minutes=61),
        note="2 rows cannot be read",
        budget_left=7,
    )
    await world.have_polled(told)

    source = await body_of(await client.get("/api/v1/sources/ree-news"))

    shown = {name: source[name] for name in ("state", "lag", "cadence", "note", "budget_left")}
    assert shown == {
        "state": "quiet",
        "lag": "3h5s",
        "cadence": "1h1m",
        "note": "2 rows cannot be read",
        "budget_left": 7,
    }


async def test_a_state_that_comes_with_time_is_filtered_by(world: World, client: Client) -> None:
    """Nothing has been polled since, and the source is stale all the same; what is overdue is told."""
    await world.have_polled(healthy(overdue=("May was due",)))

    stale = await body_of(await client.get("/api/v1/sources?state=stale"))

    assert [source["overdue"] for source in stale["items"]] == [["May was due"]]
    assert (await body_of(await client.get("/api/v1/sources?state=ok")))["items"] == []


async def test_a_source_that_was_never_polled_is_unknown(client: Client) -> None:
    """Not yet seen is a state of its own."""
    source = await body_of(await client.get("/api/v1/sources/ree-news"))

    assert source["state"] == "unknown"
    assert source["last_success_at"] is None


async def test_sources_are_filtered_by_state_and_paged(world: World, client: Client) -> None:
    """The list is in order of id, in pages."""
    world.configuration = Configuration(sources=[FeedLike(id=name) for name in "cab"])
    await world.have_polled(healthy("b"))

    first = await body_of(await client.get("/api/v1/sources?limit=2"))
    rest = await body_of(await client.get(f"/api/v1/sources?limit=2&cursor={first['next']}"))
    well = await body_of(await client.get("/api/v1/sources?state=ok"))

    assert [source["id"] for source in first["items"] + rest["items"]] == ["a", "b", "c"]
    assert rest["next"] is None
    assert [source["id"] for source in well["items"]] == ["b"]


async def test_only_the_sources_of_a_page_are_made_ready_for_it(
    world: World, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Thousands are paged through, and each page must cost what it holds."""
    viewed: list[str] = []

    def view(source: SourceConfig, health: SourceHealth, now: datetime) -> SourceView:
        viewed.append(source.id)
        return view_source(source, health, now)

    world.configuration = Configuration(sources=[FeedLike(id=name) for name in "cab"])
    monkeypatch.setattr(sources, "view_source", view)

    await body_of(await client.get("/api/v1/sources?limit=2"))

    assert viewed == ["a", "b"]


async def test_a_rule_is_listed_as_it_was_written(world: World, client: Client) -> None:
    """The definition holds what was written; `per` is told even where the kind's default holds."""
    world.configuration = Configuration(
        rules=[
            MatchLike(type="match", id="quick", any=("neodym*",), resolve_after=timedelta(days=2)),
            MatchLike(type="match", id="own", per=("signal",), severity="critical"),
        ]
    )

    answer = await body_of(await client.get("/api/v1/rules"))

    assert answer["items"] == [
        {
            "id": "own",
            "type": "match",
            "severity": "critical",
            "per": ["signal"],
            "definition": {"type": "match", "id": "own", "per": ["signal"], "severity": "critical"},
        },
        {
            "id": "quick",
            "type": "match",
            "severity": "warning",
            "per": ["story"],
            "definition": {"type": "match", "id": "quick", "any": ["neodym*"], "resolve_after": "2d"},
        },
    ]


async def test_one_rule_is_found_by_its_id(client: Client) -> None:
    """A rule's own path shows the same as the list."""
    [listed] = (await body_of(await client.get("/api/v1/rules")))["items"]

    assert await body_of(await client.get("/api/v1/rules/ree-keywords")) == listed


@pytest.mark.parametrize("path", ["/api/v1/sources/none", "/api/v1/rules/none", "/api/v1/rules/validate"])
async def test_what_is_not_configured_is_a_404(client: Client, path: str) -> None:
    """Unknown ids are not found."""
    await problem_of(await client.get(path), 404)


async def test_a_reload_is_seen_at_once(world: World, client: Client) -> None:
    """Answers come from the configuration in force."""
    world.configuration = Configuration(rules=[MatchLike(id="new")])

    assert [rule["id"] for rule in (await body_of(await client.get("/api/v1/rules")))["items"]] == ["new"]


async def test_a_valid_rule_is_said_to_be_valid(world: World, client: Client) -> None:
    """The rule reaches the validator as it was sent."""
    rule = {"id": "ree-keywords", "type": "match", "any": ["rare earth*"]}

    answer = await body_of(await client.post("/api/v1/rules/validate", json=rule))

    assert answer == {"valid": True, "problems": []}
    assert world.validated == [rule]


async def test_an_invalid_rule_is_answered_with_what_is_wrong(world: World, client: Client) -> None:
    """Problems are sentences, and the answer is still a 200: the question was a good one."""
    world.problems = [ValueError("anny: unknown key; did you mean any?")]

    answer = await body_of(await client.post("/api/v1/rules/validate", json={"anny": 1}))

    assert answer == {"valid": False, "problems": ["anny: unknown key; did you mean any?"]}


@pytest.mark.parametrize("body", ["", "{", "{'a': 1}", "[NaN]", "[" * 65 + "]" * 65])
async def test_a_rule_that_is_no_json_or_too_deep_is_refused(world: World, client: Client, body: str) -> None:
    """What cannot be parsed within bounds never reaches the validator."""
    sent = await client.post(
        "/api/v1/rules/validate", data=body, headers={"Content-Type": "application/json"}
    )

    await problem_of(sent, 400)
    assert world.validated == []


async def test_deep_enough_is_not_too_deep(client: Client) -> None:
    """Sixty-four levels are taken."""
    body = "[" * 64 + "]" * 64
    sent = await client.post(
        "/api/v1/rules/validate", data=body, headers={"Content-Type": "application/json"}
    )

    assert sent.status == 200
