"""What is said of parties on the screening list that change."""

from datetime import UTC, datetime, timedelta

import pytest

from alerter.sources.formats.screening_changes import Change
from alerter.sources.formats.screening_signals import Setting, listing
from alerter.sources.formats.screening_snapshot import Member

NOW = datetime(2025, 6, 9, 12, tzinfo=UTC)
SETTING = Setting(
    source="screening",
    labels={},
    pages={},
    now=NOW,
    undated_at=NOW,
    max_age=timedelta(hours=48),
    first=False,
)


@pytest.mark.parametrize(
    ("columns", "named"),
    [
        ((), ""),
        (("name",), " (name)"),
        (("license_policy", "programs"), " (programmes, licence policy)"),
        (
            ("programs", "addresses", "license_requirement", "license_policy", "name"),
            " (programmes, addresses, licence requirement and 2 more)",
        ),
    ],
)
def test_the_headline_names_what_has_changed(columns: tuple[str, ...], named: str) -> None:
    """In the order in which people read it, three values at most; the text names all."""
    member = Member("Entity List (EL) - Bureau", "", "Sunny Forge", ("CN",), b"", b"")
    signal = listing(Change("changed", member, None, columns), None, SETTING)
    assert signal.title == f"Changed on Entity List: Sunny Forge{named}"
    assert signal.text.partition(" (seen")[0].count(",") == max(len(columns) - 1, 0)
