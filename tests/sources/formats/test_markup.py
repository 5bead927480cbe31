"""Pages as trees: what is found in them, and what cannot keep the parser busy."""

import time
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerter.sources.formats import markup
from alerter.sources.formats.markup import UnreadablePage, parse_page, selector_fault, title_of, value_of

PAGE = """<!DOCTYPE html><html><head><title>稀土 &amp; magnets</title>
<script>if (a < b) document.write("<li><a href='/no'>no</a>")</script><!-- <li><a href="/no">no</a> --></head>
<body><ul class=list>
<li><a href=/1 title='First "one" > two'>Prices < 5 &amp; rising</a> [2025-06-09]
<li><A HREF="/2?a=1&b=2" Title=second>Second</A><span>x</span>
</ul></body></html>"""


def test_a_page_is_searched_by_selectors() -> None:
    """Unquoted values, open tags, quotes in quotes, bare ampersands: as a browser reads them."""
    page = parse_page(PAGE.encode())
    first, second = page.css("ul.list > li")
    assert value_of(first, "a@href") == "/1"
    assert value_of(first, "a@title") == 'First "one" > two'
    assert value_of(second, "a[href]@title") == "second"
    assert value_of(second, "a@href") == "/2?a=1&b=2"
    assert "[2025-06-09]" in value_of(first, ".")
    assert value_of(first.css("a")[0], "@href") == "/1"
    assert (value_of(first, "b"), value_of(first, "a@rel")) == ("", "")
    assert "5 &amp; rising" in value_of(first, "a")


def test_the_title_is_told() -> None:
    """In the words of the page; nothing where there is none."""
    assert title_of(parse_page(PAGE.encode("gb18030"), "text/html; charset=gbk")) == " (“稀土 & magnets”)"
    assert title_of(parse_page(b"<p>x</p>")) == ""


@pytest.mark.parametrize(
    ("selector", "is_right"),
    [
        ("li.x > a[href^='/a']", True),
        ("li:has(a)", True),
        ("a:nth-child(2), b", True),
        ("li:::", False),
        ("", False),
        ("a[", False),
        ("a::text", False),
    ],
)
def test_selectors_are_checked(selector: str, is_right: bool) -> None:
    """A wrong selector is named."""
    assert (selector_fault(selector) is None) is is_right


@pytest.mark.parametrize(
    ("written", "parts"),
    [
        ("a@href", ("a", "href")),
        ("@Title", ("", "title")),
        ("a[href*='@']", ("a[href*='@']", None)),
        ("a[href*='@']@href", ("a[href*='@']", "href")),
        (" span ", ("span", None)),
    ],
)
def test_attributes_are_told_from_selectors(written: str, parts: tuple[str, str | None]) -> None:
    """The last `@` begins the attribute, unless it stands in a condition."""
    assert markup.split_selector(written) == parts


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"  \n", "empty answer"),
        (b'{"a": 1}', "no web page"),
        (b"<p>" * (markup.TAGS + 1), "more than 20,000 tags"),
        (b"<p>" + b"<" * markup.PIECES, "more than 200,000 pieces of mark-up"),
        (b"<p>" + b"x" * markup.PAGE_BYTES, "bytes"),
    ],
)
def test_what_cannot_be_read_is_named(body: bytes, words: str) -> None:
    """Nothing, no page, and too much are told apart."""
    with pytest.raises(UnreadablePage) as caught:
        parse_page(body)
    assert words in str(caught.value)


@pytest.mark.parametrize(
    "body",
    [
        "<a " + " ".join(f"a{i}" for i in range(200_000)) + ">",
        "<a " + " ".join(f'a{i}="<>"' for i in range(100_000)) + ">x",
        '<title><b x="</title><a ' + " ".join(f'a{i}=">"' for i in range(100_000)) + ">x",
        "<div>" * markup.TAGS,
        "".join(f"<i id={i}>" for i in range(markup.TAGS)),
        "<!--" * 500_000,
        "<a b='" * 300_000,
        "<" * 2_000_000,
        "<script>" * 300_000,
        "&" * 2_000_000,
    ],
    ids=["attributes", "quoted", "in a title", "deep", "formats", "comments", "quotes", "less", "raw", "and"],
)
def test_no_page_keeps_the_parser_busy(body: str) -> None:
    """Pages made to take a square of their size take seconds of work at most."""
    began = time.process_time()
    with suppress(UnreadablePage):
        parse_page(body.encode())
    assert time.process_time() - began < 8


@given(st.text(alphabet="<>/='\" ab!-", max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    """No mark-up, however broken, is a surprise."""
    with suppress(UnreadablePage):
        assert parse_page(text.encode()).css("*")
