"""One entry of a configuration, from fields to a frozen model: what is wrong with it, where, in plain words.

Shared by the loader, which has nodes with places, and by HTTP, which has JSON and answers with paths.
"""

import types
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar, get_args

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from alerter.config.errors import Place, Report
from alerter.config.yaml_nodes import Node
from alerter.wording import in_words, unknown

Path = tuple[int | str, ...]
Model = TypeVar("Model", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with one value, and the path to it: `("match", "severity")`."""

    path: Path
    message: str

    def __str__(self) -> str:
        """The whole path, once, and what is wrong there: `any.1: should be text`."""
        keys = [step for step in self.path if isinstance(step, str)]
        if not keys:
            return self.message
        return f"{'.'.join(map(str, self.path))}: {self.message.removeprefix(f'{keys[-1]}: ')}"


class EntryInvalid(Exception):
    """An entry that cannot be read, with all its faults."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("; ".join(fault.message for fault in self.faults))


@dataclass(frozen=True, slots=True)
class Kinds(Generic[Model]):
    """The kinds of one sort of thing, told apart by the entry's `type`."""

    noun: str
    by_type: Mapping[str, type[Model]]

    @classmethod
    def of(cls, noun: str, classes: Iterable[type[Model]]) -> "Kinds[Model]":
        """Kinds by the literal that each class gives its field `type`."""
        named = {name: kind for kind in classes for name in get_args(kind.model_fields["type"].annotation)}
        return cls(noun, named)

    def read(self, document: object) -> Model:
        """The entry as its kind's model. Raises EntryInvalid."""
        return validate(self._kind(document), document)

    def _kind(self, document: object) -> type[Model]:
        if not isinstance(document, Mapping):
            raise EntryInvalid([Fault((), f"a {self.noun} should be a mapping")])
        if "type" not in document:
            raise EntryInvalid([Fault(("type",), 'missing key "type"')])
        name = str(document["type"])
        if name not in self.by_type:
            raise EntryInvalid([Fault(("type",), unknown(f"{self.noun} type", name, self.by_type))])
        return self.by_type[name]


def validate(kind: type[Model], document: object) -> Model:
    """The fields as a model. Texts become numbers, dates and lists' elements as the model says.

    Raises EntryInvalid.
    """
    try:
        return kind.model_validate(document)
    except ValidationError as error:
        raise EntryInvalid(_faults(kind, error)) from error


def follow(node: Node, path: Path) -> Node | None:
    """The node exactly at the path, or None."""
    for step in path:
        if isinstance(step, int) and step < len(node.entries):
            node = node.entries[step]
        elif step in node.fields:
            node = node.fields[str(step)]
        else:
            return None
    return node


def locate(node: Node, path: Path) -> Node:
    """The node at the path, as deep as it leads; steps that only a model knows are passed over."""
    for step in path:
        node = follow(node, (step,)) or node
    return node


def report_faults(faults: Iterable[Fault], node: Node, report: Report) -> None:
    """Report each fault at its place; a value taken from the environment shows as it was written.

    What could not be made out is told already, and is not judged besides.
    """
    told = report.told
    for fault in faults:
        at, place = locate(node, fault.path), _place(node, fault)
        if place not in told:
            report.error(place, _without_secret(fault.message, at))


def _place(node: Node, fault: Fault) -> Place:
    """Of an unknown key the key's place, else the value's; what is missing is missing from its mapping."""
    parent = locate(node, fault.path[:-1])
    last = fault.path[-1] if fault.path else None
    if fault.message.startswith("unknown key") and last in parent.keys:
        return parent.keys[str(last)]
    return locate(node, fault.path).place


def _without_secret(message: str, node: Node) -> str:
    if not node.text or node.text == node.written:
        return message
    return message.replace(node.text, node.written)


def _faults(kind: type[BaseModel], error: ValidationError) -> Iterator[Fault]:
    errors = error.errors(include_url=False)
    for one in errors:
        if not _only_follows(one, errors):
            yield Fault(one["loc"], _message(kind, one))


def _only_follows(error: ErrorDetails, errors: list[ErrorDetails]) -> bool:
    """Is a list found too short only because entries of it are wrong themselves?"""
    depth = len(error["loc"])
    inside = (one for one in errors if len(one["loc"]) > depth and one["loc"][:depth] == error["loc"])
    return error["type"] == "too_short" and any(inside)


def _message(kind: type[BaseModel], error: ErrorDetails) -> str:
    last = str(error["loc"][-1]) if error["loc"] else ""
    if error["type"] == "missing":
        return f'missing key "{last}"' if isinstance(error["loc"][-1], str) else "an entry is missing here"
    if error["type"] == "extra_forbidden":
        holder = _model_at(kind, error["loc"][:-1])
        return unknown("key", last, _keys(holder) if holder else ())
    named = [step for step in error["loc"] if isinstance(step, str)]
    return f"{named[-1]}: {in_words(error)}" if named else in_words(error)


def _keys(kind: type[BaseModel]) -> list[str]:
    return [field.alias or name for name, field in kind.model_fields.items()]


def _model_at(kind: type[BaseModel], path: Path) -> type[BaseModel] | None:
    """The model that reads the mapping at the path."""
    held: type[BaseModel] | None = kind
    for step in path:
        if held is None or isinstance(step, int):
            continue
        field = _field(held, step)
        held = _model_in(field.annotation) if field else held
    return held


def _field(kind: type[BaseModel], key: str) -> FieldInfo | None:
    by_key = {field.alias or name: field for name, field in kind.model_fields.items()}
    return by_key.get(key)


def _model_in(annotation: Any) -> type[BaseModel] | None:
    """The first model in an annotation such as `tuple[Signal, ...]` or `Slack | None`."""
    if isinstance(annotation, type) and not isinstance(annotation, types.GenericAlias):
        return annotation if issubclass(annotation, BaseModel) else None
    inner = (_model_in(part) for part in get_args(annotation))
    return next((found for found in inner if found), None)
