"""What the HTTP side is built with: the service hands it over, handlers find it on the application."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from aiohttp import web

from alerter.rules.base import RuleConfig
from alerter.settings import Settings
from alerter.sources.base import SourceConfig
from alerter.store.protocol import Store
from alerter.telemetry import Metrics


class Configured(Protocol):
    """What the HTTP side shows of the configuration in force."""

    @property
    def sources(self) -> Sequence[SourceConfig]:
        """Every configured source."""
        ...

    @property
    def rules(self) -> Sequence[RuleConfig]:
        """Every configured rule."""
        ...


@dataclass(frozen=True, slots=True)
class WebContext:
    """Everything that handlers need."""

    store: Store
    settings: Settings
    configuration: Callable[[], Configured]
    """The configuration in force; a reload swaps it whole."""
    validate_rule: Callable[[object], Sequence[object]]
    """What is wrong with a rule as parsed from JSON, as things whose `str` is a sentence; empty = valid."""
    metrics: Metrics
    now: Callable[[], datetime]
    readiness: Callable[[], Awaitable[Mapping[str, str]]]
    """Component → `ok`, or what is wrong with it."""
    refusal: Callable[[], str] = str
    """Why the newest configuration is not in force, as a sentence; empty = it is."""


CONTEXT = web.AppKey("context", WebContext)
