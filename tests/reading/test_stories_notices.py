"""Story keys and official notices."""

from datetime import date

import pytest

from alerter.reading.notices import read_notice
from alerter.reading.stories import canonical_url, story_keys, title_key
from tests.reading.support_reading import read

SAME_PAGE = [
    "https://news.example/world/rare-earths?id=7",
    "http://www.news.example/world/rare-earths/?id=7",
    "https://news.example/world/rare-earths?utm_source=x&id=7&utm_medium=y",
    "https://news.example/amp/world/rare-earths?id=7#top",
    "https://NEWS.example:443/world/rare-earths/amp?fbclid=1&id=7",
    "https://m.news.example/world/rare-earths?id=7&gclid=zz",
]


def test_addresses_of_one_page_share_a_key() -> None:
    """Scheme, www, tracking, AMP, fragments and a final slash make no other page."""
    assert {canonical_url(url) for url in SAME_PAGE} == {"news.example/world/rare-earths?id=7"}


def test_addresses_of_other_pages_differ() -> None:
    """What the query names, the port and the path's case tell pages apart."""
    pages = [
        "https://a.example/x?id=7",
        "https://a.example/x?id=8",
        "https://a.example/X?id=7",
        "https://a.example:8443/x?id=7",
        "https://b.example/x?id=7",
    ]
    assert len({canonical_url(url) for url in pages}) == len(pages)


@pytest.mark.parametrize(
    "url", ["", "mailto:a@b.example", "https://", "http://[::1", "https://a.example:99999/", "notes"]
)
def test_what_is_no_address_has_no_key(url: str) -> None:
    """Broken and foreign addresses give no key rather than a shared one."""
    assert canonical_url(url) is None


TITLES = [
    "China's rare earth exports fall 34% in May",
    "China’s Rare Earth exports fall 34% in May - Reuters",
    "China's rare-earth exports fall 34% in May | BBC News",
    "China's rare earth exports fall 34 % in May — The Example Times",
]


def test_titles_of_one_story_share_a_key() -> None:
    """Case, quotes, dashes and the outlet's name make no other title."""
    assert len({title_key(title) for title in TITLES}) == 1


def test_short_titles_have_no_key() -> None:
    """Titles of fewer than four words are shared by unlike texts."""
    assert title_key("Market update today") is None
    assert title_key("Copper - Reuters") is None


def test_a_dash_that_is_no_outlet_stays() -> None:
    """A long tail behind a dash belongs to the title."""
    one = title_key("Talks in London - what the negotiators of both sides want from each other")
    other = title_key("Talks in London - what nobody has told you about it so far")
    assert one != other


def test_a_signal_without_either_has_no_story_key() -> None:
    """No usable address and no telling title: nothing joins it to others."""
    assert story_keys("Update", None) == ()
    assert len(story_keys("China bans gallium exports today", "https://a.example/1")) == 2


TEXT_18 = (
    "商务部 海关总署公告2025年第18号 公布对部分中重稀土相关物项实施出口管制的决定。"
    "钐相关物项：金属钐、钐钴合金，"
    "参考海关商品编号：2805301910。钆、铽、镝、镥、钪、钇。出口经营者应当申请许可。本公告自发布之日起正式实施。"
)


def test_a_chinese_announcement_is_read() -> None:
    """Number, day of effect, elements and headings of a ministry's announcement."""
    notice = read_notice("公告", TEXT_18, date(2025, 4, 4))
    assert notice.number == "2025-18"
    assert notice.effective_on == "2025-04-04"
    assert notice.elements[:1] == ("samarium",)
    assert set(notice.elements) >= {"gadolinium", "terbium", "dysprosium", "lutetium", "scandium", "yttrium"}
    assert notice.hs == ("2805301910",)


def test_a_chinese_announcement_tells_its_events() -> None:
    """One control, China's, in effect: the licence that exporters must ask for is how it works."""
    events = read("商务部公告2025年第18号", TEXT_18, published="2025-04-04", kind="notice").events
    assert {event.type for event in events} == {"export_control_imposed"}
    assert {(event.actor, event.status) for event in events} == {("CN", "effective")}


def test_a_suspension_is_no_control() -> None:
    """An announcement that suspends earlier ones has their end date and no new control."""
    text = "自2025年11月7日起至2026年11月10日，暂停实施商务部公告2025年第55号，涉及稀土出口管制。"
    reading = read("商务部公告2025年第70号", text, published="2025-11-07", kind="notice")
    assert {event.type for event in reading.events} == {"export_control_suspended"}
    assert reading.notice is not None
    assert (reading.notice.number, reading.notice.effective_on, reading.notice.ends_on) == (
        "2025-70",
        "2025-11-07",
        "2026-11-10",
    )


ENGLISH = [
    ("Announcement No. 46 of 2024", "2024-46", None, None),
    ("The rule is effective September 15, 2025.", None, "2025-09-15", None),
    (
        "Announcement No. 7 of 2025, effective immediately, until November 10, 2026",
        "2025-7",
        "2025-06-09",
        "2026-11-10",
    ),
    ("Order 5 of 2025: into force on 31 June", "2025-5", None, None),
    ("effective February 31, 2025", None, None, None),
]


@pytest.mark.parametrize(("text", "number", "effective_on", "ends_on"), ENGLISH)
def test_an_english_notice_is_read(
    text: str, number: str | None, effective_on: str | None, ends_on: str | None
) -> None:
    """English forms of number and dates; impossible days are none."""
    notice = read_notice("Notice", text, date(2025, 6, 9))
    assert (notice.number, notice.effective_on, notice.ends_on) == (number, effective_on, ends_on)


def test_headings_need_a_cue_unless_dotted() -> None:
    """Six bare digits are a heading only where the notice speaks of headings."""
    assert read_notice("n", "call 123456 now", date(2025, 1, 1)).hs == ()
    assert read_notice("n", "HS code 850511 and 8112.92.10", date(2025, 1, 1)).hs == ("850511", "81129210")
