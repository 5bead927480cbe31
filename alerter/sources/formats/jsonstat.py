"""JSON-stat 2.0 datasets, the JSON of Eurostat and other statistical offices. Pure.

A dataset is a cube: `id` names its dimensions, `size` counts their categories, and `value` holds a cell for
each combination in row-major order (json-stat.org/full), as a list, or as an object of those that there are.
`status` has the same shape, or is one text for all.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

_DIGITS = 12
"""Of the number of a cell."""
MOST_CELLS = 2_000_000
"""A cube larger than this is refused, however few of its cells are there."""


class NotACube(ValueError):
    """The document is no JSON-stat dataset that can be read; the message says why, without naming a host."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell: category by dimension, its value where it has one, and its status mark."""

    at: Mapping[str, str]
    value: float | None
    status: str


def read_cube(document: object) -> list[Cell]:
    """The cells that have a value or a status, in order. Raises NotACube."""
    if not isinstance(document, dict) or document.get("class", "dataset") != "dataset":
        raise NotACube("it is no JSON-stat dataset")
    names = _texts(document.get("id"), "id")
    categories = [_categories(document, name) for name in names]
    count = 1
    for name, size, known in zip(names, _sizes(document, names), categories, strict=True):
        if size != len(known):
            raise NotACube(f"its dimension {name} has {len(known)} categories and counts {size}")
        count *= size
    if count > MOST_CELLS:
        raise NotACube(f"its cube has {count:,} cells, more than can be read")
    values = dict(_entries(document.get("value"), count, "value"))
    marks = dict(_entries(_spread(document.get("status"), values), count, "status"))
    return [
        Cell(_place(position, names, categories), _number(values.get(position)), _mark(marks.get(position)))
        for position in sorted(values.keys() | marks.keys())
    ]


def _place(position: int, names: Sequence[str], categories: Sequence[Sequence[str]]) -> dict[str, str]:
    """Where a position in row-major order lies: the last dimension varies fastest."""
    at: dict[str, str] = {}
    for name, known in zip(reversed(names), reversed(categories), strict=True):
        position, index = divmod(position, len(known))
        at[name] = known[index]
    return at


def _sizes(document: Mapping[str, Any], names: Sequence[str]) -> list[int]:
    sizes = document.get("size")
    if not isinstance(sizes, list) or len(sizes) != len(names):
        raise NotACube("its `size` does not fit its `id`")
    if not all(isinstance(size, int) and size >= 0 for size in sizes):
        raise NotACube("its `size` holds something that is no number of categories")
    return sizes


def _categories(document: Mapping[str, Any], name: str) -> list[str]:
    """A dimension's categories in order; a single one may be named by its label alone."""
    try:
        category = document["dimension"][name]["category"]
        index = category.get("index", list(category.get("label", {})))
    except (KeyError, TypeError, AttributeError) as error:
        raise NotACube(f"its dimension {name} has no categories") from error
    if isinstance(index, dict):
        if sorted(index.values(), key=str) != sorted(range(len(index)), key=str):
            raise NotACube(f"its dimension {name} does not number its categories")
        return sorted(index, key=lambda code: int(index[code]))
    return _texts(index, name)


def _texts(stated: object, name: str) -> list[str]:
    if not isinstance(stated, list) or not all(isinstance(one, str) for one in stated):
        raise NotACube(f"its `{name}` is no list of texts")
    return stated


def _spread(status: object, values: Mapping[int, object]) -> object:
    """A status for all cells at once, for each of them."""
    return {str(position): status for position in values} if isinstance(status, str) else status


def _entries(stated: object, count: int, name: str) -> Iterator[tuple[int, object]]:
    """Position and what stands there, of what is not null. Raises NotACube."""
    if isinstance(stated, list):
        pairs = [(str(position), one) for position, one in enumerate(stated)]
    elif isinstance(stated, dict):
        pairs = list(stated.items())
    elif stated is None and name == "status":
        return
    else:
        raise NotACube(f"it has no `{name}`")
    for text, one in pairs:
        if not (text.isascii() and text.isdigit() and len(text) <= _DIGITS) or int(text) >= count:
            raise NotACube(f"its `{name}` has a cell {text[:20]} outside of its {count} cells")
        if one is not None:
            yield int(text), one


def _number(stated: object) -> float | None:
    if stated is None:
        return None
    if isinstance(stated, bool) or not isinstance(stated, int | float):
        raise NotACube(f"its `value` holds {str(stated)[:40]!r}, which is no number")
    return float(stated)


def _mark(stated: object) -> str:
    return str(stated or "").strip(": ")
