"""What CourtListener pushes, made into the same signals as by polling."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from alerter.sources.courtlistener_events import Desk, Event, Pushed, Taken, read_event, signals_of
from alerter.sources.courtlistener_watch import DocketWatch
from alerter.sources.formats.courtlistener_entries import Setting
from alerter.sources.formats.courtlistener_rows import DocketFacts, UnknownShape

NOW = datetime(2025, 6, 9, 12, tzinfo=UTC)
Json = dict[str, Any]


def desk(source: str = "dockets", watch: DocketWatch | None = None) -> Desk:
    """Who takes what is pushed."""
    setting = Setting(source, "https://courts.example", {}, NOW)
    return Desk(setting, timedelta(days=2), timedelta(days=7), watch)


def pushed(event_type: int, *results: Json) -> Pushed:
    """What an event of this type brings."""
    body = {"payload": {"results": results}, "webhook": {"event_type": event_type, "version": 2}}
    return read_event(Event.model_validate(body))


def entry(**fields: Any) -> Json:
    """An entry as a docket alert holds it."""
    return {
        "id": 9,
        "docket": 7,
        "description": "ORDER granting the motion to stay",
        "entry_number": 12,
        "date_filed": "2025-06-09",
        "date_created": "2025-06-09T11:00:00Z",
        "date_modified": "2025-06-09T11:00:00Z",
        "recap_documents": [
            {"id": 5, "description": "Order", "absolute_url": "/docket/7/12/toy-makers-v-state/"}
        ],
    } | fields


def row(**fields: Any) -> Json:
    """A document as a search alert holds it."""
    return {
        "id": 5,
        "docket_entry_id": 9,
        "short_description": "Order",
        "entry_number": 12,
        "entry_date_filed": "2025-06-09",
        "absolute_url": "/docket/7/12/toy-makers-v-state/",
    } | fields


def case(**fields: Any) -> Json:
    """A case as a search alert holds it."""
    return {
        "docket_id": 7,
        "court_id": "cit",
        "docketNumber": "1:25-cv-00066",
        "caseName": "Toy Makers v. State",
        "dateFiled": "2025-06-08",
    } | fields


def told(taken: Sequence[Taken]) -> list[tuple[str | None, str, str]]:
    """Id, source and title of each."""
    return [(one.signal.id, one.signal.source, one.signal.title) for one in taken]


WATCH = DocketWatch(
    since=NOW - timedelta(days=30),
    facts=DocketFacts(court="cit", number="25-00066", name="Toy Makers v. State"),
    watermark=NOW - timedelta(hours=2),
    read={8: NOW - timedelta(hours=2)},
)


def test_a_docket_alert_is_told_as_by_polling() -> None:
    """What polling has learnt of the docket names case, court and number."""
    [taken] = signals_of(pushed(1, entry()), {7: desk(watch=WATCH)}, desk("elsewhere"))
    assert taken.signal.title == "Toy Makers v. State [Order]"
    assert taken.signal.docket is not None
    assert taken.signal.docket.number == "25-00066"
    assert not taken.is_background
    assert not taken.is_known


@pytest.mark.parametrize(
    "docket", [{"docket": 7}, {"docket": None}, {"docket": "https://c.example/dockets/7/"}]
)
def test_a_docket_is_known_by_what_the_entry_states(docket: Json) -> None:
    """By its id, its address, or the address of a document."""
    assert pushed(1, entry(**docket)).dockets == {7}


def test_an_entry_of_a_docket_that_nobody_lists_is_taken_elsewhere() -> None:
    """It keeps the name that its address holds."""
    assert told(signals_of(pushed(1, entry()), {}, desk("elsewhere"))) == [
        ("entry:9", "elsewhere", "Toy Makers v State [Order]")
    ]
    lost = pushed(1, entry(docket=None, recap_documents=[]))
    assert lost.dockets == frozenset()
    assert told(signals_of(lost, {}, desk("elsewhere")))[0][2].startswith("Unknown docket")


@pytest.mark.parametrize(
    ("fields", "known"),
    [
        ({"date_modified": "2025-06-09T11:00:00Z"}, False),
        ({"date_modified": "2025-06-09T09:00:00Z"}, True),
        ({"date_modified": "2025-06-09T10:00:00Z"}, False),
        ({"date_modified": "2025-06-09T10:00:00Z", "id": 8}, True),
        ({"date_modified": "2025-06-09T09:55:00Z", "id": 8}, True),
        ({"date_modified": "2025-06-09T10:05:00Z", "id": 8}, False),
        ({"date_modified": None}, False),
    ],
)
def test_what_polling_has_read_already_is_known(fields: Json, known: bool) -> None:
    """A retry that comes a day late must not bring an old text back."""
    [taken] = signals_of(pushed(1, entry(**fields)), {7: desk(watch=WATCH)}, desk("elsewhere"))
    assert taken.is_known is known


def test_what_is_backfilled_or_older_than_the_watch_is_background() -> None:
    """As by polling."""
    old, late = entry(date_filed="2025-05-01"), entry(date_filed="2025-05-30")
    watched = {7: desk(watch=WATCH)}
    assert [one.is_background for one in signals_of(pushed(1, old, late, entry()), watched, desk())] == [
        True,
        True,
        False,
    ]
    assert [one.is_background for one in signals_of(pushed(1, late), {}, desk())] == [True]


def test_a_search_alert_tells_entries_and_cases() -> None:
    """Documents by themselves, documents in cases, and cases in which no document was found."""
    found = pushed(
        2,
        row(docket_id=3, docket_entry_id=30, absolute_url=""),
        case(recap_documents=[row(), row(id=6, attachment_number=1, short_description="Opinion"), "x"]),
        case(docket_id=4, caseName="Others v. State", court_id=""),
    )
    assert found.dockets == {3, 4, 7}
    assert told(signals_of(found, {}, desk("elsewhere"))) == [
        ("entry:30", "elsewhere", "Docket 3 [Order]"),
        ("entry:9", "elsewhere", "Toy Makers v. State [Order]"),
        ("case:4", "elsewhere", "Found by a search alert: Others v. State (1:25-cv-00066)"),
    ]


def test_a_part_of_what_was_read_in_full_is_known() -> None:
    """A search alert holds some documents of an entry; what has all of them stays."""
    watched = {7: desk(watch=WATCH)}
    taken = signals_of(pushed(2, case(recap_documents=[row(docket_entry_id=8), row(id=6)])), watched, desk())
    assert [(one.signal.id, one.is_known) for one in taken] == [("entry:8", True), ("entry:9", False)]


def test_other_events_bring_nothing() -> None:
    """Fetches that ended, reports of alerts."""
    assert pushed(3, {"id": 1}) == Pushed()
    assert signals_of(Pushed(), {}, desk()) == []
    assert pushed(1) == Pushed(entries=[])


@pytest.mark.parametrize("event_type", [1, 2])
def test_results_of_another_shape_are_refused(event_type: int) -> None:
    """Unless some can be read: then those count."""
    with pytest.raises(UnknownShape, match="without a readable"):
        pushed(event_type, {"cluster_id": 4})
    good = entry() if event_type == 1 else case()
    assert len(signals_of(pushed(event_type, {"cluster_id": 4}, good), {}, desk())) == 1
