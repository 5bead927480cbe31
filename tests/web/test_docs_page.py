"""The page of the API's operations: what a request's body holds."""

import re

from tests.web.world import Client


async def test_the_fields_of_a_push_are_shown(client: Client) -> None:
    """Which are required, what they hold, and the fields of what has fields of its own."""
    answer = await client.get("/docs")
    text = " ".join(re.sub(r"<[^>]*>", " ", await answer.text()).split())

    assert "Body, JSON: one, or a list of at most 1000" in text
    assert "source required, string" in text
    assert "kind required, one of article, docket_entry, notice, listing, observation" in text
    assert "published_at required, date-time" in text
    assert "observation optional, object series, period, value, unit" in text
