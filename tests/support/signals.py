"""Builders of small values for tests: each has sensible defaults, and takes any field by keyword."""

from datetime import UTC, datetime, timedelta
from typing import Any

from alerter.core.alert import Alert, Change, Evidence
from alerter.core.delivery import Due, Group, Member
from alerter.core.health import SourceHealth
from alerter.core.model import digest
from alerter.core.reading import Reading, ReadSignal
from alerter.core.series import Vintage
from alerter.core.signal import Signal, SignalRecord

NOON = datetime(2025, 6, 9, 12, tzinfo=UTC)
"""The domain time at which most tests happen."""


def at(seconds: float) -> datetime:
    """So many seconds after noon."""
    return NOON + timedelta(seconds=seconds)


def a_signal(name: str = "magnets-1", **fields: Any) -> Signal:
    """An article; `name` is its id and stands in its title."""
    defaults: dict[str, Any] = {
        "id": name,
        "source": "ree-news",
        "kind": "article",
        "title": f"Magnet exports fall again ({name})",
        "text": "Shipments of rare-earth magnets fell by a third in May.",
        "url": f"https://news.example/{name}",
        "published_at": NOON,
    }
    return Signal.model_validate(defaults | fields)


def a_record(name: str = "magnets-1", *, seen_at: datetime = NOON, **fields: Any) -> SignalRecord:
    """The record of `a_signal(name, **fields)` as intake takes it."""
    signal = a_signal(name, **fields)
    return SignalRecord(identity=signal.identity, signal=signal, seen_at=signal.seen_at or seen_at)


def an_observation(value: float | None, *, series: str = "cn-magnets-us", period: str = "2025-05") -> Signal:
    """A series' point."""
    return a_signal(
        f"{series}/{period}",
        kind="observation",
        title=f"{series} {period}",
        text="",
        url=None,
        observation={"series": series, "period": period, "value": value, "unit": "kg"},
    )


def a_read_signal(
    name: str = "magnets-1", *, seen_at: datetime = NOON, reading: Reading | None = None, **fields: Any
) -> ReadSignal:
    """The signal with its reading (empty unless given)."""
    return ReadSignal(record=a_record(name, seen_at=seen_at, **fields), reading=reading or Reading())


def some_evidence(name: str = "magnets-1", **fields: Any) -> Evidence:
    """Evidence that rests on `a_signal(name)`."""
    signal = a_signal(name)
    defaults: dict[str, Any] = {
        "identity": signal.identity,
        "version": 1,
        "signal": name,
        "source": signal.source,
        "url": signal.url,
        "title": signal.title,
        "quote": "fell by a third",
        "seen_at": NOON,
        "published_at": signal.published_at,
    }
    return Evidence.model_validate(defaults | fields)


def an_alert(name: str = "fall", **fields: Any) -> Alert:
    """A firing occurrence of the rule `reported-export-fall`; `name` makes its fingerprint."""
    evidence = fields.get("evidence", (some_evidence(),))
    defaults: dict[str, Any] = {
        "fingerprint": digest("reported-export-fall", name),
        "rule": "reported-export-fall",
        "nature": "occurrence",
        "state": "firing",
        "severity": "warning",
        "labels": {"commodity": "rare-earth-magnets", "origin": "CN"},
        "reason": "change_below",
        "summary": "Exports of rare-earth magnets fell 33 %, below the threshold of -20 %.",
        "figure": -33.0,
        "threshold": -20.0,
        "unit": "%",
        "figure_text": "-33 %",
        "threshold_text": "-20 %",
        "evidence": evidence,
        "evidence_count": len(evidence),
        "starts_at": NOON,
        "updated_at": NOON,
    }
    return Alert.model_validate(defaults | fields)


def a_group(name: str = "magnets", **fields: Any) -> Group:
    """A group of the receiver `desk`: waits 30 s, then 5 min between notifications."""
    defaults: dict[str, Any] = {"id": name, "receiver": "desk", "labels": {"commodity": name}}
    return Group.model_validate(defaults | fields)


def a_due(
    alert: Alert | None = None,
    *,
    change: Change = Change.FIRED,
    destination: str = "desk/console",
    **fields: Any,
) -> Due:
    """One alert's news, due to one destination at noon."""
    defaults: dict[str, Any] = {
        "destination": destination,
        "group": a_group(),
        "member": Member(change=change, alert=alert or an_alert()),
        "at": NOON,
    }
    return Due.model_validate(defaults | fields)


def a_vintage(value: float | None = 100.0, **fields: Any) -> Vintage:
    """What was known of May 2025 in `cn-magnets-us` from noon on."""
    defaults: dict[str, Any] = {
        "series": "cn-magnets-us",
        "period": "2025-05",
        "value": value,
        "unit": "kg",
        "seen_at": NOON,
    }
    return Vintage.model_validate(defaults | fields)


def healthy(source: str = "ree-news", **fields: Any) -> SourceHealth:
    """The health of a source whose last poll went well."""
    defaults: dict[str, Any] = {
        "source": source,
        "state": "ok",
        "last_poll_at": NOON,
        "last_success_at": NOON,
    }
    return SourceHealth.model_validate(defaults | fields)
