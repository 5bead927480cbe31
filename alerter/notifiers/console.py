"""Prints notifications to standard output: with colours on a terminal, as plain lines elsewhere."""

import sys
from collections.abc import Sequence
from typing import ClassVar, TextIO

from rich.console import Console as RichConsole
from rich.text import Text

from alerter.core.delivery import Delivery, Outcome
from alerter.notifiers import content
from alerter.notifiers.base import Destination, NotifierConfig, NotifierContext
from alerter.notifiers.outcomes import delivered, retry
from alerter.notifiers.render import text_lines
from alerter.settings import Settings

_STYLES = {"critical": "bold red", "warning": "bold yellow", "info": "bold cyan"}


class ConsoleConfig(NotifierConfig):
    """`console: {}`, or `console: {fallback: true}` to serve only where nothing else is set up."""

    key: ClassVar[str] = "console"
    fallback: bool = False

    def build(self, receiver: str, context: NotifierContext) -> Sequence[Destination]:
        """Always one destination."""
        notifier = Console(context.settings.public_url)
        name = f"{receiver}/{self.key}"
        return [Destination(name, notifier, concurrency=1, fallback=self.fallback)]

    def missing(self, settings: Settings) -> str | None:
        """Nothing is ever missing."""
        del settings
        return None


class Console:
    """Writes each delivery as one block of lines. The stream is standard output as it is when sending."""

    def __init__(self, public_url: str, stream: TextIO | None = None) -> None:
        self._public_url = public_url
        self._stream = stream

    async def send(self, delivery: Delivery) -> Outcome:
        """Print the delivery; a closed or full output is worth another attempt."""
        stream = self._stream or sys.stdout
        shown = content.view(delivery, self._public_url)
        try:
            if stream.isatty():
                _print_styled(shown, stream)
            else:
                _print_plain(shown, stream)
        except (OSError, ValueError) as error:  # ValueError: the stream is closed
            return retry(f"cannot write to standard output: {type(error).__name__}")
        return delivered()


def _print_plain(shown: content.DeliveryView, stream: TextIO) -> None:
    block = "\n".join(["", *text_lines(shown), ""])
    encoding = stream.encoding or "utf-8"
    stream.write(block.encode(encoding, "replace").decode(encoding))
    stream.flush()


def _print_styled(shown: content.DeliveryView, stream: TextIO) -> None:
    titles = {alert.title: _STYLES[alert.severity] for alert in shown.alerts if alert.firing}
    titles |= {alert.title: "bold green" for alert in shown.alerts if not alert.firing}
    # Text, never markup: brackets in a headline stay brackets
    lines = [Text(line, style=titles.get(line, "")) for line in text_lines(shown)]
    console = RichConsole(file=stream, highlight=False, markup=False, emoji=False)
    console.print(Text("\n").join([Text(""), *lines]), soft_wrap=True)
    stream.flush()
