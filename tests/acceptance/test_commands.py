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


@pytest.mark.parametrize(("since", "changes"), [("2025-04-04T09:00Z", 2), ("2025-04-05", 1)])
async def test_replay_from_a_day_knows_what_was_before(place: Home, since: str, changes: int) -> None:
    """What came before `--from` is history: not told, but the state that live would have been in."""
    ended = await alerter(place, "replay", "signals.ndjson", "--from", since, "--to", "2025-04-12")
    told = {(line["rule"], line["change"]) for line in ended.lines}
    assert ("licensing", "resolved") in told
    assert (("licensing", "fired") in told) is (changes == 2)


async def test_explain_says_why(place: Home) -> None:
    """`explain` writes what was read and what each rule said, without a store."""
    ended = await alerter(place, "explain", "signals.ndjson")
    assert ended.code == 0, ended.err
    assert "licence_required" in ended.out
    assert "magnets" in ended.out
    assert any(one["name"] == "licence_required" for line in ended.lines for one in line["passages"])
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


async def test_annotate_takes_what_poll_writes_and_a_lexicon(place: Home) -> None:
    """Signals are texts too, and with `--config` the configuration's own commodities are read in them."""
    place.configure("lexicon:\n  commodities:\n    - {id: unobtainium, names: [unobtainium]}\n", "own.yaml")
    line = orjson.dumps(SIGNAL | {"title": "Unobtainium runs short"}).decode()
    plain, own = (
        await alerter(place, "annotate", stdin=line),
        await alerter(place, "annotate", "--config", "config", stdin=line),
    )
    assert (plain.code, own.code) == (0, 0), plain.err + own.err
    assert "unobtainium" not in plain.lines[0]["commodities"]
    assert "unobtainium" in own.lines[0]["commodities"]


async def test_compare_names_what_only_one_side_raised(place: Home) -> None:
    """After the counts, the alerts that differ are told by rule and labels."""
    other = CONFIGURATION.replace("any: [magnet*]", "any: [dysprosium]").replace("id: magnets", "id: metal")
    (place.folder / "other").mkdir()
    (place.folder / "other" / "all.yaml").write_text(other)
    ended = await alerter(place, "replay", "signals.ndjson", "--compare", "other")
    assert ended.code == 0, ended.err
    mine, theirs = ended.err.split("only with config: 1\n")[1].split("only with other: 1\n")
    assert mine.startswith("  magnets: story: ")
    assert theirs.startswith("  metal: story: ")
    assert "licensing" not in mine + theirs


async def test_compare_reads_both_configurations_first(place: Home) -> None:
    """A wrong one is told before anything is replayed."""
    ended = await alerter(place, "replay", "signals.ndjson", "--compare", "nowhere")
    assert (ended.code, ended.out) == (1, "")
    assert "nowhere" in ended.err


async def test_a_configuration_without_tests_says_so(place: Home) -> None:
    """Nothing to test is no failure, and not silent."""
    place.configure(CONFIGURATION.partition("tests:")[0])
    ended = await alerter(place, "test")
    assert (ended.code, ended.err) == (0, "no tests in config\n")


async def test_a_configuration_is_a_folder(place: Home) -> None:
    """Naming a file of it says what to name instead."""
    ended = await alerter(place, "check", "--config", "config/all.yaml")
    assert ended.code == 1
    assert "config/all.yaml:1:1: is a file; name the folder that it is in" in ended.err


async def test_send_test_reaches_what_is_set_up(place: Home) -> None:
    """The destinations of the receiver get a test, and nothing is said of other receivers."""
    place.configure("receivers:\n  - {id: far, email: {to: [a@example.com]}}\n", "far.yaml")
    ended = await alerter(place, "send-test", "desk")
    assert ended.code == 0, ended.err
    assert ended.err == "desk/console: delivered\n"
    assert "This is a test notification for the receiver desk" in ended.out


async def test_send_test_says_what_is_missing(place: Home) -> None:
    """An unknown receiver is told with the nearest one; one that reaches nobody, with what to set."""
    place.configure("receivers:\n  - {id: far, email: {to: [a@example.com]}, slack: {}}\n", "far.yaml")
    unknown = await alerter(place, "send-test", "dsk")
    assert (unknown.code, unknown.err) == (1, 'unknown receiver "dsk"; did you mean "desk"?\n')
    mute = await alerter(place, "send-test", "far")
    assert (mute.code, mute.out) == (1, "")
    for words in ("far/email: left out: set ALERTER_SMTP__HOST", "far/slack: left out: set", "reach nobody"):
        assert words in mute.err


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
