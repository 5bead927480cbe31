"""Builders of what rules judge, and rules written as a configuration writes them."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, get_args

import alerter.rules
from alerter.core.kinds import discover
from alerter.core.matter import Matter
from alerter.core.reading import CourtMeaning, Reading, ReadSignal
from alerter.core.series import Series, Vintage
from alerter.core.text import normalise
from alerter.core.verdict import Verdict
from alerter.rules.base import Facts, RuleConfig, World
from tests.support.signals import NOON, a_read_signal

PARENTS = {"rare-earth-magnets": "rare-earths", "dysprosium": "rare-earths", "gallium": "minor-metals"}
MATTER = Matter(
    id="ieepa-tariffs",
    names=("V.O.S. Selections*", "Learning Resources*"),
    dockets=(("cit", "25-00066"), ("cafc", "25-1812"), ("scotus", "25-250")),
    commodities=("rare-earths", "copper"),
    topics=("tariffs",),
)
NAMES = {"CN": "China", "US": "the US"}
WORLD = World(matters={MATTER.id: MATTER}, parents=PARENTS, names=NAMES)


def a_rule(**fields: Any) -> RuleConfig:
    """The rule of the kind that `type` names. Raises ValidationError."""
    every = discover(alerter.rules, RuleConfig)
    kinds = {name: kind for kind in every for name in get_args(kind.model_fields["type"].annotation)}
    return kinds[fields["type"]].model_validate({"id": "rule"} | fields)


def some_facts(
    read: ReadSignal | None = None,
    *,
    story: str = "story-1",
    now: datetime = NOON,
    series: Mapping[str, Series] | None = None,
    world: World = WORLD,
    **reading: Any,
) -> Facts:
    """An article with what was read in it, unless another signal is given."""
    read = read or a_read_signal(reading=Reading.model_validate(reading))
    return Facts(
        read=read, normalised=normalise(read.body), story=story, now=now, series=series or {}, world=world
    )


def of_text(title: str, text: str = "", *, reading: Reading | None = None, **fields: Any) -> Facts:
    """An article of these words."""
    return some_facts(a_read_signal(title=title, text=text, reading=reading, **fields))


def of_entry(title: str, meaning: CourtMeaning | None, **docket: Any) -> Facts:
    """A docket entry with what it means; without docket fields it has no docket."""
    return some_facts(
        a_read_signal(
            kind="docket_entry", title=title, text="", docket=docket or None, reading=Reading(court=meaning)
        )
    )


def of_point(period: str, value: float | None, history: Sequence[Vintage] = (), **facts: Any) -> Facts:
    """A point of `cn-magnets-us` in tonnes, seen now, after what is known already."""
    now = facts.pop("now", NOON)
    observation = {"series": "cn-magnets-us", "period": period, "value": value, "unit": "t"}
    own = Vintage.model_validate(observation | {"seen_at": now})
    read = a_read_signal(kind="observation", title="point", text="", observation=observation, seen_at=now)
    series = Series("cn-magnets-us", (*history, own))
    return some_facts(read, now=now, series={series.id: series}, **facts)


def verdicts(rule: RuleConfig, facts: Facts) -> tuple[Verdict, ...]:
    """What the rule finds; a judgement has verdicts or a reason."""
    judgement = rule.evaluate(facts)
    assert judgement.verdicts or judgement.reason
    return judgement.verdicts


def the_verdict(rule: RuleConfig, facts: Facts) -> Verdict:
    """The only verdict."""
    (verdict,) = verdicts(rule, facts)
    return verdict


def the_reason(rule: RuleConfig, facts: Facts) -> str:
    """Why the rule finds nothing; empty if it finds something."""
    judgement = rule.evaluate(facts)
    return "" if judgement.verdicts else judgement.reason
