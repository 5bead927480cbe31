"""Signals: their identity, and what makes a new version."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.signals import a_record, a_signal, at


def test_identity_is_the_source_with_the_id_or_else_the_url() -> None:
    """The same id from another source is another signal; without an id the address counts."""
    assert a_signal("a").identity == a_signal("a", title="Other", url=None).identity
    assert a_signal("a").identity != a_signal("a", source="other").identity
    assert a_signal("a", id=None).identity == a_signal("a", id=None, title="Other").identity


def test_without_id_and_url_the_title_and_its_time_are_the_identity() -> None:
    """The same headline on another day is another signal."""
    bare = {"id": None, "url": None}
    assert a_signal("a", **bare).identity == a_signal("a", **bare, text="More.").identity
    assert a_signal("a", **bare).identity != a_signal("a", **bare, published_at=at(60)).identity


@pytest.mark.parametrize("address", [None, "https://customs.example/table"])
def test_points_and_entries_are_told_apart_without_an_id(address: str | None) -> None:
    """A customs table gives all its points one title, one time and one address, and none is lost."""
    common: dict[str, Any] = {"id": None, "url": address}
    points = [
        a_signal(**common, kind="observation", observation={"series": "s", "period": period, "value": value})
        for period, value in (("2025-04", 1.0), ("2025-05", 1.0), ("2025-05", 2.0))
    ]
    entries = [a_signal(**common, docket={"court": "cit", "number": "25-66", "entry": n}) for n in (1, 2)]
    assert len({one.identity for one in (*points, *entries)}) == 4
    assert points[1].identity == points[2].identity  # a revision is a version of its point


@pytest.mark.parametrize(
    ("changed", "is_version"),
    [
        ({"title": "Corrected"}, True),
        ({"text": "Corrected"}, True),
        ({"notice": {"number": "18", "stage": "published"}}, True),
        ({"published_at": at(60)}, False),
        ({"seen_at": at(60)}, False),
        ({"labels": {"outlet": "other"}}, False),
        ({"language": "de"}, False),
    ],
)
def test_a_version_is_made_by_content_and_not_by_dates(changed: dict[str, Any], *, is_version: bool) -> None:
    """A page that only moves its date has not changed."""
    assert (a_signal().content_hash != a_signal(**changed).content_hash) is is_version


def test_a_record_is_named_by_the_signals_own_id_else_by_its_identity() -> None:
    """What people see is the name that the source gave."""
    assert a_record("a").id == "a"
    assert a_record("a", id=None).id == a_record("a", id=None).identity


@given(st.text(min_size=1, max_size=20), st.text(min_size=1, max_size=20))
def test_distinct_contents_have_distinct_hashes(one: str, other: str) -> None:
    """For any two texts: hashes are equal exactly when the texts are."""
    same = a_signal(text=one).content_hash == a_signal(text=other).content_hash
    assert same == (one == other)
