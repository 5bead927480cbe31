"""How tests read answers: JSON bodies, and problem documents whose form is checked on the way."""

from typing import Any

from aiohttp import ClientResponse
from prometheus_client.parser import text_string_to_metric_families

from tests.web.world import Client


async def body_of(response: ClientResponse) -> Any:
    """The JSON body of a 200 answer."""
    assert response.status == 200, await response.text()
    assert response.content_type == "application/json"
    return await response.json()


async def problem_of(response: ClientResponse, status: int) -> Any:
    """The problem document of an error answer, which must be well formed."""
    assert response.status == status, await response.text()
    assert response.content_type == "application/problem+json"
    document = await response.json(content_type="application/problem+json")
    assert document["status"] == status
    assert document["type"] == "about:blank"
    assert document["title"]
    assert document["detail"]
    return document


async def figures_of(client: Client) -> dict[tuple[str, str], float]:
    """What a scrape reads: value by name and by its labels' values in a row."""
    response = await client.get("/metrics")
    assert response.status == 200
    families = text_string_to_metric_families(await response.text())
    return {
        (sample.name, " ".join(sample.labels.values())): sample.value
        for family in families
        for sample in family.samples
    }
