"""Errors as RFC 9457 problem documents, whatever went wrong, and the one place that catches surprises.

Handlers raise `Problem`; the store raises its own errors; the router raises aiohttp's. The outermost
middleware turns all of them into `application/problem+json` without showing anything of the inside.
"""

import math
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from datetime import timedelta
from http import HTTPStatus
from itertools import islice

import orjson
import structlog
from aiohttp import web
from pydantic import Field, ValidationError
from pydantic_core import ErrorDetails

from alerter.core.model import Frozen
from alerter.store.protocol import Busy, StoreError
from alerter.web.context import CONTEXT

PROBLEM_TYPE = "application/problem+json"
FAULTS_SHOWN = 20
"""Most faults that one problem lists."""
FAULTS_NAMED = 5000
"""With more faults than this none is named: naming them all would cost seconds and hundreds of megabytes."""
FIELD_SHOWN = 200
"""Most characters of a field's name in an answer: names may come from outside."""
STORE_RETRY = timedelta(seconds=2)
NOTHING_HERE = "There is nothing at this path; /openapi.json lists what there is."

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

_log = structlog.get_logger()


class Fault(Frozen):
    """One thing that is wrong with a request."""

    index: int | None = None
    """Which signal of a list; 0 for a single one."""
    field: str = ""
    type: str = "refused"
    """Names the fault for programs, as pydantic does: `missing`, `extra_forbidden` …"""
    message: str


class ProblemDocument(Frozen):
    """An error's answer (RFC 9457)."""

    type: str = "about:blank"
    title: str
    status: int = Field(ge=400, le=599)
    detail: str
    errors: tuple[Fault, ...] = ()


class Problem(Exception):
    """An expected failure, with the answer it deserves."""

    def __init__(
        self,
        status: int,
        detail: str,
        *,
        faults: Sequence[Fault] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(detail)
        self.document = ProblemDocument(
            title=HTTPStatus(status).phrase, status=status, detail=detail, errors=tuple(faults)
        )
        self.headers = dict(headers or {})

    def answer(self) -> web.Response:
        """The problem as a response."""
        unsaid = None if self.document.errors else {"errors"}
        body = self.document.model_dump(exclude_none=True, exclude=unsaid)
        return web.Response(
            status=self.document.status,
            body=orjson.dumps(body),
            content_type=PROBLEM_TYPE,
            headers=self.headers,
        )


def faults_of(error: ValidationError, *, indexed: bool = False) -> tuple[Fault, ...]:
    """The first faults that a model found; with `indexed` the first step of each place is a list's index."""
    if error.error_count() > FAULTS_NAMED:
        return (Fault(message=f"{error.error_count()} things do not fit the shape in /openapi.json"),)
    told = error.errors(include_input=False, include_url=False, include_context=False)
    return tuple(_fault(line, indexed=indexed) for line in islice(told, FAULTS_SHOWN))


def _fault(line: ErrorDetails, *, indexed: bool) -> Fault:
    place, index = line["loc"], None
    if indexed and place and isinstance(place[0], int):
        index, place = place[0], place[1:]
    return Fault(index=index, field=_dotted(place), type=line["type"], message=line["msg"])


def _dotted(place: Iterable[str | int]) -> str:
    return ".".join(str(step)[:FIELD_SHOWN] for step in place)[:FIELD_SHOWN]


@web.middleware
async def problems(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Answer every failure with a problem document; log and count what nobody foresaw."""
    try:
        return await handler(request)
    except Problem as problem:
        return problem.answer()
    except web.HTTPException as error:
        if error.status < 400:
            raise
        return _from_router(error).answer()
    except Busy as error:
        return busy(error.retry_after, str(error)).answer()
    except StoreError:  # the store's own watch logs its loss and its return, once each
        return _unavailable().answer()
    except Exception as error:  # noqa: BLE001 - the supervised place of the HTTP side
        return _surprise(request, error).answer()


def busy(retry_after: timedelta, reason: str) -> Problem:
    """429: intake is behind, try again after whole seconds."""
    return Problem(429, reason, headers={"Retry-After": _seconds(retry_after)})


def _unavailable() -> Problem:
    detail = "The store does not answer; nothing was committed as far as is known."
    return Problem(503, detail, headers={"Retry-After": _seconds(STORE_RETRY)})


def _surprise(request: web.Request, error: Exception) -> Problem:
    resource = request.match_info.route.resource
    path = resource.canonical if resource else request.path  # what stands for `{secret}` is not for the log
    _log.error("web_surprise", method=request.method, path=path, exc_info=error)
    request.config_dict[CONTEXT].metrics.errors.labels("web").inc()
    return Problem(500, "Something went wrong inside; it was logged.")


def _from_router(error: web.HTTPException) -> Problem:
    details = {
        404: NOTHING_HERE,
        405: "This path does not take this method.",
        413: "The body is larger than 8 MiB.",
    }
    kept = {name: error.headers[name] for name in ("Allow",) if name in error.headers}
    return Problem(error.status, details.get(error.status, error.reason), headers=kept)


def _seconds(wait: timedelta) -> str:
    return str(max(1, math.ceil(wait.total_seconds())))
