"""Every rule kind: found by discovery, frozen, strict, and written the way a configuration writes it."""

from typing import Any, get_args

import pytest
from pydantic import ValidationError

import alerter.rules
from alerter.core.kinds import discover
from alerter.core.signal import SignalKind
from alerter.rules.base import RuleConfig
from tests.support.rules import a_rule, some_facts
from tests.support.signals import a_read_signal

KINDS = discover(alerter.rules, RuleConfig)
WRITTEN: list[dict[str, Any]] = [
    {"type": "match", "any": ["gallium*"], "all": [], "none": ["germanium"], "kinds": ["article"]},
    {"type": "event", "events": ["export_ban"], "commodities": ["gallium"], "per": ["commodity"]},
    {"type": "claim", "metric": ["price"], "change_above": "30%", "origin": ["CN"]},
    {
        "type": "series",
        "series": ["ga"],
        "below": "-15",
        "clear_above": "-5 %",
        "base_floor": "7.5",
        "for": "2",
    },
    {"type": "docket", "matters": ["m"], "documents": ["order"], "dispositions": ["stayed"]},
]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_a_kind_is_a_frozen_strict_configuration_with_its_own_name(kind: type[RuleConfig]) -> None:
    """One literal `type`, nothing but known keys, no change once read, and a docstring."""
    assert len(get_args(kind.model_fields["type"].annotation)) == 1
    assert kind.model_config["frozen"]
    assert kind.model_config["extra"] == "forbid"
    assert kind.__doc__
    assert kind.triggers is not RuleConfig.triggers
    assert kind.evaluate is not RuleConfig.evaluate


@pytest.mark.parametrize("fields", WRITTEN, ids=lambda fields: fields["type"])
def test_scalars_are_read_from_text(fields: dict[str, Any]) -> None:
    """As YAML hands them over; and what is written back reads the same."""
    rule = a_rule(**fields, severity="critical", resolve_after="36h", labels={"team": "desk"})
    back = rule.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    assert a_rule(**back) == rule
    with pytest.raises(ValidationError):
        a_rule(**fields, unheard="of")


@pytest.mark.parametrize("kind", SignalKind)
@pytest.mark.parametrize("fields", WRITTEN, ids=lambda fields: fields["type"])
def test_a_bare_signal_of_any_kind_is_judged_with_a_named_reason(
    fields: dict[str, Any], kind: SignalKind
) -> None:
    """Nothing read, nothing known, no references: no verdict, and a reason in snake case."""
    judgement = a_rule(**fields).evaluate(some_facts(a_read_signal(kind=kind, title="-", text="")))
    assert judgement.verdicts == ()
    assert judgement.reason.replace("_", "").isalpha()
    assert judgement.reason == judgement.reason.lower()
