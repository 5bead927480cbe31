"""What is well written and can yet never match: countries, labels, routes, thresholds, rings of parents.

Told when a configuration is loaded, after `crosscheck`: as warnings, since something else may be meant; a
commodity that descends from itself is an error, since that can never be right.
"""

import difflib
from collections.abc import Iterable, Iterator, Mapping, Sequence

from alerter.config.crosscheck import Entries, Entry
from alerter.config.entries import Path, follow, locate
from alerter.config.errors import Report
from alerter.config.models import RouteFields
from alerter.reading.lexicon import Lexicon
from alerter.reading.tokens import tokenise
from alerter.rules.base import RuleConfig
from alerter.wording import nearest, unknown

COURTS = frozenset({"court", "CIT", "CAFC", "SCOTUS"})
"""Actors that are no countries; a company acts under the one word that it is known by."""
ALWAYS_BORNE = frozenset({"rule", "severity"})
OF_EVERY_SIGNAL = frozenset({"story", "signal", "source"})
ROUTED = ("routes", "silences", "digests")
CLOSE = 0.8
"""Least likeness at which a label that a signal may bear is rather taken for a slip."""
BELOW = ("change_below", "below")
ABOVE = ("change_above", "above")
CLEAR = ("clear_above", "clear_below")


def tell_doubts(entries: Entries, report: Report) -> None:
    """Report what can never match in entries that are right by themselves."""
    rules = [entry for entry in entries["rules"] if entry.value]
    _check_rings(entries["commodities"], report)
    _check_parties([*rules, *entries["matters"]], report)
    _check_per(rules, _source_labels(entries["sources"]), report)
    if rules:
        routed = [entry for name in ROUTED for entry in entries[name] if entry.value]
        _check_borne(routed, _borne([entry.value for entry in rules]), report)
    _check_reach(entries["routes"], report)
    for entry in rules:
        _check_changes(entry, report)


def _check_rings(added: Sequence[Entry], report: Report) -> None:
    """A commodity must not descend from itself; each ring is told once."""
    stated = [entry for entry in added if entry.value and entry.value.parent]
    parents = Lexicon.build([entry.value for entry in added if entry.value]).parents if stated else {}
    told: set[str] = set()
    for entry in stated:
        ring = _ring(entry.id, parents)
        if ring and entry.id not in told:
            told.update(ring)
            way = " > ".join((*ring, entry.id))
            report.error(locate(entry.node, ("parent",)).place, f"a commodity descends from itself: {way}")


def _ring(start: str, parents: Mapping[str, str]) -> list[str]:
    """The lineage that leads back to where it started; empty when it does not."""
    lineage, above = [start], parents.get(start)
    while above and above not in lineage:
        lineage.append(above)
        above = parents.get(above)
    return lineage if above == start else []


def _check_parties(entries: Sequence[Entry], report: Report) -> None:
    named = list(_parties(entries))
    if not named:
        return
    lexicon = Lexicon.build()
    codes = {sense.name for senses in lexicon.senses for sense in senses if sense.kind == "country"}
    for entry, path, listed, name in named:
        if name in codes or (listed == "actors" and _may_act(name, lexicon)):
            continue
        meant = _code_of(name, lexicon) or nearest(name, codes)
        guess = f'; did you mean "{meant}"?' if meant else "; write its ISO code, as in CN"
        noun = "actor" if listed == "actors" else "country"
        report.warn(
            locate(entry.node, path).place, f'unknown {noun} "{name}"{guess}: texts are never read so'
        )


def _parties(entries: Sequence[Entry]) -> Iterator[tuple[Entry, Path, str, str]]:
    """Countries and actors that rules and matters name: entry, path, countries or actors, name."""
    for entry in (one for one in entries if one.value):
        if entry.list == "matters":
            yield from ((entry, ("about", n), "countries", one) for n, one in enumerate(entry.value.about))
            continue
        for name, (listed, ids) in entry.value.references().items():
            if listed in {"countries", "actors"}:
                yield from ((entry, (name, n), listed, one) for n, one in enumerate(ids))


def _may_act(name: str, lexicon: Lexicon) -> bool:
    """Can an actor be read so: a court, or a company by one word that is no country's name or code?"""
    if name in COURTS:
        return True
    is_word = name.isalnum() and len(name) > 2 and name.casefold() not in {one.casefold() for one in COURTS}
    return is_word and _code_of(name, lexicon) is None


def _code_of(name: str, lexicon: Lexicon) -> str | None:
    """The code of the country that a text of these words would be about."""
    mentions = lexicon.mark(tokenise(name, "")).mentions
    return next((one.name for one in mentions if one.kind == "country"), None)


def _source_labels(sources: Sequence[Entry]) -> set[str]:
    return {label for entry in sources if entry.value for label in entry.value.labels}


def _check_per(rules: Sequence[Entry], of_sources: set[str], report: Report) -> None:
    """Pushed signals may bear any label, so only what looks like a slip is doubtful."""
    offered = {label for entry in rules for label in type(entry.value).offers}
    for entry in rules:
        rule: RuleConfig = entry.value
        known = {*rule.offers, *OF_EVERY_SIGNAL, *of_sources}
        for index, label in enumerate(rule.per or ()):
            close = difflib.get_close_matches(label, sorted(known), n=1, cutoff=CLOSE)
            if label in known or not (close or label in offered):
                continue
            guess = f'did you mean "{close[0]}"?' if close else f"they have {', '.join(rule.offers)}"
            kind = getattr(rule, "type", "")
            message = f'{kind} rules have no label "{label}"; {guess}: it stays empty unless signals bear it'
            report.warn(locate(entry.node, ("per", index)).place, message)


def _borne(rules: Iterable[RuleConfig]) -> set[str]:
    """The labels that some alert can bear."""
    return set(ALWAYS_BORNE).union(*({*rule.grouping, *rule.labels} for rule in rules))


def _check_borne(routed: Sequence[Entry], borne: set[str], report: Report) -> None:
    for entry in routed:
        match = follow(entry.node, ("match",))
        for label, condition in entry.value.match.items():
            if match and label not in borne and condition != ("=", ("",)):
                report.warn(match.keys[label], f"{unknown('label', label, borne)}: no alert bears it")
        for index, label in enumerate(getattr(entry.value, "group_by", ())):
            if label not in borne:
                place = locate(entry.node, ("group_by", index)).place
                report.warn(place, f"{unknown('label', label, borne)}: no alert bears it")


def _check_reach(routes: Sequence[Entry], report: Report) -> None:
    """After a route that takes everything and does not continue, no other is asked."""
    takes_all = None
    for entry in routes:
        if takes_all:
            place = takes_all.node.place
            report.warn(entry.node.place, f"never reached: the route at {place} takes every alert before it")
        route: RouteFields | None = entry.value
        if route and not takes_all and not route.match and not route.continue_:
            takes_all = entry


def _check_changes(entry: Entry, report: Report) -> None:
    for name in (*BELOW, *ABOVE, *CLEAR):
        value, node = getattr(entry.value, name, None), follow(entry.node, (name,))
        doubt = _doubt(name, value, node.text or "") if node and isinstance(value, float) else ""
        if node and doubt:
            report.warn(node.place, f"{name}: {doubt}")


def _doubt(name: str, value: float, written: str) -> str:
    """What is strange about a change's threshold in percent; empty if nothing is."""
    if 0 < abs(value) < 1 and "%" not in written:
        return f"{written} means {value:g} %; did you mean {value * 100:g}%?"
    if name in BELOW and value > 0:
        return f"{written} is met by a rise of less than that too; did you mean -{value:g}%?"
    if name in ABOVE and value < 0:
        return f"{written} is met by a fall of less than that too; did you mean {-value:g}%?"
    return ""
