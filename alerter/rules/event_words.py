"""Event types as people name them, with the prepositions that go with each, for event rules' sentences."""

from collections.abc import Mapping
from typing import NamedTuple

from alerter.core.reading import Event
from alerter.rules.sentences import party, plain, thing


class Wording(NamedTuple):
    """An event type's words, and what leads from them to commodity, actor and target."""

    phrase: str
    on: str = "on"
    by: str = "by"
    against: str = "against"


WORDINGS: Mapping[str, Wording] = {
    "export_control_imposed": Wording("export controls imposed"),
    "export_control_eased": Wording("export controls eased", against="for"),
    "export_control_suspended": Wording("export controls suspended", against="for"),
    "licence_required": Wording("export licence required", "for", against="for shipments to"),
    "licence_granted": Wording("export licence granted", "for", against="for shipments to"),
    "licence_delayed_or_denied": Wording(
        "export licence delayed or denied", "for", against="for shipments to"
    ),
    "export_ban": Wording("export ban"),
    "export_quota": Wording("export quota"),
    "import_ban": Wording("import ban"),
    "tariff_imposed": Wording("tariff imposed"),
    "tariff_raised": Wording("tariff raised"),
    "tariff_cut": Wording("tariff cut", against="for"),
    "tariff_paused": Wording("tariff paused", against="for"),
    "tariff_struck_down": Wording("tariff struck down", against="for"),
    "investigation_opened": Wording("investigation opened", "into"),
    "sanctions_listed": Wording("sanctions imposed", "over"),
    "sanctions_lifted": Wording("sanctions lifted", "over"),
    "court_ruling": Wording("court ruling"),
    "court_injunction": Wording("court injunction"),
    "court_stay_granted": Wording("stay granted"),
    "court_stay_denied": Wording("stay denied"),
    "court_appeal_filed": Wording("appeal filed"),
    "court_argument": Wording("argument heard in court"),
    "court_remand": Wording("case remanded"),
    "court_dismissed": Wording("case dismissed"),
    "talks_held": Wording("talks held", against="with"),
    "talks_deal": Wording("deal reached", against="with"),
    "talks_collapsed": Wording("talks broken off", against="with"),
    "shortage": Wording("shortage", "of", "in", "in"),
    "production_halted": Wording("production halted", "over"),
    "production_resumed": Wording("production resumed", "for"),
    "force_majeure": Wording("force majeure declared"),
    "strike": Wording("strike", "affecting", "in", "in"),
    "disaster": Wording("disaster", "affecting", "in", "in"),
    "route_disruption": Wording("route disrupted", "affecting"),
}
_BETWEEN = frozenset({"talks_held", "talks_deal", "talks_collapsed"})
"""What two sides do together: neither acts on the other."""


def event_phrase(kind: str) -> str:
    """`export licence required`; a type without a wording of its own keeps its name."""
    return _wording(kind).phrase


def told(event: Event, names: Mapping[str, str]) -> str:
    """`Export licence required for rare-earth magnets by China`; a status other than in effect is named."""
    wording = _wording(event.type)
    subject = wording.phrase[:1].upper() + wording.phrase[1:]
    if event.commodity and event.commodity != "other":
        subject += f" {wording.on} {thing(event.commodity)}"
    subject += _parties(event, wording, names)
    return with_status(subject, event.status)


def with_status(words: str, status: str) -> str:
    """The words, and in brackets how far it has come, unless it is in effect."""
    return words if status == "effective" else f"{words} ({status})"


def _wording(kind: str) -> Wording:
    return WORDINGS.get(kind) or Wording(plain(kind))


def _parties(event: Event, wording: Wording, names: Mapping[str, str]) -> str:
    actor = "" if event.actor == "court" else party(event.actor, names)
    target = party(event.target, names)
    if event.type in _BETWEEN and actor and target:
        return f" between {actor} and {target}"
    by = f" {wording.by} {actor}" if actor else ""
    return f"{by} {wording.against} {target}" if target else by
