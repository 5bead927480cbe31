"""Discovery of kinds in a package."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from alerter.core.kinds import discover
from alerter.core.model import Frozen


class Port(Frozen):
    """The base whose kinds are sought."""


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A package on the path, gone afterwards."""
    folder = tmp_path / "ports_of_call"
    folder.mkdir()
    (folder / "__init__.py").write_text("")
    (folder / "sea.py").write_text(
        "from tests.core.test_kinds import Port\n"
        "class _Shared(Port): ...\n"
        "class SeaPort(_Shared): ...\n"
        "class Crane: ...\n"
    )
    (folder / "air.py").write_text(
        "from ports_of_call.sea import SeaPort\n"
        "from tests.core.test_kinds import Port\n"
        "class AirPort(Port): ...\n"
        "NUMBER = 7\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    yield "ports_of_call"
    for name in [name for name in sys.modules if name.startswith("ports_of_call")]:
        del sys.modules[name]


def test_every_kind_is_found_once_by_name(package: str) -> None:
    """A class counts where it is defined; the base, shared bases and other classes are no kinds."""
    __import__(package)
    found = discover(sys.modules[package], Port)
    assert [kind.__name__ for kind in found] == ["AirPort", "SeaPort"]
