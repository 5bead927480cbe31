"""What publishers say about a request that they refuse, made fit for a message.

Between the client and its errors: a short JSON body of a 4xx becomes one line without mark-up, bounded, and
without what was sent as a key, which publishers like to repeat.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from urllib.parse import quote, quote_plus

import orjson

from alerter.core.clean import clean_line

LONGEST_BODY = 4_096
"""Bytes of a refusal that is read: what is longer is made for other readers."""
EXCERPT = 200
"""Characters of it in a message."""
MASK = "***"
_WORDLESS = frozenset({"", "error", "errors", "detail", "message", "title"})
"""Names that say nothing of what they name."""
_LEAVES, _DEEPEST = 20, 8
_SECRET_WORD = 8
"""Characters from which a word of a header's value may be a key."""


def excerpt(body: bytes, secrets: Iterable[str]) -> str:
    """The publisher's words in a JSON body, without these secrets; empty where there are none.

    A member's name stands before its value, as in `agencies: bad slug`.
    """
    if len(body) > LONGEST_BODY:
        return ""
    try:
        parsed = orjson.loads(body)
    except ValueError:
        return ""
    said = "; ".join(part for part, _ in zip(_leaves(parsed), range(_LEAVES), strict=False))
    hidden = _pattern(secrets)
    line = clean_line(_masked(said, hidden))
    line = _masked(line, hidden)  # cleaning may have joined what was apart
    return line if len(line) <= EXCERPT else line[: EXCERPT - 1].rstrip() + "…"


def secret_texts(headers: Mapping[str, str], params: Iterable[tuple[str, str]]) -> set[str]:
    """What a request must keep to itself: the last and the long words of its headers, and its parameters."""
    words = [value.split() for value in headers.values()]
    last = {each[-1] for each in words if each}  # before it may stand a scheme, as in `Token abc`
    return (
        last
        | {one for each in words for one in each if len(one) >= _SECRET_WORD}
        | {value for _, value in params}
    )


def _leaves(value: object, name: str = "", *, depth: int = 0) -> Iterator[str]:
    if depth > _DEEPEST:
        return
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _leaves(inner, key, depth=depth + 1)
    elif isinstance(value, list):
        for inner in value:
            yield from _leaves(inner, name, depth=depth + 1)
    elif value is not None and value != "":
        yield str(value) if name.lower() in _WORDLESS else f"{name}: {value}"


def _pattern(secrets: Iterable[str]) -> re.Pattern[str] | None:
    forms = {form for text in secrets if text for form in (text, quote(text, safe=""), quote_plus(text))}
    longest_first = sorted(forms, key=len, reverse=True)
    return re.compile("|".join(map(re.escape, longest_first)), re.IGNORECASE) if forms else None


def _masked(text: str, hidden: re.Pattern[str] | None) -> str:
    return hidden.sub(MASK, text) if hidden else text
