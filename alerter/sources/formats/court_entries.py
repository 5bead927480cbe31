"""Entries of court feeds read into their parts: number, caption, label, document. Pure.

Two ways of writing: CM/ECF (`1:25-cv-00071 A v. B` with `[Short text] (<a href=…>N</a>)`, behind type, office
and chapter in bankruptcy courts), and the Federal Circuit's list of opinions (`25-1812: A v. B [OPINION],
Precedential`). Between a feed's document and the signals of `court_rss`.
"""

import html
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone, tzinfo

from alerter.core.captions import case_name
from alerter.core.clean import clean_line
from alerter.sources.formats.addresses import absolute
from alerter.sources.formats.syndication import Entry

RAW_LENGTH = 100_000
"""Characters of a title or description that are looked at."""

_TITLE = re.compile(
    r"(?P<number>(?:\d{1,2}:)?\d{2,4}-(?:[a-z]{1,5}-)?\d{1,6}(?:-[a-z0-9-]{1,30})?)(?P<others>(?:\s?,\s?\d{2,4}-\d{1,6})*)"
    r"(?:\s*:|(?=\s)|$)(?P<caption>.*)",
    re.IGNORECASE | re.DOTALL,
)
_LABELLED = re.compile(r"(?P<name>.*?)\s*\[(?P<label>[^\[\]]{1,200})\](?P<status>,[^\[\]]*)?", re.DOTALL)
_ORIGIN = re.compile(r"\bOrigin: ([A-Z]{2,10})\b")
_LINK = re.compile(
    r"<a\s[^<>]{0,200}?href\s*=\s*(?:\"([^\"<>]{1,2000})\"|'([^'<>]{1,2000})'|([^\s\"'<>]{1,2000}))[^<>]{0,200}>"
    r"([^<]{0,500})</a\s*>",
    re.IGNORECASE,
)
_ZONED = re.compile(rb"<(?:pubDate|lastBuildDate)>[^<]{10,40}? ([A-Za-z]{3,4})\s*<")
_EMPTIED = re.compile(r"\(\s*\)")
_OFFSETS: Mapping[bytes, int] = {
    b"EST": -5, b"EDT": -4, b"CST": -6, b"CDT": -5, b"MST": -7, b"MDT": -6, b"PST": -8, b"PDT": -7,
    b"AKST": -9, b"AKDT": -8, b"HST": -10, b"AST": -4, b"CHST": 10,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class CourtEntry:
    """One entry of a docket, as a court's feed states it; texts are clean."""

    number: str
    """As the court writes it."""
    others: tuple[str, ...]
    """Further numbers of a consolidated case."""
    case: str
    label: str
    """What was filed: `Order on Motion to Stay`; several are divided by semicolons."""
    text: str
    """The label, with what the feed says beside it."""
    entry: int | None
    document: str | None
    link: str | None
    """The docket."""
    published_at: datetime | None


def feed_zone(body: bytes) -> tzinfo:
    """The zone in which a feed states its dates.

    UTC where it says GMT, though some courts mean their own time by it: the day is right either way.
    """
    found = _ZONED.search(body)
    hours = _OFFSETS.get(found[1].upper()) if found else None
    return UTC if hours is None else timezone(timedelta(hours=hours))


def read_entry(entry: Entry, base: str) -> CourtEntry | None:
    """The entry's parts; None where its title does not begin with a docket number."""
    found = _TITLE.fullmatch(clean_line(entry.title[:RAW_LENGTH]))
    if found is None:
        return None
    markup = _unescaped(entry.text[:RAW_LENGTH])
    labelled = _LABELLED.fullmatch(found["caption"].strip())
    if labelled:
        caption, label, text = labelled["name"], labelled["label"].strip(), _opinion(labelled, markup)
    else:
        caption = found["caption"]
        label, text = _described(markup)
    document, number = _document(markup, base)
    return CourtEntry(
        number=found["number"],
        others=tuple(other.strip() for other in found["others"].split(",")[1:]),
        case=case_name(caption),
        label=label,
        text=text,
        entry=number,
        document=document,
        link=absolute(entry.link, base),
        published_at=entry.published_at,
    )


def _unescaped(markup: str) -> str:
    """Links that were escaped once more than the feed needs are links again."""
    return html.unescape(markup) if "<" not in markup and "&lt;" in markup else markup


def _opinion(labelled: re.Match[str], markup: str) -> str:
    """`OPINION, Precedential. Origin: CIT`."""
    origin = _ORIGIN.search(clean_line(markup))
    stated = f"{labelled['label'].strip()}{(labelled['status'] or '').rstrip(' ,')}"
    return f"{stated}. Origin: {origin[1]}" if origin else stated


def _described(markup: str) -> tuple[str, str]:
    """What the brackets of a description hold, and that with what stands after them."""
    plain = _EMPTIED.sub(" ", _LINK.sub(" ", markup))
    labels, rest = _bracketed(plain)
    unlike = dict.fromkeys(filter(None, (clean_line(label) for label in labels)))
    label, beside = "; ".join(unlike), clean_line(rest).strip(" ;,")
    if not label:
        return "", clean_line(plain)
    return label, f"{label}: {beside}" if any(map(str.isalnum, beside)) else label


def _bracketed(plain: str) -> tuple[list[str], str]:
    """The outermost bracketed parts, and what follows the first. What is left open ends with the text."""
    labels: list[str] = []
    rest: list[str] = []
    depth = start = 0
    for place, character in enumerate(plain):
        if character == "[":
            start = start if depth else place + 1
            depth += 1
        elif character == "]" and depth:
            depth -= 1
            if depth == 0:
                labels.append(plain[start:place])
        elif depth == 0 and labels:
            rest.append(character)
    if depth:
        labels.append(plain[start:])
    return labels, "".join(rest)


def _document(markup: str, base: str) -> tuple[str | None, int | None]:
    """The first document's address, and its number in the docket where the link is a number."""
    for found in _LINK.finditer(markup):
        address = absolute(html.unescape(found[1] or found[2] or found[3]), base)
        number = found[4].strip()
        if address:
            return address, int(number) if number.isdecimal() and len(number) < 9 else None
    return None, None
