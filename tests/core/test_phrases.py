"""Phrases: what is a phrase, where it is found, and where it stands in the text as given."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerter.core.phrases import QUOTED_WITHIN, Phrase
from alerter.core.text import normalise


@pytest.mark.parametrize(
    ("phrase", "text", "quote"),
    [
        ("rare earth*", "RARE-EARTHS soar", "RARE-EARTHS"),
        ("rare earth*", "the rare\nearth crisis", "rare\nearth"),
        ("rare earth*", "unrare earths", None),
        ("rare earth", "rare earths", None),
        ("magnet shortage", "Magnet shortage!", "Magnet shortage"),
        ("magnet* shortage*", "magnet: shortages of magnets", "magnet: shortages"),
        ("magnet* shortage", "electromagnet shortage", None),
        ("licence", "la licencé est là", "licencé"),
        ("稀土", "中国稀土出口", "稀土"),
        ("稀土*", "中国稀土出口", "稀土"),
        ("café*", "CAFE\u0301TERIA", "CAFE\u0301TERIA"),
        ("a.b", "a b", "a b"),
    ],
)
def test_phrases_are_found_at_word_boundaries_and_quoted_as_written(
    phrase: str, text: str, quote: str | None
) -> None:
    """Case, accents, hyphens and line breaks do not matter; the quote is the text's own."""
    one = Phrase(phrase)
    span = one.locate(text)
    assert one.found_in(normalise(text)) is (quote is not None)
    assert (text[slice(*span)] if span else None) == quote


@pytest.mark.parametrize(
    "phrase", ["", "  ", "*", "* earth", "rare *", "rare*earth", "**", "-", "rare**", "-*", "!?"]
)
def test_what_has_no_words_or_a_stray_star_is_no_phrase(phrase: str) -> None:
    """A phrase that would match everything, or nothing, is an error that says why."""
    with pytest.raises(ValueError, match=r"has no words|must"):
        Phrase(phrase)


def test_the_needle_is_the_longest_run() -> None:
    """What the index searches for is the part that is rarest in texts."""
    assert Phrase("magnet* shortages loom").needle == " shortages loom "


def test_a_phrase_far_down_is_found_but_not_quoted() -> None:
    """Quoting looks only so far into a giant text."""
    text = "x " * QUOTED_WITHIN + "magnet shortage"
    phrase = Phrase("magnet shortage")
    assert phrase.found_in(normalise(text))
    assert phrase.locate(text) is None


@given(st.text(max_size=60), st.text(max_size=8))
def test_what_is_located_is_found(text: str, phrase: str) -> None:
    """A located phrase stands in the normalised text, and its quote has it too."""
    try:
        one = Phrase(phrase)
    except ValueError:
        return
    span = one.locate(text)
    if span and text.isascii():
        assert one.found_in(normalise(text))
        assert one.found_in(normalise(text[slice(*span)]))


@given(st.text(min_size=1, max_size=20))
def test_a_text_that_is_the_phrase_has_it(text: str) -> None:
    """Whatever a phrase's words are, they are found in themselves."""
    try:
        one = Phrase(text.replace("*", " "))
    except ValueError:
        return
    assert one.found_in(normalise(text.replace("*", " ")))
