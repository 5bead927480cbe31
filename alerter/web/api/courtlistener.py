"""CourtListener's webhook: what it pushes goes to intake as what polling brings, only hours earlier.

Its sender signs nothing and waits three seconds: the path holds a secret, and nothing is asked of anyone on
the way. It retries for two days, so that what it repeats must do no harm: an event whose `Idempotency-Key`
this process has answered is not looked at again, and wherever else a repetition arrives, intake knows each
version of an entry, and polling's watermark tells which versions are past.
"""

import hmac
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from datetime import datetime

import structlog
from aiohttp import web
from pydantic import ValidationError

from alerter.core.clean import clean_signal
from alerter.core.signal import IntakeStatus, SignalRecord
from alerter.sources.courtlistener import CourtListenerConfig
from alerter.sources.courtlistener_events import Desk, Event, Pushed, Taken, read_event, signals_of
from alerter.sources.courtlistener_watch import recall
from alerter.sources.formats.courtlistener_entries import Setting
from alerter.sources.formats.courtlistener_rows import UnknownShape
from alerter.store.protocol import new_records
from alerter.web.admission import ADMISSION
from alerter.web.api.signals import PUSHED, PushResult, PushResults
from alerter.web.auth import HOOKS
from alerter.web.bodies import answer, read_body
from alerter.web.context import CONTEXT, WebContext
from alerter.web.operations import Operation
from alerter.web.problems import NOTHING_HERE, Problem, faults_of

UNLISTED = "courtlistener"
"""The source of what is pushed about dockets that no configured source lists."""
KEYS_KEPT = 1000
KEY_LENGTH = 200

_log = structlog.get_logger()


class Answered:
    """The events that this process has answered lately, by their keys."""

    def __init__(self) -> None:
        self._answers: OrderedDict[str, PushResults] = OrderedDict()

    def find(self, key: str) -> PushResults | None:
        """What became of the event: nothing more than before."""
        return self._answers.get(key)

    def keep(self, key: str, results: PushResults) -> None:
        """Remember an event that was taken; the oldest are forgotten."""
        if not key or len(key) > KEY_LENGTH:
            return
        repeated = [PushResult(id=one.id, status="duplicate") for one in results.results]
        self._answers[key] = PushResults(results=tuple(repeated))
        if len(self._answers) > KEYS_KEPT:
            self._answers.popitem(last=False)


ANSWERED = web.AppKey("courtlistener_answered", Answered)


async def take_event(request: web.Request) -> web.Response:
    """Take one event in, and answer once it is committed."""
    context = request.app[CONTEXT]
    _check_secret(request, context)
    event = _parsed(await read_body(request))
    key = request.headers.get("Idempotency-Key", "").strip()
    answered = request.app[ANSWERED]
    results = answered.find(key)
    if results is None:
        results = await _take(request, context, _understood(event))
        answered.keep(key, results)
    return answer(results)


def _check_secret(request: web.Request, context: WebContext) -> None:
    """Raises Problem 404 for a wrong secret as for a webhook that is not configured."""
    own = context.settings.hooks.courtlistener
    shown = request.match_info["secret"].encode("utf-8", "surrogateescape")
    if own is None or not hmac.compare_digest(shown, own.get_secret_value().encode()):
        raise Problem(404, NOTHING_HERE)


def _parsed(body: bytes) -> Event:
    try:
        return Event.model_validate_json(body)
    except ValidationError as error:
        raise Problem(400, "The body is not an event of CourtListener.", faults=faults_of(error)) from error


def _understood(event: Event) -> Pushed:
    try:
        return read_event(event)
    except UnknownShape as error:
        raise Problem(400, f"The event {error}.") from error


async def _take(request: web.Request, context: WebContext, pushed: Pushed) -> PushResults:
    now = context.now()
    desks = await _desks(context, pushed.dockets, now)
    _warn_of_strangers(pushed, desks)
    taken = [_cleaned(one, now) for one in signals_of(pushed, desks, _elsewhere(now))]
    new = [one for one in taken if one and not one.is_known]
    records = [
        record.model_copy(update={"baseline": one.is_background})
        for one, record in zip(new, new_records([one.signal for one in new], now), strict=True)
    ]
    statuses = await request.app[ADMISSION].take(records) if records else ()
    _count(context, records, statuses)
    known = [PushResult(id=one.signal.id or "", status="duplicate") for one in taken if one and one.is_known]
    told = [PushResult(id=one.id, status=status.value) for one, status in zip(records, statuses, strict=True)]
    return PushResults(results=(*told, *known))


def _cleaned(taken: Taken, now: datetime) -> Taken | None:
    try:
        return Taken(clean_signal(taken.signal, now), taken.is_background, taken.is_known)
    except ValueError as fault:
        _log.warning("signal_refused", source=taken.signal.source, signal=taken.signal.id, reason=str(fault))
        return None


async def _desks(context: WebContext, dockets: frozenset[int], now: datetime) -> dict[int, Desk]:
    """For each docket the source that lists it, with what its polls have learnt."""
    desks: dict[int, Desk] = {}
    for config in context.configuration().sources:
        if not isinstance(config, CourtListenerConfig) or dockets.isdisjoint(config.dockets):
            continue
        known = recall(await context.store.sources.cursor(config.id), config.base_url)
        setting = Setting(config.id, config.base_url, config.labels, now)
        for docket in dockets.intersection(config.dockets) - desks.keys():
            desks[docket] = Desk(setting, config.max_age, config.backfilled_after, known.dockets.get(docket))
    return desks


def _warn_of_strangers(pushed: Pushed, desks: Mapping[int, Desk]) -> None:
    """Say of which dockets nobody knows court and number, so that their entries are no matter's yet."""
    for docket in sorted({entry.of for entry in (*pushed.entries, *pushed.found) if entry.of}):
        desk = desks.get(docket)
        is_known = docket in pushed.facts or (desk and desk.watch and desk.watch.facts)
        if not is_known:
            outlook = "until a poll has looked it up" if desk else "as no source lists it"
            _log.warning(
                "docket_not_looked_up",
                docket=docket,
                source=desk.setting.source if desk else UNLISTED,
                consequence=f"its entries belong to no matter by court and number, {outlook}",
            )


def _elsewhere(now: datetime) -> Desk:
    """The desk for dockets that no source lists, with a source's usual options."""
    usual = {name: field.default for name, field in CourtListenerConfig.model_fields.items()}
    setting = Setting(UNLISTED, usual["base_url"], {}, now)
    return Desk(setting, usual["max_age"], usual["backfilled_after"])


def _count(context: WebContext, records: Sequence[SignalRecord], statuses: Sequence[IntakeStatus]) -> None:
    configured = {source.id for source in context.configuration().sources}
    for record, status in zip(records, statuses, strict=True):
        source = record.signal.source if record.signal.source in configured else PUSHED
        context.metrics.signals.labels(source, status.value).inc()


OPERATIONS = (
    Operation(
        "POST",
        f"{HOOKS}courtlistener/{{secret}}",
        take_event,
        "An event of CourtListener's webhooks; the path holds the secret, and no token is needed.",
        answer=PushResults,
        body=Event,
        problems=(400, 404, 408, 413, 415, 429, 500, 503),
    ),
)
