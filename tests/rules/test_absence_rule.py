"""Absence rules: which silence they call one, and what they say of it."""

from datetime import timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from alerter.core.health import SourceHealth
from alerter.rules.absence import AbsenceRule
from tests.support.signals import NOON

HOUR = timedelta(hours=1)


def rule(**fields: Any) -> AbsenceRule:
    """A rule that allows a day of silence."""
    return AbsenceRule.model_validate({"id": "quiet", "type": "absence", "for": "24h", **fields})


def health(heard: float | None = None, *, state: str = "ok", ok: float = 0, **fields: Any) -> SourceHealth:
    """A source that was last heard and last polled well so many hours ago; watched for a hundred hours."""
    given = {
        "source": "wire",
        "state": state,
        "watched_since": NOON - 100 * HOUR,
        "last_signal_at": None if heard is None else NOON - heard * HOUR,
        "last_success_at": NOON - ok * HOUR,
    }
    return SourceHealth.model_validate({**given, **fields})


@pytest.mark.parametrize(
    ("seen", "holds", "summary"),
    [
        (health(23.9), False, "wire is heard again"),
        (
            health(24),
            True,
            "wire answers, and lists nothing new - no new signal for 24 h; threshold: 1d",
        ),
        (
            health(),
            True,
            "wire answers, and lists nothing new - no new signal for 100 h; threshold: 1d",
        ),
        (
            health(30, state="failing", ok=1, last_error="wire.example failed (500)"),
            True,
            "wire is failing (wire.example failed (500)) - no new signal for 30 h; threshold: 1d",
        ),
        (
            health(30, overdue=("m: May was expected by 2025-06-01",)),
            True,
            "wire is overdue (m: May was expected by 2025-06-01) - no new signal for 30 h; threshold: 1d",
        ),
    ],
)
def test_silence_counts_from_the_last_signal(seen: SourceHealth, holds: bool, summary: str) -> None:
    """Whatever its reason, which is named; one that never brought anything counts from its first poll."""
    verdict = rule().watch(seen, NOON)
    assert verdict is not None
    assert (verdict.holds, verdict.summary) == (holds, summary)
    assert (verdict.labels, verdict.threshold, verdict.unit) == ({"source": "wire"}, 24, "h")


@pytest.mark.parametrize(
    ("seen", "holds"),
    [
        (health(99, state="failing", ok=25), True),
        (health(99, state="failing", ok=23), False),
        (health(99, state="blocked", ok=25), True),
        (health(99, ok=99), False),
        (health(99, state="unconfigured", last_success_at=None), True),
    ],
)
def test_states_count_from_the_last_success(seen: SourceHealth, holds: bool) -> None:
    """With `states` a source that answers is never absent, however silent it is."""
    verdict = rule(states=["failing", "blocked", "unconfigured"]).watch(seen, NOON)
    assert verdict is not None
    assert verdict.holds is holds
    if seen.state == "failing":
        assert (verdict.figure_text or "").endswith(" h without a usable answer")


@pytest.mark.parametrize(
    ("state", "summary"),
    [("ok", "wire is heard again"), ("blocked", "wire is blocked now"), ("failing", "wire is failing now")],
)
def test_leaving_one_bad_state_for_another_is_no_good_news(state: str, summary: str) -> None:
    """An alert about stale sources ends when one fails, and says why."""
    verdict = rule(states=["stale"]).watch(health(99, state=state), NOON)
    assert verdict is not None
    assert (verdict.holds, verdict.summary) == (False, summary)


@pytest.mark.parametrize(
    ("allowed", "heard", "figure"),
    [
        ("10s", 15 / 3600, "15 s"),
        ("10s", 59.9 / 3600, "59 s"),
        ("5m", 5.5 / 60, "5.5 min"),
        ("90m", 1.52, "1.5 h"),
        ("2d", 48.01, "48 h"),
    ],
)
def test_the_figure_fits_the_threshold(allowed: str, heard: float, figure: str) -> None:
    """In the unit that tells it, and never rounded to what would not have been too long."""
    verdict = rule(**{"for": allowed}).watch(health(heard), NOON)
    assert verdict is not None
    assert verdict.figure_text == f"{figure} without a new signal"


def test_a_source_that_is_seen_in_part_counts_from_when_it_was_first() -> None:
    """It answers, so its last success is now: what is missing has been so for longer."""
    seen = health(1, unseen=("no list is called X",), unseen_since=NOON - 25 * HOUR)
    verdict = rule(states=["failing"]).watch(seen, NOON)
    assert verdict is not None
    assert verdict.holds
    assert verdict.summary.startswith("wire is failing (no list is called X) - no usable answer for 25 h")


def test_a_silence_that_is_unusual_can_be_asked_for() -> None:
    """`states: [stale]` leaves it to what the source's cadence makes of its silence."""
    stale = rule(states=["stale"]).watch(health(99, cadence=HOUR), NOON)
    usual = rule(states=["stale"]).watch(health(99, cadence=72 * HOUR), NOON)
    assert (stale and stale.holds, usual and usual.holds) == (True, False)


def test_nothing_is_said_of_a_source_that_was_never_polled() -> None:
    """It has not had the chance to be heard."""
    assert rule().watch(SourceHealth(source="wire"), NOON) is None


@pytest.mark.parametrize(
    ("sources", "source", "watched"),
    [
        (("*",), "wire", True),
        (("wi*",), "wire", True),
        (("wi*",), "other", False),
        (("*",), "pushed", False),
        (("pushed",), "pushed", True),
    ],
)
def test_sources_are_named_in_full_or_by_their_beginning(
    sources: tuple[str, ...], source: str, watched: bool
) -> None:
    """A source that only pushes is watched only where its whole id stands."""
    assert rule(sources=sources).watches(source, {"wire", "other"}) is watched


def test_alerts_are_one_a_source() -> None:
    """`per` has nothing to choose."""
    with pytest.raises(ValidationError, match="one a source"):
        rule(per=["outlet"])
    assert rule(per=["source"]).grouping == ("source",)
