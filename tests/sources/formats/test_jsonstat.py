"""JSON-stat cubes: cells in order, sparse and dense, and what is no cube."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerter.sources.formats.jsonstat import Cell, NotACube, read_cube


def a_cube(**fields: Any) -> dict[str, Any]:
    """Two products by two months."""
    return {
        "class": "dataset",
        "id": ["product", "time"],
        "size": [2, 2],
        "dimension": {
            "product": {"category": {"index": {"b": 1, "a": 0}}},
            "time": {"category": {"index": ["2025-04", "2025-05"]}},
        },
        "value": [1, 2.5, None, 4],
    } | fields


def cells(document: object) -> list[tuple[str, str, float | None, str]]:
    """Product, month, value and status of each cell."""
    return [(cell.at["product"], cell.at["time"], cell.value, cell.status) for cell in read_cube(document)]


@pytest.mark.parametrize(
    "value", [[1, 2.5, None, 4], {"0": 1, "1": 2.5, "3": 4}, {"3": 4, "1": 2.5, "0": 1, "2": None}]
)
def test_lists_and_sparse_objects_are_the_same_cells(value: object) -> None:
    """In row-major order: the last dimension varies fastest; null is no cell."""
    expected = [("a", "2025-04", 1.0, ""), ("a", "2025-05", 2.5, ""), ("b", "2025-05", 4.0, "")]
    assert cells(a_cube(value=value)) == expected


@pytest.mark.parametrize(
    ("status", "marks"),
    [
        ({"2": ":c", "3": "p"}, ["", "", "c", "p"]),
        (["", None, ":c", "p"], ["", "", "c", "p"]),
        ("e", ["e", "e", "e"]),
        (None, ["", "", ""]),
    ],
)
def test_statuses_stand_beside_values_and_without_them(status: object, marks: list[str]) -> None:
    """A confidential cell has a mark and no value."""
    assert [one[3] for one in cells(a_cube(status=status))] == marks


def test_a_single_category_may_have_a_label_alone() -> None:
    """The index is optional where there is nothing to put in order."""
    one = {
        "id": ["unit"],
        "size": [1],
        "dimension": {"unit": {"category": {"label": {"KG": "kilogram"}}}},
        "value": [7],
    }
    assert read_cube(one) == [Cell({"unit": "KG"}, 7.0, "")]


def test_an_empty_cube_has_no_cells() -> None:
    """A dimension without categories is what an answer without figures looks like."""
    empty: dict[str, Any] = {"product": {"category": {"index": {}}}, "time": {"category": {"index": {}}}}
    assert read_cube(a_cube(size=[0, 0], dimension=empty, value={})) == []


@pytest.mark.parametrize(
    ("document", "words"),
    [
        ([], "no JSON-stat dataset"),
        ({"class": "collection"}, "no JSON-stat dataset"),
        ({}, "`id` is no list"),
        (a_cube(id=["product", 7]), "`id` is no list"),
        (a_cube(size=[2]), "does not fit"),
        (a_cube(size=[2, "2"]), "no number of categories"),
        (a_cube(size=[2, -2]), "no number of categories"),
        (a_cube(size=[2, 3]), "dimension time has 2 categories and counts 3"),
        (a_cube(dimension={}), "dimension product has no categories"),
        (a_cube(dimension={"product": {"category": {"index": {"a": 0, "b": 0}}}}), "does not number"),
        (a_cube(dimension={"product": {"category": {"index": 7}}}), "`product` is no list"),
        (a_cube(value=None), "no `value`"),
        (a_cube(value={"4": 1}), "outside of its 4 cells"),
        (a_cube(value={"x": 1}), "outside of its 4 cells"),
        (a_cube(value={"0" * 12 + "9": 1}), "outside of its 4 cells"),
        (a_cube(value={"0" * 5000: 1}), "outside of its 4 cells"),
        (a_cube(value=[1, 2, 3, 4, 5]), "outside of its 4 cells"),
        (a_cube(value=[True]), "no number"),
        (a_cube(value=["7"]), "no number"),
        (a_cube(status=7), "no `status`"),
    ],
)
def test_what_is_no_cube_is_refused(document: object, words: str) -> None:
    """With the reason."""
    with pytest.raises(NotACube, match=words):
        read_cube(document)


def test_a_monstrous_cube_is_refused() -> None:
    """However few of its cells are there."""
    many = {"category": {"index": [str(n) for n in range(2000)]}}
    document = a_cube(size=[2000, 2000], dimension={"product": many, "time": many}, value={})
    with pytest.raises(NotACube, match="4,000,000 cells"):
        read_cube(document)


@given(st.lists(st.integers(1, 4), min_size=1, max_size=4))
def test_every_position_has_a_place_of_its_own(sizes: list[int]) -> None:
    """As many different places as there are cells."""
    names = [f"d{n}" for n in range(len(sizes))]
    count = 1
    for size in sizes:
        count *= size
    document = {
        "id": names,
        "size": sizes,
        "dimension": {
            name: {"category": {"index": [str(n) for n in range(size)]}}
            for name, size in zip(names, sizes, strict=True)
        },
        "value": list(range(count)),
    }
    places = [tuple(cell.at[name] for name in names) for cell in read_cube(document)]
    assert len(set(places)) == count
    assert places == sorted(places)
