"""Routes: who hears of an alert. Matchers, the route list, and the groups that alerts are gathered in."""

from datetime import timedelta
from functools import cached_property
from typing import Literal

from alerter.core.model import Frozen, Name, digest


class Matcher(Frozen):
    """One condition on one label. `values` are alternatives; patterns are RE2 and match the whole value."""

    label: str
    op: Literal["=", "!=", "=~", "!~"] = "="
    values: tuple[str, ...]


class Route(Frozen):
    """Sends matching alerts to a receiver, gathered by labels, paced by waits."""

    match: tuple[Matcher, ...] = ()
    receiver: Name
    group_by: tuple[str, ...] = ()
    group_wait: timedelta = timedelta(seconds=30)
    group_interval: timedelta = timedelta(minutes=5)
    repeat_interval: timedelta = timedelta(hours=24)
    continue_: bool = False

    def group_id(self, labels: dict[str, str]) -> str:
        """Names the group under this route that an alert with these labels joins."""
        return digest(self.name, *(f"{name}={labels.get(name, '')}" for name in self.group_by))

    @cached_property
    def name(self) -> str:
        """What makes it this route: not its waits, which may change without new groups."""
        return self.model_dump_json(include={"match", "receiver", "group_by"})
