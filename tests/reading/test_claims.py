"""Claims: sentences of our own, with what each states decided before the reader saw it."""

import pytest

from tests.reading.support_reading import figure, figures, read

# (sentence, metric, change, value, unit)
FIGURES = [
    ("China's rare earth exports fell 34 % in May", "exports", -34, None, None),
    ("China's rare earth exports fell by 34 per cent in May", "exports", -34, None, None),
    ("Chinese exports of antimony plunged more than 80% in April", "exports", -80, None, None),
    (
        "Exports to the United States dropped 34.5% year on year, Chinese customs said",
        "exports",
        -34.5,
        None,
        None,
    ),
    ("Exports of magnets from China were down 74 % y/y to 1,238 t", "exports", -74, 1238, "t"),
    ("Rare earth exports from China: +23 % m/m in May", "exports", 23, None, None),
    ("China's magnet exports: −74 % y/y", "exports", -74, None, None),
    ("Japan's imports of gallium rose 12.5 percent from a year earlier", "imports", 12.5, None, None),
    ("Chile's copper output slipped 3% in March", "production", -3, None, None),
    ("Peruvian copper production was 4.1% higher than a year before", "production", 4.1, None, None),
    ("Tungsten prices have doubled since January", "price", 100, None, None),
    ("Antimony prices more than tripled last year", "price", 200, None, None),
    ("China's graphite exports halved in December", "exports", -50, None, None),
    ("Indian rice exports jumped by a third in May", "exports", 33.3, None, None),
    ("Exports of Indonesian nickel shrank by two-thirds", "exports", -66.7, None, None),
    ("Germany's imports of magnesium fell by a quarter", "imports", -25, None, None),
    ("Copper inventories in Shanghai dropped 9% last week", "inventory", -9, None, None),
    ("Zambia's copper output rose to 82,000 tonnes in April", "production", None, 82000, "t"),
    ("China exported 4,785 tonnes of rare earths in April", "exports", None, 4785, "t"),
    ("Vietnam exported 1.2 kt of tungsten last year", "exports", None, 1200, "t"),
    ("China exported 350 kg of germanium in May", "exports", None, 350, "kg"),
    ("Lithium carbonate prices fell to $9,100 a tonne", "price", None, 9100, "usd_per_t"),
    ("Cobalt price hits $15.50 per pound", "price", None, 15.5, "usd_per_lb"),
    ("Kazakhstan's uranium production rose 10% to 23,270 tonnes", "production", 10, 23270, "t"),
    ("The EU imposed a 48% tariff on Chinese graphite", "tariff", None, 48, "pct"),
    ("Washington will put a 25 percent duty on Mexican steel", "tariff", None, 25, "pct"),
    ("Steel exports from Turkey grew 6.4% in the first quarter", "exports", 6.4, None, None),
    ("Shipments of magnets from China to Germany climbed 28%", "exports", 28, None, None),
    ("Bauxite exports from Guinea increased by 36 % in the first half", "exports", 36, None, None),
    ("Myanmar's tin concentrate exports are 41% below last year's level", "exports", -41, None, None),
    ("Imports of Russian uranium tumbled almost 60%", "imports", -60, None, None),
    ("Congo capped cobalt shipments with a quota of 18,125 tonnes", "quota", None, 18125, "t"),
    ("Brazil's soybean exports soared 19 pct in May", "exports", 19, None, None),
    ("Gallium exports slumped by over 47% in May, Chinese customs said", "exports", -47, None, None),
    ("A 52.9% fall in magnet exports from China was recorded in May", "exports", -52.9, None, None),
    ("Magnesium exports out of China saw a decline of 6.1%", "exports", -6.1, None, None),
    ("South African platinum output contracted 7.2%", "production", -7.2, None, None),
    ("Sales of electric vehicles in China surged 21%", "sales", 21, None, None),
]


@pytest.mark.parametrize(("sentence", "metric", "change", "value", "unit"), FIGURES)
def test_a_sentence_makes_its_claim(
    sentence: str, metric: str, change: float | None, value: float | None, unit: str | None
) -> None:
    """Each way of wording a figure gives exactly the one claim that it states."""
    assert figures(read(sentence)) == [(metric, change, value, unit)]
    assert figures(read("Metals briefing", sentence + ".")) == [(metric, change, value, unit)]


NO_CLAIMS = [
    "China makes over 90 % of world output of rare earth magnets",
    "China accounts for 69% of rare earth mining",
    "Shares of MP Materials jumped 24% on Tuesday",
    "The company's profit rose 124 percent from the previous quarter",
    "The Hang Seng index dropped 2.3% at the open",
    "Some 45% of world urea exports originate around the Gulf",
    "The miner cut its headcount by 8%",
    "About 30% of the plant's workers joined the walkout",
    "Inflation slowed to 2.4% in May",
    "The alloy holds 34% neodymium",
    "Turnout was down 12% in the election",
    "A 70% chance of rain fell on the port",
    "The reserve holds 44 million people in 3 districts",
    "Room 34 fell silent in May",
]


@pytest.mark.parametrize("sentence", NO_CLAIMS)
def test_other_numbers_are_no_claims(sentence: str) -> None:
    """Shares, prices of shares, profits, indices and plain numbers state nothing about a supply."""
    assert figures(read(sentence)) == []
    assert figures(read("Rare earth exports in focus", sentence + ".")) == []


# (sentence, commodity, origin, destination, period, basis)
SUBJECTS = [
    ("China's rare earth exports fell 34 % in May", "rare-earths", "CN", None, "2025-05", "unknown"),
    (
        "China's exports of rare earth magnets to Germany fell 20% y/y in April",
        "rare-earth-magnets",
        "CN",
        "DE",
        "2025-04",
        "yoy",
    ),
    (
        "Gallium exports from China to Japan rose 8% month on month in May",
        "gallium",
        "CN",
        "JP",
        "2025-05",
        "mom",
    ),
    (
        "Indonesia's nickel exports dropped 11% in March 2025 from a year earlier",
        "nickel",
        "ID",
        None,
        "2025-03",
        "yoy",
    ),
    ("China's imports of copper from Chile fell 5% in May", "copper", "CL", "CN", "2025-05", "unknown"),
    ("Chilean copper output fell 2% in the first quarter", "copper", "CL", None, "2025-Q1", "unknown"),
    (
        "Exports of Chinese antimony in December were 60% lower than a year ago",
        "antimony",
        "CN",
        None,
        "2024-12",
        "yoy",
    ),
    ("China's January-May exports of tungsten fell 18%", "tungsten", "CN", None, "2025-01..2025-05", "ytd"),
    (
        "Guinea's bauxite exports grew 30% in the first half of 2024",
        "bauxite",
        "GN",
        None,
        "2024-01..2024-06",
        "ytd",
    ),
    ("Chinese rare earth exports in May were 23% above April", "rare-earths", "CN", None, "2025-05", "mom"),
    ("Chinese rare earth exports in May were 6% below May 2024", "rare-earths", "CN", None, "2025-05", "yoy"),
    (
        "China's rare earth and magnet exports fell 34% in May",
        "rare-earth-magnets",
        "CN",
        None,
        "2025-05",
        "unknown",
    ),
    ("Samarium exports from China fell 12% in April", "rare-earths", "CN", None, "2025-04", "unknown"),
]


@pytest.mark.parametrize(("sentence", "commodity", "origin", "destination", "period", "basis"), SUBJECTS)
def test_a_claim_has_a_typed_subject(
    sentence: str, commodity: str, origin: str, destination: str | None, period: str, basis: str
) -> None:
    """What, from where, to where, when and against what are read with the figure."""
    (claim,) = read(sentence).claims
    assert (claim.commodity, claim.origin, claim.destination) == (commodity, origin, destination)
    assert (claim.period, claim.basis) == (period, basis)


# (sentence after one on China's rare earth exports, the commodity of its claim)
OWN_NOUNS = [
    ("Exports of umbrellas rose 5%.", "other"),
    ("Exports of Chinese umbrellas rose 5%.", "other"),
    ("Sales of earthy tones rose 5%, it said.", "other"),
    ("It said exports of greys grew by a third.", "other"),
    ("There was a 5% rise in production of ceramics.", "other"),
    ("Paper exports rose 5%.", "other"),
    ("Toy sales were up 5%.", "other"),
    ("Exports of the metals to Japan rose 5%.", "rare-earths"),
    ("Exports of the 17 elements rose 5%.", "rare-earths"),
    ("Exports of these to Japan rose 5%.", "rare-earths"),
    ("Exports of about 900 tonnes were up 5%.", "rare-earths"),
    ("Exports of more than 900 tonnes were recorded.", "rare-earths"),
    ("Production of the metal rose 5%.", "rare-earths"),
    ("Monthly exports rose 5%.", "rare-earths"),
    ("Exports of gallium rose 5%.", "gallium"),
    ("Exports of refined gallium rose 5%.", "gallium"),
    ("Exports of goods rose 5%.", None),
]


@pytest.mark.parametrize(("sentence", "commodity"), OWN_NOUNS)
def test_a_claim_is_of_its_own_noun(sentence: str, commodity: str | None) -> None:
    """Only a figure that names no other thing is of the commodity that the text speaks of."""
    text = f"China's rare earth exports fell 34% in May. {sentence}"
    (_, claim) = read("Briefing", text).claims
    assert claim.commodity == commodity


BOUNDS = [
    ("fell by nearly 34%", "approx"),
    ("fell about 34%", "approx"),
    ("fell more than 34%", "at_least"),
    ("fell at least 34%", "at_least"),
    ("fell by over 34%", "at_least"),
    ("fell 34% or more", "at_least"),
    ("fell by up to 34%", "at_most"),
    ("fell as much as 34%", "at_most"),
    ("fell exactly as told: down 34%", "exact"),
]


@pytest.mark.parametrize(("words", "bound"), BOUNDS)
def test_the_words_before_a_number_bound_it(words: str, bound: str) -> None:
    """Nearly, over, up to and the like tell how exact a figure is."""
    (claim,) = read(f"China's antimony exports {words} in May").claims
    assert (claim.change_pct, claim.bound) == (-34, bound)


MODALITIES = [
    ("China's antimony exports fell 34% in May", "reported"),
    ("Antimony exports from China are forecast to fall 34%", "forecast"),
    ("Analysts expect China's antimony exports to fall 34%", "forecast"),
    ("If talks fail, China's antimony exports could fall 34%", "hypothetical"),
    ("China denied that its antimony exports fell 34% in May", "denied"),
    ("The ministry rejected reports that China's antimony exports had fallen 34%", "denied"),
]


@pytest.mark.parametrize(("sentence", "modality"), MODALITIES)
def test_what_is_not_reported_says_so(sentence: str, modality: str) -> None:
    """A forecast, a supposition and a denial are told apart from a report."""
    (claim,) = read(sentence).claims
    assert (claim.change_pct, claim.modality) == (-34, modality)


def test_a_range_gives_two_bounds() -> None:
    """`10-15 per cent` is at least ten and at most fifteen."""
    claims = read("Urea prices rose by 10-15 per cent").claims
    assert [(claim.change_pct, claim.bound) for claim in claims] == [(10, "at_least"), (15, "at_most")]


def test_each_figure_of_a_list_has_its_own_buyer() -> None:
    """The verb carries over, the destination does not."""
    text = "China's magnet exports to Germany grew 12% in May, to Japan 7% and to Vietnam 3%."
    found = [(claim.change_pct, claim.destination) for claim in read("Magnets", text).claims]
    assert found[0] == (12, "DE")


def test_two_changes_of_one_level_keep_it_on_the_first() -> None:
    """A level stands with the change that is named first."""
    text = "China exported 900 tonnes of antimony in May, down 20% from April and 45% below May 2024."
    claims = read("Antimony", text).claims
    assert [figure(claim) for claim in claims] == [("exports", -20, 900, "t"), ("exports", -45, None, None)]
    assert [claim.basis for claim in claims] == ["mom", "yoy"]


def test_a_headline_and_its_text_make_one_claim() -> None:
    """The headline's rounded figure gives way to the text's."""
    reading = read(
        "Antimony exports nearly halve", "China's antimony exports fell 47.3% in May from a year earlier."
    )
    assert figures(reading) == [("exports", -47.3, None, None)]


def test_the_base_of_a_comparison_is_no_claim() -> None:
    """`from 2,626 t` only tells what the new figure is compared with."""
    text = "China's magnet exports fell to 1,238 tonnes in May from 2,626 tonnes in April."
    assert [claim.value for claim in read("Magnets", text).claims] == [1238]


def test_a_claim_is_found_where_it_stands() -> None:
    """The span holds the figure, in the original text with its accents and signs."""
    text = "Según aduanas — China’s magnet exports fell ３４ % in May."
    reading = read("Ímãs: a note", text)
    start, end = reading.claims[0].span
    assert "３４ %" in f"Ímãs: a note\n{text}"[start:end]
