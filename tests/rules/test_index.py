"""The index: it finds every rule that would fire, in order, and passes over the rest."""

from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerter.core.reading import Claim, CourtMeaning, Event, Reading, ReadSignal
from alerter.core.text import normalise
from alerter.core.verdict import Judgement
from alerter.core.vocabulary import EventType, Metric
from alerter.rules.base import Facts, RuleConfig, Trigger
from alerter.rules.index import RuleIndex
from tests.support.rules import a_rule, of_entry, of_point, of_text, some_facts
from tests.support.signals import a_read_signal

WORDS = ["rare", "earth", "earths", "magnet", "magnets", "gallium", "稀土", "Exports", "fell"]


def found(rules: Sequence[RuleConfig], facts: Facts) -> list[str]:
    """Ids of the rules that the index would try."""
    return [rule.id for rule in RuleIndex(rules).candidates(facts.read, facts.normalised)]


RULES = [
    a_rule(id="rare", type="match", any=["rare earth*", "magnet shortage"]),
    a_rule(id="rarer", type="match", any=["rare earth magnets"], kinds=["article"]),
    a_rule(id="pattern", type="match", any=["/x/"], kinds=["notice"]),
    a_rule(id="event", type="event", events=["shortage", "export_ban"]),
    a_rule(id="claim", type="claim", metric=["exports"], change_below=-20),
    a_rule(id="series", type="series", series=["cn-magnets-us"], below=-20),
    a_rule(id="docket", type="docket"),
    a_rule(id="everything", type="match", any=["/x/"]),
]


@pytest.mark.parametrize(
    ("facts", "tried"),
    [
        (of_text("Copper"), ["everything"]),
        (of_text("Rare-earth magnets"), ["rare", "rarer", "everything"]),
        (of_text("Rare-earth magnets", kind="listing"), ["rare", "everything"]),
        (of_text("Copper", kind="notice"), ["pattern", "everything"]),
        (of_text("-", reading=Reading(events=(Event(type="export_ban"),))), ["event", "everything"]),
        (of_text("-", reading=Reading(claims=(Claim(metric="exports"),))), ["claim", "everything"]),
        (of_text("-", reading=Reading(events=(Event(type="strike"),))), ["everything"]),
        (of_point("2025-05", 46), ["series", "everything"]),
        (of_entry("ORDER", None), ["docket", "everything"]),
    ],
)
def test_a_signal_meets_the_rules_that_it_can_touch_in_their_order(facts: Facts, tried: list[str]) -> None:
    """By phrase, event, metric, series and kind; a rule that anything can touch is always tried."""
    assert found(RULES, facts) == tried
    assert found([], facts) == []


def test_a_rule_with_several_triggers_is_tried_once() -> None:
    """Any trigger will do, and all fields of a trigger must be met."""

    class Several(RuleConfig):
        def triggers(self) -> tuple[Trigger, ...]:
            return (
                Trigger(phrases=frozenset({" copper "}), events=frozenset({"strike"})),
                Trigger(metrics=frozenset({"price"}), kinds=frozenset({"article"})),
                Trigger(events=frozenset({"strike"}), series=frozenset({"x"})),
            )

        def evaluate(self, facts: Facts) -> Judgement:
            raise AssertionError

    rules = [Several(id="several")]
    strike, price = Event(type="strike"), Claim(metric="price")
    copper = Reading(events=(strike,))
    assert found(rules, of_text("Copper", reading=copper)) == ["several"]
    assert found(rules, some_facts(claims=[price])) == ["several"]
    assert found(rules, some_facts(events=[strike], claims=[price])) == ["several"]
    assert found(rules, some_facts(events=[strike])) == []
    assert found(rules, of_text("Copper")) == []


TERM = st.lists(st.sampled_from(WORDS), min_size=1, max_size=3).map(" ".join)
TERMS = st.lists(
    TERM | TERM.map(lambda term: f"{term}*") | st.sampled_from(["/fell/", "/[0-9]/"]), max_size=3
)
KINDS = st.lists(st.sampled_from(["article", "notice", "docket_entry"]), max_size=2)
EVENT_TYPES: list[EventType] = ["shortage", "export_ban"]
METRICS: list[Metric] = ["exports", "price"]


@st.composite
def some_rules(draw: st.DrawFn) -> list[RuleConfig]:
    """A handful of rules of several kinds."""
    rules = []
    for place in range(draw(st.integers(0, 8))):
        fields = draw(st.sampled_from([_match, _event, _claim, _docket]))(draw)
        rules.append(a_rule(id=f"rule-{place}", **fields))
    return rules


def _match(draw: st.DrawFn) -> dict[str, Any]:
    every = draw(TERMS)
    return {"type": "match", "any": draw(TERMS) or ["magnet*"], "all": every, "kinds": draw(KINDS)}


def _event(draw: st.DrawFn) -> dict[str, Any]:
    return {"type": "event", "events": [draw(st.sampled_from(EVENT_TYPES))]}


def _claim(draw: st.DrawFn) -> dict[str, Any]:
    return {"type": "claim", "metric": [draw(st.sampled_from(METRICS))], "change_below": -20}


def _docket(_: st.DrawFn) -> dict[str, Any]:
    return {"type": "docket", "matters": ["ieepa-tariffs"]}


READS = st.builds(
    lambda title, kind, reading: a_read_signal(
        title=title or "-",
        text="",
        kind=kind,
        reading=reading,
        docket={"court": "cafc", "number": "25-1812"},
    ),
    st.lists(st.sampled_from([*WORDS, "7", "-", "\n"]), max_size=12).map(" ".join),
    st.sampled_from(["article", "notice", "docket_entry"]),
    st.builds(
        Reading,
        events=st.lists(st.builds(Event, type=st.sampled_from(EVENT_TYPES))).map(tuple),
        claims=st.lists(st.builds(Claim, metric=st.sampled_from(METRICS), change_pct=st.floats(-50, 0))).map(
            tuple
        ),
        court=st.none() | st.just(CourtMeaning.model_validate({"document": "order", "decides": True})),
    ),
)


@given(some_rules(), READS)
def test_no_rule_that_would_fire_is_passed_over(rules: list[RuleConfig], read: ReadSignal) -> None:
    """Trying the candidates gives what trying every rule gives."""
    facts = some_facts(read)
    tried = RuleIndex(rules).candidates(read, normalise(read.body))
    every = {rule.id: rule.evaluate(facts).verdicts for rule in rules}
    assert {rule.id: rule.evaluate(facts).verdicts for rule in tried if every[rule.id]} == {
        name: verdicts for name, verdicts in every.items() if verdicts
    }
    assert [rule.id for rule in tried] == sorted((rule.id for rule in tried), key=list(every).index)
