"""Homes and destinations for black-box tests."""

from collections.abc import AsyncIterator, Iterator

import pytest

from tests.support.service import Home, home
from tests.support.sinks import WebhookSink


@pytest.fixture
def place() -> Iterator[Home]:
    """A home without a configuration."""
    with home() as one:
        yield one


@pytest.fixture
async def sink() -> AsyncIterator[WebhookSink]:
    """A webhook that is up."""
    async with WebhookSink().listening() as one:
        yield one
