"""Normalised text, and the phrases found in it."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerter.core.text import needle, normalise, word_spans, words


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Rare-Earth MAGNETS, again!", ["rare", "earth", "magnets", "again"]),
        ("rare\u2010earth, rare–earth", ["rare", "earth", "rare", "earth"]),
        ("Çelik fiyatı DÜŞTÜ", ["celik", "fiyatı", "dustu"]),
        ("İhracat", ["ihracat"]),
        ("Straße", ["strasse"]),
        ("ＮｄＦｅＢ ②", ["ndfeb", "2"]),
        ("稀土出口", ["稀", "土", "出", "口"]),
        ("NdPr价格 up", ["ndpr", "价", "格", "up"]),
        ("희토류", ["희", "토", "류"]),
        ("第18号", ["第", "18", "号"]),
        ("snake_case 25-00066", ["snake_case", "25", "00066"]),
        ("résumé naïve", ["resume", "naive"]),
        ("", []),
        (" \t—\u200b— ", []),
    ],
)
def test_words_are_folded_and_parted(text: str, expected: list[str]) -> None:
    """Case, accents, width and punctuation do not count; each CJK character is a word."""
    assert words(text) == expected


@pytest.mark.parametrize("text", ["", "…", "rare earths", "稀土"])
def test_normalised_text_stands_between_spaces(text: str) -> None:
    """So that a phrase with spaces around it is found at word boundaries only."""
    found = normalise(text)
    assert found.startswith(" ")
    assert found.endswith(" ")
    assert found.split() == words(text)


@pytest.mark.parametrize(
    ("phrase", "text"),
    [
        ("rare earth*", "Rare-earths pile up"),
        ("magnet shortage", "A MAGNET   shortage?"),
        ("terres rares", "Terres rares : la Chine"),
        ("稀土", "中国稀土出口"),
        ("export* ", "exporters wait"),
        ("c++", "written in C"),
    ],
)
def test_phrases_are_found_in_normalised_text(phrase: str, text: str) -> None:
    """However the text writes them."""
    assert needle(phrase) in normalise(text)


@pytest.mark.parametrize(
    ("phrase", "text"),
    [
        ("rare earth", "rare earths"),
        ("magnet", "fridge magnets"),
        ("earth*", "unearthed"),
        ("tin", "Martin"),
        ("rare earth", "rare clay, earth"),
    ],
)
def test_phrases_stand_at_word_boundaries(phrase: str, text: str) -> None:
    """A part of a word is not the word."""
    assert needle(phrase) not in normalise(text)


def test_spans_point_into_the_text_as_given() -> None:
    """Folding may change lengths; the positions are those of the original."""
    text = "Große ＮｄＰｒ-Lücke: 稀土"
    assert [(word, text[start:end]) for word, start, end in word_spans(text)] == [
        ("grosse", "Große"),
        ("ndpr", "ＮｄＰｒ"),
        ("lucke", "Lücke"),
        ("稀", "稀"),
        ("土", "土"),
    ]


@given(st.text())
def test_normalising_is_done_once_for_all(text: str) -> None:
    """Normalised words are normal already, and hold no space."""
    once = words(text)
    assert all(word and " " not in word for word in once)
    assert [again for word in once for again in words(word)] == once


@given(st.text(alphabet=st.characters(max_codepoint=0x2FF)))
def test_spans_agree_with_words(text: str) -> None:
    """For composed text both ways of finding words give the same ones."""
    composed = unicodedata.normalize("NFC", text)
    assert [word for word, _, _ in word_spans(composed)] == words(composed)
