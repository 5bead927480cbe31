"""What `alerter status` makes of the answers that it gets."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from alerter.settings import Settings
from alerter.status import Status, StatusError, fetch_status

HEALTH = {
    "status": "degraded",
    "at": "2025-06-09T12:00:00.123Z",
    "sources": {"failing": 2, "ok": 1},
    "blind": [
        {"source": "a", "since": None, "reason": "500"},
        {"source": "b", "since": None, "reason": "500"},
    ],
    "reservations": ["a could not be seen so far: 500.", "b is not watched: no key.", "No rule."],
    "backlog": {"unread": 3, "unevaluated": 0},
    "waiting": {},
    "dead": {"deliveries": 0, "signals": 0},
}
SOURCE = {"id": "a", "state": "failing", "last_success_at": None, "last_error": "500", "next_poll_at": None}


@asynccontextmanager
async def answering(answers: Mapping[str, Any], status: int = 200) -> AsyncIterator[str]:
    """The address of a server that answers these paths with JSON, or with text where it is text."""

    async def handle(request: web.Request) -> web.Response:
        answer = answers.get(request.path)
        if answer is None:
            return web.Response(status=404, text="<html>")
        return web.json_response(answer, status=status)

    app = web.Application()
    app.router.add_get("/{any:.*}", handle)
    async with TestServer(app) as server:
        yield str(server.make_url("")).rstrip("/")


async def test_health_and_sources_are_fetched() -> None:
    """Both come as the service answers them, for programs."""
    async with answering({"/healthz": HEALTH, "/api/v1/sources": {"items": [SOURCE]}}) as url:
        fetched = await fetch_status(url + "/", Settings())
    assert fetched.document == {"health": HEALTH, "sources": [SOURCE]}


async def test_every_page_of_the_sources_is_fetched() -> None:
    """However many there are."""
    pages = {None: ("a", "b&1"), "b&1": ("b", "c"), "c": ("c", None)}

    async def handle(request: web.Request) -> web.Response:
        if request.path == "/healthz":
            return web.json_response(HEALTH)
        name, following = pages[request.query.get("cursor")]
        return web.json_response({"items": [SOURCE | {"id": name}], "next": following})

    app = web.Application()
    app.router.add_get("/{any:.*}", handle)
    async with TestServer(app) as server:
        fetched = await fetch_status(str(server.make_url("")), Settings())
    assert [one["id"] for one in fetched.document["sources"]] == ["a", "b", "c"]


def test_people_read_words() -> None:
    """No brackets or quotes; a source out of sight is named once, and what is empty not at all."""
    told = Status({"health": HEALTH, "sources": [SOURCE]})
    assert dict(told.overview) == {
        "status": "degraded",
        "as of": "2025-06-09 12:00:00 UTC",
        "sources": "failing: 2, ok: 1",
        "out of sight": "a, b",
        "reservations": "No rule.",
        "backlog": "unread: 3, unevaluated: 0",
        "given up": "deliveries: 0, signals: 0",
    }
    assert told.sources == [("a", "failing", "never", "never", "", "")]
    assert told.words == [("a", "500")]


def test_many_sources_out_of_sight_are_counted() -> None:
    """Their names and reasons stand in the tables below, once."""
    blind = [{"source": f"feed-{number}", "since": None, "reason": "500"} for number in range(6)]
    told = Status({"health": HEALTH | {"blind": blind, "reservations": []}, "sources": [SOURCE] * 8})
    assert dict(told.overview)["out of sight"] == "6 of 8 sources, named below"


def test_times_of_the_day_are_short() -> None:
    """What is wrong needs the room; of other days the date is told too."""
    source = SOURCE | {"last_success_at": "2025-06-08T23:59:59Z", "next_poll_at": "2025-06-09T12:10:00.5Z"}
    [told] = Status({"health": HEALTH, "sources": [source]}).sources
    assert (told[2], told[5]) == ("2025-06-08 23:59", "12:10:00")


def test_a_source_that_says_nothing_has_no_row_of_words() -> None:
    """Nothing is wrong with it."""
    assert Status({"health": HEALTH, "sources": [SOURCE | {"last_error": ""}]}).words == []


def test_a_source_s_words_stand_together() -> None:
    """What is wrong, what is overdue, what it says for itself, and what is left of its budget."""
    source = SOURCE | {
        "lag": "3h",
        "cadence": "1h",
        "overdue": ["May was due"],
        "note": "2 rows cannot be read",
        "budget_left": 0,
    }
    told = Status({"health": HEALTH, "sources": [source]})
    assert told.sources[0][3:] == ("3h", "1h", "")
    assert told.words == [("a", "500; May was due; 2 rows cannot be read; 0 calls left")]


@pytest.mark.parametrize("url", ["nonsense", "localhost:8080", "http://", "ftp://127.0.0.1"])
async def test_what_is_no_address_is_said(url: str) -> None:
    """Nothing is asked of it."""
    with pytest.raises(StatusError, match="is no address of a service; write it like http"):
        await fetch_status(url, Settings())


@pytest.mark.parametrize(
    ("answers", "status", "words"),
    [
        ({}, 200, "is no alerter"),
        ({"/healthz": ["something"]}, 200, "is no alerter"),
        ({"/healthz": {"healthy": True}}, 200, "is no alerter"),
        ({"/healthz": {"detail": "no store"}}, 503, "cannot say how it fares: no store"),
        ({"/healthz": {}}, 401, "set ALERTER_HTTP__TOKENS"),
    ],
)
async def test_other_answers_are_one_sentence(answers: Mapping[str, Any], status: int, words: str) -> None:
    """Another program, a service without its store, and one that wants a token are told apart."""
    async with answering(answers, status) as url:
        with pytest.raises(StatusError, match=words):
            await fetch_status(url, Settings())


@pytest.mark.parametrize("url", ["http://127.0.0.1:9", "http://nowhere.invalid", "https://127.0.0.1:9"])
async def test_why_nothing_answers_is_said_in_plain_words(url: str) -> None:
    """Nothing of the library's own way to put it."""
    with pytest.raises(StatusError, match="no service answers at") as refused:
        await fetch_status(url, Settings())
    assert "ssl" not in str(refused.value)
    assert "[" not in str(refused.value)


async def test_a_service_without_tls_is_told() -> None:
    """Asked by https, it does not look unreachable."""
    async with answering({}) as url:
        with pytest.raises(StatusError, match="TLS fails, or is not spoken there"):
            await fetch_status(url.replace("http://", "https://"), Settings())
