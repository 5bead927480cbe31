"""Courts: what a docket entry means, on two axes: what document it is, and what it disposes of.

A motion *for* a stay, a *proposed* order and another court's order that was merely *received* decide nothing,
though they hold the same words as an order that does. So the document is settled first, from how the entry
opens (`openings`), and only a court's own document has rulings (`rulings`). Entries may be full
docket texts or a feed's labels.
"""

from dataclasses import replace

from alerter.core.reading import CourtMeaning, Document
from alerter.reading.courts import wordings as wording
from alerter.reading.courts.openings import Opening, opening_of
from alerter.reading.courts.rulings import (
    NAMED,
    decides,
    is_told_at_once,
    matter_of,
    relief_of,
    rulings_of,
)

LONGEST = 4_000
"""Characters read: an entry says what it is at its start, the rest is argument."""

_SUBSTANTIAL = (Document.OPINION, Document.JUDGMENT, Document.MANDATE)


def read_docket_entry(title: str, text: str) -> CourtMeaning:
    """What an entry means. `title`: the case's caption or the entry's label; `text`: the entry itself."""
    entry, label = _clean(text), _clean(title)
    struck = wording.STRUCK.match(entry)
    opening = _opening(entry)
    if opening is None and (labelled := _opening(label)):
        entry = f"{label}. {entry}" if entry and not wording.CAPTION.match(label) else label
        opening = labelled
    if opening is None:
        return CourtMeaning(document=Document.CLERK)
    if opening.pending and is_told_at_once(entry, opening.end):
        opening = replace(opening, document=Document.ORDER, by="court")
    if opening.by == "court":
        return _of_court(opening, entry, struck=bool(struck or wording.STRUCK.match(entry)))
    return CourtMeaning(document=opening.document, by=opening.by, relief=_relief_asked(opening, entry))


def _clean(text: str) -> str:
    plain = wording.SPACE.sub(" ", wording.TAG.sub(" ", text[: LONGEST * 2])).strip()[:LONGEST]
    return wording.ASIDE.sub("", plain).strip()


def _opening(entry: str) -> Opening | None:
    """How an entry opens behind a note of correction, or what is told in brackets behind a caption."""
    if not entry:
        return None
    bracketed = wording.BRACKETED.search(entry[:400])
    if bracketed and wording.CAPTION.match(entry[: bracketed.start()]):
        return Opening(Document(bracketed[1].lower()), "court", bracketed.end())
    struck = wording.STRUCK.match(entry)
    if struck is None:
        return opening_of(entry)
    behind = opening_of(entry[struck.end() :])
    return replace(behind, end=behind.end + struck.end()) if behind else None


def _of_court(opening: Opening, entry: str, *, struck: bool) -> CourtMeaning:
    if struck or opening.recommends:
        return CourtMeaning(document=opening.document, by="court")
    document = Document.ORDER if wording.RECALLED.match(entry) else opening.document
    rulings = rulings_of(entry, opening.end, narrates=document is Document.MINUTE)
    decided = document in _SUBSTANTIAL or (decides(rulings) if rulings else _acts(document, entry, opening))
    return CourtMeaning(
        document=document,
        by="court",
        disposition=tuple(dict.fromkeys(one.disposition for one in rulings)),
        relief=relief_of(rulings, entry) if rulings else _relief_dealt_with(document, entry, opening),
        decides=decided,
    )


def _acts(document: Document, entry: str, opening: Opening) -> bool:
    """Does an order without a disposition do something of substance, or a label tell of one?"""
    if document is not Document.ORDER or wording.TO_SHOW_CAUSE.match(entry[opening.end :]):
        return False
    if wording.ACT.search(entry):
        return True
    return _label_matter(entry, opening) in (NAMED | {"lifted", "other"})


def _label_matter(entry: str, opening: Opening) -> str | None:
    """What an order is on by its label alone: `[Order on Motion to Stay]`, `PRELIMINARY INJUNCTION`."""
    on = wording.ON_MOTION.match(entry[opening.end :])
    return matter_of(entry[: opening.end + (on.end() if on else 0)])


def _relief_dealt_with(document: Document, entry: str, opening: Opening) -> str | None:
    if document is Document.ORDER:
        act = wording.ACT.search(entry)
        matter = matter_of(act[0]) if act else _label_matter(entry, opening)
    else:
        matter = matter_of(entry)
    return matter if matter in NAMED else "other" if matter == "lifted" else None


def _relief_asked(opening: Opening, entry: str) -> str | None:
    """What a party's paper is about: what a motion asks, what a brief speaks to, what a notice lodges."""
    behind = entry[opening.end :]
    if opening.document is Document.CLERK:
        return None
    if opening.document is Document.NOTICE and not wording.LODGES.search(entry[: opening.end + 30]):
        return "appeal" if wording.OF_APPEAL.match(behind) else None
    matter = matter_of(entry)
    if matter in NAMED:
        return matter
    return "other" if opening.document is Document.MOTION else None
