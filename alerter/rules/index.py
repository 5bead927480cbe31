"""The index: which of all rules can a signal touch? Asked once per signal, before any rule is evaluated.

All needles of all rules go into one automaton (Aho and Corasick 1975), so that a text is read once whatever
the number of rules; events, metrics, series and kinds are looked up. A rule is found by its triggers; to be
found is not to fire.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ahocorasick_rs import AhoCorasick

from alerter.core.reading import ReadSignal
from alerter.rules.base import RuleConfig, Trigger


@dataclass(frozen=True, slots=True)
class _Offer:
    """What a signal has for triggers."""

    kind: str
    series: str
    events: frozenset[str]
    metrics: frozenset[str]

    @classmethod
    def of(cls, read: ReadSignal) -> "_Offer":
        signal, reading = read.record.signal, read.reading
        return cls(
            kind=signal.kind,
            series=signal.observation.series if signal.observation else "",
            events=frozenset(event.type for event in reading.events),
            metrics=frozenset(claim.metric for claim in reading.claims),
        )

    def meets(self, trigger: Trigger) -> bool:
        """Does it have what the trigger asks for besides phrases?"""
        return (
            (not trigger.kinds or self.kind in trigger.kinds)
            and (not trigger.series or self.series in trigger.series)
            and (not trigger.events or not trigger.events.isdisjoint(self.events))
            and (not trigger.metrics or not trigger.metrics.isdisjoint(self.metrics))
        )


class RuleIndex:
    """An index over rules. Immutable once built; the rules keep their order."""

    def __init__(self, rules: Sequence[RuleConfig]) -> None:
        self._rules = tuple(rules)
        triggers = [(place, one) for place, rule in enumerate(self._rules) for one in rule.triggers()]
        self._places = [place for place, _ in triggers]
        self._conditions = [one if _asks_for_more_than_phrases(one) else None for _, one in triggers]
        self._by_name: defaultdict[tuple[str, str], list[int]] = defaultdict(list)
        self._always: list[int] = []
        met: defaultdict[str, list[int]] = defaultdict(list)
        asking: defaultdict[str, list[int]] = defaultdict(list)
        for number, (place, trigger) in enumerate(triggers):
            for needle in trigger.phrases:
                if self._conditions[number] is None:
                    met[needle].append(place)
                else:
                    asking[needle].append(number)
            self._enter(number, trigger)
        needles = list(met | asking)
        self._met = [tuple(met.get(needle, ())) for needle in needles]
        """By pattern: the places of the rules for which the phrase is enough."""
        self._asking = {at: tuple(asking[one]) for at, one in enumerate(needles) if one in asking}
        """Pattern → the triggers that ask for more than the phrase."""
        self._automaton = AhoCorasick(needles) if needles else None

    def candidates(self, read: ReadSignal, normalised: str) -> Sequence[RuleConfig]:
        """The rules worth trying on the signal, in their order. `normalised`: its body, normalised."""
        offer = _Offer.of(read)
        patterns = self._patterns_in(normalised)
        found = set(self._always)
        found.update(*[self._asking[pattern] for pattern in self._asking.keys() & patterns])
        for key in _keys(offer):
            found.update(self._by_name.get(key, ()))
        conditions = self._conditions
        met = [number for number in found if (one := conditions[number]) is None or offer.meets(one)]
        places = {self._places[number] for number in met}
        places.update(*[self._met[pattern] for pattern in patterns])
        return list(map(self._rules.__getitem__, sorted(places)))

    def _enter(self, number: int, trigger: Trigger) -> None:
        """Enter a trigger without phrases under its rarest field; one without fields is always met."""
        fields = {
            "series": trigger.series,
            "event": trigger.events,
            "metric": trigger.metrics,
            "kind": trigger.kinds,
        }
        if trigger.phrases:
            return
        field = next((name for name, values in fields.items() if values), None)
        if field is None:
            self._always.append(number)
            return
        for value in fields[field]:
            self._by_name[field, value].append(number)

    def _patterns_in(self, normalised: str) -> set[int]:
        """The needles that stand in the text, by their numbers in the automaton."""
        if self._automaton is None:
            return set()
        return {one[0] for one in self._automaton.find_matches_as_indexes(normalised, overlapping=True)}


def _asks_for_more_than_phrases(trigger: Trigger) -> bool:
    return bool(trigger.kinds or trigger.series or trigger.events or trigger.metrics)


def _keys(offer: _Offer) -> Iterator[tuple[str, str]]:
    yield "kind", offer.kind
    if offer.series:
        yield "series", offer.series
    for event in offer.events:
        yield "event", event
    for metric in offer.metrics:
        yield "metric", metric
