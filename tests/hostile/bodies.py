"""Answers that mean harm: each with the weakness that it tries (CWE), whom it is for, and how it is sent."""

import gzip
import itertools

from tests.hostile.wire import (
    END,
    JSON_FEED,
    LARGEST,
    LARGEST_FEED,
    MB,
    RSS,
    Body,
    archived,
    chunked,
    deep,
    enveloped,
    fill,
    listed,
    packed,
    sent,
)

XML, JSON, PAGES, TABLES = (
    ("feed", "court_rss"),
    ("federal_register", "gdelt", "comtrade"),
    ("page", "gacc"),
    ("series",),
)
_ENTITIES = b"<!DOCTYPE r [<!ENTITY a 'aaaaaaaaaa'>" + b"".join(
    b"<!ENTITY %c '%b'>" % (letter, b"&%c;" % (letter - 1) * 10) for letter in range(ord("b"), ord("k"))
)
_WIDE = "<description>\U0001f600".encode()
_EXTERNAL = b"<!DOCTYPE r [<!ENTITY x SYSTEM 'file:///etc/passwd'>]>"

BODIES = (
    # packed
    Body("gzip bomb", "CWE-409", XML[:1], lambda: sent(packed("gzip", 128 * MB), "Content-Encoding: gzip")),
    Body("brotli bomb", "CWE-409", XML[:1], lambda: sent(packed("br", 128 * MB), "Content-Encoding: br")),
    Body(
        "deflate bomb",
        "CWE-409",
        XML[:1],
        lambda: sent(packed("deflate", 128 * MB), "Content-Encoding: deflate"),
    ),
    Body(
        "bomb in a bomb",
        "CWE-409",
        JSON[:1],
        lambda: sent(gzip.compress(packed("gzip", 128 * MB)), "Content-Encoding: gzip, gzip"),
    ),
    Body(
        "bomb under another name",
        "CWE-409",
        JSON[:1],
        lambda: sent(packed("gzip", 64 * MB), "Content-Encoding: x-gzip"),
    ),
    archived("zip bomb in one line", "CWE-409", lambda: bytes(128 * MB)),
    archived("zip bomb in empty lines", "CWE-409", lambda: b"\n" * (24 * MB)),
    archived("zip bomb in short rows", "CWE-409", lambda: b"\t\n" * (16 * MB)),
    Body(
        "many gzip members",
        "CWE-400",
        XML[:1],
        lambda: sent(gzip.compress(b"") * 200_000, "Content-Encoding: gzip"),
    ),
    # XML
    Body("entity bomb", "CWE-776", XML, lambda: sent(_ENTITIES + b"]><rss>&j;</rss>")),
    Body(
        "quadratic entities",
        "CWE-776",
        XML,
        lambda: sent(b"<!DOCTYPE r [<!ENTITY a '" + b"a" * MB + b"'>]><rss>" + b"&a;" * 100_000),
    ),
    Body("external entity", "CWE-611", XML, lambda: sent(_EXTERNAL + listed(b"<title>&x;</title>"))),
    Body(
        "external DTD",
        "CWE-611",
        XML,
        lambda: sent(b"<!DOCTYPE rss SYSTEM 'http://127.0.0.1:9/x.dtd'>" + listed(b"<title>a</title>")),
    ),
    Body(
        "entities in UTF-16",
        "CWE-776",
        XML,
        lambda: sent((_ENTITIES + b"]><rss>&j;</rss>").decode().encode("utf-16")),
    ),
    Body(
        "entities after a comment",
        "CWE-776",
        XML,
        lambda: sent(b"<!-- <!DOCTYPE x> -->" + _ENTITIES + b"]><rss>&j;</rss>"),
    ),
    Body("nested tags", "CWE-674", XML, lambda: sent(fill(b"<a>", LARGEST_FEED))),
    Body("nested entries", "CWE-674", XML, lambda: sent(RSS + fill(b"<item>", LARGEST_FEED - 200))),
    Body(
        "deep, and within the bounds",
        "CWE-674",
        XML,
        lambda: sent(RSS + b"<a>" * 120_000 + b"</a>" * 120_000 + END),
    ),
    Body("nothing but <", "CWE-1333", XML, lambda: sent(fill(b"<", LARGEST_FEED))),
    Body("nothing but &", "CWE-1333", XML, lambda: sent(fill(b"&", LARGEST_FEED))),
    Body("comments before a page", "CWE-1333", XML, lambda: sent(b"<!--a-->" * 200 + b"<x>")),
    Body("unclosed comments", "CWE-1333", XML, lambda: sent(RSS + b"<!--" * 100_000)),
    Body("unclosed CDATA", "CWE-1333", XML, lambda: sent(RSS + b"<![CDATA[" * 100_000)),
    Body("unclosed DOCTYPEs", "CWE-1333", XML, lambda: sent(b"<!DOCTYPE [" * 100_000)),
    Body(
        "a language that never comes",
        "CWE-1333",
        XML,
        lambda: sent(b"<rss><channel><language>" + b" " * 60_000 + b"!"),
    ),
    Body("roots that never end", "CWE-1333", XML, lambda: sent(b"<rss " * 100_000)),
    Body("titles that never end", "CWE-1333", XML, lambda: sent(b"<html>" + b"<title " * 100_000)),
    Body(
        "attributes in one tag",
        "CWE-407",
        XML,
        lambda: sent(b"<rss " + b"".join(b"a%d='1' " % i for i in range(300_000)) + b">"),
    ),
    Body(
        "namespaces",
        "CWE-407",
        XML,
        lambda: sent(b"<rss>" + b"".join(b"<a xmlns:b%d='u'>" % i for i in range(240_000))),
    ),
    Body("a million entries", "CWE-770", XML, lambda: sent(RSS + fill(b"<item/>", LARGEST_FEED - 200) + END)),
    Body(
        "entries without dates",
        "CWE-400",
        XML,
        lambda: sent(
            RSS
            + b"".join(
                b"<item><guid>%d</guid><pubDate>Foo 99 Bar %d</pubDate></item>" % (i, i) for i in range(9_000)
            )
            + END
        ),
    ),
    Body(
        "one giant line",
        "CWE-770",
        XML,
        lambda: sent(listed(b"<title>" + fill(b"x", LARGEST_FEED) + b"</title>")),
    ),
    Body(
        "a giant text with one wide letter",
        "CWE-770",
        XML,
        lambda: sent(listed(_WIDE + fill(b"x", LARGEST_FEED - 100) + b"</description>")),
    ),
    Body(
        "long texts with one wide letter each",
        "CWE-770",
        XML,
        lambda: sent(listed((_WIDE + fill(b"x", MB - 2048) + b"</description></item><item>") * 4)),
    ),
    Body(
        "tags within texts",
        "CWE-1333",
        XML,
        lambda: sent(listed(b"<description>" + fill(b"&lt;a ", 2 * MB) + b"</description>")),
    ),
    Body(
        "comments within texts",
        "CWE-1333",
        XML,
        lambda: sent(listed(b"<description>" + fill(b"&lt;!--", 2 * MB) + b"</description>")),
    ),
    Body("zeros", "CWE-158", XML + JSON, lambda: sent(bytes(LARGEST))),
    Body("a zero in a title", "CWE-158", XML, lambda: sent(listed(b"<title>Magnets\x00 fall</title>"))),
    Body("overlong UTF-8", "CWE-176", XML, lambda: sent(listed(b"<title>\xc0\xbcscript\xc0\xbe</title>"))),
    Body("broken UTF-16", "CWE-176", XML, lambda: sent(b"\xff\xfe" + fill(b"\x00\xd8", 2 * MB))),
    # texts
    Body(
        "a script in a title",
        "CWE-79",
        XML,
        lambda: sent(
            listed(
                b"<title>&lt;script&gt;alert(1)&lt;/script&gt;Hi &lt;img src=x onerror=alert(1)&gt;</title>"
            )
        ),
    ),
    Body(
        "a script twice escaped",
        "CWE-79",
        XML,
        lambda: sent(listed(b"<title>&amp;lt;script&amp;gt;alert(1)&amp;lt;/script&amp;gt;Hi</title>")),
    ),
    Body(
        "a mention of everybody", "CWE-116", XML, lambda: sent(listed(b"<title>&lt;!channel&gt; now</title>"))
    ),
    Body(
        "letters that turn the line",
        "CWE-451",
        XML,
        lambda: sent(listed("<title>Hi \u202egnihton\u2066</title>".encode())),
    ),
    Body(
        "a script as a link",
        "CWE-79",
        XML,
        lambda: sent(listed(b"<title>Hi</title><link>javascript:alert(1)</link>")),
    ),
    Body(
        "line breaks in a guid",
        "CWE-117",
        XML,
        lambda: sent(RSS + b"<item><guid>1&#10;2\x1b[2J</guid><title>Hi</title></item>" + END),
    ),
    # JSON
    Body("lists in lists", "CWE-674", (*JSON, "feed"), lambda: sent(JSON_FEED + deep(b"["))),
    Body(
        "objects in objects",
        "CWE-674",
        (*JSON, "feed"),
        lambda: sent(b'{"version":"https://jsonfeed.org/version/1","items":' + deep(b'{"a":')),
    ),
    Body(
        "a number without end",
        "CWE-1339",
        (*JSON, "feed"),
        lambda: sent(JSON_FEED + b'{"id":' + b"9" * MB + b"}]}"),
    ),
    Body(
        "no number",
        "CWE-1339",
        (*JSON, "feed"),
        lambda: sent(JSON_FEED + b'{"id":NaN,"title":1e999,"content_text":-Infinity}]}'),
    ),
    Body(
        "keys twice",
        "CWE-694",
        (*JSON, "feed"),
        lambda: sent(JSON_FEED + b'{"id":"1","id":"2","title":"a","title":"b"}],"items":[]}'),
    ),
    Body(
        "half a letter",
        "CWE-176",
        (*JSON, "feed"),
        lambda: sent(
            JSON_FEED
            + b'{"id":"\\ud800","title":"\\udfff Hi","url":"http://a.example/\\ud800","language":"\\udc00"}]}'
        ),
    ),
    Body("a million lists", "CWE-770", (*JSON, "feed"), lambda: sent(enveloped(b"[],"))),
    Body("a million objects", "CWE-770", (*JSON, "feed"), lambda: sent(enveloped(b'{"a":1},'))),
    Body("a million texts", "CWE-770", (*JSON, "feed"), lambda: sent(enveloped(b'"ab",'))),
    Body(
        "a hundred thousand objects",
        "CWE-770",
        (*JSON, "feed"),
        lambda: sent(enveloped(b'{"a":1},', 33_000 * 8)),
    ),
    Body("half a million texts", "CWE-770", (*JSON, "feed"), lambda: sent(enveloped(b'"ab",', 165_000 * 5))),
    Body(
        "wrong types",
        "CWE-843",
        (*JSON, "feed"),
        lambda: sent(
            b'{"count":[],"results":[[],1,null,{"document_number":{}}],"articles":{"a":1},"data":"x","items":[1]}'
        ),
    ),
    # pages and tables
    Body("tags without end", "CWE-674", PAGES, lambda: sent(fill(b"<div>"), "Content-Type: text/html")),
    Body(
        "tables in tables",
        "CWE-674",
        PAGES,
        lambda: sent(fill(b"<table><tr><td>", 2 * MB), "Content-Type: text/html"),
    ),
    Body(
        "formatting without end",
        "CWE-407",
        PAGES,
        lambda: sent(fill(b"<b><i><a href=x>", MB), "Content-Type: text/html"),
    ),
    Body(
        "attributes without end",
        "CWE-407",
        PAGES,
        lambda: sent(b"<p " + b"".join(b"a%d " % i for i in range(200_000)), "Content-Type: text/html"),
    ),
    Body(
        "a cell that spans",
        "CWE-770",
        PAGES,
        lambda: sent(
            b"<table><tr><td colspan=999999999 rowspan=999999999>1</table>" * 2_000, "Content-Type: text/html"
        ),
    ),
    Body(
        "quotes that never close",
        "CWE-1333",
        TABLES,
        lambda: sent(b'month,tonnes\n"' + fill(b'x,""\n', 4 * MB), "Content-Type: text/csv"),
    ),
    Body(
        "a formula",
        "CWE-1236",
        TABLES,
        lambda: sent(b"month,tonnes\n=cmd|' /C calc'!A0,1\n2025-05,@SUM(1)\n", "Content-Type: text/csv"),
    ),
    Body(
        "columns without end", "CWE-770", TABLES, lambda: sent(fill(b",", 4 * MB), "Content-Type: text/csv")
    ),
    # HTTP itself
    Body("chunks without end", "CWE-400", XML[:1], lambda: chunked(itertools.repeat(b" " * 4096))),
    Body("tiny chunks without end", "CWE-400", XML[:1], lambda: chunked(itertools.repeat(b" "))),
    Body(
        "a chunk's name without end",
        "CWE-400",
        XML[:1],
        lambda: itertools.chain(
            [b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;"], itertools.repeat(b"x" * 4096)
        ),
    ),
    Body(
        "trailers without end",
        "CWE-400",
        XML[:1],
        lambda: itertools.chain(
            [b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n"],
            (b"X-%d: y\r\n" % i for i in itertools.count()),
        ),
    ),
    Body(
        "headers without end",
        "CWE-770",
        XML[:1],
        lambda: itertools.chain([b"HTTP/1.1 200 OK\r\n"], (b"X-%d: y\r\n" % i for i in itertools.count())),
    ),
    Body(
        "a header without end",
        "CWE-770",
        XML[:1],
        lambda: itertools.chain([b"HTTP/1.1 200 OK\r\nX: "], itertools.repeat(b"x" * 4096)),
    ),
    Body(
        "a status without end",
        "CWE-770",
        XML[:1],
        lambda: itertools.chain([b"HTTP/1.1 200 "], itertools.repeat(b"x" * 4096)),
    ),
    Body(
        "continues without end",
        "CWE-835",
        XML[:1],
        lambda: itertools.repeat(b"HTTP/1.1 100 Continue\r\n\r\n"),
    ),
    Body(
        "two lengths",
        "CWE-444",
        XML[:1],
        lambda: [b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 900\r\n\r\nhello"],
    ),
    Body(
        "a negative length",
        "CWE-1284",
        XML[:1],
        lambda: [b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\nhello"],
    ),
    Body(
        "a cookie",
        "CWE-384",
        XML[:1],
        lambda: sent(listed(b"<title>Hi</title>"), "Set-Cookie: session=theirs; Path=/"),
    ),
    Body(
        "a folded header",
        "CWE-113",
        XML[:1],
        lambda: sent(listed(b"<title>Hi</title>"), 'ETag: "1"\r\n X-Other: 2'),
    ),
    Body(
        "dates without sense",
        "CWE-20",
        XML[:1],
        lambda: sent(b"", "Retry-After: " + "9" * 4000, "Date: Mon, 99 Foo 99999", status="429 Slow"),
    ),
)
