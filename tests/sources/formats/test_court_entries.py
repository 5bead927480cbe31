"""Court entries: both ways in which courts write them, and what stands in for parts that are missing."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerter.core.captions import UNNAMED
from alerter.sources.formats.court_entries import CourtEntry, feed_zone, read_entry
from alerter.sources.formats.syndication import Entry

BASE = "https://ecf.cit.example/cgi-bin/rss_outside.pl"
DOCUMENT = "https://ecf.cit.example/doc1/0550"


def read(title: str = "25-71 A v. B", text: str = "", link: str = "") -> CourtEntry:
    """The parts of an entry that has a number."""
    part = read_entry(Entry(title=title, text=text, link=link), BASE)
    assert part is not None
    return part


@pytest.mark.parametrize(
    ("title", "number", "case"),
    [
        ("25-00071 Lakeside Toys v. Reyes", "25-00071", "Lakeside Toys v. Reyes"),
        ("1:25-cv-00071 Lakeside Toys v. Reyes", "1:25-cv-00071", "Lakeside Toys v. Reyes"),
        ("1:25-cv-00071-ABC-DE Lakeside", "1:25-cv-00071-ABC-DE", "Lakeside"),
        ("2025-1812 Lakeside Toys, et al v. EDUC", "2025-1812", "Lakeside Toys v. EDUC"),
        ("  18-90003   ", "18-90003", UNNAMED),
        ("18-79 O&amp;amp;Brien &#x26; Sons  v.   Reyes ", "18-79", "O&Brien & Sons v. Reyes"),
        ("25-1812: LAKESIDE TOYS v. REYES", "25-1812", "LAKESIDE TOYS v. REYES"),
        ("25-1812, 25-1813: LAKESIDE v. REYES", "25-1812", "LAKESIDE v. REYES"),
        ("25-9 In re: Alba", "25-9", "In re: Alba"),
    ],
)
def test_a_title_is_a_number_and_a_caption(title: str, number: str, case: str) -> None:
    """The number stays as the court writes it; the caption is made short and plain."""
    part = read(title)
    assert (part.number, part.case) == (number, case)


@pytest.mark.parametrize(
    "title", ["", "Lakeside v. Reyes", "Court closed on 25-12", "2025 report", "25-12x A"]
)
def test_a_title_without_a_number_is_no_entry(title: str) -> None:
    """Announcements and the like are told apart from entries."""
    assert read_entry(Entry(title=title), BASE) is None


@pytest.mark.parametrize(
    ("description", "label", "text", "entry", "document"),
    [
        (
            f"[Order on Motion] (<a href='{DOCUMENT}'>27</a>)",
            "Order on Motion",
            "Order on Motion",
            27,
            DOCUMENT,
        ),
        (
            f'[Order] (<a  target="x" href="{DOCUMENT}?a=1&amp;b=2" >3</a>)',
            "Order",
            "Order",
            3,
            f"{DOCUMENT}?a=1&b=2",
        ),
        (f"[Order] (<A HREF={DOCUMENT}>Document</A>)", "Order", "Order", None, DOCUMENT),
        ("[Order] (<a href='/doc1/9'>9</a>)", "Order", "Order", 9, "https://ecf.cit.example/doc1/9"),
        (f"[Order] (&lt;a href='{DOCUMENT}'&gt;4&lt;/a&gt;)", "Order", "Order", 4, DOCUMENT),
        ("[Order] (<a href='javascript:x()'>4</a>)", "Order", "Order", None, None),
        ("[Order] (<a href='http://['>4</a>)", "Order", "Order", None, None),
        (f"[Order] (<a href='{DOCUMENT}'>123456789012</a>)", "Order", "Order", None, DOCUMENT),
        ("Type: ap Office: 1 Chapter:   [Close Case] ", "Close Case", "Close Case", None, None),
        (
            "Type: bk Office: 1 Chapter: 11 [Order &amp; Notice]",
            "Order & Notice",
            "Order & Notice",
            None,
            None,
        ),
        (
            f"[Order] [Judgment]  [Order] (<a href='{DOCUMENT}'>5</a>)",
            "Order; Judgment",
            "Order; Judgment",
            5,
            DOCUMENT,
        ),
        ("[Motion to Stay [re 12] ]", "Motion to Stay [re 12]", "Motion to Stay [re 12]", None, None),
        ("[Order granting a stay", "Order granting a stay", "Order granting a stay", None, None),
        ("[Order] (7) granting a stay.", "Order", "Order: (7) granting a stay.", None, None),
        ("[] plain words", "", "[] plain words", None, None),
        ("plain words", "", "plain words", None, None),
        ("", "", "", None, None),
    ],
)
def test_a_description_is_labels_and_a_document(
    description: str, label: str, text: str, entry: int | None, document: str | None
) -> None:
    """What the brackets hold is the label; the first link is the document, numbered where it is a number."""
    part = read(text=description)
    assert (part.label, part.text, part.entry, part.document) == (label, text, entry, document)


def test_an_opinion_of_the_federal_circuit_has_its_label_in_the_title() -> None:
    """With its status and where the appeal comes from; the document is the linked PDF."""
    part = read_entry(
        Entry(
            title="25-1812: LAKESIDE TOYS, INC. v. REYES [RULE 36 JUDGMENT], Nonprecedential",
            text='<p>Posted: <a href="/opinions-orders/25-1812.pdf">RULE 36 JUDGMENT (pdf)</a><br />'
            "Appeal Number: 25-1812 <br />Origin: CIT <br />Nonprecedential </p>",
            link="https://cafc.example/25-1812/",
        ),
        "https://cafc.example/feed/",
    )
    assert part is not None
    assert (part.number, part.case) == ("25-1812", "LAKESIDE TOYS, INC. v. REYES")
    assert part.label == "RULE 36 JUDGMENT"
    assert part.text == "RULE 36 JUDGMENT, Nonprecedential. Origin: CIT"
    assert part.document == "https://cafc.example/opinions-orders/25-1812.pdf"
    assert part.link == "https://cafc.example/25-1812/"
    assert read("25-9: A v. B [ORDER]").text == "ORDER"


@pytest.mark.parametrize(
    ("dates", "hours"),
    [
        (b"<lastBuildDate>Fri, 03 Feb 2023 10:58:42 MST</lastBuildDate>", -7),
        (b"<pubDate>Fri, 03 Feb 2023 10:58:42 edt </pubDate>", -4),
        (b"<pubDate>Fri, 03 Feb 2023 10:58:42 GMT</pubDate>", 0),
        (b"<pubDate>Fri, 03 Feb 2023 10:58:42 +0000</pubDate>", 0),
        (b"", 0),
    ],
)
def test_dates_are_in_the_zone_that_the_feed_names(dates: bytes, hours: int) -> None:
    """An entry made late in the evening is filed on the court's day, not on the next one in UTC."""
    day = datetime(2023, 2, 3, 12, tzinfo=UTC)
    assert day.astimezone(feed_zone(dates)).utcoffset() == timedelta(hours=hours)
    assert feed_zone(dates) in (UTC, timezone(timedelta(hours=hours)))


@given(st.text(max_size=200), st.text(alphabet="[]()<>ahref='\" =/&;l t", max_size=200))
def test_no_title_or_description_breaks_the_reading(caption: str, description: str) -> None:
    """Whatever a court writes, an entry comes out clean, or none."""
    part = read_entry(Entry(title=f"25-1 {caption}", text=description), BASE)
    assert part is None or "\n" not in part.case
