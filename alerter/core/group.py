"""Groups: from an alert's change to what is due, to whom, and which conditions are told again.

An alert joins one group per route that takes it; its change is due to every destination of the route's
receiver. Firing conditions are repeated by their group's route until they clear.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from alerter.core.alert import Alert, Change
from alerter.core.delivery import Due, Group, Member
from alerter.core.route import Route

GROUPS_REMEMBERED = 10_000


@dataclass(frozen=True, slots=True)
class Dispatch:
    """Who hears of what: routes, and the destinations of each receiver."""

    routes_for: Callable[[Mapping[str, str]], Sequence[Route]]
    destinations: Mapping[str, Sequence[str]]
    """Receiver → destination ids."""
    _known: dict[tuple[object, ...], Group] = field(default_factory=dict, compare=False, repr=False)

    def groups(self, alert: Alert) -> Iterator[tuple[Route, Group]]:
        """The groups that the alert belongs to, with the route of each."""
        labels = alert.routing_labels
        for route in self.routes_for(labels):
            yield route, self._group(route, labels)

    def due(self, alert: Alert, change: Change, at: datetime) -> list[Due]:
        """What is due because of this change; nothing when it is not one that people hear of."""
        if not change.notified:
            return []
        member = Member(change=change, alert=alert)
        return [
            Due(destination=destination, group=group, member=member, at=at)
            for _, group in self.groups(alert)
            for destination in self.destinations.get(group.receiver, ())
        ]

    def _group(self, route: Route, labels: dict[str, str]) -> Group:
        """The group under the route; remembered, since the alerts of a burst share few groups."""
        values = tuple(labels.get(name, "") for name in route.group_by)
        key = (route.name, route.group_wait, route.group_interval, *values)
        if key not in self._known:
            if len(self._known) >= GROUPS_REMEMBERED:
                self._known.clear()
            self._known[key] = Group(
                id=route.group_id(labels),
                receiver=route.receiver,
                labels=dict(zip(route.group_by, values, strict=True)),
                wait=route.group_wait,
                interval=route.group_interval,
            )
        return self._known[key]
