"""Series rules: what holds, what clears, what says nothing and why, always as known at the time."""

import math
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from alerter.core.series import Vintage
from alerter.rules.base import Facts, RuleConfig
from tests.support.rules import a_rule, of_point, some_facts, the_reason, the_verdict, verdicts
from tests.support.signals import NOON

BEFORE = NOON - timedelta(days=30)


def decline(**fields: Any) -> RuleConfig:
    """Magnets to the US fall by more than 20 % year on year, unless told otherwise."""
    defaults: dict[str, Any] = {"series": ["cn-magnets-us"], "below": "-20%"}
    chosen = {name: value for name, value in (defaults | fields).items() if value is not None}
    return a_rule(type="series", **chosen)


def known(values: dict[str, float | None], *, seen_at: datetime = BEFORE, unit: str = "t") -> list[Vintage]:
    """Vintages of these periods, all seen at one time."""
    return [
        Vintage(series="cn-magnets-us", period=period, value=value, unit=unit, seen_at=seen_at)
        for period, value in values.items()
    ]


def months(values: Sequence[float], *, last: str = "2025-04") -> list[Vintage]:
    """A gapless run of months that ends with `last`."""
    year, month = map(int, last.split("-"))
    count = year * 12 + month - 1
    names = [f"{n // 12}-{n % 12 + 1:02}" for n in range(count - len(values) + 1, count + 1)]
    return known(dict(zip(names, values, strict=True)))


YEAR_AGO = known({"2024-05": 680})


def test_the_threshold_itself_is_not_beyond_it_in_decimals_either() -> None:
    """54.4 after 68 is a fall of 20 %, whatever binary fractions make of it."""
    assert the_reason(decline(), of_point("2025-05", 54.4, known({"2024-05": 68.0}))) == "between_thresholds"


@pytest.mark.parametrize(
    ("fields", "value", "outcome"),
    [
        ({}, 46, "change_below"),
        ({}, 544, "between_thresholds"),
        ({}, 543.99, "change_below"),
        ({}, 544.01, "cleared"),
        ({}, 0, "change_below"),
        ({"clear_above": "-10%"}, 600, "between_thresholds"),
        ({"clear_above": "-10%"}, 612, "between_thresholds"),
        ({"clear_above": "-10%"}, 612.1, "cleared"),
        ({"below": None, "above": "50%"}, 1020, "between_thresholds"),
        ({"below": None, "above": "50%"}, 1021, "change_above"),
        ({"below": None, "above": "50%"}, 900, "cleared"),
        ({"below": None, "above": "50%", "clear_below": "20%"}, 900, "between_thresholds"),
        ({"below": None, "above": "50%", "clear_below": "20%"}, 800, "cleared"),
        ({"change": "mom"}, 46, "insufficient_history"),
        ({"base_floor": 100}, 46, "insufficient_history"),
        ({"z_below": -3}, 46, "insufficient_history"),
        ({"for": 2}, 46, "insufficient_history"),
        ({"series": ["other"]}, 46, "series_not_watched"),
        ({}, None, "not_published"),
    ],
)
def test_a_change_holds_clears_or_the_reason_is_named(
    fields: dict[str, Any], value: float | None, outcome: str
) -> None:
    """Thresholds are strict in both directions; between them nothing is said; null is not zero."""
    facts = of_point("2025-05", value, YEAR_AGO)
    found = verdicts(decline(**fields), facts)
    assert (found[0].reason if found else the_reason(decline(**fields), facts)) == outcome
    assert [one.holds for one in found] == ([outcome != "cleared"] if found else [])


def test_the_verdict_tells_level_change_and_threshold() -> None:
    """A buyer reads series, period, level, change and threshold."""
    rule = decline(z_below=-3, base_floor=100)
    history = months([700.0 + n % 7 for n in range(36)])
    verdict = the_verdict(rule, of_point("2025-05", 46, history))
    assert verdict.summary == "cn-magnets-us May 2025: 46 t, −93 % y/y; threshold: below −20 %"
    assert verdict.figure_text == "46 t, −93 % y/y, z beyond −100"
    assert verdict.threshold_text == "below −20 %, z below −3, base above 100"
    assert verdict.figure == pytest.approx(-93.457, abs=1e-3)
    assert (verdict.threshold, verdict.unit) == (-20, "%")
    assert (verdict.labels, verdict.mark) == ({"series": "cn-magnets-us"}, "May 2025|-93 %")


@pytest.mark.parametrize(("ended", "words"), [(46, "beyond −100"), (620, "−8"), (650, "−5"), (800, "+8")])
def test_how_unusual_a_change_is_stands_in_its_figure(ended: float, words: str) -> None:
    """The robust z that was found, beside the limit that was set."""
    history = months([700.0 + 20 * math.sin(n) for n in range(40)])
    facts = of_point("2025-05", ended, history)
    verdict = the_verdict(decline(z_below=-3, below="-5%"), facts)
    assert verdict.figure_text.endswith(f" y/y, z {words}")


def test_a_clear_says_so() -> None:
    """What resolves aloud reads as a recovery."""
    verdict = the_verdict(decline(**{"for": 3}), of_point("2025-05", 680, YEAR_AGO))
    assert (
        verdict.summary
        == "cn-magnets-us May 2025: 680 t, +0 % y/y; threshold: below −20 % - back within bounds"
    )
    assert verdict.threshold_text == "below −20 %, for 3 periods"


def test_figures_near_the_threshold_are_not_rounded_onto_it() -> None:
    """A change just beyond the threshold shows enough digits to see it."""
    assert "−20.1 % y/y" in the_verdict(decline(), of_point("2025-05", 543.5, YEAR_AGO)).figure_text


def test_other_labels_come_from_the_signal() -> None:
    """`per` may name the period, or a label of the source."""
    verdict = the_verdict(decline(per=["period", "source"]), of_point("2025-05", 46, YEAR_AGO))
    assert verdict.labels == {"period": "May 2025", "source": "ree-news"}


@pytest.mark.parametrize(
    ("history", "reason"),
    [
        (months([100.0] * 36), ""),
        (months([100.0 + 40 * (n % 3) for n in range(36)]), ""),
        (months([100.0 * 3 ** (n * n % 7 - 2) for n in range(36)]), "within_usual_swings"),
        (months([100.0] * 17), "insufficient_history"),
    ],
)
def test_a_fall_that_is_usual_for_the_series_says_nothing(history: list[Vintage], reason: str) -> None:
    """With `z_below` the fall must stand out from two years of changes."""
    assert the_reason(decline(z_below=-3), of_point("2025-05", 20, history)) == reason


@pytest.mark.parametrize(("level", "reason"), [(100.0, "base_below_floor"), (100.1, "")])
def test_a_small_base_says_nothing(level: float, reason: str) -> None:
    """The mean month of the year before must be above the floor, strictly."""
    facts = of_point("2025-05", 1, months([level] * 13))
    assert the_reason(decline(base_floor=100), facts) == reason


def test_a_fall_must_last_as_long_as_asked() -> None:
    """`for: 2` needs two consecutive periods, counted over January and February as one."""
    rule = decline(**{"for": 2})
    before = known({"2024-01": 50, "2024-02": 50, "2024-03": 100, "2024-04": 100})
    fell, held = known({"2025-01..2025-02": 60}), known({"2025-01": 50, "2025-02": 49})
    assert the_reason(rule, of_point("2025-03", 60, [*before, *held])) == "not_for_long_enough"
    assert the_verdict(rule, of_point("2025-03", 60, [*before, *fell])).holds


def test_january_and_february_are_judged_together_or_not_at_all() -> None:
    """A lone January or February says nothing; both, or the combined figure, are judged as one."""
    rule, reason = decline(), "january_and_february_count_together"
    year_ago = known({"2024-01": 100, "2024-02": 60, "2023-12": 90, "2024-12": 10})
    assert the_reason(rule, of_point("2025-01", 5, year_ago)) == reason
    assert the_reason(rule, of_point("2025-02", 5, year_ago)) == reason
    both = the_verdict(rule, of_point("2025-02", 5, [*year_ago, *known({"2025-01": 75})]))
    assert both.summary == "cn-magnets-us Jan–Feb 2025: 80 t, −50 % y/y; threshold: below −20 %"
    assert the_verdict(rule, of_point("2025-01..2025-02", 80, year_ago)).figure == -50


def test_month_on_month_compares_with_the_month_before() -> None:
    """March is compared with the mean of January and February."""
    facts = of_point("2025-03", 30, known({"2025-01..2025-02": 120}))
    assert the_verdict(decline(change="mom"), facts).figure_text == "30 t, −50 % m/m"


def test_quarters_and_years_are_judged_and_days_are_not() -> None:
    """Other frequencies than whole months are named as such."""
    assert the_verdict(decline(), of_point("2025-Q2", 10, known({"2024-Q2": 90}))).holds
    assert the_verdict(decline(), of_point("2025", 10, known({"2024": 90}))).holds
    assert the_reason(decline(), of_point("2025-05-31", 10)) == "period_not_supported"
    assert the_reason(decline(), of_point("2025-01..2025-05", 10)) == "period_not_supported"


def test_points_in_another_unit_are_not_compared() -> None:
    """Tonnes against kilograms would be a fall of 99.9 %; a point without a unit is taken at its word."""
    assert the_reason(decline(), of_point("2025-05", 46, known({"2024-05": 9}, unit="kg"))) == (
        "insufficient_history"
    )
    unnamed = [one.model_copy(update={"unit": None}) for one in YEAR_AGO]
    assert the_verdict(decline(), of_point("2025-05", 46, unnamed)).holds


def test_only_what_was_known_then_counts() -> None:
    """A vintage seen later does not change a judgement made before."""
    later = known({"2024-05": 40}, seen_at=NOON + timedelta(days=1))
    assert the_verdict(decline(), of_point("2025-05", 46, [*YEAR_AGO, *later])).holds
    assert the_reason(decline(), of_point("2025-05", 46, later)) == "insufficient_history"


def test_an_older_period_counts_only_if_it_changes_the_latest_judgement() -> None:
    """Back-fill and re-publication are not news; what makes the latest period judgeable is."""
    latest = known({"2025-05": 46})
    verdict = the_verdict(decline(), of_point("2024-05", 680, latest))
    assert verdict.summary == (
        "cn-magnets-us May 2025: 46 t, −93 % y/y; threshold: below −20 %; May 2024 became known later"
    )
    rule, reason = decline(), "older_period_changes_nothing"
    assert the_reason(rule, of_point("2023-05", 9, [*YEAR_AGO, *latest])) == reason
    assert the_reason(rule, of_point("2024-05", 680, [*YEAR_AGO, *latest])) == reason
    assert the_reason(rule, of_point("2024-05", 681, [*YEAR_AGO, *latest])) == reason


def test_a_revision_says_so() -> None:
    """A revised base or figure judges the latest period anew, and tells of the revision."""
    latest = known({"2025-05": 46})
    base = the_verdict(decline(), of_point("2024-05", 46, [*YEAR_AGO, *latest]))
    assert not base.holds
    assert base.summary.endswith("back within bounds; May 2024 was revised from 680 t")
    figure = the_verdict(decline(), of_point("2025-05", 680, [*YEAR_AGO, *latest]))
    assert not figure.holds
    assert figure.summary.endswith("back within bounds; May 2025 was revised from 46 t")


def test_a_combined_figure_revises_the_sum_of_january_and_february() -> None:
    """Where the two were judged apart before, their common figure is no news without a word on it."""
    apart = known({"2024-01..2024-02": 200, "2025-01": 30, "2025-02": 40})
    verdict = the_verdict(decline(), of_point("2025-01..2025-02", 190, apart))
    assert verdict.summary.endswith("back within bounds; Jan–Feb 2025 was revised from 70 t")
    same = the_verdict(decline(), of_point("2025-01..2025-02", 70, apart))
    assert same.summary.endswith("threshold: below −20 %")


def test_a_withdrawn_figure_leaves_the_period_before_it() -> None:
    """What is taken back is never a decline, and its predecessor is the latest again."""
    history = known({"2024-04": 100, "2025-04": 95, "2024-05": 680, "2025-05": 46})
    verdict = the_verdict(decline(), of_point("2025-05", None, history))
    assert not verdict.holds
    assert verdict.summary.startswith("cn-magnets-us Apr 2025: 95 t, −5 % y/y")
    assert verdict.summary.endswith("; May 2025 was withdrawn")
    assert the_reason(decline(), of_point("2025-05", None, known({"2025-05": 46}))) == "insufficient_history"


def test_what_is_no_point_of_a_known_series_is_passed_over() -> None:
    """An article, or a point whose series nobody keeps, has its own reason."""
    assert the_reason(decline(), some_facts()) == "series_not_watched"
    point = of_point("2025-05", 46)
    assert the_reason(decline(), some_facts(point.read)) == "insufficient_history"


@pytest.mark.parametrize(
    ("fields", "complaint"),
    [
        ({"below": None}, "either `below` or `above`"),
        ({"above": 5}, "either `below` or `above`"),
        ({"clear_above": "-30%"}, "must not be under"),
        ({"below": None, "above": 5, "clear_below": 9}, "must not be over"),
        ({"below": None, "above": 5, "z_below": -3}, "go with `below`"),
        ({"below": None, "above": 5, "clear_above": 9}, "go with `below`"),
        ({"clear_below": -30}, "goes with `above`"),
        ({"for": 0}, "greater than or equal to 1"),
        ({"for": "24h"}, "integer"),
        ({"change": "weekly"}, "yoy"),
        ({"series": []}, "at least 1"),
        ({"z_below": "nan"}, "finite"),
        ({"z": -3}, "not permitted"),
    ],
)
def test_rules_that_contradict_themselves_are_refused(fields: dict[str, Any], complaint: str) -> None:
    """One direction, its own clearing level on the right side, whole periods."""
    with pytest.raises(ValidationError, match=complaint):
        decline(**fields)


PERIODS = st.sampled_from(
    [
        *("2023-05", "2024-01", "2024-02", "2024-01..2024-02", "2024-04", "2024-05", "2025-01", "2025-02"),
        *("2025-04", "2025-05", "2025-Q2", "2025", "what", "2025-05-31"),
    ]
)
VALUES = st.none() | st.floats(allow_nan=False) | st.floats(0, 1000)
RULES = [decline(), decline(change="mom"), decline(z_below=-3, base_floor=1), decline(**{"for": 2})]


@given(st.lists(st.tuples(PERIODS, VALUES), max_size=12), PERIODS, VALUES)
def test_any_series_is_judged_the_same_way_twice(
    history: list[tuple[str, float | None]], period: str, value: float | None
) -> None:
    """Whatever points came in whatever order, nothing fails; a fall that is told is below the threshold."""
    facts = _facts(history, period, value)
    for rule in RULES:
        judgement = rule.evaluate(facts)
        assert judgement == rule.evaluate(facts)
        assert bool(judgement.verdicts) != bool(judgement.reason)
        for verdict in judgement.verdicts:
            assert verdict.figure is not None
            assert (verdict.figure <= -20) is verdict.holds


def _facts(history: list[tuple[str, float | None]], period: str, value: float | None) -> Facts:
    finite = None if value is not None and abs(value) == float("inf") else value
    return of_point(period, finite, [one for name, old in history for one in known({name: old})])


def test_it_is_tried_on_its_series_only() -> None:
    """The trigger lists the series, which some source should declare."""
    (trigger,) = decline().triggers()
    assert trigger.series == frozenset({"cn-magnets-us"})
    assert decline().references() == {"series": ("series", ("cn-magnets-us",))}
