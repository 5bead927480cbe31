"""Pushes that arrive together share one commit."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta

import pytest

from alerter.core.signal import IntakeStatus, SignalRecord
from alerter.store.memory import MemoryStore
from alerter.store.protocol import Busy, PollResult, SourceClaim
from alerter.web.admission import Admission
from tests.support.signals import a_record
from tests.support.waiting import eventually
from tests.web.conftest import Connect
from tests.web.world import World


class SlowStore(MemoryStore):
    """A store whose commits wait until they are let go, and may fail."""

    def __init__(self) -> None:
        super().__init__()
        self.sizes: list[int] = []
        """Number of records of each commit begun."""
        self.gate = asyncio.Event()
        self.failure: Exception | None = None
        self._take_in = self.signals.intake
        self.signals.intake = self._slowly  # type: ignore[method-assign] # the fake's whole point

    async def _slowly(
        self,
        records: Sequence[SignalRecord],
        *,
        poll: PollResult | SourceClaim | None = None,
        backlog_limit: int = 10_000,
    ) -> Sequence[IntakeStatus]:
        self.sizes.append(len(records))
        await self.gate.wait()
        if self.failure:
            raise self.failure
        return await self._take_in(records, poll=poll, backlog_limit=10**6)


@pytest.fixture
def store() -> SlowStore:
    """A store that waits to be let go."""
    return SlowStore()


async def push(store: SlowStore, *sizes: int) -> list[asyncio.Task[Sequence[IntakeStatus]]]:
    """Pushes of these sizes, the first of them under way and the rest gathered behind it."""
    admission, tasks, number = Admission(store.signals), [], 0
    for size in sizes:
        records = [a_record(str(number + step)) for step in range(size)]
        number += size
        tasks.append(asyncio.create_task(admission.take(records)))
    await eventually(lambda: store.sizes)
    return tasks


@pytest.mark.parametrize(
    ("sizes", "commits"),
    [
        ((1,), [1]),
        ((1, 2, 3), [6]),
        ((300, 300, 100, 200), [300, 400, 200]),
        ((1, 1000, 2, 3), [1, 1000, 5]),
        ((500, 1), [500, 1]),
    ],
)
async def test_what_gathers_shares_a_commit_of_bounded_size(
    store: SlowStore, sizes: tuple[int, ...], commits: list[int]
) -> None:
    """Commits take the oldest pushes in order, as many as fit; a long list goes alone; none is split."""
    tasks = await push(store, *sizes)
    store.gate.set()

    answers = await asyncio.gather(*tasks)

    assert store.sizes == commits
    assert [len(answer) for answer in answers] == list(sizes)
    assert {status for answer in answers for status in answer} == {IntakeStatus.ACCEPTED}


async def test_each_push_gets_its_own_statuses(store: SlowStore) -> None:
    """The answers of one commit are told apart."""
    store.gate.set()
    admission = Admission(store.signals)
    await admission.take([a_record("known")])

    answers = await asyncio.gather(
        admission.take([a_record("known")]), admission.take([a_record("new"), a_record("known")])
    )

    assert list(answers) == [
        [IntakeStatus.DUPLICATE],
        [IntakeStatus.ACCEPTED, IntakeStatus.DUPLICATE],
    ]


async def test_a_commit_that_fails_is_told_to_each_of_its_pushes(store: SlowStore) -> None:
    """All of them may be tried again, and later pushes are not harmed."""
    tasks = await push(store, 1, 1)
    store.failure = Busy(timedelta(seconds=1), "the pipeline is behind")
    store.gate.set()

    outcomes = await asyncio.gather(*tasks, return_exceptions=True)
    assert [type(outcome) for outcome in outcomes] == [Busy, Busy]

    store.failure = None
    [later] = await push(store, 1)
    assert await later == [IntakeStatus.ACCEPTED]


@pytest.mark.parametrize("failure", [None, RuntimeError("surprise")])
async def test_a_sender_that_leaves_does_not_disturb_the_others(
    store: SlowStore, failure: Exception | None
) -> None:
    """What was pushed is taken all the same; the neighbours are answered."""
    gone, stays = await push(store, 1, 1)
    gone.cancel()
    await asyncio.wait([gone])
    store.failure = failure
    store.gate.set()

    [outcome] = await asyncio.gather(stays, return_exceptions=True)

    assert outcome == (failure or [IntakeStatus.ACCEPTED])


async def test_closing_ends_a_commit_that_hangs(store: SlowStore) -> None:
    """An application that ends leaves no task behind."""
    admission = Admission(store.signals)
    taking = asyncio.create_task(admission.take([a_record()]))
    await eventually(lambda: store.sizes)

    taking.cancel()
    await admission.close()

    assert asyncio.all_tasks() - {asyncio.current_task(), taking} == set()


async def test_many_clients_at_once_are_each_answered(connect: Connect) -> None:
    """Over HTTP too, concurrent pushes get their own ids back."""
    world = World()
    client = await connect(world)

    async def post(number: int) -> str:
        pushed = {"id": str(number), "source": "s", "kind": "article", "title": "t"}
        published = {"published_at": "2025-06-09T12:00:00Z"}
        response = await client.post("/api/v1/signals", json=pushed | published)
        [result] = (await response.json())["results"]
        assert result["status"] == "accepted"
        return str(result["id"])

    ids = await asyncio.gather(*(post(number) for number in range(40)))

    assert ids == [str(number) for number in range(40)]
    assert (await world.store.signals.backlog()).unread == 40
