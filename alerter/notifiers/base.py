"""What every notifier kind is: a frozen configuration that builds destinations one can send to."""

from abc import abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar, Protocol

import aiohttp

from alerter.core.delivery import Delivery, Outcome
from alerter.core.model import Frozen
from alerter.settings import Settings


class Notifier(Protocol):
    """Sends a frozen delivery to one destination, and only classifies what came of it."""

    async def send(self, delivery: Delivery) -> Outcome:
        """One attempt. Expected failures are outcomes, not exceptions."""
        ...


@dataclass(frozen=True, slots=True)
class Destination:
    """One place to send to, with its own queue: `desk/slack`, `desk/email/buyer@example.com`."""

    id: str
    notifier: Notifier
    concurrency: int = 8
    """Sends under way at once, and so the most that a crash can leave unrecorded (at most 8)."""
    pace: timedelta = timedelta(0)
    """Least time between two sends."""
    fallback: bool = False
    """Used only when its receiver has no other destination."""


@dataclass(frozen=True, slots=True)
class NotifierContext:
    """What a notifier is built with."""

    settings: Settings
    session: aiohttp.ClientSession
    """Guarded against private addresses unless the settings allow them."""
    now: Callable[[], datetime]


class NotifierConfig(Frozen):
    """What every notifier's configuration is. Its `key` is its name in a receiver."""

    key: ClassVar[str] = ""

    @abstractmethod
    def build(self, receiver: str, context: NotifierContext) -> Sequence[Destination]:
        """The destinations; none when the environment lacks what they need (`missing` says what)."""

    @abstractmethod
    def missing(self, settings: Settings) -> str | None:
        """What the environment lacks for this to work, in words; None = nothing."""
