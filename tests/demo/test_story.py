"""The founding story, black box: the demo's own command, its exit code, and what it leaves behind."""

import asyncio
import sys
from email import policy
from email.parser import BytesParser
from pathlib import Path
from typing import Any, cast

import orjson
import pytest
import slackblocks
from rich.console import Console
from slack_sdk.models.blocks import Block

from demo.__main__ import walk
from demo.checkers import complaints
from demo.clockwork import Clockwork, MovedClock, Service
from demo.publications import Step
from demo.servers import Mailbox, SlackServer, World
from demo.story import START
from demo.texts import article
from demo.timeline import Timeline

ROOT = Path(__file__).parents[2]
WITHIN = 60.0
"""Seconds for the whole demo, on a busy machine."""
DESK, COMPLIANCE = (
    ("trade-desk/email/desk@buyer.example", "trade-desk/slack"),
    ("trade-compliance/email/compliance@buyer.example", "trade-compliance/slack"),
)
TOLD = {
    "2025-04-04": ("licensing-change fired", (*COMPLIANCE, *DESK)),
    "2025-04-23": ("mineral-notices fired", COMPLIANCE),
    "2025-05-20": ("export-decline fired", DESK),
    "2025-05-22": ("supply-stops fired", DESK),
    "2025-05-28": ("tariff-ruling fired", (*COMPLIANCE, *DESK)),
    "2025-05-29": ("tariff-ruling updated", (*COMPLIANCE, *DESK)),
    "2025-06-04": ("supply-stops fired", DESK),
    "2025-06-09T06": ("reported-export-fall fired", DESK),
    "2025-06-09T12": ("trade-talks fired", DESK),
    "2025-06-10": ("tariff-ruling updated", (*COMPLIANCE, *DESK)),
    "2025-06-20": ("export-decline updated", DESK),
}


async def run_demo(out: Path) -> tuple[int, str]:
    """The demo in a process of its own: exit code and what it printed."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "demo", "--out", str(out)),
        cwd=ROOT,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    try:
        async with asyncio.timeout(WITHIN):
            printed, _ = await process.communicate()
    finally:
        if process.returncode is None:
            process.terminate()
            await process.wait()
    return process.returncode or 0, printed.decode()


async def test_every_step_is_told_once_and_everything_else_stays_silent(tmp_path: Path) -> None:
    """Each fact reaches its receivers by Slack and mail once; copies, noise and later stages reach nobody."""
    code, printed = await run_demo(tmp_path / "demo")
    assert code == 0, printed
    steps = orjson.loads((tmp_path / "demo" / "figures.json").read_bytes())
    told = {step["at"]: step["told"] for step in steps if step["told"]}
    assert len(told) == len(TOLD)
    for day, (news, destinations) in TOLD.items():
        (found,) = [lines for at, lines in told.items() if at.startswith(day)]
        assert found == [f"{news} {destination}" for destination in destinations]
    assert [step["joined"] for step in steps if step["published"] == 50] == [50]
    assert sum(step["published"] for step in steps) == 150
    timeline = (tmp_path / "demo" / "timeline.txt").read_text("utf-8")
    assert "50 copies joined what was told by reported-export-fall" in timeline
    assert "steps of the story told, each once: 11 of 11" in timeline
    check_mails(tmp_path / "demo" / "mail")
    check_slack(tmp_path / "demo" / "slack")


def check_mails(folder: Path) -> None:
    """Fifteen mails, each with a text and an HTML part that say the same rule."""
    mails = sorted(folder.glob("*.eml"))
    assert len(mails) == 15
    for path in mails:
        mail = BytesParser(policy=policy.default).parsebytes(path.read_bytes())
        parts = {part.get_content_type(): str(part.get_content()) for part in mail.iter_parts()}
        assert list(parts) == ["text/plain", "text/html"]
        rule = str(mail["Subject"]).rpartition(" · ")[2]
        assert all(rule in text for text in parts.values())
        assert path.with_suffix(".html").read_text("utf-8").splitlines() == parts["text/html"].splitlines()


def check_slack(folder: Path) -> None:
    """Fifteen messages that both checkers take, each with the id of its delivery."""
    payloads: list[dict[str, Any]] = [
        orjson.loads(path.read_bytes()) for path in sorted(folder.glob("*.json"))
    ]
    assert len(payloads) == 15
    for payload in payloads:
        blocks = payload["blocks"] + [b for one in payload["attachments"] for b in one["blocks"]]
        assert len(Block.parse_all(blocks)) == len(blocks)
        assert len([slackblocks.Block.from_dict(block) for block in blocks]) == len(blocks)
    ids = {payload["metadata"]["event_payload"]["delivery_id"] for payload in payloads}
    assert len(ids) == 15


class Prompt:
    """A service that has polled and judged everything before anybody looks."""

    async def get(self, path: str) -> Any:
        """Nothing is behind, and nothing waits."""
        idle = {"backlog": {"unread": 0, "unevaluated": 0}, "waiting": {}}
        return idle if path == "/healthz" else {"items": []}

    async def each(self, path: str) -> list[dict[str, Any]]:
        """One old article."""
        old = {"id": "1", "source": "wire", "title": "Old news", "version": 1, "baseline": True}
        return [old] if path == "/api/v1/signals" else []


async def test_what_is_polled_before_the_first_look_belongs_to_the_first_step(tmp_path: Path) -> None:
    """A service polls as soon as it is up, however late the demo comes to look."""
    clockwork = Clockwork(cast("Service", Prompt()), MovedClock(tmp_path / "clock", START))
    world, timeline = World(SlackServer(""), Mailbox(), ()), Timeline(Console(quiet=True))
    (outcome,) = await walk([Step(START, "set up", (article("stocks"),))], clockwork, timeline, world)
    assert not outcome.failures
    assert [one["title"] for one in outcome.taken_in] == ["Old news"]


@pytest.mark.parametrize("flaw", [{"text": ""}, {"blocks": [{"type": "poem"}]}])
def test_a_message_that_slack_would_refuse_is_complained_of(flaw: dict[str, Any]) -> None:
    """The demo's checkers are no rubber stamps."""
    heading = {"type": "header", "text": {"type": "plain_text", "text": "FIRED"}}
    payload = {"channel": "C01", "text": "FIRED", "blocks": [heading], "attachments": []}
    assert list(complaints(payload)) == []
    assert list(complaints(payload | flaw))
