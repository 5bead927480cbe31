"""What every rule kind is: a frozen configuration, what can trigger it, and a pure `evaluate`."""

from abc import abstractmethod
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import ClassVar, Literal

from pydantic import field_validator

from alerter.core.alert import RuleHead, Severity
from alerter.core.health import SourceHealth
from alerter.core.matter import Matter
from alerter.core.model import Frozen, Name
from alerter.core.quantities import Duration
from alerter.core.reading import ReadSignal
from alerter.core.series import Series
from alerter.core.verdict import Judgement, Nature, Verdict, no


@dataclass(frozen=True, slots=True)
class World:
    """What the configuration knows of the world, for rules to look things up in."""

    matters: Mapping[str, Matter] = field(default_factory=dict)
    parents: Mapping[str, str] = field(default_factory=dict)
    """Commodity → its parent; of the two the more specific one wins."""
    names: Mapping[str, str] = field(default_factory=dict)
    """Country → its name within a sentence (`China`, `the US`); one without a name is told by its code."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What a rule judges: one read signal, at one time, with the history known then."""

    read: ReadSignal
    normalised: str
    """`alerter.core.text.normalise` of the signal's body."""
    story: str
    now: datetime
    series: Mapping[str, Series] = field(default_factory=dict)
    """For an observation: its series, with the observation itself among the vintages, as seen in time."""
    world: World = field(default_factory=World)


@dataclass(frozen=True, slots=True)
class Trigger:
    """What must be in a signal for the rule to be worth trying. Within a field any one is enough.

    A rule is tried when any of its triggers is met; a trigger is met when all its non-empty fields are.
    A trigger without fields is always met.
    """

    phrases: frozenset[str] = frozenset()
    """Normalised needles (`alerter.core.text.needle`)."""
    events: frozenset[str] = frozenset()
    metrics: frozenset[str] = frozenset()
    series: frozenset[str] = frozenset()
    kinds: frozenset[str] = frozenset()


Reference = tuple[
    Literal["rules", "sources", "heard", "matters", "series", "commodities", "countries", "actors"],
    tuple[str, ...],
]
"""A list of the configuration, or countries and actors as they are read, and the names that must be in it;
`heard`: sources that may also be pushed."""


class RuleConfig(Frozen):
    """What every rule holds. A kind adds `type: Literal[...]`, its options and its default `per`."""

    nature: ClassVar[Nature] = "occurrence"
    default_per: ClassVar[tuple[str, ...]] = ()
    offers: ClassVar[tuple[str, ...]] = ()
    """Labels that `per` may name for this kind, beside `story`, `signal`, `source` and a signal's own."""

    id: Name
    description: str = ""
    severity: Severity = "warning"
    labels: dict[str, str] = {}
    per: tuple[str, ...] | None = None
    resolve_after: Duration = timedelta(days=7)

    @property
    def grouping(self) -> tuple[str, ...]:
        """The labels that tell this rule's alerts apart."""
        return self.default_per if self.per is None else self.per

    @property
    def needs_reading(self) -> bool:
        """Does it ask for claims, events, commodities or the like? Where no rule does, none are read."""
        return True

    @property
    def head(self) -> RuleHead:
        """What its alerts carry."""
        return RuleHead(
            id=self.id,
            nature=self.nature,
            severity=self.severity,
            description=self.description,
            labels=self.labels,
            resolve_after=self.resolve_after,
        )

    @abstractmethod
    def triggers(self) -> tuple[Trigger, ...]:
        """What can set this rule off."""

    def references(self) -> Mapping[str, Reference]:
        """What the rule's fields name elsewhere in the configuration, by field: checked when it is loaded."""
        return {}

    @abstractmethod
    def evaluate(self, facts: Facts) -> Judgement:
        """Judge one signal: verdicts, or the named reason for none. Pure."""


class SourceRule(RuleConfig):
    """A rule about sources instead of signals: each source is looked at again and again, by its health.

    Its alerts are conditions, one a source. A kind adds `watch`.
    """

    nature: ClassVar[Nature] = "condition"
    default_per: ClassVar[tuple[str, ...]] = ("source",)
    offers: ClassVar[tuple[str, ...]] = ("source",)

    sources: tuple[str, ...] = ("*",)
    """Ids; `*` at the end leaves one open. One that only pushes is watched where its id stands in full."""

    @field_validator("per")
    @classmethod
    def _tells_sources_apart(cls, per: tuple[str, ...] | None) -> tuple[str, ...] | None:
        if per not in {None, ("source",)}:
            raise ValueError("alerts about sources are one a source: leave `per` out")
        return per

    @property
    def needs_reading(self) -> bool:
        """No text is read for it."""
        return False

    def triggers(self) -> tuple[Trigger, ...]:
        """No signal sets it off."""
        return ()

    def evaluate(self, facts: Facts) -> Judgement:
        """Nothing: a signal is not what it judges."""
        return no("judges_sources")

    def references(self) -> Mapping[str, Reference]:
        """Sources that are polled or pushed."""
        return {"sources": ("heard", tuple(one for one in self.sources if not one.endswith("*")))}

    def watches(self, source: str, configured: Collection[str]) -> bool:
        """Is the source of this id one of its?"""
        if source in self.sources:
            return True
        return source in configured and any(
            source.startswith(one[:-1]) for one in self.sources if one.endswith("*")
        )

    @abstractmethod
    def holds(self, health: SourceHealth, now: datetime) -> bool | None:
        """Does the condition hold for a source? None while nothing can be said of it. Pure, and cheap."""

    @abstractmethod
    def watch(self, health: SourceHealth, now: datetime) -> Verdict | None:
        """The same in words, with its figure. Pure."""
