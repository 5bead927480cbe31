"""What the address of a feed answers: a feed in any encoding, or a web page that names one. Pure.

Between the client and the reading of feed documents, which are in UTF-8 from here on. Pages name their feeds
in `<link rel="alternate">` (https://www.rssboard.org/rss-autodiscovery).
"""

import re
from dataclasses import replace

from alerter.core.clean import clean_language
from alerter.sources.formats.addresses import absolute
from alerter.sources.formats.bodies import page_title
from alerter.sources.formats.encodings import as_utf8
from alerter.sources.formats.markup import UnreadablePage, parse_page
from alerter.sources.formats.syndication import Document, read_document

_FEED_TYPES = frozenset(
    {"application/rss+xml", "application/atom+xml", "application/feed+json", "application/rdf+xml"}
)
_MANY_LINKS = 200
_XHTML = re.compile(rb"\A\s*<\?xml[^>]{0,200}>\s*(?:<!doctype\s+html|<html)\b", re.IGNORECASE)
_ENTRY = re.compile(rb"<(?:\w{1,20}:)?(?:item|entry)(?=[\s>])[^>]{0,2000}>")
_ROOT = re.compile(
    rb"<(?:\w{1,20}:)?(?:rdf|feed|rss|channel)\b[^<>]{0,2000}?\bxml:lang\s*=\s*[\"']([\w-]{2,35})[\"']",
    re.IGNORECASE,
)
_HEAD = 20_000
_TAGGED = re.compile(rb"\bxml:lang\s*=\s*[\"']([\w-]{2,35})[\"']")
_STATED = re.compile(rb"<(?:dc:)?language>\s*+(?:<!\[CDATA\[\s*+)?([\w-]{2,35})")


def read_feed(body: bytes, content_type: str = "") -> Document:
    """The feed in these bytes, with the languages of its entries. Raises UnreadableFeed."""
    text = as_utf8(body, content_type)
    document = read_document(text)
    languages = _languages(text, len(document.entries))
    entries = [
        replace(entry, language=entry.language or language)
        for entry, language in zip(document.entries, languages, strict=True)
    ]
    return replace(document, entries=entries, language=document.language or _root_language(text))


def is_page(body: bytes) -> bool:
    """Is this a web page, and so no feed?"""
    return page_title(body) is not None or _XHTML.match(body) is not None


def named_feed(body: bytes, content_type: str, base: str) -> str | None:
    """The address of the first feed that a web page names, if it names one."""
    try:
        page = parse_page(body, content_type)
    except UnreadablePage:
        return None
    start = page.css_first("base[href]")
    if start is not None:
        base = absolute(start.attributes.get("href") or "", base) or base
    for link in page.css("link[rel][type][href]")[:_MANY_LINKS]:
        stated = {name: (link.attributes.get(name) or "").strip() for name in ("rel", "type", "href")}
        is_feed = stated["type"].partition(";")[0].strip().lower() in _FEED_TYPES
        if is_feed and "alternate" in stated["rel"].lower().split():
            url = absolute(stated["href"], base)
            if url is not None:
                return url
    return None


def _root_language(body: bytes) -> str | None:
    """The language of RDF, of a channel's own tag, and of a feed whose tags have a prefix."""
    found = _ROOT.search(body[:_HEAD])
    return clean_language(found[1].decode()) if found else None


def _languages(body: bytes, count: int) -> list[str | None]:
    """What each entry says of its language, by its tag or an element; nothing where they cannot be told."""
    first = _ENTRY.search(body)
    if first is None or (
        body.find(b"xml:lang", first.start()) < 0 and body.find(b"language>", first.start()) < 0
    ):
        return [None] * count
    tags = list(_ENTRY.finditer(body, first.start()))
    if len(tags) != count:
        return [None] * count
    ends = [tag.start() for tag in tags[1:]] + [len(body)]
    found = (
        _TAGGED.search(tag[0]) or _STATED.search(body, tag.end(), end)
        for tag, end in zip(tags, ends, strict=True)
    )
    return [clean_language(one[1].decode()) if one else None for one in found]
