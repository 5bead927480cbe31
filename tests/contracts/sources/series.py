"""A statistics office's CSV: a line a month, in thousands, with decimal points."""

from collections.abc import Sequence

from aiohttp import web

from alerter.sources.base import SourceConfig
from alerter.sources.series import SeriesConfig
from tests.contracts.sources.sample import Answer, Fact


class SeriesSample:
    """One CSV."""

    kind = "series"
    keys: dict[str, str] = {}
    tells_removal = False

    def config(self, base: str) -> SourceConfig:
        """The column of tonnes."""
        return SeriesConfig.model_validate(
            {
                "id": "exports",
                "type": "series",
                "url": f"{base}/exports.csv",
                "period_column": "month",
                "value_column": "tonnes",
                "unit": "t",
            }
        )

    def answer(self, request: web.BaseRequest, body: bytes, facts: Sequence[Fact]) -> Answer | None:
        """The whole file."""
        if request.path != "/exports.csv":
            return None
        lines = [f"2024-{fact.number:02},{1000 * fact.number + fact.version}\n" for fact in facts]
        return Answer(f"month,tonnes\n{''.join(lines)}".encode(), "text/csv")

    def strange(self, request: web.BaseRequest) -> Answer:
        """Columns of other names."""
        return Answer(b"date,shipments\n2024-05,7\n", "text/csv")


SAMPLE = SeriesSample()
