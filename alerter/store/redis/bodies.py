"""Bodies: models as the store keeps them, and a short memory for what this process has just written.

What one stage writes, the next one reads a moment later, most of the time in the same process; models are
frozen, so the very same value serves again and need not be parsed.
"""

from typing import Generic, TypeVar

from pydantic import BaseModel

REMEMBERED = 1_000
LONGEST = 8_000
"""Characters of a body that is worth remembering: a burst of long texts must not fill the memory."""

Model = TypeVar("Model", bound=BaseModel)


class Bodies(Generic[Model]):
    """Writes and reads one kind of model."""

    def __init__(self, kind: type[Model]) -> None:
        self._kind = kind
        self._written: dict[str, Model] = {}

    def write(self, value: Model) -> str:
        """The value as JSON."""
        body = value.model_dump_json()
        if len(body) > LONGEST:
            return body
        if len(self._written) >= REMEMBERED:
            del self._written[next(iter(self._written))]  # the oldest: dicts keep their order
        self._written[body] = value
        return body

    def read(self, body: str) -> Model:
        """The value that was written so. Raises ValidationError."""
        return self._written.get(body) or self._kind.model_validate_json(body)
