"""The OpenAPI 3.1 description of the service, made from the operations and the models they use.

Nothing is described twice: paths come from the routes, schemas from the models that parse and answer.
"""

from collections.abc import Iterator, Mapping, Sequence
from importlib.metadata import version
from typing import Any, Literal

from aiohttp import web
from pydantic import BaseModel, RootModel
from pydantic.json_schema import models_json_schema

from alerter.core.model import Frozen
from alerter.web.auth import is_open
from alerter.web.operations import Operation
from alerter.web.problems import PROBLEM_TYPE, ProblemDocument

Mode = Literal["validation", "serialization"]
Schemas = Mapping[tuple[Any, Mode], Mapping[str, Any]]

REFERENCE = "#/components/schemas/{model}"
COMMON_PROBLEMS = (401, 403, 500)
"""Statuses that every operation but the probes may answer."""
STATUS_WORDS = {
    400: "The request is not understood.",
    401: "A token is needed.",
    403: "Not allowed from there.",
    404: "There is no such thing.",
    408: "The body did not arrive in time.",
    413: "Larger than 8 MiB.",
    415: "The body is not JSON.",
    422: "Nothing was taken; the errors name what is wrong.",
    429: "The pipeline is behind; Retry-After says for how long.",
    500: "Something went wrong inside.",
    503: "The store does not answer; Retry-After says when to try again.",
}


class Description(RootModel[dict[str, Any]]):
    """An OpenAPI 3.1 document."""


def describe(operations: Sequence[Operation]) -> dict[str, Any]:
    """The whole description, as a JSON-able dictionary."""
    schemas, definitions = models_json_schema(sorted(_models(operations), key=str), ref_template=REFERENCE)
    paths: dict[str, dict[str, Any]] = {}
    for operation in operations:
        paths.setdefault(operation.public_path, {})[operation.method.lower()] = _operation(operation, schemas)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "alerter",
            "version": version("alerter"),
            "summary": "Signs that a supply will be disrupted: what came in, what was alerted, who was told.",
        },
        "paths": paths,
        "components": {
            "schemas": definitions.get("$defs", {}),
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
        "security": [{"token": []}, {}],
    }


def _models(operations: Sequence[Operation]) -> set[tuple[type[BaseModel], Mode]]:
    found: set[tuple[type[BaseModel], Mode]] = {(ProblemDocument, "serialization")}
    for operation in operations:
        if operation.answer:
            found.add((operation.answer, "serialization"))
        if operation.body:
            found.add((operation.body, "validation"))
    return found


def _operation(operation: Operation, schemas: Schemas) -> dict[str, Any]:
    described: dict[str, Any] = {
        "operationId": operation.name,
        "summary": operation.summary,
        "parameters": [*_path_parameters(operation), *_query_parameters(operation.query)],
        "responses": _responses(operation, schemas),
    }
    if operation.body:
        content = {"application/json": {"schema": _body(operation.body, operation.body_list_limit, schemas)}}
        described["requestBody"] = {"required": True, "content": content}
    if is_open(operation.path):
        described["security"] = []
    return described


def _path_parameters(operation: Operation) -> Iterator[dict[str, Any]]:
    for name in operation.path_names:
        yield {"name": name, "in": "path", "required": True, "schema": {"type": "string", "minLength": 1}}


def _query_parameters(query: type[Frozen] | None) -> Iterator[dict[str, Any]]:
    schema = query.model_json_schema() if query else {}
    for name, written in schema.get("properties", {}).items():
        parameter = {"name": name, "in": "query", "description": written.get("description", "")}
        yield parameter | {"schema": _plain(written, schema.get("$defs", {}))}


def _plain(schema: Mapping[str, Any], definitions: Mapping[str, Any]) -> dict[str, Any]:
    """A parameter's schema by itself: references filled in; absent instead of null."""
    name = schema.get("$ref", "").rpartition("/")[2]
    if name:
        return _plain(definitions[name], {})
    options = [option for option in schema.get("anyOf", ()) if option != {"type": "null"}]
    kept = {key: value for key, value in schema.items() if key in _PARAMETER_KEYS and value is not None}
    if "items" in kept:
        kept["items"] = _plain(kept["items"], definitions)
    return {**kept, **(options[0] if options else {})}


_PARAMETER_KEYS = frozenset({"type", "enum", "const", "items", "default", "minimum", "maximum", "maxLength"})


def _body(body: type[BaseModel], list_limit: int, schemas: Schemas) -> Mapping[str, Any]:
    one = schemas[body, "validation"]
    if not list_limit:
        return one
    return {"oneOf": [one, {"type": "array", "items": one, "maxItems": list_limit}]}


def _responses(operation: Operation, schemas: Schemas) -> dict[str, Any]:
    statuses = sorted({*operation.problems, *(() if is_open(operation.path) else COMMON_PROBLEMS)})
    problem = {PROBLEM_TYPE: {"schema": schemas[ProblemDocument, "serialization"]}}
    responses = {str(one): {"description": STATUS_WORDS[one], "content": problem} for one in statuses}
    good = {operation.media: {"schema": _good(operation, schemas)}}
    responses["200"] = {"description": operation.summary, "content": good}
    for status in operation.same_shape:
        responses[str(status)] = {"description": "The same shape, for the worse case.", "content": good}
    return dict(sorted(responses.items()))


def _good(operation: Operation, schemas: Schemas) -> Mapping[str, Any]:
    if operation.answer is None:
        return {"type": "string"}
    one = schemas[operation.answer, "serialization"]
    if not operation.listed:
        return one
    following = {"type": ["string", "null"], "description": "The cursor of the next page."}
    listed = {"items": {"type": "array", "items": one}, "next": following}
    return {"type": "object", "properties": listed, "required": ["items", "next"]}


DESCRIPTION = web.AppKey("description", bytes)
"""The description as JSON, made once when the application is built."""


async def show_description(request: web.Request) -> web.Response:
    """This service's operations and shapes."""
    return web.Response(body=request.app[DESCRIPTION], content_type="application/json")


OPERATIONS = (Operation("GET", "/openapi.json", show_description, "This description.", answer=Description),)
