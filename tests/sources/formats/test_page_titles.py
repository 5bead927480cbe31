"""What the bytes of an answer are."""

import pytest

from alerter.sources.formats.bodies import page_title


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b"<!DOCTYPE html><title>Access\n denied &amp; logged</title>", " (“Access denied & logged”)"),
        (b"\xef\xbb\xbf  <!-- x --><HTML><head></head>", ""),
        (b"<html><title> </title>", ""),
        (b"<body>no", ""),
        (b"<rss><channel><title>t</title></channel></rss>", None),
        (b'{"a": "<html>"}', None),
        (b"", None),
    ],
)
def test_web_pages_are_told_from_documents(body: bytes, expected: str | None) -> None:
    """A page answers with its title, anything else is no page."""
    assert page_title(body) == expected
