"""Tables of web pages as grids in which every cell stands below its headers. Pure.

A cell that spans columns or rows stands in each place that it covers (HTML Living Standard, 4.9.12, with
overlaps left to the cell that came first).
"""

from collections.abc import Sequence

from selectolax.lexbor import LexborHTMLParser, LexborNode

from alerter.sources.formats.cells import plain
from alerter.sources.formats.markup import UnreadablePage

WIDEST = 100
"""Columns of a table that is read."""
TALLEST = 2_000

Grid = Sequence[Sequence[str]]


def largest_table(page: LexborHTMLParser) -> LexborNode | None:
    """The table with most rows; None where there is none."""
    return max(page.css("table"), key=lambda table: len(table.css("tr")), default=None)


def read_grid(table: LexborNode) -> list[list[str]]:
    """The table's rows, each as wide as the widest. Raises UnreadablePage where it is beyond all measure."""
    rows: list[dict[int, str]] = []
    spanning: dict[int, tuple[str, int]] = {}
    for row in table.css("tr")[:TALLEST]:
        placed = {column: text for column, (text, _) in spanning.items()}
        spanning = {column: (text, left - 1) for column, (text, left) in spanning.items() if left > 1}
        column = 0
        for cell in (one for one in row.iter() if one.tag in {"td", "th"}):
            text = " ".join(plain(cell.text()).split())
            for _ in range(_span(cell, "colspan")):
                while column in placed:
                    column += 1
                placed[column] = text
                if (left := _span(cell, "rowspan") - 1) > 0:
                    spanning[column] = (text, left)
            if column > WIDEST:
                raise UnreadablePage(f"shows a table of more than {WIDEST} columns")
        rows.append(placed)
    width = max((max(row, default=-1) + 1 for row in rows), default=0)
    return [[row.get(column, "") for column in range(width)] for row in rows]


def _span(cell: LexborNode, name: str) -> int:
    text = (cell.attributes.get(name) or "1").strip()
    return max(1, min(int(text), WIDEST)) if text.isascii() and text.isdigit() and len(text) < 6 else 1
