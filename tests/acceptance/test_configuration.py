"""Wrong configurations and environments: told by place and name, never taken over while running."""

from pathlib import Path

import pytest

from tests.support.service import Home, Service, alerter, running
from tests.support.sinks import WebhookSink
from tests.support.waiting import eventually

GOOD = """
rules:
  - {id: magnets, type: match, any: [magnet*], per: [signal]}
receivers:
  - {id: desk, webhook: {url: "%s"}}
routes:
  - {receiver: desk, group_wait: 0s, group_interval: 50ms}
"""
SHIPPED = Path(__file__).parents[2] / "config"

WRONG = {
    "an unknown key": (
        "rules:\n  - {id: m, type: match, anyy: [magnet*]}\n",
        "all.yaml:2:26: ",
        "any",
    ),
    "a wrong type": ("routes:\n  - {receiver: 7, group_wait: []}\n", "all.yaml:2:31: ", ""),
    "a duplicate id": (
        "rules:\n  - {id: m, type: match, any: [a]}\n  - {id: m, type: match, any: [b]}\n",
        "all.yaml:3:10: ",
        "m",
    ),
    "an unknown receiver": (
        "receivers:\n  - {id: desk, console: {}}\nroutes:\n  - {receiver: desc}\n",
        "all.yaml:4:16: ",
        "desk",
    ),
    "an unknown kind of rule": ("rules:\n  - {id: m, type: mach, any: [a]}\n", "all.yaml:2:19: ", "match"),
    "a bad duration": (
        "receivers:\n  - {id: desk, console: {}}\nroutes:\n  - {receiver: desk, group_wait: soon}\n",
        "all.yaml:4:34: ",
        "30s",
    ),
    "not YAML": ("rules: [\n", "all.yaml:2:1: ", ""),
    "a missing variable": (
        'receivers:\n  - {id: desk, webhook: {url: "${NOWHERE_SET}"}}\n',
        "all.yaml:2:31: ",
        "NOWHERE_SET",
    ),
}


def assert_refused(code: int, err: str, *told: str) -> None:
    """Exit code 1, these words on stderr, and no traceback."""
    assert code == 1, err
    assert "Traceback" not in err
    for words in told:
        assert words in err


@pytest.mark.parametrize(("text", "where", "hint"), WRONG.values(), ids=WRONG)
async def test_check_says_what_is_wrong_and_where(place: Home, text: str, where: str, hint: str) -> None:
    """`alerter check` ends with 1 and a line with file, line, column and the nearest name."""
    place.configure(text)
    ended = await alerter(place, "check", "--config", "config")
    assert_refused(ended.code, ended.err, f"config/{where}", hint)
    assert ended.out == ""


@pytest.mark.parametrize("command", [("run",), ("check",), ("test",), ("poll", "news")], ids=" ".join)
async def test_a_missing_folder_is_told(place: Home, command: tuple[str, ...]) -> None:
    """Every command that needs a configuration says that its folder is missing."""
    ended = await alerter(place, *command, "--config", "nowhere")
    assert_refused(ended.code, ended.err, "nowhere")
    assert not place.data.exists()


@pytest.mark.parametrize("command", ["run", "check"])
async def test_a_mistyped_variable_is_told(place: Home, command: str) -> None:
    """A variable of ours that does not exist is named with the nearest that does."""
    place.configure(GOOD % "http://127.0.0.1:9/")
    ended = await alerter(place, command, ALERTER_SLACK__BOT_TOKN="xoxb-1-secret")
    assert_refused(ended.code, ended.err, "ALERTER_SLACK__BOT_TOKN", "ALERTER_SLACK__BOT_TOKEN")
    assert "secret" not in ended.err


async def test_a_wrong_value_is_told_without_showing_it(place: Home) -> None:
    """A variable of the wrong form is named; its value, which may be a secret, is not."""
    place.configure(GOOD % "http://127.0.0.1:9/")
    ended = await alerter(place, "check", ALERTER_REDIS_URL="hush-hush")
    assert_refused(ended.code, ended.err, "ALERTER_REDIS_URL")
    assert "hush" not in ended.err


async def test_a_good_configuration_passes(place: Home) -> None:
    """`alerter check` ends with 0 on what is shipped, and so do its rule tests."""
    checked = await alerter(place, "check", "--config", str(SHIPPED))
    assert checked.code == 0, checked.err
    tested = await alerter(place, "test", "--config", str(SHIPPED))
    assert tested.code == 0, tested.err
    assert not place.data.exists()


async def test_an_unreachable_store_is_told(place: Home) -> None:
    """`alerter run` without its Redis ends with 1 and a sentence."""
    place.configure(GOOD % "http://127.0.0.1:9/")
    ended = await alerter(place, "run", ALERTER_REDIS_URL="redis://:pa55word@127.0.0.1:9/0")
    assert_refused(ended.code, ended.err, "store")
    assert "pa55word" not in ended.err


async def test_a_running_service_keeps_what_works(place: Home, sink: WebhookSink) -> None:
    """A wrong configuration is refused aloud and not taken over; mended, it is."""
    place.configure(GOOD % sink.url)
    async with running(place) as service:
        assert await service.metric("alerter_config_loaded") == 1
        place.configure("rules:\n  - {id: m, type: match, anyy: [gallium]}\n")
        await eventually(lambda: config_loaded(service, 0))
        (refused,) = service.events("configuration_refused")
        assert any("all.yaml:2:26: " in problem for problem in refused["problems"])
        await tell(service, sink, "while it is wrong", "Magnets run short")

        place.configure((GOOD % sink.url).replace("magnet*", "gallium"))
        await eventually(lambda: config_loaded(service, 1))
        await tell(service, sink, "once it is mended", "Gallium runs short")
        await service.push(an_article("old rule", "Magnets run short again"))
        await tell(service, sink, "last", "Gallium runs shorter")
    assert sink.labels("signal") == {"while it is wrong", "once it is mended", "last"}
    assert "Traceback" not in service.output


async def test_a_replaced_folder_is_watched_on(place: Home, sink: WebhookSink) -> None:
    """A folder that is gone changes nothing; another in its place is taken over and watched."""
    place.configure(GOOD % sink.url)
    async with running(place) as service:
        place.config.rename(place.folder / "away")
        await eventually(lambda: config_loaded(service, 0))
        await tell(service, sink, "no folder", "Magnets run short")
        place.configure((GOOD % sink.url).replace("magnet*", "gallium"))
        await eventually(lambda: config_loaded(service, 1), within=10)
        await tell(service, sink, "new folder", "Gallium runs short")
        place.configure((GOOD % sink.url).replace("magnet*", "bismuth"))
        await eventually(lambda: len(service.events("configuration_reloaded")) >= 2)
        await tell(service, sink, "new file", "Bismuth runs short")
    assert "Traceback" not in service.output


def an_article(name: str, title: str) -> dict[str, str]:
    """A signal as it is pushed."""
    common = {"source": "wire", "kind": "article", "published_at": "2025-06-09T12:00:00Z"}
    return {"id": name, "title": title, **common}


async def tell(service: Service, sink: WebhookSink, name: str, title: str) -> None:
    """Push an article and wait until it was told."""
    await service.push(an_article(name, title))
    await eventually(lambda: name in sink.labels("signal"))


async def config_loaded(service: Service, wanted: int) -> bool:
    """Does the metric say so?"""
    return await service.metric("alerter_config_loaded") == wanted
