"""Packs are merged like files: the operator's own entries go before theirs, and parts can be left out."""

from pathlib import Path

import pytest

from alerter.assembly import build_judging
from alerter.config import ConfigErrors, Configuration, load, packs
from alerter.ruletest import run_test
from tests.config.samples import written

ORE = """
sources: [{id: wire, type: feed, url: "https://wire.example/ore"}]
rules:
  - {id: ore-words, type: match, any: [ore shortage]}
  - {id: export-words, type: match, any: [export ban]}
lexicon: {commodities: [{id: ore, names: [ore]}]}
tests:
  - name: An ore shortage is told
    signals:
      - {source: wire, kind: article, title: Ore shortage and export ban, published_at: 2025-06-09T10:00Z}
    at: 2025-06-09T11:00Z
    expect: [{rule: ore-words}, {rule: export-words}]
  - name: An ore shortage alone
    signals: [{source: wire, kind: article, title: Ore shortage, published_at: 2025-06-09T10:00Z}]
    at: 2025-06-09T11:00Z
    expect: [{rule: ore-words}]
"""
METAL = 'sources: [{id: wire, type: feed, url: "https://wire.example/ore"}]'

DISPUTE = """
matters: [{id: dispute, names: [Smelters*]}]
rules: [{id: ruling, type: docket, matters: [dispute]}]
tests:
  - {name: An order is told, signals: [], at: 2025-06-09, expect: [{rule: ruling}]}
  - {name: A summons, signals: [], at: 2025-06-09, expect: []}
"""


@pytest.fixture(autouse=True)
def shelf(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two packs, `ore` and `metal`, that have a source in common."""
    folder = tmp_path_factory.mktemp("packs")
    for name, text in {"ore": ORE, "metal": METAL}.items():
        (folder / name).mkdir()
        (folder / name / "all.yaml").write_text(text, encoding="utf-8")
    monkeypatch.setattr(packs, "FOLDER", folder)


def loaded(folder: Path, text: str) -> Configuration:
    """The configuration of one file."""
    return load(written(folder, all=text), {})


def test_a_pack_brings_its_entries(tmp_path: Path) -> None:
    """Sources, rules, words and tests stand beside the operator's own."""
    found = loaded(tmp_path, "packs: [ore, metal]\nrules: [{id: mine, type: match, any: [x]}]")
    assert [source.id for source in found.sources] == ["wire"]
    assert [rule.id for rule in found.rules] == ["mine", "ore-words", "export-words"]
    assert [one.id for one in found.commodities] == ["ore"]
    assert found.packs == ("ore", "metal")


async def test_a_packs_tests_hold_beside_rules_of_the_operator(tmp_path: Path) -> None:
    """They are about the pack's own rules, so that another rule that fires does not fail them."""
    found = loaded(tmp_path, "packs: [ore]\nrules: [{id: mine, type: match, any: [shortage]}]")
    judging = build_judging(found, {})
    assert [(await run_test(one, judging)).problems for one in found.tests] == [(), ()]


def test_an_entry_of_the_same_id_goes_before_the_packs(tmp_path: Path) -> None:
    """The operator's rule is in force, and the pack's tests of the rule that it replaces are left out."""
    found = loaded(
        tmp_path, "packs: [ore]\nrules: [{id: ore-words, type: match, any: [ore], severity: info}]"
    )
    assert [(rule.id, rule.severity) for rule in found.rules] == [
        ("ore-words", "info"),
        ("export-words", "warning"),
    ]
    assert found.tests == ()


def test_parts_of_a_pack_can_be_left_out(tmp_path: Path) -> None:
    """`without` names entries; tests that expect a rule that is left out go with it."""
    found = loaded(tmp_path, "packs: [{id: ore, without: [export-words, wire]}]")
    assert found.sources == ()
    assert [rule.id for rule in found.rules] == ["ore-words"]
    assert [one.name for one in found.tests] == ["An ore shortage alone"]


def test_tests_go_with_the_matter_that_their_rule_watches(tmp_path: Path) -> None:
    """Of an operator's matter with the same id the pack's tests know nothing."""
    (packs.FOLDER / "metal" / "more.yaml").write_text(DISPUTE, encoding="utf-8")
    assert [one.name for one in loaded(tmp_path, "packs: [metal]").tests] == ["An order is told", "A summons"]
    own = loaded(tmp_path, "packs: [metal]\nmatters: [{id: dispute, names: [Other*]}]")
    assert [(one.name, one.rules) for one in own.tests] == [("A summons", ())]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("packs: [or]", '1:9: unknown pack "or"; did you mean "ore"?'),
        ("packs: [{id: or}]", '1:14: unknown pack "or"; did you mean "ore"?'),
        ("packs: [{id: ore, without: [wires]}]", '1:29: the pack ore has nothing called "wires"'),
        ("packs: [{id: ore, with: [wire]}]", '1:19: unknown key "with"'),
        ("packs: [ore, ore]", '1:14: pack "ore" is defined twice'),
    ],
)
def test_a_wrong_pack_is_told_at_its_place(tmp_path: Path, text: str, problem: str) -> None:
    """Unknown packs and parts are errors, with the nearest name."""
    with pytest.raises(ConfigErrors) as caught:
        loaded(tmp_path, text)
    assert problem in str(caught.value)


def test_a_problem_in_a_pack_names_the_packs_file(tmp_path: Path) -> None:
    """By the pack's name, not by where the package is installed."""
    (packs.FOLDER / "metal" / "more.yaml").write_text("rules: [{id: x, type: nonsense}]", encoding="utf-8")
    with pytest.raises(ConfigErrors, match=r"^packs/metal/more.yaml:1:23: unknown rule type"):
        loaded(tmp_path, "packs: [metal]")
