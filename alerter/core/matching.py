"""Which routes take an alert: matchers on its labels, compiled once when a configuration is loaded.

Patterns run on RE2 and must match the whole value; an absent label is an empty one.
"""

from collections.abc import Callable, Mapping, Sequence

import re2

from alerter.core.route import Matcher, Route

Predicate = Callable[[Mapping[str, str]], bool]


def pattern_fault(pattern: str) -> str | None:
    """Why RE2 cannot take the pattern; None when it can."""
    try:
        _compile(pattern)
    except re2.error as error:
        fault = error.args[0] if error.args else "cannot be read"
        return fault.decode("utf-8", "replace") if isinstance(fault, bytes) else str(fault)
    return None


def predicate(matchers: Sequence[Matcher]) -> Predicate:
    """Do labels meet all the matchers? No matchers are met by everything. Raises re2.error."""
    tests = [(matcher.label, _test(matcher)) for matcher in matchers]
    return lambda labels: all(test(labels.get(label, "")) for label, test in tests)


def matches(matchers: Sequence[Matcher], labels: Mapping[str, str]) -> bool:
    """Do the labels meet all the matchers? Compiles at each call: for one-off looks. Raises re2.error."""
    return predicate(matchers)(labels)


class Routing:
    """The route list, ready to be asked. Built once per configuration. Raises re2.error."""

    def __init__(self, routes: Sequence[Route]) -> None:
        self._routes = [(route, predicate(route.match)) for route in routes]

    def routes_for(self, labels: Mapping[str, str]) -> tuple[Route, ...]:
        """The routes that take an alert, in order: the first that matches, and on past any that continues."""
        taken = []
        for route, takes in self._routes:
            if takes(labels):
                taken.append(route)
                if not route.continue_:
                    break
        return tuple(taken)


def _test(matcher: Matcher) -> Callable[[str], bool]:
    if matcher.op in {"=", "!="}:
        values, wanted = frozenset(matcher.values), matcher.op == "="
        return lambda value: (value in values) is wanted
    patterns, wanted = [_compile(one) for one in matcher.values], matcher.op == "=~"
    return lambda value: any(pattern.fullmatch(value) for pattern in patterns) is wanted


def _compile(pattern: str) -> "re2._Regexp[str]":
    options = re2.Options()
    options.log_errors = False  # RE2 would write them to stderr itself
    return re2.compile(pattern, options)
