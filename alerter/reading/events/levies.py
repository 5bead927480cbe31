"""Levies: tariff events and the rates that their sentences state know of each other.

A rate is read with who pays, who levies and on what (`claims.levies`); the event that imposes,
raises or cuts it is of the same levier and the same goods, one event for each.
"""

from collections.abc import Iterable, Sequence
from itertools import groupby

from alerter.core.reading import Claim, Event, Span
from alerter.reading.marks import Marked

_BY_RATE = frozenset({"tariff_imposed", "tariff_raised", "tariff_cut"})


def with_rates(marked: Marked, events: Sequence[Event], claims: Sequence[Claim]) -> tuple[Event, ...]:
    """The events, those of tariffs by who levies the rates of their sentence, and on what."""
    rates = [claim for claim in claims if claim.metric == "tariff" and claim.modality != "denied"]
    types = {event.type for event in events if event.type in _BY_RATE}
    if not rates or not types:
        return tuple(events)
    out: list[Event] = []
    for type_, told in groupby(events, key=lambda event: event.type):
        same = list(told)
        out += _by_rates(marked, same, rates, is_only=len(types) == 1) if type_ in _BY_RATE else same
    return tuple(out)


def _by_rates(
    marked: Marked, events: Sequence[Event], rates: Sequence[Claim], *, is_only: bool
) -> Iterable[Event]:
    sentences = [_sentence(marked, event.span) for event in events]
    own = [rate for rate in rates if _sentence(marked, rate.span) in sentences]
    chosen = own or (list(rates) if is_only else [])
    made = [_of_rate(events, rate) for rate in chosen]
    named = list(dict.fromkeys(made))
    return [event for event in named if not _is_vaguer(event, named)] or events


def _of_rate(events: Sequence[Event], rate: Claim) -> Event:
    levier = rate.destination or (rate.origin if _is_own(events, rate) else None)
    event = next((one for one in events if one.commodity == rate.commodity), events[0])
    actor = levier or event.actor
    target = rate.origin if rate.origin not in (None, actor) else event.target
    return event.model_copy(
        update={"actor": actor, "target": target, "commodity": rate.commodity or event.commodity}
    )


def _is_own(events: Sequence[Event], rate: Claim) -> bool:
    """A duty on exports: who pays levies it."""
    return rate.destination is None and any(event.actor in (None, rate.origin) for event in events)


def _is_vaguer(event: Event, named: Sequence[Event]) -> bool:
    return event.commodity is None and any(one.actor == event.actor and one.commodity for one in named)


def _sentence(marked: Marked, span: Span) -> int:
    """The sentence in which a span begins."""
    starts = marked.tokens.starts
    return sum(1 for first, _ in marked.tokens.sentences if first < len(starts) and starts[first] <= span[0])
