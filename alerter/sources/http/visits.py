"""One address visited again and again: conditionally, and where permanent redirects have led."""

from dataclasses import replace
from typing import BinaryIO

from alerter.core.model import Frozen
from alerter.sources.http.client import HttpClient
from alerter.sources.http.messages import Fetch, Fetched, FetchError, Validators

_ASKS_FOR_PATIENCE = frozenset({429, 503})


class Visit(Frozen):
    """What is remembered of an address from one visit to the next; a source keeps it in its cursor."""

    url: str
    """The configured address that all this belongs to."""
    moved_to: str | None = None
    """Where permanent redirects led."""
    validators: Validators = Validators()


async def revisit(
    http: HttpClient, request: Fetch, last: Visit | None, *, into: BinaryIO | None = None
) -> tuple[Fetched, Visit]:
    """The answer, and what to remember of it; its body goes `into` a file where there is one.

    Where the remembered redirect has died, the configured address is asked again. Raises FetchError.
    """
    known = last if last and last.url == request.url else Visit(url=request.url)
    ready = request.validators is known.validators
    asked = request if ready else replace(request, validators=known.validators)
    if known.moved_to is not None:
        try:
            fetched = await _ask(http, replace(asked, moved_to=known.moved_to), into)
        except FetchError as error:
            if error.status in _ASKS_FOR_PATIENCE:
                raise
        else:
            return fetched, _after(known, fetched, fetched.moved_to or known.moved_to)
    fetched = await _ask(http, asked, into)
    return fetched, _after(known, fetched, fetched.moved_to)


async def _ask(http: HttpClient, request: Fetch, into: BinaryIO | None) -> Fetched:
    if into is None:
        return await http.fetch(request)
    into.seek(0)
    into.truncate()  # an attempt that failed may have left its beginning
    return await http.download(request, into)


def _after(known: Visit, fetched: Fetched, moved_to: str | None) -> Visit:
    if fetched.validators is known.validators and moved_to == known.moved_to:
        return known
    return Visit(url=known.url, moved_to=moved_to, validators=fetched.validators)
