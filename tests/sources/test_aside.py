"""Reading beside the event loop, and what its failures become."""

import threading
from datetime import timedelta

import pytest

from alerter.sources.aside import read_aside
from alerter.sources.base import SourceError

LONG = timedelta(seconds=20)


async def test_reading_happens_in_another_thread() -> None:
    """The event loop goes on meanwhile."""
    thread = await read_aside(threading.get_ident, ValueError, host="a.example", what="page", time=LONG)
    assert thread != threading.get_ident()


async def test_a_fault_completes_a_sentence_about_the_host() -> None:
    """Only those that are named; any other is a surprise."""

    def read() -> None:
        raise ValueError("sent half a page")

    with pytest.raises(SourceError, match=r"^a\.example sent half a page$"):
        await read_aside(read, (KeyError, ValueError), host="a.example", what="page", time=LONG)
    with pytest.raises(ValueError, match="half a page"):
        await read_aside(read, KeyError, host="a.example", what="page", time=LONG)


async def test_nobody_waits_for_what_takes_too_long() -> None:
    """What was sent is named."""
    release = threading.Event()
    try:
        with pytest.raises(SourceError, match=r"^a\.example sent a page that takes too long to read$"):
            await read_aside(
                lambda: release.wait(5), ValueError, host="a.example", what="page", time=timedelta(0)
            )
    finally:
        release.set()
