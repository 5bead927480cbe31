"""The evaluator's state in Redis, and the commit that changes all of it at once."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from itertools import chain
from typing import get_args

from pydantic import TypeAdapter

from alerter.core.alert import Alert
from alerter.core.delivery import Due
from alerter.core.series import Series, Vintage
from alerter.store.protocol import EVALUATOR, Evaluation, Fenced, Repeat, Timer, TimerName
from alerter.store.redis.bodies import Bodies
from alerter.store.redis.client import Argument, Client
from alerter.store.redis.encoding import instant, microseconds, span
from alerter.store.redis.signals import IDENTITIES_KEPT

Row = Sequence[Argument]

_REPEAT = TypeAdapter(Repeat)
_TIMER_NAMES: dict[str, TimerName] = {name: name for name in get_args(TimerName)}


class RedisJudgements:
    """The protocol's `Judgements`."""

    def __init__(self, client: Client, alerts: Bodies[Alert]) -> None:
        self._client = client
        self._alerts = alerts

    async def position(self) -> str:
        """The reading log's position up to which all is evaluated."""
        return await self._client.ask("HGET", self._client.key("state"), "position") or "0"

    async def rules(self) -> Mapping[str, str]:
        """Rule id → signature as of the last (re)load."""
        flat = await self._client.ask("HGETALL", self._client.key("rules"))
        return dict(zip(flat[::2], flat[1::2], strict=True))

    async def alerts(self, fingerprints: Sequence[str]) -> Mapping[str, Alert]:
        """Alerts by fingerprint."""
        bodies = await self._fields("alerts", fingerprints)
        return {key: self._alerts.read(body) for key, body in bodies.items()}

    async def touched(self, identities: Sequence[str]) -> Mapping[str, frozenset[str]]:
        """Fingerprints of the alerts that rest on each signal; a signal without any is absent."""
        found = await self._gather("set", "touched:", identities)
        return {key: frozenset(members) for key, members in found.items()}

    async def stories(self, keys: Sequence[str]) -> Mapping[str, str]:
        """The story of each known story key."""
        return await self._fields("stories", keys)

    async def series(self, ids: Sequence[str]) -> Mapping[str, Series]:
        """Series with all their vintages, in the order in which they became known."""
        found = await self._gather("list", "series:", ids)
        return {key: _series(key, bodies) for key, bodies in found.items()}

    async def repeats(self, groups: Sequence[str]) -> Mapping[str, Repeat]:
        """Groups with firing conditions."""
        bodies = await self._fields("repeats", groups)
        return {key: _REPEAT.validate_json(body) for key, body in bodies.items()}

    async def timers(self, now: datetime, limit: int) -> Sequence[Timer]:
        """Timers due by now, earliest first."""
        span_of_time = ("-inf", microseconds(now), "WITHSCORES", "LIMIT", 0, limit)
        flat = await self._client.ask("ZRANGEBYSCORE", self._client.key("timers"), *span_of_time)
        return [_timer(member, due) for member, due in zip(flat[::2], flat[1::2], strict=True)]

    async def next_timer(self) -> datetime | None:
        """When the earliest timer is due."""
        first = await self._client.ask("ZRANGE", self._client.key("timers"), 0, 0, "WITHSCORES")
        return instant(first[1]) if first else None

    async def commit(self, evaluation: Evaluation) -> None:
        """Change all of it or nothing. Timers are cancelled before others are set.

        When its answer is lost, the commit may have been made: repeated, it is then Fenced.
        """
        answer = await self._client.run("evaluate", *_arguments(evaluation, self._alerts))
        if answer == "fenced":
            raise Fenced("the evaluator's lease has passed on, or its position has moved")

    async def active(self) -> Sequence[Alert]:
        """Every pending or firing alert."""
        fingerprints = await self._client.ask("SMEMBERS", self._client.key("alerts:active"))
        return [alert for alert in (await self.alerts(fingerprints)).values() if alert.active]

    async def recent(self, limit: int, before: str | None = None) -> Sequence[tuple[str, Alert]]:
        """Alerts of every state, in the order of their commits, newest first."""
        below = "+inf" if before is None else f"({int(before)}"
        updated = ("ZREVRANGEBYSCORE", self._client.key("alerts:updated"), below, "-inf")
        flat = await self._client.ask(*updated, "WITHSCORES", "LIMIT", 0, limit)
        alerts = await self.alerts(flat[::2])
        pairs = zip(flat[::2], flat[1::2], strict=True)
        return [(cursor, alerts[key]) for key, cursor in pairs if key in alerts]

    async def _fields(self, name: str, keys: Sequence[str]) -> dict[str, str]:
        """Known fields of a hash."""
        if not keys:
            return {}
        found = await self._client.ask("HMGET", self._client.key(name), *keys)
        return {key: body for key, body in zip(keys, found, strict=True) if body is not None}

    async def _gather(self, kind: str, name: str, ids: Sequence[str]) -> dict[str, list[str]]:
        """Sets or lists that are not empty."""
        if not ids:
            return {}
        keys = [self._client.key(name + key) for key in ids]
        found = await self._client.run_over(keys, "gather", kind, repeatable=True)
        return {key: members for key, members in zip(ids, found, strict=True) if members}


def _arguments(evaluation: Evaluation, alerts: Bodies[Alert]) -> list[Argument]:
    """What the script reads, in its order."""
    bodies = _Written(alerts)
    rows: list[Argument] = [EVALUATOR, evaluation.epoch, evaluation.seen_from, evaluation.seen_to]
    rows += (IDENTITIES_KEPT,)
    kept, over = _parted(evaluation.repeats)
    lists: tuple[Iterable[Row], ...] = (
        [_alert_row(alert, bodies) for alert in evaluation.alerts],
        evaluation.touched,
        evaluation.stories.items(),
        [(vintage.series, vintage.model_dump_json()) for vintage in evaluation.vintages],
        [(_member(name, subject),) for name, subject in evaluation.cancelled],
        [(_member(timer.name, timer.subject), microseconds(timer.due)) for timer in evaluation.timers],
        [(repeat.group,) for repeat in over],
        [(repeat.group, _REPEAT.dump_json(repeat).decode()) for repeat in kept],
    )
    for part in lists:
        rows += _counted(part)
    rows += [-1] if evaluation.rules is None else _counted(evaluation.rules.items())
    rows += _counted(_due_rows(evaluation.due, bodies))
    return rows


def _counted(rows: Iterable[Row]) -> list[Argument]:
    rows = list(rows)
    return [len(rows), *chain.from_iterable(rows)]


def _parted(repeats: Sequence[Repeat]) -> tuple[list[Repeat], list[Repeat]]:
    """Repeats that hold, and those that are over; of one group only the last counts."""
    last = {repeat.group: repeat for repeat in repeats}.values()
    return [repeat for repeat in last if repeat.fingerprints], [r for r in last if not r.fingerprints]


class _Written:
    """Bodies of one commit: an alert that is due to five destinations is written once."""

    def __init__(self, alerts: Bodies[Alert]) -> None:
        self._alerts = alerts
        self._bodies: dict[int, str] = {}

    def of(self, alert: Alert) -> str:
        """The alert as JSON."""
        body = self._bodies.get(id(alert))
        if body is None:
            body = self._bodies[id(alert)] = self._alerts.write(alert)
        return body


def _alert_row(alert: Alert, bodies: "_Written") -> Row:
    resolved = microseconds(alert.resolved_at or alert.updated_at)
    return (alert.fingerprint, int(alert.active), resolved, bodies.of(alert))


def _due_rows(dues: Sequence[Due], bodies: "_Written") -> list[Row]:
    """One row per entry, with all its members."""
    entries: dict[str, list[Due]] = {}
    for due in dues:
        entries.setdefault(due.entry, []).append(due)
    return [_entry_row(entry, gathered, bodies) for entry, gathered in entries.items()]


def _entry_row(entry: str, dues: Sequence[Due], bodies: "_Written") -> Row:
    group = dues[-1].group
    row: list[Argument] = [entry, dues[-1].destination, group.model_dump_json()]
    row += (span(group.wait), span(group.interval), min(microseconds(due.at) for due in dues), len(dues))
    for due in dues:
        alert = due.member.alert
        row += (alert.fingerprint, due.member.change.value, bodies.of(alert))
    return row


def _member(name: TimerName, subject: str) -> str:
    return f"{name} {subject}"


def _timer(member: str, due: str) -> Timer:
    name, _, subject = member.partition(" ")
    return Timer(_TIMER_NAMES[name], subject, instant(due))


def _series(key: str, bodies: Sequence[str]) -> Series:
    return Series(key).with_vintages([Vintage.model_validate_json(body) for body in bodies])
