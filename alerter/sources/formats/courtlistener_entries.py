"""CourtListener's entries and cases made into signals. Pure; shared by polling and the webhook.

All shapes of one entry become the same signal, `entry:{id}`. Entries that come from a court's feed have no
text of their own at first: what there is stands with their document, and the full text follows as a change.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time
from urllib.parse import urljoin

from alerter.core.clean import cap_bytes, clean_line, clean_text, clean_title, is_web_address
from alerter.core.signal import DocketReference, Signal, SignalKind
from alerter.sources.formats.addresses import anonymous
from alerter.sources.formats.courtlistener_courts import court_time
from alerter.sources.formats.courtlistener_rows import Case, DocketFacts, Document, Entry, docket_facts

DOCUMENTS_NAMED = 60
"""Documents of one entry whose descriptions are kept."""
_LABEL_LENGTH = 60
"""Characters of an entry's label in a title, and what a reader of courts' wordings looks through."""


@dataclass(frozen=True, slots=True)
class Setting:
    """Where entries were found."""

    source: str
    base_url: str
    labels: Mapping[str, str]
    now: datetime


def entry_signal(entry: Entry, facts: DocketFacts | None, setting: Setting) -> Signal:
    """The entry as a signal: dated when it was filed, whenever it came.

    Without any text it is one nevertheless, with the case and its number as title: that something was filed
    is a fact, and its text will be a new version. What a document itself says is left out.
    """
    text = _text_of(entry)
    main = entry.main
    return Signal(
        id=f"entry:{entry.id}",
        source=setting.source,
        kind=SignalKind.DOCKET_ENTRY,
        title=clean_title(f"{_case_name(entry, facts)} [{_label(entry, text)}]", text),
        text=text,
        url=_address(main.absolute_url if main else "", entry.of, setting.base_url),
        published_at=filed_at(entry, facts, setting.now),
        language="en",
        labels=dict(setting.labels),
        docket=_reference(entry, main, facts),
    )


def filed_at(entry: Entry, facts: DocketFacts | None, now: datetime) -> datetime:
    """When it was filed, in UTC, by its court's clock; at the day's start where only the day is known."""
    if entry.date_filed is None:
        return (entry.date_created or now).astimezone(UTC)
    return court_time(facts.court if facts else "", entry.date_filed, entry.time_filed or time())


def _reference(entry: Entry, main: Document | None, facts: DocketFacts | None) -> DocketReference | None:
    if facts is None or not facts.number:
        return None
    return DocketReference(
        court=facts.court,
        number=facts.number,
        entry=entry.entry_number,
        document=(clean_line(main.document_number) or None) if main else None,
        filed_at=entry.date_filed,
    )


def _text_of(entry: Entry) -> str:
    """The entry's text, else its document's; then what its documents are called, where that says more."""
    described = [_described(one) for one in entry.recap_documents[:DOCUMENTS_NAMED]]
    told = clean_text(entry.description) or (described.pop(0) if described else "")
    for one in described:
        if one and one.casefold() not in told.casefold():
            told = f"{told}\n\n{one}" if told else one
    return cap_bytes(told)


def _described(document: Document) -> str:
    words = clean_line(document.description)
    if document.is_sealed:
        return f"{words} (sealed)" if words else "Sealed document"
    return words


def _label(entry: Entry, text: str) -> str:
    """What kind of entry it is, in a few words: a title ends with it in brackets."""
    main = entry.main
    words = clean_line(main.description if main else "") or clean_line(text)
    if words:
        words = words.replace("[", "(").replace("]", ")")
        return words if len(words) <= _LABEL_LENGTH else f"{words[:_LABEL_LENGTH].rsplit(' ', 1)[0]} …"
    if entry.entry_number is not None:
        return f"entry {entry.entry_number}"
    return f"entry of {entry.date_filed.isoformat()}" if entry.date_filed else f"entry {entry.id}"


def _case_name(entry: Entry, facts: DocketFacts | None) -> str:
    """The case's name; while it is not known, what its address says of it."""
    if facts and (facts.name or facts.number):
        return facts.name or f"{facts.court} {facts.number}"
    addresses = (one.absolute_url for one in entry.recap_documents)
    found = next(filter(None, map(_SLUG.search, addresses)), None)
    if found:
        return " ".join(word if word in {"v", "of", "the"} else word.title() for word in found[1].split("-"))
    return f"Docket {entry.of}" if entry.of else "Unknown docket"


_SLUG = re.compile(r"^/docket/\d+(?:/[^/]+)*/([a-z0-9-]*[a-z][a-z0-9-]*)/?$")


def _address(path: str, docket: int | None, base_url: str) -> str | None:
    """Where people read it. Only a path of the site itself counts."""
    own = (
        path
        if path.startswith("/") and not path.startswith("//")
        else f"/docket/{docket}/"
        if docket
        else "/"
    )
    url = urljoin(anonymous(base_url).rstrip("/") + "/", own)
    return url if is_web_address(url) else None


def case_signal(case: Case, said: str, labels: Mapping[str, str], setting: Setting) -> Signal:
    """A case that was found, as a signal of its own; `said` opens its title."""
    facts = docket_facts(case.court_id, case.docketNumber, case.caseName)
    name = facts.name or f"docket {case.docket_id}"
    filed = case.dateFiled
    told = (
        f"Filed on {filed.isoformat()}." if filed else "",
        f"Cause: {clean_line(case.cause)}." if case.cause else "",
        f"Nature of suit: {clean_line(case.suitNature)}." if case.suitNature else "",
    )
    court = " ".join(filter(None, (facts.court, facts.number)))
    return Signal(
        id=f"case:{case.docket_id}",
        source=setting.source,
        kind=SignalKind.DOCKET_ENTRY,
        title=clean_title(f"{said}: {name}" + (f" ({court})" if court else ""), ""),
        text=" ".join(filter(None, told)),
        url=_address(case.docket_absolute_url, case.docket_id, setting.base_url),
        published_at=court_time(facts.court, filed, time()) if filed else setting.now,
        language="en",
        labels={**setting.labels, **labels},
        docket=DocketReference(court=facts.court, number=facts.number, filed_at=filed)
        if facts.court and facts.number
        else None,
    )
