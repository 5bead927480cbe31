"""How commands speak: NDJSON for programs, tables for people, clear sentences on stderr for both."""

import sys
from collections.abc import Iterable, Sequence
from typing import TextIO

import orjson
from rich.console import Console
from rich.markup import escape
from rich.table import Table


def is_for_people(stream: TextIO | None = None) -> bool:
    """Is the stream (stdout by default) a terminal?"""
    return (stream or sys.stdout).isatty()


def write_line(document: object) -> None:
    """One JSON document on a line of stdout."""
    sys.stdout.write(orjson.dumps(document, option=orjson.OPT_UTC_Z).decode() + "\n")


def write_table(title: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """A table on stdout; outside text in it is shown as it is, not as mark-up."""
    table = Table(*columns, title=title, title_justify="left", header_style="bold")
    for row in rows:
        table.add_row(*(escape(visible(str(cell))) for cell in row))
    Console().print(table)


def say(text: str) -> None:
    """A sentence for people, on stderr."""
    sys.stderr.write(visible(text) + "\n")


def visible(text: str) -> str:
    """The text without control characters: outside text must not drive a terminal."""
    return "".join(char if char.isprintable() or char == "\n" else " " for char in text)
