"""YAML into nodes that know their place, every scalar still text: the first step of reading a configuration.

`NO` stays Norway and `1e3` stays what was written, until a model reads it. `${NAME}` and `${NAME:-default}`
take environment values, `$${` is a plain `${`. Files are walked event by event, so that nothing that an alias
expands to is ever built: size and depth are capped on the way.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NoReturn

import yaml

from alerter.config.errors import Place, Report

DEPTH_AT_MOST = 50
NODES_AT_MOST = 100_000
"""Values in one file, counting what every alias expands to."""

_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_UNPRINTABLE = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_VARIABLE = re.compile(r"\$\$\{|\$\{([A-Za-z_][A-Za-z0-9_]*)(?::-([^}]*))?\}|\$\{")
_NULLS = frozenset({"", "~", "null", "Null", "NULL"})
_HARMLESS_TAGS = frozenset(f"tag:yaml.org,2002:{name}" for name in ("str", "seq", "map"))
_MERGE = "<<"


@dataclass(frozen=True, slots=True)
class Node:
    """A value and where it stands. `size` counts it with everything in it, aliases expanded."""

    place: Place
    content: "str | tuple[Node, ...] | dict[str, Node] | None"
    keys: Mapping[str, Place] = field(default_factory=dict)
    """Of a mapping: where each key stands."""
    written: str = ""
    """Of a scalar: the text before `${…}` took its value; what messages may show."""
    size: int = 1

    @property
    def text(self) -> str | None:
        """The scalar's text, or None for anything else."""
        return self.content if isinstance(self.content, str) else None

    @property
    def entries(self) -> "tuple[Node, ...]":
        """The list's entries; none for anything else."""
        return self.content if isinstance(self.content, tuple) else ()

    @property
    def fields(self) -> "dict[str, Node]":
        """The mapping's fields; none for anything else."""
        return self.content if isinstance(self.content, dict) else {}

    def plain(self) -> object:
        """The value as dicts, lists, texts and None, for a model to read."""
        if isinstance(self.content, tuple):
            return [child.plain() for child in self.content]
        if isinstance(self.content, dict):
            return {key: child.plain() for key, child in self.content.items()}
        return self.content


class _Unreadable(Exception):
    """The rest of the file cannot be made sense of; why is already reported."""


def compose(text: str, file: str, *, environment: Mapping[str, str], report: Report) -> list[Node] | None:
    """The file's documents as nodes; None when a problem, already reported, leaves nothing to go on with."""
    hidden = _UNPRINTABLE.search(text)
    if hidden:
        report.error(_place_of(text, hidden.start(), file), "a character that cannot be printed")
        return None
    try:
        return _Composer(text, file, environment, report).documents()
    except _Unreadable:
        return None
    except yaml.MarkedYAMLError as error:
        mark = error.context_mark if error.context == _IN_TAG else error.problem_mark
        place = Place(file, mark.line + 1, mark.column + 1) if mark else Place(file)
        report.error(place, _syntax(error, text))
        return None


class _Composer:
    """Builds nodes from one file's events; recursion is bounded by `DEPTH_AT_MOST`."""

    def __init__(self, text: str, file: str, environment: Mapping[str, str], report: Report) -> None:
        self._events: Iterator[Any] = yaml.parse(text, Loader=_Loader)
        self._file = file
        self._environment = environment
        self._report = report
        self._anchors: dict[str, Node | None] = {}
        self._count = 0

    def documents(self) -> list[Node]:
        roots = []
        for event in self._events:
            if isinstance(event, yaml.DocumentStartEvent):
                self._anchors = {}
                roots.append(self._node(next(self._events), 1))
        return roots

    def _node(self, event: Any, depth: int) -> Node:
        place = self._place(event)
        if depth > DEPTH_AT_MOST:
            self._give_up(place, f"nested deeper than {DEPTH_AT_MOST} levels")
        if isinstance(event, yaml.AliasEvent):
            return self._alias(event, place)
        anchor: str | None = event.anchor
        if anchor:
            self._anchors[anchor] = None
        node = self._new(event, place, depth)
        if anchor:
            self._anchors[anchor] = node
        return node

    def _new(self, event: Any, place: Place, depth: int) -> Node:
        self._add(1, place)
        self._check_tag(event, place)
        if isinstance(event, yaml.MappingStartEvent):
            return self._mapping(place, depth)
        if isinstance(event, yaml.SequenceStartEvent):
            return self._sequence(place, depth)
        return self._scalar(event, place)

    def _alias(self, event: yaml.AliasEvent, place: Place) -> Node:
        if event.anchor not in self._anchors:
            self._give_up(place, f"no anchor &{event.anchor} stands before this alias")
        node = self._anchors[event.anchor]
        if node is None:
            self._give_up(place, f"the alias *{event.anchor} stands inside its own anchor")
        self._add(node.size, place)
        return node

    def _scalar(self, event: Any, place: Place) -> Node:
        plain, written = bool(event.implicit[0]), str(event.value)
        if plain and written in _NULLS:
            return Node(place, None)
        return Node(place, self._with_environment(written, place), written=written)

    def _sequence(self, place: Place, depth: int) -> Node:
        children = []
        while not isinstance(event := next(self._events), yaml.SequenceEndEvent):
            children.append(self._node(event, depth + 1))
        return Node(place, tuple(children), size=1 + sum(child.size for child in children))

    def _mapping(self, place: Place, depth: int) -> Node:
        content: dict[str, Node] = {}
        keys: dict[str, Place] = {}
        merged: list[Node] = []
        size = 1
        while not isinstance(event := next(self._events), yaml.MappingEndEvent):
            key, key_place = self._key(event)
            child = self._node(next(self._events), depth + 1)
            size += child.size
            if key == _MERGE:
                merged += self._merged(child)
            elif key in content:
                self._report.error(
                    key_place, f'the key "{key}" is given twice; first in line {keys[key].line}'
                )
            else:
                content[key], keys[key] = child, key_place
        for other in merged:
            content = other.fields | content
            keys = dict(other.keys) | keys
        return Node(place, content, keys, size=size)

    def _key(self, event: Any) -> tuple[str, Place]:
        if not isinstance(event, yaml.ScalarEvent):
            self._give_up(self._place(event), "a key must be a plain word")
        self._add(1, self._place(event))
        return str(event.value), self._place(event)

    def _merged(self, node: Node) -> list[Node]:
        nodes = list(node.entries) or [node]
        if all(isinstance(one.content, dict) for one in nodes):
            return nodes
        self._report.error(node.place, "<< takes a mapping, or a list of mappings")
        return []

    def _with_environment(self, written: str, place: Place) -> str:
        def value(found: re.Match[str]) -> str:
            name, default = found[1], found[2]
            if name is None:
                return self._literal(found[0], place)
            given = self._environment.get(name)
            if given is None and default is None:
                self._report.error(place, f"the environment variable {name} is not set")
            return given or default or ""

        return _VARIABLE.sub(value, written) if "${" in written else written

    def _literal(self, found: str, place: Place) -> str:
        if found == "${":
            self._report.error(place, "${ must be followed by a name and }; write $${ for a plain ${")
        return "${"

    def _check_tag(self, event: Any, place: Place) -> None:
        tag: str | None = event.tag
        if tag and tag not in _HARMLESS_TAGS:
            self._report.error(place, f"the tag {tag} means nothing here; {_QUOTES}")

    def _add(self, size: int, place: Place) -> None:
        self._count += size
        if self._count > NODES_AT_MOST:
            self._give_up(place, f"expands to more than {NODES_AT_MOST} values")

    def _give_up(self, place: Place, message: str) -> NoReturn:
        self._report.error(place, message)
        raise _Unreadable

    def _place(self, event: Any) -> Place:
        return Place(self._file, event.start_mark.line + 1, event.start_mark.column + 1)


_IN_TAG = "while scanning a tag"
_QUOTES = 'write a value that begins with ! in quotes, as in "!=info"'


def _syntax(error: yaml.MarkedYAMLError, text: str) -> str:
    problem = f"not YAML: {error.problem or 'cannot be read'}"
    line, character = _around(text, error.problem_mark)
    if character == "\t":
        return f"{problem} (indent with spaces, never with tabs)"
    if "${" in line:
        return f'{problem} (inside [ ] and {{ }} write "${{NAME}}" in quotes)'
    if error.context == _IN_TAG:
        return f"{problem}; {_QUOTES}"
    return f"{problem}, {error.context}" if error.context else problem


def _around(text: str, mark: "yaml.Mark | None") -> tuple[str, str]:
    """The line and the character at a mark."""
    lines = text.splitlines()
    line = lines[mark.line] if mark and mark.line < len(lines) else ""
    return line, line[mark.column : mark.column + 1] if mark else ""


def _place_of(text: str, offset: int, file: str) -> Place:
    before = text[:offset]
    return Place(file, before.count("\n") + 1, offset - (before.rfind("\n") + 1) + 1)
