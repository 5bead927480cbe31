"""Customs series as they came out month by month, in tonnes: made-up history, then the months of the story.

May 2025 stands 74 % below May 2024 and 52.9 % below April, at 1,238 t of magnets; rare earths of all kinds
rise 23 % on the month at the same time. Earlier figures only need to look like an ordinary series.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime

from demo.publications import Pushed

MAGNETS, RARE_EARTHS, TO_THE_US = "cn-magnets-world", "cn-rare-earths-world", "cn-goods-us"
_NAMES = {
    MAGNETS: ("Permanent magnets, China to the world", "t"),
    RARE_EARTHS: ("Rare earths of all kinds, China to the world", "t"),
    TO_THE_US: ("All goods, China to the United States", "million USD"),
}
_MAGNETS: Mapping[int, tuple[int, ...]] = {
    2022: (3980, 3390, 4340, 4190, 4260, 4420, 4570, 4480, 4390, 4060, 4250, 4370),
    2023: (3905, 3710, 4560, 4410, 4385, 4470, 4690, 4720, 4510, 4240, 4480, 4620),
    2024: (4310, 3680, 4870, 4778, 4762, 4690, 5080, 4990, 4860, 4610, 4740, 4930),
    2025: (4420, 3960, 5270, 2628, 1238),
}
_RARE_EARTHS: Mapping[int, tuple[int, ...]] = {
    2023: (3940, 3770, 4560, 4170, 5720, 5010, 5430, 4780, 4120, 3490, 4650, 3380),
    2024: (4100, 3480, 4710, 4570, 6220, 5560, 6240, 4720, 4480, 3890, 4420, 3330),
    2025: (4020, 3420, 5670, 4785, 5865),
}
_TO_THE_US: Mapping[int, tuple[int, ...]] = {2024: (0, 0, 0, 0, 44_000), 2025: (0, 0, 0, 0, 28_820)}
_POINTS = {MAGNETS: _MAGNETS, RARE_EARTHS: _RARE_EARTHS, TO_THE_US: _TO_THE_US}


def history(at: datetime) -> Iterator[Pushed]:
    """What both series of tonnes say up to February 2025, pushed when the service is set up."""
    for series in (MAGNETS, RARE_EARTHS):
        for year, values in sorted(_POINTS[series].items()):
            for month in range(1, 3 if year == 2025 else len(values) + 1):
                yield point(series, year, month, at)


def point(series: str, year: int, month: int, at: datetime) -> Pushed:
    """The month's figure as the importer of customs tables pushes it."""
    name, unit = _NAMES[series]
    value, period = _POINTS[series][year][month - 1], f"{year}-{month:02d}"
    signal = {
        "id": f"{series}/{period}",
        "source": "customs",
        "kind": "observation",
        "title": f"{name}, {period}: {value:,} {unit}",
        "url": f"https://customs.example/tables/{series}/{period}",
        "published_at": at.isoformat(),
        "observation": {"series": series, "period": period, "value": float(value), "unit": unit},
    }
    return Pushed(at, "customs", signal)
