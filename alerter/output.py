"""How commands speak: NDJSON for programs, tables for people, clear sentences on stderr for both."""

import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import TextIO

import orjson
from rich.console import Console
from rich.markup import escape
from rich.table import Table
from rich.text import Text


def is_for_people(stream: TextIO | None = None) -> bool:
    """Is the stream (stdout by default) a terminal?"""
    return (stream or sys.stdout).isatty()


def write_line(document: object) -> None:
    """One JSON document on a line of stdout."""
    sys.stdout.write(orjson.dumps(document, option=orjson.OPT_UTC_Z).decode() + "\n")


def write_table(title: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """A table on stdout; outside text in it is shown as it is, not as mark-up.

    A column that says nothing in any row is left out: it would take room from the others.
    """
    texts = [[escape(visible(str(cell))) for cell in row] for row in rows]
    shown = [at for at, _ in enumerate(columns) if not texts or any(row[at] for row in texts)]
    table = Table(title=title, title_justify="left", header_style="bold")
    for at in shown:
        table.add_column(columns[at], overflow="fold")
    for row in texts:
        table.add_row(*(row[at] for at in shown))
    Console().print(table)


def write_marked(text: str, marks: Iterable[tuple[int, int, str]]) -> None:
    """An outside text on stdout with passages from start to end in a style of rich."""
    shown = Text(visible(text))
    for start, end, style in marks:
        shown.stylize(style, start, end)
    Console().print(shown)


def words(value: object) -> str:
    """Any JSON value as a person would write it: `failing: 15, ok: 3`; lists of mappings line by line."""
    if isinstance(value, Mapping):
        return ", ".join(
            f"{str(name).replace('_', ' ')}: {words(one)}" for name, one in value.items() if _says(one)
        )
    if isinstance(value, (list, tuple)):
        between = "\n" if any(isinstance(one, Mapping) for one in value) else ", "
        return between.join(words(one) for one in value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else str(value)


def _says(value: object) -> bool:
    return value is not None and value not in ("", [], {}, ())


def say(text: str) -> None:
    """A sentence for people, on stderr."""
    sys.stderr.write(visible(text) + "\n")


def visible(text: str) -> str:
    """The text without control characters: outside text must not drive a terminal."""
    return "".join(char if char.isprintable() or char == "\n" else " " for char in text)
