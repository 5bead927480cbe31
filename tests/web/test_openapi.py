"""The OpenAPI description."""

from collections.abc import Iterator
from typing import Any

import pytest

from alerter.core.signal import Signal
from alerter.web.app import OPERATIONS, build_app
from tests.web.answers import body_of
from tests.web.world import Client, World


def references(part: object) -> Iterator[str]:
    """Every reference anywhere in a description."""
    if isinstance(part, dict):
        yield from (value for key, value in part.items() if key == "$ref")
        for inner in part.values():
            yield from references(inner)
    if isinstance(part, list):
        for inner in part:
            yield from references(inner)


@pytest.fixture
async def description(client: Client) -> Any:
    """The description as the service answers it."""
    return await body_of(await client.get("/openapi.json"))


async def test_it_describes_every_route_that_programs_use(description: Any) -> None:
    """Routes and description cannot drift apart; only the pages for people are left out."""
    described = {(method.upper(), path) for path, ways in description["paths"].items() for method in ways}
    routed = {
        (route.method, route.resource.canonical if route.resource else "")
        for route in build_app(World().context()).router.routes()
        if route.method != "HEAD"
    }

    assert routed - described == {("GET", "/"), ("GET", "/docs"), ("GET", "/static")}
    assert described <= routed


async def test_every_reference_leads_somewhere(description: Any) -> None:
    """All schemas that are named are there."""
    schemas = description["components"]["schemas"]
    names = {reference.rpartition("/")[2] for reference in references(description)}

    assert names
    assert names <= set(schemas)


async def test_a_push_takes_a_signal_or_a_list_of_them(description: Any) -> None:
    """The pushed shape is the model that parses it."""
    push = description["paths"]["/api/v1/signals"]["post"]
    one, many = push["requestBody"]["content"]["application/json"]["schema"]["oneOf"]

    assert set(description["components"]["schemas"]["Signal"]["properties"]) == set(Signal.model_fields)
    assert many == {"type": "array", "items": one, "maxItems": 1000}


async def test_filters_are_described_with_their_values(description: Any) -> None:
    """A filter with fixed values lists them."""
    parameters = description["paths"]["/api/v1/alerts"]["get"]["parameters"]
    schemas = {parameter["name"]: parameter["schema"] for parameter in parameters}

    assert schemas["state"]["items"]["enum"] == ["pending", "firing", "resolved"]
    assert schemas["limit"] == {"type": "integer", "default": 50, "minimum": 1, "maximum": 200}
    assert schemas["cursor"] == {"type": "string", "maxLength": 300}


async def test_every_operation_names_its_errors_as_problems(description: Any) -> None:
    """Whatever is not 200 is a problem document, probes apart."""
    for path, ways in description["paths"].items():
        for operation in ways.values():
            for status, answer in operation["responses"].items():
                if status != "200" and path != "/readyz":
                    assert list(answer["content"]) == ["application/problem+json"]


def test_operations_have_names_of_their_own() -> None:
    """Generated clients need distinct names."""
    names = [operation.name for operation in OPERATIONS]

    assert len(set(names)) == len(names)
