"""The console notifier on terminals, pipes and closed outputs."""

import io

import aiohttp
import pytest

from alerter.notifiers.console import Console, ConsoleConfig
from tests.notifiers.samples import CASES, a_delivery, context, settings

HOME = "https://alerter.example"


class Terminal(io.StringIO):
    """A stream that calls itself a terminal."""

    def isatty(self) -> bool:
        return True


async def test_a_pipe_gets_plain_lines() -> None:
    """Off a terminal, the whole alert is printed without any colour codes."""
    out = io.StringIO()
    outcome = await Console(HOME, out).send(a_delivery())
    assert outcome.kind == "delivered"
    for words in (
        "FIRED warning",
        "figure   -33 % (threshold: -20 %)",
        "https://news.example/magnets-1",
        "reported-export-fall",
        f"{HOME}/api",
    ):
        assert words in out.getvalue()
    assert "\x1b" not in out.getvalue()


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("stream", [io.StringIO, Terminal])
async def test_outside_text_cannot_drive_the_terminal(name: str, stream: type[io.StringIO]) -> None:
    """Every telling case prints; escapes and markup from outside are inert."""
    out = stream()
    outcome = await Console(HOME, out).send(CASES[name]())
    assert outcome.kind == "delivered"
    printed = out.getvalue()
    assert "\x00" not in printed
    assert "\u202e" not in printed
    if "hostile" in name:
        assert "[red]" in printed
        assert "\x1b[31m\x00" not in printed


async def test_a_terminal_gets_colours() -> None:
    """On a terminal titles are styled."""
    out = Terminal()
    await Console(HOME, out).send(CASES["resolved"]())
    assert "RESOLVED" in out.getvalue()


async def test_letters_that_the_output_lacks_are_replaced() -> None:
    """An output that is not UTF-8 does not stop a notification."""
    raw = io.BytesIO()
    out = io.TextIOWrapper(raw, encoding="ascii")
    outcome = await Console(HOME, out).send(a_delivery())
    assert outcome.kind == "delivered"
    assert b"FIRED warning ?" in raw.getvalue()


async def test_a_closed_output_is_tried_again() -> None:
    """An output that is gone is a retry, not an exception."""
    out = io.StringIO()
    out.close()
    outcome = await Console(HOME, out).send(a_delivery())
    assert outcome.kind == "retry"


async def test_standard_output_is_the_default(capsys: pytest.CaptureFixture[str]) -> None:
    """A built console writes to standard output, and can be a fallback."""
    async with aiohttp.ClientSession() as session:
        (destination,) = ConsoleConfig(fallback=True).build("desk", context(session))
    await destination.notifier.send(a_delivery())
    assert destination.id == "desk/console"
    assert destination.fallback
    assert "FIRED warning" in capsys.readouterr().out
    assert ConsoleConfig().missing(settings()) is None
