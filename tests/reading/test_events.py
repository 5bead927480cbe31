"""Events: sentences of our own, with what each tells decided before the reader saw it."""

import pytest

from tests.reading.support_reading import read

FOUNDING = (
    "MOFCOM announces export licences for seven medium and heavy rare earths and magnets, "
    "effective immediately"
)

# (sentence, type, actor, commodity)
EVENTS = [
    (
        FOUNDING,
        "licence_required",
        "CN",
        "rare-earth-magnets",
    ),
    (
        FOUNDING,
        "export_control_imposed",
        "CN",
        "rare-earth-magnets",
    ),
    (
        "The Bureau of Industry and Security imposes a licence requirement for exports of gallium to China",
        "licence_required",
        "US",
        "gallium",
    ),
    ("China imposes export controls on antimony", "export_control_imposed", "CN", "antimony"),
    ("Beijing restricts exports of gallium and germanium", "export_control_imposed", "CN", "germanium"),
    ("China tightens controls on graphite exports", "export_control_imposed", "CN", "graphite"),
    (
        "Exporters of tungsten must obtain a licence, China's commerce ministry said",
        "licence_required",
        "CN",
        "tungsten",
    ),
    ("China will require permits for shipments of magnets", "licence_required", "CN", "rare-earth-magnets"),
    ("Beijing grants export licences to three magnet makers", "licence_granted", "CN", "rare-earth-magnets"),
    ("China approved some rare earth export applications", "licence_granted", "CN", "rare-earths"),
    (
        "China is slow-walking rare earth licences, carmakers complain",
        "licence_delayed_or_denied",
        "CN",
        "rare-earths",
    ),
    (
        "Just a handful of rare earth licence applications have been approved by China",
        "licence_delayed_or_denied",
        "CN",
        "rare-earths",
    ),
    ("China bans exports of gallium to the United States", "export_ban", "CN", "gallium"),
    ("Indonesia prohibits nickel ore exports from January", "export_ban", "ID", "nickel"),
    ("Congo extends its ban on cobalt exports", "export_ban", "CD", "cobalt"),
    ("Congo sets cobalt export quotas", "export_quota", "CD", "cobalt"),
    ("China suspends export controls on gallium until November", "export_control_suspended", "CN", "gallium"),
    (
        "Beijing pauses its rare earth export restrictions for a year",
        "export_control_suspended",
        "CN",
        "rare-earths",
    ),
    ("China eases curbs on antimony exports", "export_control_eased", "CN", "antimony"),
    ("Indonesia lifts its ban on bauxite exports", "export_control_eased", "ID", "bauxite"),
    ("US bans imports of Russian uranium", "import_ban", "US", "uranium"),
    ("Trump imposes tariffs on copper", "tariff_imposed", "US", "copper"),
    ("US raises tariffs on steel", "tariff_raised", "US", "steel"),
    ("US cuts tariffs on Chinese goods", "tariff_cut", "US", None),
    ("Trump pauses tariffs on Canada for 90 days", "tariff_paused", "US", None),
    ("The trade court strikes down the emergency tariffs", "tariff_struck_down", "CIT", None),
    (
        "A trade court ruled that the president exceeded his powers in imposing the tariffs",
        "court_ruling",
        "CIT",
        None,
    ),
    ("The appeals court paused the ruling against the tariffs", "court_stay_granted", "CAFC", None),
    ("Federal Circuit stays trade court's tariff decision", "court_stay_granted", "CAFC", None),
    ("Appeals court denies a stay of the tariff ruling", "court_stay_denied", "CAFC", None),
    ("The Supreme Court will hear arguments on the tariffs in November", "court_argument", "SCOTUS", None),
    ("US appeals the tariff ruling", "court_appeal_filed", "US", None),
    ("US and Chinese officials met in London to discuss rare earths", "talks_held", "US", "rare-earths"),
    ("Trade talks between the US and China began in London", "talks_held", "US", None),
    ("US and China reach a trade deal", "talks_deal", "US", None),
    ("US and China agreed on a framework for trade", "talks_deal", "US", None),
    ("Trade talks between India and the EU collapsed", "talks_collapsed", "IN", None),
    (
        "The EU opened an anti-dumping investigation into Chinese titanium dioxide",
        "investigation_opened",
        "EU",
        "titanium",
    ),
    (
        "Commerce Department launches Section 232 probe of imports of semiconductors by US firms",
        "investigation_opened",
        "US",
        "semiconductors",
    ),
    ("US adds 20 Chinese chipmakers to the Entity List", "sanctions_listed", "US", "semiconductors"),
    ("US lifts sanctions on Belarusian potash", "sanctions_lifted", "US", "fertiliser"),
    ("Carmakers face a shortage of rare earth magnets", "shortage", None, "rare-earth-magnets"),
    (
        "Ford halted production at a plant for lack of magnets",
        "production_halted",
        "Ford",
        "vehicles",
    ),
    ("The smelter stopped output of tin", "production_halted", None, "tin"),
    ("Toyota resumes car production at its plants", "production_resumed", None, "vehicles"),
    ("Rio Tinto declares force majeure on bauxite cargoes", "force_majeure", None, "bauxite"),
    ("Workers at the copper mine began a strike", "strike", None, "copper"),
    ("Earthquake halts chip plants in Taiwan", "disaster", "TW", "semiconductors"),
    ("Houthi attacks on Red Sea shipping divert container lines", "route_disruption", None, None),
    ("Panama Canal restricts transits amid drought", "route_disruption", "PA", None),
]


@pytest.mark.parametrize(("sentence", "type_", "actor", "commodity"), EVENTS)
def test_a_sentence_tells_its_event(
    sentence: str, type_: str, actor: str | None, commodity: str | None
) -> None:
    """Each wording gives the event with its actor and commodity, reported and not merely feared."""
    found = {event.type: event for event in read(sentence).events if event.commodity in (commodity, None)}
    assert type_ in found
    event = found[type_]
    assert event.status in ("announced", "effective")
    if type_ not in ("production_halted", "production_resumed", "force_majeure", "strike"):
        assert event.actor == actor
    assert event.commodity == commodity


# (sentence, what is short, whether vehicles are no longer made)
SHORT = [
    ("Magnet shortage reaches car plants", {"rare-earth-magnets"}, False),
    ("Shortages of magnets spread to carmakers", {"rare-earth-magnets"}, False),
    ("Carmakers are running low on magnets", {"rare-earth-magnets"}, False),
    ("Car plants in Europe face magnet and chip shortages", {"rare-earth-magnets", "semiconductors"}, False),
    ("Tin, samarium and gallium shortages trouble makers of cars", {"tin", "rare-earths", "gallium"}, False),
    ("Vehicle makers short of copper turn to recyclers", {"copper"}, False),
    ("Lack of parts at carmakers blamed on rare earth rules", {"rare-earths"}, False),
    ("Shortage of cars hits dealers", {"vehicles"}, False),
    ("Rare earth shortages halt car production", {"rare-earths"}, True),
    ("Car plants halt production for want of rare-earth magnets", {"rare-earth-magnets"}, True),
    ("Ford idles a car plant because of a shortage of magnets", {"rare-earth-magnets"}, True),
    ("Carmaker stops assembly lines due to lack of gallium", {"gallium"}, True),
    ("Chip famine shuts two vehicle plants", {"semiconductors"}, True),
    ("Suzuki suspends car output as supplies of magnets dry up", {"rare-earth-magnets"}, True),
    ("A car plant starved of germanium has stopped its lines", {"germanium"}, True),
]


@pytest.mark.parametrize(("sentence", "inputs", "is_halted"), SHORT)
def test_a_shortage_is_of_the_input(sentence: str, inputs: set[str], is_halted: bool) -> None:
    """What plants lack is short, however the sentence turns; what they then no longer make is halted."""
    events = read(sentence).events
    assert {event.commodity for event in events if event.type == "shortage"} == inputs
    halted = {event.commodity for event in events if event.type == "production_halted"}
    assert halted == ({"vehicles"} if is_halted else set())


# (sentence, a type that it must not report)
UNCERTAIN = [
    ("China denied that it imposed export controls on antimony", "export_control_imposed"),
    ("China has not banned exports of gallium", "export_ban"),
    ("China could ban exports of gallium", "export_ban"),
    ("If China imposes export controls on tungsten, prices would soar", "export_control_imposed"),
    ("China would require licences for magnets under the draft", "licence_required"),
    ("Beijing threatens to restrict exports of rare earths", "export_control_imposed"),
    ("Carmakers fear a shortage of magnets", "shortage"),
    ("Beijing is considering a ban on exports of magnets", "export_ban"),
    ("The US has no plans to raise tariffs on steel", "tariff_raised"),
    ("Analysts warn that plants may halt production for want of magnets", "production_halted"),
    ("There is no shortage of copper, the miner said", "shortage"),
    ("Germany urged China to ease curbs on magnet exports", "export_control_eased"),
]


@pytest.mark.parametrize(("sentence", "type_"), UNCERTAIN)
def test_what_has_not_happened_is_not_announced(sentence: str, type_: str) -> None:
    """Denials, fears, threats and conditions are marked as such or read as nothing."""
    certain = {event.type for event in read(sentence).events if event.status in ("announced", "effective")}
    assert type_ not in certain


NOISE = [
    "Fridge magnets bring colour to small kitchens",
    "The museum is a tourist magnet, exporters of joy say",
    "A rare earth-coloured paint for the living room",
    "Striker bans himself from social media before the cup match",
    "Football club to stay in the league after appeal hearing",
    "FIFA suspends player for doping; appeal denied",
    "In 2010 China halted rare earth exports to Japan",
    "Ten years ago today China imposed quotas on rare earth exports",
    "A year after China imposed export controls on gallium, what changed?",
    "Court rules in favour of tenant over flat deposit",
    "Judge dismisses lawsuit over a neighbour's hedge",
    "Opinion: why export bans on rare earths would backfire",
    "Talks about talks: how couples keep up their conversations",
    "The hotel offers a long stay rate, and a court of palms",
    "She put up a strike price on her memoirs",
    "Bargaining chips: how to negotiate a raise",
    "Turkey sandwich sales rise at airports",
    "How to get rid of tin cans in your shed",
    "The shares lead to a rally in Jordan Peterson's book sales",
    "Volunteers form a human chain to move a library",
    "Local bakery faces a shortage of compliments",
    "A stay at the lake: families met in London for a wedding",
]


@pytest.mark.parametrize("title", NOISE)
def test_tempting_noise_is_no_event(title: str) -> None:
    """Words of trade in other senses, history and opinion tell no event."""
    assert read(title).events == ()


NAMES = [
    ("Fridge magnets are back", (), ()),
    ("Exports of magnets from China", ("rare-earth-magnets",), ("CN",)),
    ("A rare earth-coloured paint", (), ()),
    ("Tin mining in Myanmar stopped", ("tin",), ("MM",)),
    ("They lead the market in Turkey for copper", ("copper",), ("TR",)),
    ("A turkey farm cut output", (), ()),
    ("Zinc and lead smelters in Peru", ("other",), ("PE",)),
    ("London talks on copper tariffs", ("copper",), ()),
    ("London said it would copy the tariff on steel", ("steel",), ("GB",)),
    ("Washington and Beijing quarrel over chips and export rules", ("semiconductors",), ("US", "CN")),
    ("Tell us more about lithium", ("lithium",), ()),
    ("US lithium", ("lithium",), ("US",)),
    ("A plant in Atlanta, Georgia, makes batteries", ("batteries",), ()),
    ("Georgia and Armenia ship copper", ("copper",), ("GE", "AM")),
    ("Norwegian silicon, Swedish steel", ("silicon", "steel"), ("NO", "SE")),
    ("samarium-cobalt magnets", ("rare-earth-magnets",), ()),
    ("Lithium-ion batteries", ("batteries",), ()),
    ("South Korean and North Korean grain", ("grain",), ("KR", "KP")),
    ("A paint maker has named Rare Earth, a warm brown, its colour of the year; exports rose", (), ()),
    ("Rare Earth, the band, plays on", (), ()),
    ("Sales of the lipstick Cobalt Blue went up", (), ()),
    ("A cocktail called Liquid Gallium, please", (), ()),
    ("Gallium is named in the list of minerals", ("gallium",), ()),
    ("Lithium battery album sales", ("batteries",), ()),
    ("Paint makers run out of Titanium Dioxide", ("titanium",), ()),
    ("A miner called Lithium Americas digs. Lithium prices rose", ("lithium",), ()),
    ("RARE EARTH EXPORTS HIT A LOW, SAY MAKERS OF PERFUME", ("rare-earths",), ()),
    ("The paint needs titanium dioxide", ("titanium",), ()),
    ("A mineral known as gallium", ("gallium",), ()),
    ("MAP exports rose and urea fell", ("fertiliser",), ()),
    ("Draw a map of the mines", (), ()),
    ("Lead prices rose on weak supply", ("other",), ()),
    ("Exporters lead the way in trade", (), ()),
    ("Exports, and lead times, grew", (), ()),
    ("Copper exports earned US$ 300 million", ("copper",), ()),
    ("Copper exports show us the way", ("copper",), ()),
    ("中国对稀土实施出口管制", ("rare-earths",), ("CN",)),
]


@pytest.mark.parametrize(("text", "commodities", "countries"), NAMES)
def test_names_count_where_they_are_meant(
    text: str, commodities: tuple[str, ...], countries: tuple[str, ...]
) -> None:
    """Commodities and countries are read in their own sense only."""
    reading = read(text)
    assert (reading.commodities, reading.countries) == (commodities, countries)


def test_an_effective_measure_is_told_from_an_announced_one() -> None:
    """`Effective immediately` holds now; a mere announcement does not."""
    now = read("China imposes export controls on antimony, effective immediately").events[0]
    later = read("China to restrict exports of antimony from September").events[0]
    assert (now.status, later.status) == ("effective", "announced")


def test_an_event_is_found_where_it_stands() -> None:
    """The span holds the words that tell of the event."""
    title = "Briefing"
    text = "Prices were calm. China bans exports of gallium to the US."
    (event,) = read(title, text).events
    start, end = event.span
    assert f"{title}\n{text}"[start:end] == "bans exports"


def test_a_ban_names_whom_it_hits() -> None:
    """The target of a ban is the country after `to`."""
    (event,) = read("China bans exports of gallium to the United States").events
    assert (event.actor, event.target) == ("CN", "US")


def test_a_texts_last_word_tells_nothing_of_its_first() -> None:
    """What opens a text has no word before it: one that ends `with` makes no object of its first name."""
    (event,) = read("China bans exports of gallium as Japan protests", "There is more to deal with").events
    assert (event.actor, event.target) == ("CN", None)
