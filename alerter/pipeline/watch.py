"""What rules about sources say: each watched source is judged by its health, again and again.

Only what has changed since it was last said is handed on, so that thousands of healthy sources cost a look
each and no commit.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta

from alerter.core.alert import Alert, Evidence, fingerprint
from alerter.core.health import SourceHealth
from alerter.pipeline.rulebook import Finding, Rulebook
from alerter.rules.base import SourceRule

LOOK_EVERY = timedelta(seconds=10)
"""Domain time between two looks."""


class Watch:
    """The sources of one rulebook, and what was last said of each."""

    def __init__(self, rulebook: Rulebook) -> None:
        self._rules = [rule for rule in rulebook.rules if isinstance(rule, SourceRule)]
        self._configured = rulebook.sources
        self._said: dict[str, bool] = {}
        """Fingerprint → did the condition hold?"""
        self._looked_at: datetime | None = None

    def is_due(self, now: datetime) -> bool:
        """Is it time to look again? Never where no rule is about sources."""
        return bool(self._rules) and (self._looked_at is None or abs(now - self._looked_at) >= LOOK_EVERY)

    def look(self, sources: Mapping[str, SourceHealth], now: datetime) -> list[Finding]:
        """What is to be said that was not said before."""
        self._looked_at = now
        found = [
            Finding(rule, verdict, fingerprint(rule.id, verdict.labels))
            for rule in self._rules
            for health in sources.values()
            if rule.watches(health.source, self._configured) and (verdict := rule.watch(health, now))
        ]
        return [one for one in found if self._said.get(one.fingerprint) is not one.verdict.holds]

    def remember(self, said: list[Finding]) -> None:
        """These were committed."""
        self._said |= {one.fingerprint: one.verdict.holds for one in said}


def evidence_of(health: SourceHealth, finding: Finding, now: datetime) -> Evidence:
    """A source's health as evidence."""
    return Evidence(
        identity=f"source:{health.source}",
        version=1,
        signal=health.source,
        source=health.source,
        title=finding.verdict.summary,
        quote=health.last_error,
        seen_at=now,
        published_at=health.last_signal_at or health.watched_since or now,
    )


def is_unwatched(alert: Alert, rulebook: Rulebook) -> bool:
    """Is it about a source that its rule does not watch any more?"""
    rule = next((one for one in rulebook.rules if one.id == alert.rule), None)
    source = alert.labels.get("source", "")
    return isinstance(rule, SourceRule) and not rule.watches(source, rulebook.sources)
