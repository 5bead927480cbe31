"""Event rules: typed happenings (a licence required, a stay granted). One alert per commodity and actor."""

from collections.abc import Mapping
from typing import ClassVar, Literal

from pydantic import Field

from alerter.core.reading import Event, EventStatus
from alerter.core.verdict import Judgement, Verdict, no
from alerter.core.vocabulary import EventType
from alerter.rules.base import Facts, Reference, RuleConfig, Trigger
from alerter.rules.event_words import event_phrase, told, with_status
from alerter.rules.labels import Finding, covers, label_sets, settle
from alerter.rules.sentences import in_a_row, own_span, shortened


class EventRule(RuleConfig):
    """Fires where an event of a listed type was read, with a listed status.

    A listed commodity covers its descendants; a list that is absent takes any. What is only proposed,
    demanded, rumoured or denied counts only where `statuses` names it.
    """

    default_per: ClassVar[tuple[str, ...]] = ("commodity", "actor")
    offers: ClassVar[tuple[str, ...]] = ("commodity", "actor", "target", "event", "status")

    type: Literal["event"]
    events: tuple[EventType, ...] = Field(min_length=1)
    commodities: tuple[str, ...] = ()
    actors: tuple[str, ...] = ()
    targets: tuple[str, ...] = ()
    statuses: tuple[EventStatus, ...] = ("announced", "effective")

    def triggers(self) -> tuple[Trigger, ...]:
        """Any of the event types."""
        return (Trigger(events=frozenset(self.events)),)

    def references(self) -> Mapping[str, Reference]:
        """Commodities that the configuration must know, and parties as they are read."""
        return {
            "commodities": ("commodities", self.commodities),
            "actors": ("actors", self.actors),
            "targets": ("countries", self.targets),
        }

    def evaluate(self, facts: Facts) -> Judgement:
        """A verdict per set of labels among the events that count; else the reason of the nearest miss."""
        parents = facts.world.parents
        misses = {event: self._miss(event, parents) for event in facts.read.reading.events}
        met = [event for event, miss in misses.items() if not miss]
        if met:
            return settle((one for event in met for one in self._findings(event, facts)), parents)
        return no(max(misses.values(), key=_NEAREST.index, default="no_such_event"))

    def _miss(self, event: Event, parents: Mapping[str, str]) -> str:
        """Why the event does not count; empty if it does."""
        if event.type not in self.events:
            return "no_such_event"
        if self.commodities and not covers(self.commodities, event.commodity, parents):
            return "commodity_differs"
        if self.actors and event.actor not in self.actors:
            return "actor_differs"
        if self.targets and event.target not in self.targets:
            return "target_differs"
        return "" if event.status in self.statuses else "status_not_watched"

    def _findings(self, event: Event, facts: Facts) -> list[Finding]:
        offered = {"commodity": [event.commodity], "actor": [event.actor], "target": [event.target]}
        offered |= {"event": [event.type], "status": [event.status]}
        sets = label_sets(self, facts, offered)
        return [
            Finding(event.type, event.commodity or "", self._verdict(event, facts, labels)) for labels in sets
        ]

    def _verdict(self, event: Event, facts: Facts, labels: dict[str, str]) -> Verdict:
        return Verdict(
            labels=labels,
            mark=f"{event.type}|{event.status}|{facts.story}",
            reason="event_reported",
            summary=f"{told(event, facts.world.names)}: {shortened(facts.read.record.signal.title)}",
            figure_text=with_status(event_phrase(event.type), event.status),
            threshold_text=in_a_row(event_phrase(one) for one in self.events),
            span=own_span(facts.read, event.span),
        )


_NEAREST = (
    "no_such_event",
    "commodity_differs",
    "actor_differs",
    "target_differs",
    "status_not_watched",
)
"""Reasons for no verdict, the nearest miss last: it is the one that is told."""
