"""Which story a signal tells: the one known under any of its keys within 72 h, else a new one.

Keys are exact: an address, a title, what somebody is cited with. Near-duplicates are met by the bands of
their sketches, which texts may share by chance; so each is compared with the text that told the story first.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime

from alerter.core.reading import ReadSignal, Sketch
from alerter.reading.copies import are_copies
from alerter.store.protocol import STORY_KEPT

_BAND = "near:"
_OPENING = "opening:"


def keys_of(read: ReadSignal) -> tuple[str, ...]:
    """Every key that the signal's story may be known under."""
    sketch = read.reading.sketch
    return (*read.reading.story_keys, *(_BAND + band for band in (sketch.bands if sketch else ())))


def openings_of(known: Mapping[str, str]) -> list[str]:
    """The keys under which the stories that bands have found keep their openings."""
    return sorted({_OPENING + story for key, story in known.items() if key.startswith(_BAND)})


class Stories:
    """Stories known by key. A value is `story@seconds`: when the story was first told, in domain time.

    The window is counted from the first telling and does not slide: a title that comes back every day
    (`Copper prices today`) is a new story every 72 h instead of the same one for ever.
    """

    def __init__(self, known: Mapping[str, str], told: Mapping[str, str] | None = None) -> None:
        """`known`: story key → story, with openings; `told`: signal identity → what its versions told."""
        self._known = dict(known)
        self._told = dict(told or {})

    def join(self, read: ReadSignal, at: datetime) -> tuple[str, dict[str, str]]:
        """The signal's story, and the keys that are new to it, with their values."""
        shared = next(self._shared(read, at), None)
        value = self._told.get(read.record.identity) or shared or _new_story(read, at)
        fresh = {key: value for key in keys_of(read) if not _is_fresh(self._known.get(key, ""), at)}
        sketch = read.reading.sketch
        if sketch and _OPENING + value not in self._known:
            fresh[_OPENING + value] = sketch.model_dump_json()
        self._known |= fresh
        return value, fresh

    def remember(self, read: ReadSignal, story: str) -> None:
        """Later versions of this signal tell this story, whatever their keys."""
        self._told[read.record.identity] = story

    def _shared(self, read: ReadSignal, at: datetime) -> Iterator[str]:
        """The stories that the signal shares a key with, and those whose opening it repeats."""
        yield from self._fresh(read.reading.story_keys, at)
        sketch = read.reading.sketch
        if sketch is None:
            return
        for story in dict.fromkeys(self._fresh((_BAND + band for band in sketch.bands), at)):
            opening = self._known.get(_OPENING + story)
            if opening and are_copies(sketch, Sketch.model_validate_json(opening)):
                yield story

    def _fresh(self, keys: Iterable[str], at: datetime) -> Iterator[str]:
        return (story for key in keys if (story := self._known.get(key)) and _is_fresh(story, at))


def _new_story(read: ReadSignal, at: datetime) -> str:
    """A signal without keys is a story of its own, the same in every version of it."""
    keys = keys_of(read)
    return f"{keys[0]}@{int(at.timestamp())}" if keys else read.record.identity


def _is_fresh(value: str, at: datetime) -> bool:
    _, _, seconds = value.rpartition("@")
    return seconds.isdigit() and at - datetime.fromtimestamp(int(seconds), UTC) < STORY_KEPT
