"""Validation errors in plain words, with the nearest right name: for settings, configuration and HTTP alike.

Pydantic speaks to programmers; whoever edits a configuration reads these sentences instead.
"""

import difflib
import re
from collections.abc import Iterable, Mapping
from typing import Any

from pydantic_core import ErrorDetails

_WORDS = {
    "bool_parsing": "should be true or false",
    "bool_type": "should be true or false",
    "date_from_datetime_parsing": "should be a date like 2025-06-09",
    "date_parsing": "should be a date like 2025-06-09",
    "datetime_from_date_parsing": "should be an instant like 2025-06-09T12:00Z",
    "datetime_parsing": "should be an instant like 2025-06-09T12:00Z",
    "dict_type": "should be a mapping",
    "finite_number": "should be a finite number",
    "float_parsing": "should be a number",
    "float_type": "should be a number",
    "frozen_set_type": "should be a list",
    "int_from_float": "should be a whole number",
    "int_parsing": "should be a whole number",
    "int_type": "should be a whole number",
    "list_type": "should be a list",
    "mapping_type": "should be a mapping",
    "model_attributes_type": "should be a mapping",
    "model_type": "should be a mapping",
    "set_type": "should be a list",
    "string_type": "should be text",
    "time_delta_parsing": "should be a duration like 30s, 10m, 24h or 7d",
    "time_delta_type": "should be a duration like 30s, 10m, 24h or 7d",
    "timezone_aware": "should end in an offset such as Z or +02:00",
    "tuple_type": "should be a list",
}
_LENGTHS = {
    "string_too_long": "characters",
    "string_too_short": "characters",
    "too_long": "entries",
    "too_short": "entries",
}
"""What is counted where something is too short or too long."""
_QUOTED = re.compile(r"'([^']*)'")
_SURE = 0.6
"""Least likeness (0 to 1) at which another name is worth suggesting."""


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The known name most like this one, if any is like it at all; case does not matter."""
    by_folded = {one.casefold(): one for one in known}
    found = difflib.get_close_matches(name.casefold(), by_folded, n=1, cutoff=_SURE)
    return by_folded[found[0]] if found else None


def unknown(noun: str, name: str, known: Iterable[str]) -> str:
    """`unknown key "recever"; did you mean "receiver"?`, or without the question, or with all the choices."""
    choices = sorted(set(known))
    like = nearest(name, choices)
    if like:
        return f'unknown {noun} "{name}"; did you mean "{like}"?'
    if 0 < len(choices) <= 12:
        return f'unknown {noun} "{name}"; known: {", ".join(choices)}'
    return f'unknown {noun} "{name}"'


def in_words(error: ErrorDetails) -> str:
    """What is wrong with a value, as a clause: `should be a whole number`."""
    context: Mapping[str, Any] = error.get("ctx", {})
    if error["type"] == "value_error":
        return str(context.get("error", error["msg"]))
    if error["type"] in {"literal_error", "enum"}:
        return _choices(str(error["input"]), str(context["expected"]))
    if error["type"] in _LENGTHS:
        return _length(_LENGTHS[error["type"]], context)
    return _WORDS.get(error["type"]) or error["msg"].replace("Input should", "should")


def _length(counted: str, context: Mapping[str, Any]) -> str:
    least, most = context.get("min_length"), context.get("max_length")
    if least == 1:
        return "should not be empty"
    bound = f"at most {most}" if least is None else f"at least {least}"
    had = f", not {context['actual_length']}" if "actual_length" in context else ""
    return f"should have {bound} {counted}{had}"


def _choices(given: str, expected: str) -> str:
    choices = _QUOTED.findall(expected)
    like = nearest(given, choices)
    if like:
        return f'unknown value "{given}"; did you mean "{like}"?'
    return f"should be {expected.replace(chr(39), '')}"
