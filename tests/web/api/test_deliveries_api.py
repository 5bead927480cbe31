"""Deliveries over HTTP."""

from datetime import timedelta
from typing import Any

import pytest

from alerter.core.delivery import Outcome
from alerter.web.api import deliveries
from tests.support.signals import NOON, a_due, an_alert
from tests.web.answers import body_of, problem_of
from tests.web.world import Client, World

LATER = NOON + timedelta(minutes=1)


@pytest.fixture
async def told(world: World) -> None:
    """The console was told at the second attempt, the webhook never."""
    dues = [a_due(), a_due(destination="desk/webhook")]
    await world.have_judged(an_alert(), due=dues)
    retry = Outcome(kind="retry", reason="HTTP 503")
    await attempt(world, "desk/console", retry)
    await attempt(world, "desk/webhook", Outcome(kind="dead", reason="HTTP 410"))
    await attempt(world, "desk/console", Outcome(kind="delivered"))


async def attempt(world: World, destination: str, outcome: Outcome) -> None:
    """One attempt at what is due to a destination."""
    [delivery] = await world.store.outbox.claim("d", LATER, {destination: 1})
    await world.store.outbox.record(delivery, outcome, LATER)


async def lines(client: Client, query: str = "") -> list[dict[str, Any]]:
    """The ledger's lines that a query lists."""
    answer = await body_of(await client.get(f"/api/v1/deliveries?{query}"))
    found: list[dict[str, Any]] = answer["items"]
    return found


@pytest.mark.usefixtures("told")
async def test_the_ledger_is_listed_newest_first(client: Client) -> None:
    """One line per attempt, with whom it was for, what it told, and what became of it."""
    newest, *rest = await lines(client)

    assert [line["outcome"] for line in rest] == ["dead", "retry"]
    assert newest.pop("id")
    [news] = newest.pop("alerts")
    assert news == {"fingerprint": an_alert().fingerprint, "revision": 1, "change": "fired"}
    assert newest == {
        "destination": "desk/console",
        "receiver": "desk",
        "group": {"commodity": "magnets"},
        "attempt": 2,
        "outcome": "delivered",
        "reason": "",
        "at": "2025-06-09T12:01:00Z",
    }


@pytest.mark.usefixtures("told")
@pytest.mark.parametrize(
    ("query", "outcomes"),
    [
        ("destination=desk/console", ["delivered", "retry"]),
        ("outcome=dead", ["dead"]),
        ("outcome=dead&outcome=delivered", ["delivered", "dead"]),
        ("outcome=dead&destination=desk/console", []),
    ],
)
async def test_the_ledger_is_filtered(client: Client, query: str, outcomes: list[str]) -> None:
    """By destination and outcome; dead letters are found by their outcome."""
    assert [line["outcome"] for line in await lines(client, query)] == outcomes


@pytest.mark.usefixtures("told")
async def test_one_delivery_is_shown_with_all_its_attempts(client: Client) -> None:
    """Its path gathers what the ledger holds of it."""
    [newest, _] = await lines(client, "destination=desk/console")

    history = await body_of(await client.get(f"/api/v1/deliveries/{newest['id']}"))

    assert history["outcome"] == "delivered"
    assert history["destination"] == "desk/console"
    assert [(one["attempt"], one["outcome"]) for one in history["attempts"]] == [
        (2, "delivered"),
        (1, "retry"),
    ]


@pytest.mark.usefixtures("told")
async def test_a_delivery_is_looked_for_step_by_step(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """An older delivery is found beyond the first step, one beyond the last is not."""
    monkeypatch.setattr(deliveries, "SCAN_STEP", 1)
    [dead] = await lines(client, "outcome=dead")

    assert (await client.get(f"/api/v1/deliveries/{dead['id']}")).status == 200
    monkeypatch.setattr(deliveries, "LEDGER_SEARCHED", 1)
    await problem_of(await client.get(f"/api/v1/deliveries/{dead['id']}"), 404)


async def test_an_unknown_delivery_is_a_404(client: Client) -> None:
    """Nothing in the ledger, nothing to show."""
    await problem_of(await client.get("/api/v1/deliveries/none"), 404)
