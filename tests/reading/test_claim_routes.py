"""From where to where: sentences of our own, with the route of each claim decided beforehand."""

import pytest

from tests.reading.support_reading import read

Route = tuple[str | None, str | None]


def routes(title: str, text: str = "") -> list[Route]:
    """Origin and destination of each claim."""
    return [(claim.origin, claim.destination) for claim in read(title, text).claims]


# (sentence, routes of its claims)
TRADE: list[tuple[str, list[Route]]] = [
    ("China's magnet exports to Germany fell 9% in May", [("CN", "DE")]),
    ("Chinese magnet exports to Germany fell 9% in May", [("CN", "DE")]),
    ("Exports of magnets from China into the EU fell 9% in May", [("CN", "EU")]),
    ("Exports of magnets by China fell 9% in May", [("CN", None)]),
    ("US-bound exports of magnets from China fell 9% in May", [("CN", "US")]),
    ("Chinese producers shipped 9% fewer magnets to buyers in South Korea in May", [("CN", "KR")]),
    ("According to Chinese customs, exports of magnets to Japan fell 9% in May", [("CN", "JP")]),
    ("According to Chinese customs, gallium exports from China fell 9% in May", [("CN", None)]),
    ("India imported 9% less coal from Indonesia in May", [("ID", "IN")]),
    ("Coal imports by India fell 9% in May", [(None, "IN")]),
    ("Imports of crude to China fell 9% in May", [(None, "CN")]),
    ("Germany's imports of Russian crude fell 9% in May", [("RU", "DE")]),
    ("American utilities imported 9% more Russian uranium in May", [("RU", "US")]),
    ("EU imports of steel from Turkey fell 9% in May", [("TR", "EU")]),
    ("Should Beijing hold back permits, U.S. imports of yttrium from China fell 9%", [("CN", "US")]),
    ("As others turned from Russian metal, Japan exported 9% more titanium in May", [("JP", None)]),
    ("Canada's crude exports to countries other than the United States fell 9% in May", [("CA", None)]),
    ("World copper output grew 9% in May, and Chile's output fell 5%", [(None, None), ("CL", None)]),
    ("Copper output in Chile fell 9% in May", [("CL", None)]),
    ("Gas stocks in Austria fell 9% in May", [("AT", None)]),
    ("Copper stocks at Chinese smelters fell 9% in May", [("CN", None)]),
    ("Rice prices in Japan rose 9% in May", [(None, "JP")]),
    ("Manganese ore from Gabon rose 9% to $6 per mtu", [("GA", None)]),
    ("Copper rose 9% in London to $9,000 a tonne", [(None, None)]),
]


@pytest.mark.parametrize(("sentence", "wanted"), TRADE)
def test_a_claim_has_a_route(sentence: str, wanted: list[Route]) -> None:
    """Owners, sources, goals and goods are told apart by the grammar of their phrase."""
    assert routes(sentence) == wanted


LEVIES: list[tuple[str, list[Route]]] = [
    ("The EU put a 25% tariff on Chinese steel", [("CN", "EU")]),
    ("Canada's surtax of 25% on Chinese steel stays", [("CN", "CA")]),
    ("Steel from China has been subject to a 25% surtax in Canada", [("CN", "CA")]),
    ("Canadian goods are charged a 35% tariff at the U.S. border", [("CA", "US")]),
    ("Goods from the European Union would face a U.S. tariff of 30%", [("EU", "US")]),
    ("Ottawa plans a 100% tariff on Chinese cars", [("CN", "CA")]),
    ("Indian exporters pay a 50% duty on shipments to the United States", [("IN", "US")]),
    ("American importers pay a 30% tariff on Chinese goods", [("CN", "US")]),
    ("A Chinese battery landed in the United States owes a 25% duty", [("CN", "US")]),
    ("Trump announced a 25% tariff on steel", [(None, "US")]),
    ("Vietnam set duties of 19% to 27% on Chinese coil", [("CN", "VN"), ("CN", "VN")]),
    ("Indonesia will raise its export levy on palm oil to 12%", [("ID", None)]),
    ("Argentina will tax exports of soybeans with a duty of 26%", [("AR", None)]),
]


@pytest.mark.parametrize(("sentence", "wanted"), LEVIES)
def test_a_tariff_tells_who_pays_and_who_levies(sentence: str, wanted: list[Route]) -> None:
    """Origin is the country whose goods pay, destination who levies; a duty on exports is of its country."""
    assert routes(sentence) == wanted


def test_a_tariff_takes_the_other_side_from_its_title() -> None:
    """What the sentence leaves unsaid, the text has said."""
    assert routes("50% US tariff on Brazilian goods", "The duty of 50% holds from Friday.")[-1] == (
        "BR",
        "US",
    )


def test_a_figure_takes_over_who_ships_and_who_buys() -> None:
    """An importer holds on through the text; a buyer only while nothing else is named."""
    assert routes("Gas", "Turkey imported 9,000 t of gas in May. Of this, 4,000 t came from Russia.") == [
        (None, "TR"),
        ("RU", "TR"),
    ]
    assert routes("Tin", "China exported 500 t of tin to Japan in May. Total exports fell 9%.") == [
        ("CN", "JP"),
        ("CN", None),
    ]


def test_stand_ins_mean_the_country_before() -> None:
    """`The country`, `the bloc` and `from there` are read as what they stand for."""
    assert routes(
        "Ore", "Mining stopped in Gabon. The country exported 5,000 t of manganese ore in May."
    ) == [("GA", None)]
    assert routes("Tin", "Mining resumed in Myanmar. China's imports of tin from there fell 9% in May.") == [
        ("MM", "CN")
    ]
    assert routes("Gas", "Ministers met. The bloc imported 9% less gas from Russia in May.") == [("RU", "EU")]
