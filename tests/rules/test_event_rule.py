"""Event rules: which happenings fire, under which labels, and what is news about them."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from alerter.core.reading import Event
from alerter.rules.base import RuleConfig, World
from tests.support.rules import a_rule, some_facts, the_reason, the_verdict, verdicts


def licensing(**fields: Any) -> RuleConfig:
    """Licences and bans of rare earths, unless told otherwise."""
    defaults = {"events": ["licence_required", "export_ban"], "commodities": ["rare-earths"]}
    return a_rule(type="event", **(defaults | fields))


def event(kind: str = "licence_required", **fields: Any) -> dict[str, Any]:
    """China announces it for rare earths, unless told otherwise."""
    return {"type": kind, "actor": "CN", "commodity": "rare-earths", "span": (0, 6)} | fields


@pytest.mark.parametrize(
    ("fields", "read", "reason"),
    [
        ({}, event(), ""),
        ({}, event(commodity="rare-earth-magnets"), ""),
        ({}, event(commodity="gallium"), "commodity_differs"),
        ({}, event(commodity=None), "commodity_differs"),
        ({"commodities": []}, event(commodity=None), ""),
        ({"commodities": ["rare-earth-magnets"]}, event(), "commodity_differs"),
        ({}, event("shortage"), "no_such_event"),
        ({}, event(status="effective"), ""),
        ({}, event(status="proposed"), "status_not_watched"),
        ({}, event(status="rumoured"), "status_not_watched"),
        ({}, event(status="demanded"), "status_not_watched"),
        ({}, event(status="denied"), "status_not_watched"),
        ({"statuses": ["denied"]}, event(status="denied"), ""),
        ({"statuses": ["denied"]}, event(), "status_not_watched"),
        ({"actors": ["US", "EU"]}, event(), "actor_differs"),
        ({"actors": ["CN"]}, event(actor=None), "actor_differs"),
        ({"actors": ["CN"]}, event(), ""),
        ({"targets": ["US"]}, event(), "target_differs"),
        ({"targets": ["US"]}, event(target="US"), ""),
    ],
)
def test_an_event_counts_or_the_reason_is_named(
    fields: dict[str, Any], read: dict[str, Any], reason: str
) -> None:
    """Types, commodities with their descendants, actors, targets and statuses must all agree."""
    assert the_reason(licensing(**fields), some_facts(events=[read])) == reason


def test_the_nearest_miss_is_told() -> None:
    """Of several events the reason of the one that came closest is named."""
    facts = some_facts(events=[event("shortage"), event(status="denied"), event(commodity="tin")])
    assert the_reason(licensing(), facts) == "status_not_watched"
    assert the_reason(licensing(), some_facts()) == "no_such_event"


def test_the_verdict_says_who_did_what_with_the_words_it_rests_on() -> None:
    """A buyer reads type, commodity, actor, target, status and headline."""
    verdict = the_verdict(licensing(), some_facts(events=[event(target="US")]))
    title = "Magnet exports fall again (magnets-1)"
    said = "Export licence required for rare earths by China for shipments to the US (announced)"
    assert verdict.summary == f"{said}: {title}"
    assert verdict.labels == {"commodity": "rare-earths", "actor": "CN"}
    assert (verdict.reason, verdict.figure) == ("event_reported", None)
    assert verdict.figure_text == "export licence required (announced)"
    assert verdict.threshold_text == "export licence required, export ban"
    assert verdict.span == (0, 6)


def test_a_new_type_status_or_story_is_news_and_a_copy_is_not() -> None:
    """The mark changes with each of the three and with nothing else."""
    rule = licensing(commodities=[])
    marks = [
        the_verdict(rule, facts).mark
        for facts in (
            some_facts(events=[event()]),
            some_facts(events=[event(target="US", span=(3, 9))]),
            some_facts(events=[event("export_ban")]),
            some_facts(events=[event(status="effective")]),
            some_facts(events=[event()], story="story-2"),
        )
    ]
    assert marks[0] == marks[1]
    assert len(set(marks)) == 4


@pytest.mark.parametrize(
    ("read", "labels"),
    [
        ([event(), event(commodity="rare-earth-magnets")], [("rare-earth-magnets", "CN")]),
        ([event(actor=None), event(commodity="rare-earth-magnets")], [("rare-earth-magnets", "CN")]),
        (
            [event(actor="US"), event(commodity="rare-earth-magnets")],
            [("rare-earths", "US"), ("rare-earth-magnets", "CN")],
        ),
        (
            [event(), event("export_ban", commodity="dysprosium")],
            [("rare-earths", "CN"), ("dysprosium", "CN")],
        ),
        (
            [event(), event(commodity="dysprosium"), event(commodity="rare-earth-magnets")],
            [("dysprosium", "CN"), ("rare-earth-magnets", "CN")],
        ),
        ([event(), event("export_ban"), event()], [("rare-earths", "CN")]),
    ],
)
def test_the_most_specific_commodity_stands_for_its_line(
    read: list[dict[str, Any]], labels: list[tuple[str, str]]
) -> None:
    """A parent gives way only to a descendant of which the same is told."""
    found = verdicts(licensing(), some_facts(events=read))
    assert [tuple(one.labels.values()) for one in found] == labels


def test_several_events_under_the_same_labels_are_one_verdict_with_all_their_marks() -> None:
    """So that a later copy that tells only one of them is no update."""
    verdict = the_verdict(licensing(), some_facts(events=[event(), event("export_ban"), event()]))
    assert verdict.marks == ("licence_required|announced|story-1", "export_ban|announced|story-1")


def test_a_ring_of_parents_ends() -> None:
    """Where a commodity is its own ancestor, nothing gives way and nothing is lost."""
    world = World(parents={"a": "b", "b": "a"})
    facts = some_facts(events=[event(commodity="a"), event(commodity="b")], world=world)
    assert [one.labels["commodity"] for one in verdicts(licensing(commodities=["b"]), facts)] == ["a", "b"]


@pytest.mark.parametrize(
    ("fields", "complaint"),
    [
        ({"events": []}, "at least 1"),
        ({"events": ["export_bann"]}, "export_ban"),
        ({"statuses": ["sure"]}, "announced"),
        ({"actor": ["CN"]}, "not permitted"),
    ],
)
def test_what_can_never_fire_is_refused(fields: dict[str, Any], complaint: str) -> None:
    """Event types and statuses are closed vocabularies."""
    with pytest.raises(ValidationError, match=complaint):
        licensing(**fields)


NAMES = st.sampled_from(["rare-earths", "rare-earth-magnets", "gallium", "dysprosium", "", None])
EVENTS = st.builds(
    Event,
    type=st.sampled_from(["licence_required", "export_ban", "shortage"]) | st.text(max_size=3),
    actor=st.sampled_from(["CN", "US", None]) | st.text(max_size=2),
    commodity=NAMES,
    status=st.sampled_from(["announced", "effective", "denied"]),
    span=st.tuples(st.integers(-5, 200), st.integers(-5, 200)),
)


@given(st.lists(EVENTS, max_size=12), st.lists(st.sampled_from(["commodity", "actor", "event", "x"])))
def test_any_reading_is_judged_under_distinct_labels(events: list[Event], per: list[str]) -> None:
    """Whatever was read, there is one verdict per set of labels, and nothing fails."""
    facts = some_facts(events=events)
    rule = licensing(per=per, commodities=[])
    judgement = rule.evaluate(facts)
    labels = [tuple(sorted(one.labels.items())) for one in judgement.verdicts]
    assert len(labels) == len(set(labels))
    assert bool(labels) != bool(judgement.reason)
    assert judgement == rule.evaluate(facts)


def test_a_flood_of_events_is_bounded() -> None:
    """Thousands of events in one text make at most fifty verdicts, and the judgement says so."""
    read = [event(actor=f"A{n}") for n in range(3000)]
    judgement = licensing().evaluate(some_facts(events=read))
    assert (len(judgement.verdicts), judgement.reason) == (50, "too_many_findings")


def test_it_is_tried_on_its_event_types_only() -> None:
    """The trigger lists the types; the commodities are told for checking."""
    (trigger,) = licensing().triggers()
    assert trigger.events == frozenset({"licence_required", "export_ban"})
    assert licensing().references() == {
        "commodities": ("commodities", ("rare-earths",)),
        "actors": ("actors", ()),
        "targets": ("countries", ()),
    }
