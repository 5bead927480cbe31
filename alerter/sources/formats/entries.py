"""A feed's entries made into signals: cleaned, named and dated. Pure; between reading a document and intake.

An entry's name is its guid, else its link, else its content. Publishers reuse guids for other texts, so a
name that entries share belongs to the oldest of them and the others add their content to it; who owns a
shared name is remembered, or an entry would change its name when its namesakes come and go.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from alerter.core.clean import (
    AHEAD,
    cap_bytes,
    clean_language,
    clean_text,
    clean_title,
    visible,
)
from alerter.core.model import digest
from alerter.core.signal import Signal, SignalKind
from alerter.sources.formats.addresses import absolute, bounded
from alerter.sources.formats.syndication import Document, Entry

OWNERS_KEPT = 500
"""Shared names that are remembered beyond those in the present document."""
EARLIEST = datetime(1970, 1, 2, tzinfo=UTC)
"""Earlier dates are no dates: what programs write that have none, the year 1 or the first second of 1970."""
_RAW_LENGTH = 1_000_000


@dataclass(frozen=True, slots=True)
class Setting:
    """Where and when entries were found."""

    source: str
    base: str
    """The address that relative links start from."""
    labels: Mapping[str, str]
    now: datetime
    undated_at: datetime
    """What an entry without a credible date is dated."""


@dataclass(frozen=True, slots=True)
class Named:
    """The signals of a document, oldest first, and who owns which shared name."""

    signals: Sequence[Signal]
    owners: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class _Piece:
    """A cleaned entry: its name, and a digest of its content."""

    name: str
    content: str
    title: str
    text: str
    url: str | None
    published_at: datetime
    language: str | None


def undated_at(now: datetime, max_age: timedelta, *, first: bool) -> datetime:
    """When an undated entry counts as published: now, but on a first poll just too old to alert.

    What a feed already lists when it is wired says nothing about its age, and must not flood anyone.
    """
    return now - max_age - timedelta(seconds=1) if first else now


def name_entries(document: Document, owners: Mapping[str, str], setting: Setting) -> Named:
    """One signal per entry; entries that are equal in name and content are one."""
    pieces = [_piece(entry, document, setting) for entry in reversed(document.entries)]
    pieces.sort(key=lambda piece: piece.published_at)  # stable: undated ones keep the document's order
    held = _owners(pieces, owners)
    signals: dict[str, Signal] = {}
    for piece in pieces:
        owner = held.get(piece.name, piece.content)
        own_id = piece.name if piece.content == owner else f"{piece.name}#{piece.content}"
        signals.setdefault(own_id, _signal(piece, own_id, setting))
    return Named(tuple(signals.values()), held)


def _owners(pieces: Sequence[_Piece], known: Mapping[str, str]) -> dict[str, str]:
    """For every shared name the content that owns it, those of this document last."""
    contents: dict[str, list[str]] = {}
    for piece in pieces:
        contents.setdefault(piece.name, []).append(piece.content)
    present = {
        name: known.get(name, found[0])
        for name, found in contents.items()
        if name in known or len(set(found)) > 1
    }
    absent = [(name, content) for name, content in known.items() if name not in present]
    return dict(absent[-OWNERS_KEPT:]) | present


def _piece(entry: Entry, document: Document, setting: Setting) -> _Piece:
    text = cap_bytes(clean_text(entry.text[:_RAW_LENGTH]))
    url = absolute(entry.link, setting.base)
    title = clean_title(entry.title[:_RAW_LENGTH], text) or url or "Untitled"
    content = digest(title, text, url or "")
    return _Piece(
        name=_name(entry.id) or _name(url or "") or f"#{content}",
        content=content,
        title=title,
        text=text,
        url=url,
        published_at=_credible(entry.published_at, setting),
        language=clean_language(entry.language or document.language),
    )


def _signal(piece: _Piece, own_id: str, setting: Setting) -> Signal:
    return Signal(
        id=own_id,
        source=setting.source,
        kind=SignalKind.ARTICLE,
        title=piece.title,
        text=piece.text,
        url=piece.url,
        published_at=piece.published_at,
        language=piece.language,
        labels=dict(setting.labels),
    )


def _name(text: str) -> str:
    return bounded(" ".join(visible(text[:_RAW_LENGTH]).split()))


def _credible(stated_at: datetime | None, setting: Setting) -> datetime:
    if stated_at is None or stated_at < EARLIEST or stated_at - setting.now > AHEAD:
        return setting.undated_at
    return stated_at
