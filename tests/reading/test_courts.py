"""Docket entries: each row's meaning was decided from court practice before the reader saw it."""

import pytest

from alerter.reading.courts.entries import read_docket_entry

# (entry, document, by, dispositions, relief, decides)
ENTRIES = [
    # requests and filings decide nothing, whatever they ask for
    (
        "MOTION for Temporary Restraining Order and Preliminary Injunction filed by All Plaintiffs.",
        "motion",
        "party",
        (),
        "tro",
        False,
    ),
    (
        "EMERGENCY MOTION to stay the judgment pending appeal, filed by the United States.",
        "motion",
        "party",
        (),
        "stay",
        False,
    ),
    ("Proposed Order Granting Motion to Stay", "notice", "party", (), "stay", False),
    (
        "[PROPOSED] ORDER granting preliminary injunction, submitted by Plaintiffs",
        "notice",
        "party",
        (),
        "preliminary_injunction",
        False,
    ),
    ("Unopposed Motion for extension of time to file opening brief", "motion", "party", (), "other", False),
    ("Letter MOTION for leave to file excess pages", "motion", "party", (), "other", False),
    ("Application (25A77) for a stay, submitted to The Chief Justice.", "motion", "party", (), "stay", False),
    ("CROSS MOTION for Summary Judgment by Defendants", "motion", "party", (), "summary_judgment", False),
    ("NOTICE of Supplemental Authority re 45 MOTION to Dismiss", "notice", "party", (), None, False),
    (
        "Supplemental Authority under Rule 28(j): decision granting an injunction in a like case",
        "notice",
        "party",
        (),
        None,
        False,
    ),
    (
        "NOTICE OF APPEAL to the Federal Circuit by Defendants as to 55 Judgment",
        "notice",
        "party",
        (),
        "appeal",
        False,
    ),
    ("Notice of Appearance by J. Roe on behalf of Importer", "notice", "party", (), None, False),
    ("BRIEF of amici curiae economists in support of petitioners", "brief", "party", (), None, False),
    ("RESPONSE in Opposition to 12 Motion to stay", "brief", "party", (), "stay", False),
    ("MEMORANDUM in Support re 13 MOTION for Default Judgment", "brief", "party", (), None, False),
    (
        "REPLY to Response to Motion for Summary Judgment",
        "brief",
        "party",
        (),
        "summary_judgment",
        False,
    ),
    ("Stipulation of Dismissal without prejudice", "notice", "party", (), None, False),
    # the clerk's housekeeping
    (
        "Received Order from the Supreme Court granting certiorari before judgment.",
        "clerk",
        "clerk",
        (),
        None,
        False,
    ),
    ("Certified copy of order of the Court of Appeals granting a stay", "clerk", "clerk", (), None, False),
    ("ORDER of USCA as to 60 Notice of Appeal: motion for stay GRANTED", "clerk", "clerk", (), None, False),
    ("Summons Issued as to United States", "clerk", "clerk", (), None, False),
    ("Set/Reset Deadlines: responses due by 6/5/2025", "clerk", "clerk", (), None, False),
    ("Clerk's ENTRY OF DEFAULT", "clerk", "clerk", (), None, False),
    ("Filing fee: $605, receipt number 0123", "clerk", "clerk", (), None, False),
    ("Notice of Docketing. Opening brief due in 60 days", "clerk", "clerk", (), None, False),
    ("DISTRIBUTED for Conference of 9/29/2025.", "clerk", "clerk", (), None, False),
    # the court's acts of substance
    (
        "ORDER granting 12 Motion for Preliminary Injunction. Signed by Judge Ames.",
        "order",
        "court",
        ("granted",),
        "preliminary_injunction",
        True,
    ),
    ("ORDER denying Motion to Stay pending appeal", "order", "court", ("denied",), "stay", True),
    ("ORDER granting Motion for Relief from Stay", "order", "court", ("granted",), "other", True),
    (
        "ORDER lifting the administrative stay and denying the motion",
        "order",
        "court",
        ("denied",),
        "other",
        True,
    ),
    (
        "PER CURIAM ORDER: The judgments of the trade court are temporarily stayed until further notice.",
        "order",
        "court",
        ("stayed",),
        "stay",
        True,
    ),
    (
        "TEMPORARY RESTRAINING ORDER: Defendants are enjoined from collecting the duties",
        "order",
        "court",
        ("enjoined",),
        "tro",
        True,
    ),
    (
        "ORDER granting in part and denying in part 40 Motion for Summary Judgment",
        "order",
        "court",
        ("granted_in_part",),
        "summary_judgment",
        True,
    ),
    ("ORDER: The motion to dismiss is denied as moot.", "order", "court", ("denied", "moot"), "other", True),
    ("ORDER dismissing case for lack of jurisdiction", "order", "court", ("dismissed",), None, True),
    (
        "Slip Opinion 25-66. The challenged tariff orders are vacated, their operation permanently enjoined.",
        "opinion",
        "court",
        ("vacated", "enjoined"),
        None,
        True,
    ),
    (
        "OPINION filed. AFFIRMED IN PART, VACATED IN PART, and REMANDED.",
        "opinion",
        "court",
        ("affirmed", "vacated", "remanded"),
        None,
        True,
    ),
    ("MEMORANDUM OPINION", "opinion", "court", (), None, True),
    (
        "JUDGMENT entered: plaintiffs' motion for summary judgment is granted",
        "judgment",
        "court",
        ("granted",),
        "summary_judgment",
        True,
    ),
    (
        "JUDGMENT. The decision below is reversed and the case remanded.",
        "judgment",
        "court",
        ("reversed", "remanded"),
        None,
        True,
    ),
    ("Formal mandate issued in 25-1812.", "mandate", "court", (), None, True),
    (
        "Petition for a writ of certiorari GRANTED. The cases are consolidated.",
        "order",
        "court",
        ("granted",),
        "appeal",
        None,
    ),
    ("Judge Lee: ORDER denying TRO", "order", "court", ("denied",), "tro", True),
    # the court's housekeeping
    ("ORDER granting Motion for Extension of Time to answer", "order", "court", ("granted",), "other", False),
    ("ORDER granting motion to appear pro hac vice", "order", "court", ("granted",), "other", False),
    ("SCHEDULING ORDER: briefs due June 20", "order", "court", (), None, False),
    ("ORDER TO SHOW CAUSE why the case should not be dismissed", "order", "court", (), None, False),
    ("So-Ordered Scheduling Notification FILED", "order", "court", (), None, False),
    ("MINUTE ENTRY: oral argument held before Judge Ames", "minute", "court", (), None, False),
    # corrections
    ("[VACATED PURSUANT TO COURT ORDER] ORDER granting Motion to Dismiss", "order", "court", (), None, False),
    ("**STRICKEN PER DKT 20** JUDGMENT for plaintiffs is granted", "judgment", "court", (), None, False),
    ("The mandate issued on June 3 is recalled as issued in error.", "order", "court", (), None, True),
]


# (entry, decides): what is set afterwards undoes no ruling, and a ruling on the schedule is none
SCHEDULED = [
    (
        "ORDER (en banc): The motions for a stay pending appeal are granted. Argument is set for July 31.",
        True,
    ),
    ("ORDER: The motions for a stay are granted. Oral argument is set for July 31, 2025.", True),
    ("ORDER granting motion to stay pending appeal and setting oral argument for 31 July", True),
    ("PER CURIAM ORDER: The injunction pending appeal is denied. A briefing schedule will issue.", True),
    ("ORDER denying motion to dismiss; status conference set for May 3.", True),
    ("ORDER granting 12 Motion for Stay. Oral argument scheduled for May 5.", True),
    ("ORDER. The petition for a writ of certiorari is granted. Briefs are due Sept. 19.", True),
    ("ORDER granting motion for leave to file. The motion to dismiss is denied as moot.", True),
    ("MINUTE ENTRY: motion for a stay granted from the bench. Status conference set for May 5.", True),
    ("ORDER: The motion to expedite is granted. The stay motion remains pending.", False),
    ("ORDER granting Motion for extension of time to answer the motion for a stay. Due June 5.", False),
    ("ORDER granting motion to stay discovery. A joint report is due in May.", False),
    ("ORDER granting motion for leave to file. The motion to divide argument is granted.", False),
    ("ORDER: oral argument on the stay is set for June 3; the request for remote access is granted.", False),
    ("ORDER granting unopposed motion to expedite briefing on summary judgment", False),
    ("MINUTE ENTRY: status conference held; motion for a stay argued. Request for redaction denied.", False),
]


@pytest.mark.parametrize(("entry", "decides"), SCHEDULED)
def test_a_schedule_set_beside_a_ruling_does_not_undo_it(entry: str, decides: bool) -> None:
    """Each sentence is judged by itself: one that grants or denies relief of substance decides."""
    assert read_docket_entry("Importers, Inc. v. United States", entry).decides is decides


@pytest.mark.parametrize(("entry", "document", "by", "disposition", "relief", "decides"), ENTRIES)
def test_an_entry_means_its_document_and_its_disposition(
    entry: str, document: str, by: str, disposition: tuple[str, ...], relief: str | None, decides: bool | None
) -> None:
    """A docket entry is read on both axes, and requests are never taken for decisions."""
    meaning = read_docket_entry("Importers, Inc. v. United States", entry)
    assert (meaning.document.value, meaning.by) == (document, by)
    assert meaning.disposition == disposition
    assert meaning.relief == relief
    if decides is not None:
        assert meaning.decides is decides


@pytest.mark.parametrize(("entry", "document", "by", "disposition", "relief", "decides"), ENTRIES)
def test_an_entry_reads_the_same_as_the_title(
    entry: str, document: str, by: str, disposition: tuple[str, ...], relief: str | None, decides: bool | None
) -> None:
    """An entry without text is read from its title, with the same meaning."""
    assert read_docket_entry(entry, "") == read_docket_entry("Importers, Inc. v. United States", entry)


def test_a_label_in_brackets_after_the_caption_tells_the_document() -> None:
    """Court feeds put the document's name in brackets behind the caption."""
    meaning = read_docket_entry("25-1812: V.O.S. Widgets, Inc. v. Roe [OPINION], Precedential", "")
    assert (meaning.document.value, meaning.by, meaning.decides) == ("opinion", "court", True)


def test_mark_up_of_feeds_is_left_aside() -> None:
    """Links and brackets of a court feed do not hide the label."""
    meaning = read_docket_entry(
        "25-66 A v. B", "[Order on Motion to Stay] (<a href='https://x.example/1'>12</a>)"
    )
    assert (meaning.document.value, meaning.relief) == ("order", "stay")


def test_an_empty_entry_is_the_clerks() -> None:
    """Nothing to read is nothing decided."""
    meaning = read_docket_entry("", "")
    assert (meaning.document.value, meaning.decides) == ("clerk", False)


@pytest.mark.parametrize(
    "text", ["[" * 9000, "order " * 40_000, "ORDER granting " + "in part " * 9000, "(text " * 20_000]
)
def test_hostile_entries_end_quickly(text: str) -> None:
    """Only the start of an entry is read, so repetition costs nothing."""
    assert read_docket_entry("A v. B", text) is not None
