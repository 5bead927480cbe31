"""What a configuration holds, as frozen models: routes, receivers, silences, digests, rule tests, retention.

Sources, rules and notifiers bring their own models; here they are only gathered. The models whose names end
in `Fields` are the shapes that people write; each turns into the type that the rest of the service uses.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints, create_model

from alerter.config.errors import Place, Problem
from alerter.core.matching import pattern_fault
from alerter.core.matter import Matter
from alerter.core.model import Frozen, Name
from alerter.core.quantities import Duration, TimeZone
from alerter.core.route import Matcher, Route
from alerter.core.signal import Signal
from alerter.notifiers.base import NotifierConfig
from alerter.reading.entries import Commodity, Company, Country
from alerter.reading.lexicon import Lexicon
from alerter.rules.base import RuleConfig, World
from alerter.sources.base import SourceConfig
from alerter.store.protocol import Retention

_DATED = re.compile(r"\d{4}-\d\d-\d\d([T ]\d\d:\d\d.*)?")
_CRON_FIELD = re.compile(r"[\d*/,A-Za-z-]+")


def parse_instant(text: object) -> object:
    """`2025-06-09T12:00Z`, or `2025-06-09` for its midnight in UTC. Raises ValueError."""
    if not isinstance(text, str):
        return text
    if not _DATED.fullmatch(text):
        raise ValueError(f"not an instant: {text!r}; write it like 2025-06-09T12:00Z or 2025-06-09")
    instant = datetime.fromisoformat(text)
    if instant.tzinfo is None and len(text) > len("2025-06-09"):
        raise ValueError(f"not an instant: {text!r} needs an offset such as Z or +02:00")
    return instant.astimezone(UTC) if instant.tzinfo else instant.replace(tzinfo=UTC)


def parse_condition(written: object) -> object:
    """A value, a list of values, `!=x`, `=~x` or `!~x`, as (operator, values). Raises ValueError."""
    if isinstance(written, list):
        return "=", [_plain_value(one) for one in written]
    if written is None:
        return "=", [""]
    if not isinstance(written, str):
        return written
    operator = written[:2] if written[:2] in {"!=", "=~", "!~"} else ""
    value = written[len(operator) :].strip() if operator else written
    fault = pattern_fault(value) if operator.endswith("~") else None
    if fault:
        raise ValueError(f"not a pattern that RE2 takes: {fault}")
    return operator or "=", [value]


def _plain_value(written: object) -> object:
    if isinstance(written, str) and written[:2] in {"!=", "=~", "!~"}:
        raise ValueError(f"{written!r} stands alone, not in a list; alternatives go into one pattern, =~a|b")
    return written


def check_cron(text: str) -> str:
    """Five fields of the usual cron characters. Raises ValueError."""
    fields = text.split()
    if len(fields) != 5 or not all(_CRON_FIELD.fullmatch(one) for one in fields):
        raise ValueError(f"not a cron time: {text!r}; write five fields, as in 0 7 * * 1-5")
    return text


Condition = Annotated[
    tuple[Literal["=", "!=", "=~", "!~"], tuple[str, ...]], BeforeValidator(parse_condition)
]
Match = dict[str, Condition]
Instant = Annotated[datetime, BeforeValidator(parse_instant)]
Text = Annotated[str, StringConstraints(min_length=1)]
_KEPT_AT_LEAST = timedelta(days=1)


def matchers(match: Match) -> tuple[Matcher, ...]:
    """The matchers that a `match:` mapping stands for."""
    return tuple(Matcher(label=label, op=op, values=values) for label, (op, values) in match.items())


class RouteFields(Frozen):
    """A route as it is written."""

    match: Match = {}
    receiver: Name
    group_by: tuple[Text, ...] = ()
    group_wait: Duration = timedelta(seconds=30)
    group_interval: Duration = timedelta(minutes=5)
    repeat_interval: Duration = Field(default=timedelta(hours=24), gt=timedelta(0))
    continue_: bool = Field(default=False, alias="continue")

    def route(self) -> Route:
        """The route that alerts take."""
        plain = self.model_dump(exclude={"match"})
        return Route(match=matchers(self.match), **plain)


@dataclass(frozen=True, slots=True)
class Receiver:
    """Who is told, and by which notifiers."""

    id: str
    notifiers: tuple[NotifierConfig, ...]


class ReceiverFields(Frozen):
    """A receiver as it is written: its id, and one key per notifier kind. See `receiver_fields`."""

    id: Name

    def receiver(self) -> Receiver:
        """The receiver, with its notifiers in the order of their kinds."""
        held = (getattr(self, name) for name in type(self).model_fields if name != "id")
        return Receiver(self.id, tuple(one for one in held if one is not None))


def receiver_fields(kinds: Mapping[str, type[NotifierConfig]]) -> type[ReceiverFields]:
    """The receiver's model with a key for every notifier kind; `slack:` alone takes the kind's defaults."""
    fields: dict[str, Any] = {
        key: (Annotated[kind | None, BeforeValidator(_empty_when_null)], None) for key, kind in kinds.items()
    }
    return create_model("ReceiverFields", __base__=ReceiverFields, **fields)


def _empty_when_null(written: object) -> object:
    return {} if written is None else written


class SilenceFields(Frozen):
    """Alerts that are not told for a while."""

    id: Name
    match: Match
    from_: Instant | None = Field(default=None, alias="from")
    until: Instant
    by: str | None = None
    comment: str = ""


class DigestFields(Frozen):
    """A summary that a receiver gets at set local times."""

    id: Name
    receiver: Name
    cron: Annotated[str, AfterValidator(check_cron)]
    timezone: TimeZone = "UTC"
    match: Match = {}


class Expectation(Frozen):
    """An alert that a rule test expects; labels match as a subset."""

    rule: Name
    state: Literal["pending", "firing", "resolved"] = "firing"
    labels: dict[str, str] = {}


class RuleTest(Frozen):
    """Signals, an instant, and exactly the alerts that there are then."""

    name: Text
    signals: tuple[Signal, ...]
    at: Instant
    expect: tuple[Expectation, ...]
    rules: tuple[Name, ...] | None = None
    """Only these rules' alerts count; None = those of every rule."""


class RetentionFields(Frozen):
    """How long things are kept."""

    signals: Duration = Field(default=Retention().signals, ge=_KEPT_AT_LEAST)
    alerts: Duration = Field(default=Retention().alerts, ge=_KEPT_AT_LEAST)

    def retention(self) -> Retention:
        """The retention that the store keeps to."""
        return Retention(self.signals, self.alerts)


@dataclass(frozen=True, slots=True)
class Configuration:
    """Everything that a configuration folder says, checked; swapped whole on reload."""

    sources: tuple[SourceConfig, ...] = ()
    matters: tuple[Matter, ...] = ()
    rules: tuple[RuleConfig, ...] = ()
    receivers: tuple[Receiver, ...] = ()
    routes: tuple[Route, ...] = ()
    commodities: tuple[Commodity, ...] = ()
    companies: tuple[Company, ...] = ()
    countries: tuple[Country, ...] = ()
    tests: tuple[RuleTest, ...] = ()
    silences: tuple[SilenceFields, ...] = ()
    digests: tuple[DigestFields, ...] = ()
    packs: tuple[str, ...] = ()
    retention: Retention = field(default_factory=Retention)
    warnings: tuple[Problem, ...] = ()
    places: Mapping[tuple[str, str], Place] = field(default_factory=dict)
    """(list, id) → where it stands, for what is found out later."""

    def lexicon(self) -> Lexicon:
        """The shipped vocabulary with the names that the configuration adds."""
        return Lexicon.build(self.commodities, self.companies, self.countries)

    def world(self, parents: Mapping[str, str], names: Mapping[str, str] | None = None) -> World:
        """What rules look up; from the lexicon `parents` (commodity → parent) and `names` of countries."""
        matters = {matter.id: matter for matter in self.matters}
        return World(matters=matters, parents=parents, names=names or {})
