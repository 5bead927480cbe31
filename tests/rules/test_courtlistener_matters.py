"""Entries as CourtListener gives them, judged by docket rules: one matter over all its courts and numbers."""

from datetime import UTC, datetime

import pytest

from alerter.core.matter import Matter
from alerter.core.reading import ReadSignal
from alerter.core.signal import SignalRecord
from alerter.core.text import normalise
from alerter.reading import Reader
from alerter.reading.lexicon import Lexicon
from alerter.rules.base import Facts, World
from alerter.rules.docket import DocketRule
from alerter.sources.formats.courtlistener_entries import Setting, case_signal, entry_signal
from alerter.sources.formats.courtlistener_rows import Case, Entry, docket_facts

NOW = datetime(2025, 5, 29, 22, tzinfo=UTC)
MATTER = Matter(
    id="emergency-tariffs",
    dockets=(("cit", "25-00066"), ("cafc", "25-1812"), ("scotus", "25-250"), ("dcd", "1:25-cv-01248")),
    topics=("tariffs",),
)
RULE = DocketRule(
    id="ruling", type="docket", matters=("emergency-tariffs",), dispositions=("granted", "stayed", "vacated")
)
READER = Reader(Lexicon.build(()))


def verdicts(court: str, number: str, description: str) -> list[dict[str, str]]:
    """The labels of what the rule finds in an entry of this docket."""
    entry = Entry.model_validate(
        {
            "id": 1,
            "docket_id": 2,
            "description": description,
            "entry_number": None,
            "date_filed": "2025-05-29",
        }
    )
    setting = Setting("dockets", "https://courts.example", {}, NOW)
    signal = entry_signal(entry, docket_facts(court, number, "Toy Makers, Inc. v. United States"), setting)
    record = SignalRecord(identity=signal.identity, signal=signal, seen_at=NOW)
    read = ReadSignal(record=record, reading=READER.read(signal))
    world = World(matters={MATTER.id: MATTER})
    facts = Facts(read, normalise(signal.title), "story", NOW, world=world)
    return [dict(one.labels) for one in RULE.evaluate(facts).verdicts]


@pytest.mark.parametrize(
    ("court", "number"),
    [
        ("cit", "1:25-cv-00066"),
        ("cit", "1:25-cv-00066-GSK-TMR-JAR"),
        ("cit", "25-00066"),
        ("cafc", "25-1812"),
        ("cafc", "2025-1812"),
        ("scotus", "25-250"),
        ("scotus", "No. 25-250"),
        ("dcd", "1:25-cv-01248-RC"),
    ],
)
def test_every_docket_of_a_matter_joins_it(court: str, number: str) -> None:
    """However CourtListener writes the number, the order is the matter's."""
    assert verdicts(court, number, "ORDER granting the motion to stay.") == [{"matter": "emergency-tariffs"}]


@pytest.mark.parametrize(
    ("court", "number", "description"),
    [
        ("cit", "1:25-cv-00067", "ORDER granting the motion to stay."),
        ("nysd", "1:25-cv-00066", "ORDER granting the motion to stay."),
        ("dcd", "1:25-cr-01248", "ORDER granting the motion to stay."),
        ("cit", "1:25-cv-00066", "MOTION to stay filed by Toy Makers, Inc."),
        ("cit", "1:25-cv-00066", ""),
    ],
)
def test_what_is_no_act_of_a_court_in_the_matter_stays_silent(
    court: str, number: str, description: str
) -> None:
    """Other dockets, parties' filings, and entries whose text is not there yet."""
    assert verdicts(court, number, description) == []


def test_a_case_that_is_proposed_is_no_ruling() -> None:
    """A proposal may name the matter's parties and decides nothing."""
    case = Case(
        docket_id=3, court_id="cit", docketNumber="1:25-cv-00077", caseName="Order of Toy Makers v. State"
    )
    signal = case_signal(
        case, "May belong to emergency-tariffs", {}, Setting("d", "https://c.example", {}, NOW)
    )
    court = READER.read(signal).court
    assert court is not None
    assert not court.decides
