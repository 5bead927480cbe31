"""Bytes read as text: what is declared rightly, wrongly or not at all."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerter.sources.formats.encodings import as_utf8, decode

CHINESE = "商务部关于稀土出口管制的公告"
RUSSIAN = "редкие земли и магниты"


@pytest.mark.parametrize(
    ("body", "content_type", "text"),
    [
        (CHINESE.encode(), "", CHINESE),
        (CHINESE.encode(), "text/html; charset=gbk", CHINESE),
        (CHINESE.encode("gb18030"), "", CHINESE),
        (CHINESE.encode("gb18030"), "text/html; charset=GB2312", CHINESE),
        (CHINESE.encode("gb18030"), 'text/html; charset="utf-8"', CHINESE),
        (f"<meta charset=gbk>{CHINESE}".encode("gb18030"), "text/html", f"<meta charset=gbk>{CHINESE}"),
        (CHINESE.encode("utf-16"), "text/html; charset=iso-8859-1", CHINESE),
        (CHINESE.encode("utf-8-sig"), "text/html; charset=gbk", CHINESE),
        (f"<p>{CHINESE}".encode("utf-16-le"), "", f"<p>{CHINESE}"),
        (f"<p>{CHINESE}".encode("utf-16-be"), "text/html; charset=utf-8", f"<p>{CHINESE}"),
        (f"<p>{CHINESE}".encode("utf-32-le"), "", f"<p>{CHINESE}"),
        (f"<p>{CHINESE}".encode("utf-32-be"), "", f"<p>{CHINESE}"),
        (f"<p>{CHINESE}".encode("utf-32"), "", f"<p>{CHINESE}"),
        (RUSSIAN.encode("cp1251"), "text/html; charset=windows-1251", RUSSIAN),
        ("希土類の輸出".encode("cp932"), "text/html; charset=Shift_JIS", "希土類の輸出"),
        ("希土類の輸出".encode("iso2022_jp"), "text/html; charset=ISO-2022-JP", "希土類の輸出"),
        ("희토류".encode("cp949"), "text/html; charset=euc-kr", "희토류"),
        ("稀土".encode("big5hkscs"), "text/html; charset=big5", "稀土"),
        ("Séoul — “terres”".encode("cp1252"), "text/html; charset=ISO-8859-1", "Séoul — “terres”"),
        ("Séoul".encode(), "text/html; charset=ISO-8859-1", "Séoul"),
        (b"plain", "text/html; charset=utf-16", "plain"),
        (b"plain", "text/html; charset=rot13", "plain"),
        (b"plain", "text/html; charset=no-such", "plain"),
        (b"", "", ""),
    ],
)
def test_text_is_read_whatever_is_said_of_it(body: bytes, content_type: str, text: str) -> None:
    """Marks and zeros count first, then valid UTF-8, then header and document."""
    assert decode(body, content_type) == text


def test_the_documents_word_counts_where_the_headers_does_not_fit() -> None:
    """A header that names UTF-8 does not spoil a page in another encoding."""
    body = f'<?xml version="1.0" encoding="windows-1251"?><t>{RUSSIAN}</t>'
    assert decode(body.encode("cp1251"), "application/xml; charset=utf-8") == body


@pytest.mark.parametrize("content_type", ["", "text/html; charset=gbk"])
def test_what_fits_nothing_is_replaced(content_type: str) -> None:
    """Broken bytes are no reason to read nothing."""
    assert decode(b"ore \xff\xff", content_type).startswith("ore ")


@pytest.mark.parametrize("content_type", ["", "text/html; charset=utf-8"])
def test_a_broken_byte_spoils_one_character(content_type: str) -> None:
    """Text in UTF-8 with a byte that is none stays what it is."""
    assert decode(f"{CHINESE}é".encode() + b"\xe9!", content_type) == f"{CHINESE}é\ufffd!"


@pytest.mark.parametrize(
    ("body", "content_type", "same"),
    [
        (f'<?xml version="1.0" encoding="gb2312"?><t>{CHINESE}</t>'.encode("gb18030"), "", CHINESE),
        (f'<?xml version="1.0" encoding="GBK"?><t>{CHINESE}</t>'.encode(), "", CHINESE),
        (f'<?xml version="1.0" encoding="UTF-16"?><t>{CHINESE}</t>'.encode("utf-16"), "", CHINESE),
        (f"<?xml version='1.0' encoding='UTF-16'?><t>{CHINESE}</t>".encode("utf-16-be"), "", CHINESE),
        (f"<t>{RUSSIAN}</t>".encode("cp1251"), "text/xml; charset=windows-1251", RUSSIAN),
        (b"\xef\xbb\xbf<t>plain</t>", "", "plain"),
    ],
)
def test_documents_become_utf8(body: bytes, content_type: str, same: str) -> None:
    """The declaration says so too, so that no parser reads them otherwise."""
    turned = as_utf8(body, content_type)
    assert turned.decode().endswith(f"<t>{same}</t>")
    assert not any(name in turned.lower() for name in (b"utf-16", b"gb"))


def test_what_is_utf8_is_not_copied() -> None:
    """Most documents are."""
    body = f'<?xml version="1.0" encoding="UTF-8"?><t>{CHINESE}</t>'.encode()
    assert as_utf8(body, "text/xml; charset=iso-8859-1") is body
    assert as_utf8(b"plain") == b"plain"


@given(st.binary(max_size=200), st.sampled_from(["", "text/html; charset=gbk", "x; charset=shift_jis"]))
def test_any_bytes_are_read(body: bytes, content_type: str) -> None:
    """Decoding never fails."""
    assert isinstance(decode(body, content_type), str)
