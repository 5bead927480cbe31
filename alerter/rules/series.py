"""Series rules: a figure's change beyond a threshold. A condition per series, judged point in time.

A judgement follows from what was known at the time alone, so points may come in any order, late or revised.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import ClassVar, Literal

from pydantic import Field, model_validator

from alerter.core.periods import Period, parse_period
from alerter.core.series import Series, Vintage
from alerter.core.seriesmath import (
    Against,
    Points,
    change_pct,
    comparable,
    is_monthly,
    predecessor,
    trailing_mean,
    usual_z,
)
from alerter.core.signal import Observation
from alerter.core.verdict import Judgement, Nature, Verdict, no
from alerter.rules.base import Facts, Reference, RuleConfig, Trigger
from alerter.rules.labels import Finding, label_sets, settle
from alerter.rules.sentences import FiniteLevel, FinitePercent, level, percent

Outcome = Literal["crosses", "cleared", ""]
_Z_TOLD = 100
_AGAINST_WORDS: Mapping[Against, str] = {"yoy": "y/y", "mom": "m/m"}


@dataclass(frozen=True, slots=True)
class Judged:
    """One period judged. Without an outcome it says nothing either way, and `reason` says why."""

    period: Period
    outcome: Outcome
    reason: str
    change: float = 0.0

    @property
    def mark(self) -> str:
        """What is news about it: the period, and the change to the whole percent."""
        return f"{self.period}|{self.change:.0f} %"


@dataclass(frozen=True, slots=True)
class Known:
    """What of a series is known at one time, made comparable, and what an observation has to do with it."""

    points: Mapping[Period, float]
    before: Mapping[Period, float]
    """The same without the observation."""
    unit: str | None
    is_older: bool
    """Is the observation about an older period than the latest?"""
    news: str
    """Why the latest period is judged, where that is not simply that it came out."""


class SeriesRule(RuleConfig):
    """Holds while the latest period's change is strictly beyond the threshold.

    `z_below` asks besides that the fall is unusual: robust z of the log year-on-year change over the 24
    months before; `base_floor` that the mean month of the year before is above it. Between the threshold and
    `clear_above` (`clear_below`) an alert stays as it is. `for` counts consecutive periods. January and
    February are judged together or not at all. It is always the latest period known that is judged; a point
    of an older one counts only if it changes that judgement.
    """

    nature: ClassVar[Nature] = "condition"
    default_per: ClassVar[tuple[str, ...]] = ("series",)
    offers: ClassVar[tuple[str, ...]] = ("series", "period")

    type: Literal["series"]
    series: tuple[str, ...] = Field(min_length=1)
    change: Against = "yoy"
    below: FinitePercent | None = None
    above: FinitePercent | None = None
    z_below: FiniteLevel | None = None
    base_floor: FiniteLevel | None = None
    clear_above: FinitePercent | None = None
    clear_below: FinitePercent | None = None
    for_: int = Field(default=1, ge=1, le=24, alias="for")

    @model_validator(mode="after")
    def _has_one_direction(self) -> "SeriesRule":
        if (self.below is None) == (self.above is None):
            raise ValueError("needs either `below` or `above`")
        if self.below is None and (self.z_below is not None or self.clear_above is not None):
            raise ValueError("`z_below` and `clear_above` go with `below`")
        if self.above is None and self.clear_below is not None:
            raise ValueError("`clear_below` goes with `above`")
        if self.below is not None and self.clear_above is not None and self.clear_above < self.below:
            raise ValueError("`clear_above` must not be under `below`")
        if self.above is not None and self.clear_below is not None and self.clear_below > self.above:
            raise ValueError("`clear_below` must not be over `above`")
        return self

    def triggers(self) -> tuple[Trigger, ...]:
        """A point of any of the series."""
        return (Trigger(series=frozenset(self.series)),)

    def references(self) -> Mapping[str, Reference]:
        """Series that some source should declare."""
        return {"series": ("series", self.series)}

    def evaluate(self, facts: Facts) -> Judgement:
        """Whether the condition holds or has cleared; else the reason why neither can be said."""
        observation = facts.read.record.signal.observation
        if observation is None or observation.series not in self.series:
            return no("series_not_watched")
        known = know(facts.series.get(observation.series), observation, facts.now)
        if isinstance(known, str):
            return no(known)
        judged = self._judge_latest(known.points)
        if known.is_older and known.before and _agree(judged, self._judge_latest(known.before)):
            return no("older_period_changes_nothing")
        if not judged.outcome:
            return no(judged.reason)
        return self._settled(judged, known, observation, facts)

    def _judge_latest(self, points: Points) -> Judged:
        """The latest period, if as many periods in a row as `for` says cross the threshold."""
        latest = self._judge(points, max(points))
        period = latest.period
        for _ in range(self.for_ - 1 if latest.outcome == "crosses" else 0):
            earlier = predecessor(points, period)
            if earlier is None:
                return replace(latest, outcome="", reason="insufficient_history")
            if self._judge(points, earlier).outcome != "crosses":
                return replace(latest, outcome="", reason="not_for_long_enough")
            period = earlier
        return latest

    def _judge(self, points: Points, period: Period) -> Judged:
        change = change_pct(points, period, self.change)
        if change is None:
            return Judged(period, "", "insufficient_history")
        if self._crosses(change):
            doubt = self._doubt(points, period)
            return Judged(period, "" if doubt else "crosses", doubt or self._direction, change)
        if self._clears(change):
            return Judged(period, "cleared", "cleared", change)
        return Judged(period, "", "between_thresholds", change)

    def _crosses(self, change: float) -> bool:
        if self.below is not None:
            return change < self.below
        return self.above is not None and change > self.above

    def _clears(self, change: float) -> bool:
        if self.below is not None:
            return change > (self.below if self.clear_above is None else self.clear_above)
        limit = self.above if self.clear_below is None else self.clear_below
        return limit is not None and change < limit

    @property
    def _direction(self) -> str:
        return "change_below" if self.below is not None else "change_above"

    def _doubt(self, points: Points, period: Period) -> str:
        """Why a change beyond the threshold means little; empty if it does mean something."""
        if self.base_floor is not None:
            base = trailing_mean(points, period)
            if base is None:
                return "insufficient_history"
            if base <= self.base_floor:
                return "base_below_floor"
        if self.z_below is not None:
            z = usual_z(points, period)
            if z is None:
                return "insufficient_history"
            if z >= self.z_below:
                return "within_usual_swings"
        return ""

    def _settled(self, judged: Judged, known: Known, observation: Observation, facts: Facts) -> Judgement:
        offered = {"series": (observation.series,), "period": (str(judged.period),)}
        verdict = self._verdict(judged, known, observation.series)
        sets = label_sets(self, facts, offered)
        return settle((Finding("", "", verdict.model_copy(update={"labels": one})) for one in sets), {})

    def _verdict(self, judged: Judged, known: Known, series: str) -> Verdict:
        threshold = self._threshold
        stated = percent(judged.change, threshold)
        figure = f"{level(known.points[judged.period], known.unit)}, {stated} {_AGAINST_WORDS[self.change]}"
        said = f"{series} {judged.period}: {figure}; threshold: {self._limit}"
        cleared = " - back within bounds" if judged.outcome == "cleared" else ""
        return Verdict(
            holds=judged.outcome == "crosses",
            mark=judged.mark,
            reason=judged.reason,
            summary=f"{said}{cleared}{known.news}",
            figure=judged.change,
            threshold=threshold,
            unit="%",
            figure_text=figure + self._unusual(known.points, judged.period),
            threshold_text=self._wanted,
        )

    def _unusual(self, points: Points, period: Period) -> str:
        """How unusual the change is, where that was asked: `, z −4`, told apart from the limit."""
        z = usual_z(points, period) if self.z_below is not None else None
        if z is None:
            return ""
        return f", z {_z_words(z, self.z_below)}"

    @property
    def _threshold(self) -> float:
        return self.below if self.below is not None else self.above or 0.0

    @property
    def _limit(self) -> str:
        return f"{self._direction.removeprefix('change_')} {percent(self._threshold)}"

    @property
    def _wanted(self) -> str:
        wanted = self._limit
        wanted += f", z below {self.z_below:g}".replace("-", "−") if self.z_below is not None else ""
        wanted += f", base above {level(self.base_floor, None)}" if self.base_floor is not None else ""
        return wanted + (f", for {self.for_} periods" if self.for_ > 1 else "")


def _z_words(z: float, limit: float | None) -> str:
    if abs(z) > _Z_TOLD:  # so much that no figure says more
        return f"beyond {'−' if z < 0 else '+'}{_Z_TOLD}"
    return percent(z, limit).removesuffix(" %")


def _agree(one: Judged, other: Judged) -> bool:
    """Do two judgements say the same, to the whole percent?"""
    return (one.outcome, one.mark) == (other.outcome, other.mark)


def know(series: Series | None, observation: Observation, now: datetime) -> Known | str:
    """What is known of the series by now, or the named reason why the observation leads to no judgement."""
    period = parse_period(observation.period)
    if period is None or not (is_monthly(period) or period.months in {3, 12}):
        return "period_not_supported"
    if series is None:
        return "insufficient_history"
    vintages = {vintage.period: vintage for vintage in series.known_at(now).values()}
    earlier = _vintage_before(series, observation, now)
    without = {name: one for name, one in vintages.items() if name != observation.period}
    points = comparable(_values(vintages.values(), observation.unit), period)
    before = comparable(_values([*without.values(), *earlier], observation.unit), period)
    if not any(one.covers(period) for one in points) and points == before:
        return "not_published" if observation.value is None else "january_and_february_count_together"
    if not points:
        return "insufficient_history"
    is_older = not max(points).covers(period)
    # a combined figure that comes after January and February apart revises their sum
    value = earlier[0].value if earlier else before.get(period)
    return Known(points, before, observation.unit, is_older, _news(period, observation, value, is_older))


def _vintage_before(series: Series, observation: Observation, now: datetime) -> list[Vintage]:
    """What was known of the observation's period before it came, if anything: none or one."""
    seen = [one for one in series.vintages if one.period == observation.period and one.seen_at <= now]
    return seen[:-1][-1:]


def _values(vintages: Iterable[Vintage], unit: str | None) -> dict[Period, float]:
    """Known values by period; a point in another unit cannot be compared and is left out."""
    return {
        period: one.value
        for one in vintages
        if one.value is not None and (period := parse_period(one.period)) and unit in {None, one.unit or unit}
    }


def _news(period: Period, observation: Observation, value: float | None, is_older: bool) -> str:
    """A half-sentence on why the latest period is judged, where it did not simply come out.

    `value` is what was known of the observation's period before.
    """
    if value is not None and observation.value is None:
        return f"; {period} was withdrawn"
    if value is not None and value != observation.value:
        return f"; {period} was revised from {level(value, observation.unit)}"
    return f"; {period} became known later" if is_older else ""
