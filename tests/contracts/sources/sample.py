"""What the contract suite asks of each source kind: how its publisher words a few numbered facts.

A kind's sample stands in `tests/contracts/sources/<kind>.py` as `SAMPLE = <Kind>Sample()`. The suite
publishes facts through it on loopback, plays every fault on the way, and looks at what the polling stage
makes of it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Protocol

from aiohttp import web

from alerter.sources.base import SourceConfig

NOW = datetime(2025, 6, 9, 12, tzinfo=UTC)
"""When the suite polls first; the clock moves on with the polls."""


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing a publisher states: number 1 is the oldest; another version is another wording or value.

    Fact 1 is older than the source's `max_age` at `NOW`, so that it belongs to the baseline.
    """

    number: int
    version: int = 1


@dataclass(frozen=True, slots=True)
class Answer:
    """A publisher's answer under 200."""

    body: bytes
    content_type: str = "application/json"
    headers: Mapping[str, str] = field(default_factory=dict)


class Sample(Protocol):
    """How the publisher of one kind answers."""

    kind: str
    """The `type:` in a configuration."""
    keys: Mapping[str, str]
    """API keys that it needs, by service."""
    tells_removal: bool
    """Does a fact that is gone make a signal (an update or a new one)?"""

    def config(self, base: str) -> SourceConfig:
        """A source whose every address begins with `base` (http://127.0.0.1:PORT, no slash at the end)."""
        ...

    def answer(self, request: web.BaseRequest, body: bytes, facts: Sequence[Fact]) -> Answer | None:
        """The answer to a request while these facts are published, oldest first; None = 404.

        Each fact must become exactly one signal, whose id is the same in all its versions. The answer must
        depend on the request and the facts alone: an unchanged list is answered byte by byte the same, and
        the suite adds an ETag to it and answers 304.
        """
        ...

    def strange(self, request: web.BaseRequest) -> Answer:
        """200 in the publisher's format (JSON, CSV, RSS …) but of another shape: a schema that changed."""
        ...
