"""What notifications say, apart from how each notifier lays it out."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerter.core.alert import Change
from alerter.notifiers import content
from tests.notifiers.samples import HOSTILE, RTL, a_delivery, a_member
from tests.support.signals import NOON, an_alert, some_evidence

HOME = "https://alerter.example/"


def test_a_title_tells_change_severity_rule_and_labels() -> None:
    """The title line is enough to decide whether to read on."""
    shown = content.view(a_delivery(), HOME)
    assert shown.title == "FIRED warning · reported-export-fall · rare-earth magnets · CN"


def test_hashes_are_not_shown_to_people() -> None:
    """A story's or a signal's hash is neither in the title nor among the labels; a period is in words."""
    hashes = {"story": "9f8e7d6c5b4a3210", "signal": "urn:1"}
    member = a_member(labels=hashes | {"commodity": "gallium", "period": "2025-05"})
    shown = content.alert_view(member, HOME)
    assert shown.title.endswith("reported-export-fall · gallium · May 2025")
    assert shown.labels == (("commodity", "gallium"), ("period", "2025-05"))


def test_several_alerts_are_counted_by_change() -> None:
    """A group's title counts what happened and names the group's labels."""
    members = (a_member(), a_member(Change.RESOLVED, name="b"), a_member(name="c"))
    assert content.view(a_delivery(*members), HOME).title == "3 alerts: 2 fired, 1 resolved · magnets"


def test_the_gravest_comes_first() -> None:
    """Alerts are ordered by severity, then by age."""
    later = NOON + timedelta(hours=1)
    members = (
        a_member(severity="info"),
        a_member(severity="critical", starts_at=later),
        a_member(severity="critical"),
    )
    shown = content.view(a_delivery(*members), HOME)
    assert [alert.severity for alert in shown.alerts] == ["critical", "critical", "info"]
    assert shown.alerts[0].when == "since 2025-06-09 12:00 UTC"


NO_WORDS: dict[str, Any] = {"figure_text": "", "threshold_text": ""}
NOTHING: dict[str, Any] = NO_WORDS | {"figure": None, "threshold": None}


@pytest.mark.parametrize(
    ("fields", "measure", "line"),
    [
        ({}, "figure", "-33 % (threshold: -20 %)"),
        ({"threshold": None, "threshold_text": ""}, "figure", "-33 %"),
        (NOTHING | {"threshold_text": "any of 3 phrases"}, "watched", "any of 3 phrases"),
        (
            NOTHING | {"figure_text": "shortage", "threshold_text": "shortage, strike"},
            "found",
            "shortage — watched for: shortage, strike",
        ),
        (NO_WORDS | {"figure": 1238.4, "unit": "t"}, "figure", "1,238.4 t (threshold: -20 t)"),
        (NO_WORDS | {"figure": -74.25}, "figure", "-74.25 % (threshold: -20 %)"),
        (NOTHING | {"figure": 3000.0, "unit": None}, "figure", "3,000"),
        (NOTHING, "watched", ""),
    ],
)
def test_a_figure_stands_beside_its_threshold(fields: dict[str, Any], measure: str, line: str) -> None:
    """The line prefers the rule's own words, and calls nothing a figure but a number."""
    shown = content.alert_view(a_member(**fields), HOME)
    assert (shown.measure, shown.figure) == (measure, line)


@pytest.mark.parametrize(
    ("change", "lead"),
    [
        (Change.FIRED, "Exports of"),
        (Change.UPDATED, "Update: Exports of"),
        (Change.REPEATED, "Still firing: Exports of"),
        (Change.RESOLVED, "Resolved: Exports of"),
        (Change.WITHDRAWN, "Withdrawn: Exports of"),
    ],
)
def test_a_headline_begins_with_what_happened(change: Change, lead: str) -> None:
    """What is not news says so first; severity and rule stand at the end, however long the rest is."""
    long = content.alert_view(a_member(change, summary="Exports of " + "magnets " * 50), HOME).headline
    assert long.startswith(lead)
    assert long.endswith("… · warning · reported-export-fall")
    assert len(long) <= content.HEADLINE


def test_the_rule_is_told_with_what_it_is_for() -> None:
    """Its description, where the configuration has one."""
    assert content.alert_view(a_member(), HOME).about == "reported-export-fall"
    described = content.alert_view(a_member(description="Exports fall."), HOME)
    assert described.about == "reported-export-fall: Exports fall."


@pytest.mark.parametrize(
    ("change", "note"),
    [
        (Change.FIRED, "change below"),
        (Change.UPDATED, "something new"),
        (Change.REPEATED, "reminder"),
        (Change.WITHDRAWN, "correction"),
    ],
)
def test_why_now_is_told(change: Change, note: str) -> None:
    """Each kind of news says what it adds."""
    assert note in content.alert_view(a_member(change), HOME).why


def test_copies_of_a_story_come_after_other_evidence() -> None:
    """A second account of another story is worth more than a newer copy of the same."""
    at = [NOON + timedelta(minutes=n) for n in range(4)]
    pieces = (
        some_evidence("old", story="a", seen_at=at[0], title="old"),
        some_evidence("other", story="b", seen_at=at[1], title="other"),
        some_evidence("copy", story="a", seen_at=at[2], title="copy"),
        some_evidence("own", story="", seen_at=at[3], title="own"),
    )
    shown = content.alert_view(a_member(evidence=pieces), HOME)
    assert [piece.title for piece in shown.evidence] == ["own", "copy", "other", "old"]


def test_evidence_tells_title_quote_and_link() -> None:
    """Evidence is one line; a quote that only repeats the title is left out."""
    full = content.alert_view(a_member(), HOME).evidence[0]
    assert (
        content.evidence_line(full)
        == "Magnet exports fall again (magnets-1) — “fell by a third” — 9 Jun 2025"
        " — https://news.example/magnets-1"
    )
    bare = some_evidence(title="Same", quote="Same", url=None)
    shown = content.alert_view(a_member(evidence=(bare,)), HOME).evidence[0]
    assert content.evidence_line(shown) == "Same — 9 Jun 2025 — ree-news"


def test_a_notice_in_another_language_is_glossed() -> None:
    """English comes first, the title that was published stands beside it."""
    piece = some_evidence("1", title="商务部公告2025年第18号", gloss="MOFCOM No. 18 of 2025: export control")
    (shown,) = content.alert_view(a_member(evidence=(piece,)), HOME).evidence
    assert shown.title == "MOFCOM No. 18 of 2025: export control (商务部公告2025年第18号)"


def test_the_alert_is_linked_under_the_public_address() -> None:
    """A final slash of the public address is not doubled."""
    assert (
        content.alert_link(an_alert(fingerprint="a/b"), HOME) == "https://alerter.example/api/v1/alerts/a%2Fb"
    )


def test_hostile_text_becomes_one_plain_line() -> None:
    """Control and direction characters go; letters of right-to-left scripts stay."""
    shown = content.plain(HOSTILE)
    assert "\n" not in shown
    assert "\x1b" not in shown
    assert "\u202e" not in shown
    assert content.plain(RTL) == "evil معادن نادرة"
    assert content.plain("می\u200cخواهم") == "می\u200cخواهم"


@given(st.text(alphabet=st.characters()))
def test_plain_text_is_one_sendable_line_and_stays_so(text: str) -> None:
    """Whatever comes in, one line that can be encoded comes out, and cleaning it again changes nothing."""
    shown = content.plain(text)
    shown.encode()
    assert len(shown.splitlines()) <= 1
    assert content.plain(shown) == shown


@given(st.text(), st.integers(min_value=20, max_value=60))
def test_shortened_text_keeps_its_limit_and_says_so(text: str, limit: int) -> None:
    """A text over the limit ends in words that say it was shortened."""
    shown = content.shorten(text, limit)
    assert len(shown) <= limit
    assert shown == text or shown.endswith(content.SHORTENED)


def test_titles_and_subjects_are_cut_with_an_ellipsis() -> None:
    """They have no room for words about it."""
    assert content.cut("magnets", 7) == "magnets"
    assert content.cut("rare earths", 6) == "rare…"


@pytest.mark.parametrize(
    ("url", "link"),
    [
        ("https://a.example/x?y=1&z=2#f", "https://a.example/x?y=1&z=2#f"),
        ("https://a.example/<b>|\"c d", "https://a.example/%3Cb%3E%7C%22c%20d"),
        ("http://[::1]:80/", "http://[::1]:80/"),
        ("javascript:alert(1)", None),
        ("https://", None),
        ("//a.example/x", None),
        ("http://[::1/", None),
        ("https://a.example/" + "x" * 2000, None),
        ("", None),
        (None, None),
    ],
)  # fmt: skip
def test_only_web_addresses_become_links(url: str | None, link: str | None) -> None:
    """Links are http or https, bounded, and free of characters that end a link."""
    assert content.web_link(url) == link


@pytest.mark.parametrize(
    ("count", "words"), [(0, ""), (1, "… and 1 more alert"), (12, "… and 12 more alerts")]
)
def test_what_is_left_out_is_counted(count: int, words: str) -> None:
    """The rest is told in words, and nothing is said of no rest."""
    assert content.more(count, "alert", "alerts") == words
