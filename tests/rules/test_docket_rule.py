"""Docket rules: only a court's acts of substance in a watched matter fire, once per decision."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from alerter.core.matter import Matter
from alerter.core.reading import CourtMeaning, Document, Reading
from alerter.core.signal import SignalKind
from alerter.reading import Reader
from alerter.reading.lexicon import Lexicon
from alerter.rules.base import RuleConfig, World
from alerter.rules.docket import belongs
from tests.support.rules import a_rule, of_entry, of_text, some_facts, the_reason, the_verdict, verdicts
from tests.support.signals import a_read_signal, a_signal

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
        ({"dispositions": ["stayed", "vacated"]}, court(), ""),
        ({"dispositions": ["stayed"]}, court(disposition=["granted_in_part"]), ""),
        ({"dispositions": ["stayed"]}, court(disposition=["denied"]), "disposition_differs"),
        ({"dispositions": ["stayed"]}, court(relief="other"), "disposition_differs"),
        ({"dispositions": ["stayed"]}, court(relief=None), "disposition_differs"),
        ({"dispositions": ["denied"]}, court(disposition=["denied"]), ""),
        ({"dispositions": ["enjoined"]}, court(relief="preliminary_injunction"), ""),
        ({"dispositions": ["enjoined"]}, court(relief="tro"), ""),
        ({"dispositions": ["enjoined"]}, court(relief="tro", disposition=["denied"]), "disposition_differs"),
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


STAY = "ORDER granting the motions for a stay pending appeal. By the Court."


def test_an_order_that_grants_a_stay_is_one_that_stays() -> None:
    """As it is read, not only as it is written here: whoever watches for `stayed` hears of it."""
    rule = ruling(documents=["order"], dispositions=["stayed", "vacated"])
    meaning = Reader(Lexicon.build()).read(of_entry(STAY, None, **CAFC).read.record.signal).court
    assert the_verdict(rule, of_entry(STAY, meaning, **CAFC)).figure_text == "order, stay granted"


def test_the_verdict_tells_court_case_and_decision() -> None:
    """A buyer reads the court and number, whose case it is, and what was decided, each once."""
    verdict = the_verdict(ruling(), of_entry(STAY, court(), **CAFC))
    assert verdict.summary == "CAFC 2025-1812 (V.O.S. Selections): order, stay granted"
    assert verdict.figure_text == "order, stay granted"
    assert verdict.threshold_text == "order, opinion, judgment (granted, denied, stayed, affirmed)"
    assert (verdict.reason, verdict.labels) == ("court_decided", {"matter": "ieepa-tariffs"})
    assert verdict.span == (0, len(STAY))


@pytest.mark.parametrize(
    ("fields", "decided"),
    [
        ({"disposition": ["granted", "stayed"]}, "order, stay granted"),
        ({"disposition": ["stayed"]}, "order, stayed"),
        ({"disposition": ["affirmed", "stayed"]}, "order, affirmed, stayed"),
        (
            {"disposition": ["granted_in_part"], "relief": "tro"},
            "order, temporary restraining order granted in part",
        ),
        (
            {"disposition": ["granted", "enjoined"], "relief": "preliminary_injunction"},
            "order, preliminary injunction granted",
        ),
        ({"disposition": ["vacated", "enjoined"], "document": "opinion"}, "opinion, vacated, enjoined"),
        ({"disposition": ["denied"], "relief": "other"}, "order, denied"),
        ({"disposition": ["dismissed"], "relief": "appeal"}, "order, appeal dismissed"),
    ],
)
def test_a_decision_is_told_once(fields: dict[str, Any], decided: str) -> None:
    """No `stay stayed`, no `stay granted, stayed`; relief stands before what became of it alone."""
    rule = ruling(documents=[], dispositions=[])
    assert the_verdict(rule, of_entry(STAY, court(**fields), **CAFC)).figure_text == decided


@pytest.mark.parametrize(
    ("title", "case"),
    [
        (
            "V.O.S. Selections, Inc. v. United States",
            "CAFC 2025-1812 (V.O.S. Selections, Inc. v. United States)",
        ),
        (
            "25-1812: V.O.S. Selections v. Trump [OPINION], Precedential",
            "CAFC 2025-1812 (V.O.S. Selections v. Trump)",
        ),
        ("In re Section 301 Cases", "CAFC 2025-1812 (In re Section 301 Cases)"),
        ("ORDER granting stay in Axle v. Trump", "CAFC 2025-1812 (V.O.S. Selections)"),
        ("25-1812", "CAFC 2025-1812 (V.O.S. Selections)"),
    ],
)
def test_the_case_is_named_by_its_caption(title: str, case: str) -> None:
    """By the entry's own where its title is one, else by the matter's."""
    summary = the_verdict(ruling(), of_entry(title, court(), **CAFC)).summary
    assert summary == f"{case}: order, stay granted"


def test_a_matter_without_captions_is_named_by_its_id() -> None:
    """In words; a court that is no short code stays as it is written."""
    matter = Matter(id="axle-case", names=("*",), dockets=(("D. Maine", "25-1"),))
    read = of_entry("ORDER", court(), court="D. Maine", number="25-1").read
    facts = some_facts(read, world=World(matters={"axle-case": matter}))
    assert the_verdict(ruling(matters=[]), facts).summary == "D. Maine 25-1 (axle case): order, stay granted"


@pytest.mark.parametrize(
    ("text", "disposition", "words"),
    [
        ("ORDER 7. The motion is granted. So ordered.", ["granted"], "grant"),
        ("ORDER 7. DENYING the motion.", ["denied"], "DEN"),
        ("The request fails.", ["denied"], "T"),
        ("The request fails.", [], "T"),
    ],
)
def test_the_entry_is_quoted_where_it_decides(text: str, disposition: list[str], words: str) -> None:
    """Under a caption as title, the evidence shows the words of the text that decide."""
    read = a_read_signal(
        kind="docket_entry",
        title="V.O.S. Selections v. Trump",
        text=text,
        reading=Reading(court=court(disposition=disposition)),
    )
    span = the_verdict(ruling(documents=[], dispositions=[]), some_facts(read)).span
    assert span is not None
    assert read.body[slice(*span)] == words


def test_a_bare_decision_has_words_too() -> None:
    """Without disposition, relief, docket or lists the words still say what there is."""
    rule = ruling(documents=[], dispositions=[])
    entry = of_entry("Learning Resources v. Trump", court(disposition=[], relief=None))
    verdict = the_verdict(rule, entry)
    assert (verdict.figure_text, verdict.threshold_text) == ("order", "any decision")
    limited = the_verdict(ruling(documents=[], dispositions=["granted"]), of_entry(STAY, court(), **CAFC))
    assert limited.threshold_text == "any decision (granted)"
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
