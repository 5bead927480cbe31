"""What is asked of the HTTP client and what it answers: frozen values, and the one error it raises."""

import codecs
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from urllib.parse import urlsplit

import orjson

from alerter.core.budget import Budget
from alerter.core.health import Trouble
from alerter.core.model import Frozen
from alerter.sources.base import SourceError
from alerter.sources.formats.bodies import is_overfull, page_title

_PASSING = frozenset({408, 425, 429})
"""Refusals of the moment: timed out, too early, too many requests."""


class FetchError(SourceError):
    """No usable answer, in plain words; `status` where there was one, `retry_after` where it said so."""

    def __init__(
        self,
        message: str,
        *,
        status: int | None = None,
        retry_after: timedelta | None = None,
        trouble: Trouble = "failing",
    ) -> None:
        super().__init__(message, retry_after=retry_after, trouble=trouble)
        self.status = status

    @property
    def may_pass(self) -> bool:
        """A network or a server that fails recovers; what it answered rarely changes in a moment."""
        if self.trouble != "failing":
            return False
        return self.status is None or self.status >= 500 or self.status in _PASSING


class Validators(Frozen):
    """What makes the next request conditional. Opaque; a source keeps them in its cursor.

    They belong to the address that issued them and are sent to no other.
    """

    url: str = ""
    etag: str | None = None
    last_modified: str | None = None

    def headers(self, url: str) -> dict[str, str]:
        """The conditional headers for a request to this address, none for another's."""
        if url != self.url:
            return {}
        pairs = {"If-None-Match": self.etag, "If-Modified-Since": self.last_modified}
        return {name: value for name, value in pairs.items() if value}


UNCONDITIONAL = Validators()


@dataclass(frozen=True, slots=True)
class Limits:
    """What the client allows an answer and itself."""

    body: int = 8 * 1024 * 1024
    """Bytes of a body, counted after decompression."""
    total: timedelta = timedelta(seconds=30)
    """A whole exchange with all its redirects; waiting for one's turn apart."""
    redirects: int = 5
    per_host: int = 2
    """Requests to one host at once."""
    spacing: timedelta = timedelta(milliseconds=250)
    """Least time between two requests to one host."""
    unconditional: float = 0.01
    """Share of conditional requests sent without their conditions, to see through broken caches."""


@dataclass(frozen=True, slots=True)
class Fetch:
    """A GET, or a POST where it has a body.

    `headers` and `secrets` hold keys: they go to the origin of `url` only, never to one it redirects to, and
    stand in no message and no validator.
    """

    url: str
    params: Sequence[tuple[str, str]] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    secrets: Sequence[tuple[str, str]] = ()
    """Parameters that hold keys."""
    key_setting: str = ""
    """The setting that the key comes from, for messages: `ALERTER_KEYS__CENSUS`."""
    body: bytes | None = None
    """JSON to POST."""
    accept: str = "*/*"
    validators: Validators = UNCONDITIONAL
    moved_to: str | None = None
    """Where permanent redirects led before, without `params`: asked instead of `url`."""
    redirects: bool = True
    """False where a redirect is no answer: it raises, and is not followed."""
    limit: int | None = None
    """Bytes of the body, counted after decompression; None = the client's own limit."""
    total: timedelta | None = None
    """For a whole exchange; None = the client's own limit."""
    budget: Budget | None = None
    """What the call is counted against."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """A usable answer: status 2xx, or 304 with an empty body."""

    url: str
    """Where the answer came from, after redirects."""
    status: int
    headers: Mapping[str, str]
    """Names in any letter case."""
    body: bytes
    validators: Validators
    """For the next request; refreshed on 304 too."""
    max_age: timedelta
    """How long the publisher calls this answer fresh, from now."""
    moved_to: str | None = None
    """Where permanent redirects (301, 308) alone led, without `params`, for the source to remember."""
    budget_left: int | None = None
    """Calls left in the tightest window of the request's budget."""

    @property
    def not_modified(self) -> bool:
        """Has nothing changed since the validators were issued?"""
        return self.status == 304

    @property
    def host(self) -> str:
        """Who answered, for messages."""
        return urlsplit(self.url).hostname or self.url

    def json(self) -> object:
        """The body as JSON. Raises FetchError that tells an empty answer and a web page from other text."""
        if not self.body.strip():
            raise FetchError(f"{self.host} gave an empty answer", status=self.status)
        if is_overfull(self.body):
            raise FetchError(f"{self.host} answered with more values than can be read", status=self.status)
        try:
            return orjson.loads(self.body.removeprefix(codecs.BOM_UTF8))
        except ValueError as error:
            title = page_title(self.body)
            what = "something that is not JSON" if title is None else f"a web page{title} instead of JSON"
            raise FetchError(f"{self.host} answered with {what}", status=self.status) from error
