"""A notification as lines of plain text, for consoles and for the text part of a mail."""

from collections.abc import Iterator

from alerter.notifiers.content import AlertView, DeliveryView, evidence_line, more, shorten

EVIDENCE_SHOWN = 5
_INDENT = " " * 11


def text_lines(shown: DeliveryView, most: int = 100) -> list[str]:
    """The whole notification, at most `most` alerts of it, one blank line between alerts."""
    lines = [shown.title, ""] if len(shown.alerts) > 1 else []
    for alert in shown.alerts[:most]:
        lines += [*alert_lines(alert), ""]
    rest = more(len(shown.alerts) - most, "alert", "alerts")
    return [*lines, rest] if rest else lines[:-1]


def alert_lines(alert: AlertView) -> list[str]:
    """One alert: its title at the margin, then what, how much, why, since when, on what evidence."""
    labels = "  ".join(f"{name}={value}" for name, value in alert.labels)
    return [
        alert.title,
        f"  {shorten(alert.summary, 2000)}",
        *([f"  {alert.measure:<9}{shorten(alert.figure, 500)}"] if alert.figure else []),
        f"  rule     {shorten(alert.about, 500)}",
        f"  why      {shorten(alert.why, 300)}",
        f"  time     {alert.when}",
        *_evidence_lines(alert),
        *([f"  labels   {shorten(labels, 1000)}"] if labels else []),
        f"  alert    {alert.fingerprint}  {alert.link}",
    ]


def _evidence_lines(alert: AlertView) -> Iterator[str]:
    head = "  evidence "
    for piece in alert.evidence[:EVIDENCE_SHOWN]:
        yield head + shorten(evidence_line(piece), 2500)
        head = _INDENT
    rest = more(alert.evidence_count - min(len(alert.evidence), EVIDENCE_SHOWN), "piece", "pieces")
    if rest:
        yield head + rest
