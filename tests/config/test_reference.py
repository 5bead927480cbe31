"""docs/sources.md is what the models say, and every example in it is a valid source."""

from pathlib import Path

import pytest
import yaml

from alerter.config.load import source_kinds
from alerter.config.reference import sources_page

PAGE = Path(__file__).parents[2] / "docs" / "sources.md"
KINDS = source_kinds()


def test_the_page_is_current() -> None:
    """Run `make docs` after changing a source's options."""
    assert PAGE.read_text(encoding="utf-8") == sources_page()


@pytest.mark.parametrize("name", sorted(KINDS.by_type))
def test_each_kind_says_what_it_asks_and_shows_one(name: str) -> None:
    """The publisher's limits are stated, and the example can be read as it stands."""
    kind = KINDS.by_type[name]
    example = yaml.load(kind.example, yaml.BaseLoader)
    assert kind.limits
    assert KINDS.read(example).id == example["id"]


@pytest.mark.parametrize("name", sorted(KINDS.by_type))
def test_each_option_is_explained(name: str) -> None:
    """No row of the table lacks its meaning."""
    rows = [
        row
        for row in sources_page().split(f"## `{name}`\n")[1].split("\n## ")[0].splitlines()
        if row[:3] == "| `"
    ]
    assert [row for row in rows if row.endswith("|  |")] == []
