"""The shape of `alerter annotate`: a line of NDJSON in as a signal, its reading out as plain values."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from typing import Any

from alerter.core.reading import Event, Reading
from alerter.core.signal import Signal, SignalKind

SOURCE = "annotate"
"""The source that lines without one are taken to come from."""


def signal_from_annotate_input(line: Mapping[str, Any]) -> Signal:
    """`{"id", "published", "title", "text", "kind"?, "language"?}` as a signal; other keys are left aside.

    `published_at`, as signals have it, is as good as `published`. A day without a time is its midnight in
    UTC. Raises ValueError where a needed key is absent or malformed.
    """
    published = line.get("published") or line.get("published_at")
    absent = [key for key, given in (("published", published), ("title", line.get("title"))) if not given]
    if absent:
        raise ValueError(f"{absent[0]} is missing")
    return Signal(
        id=str(line["id"]) if line.get("id") is not None else None,
        source=str(line.get("source") or SOURCE),
        kind=SignalKind(line.get("kind") or "article"),
        title=str(line["title"]),
        text=str(line.get("text") or ""),
        published_at=_instant(str(published)),
        language=line.get("language"),
    )


def annotate(signal: Signal, reading: Reading) -> dict[str, Any]:
    """One output line: claims, events, commodities, countries, court, notice; spans are left out.

    Companies only where some of the watchlist are named.
    """
    names = {"companies": list(reading.companies)} if reading.companies else {}
    return names | {
        "id": signal.id or signal.identity,
        "claims": [claim.model_dump(mode="json", exclude={"span"}) for claim in reading.claims],
        "events": [_event(event) for event in reading.events],
        "commodities": list(reading.commodities),
        "countries": list(reading.countries),
        "court": _court(reading),
        "notice": reading.notice.model_dump(mode="json") if reading.notice else None,
    }


def _event(event: Event) -> dict[str, Any]:
    """Its terms only where the text states them."""
    named = event.model_dump(mode="json", include={"type", "actor", "target", "commodity", "status"})
    terms = event.model_dump(mode="json", include={"instrument", "clause", "effective_on", "ends_on"})
    return named | {name: value for name, value in terms.items() if value is not None}


def _court(reading: Reading) -> dict[str, Any] | None:
    return reading.court.model_dump(mode="json") if reading.court else None


def _instant(text: str) -> datetime:
    if len(text) == 10:
        return datetime.combine(date.fromisoformat(text), time(0, 0), UTC)
    instant = datetime.fromisoformat(text)
    return instant if instant.tzinfo else instant.replace(tzinfo=UTC)
