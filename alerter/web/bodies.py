"""Requests' bodies and queries on the way in, bounded in size, type and time; JSON on the way out."""

import asyncio
from typing import TypeVar

import orjson
from aiohttp import web
from pydantic import BaseModel, ValidationError

from alerter.core.model import Frozen
from alerter.web.problems import Problem, faults_of

BODY_LIMIT = 8 * 1024 * 1024
"""Most bytes of a body, counted after decompression."""
BODY_SECONDS = 30.0
"""Longest time that a body may take to arrive."""
DEPTH_LIMIT = 64
"""Deepest nesting of a JSON body that is handed on as parsed."""

Query = TypeVar("Query", bound=Frozen)


async def read_body(request: web.Request) -> bytes:
    """The JSON body's bytes. Raises Problem 400 (unreadable), 408 (too slow), 413, 415 (not JSON)."""
    if not is_json(request.content_type):
        raise Problem(415, "The body must be JSON, sent as Content-Type: application/json.")
    if (request.content_length or 0) > BODY_LIMIT:
        raise web.HTTPRequestEntityTooLarge(BODY_LIMIT)
    try:
        if request.content.is_eof():  # a small body came with its head: no timer is worth its cost
            return await request.read()
        async with asyncio.timeout(BODY_SECONDS):
            return await request.read()
    except TimeoutError as error:
        raise Problem(408, f"The body did not arrive within {BODY_SECONDS:.0f} s.") from error
    except web.RequestPayloadError as error:
        raise Problem(400, "The body does not match its Content-Encoding or chunking.") from error


async def read_json(request: web.Request) -> object:
    """The JSON body, parsed. Raises Problem as `read_body`; 400 too when it is not JSON or too deep."""
    try:
        parsed: object = orjson.loads(await read_body(request))
    except orjson.JSONDecodeError as error:
        raise Problem(400, f"The body is not JSON: {error.msg}.") from error
    if not is_shallow(parsed):
        raise Problem(400, f"The body is nested more than {DEPTH_LIMIT} levels deep.")
    return parsed


def is_json(content_type: str) -> bool:
    """Is this media type JSON?"""
    return content_type == "application/json" or (
        content_type.startswith("application/") and content_type.endswith("+json")
    )


def is_shallow(parsed: object, limit: int = DEPTH_LIMIT) -> bool:
    """Is a parsed JSON value nested at most `limit` levels deep?"""
    level: list[object] = [parsed]
    for _ in range(limit):
        level = [inner for outer in level for inner in _inside(outer)]
    return not any(isinstance(value, dict | list) for value in level)


def _inside(value: object) -> list[object]:
    if isinstance(value, dict):
        return list(value.values())
    return list(value) if isinstance(value, list) else []


def read_query(request: web.Request, model: type[Query]) -> Query:
    """The query as a model: a field with a tuple takes any number of values. Raises Problem 400."""
    given = {name: _values(request, model, name) for name in request.query}
    try:
        return model.model_validate(given)
    except ValidationError as error:
        faults = faults_of(error)
        detail = f"The query is not understood: {faults[0].field}: {faults[0].message}."
        raise Problem(400, detail, faults=faults) from error


def _values(request: web.Request, model: type[Query], name: str) -> object:
    values = request.query.getall(name)
    field = model.model_fields.get(name)
    takes_many = field is not None and field.default == ()
    if takes_many or len(values) > 1:  # several where one is wanted: the model says so
        return values
    return values[0]


def answer(shape: BaseModel, *, status: int = 200) -> web.Response:
    """A model as a JSON answer."""
    return web.Response(status=status, body=shape.model_dump_json().encode(), content_type="application/json")
