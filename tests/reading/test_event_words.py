"""The classes of words that events are worded in, beside those of claims."""

import re
from importlib import resources
from pathlib import Path
from typing import Any

import yaml

from alerter.reading import Lexicon
from tests.reading.support_reading import read


def vocabulary(name: str) -> Any:
    """A vocabulary file."""
    path = resources.files("alerter.reading").joinpath("vocabulary", f"{name}.yaml")
    return yaml.load(path.read_text("utf-8"), Loader=yaml.BaseLoader)


def test_no_class_of_events_bears_the_name_of_one_of_claims() -> None:
    """They share one lexicon: a word added to the one would change what the other reads."""
    events, words, contexts = set(vocabulary("events")["words"]), vocabulary("words"), vocabulary("contexts")
    assert events.isdisjoint(words)
    assert events.isdisjoint(contexts)
    assert set(words).isdisjoint(contexts)


def test_every_class_is_asked_for() -> None:
    """A class that neither a pattern nor the reader names would be looked for in every text, in vain."""
    known = {name for one in ("events", "words", "contexts") for name in _classes(one)}
    rows = vocabulary("events")["patterns"]
    code = Path(str(resources.files("alerter.reading"))).rglob("*.py")
    asked = {name for path in code for name in re.findall(r'"(\w+)"', path.read_text("utf-8"))}
    asked |= set(re.findall(r"\w+", str(rows)))
    by_prefix = ("agency_", "context_", "month_", "quarter_")
    assert {name for name in known - asked if not name.startswith(by_prefix)} == set()


def test_every_pattern_is_worded_in_classes_that_exist() -> None:
    """A misspelt class would match nothing, and nobody would know."""
    known = {name for one in ("events", "words", "contexts") for name in _classes(one)}
    known |= {"country", "commodity", "company"}
    used = {
        name
        for pattern in Lexicon.build().event_patterns.patterns
        for wording in pattern.wordings
        for step in wording.steps
        for name in step.classes
    }
    assert used - known == set()


def _classes(name: str) -> set[str]:
    table = vocabulary(name)
    return set(table["words"] if name == "events" else table)


def test_words_that_only_silence_give_no_event_themselves() -> None:
    """A strike that is averted, a shortage that is over, imports that flood a market."""
    assert read("Strike at copper mine averted after pay deal, union says").events == ()
    assert read("Chip shortage is over, carmakers say").events == ()
    assert read("Chinese steel floods European market").events == ()


def test_rates_tell_whether_a_levy_is_raised_or_cut() -> None:
    """`from 15%`, `instead of 39 percent`, `down from`."""
    raised = read("Brazil will impose a duty of 25% instead of 12% on steel from China")
    cut = read("Swiss goods will be charged a tariff of 15 percent instead of 39 percent in America")
    assert {event.type for event in raised.events} == {"tariff_raised"}
    assert {event.type for event in cut.events} == {"tariff_cut"}
