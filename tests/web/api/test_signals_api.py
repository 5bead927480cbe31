"""Signals over HTTP."""

import asyncio
import gzip
import json
from collections.abc import Sequence
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from aiohttp import ClientResponse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from alerter.core.signal import IntakeStatus
from alerter.store.protocol import Busy, StoreError
from alerter.web import bodies
from tests.web.answers import body_of, problem_of
from tests.web.world import Client, World

JSON = {"Content-Type": "application/json"}
MINIMAL: dict[str, Any] = {
    "id": "magnets-1",
    "source": "ree-news",
    "kind": "article",
    "title": "Magnet exports fall again",
    "published_at": "2025-06-09T12:00:00Z",
}


def a_pushed(**fields: Any) -> dict[str, Any]:
    """A signal as JSON; None leaves a field out."""
    return {name: value for name, value in (MINIMAL | fields).items() if value is not None}


async def test_a_single_signal_is_taken(world: World, client: Client) -> None:
    """One object is answered with its id and status, is queued, and wakes the pipeline."""
    answer = await body_of(await client.post("/api/v1/signals", json=a_pushed()))

    assert answer == {"results": [{"id": "magnets-1", "status": "accepted"}]}
    assert (await world.store.signals.backlog()).unread == 1


async def test_a_list_is_answered_in_its_order(client: Client) -> None:
    """New, known and changed signals of one list are told apart, those repeated inside the list too."""
    await client.post("/api/v1/signals", json=[a_pushed(), a_pushed(id="known")])
    pushed = [a_pushed(title="Changed"), a_pushed(id="known"), a_pushed(id="new"), a_pushed(id="new")]

    answer = await body_of(await client.post("/api/v1/signals", json=pushed))

    assert [result["status"] for result in answer["results"]] == [
        "updated",
        "duplicate",
        "accepted",
        "duplicate",
    ]


async def test_a_signal_without_an_id_is_named_by_its_identity(client: Client) -> None:
    """The answer's id finds the signal again even when the sender gave none."""
    answer = await body_of(await client.post("/api/v1/signals", json=a_pushed(id=None)))

    assert len(answer["results"][0]["id"]) == 16


async def test_an_empty_list_is_no_error(client: Client) -> None:
    """Nothing pushed, nothing done."""
    assert await body_of(await client.post("/api/v1/signals", json=[])) == {"results": []}


async def test_the_contract_s_whole_shape_is_taken(world: World, client: Client) -> None:
    """Every optional part of a signal is understood and kept."""
    full = a_pushed(
        text="Shipments fell.",
        url="https://news.example/1",
        seen_at="2025-06-09T12:01:00+00:00",
        language="en",
        labels={"desk": "magnets"},
        observation={"series": "cn-magnets-us", "period": "2025-05", "value": 46, "unit": "t"},
        docket={"court": "cit", "number": "25-00066", "entry": 12, "filed_at": "2025-05-28"},
        notice={"agency": "MOFCOM", "number": "2025-18", "effective_on": "2025-04-04"},
        listing={"list": "Entity List", "name": "Acme", "change": "added", "countries": ["CN"]},
    )

    await body_of(await client.post("/api/v1/signals", json=full))

    [queued] = await world.store.signals.take("reader", 1, timedelta(0))
    kept = queued.record.signal
    assert kept.observation
    assert kept.observation.value == 46.0
    assert kept.docket
    assert kept.docket.entry == 12
    assert kept.listing
    assert kept.listing.countries == ("CN",)
    assert kept.labels == {"desk": "magnets"}


@pytest.mark.parametrize(
    ("fault", "field"),
    [
        ({"kind": "rumour"}, "kind"),
        ({"title": None}, "title"),
        ({"title": ""}, "title"),
        ({"published_at": "2025-06-09T12:00:00"}, "published_at"),
        ({"published_at": 1749470400}, "published_at"),
        ({"surprise": 1}, "surprise"),
        ({"text": 5}, "text"),
        ({"observation": {"series": "s", "period": "2025-05", "value": False}}, "observation.value"),
        ({"observation": {"series": "s", "period": "2025-05", "value": "46"}}, "observation.value"),
        ({"labels": {"a": 1}}, "labels.a"),
    ],
)
async def test_a_fault_is_named_by_index_and_field(
    world: World, client: Client, fault: dict[str, Any], field: str
) -> None:
    """A list with one bad signal is refused whole, and the answer says which signal and which field."""
    pushed = [a_pushed(), a_pushed(id="bad", **fault)]

    document = await problem_of(await client.post("/api/v1/signals", json=pushed), 422)

    assert document["errors"][0]["index"] == 1
    assert document["errors"][0]["field"] == field
    assert f"signal 1: {field}" in document["detail"]
    assert (await world.store.signals.backlog()).unread == 0


async def test_a_single_signal_s_fault_has_index_zero(client: Client) -> None:
    """A single object counts as the first of a list."""
    document = await problem_of(await client.post("/api/v1/signals", json=a_pushed(kind="rumour")), 422)

    assert document["errors"][0]["index"] == 0


@pytest.mark.parametrize(
    ("fault", "field", "word"),
    [
        ({"published_at": "2025-08-09T12:00:00Z"}, "published_at", "ahead"),
        ({"url": "javascript:alert(1)"}, "url", "absolute"),
        ({"text": "x" * 270_000}, "", "bytes"),
        ({"title": "\x00\x01"}, "title", "nothing to read"),
        ({"published_at": "0001-01-01T00:00:00+14:00"}, "", "UTC"),
    ],
)
async def test_what_cannot_be_cleaned_is_refused_with_its_index(
    world: World, client: Client, fault: dict[str, Any], field: str, word: str
) -> None:
    """Signals that are too large, too far ahead or unsafe are refused whole with a sentence."""
    document = await problem_of(
        await client.post("/api/v1/signals", json=[a_pushed(), a_pushed(id="bad", **fault)]), 422
    )

    [fault_told] = document["errors"]
    assert fault_told["index"] == 1
    assert fault_told["field"] == field
    assert word in document["detail"]
    assert (await world.store.signals.backlog()).unread == 0


async def test_mark_up_and_control_characters_are_cleaned_on_the_way_in(world: World, client: Client) -> None:
    """What is kept is plain text."""
    await client.post("/api/v1/signals", json=a_pushed(title="Magnets\x00 <b>fall</b>\r\nagain"))

    [queued] = await world.store.signals.take("reader", 1, timedelta(0))
    assert queued.record.signal.title == "Magnets fall again"


@pytest.mark.parametrize("literal", ["NaN", "Infinity", "-Infinity"])
async def test_a_value_that_is_no_number_is_refused(client: Client, literal: str) -> None:
    """JSON with NaN or Infinity is not a series' value."""
    observation = {"series": "s", "period": "2025-05", "value": 1}
    text = json.dumps(a_pushed(observation=observation)).replace('"value": 1', f'"value": {literal}')

    document = await problem_of(await client.post("/api/v1/signals", data=text, headers=JSON), 422)

    assert document["errors"][0]["field"] == "observation.value"


@pytest.mark.parametrize("body", ["", "{", "nonsense", "[" * 5000, b"\xff\xfe", '["\\ud800"]'])
async def test_what_is_not_json_is_refused(client: Client, body: str | bytes) -> None:
    """A body that no JSON parser takes is a 400."""
    await problem_of(await client.post("/api/v1/signals", data=body, headers=JSON), 400)


@pytest.mark.parametrize("body", ["null", "1", '"text"', "true", "[1]", "[[]]"])
async def test_json_that_is_no_signal_is_refused(client: Client, body: str) -> None:
    """JSON of another shape is a 422."""
    await problem_of(await client.post("/api/v1/signals", data=body, headers=JSON), 422)


async def test_a_thousand_signals_are_taken_at_once_and_one_more_is_too_many(
    world: World, client: Client
) -> None:
    """The list's limit is a thousand; beyond it nothing is taken."""
    pushed = [a_pushed(id=str(number)) for number in range(1001)]

    document = await problem_of(await client.post("/api/v1/signals", json=pushed), 422)
    assert document["errors"][0]["index"] == 1000
    assert (await world.store.signals.backlog()).unread == 0

    answer = await body_of(await client.post("/api/v1/signals", json=pushed[:1000]))
    assert [result["id"] for result in answer["results"]] == [str(number) for number in range(1000)]


async def test_a_body_of_exactly_the_limit_is_read_and_one_byte_more_is_refused(client: Client) -> None:
    """The limit is 8 MiB exactly."""
    signal = json.dumps(a_pushed()).encode()

    async def push(size: int) -> ClientResponse:
        body = BytesIO(signal.ljust(size))
        return await client.post("/api/v1/signals", data=body, headers=JSON)

    assert (await push(bodies.BODY_LIMIT)).status == 200
    await problem_of(await push(bodies.BODY_LIMIT + 1), 413)


async def test_a_body_of_unknown_length_is_cut_at_the_limit(client: Client) -> None:
    """A chunked body that grows beyond the limit is refused too."""

    async def chunks() -> Any:
        for _ in range(9):
            yield b" " * 1024 * 1024

    await problem_of(await client.post("/api/v1/signals", data=chunks(), headers=JSON), 413)


async def test_a_compressed_body_is_read_and_bounded_by_its_real_size(client: Client) -> None:
    """Compression is understood, and does not get around the limit."""
    zipped = JSON | {"Content-Encoding": "gzip"}
    small = gzip.compress(json.dumps(a_pushed()).encode())
    bomb = gzip.compress(b" " * (64 * 1024 * 1024))

    assert (await client.post("/api/v1/signals", data=small, headers=zipped)).status == 200
    await problem_of(await client.post("/api/v1/signals", data=bomb, headers=zipped), 413)


async def test_a_body_that_is_not_what_its_encoding_says_is_refused(client: Client) -> None:
    """A broken compressed body is the sender's fault."""
    zipped = JSON | {"Content-Encoding": "gzip"}

    await problem_of(await client.post("/api/v1/signals", data=b"not gzip", headers=zipped), 400)


async def test_a_body_that_does_not_arrive_is_given_up(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A sender that stalls is answered 408 instead of holding a request for ever."""
    monkeypatch.setattr(bodies, "BODY_SECONDS", 0.05)
    never = asyncio.Event()

    async def chunks() -> Any:
        yield b"["
        await never.wait()

    response = await client.post("/api/v1/signals", data=chunks(), headers=JSON)

    await problem_of(response, 408)
    response.close()


@pytest.mark.parametrize("media", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data"])
async def test_only_json_is_taken(client: Client, media: str) -> None:
    """What a browser's form could send is not taken."""
    body = json.dumps(a_pushed())

    await problem_of(await client.post("/api/v1/signals", data=body, headers={"Content-Type": media}), 415)


async def test_a_busy_pipeline_answers_429_with_a_time(
    world: World, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When the pipeline is behind, the sender is told when to come again, in whole seconds."""

    async def busy(*_args: object, **_options: object) -> Sequence[IntakeStatus]:
        raise Busy(timedelta(seconds=1.2), "the pipeline is behind")

    monkeypatch.setattr(world.store.signals, "intake", busy)

    response = await client.post("/api/v1/signals", json=a_pushed())

    document = await problem_of(response, 429)
    assert response.headers["Retry-After"] == "2"
    assert document["detail"] == "the pipeline is behind"


async def test_a_store_that_does_not_answer_is_a_503_with_a_time(
    world: World, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is said to be taken unless it is committed."""

    async def gone(*_args: object, **_options: object) -> Sequence[IntakeStatus]:
        raise StoreError("connection refused by 10.0.0.7")

    monkeypatch.setattr(world.store.signals, "intake", gone)

    response = await client.post("/api/v1/signals", json=a_pushed())

    document = await problem_of(response, 503)
    assert response.headers["Retry-After"] == "2"
    assert "10.0.0.7" not in json.dumps(document)


async def test_pushes_are_counted_by_configured_source(world: World, client: Client) -> None:
    """Names that nobody configured share one label, so that outsiders cannot make endless ones."""
    await client.post("/api/v1/signals", json=[a_pushed(), a_pushed(source="made-up")])

    assert world.figure("alerter_signals_total", source="ree-news", status="accepted") == 1
    assert world.figure("alerter_signals_total", source="push", status="accepted") == 1
    assert world.figure("alerter_signals_total", source="made-up", status="accepted") is None


async def test_a_flood_of_faults_is_answered_in_short(client: Client) -> None:
    """Thousands of unknown keys give one sentence, not thousands of lines."""
    pushed = a_pushed() | {f"key{number}": 1 for number in range(6000)}

    document = await problem_of(await client.post("/api/v1/signals", json=pushed), 422)

    assert len(document["errors"]) == 1
    assert "6000 things" in document["detail"]


async def test_at_most_twenty_faults_are_listed(client: Client) -> None:
    """An answer stays short and its field names are cut."""
    pushed = a_pushed() | {f"key{number}" * 100: 1 for number in range(50)}

    document = await problem_of(await client.post("/api/v1/signals", json=pushed), 422)

    assert len(document["errors"]) == 20
    assert all(len(fault["field"]) <= 200 for fault in document["errors"])


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)
near_signals = st.fixed_dictionaries(
    {"source": st.text(), "kind": st.sampled_from(["article", "listing", "nothing"]), "title": st.text()},
    optional={
        "id": st.text() | json_values,
        "published_at": st.datetimes().map(lambda at: f"{at.isoformat()}Z") | st.text(),
        "seen_at": st.datetimes().map(lambda at: f"{at.isoformat()}-14:00"),
        "url": st.text() | st.just("https://[::1"),
        "labels": st.dictionaries(st.text(), st.text(), max_size=3),
        "docket": json_values,
        "text": st.text(),
    },
)


@settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
@given(pushed=json_values | near_signals | st.lists(near_signals, max_size=3))
async def test_no_json_whatever_is_answered_by_a_500(client: Client, pushed: object) -> None:
    """Any JSON body is taken or refused with a problem; it never breaks the service."""
    text = json.dumps(pushed)

    response = await client.post("/api/v1/signals", data=text, headers=JSON)
    checked = await client.post("/api/v1/rules/validate", data=text, headers=JSON)

    if response.status != 200:
        assert response.status in {400, 422}, await response.text()
        await problem_of(response, response.status)
    assert checked.status in {200, 400}
