"""The US Supreme Court: the proceedings of some dockets, from the JSON that its docket pages are made of.

A proceeding has a date and a text, and no id: it is recognised by both, by its document, or by likeness on
the same day, so that a corrected one is a new version and one put in between shifts no other. Dockets are
asked one after another, each conditionally; one that cannot be read does not keep the others waiting.
"""

import re
import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated, ClassVar, Literal, Self
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from alerter.core.clean import AHEAD, clean_title
from alerter.core.model import Frozen, Name, Shape, digest
from alerter.core.quantities import Duration
from alerter.core.signal import DocketReference, Signal, SignalKind
from alerter.sources.aside import read_aside
from alerter.sources.base import (
    LONGEST_WISH,
    Poll,
    Source,
    SourceConfig,
    SourceContext,
    SourceError,
    WebAddress,
)
from alerter.sources.formats.addresses import anonymous
from alerter.sources.formats.scotus_dockets import DocketSheet, Proceeding, UnknownDocket, read_docket
from alerter.sources.http import Fetch, FetchError, Visit, revisit
from alerter.sources.lasting import GIST_LENGTH, Held, Sighting, recognise

COURT = "scotus"
WASHINGTON = ZoneInfo("America/New_York")
"""A proceeding counts as published when its day begins here: the Court states no hour."""
READING_TIME = timedelta(seconds=20)
"""How long reading one docket may take."""
PROCEEDINGS_KEPT = 500
"""Only the latest of a docket are read; few dockets have as many."""
ENTERED_LATE = timedelta(days=7)
"""The clerk enters some papers days after the day of filing, which they bear; what is older is history that
was filled in."""
_REFUSALS = frozenset({403, 429, 503})
_OPENING = 100
_WRITTEN = AfterValidator(str.upper)

_NUMBER = Shape(
    r"^[0-9]{2}(?:-|[AMOamo])[0-9]{1,5}$", "a docket's number, like 24-1287, or 25A11 for an application"
)

ScotusDocket = Annotated[str, StringConstraints(strip_whitespace=True), _NUMBER, _WRITTEN]


class ScotusConfig(SourceConfig):
    """Dockets of the US Supreme Court: every proceeding and order in the cases named."""

    example: ClassVar[str] = '{id: supreme-court, type: scotus, dockets: ["25-250", "25A12"], every: 30m}'
    limits: ClassVar[str] = (
        "No key. One request a docket and poll; the Court's servers refuse bursts with 403, so that dockets "
        "are asked one after another. Proceedings bear a day and no hour."
    )

    type: Literal["scotus"]
    dockets: tuple[ScotusDocket, ...] = Field(default=(), max_length=50)
    """Docket numbers: petitions `25-250`, applications `25A12`, motions `25M5`, original cases `22O155`."""
    matters: tuple[Name, ...] = ()
    """Also the dockets that these matters have in this court (`scotus`)."""
    every: Duration = timedelta(minutes=30)
    """How often the dockets are polled."""
    base_url: WebAddress = "https://www.supremecourt.gov"
    """Where the Court's site is."""

    @model_validator(mode="after")
    def _names_a_docket(self) -> Self:
        if not self.dockets and not self.matters:
            raise ValueError("names neither dockets nor matters")
        return self

    def references(self) -> Mapping[str, tuple[str, tuple[str, ...]]]:
        """Matters whose dockets it reads."""
        return {"matters": ("matters", self.matters)}

    def build(self, context: SourceContext) -> Source:
        """The dockets, ready to poll."""
        return Scotus(self, context)


class DocketMemory(Frozen):
    """What is remembered of one docket."""

    visit: Visit
    looked_on: date
    """The day, in Washington, on which it was last read."""
    held: tuple[Held, ...] = ()


class ScotusCursor(Frozen):
    """What is remembered from poll to poll."""

    dockets: dict[str, DocketMemory] = {}
    begin_with: str = ""
    """The docket after the one at which the last round was refused; else the first."""


@dataclass(frozen=True, slots=True)
class _Look:
    """What a look at one docket came to."""

    memory: DocketMemory
    fresh_for: timedelta
    signals: Sequence[Signal] = ()
    note: str = ""


class Scotus:
    """Polls the dockets."""

    def __init__(self, config: ScotusConfig, context: SourceContext) -> None:
        self._config = config
        self._http = context.http
        self._now = context.now
        self._matters = context.matters
        self._begin_with = ""
        """As in the cursor, after a round in which no docket answered: such a poll leaves no cursor."""

    async def poll(self, cursor: str | None) -> Poll:
        """The proceedings that are new or changed, oldest first. Raises SourceError."""
        known = _recall(cursor)
        dockets, begin_with = _beginning(self._dockets(), self._begin_with or known.begin_with), ""
        looks: dict[str, _Look] = {}
        failures: dict[str, SourceError] = {}
        for docket in dockets:
            try:
                looks[docket] = await self._look(docket, known.dockets.get(docket))
            except SourceError as failure:
                failures[docket] = failure
                if _refuses(failure):
                    begin_with = dockets[(dockets.index(docket) + 1) % len(dockets)]
                    break
        self._begin_with = "" if looks else begin_with
        if not looks:
            raise next(filter(_refuses, failures.values()), next(iter(failures.values())))
        memories = {name: known.dockets[name] for name in dockets if name in known.dockets}
        memories |= {name: look.memory for name, look in looks.items()}
        after = ScotusCursor(dockets=memories, begin_with=begin_with)
        asked = {*looks, *failures}
        return _poll(after, list(looks.values()), failures, [one for one in dockets if one not in asked])

    def _dockets(self) -> list[str]:
        """The numbers to ask for. Raises SourceError where the matters name none."""
        unknown = [name for name in self._config.matters if name not in self._matters]
        if unknown:
            raise SourceError(f"no matter is called {', '.join(unknown)}: its dockets are not known")
        of_matters = [
            number.strip().upper()
            for name in self._config.matters
            for court, number in self._matters[name].dockets
            if court.strip().casefold() == COURT
        ]
        foreign = [number for number in of_matters if not re.match(_NUMBER.pattern, number)]
        if foreign:
            raise SourceError(f"not numbers of dockets in this court: {', '.join(foreign)[:200]}")
        dockets = list(dict.fromkeys([*self._config.dockets, *of_matters]))
        if not dockets:
            raise SourceError("the matters have no docket in this court (scotus)")
        return dockets

    async def _look(self, docket: str, known: DocketMemory | None) -> _Look:
        """One docket, if it has changed. Raises SourceError."""
        url = f"{self._config.base_url.rstrip('/')}/RSS/Cases/JSON/{docket}.json"
        request = Fetch(url, accept="application/json")
        fetched, visit = await revisit(self._http, request, known.visit if known else None)
        today = self._now().astimezone(WASHINGTON).date()
        if fetched.not_modified and known:
            memory = known.model_copy(update={"visit": visit, "looked_on": today})
            return _Look(memory, fetched.max_age)
        before = known or DocketMemory(visit=visit, looked_on=today)
        sheet = await read_aside(
            lambda: read_docket(fetched.json(), docket),
            UnknownDocket,
            host=fetched.host,
            what=f"docket {docket}",
            time=READING_TIME,
        )
        grace = max(self._config.max_age, ENTERED_LATE) if known else self._config.max_age
        signals, held = self._signals(docket, sheet, before, grace=grace)
        memory = DocketMemory(visit=visit, looked_on=today, held=held)
        return _Look(memory, fetched.max_age, signals, _note(docket, sheet))

    def _signals(
        self, docket: str, sheet: DocketSheet, before: DocketMemory, *, grace: timedelta
    ) -> tuple[list[Signal], tuple[Held, ...]]:
        """What is new or changed, and what to remember of all."""
        listed = sorted(sheet.proceedings, key=lambda one: one.on)[-PROCEEDINGS_KEPT:]
        seen = [_sighting(docket, one) for one in listed]
        known = {one.id: one for one in before.held}
        changed, held = [], []
        for name, sighting, one in zip(recognise(before.held, seen), seen, listed, strict=True):
            signal = self._signal(name, docket, sheet.case, one)
            last = known.get(name)
            is_old = last.background if last else one.on < before.looked_on - grace
            held.append(_held(signal, sighting, background=is_old))
            changed += [signal] if last is None or last.content != signal.content_hash else []
        return changed, tuple(held) or before.held

    def _signal(self, name: str, docket: str, case: str, one: Proceeding) -> Signal:
        page = f"/search.aspx?filename=/docket/docketfiles/html/public/{docket.lower()}.html"
        began_at = datetime.combine(one.on, time(), WASHINGTON).astimezone(UTC)
        now = self._now()
        return Signal(
            id=name,
            source=self._config.id,
            kind=SignalKind.DOCKET_ENTRY,
            title=clean_title(f"{case} [{textwrap.shorten(one.text, _OPENING, placeholder='…')}]", one.text),
            text=one.text,
            url=anonymous(self._config.base_url).rstrip("/") + page,
            published_at=began_at if began_at - now <= AHEAD else now,
            labels=dict(self._config.labels),
            docket=DocketReference(court=COURT, number=docket, document=one.document, filed_at=one.on),
        )


def _recall(cursor: str | None) -> ScotusCursor:
    """The cursor, or an empty one where there is none that can be read."""
    try:
        return ScotusCursor.model_validate_json(cursor or "")
    except ValueError:
        return ScotusCursor()


def _sighting(docket: str, one: Proceeding) -> Sighting:
    """By day, text and document; by two of them; by the text alone where its day was corrected."""
    day, document = one.on.isoformat(), one.document or ""
    marks = (
        digest(day, one.text, document),
        digest(day, one.text),
        digest(day, document, "document") if document else "",
        digest(one.text),
    )
    own = f"{docket}/{day}/{digest(one.text)}"
    return Sighting(own, marks, near=day, gist=one.text[:GIST_LENGTH])


def _held(signal: Signal, sighting: Sighting, *, background: bool) -> Held:
    return Held(
        id=signal.id or sighting.own_id,
        marks=sighting.marks,
        near=sighting.near,
        gist=sighting.gist,
        content=signal.content_hash,
        background=background,
    )


def _refuses(failure: SourceError) -> bool:
    """Does the Court ask not to be asked for now?"""
    status = failure.status if isinstance(failure, FetchError) else None
    return failure.trouble == "blocked" or status in _REFUSALS


def _beginning(dockets: list[str], first: str) -> list[str]:
    """The dockets in their order, from the one on that is next."""
    start = dockets.index(first) if first in dockets else 0
    return [*dockets[start:], *dockets[:start]]


def _poll(
    after: ScotusCursor,
    looks: Sequence[_Look],
    failures: Mapping[str, SourceError],
    waiting: Sequence[str],
) -> Poll:
    patience = (one.retry_after or timedelta(0) for one in failures.values())
    waits = [*(look.fresh_for for look in looks), *patience]
    unseen = [f"docket {docket}: {failure}" for docket, failure in failures.items()]
    if waiting:
        unseen.append(f"dockets not asked for after that: {', '.join(waiting)}")
    signals = [signal for look in looks for signal in look.signals]
    return Poll(
        signals=sorted(signals, key=lambda signal: signal.published_at),
        cursor=after.model_dump_json(exclude_defaults=True),
        wait_at_least=min(max(waits), LONGEST_WISH),
        note="; ".join(look.note for look in looks if look.note)[:500],
        unseen=tuple(unseen),
        background=frozenset(
            one.id for memory in after.dockets.values() for one in memory.held if one.background
        ),
    )


def _note(docket: str, sheet: DocketSheet) -> str:
    if sheet.unreadable:
        return f"{docket}: {sheet.unreadable} proceedings cannot be read"
    return "" if sheet.proceedings else f"{docket} lists no proceedings"
