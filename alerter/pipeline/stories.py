"""Which story a signal tells: the one known under any of its keys within 72 h, else a new one."""

from collections.abc import Mapping
from datetime import UTC, datetime

from alerter.core.reading import ReadSignal
from alerter.store.protocol import STORY_KEPT


class Stories:
    """Stories known by key. A value is `story@seconds`: when the story was first told, in domain time.

    The window is counted from the first telling and does not slide: a title that comes back every day
    (`Copper prices today`) is a new story every 72 h instead of the same one for ever.
    """

    def __init__(self, known: Mapping[str, str], told: Mapping[str, str] | None = None) -> None:
        """`known`: story key → story; `told`: signal identity → the story its earlier versions told."""
        self._known = dict(known)
        self._told = dict(told or {})

    def join(self, read: ReadSignal, at: datetime) -> tuple[str, dict[str, str]]:
        """The signal's story, and the keys that are new to it, with their values."""
        keys = read.reading.story_keys
        shared = (value for key in keys if (value := self._known.get(key)) and _is_fresh(value, at))
        value = self._told.get(read.record.identity) or next(shared, None) or _new_story(read, at)
        fresh = {key: value for key in keys if not _is_fresh(self._known.get(key, ""), at)}
        self._known |= fresh
        return value, fresh

    def remember(self, read: ReadSignal, story: str) -> None:
        """Later versions of this signal tell this story, whatever their keys."""
        self._told[read.record.identity] = story


def _new_story(read: ReadSignal, at: datetime) -> str:
    """A signal without keys is a story of its own, the same in every version of it."""
    keys = read.reading.story_keys
    return f"{keys[0]}@{int(at.timestamp())}" if keys else read.record.identity


def _is_fresh(value: str, at: datetime) -> bool:
    _, _, seconds = value.rpartition("@")
    return bool(seconds) and at - datetime.fromtimestamp(int(seconds), UTC) < STORY_KEPT
