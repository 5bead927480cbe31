"""Names of countries as sentences use them."""

from alerter.reading.lexicon import Lexicon


def test_every_country_has_a_name_for_sentences() -> None:
    """The first name with capitals, unless the vocabulary says how it is shown."""
    names = Lexicon.build().country_names
    assert (names["CN"], names["ZA"]) == ("China", "South Africa")
    assert (names["US"], names["GB"], names["EU"]) == ("the US", "the UK", "the EU")
    assert all(name.removeprefix("the ")[0].isupper() for name in names.values())
