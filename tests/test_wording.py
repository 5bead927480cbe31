"""Validation errors in plain words, with the nearest right name."""

from datetime import timedelta
from typing import Annotated, Literal

import pytest
from pydantic import BaseModel, Field, StringConstraints, ValidationError

from alerter.config.models import parse_instant
from alerter.core.model import Shape
from alerter.wording import in_words, nearest, unknown
from tests.support.signals import NOON


class Everything(BaseModel):
    """One field for each sort of mistake."""

    wait: timedelta = timedelta(0)
    name: Annotated[
        str, StringConstraints(min_length=1, max_length=4), Shape("^[a-z]+$", "small letters, like abc")
    ] = "a"
    number: Annotated[str, StringConstraints(min_length=3)] = "1-2"
    pair: tuple[int, int] = (1, 2)
    few: Annotated[list[int], Field(min_length=1, max_length=2)] = [1]
    state: Literal["firing", "resolved"] = "firing"
    share: Annotated[float, Field(allow_inf_nan=False, le=1)] = 0


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("wait", "soon", "should be a duration"),
        ("wait", [], "should be a duration like 30s, 10m, 24h or 7d"),
        ("name", "A", "should be small letters, like abc"),
        ("name", "", "should not be empty"),
        ("name", 7, "should be text"),
        ("name", "aaaaa", "should have at most 4 characters"),
        ("number", "1", "should have at least 3 characters"),
        ("few", [], "should not be empty"),
        ("few", [1, 2, 3], "should have at most 2 entries, not 3"),
        ("few", [1.5], "should be a whole number"),
        ("few", {}, "should be a list"),
        ("state", "fireing", 'unknown value "fireing"; did you mean "firing"?'),
        ("state", "red", "should be firing or resolved"),
        ("share", "nan", "should be a finite number"),
        ("share", "2", "should be less than or equal to 1"),
    ],
)
def test_errors_speak_to_whoever_writes_a_configuration(field: str, value: object, words: str) -> None:
    """No `Input`, no type names, no brackets."""
    with pytest.raises(ValidationError) as caught:
        Everything.model_validate({field: value})
    assert words in in_words(caught.value.errors()[0])


@pytest.mark.parametrize(
    ("name", "found"), [("recever", "receiver"), ("RECEIVER", "receiver"), ("rout", "route"), ("zzz", None)]
)
def test_the_nearest_name_is_one_that_is_alike(name: str, found: str | None) -> None:
    """Case does not matter, and nothing is suggested for what is like nothing."""
    assert nearest(name, ["receiver", "route"]) == found


@pytest.mark.parametrize(
    ("known", "text"),
    [
        (["alpha", "beta"], 'unknown key "alfa"; did you mean "alpha"?'),
        (["zeta", "eta"], 'unknown key "alfa"; known: eta, zeta'),
        ([f"x{n}" for n in range(20)], 'unknown key "alfa"'),
        ([], 'unknown key "alfa"'),
    ],
)
def test_an_unknown_name_comes_with_what_is_known(known: list[str], text: str) -> None:
    """The likely one, else all of a few, else none of many."""
    assert unknown("key", "alfa", known) == text


def test_an_instant_is_an_instant_already() -> None:
    """Values that are typed pass as they are."""
    assert parse_instant(NOON) == NOON
