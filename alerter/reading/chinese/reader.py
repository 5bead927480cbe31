"""Reading Chinese: the claims, events and names of a text in Chinese, and what an official notice sets.

Stands beside the reading of English and takes the same marks: the lexicon finds the names, the grammars
of this package read what is said of them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from alerter.core.reading import Claim, Event, NoticeMeaning
from alerter.reading.chinese.claims import read_chinese_claims
from alerter.reading.chinese.events import Notice, read_chinese_events
from alerter.reading.chinese.gloss import Sheet, gloss
from alerter.reading.chinese.notices import is_routine, notice_meaning, notice_terms, notice_type
from alerter.reading.chinese.parties import with_remedied_goods
from alerter.reading.chinese.routes import without_users
from alerter.reading.chinese.text import ChineseText, chinese_text
from alerter.reading.chinese.words import ChineseWords
from alerter.reading.lexicon import Lexicon
from alerter.reading.marks import Marked, Mention


@dataclass(frozen=True, slots=True)
class ChineseReading:
    """What was read in a text in Chinese."""

    claims: tuple[Claim, ...]
    events: tuple[Event, ...]
    commodities: tuple[str, ...]
    countries: tuple[str, ...]
    notice: NoticeMeaning | None


class ChineseReader:
    """Reads texts in Chinese with one lexicon. Stateless."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._words = ChineseWords.build()
        self._parents = dict(lexicon.parents)
        self._countries = lexicon.country_names

    def read(
        self, marked: Marked, mentions: Sequence[Mention], *, published: date, official: bool
    ) -> ChineseReading:
        """Everything that a text states; `official` where it is an agency's notice."""
        text = chinese_text(marked, mentions)
        title, _, body = marked.tokens.original.partition("\n")
        if not official:
            return self._article(text, published)
        text = with_remedied_goods(text)
        routine = is_routine(title, self._words)
        terms = notice_terms(title, body, published)
        claims = () if routine else self._claims(text, published, official=True)
        events = () if routine else self._events(text, published, terms)
        meaning = notice_meaning(title, body, terms, is_routine=routine)
        sheet = Sheet(
            title, terms if not routine else _undated(terms), events, claims, meaning.elements, text
        )
        line = gloss(sheet, self._words, self._countries)
        kind = meaning.type or notice_type(events, terms)
        return ChineseReading(
            claims,
            events,
            _listed(text, "commodity"),
            _listed(text, "country"),
            meaning.model_copy(update={"gloss": line, "type": kind}),
        )

    def _article(self, text: ChineseText, published: date) -> ChineseReading:
        claims = self._claims(text, published, official=False)
        events = self._events(text, published, None)
        return ChineseReading(claims, events, _listed(text, "commodity"), _listed(text, "country"), None)

    def _claims(self, text: ChineseText, published: date, *, official: bool) -> tuple[Claim, ...]:
        return read_chinese_claims(
            text, self._words, published=published, parents=self._parents, official=official
        )

    def _events(self, text: ChineseText, published: date, notice: Notice | None) -> tuple[Event, ...]:
        return read_chinese_events(
            text, self._words, published=published, parents=self._parents, notice=notice
        )


def _undated(terms: Notice) -> Notice:
    return Notice(terms.number, None, None, is_draft=False)


def _listed(text: ChineseText, kind: str) -> tuple[str, ...]:
    names = [name for name in without_users(text, text.names) if name.kind == kind]
    return tuple(dict.fromkeys(name.name for name in names))
