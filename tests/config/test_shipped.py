"""The folder that ships as config/ works as it is, and its own rule tests hold."""

from datetime import timedelta
from pathlib import Path

import pytest

from alerter.assembly import Judging, build_judging
from alerter.config import Configuration, RuleTest, environment_warnings, load
from alerter.config.packs import pack_ids
from alerter.rules.absence import AbsenceRule
from alerter.rules.base import SourceRule
from alerter.ruletest import run_test
from alerter.settings import Settings

FOLDER = Path(__file__).parents[2] / "config"
SHIPPED = load(FOLDER, {})


@pytest.fixture(scope="module")
def judging() -> Judging:
    """What judges by it; each test keeps its own history."""
    return build_judging(SHIPPED, {})


@pytest.fixture
def shipped() -> Configuration:
    """The configuration, read in a bare environment."""
    return SHIPPED


def test_it_loads_with_nothing_to_remark_upon(shipped: Configuration) -> None:
    """Every series, source and matter that a rule names is there."""
    assert shipped.warnings == ()


def test_every_pack_is_switched_on(shipped: Configuration) -> None:
    """The folder shows all that ships; whoever needs less takes lines away."""
    assert sorted(shipped.packs) == pack_ids()


def test_a_source_that_falls_silent_is_told(shipped: Configuration) -> None:
    """Its own rules watch every source for failures, and the news feeds for silence."""
    rules = [rule for rule in shipped.rules if isinstance(rule, SourceRule)]
    named = [source.id for source in shipped.sources]
    assert all(any(rule.watches(one, named) for rule in rules) for one in named)
    assert any(
        rule.watches("bbc-world", named) and not rule.states
        for rule in rules
        if isinstance(rule, AbsenceRule)
    )


def test_someone_is_told_in_a_bare_environment(shipped: Configuration) -> None:
    """The console is the fallback of the one receiver."""
    told = [warning.message for warning in environment_warnings(shipped, Settings())]
    assert not [message for message in told if message.startswith("receiver")]
    assert [receiver.id for receiver in shipped.receivers] == ["everyone"]


def test_alerts_leave_within_seconds(shipped: Configuration) -> None:
    """The wait for companions is at most five seconds, and some route takes every alert."""
    assert all(route.group_wait <= timedelta(seconds=5) for route in shipped.routes)
    assert any(not route.match for route in shipped.routes)


def test_publishers_are_asked_with_patience(shipped: Configuration) -> None:
    """Nobody is asked more often than every ten minutes, and nobody over plain http."""
    assert all(source.every >= timedelta(minutes=10) for source in shipped.sources)
    addresses = [getattr(source, "url", None) or "https://" for source in shipped.sources]
    assert all(address.startswith("https://") for address in addresses)


def test_every_rule_has_a_test_that_expects_it(shipped: Configuration) -> None:
    """A rule that no test ever fires is not known to work; those that watch sources need no signal."""
    expected = {one.rule for rule_test in shipped.tests for one in rule_test.expect}
    assert expected == {rule.id for rule in shipped.rules if not isinstance(rule, SourceRule)}


@pytest.mark.parametrize("rule_test", SHIPPED.tests, ids=lambda one: one.name)
async def test_its_rule_tests_hold(judging: Judging, rule_test: RuleTest) -> None:
    """The same as `alerter test`, one by one."""
    result = await run_test(rule_test, judging)
    assert result.problems == ()
