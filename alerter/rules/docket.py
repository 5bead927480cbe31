"""Docket rules: a court's acts of substance in the matters watched. One alert per matter."""

import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import ClassVar, Literal

from alerter.core.captions import CAPTION_WITHIN, VERSUS, is_in_matter
from alerter.core.matter import Matter
from alerter.core.reading import CourtMeaning, Document, Span
from alerter.core.signal import Signal, SignalKind
from alerter.core.text import words
from alerter.core.verdict import Judgement, Verdict, no
from alerter.core.vocabulary import Disposition
from alerter.rules.base import Facts, Reference, RuleConfig, Trigger
from alerter.rules.labels import Finding, label_sets, settle
from alerter.rules.sentences import listed, plain, shortened

_GRANTED = frozenset({"granted", "granted_in_part"})
_SAME_AS_GRANTED: Mapping[str, Disposition] = {
    "stay": "stayed",
    "preliminary_injunction": "enjoined",
    "tro": "enjoined",
}
"""Relief → what a court has done that grants it, whichever of the two wordings it chose."""
_OF_RELIEF = _GRANTED | {"denied", "dismissed", "moot"}
"""What becomes of relief; the other dispositions are of a judgment or an order."""
_RELIEF_WORDS = {"tro": "temporary restraining order"}


class DocketRule(RuleConfig):
    """Fires where a court decides in one of the matters, by a listed document, with a listed disposition.

    A list that is absent takes any. A stay that is granted counts as `stayed`, an injunction or a restraining
    order that is granted as `enjoined`.
    """

    default_per: ClassVar[tuple[str, ...]] = ("matter",)
    offers: ClassVar[tuple[str, ...]] = ("matter", "commodity", "topic", "court", "document")

    type: Literal["docket"]
    matters: tuple[str, ...] = ()
    documents: tuple[Document, ...] = ()
    dispositions: tuple[Disposition, ...] = ()

    def triggers(self) -> tuple[Trigger, ...]:
        """Any docket entry."""
        return (Trigger(kinds=frozenset({SignalKind.DOCKET_ENTRY})),)

    def references(self) -> Mapping[str, Reference]:
        """Matters that the configuration must know."""
        return {"matters": ("matters", self.matters)}

    def evaluate(self, facts: Facts) -> Judgement:
        """A verdict per matter that the entry belongs to; else the reason why there is none."""
        signal, court = facts.read.record.signal, facts.read.reading.court
        if signal.kind != SignalKind.DOCKET_ENTRY:
            return no("kind_not_watched")
        matters = [matter for matter in self._watched(facts) if belongs(signal, matter)]
        if not matters:
            return no("no_such_matter")
        if court is None:
            return no("no_court_meaning")
        miss = self._miss(court)
        if miss:
            return no(miss)
        return settle((one for matter in matters for one in self._findings(matter, court, facts)), {})

    def _watched(self, facts: Facts) -> list[Matter]:
        matters = facts.world.matters
        return [matters[name] for name in self.matters or matters if name in matters]

    def _miss(self, court: CourtMeaning) -> str:
        """Why the entry does not count; empty if it does."""
        if not court.decides:
            return "decides_nothing" if court.by == "court" else "not_an_act_of_the_court"
        if self.documents and court.document not in self.documents:
            return "document_differs"
        if self.dispositions and set(self.dispositions).isdisjoint(_dispositions(court)):
            return "disposition_differs"
        return ""

    def _findings(self, matter: Matter, court: CourtMeaning, facts: Facts) -> list[Finding]:
        reference = facts.read.record.signal.docket
        offered = {
            "matter": (matter.id,),
            "commodity": matter.commodities,
            "topic": matter.topics,
            "court": (reference.court if reference else None,),
            "document": (court.document,),
        }
        verdict = self._verdict(matter, court, facts)
        sets = label_sets(self, facts, offered)
        return [Finding(matter.id, "", verdict.model_copy(update={"labels": labels})) for labels in sets]

    def _verdict(self, matter: Matter, court: CourtMeaning, facts: Facts) -> Verdict:
        signal = facts.read.record.signal
        decided = _decided(court)
        return Verdict(
            mark=_mark(signal, court),
            reason="court_decided",
            summary=f"{_case(signal, matter)}: {decided}",
            figure_text=decided,
            threshold_text=self._wanted,
            span=_deciding(signal, court),
        )

    @property
    def _wanted(self) -> str:
        documents = listed(self.documents) or "any decision"
        return f"{documents} ({listed(self.dispositions)})" if self.dispositions else documents


def belongs(signal: Signal, matter: Matter) -> bool:
    """Is the docket entry one of the matter's, by court and number, or by its caption?"""
    reference = signal.docket
    docket = (reference.court, reference.number) if reference else None
    return is_in_matter(docket, signal.title, matter)


def _mark(signal: Signal, court: CourtMeaning) -> str:
    """Court, day and dispositions: an opinion and its judgment, minutes apart, are one decision."""
    reference = signal.docket
    filed: date | datetime = (reference.filed_at if reference else None) or signal.published_at
    day = filed.date() if isinstance(filed, datetime) else filed
    where = reference.court.strip().casefold() if reference else ""
    return "|".join([where, day.isoformat(), ",".join(sorted(set(court.disposition)))])


def _dispositions(court: CourtMeaning) -> tuple[str, ...]:
    """What the court did, with what granting the relief amounts to."""
    implied = _SAME_AS_GRANTED.get(court.relief or "")
    if implied is None or implied in court.disposition or _GRANTED.isdisjoint(court.disposition):
        return court.disposition
    return (*court.disposition, implied)


def _decided(court: CourtMeaning) -> str:
    """`order, stay granted`: the document, and each disposition once, behind the relief that it is about."""
    relief = court.relief if court.relief not in {None, "other"} else ""
    is_granted = not _GRANTED.isdisjoint(court.disposition)
    told = [str(court.document)]
    for one in court.disposition:
        if is_granted and one == _SAME_AS_GRANTED.get(relief or ""):
            continue
        asked = _RELIEF_WORDS.get(relief, plain(relief)) if relief and one in _OF_RELIEF else ""
        told.append(f"{asked} {plain(one)}".strip())
    return shortened(", ".join(told))


def _case(signal: Signal, matter: Matter) -> str:
    """`CAFC 25-1812 (V.O.S. Selections, Inc. v. United States)`; without a docket only the name."""
    reference, name = signal.docket, _caption(signal.title) or _short_name(matter)
    if reference is None:
        return name
    court = reference.court.upper() if reference.court.isalnum() else reference.court
    return f"{shortened(f'{court} {reference.number}', 100)} ({name})"


def _caption(title: str) -> str:
    """The title if it names the parties, without docket number and bracketed type; else empty."""
    name = _BEFORE_CAPTION.sub("", title).partition(" [")[0]
    opening = words(name[:CAPTION_WITHIN])[:_PARTY_WORDS]
    is_act = not opening or opening[0] in set(Document)
    names_parties = not VERSUS.isdisjoint(opening) or opening[:2] == ["in", "re"]
    return shortened(name, 150) if names_parties and not is_act else ""


_BEFORE_CAPTION = re.compile(r"^\s*(?:No\.\s*)?\d\S*[\s:,]+")
_PARTY_WORDS = 12
"""Words of a caption among which the `v.` stands."""


def _short_name(matter: Matter) -> str:
    """The first caption of the matter that has words, else its id in words."""
    names = (" ".join(name.replace("*", " ").split()) for name in matter.names)
    return shortened(next(filter(None, names), matter.id.replace("-", " ")), 150)


def _deciding(signal: Signal, court: CourtMeaning) -> Span:
    """The words of the entry's text that decide, else its opening; the title where there is no text."""
    start = len(signal.title) + 1
    if not signal.text.strip():
        return 0, len(signal.title)
    stems = "|".join(re.escape(_stem(one)) for one in court.disposition) or r"\w"
    found = re.search(rf"\b(?:{stems})", signal.text, re.IGNORECASE)
    return (start + found.start(), start + found.end()) if found else (start, start + 1)


def _stem(disposition: str) -> str:
    """`den` of denied, `grant` of granted in part: what all forms of the word begin with."""
    return disposition.removesuffix("_in_part").removesuffix("ied").removesuffix("ed")
