"""Commands that look at signals without a service: what they print, and that they touch no store."""

import orjson
import pytest

from tests.support.service import Home, alerter

CONFIGURATION = """
rules:
  - {id: licensing, type: event, events: [licence_required, export_control_imposed], per: [commodity, actor]}
  - {id: magnets, type: match, any: [magnet*], per: [story]}
receivers:
  - {id: desk, console: {}}
routes:
  - {receiver: desk}
tests:
  - name: a licence is told
    signals:
      - {id: "1", source: wire, kind: article, published_at: 2025-04-04T10:00:00Z,
         title: China requires an export licence for dysprosium}
    at: 2025-04-04T12:00:00Z
    expect:
      - {rule: licensing, state: firing}
"""
SIGNAL = {
    "id": "1",
    "source": "wire",
    "kind": "article",
    "title": "Magnet plants stop",
    "text": "China requires an export licence for dysprosium.",
    "published_at": "2025-04-04T10:00:00Z",
}
NOWHERE = "redis://127.0.0.1:9/0"


@pytest.fixture(autouse=True)
def written(place: Home) -> None:
    """A configuration and a file of one signal."""
    place.configure(CONFIGURATION)
    (place.folder / "signals.ndjson").write_bytes(orjson.dumps(SIGNAL) + b"\n")


@pytest.fixture(autouse=True)
def no_store(place: Home) -> None:
    """Any attempt to reach a store would fail."""
    place.environment["ALERTER_REDIS_URL"] = NOWHERE


async def test_check_and_test_touch_no_store(place: Home) -> None:
    """`check` and `test` end with 0 where no store can be reached, and leave nothing behind."""
    for command in ("check", "test"):
        ended = await alerter(place, command)
        assert ended.code == 0, ended.err
        assert ended.out == ""
    assert not place.data.exists()


async def test_a_failed_rule_test_is_named(place: Home) -> None:
    """`test` ends with 1 and says which test expected what."""
    place.configure(
        CONFIGURATION.replace("expect:\n      - {rule: licensing", "expect:\n      - {rule: magnets")
    )
    ended = await alerter(place, "test")
    assert ended.code == 1
    assert "FAIL a licence is told" in ended.err
    assert "licensing" in ended.err
    assert "Traceback" not in ended.err


async def test_replay_writes_the_changes(place: Home) -> None:
    """`replay` writes one alert per change as NDJSON and its summary to stderr, without a store."""
    ended = await alerter(place, "replay", "signals.ndjson")
    assert ended.code == 0, ended.err
    assert {(line["rule"], line["change"]) for line in ended.lines} == {
        ("licensing", "fired"),
        ("magnets", "fired"),
    }
    assert {line["at"] for line in ended.lines} == {"2025-04-04T10:00:00Z"}
    assert "1 signals, 2 changes" in ended.err
    assert not place.data.exists()


async def test_explain_says_why(place: Home) -> None:
    """`explain` writes what was read and what each rule said, without a store."""
    ended = await alerter(place, "explain", "signals.ndjson")
    assert ended.code == 0, ended.err
    assert "licence_required" in ended.out
    assert "magnets" in ended.out
    assert not place.data.exists()


async def test_annotate_reads_standard_input(place: Home) -> None:
    """`annotate` reads NDJSON and writes NDJSON, one line for one, without a configuration or a store."""
    texts = [
        {"id": "a", "published": "2025-06-09", "title": "Exports of magnets fell 34 % in May", "text": ""},
        {"id": "b", "published": "2025-06-09", "title": "Weather", "text": "It rains."},
    ]
    ended = await alerter(place, "annotate", stdin="\n".join(orjson.dumps(text).decode() for text in texts))
    assert ended.code == 0, ended.err
    assert [line["id"] for line in ended.lines] == ["a", "b"]
    keys = {"id", "claims", "events", "commodities", "countries", "court", "notice"}
    assert {frozenset(line) for line in ended.lines} == {frozenset(keys)}
    assert "rare-earth-magnets" in ended.lines[0]["commodities"]
    assert not place.data.exists()


@pytest.mark.parametrize("command", ["replay", "explain", "annotate"])
async def test_unreadable_lines_are_told_by_place(place: Home, command: str) -> None:
    """A line that is no signal is named by file and line, without a traceback."""
    (place.folder / "signals.ndjson").write_text('{"id": "1", "ti\n')
    ended = await alerter(place, command, "signals.ndjson")
    assert ended.code == 1
    assert "signals.ndjson:1" in ended.err
    assert "Traceback" not in ended.err


async def test_status_without_a_service_is_a_sentence(place: Home) -> None:
    """`status` says that no service answers."""
    ended = await alerter(place, "status", "--url", "http://127.0.0.1:9")
    assert ended.code == 1
    assert "no service answers" in ended.err
    assert "Traceback" not in ended.err
