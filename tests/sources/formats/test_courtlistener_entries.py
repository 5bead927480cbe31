"""What becomes of CourtListener's entries, rows of its search and cases, whatever is missing in them."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest

from alerter.reading.courts.entries import read_docket_entry
from alerter.sources.formats.courtlistener_courts import court_time, written_number
from alerter.sources.formats.courtlistener_entries import Setting, case_signal, entry_signal
from alerter.sources.formats.courtlistener_rows import (
    Case,
    DocketFacts,
    Entry,
    Hit,
    UnknownShape,
    docket_facts,
    entries_of,
    read_docket,
    read_rows,
)

NOW = datetime(2025, 6, 9, 12, tzinfo=UTC)
SETTING = Setting("dockets", "https://courts.example", {"desk": "trade"}, NOW)
FACTS = DocketFacts(court="cit", number="25-00066", name="Toy Makers, Inc. v. United States")


def document(number: int = 1, **fields: Any) -> dict[str, Any]:
    """A main document."""
    return {
        "id": 100 + number,
        "document_number": "12",
        "attachment_number": None,
        "description": "Order on Motion to Stay",
        "is_sealed": None,
        "absolute_url": "/docket/7/12/toy-makers-inc-v-united-states/",
    } | fields


def attachment(number: int, description: str) -> dict[str, Any]:
    """An attachment of it."""
    return document(50 + number, attachment_number=number, description=description)


def entry(**fields: Any) -> Entry:
    """An entry with its full text."""
    given: dict[str, Any] = {
        "id": 9,
        "docket_id": 7,
        "description": "ORDER granting <b>12</b> motion to stay &amp; denying the rest",
        "entry_number": 12,
        "date_filed": "2025-05-28",
        "time_filed": "19:15:00",
        "date_created": "2025-05-28T16:20:00-07:00",
        "recap_documents": [document()],
    }
    return Entry.model_validate(given | fields)


def hit(number: int = 1, **fields: Any) -> dict[str, Any]:
    """The same as a row of the search."""
    return {
        "id": 100 + number,
        "docket_id": 7,
        "docket_entry_id": 9,
        "description": "ORDER granting <b>12</b> motion to stay &amp; denying the rest",
        "short_description": "Order on Motion to Stay",
        "entry_number": 12,
        "entry_date_filed": "2025-05-28",
        "document_number": 12,
        "attachment_number": None,
        "absolute_url": "/docket/7/12/toy-makers-inc-v-united-states/",
        "meta": {"date_created": "2025-05-28T23:20:00Z"},
    } | fields


def test_an_entry_says_what_whose_and_when() -> None:
    """Title, text, address, place and time come from where the API has them."""
    signal = entry_signal(entry(), FACTS, SETTING)

    assert signal.id == "entry:9"
    assert signal.title == "Toy Makers, Inc. v. United States [Order on Motion to Stay]"
    assert signal.text == "ORDER granting 12 motion to stay & denying the rest\n\nOrder on Motion to Stay"
    assert signal.url == "https://courts.example/docket/7/12/toy-makers-inc-v-united-states/"
    assert signal.published_at == datetime(2025, 5, 28, 23, 15, tzinfo=UTC)
    assert signal.labels == {"desk": "trade"}
    assert signal.docket is not None
    assert signal.docket.model_dump() == {
        "court": "cit",
        "number": "25-00066",
        "entry": 12,
        "document": "12",
        "filed_at": date(2025, 5, 28),
    }


@pytest.mark.parametrize(
    ("fields", "title", "text"),
    [
        ({"description": ""}, "[Order on Motion to Stay]", "Order on Motion to Stay"),
        ({"description": None}, "[Order on Motion to Stay]", "Order on Motion to Stay"),
        (
            {"description": "", "recap_documents": [document(description=""), attachment(1, "Letter")]},
            "[Letter]",
            "Letter",
        ),
        (
            {
                "description": "BRIEF",
                "recap_documents": [document(description="Brief"), attachment(1, "Letter")],
            },
            "[Brief]",
            "BRIEF\n\nLetter",
        ),
        (
            {
                "description": "",
                "recap_documents": [document(description="Memo"), document(2, description="Memo")],
            },
            "[Memo]",
            "Memo",
        ),
        ({"description": "", "recap_documents": []}, "[entry 12]", ""),
        (
            {"description": "", "recap_documents": [], "entry_number": None},
            "[entry of 2025-05-28]",
            "",
        ),
        (
            {"description": "", "recap_documents": [], "entry_number": None, "date_filed": None},
            "[entry 9]",
            "",
        ),
        (
            {"description": "", "recap_documents": [document(description="", is_sealed=True)]},
            "[Sealed document]",
            "Sealed document",
        ),
        (
            {"description": "", "recap_documents": [document(description="Order [1]", is_sealed=True)]},
            "[Order (1)]",
            "Order [1] (sealed)",
        ),
        (
            {"description": "MINUTE entry before the judge: " + "argued " * 30, "recap_documents": []},
            "[MINUTE entry before the judge: argued argued argued argued …]",
            "MINUTE entry before the judge: " + " ".join(["argued"] * 30),
        ),
    ],
)
def test_an_entry_has_the_best_text_there_is(fields: dict[str, Any], title: str, text: str) -> None:
    """What is missing in one place stands in another, or is not there yet."""
    signal = entry_signal(entry(**fields), FACTS, SETTING)

    assert signal.title == f"Toy Makers, Inc. v. United States {title}"
    assert signal.text == text


def test_entries_without_numbers_are_told_apart() -> None:
    """Null numbers repeat in a docket; the id does not."""
    one, other = (entry_signal(entry(id=n, entry_number=None), FACTS, SETTING) for n in (1, 2))

    assert one.identity != other.identity
    assert one.docket is not None
    assert one.docket.entry is None


def test_a_late_text_is_a_new_version_of_the_same_signal() -> None:
    """The court's feed gives a label; the text that follows belongs to the same entry."""
    early, late = entry_signal(entry(description=""), FACTS, SETTING), entry_signal(entry(), FACTS, SETTING)

    assert early.identity == late.identity
    assert early.content_hash != late.content_hash
    assert not read_docket_entry(early.title, early.text).disposition
    assert "granted" in read_docket_entry(late.title, late.text).disposition


def test_the_search_tells_the_same_entry() -> None:
    """Rows are joined by their entry, main document first, into the same words."""
    rows = [hit(51, attachment_number=1, short_description="Opinion"), hit()]
    [joined] = entries_of(Hit.model_validate(row) for row in rows)
    full = entry(recap_documents=[document(), attachment(1, "Opinion")])

    found, listed = entry_signal(joined, FACTS, SETTING), entry_signal(full, FACTS, SETTING)
    assert (found.identity, found.content_hash) == (listed.identity, listed.content_hash)
    assert joined.date_created == entry().date_created


def test_rows_of_several_entries_stay_apart() -> None:
    """One signal per entry, with the oldest date of its documents, if they have any."""
    rows = [hit(), hit(2, docket_entry_id=10, meta={}), hit(3, entry_date_filed="2025-05-28T00:00:00-07:00")]
    first, second = entries_of(Hit.model_validate(row) for row in rows)

    assert (first.id, len(first.recap_documents), first.date_filed) == (9, 2, date(2025, 5, 28))
    assert (second.id, second.date_created) == (10, None)


def test_a_row_that_says_otherwise_has_another_content() -> None:
    """What the search did not state before is news."""
    contents = {
        Hit.model_validate(hit(**changed)).content
        for changed in ({}, {"description": ""}, {"short_description": "x"}, {"entry_number": None})
    }
    assert len(contents) == 4


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"docket_id": None, "docket": "https://courts.example/api/rest/v4/dockets/8/"}, 8),
        ({"docket_id": None, "docket": 8}, 8),
        ({"docket_id": None, "docket": None}, None),
        ({"docket_id": None, "docket": "elsewhere"}, None),
        ({}, 7),
    ],
)
def test_an_entry_knows_its_docket_in_every_shape(fields: dict[str, Any], expected: int | None) -> None:
    """Lists refer to it by address, webhooks by id."""
    assert entry(**fields).of == expected


@pytest.mark.parametrize(
    ("facts", "path", "name"),
    [
        (None, "/docket/7/12/toy-makers-inc-v-united-states/", "Toy Makers Inc v United States"),
        (None, "/docket/7/12/1/state-of-ohio-v-toys/", "State of Ohio v Toys"),
        (None, "", "Docket 7"),
        (DocketFacts(court="cit", number="25-00066"), "", "cit 25-00066"),
        (DocketFacts(court="cit", number=""), "/docket/7/12/a-v-b/", "A v B"),
    ],
)
def test_a_case_whose_name_is_not_known_is_called_by_what_is(
    facts: DocketFacts | None, path: str, name: str
) -> None:
    """A pushed entry of a docket never asked for has an address at least."""
    signal = entry_signal(entry(recap_documents=[document(absolute_url=path)]), facts, SETTING)

    assert signal.title.startswith(f"{name} [")
    assert (signal.docket is None) == (facts is None or not facts.number)


@pytest.mark.parametrize(
    "path", ["//evil.example/docket/1/", "https://evil.example/", "javascript:alert(1)", ""]
)
def test_an_address_never_leads_elsewhere(path: str) -> None:
    """Only a path of the site itself is linked to; else the docket's page."""
    signal = entry_signal(entry(recap_documents=[document(absolute_url=path)]), FACTS, SETTING)
    assert signal.url == "https://courts.example/docket/7/"


def test_a_login_stands_in_no_address() -> None:
    """Where the API is reached with user and password, people are led to the site without."""
    signal = entry_signal(
        Entry(id=1, docket_id=7), None, Setting("s", "https://desk:hush@c.example", {}, NOW)
    )
    assert signal.url == "https://c.example/docket/7/"


def test_an_address_that_is_none_is_left_out() -> None:
    """Blanks and the like make no link."""
    signal = entry_signal(entry(recap_documents=[document(absolute_url="/docket/a b/")]), FACTS, SETTING)
    assert signal.url is None


def test_an_entry_of_no_docket_leads_to_the_site() -> None:
    """There is nothing better to link to."""
    lost = entry(docket_id=None, recap_documents=[])
    signal = entry_signal(lost, None, SETTING)
    assert (signal.url, signal.title.partition(" [")[0]) == ("https://courts.example/", "Unknown docket")


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"time_filed": None}, datetime(2025, 5, 28, 4, tzinfo=UTC)),
        ({"date_filed": None}, datetime(2025, 5, 28, 23, 20, tzinfo=UTC)),
        ({"date_filed": None, "date_created": None}, NOW),
    ],
)
def test_an_entry_is_dated_when_it_was_filed(fields: dict[str, Any], expected: datetime) -> None:
    """Whatever is missing, it is dated as honestly as can be."""
    assert entry_signal(entry(**fields), FACTS, SETTING).published_at == expected


@pytest.mark.parametrize(
    ("court", "offset"),
    [
        ("cit", -4),
        ("dcd", -4),
        ("cafc", -4),
        ("cadc", -4),
        ("", -4),
        ("txnd", -5),
        ("ca8", -5),
        ("cod", -6),
        ("azd", -7),
        ("cand", -7),
        ("canb", -7),
        ("hid", -10),
    ],
)
def test_a_time_is_of_the_courts_own_clock(court: str, offset: int) -> None:
    """Courts are told by their letters; what is not known sits in Eastern time."""
    noon = court_time(court, date(2025, 6, 9), time(12))
    assert noon == datetime(2025, 6, 9, 12, tzinfo=UTC) - timedelta(hours=offset)


@pytest.mark.parametrize(
    ("court", "number", "written"),
    [
        ("cit", "1:25-cv-00066", "25-00066"),
        ("cit", "1:25-cv-00066-GSK-TMR-JAR", "25-00066"),
        ("cit", "2025-66", "25-00066"),
        ("cit", "25-00066", "25-00066"),
        ("insd", "1:24-cv-00524-JPH-KMB", "1:24-cv-00524"),
        ("dcd", "1:25-cv-01248-RC", "1:25-cv-01248"),
        ("cafc", "25-1812", "25-1812"),
        ("cafc", "No. 2025-1812", "2025-1812"),
        ("scotus", "25A12", "25A12"),
        ("nysd", "", ""),
    ],
)
def test_a_number_is_put_as_its_court_puts_it(court: str, number: str, written: str) -> None:
    """Judges' initials change hands, and the trade court writes year and number only."""
    assert written_number(court, number) == written


def test_a_docket_is_read_by_itself() -> None:
    """Court, number and name, the full name where there is no other."""
    asked = {"court_id": "cit", "docket_number": "1:25-cv-00066", "case_name": "", "case_name_full": "A v. B"}
    assert read_docket(asked) == docket_facts("cit", "25-00066", "A v. B")
    with pytest.raises(UnknownShape, match="without a readable court_id"):
        read_docket({"docket_number": "1"})
    with pytest.raises(UnknownShape, match="without a readable row"):
        read_docket([])


def test_a_page_counts_what_it_cannot_read() -> None:
    """One bad row does not spoil the good ones; none that can be read is another format."""
    page = read_rows({"results": [hit(), {"id": 4}], "next": ""}, Hit)
    assert (len(page.read), page.unreadable, page.following) == (1, 1, None)
    with pytest.raises(UnknownShape, match="without a readable docket_id"):
        read_rows({"results": [{"id": 4}]}, Hit)
    others: list[object] = [{"detail": "no"}, [], "x", {"results": {}}]
    for other in others:
        with pytest.raises(UnknownShape, match="without a list of results"):
            read_rows(other, Hit)


def test_a_case_is_a_signal_of_its_own() -> None:
    """It says where and when it was filed, and what about, and decides nothing."""
    case = Case.model_validate(
        {
            "docket_id": 3,
            "court_id": "cit",
            "docketNumber": "1:25-cv-00077",
            "caseName": "Toy Makers, Inc. v. United States",
            "dateFiled": "2025-04-14",
            "cause": "28:1581 Tariffs",
            "suitNature": "Trade",
            "docket_absolute_url": "/docket/3/toy-makers/",
        }
    )
    signal = case_signal(case, "May belong to tariffs", {"proposed_for": "tariffs"}, SETTING)

    assert signal.id == "case:3"
    assert signal.title == "May belong to tariffs: Toy Makers, Inc. v. United States (cit 25-00077)"
    assert signal.text == "Filed on 2025-04-14. Cause: 28:1581 Tariffs. Nature of suit: Trade."
    assert signal.labels == {"desk": "trade", "proposed_for": "tariffs"}
    assert signal.url == "https://courts.example/docket/3/toy-makers/"
    assert signal.published_at == datetime(2025, 4, 14, 4, tzinfo=UTC)
    assert signal.docket is not None
    assert (signal.docket.court, signal.docket.number, signal.docket.entry) == ("cit", "25-00077", None)
    assert not read_docket_entry(signal.title, signal.text).decides


def test_a_case_of_which_little_is_known_is_one_too() -> None:
    """Without name, court, number and date there is its id."""
    signal = case_signal(Case(docket_id=3), "Found", {}, SETTING)
    assert (signal.title, signal.docket, signal.published_at) == ("Found: docket 3", None, NOW)
