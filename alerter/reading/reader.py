"""The reader: one signal in, its reading out. A pure function of the signal and the lexicon."""

from alerter.core.reading import CourtMeaning, Event, NoticeMeaning, Reading, Sketch
from alerter.core.signal import Signal, SignalKind
from alerter.reading.claims import read_claims
from alerter.reading.copies import sketch_of
from alerter.reading.courts import read_docket_entry
from alerter.reading.events import read_events
from alerter.reading.lexicon import Lexicon
from alerter.reading.marks import Marked, Mention
from alerter.reading.mentions import listed, meant
from alerter.reading.notices import notice_events, read_notice
from alerter.reading.origins import origins, said_keys
from alerter.reading.stories import story_keys
from alerter.reading.tokens import tokenise


class Reader:
    """Reads signals with one lexicon. Stateless: any number of workers may share it."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._lexicon = lexicon
        self._parents = dict(lexicon.parents)

    def read(self, signal: Signal) -> Reading:
        """Everything that the signal states; of a notice that is withdrawn, only what it was about."""
        marked = self._lexicon.mark(tokenise(signal.title, signal.text))
        mentions = meant(marked, self._lexicon)
        published = signal.published_at.date()
        commodities = listed(mentions, "commodity")
        prose = signal.kind in (SignalKind.ARTICLE, SignalKind.NOTICE) and not signal.is_withdrawn
        claims = read_claims(marked, mentions, published=published, parents=self._parents) if prose else ()
        events = self._events(signal, marked, mentions) if prose else ()
        said = said_keys(origins(marked), claims, events) if claims or events else ()
        return Reading(
            claims=claims,
            events=events,
            commodities=commodities,
            countries=listed(mentions, "country"),
            court=_court(signal),
            notice=_notice(signal),
            story_keys=(*_story_keys(signal), *said),
            sketch=_sketch(signal),
        )

    def skim(self, signal: Signal) -> Reading:
        """Only which story it tells; for when nobody asks for more."""
        return Reading(story_keys=_story_keys(signal), sketch=_sketch(signal))

    def _events(self, signal: Signal, marked: Marked, mentions: list[Mention]) -> tuple[Event, ...]:
        worded = read_events(
            marked,
            mentions,
            patterns=self._lexicon.event_patterns,
            published=signal.published_at.date(),
            parents=self._parents,
        )
        if worded or signal.kind is not SignalKind.NOTICE:
            return worded
        return notice_events(signal.title, signal.text, self._specific(mentions))

    def _specific(self, mentions: list[Mention]) -> tuple[str, ...]:
        names = listed(mentions, "commodity")
        return tuple(name for name in names if not any(self._parents.get(other) == name for other in names))


def _court(signal: Signal) -> CourtMeaning | None:
    if signal.kind is not SignalKind.DOCKET_ENTRY:
        return None
    return read_docket_entry(signal.title, signal.text)


def _notice(signal: Signal) -> NoticeMeaning | None:
    if signal.kind is not SignalKind.NOTICE:
        return None
    meaning = read_notice(signal.title, signal.text, signal.published_at.date())
    stated = signal.notice
    if stated is None:
        return meaning
    if signal.is_withdrawn:
        return NoticeMeaning(number=meaning.number or stated.number)
    effective = stated.effective_on.isoformat() if stated.effective_on else meaning.effective_on
    return meaning.model_copy(update={"number": meaning.number or stated.number, "effective_on": effective})


def _story_keys(signal: Signal) -> tuple[str, ...]:
    return story_keys(signal.title, signal.url) if signal.kind is SignalKind.ARTICLE else ()


def _sketch(signal: Signal) -> Sketch | None:
    return sketch_of(signal.text) if signal.kind is SignalKind.ARTICLE else None
