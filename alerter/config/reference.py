"""docs/sources.md, written from the models of the source kinds: what each reads, its options, its limits.

Run as a module it prints the page; a test holds the page in docs/ to it.
"""

import ast
import inspect
import textwrap
import types
from collections.abc import Iterator
from datetime import timedelta
from itertools import pairwise
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from alerter.config.load import source_kinds
from alerter.core.quantities import format_duration
from alerter.sources.base import SourceConfig, WebAddress

_HEAD = """\
# Sources

Every kind of source, written from the code (`make docs`). A source is an entry of `sources:`;
`alerter poll ID` polls one once and prints its signals.

- An answer that is empty by error, an error page and "nothing new" are told apart, and health says which.
- A first poll sets the baseline: what was published more than `max_age` ago never alerts.
- Every request names alerter and `ALERTER_PUBLIC_URL`, is conditional where the publisher allows it, heeds
  `Retry-After`, and keeps to few at once per host. Addresses in private networks are refused unless
  `ALERTER_ALLOW_PRIVATE_NETWORKS` is true.
"""
_PLAIN = {str: "text", int: "number", float: "number", bool: "`true` or `false`", timedelta: "duration"}


def sources_page() -> str:
    """The whole page, in Markdown."""
    kinds = source_kinds().by_type
    common = "\n".join(_table(SourceConfig))
    sections = [_section(name, kinds[name]) for name in sorted(kinds)]
    return f"{_HEAD}\n## Every source\n\n{common}\n\n" + "\n\n".join(sections) + "\n"


def _section(name: str, kind: type[SourceConfig]) -> str:
    parts = [f"## `{name}`", inspect.cleandoc(kind.__doc__ or "")]
    if kind.limits:
        parts.append(f"The publisher's limits: {kind.limits}")
    if kind.example:
        parts.append(f"```yaml\nsources:\n  - {kind.example}\n```")
    parts.append("\n".join(_table(kind, besides=SourceConfig)))
    return "\n\n".join(parts)


def _table(model: type[BaseModel], *, besides: type[BaseModel] | None = None) -> Iterator[str]:
    """The options as rows; of those of `besides` only what has another default here."""
    yield "| option | takes | default | meaning |"
    yield "|---|---|---|---|"
    for name, field, said in _options(model, besides):
        takes, default = (
            text.replace("|", "\\|") for text in (_takes(field.annotation, field), _default(field))
        )
        yield f"| `{name}` | {takes} | {default} | {said} |"


def _options(
    model: type[BaseModel], besides: type[BaseModel] | None, path: str = ""
) -> Iterator[tuple[str, FieldInfo, str]]:
    """(name, field, meaning) of each option, with those of what it holds."""
    meanings = _meanings(model)
    for name, field in model.model_fields.items():
        shared = besides.model_fields.get(name) if besides else None
        if name == "type" or (shared and shared.default == field.default):
            continue
        shown = path + (field.alias or name)
        yield shown, field, meanings.get(name, "")
        inner = _model_in(field.annotation)
        if inner:
            yield from _options(inner, None, f"{shown}.")


def _meanings(model: type[BaseModel]) -> dict[str, str]:
    """Field → the docstring below it, in the class or the nearest of its bases that has one."""
    found: dict[str, str] = {}
    for cls in reversed(model.__mro__):
        if issubclass(cls, BaseModel) and cls is not BaseModel:
            found |= _own_meanings(cls)
    return found


def _own_meanings(cls: type) -> dict[str, str]:
    (body,) = ast.parse(textwrap.dedent(inspect.getsource(cls))).body
    statements = body.body if isinstance(body, ast.ClassDef) else []
    found = {}
    for field, doc in pairwise(statements):
        if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name) and _is_text(doc):
            found[field.target.id] = " ".join(ast.literal_eval(doc.value).split())  # type: ignore[attr-defined]  # a text stands there
    return found


def _is_text(statement: ast.stmt) -> bool:
    return (
        isinstance(statement, ast.Expr)
        and isinstance(statement.value, ast.Constant)
        and isinstance(statement.value.value, str)
    )


def _takes(annotation: Any, field: FieldInfo | None = None) -> str:
    """A type in words."""
    if annotation is WebAddress or (field and any("web_address" in repr(one) for one in field.metadata)):
        return "address"
    origin, inner = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return _takes(inner[0])
    if origin is Literal:
        return " ".join(f"`{one}`" for one in inner)
    if origin in {Union, types.UnionType}:
        return " or ".join(_takes(one) for one in inner if one is not type(None))
    if origin is tuple:
        return f"list of {_takes(inner[0])}" if inner[-1] is Ellipsis else f"list of {len(inner)}"
    if origin is dict or annotation is dict:
        return f"mapping to {_takes(inner[1])}" if inner else "mapping"
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return "mapping"
    return _PLAIN.get(annotation, getattr(annotation, "__name__", str(annotation)))


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "required"
    value = field.get_default(call_default_factory=False)
    if value is None or value in ((), {}, "") or isinstance(value, BaseModel):
        return ""
    if isinstance(value, timedelta):
        return f"`{format_duration(value)}`"
    if isinstance(value, tuple):
        return f"`[{', '.join(map(str, value))}]`"
    return f"`{str(value).lower() if isinstance(value, bool) else value}`"


def _model_in(annotation: Any) -> type[BaseModel] | None:
    """The model that an option's value, or each of its elements, is."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for one in get_args(annotation) if (found := _model_in(one))), None)


if __name__ == "__main__":
    print(sources_page(), end="")  # noqa: T201  the page is the output
