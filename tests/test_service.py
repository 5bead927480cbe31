"""The composition root: what must not end a running service, and what it says when it cannot start."""

import socket
from pathlib import Path
from typing import Any

import pytest

from alerter.config import load
from alerter.service import CannotListen, Options, Service
from alerter.settings import load_settings
from alerter.store.keeper import StoreKeeper
from alerter.store.memory import MemoryStore

CONFIG = Path(__file__).parent.parent / "config"
UNUSED: Any = None
"""What a reload that is refused never looks at."""


def a_service(**environment: str) -> Service:
    """A service over the shipped configuration, not yet running."""
    options = Options(CONFIG, load_settings(environment), environment)
    return Service(options, load(CONFIG, environment))


async def test_a_reload_that_surprises_keeps_what_is_in_force(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever a changed file does to the loader, the service goes on and shows that it was refused."""

    def trip(*_: object) -> None:
        raise ZeroDivisionError

    service = a_service()
    before = service._configuration
    service._metrics.config_loaded.set(1)
    monkeypatch.setattr("alerter.service.load", trip)
    await service._reload(UNUSED, UNUSED)
    assert service._configuration is before
    assert service._metrics.config_loaded._value.get() == 0
    assert "and the one before is in force: ZeroDivisionError" in service._refusal


async def test_a_port_that_is_taken_is_said_in_one_sentence() -> None:
    """With what to set instead, and no traceback."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        service = a_service(ALERTER_HTTP__PORT=str(port))
        with pytest.raises(CannotListen, match=rf"^127\.0\.0\.1:{port} is taken; set ALERTER_HTTP__PORT"):
            async with service._serving(StoreKeeper(MemoryStore(), None)):
                raise AssertionError


async def test_a_host_that_is_not_ours_is_said_in_one_sentence() -> None:
    """An address of another machine cannot be listened on (192.0.2.0/24 is nobody's: RFC 5737)."""
    service = a_service(ALERTER_HTTP__HOST="192.0.2.1")
    with pytest.raises(
        CannotListen, match=r"^cannot listen on 192\.0\.2\.1:8080: .+; set ALERTER_HTTP__HOST"
    ):
        async with service._serving(StoreKeeper(MemoryStore(), None)):
            raise AssertionError
