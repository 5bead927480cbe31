"""GDELT's graph: every fact's article stands in the newest file, and a file comes with each new fact."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from aiohttp import web

from alerter.sources.base import SourceConfig
from alerter.sources.gdelt_files import GdeltFilesConfig
from tests.contracts.sources.sample import NOW, Answer, Fact
from tests.sources.gdelt import article, file_name, update, zipped

_MIDNIGHT = datetime(2025, 6, 9, tzinfo=UTC)
_VERSION = 12
"""Quarters of an hour by which a new version comes later than the first."""


class GdeltFilesSample:
    """The list of files, and the newest of them."""

    kind = "gdelt_files"
    keys: dict[str, str] = {}
    tells_removal = False

    def config(self, base: str) -> SourceConfig:
        """The graph, unfiltered."""
        return GdeltFilesConfig(id="gdelt", type="gdelt_files", base_url=base)

    def answer(self, request: web.BaseRequest, body: bytes, facts: Sequence[Fact]) -> Answer | None:
        """The list, or its file; the quarters of an hour between brought none."""
        archive = zipped(map(_row, facts))
        slot = max((fact.number + (fact.version - 1) * _VERSION for fact in facts), default=0)
        name = file_name("gkg", f"{_MIDNIGHT + slot * timedelta(minutes=15):%Y%m%d%H%M%S}")
        if request.path == "/gdeltv2/lastupdate.txt":
            return Answer(update({name: archive}), "text/plain")
        return Answer(archive, "application/zip") if request.path == f"/gdeltv2/{name}" else None

    def strange(self, request: web.BaseRequest) -> Answer:
        """A list of other files; an archive of a table of five columns."""
        if request.path == "/gdeltv2/lastupdate.txt":
            return Answer(b"readme.html\nindex.html\n", "text/plain")
        return Answer(zipped([b"a\tb\tc\td\te"] * 3), "application/zip")


def _row(fact: Fact) -> bytes:
    seen_at = NOW - timedelta(days=8 // fact.number) + timedelta(minutes=fact.number)
    return article(
        f"https://news.example/{fact.number}",
        title=f"Separation plant {fact.number} halts, bulletin {fact.version}",
        stamp=f"{seen_at:%Y%m%d%H%M%S}",
    )


SAMPLE = GdeltFilesSample()
