"""The way out to the network: whose budgets count, and what a source lacks."""

from collections.abc import Sequence
from datetime import timedelta

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from alerter.clock import SystemClock
from alerter.core.budget import Allowance, Budget, CallLimit
from alerter.outward import open_outside, poll_once
from alerter.settings import Settings
from alerter.sources.base import SourceError
from alerter.sources.http import Fetch
from alerter.store.memory import MemoryBudgets
from tests.support.press import ScriptedConfig

ONE_AN_HOUR = Budget(name="key", limits=(CallLimit(calls=1, within=timedelta(hours=1)),))


class Counted(MemoryBudgets):
    """Remembers what was spent."""

    def __init__(self) -> None:
        super().__init__()
        self.spent: list[str] = []

    async def spend(self, name: str, limits: Sequence[CallLimit]) -> Allowance:
        """One call."""
        self.spent.append(name)
        return await super().spend(name, limits)


async def fetch_twice(budgets: Counted | None) -> int | None:
    """Calls left after the first; the second is one too many."""

    async def answer(_request: web.Request) -> web.Response:
        return web.Response(text="here")

    app = web.Application()
    app.router.add_get("/", answer)
    settings = Settings(allow_private_networks=True)
    async with TestServer(app) as server, open_outside(settings, SystemClock(), budgets) as outside:
        asked = Fetch(str(server.make_url("/")), budget=ONE_AN_HOUR)
        left = (await outside.sources.http.fetch(asked)).budget_left
        with pytest.raises(SourceError, match="call budget of key is used up") as refused:
            await outside.sources.http.fetch(asked)
    assert refused.value.trouble == "blocked"
    return left


async def test_calls_are_counted_against_the_budgets_that_are_given() -> None:
    """The service gives its store's, which all replicas share."""
    budgets = Counted()
    assert await fetch_twice(budgets) == 0
    assert budgets.spent == ["key", "key"]


async def test_without_a_store_a_process_counts_for_itself() -> None:
    """A command that polls once keeps to the publisher's limits too."""
    assert await fetch_twice(None) == 0


async def test_what_a_source_lacks_is_said_instead_of_polling() -> None:
    """`alerter poll` fails with one clear line."""
    with pytest.raises(SourceError, match=r"^ALERTER_KEYS__CENSUS is not set$") as refused:
        await poll_once(ScriptedConfig(id="press", lacks="ALERTER_KEYS__CENSUS is not set"), Settings())
    assert refused.value.trouble == "unconfigured"
