"""Alerts over HTTP, in the shape that the contract fixes and a few keys more."""

from datetime import UTC, datetime, timedelta

from aiohttp import web
from pydantic import Field

from alerter.core.alert import Alert, Evidence, Severity, State
from alerter.core.model import Frozen
from alerter.store.protocol import Store
from alerter.web.bodies import answer, read_query
from alerter.web.context import CONTEXT
from alerter.web.operations import Operation
from alerter.web.paging import PageQuery, answer_page, page, slice_of
from alerter.web.problems import Problem

ACTIVE: frozenset[State] = frozenset({"pending", "firing"})
_END = datetime.max.replace(tzinfo=UTC)


class EvidenceView(Frozen):
    """A signal that an alert rests on, and the words it rests on."""

    signal: str
    url: str | None
    title: str
    quote: str


class AlertView(Frozen):
    """An alert in its current episode."""

    fingerprint: str
    episode: int
    rule: str
    state: State
    severity: Severity
    labels: dict[str, str]
    reason: str
    figure: float | None
    threshold: float | None
    evidence: tuple[EvidenceView, ...]
    """The newest pieces; `evidence_count` counts them all."""
    starts_at: datetime
    updated_at: datetime
    resolved_at: datetime | None
    acknowledged: bool
    summary: str
    figure_text: str
    threshold_text: str
    resolution: str
    """Why it resolved; empty while it has not."""
    evidence_count: int


class AlertQuery(PageQuery):
    """Which alerts to list."""

    state: tuple[State, ...] = Field(default=(), description="Only in these states.")
    rule: tuple[str, ...] = Field(default=(), description="Only of these rules.")
    severity: tuple[Severity, ...] = Field(default=(), description="Only of these severities.")

    def wants(self, alert: Alert) -> bool:
        """Does the alert pass every filter?"""
        return (
            (not self.state or alert.state in self.state)
            and (not self.rule or alert.rule in self.rule)
            and (not self.severity or alert.severity in self.severity)
        )


async def list_alerts(request: web.Request) -> web.Response:
    """Alerts, last updated first."""
    query, store = read_query(request, AlertQuery), request.app[CONTEXT].store
    if query.state and ACTIVE.issuperset(query.state):
        found, following = await _active_page(store, query)
    else:
        filtered = query.state or query.rule or query.severity
        keep = query.wants if filtered else None
        found, following = await page("alerts", store.judgements.recent, query, keep=keep)
    return answer_page((view_alert(alert) for alert in found), following)


async def _active_page(store: Store, query: AlertQuery) -> tuple[list[Alert], str | None]:
    """Active alerts are few and all at hand, however long ago they were updated."""
    wanted = (alert for alert in await store.judgements.active() if query.wants(alert))
    return slice_of("active alerts", sorted((_latest_first(alert), alert) for alert in wanted), query)


def _latest_first(alert: Alert) -> str:
    """A position that ascends as `updated_at` descends, unique by fingerprint."""
    left = (_END - alert.updated_at) // timedelta(microseconds=1)
    return f"{left:020d} {alert.fingerprint}"


async def show_alert(request: web.Request) -> web.Response:
    """One alert in its latest episode."""
    name = request.match_info["fingerprint"]
    alert = (await request.app[CONTEXT].store.judgements.alerts([name])).get(name)
    if alert is None:
        raise Problem(404, "There is no alert of this fingerprint.")
    return answer(view_alert(alert))


def view_alert(alert: Alert) -> AlertView:
    """An alert as the contract shows it."""
    own = {name: getattr(alert, name) for name in AlertView.model_fields}
    return AlertView.model_validate(own | {"evidence": tuple(_view(one) for one in alert.evidence)})


def _view(evidence: Evidence) -> EvidenceView:
    return EvidenceView(
        signal=evidence.signal, url=evidence.url, title=evidence.shown_title, quote=evidence.quote
    )


OPERATIONS = (
    Operation(
        "GET",
        "/api/v1/alerts",
        list_alerts,
        "Alerts, last updated first.",
        answer=AlertView,
        listed=True,
        query=AlertQuery,
        problems=(400, 503),
    ),
    Operation(
        "GET",
        "/api/v1/alerts/{fingerprint}",
        show_alert,
        "One alert in its latest episode.",
        answer=AlertView,
        problems=(404, 503),
    ),
)
