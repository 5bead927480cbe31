"""Docket rules: only a court's acts of substance in a watched matter fire, once per decision."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from alerter.core.reading import CourtMeaning, Document
from alerter.core.signal import SignalKind
from alerter.rules.base import Matter, RuleConfig, World
from alerter.rules.docket import belongs
from tests.support.rules import a_rule, of_entry, of_text, some_facts, the_reason, the_verdict, verdicts
from tests.support.signals import a_signal

CAFC = {"court": "cafc", "number": "2025-1812", "filed_at": "2025-06-10"}


def ruling(**fields: Any) -> RuleConfig:
    """Decisions in the tariff matter, unless told otherwise."""
    defaults = {
        "matters": ["ieepa-tariffs"],
        "documents": ["order", "opinion", "judgment"],
        "dispositions": ["granted", "denied", "stayed", "affirmed"],
    }
    return a_rule(type="docket", **(defaults | fields))


def court(**fields: Any) -> CourtMeaning:
    """An order that grants a stay, unless told otherwise."""
    defaults = {
        "document": "order",
        "disposition": ["granted"],
        "relief": "stay",
        "by": "court",
        "decides": True,
    }
    return CourtMeaning.model_validate(defaults | fields)


@pytest.mark.parametrize(
    ("fields", "meaning", "reason"),
    [
        ({}, court(), ""),
        ({}, court(document="judgment", disposition=["affirmed", "remanded"]), ""),
        ({}, court(document="minute"), "document_differs"),
        ({"documents": []}, court(document="minute"), ""),
        ({}, court(disposition=["remanded"]), "disposition_differs"),
        ({}, court(disposition=[]), "disposition_differs"),
        ({"dispositions": []}, court(disposition=[]), ""),
        ({}, court(decides=False), "decides_nothing"),
        ({}, court(document="motion", by="party", decides=False), "not_an_act_of_the_court"),
        ({}, court(document="clerk", by="clerk", decides=False), "not_an_act_of_the_court"),
        ({}, None, "no_court_meaning"),
        ({"matters": ["other"]}, court(), "no_such_matter"),
        ({"matters": []}, court(), ""),
    ],
)
def test_a_decision_counts_or_the_reason_is_named(
    fields: dict[str, Any], meaning: CourtMeaning | None, reason: str
) -> None:
    """Motions, housekeeping and dispositions that nobody watches stay silent."""
    assert the_reason(ruling(**fields), of_entry("ORDER granting stay", meaning, **CAFC)) == reason


def test_an_article_about_the_case_is_no_docket_entry() -> None:
    """Only the docket itself counts."""
    assert the_reason(ruling(), of_text("V.O.S. Selections v. Trump: stay granted")) == "kind_not_watched"


def test_the_verdict_tells_matter_court_and_decision() -> None:
    """A buyer reads the matter, the court and number, what was decided and the entry."""
    verdict = the_verdict(ruling(), of_entry("ORDER granting stay pending appeal", court(), **CAFC))
    assert verdict.summary == (
        "ieepa-tariffs: cafc 2025-1812, order: stay granted: ORDER granting stay pending appeal"
    )
    assert verdict.figure_text == "order: stay granted"
    assert verdict.threshold_text == "order, opinion, judgment: granted, denied, stayed, affirmed"
    assert (verdict.reason, verdict.labels) == ("court_decided", {"matter": "ieepa-tariffs"})
    assert verdict.span == (0, len("ORDER granting stay pending appeal"))


def test_a_bare_decision_has_words_too() -> None:
    """Without disposition, relief, docket or lists the words still say what there is."""
    rule = ruling(documents=[], dispositions=[])
    entry = of_entry("Learning Resources v. Trump", court(disposition=[], relief=None))
    verdict = the_verdict(rule, entry)
    assert (verdict.figure_text, verdict.threshold_text) == ("order", "any decision")
    assert verdict.mark == "|2025-06-09|"


def test_opinion_and_judgment_of_one_day_are_one_decision() -> None:
    """The mark is court, day and dispositions: another of these is news, another paper is not."""
    rule = ruling(matters=[])
    entries = [
        (court(document="opinion", disposition=["affirmed", "stayed"]), CAFC),
        (court(document="judgment", disposition=["stayed", "affirmed"]), CAFC | {"number": "25-1812"}),
        (court(disposition=["affirmed"]), CAFC),
        (court(disposition=["affirmed"]), CAFC | {"filed_at": "2025-06-11T09:00:00-04:00"}),
        (court(disposition=["affirmed"]), CAFC | {"court": "cit", "number": "25-00066"}),
    ]
    marks = [the_verdict(rule, of_entry("[Order]", meaning, **docket)).mark for meaning, docket in entries]
    assert marks[0] == marks[1]
    assert len(set(marks)) == 4


def test_commodities_and_topics_of_the_matter_can_tell_alerts_apart() -> None:
    """Where `per` asks for them, each commodity of the matter has its own alert."""
    rule = ruling(per=["matter", "commodity", "topic", "court"])
    found = [one.labels for one in verdicts(rule, of_entry("x", court(), **CAFC))]
    assert found == [
        {"matter": "ieepa-tariffs", "commodity": name, "topic": "tariffs", "court": "cafc"}
        for name in ("rare-earths", "copper")
    ]


def test_an_entry_of_two_matters_is_told_in_both() -> None:
    """A consolidated docket belongs to each matter that lists it."""
    matters = {name: Matter(id=name, dockets=(("cafc", "25-1812"),)) for name in ("one", "two")}
    facts = of_entry("x", court(), **CAFC)
    facts = some_facts(facts.read, world=World(matters=matters))
    assert [one.labels["matter"] for one in verdicts(ruling(matters=[]), facts)] == ["one", "two"]


@pytest.mark.parametrize(
    ("title", "pattern", "is_own"),
    [
        ("V.O.S. Selections, Inc. v. Trump", "V.O.S. Selections*", True),
        ("V.O.S. SELECTIONS INC V. TRUMP", "v.o.s. selections*", True),
        ("1:25-cv-00066 V.O.S. Selections v. Trump", "V.O.S. Selections*", True),
        ("25-1812: V.O.S. Selections v. Trump [OPINION], Precedential", "V.O.S. Selections*", True),
        ("Trump v. V.O.S. Selections, Inc.", "V.O.S. Selections*", True),
        ("Trump v. V.O.S. Selections, Inc.", "V.O.S. Selections", False),
        ("Amicus of V.O.S. Selections", "V.O.S. Selections*", False),
        ("Amicus of V.O.S. Selections", "*V.O.S. Selections", True),
        ("In re Section 301 Cases", "In re Section 301 Cases", True),
        ("In re Section 301 Cases again", "In re Section 301 Cases", False),
        ("Axle of Dearborn v. Dep’t of Commerce", "Axle*v. Dep't*Commerce", True),
        ("Axle of Dearborn v. Dep’t of Justice", "Axle*v. Dep't*Commerce", False),
        ("Axle of Dearborn v. Dep’t of Commerce II", "Axle*Commerce", False),
        ("Anything at all", "*", False),
        ("12345", "Axle*", False),
    ],
)
def test_captions_match_whole_or_after_the_versus(title: str, pattern: str, is_own: bool) -> None:
    """A star stands for any run of words; the docket number before a caption does not count."""
    entry = a_signal(kind="docket_entry", title=title)
    assert belongs(entry, Matter(id="matter", names=(pattern,))) is is_own


@pytest.mark.parametrize(
    ("fields", "complaint"),
    [
        ({"documents": ["orders"]}, "order"),
        ({"dispositions": ["grant"]}, "granted"),
        ({"matter": "x"}, "not permitted"),
    ],
)
def test_unknown_documents_dispositions_and_keys_are_refused(fields: dict[str, Any], complaint: str) -> None:
    """Both axes of court meaning are closed vocabularies."""
    with pytest.raises(ValidationError, match=complaint):
        ruling(**fields)


@given(
    st.text(min_size=1),
    st.text(),
    st.text(max_size=20),
    st.builds(
        CourtMeaning,
        document=st.sampled_from(Document),
        disposition=st.lists(st.text(max_size=9)).map(tuple),
        relief=st.none() | st.text(max_size=9),
        decides=st.booleans(),
    ),
)
def test_any_entry_is_judged(title: str, number: str, pattern: str, meaning: CourtMeaning) -> None:
    """No caption, number or pattern makes judging fail, and what is no decision never fires."""
    world = World(matters={"m": Matter(id="m", names=(pattern,), dockets=(("cafc", number),))})
    facts = some_facts(of_entry(title, meaning, court="cafc", number=number).read, world=world)
    judgement = ruling(matters=[], documents=[], dispositions=[]).evaluate(facts)
    assert bool(judgement.verdicts) != bool(judgement.reason)
    assert meaning.decides or not judgement.verdicts


def test_it_is_tried_on_docket_entries_only() -> None:
    """The trigger is the kind; the matters are told for checking."""
    (trigger,) = ruling().triggers()
    assert trigger.kinds == frozenset({SignalKind.DOCKET_ENTRY})
    assert ruling().references() == {"matters": ("matters", ("ieepa-tariffs",))}
