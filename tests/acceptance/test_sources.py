"""Feeds served on loopback: broken ones are told with their reason and never stop the others."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.support.publisher import BROKEN, Publisher, rss
from tests.support.service import Home, Service, alerter, running
from tests.support.sinks import WebhookSink
from tests.support.waiting import eventually

CONFIGURATION = """
sources:
  - {{id: good, type: feed, url: "{good}", every: 1s}}
{broken}
rules:
  - {{id: magnets, type: match, any: [magnet*], per: [story]}}
receivers:
  - {{id: sink, webhook: {{url: "{sink}"}}}}
routes:
  - {{receiver: sink, group_by: [story], group_wait: 0s, group_interval: 50ms}}
"""


@pytest.fixture
async def publisher() -> AsyncIterator[Publisher]:
    """A publisher of one good feed and many broken ones."""
    async with Publisher().listening() as one:
        one.documents |= BROKEN
        one.documents["good"] = rss([("1", "Magnet makers wait for licences", now())])
        yield one


def now() -> datetime:
    """As feeds write it, to the second."""
    return datetime.now(UTC).replace(microsecond=0)


def configure(place: Home, publisher: Publisher, sink: WebhookSink) -> None:
    """The good feed and all the broken ones."""
    listed = [f'  - {{id: {path}, type: feed, url: "{publisher.url(path)}", every: 1s}}' for path in BROKEN]
    refused = '  - {id: no-server, type: feed, url: "http://127.0.0.1:9/", every: 1s}'
    text = CONFIGURATION.format(
        good=publisher.url("good"), broken="\n".join([*listed, refused]), sink=sink.url
    )
    place.configure(text)


async def sources(service: Service) -> dict[str, dict[str, Any]]:
    """Every source as the service tells of it."""
    return {one["id"]: one for one in await service.each("/api/v1/sources")}


async def failing(service: Service) -> set[str]:
    """The sources that are failing or blocked, each with a reason of one line."""
    found = await sources(service)
    ill = {name for name, one in found.items() if one["state"] in {"failing", "blocked"}}
    for name in ill:
        reason = found[name]["last_error"]
        assert reason, f"{name} is failing for no reason"
        assert reason.isprintable(), f"{name}: {reason!r}"
        assert "unexpected" not in reason, f"{name}: {reason}"
    return ill


async def test_broken_feeds_are_told_and_stop_nobody(
    place: Home, publisher: Publisher, sink: WebhookSink
) -> None:
    """What is no feed makes its source fail with a reason; the good one goes on, a mended one recovers."""
    configure(place, publisher, sink)
    async with running(place) as service:
        await eventually(lambda: all_fail(service), within=30)
        published = publisher.documents["good"]
        told = await sources(service)
        assert (told["good"]["state"], told["a-locked-door"]["state"]) == ("ok", "blocked")
        await eventually(lambda: len(sink.posts) == 1)

        earlier = publisher.asked["good"]
        fresh = ("2", "Magnet plants stop", now() - timedelta(seconds=1))
        publisher.documents["good"] = rss([fresh, ("1", "Magnet makers wait for licences", now())])
        await eventually(lambda: len(sink.posts) == 2)
        assert publisher.asked["good"] > earlier

        publisher.documents["nothing"] = published
        await eventually(lambda: is_well(service, "nothing"), within=15)
        health = await service.get("/healthz")
        assert health["status"] == "degraded"
        assert {one["source"] for one in health["blind"]} == {*BROKEN, "no-server"} - {"nothing"}
    assert sink.changes == ["fired", "fired"]
    assert "Traceback" not in service.output


async def all_fail(service: Service) -> bool:
    """Are all the broken sources failing, and only those?"""
    return await failing(service) == {*BROKEN, "no-server"}


async def is_well(service: Service, name: str) -> bool:
    """Is this source ok?"""
    one = (await sources(service))[name]
    return (one["state"], one["last_error"]) == ("ok", "")


async def test_poll_writes_what_a_source_brings(place: Home, publisher: Publisher, sink: WebhookSink) -> None:
    """`alerter poll` writes a source's signals as NDJSON, which the API takes, and stores nothing."""
    place.configure(CONFIGURATION.format(good=publisher.url("good"), broken="", sink=sink.url))
    ended = await alerter(place, "poll", "good", ALERTER_REDIS_URL="redis://127.0.0.1:9/0")
    assert ended.code == 0, ended.err
    (signal,) = ended.lines
    assert (signal["id"], signal["source"], signal["kind"]) == ("1", "good", "article")
    assert signal["title"] == "Magnet makers wait for licences"
    assert signal["url"] == "https://news.example/1"
    assert not place.data.exists()
    async with running(place) as service:
        await eventually(lambda: is_well(service, "good"))
        (result,) = await service.push(signal)
        assert result["status"] == "duplicate"


async def test_poll_says_in_one_line_what_is_wrong(
    place: Home, publisher: Publisher, sink: WebhookSink
) -> None:
    """`alerter poll` of a broken source ends with 1, a line on stderr, and nothing on stdout."""
    configure(place, publisher, sink)
    names = ["an-error-page", "a-bomb", "a-server-error", "no-server"]
    for name, ended in zip(
        names, await asyncio.gather(*(alerter(place, "poll", name) for name in names)), strict=True
    ):
        assert (ended.code, ended.out) == (1, ""), name
        assert len(ended.err.splitlines()) == 1, ended.err
        assert "Traceback" not in ended.err
    assert not place.data.exists()


async def test_poll_knows_its_sources(place: Home, publisher: Publisher, sink: WebhookSink) -> None:
    """`alerter poll` of an unknown source names those there are."""
    configure(place, publisher, sink)
    ended = await alerter(place, "poll", "goood")
    assert (ended.code, ended.out) == (1, "")
    assert "good" in ended.err
