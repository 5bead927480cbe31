"""Signals and other documents as NDJSON files; an unreadable line names its file, line and fault."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TypeVar

import orjson
from pydantic import ValidationError

from alerter.core.signal import Signal

Parsed = TypeVar("Parsed")


class UnreadableLine(Exception):
    """A file or line that cannot be read; the text says `file:line: what`."""


def read_signals(path: Path) -> Iterator[Signal]:
    """The signals of an NDJSON file (`-` = standard input), one a line. Raises UnreadableLine."""
    return read_lines(path, Signal.model_validate)


def read_lines(path: Path, parse: Callable[[object], Parsed]) -> Iterator[Parsed]:
    """What `parse` makes of each line's JSON; blank lines are passed over. Raises UnreadableLine."""
    with _opened(path) as lines:
        for number, line in enumerate(lines, 1):
            if line.strip():
                yield _parsed(f"{path}:{number}", line, parse)


def _parsed(place: str, line: bytes, parse: Callable[[object], Parsed]) -> Parsed:
    try:
        return parse(orjson.loads(line))
    except ValidationError as fault:
        first = fault.errors(include_input=False, include_url=False, include_context=False)[0]
        where = ".".join(str(step) for step in first["loc"])
        raise UnreadableLine(f"{place}: {where}: {first['msg']}") from fault
    except ValueError as fault:
        raise UnreadableLine(f"{place}: {fault}") from fault


@contextmanager
def _opened(path: Path) -> Iterator[IO[bytes]]:
    if str(path) == "-":
        yield sys.stdin.buffer
        return
    try:
        with path.open("rb") as lines:
            yield lines
    except OSError as fault:
        raise UnreadableLine(f"{path}: {fault.strerror}") from fault
