"""Feeds of every family and encoding with their languages, and pages that name them."""

from datetime import UTC, datetime

import pytest

from alerter.sources.formats.feed_answers import is_page, named_feed, read_feed
from alerter.sources.formats.syndication import Entry

JUNE = datetime(2025, 6, 9, 12, tzinfo=UTC)
NINETY = "http://my.netscape.com/rdf/simple/0.9/"
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"


def rss(title: str, *, version: str = "2.0", declared: str = "", dated: str = "") -> str:
    """A document with one entry."""
    prolog = f'<?xml version="1.0" encoding="{declared}"?>' if declared else ""
    return (
        f'{prolog}<rss version="{version}"><channel><title>t</title><item><title>{title}</title>'
        f"<link>https://a.example/1</link>{dated}</item></channel></rss>"
    )


def only(body: bytes, content_type: str = "") -> Entry:
    """The one entry of a feed."""
    (entry,) = read_feed(body, content_type).entries
    return entry


@pytest.mark.parametrize(
    ("codec", "declared", "content_type"),
    [
        ("utf-8", "utf-8", "application/rss+xml"),
        ("utf-8", "iso-8859-1", "text/xml"),
        ("utf-8", "utf-8", "text/xml; charset=iso-8859-1"),
        ("utf-8-sig", "gb2312", "text/xml; charset=gb2312"),
        ("gb18030", "gb18030", ""),
        ("gb18030", "GB2312", "text/xml; charset=utf-8"),
        ("gb18030", "", "text/xml; charset=gbk"),
        ("gb18030", "", ""),
        ("gb18030", "utf-8", "text/xml; charset=GB18030"),
        ("utf-16", "utf-16", "application/rss+xml"),
        ("utf-16-le", "utf-16", ""),
        ("utf-16-be", "utf-16", ""),
        ("utf-16-le", "", "text/xml; charset=utf-16"),
        ("big5", "big5", "text/xml"),
    ],
)
def test_chinese_feeds_are_read(codec: str, declared: str, content_type: str) -> None:
    """With or without a mark, declared rightly, wrongly, in the header alone or nowhere."""
    title = "稀土" if codec == "big5" else "稀土出口管制"
    assert only(rss(title, declared=declared).encode(codec), content_type).title == title


@pytest.mark.parametrize(
    ("title", "codec", "declared", "content_type"),
    [
        ("редкие земли", "cp1251", "windows-1251", "text/xml"),
        ("редкие земли", "cp1251", "windows-1251", "text/xml; charset=utf-8"),
        ("редкие земли", "koi8-r", "", "text/xml; charset=koi8-r"),
        ("希土類の輸出", "cp932", "Shift_JIS", ""),
        ("希土類の輸出", "euc_jp", "EUC-JP", ""),
        ("희토류 수출", "cp949", "euc-kr", ""),
        ("Séparation à Québec", "cp1252", "ISO-8859-1", ""),
        ("Séparation à Québec", "cp1252", "", "text/xml; charset=ISO-8859-1"),
        ("Łódź", "iso8859-2", "iso-8859-2", ""),
    ],
)
def test_feeds_in_other_encodings_are_read(title: str, codec: str, declared: str, content_type: str) -> None:
    """The declaration counts where it fits, else the header."""
    assert only(rss(title, declared=declared).encode(codec), content_type).title == title


@pytest.mark.parametrize("version", ["0.91", "0.92", "0.93", "0.94", "2.0", "2.0.1"])
def test_every_rss_is_read(version: str) -> None:
    """The versions differ in what they allow, not in where it stands."""
    dated = "<pubDate>Mon, 09 Jun 2025 12:00:00 GMT</pubDate>"
    entry = only(rss("Tin", version=version, dated=dated).encode())
    assert (entry.title, entry.link, entry.published_at) == ("Tin", "https://a.example/1", JUNE)


@pytest.mark.parametrize(
    "namespace",
    [
        NINETY,
        "http://purl.org/rss/1.0/",
    ],
)
def test_undated_feeds_are_read(namespace: str) -> None:
    """RSS 0.90 knows no dates, RSS 1.0 need not state any."""
    item = "<item><title>Ore</title><link>https://a.example/ore</link></item>"
    head = f'<rdf:RDF xmlns:rdf="{RDF}" xmlns="{namespace}"><channel><title>t</title></channel>'
    entry = only(f"{head}{item}</rdf:RDF>".encode())
    assert (entry.title, entry.link, entry.published_at) == ("Ore", "https://a.example/ore", None)


def test_old_atom_is_read() -> None:
    """Atom 0.3 has other names for its dates."""
    body = b"""<feed version="0.3" xmlns="http://purl.org/atom/ns#"><title>t</title><entry><id>1</id>
    <title>Tin</title><link rel="alternate" type="text/html" href="https://a.example/1"/>
    <issued>2025-06-09T12:00:00Z</issued><modified>2025-06-09T12:00:00Z</modified></entry></feed>"""
    entry = only(body)
    assert (entry.id, entry.title, entry.published_at) == ("1", "Tin", JUNE)


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le"])
def test_json_feeds_are_read_in_any_unicode(codec: str) -> None:
    """The format asks for UTF-8; publishers do otherwise."""
    body = '{"version": "https://jsonfeed.org/version/1.1", "items": [{"id": "1", "title": "稀土"}]}'
    assert only(body.encode(codec)).title == "稀土"


MIXED = """<rss xmlns:dc="http://purl.org/dc/elements/1.1/" version="2.0"><channel><language>en</language>
<item xml:lang="zh-CN"><title>a</title></item><item><title>b</title><dc:language>fr</dc:language></item>
<item><title>c</title></item></channel></rss>"""
ATOM = """<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="de"><title>t</title>
<entry xml:lang='ja'><id>1</id><title>a</title></entry><entry><id>2</id><title>b</title></entry></feed>"""
QUOTED = """<rss version="2.0"><channel><item><title>a</title>
<description><![CDATA[<item xml:lang="xx">]]></description></item></channel></rss>"""


@pytest.mark.parametrize(
    ("body", "languages"),
    [
        (MIXED, ["zh-CN", "fr", None]),
        (ATOM, ["ja", None]),
        (QUOTED, [None]),
        ('<rss version="2.0"><channel><item><title>a</title></item></channel></rss>', [None]),
    ],
)
def test_entries_may_have_their_own_language(body: str, languages: list[str | None]) -> None:
    """By their tag or by Dublin Core; where entries cannot be told apart, the feed's counts for all."""
    assert [entry.language for entry in read_feed(body.encode()).entries] == languages


@pytest.mark.parametrize(
    "head",
    [
        f'<rdf:RDF xmlns:rdf="{RDF}" xmlns="http://purl.org/rss/1.0/" xml:lang="ja"><channel/>',
        f'<rdf:RDF xmlns:rdf="{RDF}" xmlns="http://purl.org/rss/1.0/"><channel xml:lang="ja"/>',
    ],
)
def test_a_feed_may_state_its_language_on_its_tags(head: str) -> None:
    """Where no element states it."""
    assert read_feed(f"{head}<item><title>a</title></item></rdf:RDF>".encode()).language == "ja"


LINK = '<link rel="{rel}" type="{type}" href="{href}">'


def link(href: str, kind: str = "application/rss+xml", rel: str = "alternate") -> str:
    """A link in a page's head."""
    return LINK.format(rel=rel, type=kind, href=href)


@pytest.mark.parametrize(
    ("head", "url"),
    [
        (link("/feed"), "https://a.example/feed"),
        (
            "<LINK REL='Alternate Home' TYPE='application/atom+xml; charset=utf-8' HREF=atom.xml>",
            "https://a.example/news/atom.xml",
        ),
        (
            '<base href="https://b.example/x/">' + link("f.json", "application/feed+json"),
            "https://b.example/x/f.json",
        ),
        (link("javascript:x") + link("//c.example/f"), "https://c.example/f"),
        (link("http://["), None),
        (link("/feed", rel="stylesheet"), None),
        (link("/wp-json", "application/json"), None),
        (f"<!-- {link('/feed')} -->", None),
        ("", None),
    ],
)
def test_pages_name_feeds(head: str, url: str | None) -> None:
    """The first link to a feed counts, from where the page says that links start."""
    page = f"<!DOCTYPE html><html><head><title>t</title>{head}</head><body>x</body></html>"
    assert named_feed(page.encode(), "text/html", "https://a.example/news/") == url


def test_what_cannot_be_read_names_nothing() -> None:
    """Not even an error: that it is no feed is the news."""
    assert named_feed(b"", "", "https://a.example/") is None


@pytest.mark.parametrize(
    ("body", "is_one"),
    [
        (b"<!DOCTYPE html><p>", True),
        (b'<?xml version="1.0"?>\n<!DOCTYPE html PUBLIC "x"><html/>', True),
        (b'<?xml version="1.0"?><rss/>', False),
        (b"{}", False),
    ],
)
def test_pages_are_told_from_feeds(body: bytes, is_one: bool) -> None:
    """By how they begin."""
    assert is_page(body) is is_one
