"""The house rules that no linter holds: lengths, kinds apart, docstrings on tests, nothing left for later."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FILE_LINES, FUNCTION_LINES = 400, 50
KIND_PACKAGES = ("sources", "rules", "notifiers")
SOURCES = sorted((ROOT / "alerter").rglob("*.py"))
EVERY = sorted(
    path for folder in ("alerter", "tests", "bench", "demo") for path in (ROOT / folder).rglob("*.py")
)


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Every function of the file, methods and nested ones too."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def name(path: Path) -> str:
    """The path as people write it."""
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", EVERY, ids=name)
def test_files_and_functions_are_short(path: Path) -> None:
    """No file is over 400 lines, no function over 50."""
    assert len(path.read_text(encoding="utf-8").splitlines()) <= FILE_LINES
    long = {f.name: (f.end_lineno or 0) - f.lineno + 1 for f in functions(path)}
    assert {name: lines for name, lines in long.items() if lines > FUNCTION_LINES} == {}


@pytest.mark.parametrize("path", SOURCES, ids=name)
def test_every_module_says_what_it_is(path: Path) -> None:
    """Each module of the package begins with a docstring."""
    assert ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))


def test_every_test_is_named_by_a_sentence() -> None:
    """Each test function has a docstring that names the behaviour."""
    silent = [
        f"{name(path)}:{function.name}"
        for path in EVERY
        if path.name.startswith("test_")
        for function in functions(path)
        if function.name.startswith("test_") and not ast.get_docstring(function)
    ]
    assert silent == []


def kinds(package: str) -> dict[str, Path]:
    """Module → file of each kind: what defines a configuration with a `type` or a `key`, the base apart."""
    return {
        f"alerter.{package}.{path.stem}": path
        for path in sorted((ROOT / "alerter" / package).glob("*.py"))
        if path.stem != "base"
        for node in ast.parse(path.read_text(encoding="utf-8")).body
        if isinstance(node, ast.ClassDef) and node.name.endswith(("Config", "Rule"))
        if {"type", "key"} & {ast.unparse(one.target) for one in node.body if isinstance(one, ast.AnnAssign)}
    }


@pytest.mark.parametrize("package", KIND_PACKAGES)
def test_kinds_do_not_import_each_other(package: str) -> None:
    """A kind stands on the base and on what all share, never on another kind."""
    every = kinds(package)
    assert len(every) >= 2
    for module, path in every.items():
        text = path.read_text(encoding="utf-8")
        imported = {n.module for n in ast.walk(ast.parse(text)) if isinstance(n, ast.ImportFrom)}
        assert imported & (set(every) - {module}) == set()
