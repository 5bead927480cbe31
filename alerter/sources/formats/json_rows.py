"""Rows of answers in JSON read one by one, so that a bad one among good ones costs itself only. Pure.

Between an API's answer and what a source makes of its rows: a model says what is needed of a row, and what
else it holds is nobody's business.
"""

from collections.abc import Iterable
from typing import Annotated, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError


def _as_text(value: object) -> object:
    return "" if value is None else str(value) if isinstance(value, int) else value


Text = Annotated[str, BeforeValidator(_as_text)]
"""A text; a number is one too, and nothing is the empty one."""


class JsonRow(BaseModel):
    """A part of an answer: what we need of it, whatever else it holds."""

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)


AnyRow = TypeVar("AnyRow", bound=JsonRow)


def read_each(rows: Iterable[object], kind: type[AnyRow]) -> tuple[list[AnyRow], list[str]]:
    """The rows that can be read, and of each other one the first field that cannot."""
    read, faults = [], []
    for row in rows:
        try:
            read.append(kind.model_validate(row))
        except ValidationError as error:
            first = error.errors(include_input=False, include_url=False)[0]
            faults.append(".".join(str(part) for part in first["loc"]) or "row")
    return read, faults
