"""No answer from outside takes too much memory or time, crashes a poll, or smuggles a text in."""

import re
from collections.abc import Iterator

import pytest

from tests.hostile.addresses import ADDRESSES, REDIRECTS, Address
from tests.hostile.bodies import BODIES
from tests.hostile.cell import Cell, Fate
from tests.hostile.wire import Body

MOST_MEGABYTES = 64
MOST_SECONDS = 10.0
"""The client's patience, several requests, and half the time that reading may take; on a busy machine."""
CASES = [(kind, body) for body in BODIES for kind in body.kinds]
UNSEEN = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


@pytest.fixture(scope="module")
def cell() -> Iterator[Cell]:
    """A process that is started again after a crash."""
    one = Cell()
    yield one
    one.close()


def test_every_row_names_its_weakness() -> None:
    """Sixty rows at least, each with a number of the common weaknesses and a name of its own."""
    rows: list[Address | Body] = [*ADDRESSES, *REDIRECTS, *BODIES]
    assert len(rows) >= 60
    assert all(re.fullmatch(r"CWE-\d+", row.cwe) for row in rows)
    assert len({row.name for row in BODIES}) == len(BODIES)


@pytest.mark.parametrize(("kind", "body"), CASES, ids=lambda part: getattr(part, "name", part))
def test_a_hostile_answer_is_refused_or_read_within_bounds(kind: str, body: Body, cell: Cell) -> None:
    """A poll ends with signals or in plain words, soon, without much memory, and with clean texts."""
    fate = cell.poll(kind, body, within=2 * MOST_SECONDS)
    if fate.megabytes > MOST_MEGABYTES:
        cell.close()  # measured once more where earlier answers have left no holes in the memory
        fate = cell.poll(kind, body, within=2 * MOST_SECONDS)
    assert fate.outcome in {"signals", "refused"}, fate
    assert fate.seconds <= MOST_SECONDS, fate
    assert fate.megabytes <= MOST_MEGABYTES, fate
    assert fate.words.isprintable(), fate
    assert_clean(fate)


def assert_clean(fate: Fate) -> None:
    """Nothing in a text that a reader does not see, and nothing that a program takes for an order."""
    for text in fate.texts:
        assert not UNSEEN.search(text), text
        assert not re.search(r"<script|<img|<!channel|javascript:|root:", text, re.IGNORECASE), text
