"""Adding an unrelated sentence does not change what is read in the others."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from alerter.core.reading import Claim, Event, Reading
from tests.reading.support_reading import reader
from tests.support.corpus import entries, read

UNRELATED = (
    "The museum opens at nine and closes at six.",
    "Her novel tells of two sisters who keep a lighthouse.",
    "It rained in the evening, and the streets were quiet.",
)


def told(reading: Reading) -> tuple[Sequence[Claim], Sequence[Event]]:
    """The claims and events of a text."""
    return reading.claims, reading.events


def unplaced(reading: Reading) -> list[Claim | Event]:
    """The claims and events of a text, wherever they stand in it."""
    every: tuple[Claim | Event, ...] = (*reading.claims, *reading.events)
    return [one.model_copy(update={"span": (0, 0)}) for one in every]


TABLES = (
    "trade_*",
    "controls_*",
    "supply_*",
    "prices_*",
    "tariff*",
    "courts_news",
    "talks",
    "events_*",
    "world_*",
)


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("unrelated", UNRELATED)
def test_an_unrelated_sentence_at_the_end_changes_nothing(table: str, unrelated: str) -> None:
    """The same claims and events, at the same places."""
    changed = []
    for entry in entries(table):
        longer = replace(
            entry, line={**entry.line, "text": f"{entry.line.get('text', '')} {unrelated}".strip()}
        )
        if told(read(reader(), entry)) != told(read(reader(), longer)):
            changed.append(entry.id)
    assert changed == []


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("unrelated", UNRELATED)
def test_an_unrelated_sentence_at_the_front_changes_nothing(table: str, unrelated: str) -> None:
    """The same claims and events, as far on as the sentence is long."""
    changed = []
    for entry in entries(table):
        text = f"{unrelated} {entry.line.get('text', '')}".strip()
        longer = replace(entry, line={**entry.line, "text": text})
        if unplaced(read(reader(), entry)) != unplaced(read(reader(), longer)):
            changed.append(entry.id)
    assert changed == []
