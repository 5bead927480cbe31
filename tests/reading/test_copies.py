"""Copies: openings that are reprinted are recognised, templates and chance likeness are not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerter.core.reading import Sketch
from alerter.reading.copies import FEWEST, are_copies, likeness, sketch_of

WIRE = (
    "China's customs service said on Saturday that shipments of rare-earth magnets fell by 74 percent in "
    "May from a year earlier to 1,238 tonnes, the least since February 2020, after Beijing put seven "
    "elements under licence in April. Car makers in Europe and Japan stopped lines for want of parts, and "
    "suppliers say that applications take longer than the 45 days that the ministry names. Talks go on soon."
)
PRICES = (
    "Copper for delivery in three months closed at $9,{0} a tonne on the London Metal Exchange on {1}, while "
    "tin ended at $32,{2} and nickel at $15,{3}; stocks in its warehouses stood at 10{4},000 tonnes."
)


def sketch(text: str) -> Sketch:
    """The sketch of a text that is long enough."""
    made = sketch_of(text)
    assert made
    return made


@pytest.mark.parametrize(
    "reprint",
    [
        WIRE,
        WIRE.upper(),
        "SHANGHAI (Wire) - " + WIRE,
        " ".join(WIRE.split()[:45]) + " ...",
        WIRE.replace("Car makers", "Carmakers").replace("Saturday", "June 21"),
        WIRE + " More to follow. " * 40,
    ],
)
def test_a_reprint_is_a_copy(reprint: str) -> None:
    """Cut, in capitals, with a dateline, lightly edited, or continued."""
    one, other = sketch(WIRE), sketch(reprint)
    assert are_copies(one, other)
    assert set(one.bands) & set(other.bands)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (PRICES.format(540, "Monday", 100, 210, 5), PRICES.format(655, "Monday", 480, 333, 4)),
        (
            WIRE,
            WIRE.replace("74", "12").replace("1,238", "5,120").replace("2020", "2019").replace("45", "30"),
        ),
        (WIRE, PRICES.format(540, "Monday", 100, 210, 5)),
    ],
)
def test_other_figures_are_no_copy(one: str, other: str) -> None:
    """A template that is filled anew tells something new, however alike the words are."""
    assert not are_copies(sketch(one), sketch(other))


def test_a_reprint_in_chinese_is_a_copy() -> None:
    """Each character is a word of its own."""
    text = "海关总署今天公布的数据显示五月份稀土永磁体出口同比下降百分之七十四业内人士表示许可证审批仍然缓慢"
    assert are_copies(sketch(text), sketch(text + "下周继续谈判"))


def test_a_short_text_has_no_sketch() -> None:
    """It would be like many others by chance."""
    assert sketch_of("rare earths " * (FEWEST // 2 - 1)) is None


@given(st.text(max_size=400), st.text(max_size=400))
def test_likeness_is_a_pure_symmetric_share(one: str, other: str) -> None:
    """Whatever the texts: between 0 and 1, the same either way, 1 with itself."""
    first, second = sketch_of(one), sketch_of(other)
    assert first == sketch_of(one)
    if first and second:
        assert likeness(first, second) == likeness(second, first)
        assert 0 <= likeness(first, second) <= 1
        assert are_copies(first, first)
