"""Quantities: wordings of numbers, with what each counts decided before the reader saw it."""

import pytest

from alerter.reading import Lexicon
from alerter.reading.numbers.quantities import quantities
from alerter.reading.tokens import tokenise

LEXICON = Lexicon.build()

# (text, [(kind, value, unit, bound)])
QUANTITIES = [
    # percentages
    ("fell forty-two per cent", [("pct", 42, "pct", "exact")]),
    ("rose seven percent", [("pct", 7, "pct", "exact")]),
    ("rose 0.5 pct", [("pct", 0.5, "pct", "exact")]),
    ("fell 10-15 per cent", [("pct", 10, "pct", "at_least"), ("pct", 15, "pct", "at_most")]),
    ("fell between 10 and 15 per cent", [("pct", 10, "pct", "at_least"), ("pct", 15, "pct", "at_most")]),
    ("rose 3 to 4 tonnes", [("level", 3, "t", "at_least"), ("level", 4, "t", "at_most")]),
    ("rates rose 25 basis points", []),
    ("up 3 percentage points", []),
    ("fell 30% or more", [("pct", 30, "pct", "at_least")]),
    # changes said in a word
    ("rose sevenfold", [("change", 600, None, "exact")]),
    ("rose 7 fold", [("change", 600, None, "exact")]),
    ("rose nearly tenfold", [("change", 900, None, "approx")]),
    ("2.4 times as much", [("times", 2.4, None, "exact")]),
    ("three times higher", [("change", 200, None, "exact")]),
    ("met three times in May", []),
    ("it quadrupled", [("change", 300, None, "exact")]),
    ("a double-digit rise", []),
    ("double standards", []),
    # fractions
    ("cut by half", [("pct", 50, "pct", "exact")]),
    ("fell by two-thirds", [("pct", 66.7, "pct", "exact")]),
    ("fell about a quarter", [("pct", 25, "pct", "approx")]),
    ("in the third quarter", []),
    ("a third of buyers", []),
    ("for a third month", []),
    ("the second half", []),
    ("Third as of a", []),
    # parts of a scale
    ("half a million tonnes", [("level", 5e5, "t", "exact")]),
    ("about half a million tonnes", [("level", 5e5, "t", "approx")]),
    ("half million tonnes", [("level", 5e5, "t", "exact")]),
    ("nearly a half million tonnes", [("level", 5e5, "t", "approx")]),
    ("some three quarters of a million tonnes", [("level", 7.5e5, "t", "approx")]),
    ("a million tonnes", [("level", 1e6, "t", "exact")]),
    # digits of other scripts and shapes
    ("fell \u0662\u0665 per cent", [("pct", 25, "pct", "exact")]),
    ("\u2786 per cent", [("pct", 7, "pct", "exact")]),
    ("\u2776tonnes", [("level", 1, "t", "exact")]),
    # money
    ("for 3 million dollars", [("level", 3e6, "usd", "exact")]),
    ("cost 40 euros", [("level", 40, "eur", "exact")]),
    ("worth $1.2bn", [("level", 1.2e9, "usd", "exact")]),
    ("worth over $5 billion", [("level", 5e9, "usd", "at_least")]),
    ("worth \u00a3458.9 million", [("level", 458.9e6, "gbp", "exact")]),
    ("Rs. 106.45 crore", [("level", 106.45e7, "inr", "exact")]),
    ("Rs 5 lakh", [("level", 5e5, "inr", "exact")]),
    ("USD 300", [("level", 300, "usd", "exact")]),
    ("2 trillion yen", [("level", 2e12, "jpy", "exact")]),
    ("$10,710 a ton", [("level", 10710, "usd_per_t", "exact")]),
    ("$15.50 per pound", [("level", 15.5, "usd_per_lb", "exact")]),
    ("$4,087.70 an ounce", [("level", 4087.7, "usd_per_oz", "exact")]),
    ("$400 per mtu", [("level", 400, "usd_per_mtu", "exact")]),
    ("\u20ac20/kg", [("level", 20, "eur_per_kg", "exact")]),
    # mass and counts
    ("1,238 metric tons", [("level", 1238, "t", "exact")]),
    ("1,238 mt", [("level", 1238, "t", "exact")]),
    ("270Mt", [("level", 270e6, "t", "exact")]),
    ("82 kt", [("level", 82e3, "t", "exact")]),
    ("two million tonnes", [("level", 2e6, "t", "exact")]),
    ("350 kg", [("level", 350, "kg", "exact")]),
    ("400,000 barrels", [("level", 4e5, "bbl", "exact")]),
    ("35 slots a day", [("level", 35, "ships_per_day", "exact")]),
    ("24 vessels per day", [("level", 24, "ships_per_day", "exact")]),
    ("24 vessels in all", []),
    ("16 million cubic metres", [("level", 16e6, "m3", "exact")]),
    ("9 cubic miles", []),
    ("a wall 5 m high", []),
    ("some 1,200 cars", [("level", 1200, "units", "approx")]),
    ("\u0661\u0662 tonnes", [("level", 12, "t", "exact")]),
    # numbers that count nothing known
    ("twenty students", []),
    ("in 2025", []),
    ("flight 714", []),
]


@pytest.mark.parametrize(("text", "expected"), QUANTITIES)
def test_a_number_counts_what_its_words_say(
    text: str, expected: list[tuple[str, float, str | None, str]]
) -> None:
    """Kind, value, unit and bound are those of the words around the number."""
    marked = LEXICON.mark(tokenise(text, ""))
    found = quantities(marked, 0, len(marked.words))
    assert [(q.kind, q.unit, q.bound) for q in found] == [(k, u, b) for k, _, u, b in expected]
    assert [q.value for q in found] == pytest.approx([value for _, value, _, _ in expected])


SIGNED = [("\u221274 %", -1), ("- 74 %", -1), ("minus 74 %", -1), ("+74 %", 1), ("plus 74 %", 1), ("74 %", 0)]


@pytest.mark.parametrize(("text", "sign"), SIGNED)
def test_a_figure_may_carry_its_sign(text: str, sign: int) -> None:
    """Signs and the words for them tell falls from rises."""
    marked = LEXICON.mark(tokenise(f"exports: {text}", ""))
    (quantity,) = quantities(marked, 0, len(marked.words))
    assert quantity.sign == sign
