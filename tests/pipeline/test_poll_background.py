"""What a source calls background: kept whenever it comes, and never alerted."""

from datetime import timedelta

import pytest

from tests.support.press import Press, old
from tests.support.signals import a_signal


@pytest.mark.parametrize("settling", [False, True])
async def test_what_a_source_calls_background_is_of_the_baseline_in_every_poll(settling: bool) -> None:
    """Young or old, first poll or later; what it does not name is judged as ever."""
    press = Press(lambda: [a_signal("young"), a_signal("named"), old("past")])
    press.source.tells = {"background": {"named"}, "settling": settling}
    await press.tick(polls=1)
    assert await press.taken() == [("young", False), ("named", True), ("past", True)]

    press.source.give = lambda: [a_signal("young-2"), a_signal("named", text="more"), old("past-2")]
    await press.poll_after(timedelta(minutes=12))
    assert await press.taken() == [("young-2", False), ("named", True), ("past-2", settling)]
