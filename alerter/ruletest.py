"""The configuration's own unit tests: signals in, exactly these alerts out.

`expect` is exhaustive over what is pending or firing at the test's time; an expected label set matches any
alert that has at least those labels. Resolved alerts count where they are expected by `state: resolved`.
`rules` keeps a test to the alerts of some rules.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from alerter.assembly import Judging
from alerter.config import Expectation, RuleTest
from alerter.core.alert import Alert
from alerter.replay import Replay, time_of


@dataclass(frozen=True, slots=True)
class RuleTestResult:
    """How a rule test ended; `problems` are sentences, none of them = passed."""

    name: str
    problems: tuple[str, ...]

    @property
    def passed(self) -> bool:
        """Did all that was expected happen, and nothing else?"""
        return not self.problems


async def run_test(test: RuleTest, judging: Judging) -> RuleTestResult:
    """Replay the test's signals and compare what stands at its time with what it expects."""
    history = Replay(judging)
    for signal in sorted(test.signals, key=time_of):
        await history.feed(signal)
    await history.move_to(test.at)
    alerts = [one for one in await history.alerts() if test.rules is None or one.rule in test.rules]
    return RuleTestResult(test.name, tuple(compare(test.expect, alerts)))


def compare(expected: Sequence[Expectation], alerts: Sequence[Alert]) -> list[str]:
    """What is missing and what is too much, in sentences. Each alert meets at most one expectation."""
    left = sorted(alerts, key=lambda alert: (alert.starts_at, alert.rule, alert.fingerprint))
    missing = []
    # The most specific expectations choose first, so that a loose one does not take their alert.
    for one in sorted(expected, key=lambda e: -len(e.labels)):
        met = next((alert for alert in left if _meets(alert, one)), None)
        if met:
            left.remove(met)
        else:
            missing.append(one)
    return [
        *(f"expected {_words(one.rule, one.state, one.labels)}, but it is not there" for one in missing),
        *(
            f"not expected: {_words(one.rule, one.state, one.labels)} ({one.summary})"
            for one in left
            if one.active
        ),
    ]


def _meets(alert: Alert, expected: Expectation) -> bool:
    if alert.rule != expected.rule or alert.state != expected.state:
        return False
    return all(alert.labels.get(name, "") == value for name, value in expected.labels.items())


def _words(rule: str, state: str, labels: dict[str, str]) -> str:
    named = " ".join(f"{name}={value}" for name, value in sorted(labels.items()))
    return f"{rule} {state} {{{named}}}" if named else f"{rule} {state}"
