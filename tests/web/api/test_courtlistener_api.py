"""CourtListener's webhook: who may post, what is taken in and for whom, and what repetitions do."""

from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from aiohttp import web
from pydantic import SecretStr
from structlog.testing import capture_logs

from alerter.core.signal import SignalRecord
from alerter.settings import HookSettings, HttpSettings, Settings
from alerter.sources.courtlistener import CourtListenerConfig
from alerter.sources.courtlistener_watch import CourtListenerCursor, DocketWatch
from alerter.sources.formats.courtlistener_rows import DocketFacts
from alerter.store.protocol import Busy, PollResult, StoreError
from alerter.web.api.courtlistener import KEYS_KEPT, Answered
from alerter.web.api.signals import PushResult, PushResults
from tests.support.signals import NOON, healthy
from tests.web.answers import body_of, problem_of
from tests.web.conftest import Connect
from tests.web.world import Client, Configuration, World

SECRET = "a-long-and-random-part-of-a-path"
PATH = f"/hooks/courtlistener/{SECRET}"
Json = dict[str, Any]


def config(name: str = "dockets", *dockets: int) -> CourtListenerConfig:
    """A source that lists these dockets."""
    return CourtListenerConfig(
        id=name, type="courtlistener", dockets=dockets or (7,), labels={"desk": "trade"}
    )


@pytest.fixture
def world() -> World:
    """A service with a secret, tokens, and one source over docket 7."""
    settings = Settings(
        hooks=HookSettings(courtlistener=SecretStr(SECRET)), http=HttpSettings(tokens=SecretStr("t"))
    )
    return World(settings=settings, configuration=Configuration(sources=(config(),)))


def an_event(*results: Json, event_type: int = 1) -> Json:
    """An event as it is posted."""
    return {
        "payload": {"results": results or (an_entry(),)},
        "webhook": {"version": 2, "event_type": event_type, "date_created": "", "deprecation_date": None},
    }


def an_entry(**fields: Any) -> Json:
    """An entry filed this morning."""
    return {
        "id": 9,
        "docket": 7,
        "description": "ORDER granting the motion to stay",
        "entry_number": 12,
        "date_filed": "2025-06-09",
        "time_filed": "07:00:00",
        "date_created": "2025-06-09T11:30:00Z",
        "date_modified": "2025-06-09T11:30:00Z",
        "recap_documents": [],
    } | fields


async def taken(world: World) -> list[SignalRecord]:
    """What waits to be read."""
    return [one.record for one in await world.store.signals.take("reader", 100, timedelta(0))]


async def have_polled(world: World, source: CourtListenerConfig, **watch: Any) -> None:
    """A poll has learnt about docket 7."""
    facts = DocketFacts(court="cit", number="25-00066", name="Toy Makers v. State")
    known = DocketWatch(since=NOON - timedelta(days=30), facts=facts, **watch)
    cursor = CourtListenerCursor(api=source.base_url, dockets={7: known}).model_dump_json()
    await world.have_polled(healthy(source.id))
    await world.store.sources.hasten(source.id, NOON)
    [claim] = await world.store.sources.claim("poller", NOON + timedelta(days=1), 1)
    result = PollResult(claim=claim, cursor=cursor, due=NOON, health=healthy(source.id))
    await world.store.signals.intake((), poll=result)


async def test_an_event_is_taken_in_as_by_polling(world: World, client: Client) -> None:
    """For the source that lists the docket, with what its polls have learnt of it; no token is needed."""
    await have_polled(world, config())
    body = await body_of(await client.post(PATH, json=an_event()))
    assert body == {"results": [{"id": "entry:9", "status": "accepted"}]}
    [record] = await taken(world)
    signal = record.signal
    assert (signal.source, signal.labels) == ("dockets", {"desk": "trade"})
    assert signal.title == "Toy Makers v. State [ORDER granting the motion to stay]"
    assert signal.docket is not None
    assert (signal.docket.court, signal.docket.number) == ("cit", "25-00066")
    assert not record.baseline
    assert world.figure("alerter_signals_total", source="dockets", status="accepted") == 1


async def test_a_docket_that_nobody_lists_has_a_source_of_its_own(world: World, client: Client) -> None:
    """What is pushed about it is not lost."""
    entry = an_entry(docket=8)
    await body_of(await client.post(PATH, json=an_event(entry)))
    [record] = await taken(world)
    assert record.signal.source == "courtlistener"
    assert record.signal.docket is None


async def test_a_docket_that_was_not_looked_up_is_logged(world: World, client: Client) -> None:
    """Its entries are no matter's by court and number, until a poll knows them; once for each docket."""
    entries = (an_entry(), an_entry(id=10), an_entry(id=11, docket=8))
    with capture_logs() as logged:
        await body_of(await client.post(PATH, json=an_event(*entries)))
    told = [line for line in logged if line["event"] == "docket_not_looked_up"]
    assert [(line["docket"], line["source"]) for line in told] == [(7, "dockets"), (8, "courtlistener")]
    assert told[0]["consequence"].endswith("until a poll has looked it up")
    await have_polled(world, config())
    with capture_logs() as logged:
        await body_of(await client.post(PATH, json=an_event(an_entry(id=12))))
    assert logged == []


async def test_of_two_sources_that_list_a_docket_the_first_takes_it(world: World, connect: Connect) -> None:
    """One entry is one signal."""
    world.configuration = Configuration(sources=(config("other", 8), config("one"), config("two")))
    client = await connect(world)
    await body_of(await client.post(PATH, json=an_event()))
    assert [record.signal.source for record in await taken(world)] == ["one"]


async def test_the_sender_may_come_from_anywhere(client: Client) -> None:
    """Through a proxy, to a public name, without a token."""
    headers = {"Host": "alerts.example", "X-Forwarded-For": "34.210.230.218"}
    assert (await client.post(PATH, json=an_event(), headers=headers)).status == 200


@pytest.mark.parametrize("path", ["/hooks/courtlistener/wrong", "/hooks/courtlistener/%FF%20", f"{PATH}x"])
async def test_a_wrong_secret_finds_nothing(world: World, client: Client, path: str) -> None:
    """As if there were no webhook; the body is not looked at."""
    document = await problem_of(await client.post(path, json=an_event()), 404)
    assert document["detail"].startswith("There is nothing at this path")
    await problem_of(await client.post(path, data="no json"), 404)
    assert await taken(world) == []


async def test_without_a_secret_there_is_no_webhook(connect: Connect) -> None:
    """Whatever is shown."""
    client = await connect(World())
    for shown in ("None", "x", ""):
        await problem_of(await client.post(f"/hooks/courtlistener/{shown}", json=an_event()), 404)


async def test_only_posting_is_open(client: Client) -> None:
    """Nothing can be read there, nor is anything else below the path open."""
    await problem_of(await client.get(PATH), 401)
    await problem_of(await client.post("/hooks/other", json={}), 401)
    await problem_of(await client.post("/hooks/../api/v1/signals", json={}), 401)
    await problem_of(await client.post("/hooks/%2e%2e/api/v1/signals", json={}), 401)


async def test_a_repeated_event_does_nothing(world: World, client: Client) -> None:
    """Under the same key it is not looked at; under another the entry is known."""
    for key, status in (("k1", "accepted"), ("k1", "duplicate"), ("k2", "duplicate"), ("", "duplicate")):
        response = await client.post(PATH, json=an_event(), headers={"Idempotency-Key": key})
        assert await body_of(response) == {"results": [{"id": "entry:9", "status": status}]}
    changed = an_event(an_entry(description="ORDER as amended"))
    same_key = await client.post(PATH, json=changed, headers={"Idempotency-Key": "k1"})
    assert (await body_of(same_key))["results"][0]["status"] == "duplicate"
    other_key = await client.post(PATH, json=changed, headers={"Idempotency-Key": "k3"})
    assert (await body_of(other_key))["results"][0]["status"] == "updated"
    assert len(await taken(world)) == 2


async def test_what_polling_has_read_since_is_not_brought_back(world: World, client: Client) -> None:
    """A retry that arrives after a newer version is a duplicate."""
    await have_polled(world, config(), watermark=NOON + timedelta(hours=1))
    body = await body_of(await client.post(PATH, json=an_event()))
    assert body == {"results": [{"id": "entry:9", "status": "duplicate"}]}
    assert await taken(world) == []


async def test_a_backfilled_entry_is_of_the_baseline(world: World, client: Client) -> None:
    """It never alerts."""
    await body_of(await client.post(PATH, json=an_event(an_entry(date_filed="2025-05-01"))))
    assert [record.baseline for record in await taken(world)] == [True]


async def test_a_search_alert_and_other_events_are_answered(world: World, client: Client) -> None:
    """What brings no signals is taken note of, so that it is not sent again."""
    case = {"docket_id": 3, "court_id": "cit", "docketNumber": "25-00077", "caseName": "A v. B"}
    body = await body_of(await client.post(PATH, json=an_event(case, event_type=2)))
    assert body == {"results": [{"id": "case:3", "status": "accepted"}]}
    assert await body_of(await client.post(PATH, json=an_event({"id": 1}, event_type=3))) == {"results": []}


async def test_a_signal_that_intake_would_not_take_is_left_out(world: World, client: Client) -> None:
    """A date far ahead is not believed; the rest of the event is."""
    entries = an_entry(id=1, date_filed="2031-01-01"), an_entry()
    body = await body_of(await client.post(PATH, json=an_event(*entries)))
    assert [one["id"] for one in body["results"]] == ["entry:9"]


@pytest.mark.parametrize(
    "body",
    [
        "",
        "{",
        "[]",
        '"SPOKEN"',
        '{"SPOKEN": 1}',
        '{"payload": {"results": "SPOKEN"}, "webhook": {"event_type": 1}}',
        '{"payload": {"results": ["SPOKEN"]}, "webhook": {"event_type": 1}}',
        '{"payload": {"results": []}, "webhook": {"event_type": "SPOKEN"}}',
        '{"payload": {"results": [{"id": "SPOKEN"}]}, "webhook": {"event_type": 1}}',
        '{"payload": {"results": [{"SPOKEN": 1}]}, "webhook": {"event_type": 2}}',
        '{"payload": {"results": [' + ",".join(["{}"] * 1001) + ']}, "webhook": {"event_type": 1}}',
        "[" * 100_000,
    ],
)
async def test_what_is_no_event_is_refused_without_an_echo(world: World, client: Client, body: str) -> None:
    """400, and nothing of what was sent stands in the answer."""
    response = await client.post(PATH, data=body, headers={"Content-Type": "application/json"})
    assert "SPOKEN" not in str(await problem_of(response, 400))
    assert await taken(world) == []


async def test_a_body_is_bounded_and_json(client: Client) -> None:
    """As everywhere."""
    json_type = {"Content-Type": "application/json"}
    await problem_of(await client.post(PATH, data=BytesIO(b" " * (9 * 1024 * 1024)), headers=json_type), 413)
    await problem_of(await client.post(PATH, data="x=1"), 415)


@pytest.mark.parametrize(
    ("fault", "status"), [(Busy(timedelta(seconds=9), "behind"), 429), (StoreError("gone"), 503)]
)
async def test_what_cannot_be_taken_now_is_sent_again(
    world: World, client: Client, monkeypatch: pytest.MonkeyPatch, fault: Exception, status: int
) -> None:
    """The sender is told to retry, and the key is not used up."""
    key = {"Idempotency-Key": "k1"}

    async def refuse(*_arguments: object, **_options: object) -> None:
        raise fault

    with monkeypatch.context() as patched:
        patched.setattr(world.store.signals, "intake", refuse)
        response = await client.post(PATH, json=an_event(), headers=key)
        await problem_of(response, status)
        assert int(response.headers["Retry-After"]) >= 1
    body = await body_of(await client.post(PATH, json=an_event(), headers=key))
    assert body["results"][0]["status"] == "accepted"


async def test_the_secret_is_not_logged_when_something_goes_wrong(
    world: World, connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The log names the route, not the path."""

    def fail(_request: web.Request, _context: object) -> None:
        raise RuntimeError

    monkeypatch.setattr("alerter.web.api.courtlistener._check_secret", fail)
    client = await connect(world)
    with capture_logs() as logged:
        await problem_of(await client.post(PATH, json=an_event()), 500)
    assert [line["path"] for line in logged] == ["/hooks/courtlistener/{secret}"]
    assert SECRET not in str(logged)


async def test_it_is_described_as_open(client: Client) -> None:
    """The description asks for no token, and says what else can come."""
    document = await body_of(await client.get("/openapi.json", headers={"Authorization": "Bearer t"}))
    operation = document["paths"]["/hooks/courtlistener/{secret}"]["post"]
    assert operation["security"] == []
    assert {"200", "400", "404", "413", "429", "503"} <= operation["responses"].keys()
    assert not {"401", "403"} & operation["responses"].keys()


def test_only_so_many_keys_are_kept() -> None:
    """The oldest are forgotten, and what is no key is none."""
    answered, results = Answered(), PushResults(results=(PushResult(id="e", status="accepted"),))
    for number in range(KEYS_KEPT + 1):
        answered.keep(f"k{number}", results)
    answered.keep("", results)
    answered.keep("k" * 500, results)
    assert answered.find("k0") is None
    assert answered.find("") is None
    assert answered.find("k" * 500) is None
    found = answered.find(f"k{KEYS_KEPT}")
    assert found is not None
    assert [one.status for one in found.results] == ["duplicate"]
