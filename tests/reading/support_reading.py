"""Reading one sentence in a test."""

from datetime import UTC, datetime
from functools import cache

from alerter.core.reading import Claim, Reading
from alerter.core.signal import Signal, SignalKind
from alerter.reading import Lexicon, Reader

PUBLISHED = "2025-06-09"


@cache
def reader() -> Reader:
    """One reader for all tests: it holds no state."""
    return Reader(Lexicon.build())


def read(title: str, text: str = "", *, published: str = PUBLISHED, kind: str = "article") -> Reading:
    """The reading of a text published on a day."""
    day = datetime.fromisoformat(published).replace(tzinfo=UTC)
    signal = Signal(source="test", kind=SignalKind(kind), title=title, text=text, published_at=day)
    return reader().read(signal)


def figures(reading: Reading) -> list[tuple[str, float | None, float | None, str | None]]:
    """Metric, change, value and unit of each claim."""
    return [figure(claim) for claim in reading.claims]


def figure(claim: Claim) -> tuple[str, float | None, float | None, str | None]:
    """Metric, change, value and unit."""
    return (claim.metric, claim.change_pct, claim.value, claim.unit)
