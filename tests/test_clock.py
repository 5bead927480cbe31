"""The clocks: the system's, one that is moved by hand, one that is moved by a file."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from alerter.clock import FileClock, ManualClock, SystemClock, monotonic, parse_instant
from tests.support.signals import NOON


def set_clock(path: Path, text: str, *, changed_ns: int) -> None:
    """Write the clock's file as of a given moment of the machine's time."""
    path.write_text(text)
    os.utime(path, ns=(changed_ns, changed_ns))


def test_the_system_clock_is_aware() -> None:
    """Instants without a zone never enter the service."""
    assert SystemClock().now().tzinfo is UTC


def test_a_manual_clock_stands_still_until_moved() -> None:
    """It moves by exactly what it is told, back as well."""
    clock = ManualClock(NOON)
    assert clock.now() == clock.now() == NOON
    clock.advance(timedelta(minutes=5))
    assert clock.now() == NOON + timedelta(minutes=5)
    clock.move_to(NOON - timedelta(days=1))
    assert clock.now() == NOON - timedelta(days=1)


def test_a_file_clock_ticks_on_from_the_files_change(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the file says holds at the moment of its change; machine time runs on from there."""
    path = tmp_path / "clock"
    set_clock(path, "2025-06-09T12:00:00Z\n", changed_ns=1_000_000_000)
    monkeypatch.setattr("alerter.clock.time.time_ns", lambda: 4_500_000_000)
    clock = FileClock(path)
    assert clock.now() == NOON + timedelta(seconds=3.5)
    set_clock(path, "2025-06-20T09:00:00+02:00", changed_ns=4_000_000_000)
    assert clock.now() == datetime(2025, 6, 20, 7, 0, 0, 500_000, UTC)


def test_a_half_written_clock_file_keeps_the_last_instant(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A writer truncates before it writes, and a reader may come in between."""
    path = tmp_path / "clock"
    set_clock(path, "2025-06-09T12:00:00Z", changed_ns=1_000_000_000)
    monkeypatch.setattr("alerter.clock.time.time_ns", lambda: 1_000_000_000)
    clock = FileClock(path)
    set_clock(path, "", changed_ns=2_000_000_000)
    assert clock.now() == NOON
    set_clock(path, "2025-06-10T12:00:00Z", changed_ns=1_000_000_000 - 1_000)
    assert clock.now() == NOON + timedelta(days=1, microseconds=1)


@pytest.mark.parametrize("text", [None, "2025-06-1"], ids=["gone", "cut"])
def test_a_clock_file_between_two_writes_keeps_the_last_instant(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str | None
) -> None:
    """A look may come while the file is replaced, or before its last letter; at the start it must exist."""
    path = tmp_path / "clock"
    with pytest.raises(FileNotFoundError):
        FileClock(path)
    set_clock(path, "2025-06-09T12:00:00Z", changed_ns=1_000_000_000)
    monkeypatch.setattr("alerter.clock.time.time_ns", lambda: 1_000_000_000)
    clock = FileClock(path)
    path.unlink()
    if text:
        set_clock(path, text, changed_ns=2_000_000_000)
    assert clock.now() == NOON
    set_clock(path, "2025-06-10T12:00:00Z", changed_ns=1_000_000_000 - 1_000)
    assert clock.now() == NOON + timedelta(days=1, microseconds=1)


@pytest.mark.parametrize("text", ["2025-06-09T12:00Z", "2025-06-09T12:00", "2025-06-09T14:00+02:00"])
def test_instants_are_utc(text: str) -> None:
    """An offset is turned into UTC; without one the instant is UTC already."""
    instant = parse_instant(text)
    assert (instant, instant.tzinfo) == (NOON, UTC)


def test_a_text_that_is_no_instant_is_refused() -> None:
    """A wrong clock file stops the service at its start, not later."""
    with pytest.raises(ValueError, match="isoformat"):
        parse_instant("noon")


def test_monotonic_time_never_runs_back() -> None:
    """Timeouts and leases count by it."""
    assert monotonic() <= monotonic()
