"""Discovery of kinds: every module of a package that defines a configuration class adds a kind.

A new kind of source, rule or notifier is one file in its package; nothing lists the kinds anywhere.
"""

import importlib
import inspect
import pkgutil
from types import ModuleType
from typing import TypeVar

Base = TypeVar("Base")


def discover(package: ModuleType, base: type[Base]) -> tuple[type[Base], ...]:
    """Every subclass of `base` in the package's own modules, by name; abstract and `_Shared` ones apart."""
    found: dict[tuple[str, str], type[Base]] = {}
    for info in pkgutil.iter_modules(package.__path__, f"{package.__name__}."):
        module = importlib.import_module(info.name)
        for name, member in inspect.getmembers(module, inspect.isclass):
            own = member.__module__ == module.__name__ and not name.startswith("_")
            if own and issubclass(member, base) and member is not base and not inspect.isabstract(member):
                found[name, info.name] = member
    return tuple(found[key] for key in sorted(found))
