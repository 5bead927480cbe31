"""What can never match is told at its place, as a warning; in these texts `▸` stands where a doubt is."""

import re
from pathlib import Path

import pytest

from alerter.config import ConfigErrors, load, rule_kinds
from tests.config.samples import written

MARK = "▸"
EVENT = "rules: [{id: x, type: event, events: [shortage], "
CLAIM = "rules: [{id: x, type: claim, metric: [exports], "
FALL = f"{CLAIM}change_below: -20%, "
SERIES = "rules: [{id: x, type: series, series: [s], "
FEED = "sources: [{id: f, type: feed, url: 'https://a.example', labels: {outlet: x}}]"
DESK = "receivers: [{id: d}]\nroutes: [{receiver: d}]"
MATCH = "rules: [{id: x, type: match, any: [a], labels: {team: desk}}]\nreceivers: [{id: d}]\n"

COUNTRIES = [
    (
        f"{FALL}origin: [CN, ▸China]}}]",
        'unknown country "China"; did you mean "CN"?: texts are never read so',
    ),
    (f"{FALL}destination: [▸us]}}]", 'unknown country "us"; did you mean "US"?'),
    (f"{FALL}origin: [▸Zzyzx]}}]", 'unknown country "Zzyzx"; write its ISO code, as in CN'),
    (f"{FALL}origin: [EU, TW]}}]", ""),
    (f"{EVENT}targets: [▸United States]}}]", 'unknown country "United States"; did you mean "US"?'),
    (f"{EVENT}targets: [▸company]}}]", 'unknown country "company"'),
    (f"{EVENT}actors: [▸China]}}]", 'unknown actor "China"; did you mean "CN"?'),
    (f"{EVENT}actors: [▸XX]}}]", 'unknown actor "XX"'),
    (f"{EVENT}actors: [▸Court]}}]", 'unknown actor "Court"'),
    (f"{EVENT}actors: [▸Ministry of Magic]}}]", 'unknown actor "Ministry of Magic"'),
    (f"{EVENT}actors: [CN, EU, court, CIT, company, Lynas]}}]", ""),
    ("matters: [{id: m, about: [US, ▸Chna]}]", 'unknown country "Chna"'),
]
LABELS = [
    (f"{EVENT}per: [▸comodity]}}]", 'event rules have no label "comodity"; did you mean "commodity"?'),
    (f"{EVENT}per: [plant, source]}}]", ""),
    (
        f"{FALL}per: [commodity]}}, {{id: y, type: event, events: [shortage], per: [▸origin]}}]",
        'have no label "origin"; they have commodity, ',
    ),
    (
        f"{FEED}\n{EVENT}per: [▸outlets]}}]",
        'did you mean "outlet"?',
    ),
]
ROUTES = [
    (
        f"{MATCH}routes: [{{receiver: d, match: {{▸sverity: info}}}}, {{receiver: d}}]",
        'did you mean "severity"?',
    ),
    (f"{MATCH}routes: [{{receiver: d, match: {{▸plant: '!=x'}}}}, {{receiver: d}}]", "no alert bears it"),
    (f"{MATCH}routes: [{{receiver: d, match: {{plant: }}}}, {{receiver: d}}]", ""),
    (
        f"{MATCH}routes: [{{receiver: d, group_by: [rule, story, team, ▸comodity]}}]",
        'unknown label "comodity"',
    ),
    (
        f"{MATCH}routes: [{{receiver: d}}, ▸{{receiver: d, match: {{rule: x}}}}]",
        "never reached: the route at ",
    ),
    (f"{MATCH}routes: [{{receiver: d, continue: true}}, {{receiver: d, match: {{rule: x}}}}]", ""),
]
CHANGES = [
    (f"{CLAIM}change_below: ▸-0.2}}]", "change_below: -0.2 means -0.2 %; did you mean -20%?"),
    (f"{CLAIM}change_below: -0.2%}}]", ""),
    (f"{CLAIM}change_below: 0}}]", ""),
    (f"{CLAIM}change_below: ▸20%}}]", "is met by a rise of less than that too; did you mean -20%?"),
    (f"{CLAIM}change_above: ▸-5}}]", "is met by a fall of less than that too; did you mean 5%?"),
    (f"{CLAIM}level_below: 0.5}}]", ""),
    (f"{SERIES}below: ▸-0.2}}]", "below: -0.2 means -0.2 %"),
    (f"{SERIES}below: -20%, clear_above: ▸0.1}}]", "clear_above: 0.1 means 0.1 %; did you mean 10%?"),
    (f"{SERIES}below: -20%, clear_above: 5%}}]", ""),
]
RINGS = [
    ("lexicon: {commodities: [{id: a, parent: ▸a}]}", "a commodity descends from itself: a > a"),
    ("lexicon: {commodities: [{id: a, parent: ▸b}, {id: b, parent: a}]}", "descends from itself: a > b > a"),
    (
        "lexicon: {commodities: [{id: rare-earths, parent: ▸rare-earth-magnets}]}",
        "rare-earths > rare-earth-magnets > rare-earths",
    ),
]


def marked(text: str) -> list[tuple[int, int]]:
    """Line and column of every mark."""
    found = []
    for number, line in enumerate(text.split("\n"), start=1):
        found += [(number, mark.start() + 1 - before) for before, mark in enumerate(re.finditer(MARK, line))]
    return found


@pytest.mark.parametrize(("text", "essence"), [*COUNTRIES, *LABELS, *ROUTES, *CHANGES])
def test_what_can_never_match_is_told_at_its_place(tmp_path: Path, text: str, essence: str) -> None:
    """One doubt, one warning; what is right earns none."""
    whole = text if "routes:" in text else f"{text}\n{DESK}"
    found = [
        one
        for one in load(written(tmp_path, alerter=whole.replace(MARK, "")), {}).warnings
        if "must be pushed" not in one.message
    ]
    assert [(one.line, one.column) for one in found] == marked(whole)
    assert not found or essence in found[0].message


@pytest.mark.parametrize(("text", "essence"), RINGS)
def test_a_commodity_that_descends_from_itself_is_an_error(tmp_path: Path, text: str, essence: str) -> None:
    """A ring is told once, also where it closes through a commodity that ships."""
    with pytest.raises(ConfigErrors) as caught:
        load(written(tmp_path, alerter=text.replace(MARK, "")), {})
    assert [(one.line, one.column) for one in caught.value.problems] == marked(text)
    assert essence in str(caught.value)


@pytest.mark.parametrize("kind", rule_kinds().by_type.values(), ids=lambda kind: kind.__name__)
def test_a_kind_offers_what_it_tells_alerts_apart_by(kind: type) -> None:
    """The labels of its default `per` are among those that `per` may name."""
    assert set(kind.default_per) <= {*kind.offers, "story"}  # type: ignore[attr-defined]  # a RuleConfig
