"""A notification as a Slack message: a heading, and one coloured attachment of blocks per alert.

Limits and text rules: https://docs.slack.dev/reference/block-kit/blocks and, for the escaping of `& < >`,
https://docs.slack.dev/messaging/formatting-message-text. Texts from outside stand in plain-text objects
where the layout allows; elsewhere the characters that format are swapped for look-alikes.
"""

import re
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

from alerter.core.alert import Change
from alerter.notifiers.content import SHORTENED, AlertView, DeliveryView, EvidenceView, more

Block = dict[str, Any]
Attachment = dict[str, Any]

FIRING, ACKNOWLEDGED, RESOLVED, QUIET = "#a30200", "#daa038", "#2eb886", "#dddddd"
HEADER, SECTION = 150, 2900
BLOCKS_IN_FULL, TEXT_IN_FULL = 44, 8000
"""What alerts shown in full may take of the 50 blocks and 12,000 characters; the rest is told in brief."""

_LOOK_ALIKES = str.maketrans({"*": "∗", "~": "∼", "`": "ˋ"})
_EDGE_UNDERSCORE = re.compile(r"(?<!\w)_|_(?!\w)")
_ESCAPES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}


@dataclass(frozen=True, slots=True)
class Message:
    """The parts of `chat.postMessage` that show: `text` is what notifications and old clients read."""

    text: str
    blocks: list[Block]
    attachments: list[Attachment]


@dataclass(frozen=True, slots=True)
class _Room:
    """Characters that one alert may take."""

    summary: int
    evidence: int
    pieces: int


_ALONE = _Room(summary=2000, evidence=SECTION, pieces=5)
_AMONG_OTHERS = _Room(summary=600, evidence=1000, pieces=2)


def message(shown: DeliveryView) -> Message:
    """The message of a delivery, within Slack's limits whatever the delivery holds."""
    heading = {"type": "header", "text": plain_text(shown.title, HEADER)}
    if len(shown.alerts) == 1:
        alert = shown.alerts[0]
        text = escaped(_quiet(alert.headline), 400)
        return Message(text, [heading], [_attachment(alert, _details(alert, _ALONE))])
    return Message(escaped(_quiet(shown.title), 400), [heading], _several(shown.alerts))


def plain_text(text: str, limit: int) -> Block:
    """A text object that formats nothing."""
    return {"type": "plain_text", "text": escaped(text, limit) or "(no text)", "emoji": False}


def escaped(text: str, limit: int) -> str:
    """The text with `& < >` escaped, at most `limit` UTF-16 units of it; what was shortened says so."""
    whole = "".join(_ESCAPES.get(char, char) for char in text)
    if _units(whole) <= limit:
        return whole
    pieces = [_ESCAPES.get(char, char) for char in text[:limit]]
    lengths = accumulate(_units(piece) for piece in pieces)
    fitting = sum(length <= limit - len(SHORTENED) for length in lengths)
    return "".join(pieces[:fitting]) + SHORTENED


def weight(part: object) -> int:
    """The characters of every text in blocks or attachments."""
    if isinstance(part, dict):
        return sum(weight(value) for value in part.values())
    if isinstance(part, list):
        return sum(weight(value) for value in part)
    return _units(part) if isinstance(part, str) else 0


def _several(alerts: tuple[AlertView, ...]) -> list[Attachment]:
    attachments: list[Attachment] = []
    blocks = text = 0
    for alert in alerts:
        title = {"type": "section", "text": _mrkdwn(f"*{escaped(_quiet(alert.title), HEADER)}*")}
        own = [title, *_details(alert, _AMONG_OTHERS)]
        blocks, text = blocks + len(own), text + weight(own)
        if attachments and (blocks > BLOCKS_IN_FULL or text > TEXT_IN_FULL):
            break
        attachments.append(_attachment(alert, own))
    rest = alerts[len(attachments) :]
    return [*attachments, _brief(rest)] if rest else attachments


def _brief(alerts: tuple[AlertView, ...]) -> Attachment:
    lines = [more(len(alerts), "alert", "alerts") + ":"]
    room = SECTION - 100
    for listed, alert in enumerate(alerts):
        told = escaped(_quiet(alert.figure or alert.summary), 100)
        line = f"• {_link(alert.link, alert.title)} — {told}"
        room -= _units(line) + 1
        if room < 0:
            lines.append(more(len(alerts) - listed, "alert", "alerts"))
            break
        lines.append(line)
    return {
        "color": QUIET,
        "fallback": lines[0],
        "blocks": [{"type": "section", "text": _mrkdwn("\n".join(lines))}],
    }


def _attachment(alert: AlertView, blocks: list[Block]) -> Attachment:
    return {"color": _colour(alert), "fallback": escaped(alert.title, HEADER), "blocks": blocks}


def _colour(alert: AlertView) -> str:
    if alert.change is Change.WITHDRAWN:
        return QUIET
    if not alert.firing:
        return RESOLVED
    return ACKNOWLEDGED if alert.acknowledged else FIRING


def _details(alert: AlertView, room: _Room) -> list[Block]:
    facts = {alert.measure.capitalize(): alert.figure, "Rule": alert.about, "Why": alert.why}
    facts["Time"] = alert.when
    lines = (f"*{name}*  {escaped(_quiet(fact), 300)}" for name, fact in facts.items() if fact)
    return [
        {"type": "section", "text": plain_text(alert.summary, room.summary)},
        {"type": "section", "text": _mrkdwn("\n".join(lines))},
        *_evidence(alert, room),
        {"type": "context", "elements": _context(alert)},
    ]


def _evidence(alert: AlertView, room: _Room) -> list[Block]:
    lines, left = [], room.evidence - 60
    for piece in alert.evidence[: room.pieces]:
        line = _piece(piece, min(left, 1000))
        left -= _units(line) + 1
        if left < 0:
            break
        lines.append(line)
    rest = more(alert.evidence_count - len(lines), "piece of evidence", "pieces of evidence")
    told = "\n".join(["*Evidence*", *lines, *([rest] if rest else [])])
    return [{"type": "section", "text": _mrkdwn(told)}] if alert.evidence else []


def _piece(piece: EvidenceView, limit: int) -> str:
    quoted = f" — “{escaped(_quiet(piece.quote), 250)}”" if piece.quote else ""
    quoted += f" — {piece.published}"
    linked = f"• {_link(piece.url, piece.title)}{quoted}"
    if piece.url and _units(linked) <= limit:
        return linked
    source = escaped(_quiet(piece.source), 60)
    return f"• {escaped(_quiet(piece.title), HEADER)} ({source}){quoted}"


def _context(alert: AlertView) -> list[Block]:
    labels = "  ".join(f"{name}={value}" for name, value in alert.labels)
    named = _mrkdwn(_link(alert.link, f"alert {alert.fingerprint}"))
    return [plain_text(labels, 400), named] if labels else [named]


def _link(url: str | None, label: str) -> str:
    shown = escaped(_quiet(label), HEADER)
    return f"<{escaped(url, 10_000)}|{shown}>" if url else shown


def _mrkdwn(text: str) -> Block:
    return {"type": "mrkdwn", "text": text, "verbatim": True}


def _quiet(text: str) -> str:
    return _EDGE_UNDERSCORE.sub("＿", text.translate(_LOOK_ALIKES))


def _units(text: str) -> int:
    return len(text) + sum(char > "\uffff" for char in text)
