"""The screening list with one party a fact on the Entity List, among rows of another list that stay."""

import csv
import io
from collections.abc import Sequence
from datetime import timedelta

from aiohttp import web

from alerter.sources.base import SourceConfig
from alerter.sources.screening_list import ScreeningListConfig
from tests.contracts.sources.sample import NOW, Answer, Fact
from tests.sources.screening import COLUMNS, ENTITY_LIST, listed

_PATH = "/downloadable_consolidated_screening_list/v1/consolidated.csv"


class ScreeningListSample:
    """CSV as the publisher writes it."""

    kind = "screening_list"
    keys: dict[str, str] = {}
    tells_removal = True

    def config(self, base: str) -> SourceConfig:
        """The Entity List alone."""
        return ScreeningListConfig(
            id="screening", type="screening_list", base_url=base, lists=("Entity List*",)
        )

    def answer(self, request: web.BaseRequest, body: bytes, facts: Sequence[Fact]) -> Answer | None:
        """One row a fact, and one of a list that nobody asked for."""
        other = {"source": "Unverified List (UVL) - Bureau of Industry and Security", "name": "Quarry Nine"}
        rows = [{"_id": "0", **other}, *map(_row, facts)]
        return Answer(listed(rows), "text/csv") if request.path == _PATH else None

    def strange(self, request: web.BaseRequest) -> Answer:
        """CSV with columns of other names."""
        text = io.StringIO()
        csv.writer(text).writerows([["party", "roster"], ["Quarry Nine", "watch"]])
        assert not {"party", "roster"} & set(COLUMNS)
        return Answer(text.getvalue().encode(), "text/csv")


def _row(fact: Fact) -> dict[str, str]:
    started_on = NOW - timedelta(days=8 // fact.number)
    return {
        "_id": f"{fact.number}-{fact.version}",
        "source": ENTITY_LIST,
        "name": f"Magnet Works {fact.number}",
        "addresses": f"{fact.version} Furnace Road, Baotou, CN",
        "start_date": f"{started_on:%Y-%m-%d}",
    }


SAMPLE = ScreeningListSample()
