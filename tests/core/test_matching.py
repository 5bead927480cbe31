"""Matchers on labels, and the routes that take an alert."""

from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerter.core.matching import Routing, matches, pattern_fault
from alerter.core.route import Matcher, Route

LABELS = {"commodity": "rare-earths", "severity": "critical", "origin": "CN"}
Op = Literal["=", "!=", "=~", "!~"]


@pytest.mark.parametrize(
    ("label", "op", "values", "expected"),
    [
        ("severity", "=", ["critical"], True),
        ("severity", "=", ["warning", "critical"], True),
        ("severity", "=", ["warning"], False),
        ("severity", "=", ["Critical"], False),
        ("actor", "=", [""], True),
        ("origin", "=", [""], False),
        ("origin", "!=", ["US"], True),
        ("origin", "!=", ["US", "CN"], False),
        ("actor", "!=", [""], False),
        ("actor", "!=", ["CN"], True),
        ("commodity", "=~", ["rare-.*"], True),
        ("commodity", "=~", ["rare"], False),
        ("commodity", "=~", ["gallium|rare-earths"], True),
        ("commodity", "=~", ["gallium", "rare.*"], True),
        ("actor", "=~", [".+"], False),
        ("commodity", "!~", ["rare"], True),
        ("commodity", "!~", ["rare.*"], False),
        ("actor", "!~", [".+"], True),
    ],
)
def test_a_matcher_looks_at_one_label(label: str, op: Op, values: list[str], *, expected: bool) -> None:
    """Values are alternatives, patterns match the whole value, an absent label is an empty one."""
    assert matches([Matcher(label=label, op=op, values=tuple(values))], LABELS) is expected


def test_all_matchers_must_hold() -> None:
    """One that fails is enough to fail; none at all are met by everything."""
    holds = Matcher(label="origin", values=("CN",))
    fails = Matcher(label="origin", values=("US",))
    assert matches([holds], LABELS)
    assert not matches([holds, fails], LABELS)
    assert matches([], {})


@pytest.mark.parametrize("pattern", ["(", "a**", "(?=x)", r"(a)\1", "(a{500}){500}"])
def test_a_pattern_that_is_not_linear_is_told(pattern: str, capfd: pytest.CaptureFixture[str]) -> None:
    """RE2 refuses it with a reason, and writes nothing on its own."""
    assert pattern_fault(pattern)
    assert capfd.readouterr() == ("", "")


def test_a_good_pattern_has_no_fault() -> None:
    """Nothing is told of what RE2 takes."""
    assert pattern_fault("rare-.*|gallium") is None


def a_route(receiver: str, *, goes_on: bool = False, **match: str) -> Route:
    """A route to the receiver for alerts with these labels."""
    matchers = tuple(Matcher(label=label, values=(value,)) for label, value in match.items())
    return Route(match=matchers, receiver=receiver, continue_=goes_on)


@pytest.mark.parametrize(
    ("routes", "receivers"),
    [
        ([a_route("first"), a_route("second")], ["first"]),
        ([a_route("first", goes_on=True), a_route("second"), a_route("third")], ["first", "second"]),
        ([a_route("first", origin="US"), a_route("second")], ["second"]),
        ([a_route("first", origin="US", goes_on=True), a_route("second", origin="CN")], ["second"]),
        ([a_route("first", goes_on=True)], ["first"]),
        ([a_route("first", origin="US")], []),
        ([], []),
    ],
)
def test_the_first_route_that_matches_takes_the_alert(routes: list[Route], receivers: list[str]) -> None:
    """And those after it only where it says so."""
    assert [route.receiver for route in Routing(routes).routes_for(LABELS)] == receivers


@given(
    st.lists(st.tuples(st.sampled_from(["CN", "US", ""]), st.booleans()), max_size=6),
    st.sampled_from(["CN", "US"]),
)
def test_every_route_taken_but_the_last_continues(written: list[tuple[str, bool]], origin: str) -> None:
    """Whatever the list: those taken match, in order, and none stands behind one that ends the search."""
    routes = [
        a_route(str(n), goes_on=goes_on, **({"origin": wanted} if wanted else {}))
        for n, (wanted, goes_on) in enumerate(written)
    ]
    taken = Routing(routes).routes_for({"origin": origin})
    assert list(taken) == [route for route in routes if route in taken]
    assert all(matches(route.match, {"origin": origin}) for route in taken)
    assert all(route.continue_ for route in taken[:-1])
