"""What the bytes of an answer are before anything is read in them: a web page, or too much to hold."""

import html
import re

VALUES, CONTAINERS = 500_000, 100_000
"""What no answer in JSON has more of: each value takes many times its bytes once it is read."""

_PAGE = re.compile(  # atomic: a row of comments could be divided in endlessly many ways
    rb"\A\s*+(?>(?><!--.*?-->)\s*+)*+<(?:!doctype\s++html|html|head|body)\b", re.IGNORECASE | re.DOTALL
)
_TITLE = re.compile(rb"<title[^<>]*>([^<]{1,300})", re.IGNORECASE)


def page_title(body: bytes) -> str | None:
    """For a web page its title as ` (“…”)`, or nothing if it has none; None for what is no web page."""
    head = body[:20_000].removeprefix(b"\xef\xbb\xbf")
    if not _PAGE.match(head):
        return None
    found = _TITLE.search(head)
    words = " ".join(html.unescape(found[1].decode("utf-8", "replace")).split()) if found else ""
    return f" (“{words[:100]}”)" if words else ""


def is_overfull(body: bytes) -> bool:
    """Has this JSON more values than can be held in little memory? What texts hold is counted along."""
    containers = body.count(b"{") + body.count(b"[")
    return containers > CONTAINERS or containers + body.count(b",") > VALUES
