"""Words with where they stand in a text, and the fast way for ASCII."""

import re

from hypothesis import given
from hypothesis import strategies as st

from alerter.core.text import word_spans, words

TEXTS = st.characters(codec="utf-8") | st.sampled_from("aé É稀土。İßﬁ ́_-\u3000\x1c")
HANGUL_JAMO = re.compile("[\u1100-\u11ff\ua960-\ua97f\ud7b0-\ud7ff\uffa0-\uffdc\u3131-\u318e]")


@given(st.text(st.characters(max_codepoint=127)))
def test_ascii_and_other_texts_follow_one_definition_of_a_word(text: str) -> None:
    """The fast way for ASCII gives the words that the general way gives."""
    assert [*words(text), "e"] == words(f"{text} é")


@given(st.text(TEXTS).filter(lambda text: not HANGUL_JAMO.search(text)))
def test_spans_name_the_same_words_and_where_they_stand(text: str) -> None:
    """Each span's stretch of the text normalises to a text that holds its word."""
    spans = word_spans(text)
    assert sorted(spans, key=lambda span: span[1:]) == spans
    for word, start, end in spans:
        assert 0 <= start < end <= len(text)
        assert word in "".join(words(text[start:end]))
