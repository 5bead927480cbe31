"""Claim rules: stated quantities that cross a threshold. One alert per commodity, route and period."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import ClassVar, Literal

from pydantic import Field, model_validator

from alerter.core.periods import period_words
from alerter.core.reading import Basis, Claim
from alerter.core.verdict import Judgement, Verdict, no
from alerter.core.vocabulary import Metric
from alerter.rules.base import Facts, Reference, RuleConfig, Trigger
from alerter.rules.labels import Finding, covers, label_sets, settle
from alerter.rules.sentences import (
    FiniteLevel,
    FinitePercent,
    level,
    own_span,
    percent,
    route,
    shortened,
    thing,
)

_BASIS_WORDS: Mapping[Basis, str] = {"yoy": " y/y", "mom": " m/m", "ytd": " in the year to date"}


@dataclass(frozen=True, slots=True)
class Crossing:
    """A figure beyond a threshold, in numbers and in words."""

    figure: float
    threshold: float
    unit: str | None
    reason: str
    stated: str
    wanted: str
    mark: str


class ClaimRule(RuleConfig):
    """Fires where a claim is reported, is no mere upper bound, and crosses any of the thresholds, strictly.

    A listed commodity covers its descendants; a list that is absent takes any.
    """

    default_per: ClassVar[tuple[str, ...]] = ("commodity", "origin", "destination", "period")
    offers: ClassVar[tuple[str, ...]] = ("metric", "commodity", "origin", "destination", "period", "basis")

    type: Literal["claim"]
    metric: tuple[Metric, ...] = Field(min_length=1)
    change_below: FinitePercent | None = None
    change_above: FinitePercent | None = None
    level_below: FiniteLevel | None = None
    level_above: FiniteLevel | None = None
    unit: str | None = None
    """Of the levels; a claim in another unit is not compared."""
    commodities: tuple[str, ...] = ()
    origin: tuple[str, ...] = ()
    destination: tuple[str, ...] = ()
    basis: tuple[Basis, ...] = ()

    @model_validator(mode="after")
    def _has_thresholds_apart(self) -> "ClaimRule":
        pairs = ((self.change_below, self.change_above), (self.level_below, self.level_above))
        if all(low is None and high is None for low, high in pairs):
            raise ValueError("needs change_below, change_above, level_below or level_above")
        if any(low is not None and high is not None and low > high for low, high in pairs):
            raise ValueError("every figure is below the one or above the other threshold")
        return self

    def triggers(self) -> tuple[Trigger, ...]:
        """Any of the metrics."""
        return (Trigger(metrics=frozenset(self.metric)),)

    def references(self) -> Mapping[str, Reference]:
        """Commodities that the configuration must know, and countries as they are read."""
        return {
            "commodities": ("commodities", self.commodities),
            "origin": ("countries", self.origin),
            "destination": ("countries", self.destination),
        }

    def evaluate(self, facts: Facts) -> Judgement:
        """A verdict per set of labels among the claims that cross; else the reason of the nearest miss."""
        findings: list[Finding] = []
        misses = ["no_such_claim"]
        for claim in facts.read.reading.claims:
            crossings = list(self._crossings(claim))
            miss = self._miss(claim, facts.world.parents) or ("" if crossings else self._short_of(claim))
            if miss:
                misses.append(miss)
                continue
            findings += self._findings(claim, crossings, facts)
        return settle(findings, facts.world.parents) if findings else no(max(misses, key=_NEAREST.index))

    def _miss(self, claim: Claim, parents: Mapping[str, str]) -> str:
        """Why the claim does not count, whatever its figure; empty if it does."""
        if claim.metric not in self.metric:
            return "no_such_claim"
        if self.commodities and not covers(self.commodities, claim.commodity, parents):
            return "commodity_differs"
        if self.origin and claim.origin not in self.origin:
            return "origin_differs"
        if self.destination and claim.destination not in self.destination:
            return "destination_differs"
        if self.basis and claim.basis not in self.basis:
            return "basis_differs"
        if claim.modality != "reported":
            return "not_reported"
        return "only_at_most" if claim.bound == "at_most" else ""

    def _short_of(self, claim: Claim) -> str:
        """Why a claim that counts crosses nothing."""
        compared = (claim.change_pct is not None and self._judges_changes) or self._compares_level(claim)
        if not compared:
            return "no_comparable_figure"
        if self.change_below is None and self.level_below is None:
            return "below_threshold"
        if self.change_above is None and self.level_above is None:
            return "above_threshold"
        return "between_thresholds"

    @property
    def _judges_changes(self) -> bool:
        return self.change_below is not None or self.change_above is not None

    def _compares_level(self, claim: Claim) -> bool:
        judges = self.level_below is not None or self.level_above is not None
        return judges and claim.value is not None and self.unit in {None, claim.unit}

    def _crossings(self, claim: Claim) -> Iterator[Crossing]:
        change, value = claim.change_pct, claim.value
        if change is not None:
            for reason, threshold in _crossed("change", change, self.change_below, self.change_above):
                yield _changed(claim, change, threshold, reason)
        if value is not None and self._compares_level(claim):
            for reason, threshold in _crossed("level", value, self.level_below, self.level_above):
                yield _stood(claim, value, threshold, reason)

    def _findings(self, claim: Claim, crossings: list[Crossing], facts: Facts) -> list[Finding]:
        names = ("metric", "commodity", "origin", "destination", "period", "basis")
        offered = {name: [getattr(claim, name)] for name in names}
        sets = label_sets(self, facts, offered)
        return [
            Finding(claim.metric, claim.commodity or "", _verdict(claim, crossing, facts, labels))
            for crossing in crossings
            for labels in sets
        ]


_NEAREST = (
    "no_such_claim",
    "commodity_differs",
    "origin_differs",
    "destination_differs",
    "basis_differs",
    "no_comparable_figure",
    "below_threshold",
    "above_threshold",
    "between_thresholds",
    "only_at_most",
    "not_reported",
)
"""Reasons for no verdict, the nearest miss last: it is the one that is told."""


def _crossed(
    name: str, value: float, below: float | None, above: float | None
) -> Iterator[tuple[str, float]]:
    """The thresholds that the value is strictly beyond, each with its named reason."""
    if below is not None and value < below:
        yield f"{name}_below", below
    if above is not None and value > above:
        yield f"{name}_above", above


def _changed(claim: Claim, change: float, threshold: float, reason: str) -> Crossing:
    return Crossing(
        figure=change,
        threshold=threshold,
        unit="%",
        reason=reason,
        stated=f"{percent(change)}{_BASIS_WORDS.get(claim.basis, '')}",
        wanted=f"{reason.removeprefix('change_')} {percent(threshold)}",
        mark=f"{change:.0f} %|{claim.basis}",
    )


def _stood(claim: Claim, value: float, threshold: float, reason: str) -> Crossing:
    return Crossing(
        figure=value,
        threshold=threshold,
        unit=claim.unit,
        reason=reason,
        stated=level(value, claim.unit),
        wanted=f"{reason.removeprefix('level_')} {level(threshold, claim.unit)}",
        mark=f"{value:.2g} {claim.unit or ''}|level",
    )


def _verdict(claim: Claim, crossing: Crossing, facts: Facts, labels: dict[str, str]) -> Verdict:
    when = f", {period_words(claim.period)}" if claim.period else ""
    stated = f"{claim.metric} {crossing.stated}{when}"
    told = f"{crossing.stated}{when} ({crossing.wanted})"
    title = shortened(facts.read.record.signal.title)
    return Verdict(
        labels=labels,
        mark=crossing.mark,
        reason=crossing.reason,
        summary=f"{_subject(claim, facts)}: {told}, as reported: {title}",
        figure=crossing.figure,
        threshold=crossing.threshold,
        unit=crossing.unit,
        figure_text=stated,
        threshold_text=crossing.wanted,
        span=own_span(facts.read, claim.span),
    )


def _subject(claim: Claim, facts: Facts) -> str:
    """`Exports of rare earths, China → US`."""
    subject = claim.metric.capitalize()
    if claim.commodity and claim.commodity != "other":
        subject += f" of {thing(claim.commodity)}"
    return subject + route(claim.origin, claim.destination, facts.world.names)
