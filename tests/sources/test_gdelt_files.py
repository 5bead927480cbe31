"""GDELT's files polled over loopback: which are read, what is remembered, and how it fails."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from aiohttp import web
from pydantic import ValidationError

from alerter.sources import gdelt_files as gdelt_module
from alerter.sources.base import Poll, Source, SourceContext, SourceError
from alerter.sources.gdelt_files import GdeltCursor, GdeltFilesConfig
from alerter.sources.http import HttpClient
from tests.sources.conftest import Host
from tests.sources.gdelt import article, event, file_name, update, zipped

NOW = datetime(2025, 6, 9, 12, tzinfo=UTC)
LIST, TRANSLATED = "lastupdate.txt", "lastupdate-translation.txt"


def stamp(back: int = 0) -> str:
    """The time of the newest file, or of the one so many quarters of an hour before."""
    return f"{datetime(2025, 6, 9, 11, 45, tzinfo=UTC) - back * timedelta(minutes=15):%Y%m%d%H%M%S}"


class Desk:
    """GDELT at a host."""

    def __init__(self, host: Host, http: HttpClient, **options: Any) -> None:
        self.host, self.http, self.options = host, http, options
        self.cursor: str | None = None

    def publish(self, files: dict[str, bytes], *, name: str = LIST) -> None:
        """These are the newest files, and their list; older ones stay."""
        self.host.on(f"/gdeltv2/{name}", update(files))
        for file, body in files.items():
            self.host.on(f"/gdeltv2/{file}", body)

    def graph(self, *urls: str, back: int = 0) -> dict[str, bytes]:
        """A file of the graph with these articles."""
        rows = [article(url, title=f"About {url[-1]}", stamp=stamp(back)) for url in urls]
        return {file_name("gkg", stamp(back)): zipped(rows)}

    def build(self) -> Source:
        """The source as the service builds it."""
        options = {"id": "gdelt", "type": "gdelt_files", "base_url": self.host.url("/")} | self.options
        config = GdeltFilesConfig.model_validate(options)
        return config.build(SourceContext(http=self.http, now=lambda: NOW, keys={}))

    async def poll(self) -> Poll:
        """The next poll."""
        poll = await self.build().poll(self.cursor)
        self.cursor = poll.cursor
        return poll

    @property
    def read_to(self) -> datetime | None:
        """How far the list has been read."""
        return GdeltCursor.model_validate_json(self.cursor or "").places[LIST].last_at


@pytest.fixture
def desk(host: Host, http: HttpClient) -> Desk:
    """Files that were never polled."""
    return Desk(host, http)


def told(poll: Poll) -> list[str | None]:
    """The addresses."""
    return [signal.url for signal in poll.signals]


async def test_the_first_poll_reads_the_newest_file(desk: Desk) -> None:
    """Each article is a signal named by its address, with its site as a label."""
    desk.options["labels"] = {"outlet": "gdelt"}
    desk.publish(desk.graph("https://www.a.example/1"))
    (signal,) = (await desk.poll()).signals
    assert (signal.id, signal.url) == ("https://www.a.example/1",) * 2
    assert (signal.title, signal.kind, signal.language) == ("About 1", "article", "en")
    assert signal.labels == {"outlet": "gdelt", "domain": "a.example"}
    assert signal.published_at == datetime(2025, 6, 9, 11, 45, tzinfo=UTC)


async def test_long_addresses_are_named_shortly(desk: Desk) -> None:
    """Two that differ at their ends only keep apart."""
    urls = [f"https://a.example/{'x' * 600}/{number}" for number in (1, 2)]
    desk.publish(desk.graph(*urls))
    ids = [signal.id or "" for signal in (await desk.poll()).signals]
    assert len(set(ids)) == 2
    assert max(map(len, ids)) <= 460


async def test_missed_files_are_caught_up_with(desk: Desk) -> None:
    """Oldest first; those that never came are noted."""
    desk.publish(desk.graph("https://a.example/0", back=4))
    await desk.poll()
    desk.publish(desk.graph("https://a.example/3", back=1))
    desk.publish(desk.graph("https://a.example/2", back=2))
    desk.publish(desk.graph("https://a.example/4"))
    poll = await desk.poll()
    assert told(poll) == [f"https://a.example/{number}" for number in (2, 3, 4)]
    assert poll.note == "files that are not there (404): 1"
    assert desk.read_to == NOW - timedelta(minutes=15)


async def test_what_was_missed_too_long_ago_is_skipped(desk: Desk) -> None:
    """The note says how much."""
    desk.options["catch_up"] = "30m"
    desk.publish(desk.graph("https://a.example/0", back=5))
    await desk.poll()
    desk.publish(desk.graph("https://a.example/1", back=1))
    desk.publish(desk.graph("https://a.example/2"))
    poll = await desk.poll()
    assert told(poll) == ["https://a.example/1", "https://a.example/2"]
    assert poll.note == "3 quarters of an hour were skipped after an absence"


async def test_a_newest_file_that_is_not_there_yet_is_asked_for_again(desk: Desk) -> None:
    """The list may come before its file: the next poll asks for both once more."""
    files = desk.graph("https://a.example/1")

    async def answer(request: web.Request) -> web.StreamResponse:
        assert "If-None-Match" not in request.headers
        return web.Response(body=update(files), headers={"ETag": '"1"'})

    desk.host.on(f"/gdeltv2/{LIST}", handler=answer)
    poll = await desk.poll()
    assert (told(poll), poll.note) == ([], "files that are not there (404): 1")
    desk.host.on(f"/gdeltv2/{next(iter(files))}", next(iter(files.values())))
    assert told(await desk.poll()) == ["https://a.example/1"]


async def test_a_slow_catching_up_goes_on_at_the_next_poll(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At least one quarter of an hour is read at each poll."""
    desk.publish(desk.graph("https://a.example/0", back=3))
    await desk.poll()
    for back in (2, 1, 0):
        desk.publish(desk.graph(f"https://a.example/{3 - back}", back=back))
    monkeypatch.setattr(gdelt_module, "CATCHING_UP", timedelta(0))
    polls = [await desk.poll() for _ in range(4)]
    assert [told(poll) for poll in polls] == [[f"https://a.example/{n}"] for n in (1, 2, 3)] + [[]]
    assert polls[0].note == "the latest files are read at the next poll"


async def test_nothing_new_brings_nothing(desk: Desk) -> None:
    """The same list again, by its content or by a 304, and one that goes back in time."""
    desk.publish(desk.graph("https://a.example/1"))
    await desk.poll()
    asked = len(desk.host.asked)
    assert told(await desk.poll()) == []
    assert len(desk.host.asked) == asked + 1
    desk.publish(desk.graph("https://a.example/0", back=1))
    poll = await desk.poll()
    assert (told(poll), poll.note) == ([], "the newest files are older than those read before")


async def test_an_unchanged_list_is_not_read_again(desk: Desk) -> None:
    """A 304 brings nothing and keeps the place."""
    files = desk.graph("https://a.example/1")
    desk.publish(files)

    async def answer(request: web.Request) -> web.StreamResponse:
        if request.headers.get("If-None-Match") == '"1"':
            return web.Response(status=304)
        return web.Response(body=update(files), headers={"ETag": '"1"', "Cache-Control": "max-age=60"})

    desk.host.on(f"/gdeltv2/{LIST}", handler=answer)
    first = await desk.poll()
    second = await desk.poll()
    assert (told(second), second.cursor) == ([], first.cursor)
    assert first.wait_at_least == timedelta(minutes=1)


async def test_of_an_article_in_both_files_the_graph_tells(desk: Desk) -> None:
    """What only one of them has is told from that one."""
    desk.options |= {"kinds": ["export", "gkg"], "events": ["163"]}
    events = zipped(
        [event("https://a.example/1"), event("https://a.example/2"), event("https://a.example/3", "01")]
    )
    desk.publish(desk.graph("https://a.example/1") | {file_name("export", stamp()): events})
    poll = await desk.poll()
    assert [signal.title[:7] for signal in poll.signals] == ["About 1", "China –"]


async def test_translated_files_have_a_list_of_their_own(desk: Desk) -> None:
    """Each list is read as far as it goes."""
    desk.options["translated"] = True
    desk.publish(desk.graph("https://a.example/1"))
    row = article("https://b.example/2", title="Zwei", translation="srclc:deu;eng:x")
    desk.publish({file_name("gkg", stamp(1), translated=True): zipped([row])}, name=TRANSLATED)
    poll = await desk.poll()
    assert [(signal.url, signal.language) for signal in poll.signals] == [
        ("https://a.example/1", "en"),
        ("https://b.example/2", "de"),
    ]
    assert told(await desk.poll()) == []


async def test_files_are_filtered_and_capped(desk: Desk) -> None:
    """What is left out, and what cannot be read, stands in the note."""
    desk.options |= {"most": 2, "words": ["about"], "countries": ["CN"]}
    places = "1#China#CH#CH#35#105#CH"
    rows = [article(f"https://a.example/{n}", title="About", places=places) for n in range(4)]
    others = [
        b"bad",
        article("https://a.example/8", title="About"),
        article("https://a.example/9", places=places),
    ]
    desk.publish({file_name("gkg", stamp()): zipped([*rows, *others])})
    poll = await desk.poll()
    assert told(poll) == ["https://a.example/0", "https://a.example/1"]
    assert poll.note == "rows asked for beyond what is taken: 2; rows that cannot be read: 1"


async def test_files_lie_beside_their_list_wherever_it_says_they_do(desk: Desk) -> None:
    """The host that the list names is never asked."""
    files = desk.graph("https://a.example/1")
    desk.publish(files)
    desk.host.on(f"/gdeltv2/{LIST}", update(files, host="http://169.254.169.254"))
    assert told(await desk.poll()) == ["https://a.example/1"]


GOOD = zipped([article("https://a.example/1")])
NAME = file_name("gkg", stamp())
BAD_LISTS = {
    "nothing": (b" \n", "gave an empty answer"),
    "a page": (b"<!doctype html><title>Down</title>", "a web page (“Down”) instead of a list of files"),
    "other files": (update({file_name("export", stamp()): b"x"}), "lists no file of gkg"),
    "no time": (update({file_name("gkg", "20259999999999"): GOOD}), "20259999999999, which is no time"),
    "time to come": (
        update({file_name("gkg", "20250609150000"): GOOD}),
        "2025-06-09 15:00, which is to come",
    ),
    "another file": (update({NAME: GOOD + b"x"}), "that are not the file of"),
}


@pytest.mark.parametrize(("body", "reason"), BAD_LISTS.values(), ids=BAD_LISTS)
async def test_a_list_that_does_not_fit_fails_in_words(desk: Desk, body: bytes, reason: str) -> None:
    """The host is named with what came."""
    desk.publish({NAME: GOOD})
    desk.host.on(f"/gdeltv2/{LIST}", body)
    with pytest.raises(SourceError) as failure:
        await desk.poll()
    assert str(failure.value).startswith("127.0.0.1 ")
    assert reason in str(failure.value)


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"PK", "sent a broken archive"),
        (zipped([b"a\tb"]), "1 of 1 rows that are not of 27 columns"),
    ],
)
async def test_a_file_that_does_not_fit_fails_in_words(desk: Desk, body: bytes, reason: str) -> None:
    """And none of its poll is told."""
    desk.publish({NAME: body})
    with pytest.raises(SourceError, match=reason):
        await desk.poll()


async def test_a_file_that_fails_is_no_gap(desk: Desk) -> None:
    """Only a 404 is passed over."""
    desk.publish(desk.graph("https://a.example/1"))
    desk.host.on(f"/gdeltv2/{NAME}", status=500)
    with pytest.raises(SourceError, match="500"):
        await desk.poll()


async def test_what_came_before_a_file_that_fails_is_kept(desk: Desk) -> None:
    """The next poll begins with the file that failed, and fetches none of those before it again."""
    desk.publish(desk.graph("https://a.example/0", back=3))
    await desk.poll()
    for back in (2, 1, 0):
        desk.publish(desk.graph(f"https://a.example/{3 - back}", back=back))
    failing = f"/gdeltv2/{file_name('gkg', stamp(1))}"
    good = desk.host.handlers[failing]
    desk.host.on(failing, b"PK, and no more")
    poll = await desk.poll()
    assert told(poll) == ["https://a.example/1"]
    assert "sent a broken archive" in poll.note
    desk.host.asked.clear()
    with pytest.raises(SourceError, match="broken archive"):
        await desk.poll()
    assert [request.path for request in desk.host.asked] == [f"/gdeltv2/{LIST}", failing]
    desk.host.on(failing, handler=good)
    assert told(await desk.poll()) == ["https://a.example/2", "https://a.example/3"]


async def test_reading_that_takes_too_long_fails(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that keeps its reader busy does not hold up the source for good."""
    monkeypatch.setattr(gdelt_module, "READING_TIME", timedelta(0))
    desk.publish({NAME: zipped([article(f"https://a.example/{n}") for n in range(3000)])})
    with pytest.raises(SourceError, match="takes too long to read"):
        await desk.poll()


@pytest.mark.parametrize(
    "option",
    [
        {"kinds": []},
        {"kinds": ["mentions"]},
        {"themes": ["econ"]},
        {"words": ["*"]},
        {"countries": ["CHN"]},
        {"events": ["embargo"]},
        {"events": ["21"]},
        {"most": 0},
        {"catch_up": "2d"},
        {"base_url": "data.example"},
    ],
)
def test_wrong_options_are_refused(option: dict[str, Any]) -> None:
    """When the configuration is read."""
    with pytest.raises(ValidationError):
        GdeltFilesConfig.model_validate({"id": "gdelt", "type": "gdelt_files"} | option)
