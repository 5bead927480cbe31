"""Absence rules: a source that has brought nothing for too long, so that silence can be trusted."""

from datetime import datetime, timedelta
from math import floor
from typing import Literal

from pydantic import Field

from alerter.core.health import SourceHealth, SourceState, standing
from alerter.core.quantities import Duration, format_duration
from alerter.core.verdict import Verdict
from alerter.rules.base import SourceRule

_HOUR = timedelta(hours=1)
_WELL = frozenset({"ok", "unknown"})
_POLLED_IN_VAIN = frozenset({"failing", "blocked", "unconfigured"})


class AbsenceRule(SourceRule):
    """Holds for a source that has brought no new signal for `for`, whatever the reason, which it names.

    With `states` it holds for a source that has been in one of these states for `for` instead: failing,
    blocked and unconfigured count from its last success, quiet and stale from its last signal.
    """

    type: Literal["absence"]
    for_: Duration = Field(default=timedelta(hours=24), alias="for", gt=timedelta(0))
    states: tuple[SourceState, ...] = ()

    def holds(self, health: SourceHealth, now: datetime) -> bool | None:
        """From `for` after the last signal (or success) on, until the next."""
        state = standing(health, now)
        since = self._since(health, state)
        if since is None:
            return None
        return (not self.states or state in self.states) and now - since >= self.for_

    def watch(self, health: SourceHealth, now: datetime) -> Verdict | None:
        """Names the state, and for how long."""
        state, holds = standing(health, now), self.holds(health, now)
        since = self._since(health, state)
        if since is None or holds is None:
            return None
        return self._verdict(health, state, now - since, holds=holds)

    def _since(self, health: SourceHealth, state: SourceState) -> datetime | None:
        if self._counts_answers(state):
            return (health.unseen_since if health.unseen else health.last_success_at) or health.watched_since
        return health.last_signal_at or health.watched_since

    def _counts_answers(self, state: SourceState) -> bool:
        """Is it the lack of an answer that counts, rather than that of a signal?"""
        return bool(self.states) and state in _POLLED_IN_VAIN

    def _verdict(
        self, health: SourceHealth, state: SourceState, lasted: timedelta, *, holds: bool
    ) -> Verdict:
        hours, wanted = lasted / _HOUR, self.for_ / _HOUR
        figure = _how_long(lasted)
        lacking = "usable answer" if self._counts_answers(state) else "new signal"
        said = f"{health.source} {_words(health, state)}" if holds else self._relieved(health.source, state)
        return Verdict(
            holds=holds,
            labels={"source": health.source},
            mark="absent",
            reason=state if state in _POLLED_IN_VAIN else "silent" if holds else "heard_again",
            summary=f"{said} - no {lacking} for {figure}; threshold: {format_duration(self.for_)}"
            if holds
            else said,
            figure=round(hours, 2),
            threshold=wanted,
            unit="h",
            figure_text=f"{figure} without a {lacking}",
            threshold_text=f"no longer than {format_duration(self.for_)}",
        )

    def _relieved(self, source: str, state: SourceState) -> str:
        """What is said once it does not hold: leaving one bad state for another is no good news."""
        return (
            f"{source} is {state} now" if self.states and state not in _WELL else f"{source} is heard again"
        )


def _how_long(lasted: timedelta) -> str:
    """Hours, minutes or seconds, whichever tell it; never more than it was."""
    for unit, name in ((_HOUR, "h"), (timedelta(minutes=1), "min")):
        if lasted >= unit:
            return f"{floor(lasted / unit * 10) / 10:g} {name}"
    return f"{floor(lasted.total_seconds())} s"


def _words(health: SourceHealth, state: SourceState) -> str:
    """What is the matter with the source, for people, behind its name. Reasons hold colons themselves."""
    if state in _POLLED_IN_VAIN:
        why = health.last_error or "; ".join(health.unseen)
        return f"is {state} ({why})" if why else f"is {state}"
    if health.overdue:
        return f"is overdue ({'; '.join(health.overdue)})"
    return "answers, and lists nothing new"
