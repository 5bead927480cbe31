"""What rules about sources say: each watched source is judged by its health, again and again.

Only what has changed since it was last said is put into words and handed on, so that thousands of healthy
sources cost a look each, no question to the store and no commit.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from alerter.core.alert import Alert, Evidence, fingerprint
from alerter.core.health import SourceHealth
from alerter.pipeline.rulebook import Finding, Rulebook
from alerter.rules.base import SourceRule

LOOK_EVERY = timedelta(seconds=10)
"""Domain time between two looks."""

_Subject = tuple[str, str]
"""A rule and a source."""


class Watch:
    """The sources of one rulebook, and what was last said of each."""

    def __init__(self, rulebook: Rulebook, active: Iterable[Alert] = ()) -> None:
        """`active`: the alerts that stand, of which it must be said anew whether they hold."""
        self._rules = [rule for rule in rulebook.rules if isinstance(rule, SourceRule)]
        self._configured = rulebook.sources
        self._said: dict[_Subject, bool | None] = {
            (alert.rule, alert.labels.get("source", "")): None for alert in active
        }
        """Did the condition hold? None = not said yet; what is absent did not."""
        self._watched: dict[_Subject, bool] = {}
        """Is the source the rule's?"""
        self._looked_at: datetime | None = None
        self.unsaid: list[tuple[Finding, Evidence]] = []
        """What the last look found, and is not committed yet."""

    def is_due(self, now: datetime) -> bool:
        """Is it time to look again? Never where no rule is about sources, nor before all is said."""
        if self.unsaid or not self._rules:
            return False
        return self._looked_at is None or abs(now - self._looked_at) >= LOOK_EVERY

    def look(self, sources: Mapping[str, SourceHealth], now: datetime) -> None:
        """Find what is to be said that was not said before."""
        self._looked_at = now
        changed = (
            (rule, health)
            for rule in self._rules
            for health in sources.values()
            if self._watches(rule, health.source) and self._has_changed(rule, health, now)
        )
        for rule, health in changed:
            if verdict := rule.watch(health, now):
                found = Finding(rule, verdict, fingerprint(rule.id, verdict.labels))
                self.unsaid.append((found, _evidence(health, found, now)))

    def remember(self, said: int) -> None:
        """So many of the unsaid were committed, from the first on."""
        for one, _ in self.unsaid[:said]:
            self._said[one.rule.id, one.verdict.labels["source"]] = one.verdict.holds
        del self.unsaid[:said]

    def _watches(self, rule: SourceRule, source: str) -> bool:
        subject = rule.id, source
        if subject not in self._watched:
            self._watched[subject] = rule.watches(source, self._configured)
        return self._watched[subject]

    def _has_changed(self, rule: SourceRule, health: SourceHealth, now: datetime) -> bool:
        """Is there something to say that was not said before?"""
        holds = rule.holds(health, now)
        return holds is not None and self._said.get((rule.id, health.source), False) is not holds


def _evidence(health: SourceHealth, finding: Finding, now: datetime) -> Evidence:
    """When a source was last heard as evidence: what is the matter with it stands in the summary."""
    return Evidence(
        identity=f"source:{health.source}",
        version=1,
        signal=health.source,
        source=health.source,
        title=f"last answer: {_when(health.last_success_at)}; last signal: {_when(health.last_signal_at)}",
        seen_at=now,
        published_at=health.last_signal_at or health.watched_since or now,
    )


def _when(at: datetime | None) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC" if at else "none yet"


def is_unwatched(alert: Alert, rulebook: Rulebook) -> bool:
    """Is it about a source that its rule does not watch any more?"""
    rule = next((one for one in rulebook.rules if one.id == alert.rule), None)
    source = alert.labels.get("source", "")
    return isinstance(rule, SourceRule) and not rule.watches(source, rulebook.sources)
