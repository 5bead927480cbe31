"""The story on the terminal: what each step published, told, and rightly left alone; then the balance."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.padding import Padding
from rich.rule import Rule
from rich.table import Table

from alerter.clock import parse_instant
from demo.outcome import Outcome, Told
from demo.publications import NAMES, Step
from demo.reasons import Reasons

_COLOURS = {"critical": "bold red", "warning": "yellow", "info": "cyan"}
_SOURCES: Mapping[str, str] = dict(NAMES) | {
    "register": "Federal Register",
    "customs": "customs tables (pushed)",
    "court": "court docket (pushed)",
}
_SHOWN = 2
"""Signals left alone for one reason that are named; of more, only how many."""


@dataclass(frozen=True, slots=True)
class Balance:
    """One line of the balance at the end."""

    what: str
    figure: str
    is_well: bool


class Timeline:
    """Writes to a console that keeps what was written."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._reasons = Reasons()

    def begin(self, steps: Sequence[Step], url: str) -> None:
        """Say what is coming."""
        self._console.print(Rule("[bold]The rare-earth weeks, 4 April to 20 June 2025[/bold]"))
        self._say(f"{len(steps)} steps on a moved clock; the service runs at {url}", "dim", 0)

    def tell(self, outcome: Outcome) -> None:
        """One step."""
        step = outcome.step
        at = f"{step.at.day} {step.at:%B %H:%M}"
        self._console.print()
        self._console.print(f"[bold]{at:>15}[/bold]  [bold]{escape(step.what)}[/bold]")
        self._published(outcome)
        for rule, change in dict.fromkeys((one.rule, one.change) for one in outcome.told):
            self._alerted(outcome, [one for one in outcome.told if (one.rule, one.change) == (rule, change)])
        self._left_alone(outcome)
        for failure in outcome.failures:
            self._say(f"NOT AS EXPECTED: {failure}", "bold white on red")

    def close(self, outcomes: Sequence[Outcome], balances: Sequence[Balance]) -> None:
        """The story's steps, each told once or not, and the balance."""
        table = Table(title="Every step of the story, told once", title_justify="left", header_style="bold")
        for column in ("Date", "Step", "Rule", "Told", "Once"):
            table.add_column(column, overflow="fold")
        for outcome in outcomes:
            if outcome.step.is_of_the_story:
                table.add_row(*_row(outcome))
        self._console.print()
        self._console.print(table)
        for balance in balances:
            mark = "[green]✓[/green]" if balance.is_well else "[bold red]✗[/bold red]"
            self._console.print(f" {mark} {escape(balance.what)}: [bold]{escape(balance.figure)}[/bold]")

    def _published(self, outcome: Outcome) -> None:
        counts = Counter(_SOURCES.get(one["source"], one["source"]) for one in outcome.taken_in)
        told = ", ".join(f"{count} from {name}" for name, count in counts.items())
        self._say(f"published   {told or 'nothing'}")

    def _alerted(self, outcome: Outcome, told: Sequence[Told]) -> None:
        alert = outcome.alerts[told[0].fingerprint]
        colour = _COLOURS[alert["severity"]]
        self._say(
            f"[{colour}]ALERTED[/{colour}]     {told[0].rule} · {told[0].change} · {alert['severity']}",
            raw=True,
        )
        self._say(_measured(alert))
        self._say(f"why         {alert['reason'].replace('_', ' ')}: {_because(alert, outcome)}")
        slowest = max(parse_instant(one.at) for one in told)
        first = min((one.at for one in outcome.step.publications), default=outcome.step.at)
        prompt = (slowest - outcome.step.at).total_seconds()
        ago = (outcome.step.at - first).total_seconds() / 60
        self._say(
            f"to          {_places(told)}; {prompt:.0f} s after the poll, published {ago:.0f} min before it"
        )

    def _left_alone(self, outcome: Outcome) -> None:
        joined = sum(outcome.joined.values())
        if joined:
            rules = ", ".join(outcome.alerts[name]["rule"] for name in outcome.joined)
            self._say(
                f"left alone  {joined} {_copies(joined)} what was told by {rules}, as evidence", "green"
            )
        for one in outcome.newer:
            self._say(f"left alone  “{one['title']}”", "green")
            self._say("            a later stage of what was told already, under the same number", "dim")
        for reason, titles in self._reasons_of(outcome).items():
            for title in titles[:_SHOWN]:
                self._say(f"left alone  “{title}”", "green")
            if len(titles) > _SHOWN:
                self._say(f"left alone  … and {len(titles) - _SHOWN} more like it", "green")
            self._say(f"            {reason}", "dim")

    def _reasons_of(self, outcome: Outcome) -> dict[str, list[str]]:
        """Reason → titles of what no alert rests on; copies pushed out by newer evidence are no such."""
        copied = {one.title for one in outcome.step.publications if one.part == "copy"}
        found: dict[str, list[str]] = {}
        for one in reversed(outcome.taken_in):
            if one["id"] not in outcome.evidence and not (outcome.joined and one["title"] in copied):
                found.setdefault(self._reasons.of(one), []).append(one["title"])
        return found

    def _say(self, text: str, style: str = "", indent: int = 17, *, raw: bool = False) -> None:
        self._console.print(Padding(text if raw else escape(text), (0, 0, 0, indent)), style=style or None)


def _measured(alert: Mapping[str, Any]) -> str:
    """The figure and its threshold, or what was found and watched for."""
    if alert["figure"] is None:
        return f"found       {alert['figure_text']} — watched for: {alert['threshold_text']}"
    return f"figure      {alert['figure_text']} (threshold: {alert['threshold_text']})"


def _because(alert: Mapping[str, Any], outcome: Outcome) -> str:
    """The words of this step's evidence that the alert rests on, or the summary where none are quoted."""
    fresh = {one["id"] for one in outcome.taken_in}
    piece = next((one for one in alert["evidence"] if one["signal"] in fresh), None)
    has_words = piece and piece["quote"] not in {"", piece["title"]}
    return f"“{piece['quote']}”" if piece and has_words else str(alert["summary"])


def _copies(count: int) -> str:
    return "copy joined" if count == 1 else "copies joined"


def _places(told: Sequence[Told]) -> str:
    """`trade-compliance and trade-desk, by Slack and mail`."""
    receivers = sorted({one.receiver for one in told})
    by = {"mail" if one.destination.split("/")[1] == "email" else "Slack" for one in told}
    return f"{' and '.join(receivers)}, by {' and '.join(sorted(by))}"


def _row(outcome: Outcome) -> tuple[str, str, str, str, str]:
    step = outcome.step
    once = "[bold red]no[/bold red]" if outcome.failures else "[green]yes[/green]"
    rules = "\n".join(f"{one.rule}, {one.change}" for one in step.tellings)
    told = _places(outcome.told) if outcome.told else "nobody"
    return f"{step.at.day} {step.at:%b}", escape(step.what), rules, told, once
