"""From a configuration to the parts that work by it: reader, rulebook, sources, destinations.

The service, replay and rule tests all build their parts here, so that they judge by the same ones.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import structlog

from alerter.config import Configuration
from alerter.core.group import Dispatch
from alerter.core.matching import Routing
from alerter.core.model import digest
from alerter.core.reading import Reading
from alerter.core.signal import Signal
from alerter.notifiers.base import Destination, NotifierContext
from alerter.pipeline.poll import Polled
from alerter.pipeline.rulebook import Rulebook
from alerter.reading import Reader
from alerter.rules.index import RuleIndex
from alerter.sources.base import SourceConfig, SourceContext

_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Judging:
    """What reads and judges by a configuration; pure, so replay shares it with the service."""

    reader: Reader
    read: Callable[[Signal], Reading]
    """The whole reading, or only a skim where no rule asks for more."""
    rulebook: Rulebook


@dataclass(frozen=True, slots=True)
class Parts:
    """Everything that works by a configuration; a reload swaps it whole."""

    judging: Judging
    sources: Mapping[str, Polled]
    targets: Mapping[str, Destination]
    """Destination id → destination."""


def build_parts(configuration: Configuration, sources: SourceContext, notifiers: NotifierContext) -> Parts:
    """All parts of a service."""
    destinations = build_destinations(configuration, notifiers)
    ids = {receiver: [one.id for one in every] for receiver, every in destinations.items()}
    context = sources.knowing(configuration.matters)
    return Parts(
        judging=build_judging(configuration, ids),
        sources={config.id: _polled(config, context) for config in configuration.sources},
        targets={one.id: one for every in destinations.values() for one in every},
    )


def _polled(config: SourceConfig, context: SourceContext) -> Polled:
    missing = config.missing(context.keys)
    key = digest(context.keys.get(config.service, ""))
    return Polled(config, None if missing else config.build(context), missing, key)


def build_judging(configuration: Configuration, destinations: Mapping[str, Sequence[str]]) -> Judging:
    """Reader and rulebook, dispatching to these destinations (receiver → ids)."""
    lexicon = configuration.lexicon()
    rulebook = Rulebook(
        rules=configuration.rules,
        index=RuleIndex(configuration.rules),
        world=configuration.world(lexicon.parents, lexicon.country_names),
        dispatch=Dispatch(Routing(configuration.routes).routes_for, destinations),
        sources=frozenset(source.id for source in configuration.sources),
    )
    reader = Reader(lexicon)
    read = reader.read if any(rule.needs_reading for rule in configuration.rules) else reader.skim
    return Judging(reader, read, rulebook)


def build_destinations(
    configuration: Configuration, context: NotifierContext
) -> dict[str, list[Destination]]:
    """Receiver → every destination that the environment allows; a fallback only where it is the last."""
    built = {}
    for receiver in configuration.receivers:
        every = [one for config in receiver.notifiers for one in config.build(receiver.id, context)]
        built[receiver.id] = [one for one in every if not one.fallback] or every
        if not every:
            _log.warning("receiver_reaches_nobody", receiver=receiver.id)
    return built
