"""Entries cleaned, named and dated."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from alerter.core.clean import AHEAD
from alerter.sources.formats.entries import OWNERS_KEPT, Named, Setting, name_entries, undated_at
from alerter.sources.formats.syndication import Document, Entry

NOW = datetime(2025, 6, 9, 12, tzinfo=UTC)
SETTING = Setting("wire", "https://a.example/feed/", {"outlet": "a"}, NOW, NOW)


def named(*entries: Entry, owners: dict[str, str] | None = None, **document: Any) -> Named:
    """The signals of a document with these entries, newest first as in most feeds."""
    return name_entries(Document(entries, **document), owners or {}, SETTING)


def test_an_entry_becomes_a_clean_article() -> None:
    """Mark-up goes, the link becomes absolute, labels and language are the feed's."""
    entry = Entry("g", "<b>Ma\x00gnets</b>\r\nshort", "<p>a</p><p>b &amp; c</p>", "../1?x=1", NOW)
    (signal,) = named(entry, language="en-US").signals
    assert (signal.id, signal.source, signal.kind) == ("g", "wire", "article")
    assert (signal.title, signal.text) == ("Magnets short", "a\n\nb & c")
    assert (signal.url, signal.published_at) == ("https://a.example/1?x=1", NOW)
    assert (signal.language, signal.labels) == ("en-US", {"outlet": "a"})


def test_an_entrys_own_language_comes_first() -> None:
    """JSON Feed states languages by entry."""
    (signal,) = named(Entry("g", "t", language="fr"), language="en").signals
    assert signal.language == "fr"


@pytest.mark.parametrize(
    ("entry", "title"),
    [
        (Entry("g", "", "<p>First words of it.</p>"), "First words of it."),
        (Entry("g", "", "", "https://a.example/x"), "https://a.example/x"),
        (Entry("g"), "Untitled"),
    ],
)
def test_no_entry_is_lost_for_want_of_a_title(entry: Entry, title: str) -> None:
    """The text's first words, else the address, else a word stand in."""
    (signal,) = named(entry).signals
    assert signal.title == title


@pytest.mark.parametrize(
    ("link", "url"),
    [
        (" https://b.example/x ", "https://b.example/x"),
        ("//b.example/x", "https://b.example/x"),
        ("javascript:alert(1)", None),
        ("ftp://b.example/", None),
        ("https://[broken", None),
        ("", None),
    ],
)
def test_only_web_links_are_kept(link: str, url: str | None) -> None:
    """A link is absolute http or https, or none."""
    (signal,) = named(Entry("g", "t", "", link)).signals
    assert signal.url == url


def test_names_fall_back_from_guid_to_link_to_content() -> None:
    """Without a guid the link names an entry, without both its content does, alike at every poll."""
    linked, bare = Entry("", "t", "", "/1"), Entry("", "t", "x")
    first, again = named(bare, linked).signals, named(bare, linked).signals
    assert first[0].id == "https://a.example/1"
    assert (first[1].id or "").startswith("#")
    assert [s.identity for s in first] == [s.identity for s in again]


def test_endless_guids_are_shortened_apart() -> None:
    """Two long guids that differ at their ends stay two."""
    signals = named(Entry("g" * 5000 + "1", "a"), Entry("g" * 5000 + "2", "b")).signals
    assert len({s.id for s in signals}) == 2
    assert all(len(s.id or "") <= 500 for s in signals)


def test_equal_entries_are_one() -> None:
    """The same guid with the same content twice is one signal."""
    assert len(named(Entry("g", "t"), Entry("g", "t")).signals) == 1


def test_a_shared_guid_with_other_content_is_another_signal() -> None:
    """The oldest bears the guid itself, others add their content; the owner is remembered."""
    older, newer = (
        Entry("g", "older", published_at=NOW - timedelta(hours=1)),
        Entry("g", "newer", published_at=NOW),
    )
    found = named(newer, older)
    assert [s.title for s in found.signals] == ["older", "newer"]
    assert found.signals[0].id == "g"
    assert (found.signals[1].id or "").startswith("g#")
    assert list(found.owners) == ["g"]


def test_names_stay_when_namesakes_come_and_go() -> None:
    """An entry keeps its id when another takes its guid, and the other keeps its own when it is alone."""
    first = Entry("g", "first", published_at=NOW - timedelta(hours=1))
    second = Entry("g", "second", published_at=NOW)
    alone = named(first)
    both = named(second, first, owners=dict(alone.owners))
    left = named(second, owners=dict(both.owners))
    assert both.signals[0].id == alone.signals[0].id == "g"
    assert left.signals[0].id == both.signals[1].id != "g"


def test_an_edited_entry_keeps_its_name() -> None:
    """A guid that nobody shares names every version of its entry."""
    assert named(Entry("g", "before")).signals[0].identity == named(Entry("g", "after")).signals[0].identity


def test_forgotten_names_are_bounded() -> None:
    """Owners that no longer appear are kept up to a number, the latest last."""
    known = {f"old-{n}": "x" for n in range(OWNERS_KEPT + 50)}
    owners = named(Entry("old-0", "t"), owners=known).owners
    assert len(owners) == OWNERS_KEPT + 1
    assert list(owners)[-1] == "old-0"
    assert "old-1" not in owners


@pytest.mark.parametrize(
    ("stated", "dated"),
    [
        (NOW - timedelta(days=400), NOW - timedelta(days=400)),
        (NOW + timedelta(days=3), NOW + timedelta(days=3)),
        (NOW + AHEAD + timedelta(seconds=1), NOW),
        (datetime(1, 1, 1, tzinfo=UTC), NOW),
        (datetime(1970, 1, 1, tzinfo=UTC), NOW),
        (datetime(1970, 1, 2, tzinfo=UTC), datetime(1970, 1, 2, tzinfo=UTC)),
        (None, NOW),
    ],
)
def test_only_credible_dates_count(stated: datetime | None, dated: datetime) -> None:
    """A date some days ahead is legitimate, one over thirty is none."""
    (signal,) = named(Entry("g", "t", published_at=stated)).signals
    assert signal.published_at == dated


def test_undated_entries_of_a_first_poll_are_baseline() -> None:
    """A feed without dates does not flood when it is wired; later its new entries are dated now."""
    assert undated_at(NOW, timedelta(hours=48), first=True) < NOW - timedelta(hours=48)
    assert undated_at(NOW, timedelta(hours=48), first=False) == NOW


def test_giant_texts_are_cut() -> None:
    """What is kept of a text fits a signal."""
    (signal,) = named(Entry("g", "t" * 5000, '"' * 2_000_000)).signals
    assert len(signal.model_dump_json()) < 256 * 1024
