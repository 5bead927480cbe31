"""Pages that are watched: a list of news or announcements on a web page, or in JSON, for want of a feed.

A poll fetches conditionally, finds the entries by CSS selectors or by JSON paths in a worker thread, and
tells them all; intake knows which are new. A page on which nothing is found has changed: it is never calm.
"""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Annotated, ClassVar, Literal
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, Field, JsonValue, ValidationInfo, field_validator, model_validator

from alerter.core.matching import pattern_fault
from alerter.core.model import Frozen, digest
from alerter.core.quantities import Duration, TimeZone
from alerter.core.signal import Signal, SignalKind
from alerter.sources.aside import read_aside
from alerter.sources.base import (
    LONGEST_WISH,
    Poll,
    Source,
    SourceConfig,
    SourceContext,
    WebAddress,
)
from alerter.sources.formats.encodings import decode
from alerter.sources.formats.entries import undated_at
from alerter.sources.formats.markup import PAGE_BYTES, UnreadablePage, selector_fault, split_selector
from alerter.sources.formats.page_entries import (
    Layout,
    Setting,
    Stamp,
    UnreadableEntries,
    expression_fault,
    pick_entries,
    select_entries,
    tell_entries,
)
from alerter.sources.http import Fetch, Fetched, Visit, revisit

READING_TIME = timedelta(seconds=20)
"""How long reading one page may take."""
_ACCEPT = {
    "html": "text/html, application/xhtml+xml;q=0.9, */*;q=0.1",
    "json": "application/json, */*;q=0.1",
}
_SOME_DAY = datetime(2025, 12, 31, 23, 59, 58, tzinfo=UTC)


def _check_pattern(pattern: str) -> str:
    fault = pattern_fault(pattern)
    if fault:
        raise ValueError(f"not a pattern that RE2 takes: {fault}")
    return pattern


def _check_date_format(text: str) -> str:
    """The format, when its directives are strptime's and make a date. Raises ValueError."""
    try:
        read = datetime.strptime(_SOME_DAY.strftime(text), text).date()  # noqa: DTZ007  only its date counts
    except ValueError as error:
        raise ValueError(f"not a format of dates: {text!r}; write it like %Y-%m-%d") from error
    if read != _SOME_DAY.date():
        raise ValueError(f"{text!r} does not hold year, month and day")
    return text


Pattern = Annotated[str, AfterValidator(_check_pattern)]
Where = Annotated[str, Field(min_length=1, max_length=1_000)]


class PageConfig(SourceConfig):
    """Entries listed on a web page, found by CSS selectors, or in JSON, found by paths.

    In a selector, `a@href` is the attribute of what is found, and `.` the entry itself. Paths are JMESPath
    expressions.
    """

    example: ClassVar[str] = (
        '{id: mofcom-announcements, type: page, url: "https://www.mofcom.gov.cn/zwgk/zcfb/", '
        'entries: "li:has(a[href*=\'/zwgk/zcfb/art/\'])", title: "a@title", '
        'date_pattern: "\\\\[(\\\\d{4}-\\\\d{2}-\\\\d{2})\\\\]", timezone: Asia/Shanghai, kind: notice, '
        "agency: mofcom, language: zh}"
    )
    limits: ClassVar[str] = (
        "Pages are made for people: every half hour is polite, and a publisher that forbids robots is not "
        "to be watched."
    )

    type: Literal["page"]
    url: WebAddress
    """Where the list is."""
    every: Duration = timedelta(minutes=30)
    format: Literal["html", "json"] = "html"
    """What is at the address."""
    body: dict[str, JsonValue] | None = None
    """JSON to ask with: the address is asked by POST."""
    entries: Where
    """Selector of the entries, or path of their list."""
    link: Where | None = None
    """An entry's address; `a@href` or, in JSON, `url` unless set. It may be relative."""
    title: Where | None = None
    """An entry's title; `a` or, in JSON, `title` unless set."""
    date: Where | None = None
    """An entry's date; with a `date_pattern` alone, it is looked for in all of the entry."""
    text: Where | None = None
    """An entry's text, if the list gives it."""
    key: Where | None = None
    """What names an entry for good; its address unless set."""
    date_pattern: Pattern | None = None
    """An RE2 pattern for the date in what `date` finds: its first group, else all of it."""
    date_format: Annotated[str, AfterValidator(_check_date_format)] | None = None
    """How dates are written, in strptime's directives; unless set, in numbers from the year on, as ISO 8601
    or RFC 5322 write them, or in epoch seconds or milliseconds."""
    timezone: TimeZone = "UTC"
    """Of times that state none."""
    kind: Literal["article", "notice"] = "article"
    """What the entries are."""
    agency: str | None = None
    """Whose notices they are."""
    language: str | None = None
    """Of the entries: `zh`."""
    may_be_empty: bool = False
    """Is it usual that nothing is listed? Otherwise it means that the page has changed."""

    @field_validator("entries", "link", "title", "date", "text", "key")
    @classmethod
    def _check_where(cls, written: str | None, info: ValidationInfo) -> str | None:
        if written is None or "format" not in info.data:
            return written
        if info.data["format"] == "json":
            fault = expression_fault(written)
        else:
            fault = _selector_fault(written, whole=info.field_name == "entries")
        if fault:
            raise ValueError(fault)
        return written

    @model_validator(mode="after")
    def _check_kind(self) -> "PageConfig":
        if self.agency is not None and self.kind != "notice":
            raise ValueError("only notices have an agency: write kind: notice")
        return self

    @property
    def layout(self) -> Layout:
        """Where entries and their parts stand."""
        is_page = self.format == "html"
        return Layout(
            entries=self.entries,
            link=self.link or ("a@href" if is_page else "url"),
            title=self.title or ("a" if is_page else "title"),
            date=self.date or ("." if is_page and self.date_pattern else ""),
            text=self.text or "",
            key=self.key or "",
        )

    @property
    def stamp(self) -> Stamp:
        """How dates are written."""
        return Stamp(self.date_pattern or "", self.date_format or "", ZoneInfo(self.timezone))

    @property
    def scope(self) -> str:
        """Names what is looked for and where; what was unchanged under another scope may be new here."""
        stated = self.model_dump_json(exclude={"id", "every", "slowest", "max_age", "labels"})
        return digest(stated)

    def build(self, context: SourceContext) -> Source:
        """The page, ready to poll."""
        return Page(self, context)


def _selector_fault(written: str, *, whole: bool) -> str | None:
    selector, attribute = split_selector(written)
    if whole and attribute is not None:
        return f"entries are elements, not attributes: {written!r}"
    if selector in {"", "."} and not whole:
        return None
    return selector_fault(selector)


class PageCursor(Frozen):
    """What a page remembers from poll to poll."""

    scope: str
    visit: Visit


class Page:
    """Polls one page."""

    def __init__(self, config: PageConfig, context: SourceContext) -> None:
        self._config = config
        self._http = context.http
        self._now = context.now

    async def poll(self, cursor: str | None) -> Poll:
        """The entries that the page lists, oldest first; none when it has not changed. Raises SourceError."""
        config, known = self._config, self._recall(cursor)
        request = Fetch(
            config.url,
            body=None if config.body is None else json.dumps(config.body).encode(),
            accept=_ACCEPT[config.format],
            limit=PAGE_BYTES,
        )
        fetched, visit = await revisit(self._http, request, known.visit if known else None)
        kept = PageCursor(scope=config.scope, visit=visit).model_dump_json()
        signals, note = ([], "") if fetched.not_modified else await self._read(fetched, first=known is None)
        wait = min(fetched.max_age, LONGEST_WISH)
        return Poll(signals, kept, wait_at_least=wait, note=note, settling=known is None)

    def _recall(self, cursor: str | None) -> PageCursor | None:
        """The cursor, if there is one that can be read and is about the same entries."""
        try:
            known = PageCursor.model_validate_json(cursor or "")
        except ValueError:
            return None
        return known if known.scope == self._config.scope else None

    async def _read(self, fetched: Fetched, *, first: bool) -> tuple[list[Signal], str]:
        """The signals of the entries, and what is to be noted. Raises SourceError."""
        now, config = self._now(), self._config
        setting = Setting(
            source=config.id,
            kind=SignalKind(config.kind),
            agency=config.agency,
            language=config.language,
            labels=config.labels,
            stamp=config.stamp,
            is_dated=bool(config.layout.date),
            now=now,
            undated_at=undated_at(now, config.max_age, first=first),
        )
        return await read_aside(
            lambda: _read_entries(fetched, config, setting),
            (UnreadablePage, UnreadableEntries),
            host=fetched.host,
            what="page",
            time=READING_TIME,
        )


def _read_entries(fetched: Fetched, config: PageConfig, setting: Setting) -> tuple[list[Signal], str]:
    """All the work that may take long, in one go for a worker thread. Raises SourceError and the like."""
    layout, called = config.layout, ""
    if config.format == "json":
        decoded = decode(fetched.body, fetched.headers.get("Content-Type", "")).encode()
        found = pick_entries(replace(fetched, body=decoded).json(), layout)
    else:
        found, called = select_entries(fetched.body, fetched.headers.get("Content-Type", ""), layout)
    if found:
        return tell_entries(found, fetched.url, setting)
    if not config.may_be_empty:
        raise UnreadableEntries(f"lists nothing at {layout.entries}: has the page changed?{called}")
    return [], "lists no entries"
