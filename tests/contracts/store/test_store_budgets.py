"""Call budgets: every limit and every closure holds, for all who share the store."""

from datetime import timedelta

from alerter.core.budget import CallLimit
from alerter.store.protocol import Store
from tests.contracts.store.conftest import Connect
from tests.support.waiting import eventually

SOON = timedelta(milliseconds=80)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


def limits(*pairs: tuple[int, timedelta]) -> list[CallLimit]:
    """So many calls within so long."""
    return [CallLimit(calls=calls, within=within) for calls, within in pairs]


async def test_calls_are_granted_until_the_limit_and_counted_down(store: Store) -> None:
    """Each call says how many are left; the one too many says how long to wait, and is not counted."""
    allowed = limits((3, HOUR))
    assert [(await store.budgets.spend("key", allowed)).left for _ in range(3)] == [2, 1, 0]
    for _ in range(2):
        refused = await store.budgets.spend("key", allowed)
        assert refused.left == 0
        assert HOUR - MINUTE < refused.wait <= HOUR


async def test_the_tightest_limit_decides(store: Store) -> None:
    """What is left is the least of all limits; the longest wait is the one that counts."""
    allowed = limits((4, MINUTE), (2, HOUR))
    assert (await store.budgets.spend("key", allowed)).left == 1
    assert (await store.budgets.spend("key", allowed)).left == 0
    assert (await store.budgets.spend("key", allowed)).wait > HOUR - MINUTE


async def test_a_call_is_forgotten_when_its_window_has_passed(store: Store) -> None:
    """The window slides: a call is granted as soon as one has left it, and the other limit still counts."""
    allowed = limits((1, SOON), (3, HOUR))

    async def spend() -> bool:
        return (await store.budgets.spend("key", allowed)).wait == timedelta(0)

    assert await spend()
    refused = await store.budgets.spend("key", allowed)
    assert timedelta(0) < refused.wait <= SOON
    assert await eventually(spend)
    assert await eventually(spend)
    assert (await store.budgets.spend("key", allowed)).wait > MINUTE


async def test_budgets_are_apart(store: Store) -> None:
    """Each name has its own calls and its own closures."""
    allowed = limits((1, HOUR))
    await store.budgets.spend("one", allowed)
    await store.budgets.close("two", HOUR)
    assert (await store.budgets.spend("three", allowed)).wait == timedelta(0)


async def test_a_closed_budget_grants_nothing_for_so_long(store: Store) -> None:
    """What the publisher refused is not asked for again, whatever the limits would allow."""
    allowed = limits((9, HOUR))
    await store.budgets.close("key", HOUR)
    await store.budgets.close("key", SOON)
    refused = await store.budgets.spend("key", allowed)
    assert refused.left == 0
    assert HOUR - MINUTE < refused.wait <= HOUR


async def test_a_closure_ends(store: Store) -> None:
    """Afterwards calls are granted, and those that were refused meanwhile do not count."""
    allowed = limits((2, HOUR))
    await store.budgets.close("key", SOON)
    assert (await store.budgets.spend("key", allowed)).wait > timedelta(0)

    async def left() -> int:
        return (await store.budgets.spend("key", allowed)).left

    assert await eventually(left) == 1


async def test_a_closure_can_be_made_longer(store: Store) -> None:
    """The publisher refuses again, for longer."""
    await store.budgets.close("key", SOON)
    await store.budgets.close("key", HOUR)
    assert (await store.budgets.spend("key", limits((1, HOUR)))).wait > MINUTE


async def test_no_call_is_granted_where_none_is_allowed(store: Store) -> None:
    """A limit of nothing is a window of waiting, and no limit at all is none."""
    assert (await store.budgets.spend("none", limits((0, HOUR)))).wait == HOUR
    assert (await store.budgets.spend("free", [])).wait == timedelta(0)


async def test_all_processes_share_a_budget(connect: Connect) -> None:
    """A call by one is a call less for the other."""
    one, other = await connect(), await connect()
    allowed = limits((2, HOUR))
    await one.budgets.spend("key", allowed)
    assert (await other.budgets.spend("key", allowed)).left == 0
    assert (await one.budgets.spend("key", allowed)).wait > timedelta(0)
