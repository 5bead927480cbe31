"""What a notification says, as display values: pure functions from a frozen delivery to words.

Every notifier lays the same words out in its own way, so that a buyer reads the same rule, figure, threshold,
evidence and alert id in Slack, in a mail and on a console. All outside text passes `plain`, once, here.
"""

import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from urllib.parse import quote, urlsplit

from alerter.core.alert import Alert, Change, Evidence
from alerter.core.delivery import Delivery, Member
from alerter.core.periods import period_words

SHORTENED = "… (shortened)"
HEADLINE = 150
"""Characters of a headline: mail programs and telephones show fewer still."""
EVIDENCE_VIEWED = 10
"""Pieces of evidence that a view holds: no notifier for people shows more; the rest is counted."""
_OPAQUE_LABELS = frozenset({"story", "signal"})
"""Hashes: for programs, noise for people."""
_JOINERS = frozenset("\u200c\u200d")
"""Invisible, but Persian words and many emoji need them."""
_SEVERITIES = {"critical": 0, "warning": 1, "info": 2}
_TITLES = {Change.REPEATED: "STILL FIRING"}
_LEADS = {
    Change.UPDATED: "Update: ",
    Change.REPEATED: "Still firing: ",
    Change.RESOLVED: "Resolved: ",
    Change.WITHDRAWN: "Withdrawn: ",
}
"""What a headline begins with where it tells anything but something new."""
_NOTES = {
    Change.UPDATED: "something new was found since the last notice",
    Change.REPEATED: "a reminder: it still holds",
    Change.RESOLVED: "it no longer holds",
    Change.WITHDRAWN: "a correction: the evidence was changed or taken back by its publisher",
}


@dataclass(frozen=True, slots=True)
class EvidenceView:
    """One piece of evidence: a title, the words that count, and a link where there is a safe one."""

    title: str
    quote: str
    url: str | None
    source: str
    published: str


@dataclass(frozen=True, slots=True)
class AlertView:
    """One alert's news in words. Every text is plain: one line, no control or direction characters."""

    title: str
    """`FIRED critical · licensing-change · rare earths`"""
    headline: str
    """What happened, then severity and rule, at most `HEADLINE` characters: for subjects and pop-ups."""
    change: Change
    severity: str
    rule: str
    about: str
    """The rule and what it is for."""
    summary: str
    measure: str
    """What `figure` is: `figure` where something was measured, else `found` or `watched`."""
    figure: str
    """The figure and its threshold, or what was found and watched for; empty when there is neither."""
    why: str
    """The named reason, and what this notice adds to earlier ones."""
    when: str
    evidence: tuple[EvidenceView, ...]
    """The newest few, newest first; one of each story before any copies."""
    evidence_count: int
    labels: tuple[tuple[str, str], ...]
    """Without those that mean something to programs only."""
    fingerprint: str
    episode: int
    link: str
    firing: bool
    acknowledged: bool


@dataclass(frozen=True, slots=True)
class DeliveryView:
    """A whole notification in words: its title, and its alerts, the gravest first."""

    title: str
    alerts: tuple[AlertView, ...]


def view(delivery: Delivery, public_url: str) -> DeliveryView:
    """A delivery's display values; links lead to `public_url`."""
    members = sorted(delivery.members, key=_gravity)
    alerts = tuple(alert_view(member, public_url) for member in members)
    title = alerts[0].title if len(alerts) == 1 else _many(delivery, members)
    return DeliveryView(title=title, alerts=alerts)


def alert_view(member: Member, public_url: str) -> AlertView:
    """One alert's display values."""
    alert = member.alert
    return AlertView(
        title=title(member),
        headline=_headline(member),
        change=member.change,
        severity=alert.severity,
        rule=alert.rule,
        about=f"{alert.rule}: {plain(alert.description)}" if plain(alert.description) else alert.rule,
        summary=plain(alert.summary),
        measure=_measure(alert),
        figure=figure_line(alert),
        why=_why(member),
        when=_when(alert),
        evidence=tuple(_evidence(piece) for piece in _telling(alert.evidence)[:EVIDENCE_VIEWED]),
        evidence_count=max(alert.evidence_count, len(alert.evidence)),
        labels=tuple((plain(name), plain(value)) for name, value in _telling_labels(alert).items()),
        fingerprint=alert.fingerprint,
        episode=alert.episode,
        link=alert_link(alert, public_url),
        firing=alert.active,
        acknowledged=alert.acknowledged,
    )


def title(member: Member) -> str:
    """The line that names an alert's news: `FIRED critical · licensing-change · rare earths`."""
    alert = member.alert
    values = (plain(_label_words(name, value)) for name, value in _telling_labels(alert).items())
    parts = [f"{_change(member.change)} {alert.severity}", alert.rule, *filter(None, values)]
    return " · ".join(cut(part, 60) for part in parts[:6])


def figure_words(alert: Alert) -> str:
    """The figure as people write it; empty when the rule measured nothing."""
    return plain(alert.figure_text) or _number(alert.figure, alert.unit)


def threshold_words(alert: Alert) -> str:
    """The threshold as people write it; empty when the rule has none."""
    return plain(alert.threshold_text) or _number(alert.threshold, alert.unit)


def figure_line(alert: Alert) -> str:
    """`−34 % y/y (threshold: below −20 %)`, or `shortage — watched for: shortage, strike`; may be empty."""
    figure, threshold = figure_words(alert), threshold_words(alert)
    if not (figure and threshold):
        return figure or threshold
    if _is_measured(alert):
        return f"{figure} (threshold: {threshold})"
    return f"{figure} — watched for: {threshold}"


def evidence_line(piece: EvidenceView) -> str:
    """`title — “quote” — 9 Jun 2025 — url`, leaving out what is not there."""
    quoted = f"“{piece.quote}”" if piece.quote else ""
    return " — ".join(filter(None, (piece.title, quoted, piece.published, piece.url or piece.source)))


def alert_link(alert: Alert, public_url: str) -> str:
    """Where the alert can be read in full."""
    return f"{public_url.rstrip('/')}/api/v1/alerts/{quote(alert.fingerprint, safe='')}"


def utc(at: datetime) -> str:
    """An instant for people: `2025-06-09 12:00 UTC`."""
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def day(at: datetime) -> str:
    """A day of UTC for people: `9 Jun 2025`."""
    at = at.astimezone(UTC)
    return f"{at.day} {at:%b %Y}"


@lru_cache(maxsize=4096)  # names of labels, rules and sources come by again and again
def plain(text: str) -> str:
    """One line of text without control, direction or other invisible characters, and without broken ones.

    Direction overrides can make a line read backwards; a lone surrogate cannot be sent at all.
    """
    if not text.isprintable():
        text = "".join(_visible(text))
    return " ".join(text.split())


def shorten(text: str, limit: int) -> str:
    """At most `limit` characters; a text that lost some ends in words that say so."""
    if len(text) <= limit:
        return text
    return text[: max(0, limit - len(SHORTENED))].rstrip() + SHORTENED


def cut(text: str, limit: int) -> str:
    """At most `limit` characters, the last an ellipsis where some are left out: for titles and subjects."""
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"


def more(count: int, singular: str, plural: str) -> str:
    """`… and 12 more alerts`; empty for none."""
    return f"… and {count} more {singular if count == 1 else plural}" if count > 0 else ""


def web_link(url: str | None) -> str | None:
    """The address if it is safe to offer as a link: http or https, with a host, at most 2,000 characters."""
    if not url or len(url) > 2000:
        return None
    try:
        parts = urlsplit(plain(url))
    except ValueError:  # brackets that do not close, characters that normalise into a host
        return None
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        return None
    return quote(parts.geturl(), safe=":/?#[]@!$&'()*+,;=%~")


def _visible(text: str) -> Iterator[str]:
    for char in text:
        category = unicodedata.category(char)
        if category in {"Cc", "Zl", "Zp", "Zs"}:
            yield " "
        elif category not in {"Cf", "Cs"} or char in _JOINERS:
            yield char


def _gravity(member: Member) -> tuple[int, datetime]:
    return _SEVERITIES[member.alert.severity], member.alert.starts_at


def _many(delivery: Delivery, members: Iterable[Member]) -> str:
    counts = Counter(_change(member.change).lower() for member in members)
    told = ", ".join(f"{count} {change}" for change, count in counts.items())
    own = delivery.group.labels.items()
    labels = [plain(_label_words(name, value)) for name, value in own if name not in _OPAQUE_LABELS]
    return " · ".join([f"{counts.total()} alerts: {told}", *filter(None, labels)])


def _change(change: Change) -> str:
    return _TITLES.get(change, change.value.upper().replace("_", " "))


def _headline(member: Member) -> str:
    alert = member.alert
    summary = plain(alert.summary)
    if not summary:
        return cut(title(member), HEADLINE)
    tail = f" · {alert.severity} · {cut(plain(alert.rule), 60)}"
    return cut(_LEADS.get(member.change, "") + summary, HEADLINE - len(tail)) + tail


def _telling_labels(alert: Alert) -> dict[str, str]:
    return {name: value for name, value in alert.labels.items() if value and name not in _OPAQUE_LABELS}


def _label_words(name: str, value: str) -> str:
    """Commodities and periods in words; the rest as it is."""
    if name == "commodity":
        return " ".join(value.rsplit("-", 1))
    return period_words(value) if name == "period" else value


def _is_measured(alert: Alert) -> bool:
    return alert.figure is not None or alert.threshold is not None


def _measure(alert: Alert) -> str:
    if _is_measured(alert):
        return "figure"
    return "found" if figure_words(alert) else "watched"


def _why(member: Member) -> str:
    reason = plain(member.alert.reason.replace("_", " "))
    note = _NOTES.get(member.change, "")
    return f"{reason} ({note})" if note else reason


def _when(alert: Alert) -> str:
    if alert.resolved_at is None:
        return f"since {utc(alert.starts_at)}"
    return f"from {utc(alert.starts_at)} to {utc(alert.resolved_at)}"


def _number(value: float | None, unit: str | None) -> str:
    if value is None:
        return ""
    digits = f"{value:,.2f}"
    digits = digits.rstrip("0").rstrip(".") if "." in digits else digits
    if unit == "%":
        return f"{digits} %"
    return f"{digits} {plain(unit)}" if unit else digits


def _telling(evidence: Iterable[Evidence]) -> list[Evidence]:
    newest = sorted(evidence, key=lambda piece: piece.seen_at, reverse=True)
    first: list[Evidence] = []
    copies: list[Evidence] = []
    stories: set[str] = set()
    for piece in newest:
        known = bool(piece.story) and piece.story in stories
        (copies if known else first).append(piece)
        stories.add(piece.story)
    return first + copies


def _evidence(piece: Evidence) -> EvidenceView:
    name, words = plain(piece.shown_title) or "(untitled)", plain(piece.quote)
    return EvidenceView(
        title=name,
        quote="" if words == name else words,
        url=web_link(piece.url),
        source=plain(piece.source),
        published=day(piece.published_at),
    )
