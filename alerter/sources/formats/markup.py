"""Web pages read into trees that CSS selectors search, in bounded time whatever the page holds. Pure.

A browser's parser takes a time that grows with the square of a tag's attributes and of the depth of tags. So
every tag is spelled anew first, with few attributes, and a page of too many tags is refused. Scripts, styles
and comments are left out: nothing in them is on the page.
"""

import html
import re

from selectolax.lexbor import LexborHTMLParser, LexborNode, SelectolaxError

from alerter.core.clean import clean_line
from alerter.sources.formats.encodings import decode

PAGE_BYTES = 4 * 1024 * 1024
"""Bytes of a page that is read; what fetches pages asks for no more."""
TAGS = 20_000
"""Tags of a page; at worst they keep the parser busy for two seconds."""
PIECES = 200_000
"""Tags, comments, scripts and stray `<` of a page."""
ATTRIBUTES = 40

# Each alternative consumes all that it looked at, to the end of the page if need be: linear time.
_TOKEN = re.compile(
    r"""
    <!--.*?(?:-->|\Z)
    | <(?P<raw>script|style|template)(?=[\s/>])(?:.*?</(?P=raw)\s*+>|.*+\Z)
    | <[!?][^>]*+(?:>|\Z)
    | <(?P<end>/?)(?P<name>[a-z][a-z0-9:-]*+)
      (?P<rest>(?:[^=>]++|=\s*+(?:"[^"]*+(?:"|\Z)|'[^']*+(?:'|\Z))?+)*+)>?
    | <
    """,
    re.VERBOSE | re.IGNORECASE | re.DOTALL,
)
_ATTRIBUTE = re.compile(
    r"""([^\s/>="'<]++)(?:\s*+=\s*+(?:"([^"]*+)"?|'([^']*+)'?|([^\s>"']++)))?+""",
)


class UnreadablePage(ValueError):
    """No page that can be read; the message completes a sentence that starts with who answered."""


def parse_page(body: bytes, content_type: str = "") -> LexborHTMLParser:
    """The page as a tree. Raises UnreadablePage for an empty answer, and for what is no page or too much."""
    if not body.strip():
        raise UnreadablePage("gave an empty answer")
    if len(body) > PAGE_BYTES:
        raise UnreadablePage(f"sent a page of more than {PAGE_BYTES:,} bytes")
    spelled = _Spelling()
    text = _TOKEN.sub(spelled.respell, decode(body, content_type))
    if not spelled.tags:
        raise UnreadablePage("answered with something that is no web page")
    return LexborHTMLParser(text)


def title_of(page: LexborHTMLParser) -> str:
    """What the page calls itself, as ` (“…”)`; nothing if it has no title."""
    title = page.css_first("title")
    words = clean_line(title.text())[:100] if title else ""
    return f" (“{words}”)" if words else ""


def selector_fault(selector: str) -> str | None:
    """Why this is no CSS selector; None when it is one."""
    try:
        LexborHTMLParser("<p>").css(selector)
    except SelectolaxError:
        return f"not a CSS selector: {selector!r}"
    return None


def split_selector(written: str) -> tuple[str, str | None]:
    """`a.headline@href` as the selector and the attribute; without `@`, what is wanted is the text."""
    selector, sign, attribute = written.rpartition("@")
    if not sign or "]" in attribute or ")" in attribute:  # an @ inside of the selector
        return written.strip(), None
    return selector.strip(), attribute.strip().lower()


def value_of(node: LexborNode, written: str) -> str:
    """What a selector with or without `@attribute` finds in a node or is the node; empty if nothing.

    An empty selector and `.` mean the node itself. An element's value is its mark-up.
    """
    selector, attribute = split_selector(written)
    found = node if selector in {"", "."} else node.css_first(selector)
    if found is None:
        return ""
    if attribute is None:
        return found.html or ""
    return found.attributes.get(attribute) or ""


class _Spelling:
    """Spells tags anew and counts them."""

    def __init__(self) -> None:
        self.tags = 0
        self._pieces = 0

    def respell(self, found: re.Match[str]) -> str:
        """What stands for a piece of mark-up. Raises UnreadablePage when there were too many."""
        name = found["name"]
        self._pieces += 1
        if self._pieces > PIECES:
            raise UnreadablePage(f"sent a page of more than {PIECES:,} pieces of mark-up")
        if name is None:
            return "&lt;" if found[0] == "<" else " "
        self.tags += 1
        if self.tags > TAGS:
            raise UnreadablePage(f"sent a page of more than {TAGS:,} tags")
        return f"</{name}>" if found["end"] else f"<{name}{_attributes(found['rest'])}>"


def _attributes(text: str) -> str:
    found = zip(range(ATTRIBUTES), _ATTRIBUTE.finditer(text), strict=False)
    return "".join(f' {one[1]}="{_value(one[2] or one[3] or one[4] or "")}"' for _, one in found)


def _value(text: str) -> str:
    return html.escape(html.unescape(text)) if "&" in text else html.escape(text)
