"""What every source kind is: a frozen configuration that builds something that can be polled."""

from abc import abstractmethod
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Annotated, ClassVar, Protocol

from pydantic import AfterValidator

from alerter.core import cadence
from alerter.core.clean import is_web_address
from alerter.core.health import Trouble
from alerter.core.matter import Matter
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


LONGEST_WISH = cadence.LONGEST_WISH
"""A publisher's wish to be polled more seldom than this is not heeded."""


class SourceError(Exception):
    """A poll failed, in plain words; `retry_after` where the publisher said so."""

    def __init__(
        self, message: str, *, retry_after: timedelta | None = None, trouble: Trouble = "failing"
    ) -> None:
        super().__init__(message)
        self.retry_after = retry_after
        self.trouble = trouble

    @property
    def may_pass(self) -> bool:
        """May it be over in a moment, so that a second try soon is worth a request?"""
        return False


@dataclass(frozen=True, slots=True)
class Poll:
    """What one poll brought. `cursor` is opaque to all but the source (validators, watermark)."""

    signals: Sequence[Signal]
    """Taken in slices, so that a long one may make its signals as they are asked for."""
    cursor: str
    wait_at_least: timedelta = timedelta(0)
    """The publisher's own wish (ttl, max-age): poll no sooner."""
    note: str = ""
    """What health should say beside the state: `lists no entries`, `2 rows cannot be read`."""
    unseen: tuple[str, ...] = ()
    """Parts of what was asked for that could not be seen, each in plain words that name it, as in `no list is
    called "Entety List"`. The source counts as failing, though what it brought is taken; to be said at each
    poll, also when nothing has changed."""
    overdue: tuple[str, ...] = ()
    """Releases that should have come by now, in plain words."""
    budget_left: int | None = None
    """Calls left in the tightest window of the budget that was drawn on."""
    background: Collection[str] = ()
    """Ids of signals that are old news whenever they come: back-filled by the publisher, or from before what
    they belong to was watched. Kept, never alerted; a source names a signal here in all its versions."""
    settling: bool = False
    """Is it part of a first listing still? What is older than `max_age` is the baseline then."""


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
    """API keys by service, as each kind names its own."""
    matters: Mapping[str, Matter] = field(default_factory=dict)

    def knowing(self, matters: Iterable[Matter]) -> "SourceContext":
        """The same with the matters of a configuration."""
        return replace(self, matters={matter.id: matter for matter in matters})


class SourceConfig(Frozen):
    """What every source's configuration holds. A kind adds `type: Literal[...]` and its own options."""

    example: ClassVar[str] = ""
    """One as it would stand in a list of sources."""
    limits: ClassVar[str] = ""
    """What the publisher asks of those who poll it."""
    service: ClassVar[str] = ""
    """Whose API key it works with, as `SourceContext.keys` names it; empty = it needs none."""

    id: Name
    """What rules, alerts and health call it."""
    every: Duration = timedelta(minutes=10)
    """How often it is polled; a publisher that asks for more patience gets it."""
    slowest: Duration | None = None
    """Where the source rarely brings news it is polled less often, down to this; None = always `every`."""
    max_age: Duration = timedelta(hours=48)
    """On the first poll, what is older than this is the baseline and never alerts."""
    labels: dict[str, str] = {}
    """What its signals carry, for rules to tell apart by (`per`) and routes to match on."""

    def declared_series(self) -> tuple[str, ...]:
        """Ids of the series whose observations this source brings."""
        return ()

    def references(self) -> Mapping[str, tuple[str, tuple[str, ...]]]:
        """What its fields name elsewhere in the configuration: field → (list, ids in the field's order)."""
        return {}

    def missing(self, keys: Mapping[str, str]) -> str:
        """What the environment lacks for this source to work, in plain words; empty if nothing."""
        return ""

    @abstractmethod
    def build(self, context: SourceContext) -> Source:
        """The source, ready to poll."""
