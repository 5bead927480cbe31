"""What a court's document rules: each verb of disposition that tells of something done, with its matter.

A verb is done in one of four forms: a participle that hangs on the document itself (`ORDER granting …`, not
`to vacate the order granting …`), a finite present (`the Court GRANTS`), a passive (`is hereby denied`), or
elliptically (`Affirmed.`, `Judgment VACATED and case REMANDED.`). Conditions, wishes and reports of what was
done before do not count, nor does a hearing that is vacated.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from alerter.reading.courts import wordings as wording

NAMED = frozenset({"stay", "preliminary_injunction", "tro", "summary_judgment", "appeal"})
_APPLIED_FOR = frozenset({"granted", "denied", "granted_in_part", "denied_in_part", "moot"})
"""What is granted or denied is a request; where it is not told which (`the motion`), it is the one before."""
_AROUND = 300
"""Characters before and behind a verb that tell how it is meant, and of what."""
_OF_TIMES = frozenset({"vacated", "stayed", "moot"})


@dataclass(frozen=True, slots=True)
class Ruling:
    """One disposition, and the kind of matter it disposes of where that is told (`keeping`: housekeeping)."""

    disposition: str
    matter: str | None
    finite: bool = True


@dataclass(frozen=True, slots=True)
class _Sentence:
    """A sentence of an entry, with what the reading of its verbs depends on."""

    text: str
    own: int
    """Where the entry's own opening noun phrase ends, if it opens this sentence."""
    narrates: bool
    """Does the document tell in the past what was done in it, as minutes do?"""
    shouts: bool
    """Is all of it in capitals, so that capitals mean nothing?"""


@dataclass(frozen=True, slots=True)
class _Verb:
    """A verb of disposition with the words around it."""

    name: str
    word: str
    """The word that is inflected, in small letters: `setting` of `setting aside`."""
    first: int
    last: int
    shouted: bool
    before: "_Verb | None"
    """The verb before it in the sentence."""
    done: bool
    """Does the verb before it tell of something done?"""
    between: str
    """The words since that verb, or since the sentence's start."""
    preceding: str
    after: str
    clause: str
    """The words behind it up to the next verb."""

    @property
    def is_participle(self) -> bool:
        """`granting`."""
        return self.word.endswith("ing")

    @property
    def is_active(self) -> bool:
        """`granting`, `grants`: its object stands behind it."""
        return self.word.endswith(("ing", "s"))


def rulings_of(entry: str, own: int, *, narrates: bool) -> tuple[Ruling, ...]:
    """All rulings of an entry in their order. `own`: where the noun phrase that names the document ends."""
    found: list[Ruling] = []
    nominal = wording.NOMINAL.match(entry)
    if nominal and nominal.lastgroup:
        found.append(Ruling(nominal.lastgroup, matter_of(entry[nominal.end() :]), finite=False))
    known = matter_of(entry[:own])
    for start, text in _sentences(entry):
        sentence = _Sentence(text, max(0, own - start), narrates, _mostly_capitals(text))
        for one in _in_sentence(sentence):
            refers = one.matter is None and one.disposition in _APPLIED_FOR
            found.append(replace(one, matter=known) if refers else one)
            known = known or one.matter
        known = known or matter_of(text)
    return _merged(found)


def _sentences(entry: str) -> Iterator[tuple[int, str]]:
    start = 0
    for stop in wording.SENTENCE.finditer(entry):
        yield start, entry[start : stop.start()]
        start = stop.end()
    yield start, entry[start:]


def _mostly_capitals(text: str) -> bool:
    letters = [letter for letter in text if letter.isalpha()]
    return sum(map(str.isupper, letters)) > 0.8 * len(letters)


def matter_of(text: str) -> str | None:
    """The first matter that a text names: a relief, `lifted`, `other`, `keeping` (housekeeping) or None."""
    found = wording.MATTER.search(text)
    return found.lastgroup if found else None


def _in_sentence(sentence: _Sentence) -> Iterator[Ruling]:
    before: _Verb | None = None
    done = False
    for match, following in _with_next(list(wording.DISPOSITION.finditer(sentence.text))):
        verb = _verb(sentence, match, following, before, done)
        done = _is_done(sentence, verb)
        if done and not _is_of_sitting(verb):
            yield _ruling(verb)
        before = verb


def _with_next(verbs: Sequence[re.Match[str]]) -> Iterator[tuple[re.Match[str], int | None]]:
    for place, verb in enumerate(verbs):
        yield verb, verbs[place + 1].start() if place + 1 < len(verbs) else None


def _verb(
    sentence: _Sentence, match: re.Match[str], following: int | None, before: _Verb | None, done: bool
) -> _Verb:
    text, start, end = sentence.text, match.start(), match.end()
    since = before.last if before else 0
    return _Verb(
        name=match.lastgroup or "",
        word=match[0].lower().split()[0],
        first=start,
        last=end,
        shouted=match[0].isupper() and not sentence.shouts,
        before=before,
        done=done,
        between=text[max(since, start - _AROUND) : start],
        preceding=text[max(0, start - _AROUND) : start],
        after=text[end : end + _AROUND],
        clause=text[end : min(following or len(text), end + _AROUND)],
    )


def _is_done(sentence: _Sentence, verb: _Verb) -> bool:
    """Does a verb tell of something done?"""
    if verb.done and (wording.COORDINATED.match(verb.between) or wording.GAPPED.match(verb.between)):
        return True
    if verb.is_participle:
        return _hangs_on_document(sentence, verb)
    if verb.name == "moot":
        return _is_finite(sentence, verb) or bool(wording.AS_MOOT.search(verb.preceding))
    if wording.NOT_DONE.search(verb.between):
        return False
    return verb.is_active or _is_finite(sentence, verb) or _is_elliptical(sentence, verb)


def _hangs_on_document(sentence: _Sentence, verb: _Verb) -> bool:
    """`ORDER granting`, `and denying`; not `the order granting`, `without granting`."""
    if verb.before and wording.JOINED.search(verb.between):
        return verb.done or not verb.before.is_participle
    if wording.AFTER_PREPOSITION.search(verb.preceding) or wording.NOT_DONE.search(verb.preceding):
        return False
    if wording.JOINED.search(verb.preceding):
        return True
    own = sentence.own - (verb.first - len(verb.preceding))
    mentions = [one for one in wording.MENTIONED.finditer(verb.preceding) if one.start() >= own]
    return not mentions or bool(wording.OWN.search(verb.preceding[: mentions[-1].start()]))


def _is_finite(sentence: _Sentence, verb: _Verb) -> bool:
    """`is hereby denied`, `shall be stayed`; not `which is stayed`, `asks that it be stayed`."""
    auxiliary = wording.AUXILIARY.search(verb.between)
    if auxiliary is None or wording.RELATIVE.search(verb.between):
        return False
    form = auxiliary[1].lower()
    if form == "be":
        commanded = wording.COMMANDED.search(verb.between) and not wording.REQUESTED.search(verb.between)
        return bool(commanded) and not wording.CONDITION.search(verb.preceding)
    if form in ("was", "were"):
        return sentence.narrates or verb.shouted
    return form != "been"


def _is_elliptical(sentence: _Sentence, verb: _Verb) -> bool:
    """`Affirmed.`, `Motion for a stay denied.`, `The Court GRANTED …`; not `the order denied in May`."""
    if wording.LABELLED.search(verb.between):
        return True
    if wording.AUXILIARY.search(verb.between) or wording.RELATIVE.search(verb.between):
        return False
    if verb.shouted:
        return True
    if wording.COURT_AS_SUBJECT.search(verb.between):
        return sentence.narrates
    opens = verb.first >= sentence.own and not sentence.text[sentence.own : verb.first].strip(" :,.-[(")
    return opens or (_has_no_other_verb(verb) and "filed" not in verb.between)


def _has_no_other_verb(verb: _Verb) -> bool:
    """Is it the only verb of a clause on what a court may dispose of?"""
    if wording.FINITE.search(verb.between) or wording.FINITE.search(verb.after[:120]):
        return False
    return bool(wording.ELLIPTICAL_SUBJECT.search(verb.between) and wording.ELLIPTICAL_END.match(verb.after))


def _is_of_sitting(verb: _Verb) -> bool:
    """Is what is vacated or stayed a hearing or a deadline, or a request put off? Its noun stands first."""
    if verb.name not in _OF_TIMES:
        return False
    if verb.is_active:
        return bool(wording.SITTING.match(wording.DETERMINERS.sub("", verb.after)))
    clause = wording.CLAUSE.split(verb.between)[-1].strip()
    head = wording.COMPLEMENT.split(clause, maxsplit=1)[0]
    put_off = verb.word == "held" and wording.REQUEST.search(head)
    return bool(put_off or wording.SITTING.search(head))


def _ruling(verb: _Verb) -> Ruling:
    name = verb.name
    if name == "granted" and wording.PARTLY.match(verb.after):
        name = "granted_in_part"
    elif name == "denied" and (
        wording.FOR_THE_REST.match(verb.after) or wording.THE_REST.search(verb.between)
    ):
        name = "denied_in_part"
    return Ruling(name, _matter(verb), finite=not verb.is_participle)


def _matter(verb: _Verb) -> str | None:
    told = matter_of(verb.after) if verb.is_active else matter_of(verb.between) or _told_after(verb.clause)
    if verb.name == "stayed" and told != "keeping":
        return "stay"
    disposed = verb.after[:25] if verb.is_active else verb.between
    return "appeal" if verb.name == "dismissed" and wording.APPEAL.search(disposed) else told


def _told_after(after: str) -> str | None:
    """`granted by the Chief Justice extending the time`: what is granted may follow in the same clause."""
    return matter_of(wording.CLAUSE.split(after, maxsplit=1)[0])


def _merged(found: Sequence[Ruling]) -> tuple[Ruling, ...]:
    """What is granted in part and denied for the rest is one ruling."""
    partial = any(one.disposition in ("granted_in_part", "denied_in_part") for one in found)
    rest = any(one.disposition == "denied_in_part" for one in found)
    out: list[Ruling] = []
    for one in found:
        if one.disposition == "denied_in_part" or (partial and rest and one.disposition == "granted"):
            out.append(replace(one, disposition="granted_in_part"))
        else:
            out.append(one)
    return tuple(out)


def relief_of(rulings: Sequence[Ruling], entry: str) -> str | None:
    """The relief that is ruled upon: the first that is named, `other` for one outside the list."""
    named = next((one.matter for one in rulings if one.matter in NAMED), None)
    if named:
        return named
    if any(one.disposition == "enjoined" for one in rulings):
        told = (one.lastgroup for one in wording.MATTER.finditer(entry))
        return next((matter for matter in told if matter in ("tro", "preliminary_injunction")), None)
    asked = any(one.disposition in _APPLIED_FOR or one.matter for one in rulings)
    return "other" if asked else None


def decides(rulings: Sequence[Ruling]) -> bool:
    """Is one of the rulings of substance?"""
    return any(one.matter != "keeping" for one in rulings)


def is_told_at_once(entry: str, own: int) -> bool:
    """Does an entry's first sentence tell what becomes of what it opens with? `Appeal DISMISSED.`"""
    _, text = next(_sentences(entry))
    return any(one.finite for one in _in_sentence(_Sentence(text, own, False, _mostly_capitals(text))))
