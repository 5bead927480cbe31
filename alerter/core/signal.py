"""Signals: normalised, timestamped facts from a source, and their identity and versions."""

from datetime import date, datetime
from enum import StrEnum

from pydantic import AwareDatetime, Field

from alerter.core.model import Frozen, digest


class SignalKind(StrEnum):
    """What a signal is."""

    ARTICLE = "article"
    DOCKET_ENTRY = "docket_entry"
    NOTICE = "notice"
    LISTING = "listing"
    OBSERVATION = "observation"


class Observation(Frozen):
    """A series' point. `period` is `2025-05`, `2025-Q2`, `2025`, `2025-05-31` or `2025-01..2025-02`."""

    series: str
    period: str
    value: float | None = Field(default=None, allow_inf_nan=False)
    unit: str | None = None
    revised_from: float | None = Field(default=None, allow_inf_nan=False)
    """The value that the publisher gave for the period before this one."""


class DocketReference(Frozen):
    """Where in which docket an entry stands."""

    court: str
    number: str
    entry: str | int | None = None
    document: str | None = None
    filed_at: AwareDatetime | date | None = None


class NoticeReference(Frozen):
    """An agency's rule or announcement."""

    agency: str | None = None
    type: str | None = None
    number: str | None = None
    stage: str | None = None
    effective_on: date | None = None
    comments_close_on: date | None = None


class ListingReference(Frozen):
    """A row of a sanctions or entity list."""

    list: str
    name: str
    change: str
    countries: tuple[str, ...] = ()


class Signal(Frozen):
    """One fact from one source, in the shape of the HTTP contract."""

    id: str | None = Field(default=None, max_length=500)
    source: str = Field(min_length=1, max_length=100)
    kind: SignalKind
    title: str = Field(min_length=1)
    text: str = ""
    url: str | None = None
    published_at: AwareDatetime
    seen_at: AwareDatetime | None = None
    language: str | None = None
    labels: dict[str, str] = {}
    observation: Observation | None = None
    docket: DocketReference | None = None
    notice: NoticeReference | None = None
    listing: ListingReference | None = None

    @property
    def identity(self) -> str:
        """Names the signal across its versions: source with id or url, else title and published_at.

        Without an id, the points of one table or the entries of one docket page are told apart as well.
        """
        if self.id:
            return digest(self.source, self.id)
        own = (self.url,) if self.url else (self.title, self.published_at.isoformat())
        return digest(self.source, *own, *self._place)

    @property
    def _place(self) -> tuple[str, ...]:
        """Which point of its series, or which entry of its docket."""
        if self.observation:
            return self.observation.series, self.observation.period
        if self.docket and self.docket.entry is not None:
            return self.docket.court, self.docket.number, str(self.docket.entry)
        return ()

    @property
    def is_withdrawn(self) -> bool:
        """Is it a notice that its agency has taken back? Such a one says nothing any more."""
        return self.notice is not None and (self.notice.stage or "").casefold() == "withdrawn"

    @property
    def content_hash(self) -> str:
        """Names the version. Dates are left out: a page that only changes its date has not changed."""
        stated = {"title", "text", "url", "kind", "observation", "docket", "notice", "listing"}
        return digest(self.model_dump_json(include=stated, exclude_none=True))


class SignalRecord(Frozen):
    """A signal as the store keeps it: one version of it, seen at one time."""

    identity: str
    version: int = 1
    signal: Signal
    seen_at: datetime
    baseline: bool = False
    """True for what was already old when its source was first polled, or was read after a newer
    version of it: kept, never alerted."""

    @property
    def id(self) -> str:
        """The signal's own id where it has one, else its identity."""
        return self.signal.id or self.identity


class IntakeStatus(StrEnum):
    """What became of a signal offered to intake."""

    ACCEPTED = "accepted"
    DUPLICATE = "duplicate"
    UPDATED = "updated"
