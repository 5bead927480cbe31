"""Texts of another shape than is wanted: what they should look like is told in words."""

import re
import sys
from collections.abc import Collection, Iterator
from typing import get_args

import pytest

from alerter.config.entries import EntryInvalid
from alerter.config.load import notifier_kinds, rule_kinds, source_kinds
from alerter.core.model import Shape

KINDS = (*source_kinds().by_type.values(), *rule_kinds().by_type.values(), *notifier_kinds().values())
LIKE = re.compile(r"like (\S+?)[,;]? |like (\S+?)[,;]?$")


def shapes() -> Iterator[Shape]:
    """Every shape on a type that has a name, or on an option of a kind."""
    for module in [module for name, module in sys.modules.items() if name.startswith("alerter.")]:
        for named in vars(module).values():
            yield from (one for one in get_args(named) if isinstance(one, Shape))
    for kind in KINDS:
        for field in kind.model_fields.values():
            yield from (one for one in field.metadata if isinstance(one, Shape))
            yield from (
                one for part in get_args(field.annotation) for one in get_args(part) if isinstance(one, Shape)
            )


def plain_patterns(schema: object, words: Collection[str]) -> Iterator[str]:
    """Every pattern in a JSON schema that has no words."""
    if isinstance(schema, dict):
        if isinstance(schema.get("pattern"), str) and schema["pattern"] not in words:
            yield schema["pattern"]
        for inside in schema.values():
            yield from plain_patterns(inside, words)
    if isinstance(schema, list):
        for inside in schema:
            yield from plain_patterns(inside, words)


SHAPES = sorted(set(shapes()), key=lambda shape: shape.pattern)


@pytest.mark.parametrize("shape", SHAPES)
def test_the_example_of_every_shape_fits(shape: Shape) -> None:
    """What the words show can be taken as it stands."""
    for shown in LIKE.finditer(shape.words):
        example = shown[1] or shown[2]
        assert re.search(shape.pattern, example), example


def test_no_option_has_a_pattern_without_words() -> None:
    """A pattern is put on a type with `Shape`."""
    known = {shape.pattern for shape in SHAPES}
    assert [one for kind in KINDS for one in plain_patterns(kind.model_json_schema(), known)] == []


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
