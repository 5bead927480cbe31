"""Background and news: sentences of our own, with whether they report or recall decided beforehand."""

from datetime import date

import pytest

from alerter.reading.periods.dates import last_day
from tests.reading.support_reading import PUBLISHED, read

# (sentence, published)
BACKGROUND = [
    ("China put the magnets under export licence in April.", PUBLISHED),
    ("Since April exporters of rare-earth magnets have needed a licence from Beijing.", PUBLISHED),
    ("Shipments have slowed since China imposed export controls on terbium on 4 April.", "2025-05-20"),
    ("Carmakers run down their magnets after China's April curbs on rare earth exports.", PUBLISHED),
    ("Carmakers complain of controls on magnets introduced two months ago.", PUBLISHED),
    ("In April, Beijing restricted exports of gallium.", PUBLISHED),
    ("On 4 April China imposed export controls on samarium, which it still keeps.", PUBLISHED),
    ("Washington raised tariffs on steel last month, and mills are now full.", PUBLISHED),
    ("China, which banned exports of gallium to the US in December 2024, sells none there.", PUBLISHED),
    ("Prices have climbed since Congo banned cobalt exports.", PUBLISHED),
    ("Beijing introduced export controls on antimony in August 2024.", PUBLISHED),
    ("Prices follow the curbs on exports of graphite that China imposed in 2023.", PUBLISHED),
    ("Indonesia banned exports of nickel ore in 2020.", PUBLISHED),
    ("Earlier this year the US imposed tariffs on copper.", PUBLISHED),
    ("China expanded its export controls on tungsten 4 months ago.", PUBLISHED),
    ("An earthquake halted chip plants in Taiwan last year.", PUBLISHED),
    ("The trade court struck down the emergency tariffs last month.", PUBLISHED),
    ("The US and China reached a trade deal in Geneva in mid-May.", PUBLISHED),
    ("In early April China required licences for exports of terbium.", PUBLISHED),
    ("Beijing required licences for exports of magnets on April 4, 2025.", "2025-07-20"),
    ("Exports of gallium were banned in 2024 by China.", PUBLISHED),
    ("Several months ago Beijing restricted exports of bismuth.", PUBLISHED),
    ("The US opened an investigation into imports of copper in the first quarter.", PUBLISHED),
    ("Last autumn China banned exports of antimony to the US.", "2025-01-20"),
    ("China in April restricted exports of lithium, zinc and nickel.", PUBLISHED),
    ("China restricted exports of lithium, zinc and nickel in April.", PUBLISHED),
    ("Beijing's decision in April to require export licences for magnets still hurts.", PUBLISHED),
    ("Under rules that took effect in April, exporters must obtain a licence for magnets.", PUBLISHED),
    ("China's ban on exports of gallium, in force since December, is still felt.", PUBLISHED),
    ("Weeks after China curbed exports of magnets, buyers still wait.", PUBLISHED),
    ("Since China imposed export controls on terbium, buyers wait.", PUBLISHED),
    ("It is two months since Beijing placed terbium under export control.", PUBLISHED),
    ("The US and China agreed last month to lift tariffs.", PUBLISHED),
]


@pytest.mark.parametrize(("sentence", "published"), BACKGROUND)
def test_what_was_done_well_before_is_no_event(sentence: str, published: str) -> None:
    """A measure that its own clause dates to long before publication is recalled, not reported."""
    assert read("Briefing", sentence, published=published).events == ()


# (sentence, published, type)
NEWS = [
    ("China banned exports of gallium on 5 June.", PUBLISHED, "export_ban"),
    (
        "Beijing said on April 4 that exports of terbium will need a licence.",
        "2025-04-04",
        "licence_required",
    ),
    (
        "China, which restricted exports of gallium in 2023, today banned antimony exports.",
        PUBLISHED,
        "export_ban",
    ),
    (
        "China restricted exports of gallium in 2023; it now restricts exports of tin.",
        PUBLISHED,
        "export_control_imposed",
    ),
    ("After a fall of 34% in April, China bans exports of magnets.", PUBLISHED, "export_ban"),
    ("China has since Monday halted exports of urea.", PUBLISHED, "export_ban"),
    ("Since Friday China has halted exports of urea.", PUBLISHED, "export_ban"),
    ("China has since June halted exports of urea.", PUBLISHED, "export_ban"),
    ("China has since 3 June halted exports of urea.", PUBLISHED, "export_ban"),
    ("A day after the call China halted exports of urea.", PUBLISHED, "export_ban"),
    ("China has halted exports of urea since Monday.", PUBLISHED, "export_ban"),
    ("China has halted exports of urea since October 15, a trade body said.", "2025-10-21", "export_ban"),
    ("Car plants have faced a shortage of magnets since April.", PUBLISHED, "shortage"),
    ("Car plants have faced a shortage of magnets since late 2024.", PUBLISHED, "shortage"),
    ("Ford halted production at a plant in May for lack of magnets.", PUBLISHED, "production_halted"),
    ("Beijing eases curbs on magnet exports imposed in April.", PUBLISHED, "export_control_eased"),
    ("China lifts its 2023 ban on exports of gallium to the US.", PUBLISHED, "export_control_eased"),
    ("China will restrict exports of antimony from September.", PUBLISHED, "export_control_imposed"),
    (
        "Exports fell in April and Beijing now restricts exports of tungsten.",
        PUBLISHED,
        "export_control_imposed",
    ),
    (
        "China tightens controls on graphite exports as shipments rose in April.",
        PUBLISHED,
        "export_control_imposed",
    ),
    ("US raises the tariff on steel that it introduced in March.", PUBLISHED, "tariff_raised"),
    ("Congo extends its ban on cobalt exports, imposed in February.", PUBLISHED, "export_ban"),
    ("China expands export controls introduced two months ago.", PUBLISHED, "export_control_imposed"),
    ("The Supreme Court will hear arguments on the tariffs in March.", PUBLISHED, "court_argument"),
    ("China to restrict exports of tin in March.", PUBLISHED, "export_control_imposed"),
    ("China tightens export controls on tin that took effect in March.", PUBLISHED, "export_control_imposed"),
    ("Weeks after China curbed magnets, Ford has halted production.", PUBLISHED, "production_halted"),
    (
        "China imposed export controls on tin, weeks after those on tungsten.",
        PUBLISHED,
        "export_control_imposed",
    ),
    ("A week ago China banned exports of gallium.", PUBLISHED, "export_ban"),
    ("China bans exports of gallium, a year earlier than planned.", PUBLISHED, "export_ban"),
    ("China banned exports of gallium in April.", "0001-06-01", "export_ban"),
]


@pytest.mark.parametrize(("sentence", "published", "type_"), NEWS)
def test_what_is_recent_or_lasts_stays_news(sentence: str, published: str, type_: str) -> None:
    """Another clause's date, a recent day and the start of what still lasts take nothing away."""
    assert type_ in {event.type for event in read("Briefing", sentence, published=published).events}


def test_a_recalled_measure_slows_no_licences() -> None:
    """What slowed and what was imposed stand in two clauses: no event is worded across them."""
    text = "Deliveries have slowed since China imposed export controls on terbium on 4 April."
    for published in ("2025-04-10", "2025-05-20"):
        types = {event.type for event in read("Briefing", text, published=published).events}
        assert "licence_delayed_or_denied" not in types


@pytest.mark.parametrize(
    ("period", "last"),
    [
        ("2024-02", date(2024, 2, 29)),
        ("2025-Q2", date(2025, 6, 30)),
        ("2023", date(2023, 12, 31)),
        ("2025-01..2025-05", date(2025, 5, 31)),
    ],
)
def test_a_period_ends_on_its_last_day(period: str, last: date) -> None:
    """Months, quarters, years and ranges each have a last day."""
    assert last_day(period) == last
