"""A figure as a publisher states it, before it is compared with what was told of it."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Point:
    """What a publisher states of one period of one series."""

    series: str
    period: str
    """`2025-05`, `2025-Q2`, `2025`, `2025-01..2025-02` or `2025-05-31`."""
    value: float
    unit: str | None = None
    released_at: datetime | None = None
    """When it was published, where the publisher says so."""
    remark: str = ""
    """What the publisher says of this figure: `The publisher has estimated it.`"""
