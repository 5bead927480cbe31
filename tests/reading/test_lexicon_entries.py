"""Names that a configuration adds: of commodities, of a watchlist's companies, of countries."""

from datetime import UTC, datetime

import pytest

from alerter.core.reading import Reading
from alerter.core.signal import Signal, SignalKind
from alerter.reading import Commodity, Lexicon, Reader, annotate
from alerter.reading.entries import Company, Country
from tests.reading.support_reading import read

NOW = datetime(2025, 6, 9, tzinfo=UTC)
WATCHLIST = [
    Company(id="wingtech", names=("wingtech",)),
    Company(id="nexperia", names=("nexperia",), parents=("wingtech",)),
    Company(id="vale", names=("vale s.a.",), ambiguous=("Vale",)),
    Company(id="round", names=("round one",), parents=("robin",)),
    Company(id="robin", names=("robin two",), parents=("round",)),
]


def reading_of(lexicon: Lexicon, title: str, text: str = "") -> Reading:
    """The reading of an article by a lexicon."""
    signal = Signal(source="t", kind=SignalKind.ARTICLE, title=title, text=text, published_at=NOW)
    return Reader(lexicon).read(signal)


@pytest.mark.parametrize(
    ("title", "companies"),
    [
        ("Nexperia halts wafer shipments", ("nexperia", "wingtech")),
        ("Wingtech reports a loss", ("wingtech",)),
        ("Vale cuts iron ore output", ("vale",)),
        ("A vale of tears for iron ore output", ()),
        ("Vale pays tribute to a poet", ()),
        ("Round One buys a mine", ("round", "robin")),
        ("Nobody of note", ()),
    ],
)
def test_a_watchlist_is_read_with_its_owners(title: str, companies: tuple[str, ...]) -> None:
    """Ambiguous names count in trade and as written; who owns a named company is told after it."""
    assert reading_of(Lexicon.build(companies=WATCHLIST), title).companies == companies


def test_a_company_hides_the_country_in_its_name() -> None:
    """`Korea Fluor` says nothing of Korea."""
    lexicon = Lexicon.build(companies=[Company(id="kf", names=("korea fluor",))])
    assert reading_of(lexicon, "Korea Fluor exports more").countries == ()


def test_annotate_tells_companies_where_there_are_any() -> None:
    """The contract's keys stay as they are for whoever has no watchlist."""
    signal = Signal(source="t", kind=SignalKind.ARTICLE, title="Nexperia halts", published_at=NOW)
    lexicon = Lexicon.build(companies=WATCHLIST)
    assert annotate(signal, Reader(lexicon).read(signal))["companies"] == ["nexperia", "wingtech"]
    assert "companies" not in annotate(signal, read("Nexperia halts"))


def test_a_country_gets_names() -> None:
    """Names, demonyms and capitals of a code that ships or not; who stands for one may act for it."""
    added = [
        Country(id="XK", names=("kosovo",), demonyms=("kosovar",), venues=("pristina",)),
        Country(id="CN", stands_for=("rare earth office",)),
    ]
    lexicon = Lexicon.build(countries=added)
    assert reading_of(lexicon, "Kosovar nickel exports fell 9% in May").countries == ("XK",)
    acted = reading_of(lexicon, "The Rare Earth Office banned exports of gallium")
    assert (acted.countries, acted.events[0].actor) == ((), "CN")


def test_wares_count_where_they_are_traded() -> None:
    """`toasters` before shops is the kind of a shop; in capitals a name is not a word."""
    lexicon = Lexicon.build([Commodity(id="small-goods", wares=("toaster*",), ambiguous=("ABC",))])
    assert reading_of(lexicon, "Tariffs on toasters rise to 9%").commodities == ("small-goods",)
    assert reading_of(lexicon, "Toaster shops welcome tariffs").commodities == ()
    assert reading_of(lexicon, "Export quota for ABC").commodities == ("small-goods",)
    assert reading_of(lexicon, "Export quota is easy as abc").commodities == ()
