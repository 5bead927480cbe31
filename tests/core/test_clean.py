"""Cleaning of what comes from outside."""

import time
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerter.core.clean import (
    AHEAD,
    SIGNAL_BYTES,
    TEXT_BYTES,
    _clean_once,
    cap_bytes,
    clean_language,
    clean_line,
    clean_signal,
    clean_text,
    clean_title,
    is_plain,
    is_web_address,
)
from alerter.core.signal import (
    DocketReference,
    ListingReference,
    NoticeReference,
    Observation,
    Signal,
    SignalKind,
)

NOW = datetime(2025, 6, 9, 12, tzinfo=UTC)

markup = st.text(alphabet="<>&;/!-=\"' abscript#x0\n[]CDAT\x00\u200b\u202elgtmp")


def signal(**changes: object) -> Signal:
    """A plain signal with some fields changed."""
    plain = Signal(source="wire", kind=SignalKind.ARTICLE, title="Magnets", published_at=NOW)
    return Signal.model_validate(plain.model_dump() | changes)


@pytest.mark.parametrize(
    ("raw", "clean"),
    [
        ("plain words", "plain words"),
        ("P&amp;amp;amp;G", "P&G"),
        ("  a\t b\nc ", "a b c"),
        ("<p>Exports fell.</p><p>Talks go on.</p>", "Exports fell.\n\nTalks go on."),
        ("one<br>two", "one\n\ntwo"),
        ("first\n\n\nsecond", "first\n\nsecond"),
        ("rare <b>earth</b>s", "rare earths"),
        ("Tom &amp; Co &#8211; 5&nbsp;%", "Tom & Co – 5 %"),
        ("&lt;b&gt;Rare earths&lt;/b&gt;", "Rare earths"),
        ("a<script>alert('x > y')</script>b", "a b"),
        ("a<style>p > b {}</style >b", "a b"),
        ("a<script>never closed", "a"),
        ("<scripture>kept", "kept"),
        ("a<!-- <b>no</b> -->b", "a b"),
        ("a<!-- open", "a"),
        ("<![CDATA[inside]]>", "inside"),
        ("<!DOCTYPE html><?php echo 1 ?>text", "text"),
        ('<img alt="a > b" src=x>after', "after"),
        ("<a href='it>s'>link</a>", "link"),
        ("5 < 6 and 7 > 6", "5 < 6 and 7 > 6"),
        ("imports <total of May", "imports total of May"),
        ("<!channel> hello", "hello"),
        ("nul\x00l, bell\x07, bidi\u202e, zero\u200bwidth", "null, bell, bidi, zerowidth"),
        ("<\x00b>bold</b>", "bold"),
        ("lone \ud800 surrogate", "lone surrogate"),
        ("稀土 出口", "稀土 出口"),
        ("", ""),
    ],
)
def test_text_is_left_as_people_read_it(raw: str, clean: str) -> None:
    """Mark-up, entities and control characters go, words and paragraphs stay."""
    assert clean_text(raw) == clean


@given(st.one_of(st.text(), markup))
def test_cleaning_what_is_clean_changes_nothing(raw: str) -> None:
    """`clean_text` is idempotent, for any text."""
    once = clean_text(raw)
    assert clean_text(once) == once


@given(st.text(alphabet=st.sampled_from("ab é中 <&;]>\n\u00a0\u00ad\u200b\u202e\x00\ud800")) | st.text())
def test_what_passes_as_plain_needs_no_cleaning(raw: str) -> None:
    """The short way answers what the long way would."""
    if is_plain(raw.strip()):
        assert clean_text(raw) == _clean_once(raw)


def test_escapes_nested_on_purpose_end_inert() -> None:
    """A text escaped many times over loses its angle brackets and ampersands."""
    assert clean_text("&" + "amp;" * 50 + "lt;b&gt;") == "amp;" * 47 + "lt;b"


@pytest.mark.parametrize(
    "piece", ["<!--", "<a", "<a b='<a b", "<script>", "<![CDATA[", "</a", "&lt;a ", "<a ="]
)
def test_hostile_markup_takes_linear_time(piece: str) -> None:
    """A megabyte of unclosed mark-up is cleaned in a moment."""
    started = time.process_time()
    clean_text(piece * (1_000_000 // len(piece)))
    assert time.process_time() - started < 2


def test_a_line_has_no_line_breaks() -> None:
    """`clean_line` joins paragraphs."""
    assert clean_line("<p>a</p>\r\n<p>b</p>") == "a b"


@pytest.mark.parametrize(
    ("title", "text", "expected"),
    [
        ("<b>Head</b>\r\nline", "text", "Head line"),
        ("", "short text", "short text"),
        ("<br>", " ".join(f"w{n}" for n in range(20)), " ".join(f"w{n}" for n in range(16)) + "…"),
        ("", "", ""),
        ("x" * 1001, "", "x" * 999 + "…"),
    ],
)
def test_a_title_is_one_bounded_line(title: str, text: str, expected: str) -> None:
    """A missing title is made of the text's first words, an endless one is cut."""
    assert clean_title(title, text) == expected


@pytest.mark.parametrize(
    ("tag", "expected"),
    [
        ("en", "en"),
        (" en-US ", "en-US"),
        ("zh_Hans", "zh_Hans"),
        ("english!", None),
        ("", None),
        (None, None),
    ],
)
def test_only_language_tags_are_kept(tag: str | None, expected: str | None) -> None:
    """What is no language tag is no language."""
    assert clean_language(tag) == expected


@given(st.text(), st.integers(min_value=0, max_value=40))
def test_capped_text_is_a_prefix_that_fits(text: str, limit: int) -> None:
    """The cut falls between characters and within the limit."""
    capped = cap_bytes(text, limit)
    assert text.startswith(capped)
    assert len(capped.encode()) <= limit


def test_capped_text_of_quotes_fits_a_signal() -> None:
    """Even a text that doubles when escaped stays below the limit of a signal."""
    full = signal(text=cap_bytes('"' * SIGNAL_BYTES, TEXT_BYTES), title="t" * 1000)
    assert clean_signal(full, NOW).text == '"' * TEXT_BYTES


@pytest.mark.parametrize(
    ("url", "good"),
    [
        ("https://example.com/a?b=c", True),
        ("HTTP://example.com", True),
        ("http://[::1]:80/", True),
        ("ftp://example.com/", False),
        ("javascript:alert(1)", False),
        ("//example.com/", False),
        ("/path", False),
        ("https://", False),
        ("https://exa mple.com/", False),
        ("https://example.com/\r\nX: y", False),
        ("http://[::1/", False),
        ("http://example.com:99999/", False),
    ],
)
def test_only_absolute_web_addresses_pass(url: str, good: bool) -> None:
    """http and https with a host, nothing else."""
    assert is_web_address(url) is good


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"text": "x" * SIGNAL_BYTES}, "at most 262,144"),
        ({"published_at": NOW + AHEAD + timedelta(days=10)}, "40 days ahead"),
        ({"published_at": datetime.min.replace(tzinfo=timezone(timedelta(hours=5)))}, "outside the years"),
        ({"seen_at": datetime.max.replace(tzinfo=timezone(timedelta(hours=-5)))}, "outside the years"),
        ({"url": "file:///etc/passwd"}, "http"),
        ({"source": "a\x1bb"}, "control characters"),
        ({"title": "<p>", "text": "<br>"}, "nothing to read"),
    ],
)
def test_what_cannot_be_cleaned_is_refused_in_words(changes: dict[str, object], words: str) -> None:
    """Too large, too far ahead, not on the web, or empty: a sentence says which."""
    with pytest.raises(ValueError, match=words):
        clean_signal(signal(**changes), NOW)


def test_every_text_of_a_signal_is_cleaned() -> None:
    """Title, text, labels and references lose mark-up and control characters; times become UTC."""
    berlin = timezone(timedelta(hours=2))
    dirty = signal(
        id="a\x00b",
        title="<b>T</b>\r\nX",
        text="<p>x</p>",
        url="https://example.com/",
        language="de",
        labels={"outlet": "a\x07b"},
        seen_at=NOW.astimezone(berlin),
        published_at=NOW.astimezone(berlin),
        docket=DocketReference(court="ci\x00t", number="25-66", entry=4),
        notice=NoticeReference(agency="<i>bis</i>"),
        listing=ListingReference(list="EL", name="A &amp; B", change="added", countries=("CN",)),
        observation=Observation(series="s\x00", period="2025-05", value=1.5),
    )
    clean = clean_signal(dirty, NOW)
    assert (clean.id, clean.title, clean.text, clean.language) == ("ab", "T X", "x", "de")
    assert clean.labels == {"outlet": "ab"}
    assert clean.published_at == clean.seen_at == NOW
    assert clean.published_at.tzinfo is UTC
    assert clean.docket == DocketReference(court="cit", number="25-66", entry=4)
    assert clean.notice == NoticeReference(agency="bis")
    assert clean.listing == ListingReference(list="EL", name="A & B", change="added", countries=("CN",))
    assert clean.observation == Observation(series="s", period="2025-05", value=1.5)


def test_a_signal_without_extras_stays_without() -> None:
    """Absent fields stay absent."""
    clean = clean_signal(signal(), NOW)
    assert clean == signal()
