"""Stories: which signals tell the same one, and for how long."""

from datetime import timedelta

from alerter.core.reading import Reading
from alerter.pipeline.stories import Stories
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
