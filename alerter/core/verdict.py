"""Verdicts: what a rule says of a signal, always with a named reason."""

from datetime import timedelta
from typing import Literal

from alerter.core.model import Frozen
from alerter.core.reading import Span


class Verdict(Frozen):
    """One finding of a rule under one set of labels.

    `labels` are the rule's `per` labels (absent = empty text). `mark` tells what is new about this finding:
    for an occurrence a mark not seen before is an update, one seen before only adds evidence.
    """

    holds: bool = True
    """For a condition: does it hold, or has it cleared? Occurrences always hold."""
    labels: dict[str, str] = {}
    mark: str = ""
    also: tuple[str, ...] = ()
    """Marks of further findings under the same labels: news when any of all its marks is unseen."""
    reason: str
    """Named reason, snake_case: `phrase_found`, `change_below` …"""
    summary: str
    """One sentence for a buyer: what happened, with the figure."""
    figure: float | None = None
    threshold: float | None = None
    unit: str | None = None
    figure_text: str = ""
    threshold_text: str = ""
    span: Span | None = None
    """Where in the signal's body the finding rests."""
    hold_for: timedelta = timedelta(0)
    """For a condition: how long it must hold, pending, before it fires."""

    @property
    def marks(self) -> tuple[str, ...]:
        """All its marks, its own first."""
        return (self.mark, *self.also)


class Judgement(Frozen):
    """A rule's answer to one signal: its verdicts, or the named reason why there is none."""

    verdicts: tuple[Verdict, ...] = ()
    reason: str = ""


Nature = Literal["occurrence", "condition"]


def no(reason: str) -> Judgement:
    """No verdict, and why."""
    return Judgement(reason=reason)
