"""Courts: what a docket entry means, on two axes: what document it is, and what it disposes of.

A motion *for* a stay, a *proposed* order and another court's order that was merely *received* decide nothing,
though they hold the same words as an order that does. So the document is settled first, from how the entry
opens, and only a court's own document has a disposition. Entries may be full docket texts or a feed's labels.
"""

import re
from collections.abc import Iterator
from typing import Literal

from alerter.core.reading import CourtMeaning, Document
from alerter.reading import court_wordings as wording

LONGEST = 4_000
"""Characters read: an entry says what it is at its start, the rest is argument."""

_OPENING = 400
By = Literal["court", "party", "clerk"]
_I = re.IGNORECASE


def read_docket_entry(title: str, text: str) -> CourtMeaning:
    """What an entry means. `title`: the case's caption or the entry's label; `text`: the entry itself."""
    entry, label = _clean(text), _clean(title)
    if not entry or (_settle(entry) is None and _settle(label) is not None):
        entry = f"{label}. {entry}" if entry and not wording.CAPTION.match(label) else label
    settled = _settle(entry)
    if settled is None:
        return CourtMeaning(document=Document.CLERK)
    document, by = settled
    if by != "court":
        return CourtMeaning(document=document, by=by, relief=_relief_asked(entry, document))
    if wording.STRUCK.match(entry):
        return CourtMeaning(document=document, by=by)
    disposition = _dispositions(entry)
    relief = _relief(entry, disposition)
    return CourtMeaning(
        document=document,
        by=by,
        disposition=disposition,
        relief=relief,
        decides=_decides(document, entry, disposition),
    )


def _clean(text: str) -> str:
    return wording.SPACE.sub(" ", wording.TAG.sub(" ", text[: LONGEST * 2])).strip()[:LONGEST]


def _settle(entry: str) -> tuple[Document, By] | None:
    """Which document an entry is and whose, None where nothing tells."""
    if not entry:
        return None
    bracketed = wording.BRACKETED.search(entry[:_OPENING])
    if bracketed and wording.CAPTION.match(entry[: bracketed.start()]):
        return Document(bracketed[1].lower()), "court"
    struck = wording.STRUCK.match(entry)
    opening = entry[struck.end() if struck else 0 :][:_OPENING]
    bare = _bare(opening)
    if wording.PROPOSED.match(bare):
        return Document.MOTION, "party"
    return _of_others(bare) or _of_court(bare) or _shouted(bare)


def _bare(opening: str) -> str:
    found = wording.ADORNMENT.match(opening)
    rest = opening[found.end() :] if found else opening
    return rest.lstrip(" [(*:-")


def _of_others(bare: str) -> tuple[Document, By] | None:
    if wording.RECEIVED.match(bare) or wording.CLERK.match(bare):
        return Document.CLERK, "clerk"
    if wording.MOTION.match(bare):
        ruled = wording.RULED_MOTION.search(bare) and " filed by " not in bare.lower()
        return (Document.ORDER, "court") if ruled else (Document.MOTION, "party")
    if wording.NOTICE.match(bare):
        return Document.NOTICE, "party"
    if wording.BRIEF.match(bare) and not re.match(r"memorandum (?:and|&|opinion|order)", bare, _I):
        return Document.BRIEF, "party"
    return None


def _of_court(bare: str) -> tuple[Document, By] | None:
    if wording.MINUTE.match(bare):
        return Document.MINUTE, "court"
    if wording.MANDATE_RECALLED.search(bare[:200]):
        return Document.ORDER, "court"
    for document, pattern in _COURT_OPENINGS:
        if pattern.match(bare):
            return document, "court"
    return None


_COURT_OPENINGS = (
    (Document.MANDATE, wording.MANDATE),
    (Document.OPINION, wording.OPINION),
    (Document.JUDGMENT, wording.JUDGMENT),
    (Document.ORDER, wording.ORDER),
)


def _shouted(bare: str) -> tuple[Document, By] | None:
    """A court's document named in capitals near the start: `Judge Lee: ORDER granting …`."""
    found = wording.SHOUTED.search(bare[:60])
    return (Document(found[1].lower()), "court") if found else None


def _dispositions(entry: str) -> tuple[str, ...]:
    found = []
    partial = bool(wording.IN_PART.search(entry))
    for name in _done(entry):
        if partial and name in ("granted", "denied"):
            name = "granted_in_part"  # noqa: PLW2901 - the partial grant stands for both halves
        if name not in found:
            found.append(name)
    return tuple(found)


def _done(entry: str) -> Iterator[str]:
    return (match.lastgroup for match in _done_in(entry) if match.lastgroup)


def _done_in(entry: str) -> Iterator[re.Match[str]]:
    """The verbs of disposition that tell of something done, not asked or supposed."""
    for match in wording.DISPOSITION.finditer(entry):
        before = entry[max(0, match.start() - 45) : match.start()]
        if not wording.NOT_DONE.search(before):
            yield match


def _relief(entry: str, disposition: tuple[str, ...]) -> str | None:
    found = wording.RELIEF.search(entry)
    if found:
        return "other" if found.lastgroup == "lifted" else found.lastgroup
    asked = bool(wording.ASKS.search(entry)) and bool(
        {"granted", "denied", "granted_in_part"} & set(disposition)
    )
    return "other" if asked else None


def _relief_asked(entry: str, document: Document) -> str | None:
    if document in (Document.CLERK, Document.BRIEF):
        return None
    found = wording.RELIEF.search(entry[:_OPENING])
    if found:
        return "other" if found.lastgroup == "lifted" else found.lastgroup
    return "other" if document is Document.MOTION else None


def _decides(document: Document, entry: str, disposition: tuple[str, ...]) -> bool:
    """Is it an act of substance? Leave to file, more time, schedules and the like are housekeeping."""
    if document in (Document.OPINION, Document.JUDGMENT, Document.MANDATE):
        return True
    if any(map(_disposes, wording.SENTENCE.split(entry))):
        return True
    final = {"vacated", "reversed", "affirmed", "remanded", "stayed", "enjoined"} & set(disposition)
    if wording.HOUSEKEEPING.search(entry[:600]) and not (final and document is not Document.MINUTE):
        return False
    return bool(disposition) or (document is Document.ORDER and bool(wording.SUBSTANCE.search(entry[:600])))


def _disposes(sentence: str) -> bool:
    """Does one sentence grant or deny a relief of substance, whatever schedule is set after it?"""
    relief = wording.RELIEF_OF_SUBSTANCE.search(sentence)
    if relief is None:
        return False
    housekeeping = wording.HOUSEKEEPING.search(sentence)
    settled = housekeeping.start() if housekeeping else len(sentence)
    return relief.end() <= settled and any(match.start() < settled for match in _done_in(sentence))
