"""Labels of findings: what `per` names, the most specific commodity, one verdict per set of labels.

Shared by the rule kinds; nothing here knows any one of them.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice, product
from typing import TypeVar

from alerter.core.verdict import Judgement, Verdict
from alerter.rules.base import Facts, RuleConfig

MOST_VERDICTS = 50
"""Verdicts of one rule on one signal: a text that names every country must not flood or choke evaluation."""
MOST_MARKS = 50
"""Marks of one verdict, for the same reason."""

Labels = tuple[tuple[str, str], ...]
Key = TypeVar("Key")


@dataclass(frozen=True, slots=True)
class Finding:
    """What a rule found, before labels that tell the same thing twice are dropped."""

    subject: str
    """What it is about besides its labels (event type, metric): only like subjects stand for one another."""
    commodity: str
    verdict: Verdict


def label_sets(
    rule: RuleConfig, facts: Facts, offered: Mapping[str, Sequence[str | None]]
) -> list[dict[str, str]]:
    """The combinations of values of the rule's `per` labels; a label without a value is empty.

    A label takes its values from what the kind offers, else `story`, `signal` and `source`, else the
    signal's own labels.
    """
    values = [_values(name, facts, offered) for name in rule.grouping]
    sets = islice(product(*values), MOST_VERDICTS + 1)  # one too many, for `settle` to see and say
    return [dict(zip(rule.grouping, one, strict=True)) for one in sets]


def _values(name: str, facts: Facts, offered: Mapping[str, Sequence[str | None]]) -> Sequence[str]:
    own = [value for value in offered.get(name, ()) if value]
    if own:
        return own
    record = facts.read.record
    fixed = {"story": facts.story, "signal": record.id, "source": record.signal.source}
    return (fixed.get(name) or record.signal.labels.get(name, ""),)


def covers(listed: Iterable[str], commodity: str | None, parents: Mapping[str, str]) -> bool:
    """Is the commodity one of those listed, or a descendant of one?"""
    wanted = set(listed)
    return any(one in wanted for one in _lineage(commodity, parents))


def most_specific(commodities: Sequence[str], parents: Mapping[str, str]) -> list[str]:
    """The commodities without those that are an ancestor of another."""
    return [one for one in commodities if not any(_descends(other, one, parents) for other in commodities)]


def _descends(one: str, other: str, parents: Mapping[str, str]) -> bool:
    """Is the one a strict descendant of the other? In a ring nobody is."""
    return other in _lineage(one, parents)[1:] and one not in _lineage(other, parents)


def _lineage(commodity: str | None, parents: Mapping[str, str]) -> list[str]:
    """The commodity, its parent, its parent's parent …; a ring in the lexicon ends where it closes."""
    found: list[str] = []
    while commodity and commodity not in found:
        found.append(commodity)
        commodity = parents.get(commodity)
    return found


def settle(findings: Iterable[Finding], parents: Mapping[str, str]) -> Judgement:
    """One verdict per set of labels: the first found, carrying the marks of the others.

    Of a commodity and its parent the more specific one stands for both. What exceeds `MOST_VERDICTS` is left
    out, and the judgement's reason says so.
    """
    found = list(findings)
    if len(found) == 1:  # most signals; there is nothing to compare
        return Judgement(verdicts=(found[0].verdict,))
    distinct = _distinct(found)
    kept = [one for one in distinct if not any(_stands_for(other, one, parents) for other in distinct)]
    by_labels: dict[Labels, Verdict] = {}
    for finding in kept:
        _merge(by_labels, _labels(finding.verdict), finding.verdict)
    verdicts = tuple(by_labels.values())
    reason = "too_many_findings" if len(verdicts) > MOST_VERDICTS else ""
    return Judgement(verdicts=verdicts[:MOST_VERDICTS], reason=reason)


def _distinct(findings: Iterable[Finding]) -> list[Finding]:
    """The findings that differ in more than their marks, as many as are worth comparing."""
    merged: dict[tuple[str, str, Labels], Verdict] = {}
    for finding in findings:
        if len(merged) <= 2 * MOST_VERDICTS:
            key = (finding.subject, finding.commodity, _labels(finding.verdict))
            _merge(merged, key, finding.verdict)
    return [Finding(subject, commodity, verdict) for (subject, commodity, _), verdict in merged.items()]


def _merge(merged: dict[Key, Verdict], key: Key, verdict: Verdict) -> None:
    first = merged.setdefault(key, verdict)
    unseen = [mark for mark in verdict.marks if mark not in first.marks]
    if unseen and len(first.marks) < MOST_MARKS:
        merged[key] = first.model_copy(update={"also": (*first.also, *unseen)})


def _labels(verdict: Verdict) -> Labels:
    return tuple(verdict.labels.items())


def _stands_for(specific: Finding, general: Finding, parents: Mapping[str, str]) -> bool:
    """Does the one tell what the other tells, of a descendant commodity?"""
    if specific.subject != general.subject:
        return False
    if not _descends(specific.commodity, general.commodity, parents):
        return False
    labels = specific.verdict.labels
    return all(
        name == "commodity" or value in {"", labels[name]} for name, value in general.verdict.labels.items()
    )
