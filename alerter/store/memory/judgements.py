"""The evaluator's state in memory, and the commit that changes all of it at once."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import TypeVar

from alerter.core.alert import Alert
from alerter.core.series import Series, Vintage
from alerter.store.memory.outbox import MemoryOutbox
from alerter.store.memory.schedule import Schedule
from alerter.store.memory.signals import ReadingLog
from alerter.store.protocol import (
    EVALUATOR,
    STORY_KEPT,
    Evaluation,
    Fenced,
    Repeat,
    Retention,
    Timer,
    TimerName,
)

Value = TypeVar("Value")


class MemoryJudgements:
    """The protocol's `Judgements`. `epoch` tells the epoch of a lease."""

    def __init__(self, log: ReadingLog, outbox: MemoryOutbox, *, epoch: Callable[[str], int]) -> None:
        self._log = log
        self._outbox = outbox
        self._epoch = epoch
        self._rules: dict[str, str] = {}
        self._alerts: dict[str, tuple[int, Alert]] = {}
        """By fingerprint, with the number of the update; the latest updated stands last."""
        self._updates = 0
        self._active: dict[str, Alert] = {}
        self._touched: dict[str, frozenset[str]] = {}
        self._stories: dict[str, str] = {}
        self._stories_seen: dict[str, datetime] = {}
        """When upkeep first saw a story key; told anew, it counts anew."""
        self._series: dict[str, Series] = {}
        self._repeats: dict[str, Repeat] = {}
        self._timers: Schedule[tuple[TimerName, str], datetime] = Schedule()

    async def position(self) -> str:
        """The reading log's position up to which all is evaluated."""
        return str(self._log.evaluated)

    async def rules(self) -> Mapping[str, str]:
        """Rule id → signature as of the last (re)load."""
        return dict(self._rules)

    async def alerts(self, fingerprints: Sequence[str]) -> Mapping[str, Alert]:
        """Alerts by fingerprint."""
        return {key: self._alerts[key][1] for key in fingerprints if key in self._alerts}

    async def touched(self, identities: Sequence[str]) -> Mapping[str, frozenset[str]]:
        """Fingerprints of the alerts that rest on each signal; a signal without any is absent."""
        return _known(self._touched, identities)

    async def stories(self, keys: Sequence[str]) -> Mapping[str, str]:
        """The story of each known story key."""
        return _known(self._stories, keys)

    async def series(self, ids: Sequence[str]) -> Mapping[str, Series]:
        """Series with all their vintages."""
        return _known(self._series, ids)

    async def repeats(self, groups: Sequence[str]) -> Mapping[str, Repeat]:
        """Groups with firing conditions."""
        return _known(self._repeats, groups)

    async def timers(self, now: datetime, limit: int) -> Sequence[Timer]:
        """Timers due by now, earliest first."""
        return [Timer(name, subject, due) for (name, subject), due in self._timers.due(now, limit)]

    async def next_timer(self) -> datetime | None:
        """When the earliest timer is due."""
        return self._timers.earliest()

    async def commit(self, evaluation: Evaluation) -> None:
        """Change all of it or nothing. Timers are cancelled before others are set."""
        self._check(evaluation)
        self._log.evaluated = int(evaluation.seen_to)
        if evaluation.rules is not None:
            self._rules = dict(evaluation.rules)
        for alert in evaluation.alerts:
            self._keep_alert(alert)
        for identity, fingerprint in evaluation.touched:
            self._touched[identity] = self._touched.get(identity, frozenset()) | {fingerprint}
        self._keep_stories(evaluation.stories)
        for vintage in evaluation.vintages:
            self._keep_vintage(vintage)
        for repeat in evaluation.repeats:
            self._keep_repeat(repeat)
        self._reset_timers(evaluation)
        for due in evaluation.due:
            self._outbox.add(due)

    async def active(self) -> Sequence[Alert]:
        """Every pending or firing alert."""
        return list(self._active.values())

    async def recent(self, limit: int, before: str | None = None) -> Sequence[tuple[str, Alert]]:
        """Alerts of every state, last updated first."""
        last = self._updates if before is None else int(before) - 1
        found: list[tuple[str, Alert]] = []
        for number, alert in reversed(self._alerts.values()):
            if len(found) >= limit:
                break
            if number <= last:
                found.append((str(number), alert))
        return found

    def tidy(self, now: datetime, retention: Retention) -> None:
        """Forget alerts that resolved long ago, what rested on them, and stories that are over."""
        kept_from = now - retention.alerts
        for fingerprint, (_number, alert) in list(self._alerts.items()):
            if not alert.active and (alert.resolved_at or alert.updated_at) < kept_from:
                del self._alerts[fingerprint]
        for identity, fingerprints in list(self._touched.items()):
            self._touched[identity] = frozenset(fingerprints & self._alerts.keys())
            if not self._touched[identity]:
                del self._touched[identity]
        self._end_stories(now)

    def _check(self, evaluation: Evaluation) -> None:
        if evaluation.epoch != self._epoch(EVALUATOR):
            raise Fenced("the evaluator's lease has passed on")
        if evaluation.seen_from != str(self._log.evaluated):
            raise Fenced(f"the log is evaluated up to {self._log.evaluated}, not {evaluation.seen_from}")

    def _keep_alert(self, alert: Alert) -> None:
        self._updates += 1
        self._alerts.pop(alert.fingerprint, None)
        self._alerts[alert.fingerprint] = (self._updates, alert)
        self._active.pop(alert.fingerprint, None)
        if alert.active:
            self._active[alert.fingerprint] = alert

    def _keep_stories(self, stories: Mapping[str, str]) -> None:
        self._stories.update(stories)
        for key in stories:
            self._stories_seen.pop(key, None)

    def _end_stories(self, now: datetime) -> None:
        for key in list(self._stories):
            if self._stories_seen.setdefault(key, now) < now - STORY_KEPT:
                del self._stories[key], self._stories_seen[key]

    def _keep_vintage(self, vintage: Vintage) -> None:
        series = self._series.get(vintage.series) or Series(vintage.series)
        self._series[series.id] = series.with_vintages((vintage,))

    def _keep_repeat(self, repeat: Repeat) -> None:
        if repeat.fingerprints:
            self._repeats[repeat.group] = repeat
        else:
            self._repeats.pop(repeat.group, None)

    def _reset_timers(self, evaluation: Evaluation) -> None:
        for key in evaluation.cancelled:
            self._timers.drop(key)
        for timer in evaluation.timers:
            self._timers.put((timer.name, timer.subject), timer.due)


def _known(table: Mapping[str, Value], keys: Sequence[str]) -> dict[str, Value]:
    return {key: table[key] for key in keys if key in table}
