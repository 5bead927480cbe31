"""What is remembered of the screening list between polls: who stands on it, and marks of each value. Pure.

A party is known by its list and its number on it, or its name where the list has no numbers; namesakes on one
list are told apart by a counter. Of its values only marks are kept (two bytes each, from CRC-32), enough to
name the ones that change: what they were before stands in the signal's previous version. Packed, 26,000 rows
take under 2 MB.
"""

import base64
import re
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import blake2b

import orjson

from alerter.core.model import digest
from alerter.core.text import words
from alerter.sources.formats.screening_rows import COLUMNS, Row

COMPARED = tuple(
    name
    for name in COLUMNS
    if name not in {"source", "entity_number", "source_list_url", "source_information_url"}
)
"""Columns whose values are about the party. Addresses of web pages move for whole lists at once."""
_UNORDERED = frozenset(
    {
        "programs",
        "addresses",
        "alt_names",
        "citizenships",
        "dates_of_birth",
        "nationalities",
        "places_of_birth",
        "ids",
    }
)
"""Several values each, whose order means nothing."""
_CONTENT, _MARK = 6, 2
_LENGTH = 500
"""Characters that are remembered of a name."""
_PARTY = re.compile(r";\s+(?!and\b|or\b)", re.IGNORECASE)
_COUNTRY = re.compile(r"(?:^|,\s)([A-Z]{2})$")


@dataclass(frozen=True, slots=True)
class Member:
    """A party on a list, as it was last read."""

    list: str
    number: str
    name: str
    countries: tuple[str, ...]
    content: bytes
    """Stands for all compared values."""
    marks: bytes
    """Two bytes for each of `COMPARED`; zeros where there is no value."""
    ordinal: int = 1
    """Tells namesakes on one list apart."""

    @property
    def key(self) -> str:
        """Names the party, namesakes on its list included."""
        if self.number:
            return digest(self.list, "#", self.number)
        return digest(self.list, " ".join(words(self.name)) or self.name)

    @property
    def id(self) -> str:
        """Names the party, and stays when its values change."""
        return self.key if self.ordinal == 1 else f"{self.key}~{self.ordinal}"


@dataclass(frozen=True)
class Snapshot:
    """The list at one time."""

    columns: tuple[str, ...] = ()
    """Which of `COLUMNS` the file had."""
    members: Sequence[Member] = ()
    pages: Mapping[str, str] = field(default_factory=dict)
    """List → where people find it."""

    @cached_property
    def compared(self) -> tuple[str, ...]:
        """Which of `COMPARED` the file had."""
        return tuple(name for name in COMPARED if name in self.columns)


def sketch(row: Row) -> Member:
    """What is remembered of a row."""
    values = [_comparable(name, row[name]) for name in COMPARED]
    return Member(
        list=row["source"][:_LENGTH],
        number=row["entity_number"][:_LENGTH],
        name=row["name"][:_LENGTH],
        countries=countries(row),
        content=blake2b("\x1f".join(values).encode(), digest_size=_CONTENT).digest(),
        marks=b"".join(map(_mark, values)),
    )


def countries(row: Row) -> tuple[str, ...]:
    """Codes of two letters at the ends of addresses, then citizenships and nationalities, each once."""
    found: dict[str, None] = {}
    for column in ("addresses", "citizenships", "nationalities"):
        if not row[column]:
            continue
        for part in _PARTY.split(row[column]):
            code = _COUNTRY.search(part.strip())
            if code:
                found[code[1]] = None
    return tuple(found)


def changed_columns(before: Member, after: Member, columns: Iterable[str]) -> tuple[str, ...]:
    """Those whose marks differ."""
    return tuple(
        name
        for name in columns
        if before.marks[(at := COMPARED.index(name) * _MARK) : at + _MARK] != after.marks[at : at + _MARK]
    )


def pack(snapshot: Snapshot) -> str:
    """The snapshot as text (base64 of zlib)."""
    lists = list(dict.fromkeys(member.list for member in snapshot.members))
    number = {name: str(index) for index, name in enumerate(lists)}
    members = snapshot.members
    head = orjson.dumps([snapshot.columns, [[name, snapshot.pages.get(name, "")] for name in lists]])
    lines = "\n".join(
        "\t".join((number[m.list], m.number, m.name, " ".join(m.countries), str(m.ordinal))) for m in members
    )
    # By columns, so that what is alike stands together and packs well.
    marks = [b"".join(m.marks[at : at + _MARK] for m in members) for at in range(0, _WIDTH, _MARK)]
    body = b"".join((head, b"\n", lines.encode(), b"\n\n", *(m.content for m in members), *marks))
    return base64.b64encode(zlib.compress(body, 6)).decode()


def unpack(text: str) -> Snapshot:
    """The snapshot of such a text. Raises ValueError for any other."""
    try:
        body = zlib.decompress(base64.b64decode(text))
        head, _, rest = body.partition(b"\n")
        lines, _, binary = rest.partition(b"\n\n")
        columns, lists = orjson.loads(head)
        rows = [line.split("\t") for line in lines.decode().split("\n")] if lines else []
        return Snapshot(tuple(columns), _members(rows, binary, lists), dict(lists))
    except (ValueError, IndexError, TypeError, zlib.error) as error:
        raise ValueError("not a snapshot") from error


_WIDTH = len(COMPARED) * _MARK


def _members(
    rows: Sequence[Sequence[str]], binary: bytes, lists: Sequence[Sequence[str]]
) -> tuple[Member, ...]:
    count = len(rows)
    if len(binary) != count * (_CONTENT + _WIDTH):
        raise ValueError("of another length")
    starts = [count * (_CONTENT + at) for at in range(0, _WIDTH, _MARK)]
    return tuple(
        Member(
            list=lists[int(place)][0],
            number=number,
            name=name,
            countries=tuple(codes.split()),
            content=binary[index * _CONTENT : (index + 1) * _CONTENT],
            marks=b"".join(binary[(at := start + index * _MARK) : at + _MARK] for start in starts),
            ordinal=int(ordinal),
        )
        for index, (place, number, name, codes, ordinal) in enumerate(rows)
    )


def _comparable(column: str, value: str) -> str:
    if ";" not in value or column not in _UNORDERED:
        return value
    return ";".join(sorted(part.strip() for part in value.split(";")))


def _mark(value: str) -> bytes:
    if not value:
        return b"\0\0"
    return (zlib.crc32(value.encode()) % 0xFFFF + 1).to_bytes(_MARK, "big")
