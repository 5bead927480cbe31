"""What the evaluator judges by: rules with their index, the world they look things up in, and the dispatch.

A rulebook is built whole from a configuration and swapped whole on reload.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from alerter.core.alert import fingerprint
from alerter.core.group import Dispatch
from alerter.core.model import digest
from alerter.core.reading import ReadSignal
from alerter.core.series import Series, Vintage
from alerter.core.text import normalise
from alerter.core.verdict import Verdict
from alerter.rules.base import Facts, RuleConfig, World

Surprise = Callable[[str, ReadSignal, Exception], None]
"""Told when a rule trips over a signal: rule id, signal, fault."""


class Index(Protocol):
    """Finds the rules that a signal can touch."""

    def candidates(self, read: ReadSignal, normalised: str) -> Sequence[RuleConfig]:
        """The rules worth trying, in their order."""
        ...


@dataclass(frozen=True, slots=True)
class Candidate:
    """A signal from the log with the rules worth trying on it."""

    position: str
    read: ReadSignal
    normalised: str
    rules: Sequence[RuleConfig]


@dataclass(frozen=True, slots=True)
class Finding:
    """One verdict of one rule on one signal, and the fingerprint of the alert it is about."""

    rule: RuleConfig
    verdict: Verdict
    fingerprint: str


@dataclass(frozen=True, slots=True)
class Rulebook:
    """Everything that evaluation needs of a configuration."""

    rules: Sequence[RuleConfig]
    index: Index
    world: World
    dispatch: Dispatch
    sources: frozenset[str] = frozenset()
    """Ids of the configured sources."""

    @property
    def signatures(self) -> dict[str, str]:
        """Rule id → what its alerts' identity hangs on; another signature makes other alerts."""
        return {rule.id: digest(rule.nature, *rule.grouping) for rule in self.rules}

    def candidate(self, position: str, read: ReadSignal) -> Candidate:
        """The signal with the rules that it can touch; one that is baseline, or withdrawn, touches none."""
        if read.record.baseline or read.record.signal.is_withdrawn:
            return Candidate(position, read, "", ())
        normalised = normalise(read.body)
        return Candidate(position, read, normalised, self.index.candidates(read, normalised))

    def judge(self, candidate: Candidate, facts: Facts, on_surprise: Surprise) -> list[Finding]:
        """Every verdict of the candidate's rules; a rule that trips is told of and passed over."""
        findings = []
        for rule in candidate.rules:
            try:
                judgement = rule.evaluate(facts)
            except Exception as fault:  # noqa: BLE001  one bad rule must not stop the others
                on_surprise(rule.id, candidate.read, fault)
                continue
            findings += [
                Finding(rule, verdict, fingerprint(rule.id, verdict.labels)) for verdict in judgement.verdicts
            ]
        return findings


def vintage_of(read: ReadSignal) -> Vintage | None:
    """An observation as a vintage of its series; None for a signal of another kind."""
    observation = read.record.signal.observation
    if observation is None:
        return None
    return Vintage(
        series=observation.series,
        period=observation.period,
        value=observation.value,
        unit=observation.unit,
        seen_at=read.record.seen_at,
        signal=read.record.identity,
    )


def series_of(read: ReadSignal, known: Series | None) -> Series | None:
    """The series an observation belongs to, with the observation among its vintages."""
    vintage = vintage_of(read)
    return (known or Series(vintage.series)).with_vintages([vintage]) if vintage else None
