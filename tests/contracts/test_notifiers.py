"""What every kind of notifier keeps to; a new kind is found by itself and only adds its example."""

import logging
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from aiohttp.test_utils import unused_port
from pydantic import ValidationError

import alerter.notifiers
from alerter.core.kinds import discover
from alerter.notifiers.base import NotifierConfig, NotifierContext
from alerter.settings import Settings
from tests.notifiers.samples import CASES
from tests.support.signals import NOON

KINDS = {kind.key: kind for kind in discover(alerter.notifiers, NotifierConfig)}
SECRET = "5up3r-s3cr3t"

EXAMPLES: dict[str, dict[str, Any]] = {
    "console": {},
    "email": {"to": ["buyer@example.com", "desk@example.com"]},
    "slack": {"channel": "C0123456789"},
    "webhook": {"url": "http://127.0.0.1:{port}/" + SECRET, "secret": SECRET},
}
"""Options of each kind as they stand under its key in a receiver; `{port}` is a port where nobody listens."""


@pytest.fixture
async def dead_end() -> AsyncIterator[tuple[int, NotifierContext]]:
    """A port where nobody listens, and a full environment that points there."""
    port = unused_port()
    smtp = {"host": "127.0.0.1", "port": port, "username": "me", "password": SECRET, "to": "a@example.com"}
    slack = {"bot_token": SECRET, "base_url": f"http://127.0.0.1:{port}/api/", "channel": "C1"}
    settings = Settings.model_validate({"smtp": smtp, "slack": slack})
    async with aiohttp.ClientSession() as session:
        yield port, NotifierContext(settings=settings, session=session, now=lambda: NOON)


def example(key: str, port: int = 9) -> NotifierConfig:
    """A kind's example configuration."""
    options = {
        name: value.replace("{port}", str(port)) if isinstance(value, str) else value
        for name, value in EXAMPLES[key].items()
    }
    return KINDS[key].model_validate(options)


def test_every_kind_has_a_key_and_an_example() -> None:
    """Kinds are told apart by their keys, and none escapes these tests."""
    assert set(KINDS) == set(EXAMPLES)
    assert all(kind.__doc__ for kind in KINDS.values())


@pytest.mark.parametrize("key", KINDS)
def test_unknown_options_are_refused(key: str) -> None:
    """A mistyped option is an error, not a silent default."""
    with pytest.raises(ValidationError):
        KINDS[key].model_validate(EXAMPLES[key] | {"chanel": "C1"})


@pytest.mark.parametrize("key", KINDS)
def test_every_kind_builds_named_bounded_destinations(
    key: str, dead_end: tuple[int, NotifierContext]
) -> None:
    """With a full environment nothing is missing, and each destination has its own name and bounds."""
    _, context = dead_end
    config = example(key)
    built = config.build("desk", context)
    assert config.missing(context.settings) is None
    assert built
    assert len({destination.id for destination in built}) == len(built)
    assert all(destination.id.startswith(f"desk/{key}") for destination in built)
    assert all(1 <= destination.concurrency <= 8 for destination in built)


@pytest.mark.parametrize("key", KINDS)
async def test_what_the_environment_lacks_is_told(key: str) -> None:
    """A kind builds nothing exactly when it can name the variable to set."""
    empty = Settings.model_validate({})
    async with aiohttp.ClientSession() as session:
        built = example(key).build("desk", NotifierContext(settings=empty, session=session, now=lambda: NOON))
    missing = example(key).missing(empty)
    assert bool(built) == (missing is None)
    assert missing is None or "ALERTER_" in missing


@pytest.mark.parametrize("case", ["one alert", "forty alerts", "hostile texts"])
@pytest.mark.parametrize("key", KINDS)
async def test_an_unreachable_destination_is_an_outcome_without_secrets(
    key: str, case: str, *, dead_end: tuple[int, NotifierContext], caplog: pytest.LogCaptureFixture
) -> None:
    """Sending to a dead port never raises, is worth a retry, and tells no secret in reason or log."""
    caplog.set_level(logging.DEBUG)
    port, context = dead_end
    config = example(key, port)
    outcomes = [
        await destination.notifier.send(CASES[case]()) for destination in config.build("desk", context)
    ]
    assert {outcome.kind for outcome in outcomes} == ({"delivered"} if key == "console" else {"retry"})
    told = " ".join([*(outcome.reason for outcome in outcomes), caplog.text, repr(config)])
    assert SECRET not in told
