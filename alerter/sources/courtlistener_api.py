"""Calls of CourtListener's REST API: counted against the key's budget, paged, and read into rows.

Between the courtlistener source and the HTTP client. A list's next page is asked for at our own address with
the parameters of the link that the API gives, so that a key never follows a link elsewhere.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Generic
from urllib.parse import parse_qsl, urlsplit

from alerter.clock import monotonic
from alerter.core.budget import Budget
from alerter.sources.base import SourceError
from alerter.sources.formats.courtlistener_rows import DocketFacts, Rows, UnknownShape, read_docket, read_rows
from alerter.sources.formats.json_rows import AnyRow
from alerter.sources.http import Fetch, Fetched, FetchError, HttpClient, Visit, revisit

CALLING_TIME = timedelta(seconds=200)
"""No call begins later than this in a poll: waiting for the minute's turn must not cost what was read."""
KEY_SETTING = "ALERTER_KEYS__COURTLISTENER"
Params = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Page(Generic[AnyRow]):
    """A page of a list; one that has not changed since the last visit has no rows."""

    rows: Sequence[AnyRow]
    visit: Visit
    following: Params | None = None
    is_unchanged: bool = False


class Api:
    """The calls of one poll."""

    def __init__(self, http: HttpClient, base_url: str, *, key: str, budget: Budget) -> None:
        self._http = http
        self._root = base_url.rstrip("/") + "/api/rest/v4/"
        self._headers = {"Authorization": f"Token {key}"} if key else {}
        self._budget = budget
        self._ends_at = monotonic() + CALLING_TIME.total_seconds()
        self.budget_left: int | None = None
        """Calls left, as of the last one."""
        self.fresh_for = timedelta(0)
        """The longest time for which the publisher called an answer fresh."""
        self.unreadable = 0
        """Rows that could not be read."""
        self.answered = False
        """Did any call come to a usable answer?"""

    async def page(
        self, path: str, params: Sequence[tuple[str, str]], kind: type[AnyRow], *, last: Visit | None = None
    ) -> Page[AnyRow]:
        """A page of a list; asked for conditionally where there was a last visit. Raises SourceError."""
        fetched, visit = await self._call(path, params, last)
        if fetched.not_modified:
            return Page((), visit, is_unchanged=True)
        try:
            rows: Rows[AnyRow] = read_rows(fetched.json(), kind)
        except UnknownShape as error:
            raise SourceError(f"{fetched.host} {error}") from error
        self.answered = True
        self.unreadable += rows.unreadable
        return Page(rows.read, visit, _params(rows.following))

    async def docket(self, number: int) -> DocketFacts | None:
        """What a docket is; None for one that CourtListener does not know. Raises SourceError."""
        try:
            fetched, _ = await self._call(f"dockets/{number}/", (), None)
        except FetchError as error:
            if error.status == 404:
                return None
            raise
        try:
            return read_docket(fetched.json())
        except UnknownShape as error:
            raise SourceError(f"{fetched.host} {error}") from error

    async def _call(
        self, path: str, params: Sequence[tuple[str, str]], last: Visit | None
    ) -> tuple[Fetched, Visit]:
        if monotonic() > self._ends_at:
            raise SourceError("the poll has waited long enough for its turns to call", trouble="blocked")
        request = Fetch(
            self._root + path,
            params=params,
            headers=self._headers,
            key_setting=KEY_SETTING if self._headers else "",
            accept="application/json",
            budget=self._budget,
        )
        fetched, visit = await revisit(self._http, request, last)
        self.budget_left = fetched.budget_left
        self.fresh_for = max(self.fresh_for, fetched.max_age)
        self.answered = self.answered or fetched.not_modified
        return fetched, visit


def is_refusal(error: SourceError) -> bool:
    """Would further calls in this poll be refused as well?"""
    return error.trouble == "blocked" or getattr(error, "status", None) == 429


def is_outage(error: SourceError) -> bool:
    """Does what was asked not work at all, though the rest of the API may?"""
    status = getattr(error, "status", None)
    return isinstance(status, int) and status >= 500 and error.retry_after is None


def _params(link: str | None) -> Params | None:
    """The parameters of a link to the next page; None where there is none."""
    try:
        found = parse_qsl(urlsplit(link or "").query)
    except ValueError:
        return None
    return tuple(found) or None
