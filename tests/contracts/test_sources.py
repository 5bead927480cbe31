"""What every kind of source keeps to, whatever its publisher does: nothing is lost, doubled or silent.

Each kind's publisher answers on loopback as its sample in `tests/contracts/sources/` words it; the real
polling stage polls it over a store in memory. In every scenario the health, the cursor that the next poll
starts from, and every signal that was queued are looked at.
"""

import importlib
import importlib.util
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
import yaml
from pydantic import ValidationError

from alerter.config.load import source_kinds
from alerter.sources.base import SourceConfig
from tests.contracts.sources import faults
from tests.contracts.sources.faults import FATAL, PARTIAL, SURVIVABLE, refusal
from tests.contracts.sources.polling import HURRY, ILL, Desk, Outcome, a_desk
from tests.contracts.sources.publishing import NEW_HOUSE, Fault
from tests.contracts.sources.sample import Fact, Sample

KINDS = source_kinds().by_type
SAMPLES = "tests.contracts.sources"
SAMPLED = [kind for kind in sorted(KINDS) if importlib.util.find_spec(f"{SAMPLES}.{kind}")]
SPURNS_REDIRECTS = frozenset({"census"})
"""Kinds whose publishers redirect to an error page, so that a redirect is no answer."""

every_kind = pytest.mark.parametrize("desk", SAMPLED, indirect=True)
fatal = pytest.mark.parametrize("fault", FATAL.values(), ids=FATAL)
survivable = pytest.mark.parametrize("fault", SURVIVABLE.values(), ids=SURVIVABLE)
partial = pytest.mark.parametrize("fault", PARTIAL.values(), ids=PARTIAL)


def sample_of(kind: str) -> Sample:
    """The kind's sample."""
    sample: Sample = importlib.import_module(f"{SAMPLES}.{kind}").SAMPLE
    return sample


@pytest.fixture
async def desk(request: pytest.FixtureRequest) -> AsyncIterator[Desk]:
    """A source of the kind, not polled yet."""
    async with a_desk(sample_of(request.param)) as one:
        yield one


async def baseline(desk: Desk) -> Outcome:
    """Facts 1 and 2 are published when the source is polled first."""
    desk.publish(1, 2)
    outcome = await desk.poll()
    assert_well(outcome)
    assert not outcome.health.unseen, "all that is asked for is there"
    return outcome


def assert_well(outcome: Outcome) -> None:
    """The poll succeeded, and health says so."""
    assert outcome.is_well, outcome.health
    assert outcome.health.last_success_at == outcome.health.last_poll_at


def assert_ill(outcome: Outcome, *, failures: int = 1) -> None:
    """The poll failed, health says why in plain words, and nothing was taken."""
    health = outcome.health
    assert health.state in ILL, health
    assert health.failures == failures
    assert health.last_error.isprintable()
    assert "127.0.0.1" in health.last_error, "who answered must be named"
    assert not any(word in health.last_error for word in ("unexpected ", "Traceback", "Error:")), health
    assert not outcome.taken


def assert_brings(outcome: Outcome, *, new: int) -> None:
    """The poll succeeded and brought so many signals that were not known, each once, and nothing else."""
    assert_well(outcome)
    assert [record.version for record in outcome.taken] == [1] * new, outcome.taken
    assert len(outcome.brought) == new


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_every_kind_has_a_sample(kind: str) -> None:
    """A kind without a sample escapes the contract."""
    assert kind in SAMPLED, f"write {SAMPLES}.{kind} with SAMPLE"
    assert sample_of(kind).kind == kind


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_every_kind_is_described(kind: str) -> None:
    """It says what it reads and what its publisher asks of those who poll; its example is valid."""
    config = KINDS[kind]
    assert config.__doc__, "what it reads"
    assert config.limits, "what the publisher asks"
    assert config.model_validate(yaml.safe_load(config.example)).model_fields_set >= {"id", "type"}


@pytest.mark.parametrize("kind", SAMPLED)
def test_unknown_options_are_refused(kind: str) -> None:
    """A mistyped option is an error, not a silent default."""
    config = sample_of(kind).config("http://127.0.0.1:9")
    with pytest.raises(ValidationError, match="evry"):
        KINDS[kind].model_validate(config.model_dump() | {"evry": "10m"})


@pytest.mark.parametrize("kind", SAMPLED)
def test_a_missing_key_is_named(kind: str) -> None:
    """With its keys a source lacks nothing; without one that it cannot do without, it names the variable."""
    sample = sample_of(kind)
    config: SourceConfig = sample.config("http://127.0.0.1:9")
    assert config.missing(sample.keys) == ""
    lacking = config.missing({})
    assert not lacking or "ALERTER_KEYS__" in lacking


@every_kind
async def test_the_first_poll_is_the_baseline(desk: Desk) -> None:
    """Each fact comes once; what is older than `max_age` will never alert."""
    outcome = await baseline(desk)
    assert outcome.given is None
    assert_brings(outcome, new=2)
    oldest = desk.clock.now() - desk.config.max_age
    assert [r.baseline for r in outcome.taken] == [r.signal.published_at < oldest for r in outcome.taken]
    assert any(record.baseline for record in outcome.taken), "fact 1 is old"


@every_kind
async def test_a_first_poll_that_fails_is_no_baseline(desk: Desk) -> None:
    """The first poll that succeeds sets it."""
    desk.publish(1, 2)
    desk.publisher.fault = faults.server_error
    assert_ill(await desk.poll())
    desk.publisher.fault = None
    outcome = await desk.poll()
    assert outcome.given is None
    assert_brings(outcome, new=2)
    assert any(record.baseline for record in outcome.taken)


@every_kind
async def test_nothing_new_brings_nothing(desk: Desk) -> None:
    """Polls are conditional, and a 304 is a success that brings nothing and keeps the place."""
    await baseline(desk)
    for _ in range(2):
        assert_brings(await desk.poll(), new=0)
    assert desk.publisher.unmodified or desk.publisher.posts, "no request was conditional"
    desk.publish(1, 2, 3)
    assert_brings(await desk.poll(), new=1)


@every_kind
async def test_what_is_new_comes_once(desk: Desk) -> None:
    """New facts come, one or several at a time, and not again."""
    await baseline(desk)
    desk.publish(1, 2, 3)
    assert_brings(await desk.poll(), new=1)
    assert_brings(await desk.poll(), new=0)
    desk.publish(1, 2, 3, 4, 5)
    outcome = await desk.poll()
    assert_brings(outcome, new=2)
    assert not any(record.baseline for record in outcome.taken)
    assert_brings(await desk.poll(), new=0)


@every_kind
async def test_what_has_changed_is_another_version(desk: Desk) -> None:
    """A fact that reads otherwise is the same signal once more; beside it a new one may come."""
    known = (await baseline(desk)).brought
    desk.publish(1, Fact(2, version=2))
    outcome = await desk.poll()
    assert_well(outcome)
    assert [record.version for record in outcome.taken] == [2]
    assert outcome.brought.keys() < known.keys()
    desk.publish(1, Fact(2, version=3), 3)
    assert sorted(record.version for record in (await desk.poll()).taken) == [1, 3]
    assert_brings(await desk.poll(), new=0)


@every_kind
async def test_what_is_gone_is_told_only_where_that_means_something(desk: Desk) -> None:
    """A fact that leaves the list makes a signal if its kind says so, and does not come back as news."""
    desk.publish(1, 2, 3)
    known = (await desk.poll()).brought
    desk.publish(1, 3)
    outcome = await desk.poll()
    assert_well(outcome)
    assert len(outcome.brought) == desk.sample.tells_removal
    desk.publish(1, 2, 3)
    again = await desk.poll()
    assert_well(again)
    assert desk.sample.tells_removal or not again.brought
    assert again.brought.keys() <= known.keys() | outcome.brought.keys()


@every_kind
async def test_an_empty_list_is_told(desk: Desk) -> None:
    """Where all facts are gone, the poll says so or fails; what comes afterwards comes once."""
    known = (await baseline(desk)).brought
    desk.publish()
    outcome = await desk.poll()
    health = outcome.health
    assert health.note or health.unseen if outcome.is_well else health.last_error
    desk.publish(1, 2, 3)
    again = await desk.poll()
    assert_well(again)
    assert len(again.brought - known) == 1
    assert desk.sample.tells_removal or len(again.taken) == 1


@fatal
@every_kind
async def test_a_fault_loses_and_doubles_nothing(desk: Desk, fault: Fault) -> None:
    """Health tells the fault, the cursor stays, and the next good poll brings exactly what is new."""
    await baseline(desk)
    desk.publish(1, 2, 3)
    desk.publisher.fault = fault
    failed = await desk.poll()
    assert_ill(failed)
    await assert_recovers(desk, failed)


async def assert_recovers(desk: Desk, failed: Outcome) -> None:
    """The fault over, the poll starts where the failed one did and brings the one new fact, once."""
    desk.publisher.fault = None
    outcome = await desk.poll()
    assert outcome.given == failed.given
    assert_brings(outcome, new=1)
    assert_brings(await desk.poll(), new=0)


@every_kind
async def test_a_slow_drip_runs_out_of_time(desk: Desk) -> None:
    """A body that does not come to its end fails the poll in time, and is asked for again."""
    await baseline(desk)
    desk.publish(1, 2, 3)
    desk.publisher.fault, desk.http.patience = faults.slow_drip, HURRY
    failed = await desk.poll()
    assert_ill(failed)
    desk.http.patience = HURRY * 30
    await assert_recovers(desk, failed)


@every_kind
async def test_failures_add_up_and_end_with_one_success(desk: Desk) -> None:
    """Each failure in a row counts, and none of them moves the cursor."""
    await baseline(desk)
    desk.publish(1, 2, 3)
    desk.publisher.fault = faults.server_error
    for failures in (1, 2, 3):
        failed = await desk.poll()
        assert_ill(failed, failures=failures)
    await assert_recovers(desk, failed)


@survivable
@every_kind
async def test_what_a_source_sees_through_is_right_in_the_end(desk: Desk, fault: Fault) -> None:
    """It fails and says so, or tells the truth; of the new fact there is one signal."""
    known = (await baseline(desk)).brought
    desk.publish(1, 2, 3)
    desk.publisher.fault = fault
    doubtful = await desk.poll()
    if not doubtful.is_well:
        assert_ill(doubtful)
    desk.publisher.fault = None
    mended = await desk.poll()
    assert_well(mended)
    told = doubtful.brought + mended.brought
    assert len(told.keys() - known.keys()) == 1
    if fault is not faults.half_as_if_whole:
        assert told.total() == 1, "the same text was read in two ways"
    assert_brings(await desk.poll(), new=0)


@partial
@every_kind
async def test_a_fault_in_the_middle_of_a_poll_commits_no_half(desk: Desk, fault: Fault) -> None:
    """Where a poll makes several requests and all but the first fail, what is new still comes once."""
    if len((await baseline(desk)).asked) == 1:
        return  # a poll of one request has no middle
    desk.publish(1, 2, 3)
    desk.publisher.fault, desk.publisher.spared = fault, 1
    failed = await desk.poll()
    if failed.is_well:
        assert failed.note or failed.health.unseen or len(failed.asked) == 1, "what failed must be told"
    else:
        assert_ill(failed)
    desk.publisher.fault = None
    mended = await desk.poll()
    assert_well(mended)
    told = failed.brought + mended.brought
    assert set(told.values()) == {1}, told
    assert len(told) == 1
    assert_brings(await desk.poll(), new=0)


STARTED_AT = datetime(2025, 6, 9, 12, tzinfo=UTC)
PATIENCE_ASKED: dict[str, Fault] = {
    "429 in seconds": refusal(429, Retry_After="900"),
    "429 as a date": refusal(
        429,
        Date=format_datetime(STARTED_AT, usegmt=True),
        Retry_After=format_datetime(STARTED_AT + timedelta(seconds=900), usegmt=True),
    ),
    "503 in seconds": refusal(503, Retry_After="900"),
}


@pytest.mark.parametrize("fault", PATIENCE_ASKED.values(), ids=PATIENCE_ASKED)
@every_kind
async def test_a_publisher_that_asks_for_patience_gets_it(desk: Desk, fault: Fault) -> None:
    """Until the time that it asked for has passed, nothing is asked of it."""
    await baseline(desk)
    desk.publish(1, 2, 3)
    desk.publisher.fault = fault
    failed = await desk.poll()
    assert_ill(failed)
    held_until = failed.health.next_poll_at
    assert held_until is not None
    assert held_until - desk.clock.now() >= timedelta(seconds=900)
    asked = len(desk.publisher.asked)
    desk.pass_time(timedelta(seconds=899))
    await desk.stage.tick()
    await desk.stage.tick()
    assert len(desk.publisher.asked) == asked
    await assert_recovers(desk, failed)


@pytest.mark.parametrize("status", [301, 308])
@every_kind
async def test_a_permanent_redirect_is_kept(desk: Desk, status: int) -> None:
    """The next poll goes straight to the new place, also when the old one is gone."""
    await baseline(desk)
    desk.publisher.moved_by = status
    desk.publish(1, 2, 3)
    outcome = await desk.poll()
    if desk.sample.kind in SPURNS_REDIRECTS:
        assert_ill(outcome)
        return
    assert_brings(outcome, new=1)
    left = {path for path in outcome.asked if not path.startswith(NEW_HOUSE)}
    straight = await desk.poll()
    assert_brings(straight, new=0)
    assert not left & set(straight.asked), "asked at the old place again"
    desk.publisher.old_house_is_gone = True
    desk.publish(1, 2, 3, 4)
    assert_brings(await desk.poll(), new=1)


@pytest.mark.parametrize("status", [302, 307])
@every_kind
async def test_a_passing_redirect_is_not_kept(desk: Desk, status: int) -> None:
    """The next poll asks at the old place again, and the new one may be gone."""
    await baseline(desk)
    desk.publisher.moved_by = status
    desk.publish(1, 2, 3)
    outcome = await desk.poll()
    if desk.sample.kind in SPURNS_REDIRECTS:
        assert_ill(outcome)
        return
    assert_brings(outcome, new=1)
    desk.publisher.moved_by = None
    desk.publish(1, 2, 3, 4)
    back = await desk.poll()
    assert_brings(back, new=1)
    assert not any(path.startswith(NEW_HOUSE) for path in back.asked)


@pytest.mark.parametrize("cursor", ["", "{", "[1]", "null", '{"v": 1}', "\x00"])
@every_kind
async def test_a_foreign_cursor_counts_as_none(desk: Desk, cursor: str) -> None:
    """A cursor of another version or kind does not break the poll, and what is old is the baseline again."""
    desk.publish(1, 2)
    first = await desk.source.poll(None)
    again = await desk.source.poll(cursor)
    assert {s.identity for s in again.signals} == {s.identity for s in first.signals}
    oldest = desk.clock.now() - desk.config.max_age
    old = [signal for signal in again.signals if signal.published_at < oldest]
    assert old, "fact 1 is old"
    assert again.settling or all(signal.id in again.background for signal in old)
