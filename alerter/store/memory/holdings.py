"""What processes hold: the part of a store's stage that a process's end sets free."""

from typing import Protocol


class Holdings(Protocol):
    """Work in the hands of processes."""

    def holders(self) -> set[str]:
        """Processes that hold something here."""
        ...

    def free(self, process: str) -> int:
        """Take what the process holds from it; how many things."""
        ...
