"""Texts of another shape than is wanted: what they should look like is told in words."""

import re
from collections.abc import Iterator

import pytest

from alerter.config.entries import EntryInvalid
from alerter.config.load import notifier_kinds, rule_kinds, source_kinds
from alerter.config.shapes import shape_in_words

KINDS = (*source_kinds().by_type.values(), *rule_kinds().by_type.values(), *notifier_kinds().values())
LIKE = re.compile(r"like (\S+?)[,;]? |like (\S+?)[,;]?$")


def patterns(schema: object) -> Iterator[str]:
    """Every pattern in a JSON schema."""
    if isinstance(schema, dict):
        if isinstance(schema.get("pattern"), str):
            yield schema["pattern"]
        for inside in schema.values():
            yield from patterns(inside)
    if isinstance(schema, list):
        for inside in schema:
            yield from patterns(inside)


PATTERNS = sorted({found for kind in KINDS for found in patterns(kind.model_json_schema())})


@pytest.mark.parametrize("pattern", PATTERNS)
def test_every_pattern_has_words_whose_example_fits(pattern: str) -> None:
    """A pattern that is new or changed must be put into words, in alerter/config/shapes.py."""
    words = shape_in_words(pattern)
    assert words, f"no words for {pattern}"
    assert words.startswith("should be ")
    for shown in LIKE.finditer(words):
        example = shown[1] or shown[2]
        assert re.search(pattern, example), example


@pytest.mark.parametrize(
    ("source", "told"),
    [
        (
            {"type": "census", "hs": ["8505.11"], "flow": "imports"},
            "hs: should be digits alone, two to ten, like 850511, or TOTAL",
        ),
        (
            {"type": "scotus", "dockets": ["IEEPA"]},
            "dockets: should be a docket's number, like 24-1287, or 25A11 for an application",
        ),
        (
            {"type": "screening_list", "countries": ["China"]},
            "countries: should be two capital letters, like CN",
        ),
        (
            {"type": "federal_register", "agencies": ["Commerce Department"]},
            "agencies: should be a slug of lower-case letters, digits and -, like industry-and",
        ),
        (
            {"type": "census", "hs": ["8505"], "since": "2024"},
            "since: should be a month like 2024-01",
        ),
        (
            {"type": "court_rss", "url": "https://a.example", "court": "Court of Trade"},
            "court: should be a court's id of lower-case letters, digits and -, like cit or cafc",
        ),
        (
            {"type": "court_rss", "url": "https://a.example", "court": "cit", "dockets": ["n/a"]},
            "dockets: should be a docket's number, like 25-1812 or 1:25-cv-00066",
        ),
        (
            {"type": "feed", "id": "a b", "url": "https://a.example"},
            "id: should be a name of letters, digits",
        ),
    ],
)
def test_a_wrong_option_is_told_without_regular_expressions(source: dict[str, object], told: str) -> None:
    """The sentence says what is wanted, with one that would do."""
    with pytest.raises(EntryInvalid) as refused:
        source_kinds().read({"id": "x"} | source)
    assert told in str(refused.value)
    assert "^" not in str(refused.value)
