"""Stories: which signals tell the same one, and for how long."""

from datetime import timedelta

from alerter.core.reading import Reading, ReadSignal
from alerter.pipeline.stories import Stories, openings_of
from alerter.reading.copies import sketch_of
from tests.support.signals import NOON, a_read_signal


def test_a_signal_without_keys_tells_one_story_in_all_its_versions() -> None:
    """A notice that is printed two days after its public inspection is not told a second time."""
    filed = a_read_signal("2025-07273", kind="notice", title="Request for comments")
    printed = a_read_signal("2025-07273", kind="notice", title="Request for comments, as printed")
    first, kept = Stories({}).join(filed, NOON)
    again, _ = Stories(kept).join(printed, NOON + timedelta(days=2))
    assert again == first


def test_a_shared_key_joins_until_the_window_of_the_first_telling_ends() -> None:
    """A title that comes back joins its story for 72 h, and then begins another."""
    read = a_read_signal(reading=Reading(story_keys=("title:copper-prices-today",)))
    first, kept = Stories({}).join(read, NOON)
    within, more = Stories(kept).join(read, NOON + timedelta(hours=71))
    after, anew = Stories(kept).join(read, NOON + timedelta(hours=72))
    assert (within, more) == (first, {})
    assert after != first
    assert anew == {"title:copper-prices-today": after}


def reprinted(title: str, text: str) -> ReadSignal:
    """An article of its own address with the sketch of its text."""
    reading = Reading(story_keys=(f"title:{title}",), sketch=sketch_of(text))
    return a_read_signal(title, title=title, text=text, reading=reading)


WIRE = (
    "The trade ministry said on Monday that exporters of germanium need a licence from 1 August, and that "
    "applications are answered within 45 working days, two people with knowledge of the plan confirmed."
)


def test_a_reprint_under_another_headline_joins_the_story() -> None:
    """Copies tell the story of the first, and so do copies of them, for as long as it lasts."""
    first, known = Stories({}).join(reprinted("Ministry sets licences", WIRE), NOON)
    copy, more = Stories(known).join(reprinted("Germanium curbs", WIRE + " More soon."), NOON)
    assert copy == first
    assert "title:Germanium curbs" in more
    later, _ = Stories(known | more).join(reprinted("Again", WIRE), NOON + timedelta(hours=72))
    assert later != first


def test_a_shared_band_alone_joins_nothing() -> None:
    """What bands find is compared with the opening that told the story."""
    first, known = Stories({}).join(reprinted("Ministry sets licences", WIRE), NOON)
    other = reprinted("Other news", " ".join(f"word{number}" for number in range(60)))
    sketch = other.reading.sketch
    assert sketch
    shared = known | {f"near:{sketch.bands[0]}": first}
    assert Stories(shared).join(other, NOON)[0] != first
    assert f"opening:{first}" in openings_of(shared)
