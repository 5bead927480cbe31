"""Lasting ids: what is listed again keeps its id through corrections, insertions and moves."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerter.sources.lasting import Held, Sighting, recognise


def seen(*texts: str, day: str = "mon") -> list[Sighting]:
    """Entries of a day by their wording, with the text and then the text's first letter as marks."""
    return [
        Sighting(f"id-{text}", (text, text[:1] if text[:1].isupper() else ""), day, text) for text in texts
    ]


def hold(ids: list[str], entries: list[Sighting]) -> list[Held]:
    """What is remembered of entries under these ids."""
    return [
        Held(id=name, marks=one.marks, near=one.near, gist=one.gist)
        for name, one in zip(ids, entries, strict=True)
    ]


@pytest.mark.parametrize(
    ("before", "after", "ids"),
    [
        ("", "a, b", "id-a, id-b"),
        ("a, b", "b, a", "id-b, id-a"),
        ("a, b", "a, c, b", "id-a, id-c, id-b"),
        ("a, b", "b", "id-b"),
        ("stay is denied, b", "stay is granted, b", "id-stay is denied, id-b"),
        ("stay is denied, b", "b, stay is granted", "id-b, id-stay is denied"),
        ("stay is denied", "brief filed", "id-brief filed"),
        ("Xa, Xb", "Xc, Xa", "id-Xb, id-Xa"),
        ("", "a, a, a", "id-a, id-a~2, id-a~3"),
        ("a, b", "", ""),
        ("motion for a stay, motion for a pause", "motion for a stay", "id-motion for a stay"),
        (
            "one two three four, one two three five",
            "one two three nine, one two three four nine",
            "id-one two three five, id-one two three four",
        ),
    ],
)
def test_an_entry_is_recognised_by_its_marks_then_by_likeness(before: str, after: str, ids: str) -> None:
    """Equal marks come first, the most telling one first; of what is left the most alike are one."""
    earlier = seen(*filter(None, before.split(", ")))
    known = hold(recognise([], earlier), earlier)
    assert recognise(known, seen(*filter(None, after.split(", ")))) == list(filter(None, ids.split(", ")))


def test_only_what_is_near_can_be_alike() -> None:
    """A wording of another day, or of none, is another entry however alike it is."""
    for day in ("mon", ""):
        known = hold(["first"], seen("stay is denied", day=day))
        assert recognise(known, seen("stay is granted", day="" if day == "" else "tue")) == [
            "id-stay is granted"
        ]


def test_an_id_that_is_held_is_given_to_no_other() -> None:
    """After a correction its old wording, listed anew, is another entry."""
    known = hold(["id-stay is denied"], seen("stay is granted"))
    assert recognise(known, seen("stay is granted", "stay is denied")) == [
        "id-stay is denied",
        "id-stay is denied~2",
    ]


def test_many_changes_at_once_are_not_compared() -> None:
    """A list whose every wording changed tells nothing about which became which."""
    earlier = seen(*(f"entry number {n}" for n in range(50)))
    later = seen(*(f"entry numbered {n}" for n in range(50)))
    assert recognise(hold(recognise([], earlier), earlier), later) == [one.own_id for one in later]


LISTS = st.lists(st.text(string.ascii_letters + " ", max_size=12), max_size=12)


@given(LISTS, LISTS)
def test_ids_are_never_shared_and_the_same_list_keeps_its_own(before: list[str], after: list[str]) -> None:
    """Whatever is listed: one id an entry, and nothing changes where nothing has changed."""
    earlier, later = seen(*before), seen(*after)
    first = recognise([], earlier)
    second = recognise(hold(first, earlier), later)
    assert len(set(first)) == len(first)
    assert len(set(second)) == len(second)
    assert recognise(hold(second, later), later) == second
