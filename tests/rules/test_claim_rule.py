"""Claim rules: strict thresholds on what is reported, and the labels, marks and words of a finding."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from alerter.core.reading import Claim
from alerter.rules.base import RuleConfig
from tests.support.rules import a_rule, some_facts, the_reason, the_verdict, verdicts


def fall(**fields: Any) -> RuleConfig:
    """Exports of rare earths from China below -20 %, unless told otherwise."""
    defaults: dict[str, Any] = {
        "metric": ["exports", "shipments"],
        "change_below": "-20%",
        "commodities": ["rare-earths"],
        "origin": ["CN"],
    }
    chosen = {name: value for name, value in (defaults | fields).items() if value is not None}
    return a_rule(type="claim", **chosen)


def claim(**fields: Any) -> dict[str, Any]:
    """Exports of rare earths from China fell 34 % in May."""
    defaults = {"metric": "exports", "change_pct": -34, "basis": "yoy", "commodity": "rare-earths"}
    return defaults | {"origin": "CN", "period": "2025-05", "span": (3, 9)} | fields


@pytest.mark.parametrize(
    ("fields", "stated", "reason"),
    [
        ({}, claim(), ""),
        ({}, claim(change_pct=-20), "above_threshold"),
        ({}, claim(change_pct=-20.001), ""),
        ({}, claim(change_pct=23), "above_threshold"),
        ({}, claim(change_pct=None, value=1238, unit="t"), "no_comparable_figure"),
        ({}, claim(metric="imports"), "no_such_claim"),
        ({}, claim(metric="shipments"), ""),
        ({}, claim(commodity="rare-earth-magnets"), ""),
        ({}, claim(commodity="copper"), "commodity_differs"),
        ({}, claim(commodity=None), "commodity_differs"),
        ({}, claim(origin=None), "origin_differs"),
        ({"origin": []}, claim(origin=None), ""),
        ({"destination": ["US"]}, claim(), "destination_differs"),
        ({"destination": ["US"]}, claim(destination="US"), ""),
        ({"basis": ["yoy", "ytd"]}, claim(basis="mom"), "basis_differs"),
        ({"basis": ["yoy", "ytd"]}, claim(basis="ytd"), ""),
        ({}, claim(modality="forecast"), "not_reported"),
        ({}, claim(modality="hypothetical"), "not_reported"),
        ({}, claim(modality="denied"), "not_reported"),
        ({}, claim(bound="at_most"), "only_at_most"),
        ({}, claim(bound="at_least"), ""),
        ({}, claim(bound="approx"), ""),
        ({"change_below": "-20", "change_above": "50%"}, claim(change_pct=50), "between_thresholds"),
        ({"change_below": "-20", "change_above": "50%"}, claim(change_pct=51), ""),
        ({"change_below": None, "change_above": "50"}, claim(change_pct=50), "below_threshold"),
        ({"change_below": None, "level_below": "100"}, claim(value=99.9, unit="t"), ""),
        ({"change_below": None, "level_below": "100"}, claim(value=100, unit="t"), "above_threshold"),
        ({"change_below": None, "level_above": 100, "unit": "t"}, claim(value=101, unit="t"), ""),
        ({"change_below": None, "level_above": 100}, claim(value=100), "below_threshold"),
        (
            {"change_below": None, "level_above": 100, "unit": "t"},
            claim(value=101, unit="usd"),
            "no_comparable_figure",
        ),
    ],
)
def test_a_claim_crosses_or_the_reason_is_named(
    fields: dict[str, Any], stated: dict[str, Any], reason: str
) -> None:
    """Thresholds are strict; only what is reported counts, and never a mere upper bound."""
    assert the_reason(fall(**fields), some_facts(claims=[stated])) == reason


def test_the_nearest_miss_is_told() -> None:
    """Of several claims the reason of the one that came closest is named."""
    facts = some_facts(claims=[claim(metric="price"), claim(modality="forecast"), claim(change_pct=-3)])
    assert the_reason(fall(), facts) == "not_reported"
    assert the_reason(fall(), some_facts()) == "no_such_claim"


def test_a_change_is_told_with_its_figure_and_threshold() -> None:
    """A buyer reads metric, commodity, route, figure, basis, period and threshold."""
    verdict = the_verdict(fall(), some_facts(claims=[claim(destination="US")]))
    title = "Magnet exports fall again (magnets-1)"
    said = "Exports of rare earths, China → US: −34 % y/y, May 2025 (below −20 %), as reported"
    assert verdict.summary == f"{said}: {title}"
    assert (verdict.figure, verdict.threshold, verdict.unit) == (-34, -20, "%")
    assert verdict.figure_text == "exports −34 % y/y, May 2025"
    assert verdict.threshold_text == "below −20 %"
    assert (verdict.reason, verdict.span) == ("change_below", (3, 9))
    labels = {"commodity": "rare-earths", "origin": "CN", "destination": "US", "period": "2025-05"}
    assert verdict.labels == labels


def test_a_level_is_told_with_its_unit() -> None:
    """A level has its own words, unit and reason, with or without the rest of the claim."""
    rule = fall(change_below=None, level_above=1000, unit="usd_per_t", commodities=None, origin=None)
    stated = {"metric": "exports", "value": 1238.4, "unit": "usd_per_t", "span": (9, 3)}
    verdict = the_verdict(rule, some_facts(claims=[stated]))
    assert (verdict.figure, verdict.threshold, verdict.unit) == (1238.4, 1000, "usd_per_t")
    assert verdict.figure_text == "exports 1,238 usd_per_t"
    assert verdict.threshold_text == "above 1,000 usd_per_t"
    assert (verdict.reason, verdict.span) == ("level_above", None)
    assert verdict.summary.startswith("Exports: 1,238 usd_per_t (above 1,000 usd_per_t), as reported: ")


def test_another_figure_or_basis_is_news_and_a_copy_is_not() -> None:
    """Figures are compared to the whole percent: outlets round."""
    rule = fall()
    marks = [
        the_verdict(rule, some_facts(claims=[one], story=f"story-{n}")).mark
        for n, one in enumerate(
            [claim(), claim(change_pct=-34.4), claim(change_pct=-36), claim(basis="mom"), claim(span=(0, 1))]
        )
    ]
    assert marks[0] == marks[1] == marks[4]
    assert len(set(marks)) == 3


def test_figures_under_the_same_labels_are_one_verdict_with_all_their_marks() -> None:
    """Month on month and year on year of the same month are one finding, the first one shown."""
    facts = some_facts(claims=[claim(change_pct=-52.9, basis="mom"), claim(change_pct=-74)])
    verdict = the_verdict(fall(), facts)
    assert verdict.figure == -52.9
    assert verdict.marks == ("-53 %|mom", "-74 %|yoy")


def test_a_claim_of_the_parent_gives_way_to_the_more_specific_one() -> None:
    """One happening told of both a commodity and its parent is one alert; another metric stays."""
    facts = some_facts(claims=[claim(), claim(commodity="rare-earth-magnets"), claim(metric="shipments")])
    found = [one.labels["commodity"] for one in verdicts(fall(), facts)]
    assert found == ["rare-earth-magnets", "rare-earths"]


@pytest.mark.parametrize(
    ("fields", "complaint"),
    [
        ({"change_below": None}, "needs change_below"),
        ({"change_below": 10, "change_above": 5}, "every figure"),
        ({"change_below": None, "level_below": 10, "level_above": 5}, "every figure"),
        ({"change_below": "lots"}, "not a percentage"),
        ({"level_below": "nan"}, "finite"),
        ({"metric": ["export"]}, "exports"),
        ({"metric": []}, "at least 1"),
        ({"basis": ["daily"]}, "yoy"),
        ({"below": -20}, "not permitted"),
    ],
)
def test_thresholds_that_say_nothing_are_refused(fields: dict[str, Any], complaint: str) -> None:
    """No threshold, crossed thresholds, unknown metrics and keys."""
    with pytest.raises(ValidationError, match=complaint):
        fall(**fields)


FIGURES = st.none() | st.floats(allow_nan=True) | st.sampled_from([-20.0, -19.99, -20.01, 1e300, 0.0])
CLAIMS = st.builds(
    Claim,
    metric=st.sampled_from(["exports", "price", "?"]),
    change_pct=FIGURES,
    value=FIGURES,
    unit=st.sampled_from([None, "t", "usd"]),
    bound=st.sampled_from(["exact", "at_most"]),
    basis=st.sampled_from(["yoy", "unknown"]),
    commodity=st.sampled_from([None, "rare-earths", "rare-earth-magnets"]),
    origin=st.sampled_from([None, "CN"]),
    period=st.none() | st.text(max_size=8) | st.just("2025-01..2025-05"),
    span=st.tuples(st.integers(-5, 200), st.integers(-5, 200)),
)


@given(st.lists(CLAIMS, max_size=8))
def test_any_reading_is_judged_and_only_strict_crossings_fire(claims: list[Claim]) -> None:
    """Whatever was read, nothing fails, and a figure that is told lies beyond its threshold."""
    rule = fall(level_above=100, change_above=5, origin=None)
    facts = some_facts(claims=claims)
    judgement = rule.evaluate(facts)
    assert bool(judgement.verdicts) != bool(judgement.reason)
    for verdict in judgement.verdicts:
        assert verdict.figure is not None
        assert verdict.threshold is not None
        below = verdict.reason.endswith("below")
        assert verdict.figure < verdict.threshold if below else verdict.figure > verdict.threshold


def test_it_is_tried_on_its_metrics_only() -> None:
    """The trigger lists the metrics; the commodities are told for checking."""
    (trigger,) = fall().triggers()
    assert trigger.metrics == frozenset({"exports", "shipments"})
    assert fall().references() == {
        "commodities": ("commodities", ("rare-earths",)),
        "origin": ("countries", ("CN",)),
        "destination": ("countries", ()),
    }
