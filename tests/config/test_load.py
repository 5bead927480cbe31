"""Loading a folder: files, merging, environment values, and what the models make of it."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from alerter.config import ConfigErrors, Configuration, load
from alerter.core.route import Matcher
from alerter.store.protocol import Retention
from tests.config.samples import written


def loaded(folder: Path, text: str, **environment: str) -> Configuration:
    """What one file in an empty folder means."""
    return load(written(folder, alerter=text), environment)


def test_lists_of_all_files_are_merged_in_the_order_of_their_paths(tmp_path: Path) -> None:
    """Any file may hold any list; folders are walked, both suffixes count."""
    (tmp_path / "team").mkdir()
    (tmp_path / "team" / "z.yml").write_text("routes: [{receiver: last}]\nreceivers: [{id: last}]\n")
    written(
        tmp_path, a="routes: [{receiver: first}]\nreceivers: [{id: first}]\n", b="# nothing yet\n", c="---\n"
    )
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
    """Silences and digests are read in full, and a warning says that nothing comes of them yet."""
    configuration = loaded(
        tmp_path,
        """
receivers: [{id: desk}]
silences:
  - {id: lunar, match: {rule: =~fall}, from: 2027-01-20, until: 2027-03-10T12:00+02:00, comment: "…"}
digests:
  - {id: morning, receiver: desk, cron: "0 7 * * 1-5", timezone: Europe/London, match: {}}
""",
    )
    assert configuration.silences[0].from_ == datetime(2027, 1, 20, tzinfo=UTC)
    assert configuration.silences[0].until == datetime(2027, 3, 10, 10, tzinfo=UTC)
    assert configuration.digests[0].timezone == "Europe/London"
    assert [(warning.line, warning.message) for warning in configuration.warnings] == [
        (4, "silences: is read but not acted on by this version"),
        (6, "digests: is read but not acted on by this version"),
    ]


def test_one_file_may_hold_several_documents(tmp_path: Path) -> None:
    """They are merged like files."""
    configuration = loaded(tmp_path, "receivers: [{id: a}]\n---\n---\nreceivers: [{id: b}]\nrules: null\n")
    assert [receiver.id for receiver in configuration.receivers] == ["a", "b"]


def test_a_missing_folder_is_named() -> None:
    """Nothing to load is an error, never an empty configuration."""
    with pytest.raises(ConfigErrors, match=r"^nowhere:1:1: there is no such folder$"):
        load(Path("nowhere"), {})


def test_an_empty_folder_is_named(tmp_path: Path) -> None:
    """A folder without a YAML file is an error too."""
    with pytest.raises(ConfigErrors, match=r"no file ends in \.yaml or \.yml"):
        load(tmp_path, {})


def test_environment_values_are_filled_in(tmp_path: Path) -> None:
    """A value, a default for what is unset or empty, and a plain `${`; also inside a text and in quotes."""
    matter = loaded(
        tmp_path,
        """
matters:
  - id: ${NAME}
    names: ["${NAME}-${NAME}", '${UNSET:-x y}', "${EMPTY:-z}", "${UNSET:-}", '$${NAME}', $NAME, "$$"]
""",
        NAME="tariffs",
        EMPTY="",
    ).matters[0]
    assert matter.id == "tariffs"
    assert matter.names == ("tariffs-tariffs", "x y", "z", "", "${NAME}", "$NAME", "$$")


def test_an_environment_value_is_text_whatever_it_holds(tmp_path: Path) -> None:
    """A value cannot add keys, lists or comments."""
    matter = loaded(tmp_path, "matters: [{id: m, names: ['${X}']}]", X="a]}, # {b: *c").matters[0]
    assert matter.names == ("a]}, # {b: *c",)


def test_nulls_are_plain_only(tmp_path: Path) -> None:
    """`null`, `~` and nothing are no value; in quotes they are words."""
    silences = loaded(
        tmp_path,
        """
silences:
  - {id: a, match: {}, until: 2027-01-01, by: null}
  - {id: b, match: {}, until: 2027-01-01, by: ~}
  - {id: c, match: {}, until: 2027-01-01, by: }
  - {id: d, match: {}, until: 2027-01-01, by: "null"}
""",
    ).silences
    assert [silence.by for silence in silences] == [None, None, None, "null"]


def test_anchors_and_merges_spare_repetition(tmp_path: Path) -> None:
    """An alias repeats a value, `<<` adds the keys that are not given, the earlier of a list first."""
    routes = loaded(
        tmp_path,
        """
receivers: [{id: desk}, {id: night}]
routes:
  - &base {receiver: desk, group_wait: 1s, group_by: &by [rule]}
  - &late {group_wait: 9s, repeat_interval: 1d, receiver: night}
  - {<<: *base, group_wait: 2s}
  - {<<: [*base, *late]}
  - {receiver: night, group_by: *by}
""",
    ).routes
    assert [(route.receiver, route.group_wait.seconds) for route in routes[2:]] == [
        ("desk", 2),
        ("desk", 1),
        ("night", 30),
    ]
    assert routes[3].repeat_interval == timedelta(days=1)
    assert routes[4].group_by == ("rule",)


def test_a_receiver_takes_one_key_per_notifier(tmp_path: Path) -> None:
    """A key alone takes the notifier's defaults; a receiver without any is empty."""
    first, second = loaded(
        tmp_path,
        """
receivers:
  - {id: desk, webhook: {url: "https://hooks.example/x", secret: "${HOOK}"}, console: }
  - {id: nobody}
""",
        HOOK="5ecret",
    ).receivers
    assert [notifier.key for notifier in first.notifiers] == ["console", "webhook"]
    assert second.notifiers == ()


def test_rules_sources_and_the_lexicon_are_read_by_their_models(tmp_path: Path) -> None:
    """Texts become durations, percentages, numbers and typed words."""
    configuration = loaded(
        tmp_path,
        """
sources: [{id: news, type: feed, url: "https://a.example/feed", every: 10m, labels: {outlet: reex}}]
rules:
  - {id: fall, type: claim, metric: [exports], change_below: -20%, commodities: [magnesia], origin: [NO]}
lexicon:
  commodities: [{id: magnesia, names: ["magnesia*"], parent: magnesium, hs: ["251910"]}]
  companies: [{id: nexperia, names: [nexperia]}]
  countries: [{id: CN, stands_for: [rare earth office]}]
receivers: [{id: desk, console: {}}]
routes: [{receiver: desk}]
retention: {signals: 30d}
""",
    )
    assert configuration.sources[0].every == timedelta(minutes=10)
    assert configuration.rules[0].model_dump()["change_below"] == -20.0
    assert configuration.commodities[0].parent == "magnesium"
    lexicon = configuration.lexicon()
    assert lexicon.parents["magnesia"] == "magnesium"
    assert "nexperia" in lexicon.companies
    assert configuration.retention == Retention(signals=timedelta(days=30))
    assert configuration.warnings == ()


def test_a_rule_test_holds_signals_and_what_is_expected(tmp_path: Path) -> None:
    """Signals have the shape of the HTTP contract."""
    rule_test = loaded(
        tmp_path,
        """
rules: [{id: fall, type: match, any: [magnet*]}]
tests:
  - name: an observation
    at: 2025-06-20T09:00+02:00
    signals:
      - {source: gacc, kind: observation, title: x, published_at: 2025-06-20T07:00Z,
         observation: {series: magnets, period: 2025-05, value: 1238.5, unit: t}}
    expect: [{rule: fall, labels: {commodity: rare-earths}}, {rule: fall, state: resolved}]
""",
    ).tests[0]
    assert rule_test.at == datetime(2025, 6, 20, 7, tzinfo=UTC)
    assert rule_test.signals[0].observation is not None
    assert rule_test.signals[0].observation.value == 1238.5
    assert [(one.rule, one.state, one.labels) for one in rule_test.expect] == [
        ("fall", "firing", {"commodity": "rare-earths"}),
        ("fall", "resolved", {}),
    ]


def test_matters_are_what_the_world_holds(tmp_path: Path) -> None:
    """Rules look matters up by id, and parents as the lexicon has them."""
    world = loaded(tmp_path, "matters: [{id: tariffs, topics: [tariffs]}]").world({"a": "b"})
    assert world.matters["tariffs"].topics == ("tariffs",)
    assert world.parents == {"a": "b"}


def test_links_that_lead_in_a_circle_are_followed_once(tmp_path: Path) -> None:
    """A folder that links to itself is read, and read once."""
    written(tmp_path, own="receivers: [{id: desk}]")
    (tmp_path / "again").symlink_to(tmp_path, target_is_directory=True)
    assert [receiver.id for receiver in load(tmp_path, {}).receivers] == ["desk"]


def test_a_mounted_folder_is_read_once(tmp_path: Path) -> None:
    """Kubernetes mounts files as links into a folder whose name begins with dots."""
    (tmp_path / "..2026").mkdir()
    written(tmp_path / "..2026", own="receivers: [{id: desk}]")
    (tmp_path / "..data").symlink_to(tmp_path / "..2026", target_is_directory=True)
    (tmp_path / "own.yaml").symlink_to("..data/own.yaml")
    assert [receiver.id for receiver in load(tmp_path, {}).receivers] == ["desk"]
