"""`step`: what each input does to an alert in each state."""

from dataclasses import dataclass
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerter.core.alert import (
    Alert,
    Change,
    Evidence,
    Found,
    Input,
    Retracted,
    RuleHead,
    RuleRemoved,
    TimerDue,
    fingerprint,
)
from alerter.core.step import MARKS_KEPT, step
from alerter.core.verdict import Verdict
from tests.support.signals import NOON, at, some_evidence

LABELS = {"commodity": "rare-earths", "actor": ""}
OCCURRENCE = RuleHead(
    id="licensing-change",
    nature="occurrence",
    severity="critical",
    description="Licences are needed.",
    labels={"team": "buyers"},
)
CONDITION = RuleHead(id="export-decline", nature="condition")


def found(
    mark: str = "announced",
    *,
    rule: RuleHead = OCCURRENCE,
    name: str = "a",
    version: int = 1,
    seconds: float = 0,
    **verdict: object,
) -> Found:
    """A verdict with its evidence."""
    fields: dict[str, object] = {"labels": LABELS, "mark": mark, "reason": "event_found", "summary": mark}
    return Found(
        verdict=Verdict.model_validate(fields | verdict),
        evidence=some_evidence(name, version=version),
        rule=rule,
        at=at(seconds),
    )


def after(*inputs: Input) -> Alert:
    """The alert after these inputs in turn."""
    alert: Alert | None = None
    for one in inputs:
        alert = step(alert, one).alert
    assert alert is not None
    return alert


def identity(name: str) -> str:
    """The identity of the signal that `found(name=…)` rests on."""
    return some_evidence(name).identity


def test_a_first_finding_fires_an_alert_that_carries_rule_figure_threshold_and_evidence() -> None:
    """A first finding fires, carries everything that people need, and will expire."""
    outcome = step(
        None, found(figure=-34.0, threshold=-20.0, figure_text="−34 %", threshold_text="below −20 %")
    )
    alert = outcome.alert
    assert outcome.change is Change.FIRED
    assert alert is not None
    assert (alert.state, alert.episode, alert.revision) == ("firing", 1, 1)
    assert (alert.figure, alert.threshold, alert.figure_text) == (-34.0, -20.0, "−34 %")
    assert alert.description == "Licences are needed."
    assert alert.labels == {"team": "buyers", "commodity": "rare-earths"}
    assert alert.routing_labels == alert.labels | {"rule": "licensing-change", "severity": "critical"}
    assert [e.identity for e in alert.evidence] == [identity("a")]
    assert outcome.timers == {"expire": NOON + timedelta(days=7)}


def test_a_fingerprint_hangs_on_rule_and_labels_but_not_on_absent_ones() -> None:
    """Absent labels count as empty, and no text or severity moves the fingerprint."""
    assert fingerprint("r", {"a": "1", "b": ""}) == fingerprint("r", {"a": "1"})
    assert fingerprint("r", {"a": "1"}) != fingerprint("r", {"a": "2"})
    louder = OCCURRENCE.model_copy(update={"severity": "info", "labels": {}})
    assert after(found()).fingerprint == after(found("other", rule=louder)).fingerprint


@dataclass(frozen=True)
class Case:
    """Inputs so far, one more, and what it must do."""

    before: tuple[Input, ...]
    then: Input
    change: Change | None
    reason: str
    state: str | None


REMOVED = RuleRemoved(at(9))
CASES = {
    "a copy only adds evidence": Case((found(),), found(name="b"), None, "copy", "firing"),
    "the same signal again is nothing": Case((found(),), found(), None, "already_known", "firing"),
    "a new version of the same finding is quiet": Case(
        (found(),), found(version=2), None, "new_version", "firing"
    ),
    "an older version is ignored": Case(
        (found(version=3),), found("effective", version=2), None, "older_version", "firing"
    ),
    "a new status is an update": Case(
        (found(),), found("effective", name="b"), Change.UPDATED, "event_found", "firing"
    ),
    "a version that says something new is an update": Case(
        (found(),), found("effective", version=2), Change.UPDATED, "event_found", "firing"
    ),
    "an occurrence expires quietly": Case(
        (found(),), TimerDue("expire", at(9)), Change.EXPIRED, "expired", "resolved"
    ),
    "after it expired, a finding begins a new episode": Case(
        (found(), TimerDue("expire", at(5))),
        found(name="b", seconds=9),
        Change.FIRED,
        "event_found",
        "firing",
    ),
    "the last evidence told under other labels resolves the alert quietly": Case(
        (found(),), Retracted(identity("a"), 2, at(9), moved=True), Change.EXPIRED, "moved", "resolved"
    ),
    "the last evidence withdrawn withdraws the alert": Case(
        (found(),), Retracted(identity("a"), 2, at(9)), Change.WITHDRAWN, "withdrawn", "resolved"
    ),
    "other evidence holds it up": Case(
        (found(), found(name="b")),
        Retracted(identity("a"), 2, at(9)),
        None,
        "other_evidence_remains",
        "firing",
    ),
    "a retraction by the same version is none": Case(
        (found(version=2),), Retracted(identity("a"), 2, at(9)), None, "rests_on_other_evidence", "firing"
    ),
    "a retraction of what it does not rest on is none": Case(
        (found(),), Retracted("elsewhere", 2, at(9)), None, "rests_on_other_evidence", "firing"
    ),
    "a retraction without an alert is none": Case(
        (), Retracted("elsewhere", 2, at(9)), None, "rests_on_other_evidence", None
    ),
    "a retraction after it resolved is quiet": Case(
        (found(), TimerDue("expire", at(5))),
        Retracted(identity("a"), 2, at(9)),
        None,
        "other_evidence_remains",
        "resolved",
    ),
    "a removed rule closes it": Case((found(),), REMOVED, Change.RULE_REMOVED, "rule_removed", "resolved"),
    "a removed rule without an alert is nothing": Case((), REMOVED, None, "not_active", None),
    "a removed rule after it resolved is nothing": Case(
        (found(), TimerDue("expire", at(5))), REMOVED, None, "not_active", "resolved"
    ),
    "a stale timer is nothing": Case((found(),), TimerDue("fire", at(9)), None, "timer_is_stale", "firing"),
    "a timer without an alert is nothing": Case((), TimerDue("expire", at(9)), None, "timer_is_stale", None),
}


def condition(
    mark: str = "2025-05", *, holds: bool = True, wait: int = 0, name: str = "a", seconds: float = 0
) -> Found:
    """A verdict of a condition rule."""
    hold_for = timedelta(seconds=wait)
    return found(mark, rule=CONDITION, name=name, seconds=seconds, holds=holds, hold_for=hold_for)


CONDITION_CASES = {
    "a condition that must hold longer is pending": Case(
        (), condition(wait=60), Change.PENDING, "must_hold_longer", "pending"
    ),
    "a pending condition fires when it has held": Case(
        (condition(wait=60),), TimerDue("fire", at(60)), Change.FIRED, "held_long_enough", "firing"
    ),
    "a pending condition that still holds stays pending": Case(
        (condition(wait=60),), condition("2025-06", wait=60), None, "still_pending", "pending"
    ),
    "a pending condition that clears ends quietly": Case(
        (condition(wait=60),), condition(holds=False), Change.EXPIRED, "cleared_while_pending", "resolved"
    ),
    "a firing condition resolves aloud": Case(
        (condition(),),
        condition("2025-07", holds=False, name="c"),
        Change.RESOLVED,
        "event_found",
        "resolved",
    ),
    "a new figure under a firing condition is an update": Case(
        (condition(),), condition("2025-06", name="b"), Change.UPDATED, "event_found", "firing"
    ),
    "clearing what does not fire is nothing": Case(
        (), condition(holds=False), None, "nothing_to_clear", None
    ),
    "clearing twice is nothing": Case(
        (condition(), condition(holds=False)), condition(holds=False), None, "nothing_to_clear", "resolved"
    ),
    "a condition is not withdrawn by a version that says nothing": Case(
        (condition(),), Retracted(identity("a"), 2, at(9)), None, "condition_clears_by_verdict", "firing"
    ),
}


@pytest.mark.parametrize("case", (CASES | CONDITION_CASES).values(), ids=(CASES | CONDITION_CASES).keys())
def test_an_input_does_what_the_table_says(case: Case) -> None:
    """Each input, in each state, changes what the table says and names why."""
    before = after(*case.before) if case.before else None
    outcome = step(before, case.then)
    assert (outcome.change, outcome.reason) == (case.change, case.reason)
    assert (outcome.alert.state if outcome.alert else None) == case.state


def test_evidence_counts_copies_and_replaces_versions() -> None:
    """Copies add to the evidence; a new version takes its predecessor's place."""
    alert = after(found(), found(name="b"), found(version=2))
    assert [(e.identity, e.version) for e in alert.evidence] == [(identity("b"), 1), (identity("a"), 2)]
    assert alert.evidence_count == 2


def test_a_pending_condition_whose_evidence_goes_is_not_told() -> None:
    """An occurrence cannot pend, so only the state decides that nobody hears of the withdrawal."""
    pending = after(found()).model_copy(update={"state": "pending"})
    outcome = step(pending, Retracted(identity("a"), 2, at(9)))
    assert (outcome.change, outcome.alert and outcome.alert.resolution) == (Change.EXPIRED, "withdrawn")


def test_a_withdrawn_alert_keeps_its_last_evidence() -> None:
    """The correction can say what is withdrawn."""
    alert = after(found(), Retracted(identity("a"), 2, at(9)))
    assert (alert.resolution, alert.resolved_at) == ("withdrawn", at(9))
    assert [e.identity for e in alert.evidence] == [identity("a")]


def test_people_hear_of_changes_that_matter_only() -> None:
    """Pending, expired and rule_removed are silent; all else is told."""
    silent = {change for change in Change if not change.notified}
    assert silent == {Change.PENDING, Change.EXPIRED, Change.RULE_REMOVED}


names = st.sampled_from("abc")
inputs = st.one_of(
    st.builds(
        lambda mark, name, version, condition_, holds, wait: found(
            mark,
            rule=CONDITION if condition_ else OCCURRENCE,
            name=name,
            version=version,
            holds=holds or not condition_,
            hold_for=timedelta(seconds=wait),
        ),
        st.sampled_from(["m1", "m2", "m3"]),
        names,
        st.integers(1, 3),
        st.just(value=False),
        st.booleans(),
        st.sampled_from([0, 60]),
    ),
    st.builds(lambda name, version: Retracted(identity(name), version, NOON), names, st.integers(1, 4)),
    st.builds(lambda name: TimerDue(name, NOON), st.sampled_from(["fire", "expire"])),
    st.just(RuleRemoved(NOON)),
)


@given(st.lists(inputs, max_size=30))
def test_whatever_comes_an_alert_stays_whole(given_inputs: list[Input]) -> None:
    """For any inputs: no crash, revisions rise with changes, resolved has its time, marks are told once."""
    alert: Alert | None = None
    told: list[tuple[int, str]] = []
    for one in given_inputs:
        before, outcome = alert, step(alert, one)
        alert = outcome.alert
        assert outcome.reason
        if alert is None:
            assert outcome.change is None
            continue
        assert (alert.resolved_at is not None) == (alert.state == "resolved")
        assert len({e.identity for e in alert.evidence}) == len(alert.evidence) <= alert.evidence_count
        if outcome.change:
            assert before is None or alert.revision == before.revision + 1
        if outcome.change in {Change.FIRED, Change.UPDATED} and isinstance(one, Found):
            told.append((alert.episode, one.verdict.mark))
    assert len(told) == len(set(told))


def test_marks_and_evidence_are_bounded() -> None:
    """An alert that goes on for ever does not grow for ever."""
    alert = after(*(found(f"m{n}", name=f"s{n}") for n in range(MARKS_KEPT + 20)))
    assert len(alert.marks) == MARKS_KEPT
    assert len(alert.evidence) == 50
    assert alert.evidence_count == MARKS_KEPT + 20
    assert isinstance(alert.evidence[0], Evidence)


def test_a_finding_with_several_marks_is_news_when_any_is_unseen() -> None:
    """A copy that tells a part of what is known is no update; one that tells more is."""
    alert = after(found("required", also=("banned",)))
    assert step(alert, found("banned", name="b")).change is None
    assert step(alert, found("required", also=("halted",), name="b")).change is Change.UPDATED
    assert after(found("required", also=("banned",)), found("x", also=("banned",), name="b")).marks == (
        "required",
        "banned",
        "x",
    )


label_sets = st.dictionaries(st.sampled_from("abcd"), st.text(max_size=5), max_size=4)


@given(label_sets, label_sets)
def test_fingerprints_differ_exactly_where_labels_do(one: dict[str, str], other: dict[str, str]) -> None:
    """For any labels: order and absent values do not matter, every other difference does."""
    told = {name: value for name, value in one.items() if value}
    also = {name: value for name, value in other.items() if value}
    assert (fingerprint("r", one) == fingerprint("r", other)) == (told == also)
    assert fingerprint("r", one) == fingerprint("r", dict(reversed(told.items())))
    assert fingerprint("r", one) != fingerprint("q", one)
