"""The packs that ship: each works alone and with the others; every rule is known to speak and be silent."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic import BaseModel

from alerter.assembly import Judging, build_judging
from alerter.config import Configuration, RuleTest, load
from alerter.config.gather import PACKED
from alerter.config.packs import FOLDER, pack_ids
from alerter.core.signal import Signal
from alerter.core.text import words
from alerter.explain import explain, read_alone
from alerter.rules.base import RuleConfig, SourceRule
from alerter.rules.match import MatchRule
from alerter.ruletest import run_test
from alerter.sources.base import SourceConfig
from tests.config.samples import written

PACKS = pack_ids()
SOMEONE = "receivers: [{id: desk, console: {}}]\nroutes: [{receiver: desk}]\n"
DAY = timedelta(days=1)
STEM = 5
WITHOUT_CERTIFICATE = {"http://english.customs.gov.cn"}
"""Sites whose certificate no program trusts, so that https fails."""


@dataclass(frozen=True, slots=True)
class Pack:
    """A pack that is switched on alone, and what judges by it."""

    name: str
    configuration: Configuration
    judging: Judging


@pytest.fixture(scope="session")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Pack]:
    """Every pack, read alone in a bare environment."""
    read = {}
    for name in PACKS:
        folder = written(tmp_path_factory.mktemp(name), all=f"packs: [{name}]\n{SOMEONE}")
        configuration = load(folder, {})
        read[name] = Pack(name, configuration, build_judging(configuration, {"desk": ["desk:console"]}))
    return read


@pytest.fixture(params=PACKS)
def pack(shelf: dict[str, Pack], request: pytest.FixtureRequest) -> Pack:
    """One after the other."""
    return shelf[request.param]


def entries_of(name: str) -> Iterator[tuple[str, str, Any]]:
    """Everything that a pack's files hold, as (list, id or name, entry)."""
    for path in sorted((FOLDER / name).rglob("*.yaml")):
        document = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
        document |= document.pop("lexicon", {})
        for listed, entries in document.items():
            yield from ((listed, entry.get("id") or entry["name"], entry) for entry in entries)


def addresses(part: object) -> Iterator[str]:
    """Every web address in a source's options."""
    if isinstance(part, str) and part.startswith("http"):
        yield part
    elif isinstance(part, BaseModel):
        yield from addresses([getattr(part, name) for name in type(part).model_fields])
    elif isinstance(part, dict):
        yield from addresses(list(part.values()))
    elif isinstance(part, list | tuple):
        for one in part:
            yield from addresses(one)


def is_left_alone(rule: RuleConfig, rule_test: RuleTest, judging: Judging) -> bool:
    """Does the test hold a signal that sets the rule off, which then finds nothing to tell?"""
    if rule.id in {one.rule for one in rule_test.expect if rule.nature == "condition"}:
        return False
    for signal in rule_test.signals:
        told = {one.rule: one for one in explain(read_alone(signal, judging), judging)}[rule.id]
        if not told.verdicts and (told.tried or is_alike(rule, signal)):
            return True
    return False


def is_alike(rule: RuleConfig, signal: Signal) -> bool:
    """Is a signal of a kind that a match rule watches, with a word of its phrases in it?"""
    if not isinstance(rule, MatchRule) or (rule.kinds and signal.kind not in rule.kinds):
        return False
    looked_for = {stem(word) for phrase in (*rule.any, *rule.all) for word in words(phrase)}
    return not looked_for.isdisjoint(
        stem(word) for word in words(f"{signal.title} {signal.text}") if len(word) >= STEM
    )


def stem(word: str) -> str:
    """What a word's forms have in common, roughly."""
    return word[:STEM]


def test_the_packs_are_those_that_are_promised() -> None:
    """Five of them, by these names."""
    promised = (
        "chokepoints-and-ports critical-minerals export-controls-and-sanctions semiconductors trade-courts"
    )
    assert promised.split() == PACKS


def test_a_pack_works_alone(pack: Pack) -> None:
    """It loads with nothing to remark upon: what its rules name, it brings."""
    assert pack.configuration.warnings == ()
    assert pack.configuration.sources
    assert pack.configuration.rules


def test_a_pack_holds_nothing_but_what_packs_may(pack: Pack) -> None:
    """No routes, receivers or retention, which are the operator's own."""
    assert {listed for listed, _, _ in entries_of(pack.name)} <= set(PACKED)


async def test_a_packs_own_tests_hold_alone(pack: Pack) -> None:
    """Where no other pack's rule is in force."""
    results = [await run_test(one, pack.judging) for one in pack.configuration.tests]
    assert results
    assert [(one.name, one.problems) for one in results if not one.passed] == []


def test_every_rule_is_known_to_speak(pack: Pack) -> None:
    """Some test of the pack expects it."""
    expected = {one.rule for rule_test in pack.configuration.tests for one in rule_test.expect}
    assert expected == {rule.id for rule in pack.configuration.rules if not isinstance(rule, SourceRule)}


def test_every_rule_is_known_to_be_silent(pack: Pack) -> None:
    """Some test of the pack sets it off with what is only like what it looks for."""
    tests = pack.configuration.tests
    rules = [rule for rule in pack.configuration.rules if not isinstance(rule, SourceRule)]
    untried = [rule.id for rule in rules if not any(is_left_alone(rule, one, pack.judging) for one in tests)]
    assert untried == []


def test_every_rule_says_what_it_is_for(pack: Pack) -> None:
    """In a sentence."""
    assert all(rule.description.endswith(".") for rule in pack.configuration.rules)


def test_the_page_on_packs_names_every_rule(pack: Pack) -> None:
    """Under the pack's own heading, and keys that its sources need."""
    page = (FOLDER.parents[1] / "docs" / "packs.md").read_text(encoding="utf-8")
    section = page.partition(f"\n## {pack.name}\n")[2].partition("\n## ")[0]
    lacking = {word for source in pack.configuration.sources for word in source.missing({}).split()[:1]}
    named = {*lacking, *(rule.id for rule in pack.configuration.rules)}
    assert {one for one in named if f"`{one}`" not in section} == set()


def test_no_publisher_is_asked_faster_than_its_kind_allows(pack: Pack) -> None:
    """A kind's own interval is within its publisher's limits; no pack asks more often."""
    hasty = [
        source.id
        for source in pack.configuration.sources
        if source.every < type(source).model_fields["every"].default
    ]
    assert hasty == []


def test_every_address_is_secure(pack: Pack) -> None:
    """Nobody is asked over plain http who can be asked otherwise."""
    plain = {one for one in addresses(list(pack.configuration.sources)) if not one.startswith("https://")}
    assert plain <= WITHOUT_CERTIFICATE


def test_packs_share_entries_word_for_word_or_not_at_all() -> None:
    """Of an id that stands in two packs either one may be taken, so that both must say the same."""
    seen: dict[tuple[str, str], Any] = {}
    for name in PACKS:
        for listed, known, entry in entries_of(name):
            assert seen.setdefault((listed, known), entry) == entry, f"{listed} {known} differs in {name}"


async def test_all_packs_work_together(tmp_path: Path) -> None:
    """Together they bring what each brings alone, once, and their tests hold as before."""
    folder = written(tmp_path, all=f"packs: [{', '.join(PACKS)}]\n{SOMEONE}")
    together = load(folder, {})
    assert together.warnings == ()
    for listed, found in (("sources", together.sources), ("rules", together.rules)):
        named = {known for name in PACKS for of, known, _ in entries_of(name) if of == listed}
        assert {one.id for one in found} == named
    judging = build_judging(together, {})
    results = [await run_test(one, judging) for one in together.tests]
    assert [(one.name, one.problems) for one in results if not one.passed] == []


def test_calls_that_are_counted_by_the_day_last_for_the_day(shelf: dict[str, Pack]) -> None:
    """Sources without a key share a publisher's daily calls; all packs together use at most half of them."""
    sources = {one.id: one for pack in shelf.values() for one in pack.configuration.sources}
    assert calls_in_a_day(sources.values(), "courtlistener") <= 100 / 2
    assert calls_in_a_day(sources.values(), "comtrade") <= 250 / 2


def calls_in_a_day(sources: Any, kind: str) -> float:
    """Calls of all sources of a kind: at each poll one for what is new, and one for each thing asked for."""
    return sum(
        (DAY / source.every) * (1 + len(getattr(source, "discover", ())))
        for source in sources
        if isinstance(source, SourceConfig) and getattr(source, "type", "") == kind
    )
