"""The base of frozen values, names, and digests."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from alerter.core.model import Frozen, Name, digest

NAMES = TypeAdapter(Name)


class Port(Frozen):
    """A value to try things on."""

    name: str


def test_frozen_values_cannot_change() -> None:
    """Assignment is an error."""
    with pytest.raises(ValidationError, match="frozen"):
        Port(name="Ningbo").name = "Qingdao"  # type: ignore[misc]  # the plugin sees it as well


def test_unknown_keys_are_errors_that_hide_what_was_given() -> None:
    """A mistyped key is told, and a secret in it is not."""
    with pytest.raises(ValidationError) as caught:
        Port.model_validate({"name": "Ningbo", "nmae": "5ecret"})
    assert "nmae" in str(caught.value)
    assert "5ecret" not in str(caught.value)


@pytest.mark.parametrize("name", ["ree-news", "a", "9.b:c_d", "X" * 100])
def test_names_are_plain(name: str) -> None:
    """Letters, digits and four signs."""
    assert NAMES.validate_python(name) == name


@pytest.mark.parametrize("name", ["", "-a", "a b", "a/b", "ä", "a\n", "X" * 101])
def test_other_texts_are_no_names(name: str) -> None:
    """No spaces, slashes or line ends: names stand in keys, paths and logs."""
    with pytest.raises(ValidationError):
        NAMES.validate_python(name)


def test_a_digest_is_short_and_stable() -> None:
    """Sixteen digits that the store has kept since its first version: they must never change."""
    assert digest("ree-news", "a") == "ebd3e5bb9185460a"


@given(st.lists(st.text(), max_size=4), st.lists(st.text(), max_size=4))
def test_digests_tell_parts_apart(first: list[str], second: list[str]) -> None:
    """Other parts, or the same letters parted elsewhere, make another digest; lone surrogates do too."""
    assert (digest(*first) == digest(*second)) is (first == second)
