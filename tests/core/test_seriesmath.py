"""Statistics of a series, against computations of their own by the standard library."""

import math
import statistics

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerter.core.periods import Period, parse_period
from alerter.core.seriesmath import (
    BASE_LEAST,
    HISTORY_LEAST,
    change_pct,
    comparable,
    compared_with,
    log_change,
    predecessor,
    robust_z,
    trailing_mean,
    usual_z,
)

VALUES = st.floats(0.1, 1e6)


def month(text: str) -> Period:
    """The period of that name."""
    period = parse_period(text)
    assert period is not None
    return period


def points(**values: float) -> dict[Period, float]:
    """Points by names like `m2025_05`, or `m2025_01_02` for January and February together."""
    named = {}
    for name, value in values.items():
        year, first, *last = name[1:].split("_")
        named[month(f"{year}-{first}" + (f"..{year}-{last[0]}" if last else ""))] = value
    return named


def run(values: list[float], *, last: str = "2025-05") -> dict[Period, float]:
    """A gapless run of months that ends with `last`, January and February taken together."""
    end = month(last).first
    months = {Period(end - len(values) + 1 + n): value for n, value in enumerate(values)}
    return comparable(months, month(last))


def test_january_and_february_count_only_together() -> None:
    """Their sum stands for both, a published figure wins over it, and one alone is left out."""
    may = month("2025-05")
    known = points(m2024_01=3, m2024_02=4, m2024_12=9, m2025_01=5, m2023_02=8, m2023_01_02=7)
    assert comparable(known, may) == points(m2023_01_02=7, m2024_01_02=7, m2024_12=9)
    assert comparable(points(m2024_01=3, m2024_02=4, m2024_01_02=9), may) == points(m2024_01_02=9)


def test_quarters_and_years_are_compared_with_their_like() -> None:
    """Points of another frequency are left out."""
    known = {month("2025-Q1"): 1.0, month("2025-05"): 2.0, month("2025"): 3.0}
    assert comparable(known, month("2024-Q3")) == {month("2025-Q1"): 1.0}
    assert comparable(known, month("2024")) == {month("2025"): 3.0}


def test_a_month_is_compared_with_a_year_before_or_the_one_before() -> None:
    """March follows January and February together, and they follow December."""
    known = points(m2024_03=1, m2024_12=2, m2025_01_02=3, m2025_03=4)
    assert compared_with(known, month("2025-03"), "yoy") == month("2024-03")
    assert compared_with(known, month("2025-03"), "mom") == month("2025-01..2025-02")
    assert predecessor(known, month("2025-01..2025-02")) == month("2024-12")
    assert predecessor(known, month("2024-12")) is None


def test_unlike_lengths_are_compared_by_the_month() -> None:
    """Half of two months is one month's rate; nothing is split."""
    known = points(m2024_12=50, m2025_01_02=80, m2025_03=20)
    assert change_pct(known, month("2025-01..2025-02"), "mom") == pytest.approx(-20)
    assert change_pct(known, month("2025-03"), "mom") == pytest.approx(-50)


@pytest.mark.parametrize("base", [0.0, -5.0])
def test_there_is_no_change_from_nothing(base: float) -> None:
    """Without a base above zero no percentage has a meaning."""
    known = points(m2024_05=base, m2025_05=3)
    assert change_pct(known, month("2025-05")) is None
    assert log_change(known, month("2025-05")) is None
    assert change_pct(points(m2025_05=3), month("2025-05")) is None


def test_a_fall_to_zero_is_minus_infinity_in_logarithms() -> None:
    """Nothing exported is -100 %, and a negative value has no logarithm."""
    known = points(m2024_05=8, m2025_05=0)
    assert change_pct(known, month("2025-05")) == -100
    assert log_change(known, month("2025-05")) == -math.inf
    assert log_change(points(m2024_05=8, m2025_05=-1), month("2025-05")) is None


@given(st.lists(st.floats(-50, 50), min_size=1, max_size=40), st.floats(-50, 50))
def test_robust_z_is_the_distance_from_the_median_in_scaled_mads(history: list[float], value: float) -> None:
    """It equals (x - median)/(MAD/0.6745) computed by other means, up to rounding of the constant."""
    middle = statistics.quantiles([*history, *history], n=2, method="inclusive")[0]
    mad = sorted(abs(one - middle) for one in history)
    spread = (mad[(len(mad) - 1) // 2] + mad[len(mad) // 2]) / 2
    found = robust_z(value, history)
    if spread > 1e-9:
        assert found == pytest.approx(0.6745 * (value - middle) / spread, rel=1e-3, abs=1e-6)


def test_without_spread_any_departure_is_infinite() -> None:
    """A history that never moved makes no departure usual; to stay is usual."""
    assert robust_z(1.0, [1.0, 1.0]) == 0
    assert robust_z(0.9, [1.0, 1.0]) == -math.inf
    assert robust_z(1.1, [1.0, 1.0, 1.0]) == math.inf


def test_robust_z_equals_the_normal_deviate_on_normal_history() -> None:
    """On a normal sample the robust z is close to the classical one (the point of the constant)."""
    sample = statistics.NormalDist(0.1, 0.2).samples(20_000, seed=7)
    assert robust_z(-0.5, sample) == pytest.approx((-0.5 - 0.1) / 0.2, rel=0.03)


def test_usual_z_looks_at_the_log_changes_of_the_24_months_before() -> None:
    """It equals the same computed by hand over the run, the judged month itself left out."""
    values = [100 + (n * 37) % 23 for n in range(36)] + [20.0]
    known = run([float(value) for value in values])
    may = month("2025-05")
    before = [one for one in known if month("2023-05").first <= one.first and one.end <= may.first]
    logs = [math.log(known[one] / known[one.shifted(-12)]) for one in before]
    spread = 1.4826 * statistics.median(abs(one - statistics.median(logs)) for one in logs)
    expected = (math.log(known[may] / known[may.shifted(-12)]) - statistics.median(logs)) / spread
    assert len(before) == 22
    assert usual_z(known, may) == pytest.approx(expected)


@pytest.mark.parametrize(("missing", "known"), [(0, True), (6, True), (8, False), (24, False)])
def test_too_little_history_gives_no_z(missing: int, known: bool) -> None:
    """Three quarters of the 24 months must be known."""
    found = usual_z(run([100.0 + n % 5 for n in range(37 - missing)]), month("2025-05"))
    assert (found is not None) is known
    assert HISTORY_LEAST == 18


def test_a_month_that_fell_to_zero_is_no_measure_of_the_usual() -> None:
    """Infinite changes in the history are left out."""
    known = run([100.0 + n % 5 for n in range(36)] + [50.0])
    known[month("2025-03")] = 0.0
    found = usual_z(known, month("2025-05"))
    assert found is not None
    assert math.isfinite(found)


@pytest.mark.parametrize(("count", "known"), [(13, True), (7, True), (6, False), (1, False)])
def test_the_base_is_the_mean_month_of_the_year_before(count: int, known: bool) -> None:
    """The judged month does not count; half of the twelve must be known."""
    mean = trailing_mean(run([12.0] * (count - 1) + [0.0], last="2025-12"), month("2025-12"))
    assert mean == (12 if known else None)
    assert BASE_LEAST == 6


@given(st.dictionaries(st.integers(24000, 24060), VALUES), st.integers(24000, 24060))
def test_changes_agree_with_their_logarithms(values: dict[int, float], at: int) -> None:
    """Wherever a year-on-year change exists, exp(log change) is its ratio; nothing ever fails."""
    known = comparable({Period(first): value for first, value in values.items()}, Period(24000))
    period = max(known, default=None)
    usual_z(known, period) if period else None
    trailing_mean(known, Period(at))
    change = change_pct(known, period) if period else None
    if period and change is not None:
        log = log_change(known, period)
        assert log is not None
        assert 100 * math.expm1(log) == pytest.approx(change, abs=1e-6, rel=1e-6)
