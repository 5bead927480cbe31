"""Origins: whom texts cite, and rewrites of one report as one story."""

import pytest

from alerter.reading import Lexicon
from alerter.reading.origins import origins
from alerter.reading.tokens import tokenise
from tests.reading.support_reading import read

LEXICON = Lexicon.build()


@pytest.mark.parametrize(
    ("text", "cited"),
    [
        ("Exports fell 34% in May, according to the General Administration of Customs.", ("cn-customs",)),
        ("Chinese customs data showed that exports fell by a third.", ("cn-customs",)),
        ("Reuters reported on Monday that Beijing weighs new curbs.", ("reuters",)),
        ("The plant has idled two lines, Nikkei Asia said, citing people at the company.", ("nikkei",)),
        ("The minister told Handelsblatt that suppliers run low.", ("handelsblatt",)),
        ("Output fell 3%, figures from the Chilean Copper Commission show.", ("chilean copper commission",)),
        (
            "Bloomberg first reported the plan, citing a note that the Financial Times published.",
            ("bloomberg", "ft"),
        ),
        ("据路透社报道，中国五月稀土出口下降。", ("reuters",)),
        ("The sale of a Bloomberg terminal costs money.", ()),
        ("According to plan, the mine reopens in June.", ()),
    ],
)
def test_whom_a_text_cites(text: str, cited: tuple[str, ...]) -> None:
    """Names that the vocabulary knows, and others as they are written; nobody without a citation."""
    assert origins(LEXICON.mark(tokenise("", text))) == cited


def said(title: str, text: str) -> set[str]:
    """The keys of what the article's origins are cited with."""
    return {key for key in read(title, text).story_keys if key.startswith("said:")}


REPORT = "China's exports of gallium fell 41% in May from a year earlier, customs data showed on Friday."


def test_rewrites_that_cite_one_origin_share_a_key() -> None:
    """Whatever their words: the same origin, the same figure."""
    rewrite = "According to Chinese customs, gallium exports from China were down 41% in May."
    assert said("Gallium slumps", REPORT) & said("Buyers feel the squeeze", rewrite)


@pytest.mark.parametrize(
    "other",
    [
        REPORT.replace("41", "14"),
        REPORT.replace("gallium", "antimony"),
        REPORT.replace("customs data showed", "Argus reported"),
        REPORT.replace(", customs data showed on Friday", ""),
    ],
)
def test_another_figure_or_another_origin_is_another_story(other: str) -> None:
    """What stands on its own corroborates."""
    assert said("Gallium slumps", REPORT)
    assert not said("Gallium slumps", REPORT) & said("Gallium slumps again", other)


def test_a_happening_without_a_commodity_makes_no_key() -> None:
    """`Reuters reports a tariff` twice in three days may be two tariffs."""
    assert (
        said(
            "A tariff",
            "Washington will impose a tariff of its own, Reuters reported, without saying on what.",
        )
        == set()
    )


def test_a_roundup_tells_no_story_of_its_own() -> None:
    """What cites one origin with a score of figures is not a rewrite of any."""
    names = ("gallium", "germanium", "antimony", "tungsten", "graphite", "nickel", "tin", "cobalt", "lithium")
    lines = [
        f"China's exports of {name} fell {change}% in {month}."
        for change, name in enumerate(names, start=11)
        for change, month in ((change, "March"), (change + 30, "April"), (change + 50, "May"))
    ]
    assert said("Metals this spring", " ".join(lines) + " Customs data showed this.") == set()
    assert said("Metals this spring", " ".join(lines[:6]) + " Customs data showed this.")
