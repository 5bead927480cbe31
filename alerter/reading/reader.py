"""The reader: one signal in, its reading out. A pure function of the signal and the lexicon."""

from alerter.core.reading import Claim, CourtMeaning, Event, NoticeMeaning, Reading, Sketch
from alerter.core.signal import Signal, SignalKind
from alerter.reading.chinese.reader import ChineseReader
from alerter.reading.chinese.text import is_chinese
from alerter.reading.claims.claims import read_claims
from alerter.reading.copies import sketch_of
from alerter.reading.courts.entries import read_docket_entry
from alerter.reading.events.events import read_events
from alerter.reading.events.levies import with_rates
from alerter.reading.lexicon import Lexicon
from alerter.reading.marks import Marked, Mention
from alerter.reading.mentions import listed, meant
from alerter.reading.notices import read_notice
from alerter.reading.origins import origins, said_keys
from alerter.reading.stories import story_keys
from alerter.reading.tokens import tokenise


class Reader:
    """Reads signals with one lexicon. Stateless: any number of workers may share it."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._lexicon = lexicon
        self._parents = dict(lexicon.parents)
        self._owners = lexicon.owners
        self._chinese = ChineseReader(lexicon)

    def read(self, signal: Signal) -> Reading:
        """Everything that the signal states; of a notice that is withdrawn, only what it was about."""
        marked = self._lexicon.mark(tokenise(signal.title, signal.text))
        mentions = meant(marked, self._lexicon)
        prose = signal.kind in (SignalKind.ARTICLE, SignalKind.NOTICE) and not signal.is_withdrawn
        if prose and is_chinese(signal.title, signal.text):
            return self._read_chinese(signal, marked, mentions)
        published = signal.published_at.date()
        claims = read_claims(marked, mentions, published=published, parents=self._parents) if prose else ()
        told = self._events(signal, marked, mentions) if prose else ()
        events = with_rates(marked, told, claims)
        return Reading(
            claims=claims,
            events=events,
            commodities=_named_or_claimed(mentions, claims),
            countries=listed(mentions, "country"),
            companies=self._companies(mentions),
            court=_court(signal),
            notice=_notice(signal),
            story_keys=_keys(signal, marked, claims, events),
            sketch=_sketch(signal),
        )

    def _read_chinese(self, signal: Signal, marked: Marked, mentions: list[Mention]) -> Reading:
        official = signal.kind is SignalKind.NOTICE
        published = signal.published_at.date()
        found = self._chinese.read(marked, mentions, published=published, official=official)
        return Reading(
            claims=found.claims,
            events=found.events,
            commodities=found.commodities,
            countries=found.countries,
            companies=self._companies(mentions),
            notice=_with_stated(signal, found.notice) if found.notice else None,
            story_keys=_keys(signal, marked, found.claims, found.events),
            sketch=_sketch(signal),
        )

    def skim(self, signal: Signal) -> Reading:
        """Only which story it tells; for when nobody asks for more."""
        return Reading(story_keys=_story_keys(signal), sketch=_sketch(signal))

    def _companies(self, mentions: list[Mention]) -> tuple[str, ...]:
        """Those of the watchlist that are named, and those that own them."""
        found = dict.fromkeys(listed(mentions, "company"))
        unseen = list(found)
        while unseen:
            owners = [one for one in self._owners.get(unseen.pop(), ()) if one not in found]
            found |= dict.fromkeys(owners)
            unseen += owners
        return tuple(found)

    def _events(self, signal: Signal, marked: Marked, mentions: list[Mention]) -> tuple[Event, ...]:
        return read_events(
            marked,
            mentions,
            patterns=self._lexicon.event_patterns,
            published=signal.published_at.date(),
            parents=self._parents,
        )


def _named_or_claimed(mentions: list[Mention], claims: tuple[Claim, ...]) -> tuple[str, ...]:
    """The commodities that are named, and those that figures are of without a known name: `other`."""
    named = listed(mentions, "commodity")
    claimed = (claim.commodity for claim in claims if claim.commodity)
    return tuple(dict.fromkeys((*named, *claimed)))


def _court(signal: Signal) -> CourtMeaning | None:
    if signal.kind is not SignalKind.DOCKET_ENTRY:
        return None
    return read_docket_entry(signal.title, signal.text)


def _notice(signal: Signal) -> NoticeMeaning | None:
    if signal.kind is not SignalKind.NOTICE:
        return None
    return _with_stated(signal, read_notice(signal.title, signal.text, signal.published_at.date()))


def _with_stated(signal: Signal, meaning: NoticeMeaning) -> NoticeMeaning:
    """What was read, with what the source itself states of the notice."""
    stated = signal.notice
    if stated is None:
        return meaning
    if signal.is_withdrawn:
        return NoticeMeaning(number=meaning.number or stated.number)
    effective = stated.effective_on.isoformat() if stated.effective_on else meaning.effective_on
    return meaning.model_copy(update={"number": meaning.number or stated.number, "effective_on": effective})


def _keys(
    signal: Signal, marked: Marked, claims: tuple[Claim, ...], events: tuple[Event, ...]
) -> tuple[str, ...]:
    said = said_keys(origins(marked), claims, events) if claims or events else ()
    return (*_story_keys(signal), *said)


def _story_keys(signal: Signal) -> tuple[str, ...]:
    return story_keys(signal.title, signal.url) if signal.kind is SignalKind.ARTICLE else ()


def _sketch(signal: Signal) -> Sketch | None:
    return sketch_of(signal.text) if signal.kind is SignalKind.ARTICLE else None
