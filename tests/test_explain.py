"""What `alerter explain` says of a signal, rule by rule."""

from alerter.assembly import Judging, build_judging
from alerter.config import Configuration
from alerter.explain import Explanation, explain, passages, read_alone
from tests.support.rules import a_rule
from tests.support.signals import a_signal

TITLE = "Exports of rare earth magnets from China fell 12 % in May"
RULES = (
    a_rule(id="steep", type="claim", metric=["exports"], change_below="-20%"),
    a_rule(id="any-fall", type="claim", metric=["exports"], change_below="-10%", severity="info"),
    a_rule(id="bans", type="event", events=["export_ban"], commodities=["rare-earths"]),
)


def explained(title: str = TITLE) -> dict[str, Explanation]:
    """Rule → what it says of an article with this title."""
    judging: Judging = build_judging(Configuration(rules=RULES), {})
    return {one.rule: one for one in explain(read_alone(a_signal(title=title, text=""), judging), judging)}


def test_a_rule_that_fires_says_what_it_found() -> None:
    """Its sentence is that of the alert."""
    fired = explained()["any-fall"]
    assert fired.tried
    assert "12 %" in fired.sentence
    assert "exports" in fired.sentence.lower()


def test_a_rule_that_does_not_fire_says_why_in_words() -> None:
    """Whether it was tried, and what stood against it."""
    said = explained()
    assert (said["steep"].tried, said["steep"].sentence) == (True, "Above threshold.")
    assert said["bans"].sentence == "No such event, so that the rule is not tried."


def test_what_a_rule_wants_stands_beside_it() -> None:
    """Only the options that were set and that find something, in the shape of the configuration."""
    said = explained()
    assert said["steep"].wants == {"metric": ["exports"], "change_below": -20.0}
    assert said["bans"].wants == {"events": ["export_ban"], "commodities": ["rare-earths"]}


def test_the_words_that_a_reading_rests_on_are_quoted_in_order() -> None:
    """Claims and events, each once, where they stand in title and text."""
    judging = build_judging(Configuration(rules=RULES), {})
    text = "Beijing banned exports of gallium to the United States."
    read = read_alone(a_signal(title=TITLE, text=text), judging)
    found = passages(read)
    assert [(one.kind, one.name) for one in found] == [("claim", "exports"), ("event", "export_ban")]
    assert [read.body[one.start : one.end] for one in found] == [one.quote for one in found]
    assert "12 %" in found[0].quote
    assert "banned" in found[1].quote
