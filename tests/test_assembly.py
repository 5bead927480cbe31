"""Parts are built by the whole configuration: sources know the matters that it names."""

from pathlib import Path

import pytest

from alerter.assembly import build_parts
from alerter.clock import SystemClock
from alerter.config import ConfigErrors, load
from alerter.config.load import source_kinds
from alerter.outward import open_outside
from alerter.settings import KeySettings, Settings
from alerter.sources.court_rss import CourtRss
from tests.config.samples import written

COURT = """
sources: [{id: docket, type: court_rss, court: cit, url: "https://court.example/rss", matters: [tariffs]}]
"""


async def test_court_sources_know_their_matters(tmp_path: Path) -> None:
    """What a matter is stands in the configuration, not in the source."""
    folder = written(tmp_path, all=f"{COURT}matters: [{{id: tariffs, dockets: [[cit, 25-00066]]}}]")
    async with open_outside(Settings(), SystemClock()) as outside:
        parts = build_parts(load(folder, {}), outside.sources, outside.notifiers)
    source = parts.sources["docket"].source
    assert isinstance(source, CourtRss)
    assert source._matters["tariffs"].dockets == (("cit", "25-00066"),)


def test_a_matter_that_a_source_names_must_exist(tmp_path: Path) -> None:
    """Found when the configuration is checked, not when the source is polled."""
    with pytest.raises(ConfigErrors, match=r'unknown matter "tariffs"'):
        load(written(tmp_path, all=COURT), {})


async def test_another_key_makes_a_source_due_again(tmp_path: Path) -> None:
    """The signature under which it is scheduled stands for its own key too; others' keys are none of it."""
    folder = written(
        tmp_path,
        all="""
sources:
  - {id: wire, type: feed, url: "https://wire.example/"}
  - {id: cases, type: courtlistener, dockets: [7]}
""",
    )
    signatures: dict[str, set[str]] = {"wire": set(), "cases": set()}
    for environment in ({}, {"courtlistener": "one"}, {"courtlistener": "two"}):
        settings = Settings(keys=KeySettings.model_validate(environment))
        async with open_outside(settings, SystemClock()) as outside:
            parts = build_parts(load(folder, {}), outside.sources, outside.notifiers)
        for name, polled in parts.sources.items():
            signatures[name].add(polled.signature)
    assert {name: len(known) for name, known in signatures.items()} == {"wire": 1, "cases": 3}


def test_every_service_with_a_key_has_a_source_that_works_with_it() -> None:
    """A key that no kind names would change nothing when it is set."""
    services = {kind.service for kind in source_kinds().by_type.values() if kind.service}
    assert services == set(KeySettings.model_fields)
