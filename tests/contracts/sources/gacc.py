"""China's customs: an index with a link for each month, and a page for each, by country."""

from collections.abc import Sequence

from aiohttp import web

from alerter.sources.base import SourceConfig
from alerter.sources.formats.gacc_tables import MONTHS
from alerter.sources.gacc import GaccConfig
from tests.contracts.sources.sample import Answer, Fact
from tests.sources.gacc_pages import by_country, index

_INDEX = "/statics/report/preliminary.html"


class GaccSample:
    """Table (4) of the preliminary release; fact 1 is March 2024."""

    kind = "gacc"
    keys: dict[str, str] = {}
    tells_removal = False

    def config(self, base: str) -> SourceConfig:
        """Exports to one country."""
        return GaccConfig(
            id="to-us",
            type="gacc",
            table=4,
            currency="CNY",
            rows={"to-us": ("United States (US)",)},
            base_url=base,
        )

    def answer(self, request: web.BaseRequest, body: bytes, facts: Sequence[Fact]) -> Answer | None:
        """The list, or one month's page."""
        if request.path == _INDEX:
            links = {MONTHS[fact.number + 1]: f"../../Statics/{fact.number}.html" for fact in facts}
            return _page(index({"(4) Values by Country/Region (in CNY)": links}))
        for fact in facts:
            if request.path == f"/Statics/{fact.number}.html":
                rows = {"United States (US)": (100 * fact.number + fact.version, 50)}
                return _page(by_country(f"{MONTHS[fact.number + 1].title()} 2024", fact.number + 2, rows))
        return None

    def strange(self, request: web.BaseRequest) -> Answer:
        """Tables of another kind."""
        return _page(index({"(9) Goods Inspection": {}}))


def _page(text: str) -> Answer:
    return Answer(text.encode(), "text/html")


SAMPLE = GaccSample()
