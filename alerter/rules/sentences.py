"""Figures, thresholds and names as a buyer reads them in a verdict."""

import math
import re
from collections.abc import Iterable, Mapping
from typing import Annotated

from pydantic import Field

from alerter.core.quantities import Percent
from alerter.core.reading import ReadSignal, Span

LONGEST = 300
"""Characters of a title or a list in a sentence; what is longer is cut with an ellipsis."""

LISTED = 4
"""Names of a list that a sentence holds; the rest is counted."""
_MULTIPLE = re.compile(r"(?:^|\s)(?:\d+ (?:thousand|million|billion)\b|\d[\d,]{2})", re.IGNORECASE)
"""What makes a unit a multiple of another, as in `CNY 10,000`."""
_PARTIES = {"court": "a court", "company": "a company"}

FinitePercent = Annotated[Percent, Field(allow_inf_nan=False)]
FiniteLevel = Annotated[float, Field(allow_inf_nan=False)]


def shortened(text: str, longest: int = LONGEST) -> str:
    """The text on one line, cut if it is longer."""
    line = " ".join(text[: 4 * longest].split())
    return line if len(line) <= longest else line[: longest - 1].rstrip() + "…"


def listed(names: Iterable[str]) -> str:
    """Names of the vocabulary in a row, as words: `licence required, export ban`."""
    return in_a_row(plain(name) for name in names)


def in_a_row(texts: Iterable[str]) -> str:
    """Texts in a row; of many the first few, and how many more: `a, b, c, d … and 3 more`."""
    every = list(texts)
    rest = f" … and {len(every) - LISTED} more" if len(every) > LISTED else ""
    return shortened(", ".join(every[:LISTED])) + rest


def plain(name: str) -> str:
    """A name of the vocabulary as words."""
    return name.replace("_", " ")


def thing(commodity: str) -> str:
    """A commodity's id as words: `rare earths`, `rare-earth magnets`."""
    first, _, last = commodity.rpartition("-")
    return f"{first} {last}" if first else last


def party(code: str | None, names: Mapping[str, str]) -> str:
    """Who acts or trades, as a sentence names them: `China`, `the US`, `a court`; empty for nobody."""
    return _PARTIES.get(code) or names.get(code, code) if code else ""


def route(origin: str | None, destination: str | None, names: Mapping[str, str]) -> str:
    """Where goods go, behind what they are: `, China → US`, ` from China`, ` to the US`."""
    if origin and destination:
        ends = (party(end, names).removeprefix("the ") for end in (origin, destination))
        return ", " + " → ".join(ends)
    if origin:
        return f" from {party(origin, names)}"
    return f" to {party(destination, names)}" if destination else ""


def percent(value: float, threshold: float | None = None) -> str:
    """A signed percentage, like `−34 %`.

    With a threshold: whole, unless rounding would hide on which side of it the value lies.
    """
    if threshold is None or not math.isfinite(value):
        return f"{_signed(f'{value:g}')} %"
    for digits in range(4):
        text = f"{value:.{digits}f}"
        if _side(float(text), threshold) == _side(value, threshold):
            break
    return f"{_signed(text)} %"


def number(value: float) -> str:
    """A level with thousands parted by commas, at most four significant digits below 1,000: `1,238`."""
    if 1000 <= abs(value) < 1e15 or (value == round(value, 0) and abs(value) < 1e15):
        return f"{value:,.0f}".replace("-", "−")
    return f"{value:.4g}".replace("-", "−")


def level(value: float, unit: str | None) -> str:
    """A level with its unit: `46 t`; one that counts in many is set off: `22,297 × CNY 100 million`."""
    if not unit:
        return number(value)
    times = "× " if _MULTIPLE.search(unit) else ""
    return f"{number(value)} {times}{unit}"


def own_span(read: ReadSignal, span: Span) -> Span | None:
    """The span, if there is such a stretch of the signal's body."""
    start, end = span
    return span if 0 <= start < end <= len(read.body) else None


def _signed(text: str) -> str:
    return text.replace("-", "−") if text.startswith("-") else f"+{text}"


def _side(value: float, threshold: float) -> int:
    return (value > threshold) - (value < threshold)
