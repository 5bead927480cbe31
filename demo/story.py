"""The founding weeks, 4 April to 20 June 2025: what came out when, and what people must hear of it.

A step is one stop of the clock. Only what stands under its tellings may be told; all else must stay silent.
"""

from collections.abc import Sequence

from demo.customs import MAGNETS, RARE_EARTHS, TO_THE_US, history, point
from demo.publications import Publication, Step, Telling, when
from demo.texts import article, copies_of, entry, notice, reprint, tracked

DESK, COMPLIANCE = "trade-desk", "trade-compliance"
BOTH = (DESK, COMPLIANCE)
START = when("2025-04-01", "08:00")


def story() -> tuple[Step, ...]:
    """Every step, in order."""
    return (*_spring(), *_may(), *_june())


def _spring() -> tuple[Step, ...]:
    licensing = article("licensing")
    return (
        Step(
            START,
            "The service is set up; feeds list old news, and the customs history is pushed",
            (*history(START), article("tungsten"), article("stocks")),
        ),
        Step(
            when("2025-04-04", "10:10"),
            "Beijing's announcement No. 18 puts seven rare earths and magnets under licence",
            (licensing, reprint(licensing, "trade"), tracked(licensing, "gazette", "utm_source=rss")),
            (Telling("licensing-change", "fired", BOTH, ("rare-earth-magnets", "seven rare earths")),),
        ),
        Step(
            when("2025-04-08", "09:00"),
            "Fridge magnets, and a paint named Rare Earth",
            (article("fridge-magnets"), article("paint")),
        ),
        Step(
            when("2025-04-20", "07:10"),
            "Customs detail for March: nothing unusual",
            _both_series(3, "2025-04-20"),
        ),
        Step(
            when("2025-04-23", "12:50"),
            "A notice on imports of critical minerals is on public inspection in Washington",
            (notice("inspection"),),
            (Telling("mineral-notices", "fired", (COMPLIANCE,), ("Critical Minerals",)),),
        ),
        Step(when("2025-04-25", "10:05"), "The same notice is printed", (notice("issue"),)),
    )


def _may() -> tuple[Step, ...]:
    shortage = article("shortage")
    return (
        Step(
            when("2025-05-12", "17:30"),
            "A striker's stay, and a transfer ban",
            (article("strikers-stay"), article("transfer-ban")),
        ),
        Step(
            when("2025-05-20", "07:10"),
            "Customs detail for April: magnets fall by 45 %",
            _both_series(4, "2025-05-20"),
            (Telling("export-decline", "fired", (DESK,), ("2,628 t", "−45 %", "−20 %")),),
        ),
        Step(
            when("2025-05-22", "06:50"),
            "Car plants run short of magnets",
            (shortage, reprint(shortage, "gazette")),
            (Telling("supply-stops", "fired", (DESK,), ("Magnet shortage",)),),
        ),
        Step(
            when("2025-05-28", "23:25"),
            "The trade court strikes the emergency tariffs",
            (entry("opinion"), entry("judgment"), entry("motion"), article("ruling")),
            (Telling("tariff-ruling", "fired", BOTH, ("vacated",)),),
        ),
        Step(
            when("2025-05-29", "19:50"),
            "The appeals court stays the judgment for the time being",
            (entry("administrative-stay"),),
            (Telling("tariff-ruling", "updated", BOTH, ("stay granted",)),),
        ),
    )


def _june() -> tuple[Step, ...]:
    stops = article("stops")
    return (
        Step(
            when("2025-06-04", "09:20"),
            "Car plants stop production lines",
            (stops, tracked(stops, "trade", "utm_campaign=morning")),
            (Telling("supply-stops", "fired", (DESK,), ("Car plants stop",)),),
        ),
        Step(
            when("2025-06-07", "08:00"),
            "An explainer, and a court on beach parking",
            (article("explainer"), article("parking")),
        ),
        *_ninth_of_june(),
        Step(
            when("2025-06-10", "21:40"),
            "The full appeals court stays the judgment until it has decided",
            (entry("full-stay"),),
            (Telling("tariff-ruling", "updated", BOTH, ("stay granted",)),),
        ),
        Step(
            when("2025-06-20", "07:10"),
            "Customs detail for May: magnets fall by 74 %",
            (point(MAGNETS, 2025, 5, when("2025-06-20", "07:05")),),
            (Telling("export-decline", "updated", (DESK,), ("1,238 t", "−74 %", "−20 %")),),
        ),
    )


def _ninth_of_june() -> tuple[Step, ...]:
    fall, london = article("fall"), article("london")
    early = when("2025-06-09", "03:10")
    totals = (point(TO_THE_US, 2024, 5, early), point(TO_THE_US, 2025, 5, early))
    return (
        Step(
            when("2025-06-09", "04:10"),
            "Customs headlines for May: all goods to the US −34.5 %, rare earths +23 % on the month",
            (*totals, point(RARE_EARTHS, 2025, 5, early), article("all-goods"), article("rise")),
        ),
        Step(
            when("2025-06-09", "06:35"),
            "An article takes the −34 % for rare earths",
            (fall,),
            (Telling("reported-export-fall", "fired", (DESK,), ("−34 %", "−20 %")),),
        ),
        Step(when("2025-06-09", "11:10"), "Fifty copies of that article", tuple(copies_of(fall))),
        Step(
            when("2025-06-09", "12:10"),
            "Talks in London",
            (london, reprint(london, "gazette")),
            (Telling("trade-talks", "fired", (DESK,), ("London",)),),
        ),
    )


def _both_series(month: int, day: str) -> Sequence[Publication]:
    at = when(day, "07:05")
    return tuple(point(series, 2025, month, at) for series in (MAGNETS, RARE_EARTHS))
