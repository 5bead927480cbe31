"""`load`: a folder of YAML into one checked, frozen `Configuration`, or every problem in it at once.

Steps: gather (files to nodes), read (each entry into the model of its kind), cross-check (ids, references,
routes). The service swaps whole configurations, so a wrong one never takes effect in part.
"""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel

import alerter.notifiers
import alerter.rules
import alerter.sources
from alerter.config.crosscheck import Entry, cross_check
from alerter.config.doubts import tell_doubts
from alerter.config.entries import EntryInvalid, Kinds, report_faults, validate
from alerter.config.errors import ConfigErrors, Report
from alerter.config.gather import Gathered, gather
from alerter.config.models import (
    Configuration,
    DigestFields,
    RetentionFields,
    RouteFields,
    RuleTest,
    SilenceFields,
    receiver_fields,
)
from alerter.config.packs import add_packs, read_pack
from alerter.config.yaml_nodes import Node
from alerter.core.kinds import discover
from alerter.core.matter import Matter
from alerter.notifiers.base import NotifierConfig
from alerter.reading.entries import Commodity, Company, Country
from alerter.rules.base import RuleConfig
from alerter.sources.base import SourceConfig
from alerter.store.protocol import Retention

Model = TypeVar("Model", bound=BaseModel)
_LATER = ("silences", "digests")
"""Lists that are read and checked, and not acted on."""


def load(folder: Path, environment: Mapping[str, str]) -> Configuration:
    """The configuration in the folder; `${NAME}` takes values from `environment`. Raises ConfigErrors."""
    report = Report()
    gathered = gather(folder, environment, report)
    add_packs(gathered, report)
    entries = _read_lists(gathered, report)
    retention = _read_retention(gathered.retention, report)
    cross_check(entries, complete=gathered.complete, report=report)
    if gathered.complete:
        tell_doubts(entries, report)
    _warn_of_what_waits(entries, report)
    if report.errors:
        raise ConfigErrors(report.errors)
    return _configuration(entries, retention, report)


def source_kinds() -> Kinds[SourceConfig]:
    """Every kind of source, by `type`."""
    return Kinds.of("source", discover(alerter.sources, SourceConfig))


def rule_kinds() -> Kinds[RuleConfig]:
    """Every kind of rule, by `type`."""
    return Kinds.of("rule", discover(alerter.rules, RuleConfig))


def notifier_kinds() -> dict[str, type[NotifierConfig]]:
    """Every kind of notifier, by its key in a receiver."""
    return {kind.key: kind for kind in discover(alerter.notifiers, NotifierConfig) if kind.key}


def parse_rule(document: object) -> RuleConfig:
    """A rule as HTTP brings it, in the same shape as in a file. Raises EntryInvalid."""
    return rule_kinds().read(document)


def _read_lists(gathered: Gathered, report: Report) -> dict[str, list[Entry]]:
    receiver = receiver_fields(notifier_kinds())
    readers: dict[str, Callable[[object], object]] = {
        "packs": read_pack,
        "sources": source_kinds().read,
        "matters": _reader(Matter),
        "rules": rule_kinds().read,
        "receivers": _reader(receiver),
        "routes": _reader(RouteFields),
        "silences": _reader(SilenceFields),
        "digests": _reader(DigestFields),
        "tests": _reader(RuleTest),
        "commodities": _reader(Commodity),
        "companies": _reader(Company),
        "countries": _reader(Country),
    }
    return {
        name: [_entry(name, node, readers[name], report) for node in nodes]
        for name, nodes in gathered.lists.items()
    }


def _reader(kind: type[Model]) -> Callable[[object], Model]:
    return lambda document: validate(kind, document)


def _entry(name: str, node: Node, read: Callable[[object], object], report: Report) -> Entry:
    try:
        return Entry(name, node, read(node.plain()))
    except EntryInvalid as invalid:
        report_faults(invalid.faults, node, report)
        return Entry(name, node, None)


def _read_retention(node: Node | None, report: Report) -> Retention:
    if node is None or node.content is None:
        return Retention()
    try:
        return validate(RetentionFields, node.plain()).retention()
    except EntryInvalid as invalid:
        report_faults(invalid.faults, node, report)
        return Retention()


def _warn_of_what_waits(entries: Mapping[str, list[Entry]], report: Report) -> None:
    for name in _LATER:
        for entry in entries[name][:1]:
            report.warn(entry.node.place, f"{name}: is read but not acted on by this version")


def _configuration(entries: Mapping[str, list[Entry]], retention: Retention, report: Report) -> Configuration:
    values = {name: [entry.value for entry in listed] for name, listed in entries.items()}
    return Configuration(
        sources=tuple(values["sources"]),
        matters=tuple(values["matters"]),
        rules=tuple(values["rules"]),
        receivers=tuple(fields.receiver() for fields in values["receivers"]),
        routes=tuple(fields.route() for fields in values["routes"]),
        commodities=tuple(values["commodities"]),
        companies=tuple(values["companies"]),
        countries=tuple(values["countries"]),
        tests=tuple(values["tests"]),
        silences=tuple(values["silences"]),
        digests=tuple(values["digests"]),
        packs=tuple(pack.id for pack in values["packs"]),
        retention=retention,
        warnings=tuple(sorted(report.warnings)),
        places={(e.list, e.id): e.node.place for listed in entries.values() for e in listed if e.id},
    )
