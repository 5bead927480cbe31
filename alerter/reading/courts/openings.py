"""How a docket entry opens: the document it enters, and whose that is.

An entry opens with a noun phrase (`PARTIAL CONSENT MOTION for …`, `Clerk's Certificate of …`). Its last noun
tells the document, its adjectives (`proposed`, `clerk's`, `USCA`) and what follows tell whose it is.
`entries` asks this first, for only a court's own document disposes of anything.
"""

import re
from dataclasses import dataclass
from typing import Literal

from alerter.core.reading import Document
from alerter.reading.courts import wordings as wording

By = Literal["court", "party", "clerk"]
_READ = 400
"""Characters in which an entry says what it is."""
_MOST_NAMES = 4
"""Stops that a judge's name and title may put before the noun: `Hon. J. Ames, Chief Judge: ORDER`."""
_COURTS = ("order", "opinion", "judgment", "mandate")
_PIECE = re.compile(r"[^\W\d_](?:[\w'’\-]|/(?=\w))*|\d[\w.:/\-]*|[&/.,:;()\[\]–—\-]")
_CLERK: tuple[Document, By] = (Document.CLERK, "clerk")


@dataclass(frozen=True, slots=True)
class Opening:
    """What an entry is, whose, and where its opening noun phrase ends in the text."""

    document: Document
    by: By
    end: int
    recommends: bool = False
    """A magistrate's recommendation: it disposes of nothing."""
    pending: bool = False
    """A request, an appeal or a case, which the entry's own sentence may tell to be disposed of."""


@dataclass(frozen=True, slots=True)
class _Phrase:
    """A noun phrase: its words in small letters, what its coordinated heads name, what stands behind it."""

    words: tuple[str, ...]
    kinds: tuple[str, ...]
    end: int
    rest: str


def opening_of(entry: str) -> Opening | None:
    """How an entry opens; None where nothing tells what it is. A request stays one if it is ruled upon."""
    text = entry[:_READ]
    terminated = wording.OF_TERMINATION.match(text)
    if terminated:
        return Opening(Document(terminated[1].lower()), "court", terminated.end())
    start = _start(text)
    phrase = _phrase_of(text, start)
    if phrase is None:
        return _commanded(text, start)
    document, by = _settle(phrase, entry)
    return Opening(
        document,
        by,
        phrase.end,
        recommends=bool({"recommendation", "recommendations"} & set(phrase.words)),
        pending=document is Document.MOTION or phrase.words[-1] in ("appeal", "appeals", "case", "cases"),
    )


def _start(text: str) -> int:
    found = wording.ADORNMENT.match(text)
    return found.end() if found else 0


def _commanded(text: str, start: int) -> Opening | None:
    """`Upon consideration of …, it is ORDERED`, or a document named in capitals near the start."""
    if wording.ORDERED.match(text, start):
        return Opening(Document.ORDER, "court", start)
    shouted = wording.SHOUTED.search(text[: start + 60])
    return Opening(Document(shouted[1].lower()), "court", shouted.end()) if shouted else None


def _phrase_of(text: str, start: int) -> _Phrase | None:
    words: list[str] = []
    kinds: list[str] = []
    kind, end, stops = None, start, 0
    for piece in _PIECE.finditer(text, start):
        word = piece[0].lower().replace("’", "'")
        if not words and word in wording.CLERKS_VERBS:
            return _Phrase((word,), ("clerk",), piece.end(), text[piece.end() :].strip())
        if word in ("and", "&", "/", "or"):
            kinds, kind = [*kinds, *([kind] if kind else ())], None
        elif not word[0].isalpha():
            stops += word in ".,:;"
            if kinds or kind or stops > _MOST_NAMES:
                break
        elif _ends_phrase(word):
            break
        else:
            words.append(word)
            named = _named(word)
            kind, end = (named, piece.end()) if named else (kind, end)
    kinds += [kind] if kind else []
    return _Phrase(tuple(words), tuple(kinds), end, text[end:].lstrip(" ])*")) if kinds else None


def _ends_phrase(word: str) -> bool:
    if word in wording.ENDS_OF_PHRASE:
        return True
    return word.endswith("ing") and word not in wording.ADJECTIVES_IN_ING and word not in wording.NOUNS


def _named(word: str) -> str | None:
    return next((wording.NOUNS[part] for part in (word, *word.split("/")) if part in wording.NOUNS), None)


def _settle(phrase: _Phrase, entry: str) -> tuple[Document, By]:
    """Whose document the phrase names, by its adjectives and by what follows it."""
    words = set(phrase.words)
    kind = _leading(phrase)
    if "proposed" in words and kind != "motion":
        return Document.NOTICE, "party"
    if kind in _COURTS:
        of_another = {"usca", "supreme"} & words or wording.OF_ANOTHER_COURT.match(phrase.rest)
        return _CLERK if of_another else (Document(kind), "court")
    if kind == "brief" and wording.ASKED_FOR.match(phrase.rest):
        return _CLERK
    if kind == "order form" or kind in ("motion", "brief"):
        return (Document.NOTICE if kind == "order form" else Document(kind)), "party"
    if kind == "memorandum":
        return _memorandum(phrase)
    if kind in ("minute", "session"):
        return _sitting(phrase, entry)
    return _notice(phrase, entry) if kind == "notice" else _desk(phrase, entry)


def _leading(phrase: _Phrase) -> str:
    """Which of the nouns counts: `STIPULATION and ORDER` is an order, `ORDER and OPINION` an opinion."""
    first, *others = phrase.kinds
    words = set(phrase.words)
    if words & {"minute", "minutes"} and first == "clerk":
        return "minute"
    if "so-ordered" in words:
        return "order"
    if words & {"text", "paperless", "electronic", "oral"} and phrase.words[-1] == "entry":
        return "order"
    if "transcript" in words and first == "order":
        return "order form"
    if {"clerk's", "clerks", "clerk"} & words and first not in _COURTS:
        return "clerk"
    if {"recommendation", "recommendations"} & words and "party" not in words:
        return "order"
    court = [kind for kind in phrase.kinds if kind in _COURTS]
    if "opinion" in court and first in (*_COURTS, "memorandum"):
        return "opinion"
    agreed = {"stipulation", "memorandum", "memo", "letter", "agreement", "consent", "application"} & words
    return court[0] if court and (first in _COURTS or agreed) and others else first


def _memorandum(phrase: _Phrase) -> tuple[Document, By]:
    """A judge's memorandum stands alone, a party's is `of law` or `in support`."""
    partys = wording.OF_LAW.match(phrase.rest)
    return (Document.BRIEF, "party") if partys else (Document.OPINION, "court")


def _sitting(phrase: _Phrase, entry: str) -> tuple[Document, By]:
    """A sitting that was held is in the minutes; one that is set is the clerk's calendar."""
    held = {"minute", "minutes", "proceedings", "argued"} & set(phrase.words) or wording.HELD.search(
        entry[:_READ]
    )
    return (Document.MINUTE, "court") if held else _CLERK


def _notice(phrase: _Phrase, entry: str) -> tuple[Document, By]:
    if wording.CLERKS_NOTICE.match(phrase.rest) and not wording.BY_PARTY.search(entry[:_READ]):
        return _CLERK
    clerks = wording.BY_CLERK.search(entry[:_READ]) or phrase.rest.lower().startswith("received")
    return _CLERK if clerks and not wording.OF_PARTY.match(phrase.rest) else (Document.NOTICE, "party")


def _desk(phrase: _Phrase, entry: str) -> tuple[Document, By]:
    """What the clerk notes, unless a party filed it: `RETURN of Service, filed by Plaintiffs`."""
    filed = "filed by" in entry[:_READ].lower() and "clerk's" not in phrase.words
    if wording.OF_APPEARANCE.match(phrase.rest):
        return Document.NOTICE, "party"
    partys = filed and phrase.words[0] in ("return", "proof", "record", "index")
    return (Document.NOTICE, "party") if partys else _CLERK
