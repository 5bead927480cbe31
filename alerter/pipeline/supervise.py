"""The one place where surprises are caught: a stage's turn is run again and again, whatever happens in it."""

import asyncio
import random
from collections.abc import Awaitable, Callable

import structlog

from alerter.store.protocol import StoreError
from alerter.telemetry import Metrics

FIRST_WAIT, LONGEST_WAIT = 0.1, 2.0
"""Seconds between turns that fail, doubling; short, since what fails is the local store most of the time."""

_log = structlog.get_logger()


async def run_until_stopped(
    name: str, turn: Callable[[], Awaitable[None]], *, stop: asyncio.Event, metrics: Metrics
) -> None:
    """Repeat `turn` until `stop` is set. A failure is logged once, and so is the recovery from it."""
    failures = 0
    while not stop.is_set():
        try:
            await turn()
        except Exception as fault:  # noqa: BLE001  the stage's supervisor: everything else lets faults rise
            failures += 1
            metrics.errors.labels(name).inc()
            if failures == 1:
                _report(name, fault)
            await wait_for(stop, _wait_after(failures))
        else:
            if failures:
                _log.info("stage_recovered", stage=name, failures=failures)
            failures = 0


async def wait_for(event: asyncio.Event, seconds: float) -> bool:
    """Wait until the event is set, but no longer than this; was it set?"""
    try:
        async with asyncio.timeout(seconds):
            await event.wait()
    except TimeoutError:
        return False
    return True


def _report(name: str, fault: Exception) -> None:
    if isinstance(fault, StoreError):
        _log.warning("stage_waits_for_store", stage=name, reason=str(fault))
    else:
        _log.error("stage_failed", stage=name, exc_info=fault)


def _wait_after(failures: int) -> float:
    longest: float = min(FIRST_WAIT * 2 ** min(failures - 1, 10), LONGEST_WAIT)
    return longest * random.uniform(0.5, 1)  # noqa: S311  spread, not secrecy
