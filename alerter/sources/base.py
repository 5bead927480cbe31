"""What every source kind is: a frozen configuration that builds something that can be polled."""

from abc import abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Protocol

from pydantic import AfterValidator

from alerter.core.clean import is_web_address
from alerter.core.model import Frozen, Name
from alerter.core.quantities import Duration
from alerter.core.signal import Signal

if TYPE_CHECKING:
    from alerter.sources.http import HttpClient


def check_web_address(text: str) -> str:
    """The address as it is, when it is absolute http or https. Raises ValueError."""
    if not is_web_address(text):
        raise ValueError("not an absolute http or https address")
    return text


WebAddress = Annotated[str, AfterValidator(check_web_address)]
"""An address in a configuration; `${NAME}` is filled in before it is read."""


LONGEST_WISH = timedelta(days=1)
"""A publisher's wish to be polled more seldom than this is not heeded."""


class SourceError(Exception):
    """A poll failed, in plain words; `retry_after` where the publisher said so."""

    def __init__(self, message: str, *, retry_after: timedelta | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after


@dataclass(frozen=True, slots=True)
class Poll:
    """What one poll brought. `cursor` is opaque to all but the source (validators, watermark)."""

    signals: Sequence[Signal]
    cursor: str
    wait_at_least: timedelta = timedelta(0)
    """The publisher's own wish (ttl, max-age): poll no sooner."""


class Source(Protocol):
    """Something that can be polled."""

    async def poll(self, cursor: str | None) -> Poll:
        """What is new since the cursor (None = first poll). Raises SourceError."""
        ...


@dataclass(frozen=True, slots=True)
class SourceContext:
    """What a source is built with."""

    http: "HttpClient"
    now: Callable[[], datetime]
    keys: Mapping[str, str]
    """API keys by service: `courtlistener`, `comtrade`, `census`."""


class SourceConfig(Frozen):
    """What every source's configuration holds. A kind adds `type: Literal[...]` and its own options."""

    id: Name
    every: Duration = timedelta(minutes=10)
    max_age: Duration = timedelta(hours=48)
    """On the first poll, what is older than this is the baseline and never alerts."""
    labels: dict[str, str] = {}

    def declared_series(self) -> tuple[str, ...]:
        """Ids of the series whose observations this source brings."""
        return ()

    @abstractmethod
    def build(self, context: SourceContext) -> Source:
        """The source, ready to poll."""
