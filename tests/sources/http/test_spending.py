"""Calls counted against budgets: granted, waited for, refused, and closed after a refusal."""

from datetime import timedelta

import pytest
from aiohttp import web

from alerter.core.budget import Budget, CallLimit
from alerter.sources.http import Fetch, FetchError, HttpClient, Limits
from alerter.sources.http.spending import CLOSED_FOR, Purse
from alerter.store.memory.budgets import MemoryBudgets
from tests.sources.conftest import AGENT, Handler, Host

TWO_A_MINUTE = (CallLimit(calls=2, within=timedelta(minutes=1)),)


class Hand:
    """A clock moved by those who sleep on it, and a purse on its time."""

    def __init__(self) -> None:
        self.now = 0.0
        self.slept: list[float] = []
        self.budgets = MemoryBudgets(lambda: self.now)
        self.purse = Purse(self.budgets, tell_time=lambda: self.now, sleep=self._sleep)

    async def _sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


async def test_calls_are_counted_until_there_are_none_left() -> None:
    """Each call tells how many are left; one too many says when the next is due, and blocks."""
    hand = Hand()
    budget = Budget(name="court:abc", limits=TWO_A_MINUTE)
    assert [await hand.purse.draw(budget) for _ in range(2)] == [1, 0]
    with pytest.raises(FetchError, match=r"budget of court:abc is used up.*60 s") as caught:
        await hand.purse.draw(budget)
    assert (caught.value.trouble, caught.value.retry_after) == ("blocked", timedelta(minutes=1))
    assert hand.slept == []


async def test_a_patient_call_waits_for_its_turn() -> None:
    """Within its patience a call is made later; all budgets of the name count it."""
    hand = Hand()
    budget = Budget(name="court", limits=TWO_A_MINUTE, patience=timedelta(minutes=1))
    for _ in range(2):
        await hand.purse.draw(budget)
    hand.now = 20.0
    await hand.purse.draw(budget)
    assert hand.slept == [40.0]


async def test_patience_ends() -> None:
    """A wait that would outlast the patience is not begun."""
    hand = Hand()
    budget = Budget(name="court", limits=TWO_A_MINUTE, patience=timedelta(seconds=59))
    for _ in range(2):
        await hand.purse.draw(budget)
    with pytest.raises(FetchError, match="used up"):
        await hand.purse.draw(budget)
    assert hand.slept == []


async def test_a_mere_pace_leaves_no_calls_to_tell() -> None:
    """One call in a few seconds is always used up right after the call, which says nothing."""
    pace = CallLimit(calls=1, within=timedelta(seconds=8))
    assert await Hand().purse.draw(Budget(name="press", limits=(pace,))) is None
    assert await Hand().purse.draw(Budget(name="court", limits=(pace, *TWO_A_MINUTE))) == 0


async def test_without_budgets_calls_are_free() -> None:
    """Neither a client without budgets nor a request without one counts anything."""
    assert await Purse(None).draw(Budget(name="court", limits=TWO_A_MINUTE)) is None
    assert await Hand().purse.draw(None) is None
    await Purse(None).heed(Budget(name="court", limits=TWO_A_MINUTE), FetchError("no", status=429))


@pytest.mark.parametrize(
    ("headers", "closed_for"), [({"Retry-After": "7200"}, timedelta(hours=2)), ({}, CLOSED_FOR)]
)
async def test_a_refusal_closes_the_budget_for_all(
    host: Host, headers: dict[str, str], closed_for: timedelta
) -> None:
    """After a 429 no request on the same budget goes out until the publisher's time has passed."""
    host.on("/a", status=429, headers=headers)
    host.on("/b", "body")
    hand = Hand()
    budget = Budget(name="court", limits=(CallLimit(calls=9, within=timedelta(hours=9)),))
    limits = Limits(spacing=timedelta(0))
    async with HttpClient(
        user_agent=AGENT, allow_private_networks=True, limits=limits, budgets=hand.budgets
    ) as http:
        with pytest.raises(FetchError, match="fewer requests"):
            await http.fetch(Fetch(host.url("/a"), budget=budget))
        with pytest.raises(FetchError, match="used up") as caught:
            await http.fetch(Fetch(host.url("/b"), budget=budget))
        assert caught.value.retry_after == closed_for
        assert [request.path for request in host.asked] == ["/a"]
        hand.now = closed_for.total_seconds() + 1
        assert (await http.fetch(Fetch(host.url("/b"), budget=budget))).budget_left == 7


@pytest.mark.parametrize("status", [403, 500, 503])
async def test_other_failures_leave_the_budget_open(host: Host, status: int) -> None:
    """A call that fails otherwise is counted, and closes nothing."""
    host.on("/a", handler=_answers(status, 200))
    budget = Budget(name="court", limits=TWO_A_MINUTE)
    async with HttpClient(
        user_agent=AGENT,
        allow_private_networks=True,
        budgets=Hand().budgets,
        limits=Limits(spacing=timedelta(0)),
    ) as http:
        with pytest.raises(FetchError):
            await http.fetch(Fetch(host.url("/a"), budget=budget))
        assert (await http.fetch(Fetch(host.url("/a"), budget=budget))).budget_left == 0


def _answers(*statuses: int) -> Handler:
    left = list(statuses)

    async def answer(_request: web.Request) -> web.StreamResponse:
        return web.Response(status=left.pop(0))

    return answer
