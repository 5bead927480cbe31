"""Wrong configurations and environments: told by place and name, never taken over while running."""

import asyncio
import socket
from pathlib import Path

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
    "key": ("rules:\n  - {id: a, type: match, anyy: [magnet*]}\n", "2:26: ", "any"),
    "type": ("routes:\n  - {receiver: desk, group_by: 7}\n", "2:32: ", ""),
    "twice": (
        "rules:\n  - {id: m, type: match, any: [a]}\n  - {id: m, type: match, any: [b]}\n",
        "3:10: ",
        "twice",
    ),
    "receiver": ("routes:\n  - {receiver: desc}\n", "2:16: ", "desk"),
    "kind": ("rules:\n  - {id: k, type: mach, any: [a]}\n", "2:19: ", "match"),
    "duration": ("routes:\n  - {receiver: desk, group_wait: soon}\n", "2:34: ", "30s"),
    "variable": (
        'receivers:\n  - {id: far, webhook: {url: "${NOWHERE_SET}"}}\n',
        "2:30: ",
        "NOWHERE_SET",
    ),
    "reference": (
        "rules:\n  - {id: r, type: docket, matters: [tarifs], per: [matter]}\n",
        "2:37: ",
        "tariffs",
    ),
}
"""File → what it holds, the place that is wrong, and a word that helps."""


def assert_refused(code: int, err: str, *told: str) -> None:
    """Exit code 1, these words on stderr, and no traceback."""
    assert code == 1, err
    assert "Traceback" not in err
    for words in told:
        assert words in err


async def test_check_tells_everything_that_is_wrong_and_where(place: Home) -> None:
    """`alerter check` ends with 1 and a line for every fault: file, line, column and the nearest name."""
    place.configure(
        "receivers:\n  - {id: desk, console: {}}\nmatters:\n  - {id: tariffs, names: [V.O.S.*]}\n"
    )
    for name, (text, _, _) in WRONG.items():
        place.configure(text, f"{name}.yaml")
    ended = await alerter(place, "check")
    assert_refused(ended.code, ended.err)
    assert ended.out == ""
    for name, (_, where, hint) in WRONG.items():
        told = [line for line in ended.err.splitlines() if line.startswith(f"config/{name}.yaml:{where}")]
        assert any(hint in line for line in told), ended.err


async def test_what_is_no_yaml_is_told(place: Home) -> None:
    """A file that is no YAML is named with the place where it stops being any."""
    place.configure("rules: [\n")
    ended = await alerter(place, "check")
    assert_refused(ended.code, ended.err, "config/all.yaml:2:1: ")


async def test_a_missing_folder_is_told(place: Home) -> None:
    """Every command that needs a configuration says that its folder is missing."""
    commands = (["run"], ["check"], ["test"], ["poll", "news"])
    tried = [alerter(place, *command, "--config", "nowhere") for command in commands]
    for ended in await asyncio.gather(*tried):
        assert_refused(ended.code, ended.err, "nowhere")
    assert not place.data.exists()


async def test_a_mistyped_variable_is_told(place: Home) -> None:
    """A variable of ours that does not exist is named with the nearest that does, and its value is not."""
    place.configure(GOOD % "http://127.0.0.1:9/")
    tried = [alerter(place, command, ALERTER_SLACK__BOT_TOKN="xoxb-secret") for command in ("run", "check")]
    for ended in await asyncio.gather(*tried):
        assert_refused(ended.code, ended.err, "ALERTER_SLACK__BOT_TOKN:", "ALERTER_SLACK__BOT_TOKEN")
        assert "secret" not in ended.err
    assert not place.data.exists()


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


async def test_a_port_that_is_taken_is_told(place: Home) -> None:
    """`alerter run` on a port that another program has ends with 1 and one sentence."""
    place.configure(GOOD % "http://127.0.0.1:9/")
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = str(other.getsockname()[1])
        ended = await alerter(place, "run", ALERTER_HTTP__PORT=port)
    assert_refused(ended.code, ended.err, f"127.0.0.1:{port} is taken; set ALERTER_HTTP__PORT to another")


async def test_a_running_service_keeps_what_works(place: Home, sink: WebhookSink) -> None:
    """A wrong configuration is refused aloud and not taken over; mended, it is."""
    place.configure(GOOD % sink.url)
    async with running(place) as service:
        assert await service.metric("alerter_config_loaded") == 1
        place.configure("rules:\n  - {id: m, type: match, anyy: [gallium]}\n")
        await eventually(lambda: config_loaded(service, 0))
        (refused,) = service.events("configuration_refused")
        assert any("all.yaml:2:26: " in problem for problem in refused["problems"])
        assert any("refused" in sentence for sentence in await reservations(service))
        assert await service.get("/readyz") == {
            "status": "ready",
            "components": {"store": "ok", "scheduler": "ok"},
        }
        await tell(service, sink, "while it is wrong", "Magnets run short")

        place.configure((GOOD % sink.url).replace("magnet*", "gallium"))
        await eventually(lambda: config_loaded(service, 1))
        assert not any("refused" in sentence for sentence in await reservations(service))
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
    assert len(service.events("configuration_unwatched")) <= 1
    assert "Traceback" not in service.output


def an_article(name: str, title: str) -> dict[str, str]:
    """A signal as it is pushed."""
    common = {"source": "wire", "kind": "article", "published_at": "2025-06-09T12:00:00Z"}
    return {"id": name, "title": title, **common}


async def tell(service: Service, sink: WebhookSink, name: str, title: str) -> None:
    """Push an article and wait until it was told."""
    await service.push(an_article(name, title))
    await eventually(lambda: name in sink.labels("signal"))


async def reservations(service: Service) -> list[str]:
    """Why its silence cannot be trusted."""
    found: list[str] = (await service.get("/healthz"))["reservations"]
    return found


async def config_loaded(service: Service, wanted: int) -> bool:
    """Does the metric say so?"""
    return await service.metric("alerter_config_loaded") == wanted
