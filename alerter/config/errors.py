"""Where a configuration is wrong and why: places, problems, and the error that carries them all."""

from collections.abc import Iterable
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A position in a file; lines and columns count from 1."""

    file: str
    line: int = 1
    column: int = 1

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One thing that is wrong, or doubtful, at one position."""

    file: str
    line: int
    column: int
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}: {self.message}"


class ConfigErrors(Exception):
    """A configuration that cannot be used, with every problem found in it, sorted by position."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(set(problems)))
        super().__init__("\n".join(str(problem) for problem in self.problems))


@dataclass(slots=True)
class Report:
    """Gathers problems while a configuration is read, so that all are told at once."""

    errors: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)

    def error(self, place: Place, message: str) -> None:
        """Something is wrong here: the configuration cannot be used."""
        self.errors.append(problem_at(place, message))

    def warn(self, place: Place, message: str) -> None:
        """Something here is doubtful: the configuration can be used."""
        self.warnings.append(problem_at(place, message))

    @property
    def told(self) -> frozenset[Place]:
        """Where errors are reported already."""
        return frozenset(Place(one.file, one.line, one.column) for one in self.errors)


def problem_at(place: Place, message: str) -> Problem:
    """The problem at a place."""
    return Problem(place.file, place.line, place.column, message)
