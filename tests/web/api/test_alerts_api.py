"""Alerts over HTTP."""

from datetime import timedelta

import pytest

from tests.support.signals import NOON, an_alert, at, some_evidence
from tests.web.answers import body_of, problem_of
from tests.web.world import Client, World


async def summaries(client: Client, query: str = "") -> list[str]:
    """The summaries of the alerts that a query lists."""
    answer = await body_of(await client.get(f"/api/v1/alerts?{query}"))
    return [alert["summary"] for alert in answer["items"]]


async def test_an_alert_has_the_shape_of_the_contract(world: World, client: Client) -> None:
    """Every key that the contract names is there, null where there is nothing to say."""
    await world.have_judged(an_alert())

    [alert] = (await body_of(await client.get("/api/v1/alerts")))["items"]

    fingerprint = alert.pop("fingerprint")
    assert len(fingerprint) == 16
    assert alert == {
        "episode": 1,
        "rule": "reported-export-fall",
        "state": "firing",
        "severity": "warning",
        "labels": {"commodity": "rare-earth-magnets", "origin": "CN"},
        "reason": "change_below",
        "figure": -33.0,
        "threshold": -20.0,
        "evidence": [
            {
                "signal": "magnets-1",
                "url": "https://news.example/magnets-1",
                "title": "Magnet exports fall again (magnets-1)",
                "quote": "fell by a third",
            }
        ],
        "starts_at": "2025-06-09T12:00:00Z",
        "updated_at": "2025-06-09T12:00:00Z",
        "resolved_at": None,
        "acknowledged": False,
        "summary": "Exports of rare-earth magnets fell 33 %, below the threshold of -20 %.",
        "figure_text": "-33 %",
        "threshold_text": "-20 %",
        "resolution": "",
        "evidence_count": 1,
    }


async def test_one_alert_is_found_by_its_fingerprint(world: World, client: Client) -> None:
    """The list's fingerprint leads to the same alert."""
    await world.have_judged(an_alert(evidence=(some_evidence(url=None),)))
    [listed] = (await body_of(await client.get("/api/v1/alerts")))["items"]

    alone = await body_of(await client.get(f"/api/v1/alerts/{listed['fingerprint']}"))

    assert alone == listed
    assert alone["evidence"][0]["url"] is None


async def test_an_unknown_fingerprint_is_a_404(client: Client) -> None:
    """No alert, no answer."""
    await problem_of(await client.get("/api/v1/alerts/0123456789abcdef"), 404)


@pytest.fixture
async def judged(world: World) -> None:
    """Five alerts, from A (judged first) to E."""
    resolved = {"state": "resolved", "resolved_at": at(3), "resolution": "cleared"}
    await world.have_judged(
        an_alert("a", summary="A", updated_at=at(0)),
        an_alert("b", summary="B", updated_at=at(1), severity="critical", rule="licensing-change"),
        an_alert("c", summary="C", updated_at=at(2), state="pending"),
        an_alert("d", summary="D", updated_at=at(3), **resolved),
        an_alert("e", summary="E", updated_at=at(4), severity="critical"),
    )


@pytest.mark.usefixtures("judged")
@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", "EDCBA"),
        ("state=firing", "EBA"),
        ("state=pending", "C"),
        ("state=firing&state=pending", "ECBA"),
        ("state=resolved", "D"),
        ("state=firing&state=resolved", "EDBA"),
        ("severity=critical", "EB"),
        ("rule=licensing-change", "B"),
        ("rule=licensing-change&state=firing", "B"),
        ("rule=licensing-change&severity=warning", ""),
    ],
)
async def test_alerts_are_listed_last_updated_first_through_filters(
    client: Client, query: str, expected: str
) -> None:
    """Filters of different kinds narrow, values of one filter are alternatives."""
    assert "".join(await summaries(client, query)) == expected


@pytest.mark.usefixtures("judged")
@pytest.mark.parametrize("query", ["", "state=firing&state=pending", "severity=critical&severity=warning"])
async def test_alerts_come_in_pages(client: Client, query: str) -> None:
    """Following `next` visits each alert once, filtered or not."""
    whole = await summaries(client, query)
    seen: list[str] = []
    cursor = ""
    while True:
        answer = await body_of(await client.get(f"/api/v1/alerts?{query}&limit=1{cursor}".replace("?&", "?")))
        seen += [alert["summary"] for alert in answer["items"]]
        if answer["next"] is None:
            break
        cursor = f"&cursor={answer['next']}"

    assert seen == whole


@pytest.mark.usefixtures("judged")
async def test_a_cursor_belongs_to_its_own_list(client: Client) -> None:
    """The cursor of all alerts does not page through the active ones."""
    cursor = (await body_of(await client.get("/api/v1/alerts?limit=1")))["next"]

    await problem_of(await client.get(f"/api/v1/alerts?state=firing&cursor={cursor}"), 400)


async def test_an_old_active_alert_is_found_at_once(world: World, client: Client) -> None:
    """What fires is listed however long ago it last changed."""
    long_ago = NOON - timedelta(days=300)
    await world.have_judged(
        an_alert("old", summary="OLD", starts_at=long_ago, updated_at=long_ago),
        *(an_alert(str(n), state="resolved", resolved_at=NOON) for n in range(5)),
    )

    assert await summaries(client, "state=firing&limit=1") == ["OLD"]
