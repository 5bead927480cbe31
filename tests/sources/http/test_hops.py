"""Where requests go, redirect by redirect, and which keys go along."""

from typing import Any

import pytest
from yarl import URL

from alerter.sources.http import Fetch, FetchError, Validators
from alerter.sources.http.hops import Exchange, Hop, address, first_hop, next_hop

HOME, AWAY = "https://a.example/api", "https://b.example/api"


def an_exchange(url: str = HOME, **options: Any) -> Exchange:
    """A request for an address with these options."""
    return Exchange(Fetch(url, **options), Validators(), address(url), limit=0, sink=len)


def redirected(exchange: Exchange, location: str, status: int = 302) -> Hop:
    """Where its first request is redirected to."""
    return next_hop(status, {"Location": location}, first_hop(exchange, 1), exchange)


@pytest.mark.parametrize(
    ("options", "asked"),
    [
        ({"params": [("x", "1")], "secrets": [("key", "K")]}, f"{HOME}?x=1&key=K"),
        ({"moved_to": f"{HOME}/2", "params": [("x", "1")], "secrets": [("key", "K")]}, f"{HOME}/2?x=1&key=K"),
        ({"moved_to": AWAY, "params": [("x", "1")], "secrets": [("key", "K")]}, f"{AWAY}?x=1"),
        ({"moved_to": "http://a.example/api", "secrets": [("key", "K")]}, "http://a.example/api"),
        ({"moved_to": "https://a.example:8443/api", "secrets": [("key", "K")]}, "https://a.example:8443/api"),
    ],
)
def test_the_first_request_takes_keys_home_only(options: dict[str, Any], asked: str) -> None:
    """Parameters go wherever the source has moved, keys only where the configured origin is."""
    assert str(first_hop(an_exchange(**options), 1).url) == asked


@pytest.mark.parametrize(
    ("location", "target"),
    [
        ("/new?key=K", "https://a.example/new?key=K"),
        ("new", "https://a.example/new"),
        (f"{AWAY}?key=K&x=1", f"{AWAY}?x=1"),
        ("https://user:pass@b.example/api#part", AWAY),
        ("https://A.EXAMPLE:443/api?key=K", f"{HOME}?key=K"),
        ("//b.example/api", AWAY),
    ],
)
def test_a_redirect_carries_keys_home_only(location: str, target: str) -> None:
    """A key that a redirect to another origin repeats stays here; passwords of a redirect are not used."""
    assert str(redirected(an_exchange(secrets=[("key", "K")]), location).url) == target


def test_a_login_in_the_address_goes_home_only_and_shows_nowhere() -> None:
    """User and password become a header for their own origin; no address that is kept holds them."""
    exchange = an_exchange("https://me:h%C3%BCsh@a.example/api")
    hop = first_hop(exchange, 1)
    assert str(hop.url) == HOME
    assert exchange.keys(hop.url) == {"Authorization": "Basic bWU6aMO8c2g="}
    assert exchange.keys(redirected(exchange, "/new").url)
    assert not exchange.keys(redirected(exchange, AWAY).url)
    assert str(exchange.plain(URL("https://me:hush@a.example/"))) == "https://a.example/"


def test_what_is_remembered_holds_no_keys() -> None:
    """Validators know the address without its keys, a move also without our parameters."""
    exchange = an_exchange(params=[("x", "1")], secrets=[("key", "K")])
    url = URL(f"{HOME}?theirs=2&x=1&key=K")
    assert str(exchange.plain(url)) == f"{HOME}?theirs=2&x=1"
    assert str(exchange.base(url)) == f"{HOME}?theirs=2"


@pytest.mark.parametrize(
    ("location", "words"),
    [
        ("http://a.example/api", "from https to http"),
        ("", "without saying where"),
        ("https://[::1", "no address"),
        ("https://a.example:99999/", "no address"),
        ("javascript:alert(1)", "not an http"),
        ("data:text/plain,x", "not an http"),
    ],
)
def test_a_redirect_that_leads_nowhere_is_refused(location: str, words: str) -> None:
    """Away from TLS, to other schemes, or to no address at all: an error in plain words."""
    with pytest.raises(FetchError, match=words):
        redirected(an_exchange(), location)


@pytest.mark.parametrize(("options", "status"), [({"redirects": False}, 302), ({"body": b"{}"}, 301)])
def test_a_redirect_that_is_no_answer_is_not_followed(options: dict[str, Any], status: int) -> None:
    """Where redirects mean errors, or would make a GET of a POST, they are errors that say where to."""
    exchange = an_exchange(**options)
    with pytest.raises(FetchError, match=r"redirects to https://b\.example/api \(30") as caught:
        redirected(exchange, f"{AWAY}?key=K", status)
    assert caught.value.status == status


@pytest.mark.parametrize(("status", "permanent"), [(301, True), (308, True), (302, False), (303, False)])
def test_a_hop_knows_whether_it_is_for_good(status: int, permanent: bool) -> None:
    """One passing redirect, and the way is not for good any more."""
    exchange = an_exchange()
    hop = redirected(exchange, "/b", status)
    assert (hop.permanent, hop.count) == (permanent, 1)
    assert next_hop(308, {"Location": "/c"}, hop, exchange).permanent is permanent


@pytest.mark.parametrize("url", ["ftp://me:hush@a.example/", "gopher://me:hush@a.example/1"])
def test_an_address_that_is_refused_does_not_show_its_password(url: str) -> None:
    """The message names the place only."""
    with pytest.raises(FetchError) as caught:
        address(url)
    assert "hush" not in str(caught.value)
