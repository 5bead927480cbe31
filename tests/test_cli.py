"""What commands say on stderr, and what on stdout."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from alerter import cli
from alerter.sources.base import Poll
from tests.support.signals import a_signal

CONFIGURATION = """
sources:
  - {id: bbc-world, type: feed, url: "https://a.example"}
  - {id: bbc-business, type: feed, url: "https://b.example"}
receivers:
  - {id: desk, console: {}}
"""


@pytest.fixture
def folder(tmp_path: Path) -> str:
    """A configuration of two sources."""
    (tmp_path / "all.yaml").write_text(CONFIGURATION)
    return str(tmp_path)


def polled(made: Poll, monkeypatch: pytest.MonkeyPatch, folder: str) -> tuple[int, str, list[str]]:
    """Exit code, stdout and the lines of stderr of `alerter poll bbc-world`, which makes this poll."""

    async def poll_once(*_: Any) -> Poll:
        return made

    monkeypatch.setattr(cli, "poll_once", poll_once)
    ended = CliRunner().invoke(cli.app, ["poll", "bbc-world", "--config", folder])
    return ended.exit_code, ended.stdout, ended.stderr.splitlines()


def test_a_poll_that_brings_nothing_says_so(folder: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing at all on either side would leave one guessing."""
    assert polled(Poll([], "c"), monkeypatch, folder) == (0, "", ["bbc-world: 0 signals"])


def test_what_a_poll_says_besides_its_signals_is_told(folder: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Note, overdue releases and what could not be seen stand on stderr; signals alone on stdout, exit 0."""
    made = Poll(
        [a_signal()],
        "c",
        wait_at_least=timedelta(hours=1),
        note="2 rows cannot be read",
        overdue=("May 2025 was due on 2025-06-20",),
        unseen=('no list is called "Entety List"', "no such docket: 7"),
    )
    code, out, err = polled(made, monkeypatch, folder)
    assert code == 0
    assert len(out.splitlines()) == 1
    assert err == [
        "bbc-world: 1 signal",
        "bbc-world: 2 rows cannot be read",
        "bbc-world: overdue: May 2025 was due on 2025-06-20",
        'bbc-world: not seen: no list is called "Entety List"',
        "bbc-world: not seen: no such docket: 7",
    ]


@pytest.mark.parametrize(
    ("command", "told"),
    [
        (["poll", "bbc-wrld"], 'unknown source "bbc-wrld"; did you mean "bbc-world"?'),
        (["poll", "zzz"], 'unknown source "zzz"; the configuration has: bbc-business, bbc-world'),
        (["send-test", "dsek"], 'unknown receiver "dsek"; did you mean "desk"?'),
    ],
)
def test_an_unknown_name_comes_with_the_nearest(folder: str, command: list[str], told: str) -> None:
    """Or, where none is like it, with all there are."""
    ended = CliRunner().invoke(cli.app, [*command, "--config", folder])
    assert isinstance(ended.exception, cli.Refused)
    assert str(ended.exception) == told
