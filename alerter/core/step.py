"""The one pure function that moves alerts: `step(alert, input) -> Step`.

Live service, replay and rule tests all come through here, so what an input does to an alert is decided in
this file and nowhere else. Every step names its reason, also where nothing changes.
"""

from datetime import datetime
from typing import Any

from alerter.core.alert import (
    EVIDENCE_KEPT,
    Alert,
    AlertTimer,
    Change,
    Evidence,
    Found,
    Input,
    Retracted,
    RuleRemoved,
    Step,
    TimerDue,
    fingerprint,
)

MARKS_KEPT = 200
"""Newest marks that an alert remembers; one forgotten could be told again, as an update."""

FINDINGS = ("reason", "summary", "figure", "threshold", "unit", "figure_text", "threshold_text")
"""What of a verdict an alert shows as its latest findings."""


def step(alert: Alert | None, given: Input) -> Step:
    """The alert after the input, what changed, why, and the timers it wants."""
    match given:
        case Found():
            return _found(alert, given)
        case Retracted():
            return _retracted(alert, given)
        case TimerDue():
            return _timer_due(alert, given)
        case _:
            return _rule_removed(alert, given)


def _found(alert: Alert | None, given: Found) -> Step:
    if not given.verdict.holds:
        return _cleared(alert, given)
    known = _evidence_of(alert, given.evidence.identity) if alert else None
    if alert is None or not (alert.active or (known and _is_old_news(alert, given))):
        return _begin(alert, given)
    if known and known.version > given.evidence.version:
        return Step(alert, None, "older_version", {})
    if set(given.verdict.marks) <= set(alert.marks):
        return _confirm(alert, given, known)
    return _update(alert, given)


def _is_old_news(alert: Alert, given: Found) -> bool:
    """Does a version of its evidence say again what an occurrence that has expired once told?"""
    return alert.resolution == "expired" and set(given.verdict.marks) <= set(alert.marks)


def _begin(previous: Alert | None, given: Found) -> Step:
    verdict, rule, at = given.verdict, given.rule, given.at
    waits = rule.nature == "condition" and bool(verdict.hold_for)
    alert = Alert(
        fingerprint=fingerprint(rule.id, verdict.labels),
        episode=previous.episode + 1 if previous else 1,
        rule=rule.id,
        nature=rule.nature,
        state="pending" if waits else "firing",
        severity=rule.severity,
        description=rule.description,
        labels=_labels(given),
        evidence=(given.evidence,),
        evidence_count=1,
        marks=verdict.marks,
        starts_at=at,
        updated_at=at,
        revision=previous.revision + 1 if previous else 1,
        **_findings(given),
    )
    if waits:
        return Step(alert, Change.PENDING, "must_hold_longer", {"fire": at + verdict.hold_for})
    return Step(alert, Change.FIRED, verdict.reason, _expiry(given))


def _update(alert: Alert, given: Found) -> Step:
    """Something new under the same labels: a new event type, status, story or figure."""
    unseen = (mark for mark in given.verdict.marks if mark not in alert.marks)
    changed = _change(
        alert,
        given.at,
        severity=given.rule.severity,
        description=given.rule.description,
        labels=_labels(given),
        marks=(*alert.marks, *unseen)[-MARKS_KEPT:],
        **_evidence_with(alert, given.evidence),
        **_findings(given),
    )
    if alert.state == "pending":
        return Step(changed, None, "still_pending", {})
    return Step(changed, Change.UPDATED, given.verdict.reason, _expiry(given))


def _confirm(alert: Alert, given: Found, known: Evidence | None) -> Step:
    """The same thing again: a copy adds evidence, a new version replaces its own; nobody is told."""
    if known and known.version == given.evidence.version:
        return Step(alert, None, "already_known", {})
    kept = alert.model_copy(update=_evidence_with(alert, given.evidence))
    return Step(kept, None, "new_version" if known else "copy", {})


def _cleared(alert: Alert | None, given: Found) -> Step:
    if alert is None or not alert.active:
        return Step(alert, None, "nothing_to_clear", {})
    evidence = _evidence_with(alert, given.evidence)
    closed = _close(alert, given.at, "cleared", **evidence, **_findings(given))
    if alert.state == "pending":
        return Step(closed, Change.EXPIRED, "cleared_while_pending", {"fire": None})
    return Step(closed, Change.RESOLVED, given.verdict.reason, {"expire": None})


def _retracted(alert: Alert | None, given: Retracted) -> Step:
    known = _evidence_of(alert, given.identity) if alert else None
    if alert is None or known is None or known.version >= given.version:
        return Step(alert, None, "rests_on_other_evidence", {})
    if alert.nature == "condition":
        return Step(alert, None, "condition_clears_by_verdict", {})
    rest = tuple(e for e in alert.evidence if e.identity != given.identity)
    fewer = {"evidence": rest, "evidence_count": alert.evidence_count - 1}
    if not alert.active or alert.evidence_count > 1:
        return Step(alert.model_copy(update=fewer), None, "other_evidence_remains", {})
    timers: dict[AlertTimer, datetime | None] = {"fire": None, "expire": None}
    if alert.state == "pending":
        return Step(_close(alert, given.at, "withdrawn", **fewer), Change.EXPIRED, "withdrawn", timers)
    if given.moved:
        return Step(_close(alert, given.at, "moved"), Change.EXPIRED, "moved", timers)
    # The last evidence stays on the alert, so that the correction can say what is withdrawn.
    return Step(_close(alert, given.at, "withdrawn"), Change.WITHDRAWN, "withdrawn", timers)


def _timer_due(alert: Alert | None, given: TimerDue) -> Step:
    if alert and given.name == "fire" and alert.state == "pending":
        fired = _change(alert, given.at, state="firing", starts_at=given.at)
        return Step(fired, Change.FIRED, "held_long_enough", {"fire": None})
    if alert and given.name == "expire" and alert.state == "firing":
        return Step(_close(alert, given.at, "expired"), Change.EXPIRED, "expired", {"expire": None})
    return Step(alert, None, "timer_is_stale", {given.name: None})


def _rule_removed(alert: Alert | None, given: RuleRemoved) -> Step:
    if alert is None or not alert.active:
        return Step(alert, None, "not_active", {})
    timers: dict[AlertTimer, datetime | None] = {"fire": None, "expire": None}
    return Step(_close(alert, given.at, "rule_removed"), Change.RULE_REMOVED, "rule_removed", timers)


def _expiry(given: Found) -> dict[AlertTimer, datetime | None]:
    """Occurrences become old news after a while; conditions last until they clear."""
    return {"expire": given.at + given.rule.resolve_after} if given.rule.nature == "occurrence" else {}


def _findings(given: Found) -> dict[str, Any]:
    return {name: getattr(given.verdict, name) for name in FINDINGS}


def _labels(given: Found) -> dict[str, str]:
    return {**given.rule.labels, **{name: value for name, value in given.verdict.labels.items() if value}}


def _evidence_of(alert: Alert, identity: str) -> Evidence | None:
    return next((e for e in alert.evidence if e.identity == identity), None)


def _evidence_with(alert: Alert, added: Evidence) -> dict[str, Any]:
    """The evidence with a newer version in its predecessor's place, or one more piece at the end."""
    others = tuple(e for e in alert.evidence if e.identity != added.identity)
    is_new = len(others) == len(alert.evidence)
    return {
        "evidence": (*others, added)[-EVIDENCE_KEPT:],
        "evidence_count": alert.evidence_count + is_new,
    }


def _change(alert: Alert, at: datetime, **changes: Any) -> Alert:
    return alert.model_copy(update={"updated_at": at, "revision": alert.revision + 1, **changes})


def _close(alert: Alert, at: datetime, resolution: str, **changes: Any) -> Alert:
    return _change(alert, at, state="resolved", resolved_at=at, resolution=resolution, **changes)
