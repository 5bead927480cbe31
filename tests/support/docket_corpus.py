"""The corpus of docket entries: what each means, decided before the reader saw it, and how that is scored.

A table `tests/corpus/dockets_*.yaml` is a list of entries with the labels of `CourtMeaning`; what one leaves
out is empty. A relief stands there in its usual words; none and one outside the list count as the same.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from alerter.core.reading import CourtMeaning, Document
from alerter.reading.courts.entries import read_docket_entry
from tests.support.corpus import rows

CAPTION = "Importers, Inc. v. United States"
"""What a docket is called where the table does not say."""


@dataclass(frozen=True, slots=True)
class DocketEntry:
    """One entry with its meaning."""

    title: str
    text: str
    wanted: CourtMeaning


def docket_entries(pattern: str = "dockets_*") -> Iterator[DocketEntry]:
    """The entries of the tables whose names fit."""
    for row in rows(pattern):
        wanted = CourtMeaning(
            document=Document(row["document"]),
            by=row["by"],
            disposition=tuple(row.get("disposition") or ()),
            relief=_relief(row.get("relief")),
            decides=row["decides"] == "true",
        )
        yield DocketEntry(row.get("title", CAPTION), row["entry"], wanted)


def _relief(words: str | None) -> str | None:
    return words.lower().replace(" ", "_") if words else None


def read(entry: DocketEntry) -> CourtMeaning:
    """What the reader makes of it."""
    return read_docket_entry(entry.title, entry.text)


FIELDS: Mapping[str, Callable[[CourtMeaning], object]] = {
    "document": lambda meaning: meaning.document,
    "by": lambda meaning: meaning.by,
    "disposition": lambda meaning: frozenset(meaning.disposition),
    "relief": lambda meaning: None if meaning.relief == "other" else meaning.relief,
    "decides": lambda meaning: meaning.decides,
}
EXACT = ("document", "by", "disposition", "decides")


def accuracies(entries: Iterable[DocketEntry]) -> dict[str, float]:
    """The share of entries right in each field, and `exact`: in document, by, disposition and decides."""
    pairs = [(entry.wanted, read(entry)) for entry in entries]
    right = {name: [of(wanted) == of(found) for wanted, found in pairs] for name, of in FIELDS.items()}
    exact = [all(one) for one in zip(*(right[name] for name in EXACT), strict=True)]
    return {name: sum(hits) / len(pairs) for name, hits in {**right, "exact": exact}.items()}
