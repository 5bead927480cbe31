"""The evaluating stage: one at a time, in order, under a lease; inputs are signals, timers and reloads."""

import asyncio
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta

import structlog

from alerter.clock import Clock, monotonic
from alerter.core.alert import Alert, Change
from alerter.core.reading import ReadSignal
from alerter.pipeline.draft import Draft, Transition
from alerter.pipeline.rulebook import Rulebook
from alerter.pipeline.turn import Turn
from alerter.pipeline.watch import Watch, is_unwatched
from alerter.store.protocol import EVALUATOR, Fenced, Store
from alerter.telemetry import Metrics

LEASE_TTL = timedelta(seconds=5)
RENEW_EVERY = 1.0
"""Seconds between renewals of the lease."""
BATCH = 250
TIMER_BATCH = 200
REMOVED_AT_ONCE = 400
"""Alerts closed in one commit when their rules are gone."""
LOOKED_AT_ONCE = 200
"""Findings about sources in one commit."""
WAIT = timedelta(milliseconds=200)
"""How long to block for readings; short, so that timers, reloads and a stop are noticed."""

_log = structlog.get_logger()


class EvaluateStage:
    """Judges the log of readings in order and commits what follows; stands by while another does."""

    def __init__(
        self,
        store: Store,
        rulebook: Rulebook,
        *,
        clock: Clock,
        process: str,
        metrics: Metrics,
        on_commit: Callable[[Sequence[Transition]], None],
    ) -> None:
        self._store = store
        self._rulebook = rulebook
        self._clock = clock
        self._process = process
        self._metrics = metrics
        self._on_commit = on_commit
        self._epoch: int | None = None
        self._renewed_at = 0.0
        self._position = "0"
        self._must_reload = True
        self._watch = Watch(rulebook)

    def reload(self, rulebook: Rulebook) -> None:
        """Judge by another rulebook from the next turn on."""
        self._rulebook = rulebook
        self._must_reload = True

    @property
    def leads(self) -> bool:
        """Does this process hold the evaluator's lease, as far as it knows?"""
        return self._epoch is not None

    async def turn(self) -> None:
        """One batch, or a moment's wait for one. Raises StoreError."""
        if not await self._lead():
            await asyncio.sleep(WAIT.total_seconds())
            return
        try:
            wait = timedelta(0) if self._watch.unsaid else WAIT
            await self._reload() if self._must_reload else await self._advance(wait)
            await self._look()
        except Fenced as fault:
            _log.info("evaluator_fenced", reason=str(fault))
            self._epoch = None

    async def catch_up(self) -> None:
        """Evaluate everything that is there or due, without waiting for more. Raises StoreError."""
        if not await self._lead():
            return
        while self._must_reload:
            await self._reload()
        while await self._advance(timedelta(0)):
            pass
        while await self._look():
            pass

    async def _lead(self) -> bool:
        """Hold the lease; on taking it over, go on from where the store says."""
        if self._epoch is not None and monotonic() - self._renewed_at < RENEW_EVERY:
            return True
        asked_at = monotonic()
        epoch = await self._store.fleet.lease(EVALUATOR, self._process, LEASE_TTL)
        if epoch is not None and epoch != self._epoch:
            self._position = await self._store.judgements.position()
            self._must_reload = True
            _log.info("evaluator_leads", epoch=epoch, position=self._position)
        self._epoch, self._renewed_at = epoch, asked_at
        return epoch is not None

    async def _advance(self, wait: timedelta) -> bool:
        """Evaluate one batch of timers and readings; was there any?"""
        state = self._store.judgements
        timers = await state.timers(self._clock.now(), TIMER_BATCH)
        entries = await self._store.signals.after(self._position, BATCH, timedelta(0) if timers else wait)
        if not timers and not entries:
            return False
        now = self._clock.now()
        turn = Turn(self._rulebook, state, self._on_surprise, now)
        taken = await turn.run(entries, timers)
        await self._commit(turn.draft, entries[taken - 1][0] if taken else self._position)
        self._metrics.evaluated.inc(taken)
        return True

    async def _reload(self) -> None:
        """Close alerts whose rule is gone or now tells its alerts apart differently; repeat the others.

        Closes a bounded number at a time: until the last are closed, the stored rules stay the old ones and
        the next turn goes on here.
        """
        state, rulebook, now = self._store.judgements, self._rulebook, self._clock.now()
        signatures, before = rulebook.signatures, await state.rules()
        active = await state.active()
        orphans = [
            alert
            for alert in active
            if _is_orphan(alert, signatures, before) or is_unwatched(alert, rulebook)
        ]
        draft = Draft(rulebook.dispatch)
        for alert in orphans[:REMOVED_AT_ONCE]:
            draft.remove_rule(alert, now)
        done = len(orphans) <= REMOVED_AT_ONCE
        if done:
            gone = {alert.fingerprint for alert in orphans}
            await self._repeat_conditions(draft, [one for one in active if one.fingerprint not in gone], now)
        await self._commit(draft, self._position, rules=signatures if done else None)
        self._must_reload = not done or rulebook is not self._rulebook
        self._watch = Watch(rulebook, active)

    async def _repeat_conditions(self, draft: Draft, active: Sequence[Alert], now: datetime) -> None:
        """Firing conditions that are new to a group, or to its interval, are timed to be told again."""
        firing = [one for one in active if one.nature == "condition" and one.state == "firing"]
        groups = {group.id for alert in firing for _, group in draft.dispatch.groups(alert)}
        if groups:
            draft.repeats |= await self._store.judgements.repeats(sorted(groups))
        for alert in firing:
            draft.enlist(alert, now)

    async def _look(self) -> bool:
        """Judge the sources by their health, when it is time to, and commit some of what has changed of it.

        Is there more? A great many may fall silent at once, and the lease must be renewed meanwhile.
        """
        now = self._clock.now()
        if self._must_reload:
            return False
        if self._watch.is_due(now):
            self._watch.look(await self._store.sources.health(), now)
        some = self._watch.unsaid[:LOOKED_AT_ONCE]
        if some:
            turn = Turn(self._rulebook, self._store.judgements, self._on_surprise, now)
            await turn.say(some)
            if turn.draft.changed:
                await self._commit(turn.draft, self._position)
            self._watch.remember(len(some))
        return bool(self._watch.unsaid)

    async def _commit(self, draft: Draft, seen_to: str, *, rules: Mapping[str, str] | None = None) -> None:
        epoch = self._epoch or 0
        evaluation = draft.evaluation(epoch=epoch, seen_from=self._position, seen_to=seen_to, rules=rules)
        await self._store.judgements.commit(evaluation)
        self._position = seen_to
        self._count(draft.transitions)
        if draft.transitions:
            self._on_commit(draft.transitions)

    def _count(self, transitions: Sequence[Transition]) -> None:
        told = Counter((one.alert.rule, one.change) for one in transitions)
        for (rule, change), count in told.items():
            self._metrics.changes.labels(rule, change).inc(count)
        for one in transitions:
            if not one.is_told:
                self._metrics.unrouted.labels(one.alert.rule).inc()
            if one.change is Change.FIRED and one.cause:
                waited = one.at - one.cause.record.seen_at
                self._metrics.alert_seconds.observe(waited.total_seconds())

    def _on_surprise(self, rule: str, read: ReadSignal, fault: Exception) -> None:
        self._metrics.errors.labels("rule").inc()
        _log.error("rule_failed", rule=rule, signal=read.record.id, exc_info=fault)


def _is_orphan(alert: Alert, now: Mapping[str, str], before: Mapping[str, str]) -> bool:
    if alert.rule not in now:
        return True
    return alert.rule in before and before[alert.rule] != now[alert.rule]
