"""The base of every frozen value in the project, and the types that many of them share."""

import hashlib
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, GetCoreSchemaHandler, GetJsonSchemaHandler, StringConstraints
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, core_schema


class Frozen(BaseModel):
    """An immutable value; unknown keys are errors and secrets never show in an error's text."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


@dataclass(frozen=True, slots=True)
class Shape:
    """A pattern for an `Annotated[str, …]`, with words for it: regular expressions are for programs."""

    pattern: str
    words: str
    """What would fit, after `should be`: `two capital letters, like CN`."""

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """What else is asked of the text, and then the pattern."""
        fits = core_schema.str_schema(pattern=self.pattern)
        told = core_schema.custom_error_schema(fits, "shape", custom_error_message=f"should be {self.words}")
        return core_schema.chain_schema([handler(source), told])

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        """The pattern, beside what else is asked."""
        return handler(schema) | {"pattern": self.pattern}


Name = Annotated[
    str,
    StringConstraints(max_length=100),
    Shape(
        r"^[a-zA-Z0-9][a-zA-Z0-9_.:-]*$",
        "a name of letters, digits and _ . : - that begins with a letter or digit",
    ),
]
"""An identifier of something configured: letters, digits, `_ . : -`."""


def digest(*parts: str) -> str:
    """Sixteen hexadecimal digits that stand for the parts in order (BLAKE2b, 64 bits)."""
    joined = "".join(f"{len(part)}:{part}" for part in parts)  # lengths keep ("ab","c") and ("a","bc") apart
    return hashlib.blake2b(joined.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()
