"""Match rules: words, phrases and patterns in a signal's text. One alert per story, unless `per` differs."""

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Annotated, ClassVar, Literal

import re2
from pydantic import AfterValidator, model_validator

from alerter.core.matching import pattern_fault
from alerter.core.phrases import Phrase
from alerter.core.reading import Span
from alerter.core.signal import SignalKind
from alerter.core.verdict import Judgement, Verdict, no
from alerter.rules.base import Facts, Reference, RuleConfig, Trigger
from alerter.rules.labels import Finding, covers, label_sets, most_specific, settle
from alerter.rules.sentences import in_a_row, own_span, shortened


class Pattern:
    """A `/…/` pattern, run by RE2 over the body as it stands. Raises ValueError."""

    def __init__(self, written: str) -> None:
        fault = pattern_fault(written[1:-1])
        if fault:
            raise ValueError(f"not a pattern that RE2 takes: {written}: {fault}")
        options = re2.Options()
        options.log_errors = False
        self._compiled = re2.compile(written[1:-1], options)

    def locate(self, body: str) -> Span | None:
        """Where it first matches."""
        found = self._compiled.search(body)
        return found.span() if found else None


def parse_term(written: str) -> Phrase | Pattern:
    """A phrase, or a pattern between slashes. Raises ValueError."""
    if len(written) > 2 and written.startswith("/") and written.endswith("/"):
        return Pattern(written)
    return Phrase(written)


def _check_term(written: str) -> str:
    parse_term(written)
    return written


Term = Annotated[str, AfterValidator(_check_term)]


class MatchRule(RuleConfig):
    """Fires where one of `any`, each of `all` and none of `none` stands in the text.

    Phrases ignore case and accents and stand at word boundaries; `*` leaves a word open at its end. A signal
    that does not state its language passes `languages`.
    """

    default_per: ClassVar[tuple[str, ...]] = ("story",)
    offers: ClassVar[tuple[str, ...]] = ("commodity", "country")

    type: Literal["match"]
    any: tuple[Term, ...] = ()
    all: tuple[Term, ...] = ()
    none: tuple[Term, ...] = ()
    kinds: tuple[SignalKind, ...] = ()
    sources: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    commodities: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _looks_for_something(self) -> "MatchRule":
        if not self.any and not self.all:
            raise ValueError("a match rule needs a phrase under `any` or `all`")
        return self

    @property
    def needs_reading(self) -> bool:
        """Words alone are enough, unless commodities or countries are asked for."""
        return bool(self.commodities) or not {"commodity", "country"}.isdisjoint(self.grouping)

    def triggers(self) -> tuple[Trigger, ...]:
        """The group of phrases that is rarest in texts: the one whose shortest phrase is longest."""
        groups = [self._terms["any"], *([term] for term in self._terms["all"])]
        needles = [[term.needle for term in group if isinstance(term, Phrase)] for group in groups]
        pure = [found for found, group in zip(needles, groups, strict=True) if len(found) == len(group)]
        rarest = max(filter(None, pure), key=lambda group: min(map(len, group)), default=[])
        return (Trigger(phrases=frozenset(rarest), kinds=frozenset(self.kinds)),)

    def references(self) -> Mapping[str, Reference]:
        """Sources and commodities that the configuration must know."""
        return {"sources": ("sources", self.sources), "commodities": ("commodities", self.commodities)}

    def evaluate(self, facts: Facts) -> Judgement:
        """A verdict per set of labels where the text matches."""
        reason = self._passed_over(facts)
        if reason:
            return no(reason)
        found = self._first_found(facts)
        if found is None:
            return no("no_phrase")
        if any(_is_in(term, facts) for term in self._terms["none"]):
            return no("excluded_phrase")
        return self._found(found, facts)

    @cached_property
    def _terms(self) -> dict[str, list[Phrase | Pattern]]:
        groups = {"any": self.any, "all": self.all, "none": self.none}
        return {name: [parse_term(term) for term in terms] for name, terms in groups.items()}

    def _passed_over(self, facts: Facts) -> str:
        signal = facts.read.record.signal
        if self.kinds and signal.kind not in self.kinds:
            return "kind_not_watched"
        if self.sources and signal.source not in self.sources:
            return "source_not_watched"
        if self.languages and not _speaks(signal.language, self.languages):
            return "language_not_watched"
        read = facts.read.reading.commodities
        if self.commodities and not any(covers(self.commodities, one, facts.world.parents) for one in read):
            return "commodity_differs"
        return ""

    def _first_found(self, facts: Facts) -> Phrase | Pattern | None:
        """The term to show: the first of `any`, else of `all`; None unless the text has what it must."""
        of_any = next((term for term in self._terms["any"] if _is_in(term, facts)), None)
        if self.any and of_any is None:
            return None
        if not all(_is_in(term, facts) for term in self._terms["all"]):
            return None
        return of_any or self._terms["all"][0]

    def _found(self, term: Phrase | Pattern, facts: Facts) -> Judgement:
        read, parents = facts.read, facts.world.parents
        found = term.locate(read.body)
        span = own_span(read, found) if found else None
        offered: dict[str, Sequence[str]] = {
            "commodity": most_specific(read.reading.commodities, parents),
            "country": read.reading.countries,
        }
        verdict = Verdict(
            mark=facts.story,
            reason="phrase_found",
            summary=shortened(read.record.signal.title),
            figure_text=shortened(read.body[slice(*span)]) if span else "",
            threshold_text=self._wanted,
            span=span,
        )
        sets = label_sets(self, facts, offered)
        return settle((Finding("", "", verdict.model_copy(update={"labels": one})) for one in sets), parents)

    @cached_property
    def _wanted(self) -> str:
        groups = {"any of": self.any, "all of": self.all, "none of": self.none}
        return shortened("; ".join(f"{name} {in_a_row(terms)}" for name, terms in groups.items() if terms))


def _is_in(term: Phrase | Pattern, facts: Facts) -> bool:
    if isinstance(term, Phrase):
        return term.found_in(facts.normalised)
    return term.locate(facts.read.body) is not None


def _speaks(language: str | None, wanted: Sequence[str]) -> bool:
    """Is the language one of those wanted, or unknown? `en-GB` counts as `en`."""
    if not language:
        return True
    spoken = language.casefold().replace("_", "-")
    return any(spoken == one.casefold() or spoken.startswith(f"{one.casefold()}-") for one in wanted)
