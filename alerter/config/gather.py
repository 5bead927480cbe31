"""From a folder to lists of nodes: every YAML file below it is read and merged, list by list.

Files come in the order of their paths, which is the order of routes across files.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from alerter.config.errors import Place, Report
from alerter.config.yaml_nodes import Node, compose
from alerter.wording import unknown

FILE_SIZE_AT_MOST = 4 * 1024 * 1024
"""Bytes in one file."""
LISTS = ("packs", "sources", "matters", "rules", "receivers", "routes", "silences", "digests", "tests")
LEXICON = ("commodities", "companies", "countries")
"""Lists below `lexicon`."""
PACKED = ("sources", "matters", "rules", "tests", *LEXICON)
"""What a pack may hold."""
_KEYS = (*LISTS, "lexicon", "retention")
_SUFFIXES = frozenset({".yaml", ".yml"})


@dataclass(slots=True)
class Gathered:
    """The entries of every list, in order. `complete`: could every file be read to its end?"""

    lists: dict[str, list[Node]] = field(default_factory=lambda: {name: [] for name in (*LISTS, *LEXICON)})
    retention: Node | None = None
    complete: bool = True


def gather(
    folder: Path, environment: Mapping[str, str], report: Report, *, shown: Path | None = None
) -> Gathered:
    """Every list of the configuration, merged from all files; what cannot be read is reported.

    `shown`: what messages call the folder, where its own path says nothing to people.
    """
    gathered = Gathered()
    if not folder.is_dir():
        is_there = "is a file; name the folder that it is in" if folder.exists() else ""
        report.error(Place(str(folder)), is_there or "there is no such folder")
        return gathered
    files = list(_yaml_files(folder, frozenset(), report))
    if not files and not report.errors:
        report.error(Place(str(folder)), "there is no configuration here: no file ends in .yaml or .yml")
    for file in files:
        text = _read(file, report)
        name = str(shown / file.relative_to(folder)) if shown else str(file)
        roots = None if text is None else compose(text, name, environment=environment, report=report)
        gathered.complete = gathered.complete and roots is not None
        for root in roots or ():
            _sort_in(root, gathered, report)
    return gathered


def _yaml_files(folder: Path, within: frozenset[Path], report: Report) -> Iterator[Path]:
    """YAML files below the folder, by path, dot-names apart; a link to a folder above is not followed."""
    own = folder.resolve()
    if own in within:
        return
    try:
        paths = sorted(path for path in folder.iterdir() if not path.name.startswith("."))
    except OSError as error:
        report.error(Place(str(folder)), f"cannot be read: {error.strerror}")
        return
    for path in paths:
        if path.is_dir():
            yield from _yaml_files(path, within | {own}, report)
        elif path.suffix in _SUFFIXES:
            yield path


def _read(file: Path, report: Report) -> str | None:
    """The file's text; None when it cannot be had, which is reported."""
    try:
        if file.exists() and not file.is_file():
            report.error(Place(str(file)), "is not a regular file")
            return None
        with file.open("rb") as stream:
            content = stream.read(FILE_SIZE_AT_MOST + 1)
        if len(content) > FILE_SIZE_AT_MOST:
            report.error(Place(str(file)), f"is larger than {FILE_SIZE_AT_MOST // 1024**2} MiB")
            return None
        return content.decode("utf-8-sig")
    except OSError as error:
        report.error(Place(str(file)), f"cannot be read: {error.strerror}")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        column = error.start - (content.rfind(b"\n", 0, error.start) + 1) + 1
        report.error(Place(str(file), line, column), "is not UTF-8")
    return None


def _sort_in(root: Node, gathered: Gathered, report: Report) -> None:
    if root.content is None:  # an empty file, or one of comments only
        return
    if not isinstance(root.content, dict):
        report.error(root.place, "a configuration file should be a mapping of lists, such as rules: […]")
        return
    for key, node in root.fields.items():
        if key in LISTS:
            gathered.lists[key] += _list(key, node, report)
        elif key == "lexicon":
            _sort_lexicon(node, gathered, report)
        elif key == "retention":
            _set_retention(node, gathered, report)
        else:
            report.error(root.keys[key], unknown("key", key, _KEYS))


def _list(key: str, node: Node, report: Report) -> tuple[Node, ...]:
    if node.content is not None and not isinstance(node.content, tuple):
        report.error(node.place, f"{key} should be a list")
    return node.entries


def _sort_lexicon(node: Node, gathered: Gathered, report: Report) -> None:
    if node.content is not None and not isinstance(node.content, dict):
        report.error(node.place, "lexicon should be a mapping")
    for key, own in node.fields.items():
        if key in LEXICON:
            gathered.lists[key] += _list(key, own, report)
        else:
            report.error(node.keys[key], unknown("key", key, LEXICON))


def _set_retention(node: Node, gathered: Gathered, report: Report) -> None:
    if gathered.retention:
        report.error(node.place, f"retention is already given at {gathered.retention.place}")
        return
    gathered.retention = node
