"""`python -m demo [--keep]`: the founding story through the real service, told as a timeline.

Mails, Slack messages and the timeline are written to out/demo/. Exit code 1 if any expectation fails.
"""

import argparse
import asyncio
import shutil
import signal
import sys
from collections.abc import Sequence
from contextlib import AsyncExitStack, suppress
from pathlib import Path
from typing import Any

import orjson
from rich.console import Console

from alerter.clock import monotonic
from demo.checkers import checkers, complaints
from demo.clockwork import Clockwork, MovedClock, Stuck, free_port, running
from demo.outcome import NOTHING_YET, Outcome, compare, duplicates, look, parts_of
from demo.publications import Step
from demo.servers import World, serving
from demo.story import START, story
from demo.timeline import Balance, Timeline

PARTS = {"text/plain", "text/html"}


def main() -> int:
    """Parse, run, and answer with the exit code."""
    parser = argparse.ArgumentParser(prog="python -m demo", description=__doc__)
    parser.add_argument("--keep", action="store_true", help="stay up on a port until Ctrl-C")
    parser.add_argument("--out", type=Path, default=Path("out/demo"), help="folder for what is written")
    given = parser.parse_args()
    console = Console(record=True, width=None if sys.stdout.isatty() else 120)
    try:
        return asyncio.run(tell(given.out.resolve(), console, keep=given.keep))
    except Stuck as fault:
        console.print(f"[bold red]The demo cannot go on:[/bold red] {fault}")
        return 1
    except (KeyboardInterrupt, asyncio.CancelledError):
        return 130


async def tell(out: Path, console: Console, *, keep: bool) -> int:
    """The whole story; 1 if anything was not as expected. Raises Stuck."""
    started = monotonic()
    _let_terminate()
    steps = story()
    run = _emptied(out)
    clock = MovedClock(run / "clock", START)
    timeline = Timeline(console)
    async with AsyncExitStack() as stack:
        publications = [one for step in steps for one in step.publications]
        world = await stack.enter_async_context(serving(publications, clock.now))
        port = free_port(wished=keep)
        service = await stack.enter_async_context(running(run, world.environment(), clock, port=port))
        timeline.begin(steps, service.url)
        outcomes = await walk(steps, Clockwork(service, clock), timeline, world)
        balances = balance(outcomes, world)
        timeline.close(outcomes, balances)
        console.print(f"\n {monotonic() - started:.0f} s; mails, Slack messages and this text are in {out}")
        write(out, world, console, outcomes)
        if keep:
            console.print(f"\n The service stays up at [bold]{service.url}[/bold] until Ctrl-C.")
            await _until_interrupted()
    return 0 if all(one.is_well for one in balances) else 1


def _emptied(out: Path) -> Path:
    """The folder without what an earlier run left, and in it one for the service's own files."""
    shutil.rmtree(out, ignore_errors=True)
    run = out / "run"
    run.mkdir(parents=True)
    return run


async def walk(
    steps: Sequence[Step], clockwork: Clockwork, timeline: Timeline, world: World
) -> list[Outcome]:
    """What each step brought to a service that is new. Raises Stuck."""
    outcomes = []
    before = NOTHING_YET
    for step in steps:
        await clockwork.take(step)
        after = await look(clockwork.service, world)
        outcomes.append(compare(step, before, after, world))
        timeline.tell(outcomes[-1])
        before = after
    return outcomes


def balance(outcomes: Sequence[Outcome], world: World) -> list[Balance]:
    """The story as a whole against what was expected of it."""
    story = [one for one in outcomes if one.step.is_of_the_story]
    once = sum(not one.failures for one in story)
    noise = sum(len(one.unexpected) for one in outcomes)
    told = [one for outcome in outcomes for one in outcome.told]
    twice = len(duplicates(told)) + abs(len(told) - len(world.slack.payloads) - len(world.mailbox.mails))
    faults = [fault for payload in world.slack.payloads for fault in complaints(payload)]
    whole = sum(set(parts_of(mail)) >= PARTS for _, mail in world.mailbox.mails)
    left = [failure for one in outcomes for failure in one.failures]
    fresh = sum(press.not_modified for press in world.press)
    posts, mails, by = len(world.slack.payloads), len(world.mailbox.mails), " and ".join(checkers())
    return [
        Balance("steps of the story told, each once", f"{once} of {len(story)}", once == len(story)),
        Balance("noise told", str(noise), noise == 0),
        Balance("notifications told twice", str(twice), twice == 0),
        Balance(
            f"Slack messages accepted by {by}", f"{posts - len(faults)} of {posts}", not faults and posts > 0
        ),
        Balance("mails received with text and HTML", f"{whole} of {mails}", whole == mails > 0),
        Balance("feeds that answered “not modified”", str(fresh), fresh > 0),
        Balance("everything else as expected", "; ".join(left) or "yes", not left),
    ]


def write(out: Path, world: World, console: Console, outcomes: Sequence[Outcome]) -> None:
    """Everything that people would have got, as files, and the figures of it for programs."""
    slack, mail = out / "slack", out / "mail"
    slack.mkdir()
    mail.mkdir()
    for number, payload in enumerate(world.slack.payloads, 1):
        name = f"{number:02d}-{payload['channel']}.json"
        (slack / name).write_bytes(orjson.dumps(payload, option=orjson.OPT_INDENT_2))
    for number, (recipient, content) in enumerate(world.mailbox.mails, 1):
        name = f"{number:02d}-{recipient.partition('@')[0]}"
        (mail / f"{name}.eml").write_bytes(content)
        (mail / f"{name}.html").write_text(parts_of(content).get("text/html", ""), encoding="utf-8")
    lines = (line.rstrip() for line in console.export_text(clear=False).splitlines())
    (out / "timeline.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
    figures = orjson.dumps([figures_of(one) for one in outcomes], option=orjson.OPT_INDENT_2)
    (out / "figures.json").write_bytes(figures)


def figures_of(outcome: Outcome) -> dict[str, Any]:
    """A step in figures."""
    return {
        "at": outcome.step.at,
        "published": len(outcome.taken_in),
        "told": sorted(f"{one.rule} {one.change} {one.destination}" for one in outcome.told),
        "joined": sum(outcome.joined.values()),
        "failures": list(outcome.failures),
    }


def _let_terminate() -> None:
    """SIGTERM ends like Ctrl-C: the service, in a session of its own, must not be left behind."""
    task = asyncio.current_task()
    if task:
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)


async def _until_interrupted() -> None:
    stop, loop = asyncio.Event(), asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    with suppress(asyncio.CancelledError):
        await stop.wait()


if __name__ == "__main__":
    raise SystemExit(main())
