"""Real local servers for the notifiers to talk to."""

from collections.abc import AsyncIterator

import aiohttp
import pytest


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    """An unguarded session, closed after the test."""
    async with aiohttp.ClientSession() as opened:
        yield opened
