"""Why a signal did or did not alert: what was read in it, which rules were tried, and what each one said."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from alerter.assembly import Judging
from alerter.core.alert import fingerprint
from alerter.core.reading import ReadSignal, Span
from alerter.core.signal import Signal, SignalRecord
from alerter.core.text import normalise
from alerter.core.verdict import Verdict, no
from alerter.pipeline.rulebook import series_of
from alerter.pipeline.stories import Stories
from alerter.replay import time_of
from alerter.rules.base import Facts, RuleConfig


@dataclass(frozen=True, slots=True)
class Explanation:
    """What one rule says of the signal. `tried` is False where the index found nothing to try it on."""

    rule: str
    tried: bool
    reason: str
    wants: Mapping[str, object]
    """What the rule asks for: those of its options that are set."""
    verdicts: tuple[tuple[str, Verdict], ...] = ()
    """(fingerprint, verdict) of each finding."""

    @property
    def sentence(self) -> str:
        """What it says, for people: its findings, or why there is none."""
        if self.verdicts:
            return "\n".join(verdict.summary for _, verdict in self.verdicts)
        tried = "" if self.tried else ", so that the rule is not tried"
        return f"{self.reason.replace('_', ' ').capitalize()}{tried}."


@dataclass(frozen=True, slots=True)
class Passage:
    """The words of a signal's `title + "\\n" + text` that a claim or an event rests on."""

    start: int
    end: int
    quote: str
    kind: Literal["claim", "event"]
    name: str
    """The claim's metric or the event's type."""


def passages(read: ReadSignal) -> list[Passage]:
    """What was read where, in the order of the text."""
    claims = (_passage(read, claim.span, "claim", claim.metric) for claim in read.reading.claims)
    events = (_passage(read, event.span, "event", event.type) for event in read.reading.events)
    return sorted({*claims, *events}, key=lambda one: (one.start, one.end, one.name))


def _passage(read: ReadSignal, span: Span, kind: Literal["claim", "event"], name: str) -> Passage:
    start, end = span
    return Passage(start, end, read.body[start:end], kind, name)


def read_alone(signal: Signal, judging: Judging) -> ReadSignal:
    """The signal with its reading, as if it had just been taken in."""
    record = SignalRecord(identity=signal.identity, signal=signal, seen_at=time_of(signal))
    return ReadSignal(record=record, reading=judging.reader.read(signal))


def explain(read: ReadSignal, judging: Judging) -> Iterator[Explanation]:
    """Each rule's answer to the signal alone, without history: series have only the signal's own point."""
    rulebook, at = judging.rulebook, read.record.seen_at
    series = series_of(read, None)
    facts = Facts(
        read=read,
        normalised=normalise(read.body),
        story=Stories({}).join(read, at)[0],
        now=at,
        series={series.id: series} if series else {},
        world=rulebook.world,
    )
    tried = {rule.id for rule in rulebook.candidate("", read).rules}
    for rule in rulebook.rules:
        judgement = no("notice_withdrawn") if read.record.signal.is_withdrawn else rule.evaluate(facts)
        named = tuple((fingerprint(rule.id, verdict.labels), verdict) for verdict in judgement.verdicts)
        reason = judgement.reason or (judgement.verdicts[0].reason if judgement.verdicts else "no_verdict")
        yield Explanation(rule.id, rule.id in tried, reason, _wants(rule), named)


def _wants(rule: RuleConfig) -> dict[str, object]:
    """The options that find things in a signal; what only names, ranks or groups is left out."""
    base = {"type", *RuleConfig.model_fields}
    return rule.model_dump(mode="json", exclude=base, exclude_defaults=True)
