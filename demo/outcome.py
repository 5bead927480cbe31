"""What came of a step: what was told to whom, what joined what was known, and whether that is as expected.

Everything is read back from where people would see it: the service's API, the Slack server, the mailbox.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from typing import Any

import orjson

from demo.clockwork import Service
from demo.publications import Step, Telling
from demo.servers import World

Alert = Mapping[str, Any]
Posted = Mapping[str, Any]
NOTIFIERS = ("slack", "email")


@dataclass(frozen=True, slots=True)
class Told:
    """One alert's news in one notification to one destination."""

    destination: str
    fingerprint: str
    revision: int
    change: str
    rule: str
    at: str

    @property
    def receiver(self) -> str:
        """Whose destination it is."""
        return self.destination.partition("/")[0]


@dataclass(frozen=True, slots=True)
class Seen:
    """Everything that stood in the service, at Slack and in the mailbox at one time."""

    signals: Sequence[Mapping[str, Any]]
    alerts: Mapping[str, Alert]
    ledger: Sequence[Mapping[str, Any]]
    posts: int
    mails: int


NOTHING_YET = Seen(signals=(), alerts={}, ledger=(), posts=0, mails=0)
"""Before the first step. The service polls once it is up: what stands there then came with that step."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a step brought."""

    step: Step
    taken_in: Sequence[Mapping[str, Any]]
    told: Sequence[Told]
    alerts: Mapping[str, Alert]
    joined: Mapping[str, int]
    """Fingerprint → pieces of evidence that came without anything being told of them."""
    posts: Sequence[Posted]
    mails: Sequence[tuple[str, bytes]]
    failures: Sequence[str] = field(default=())
    """What was not as expected, in sentences."""

    @property
    def evidence(self) -> set[str]:
        """Ids of the signals that alerts rest on."""
        return {piece["signal"] for alert in self.alerts.values() for piece in alert["evidence"]}

    @property
    def newer(self) -> list[Mapping[str, Any]]:
        """Signals of this step that are newer versions of what alerts rest on."""
        return [one for one in self.taken_in if one["version"] > 1 and one["id"] in self.evidence]

    @property
    def unexpected(self) -> list[Told]:
        """What was told though nothing should have been."""
        wanted = {(one.rule, one.change) for one in self.step.tellings}
        return [one for one in self.told if (one.rule, one.change) not in wanted]


async def look(service: Service, world: World) -> Seen:
    """Read everything back. Raises Stuck."""
    alerts = {one["fingerprint"]: one for one in await service.each("/api/v1/alerts")}
    return Seen(
        signals=await service.each("/api/v1/signals"),
        alerts=alerts,
        ledger=await service.each("/api/v1/deliveries"),
        posts=len(world.slack.payloads),
        mails=len(world.mailbox.mails),
    )


def compare(step: Step, before: Seen, after: Seen, world: World) -> Outcome:
    """What the step brought, and what of it is not as expected."""
    lines = after.ledger[: len(after.ledger) - len(before.ledger)]
    told = list(_told(lines, after.alerts))
    outcome = Outcome(
        step=step,
        taken_in=after.signals[: len(after.signals) - len(before.signals)],
        told=told,
        alerts=after.alerts,
        joined=_joined(before.alerts, after.alerts, told),
        posts=world.slack.payloads[before.posts :],
        mails=world.mailbox.mails[before.mails :],
    )
    return Outcome(
        **{name: getattr(outcome, name) for name in _GIVEN}, failures=tuple(_failures(outcome, lines))
    )


_GIVEN = ("step", "taken_in", "told", "alerts", "joined", "posts", "mails")


def _told(lines: Iterable[Mapping[str, Any]], alerts: Mapping[str, Alert]) -> Iterable[Told]:
    for line in lines:
        for news in line["alerts"] if line["outcome"] == "delivered" else ():
            name = news["fingerprint"]
            rule = alerts[name]["rule"]
            yield Told(line["destination"], name, news["revision"], news["change"], rule, line["at"])


def _joined(before: Mapping[str, Alert], after: Mapping[str, Alert], told: Sequence[Told]) -> dict[str, int]:
    """How many pieces of evidence each alert gained beyond the one that is told of."""
    news = {one.fingerprint for one in told}
    found = {}
    for name, alert in after.items():
        known = before.get(name)
        is_same = known is not None and known["episode"] == alert["episode"]
        gained = (
            alert["evidence_count"] - (known["evidence_count"] if known and is_same else 0) - (name in news)
        )
        if gained > 0:
            found[name] = gained
    return found


def _failures(outcome: Outcome, lines: Sequence[Mapping[str, Any]]) -> Iterable[str]:
    step = outcome.step
    if len(outcome.taken_in) != len(step.publications):
        yield f"{len(outcome.taken_in)} of {len(step.publications)} publications were taken in"
    for line in lines:
        if line["outcome"] != "delivered":
            yield f"a delivery to {line['destination']} was not made: {line['reason']}"
    for telling in step.tellings:
        for receiver in telling.receivers:
            yield from _failures_of(telling, receiver, outcome)
    for told in outcome.unexpected:
        yield f"{told.rule} was told to {told.destination} ({told.change}), and should not have been"
    copies = sum(one.part == "copy" for one in step.publications)
    if any(one.part == "version" for one in step.publications) and not outcome.newer:
        yield "no newer version was taken in"
    if sum(outcome.joined.values()) < copies:
        yield f"{sum(outcome.joined.values())} of {copies} copies joined what was known"


def _failures_of(telling: Telling, receiver: str, outcome: Outcome) -> Iterable[str]:
    mine = [
        one
        for one in outcome.told
        if (one.rule, one.change, one.receiver) == (telling.rule, telling.change, receiver)
    ]
    by_notifier = Counter(one.destination.split("/")[1] for one in mine)
    for notifier in NOTIFIERS:
        if by_notifier[notifier] != 1:
            times = by_notifier[notifier]
            yield f"{telling.rule} was told {times} times to {receiver} by {notifier}, not once"
    names = {one.fingerprint for one in mine}
    texts = [slack_text(one) for one in outcome.posts if names & set(_fingerprints(one))]
    texts += ["".join(parts_of(mail).values()) for _, mail in outcome.mails]
    for words in telling.says:
        if not any(words in text for text in texts):
            yield f"no notification of {telling.rule} says {words!r}"


def _fingerprints(post: Posted) -> Sequence[str]:
    found: Sequence[str] = post.get("metadata", {}).get("event_payload", {}).get("fingerprints", ())
    return found


def slack_text(post: Posted) -> str:
    """All that a Slack message says, as one text."""
    parts = {name: post.get(name) for name in ("text", "blocks", "attachments")}
    return orjson.dumps(parts).decode()


def parts_of(mail: bytes) -> dict[str, str]:
    """The text of a mail's parts by content type."""
    message: EmailMessage = BytesParser(EmailMessage, policy=policy.default).parsebytes(mail)
    leaves = [part for part in message.walk() if not part.is_multipart()]
    return {part.get_content_type(): str(part.get_content()) for part in leaves}


def duplicates(told: Iterable[Told]) -> list[Told]:
    """What was told more than once to one destination: the same revision of the same alert."""
    counts = Counter((one.destination, one.fingerprint, one.revision) for one in told)
    repeated = {key for key, count in counts.items() if count > 1}
    return [one for one in told if (one.destination, one.fingerprint, one.revision) in repeated]
