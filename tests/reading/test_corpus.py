"""The reader against the corpus: it may not read less of it than it did."""

import pytest

from tests.reading.support_reading import reader
from tests.support.corpus import LEVELS, alarms, entries, scores

FLOORS: dict[str, dict[str, float]] = {
    "trade_*": {"claim.figure": 0.80, "claim.core": 0.70, "commodities": 0.95, "countries": 0.97},
    "controls_*": {"event.type": 0.93, "event.full": 0.85, "commodities": 0.94, "countries": 0.94},
    "supply_*": {"event.type": 0.92, "event.full": 0.83},
    "courts_news": {"event.type": 0.92, "event.full": 0.89},
    "talks": {"event.type": 0.93, "event.full": 0.70},
    "tariff*": {"event.type": 0.92, "event.full": 0.80},
    "quotas_*": {"event.type": 0.80, "event.full": 0.80},
    "asia_news": {"event.type": 0.90, "event.full": 0.75},
    "events_*": {"event.type": 0.90, "event.full": 0.78},
}
"""Table → level → least F1."""


@pytest.mark.parametrize(
    ("table", "level", "floor"),
    [(table, level, floor) for table, levels in FLOORS.items() for level, floor in levels.items()],
)
def test_a_table_is_read_as_well_as_it_was(table: str, level: str, floor: float) -> None:
    """F1 over all of the table's texts."""
    assert level in LEVELS
    assert scores(reader(), entries(table))[level].f1 >= floor


def test_hard_negatives_stay_silent() -> None:
    """Metaphors, history, opinion, sports: nothing happened."""
    assert len(alarms(reader(), entries("negatives_*"))) <= 6


def test_no_two_entries_share_an_id() -> None:
    """Scores name their entries."""
    ids = [entry.id for entry in entries("[!d]*")]
    assert len(ids) == len(set(ids))
