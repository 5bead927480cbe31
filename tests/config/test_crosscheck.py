"""What is doubtful but usable is a warning; rules from elsewhere are checked in the same words."""

from pathlib import Path

import pytest

from alerter.config import (
    ConfigErrors,
    Configuration,
    EntryInvalid,
    environment_warnings,
    load,
    parse_rule,
    unknown_names,
)
from alerter.config.entries import Fault
from alerter.settings import Settings
from alerter.sources.feed import FeedConfig
from tests.config.samples import written

RULES = """
rules:
  - {id: a, type: match, any: [magnet], severity: critical, labels: {team: desk}, per: [story, commodity]}
  - {id: b, type: match, any: [magnet], severity: info}
receivers: [{id: desk, console: {}}]
"""


def loaded(folder: Path, text: str) -> Configuration:
    """What one file in an empty folder means."""
    return load(written(folder, alerter=text), {})


def warnings(folder: Path, text: str) -> list[tuple[int, int, str]]:
    """Line, column and message of each warning."""
    return [(one.line, one.column, one.message) for one in loaded(folder, text).warnings]


@pytest.mark.parametrize(
    ("routes", "lost"),
    [
        ("[]", "a, b"),
        ("[{receiver: desk}]", ""),
        ("[{receiver: desk, match: {severity: critical}}]", "b"),
        ("[{receiver: desk, match: {severity: [critical, info]}}]", ""),
        ("[{receiver: desk, match: {rule: =~a|b}}]", ""),
        ("[{receiver: desk, match: {team: desk}}, {receiver: desk, match: {rule: b}}]", ""),
        ("[{receiver: desk, match: {story: x}}]", "a, b"),
        ("[{receiver: desk, match: {commodity: '!=gold'}}]", "a, b"),
    ],
)
def test_rules_whose_alerts_may_reach_no_route_are_named(tmp_path: Path, routes: str, lost: str) -> None:
    """A route is sure to take a rule's alerts only by labels that all of them bear."""
    found = [message for _, _, message in warnings(tmp_path, f"{RULES}routes: {routes}")]
    assert found == ([f"no route takes every alert of {lost}; add one without match:"] if lost else [])


@pytest.mark.parametrize(
    ("match", "message"),
    [
        ("{rule: [a, c]}", 'unknown rule "c"; known: a, b: no alert bears it'),
        ("{rule: '!=aa'}", 'unknown rule "aa"; did you mean "a"?: no alert bears it'),
        ("{severity: critcal}", 'unknown severity "critcal"; did you mean "critical"?: no alert bears it'),
        ("{rule: =~c.*}", None),
        ("{rule: a, severity: [info, critical], commodity: anything}", None),
        ("{rule: }", None),
    ],
)
def test_a_matcher_on_what_no_alert_bears_is_doubtful(
    tmp_path: Path, match: str, message: str | None
) -> None:
    """A mistyped rule or severity would let alerts slip by without a word."""
    routes = f"[{{receiver: desk, match: {match}}}, {{receiver: desk}}]"
    assert [text for _, _, text in warnings(tmp_path, f"{RULES}routes: {routes}")] == (
        [message] if message else []
    )


def test_many_lost_rules_are_counted(tmp_path: Path) -> None:
    """One warning, however many rules, at the first of them."""
    rules = "\n".join(f"  - {{id: r{n}, type: match, any: [x]}}" for n in range(8))
    assert warnings(tmp_path, f"rules:\n{rules}\n") == [
        (2, 5, "no route takes every alert of r0, r1, r2, r3, r4 and 3 more; add one without match:")
    ]


def test_a_series_that_no_source_declares_must_be_pushed(tmp_path: Path) -> None:
    """It may come over HTTP, so it is no error."""
    text = """
rules: [{id: fall, type: series, series: [magnets], change: yoy, below: -20%}]
receivers: [{id: desk}]
routes: [{receiver: desk}]
"""
    assert warnings(tmp_path, text) == [(2, 43, 'no source declares the series "magnets"; it must be pushed')]


def test_a_series_that_a_source_declares_is_no_warning(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every kind of source may say which series it brings."""
    monkeypatch.setattr(FeedConfig, "declared_series", lambda own: (f"{own.id}-index",))
    text = """
sources: [{id: baltic, type: feed, url: "https://a.example"}]
rules: [{id: fall, type: series, series: [baltic-index], change: yoy, below: -20%}]
receivers: [{id: desk}]
routes: [{receiver: desk}]
"""
    assert warnings(tmp_path, text) == []


def test_a_series_that_is_nearly_declared_is_asked_about(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A letter that is wrong is no reason to push anything."""
    monkeypatch.setattr(FeedConfig, "declared_series", lambda own: (f"{own.id}-index",))
    text = """
sources: [{id: baltic, type: feed, url: "https://a.example"}]
rules: [{id: fall, type: series, series: [baltic-indx], change: yoy, below: -20%}]
receivers: [{id: desk}]
routes: [{receiver: desk}]
"""
    ((_, _, message),) = warnings(tmp_path, text)
    assert 'series "baltic-indx"; did you mean "baltic-index"? Otherwise it must be pushed' in message


def test_a_commodity_that_the_lexicon_lacks_is_doubtful(tmp_path: Path) -> None:
    """In rules, matters and as a parent; the configuration's own commodities count as known."""
    text = """
rules: [{id: m, type: match, any: [x], commodities: [rare-erths, scandium-foil]}]
matters: [{id: t, commodities: [rare-earths, zzzz]}]
lexicon: {commodities: [{id: scandium-foil, names: [scandium foil], parent: rare-earth}]}
receivers: [{id: desk}]
routes: [{receiver: desk}]
"""
    assert warnings(tmp_path, text) == [
        (2, 54, 'unknown commodity "rare-erths"; did you mean "rare-earths"?: texts are never read so'),
        (3, 46, 'unknown commodity "zzzz": texts are never read so'),
        (4, 77, 'unknown commodity "rare-earth"; did you mean "rare-earths"?: texts are never read so'),
    ]


def test_a_receiver_that_the_environment_cannot_serve_is_told(tmp_path: Path) -> None:
    """Only where none of its notifiers can work; an empty receiver reaches nobody either."""
    configuration = loaded(
        tmp_path,
        "receivers:\n  - {id: chat, slack: {}}\n  - {id: any, slack: {}, console: {}}\n  - {id: none}\n",
    )
    found = environment_warnings(configuration, Settings())
    assert [(one.line, one.column) for one in found] == [(2, 5), (4, 5)]
    assert found[0].message.startswith('receiver "chat" can reach nobody (slack: ')
    assert found[1].message == 'receiver "none" can reach nobody (it is empty)'
    full = Settings.model_validate({"slack": {"bot_token": "xoxb-1", "channel": "C1"}})
    assert [one.line for one in environment_warnings(configuration, full)] == [4]


def test_sources_that_stand_still_for_want_of_a_key_are_told(tmp_path: Path) -> None:
    """Once for all that lack the same, by the setting's name; a long list is cut."""
    listed = [f"  - {{id: c{n}, type: census, flow: import, hs: ['8505']}}" for n in range(7)]
    configuration = loaded(tmp_path, "\n".join(("sources:", *listed, "")))
    (found,) = environment_warnings(configuration, Settings())
    assert (found.line, found.message) == (
        2,
        'sources "c0", "c1", "c2", "c3", "c4" and 2 more stand still: ALERTER_KEYS__CENSUS is not set',
    )
    assert environment_warnings(configuration, Settings.model_validate({"keys": {"census": "x"}})) == ()
    (alone,) = environment_warnings(loaded(tmp_path, f"sources:\n{listed[0]}\n"), Settings())
    assert alone.message == 'source "c0" stands still: ALERTER_KEYS__CENSUS is not set'


def test_a_rule_over_http_has_the_shape_of_one_in_a_file() -> None:
    """Numbers and lists come typed; texts are read as in YAML."""
    rule = parse_rule({"id": "x", "type": "claim", "metric": ["exports"], "change_below": -20})
    assert rule == parse_rule({"id": "x", "type": "claim", "metric": ["exports"], "change_below": "-20%"})


@pytest.mark.parametrize(
    ("document", "path", "message"),
    [
        ([], (), "a rule should be a mapping"),
        ({"id": "x"}, ("type",), 'missing key "type"'),
        ({"id": "x", "type": "clam"}, ("type",), 'unknown rule type "clam"; did you mean "claim"?'),
        ({"id": 7, "type": "match", "any": ["a"]}, ("id",), "id: should be text"),
        ({"id": "x", "type": "match", "any": ["a", 7]}, ("any", 1), "any: should be text"),
    ],
)
def test_faults_of_a_rule_over_http_have_paths(document: object, path: object, message: str) -> None:
    """Where a file has lines, a document has paths."""
    with pytest.raises(EntryInvalid) as caught:
        parse_rule(document)
    assert [(fault.path, fault.message) for fault in caught.value.faults] == [(path, message)]
    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("fault", "text"),
    [
        (Fault((), "a rule should be a mapping"), "a rule should be a mapping"),
        (Fault(("for",), "for: not a duration: '10x'"), "for: not a duration: '10x'"),
        (Fault(("any", 1), "any: should be text"), "any.1: should be text"),
        (Fault(("type",), 'missing key "type"'), 'type: missing key "type"'),
    ],
)
def test_a_fault_names_its_place_once(fault: Fault, text: str) -> None:
    """The key that stands in the path is not said again."""
    assert str(fault) == text


def test_a_rule_over_http_may_name_only_what_there_is(tmp_path: Path) -> None:
    """Matters and sources are looked up in the configuration at hand."""
    configuration = loaded(tmp_path, "matters: [{id: tariffs}]")
    docket = parse_rule({"id": "x", "type": "docket", "matters": ["tariffs", "tarifs"]})
    assert unknown_names(docket, configuration) == ['unknown matter "tarifs"; did you mean "tariffs"?']


def test_a_source_that_names_an_unknown_matter_is_an_error(tmp_path: Path) -> None:
    """It would propose cases for nothing; the name is pointed at."""
    text = """
matters: [{id: tariffs, dockets: [[cit, 25-00066]]}]
sources:
  - id: cases
    type: courtlistener
    discover:
      - {matter: tariffs, search: emergency}
      - {matter: tarifs, search: emergency}
"""
    with pytest.raises(ConfigErrors) as refused:
        loaded(tmp_path, text)
    assert str(refused.value).endswith('alerter.yaml:8:9: unknown matter "tarifs"; did you mean "tariffs"?')
