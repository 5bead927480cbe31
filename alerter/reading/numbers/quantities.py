"""Quantities: what the numbers of a text count: percentages, fractions, multiples, and levels with units.

A number whose unit stands with a later one takes it from there (`0.5 million and 0.9 million tonnes`), and
ranges (`10-15 per cent`) give a lower and an upper quantity.
"""

from collections.abc import Sequence
from dataclasses import replace

from alerter.reading.marks import Marked
from alerter.reading.numbers.multiples import CHANGE_CLASSES, OPENERS, said_in_words, times
from alerter.reading.numbers.numerals import (
    BOUNDS,
    LONG_SCALES,
    SMALL,
    Number,
    Quantity,
    bound_at,
    number_at,
    sign_at,
)
from alerter.reading.numbers.units import Unit, currency_after, currency_before, days_at, per_at, unit_at

_WORDS = frozenset({*SMALL, *LONG_SCALES, *OPENERS})
"""Words that may open a quantity."""
_LONGEST_LIST = 6


def quantities(marked: Marked, first: int, last: int) -> list[Quantity]:
    """All quantities between two tokens (half-open), in order."""
    found: list[Quantity] = []
    unread = first
    for index in _openings(marked, first, last):
        quantity = _quantity_at(marked, index, last, found) if index >= unread else None
        if quantity:
            found.append(quantity)
            unread = quantity.last
    return _ranges(marked, found) if len(found) > 1 else found


def _openings(marked: Marked, first: int, last: int) -> list[int]:
    """Where a quantity could begin: most words need no further look."""
    found = {index for index, word in enumerate(marked.words[first:last], first) if word in _WORDS}
    found.update(marked.tokens.numerals_in(first, last))
    found.update(marked.starts_of(CHANGE_CLASSES & marked.present, first, last))
    return sorted(found)


def _quantity_at(marked: Marked, index: int, last: int, found: Sequence[Quantity]) -> Quantity | None:
    if not marked.words[index][0].isdigit():
        said = said_in_words(marked, index, last)
        if said or marked.any_of(index, CHANGE_CLASSES):
            return said
    number = number_at(marked, index, last)
    return _measured(marked, number, last, found) if number else None


# --- what a number counts ---------------------------------------------------------------------------


def _measured(marked: Marked, number: Number, last: int, found: Sequence[Quantity]) -> Quantity | None:
    """The quantity that a number is of: by its own unit, else by that of the list or range it stands in."""
    words, at = marked.words, number.last
    if at < last and words[at] in ("times", "fold"):
        return times(marked, number)
    if marked.has(at, "points"):
        return None
    if marked.has(at, "percent"):
        end = marked.tags[at]["percent"]
        bound = bound_at(marked, number.first, end)
        return Quantity("pct", number.value, "pct", bound, number.first, end, sign_at(words, number.first))
    return (
        _money(marked, number, last, found)
        or _mass(marked, number)
        or _listed(marked, number, last)
        or _of_before(marked, number, found)
    )


def _money(marked: Marked, number: Number, last: int, found: Sequence[Quantity]) -> Quantity | None:
    words = marked.words
    before = currency_before(words, number.first)
    after = None if before else currency_after(words, number.last)
    own = before or (after and (after.name, number.first)) or _money_before(words, number, found)
    if own is None:
        return None
    value, end = number.value, number.last
    if after:
        value, end = value * after.factor, after.end
    per, end = _per_of_list(marked, end, last)
    unit = f"{own[0]}_per_{per}" if per else own[0]
    return Quantity("level", value, unit, bound_at(marked, own[1], end), own[1], end)


def _money_before(words: Sequence[str], number: Number, found: Sequence[Quantity]) -> tuple[str, int] | None:
    """`$540-570 per mtu`: the currency that the range or list began with."""
    if not found or found[-1].unit is None or number.first - found[-1].last not in (1, 2):
        return None
    currency = found[-1].unit.partition("_per_")[0]
    joint = words[found[-1].last : number.first]
    is_money = len(currency) == 3 and found[-1].kind == "level" and currency != "pct"
    return (currency, number.first) if is_money and joint in (["-"], ["to"]) else None


def _per_of_list(marked: Marked, end: int, last: int) -> tuple[str | None, int]:
    """What the money is for, and the token after: said here, or with a later sum of the same list."""
    said = per_at(marked.words, end)
    if said:
        return said
    ahead = end
    for _ in range(_LONGEST_LIST):
        following = _next_in_list(marked, ahead, last)
        if following is None:
            return None, end
        after = currency_after(marked.words, following.last)
        ahead = after.end if after else following.last
        later = per_at(marked.words, ahead)
        if later:
            return later[0], end
    return None, end


def _mass(marked: Marked, number: Number) -> Quantity | None:
    found = _unit_of(marked, number)
    if found is None:
        return None
    unit, value = found
    if unit.name == "units" and not marked.words[number.first][0].isdigit() and number.scale == 1:
        return None  # `two cars`
    return Quantity(
        "level", value, unit.name, bound_at(marked, number.first, unit.end), number.first, unit.end
    )


def _unit_of(marked: Marked, number: Number) -> tuple[Unit, float] | None:
    words, at = marked.words, number.last
    unit = unit_at(words, at)
    if unit is None:
        days = days_at(words, at)
        return (days, number.value * days.factor) if days and _is_cover(marked, number, days) else None
    value = number.value * unit.factor
    if unit.name == "t" and number.scale == 1 and words[at] == "mt" and _is_megatonne(marked, number):
        value *= 1e6
    return unit, value


def _is_megatonne(marked: Marked, number: Number) -> bool:
    """`270Mt`, `5.65 MT` in a headline: megatonnes; `1,238 mt` are metric tons."""
    if number.value >= 5000:
        return False
    tokens, at = marked.tokens, number.last
    is_joined = tokens.ends[at - 1] == tokens.starts[at]
    written = tokens.original[tokens.starts[at] : tokens.ends[at]]
    return is_joined or (
        written in ("MT", "Mt") and number.value < 1000 and "." in marked.words[number.first]
    )


def _is_cover(marked: Marked, number: Number, days: Unit) -> bool:
    """Does the time say how long a stock lasts: `20 days of use`, `would last only 12 more days`?"""
    if marked.has(days.end, "cover"):
        return True
    return any(
        marked.has(at, "lasts") and number.first - at <= 6 for at in range(number.first - 6, number.first)
    )


def _listed(marked: Marked, number: Number, last: int) -> Quantity | None:
    """A number without a unit takes that of the list or range that goes on with the next number."""
    ahead = number
    for _ in range(_LONGEST_LIST):
        following = _next_in_list(marked, ahead.last, last)
        if following is None or _is_name(marked.words, number):
            return None
        bound = bound_at(marked, number.first)
        if marked.has(following.last, "percent"):
            sign = sign_at(marked.words, number.first)
            return Quantity("pct", number.value, "pct", bound, number.first, number.last, sign)
        found = _unit_of(marked, following)
        if found:
            scale = _shared_scale(number, following) * found[1] / following.value if following.value else 1
            return Quantity("level", number.value * scale, found[0].name, bound, number.first, number.last)
        ahead = following
    return None


def _of_before(marked: Marked, number: Number, found: Sequence[Quantity]) -> Quantity | None:
    """`18.7 million tons: 10.6 million of nitrogen products`: a large number takes the unit said before."""
    if _is_rate(marked, number, found):
        bound = bound_at(marked, number.first)
        return Quantity("pct", number.value, "pct", bound, number.first, number.last)
    before = next((one for one in reversed(found) if one.kind == "level"), None)
    if before is None or number.scale < 1e6 or before.unit not in _SHARED or before.value < 1e5:
        return None
    bound = bound_at(marked, number.first)
    return Quantity("level", number.value, before.unit, bound, number.first, number.last)


def _is_rate(marked: Marked, number: Number, found: Sequence[Quantity]) -> bool:
    """`the 39 per cent tariff comes down to 15`: a bare number that ends its clause after a percentage."""
    words, after = marked.words, number.last
    if not found or found[-1].kind != "pct" or words[number.first - 1] != "to" or number.scale != 1:
        return False
    ends = after >= len(words) or words[after] in (",", ".", ";", "\n")
    return ends and "tariff" in marked.present and number.value < 500


_SHARED = frozenset({"t", "units", "bbl", "bpd", "m3", "oz", "lb"})


def _shared_scale(number: Number, following: Number) -> float:
    """`4 to 5 million`: the scale said once; `500,000 to 1 million` is of no scale but its own."""
    return following.scale if number.scale == 1 and number.digits < 1000 else 1.0


def _is_name(words: Sequence[str], number: Number) -> bool:
    """A year (`in 2024 and 5,000 tonnes`), a section of law, or the pronoun `one`?"""
    before = words[number.first - 1] if number.first else ""
    if before in ("section", "no", "chapter", "article") or words[number.first] == "one":
        return True
    return number.scale == 1 and 1900 <= number.value <= 2100 and "," not in words[number.first]


def _next_in_list(marked: Marked, at: int, last: int) -> Number | None:
    """The number that follows across nothing but a joint: `, 77`, `and $3,600`, `-15`, `to about 20`."""
    words = marked.words
    if at >= last or words[at] not in (",", "and", "or", "to", "-"):
        return None
    at += 1
    if at < last and words[at] in ("and", "or"):
        at += 1
    for name in BOUNDS:
        at = marked.tags[at].get(name, at) if at < last else at
    while at < last and words[at] in ("$", "\u20ac", "\u00a3", "\u00a5", "\u20b9", "us", "yuan", "usd", "rs"):
        at += 1
    return number_at(marked, at, last) if at < last else None


# --- ranges -----------------------------------------------------------------------------------------


def _ranges(marked: Marked, found: list[Quantity]) -> list[Quantity]:
    """Marks `A-B per cent`, `A to B tonnes`, `between A and B`: the lower is at_least, the upper at_most."""
    out = found[:1]
    for upper in found[1:]:
        is_range = _is_range(marked, out[-1], upper)
        if is_range:
            out[-1] = replace(out[-1], bound="at_least")
        out.append(replace(upper, bound="at_most") if is_range else upper)
    return out


def _is_range(marked: Marked, lower: Quantity, upper: Quantity) -> bool:
    words = marked.words
    if lower.kind != upper.kind or lower.unit != upper.unit or not 0 < lower.value < upper.value:
        return False
    joint = words[lower.last : upper.first]
    before = words[max(0, lower.first - 3) : lower.first]
    if joint == ["-"]:
        return True
    if joint == ["to"]:
        return "from" not in before or not {"range", "ranging", "ranges", "anywhere"}.isdisjoint(
            words[max(0, lower.first - 4) : lower.first]
        )
    return joint == ["and"] and "between" in before
