"""What no single entry can know: ids given twice, names that nothing bears, alerts that no route takes.

An entry that could not be read still counts by its id, so that one mistake is told once and not once more by
everyone who refers to it.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, get_args

from alerter.config.entries import Path, follow, locate
from alerter.config.errors import Place, Problem, Report, problem_at
from alerter.config.models import Configuration, RouteFields, matchers
from alerter.config.yaml_nodes import Node
from alerter.core.alert import Severity
from alerter.core.matching import matches
from alerter.reading.lexicon import Lexicon
from alerter.rules.base import RuleConfig
from alerter.settings import Settings
from alerter.sources.base import SourceConfig
from alerter.wording import nearest, unknown

POLLED_AT_MOST_EVERY = timedelta(seconds=1)
_NOUNS = {
    "sources": "source",
    "matters": "matter",
    "rules": "rule",
    "receivers": "receiver",
    "silences": "silence",
    "digests": "digest",
    "tests": "test",
    "commodities": "commodity",
    "companies": "company",
    "countries": "country",
    "packs": "pack",
    "series": "series",
}
_MUST_EXIST = frozenset({"rules", "sources", "matters", "receivers", "companies"})
_NAMED_AT_MOST = 5


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a list: where it stands, and its model, or None when it could not be read."""

    list: str
    node: Node
    value: Any

    @property
    def id(self) -> str:
        """What others refer to it by; empty where it has no such name."""
        return self.id_node.text or ""

    @property
    def id_node(self) -> Node:
        """Where its name stands."""
        if self.list == "packs" and self.node.text:
            return self.node
        return self.node.fields.get("name" if self.list == "tests" else "id", self.node)


Entries = Mapping[str, Sequence[Entry]]


@dataclass(frozen=True, slots=True)
class _Naming:
    """A field that names entries of another list."""

    entry: Entry
    path: Path
    list: str
    id: str

    @property
    def place(self) -> Place:
        return locate(self.entry.node, self.path).place


def cross_check(entries: Entries, *, complete: bool, report: Report) -> None:
    """Report what is wrong between entries. Unless `complete`, what seems missing may stand in a bad file."""
    for listed in entries.values():
        _check_ids(listed, report)
    _check_intervals(entries["sources"], report)
    if complete:
        _check_names(entries, report)
        _check_routes(entries, report)


def unknown_names(rule: RuleConfig, configuration: Configuration) -> list[str]:
    """What a rule that stands in no file refers to and the configuration lacks, in words."""
    known = {
        "rules": [one.id for one in configuration.rules],
        "sources": [one.id for one in configuration.sources],
        "matters": [one.id for one in configuration.matters],
    }
    return [
        unknown(_NOUNS[listed], one, known[listed])
        for listed, ids in rule.references().values()
        for one in ids
        if listed in known and one not in known[listed]
    ]


def environment_warnings(configuration: Configuration, settings: Settings) -> tuple[Problem, ...]:
    """Receivers none of whose destinations the environment makes possible, and sources that lack a key."""
    found = _standing_still(configuration, settings)
    for receiver in configuration.receivers:
        lacking = [notifier.missing(settings) for notifier in receiver.notifiers]
        if all(lacking):
            reasons = "; ".join(f"{n.key}: {why}" for n, why in zip(receiver.notifiers, lacking, strict=True))
            place = configuration.places.get(("receivers", receiver.id), Place("receivers"))
            found.append(
                problem_at(place, f'receiver "{receiver.id}" can reach nobody ({reasons or "it is empty"})')
            )
    return tuple(sorted(found))


def _standing_still(configuration: Configuration, settings: Settings) -> list[Problem]:
    """Sources that are not polled for want of something; those that lack the same are told together."""
    idle: dict[str, list[str]] = {}
    for source in configuration.sources:
        lacking = source.missing(settings.keys.given())
        if lacking:
            idle.setdefault(lacking, []).append(source.id)
    found = []
    for lacking, ids in idle.items():
        place = configuration.places.get(("sources", ids[0]), Place("sources"))
        named = ", ".join(f'"{one}"' for one in ids[:_NAMED_AT_MOST])
        more = f" and {len(ids) - _NAMED_AT_MOST} more" if len(ids) > _NAMED_AT_MOST else ""
        noun, verb = ("source", "stands") if len(ids) == 1 else ("sources", "stand")
        found.append(problem_at(place, f"{noun} {named}{more} {verb} still: {lacking}"))
    return found


def _check_ids(listed: Sequence[Entry], report: Report) -> None:
    first: dict[str, Entry] = {}
    for entry in (one for one in listed if one.id and one.list != "routes"):
        noun, place = _NOUNS[entry.list], entry.id_node.place
        if entry.id in first:
            known = first[entry.id].id_node.place
            report.error(place, f'{noun} "{entry.id}" is defined twice; first at {known}')
        first.setdefault(entry.id, entry)


def _check_intervals(sources: Sequence[Entry], report: Report) -> None:
    for entry in sources:
        config: SourceConfig | None = entry.value
        if config and config.every < POLLED_AT_MOST_EVERY:
            report.error(locate(entry.node, ("every",)).place, "every: should be at least 1s")


def _check_names(entries: Entries, report: Report) -> None:
    known = {name: {entry.id for entry in listed if entry.id} for name, listed in entries.items()}
    namings = list(_namings(entries))
    for naming in namings:
        listed, name = naming.list, naming.id
        if listed in _MUST_EXIST and name not in known[listed]:
            report.error(naming.place, unknown(_NOUNS[listed], name, known[listed]))
    _check_series(entries, [one for one in namings if one.list == "series"], report)
    _check_heard(known["sources"], [one for one in namings if one.list == "heard"], report)
    _check_commodities(entries, [one for one in namings if one.list == "commodities"], report)
    _check_matches(entries, known["rules"], report)


def _namings(entries: Entries) -> Iterator[_Naming]:
    """Every name of another entry; those of routes, digests and tests even where the entry is wrong."""
    for entry in (*entries["routes"], *entries["digests"]):
        yield from _written(entry, ("receiver",), "receivers")
    for entry in entries["tests"]:
        expect = follow(entry.node, ("expect",))
        for index, _ in enumerate(expect.entries if expect else ()):
            yield from _written(entry, ("expect", index, "rule"), "rules")
    for entry in entries["matters"]:
        yield from _written_list(entry, "commodities", "commodities")
    for entry in entries["companies"]:
        yield from _written_list(entry, "parents", "companies")
    for entry in entries["commodities"]:
        yield from _written(entry, ("parent",), "commodities")
    for entry in (one for one in (*entries["rules"], *entries["sources"]) if one.value):
        for name, (listed, ids) in entry.value.references().items():
            yield from (_Naming(entry, (name, index), listed, one) for index, one in enumerate(ids))


def _written(entry: Entry, path: Path, listed: str) -> Iterator[_Naming]:
    node = follow(entry.node, path)
    if node and node.text:
        yield _Naming(entry, path, listed, node.text)


def _written_list(entry: Entry, name: str, listed: str) -> Iterator[_Naming]:
    node = follow(entry.node, (name,))
    for index, one in enumerate(node.entries if node else ()):
        if one.text:
            yield _Naming(entry, (name, index), listed, one.text)


def _check_series(entries: Entries, namings: Sequence[_Naming], report: Report) -> None:
    """A series may be pushed, so one that no source declares is only doubtful."""
    sources = [entry.value for entry in entries["sources"] if entry.value]
    declared = {series for source in sources for series in source.declared_series()}
    for naming in namings:
        if naming.id not in declared:
            like = nearest(naming.id, declared)
            question = f'did you mean "{like}"? Otherwise ' if like else ""
            report.warn(
                naming.place, f'no source declares the series "{naming.id}"; {question}it must be pushed'
            )


def _check_heard(sources: set[str], namings: Sequence[_Naming], report: Report) -> None:
    """A source may be pushed, so one that is not configured is only doubtful."""
    for naming in namings:
        if naming.id not in sources:
            report.warn(naming.place, f"{unknown('source', naming.id, sources)}: it must be pushed")


def _check_commodities(entries: Entries, namings: Sequence[_Naming], report: Report) -> None:
    """A commodity that the lexicon lacks is never read in a text."""
    added = [entry.value for entry in entries["commodities"] if entry.value]
    known = Lexicon.build(added).commodities if namings else {}
    for naming in namings:
        if naming.id not in known:
            report.warn(naming.place, f"{unknown('commodity', naming.id, known)}: texts are never read so")


def _check_matches(entries: Entries, rules: set[str], report: Report) -> None:
    """Warn of matchers on values that no alert can bear; a rule may still come over HTTP."""
    choices = {"rule": rules, "severity": set(get_args(Severity))}
    for entry in (one for name in ("routes", "silences", "digests") for one in entries[name] if one.value):
        for label, (op, values) in entry.value.match.items():
            strange = [value for value in values if value and value not in choices.get(label, {value})]
            if strange and op in {"=", "!="}:
                place = locate(entry.node, ("match", label)).place
                report.warn(place, f"{unknown(label, strange[0], choices[label])}: no alert bears it")


def _check_routes(entries: Entries, report: Report) -> None:
    """Warn of rules with alerts that no route is sure to take."""
    rules = [entry for entry in entries["rules"] if entry.value]
    routes = [entry.value for entry in entries["routes"] if entry.value]
    lost = [entry for entry in rules if not any(_is_sure_to_take(route, entry.value) for route in routes)]
    if not lost:
        return
    named = ", ".join(entry.id for entry in lost[:_NAMED_AT_MOST])
    more = f" and {len(lost) - _NAMED_AT_MOST} more" if len(lost) > _NAMED_AT_MOST else ""
    report.warn(lost[0].node.place, f"no route takes every alert of {named}{more}; add one without match:")


def _is_sure_to_take(route: RouteFields, rule: RuleConfig) -> bool:
    """Does the route take the rule's alerts, judging by what is the same on all of them?"""
    always = {**rule.labels, "rule": rule.id, "severity": rule.severity}
    fixed = {name: value for name, value in always.items() if name not in rule.grouping}
    return route.match.keys() <= fixed.keys() and matches(matchers(route.match), fixed)
