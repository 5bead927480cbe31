"""When a claim holds: sentences of our own, with the period of each figure decided beforehand."""

import pytest

from tests.reading.support_reading import read

# (sentence, periods of its claims, in order); published on 2025-06-09, a Monday
HELD = [
    ("China's magnet exports fell 9% in April and fell 5% in May", ["2025-04", "2025-05"]),
    ("In April China's magnet exports fell 9%, in May they fell 5%", ["2025-04", "2025-05"]),
    ("In May China's magnet exports fell 9% and its tungsten exports fell 5%", ["2025-05", "2025-05"]),
    ("China's magnet exports fell 9% to 5,000 tonnes in May", ["2025-05"]),
    ("China's magnet exports fell 9% in May to 5,000 tonnes", ["2025-05"]),
    ("China's magnet exports fell 9% last month", ["2025-05"]),
    ("China's magnet exports fell 9% last year", ["2024"]),
    ("China's magnet exports were 9% lower than last year", [None]),
    ("China's magnet exports have fallen 9% so far this year", ["2025-01..2025-05"]),
    ("China's magnet exports fell 9% in the year to date", ["2025-01..2025-05"]),
    ("China's magnet exports fell 9% last quarter", ["2025-Q1"]),
    ("China's magnet exports fell 9%, customs said on Saturday", [None]),
    ("China's magnet exports fell 9% to 5,000 t in May, the lowest in 2025", ["2025-05"]),
    ("Magnet exports in May were 2.4 times as much as in May 2024", ["2025-05"]),
    ("Copper rose 2% to $9,800 a tonne on Friday", ["2025-06"]),
    ("China's magnet exports fell 9% to 5,000 t in May, the lowest in 2025", ["2025-05"]),
    ("Magnet exports in May were 2.4 times as much as in May 2024", ["2025-05"]),
    ("Copper rose 2% to $9,800 a tonne last week", ["2025-06"]),
    ("Copper was quoted at $9,800 a tonne", ["2025-06"]),
    ("Copper averaged $9,800 a tonne in March", ["2025-03"]),
    ("December copper futures were at $9,800 a tonne", ["2025-06"]),
    ("Rice exporters must observe a floor price of $490 a tonne", [None]),
    ("Lithium prices could fall 20% by December, while copper should hold $9,000 a tonne", ["2025-12", None]),
    ("The EU will levy a 25% tariff on Chinese steel from 1 August", ["2025-08"]),
    ("The EU's 25% tariff on Chinese steel took effect on Friday", ["2025-06"]),
    ("The EU said on Friday it would levy a 25% tariff on Chinese steel", [None]),
]


@pytest.mark.parametrize(("sentence", "held"), HELD)
def test_each_figure_holds_in_its_own_period(sentence: str, held: list[str | None]) -> None:
    """The period beside a figure is its own; one in front serves them all; a day is that of a price."""
    assert [claim.period for claim in read(sentence).claims] == held


def test_a_sentence_takes_over_the_period_of_the_one_before() -> None:
    """Trade figures hold when the text last said; what is only imagined holds at no time of it."""
    said = read("Magnets", "China's magnet exports fell 9% in May. Exports to Japan fell 4%.").claims
    assert [claim.period for claim in said] == ["2025-05", "2025-05"]
    since = read(
        "Magnets", "China's magnet exports fell 9% in May. The total since January is 20,000 tonnes."
    )
    assert [claim.period for claim in since.claims] == ["2025-05", "2025-01..2025-05"]


def test_a_price_takes_over_no_period_of_another_measure() -> None:
    """A mine's closure in October dates no price."""
    said = read("Miner to close pit in October", "Nickel stood at $16,700 a tonne.").claims
    assert [claim.period for claim in said] == ["2025-06"]
