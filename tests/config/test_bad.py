"""What is wrong with a configuration is told at its exact place, in plain words, all at once.

In these texts `▸` stands where a problem is; it is taken out before the text is read.
"""

import os
import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from alerter.config import ConfigErrors, Problem, load
from tests.config.samples import written

MARK = "▸"

SHAPE = [
    ("▸sorces: []", 'unknown key "sorces"; did you mean "sources"?'),
    ("▸zzz: []", 'unknown key "zzz"; known: digests, lexicon, matters'),
    ("rules: ▸{id: x}", "rules should be a list"),
    ("sources: ▸feed", "sources should be a list"),
    ("▸- {id: x}", "a configuration file should be a mapping of lists"),
    ("▸just words", "a configuration file should be a mapping of lists"),
    ("lexicon: ▸[a]", "lexicon should be a mapping"),
    ("lexicon: {▸comodities: []}", 'unknown key "comodities"; did you mean "commodities"?'),
    ("lexicon: {companies: [{id: a, parents: [▸bb]}, {id: b}]}", 'unknown company "bb"; did you mean "b"?'),
    ("lexicon: {commodities: ▸{}}", "commodities should be a list"),
    ("rules: [▸x]", "a rule should be a mapping"),
    ("rules: [▸~]", "a rule should be a mapping"),
    ("packs: [▸[a]]", "should be a mapping"),
    ("retention: ▸forever", "should be a mapping"),
    ("retention: {signals: ▸1h}", "signals: should be greater than or equal to 1 day"),
    ("retention: {▸signal: 90d}", 'unknown key "signal"; did you mean "signals"?'),
    ("retention: {}\n---\nretention: ▸{}", "retention is already given at alerter.yaml:1:12"),
]
YAML = [
    ("rules:\n▸\t- id: x", "indent with spaces, never with tabs"),
    ('rules: [{id: "x}]\n▸', "not YAML: found unexpected end of stream, while scanning a quoted scalar"),
    ("rules: []\n ▸x: 1", "not YAML: "),
    ("rules: [▸@x]", "not YAML: found character that cannot start any token"),
    ("rules: [{id: a▸\x07}]", "a character that cannot be printed"),
    ("matters:\n  - {id: a, names: [x], ▸names: [y]}", 'the key "names" is given twice; first in line 2'),
    ("rules: []\n▸rules: []", 'the key "rules" is given twice; first in line 1'),
    ("rules: [▸*base]", "no anchor &base stands before this alias"),
    ("rules: &all [▸*all]", "the alias *all stands inside its own anchor"),
    ("packs: [▸!!python/name:os.system x]", "the tag tag:yaml.org,2002:python/name:os.system means nothing"),
    ("packs: [▸!secret x]", "the tag !secret means nothing here"),
    ("routes: [{match: {rule: ▸!=info}}]", 'write a value that begins with ! in quotes, as in "!=info"'),
    ("matters: [{id: m, <<: ▸x}]", "<< takes a mapping, or a list of mappings"),
    ("matters: [{▸[a]: b}]", "a key must be a plain word"),
    (f"packs: {'[' * 49}▸[{']' * 50}", "nested deeper than 50 levels"),
]
ENVIRONMENT = [
    ("packs: [▸'${UNSET}']", "the environment variable UNSET is not set"),
    ("packs: [$▸{NAME}]", 'inside [ ] and { } write "${NAME}" in quotes'),
    ("packs: [▸'${}']", "${ must be followed by a name and }; write $${ for a plain ${"),
    ("packs: [▸'${two words}']", "${ must be followed by a name and }"),
    ("retention: {signals: ▸'${SECRET}'}", "signals: not a duration: '${SECRET}'; write it like 30s"),
    ("retention: {signals: ▸'x${SECRET}x'}", "signals: not a duration: 'x${SECRET}x'; write it like 30s"),
]
SOURCES = [
    ("sources: [{id: x, type: ▸feeed}]", 'unknown source type "feeed"; did you mean "feed"?'),
    ("sources: [▸{id: x}]", 'missing key "type"'),
    ("sources:\n  - ▸{id: x, type: feed}", 'missing key "url"'),
    ("sources: [▸{type: feed, url: 'https://a.example'}]", 'missing key "id"'),
    (
        "sources: [{id: ▸a b, type: feed, url: 'https://a.example'}]",
        "id: should be a name of letters, digits and _ . : -",
    ),
    ("sources: [{id: ▸, type: feed, url: 'https://a.example'}]", "id: should be text"),
    ("sources: [{id: x, type: feed, url: ▸nowhere}]", "url: not an absolute http or https address"),
    (
        "sources: [{id: x, type: feed, ▸ulr: a, url: 'https://a.example'}]",
        'unknown key "ulr"; did you mean "url"?',
    ),
    (
        "sources: [{id: x, type: feed, url: 'https://a.example', every: ▸10}]",
        "every: not a duration: '10'; write it like 30s, 10m, 24h or 7d",
    ),
    (
        "sources: [{id: x, type: feed, url: 'https://a.example', every: ▸0s}]",
        "every: should be at least 1s",
    ),
    (
        "sources: [{id: x, type: feed, url: 'https://a.example', max_age: ▸999999999999w}]",
        "max_age: a duration of more than a hundred years",
    ),
    (
        "sources: [{id: x, type: feed, url: 'https://a.example', labels: ▸[a]}]",
        "labels: should be a mapping",
    ),
    (
        "sources: [{id: x, type: feed, url: 'https://a.example', labels: {outlet: ▸[a]}}]",
        "outlet: should be text",
    ),
    (
        (
            "sources:\n  - {id: x, type: feed, url: 'https://a.example'}\n"
            "  - {id: ▸x, type: feed, url: 'https://b.example'}"
        ),
        'source "x" is defined twice; first at alerter.yaml:2:10',
    ),
]
RULES = [
    ("rules: [{id: x, type: ▸mach}]", 'unknown rule type "mach"; did you mean "match"?'),
    ("rules: [{id: x, type: match, ▸anny: [a], any: [a]}]", 'unknown key "anny"; did you mean "any"?'),
    ("rules: [{id: x, type: match, any: ▸rare earth}]", "any: should be a list"),
    ("rules: [{id: x, type: match, any: [▸/(/]}]", "any: not a pattern that RE2 takes"),
    ("rules: [▸{id: x, type: match}]", "a match rule needs a phrase under `any` or `all`"),
    ("rules: [{id: x, type: match, any: [a], severity: ▸critcal}]", 'did you mean "critical"?'),
    (
        "rules: [{id: x, type: match, any: [a], severity: ▸red}]",
        "severity: should be info, warning or critical",
    ),
    ("rules: [{id: x, type: match, any: [a], kinds: [▸artikel]}]", 'did you mean "article"?'),
    (
        "rules: [{id: x, type: match, any: [a], resolve_after: ▸soon}]",
        "resolve_after: not a duration: 'soon'",
    ),
    ("rules: [{id: x, type: match, any: [a], sources: [▸nws]}]", 'unknown source "nws"'),
    ("rules: [{id: x, type: event, events: [▸export_bann]}]", 'did you mean "export_ban"?'),
    ("rules: [{id: x, type: event, events: ▸[]}]", "events: should not be empty"),
    ("rules: [{id: x, type: claim, metric: [exports], change_below: ▸lots}]", "not a percentage: 'lots'"),
    (
        "matters: [{id: tariffs}]\nrules: [{id: x, type: docket, matters: [▸tarifs]}]",
        'unknown matter "tarifs"; did you mean "tariffs"?',
    ),
    ("matters: [{id: m, dockets: [▸[cit]]}]", "an entry is missing here"),
    ("matters: [{id: m, dockets: [▸[a, b, c]]}]", "should have at most 2 entries, not 3"),
    ("matters: [{id: m, commodities: [▸[a]]}]", "commodities: should be text"),
    (
        "rules:\n  - {id: x, type: match, any: [a]}\n  - {id: ▸x, type: match, any: [b]}",
        'rule "x" is defined twice; first at alerter.yaml:2:10',
    ),
    ("matters: [{id: m}, {id: ▸m}]", 'matter "m" is defined twice; first at alerter.yaml:1:16'),
    (
        "lexicon: {commodities: [{id: c, names: [c]}, {id: ▸c, names: [d]}]}",
        'commodity "c" is defined twice; first at alerter.yaml:1:30',
    ),
]
TOLD = [
    ("receivers: [{id: desk}]\nroutes: [{receiver: ▸dsek}]", 'unknown receiver "dsek"; did you mean "desk"?'),
    ("routes: [{receiver: ▸desk}]", 'unknown receiver "desk"'),
    ("routes: [▸{}]", 'missing key "receiver"'),
    ("receivers: [{id: d, ▸slak: {}}]", 'unknown key "slak"; did you mean "slack"?'),
    ("receivers: [{id: d, ▸carrier-pigeon: {}}]", 'unknown key "carrier-pigeon"; known: console, '),
    ("receivers: [{id: d, webhook: ▸}]", 'missing key "url"'),
    ("receivers: [{id: d, console: {▸fallbak: yes}}]", 'unknown key "fallbak"; did you mean "fallback"?'),
    ("receivers: [{id: d, console: {fallback: ▸perhaps}}]", "fallback: should be true or false"),
    ("receivers: [{id: d}, {id: ▸d}]", 'receiver "d" is defined twice'),
    (
        "receivers: [{id: d}]\nroutes: [{receiver: d, match: {rule: ▸=~a(}}]",
        "not a pattern that RE2 takes: missing )",
    ),
    (
        "receivers: [{id: d}]\nroutes: [{receiver: d, match: {rule: ▸[a, '!=b']}}]",
        "'!=b' stands alone, not in a list",
    ),
    ("receivers: [{id: d}]\nroutes: [{receiver: d, match: {rule: ▸{a: b}}}]", "rule: should be "),
    ("receivers: [{id: d}]\nroutes: [{receiver: d, match: ▸[a]}]", "match: should be a mapping"),
    ("receivers: [{id: d}]\nroutes: [{receiver: d, continue: ▸maybe}]", "continue: should be true or false"),
    ("receivers: [{id: d}]\nroutes: [{receiver: d, group_wait: ▸5}]", "group_wait: not a duration: '5'"),
    ("receivers: [{id: d}]\nroutes: [{receiver: d, group_by: ▸rule}]", "group_by: should be a list"),
    (
        "receivers: [{id: d}]\nroutes: [{receiver: d, repeat_interval: ▸0s}]",
        "should be greater than 0 seconds",
    ),
    ("digests: [{id: m, receiver: ▸d, cron: '0 7 * * *'}]", 'unknown receiver "d"'),
    ("receivers: [{id: d}]\ndigests: [{id: m, receiver: d, cron: ▸'0 7 * *'}]", "not a cron time: '0 7 * *'"),
    (
        "receivers: [{id: d}]\ndigests: [{id: m, receiver: d, cron: '0 7 * * *', timezone: ▸Europe/Londn}]",
        "timezone: unknown time zone 'Europe/Londn'",
    ),
    ("silences: [{id: s, match: {rule: a}, until: ▸soon}]", "until: not an instant: 'soon'"),
    ("silences: [{id: s, match: {rule: a}, until: ▸2027-13-40}]", "until: month must be in 1..12"),
    (
        "silences: [{id: s, match: {rule: a}, until: ▸2027-01-20T10:00}]",
        "needs an offset such as Z or +02:00",
    ),
    ("silences: [{id: s, match: {rule: a}, until: 2027-01-20, ▸form: 2027-01-02}]", 'did you mean "from"?'),
    ("silences: [▸{id: s, until: 2027-01-20}]", 'missing key "match"'),
]
TESTS = [
    (
        "tests: [{name: t, signals: [], at: 2025-06-09, expect: [{rule: ▸fall}]}]",
        'unknown rule "fall"',
    ),
    ("tests: [▸{name: t, signals: [], expect: []}]", 'missing key "at"'),
    (
        (
            "tests: [{name: t, signals: [], at: 2025-06-09, expect: [{state: ▸fired, rule: x}]}]\n"
            "rules: [{id: x, type: match, any: [a]}]"
        ),
        "state: should be pending, firing or resolved",
    ),
    (
        (
            "tests: [{name: t, at: 2025-06-09, expect: [], signals: [\n"
            "  {source: s, kind: observation, title: t, published_at: 2025-06-09T00:00Z,\n"
            "   observation: {series: a, ▸perod: 2025-05, period: 2025-05}}]}]"
        ),
        'unknown key "perod"; did you mean "period"?',
    ),
    (
        (
            "tests: [{name: t, at: 2025-06-09, expect: [], signals: [\n"
            "  {source: s, kind: article, title: t, published_at: ▸2025-06-09}]}]"
        ),
        "published_at: should end in an offset such as Z or +02:00",
    ),
    (
        (
            "tests:\n  - {name: t, signals: [], at: 2025-06-09, expect: []}\n"
            "  - {name: ▸t, signals: [], at: 2025-06-09, expect: []}"
        ),
        'test "t" is defined twice; first at alerter.yaml:2:12',
    ),
]


def problems(folder: Path, text: str, **environment: str) -> list[Problem]:
    """The problems in a folder with one file of this text, its path shortened to its name."""
    with pytest.raises(ConfigErrors) as caught:
        load(written(folder, alerter=text), environment)
    prefix = f"{folder}/"
    return [
        Problem(one.file.removeprefix(prefix), one.line, one.column, one.message.replace(prefix, ""))
        for one in caught.value.problems
    ]


def marked(text: str) -> list[tuple[int, int]]:
    """Line and column of every mark."""
    found = []
    for number, line in enumerate(text.split("\n"), start=1):
        found += [(number, mark.start() + 1 - before) for before, mark in enumerate(re.finditer(MARK, line))]
    return found


@pytest.mark.parametrize(("text", "essence"), [*SHAPE, *YAML, *ENVIRONMENT, *SOURCES, *RULES, *TOLD, *TESTS])
def test_a_mistake_is_told_at_its_place(tmp_path: Path, text: str, essence: str) -> None:
    """One mistake, one problem: the file, the line, the column, and what to write instead."""
    found = problems(tmp_path, text.replace(MARK, ""), SECRET="5up3r-s3cr3t")
    assert [(one.file, one.line, one.column) for one in found] == [
        ("alerter.yaml", line, column) for line, column in marked(text)
    ]
    assert essence in found[0].message
    assert "5up3r-s3cr3t" not in found[0].message


def test_everything_wrong_is_told_at_once(tmp_path: Path) -> None:
    """Files that cannot be read hide no other's problems, and are not counted as missing names."""
    written(
        tmp_path,
        broken="receivers: [",
        routes="routes: [{receiver: desk, group_wait: 5}]",
        sources="sources: [{id: a, type: feed}, {id: a, type: fed}]",
    )
    with pytest.raises(ConfigErrors) as caught:
        load(tmp_path, {})
    assert str(caught.value).replace(f"{tmp_path}/", "").splitlines() == [
        "broken.yaml:2:1: not YAML: did not find expected node content, while parsing a flow node",
        "routes.yaml:1:39: group_wait: not a duration: '5'; write it like 30s, 10m, 24h or 7d",
        'sources.yaml:1:11: missing key "url"',
        'sources.yaml:1:37: source "a" is defined twice; first at sources.yaml:1:16',
        'sources.yaml:1:46: unknown source type "fed"; did you mean "feed"?',
    ]


def test_two_mistakes_in_one_entry_are_two_problems(tmp_path: Path) -> None:
    """Nothing has to be mended before the next mistake shows."""
    found = problems(
        tmp_path, "routes: [{recever: desk, group_wait: 5, group_by: x}]\nreceivers: [{id: desk}]"
    )
    assert [one.message for one in found] == [
        'missing key "receiver"',
        'unknown key "recever"; did you mean "receiver"?',
        "group_wait: not a duration: '5'; write it like 30s, 10m, 24h or 7d",
        "group_by: should be a list",
    ]


def test_what_a_wrong_entry_defines_is_not_missing_elsewhere(tmp_path: Path) -> None:
    """One mistake in a rule is told once, not once more by each test that expects the rule."""
    found = problems(
        tmp_path,
        """
rules: [{id: fall, type: match}]
tests: [{name: t, signals: [], at: 2025-06-09, expect: [{rule: fall}]}]
""",
    )
    assert [one.message for one in found] == ["a match rule needs a phrase under `any` or `all`"]


def test_an_id_given_twice_is_told_across_files(tmp_path: Path) -> None:
    """The second one is the problem, and the message leads to the first."""
    written(tmp_path, a="receivers: [{id: desk}]", b="receivers: [{id: desk}]")
    with pytest.raises(ConfigErrors) as caught:
        load(tmp_path, {})
    assert str(caught.value).replace(f"{tmp_path}/", "") == (
        'b.yaml:1:18: receiver "desk" is defined twice; first at a.yaml:1:18'
    )


def test_an_alias_bomb_is_defused(tmp_path: Path) -> None:
    """Nine lines that stand for a billion values are refused before any of them is built."""
    levels = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    levels += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 9)]
    found = problems(tmp_path, "\n".join(levels))
    assert [one.message for one in found] == ["expands to more than 100000 values"]
    assert found[0].line == 5


def test_a_file_without_end_is_refused(tmp_path: Path) -> None:
    """Four mebibytes are more than anyone writes."""
    found = problems(tmp_path, "# " + "x" * (4 * 1024 * 1024))
    assert [one.message for one in found] == ["is larger than 4 MiB"]


def test_a_file_that_is_not_utf8_is_told_at_the_byte(tmp_path: Path) -> None:
    """Latin-1 from an old editor is a mistake of its line."""
    (tmp_path / "old.yaml").write_bytes(b"rules: []\n# caf\xe9\n")
    with pytest.raises(ConfigErrors, match=r"old\.yaml:2:6: is not UTF-8"):
        load(tmp_path, {})


def test_a_byte_order_mark_is_no_mistake(tmp_path: Path) -> None:
    """Editors that write one do no harm."""
    (tmp_path / "bom.yaml").write_bytes(b"\xef\xbb\xbfrules: []\n")
    assert load(tmp_path, {}).rules == ()


def test_what_is_no_file_is_told(tmp_path: Path) -> None:
    """A link that leads nowhere and a pipe are problems, not absent and not waited for."""
    (tmp_path / "gone.yaml").symlink_to(tmp_path / "nowhere")
    os.mkfifo(tmp_path / "pipe.yaml")
    with pytest.raises(ConfigErrors) as caught:
        load(tmp_path, {})
    assert [(Path(one.file).name, one.message) for one in caught.value.problems] == [
        ("gone.yaml", "cannot be read: No such file or directory"),
        ("pipe.yaml", "is not a regular file"),
    ]


def test_a_folder_that_cannot_be_listed_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Rules that may not be read are a problem, never an absence of rules."""

    def refuse(folder: Path) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "iterdir", refuse)
    with pytest.raises(ConfigErrors, match="cannot be read: Permission denied"):
        load(tmp_path, {})


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(alphabet=st.sampled_from("rules:[]{}\n -&*a!<>|'\"%@`#,?~$\t")))
def test_whatever_is_written_is_a_configuration_or_told(tmp_path: Path, text: str) -> None:
    """No text makes the loader fail in any other way than with problems in that file."""
    file = written(tmp_path, any=text) / "any.yaml"
    assert files_with_problems(tmp_path) <= {str(file)}


def files_with_problems(folder: Path) -> set[str]:
    """The files that problems lie in."""
    try:
        load(folder, {})
    except ConfigErrors as error:
        return {one.file for one in error.problems}
    return set()
