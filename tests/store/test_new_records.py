"""Records of signals as they are taken in."""

from datetime import timedelta

import pytest

from alerter.store.protocol import new_records
from tests.support.signals import NOON, a_signal

MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize(
    ("said", "kept"), [(None, NOON), (NOON - MINUTE, NOON - MINUTE), (NOON + MINUTE, NOON)]
)
def test_a_signal_was_seen_when_its_sender_says_but_never_later_than_now(said: object, kept: object) -> None:
    """A sender whose clock is ahead sends nothing that is not known yet when it is judged."""
    (record,) = new_records([a_signal(seen_at=said)], NOON)
    assert record.seen_at == kept
