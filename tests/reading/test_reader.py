"""The reader as a whole: pure, bounded on hostile texts, and true to the contract of `annotate`."""

import json
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alerter.core.reading import NoticeMeaning
from alerter.core.signal import NoticeReference, Signal, SignalKind
from alerter.reading import Commodity, Lexicon, Reader, annotate, signal_from_annotate_input
from tests.reading.support_reading import read, reader

WORDS = (
    "China exports fell 34% ban magnets May 2025 , . 1,238 t if stay tariffs from to \ufb01 \u0130 \u0301 ß "
    "１２３ 稀土"
)
FRAGMENTS = st.sampled_from(
    [*WORDS.split(), "\n", "−74 %", "more than", "rare earth", "the court", "\U0001f9f2"]
)
PIECES = st.lists(FRAGMENTS | st.text(max_size=8), max_size=40).map(" ".join)


def signal_of(title: str, text: str, kind: str = "article") -> Signal:
    """A signal of a kind, published in June 2025."""
    return Signal(
        source="t",
        kind=SignalKind(kind),
        title=title,
        text=text,
        published_at=datetime(2025, 6, 9, tzinfo=UTC),
    )


@given(title=PIECES.filter(bool), text=PIECES, kind=st.sampled_from(["article", "notice", "docket_entry"]))
@settings(max_examples=150, deadline=None)
def test_reading_is_pure_and_its_spans_lie_in_the_text(title: str, text: str, kind: str) -> None:
    """Any text reads the same twice, and every span is a place in title and text."""
    signal = signal_of(title, text, kind)
    first, second = reader().read(signal), reader().read(signal)
    assert first == second
    length = len(f"{title}\n{text}")
    for start, end in [claim.span for claim in first.claims] + [event.span for event in first.events]:
        assert 0 <= start < end <= length


@pytest.mark.parametrize("published", ["0001-01-01", "1900-01-31", "9999-12-31"])
@pytest.mark.parametrize(
    "text",
    [
        "China imposes a 10% tariff on copper from January until December, for 90 days.",
        "Beijing banned exports of tin last week, in May of FY26023.",
        "商务部公告：自公布次日起对稀土实施出口管制，为期200天。",
        "本月中国对稀土实施出口管制，2月10日起生效。",
        "铜库存较上周减少12.6%，至9.8万吨。本周铜价较上月上涨5%。",
    ],
)
def test_a_text_dated_at_the_calendars_end_is_read(text: str, published: str) -> None:
    """What lies before or after such a day leaves the calendar: no day is told, and nothing fails."""
    assert read("Briefing", text, published=published).commodities


HOSTILE = [
    "exports fell 34% ",
    "1,",
    "9",
    "a",
    "China bans exports if ",
    "rare-earth-",
    "(" * 7,
    "more than more than ",
    "\u0301",
    "ﷺ",
    "稀土",
    "and 5% and Japan's 5% ",
    "tariff to 5% to 5% ",
    "from 5 t to 6 t; ",
    "\n",
    ". ",
    "no licence no ban no control under ",
    "v. [ORDER] ",
    "公告2025年第",
    "The Commission said. ",
    "Georgia ",
]


def seconds(text: str, kind: str) -> float:
    """How long one reading takes."""
    signal = signal_of("x", text, kind)
    begun = time.perf_counter()
    reader().read(signal)
    return time.perf_counter() - begun


def assert_in_proportion(piece: str, kind: str) -> None:
    """Four times the text takes about four times as long, far from the sixteen of a quadratic grammar."""
    small = seconds((piece * 24_000)[:24_000], kind)
    large = seconds((piece * 96_000)[:96_000], kind)
    assert large < 10 * small + 0.5


@pytest.mark.parametrize("piece", HOSTILE)
def test_hostile_articles_take_time_in_proportion(piece: str) -> None:
    """Repetition, odd characters and unclosed grammar cost no more than their length."""
    assert_in_proportion(piece, "article")


@pytest.mark.parametrize("kind", ["notice", "docket_entry"])
@pytest.mark.parametrize("piece", ["1,", "v. [ORDER] ", "公告2025年第", "(" * 7])
def test_hostile_filings_take_time_in_proportion(piece: str, kind: str) -> None:
    """So do the patterns of notices and docket entries."""
    assert_in_proportion(piece, kind)


def test_the_largest_text_is_read_within_seconds() -> None:
    """256 kB of everything at once come to an end."""
    assert seconds((" ".join(HOSTILE) * 10_000)[:256_000], "article") < 10


def test_the_founding_article_reads_as_told() -> None:
    """The founding story's article: the fall is China's and dated, the share of world output is no claim."""
    reading = read(
        "US and China meet in London amid rare earth standoff",
        "China's rare earth exports fell 34 % in May, customs said. It makes over 90 % of world output. "
        "Car plants have halted production for lack of magnets.",
    )
    (claim,) = reading.claims
    assert (claim.metric, claim.change_pct, claim.commodity, claim.origin, claim.period) == (
        "exports",
        -34,
        "rare-earths",
        "CN",
        "2025-05",
    )
    assert {"talks_held", "production_halted", "shortage"} <= {event.type for event in reading.events}
    assert set(reading.countries) == {"US", "CN"}


def test_a_docket_entry_has_court_meaning_only() -> None:
    """Claims and events are read in prose, court meaning in docket entries."""
    reading = read("A v. United States", "ORDER granting Motion to Stay", kind="docket_entry")
    assert reading.court is not None
    assert (reading.court.document.value, reading.events, reading.story_keys) == ("order", (), ())


def test_an_article_has_no_court_meaning() -> None:
    """Only docket entries mean something to a court."""
    assert read("ORDER granting Motion to Stay").court is None


def test_what_a_source_states_of_a_notice_wins_over_its_text() -> None:
    """An agency's own fields are surer than what its prose says."""
    signal = signal_of("Notice of inquiry", "Comments are due.", "notice").model_copy(
        update={
            "notice": NoticeReference(
                number="2025-06836", effective_on=datetime(2025, 4, 25, tzinfo=UTC).date()
            )
        }
    )
    assert reader().read(signal).notice == NoticeMeaning(number="2025-06836", effective_on="2025-04-25")


def test_annotate_gives_the_contract_s_object() -> None:
    """A line goes in and comes out in the documented shape, as plain JSON values."""
    line = {
        "id": "a1",
        "published": "2025-06-09",
        "title": "China's rare earth exports fell 34 % in May",
        "text": "",
        "relevant": True,
    }
    signal = signal_from_annotate_input(line)
    out = annotate(signal, reader().read(signal))
    assert list(out) == ["id", "claims", "events", "commodities", "countries", "court", "notice"]
    assert json.loads(json.dumps(out)) == out
    assert out["id"] == "a1"
    keys = "metric change_pct value unit bound basis commodity origin destination period modality"
    assert " ".join(out["claims"][0]) == keys
    assert (out["court"], out["notice"]) == (None, None)


def test_annotate_gives_court_and_notice_for_their_kinds() -> None:
    """The two last keys follow the kind of the line."""
    court = signal_from_annotate_input(
        {
            "id": 7,
            "published": "2025-06-10T12:00Z",
            "title": "A v. B",
            "text": "ORDER denying stay",
            "kind": "docket_entry",
        }
    )
    out = annotate(court, reader().read(court))
    assert out["id"] == "7"
    assert out["court"] == {
        "document": "order",
        "disposition": ["denied"],
        "relief": "stay",
        "by": "court",
        "decides": True,
    }
    notice = signal_from_annotate_input(
        {"published": "2025-04-04", "title": "商务部公告2025年第18号", "kind": "notice", "language": "zh"}
    )
    assert annotate(notice, reader().read(notice))["notice"]["number"] == "2025-18"


@pytest.mark.parametrize(
    "line",
    [
        {"title": "x"},
        {"published": "2025-06-09"},
        {"title": "x", "published": "soon"},
        {"title": "x", "published": "2025-06-09", "kind": "poem"},
    ],
)
def test_a_line_that_is_no_signal_is_refused(line: dict[str, str]) -> None:
    """What is missing or malformed raises, so that the command can say which line."""
    with pytest.raises(ValueError, match=r"."):
        signal_from_annotate_input(line)


def test_a_configured_commodity_is_read() -> None:
    """An entry of the configuration adds a commodity with its parent and its names."""
    lexicon = Lexicon.build(
        [Commodity(id="scandium", names=("scandium", "Sc2O3"), parent="rare-earths", hs=("280530",))]
    )
    assert lexicon.parents["scandium"] == "rare-earths"
    reading = Reader(lexicon).read(signal_of("China bans exports of Sc2O3", ""))
    assert "scandium" in reading.commodities
    assert reading.events[0].commodity == "scandium"


def test_a_configured_entry_adds_names_to_a_known_commodity() -> None:
    """The shipped names stay, the parent is overridden where one is stated."""
    lexicon = Lexicon.build([Commodity(id="helium", names=("liquid he*",), parent="gas")])
    entry = lexicon.commodities["helium"]
    assert {"helium", "氦", "liquid he*"} <= set(entry.names)
    assert lexicon.parents["helium"] == "gas"
    assert (
        Lexicon.build([Commodity(id="rare-earth-magnets", names=("magnet",))]).parents["rare-earth-magnets"]
        == "rare-earths"
    )


CONTRACT_IDS = """
    rare-earths rare-earth-magnets gallium germanium antimony tungsten graphite lithium cobalt nickel copper
    aluminium bauxite steel tellurium bismuth indium molybdenum titanium magnesium manganese silicon
    semiconductors uranium
    platinum-group tin fertiliser oil gas helium grain batteries vehicles other
"""


def test_every_commodity_of_the_contract_is_known() -> None:
    """The ids that the output may hold are all in the shipped vocabulary."""
    assert set(CONTRACT_IDS.split()) == set(Lexicon.build().commodities)


EVAL = Path(__file__).parents[3] / "shared" / "eval" / "dev.jsonl"

if EVAL.exists():

    def test_the_evaluation_set_is_read_well() -> None:
        """Names are read nearly without fault over the hand-labelled records."""
        lines = [json.loads(line) for line in EVAL.read_text("utf-8").splitlines() if line.strip()]
        wrong = 0
        for line in lines:
            reading = reader().read(signal_from_annotate_input(line))
            wrong += set(reading.countries) != set(line["countries"])
            wrong += set(reading.commodities) != set(line["commodities"])
        assert wrong <= len(lines) * 0.1
