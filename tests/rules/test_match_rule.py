"""Match rules: what fires, what does not and why, and what the alert says."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from alerter.core.reading import Reading
from alerter.rules.base import RuleConfig, Trigger
from tests.support.rules import a_rule, of_text, the_reason, the_verdict, verdicts


def match(**fields: Any) -> RuleConfig:
    """A match rule; looks for rare earths unless told otherwise."""
    return a_rule(**({"type": "match"} | (fields or {"any": ["rare earth*"]})))


@pytest.mark.parametrize(
    ("fields", "text", "reason"),
    [
        ({"any": ["rare earth*"]}, "Rare-earths are short", ""),
        ({"any": ["rare earth*"]}, "Rarely earthed", "no_phrase"),
        ({"any": ["gallium", "magnet shortage"]}, "A MAGNET shortage", ""),
        ({"all": ["magnet*", "export*"]}, "Magnet exports", ""),
        ({"all": ["magnet*", "export*"]}, "Magnet imports", "no_phrase"),
        ({"any": ["gallium"], "all": ["export*"]}, "Exports of copper", "no_phrase"),
        ({"any": ["gallium"], "all": ["export*"]}, "Gallium for import", "no_phrase"),
        ({"any": ["magnet*"], "none": ["fridge magnet*"]}, "Fridge magnets", "excluded_phrase"),
        ({"any": ["magnet*"], "none": ["/(?i)fridge/"]}, "FRIDGE magnets", "excluded_phrase"),
        ({"any": ["/exports? fell/"]}, "exports fell", ""),
        ({"any": ["/exports? fell/"]}, "Exports fell", "no_phrase"),
        ({"any": ["/^$/", "/\\d{3}%/"]}, "100%", ""),
        ({"any": ["稀土"]}, "中国稀土出口管制", ""),
        ({"any": ["/稀土/"]}, "中国稀土出口管制", ""),
        ({"any": ["licencé"]}, "LICENCE", ""),
        ({"any": ["gallium"], "kinds": ["notice"]}, "gallium", "kind_not_watched"),
        ({"any": ["gallium"], "kinds": ["article", "notice"]}, "gallium", ""),
        ({"any": ["gallium"], "sources": ["other"]}, "gallium", "source_not_watched"),
        ({"any": ["gallium"], "sources": ["ree-news"]}, "gallium", ""),
        ({"any": ["gallium"], "languages": ["de", "fr"]}, "gallium", "language_not_watched"),
        ({"any": ["gallium"], "languages": ["EN"]}, "gallium", ""),
        ({"any": ["gallium"], "commodities": ["copper"]}, "gallium", "commodity_differs"),
        ({"any": ["gallium"], "commodities": ["minor-metals"]}, "gallium", ""),
    ],
)
def test_a_text_matches_or_the_reason_is_named(fields: dict[str, Any], text: str, reason: str) -> None:
    """Phrases ignore case and accents at word boundaries, patterns do not; every filter names itself."""
    facts = of_text(text, language="en-GB", reading=Reading(commodities=("gallium",)))
    assert the_reason(match(**fields), facts) == reason


def test_a_signal_without_a_language_passes() -> None:
    """Feeds seldom state it; a miss would cost more than a foreign headline."""
    assert the_reason(match(any=["gallium"], languages=["en"]), of_text("Gallium")) == ""


def test_the_verdict_quotes_what_was_found_and_says_what_was_wanted() -> None:
    """The span stands in the body as given; the title is the summary."""
    facts = of_text("Supply fears", "Prices of\nRare-Earths  rose.")
    verdict = the_verdict(match(any=["gallium", "rare earth*"], none=["fridge magnet"]), facts)
    assert verdict.span is not None
    assert facts.read.body[slice(*verdict.span)] == "Rare-Earths"
    assert verdict.reason == "phrase_found"
    assert (verdict.summary, verdict.figure_text, verdict.figure) == ("Supply fears", "Rare-Earths", None)
    assert verdict.threshold_text == "any of gallium, rare earth*; none of fridge magnet"
    assert (verdict.labels, verdict.mark) == ({"story": "story-1"}, "story-1")


@pytest.mark.parametrize(
    ("per", "expected"),
    [
        (["signal"], [{"signal": "magnets-1"}]),
        (["source", "outlet"], [{"source": "ree-news", "outlet": "reex"}]),
        (["nothing"], [{"nothing": ""}]),
        ([], [{}]),
        (["commodity"], [{"commodity": "rare-earth-magnets"}, {"commodity": "copper"}]),
        (
            ["country", "commodity"],
            [
                {"country": "CN", "commodity": "rare-earth-magnets"},
                {"country": "CN", "commodity": "copper"},
                {"country": "US", "commodity": "rare-earth-magnets"},
                {"country": "US", "commodity": "copper"},
            ],
        ),
    ],
)
def test_there_is_a_verdict_per_set_of_labels(per: list[str], expected: list[dict[str, str]]) -> None:
    """Labels come from the reading, the signal itself, or its own labels; a parent commodity gives way."""
    reading = Reading(commodities=("rare-earths", "rare-earth-magnets", "copper"), countries=("CN", "US"))
    facts = of_text("gallium", labels={"outlet": "reex"}, reading=reading)
    assert [one.labels for one in verdicts(match(any=["gallium"], per=per), facts)] == expected


def test_a_text_that_names_everything_is_bounded() -> None:
    """Fifty verdicts at most, and the judgement says that there were more."""
    countries = tuple(f"{a}{b}" for a in "ABCDEFGHIJ" for b in "ABCDEFGHIJ")
    facts = of_text("gallium", reading=Reading(countries=countries))
    judgement = match(any=["gallium"], per=["country"]).evaluate(facts)
    assert (len(judgement.verdicts), judgement.reason) == (50, "too_many_findings")


@pytest.mark.parametrize(
    ("fields", "complaint"),
    [
        ({"none": ["x"]}, "needs a phrase"),
        ({"any": ["*"]}, "must follow"),
        ({"any": ["rare*earth"]}, "must stand at the end"),
        ({"all": ["--"]}, "no words"),
        ({"any": ["/(/"]}, "not a pattern that RE2 takes"),
        ({"any": ["/a(?=b)/"]}, "not a pattern that RE2 takes"),
        ({"any": ["x"], "kinds": ["news"]}, "article"),
        ({"any": ["x"], "anny": ["y"]}, "not permitted"),
        ({"any": "x"}, "tuple"),
    ],
)
def test_what_cannot_match_as_meant_is_refused(fields: dict[str, Any], complaint: str) -> None:
    """Nothing to look for, stray stars, patterns that RE2 cannot run, unknown kinds and keys."""
    with pytest.raises(ValidationError, match=complaint):
        match(**fields)


@pytest.mark.parametrize(
    "hostile",
    [
        "gallium" + "a" * 100_000 + "!",
        "<script>gallium</script> <!channel>",
        "gal\u200blium \x00\x1b[31m gallium",
        "\u202egallium\u0301\u0301\u0301",
        "gallium " * 20_000,
        "((((((((((" * 1000,
    ],
)
def test_hostile_texts_are_judged_in_time_and_keep_within_bounds(hostile: str) -> None:
    """Whatever a text does, a verdict's words stay short and on one line."""
    rule = match(any=["gallium*", "/(a|aa)+$/", "/\\x{200b}/"], per=["story", "commodity"])
    for verdict in verdicts(rule, of_text(hostile, hostile)):
        said = (verdict.summary, verdict.figure_text, verdict.threshold_text)
        assert all(len(text) <= 300 and "\n" not in text for text in said)


@given(st.text(), st.text(), st.sampled_from(["/./", "/\\C/", "/x*/", "/[^a]$/", "a*", "é", "稀土"]))
def test_any_text_is_judged_the_same_way_twice(title: str, text: str, term: str) -> None:
    """Judging is pure and never fails; a span lies within the body."""
    rule, facts = match(any=[term]), of_text(title or "-", text)
    judgement = rule.evaluate(facts)
    assert judgement == rule.evaluate(facts)
    for verdict in judgement.verdicts:
        assert verdict.span is None or 0 <= verdict.span[0] < verdict.span[1] <= len(facts.read.body)


def test_the_trigger_is_the_rarest_group_of_phrases() -> None:
    """Long phrases are rare; a group with a pattern cannot be found by its phrases."""
    (trigger,) = match(any=["tin", "copper"], all=["magnet shortage", "/x/"], kinds=["article"]).triggers()
    assert trigger == Trigger(phrases=frozenset({" magnet shortage "}), kinds=frozenset({"article"}))
    (trigger,) = match(any=["magnet shortage", "/x/"]).triggers()
    assert trigger.phrases == frozenset()


def test_what_it_names_elsewhere_is_told_for_checking() -> None:
    """Sources and commodities must stand in the configuration."""
    references = match(any=["x"], sources=["ree-news"], commodities=["copper"]).references()
    assert references == {
        "sources": ("sources", ("ree-news",)),
        "commodities": ("commodities", ("copper",)),
    }
