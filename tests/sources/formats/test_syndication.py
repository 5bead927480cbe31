"""Feed documents of every family, and what only looks like one."""

import os
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from alerter.sources.formats import syndication
from alerter.sources.formats.syndication import Document, Entry, UnreadableFeed, read_document

RSS = """<?xml version="1.0"?><rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:sy="http://purl.org/rss/1.0/modules/syndication/" xmlns:content="http://purl.org/rss/1.0/modules/content/">
<channel><title>Wire</title>{head}{items}</channel></rss>"""


def rss(items: str, head: str = "") -> bytes:
    """An RSS 2.0 document."""
    return RSS.format(items=items, head=head).encode()


def only(document: Document) -> Entry:
    """The one entry of a document."""
    (entry,) = document.entries
    return entry


def test_rss_is_read() -> None:
    """Guid, title, full content, link, date, language and ttl of RSS 2.0."""
    body = rss(
        "<item><guid>g-1</guid><title>Magnets &amp; metals</title><link>https://a.example/1</link>"
        "<description>short</description><content:encoded><![CDATA[<p>whole</p>]]></content:encoded>"
        "<pubDate>Mon, 09 Jun 2025 14:00:00 +0200</pubDate></item>",
        "<language>en-gb</language><ttl>15</ttl>",
    )
    document = read_document(body)
    assert only(document) == Entry(
        id="g-1",
        title="Magnets & metals",
        text="<p>whole</p>",
        link="https://a.example/1",
        published_at=datetime(2025, 6, 9, 12, tzinfo=UTC),
    )
    assert (document.language, document.ttl) == ("en-gb", timedelta(minutes=15))


def test_atom_is_read() -> None:
    """Id, title, content, alternate link, updated as date, and the language of Atom."""
    body = b"""<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="de"><title>t</title>
    <entry><id>tag:a.example,2025:1</id><title type="html">Gallium &lt;b&gt;knapp&lt;/b&gt;</title>
    <link rel="alternate" href="/1"/><updated>2025-06-09T12:00:00Z</updated>
    <summary>kurz</summary></entry></feed>"""
    document = read_document(body)
    entry = only(document)
    assert (entry.id, entry.title, entry.text) == ("tag:a.example,2025:1", "Gallium <b>knapp</b>", "kurz")
    assert entry.link == "/1"
    assert entry.published_at == datetime(2025, 6, 9, 12, tzinfo=UTC)
    assert document.language == "de"


@pytest.mark.parametrize("namespace", ["http://purl.org/rss/1.0/", "http://my.netscape.com/rdf/simple/0.9/"])
def test_rdf_is_read(namespace: str) -> None:
    """RSS 1.0 by the fast parser, RSS 0.90, which that one does not know, by the lenient one."""
    body = f"""<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="{namespace}">
    <channel><title>t</title></channel>
    <item><title>Ore</title><link>https://a.example/ore</link></item></rdf:RDF>"""
    entry = only(read_document(body.encode()))
    assert (entry.title, entry.link, entry.published_at) == ("Ore", "https://a.example/ore", None)


def test_rss_091_with_its_doctype_is_read() -> None:
    """A DOCTYPE without entities is harmless."""
    body = (
        b'<?xml version="1.0"?><!DOCTYPE rss PUBLIC "-//Netscape//DTD RSS 0.91//EN" "http://a.example/r.dtd">'
        b'<rss version="0.91"><channel><title>t</title><item><title>Tin</title></item></channel></rss>'
    )
    assert only(read_document(body)).title == "Tin"


@pytest.mark.parametrize(
    "body",
    [
        '<!DOCTYPE rss [<!ENTITY a "b">]><rss/>',
        '<?xml version="1.0"?><!-- > --><!doctype rss [ <!-- x --> <!entity % a SYSTEM "file:///x">]><rss/>',
        '<!DOCTYPE rss PUBLIC "[>" "x" [<!ENTITY a "b">]><rss/>',
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_declared_entities_are_refused(body: str, encoding: str) -> None:
    """Entity declarations have no place in a feed and are refused before any parser sees them."""
    with pytest.raises(UnreadableFeed, match="declares entities"):
        read_document(body.encode(encoding))


def test_an_article_about_entities_is_read() -> None:
    """Words about a DOCTYPE in an article are just words."""
    body = rss(
        "<item><title>XXE</title><description><![CDATA[<!DOCTYPE x> <!ENTITY y>]]></description></item>"
    )
    assert only(read_document(body)).title == "XXE"


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"", "empty answer"),
        (b"\xef\xbb\xbf \n", "empty answer"),
        (b"<!DOCTYPE html><title>Log in</title><p>rss", "web page (“Log in”)"),
        (b"<html><body>no", "web page instead"),
        (b"Rate limit exceeded", "no feed"),
        (b"<urlset><url/></urlset>", "no feed"),
        (b"{broken", "broken JSON"),
        (b'{"a":' * 100_000, "broken JSON"),
        (b'{"message": "quota"}', "no JSON Feed"),
        (b'{"version": "https://jsonfeed.org/version/1", "items": {}}', "no JSON Feed"),
        (b"x" * (syndication.LENIENT_BYTES + 1), "large document"),
    ],
)
def test_what_is_no_feed_is_named(body: bytes, words: str) -> None:
    """An empty answer, a web page and other documents are told apart in words."""
    with pytest.raises(UnreadableFeed) as caught:
        read_document(body)
    assert words in str(caught.value)


def test_a_feed_without_entries_is_no_error() -> None:
    """Nothing published is not the same as nothing readable."""
    assert read_document(rss("")).entries == []


@pytest.mark.parametrize("version", ["1", "1.1"])
def test_json_feed_is_read(version: str) -> None:
    """JSON Feed 1.0 and 1.1, with numbers as ids, and HTML before text before summary."""
    body = f"""{{"version": "https://jsonfeed.org/version/{version}", "language": "en", "items": [
      {{"id": 7, "title": "A", "content_html": "<p>h</p>", "content_text": "t", "url": "https://a.example/7",
        "date_published": "2025-06-09T14:00:00+02:00", "language": "fr"}},
      {{"id": "8", "content_text": "t", "external_url": "https://b.example/8",
        "date_modified": "2025-06-09T12:00:00"}},
      {{"summary": "s", "title": null, "date_published": "soon", "id": true}},
      "no entry"]}}"""
    document = read_document(body.encode())
    noon = datetime(2025, 6, 9, 12, tzinfo=UTC)
    assert document.language == "en"
    assert document.entries == [
        Entry(
            id="7", title="A", text="<p>h</p>", link="https://a.example/7", published_at=noon, language="fr"
        ),
        Entry(id="8", text="t", link="https://b.example/8", published_at=noon),
        Entry(text="s"),
    ]


@pytest.mark.parametrize(
    ("guid", "stated", "expected"),
    [
        ("2025-04-17", "", None),
        ("2025-04-17", "<pubDate>Mon, 09 Jun 2025 12:00:00 GMT</pubDate>", 9),
        ("2025-06-09T12:00:00Z", "<pubDate>Mon, 09 Jun 2025 12:00:00 GMT</pubDate>", 9),
        ("20250417 at a.example", "<dc:date>2025-06-09T12:00:00Z</dc:date>", 9),
    ],
)
def test_only_stated_dates_count(guid: str, stated: str, expected: int | None) -> None:
    """A guid that looks like a date is no date of publication."""
    entry = only(read_document(rss(f"<item><guid>{guid}</guid><title>t</title>{stated}</item>")))
    assert entry.id == guid
    assert entry.published_at == (expected and datetime(2025, 6, expected, 12, tzinfo=UTC))


def test_a_document_that_reads_differently_without_guids_keeps_no_doubtful_date(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """When the second reading finds other entries, dates that may come from guids are dropped."""
    body = rss(
        "<item><guid>2025-04-17</guid><title>a</title></item>"
        "<item><guid>x</guid><title>b</title><pubDate>Mon, 09 Jun 2025 12:00:00 GMT</pubDate></item>"
    )
    monkeypatch.setattr(syndication, "_GUID_TAG", re.compile(rb"<(/?)item\b(?=>)"))
    dates = [entry.published_at for entry in read_document(body).entries]
    assert dates == [None, datetime(2025, 6, 9, 12, tzinfo=UTC)]


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("AT&T & Co", "AT&T & Co"),
        ("5&nbsp;% &mdash; &eacute;", "5\xa0% — é"),
        ("R&D; &unknown; &#38; &amp;", "R&D; &unknown; & &"),
        ("<![CDATA[a & b]]>", "a & b"),
    ],
)
def test_ampersands_lose_nothing(written: str, meant: str) -> None:
    """Bare ampersands and HTML's entities, both not XML, arrive as the author meant them."""
    assert only(read_document(rss(f"<item><title>{written}</title></item>"))).title == meant


def test_addresses_in_cdata_keep_their_ampersands() -> None:
    """Inside CDATA an ampersand already stands for itself."""
    items = "<item><title>t</title><link><![CDATA[https://a.example/?a=1&b=2]]></link></item>"
    assert only(read_document(rss(items))).link == "https://a.example/?a=1&b=2"


@pytest.mark.parametrize("encoding", ["utf-16", "iso-8859-1", "windows-1251"])
def test_other_encodings_are_read(encoding: str) -> None:
    """The declared encoding counts."""
    title = "редкие земли" if encoding == "windows-1251" else "Séoul"
    body = f'<?xml version="1.0" encoding="{encoding}"?><rss version="2.0"><channel><title>t</title>'
    body += f"<item><title>{title}</title></item></channel></rss>"
    assert only(read_document(body.encode(encoding))).title == title


@pytest.mark.parametrize(
    ("head", "ttl"),
    [
        ("<ttl> 60 </ttl>", timedelta(hours=1)),
        ("<sy:updatePeriod>hourly</sy:updatePeriod>", timedelta(hours=1)),
        (
            "<sy:updatePeriod>\ndaily\n</sy:updatePeriod><sy:updateFrequency>4</sy:updateFrequency>",
            timedelta(hours=6),
        ),
        (
            "<sy:updatePeriod>hourly</sy:updatePeriod><sy:updateFrequency>0</sy:updateFrequency>",
            timedelta(hours=1),
        ),
        ("<ttl>5</ttl><sy:updatePeriod>hourly</sy:updatePeriod>", timedelta(hours=1)),
        ("<ttl>often</ttl><sy:updatePeriod>fortnightly</sy:updatePeriod>", timedelta(0)),
    ],
)
def test_the_publishers_rhythm_is_read(head: str, ttl: timedelta) -> None:
    """ttl in minutes, the update period by its frequency."""
    assert read_document(rss("<item><title>t</title></item>", head)).ttl == ttl


@pytest.mark.parametrize(
    ("head", "language"),
    [
        ("<language><![CDATA[en-gb]]></language>", "en-gb"),
        ("<dc:language>pt</dc:language>", "pt"),
        ("", None),
    ],
)
def test_the_language_is_read(head: str, language: str | None) -> None:
    """Plain, in CDATA, or in Dublin Core's words."""
    assert read_document(rss("", head)).language == language


def test_damaged_documents_are_read_as_far_as_they_go() -> None:
    """A document cut off in the middle still gives its whole entries."""
    body = rss("<item><title>one</title></item><item><title>two</title></item>")
    assert read_document(body[: body.index(b"two")]).entries[0].title == "one"


@pytest.mark.parametrize("cut", [b"</item><item><title>two", b"two</title>", b"</channel>", b""])
def test_a_document_cut_off_in_the_middle_says_so(cut: bytes) -> None:
    """A channel that is closed nowhere lists more than came."""
    body = rss("<item><title>one</title></item><item><title>two</title></item>")
    whole = cut in {b"", b"</channel>"}
    document = read_document(body if not cut else body[: body.index(cut) + whole * len(cut)])
    assert document.is_cut_short is not whole


RDF = (
    '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/">'
    "<channel><title>t</title></channel><item><title>a</title></item>"
)
ATOM = '<a:feed xmlns:a="http://www.w3.org/2005/Atom"><a:entry><a:title>a</a:title></a:entry>'


@pytest.mark.parametrize(
    ("text", "is_cut_short"),
    [
        (RDF, True),
        (RDF + "</rdf:RDF>", False),
        (ATOM, True),
        (ATOM + "</a:feed >\n\n<!-- served by </a:fee> -->\n<?end?>", False),
        (ATOM.replace("a:", "").replace(":a", "") + "</feed>", False),
        ('{"version": "https://jsonfeed.org/version/1.1", "items": [{"id": "1", "title": "<rss>"}]}', False),
        ('<rss version="2.0"/>', False),
        ('<RSS version="0.91"><CHANNEL><item><title>a</title></item></CHANNEL></RSS>', False),
    ],
)
def test_whole_documents_are_told_from_parts(text: str, is_cut_short: bool) -> None:
    """By the end of what encloses all entries, whatever stands after it."""
    assert read_document(text.encode()).is_cut_short is is_cut_short


def test_the_lenient_parser_states_dates_too() -> None:
    """What only the lenient parser reads comes with its stated date, and without one if there is none."""
    body = b"""<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
     xmlns="http://channel.netscape.com/rdf/simple/0.9/" xmlns:dc="http://purl.org/dc/elements/1.1/">
     <item><title>a</title><dc:date>2025-06-09T12:00:00Z</dc:date></item><item><title>b</title></item></rdf:RDF>"""
    dates = [entry.published_at for entry in read_document(body).entries]
    assert dates == [datetime(2025, 6, 9, 12, tzinfo=UTC), None]


RECORDED = Path(os.environ.get("ALERTER_SHARED", Path(__file__).parents[4] / "shared")) / "real" / "feeds"

if RECORDED.is_dir():  # recorded feeds are not part of the project: where they are, they are tried

    @pytest.mark.filterwarnings("ignore::DeprecationWarning:feedparser")
    def test_recorded_feeds_count_as_many_entries_as_feedparser_counts() -> None:
        """On at least 22 of 23 recorded feeds both parsers find the same number of entries."""
        import io  # noqa: PLC0415  (this test exists only where the recordings are)

        import feedparser  # noqa: PLC0415

        recorded = [path for path in RECORDED.iterdir() if not path.suffix]
        equal = [
            len(read_document(path.read_bytes()).entries)
            == len(feedparser.parse(io.BytesIO(path.read_bytes())).entries)
            for path in recorded
        ]
        assert sum(equal) >= len(recorded) - 1
        assert not any(read_document(path.read_bytes()).is_cut_short for path in recorded)
