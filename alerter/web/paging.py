"""Lists in pages, `{"items": […], "next": cursor|null}`, with filters over what the store keeps.

The store pages by opaque positions. A cursor wraps one together with a checksum over it and the list it
belongs to, so that a mistyped, cut or borrowed cursor is refused instead of being read as some position.
"""

import base64
import binascii
from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import TypeVar

import orjson
from aiohttp import web
from pydantic import BaseModel, Field

from alerter.core.model import Frozen, digest
from alerter.web.problems import Problem

PAGE_LIMIT = 200
SCAN_STEP = 200
"""Entries that a filtered list reads at once."""
SCAN_LIMIT = 4000
"""Entries that one request looks through; a sparse filter then answers a short page with a cursor."""
CURSOR_MARK = 8

Entry = TypeVar("Entry")
Recent = Callable[[int, str | None], Awaitable[Sequence[tuple[str, Entry]]]]
"""Reads at most so many entries before a position, newest first, each with its own position."""


class PageQuery(Frozen):
    """What every list's query may hold."""

    limit: int = Field(default=50, ge=1, le=PAGE_LIMIT, description="Most entries in the answer.")
    cursor: str | None = Field(default=None, max_length=300, description="`next` of the page before.")


def seal(listing: str, position: str) -> str:
    """The cursor of a position in a list."""
    wrapped = base64.urlsafe_b64encode(position.encode()).decode().rstrip("=")
    return digest(listing, position)[:CURSOR_MARK] + wrapped


def unseal(listing: str, cursor: str) -> str:
    """The position that `seal` wrapped. Raises Problem 400."""
    mark, wrapped = cursor[:CURSOR_MARK], cursor[CURSOR_MARK:]
    try:
        padded = wrapped + "=" * (-len(wrapped) % 4)
        position = base64.b64decode(padded, altchars=b"-_", validate=True).decode()
    except (binascii.Error, ValueError):
        position = ""
    if not position or seal(listing, position) != mark + wrapped:
        raise Problem(400, "This cursor is not one that this list gave out.")
    return position


async def page(
    listing: str,
    recent: Recent[Entry],
    query: PageQuery,
    *,
    keep: Callable[[Entry], bool] | None = None,
) -> tuple[list[Entry], str | None]:
    """The page that a query asks for: its entries and the next cursor. Raises Problem 400."""
    position = unseal(listing, query.cursor) if query.cursor is not None else None
    found: list[tuple[str, Entry]] = []
    scanned = 0
    while scanned < SCAN_LIMIT:
        batch = await recent(query.limit + 1 if keep is None else SCAN_STEP, position)
        if not batch:
            return _cut(listing, found, query.limit, None)
        found += [(at, entry) for at, entry in batch if keep is None or keep(entry)]
        if len(found) > query.limit:
            return _cut(listing, found, query.limit, found[query.limit - 1][0])
        position = batch[-1][0]
        scanned += len(batch)
    return _cut(listing, found, query.limit, position)


def _cut(
    listing: str, found: Sequence[tuple[str, Entry]], limit: int, position: str | None
) -> tuple[list[Entry], str | None]:
    entries = [entry for _, entry in found[:limit]]
    return entries, None if position is None else seal(listing, position)


def slice_of(
    listing: str, entries: Iterable[tuple[str, Entry]], query: PageQuery
) -> tuple[list[Entry], str | None]:
    """A page of what is all at hand, in ascending order of unique positions. Raises Problem 400."""
    after = unseal(listing, query.cursor) if query.cursor is not None else ""
    rest = [(at, entry) for at, entry in entries if at > after]
    more = rest[query.limit - 1][0] if len(rest) > query.limit else None
    return _cut(listing, rest, query.limit, more)


def answer_page(shapes: Iterable[BaseModel], following: str | None, *, sparse: bool = False) -> web.Response:
    """A page as JSON; `sparse` leaves out what is null inside its entries."""
    listed = [shape.model_dump(mode="json", exclude_none=sparse) for shape in shapes]
    body = orjson.dumps({"items": listed, "next": following})
    return web.Response(body=body, content_type="application/json")
