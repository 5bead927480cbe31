"""Claims that this process knows of, so that one whose answer was lost on the way is not held for ever.

A claim lives as long as its process. When the answer to a claiming call is lost, the store counts claims that
nobody works on; the next call first tells the store which claims are known, and the others are freed.
"""

import asyncio
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Literal

from alerter.store.redis.client import Client


class KnownClaims:
    """The claims of this store's users, by process. Claiming is one call at a time."""

    def __init__(self, client: Client, what: Literal["polls", "deliveries"]) -> None:
        self._client = client
        self._what = what
        self._known: dict[str, set[str]] = {}
        self._doubted: set[str] = set()
        self._one_at_a_time = asyncio.Lock()

    @asynccontextmanager
    async def claiming(self, process: str) -> AsyncIterator[None]:
        """Around a claiming call; the claims it was told of are to be added within."""
        async with self._one_at_a_time:
            if process in self._doubted:
                known = self._known.get(process, ())
                await self._client.run("disown", self._what, process, *known, repeatable=True)
                self._doubted.discard(process)
            try:
                yield
            except BaseException:  # cancelled as well: the answer may be on its way
                self._doubted.add(process)
                raise

    def add(self, process: str, names: Iterable[str]) -> None:
        """These have been claimed."""
        if claimed := set(names):  # who claims nothing leaves no trace
            self._known.setdefault(process, set()).update(claimed)

    @contextmanager
    def ending(self, name: str) -> Iterator[None]:
        """Around a call that may end a claim: when it fails, the claim is given up by the next claiming."""
        try:
            yield
        except BaseException:
            self._doubted.update(process for process, known in self._known.items() if name in known)
            self.drop(name)
            raise

    def drop(self, name: str) -> None:
        """This claim has ended."""
        for process, known in list(self._known.items()):
            known.discard(name)
            if not known:
                del self._known[process]
