"""Links and names as publishers write them."""

import pytest

from alerter.sources.formats.addresses import NAME_LENGTH, absolute, anonymous, bounded

BASE = "https://a.example/news/"


@pytest.mark.parametrize(
    ("link", "url"),
    [
        ("b.html", "https://a.example/news/b.html"),
        (" /b.html\n", "https://a.example/b.html"),
        ("https://b.example/\u200bc", "https://b.example/c"),
        ("//b.example/c?d=e#f", "https://b.example/c?d=e#f"),
        ("", None),
        (" \u200b", None),
        ("javascript:alert(1)", None),
        ("mailto:desk@a.example", None),
        ("http://[::1", None),
        ("a b", None),
    ],
)
def test_a_link_leads_somewhere_on_the_web_or_nowhere(link: str, url: str | None) -> None:
    """Relative ones start from the page; what is no web address is none."""
    assert absolute(link, BASE) == url


@pytest.mark.parametrize("login", ["", "desk@", "desk:hush@", "desk:h@sh@", ":hush@"])
def test_an_address_is_shown_without_login(login: str) -> None:
    """All else stays."""
    assert anonymous(f"https://{login}a.example:8443/b?c=d@e") == "https://a.example:8443/b?c=d@e"


def test_a_long_name_is_shortened_and_stays_apart() -> None:
    """Two that differ at their ends only are two names; a short one is left as it is."""
    one, other = (f"{'x' * 600}{number}" for number in (1, 2))
    assert bounded("https://a.example/1") == "https://a.example/1"
    assert bounded(one) != bounded(other)
    assert len(bounded(one)) == NAME_LENGTH
