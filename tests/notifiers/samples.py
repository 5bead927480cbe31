"""Telling deliveries: one alert, many, endless and hostile texts, no figure, resolved, withdrawn."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import aiohttp

from alerter.core.alert import Alert, Change
from alerter.core.delivery import Delivery, Member
from alerter.notifiers.base import NotifierContext
from alerter.settings import Settings
from tests.support.signals import NOON, a_group, an_alert, some_evidence

RTL = "\u202eevil\u202c معادن نادرة"
HOSTILE = (
    f"<!channel> <script>alert(1)</script> *bold* `x` &amp; [red]\r\nBcc: x@evil.example {RTL} \x1b[31m\x00"
)


def a_member(change: Change = Change.FIRED, **alert: Any) -> Member:
    """One alert's news."""
    return Member(change=change, alert=an_alert(**alert))


def a_delivery(*members: Member, **fields: Any) -> Delivery:
    """A claimed entry of the receiver `desk`; one fired alert unless members are given."""
    defaults: dict[str, Any] = {
        "id": "d1",
        "entry": "e1",
        "destination": "desk/test",
        "group": a_group(),
        "members": members or (a_member(),),
        "first_attempt_at": NOON,
    }
    return Delivery.model_validate(defaults | fields)


def hostile_alert() -> Alert:
    """An alert whose every outside text tries to break out."""
    piece = some_evidence(title=HOSTILE, quote=HOSTILE, url="javascript:alert(1)", source=HOSTILE)
    link = some_evidence("two", title="a|b>c", url="https://evil.example/?a=<b>|c&d=\"'><x")
    return an_alert(
        "hostile",
        summary=HOSTILE,
        figure_text=HOSTILE,
        threshold_text=HOSTILE,
        labels={"commodity": HOSTILE, "<x>": "<!here>"},
        evidence=(piece, link),
    )


def settings(**fields: Any) -> Settings:
    """Settings from these values alone."""
    return Settings.model_validate({"public_url": "https://alerter.example"} | fields)


def context(session: aiohttp.ClientSession, **fields: Any) -> NotifierContext:
    """What notifiers are built with, at noon."""
    return NotifierContext(settings=settings(**fields), session=session, now=lambda: NOON)


def _resolved(change: Change) -> Member:
    return a_member(change, state="resolved", resolved_at=NOON + timedelta(hours=3), resolution="cleared")


def _figureless() -> Member:
    return a_member(figure=None, threshold=None, unit=None, figure_text="", threshold_text="")


def _endless() -> Member:
    words = "rare " * 1000
    piece = some_evidence(title=words, quote=words, source=words, url=f"https://news.example/{'x' * 1900}")
    return a_member(summary=words, figure_text=words, labels={"commodity": words}, evidence=(piece,) * 50)


def _many(count: int) -> list[Member]:
    changes = (Change.FIRED, Change.UPDATED, Change.RESOLVED)
    return [
        a_member(changes[n % 3], name=f"n{n}", severity=("info", "warning", "critical")[n % 3])
        for n in range(count)
    ]


CASES: dict[str, Callable[[], Delivery]] = {
    "one alert": a_delivery,
    "forty alerts": lambda: a_delivery(*_many(40)),
    "four hundred alerts": lambda: a_delivery(*_many(400)),
    "endless texts": lambda: a_delivery(_endless()),
    "twenty endless alerts": lambda: a_delivery(*[_endless()] * 20),
    "hostile texts": lambda: a_delivery(Member(change=Change.FIRED, alert=hostile_alert())),
    "two hostile alerts": lambda: a_delivery(*[Member(change=Change.FIRED, alert=hostile_alert())] * 2),
    "astral texts": lambda: a_delivery(a_member(summary="\U0001f9f2" * 4000)),
    "no figure": lambda: a_delivery(_figureless()),
    "no evidence": lambda: a_delivery(a_member(evidence=(), labels={})),
    "resolved": lambda: a_delivery(_resolved(Change.RESOLVED)),
    "withdrawn": lambda: a_delivery(_resolved(Change.WITHDRAWN)),
    "repeated": lambda: a_delivery(a_member(Change.REPEATED, acknowledged=True)),
    "blank texts": lambda: a_delivery(a_member(summary=" ", reason="", labels={"commodity": "\u202e"})),
}
"""Name → builder of a delivery that has broken a renderer somewhere before."""
