"""Turns at a host: few at once, and spaced."""

import asyncio
from datetime import timedelta

from alerter.sources.http import Pacer


class Hand:
    """A clock moved by those who sleep on it."""

    def __init__(self) -> None:
        self.now = 100.0
        self.slept: list[float] = []

    def tell(self) -> float:
        """The present."""
        return self.now

    async def sleep(self, seconds: float) -> None:
        """Time passes for the sleeper."""
        self.slept.append(seconds)
        self.now += seconds


def pacer(hand: Hand, *, per_host: int = 2, spacing: float = 1) -> Pacer:
    """A pacer on the hand's time."""
    return Pacer(per_host, timedelta(seconds=spacing), tell_time=hand.tell, sleep=hand.sleep)


async def test_requests_to_one_host_are_spaced() -> None:
    """The second request waits for what is left of the pause, the third again."""
    hand = Hand()
    paced = pacer(hand)
    for _ in range(3):
        async with paced.turn("a"):
            hand.now += 0.25
    assert hand.slept == [0.75, 0.75]


async def test_hosts_do_not_wait_for_each_other() -> None:
    """Another host's turn comes at once."""
    hand = Hand()
    paced = pacer(hand)
    async with paced.turn("a"), paced.turn("b"):
        pass
    assert hand.slept == []


async def test_only_so_many_at_once() -> None:
    """A third request to a host starts when one of two has ended."""
    paced = pacer(Hand(), spacing=0)
    release = asyncio.Event()
    inside: list[int] = []

    async def request(number: int) -> None:
        async with paced.turn("a"):
            inside.append(number)
            await release.wait()

    async with asyncio.TaskGroup() as group:
        for number in range(3):
            group.create_task(request(number))
        for _ in range(5):
            await asyncio.sleep(0)
        assert inside == [0, 1]
        release.set()
    assert inside == [0, 1, 2]


async def test_idle_hosts_are_forgotten() -> None:
    """A host whose pause is over is dropped when a new one comes, one in use is kept."""
    hand = Hand()
    paced = pacer(hand)
    async with paced.turn("idle"):
        pass
    async with paced.turn("busy"):
        hand.now += 10
        async with paced.turn("new"):
            assert set(paced._gates) == {"busy", "new"}
