"""The evaluator's working copy of one turn: alerts as they are stepped, and every effect of it.

Nothing here touches the store: a turn loads what it needs, drafts, and commits the draft as one
`Evaluation`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from alerter.core.alert import Alert, Change, Evidence, Found, Input, Retracted, RuleRemoved, TimerDue
from alerter.core.delivery import Due, Group
from alerter.core.group import Dispatch
from alerter.core.reading import ReadSignal
from alerter.core.route import Route
from alerter.core.series import Vintage
from alerter.core.step import step
from alerter.pipeline.rulebook import Finding
from alerter.store.protocol import Evaluation, Repeat, Timer, TimerName

QUOTE_LENGTH = 300
"""Characters of a signal that an alert quotes around the span it rests on."""

_STOPS = (". ", "! ", "? ", "\n", "。")


@dataclass(frozen=True, slots=True)
class Transition:
    """One change of one alert, with the signal that caused it."""

    at: datetime
    change: Change
    alert: Alert
    cause: ReadSignal | None = None
    is_told: bool = True
    """False where people should hear of it, but no route takes it."""


@dataclass(slots=True)
class Draft:
    """What has changed so far in this turn."""

    dispatch: Dispatch
    alerts: dict[str, Alert] = field(default_factory=dict)
    """Loaded and changed alerts by fingerprint."""
    touching: dict[str, set[str]] = field(default_factory=dict)
    """Signal identity → fingerprints of the alerts that rest on it."""
    repeats: dict[str, Repeat] = field(default_factory=dict)
    changed: set[str] = field(default_factory=set)
    touched: list[tuple[str, str]] = field(default_factory=list)
    stories: dict[str, str] = field(default_factory=dict)
    vintages: list[Vintage] = field(default_factory=list)
    timers: dict[tuple[TimerName, str], datetime | None] = field(default_factory=dict)
    due: list[Due] = field(default_factory=list)
    transitions: list[Transition] = field(default_factory=list)

    def take_signal(
        self,
        read: ReadSignal,
        findings: list[Finding],
        story: str,
        at: datetime,
        *,
        spared: frozenset[str] = frozenset(),
    ) -> None:
        """Step every alert that the signal finds, and those that its predecessor version touched.

        Alerts of `spared` rules are left as they are: a rule that tripped has withdrawn nothing.
        """
        identity, version = read.record.identity, read.record.version
        stood = {name for name in self.touching.get(identity, ()) if self._is_active(name)}
        found = set()
        for finding in findings:
            name = finding.fingerprint
            evidence = evidence_of(read, finding, story)
            self._feed(name, Found(finding.verdict, evidence, finding.rule.head, at), read)
            self._touch(identity, name)
            found.add(name)
        told_elsewhere = {
            one.rule.id for one in findings if one.verdict.holds and one.fingerprint not in stood
        }
        for name in sorted(self.touching.get(identity, set()) - found) if version > 1 else ():
            alert = self.alerts.get(name)
            if alert and alert.rule in spared:
                continue
            moved = alert is not None and alert.rule in told_elsewhere
            self._feed(name, Retracted(identity, version, at, moved), read)

    def take_finding(self, finding: Finding, evidence: Evidence, at: datetime) -> None:
        """Step the alert of a finding that rests on no signal."""
        self._feed(finding.fingerprint, Found(finding.verdict, evidence, finding.rule.head, at))

    def take_timer(self, timer: Timer, now: datetime) -> None:
        """Act on a timer that has come due; the commit that it causes removes it."""
        self.timers.setdefault((timer.name, timer.subject), None)
        if timer.name == "repeat":
            self._repeat(timer, now)
        else:
            self._feed(timer.subject, TimerDue(timer.name, timer.due))

    def remove_rule(self, alert: Alert, at: datetime) -> None:
        """Close an alert whose rule is gone, unnotified."""
        self.alerts[alert.fingerprint] = alert
        self._feed(alert.fingerprint, RuleRemoved(at))

    def gather_repeats(self) -> None:
        """Firing conditions join the repeats of their groups, others leave them."""
        for transition in self.transitions:
            alert = transition.alert
            if alert.nature == "condition":
                self._place(self.alerts[alert.fingerprint], transition.at)

    def enlist(self, alert: Alert, at: datetime) -> None:
        """A firing condition joins the repeats of groups that lack it, or that had another interval."""
        for route, group in self.dispatch.groups(alert):
            known = self.repeats.get(group.id)
            if known and alert.fingerprint in known.fingerprints and known.interval == route.repeat_interval:
                continue
            self._repeat_in(route, group, alert, at)

    def evaluation(
        self, *, epoch: int, seen_from: str, seen_to: str, rules: Mapping[str, str] | None = None
    ) -> Evaluation:
        """Everything drafted, as one commit."""
        return Evaluation(
            epoch=epoch,
            seen_from=seen_from,
            seen_to=seen_to,
            alerts=[self.alerts[name] for name in sorted(self.changed)],
            touched=self.touched,
            stories=self.stories,
            vintages=self.vintages,
            timers=[Timer(name, subject, due) for (name, subject), due in self.timers.items() if due],
            cancelled=[key for key, due in self.timers.items() if due is None],
            repeats=list(self.repeats.values()),
            due=self.due,
            rules=rules,
        )

    def _feed(self, name: str, given: Input, cause: ReadSignal | None = None) -> None:
        before = self.alerts.get(name)
        outcome = step(before, given)
        for timer, due in outcome.timers.items():
            self.timers[timer, name] = due
        if outcome.alert is None or outcome.alert is before:
            return
        self.alerts[name] = outcome.alert
        self.changed.add(name)
        if outcome.change:
            owed = self.dispatch.due(outcome.alert, outcome.change, given.at)
            self.due += owed
            is_told = bool(owed) or not outcome.change.notified
            self.transitions.append(Transition(given.at, outcome.change, outcome.alert, cause, is_told))

    def _is_active(self, name: str) -> bool:
        alert = self.alerts.get(name)
        return alert is not None and alert.active

    def _touch(self, identity: str, name: str) -> None:
        if name not in self.touching.setdefault(identity, set()):
            self.touching[identity].add(name)
            self.touched.append((identity, name))

    def _place(self, alert: Alert, at: datetime) -> None:
        """Put a condition into, or take it out of, the repeats of its groups."""
        for route, group in self.dispatch.groups(alert):
            self._repeat_in(route, group, alert, at)

    def _repeat_in(self, route: Route, group: Group, alert: Alert, at: datetime) -> None:
        """The group's timer stands while it has others to tell of: news of one must not put them off."""
        known = self.repeats.get(group.id)
        others = tuple(f for f in known.fingerprints if f != alert.fingerprint) if known else ()
        members = (*others, alert.fingerprint) if alert.state == "firing" else others
        self.repeats[group.id] = Repeat(group.id, members, route.repeat_interval)
        if not others or known is None or known.interval != route.repeat_interval:
            self.timers["repeat", group.id] = at + route.repeat_interval if members else None

    def _repeat(self, timer: Timer, now: datetime) -> None:
        repeat = self.repeats.get(timer.subject)
        if repeat is None:
            return
        firing = [a for name in repeat.fingerprints if (a := self.alerts.get(name)) and a.state == "firing"]
        told = [one for one in firing if not one.acknowledged]
        for alert in told:
            due = self.dispatch.due(alert, Change.REPEATED, timer.due)
            self.due += [one for one in due if one.group.id == timer.subject]
        if firing:
            missed = max(now - timer.due, timedelta(0)) // repeat.interval  # while nobody evaluated
            self.timers["repeat", timer.subject] = timer.due + repeat.interval * (missed + 1)
        else:
            self.repeats[timer.subject] = Repeat(timer.subject, (), repeat.interval)


def evidence_of(read: ReadSignal, finding: Finding, story: str) -> Evidence:
    """The signal as evidence, quoting the words that the verdict rests on."""
    record = read.record
    return Evidence(
        identity=record.identity,
        version=record.version,
        signal=record.id,
        source=record.signal.source,
        url=record.signal.url,
        title=record.signal.title[:QUOTE_LENGTH],
        gloss=notice.gloss or "" if (notice := read.reading.notice) else "",
        quote=quote(read.body, finding.verdict.span),
        story=story,
        seen_at=record.seen_at,
        published_at=record.signal.published_at,
    )


def quote(body: str, span: tuple[int, int] | None) -> str:
    """The sentence or line around a span, at most `QUOTE_LENGTH` characters of it."""
    if span is None:
        return ""
    start, end = span
    begins = [at + len(stop) for stop in _STOPS if (at := body.rfind(stop, 0, start)) >= 0]
    ends = [at + 1 for stop in _STOPS if (at := body.find(stop, max(end - 1, 0))) >= 0]
    first = min(start, max(max(begins, default=0), end - QUOTE_LENGTH))
    return body[first : min(min(ends, default=len(body)), first + QUOTE_LENGTH)].strip()
