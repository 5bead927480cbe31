"""The short memory for bodies that were just written."""

from alerter.core.signal import Signal
from alerter.store.redis.bodies import LONGEST, REMEMBERED, Bodies
from tests.support.signals import a_signal


def test_what_was_just_written_need_not_be_parsed() -> None:
    """The very same value comes back; one that somebody else wrote is read from its text."""
    bodies, signal = Bodies(Signal), a_signal()
    assert bodies.read(bodies.write(signal)) is signal
    assert Bodies(Signal).read(bodies.write(signal)) == signal


def test_the_oldest_is_forgotten_first() -> None:
    """However much is written, so many are remembered, and all can be read."""
    bodies = Bodies(Signal)
    signals = [a_signal(f"s{number}") for number in range(REMEMBERED + 1)]
    written = [bodies.write(signal) for signal in signals]
    assert bodies.read(written[0]) is not signals[0]
    assert bodies.read(written[0]) == signals[0]
    assert bodies.read(written[1]) is signals[1]


def test_long_bodies_are_not_remembered() -> None:
    """A thousand full articles would be a hundred megabytes."""
    bodies, signal = Bodies(Signal), a_signal(text="x" * LONGEST)
    assert bodies.read(bodies.write(signal)) is not signal
