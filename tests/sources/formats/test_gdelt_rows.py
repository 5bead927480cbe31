"""Rows of GDELT's tables: what is told of them, which are asked for, and which archives are refused."""

import io
import struct
import zipfile
from collections.abc import Sequence
from datetime import UTC, datetime

import pytest

from alerter.sources.formats import gdelt_archives
from alerter.sources.formats.gdelt_archives import BrokenArchive, unpacked
from alerter.sources.formats.gdelt_codes import (
    COUNTRY_CODES,
    actor_codes,
    event_words,
    language,
    place_codes,
    theme_words,
)
from alerter.sources.formats.gdelt_rows import Article, Kind, UnknownShape, Wanted, harvest
from tests.sources.gdelt import article, event, row, zipped

URL = "https://www.wire.example/2025/06/09/china-tightens-rare-earth-licences-7781.html"


def read(kind: Kind, *rows: bytes, **wanted: Sequence[str]) -> list[Article]:
    """The articles that are asked for."""
    return list(harvest(rows, kind, Wanted(**wanted), most=500).articles.values())


def test_an_article_is_told_with_what_was_read_in_it() -> None:
    """Title, names and themes as words, language, site, and when it was first seen."""
    (found,) = read(
        "gkg",
        article(
            URL,
            title="Terbium &amp; &#39;dysprosium&#39; <b>run</b> short",
            domain="wire.example",
            themes="ECON_TRADE_DISPUTE;WB_698_TRADE;WB_698_TRADE;",
            places="1#China#CH#CH#35#105#CH;4#London, United Kingdom#UK#UKH9#51.5#-0.1#-2601889",
            people="he lifeng",
            organisations="ministry of commerce;european union",
            translation="srclc:deu;eng:GT-DEU 1.0",
            extras="<PAGE_LINKS>https://a.example/</PAGE_LINKS>",
        ),
    )
    assert found == Article(
        url=URL,
        title="Terbium & 'dysprosium' run short",
        text="Themes: econ trade dispute, trade\n\nPeople: he lifeng\n\n"
        "Organisations: ministry of commerce, european union\n\nPlaces: China, London, United Kingdom",
        seen_at=datetime(2025, 6, 9, 11, 45, tzinfo=UTC),
        domain="wire.example",
        language="de",
    )


@pytest.mark.parametrize(
    ("url", "title"),
    [
        (URL, "china tightens rare earth licences"),
        ("https://a.example/Plant%20fire%20stops%20magnets/12345", "Plant fire stops magnets"),
        ("https://a.example/article?id=1", "https://a.example/article?id=1"),
    ],
)
def test_without_a_title_the_address_speaks(url: str, title: str) -> None:
    """Where it is worded like a headline; else it stands for itself."""
    (found,) = read("gkg", article(url))
    assert (found.title, found.language) == (title, "en")


def test_an_event_is_told_as_who_did_what() -> None:
    """Its title is made from actors, deed and place; the address's words come with it."""
    (found,) = read("export", event(URL, "1631"))
    assert (
        found.title
        == "China – imposes an embargo, a boycott or sanctions – United States (London, United Kingdom)"
    )
    assert found.text == f"{found.title}\n\nchina tightens rare earth licences"
    assert (found.domain, found.language) == ("wire.example", None)
    (bare,) = read("export", event("https://a.example/1", "999", actor1="", actor2="", place=""))
    assert bare.title == "acts"


def test_several_events_of_one_article_are_one() -> None:
    """What the further ones add is told with the first, up to a number; the same again is not."""
    rows = [event(URL, "163"), event(URL, "163"), event(URL, "172", actor1="JAPAN")]
    (found,) = read("export", *rows)
    assert found.title.startswith("China – imposes an embargo")
    assert found.text.count("Japan – imposes administrative sanctions") == 1
    (many,) = read("export", *(event(URL, "163", actor1=f"ACTOR {number}") for number in range(30)))
    assert many.text.count("\n\n") < 15


GRAPH = article(
    URL,
    title="Magnet shortage",
    themes="ECON_TRADE_DISPUTE;EPU_POLICY;",
    places="1#China#CH#CH#35#105#CH",
)
DEED = event(URL, "163", place_code="UK")


@pytest.mark.parametrize(
    ("kind", "raw", "wanted", "taken"),
    [
        ("gkg", GRAPH, {}, True),
        ("gkg", GRAPH, {"themes": ["EPU_POLICY"]}, True),
        ("gkg", GRAPH, {"themes": ["ECON_*"]}, True),
        ("gkg", GRAPH, {"themes": ["ECON"]}, False),
        ("gkg", GRAPH, {"words": ["magnet shortage"]}, True),
        ("gkg", GRAPH, {"words": ["gallium", "licence*"]}, True),
        ("gkg", GRAPH, {"words": ["gallium"]}, False),
        ("gkg", GRAPH, {"countries": ["CN"]}, True),
        ("gkg", GRAPH, {"countries": ["CH"]}, False),
        ("gkg", GRAPH, {"countries": ["CN"], "themes": ["TAX_*"]}, False),
        ("gkg", GRAPH, {"events": ["19"]}, True),
        ("export", DEED, {"events": ["16"]}, True),
        ("export", DEED, {"events": ["164", "17"]}, False),
        ("export", DEED, {"countries": ["GB"]}, True),
        ("export", DEED, {"countries": ["CN"]}, True),
        ("export", DEED, {"countries": ["JP"]}, False),
        ("export", DEED, {"words": ["rare earth"]}, True),
        ("export", DEED, {"words": ["copper"]}, False),
        ("export", DEED, {"themes": ["TAX_*"]}, True),
    ],
)
def test_only_what_is_asked_for_is_taken(
    kind: Kind, raw: bytes, wanted: dict[str, list[str]], taken: bool
) -> None:
    """Each filter that a table can answer must be met by one of its values."""
    assert bool(read(kind, raw, **wanted)) is taken


@pytest.mark.parametrize("kind", ["gkg", "export"])
def test_what_has_no_address_is_no_article(kind: Kind) -> None:
    """Broadcasts, citations and endless addresses are passed over."""
    endless = "https://a.example/" + "x" * 5_000
    assert read(kind, row(kind, {1: "20250609114500", 4: endless, 59: "20250609114500", 60: endless})) == []
    assert (
        read(kind, row(kind, {1: "20250609114500", 4: "BBC Monitoring", 59: "20250609114500", 60: "no"}))
        == []
    )


def test_no_more_than_asked_for_are_taken() -> None:
    """The rest is counted."""
    rows = [article(f"https://a.example/{number}") for number in range(5)]
    found = harvest(rows, "gkg", Wanted(), most=3)
    assert (list(found.articles), found.left_out) == ([f"https://a.example/{n}" for n in range(3)], 2)


def test_what_is_told_is_bounded() -> None:
    """However much a row names."""
    names = ";".join(f"{'n' * 3_000} {number}" for number in range(30))
    (found,) = read("gkg", article(URL, people=names, domain="d" * 900, title="t" * 3_000))
    assert len(found.text.encode()) <= 8_000
    assert len(found.domain) <= 200
    assert len(found.title) <= 1_000


def test_some_bad_rows_are_counted() -> None:
    """Rows of another width or without a time, among good ones."""
    rows = [article("https://a.example/1"), b"", b"x\ty", article("https://a.example/2", stamp="soon")]
    found = harvest(rows, "gkg", Wanted(), most=10)
    assert (list(found.articles), found.unreadable) == (["https://a.example/1"], 3)


@pytest.mark.parametrize("rows", [[b"a\tb"], [article(URL), *[b"a"] * 4]])
def test_a_table_that_does_not_add_up_is_refused(rows: list[bytes]) -> None:
    """Where too many rows are of another shape."""
    with pytest.raises(UnknownShape, match="rows that are not"):
        harvest(rows, "gkg", Wanted(), most=10)


def test_codes_are_translated() -> None:
    """Events by their coarsest known meaning, countries into both of GDELT's codes, languages and themes."""
    assert event_words("1634") == event_words("163") != event_words("16")
    assert sorted(place_codes(["CN", "PS"])) == ["CH", "GZ", "WE"]
    assert sorted(actor_codes(["CN"])) == ["CHN"]
    assert {"CN", "US", "DE", "KP"} < COUNTRY_CODES
    assert len(COUNTRY_CODES) > 190
    assert (language("zho"), language("xyz")) == ("zh", "xyz")
    assert theme_words("TAX_FNCACT_MINISTER") == "minister"


def lines(archive: bytes) -> list[bytes]:
    """All lines of an archive."""
    with unpacked(io.BytesIO(archive)) as found:
        return list(found)


def built(*members: tuple[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """An archive of these members."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as archive:
        for name, body in members:
            archive.writestr(name, body)
    return file.getvalue()


def patched(archive: bytes, mark: bytes, offset: int, value: bytes) -> bytes:
    """The archive with bytes after the last mark replaced."""
    at = archive.rindex(mark) + offset
    return archive[:at] + value + archive[at + len(value) :]


def test_lines_come_without_their_ends() -> None:
    """CRLF too, and the last line needs no end."""
    assert lines(built(("t", b"a\tb\r\n\nc"))) == [b"a\tb", b"", b"c"]
    assert lines(built(("t", b""))) == []
    assert lines(built(("t", b"a\n"), method=zipfile.ZIP_STORED)) == [b"a"]


def test_a_line_too_long_is_empty(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is passed over piece by piece, and the next one is read."""
    monkeypatch.setattr(gdelt_archives, "LINE_LENGTH", 10)
    assert lines(built(("t", b"x" * 95 + b"\nshort\n" + b"y" * 50))) == [b"", b"short", b""]


GOOD = zipped([b"a\tb"] * 100)
_CENTRAL, _EOCD = b"PK\x01\x02", b"PK\x05\x06"
REFUSED = {
    "nothing": (b"", "gave an empty answer"),
    "a page": (b"<html><title>Down</title>", "a web page (“Down”) instead of an archive"),
    "text": (b"not here" * 10, "sent a broken archive"),
    "a cut archive": (GOOD[:-30], "sent a broken archive"),
    "a cut end": (GOOD[:-5], "sent a broken archive"),
    "two tables": (built(("a", b"1"), ("b", b"2")), "something else than one table"),
    "no table": (built(), "something else than one table"),
    "a giant directory": (
        patched(GOOD, _EOCD, 12, struct.pack("<L", 10**8)),
        "something else than one table",
    ),
    "a 64-bit archive": (
        GOOD[:-22] + b"PK\x06\x07" + bytes(16) + GOOD[-22:],
        "something else than one table",
    ),
    "a locked table": (patched(GOOD, _CENTRAL, 8, b"\x01"), "cannot be opened"),
    "another packing": (built(("t", b"x" * 99), method=zipfile.ZIP_LZMA), "cannot be opened"),
    "a declared bomb": (
        patched(GOOD, _CENTRAL, 24, struct.pack("<L", 3 * 10**9)),
        "unpacks to 3,000,000,000",
    ),
    "another sum": (patched(GOOD, _CENTRAL, 16, b"abcd"), "sent a broken archive"),
    "no such member": (patched(GOOD, _EOCD, 16, struct.pack("<L", 10)), "sent a broken archive"),
    "a name in no alphabet": (
        patched(patched(GOOD, _CENTRAL, 8, b"\x00\x08"), _CENTRAL, 46, b"\xff\xff"),
        "sent a broken archive",
    ),
    "another name in no alphabet": (
        GOOD[:6] + b"\x00\x08" + GOOD[8:30] + b"\xff\xff" + GOOD[32:],
        "sent a broken archive",
    ),
    "damage": (GOOD[:40] + bytes(10) + GOOD[50:], "sent a broken archive"),
}


@pytest.mark.parametrize(("archive", "reason"), REFUSED.values(), ids=REFUSED)
def test_what_is_no_archive_of_one_table_is_refused(archive: bytes, reason: str) -> None:
    """Before anything large is read of it."""
    with pytest.raises(BrokenArchive) as refusal:
        lines(archive)
    assert reason in str(refusal.value)


def test_an_undeclared_bomb_is_cut_off() -> None:
    """A member that unpacks to more than it declares is broken, not read on."""
    bomb = built(("t", bytes(5_000_000)))
    with pytest.raises(BrokenArchive, match="broken archive"):
        lines(patched(bomb, _CENTRAL, 24, struct.pack("<L", 1000)))
