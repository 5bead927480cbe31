"""The page for people."""

import re
from datetime import datetime, timedelta
from html.parser import HTMLParser

import pytest

from alerter.core.delivery import Outcome
from alerter.store.protocol import StoreError
from alerter.web import page
from alerter.web.page import SOURCES_SHOWN, ago, instant, is_linkable
from tests.support.signals import NOON, a_due, a_signal, an_alert, healthy, some_evidence
from tests.support.stores import enrol
from tests.web.world import Client, Configuration, FeedLike, World

HOSTILE = '<script>alert("x")</script> & <!channel> "quoted"'


class Reader(HTMLParser):
    """Collects a page's tags, links and visible text."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.links: list[str] = []
        self.attributes: set[str] = set()
        self.words: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes |= {name for name, _ in attrs}
        self.links += [value or "" for name, value in attrs if name == "href"]

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    @property
    def text(self) -> str:
        """The visible text, on one line."""
        return " ".join(" ".join(self.words).split())


async def read(client: Client, path: str = "/", *, status: int = 200) -> Reader:
    """The page as a browser would see it."""
    response = await client.get(path)
    assert response.status == status
    assert response.content_type == "text/html"
    reader = Reader()
    reader.feed(await response.text())
    return reader


async def test_an_alert_shows_what_it_says_rests_on_and_since_when(world: World, client: Client) -> None:
    """Severity, rule, summary, figure against threshold, evidence and time are on the page."""
    world.now = NOON + timedelta(hours=3)
    await world.have_judged(an_alert(severity="critical"))

    seen = await read(client)

    for words in ("critical", "reported-export-fall", "fell 33 %", "-33 % threshold -20 %", "since 3 h ago"):
        assert words in seen.text
    assert "Magnet exports fall again (magnets-1)" in seen.text
    assert "https://news.example/magnets-1" in seen.links


async def test_the_worst_comes_first_and_pending_last(world: World, client: Client) -> None:
    """Critical before warning before info, and what only pends below what fires."""
    await world.have_judged(
        an_alert("a", severity="info", summary="THIRD"),
        an_alert("b", severity="critical", state="pending", summary="FOURTH"),
        an_alert("c", severity="critical", summary="FIRST"),
        an_alert("d", severity="warning", summary="SECOND"),
    )

    seen = await read(client)

    assert re.findall("FIRST|SECOND|THIRD|FOURTH", seen.text) == ["FIRST", "SECOND", "THIRD", "FOURTH"]
    assert "3 and 1 pending" in seen.text


async def test_more_alerts_than_the_page_holds_are_counted(
    world: World, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A flood of alerts does not make an endless page."""
    monkeypatch.setattr(page, "ALERTS_SHOWN", 2)
    await world.have_judged(*(an_alert(str(number)) for number in range(5)))

    assert "3 more at" in (await read(client)).text


async def test_what_resolved_says_why(world: World, client: Client) -> None:
    """A resolved alert is listed apart with its reason."""
    await world.have_judged(
        an_alert(state="resolved", resolution="rule_removed", resolved_at=NOON, summary="It is over.")
    )

    seen = await read(client)

    assert "Nothing is firing." in seen.text
    assert "It is over. reported-export-fall rule removed just now" in seen.text


async def test_hostile_text_stays_text(world: World, client: Client) -> None:
    """Mark-up from outside is shown, never obeyed, and only web addresses become links."""
    bad = some_evidence(title=HOSTILE, quote=HOSTILE, url="javascript:alert(1)")
    labels = {"commodity": HOSTILE, HOSTILE: "x"}
    await world.have_judged(an_alert(summary=HOSTILE, figure_text=HOSTILE, labels=labels, evidence=(bad,)))
    await world.have_read(a_signal(title=HOSTILE, url="data:text/html,x"))
    await world.have_polled(healthy(state="failing", last_error=HOSTILE))

    seen = await read(client)

    assert "script" not in seen.tags
    assert HOSTILE in seen.text
    assert all(link.startswith(("/", "https://")) for link in seen.links)


@pytest.mark.parametrize("path", ["/", "/docs"])
async def test_no_inline_script_or_style_is_needed(client: Client, path: str) -> None:
    """The pages keep to their own content security policy."""
    seen = await read(client, path)

    assert not {"script", "style", "iframe", "object"} & set(seen.tags)
    assert not [name for name in seen.attributes if name == "style" or name.startswith("on")]


async def test_silence_is_trusted_when_all_was_seen(world: World, client: Client) -> None:
    """The page says so when every source was seen in time."""
    await world.have_polled(healthy("ree-news"))

    seen = await read(client)

    assert "Silence can be trusted The one source was seen in time" in seen.text


async def test_silence_is_not_trusted_when_a_source_is_out_of_sight(world: World, client: Client) -> None:
    """The page names the source, since when and why."""
    due = NOON + timedelta(minutes=12)
    failing = healthy("ree-news", state="failing", last_error="HTTP 503", failures=4, next_poll_at=due)
    await world.have_polled(failing)

    seen = await read(client)

    assert "Silence cannot be trusted" in seen.text
    assert "ree-news could not be seen since 2025-06-09 12:00 UTC: HTTP 503." in seen.text
    assert "4 failed polls in a row; to be asked again in 12 min" in seen.text


async def test_many_sources_out_of_sight_are_one_sentence(world: World, client: Client) -> None:
    """How many is said at once; which and why can be unfolded, and health for programs has each."""
    names = [f"feed-{number}" for number in range(5)]
    world.configuration = Configuration(sources=[FeedLike(id=name) for name in names])
    for name in names[1:]:
        await world.have_polled(healthy(name, state="failing", last_error="HTTP 503"))

    seen = await read(client)

    assert "right now 5 of 5 sources cannot be seen. Which, since when, and why" in seen.text
    assert "details" in seen.tags
    assert "feed-4 could not be seen since 2025-06-09 12:00 UTC: HTTP 503." in seen.text
    assert len((await (await client.get("/healthz")).json())["reservations"]) == 5


async def test_of_very_many_sources_the_page_shows_those_that_are_not_ok(
    world: World, client: Client
) -> None:
    """And says how many more there are, and where."""
    names = [f"feed-{number:04}" for number in range(SOURCES_SHOWN + 3)]
    world.configuration = Configuration(sources=[FeedLike(id=name) for name in names])
    for name in names:
        failing = name == names[-1]
        await world.have_polled(healthy(name, state="failing" if failing else "ok", last_error=""))

    seen = await read(client)

    assert f"Sources {len(names)}" in seen.text
    assert f"{names[-1]} feed" in seen.text
    assert names[0] in seen.text
    assert names[-2] not in seen.text
    assert "3 more at /api/v1/sources" in seen.text


async def test_a_refused_configuration_is_on_the_page(world: World, client: Client) -> None:
    """Whoever saved a wrong file sees it where they look."""
    world.refusal = (
        "The configuration was refused at 2025-06-09 12:00 UTC: <b>all.yaml</b>:2:26: unknown key."
    )

    assert world.refusal in (await read(client)).text


async def test_two_sources_are_spoken_of_as_all(world: World, client: Client) -> None:
    """The sentence counts."""
    world.configuration = Configuration(sources=(FeedLike(id="one"), FeedLike(id="two")))
    await enrol(world.store, {"one": NOON, "two": NOON})
    for claim in await world.store.sources.claim("poller", NOON, 2):
        await world.store.sources.postpone(claim, NOON, timedelta(0), healthy(claim.source))

    assert "All 2 sources were seen in time" in (await read(client)).text


async def test_sources_that_lack_a_key_are_told_without_alarm(world: World, client: Client) -> None:
    """Silence can be trusted of the others, and people read of which it cannot."""
    world.configuration = Configuration(sources=(FeedLike(id="one"), FeedLike(id="two")))
    await world.have_polled(healthy("one", cadence=timedelta(hours=5), note="lists no entries"))
    await world.have_polled(healthy("two", state="unconfigured", last_error="no key"))

    seen = await read(client)

    assert "Silence can be trusted The one source that can be watched was seen in time" in seen.text
    assert "two is not watched: no key." in seen.text
    assert "5h lists no entries" in seen.text


async def test_deliveries_are_listed_with_their_outcome(world: World, client: Client) -> None:
    """Who was told, and what went wrong."""
    await world.have_judged(an_alert(), due=[a_due()])
    world.now = NOON + timedelta(minutes=1)
    [delivery] = await world.store.outbox.claim("d", world.now, {"desk/console": 1})
    await world.store.outbox.record(delivery, Outcome(kind="dead", reason="no such channel"), world.now)

    seen = await read(client)

    assert "dead desk/console 1 alert · just now · no such channel" in seen.text
    assert "1 notification could not be delivered" in seen.text


async def test_an_empty_service_says_that_nothing_is_there(world: World, client: Client) -> None:
    """Every list has a word for being empty."""
    world.configuration = Configuration(sources=(), rules=())

    seen = await read(client)

    for words in ("Nothing is firing.", "No source is configured.", "Nothing has been read yet."):
        assert words in seen.text


async def test_without_a_store_the_page_says_so(
    world: World, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A lost store is no blank page."""

    async def gone(*_args: object) -> object:
        raise StoreError("connection refused")

    monkeypatch.setattr(world.store.judgements, "active", gone)

    seen = await read(client, status=503)

    assert "The store does not answer" in seen.text
    assert "connection refused" not in seen.text


async def test_the_docs_list_every_operation(client: Client) -> None:
    """What programs read in the description, people can read as a page."""
    seen = await read(client, "/docs")

    for words in ("POST /api/v1/signals", "GET /api/v1/alerts/{fingerprint}", "pending, firing, resolved"):
        assert words in seen.text


@pytest.mark.parametrize(
    ("path", "media"), [("/static/alerter.css", "text/css"), ("/static/mark.svg", "image/svg+xml")]
)
async def test_the_page_s_own_files_are_served(client: Client, path: str, media: str) -> None:
    """The style sheet and the mark come from the package, and may be kept while unchanged."""
    response = await client.get(path)

    assert response.status == 200
    assert response.content_type == media
    assert response.headers["Cache-Control"] == "no-cache"


@pytest.mark.parametrize("path", ["/static/", "/static/../app.py", "/static/%2e%2e/app.py"])
async def test_nothing_else_of_the_package_is_served(client: Client, path: str) -> None:
    """The folder is neither listed nor left."""
    assert (await client.get(path)).status in {403, 404}


@pytest.mark.parametrize(
    ("passed", "words"),
    [
        (timedelta(seconds=59), "just now"),
        (timedelta(minutes=1), "1 min ago"),
        (timedelta(hours=25), "1 d ago"),
        (timedelta(minutes=-90), "in 1 h"),
        (timedelta(seconds=-59), "within a minute"),
    ],
)
def test_ages_are_told_in_the_largest_unit(passed: timedelta, words: str) -> None:
    """Past and future are told apart."""
    assert ago(NOON - passed, NOON) == words


@pytest.mark.parametrize(("at", "words"), [(NOON, "9 Jun 2025, 12:00 UTC"), (None, "—")])
def test_instants_are_told_in_full(at: datetime | None, words: str) -> None:
    """A missing instant is a dash."""
    assert instant(at) == words
    assert ago(None, NOON) == "never"


@pytest.mark.parametrize(
    ("url", "expected"),
    [("https://a.example/x", True), ("http://a.example", True), ("javascript:x", False), (None, False)],
)
def test_only_web_addresses_become_links(url: str | None, expected: bool) -> None:
    """Other schemes stay text."""
    assert is_linkable(url) is expected
