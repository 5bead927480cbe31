"""Time series as they became known: append-only vintages, each with when it was first seen."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from alerter.core.model import Frozen


class Vintage(Frozen):
    """What was known of one period from `seen_at` on. `value` None = withdrawn or not published."""

    series: str
    period: str
    value: float | None
    unit: str | None = None
    seen_at: datetime
    signal: str = ""
    """Identity of the signal that brought it."""


@dataclass(frozen=True, slots=True)
class Series:
    """All vintages of one series, oldest first."""

    id: str
    vintages: tuple[Vintage, ...] = ()

    def known_at(self, instant: datetime) -> dict[str, Vintage]:
        """The latest vintage of each period among those seen by `instant`, in order of period."""
        latest: dict[str, Vintage] = {}
        for vintage in self.vintages:
            if vintage.seen_at <= instant:
                latest[vintage.period] = vintage
        return dict(sorted(latest.items()))

    def with_vintages(self, added: Sequence[Vintage]) -> "Series":
        """The series with these as well, in the order in which they were seen, whenever they are told."""
        every = (*self.vintages, *added)
        return Series(self.id, tuple(sorted(every, key=lambda vintage: vintage.seen_at)))
