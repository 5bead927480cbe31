"""Loading a folder: files, merging, environment values, and what the models make of it."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from alerter.config import ConfigErrors, Configuration, load
from alerter.core.route import Matcher


def written(folder: Path, **files: str) -> Path:
    """The folder, with a YAML file per keyword."""
    for name, text in files.items():
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    return folder


def loaded(folder: Path, text: str, **environment: str) -> Configuration:
    """What one file in an empty folder means."""
    return load(written(folder, alerter=text), environment)


def test_lists_of_all_files_are_merged_in_the_order_of_their_paths(tmp_path: Path) -> None:
    """Any file may hold any list; folders are walked, both suffixes count."""
    (tmp_path / "team").mkdir()
    (tmp_path / "team" / "z.yml").write_text("routes: [{receiver: last}]\nreceivers: [{id: last}]\n")
    written(tmp_path, a="routes: [{receiver: first}]\nreceivers: [{id: first}]\n", b="# nothing yet\n")
    configuration = load(tmp_path, {})
    assert [route.receiver for route in configuration.routes] == ["first", "last"]
    assert [receiver.id for receiver in configuration.receivers] == ["first", "last"]


@pytest.mark.parametrize("name", [".hidden.yaml", ".git/own.yaml", "notes.txt"])
def test_other_files_are_passed_over(tmp_path: Path, name: str) -> None:
    """Dot-names, of files and of folders, and other suffixes are not configuration."""
    (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / name).write_text("nonsense: true")
    assert loaded(tmp_path, "rules: []").rules == ()


def test_scalars_stay_text(tmp_path: Path) -> None:
    """Norway is a country, a docket number is no subtraction, and a version is no figure."""
    matter = loaded(
        tmp_path, "matters: [{id: m, about: [NO, ON], dockets: [[cit, 25-00066]], topics: [1.0, 012]}]"
    ).matters[0]
    assert matter.about == ("NO", "ON")
    assert matter.dockets == (("cit", "25-00066"),)
    assert matter.topics == ("1.0", "012")


def test_routes_turn_into_matchers_and_durations(tmp_path: Path) -> None:
    """Every way to write a matcher, and every key of a route."""
    route = loaded(
        tmp_path,
        """
receivers: [{id: desk}]
routes:
  - match: {severity: [warning, critical], rule: "!=noise", commodity: =~rare-.*, origin: "!~ C.", by: C, x: }
    receiver: desk
    group_by: [commodity]
    group_wait: 1m30s
    group_interval: 2h
    repeat_interval: 1d
    continue: yes
""",
    ).routes[0]
    assert route.match == (
        Matcher(label="severity", op="=", values=("warning", "critical")),
        Matcher(label="rule", op="!=", values=("noise",)),
        Matcher(label="commodity", op="=~", values=("rare-.*",)),
        Matcher(label="origin", op="!~", values=("C.",)),
        Matcher(label="by", op="=", values=("C",)),
        Matcher(label="x", op="=", values=("",)),
    )
    assert (route.group_wait, route.group_interval) == (timedelta(seconds=90), timedelta(hours=2))
    assert (route.repeat_interval, route.continue_) == (timedelta(days=1), True)
    assert route.group_by == ("commodity",)


def test_what_waits_for_a_later_version_is_checked_and_told(tmp_path: Path) -> None:
    """Packs, silences and digests are read in full, and a warning says that nothing comes of them yet."""
    configuration = loaded(
        tmp_path,
        """
packs: [critical-minerals]
receivers: [{id: desk}]
silences:
  - {id: lunar, match: {rule: [fall]}, from: 2027-01-20, until: 2027-03-10T12:00+02:00, comment: "…"}
digests:
  - {id: morning, receiver: desk, cron: "0 7 * * 1-5", timezone: Europe/London, match: {}}
""",
    )
    assert configuration.packs == ("critical-minerals",)
    assert configuration.silences[0].from_ == datetime(2027, 1, 20, tzinfo=UTC)
    assert configuration.silences[0].until == datetime(2027, 3, 10, 10, tzinfo=UTC)
    assert configuration.digests[0].timezone == "Europe/London"
    assert [(warning.line, warning.message) for warning in configuration.warnings] == [
        (2, "packs: is read but not acted on by this version"),
        (5, "silences: is read but not acted on by this version"),
        (7, "digests: is read but not acted on by this version"),
    ]


def test_a_missing_folder_is_named() -> None:
    """Nothing to load is an error, never an empty configuration."""
    with pytest.raises(ConfigErrors, match=r"^nowhere:1:1: there is no such folder$"):
        load(Path("nowhere"), {})


def test_an_empty_folder_is_named(tmp_path: Path) -> None:
    """A folder without a YAML file is an error too."""
    with pytest.raises(ConfigErrors, match=r"no file ends in \.yaml or \.yml"):
        load(tmp_path, {})
