"""How hostile answers are made: packed, archived, filled, nested, and worded for the wire.

An answer is what goes over the wire, in pieces: head and body, or an endless stream.
"""

import gzip
import zlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache

import brotli  # type: ignore[import-untyped]  # ships no types

from tests.sources.gdelt import file_name, update, zipped

MB = 1024 * 1024
LARGEST, LARGEST_FEED = 8 * MB - 4096, 4 * MB - 4096
"""Just below what is taken, so that the parser gets it."""
_NEWEST = file_name("gkg", "20250609120000")
JSON_FEED = b'{"version":"https://jsonfeed.org/version/1.1","items":['
RSS = b"<?xml version='1.0'?><rss version='2.0'><channel><title>t</title>"
END = b"</channel></rss>"

Pieces = Iterable[bytes]


@dataclass(frozen=True, slots=True)
class Body:
    """One answer and what it tries."""

    name: str
    cwe: str
    kinds: tuple[str, ...]
    pieces: Callable[[], Pieces]
    before: Mapping[str, Callable[[], bytes]] = field(default_factory=dict)
    """Well-formed answers to some paths, which lead to the hostile one."""


def sent(body: bytes, *headers: str, status: str = "200 OK") -> Pieces:
    """A whole answer with its length."""
    head = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", "Connection: close", *headers, "", ""]
    return ["\r\n".join(head).encode(), body]


def chunked(chunks: Pieces, *headers: str) -> Pieces:
    """An answer in chunks; endless, if they are."""
    yield "\r\n".join(["HTTP/1.1 200 OK", "Transfer-Encoding: chunked", *headers, "", ""]).encode()
    for chunk in chunks:
        yield b"%x\r\n%b\r\n" % (len(chunk), chunk)
    yield b"0\r\n\r\n"


def fill(unit: bytes, size: int = LARGEST) -> bytes:
    """So many bytes of the unit again and again."""
    return (unit * (size // len(unit) + 1))[:size]


def listed(entry: bytes) -> bytes:
    """A feed with one entry."""
    return RSS + b"<item><guid>1</guid>" + entry + b"</item>" + END


def packed(coding: str, size: int) -> bytes:
    """Zeros, packed."""
    raw = bytes(size)
    if coding == "gzip":
        return gzip.compress(raw, 9)
    return zlib.compress(raw, 9) if coding == "deflate" else bytes(brotli.compress(raw, quality=1))


def archived(name: str, cwe: str, make: Callable[[], bytes]) -> Body:
    """An archive that a list of files leads to, with the right size and checksum."""

    @cache
    def archive() -> bytes:
        return zipped([make()])

    before = {"/gdeltv2/lastupdate.txt": lambda: update({_NEWEST: archive()})}
    return Body(name, cwe, ("gdelt_files",), lambda: sent(archive()), before)


def enveloped(element: bytes, size: int = LARGEST_FEED // 3 - 100) -> bytes:
    """Lists of elements, each of this size, where publishers of JSON have their rows."""
    elements = element * (size // len(element)) + b"null]"
    keys = (b"results", b"articles", b"data", b"items")
    names = b",".join(b'"%b":[' % key + (elements if key != b"articles" else b"]") for key in keys)
    return b'{"version":"https://jsonfeed.org/version/1.1","count":1,' + names + b"}"


def deep(opening: bytes) -> bytes:
    """JSON that nests until it is large."""
    return fill(opening, 4 * MB)
