"""The base of every frozen value in the project, and the types that many of them share."""

import hashlib
from typing import Annotated

from pydantic import BaseModel, ConfigDict, StringConstraints


class Frozen(BaseModel):
    """An immutable value; unknown keys are errors and secrets never show in an error's text."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


NAME_PATTERN = r"^[a-zA-Z0-9][a-zA-Z0-9_.:-]*$"
Name = Annotated[str, StringConstraints(pattern=NAME_PATTERN, max_length=100)]
"""An identifier of something configured: letters, digits, `_ . : -`."""


def digest(*parts: str) -> str:
    """Sixteen hexadecimal digits that stand for the parts in order (BLAKE2b, 64 bits)."""
    joined = "".join(f"{len(part)}:{part}" for part in parts)  # lengths keep ("ab","c") and ("a","bc") apart
    return hashlib.blake2b(joined.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()
