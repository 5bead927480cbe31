"""Slack messages under two independent checkers of block kit, for every telling case."""

from typing import Any

import pytest
import slackblocks
from hypothesis import given
from hypothesis import strategies as st
from slack_sdk.models.blocks import Block, ContextBlock, HeaderBlock, SectionBlock

from alerter.core.alert import Change
from alerter.notifiers import content
from alerter.notifiers.slack_blocks import (
    ACKNOWLEDGED,
    FIRING,
    QUIET,
    RESOLVED,
    Message,
    escaped,
    message,
    weight,
)
from tests.notifiers.samples import CASES, a_delivery, a_member
from tests.support.signals import some_evidence

HOME = "https://alerter.example"


def told(name: str) -> Message:
    """The message of a case."""
    return message(content.view(CASES[name](), HOME))


def blocks_of(shown: Message) -> list[dict[str, Any]]:
    """Every block, in attachments too."""
    return shown.blocks + [block for attachment in shown.attachments for block in attachment["blocks"]]


def words_of(shown: Message, kind: str = "") -> str:
    """All texts of a message in one, or those of one kind (`mrkdwn`, `plain_text`)."""
    parts = [{"type": "mrkdwn", "text": shown.text}]
    for block in blocks_of(shown):
        parts += [part for part in [block.get("text"), *block.get("elements", [])] if part]
    return "\n".join(part["text"] for part in parts if kind in part["type"])


@pytest.mark.parametrize("name", CASES)
def test_slackblocks_accepts_every_case(name: str) -> None:
    """The first checker takes every block, and the whole message."""
    shown = told(name)
    attachments = [
        slackblocks.Attachment(
            blocks=[slackblocks.Block.from_dict(block) for block in attachment["blocks"]],
            color=attachment["color"],
            fallback=attachment["fallback"],
        )
        for attachment in shown.attachments
    ]
    blocks = [slackblocks.Block.from_dict(block) for block in shown.blocks]
    parsed = slackblocks.Message(channel="C01", text=shown.text, blocks=blocks, attachments=attachments)
    assert len(parsed.to_dict()["attachments"]) == len(shown.attachments)


@pytest.mark.parametrize("name", CASES)
def test_the_sdk_accepts_every_case(name: str) -> None:
    """The second checker knows every block's type and finds its limits kept."""
    blocks = blocks_of(told(name))
    parsed = Block.parse_all(blocks)
    assert len(parsed) == len(blocks)
    for block in parsed:
        assert isinstance(block, HeaderBlock | SectionBlock | ContextBlock)
        block.validate_json()


@pytest.mark.parametrize("name", CASES)
def test_no_message_outgrows_slack(name: str) -> None:
    """At most 50 blocks and 12,000 characters, whatever the delivery holds."""
    shown = told(name)
    assert len(blocks_of(shown)) <= 50
    assert weight([shown.text, shown.blocks, shown.attachments]) <= 12_000
    assert all(weight(block["text"]["text"]) <= 3000 for block in blocks_of(shown) if "text" in block)


@pytest.mark.parametrize("name", ["hostile texts", "two hostile alerts"])
def test_hostile_text_is_inert(name: str) -> None:
    """No mention, no mark-up, no link but to the web reaches Slack from outside."""
    words = words_of(told(name))
    for live in ("<!", "<script", "<http://", "\u202e", "\x1b", "javascript"):
        assert live not in words
    for live in ("*bold*", "`x`"):
        assert live not in words_of(told(name), "mrkdwn")
    assert "&lt;!channel&gt;" in words
    assert "&amp;amp;" in words
    assert "<https://evil.example/?a=%3Cb%3E%7Cc&amp;d=%22'%3E%3Cx|a|b&gt;c>" in words


def test_one_alert_tells_all_that_explains_it() -> None:
    """Heading, summary, figure against threshold, rule and reason, evidence, labels, id and link."""
    shown = told("one alert")
    words = words_of(shown)
    assert shown.blocks[0]["text"]["text"].startswith("FIRED warning · reported-export-fall")
    for part in (
        "Exports of rare-earth magnets fell 33 %",
        "*Figure*  -33 % (threshold: -20 %)",
        "*Rule*  reported-export-fall",
        "*Why*  change below",
        "<https://news.example/magnets-1|Magnet exports fall again (magnets-1)> — “fell by a third”",
        "“fell by a third” — 9 Jun 2025",
        "commodity=rare-earth-magnets  origin=CN",
        f"<{HOME}/api/v1/alerts/",
    ):
        assert part in words


def test_many_alerts_end_in_a_brief_list_that_counts_the_rest() -> None:
    """The gravest are shown in full, others in a line each, and the last are counted."""
    shown = told("four hundred alerts")
    brief = shown.attachments[-1]["blocks"][0]["text"]["text"]
    full = len(shown.attachments) - 1
    assert shown.blocks[0]["text"]["text"].startswith("400 alerts: ")
    assert "critical" in shown.attachments[0]["blocks"][0]["text"]["text"]
    assert brief.startswith(f"… and {400 - full} more alerts:")
    listed = brief.count("\n• ")
    assert brief.endswith(f"… and {400 - full - listed} more alerts")


def test_a_few_more_alerts_are_all_listed() -> None:
    """A brief list that holds everything counts nothing at its end."""
    shown = message(content.view(a_delivery(*[a_member(name=f"n{n}") for n in range(12)]), HOME))
    brief = shown.attachments[-1]["blocks"][0]["text"]["text"]
    assert brief.count("\n• ") == 12 - (len(shown.attachments) - 1)
    assert not brief.endswith("more alerts")


def test_endless_evidence_is_shortened_in_words() -> None:
    """Evidence that does not fit is counted, and what lost text says so."""
    words = words_of(told("endless texts"))
    assert content.SHORTENED in words
    assert "more pieces of evidence" in words


@pytest.mark.parametrize(
    ("change", "fields", "colour"),
    [
        (Change.FIRED, {}, FIRING),
        (Change.REPEATED, {"acknowledged": True}, ACKNOWLEDGED),
        (Change.RESOLVED, {"state": "resolved"}, RESOLVED),
        (Change.WITHDRAWN, {"state": "resolved"}, QUIET),
    ],
)
def test_the_bar_tells_the_state(change: Change, fields: dict[str, Any], colour: str) -> None:
    """Each state has its colour."""
    shown = message(content.view(a_delivery(a_member(change, **fields)), HOME))
    assert [attachment["color"] for attachment in shown.attachments] == [colour]


@given(st.text(), st.integers(min_value=20, max_value=80))
def test_escaped_text_keeps_its_limit_and_its_entities(text: str, limit: int) -> None:
    """No live angle bracket is left, no entity is cut in half, and the limit counts as Slack counts."""
    shown = escaped(text, limit)
    assert len(shown.encode("utf-16-le", "surrogatepass")) // 2 <= limit
    assert not {"<", ">"} & set(shown)
    bare = shown.replace("&amp;", "").replace("&lt;", "").replace("&gt;", "")
    assert "&" not in bare


def test_evidence_that_does_not_fit_among_others_is_counted() -> None:
    """One long link can use up an alert's room; the next piece is then counted, not cut."""
    pieces = [
        some_evidence(f"n{n}", url=f"https://news.example/{'x' * 500}", quote="q" * 200) for n in range(2)
    ]
    alerts = [a_member(evidence=pieces), a_member(evidence=pieces, name="b")]
    words = words_of(message(content.view(a_delivery(*alerts), HOME)))
    assert words.count("https://news.example/") == 2
    assert words.count("… and 1 more piece of evidence") == 2
